// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/pair.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A symbol that looks for its twin. */
struct cand {
	struct sym *sym;
	const char *stem;
	const char *key; /* scope key, or NULL */
	bool numbered;
	bool code;
	bool boot; /* gone after boot: never the twin of something that stays */
	uint64_t print; /* of content and users; 0: not computed */
};

struct side {
	struct obj *o;
	const struct scope_keys *keys;
	struct cand *v; /* sorted by stem, then name */
	size_t n;
};

/* Candidates of one stem. */
struct group {
	struct side *side;
	struct cand *v;
	size_t n;
};

/* Length of the ".3" that @s begins with, 0 if it does not. */
static size_t number_length(const char *s)
{
	size_t digits = *s == '.' ? strspn(s + 1, "0123456789") : 0;

	return digits && (s[1 + digits] == '.' || !s[1 + digits]) ? 1 + digits : 0;
}

char *pair_stem(struct arena *a, const char *name, bool *numbered)
{
	char *out = arena_alloc(a, strlen(name) + 1, 1);
	char *p = out;

	*numbered = false;
	while (*name) {
		size_t digits = number_length(name);

		if (digits)
			*numbered = true;
		else
			*p++ = *name;
		name += digits ? digits : 1;
	}
	return out;
}

static bool takes_part(const struct sym *s)
{
	if (!s->sec || s->type > 2 /* STT_FUNC */ || !*s->name || text_starts(s->name, ".L"))
		return false;
	switch (sec_kind(s->sec)) {
	case SEC_SKIP:
	case SEC_STRINGS:
	case SEC_CONSTS:
		return false;
	default:
		return true;
	}
}

static int by_stem(const void *a, const void *b)
{
	const struct cand *x = a;
	const struct cand *y = b;
	int d = strcmp(x->stem, y->stem);

	return d ? d : strcmp(x->sym->name, y->sym->name);
}

static const char *find_key(const struct scope_keys *keys, const struct sym *s)
{
	size_t i;

	for (i = 0; keys && i < keys->n; i++)
		if (keys->v[i].section == s->sec->index && keys->v[i].value == s->value)
			return keys->v[i].key;
	return NULL;
}

static void collect(struct side *side, struct arena *a)
{
	struct obj *o = side->o;
	size_t i;

	side->v = arena_alloc(a, o->nsyms + 1, sizeof(*side->v));
	for (i = 0; i < o->nsyms; i++) {
		struct cand *c = &side->v[side->n];

		if (!takes_part(&o->syms[i]))
			continue;
		c->sym = &o->syms[i];
		c->stem = pair_stem(a, c->sym->name, &c->numbered);
		c->code = c->sym->sec->flags & 4 /* SHF_EXECINSTR */;
		c->boot = sec_kind(c->sym->sec) == SEC_INIT;
		if (c->numbered)
			c->key = find_key(side->keys, c->sym);
		side->n++;
	}
	qsort(side->v, side->n, sizeof(*side->v), by_stem);
}

static bool is_free(const struct cand *c)
{
	return !c->sym->twin;
}

static void join(struct cand *x, struct cand *y)
{
	x->sym->twin = y->sym;
	y->sym->twin = x->sym;
}

/* How two candidates are alike under one rule. */
typedef bool (*alike_fn)(struct group *gx, struct cand *x, struct group *gy, struct cand *y);

static struct cand *only_one(struct group *from, struct cand *x, struct group *in, alike_fn alike)
{
	struct cand *found = NULL;
	size_t i;

	for (i = 0; i < in->n; i++) {
		if (!is_free(&in->v[i]) || in->v[i].boot != x->boot ||
		    !alike(from, x, in, &in->v[i]))
			continue;
		if (found)
			return NULL;
		found = &in->v[i];
	}
	return found;
}

/* Joins what finds exactly one partner, and is that partner's only one. */
static void join_alike(struct group *g, alike_fn alike)
{
	size_t i;

	for (i = 0; i < g[0].n; i++) {
		struct cand *x = &g[0].v[i];
		struct cand *y = is_free(x) ? only_one(&g[0], x, &g[1], alike) : NULL;

		if (y && only_one(&g[1], y, &g[0], alike) == x)
			join(x, y);
	}
}

static bool same_name(struct group *gx, struct cand *x, struct group *gy, struct cand *y)
{
	(void)gx;
	(void)gy;
	return !x->numbered && !y->numbered && x->code == y->code;
}

static bool same_key(struct group *gx, struct cand *x, struct group *gy, struct cand *y)
{
	(void)gx;
	(void)gy;
	return x->key && y->key && !strcmp(x->key, y->key) && x->sym->size == y->sym->size;
}

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3ull;
	return h;
}

/* A name without the numbers in it, as pair_stem() makes it. */
static uint64_t mix_name(uint64_t h, const char *name)
{
	while (*name) {
		size_t digits = number_length(name);

		if (!digits)
			h = mix(h, name, 1);
		name += digits ? digits : 1;
	}
	return mix(h, "", 1);
}

/* The name by which a relocation's goal is known on both sides. */
static uint64_t mix_goal(uint64_t h, const struct rel *r)
{
	const struct sec *s = r->sym->sec;

	if (s && s->data && sec_kind(s) == SEC_STRINGS) {
		size_t max = r->sym->value < s->size ? s->size - r->sym->value : 0;
		const char *text = (const char *)s->data + r->sym->value;

		return sym_is_section(r->sym) ? h : mix(h, text, strnlen(text, max));
	}
	return mix_name(h, s && sym_is_section(r->sym) ? s->name : r->sym->name);
}

static uint64_t print_content(uint64_t h, const struct sym *y)
{
	const struct sec *s = y->sec;
	size_t i;

	if (s->data)
		h = mix(h, s->data + y->value, y->size);
	for (i = 0; i < s->nrels; i++) {
		const struct rel *r = &s->rels[i];

		if (r->offset < y->value || r->offset - y->value >= y->size)
			continue;
		h = mix(h, &r->type, sizeof(r->type));
		h = mix_goal(h, r);
	}
	return h;
}

/* Names of the functions that refer to @y's section, each mixed in on its own. */
static uint64_t print_users(const struct obj *o, const struct sym *y)
{
	uint64_t sum = 0;
	size_t i;
	size_t k;

	for (i = 0; i < o->nsecs; i++) {
		const struct sec *s = &o->secs[i];

		if (sec_kind(s) != SEC_TEXT || !s->nsyms)
			continue;
		for (k = 0; k < s->nrels; k++)
			if (s->rels[k].sym->sec == y->sec)
				break;
		if (k < s->nrels)
			sum += mix_name(0xcbf29ce484222325ull, s->syms[0]->name);
	}
	return sum;
}

static uint64_t print_of(struct group *g, struct cand *c)
{
	uint64_t h = 0xcbf29ce484222325ull;
	uint64_t users;

	if (c->print)
		return c->print;
	h = mix(h, &c->sym->size, sizeof(c->sym->size));
	h = print_content(h, c->sym);
	users = print_users(g->side->o, c->sym);
	h = mix(h, &users, sizeof(users));
	c->print = h | 1;
	return c->print;
}

static bool same_print(struct group *gx, struct cand *x, struct group *gy, struct cand *y)
{
	return x->code == y->code && x->sym->size == y->sym->size &&
	       print_of(gx, x) == print_of(gy, y);
}

static bool same_vote(struct group *gx, struct cand *x, struct group *gy, struct cand *y)
{
	(void)gx;
	(void)gy;
	return x->sym->vote == y->sym && y->sym->vote == x->sym && !x->sym->split_vote &&
	       !y->sym->split_vote;
}

/* Variables keep their size; a function that is the only one left may have changed. */
static bool only_one_left(struct group *gx, struct cand *x, struct group *gy, struct cand *y)
{
	(void)gx;
	(void)gy;
	return x->numbered && y->numbered && x->code == y->code &&
	       (x->code ||
		(x->sym->size == y->sym->size && sec_kind(x->sym->sec) == sec_kind(y->sym->sec)));
}

static bool has_free(const struct group *g, bool code)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (is_free(&g->v[i]) && g->v[i].code == code)
			return true;
	return false;
}

static void mark_ambiguous(struct group *g, const struct group *other)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (is_free(&g->v[i]) && has_free(other, g->v[i].code))
			g->v[i].sym->ambiguous = true;
}

/* What has no twin by now can get one by elimination only. */
static void mark_left(struct group *g)
{
	size_t i;

	for (i = 0; i < g[1].n; i++)
		if (is_free(&g[1].v[i]))
			g[1].v[i].sym->unproven = true;
}

static const struct cand *cand_of(const struct group *g, const struct sym *s)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (g->v[i].sym == s)
			return &g->v[i];
	return NULL;
}

/*
 * Alike in all that can be seen, but declared in another place: moved, or one removed and
 * another one added.
 */
static void mark_moved(struct group *g)
{
	size_t i;

	for (i = 0; i < g[1].n; i++) {
		const struct cand *y = &g[1].v[i];
		const struct cand *x = is_free(y) ? NULL : cand_of(&g[0], y->sym->twin);

		if (x && x->key && y->key && strcmp(x->key, y->key))
			y->sym->unproven = true;
	}
}

static void pair_certain(struct group *g)
{
	join_alike(g, same_name);
	join_alike(g, same_key);
	join_alike(g, same_print);
	mark_moved(g);
}

static void pair_rest(struct group *g)
{
	join_alike(g, same_vote);
	mark_left(g);
	join_alike(g, only_one_left);
	mark_ambiguous(&g[0], &g[1]);
	mark_ambiguous(&g[1], &g[0]);
}

static size_t group_end(const struct side *s, size_t from)
{
	size_t i = from;

	while (i < s->n && !strcmp(s->v[i].stem, s->v[from].stem))
		i++;
	return i;
}

/* A section is the twin of that which holds the same symbol at the same place. */
static void pair_sections(struct obj *o)
{
	size_t i;

	for (i = 0; i < o->nsyms; i++) {
		struct sym *s = &o->syms[i];

		if (s->twin && s->sec && s->twin->sec && !s->value && !s->twin->value)
			s->sec->twin = s->twin->sec;
	}
}

static void vote(struct sym *from, struct sym *to)
{
	if (from->vote && from->vote != to)
		from->split_vote = true;
	from->vote = to;
}

/*
 * Two functions that are twins and have the same bytes use the same variables in the
 * same places.
 */
static void vote_by_use(struct code *c, struct sec *o, struct sec *n)
{
	struct err e = ERR_INIT;
	struct target a;
	struct target b;
	size_t i;

	if (o->size != n->size || o->nrels != n->nrels || !o->data || !n->data ||
	    memcmp(o->data, n->data, n->size))
		return;
	for (i = 0; i < n->nrels; i++) {
		struct sec *to = n->rels[i].sym->sec;

		if (o->rels[i].offset != n->rels[i].offset || !o->rels[i].sym->sec || !to ||
		    !to->has_free)
			continue;
		if (target_of(c, o, &o->rels[i], &a, &e) < 0)
			return;
		code_share(o, n);
		if (target_of(c, n, &n->rels[i], &b, &e) < 0)
			return;
		if (!a.owner || !b.owner || a.owner->twin || b.owner->twin || a.delta != b.delta)
			continue;
		vote(a.owner, b.owner);
		vote(b.owner, a.owner);
	}
}

static void collect_votes(struct code *c, struct side *side)
{
	struct obj *newo = side->o;
	bool any = false;
	size_t i;

	for (i = 0; i < side->n; i++) {
		if (!is_free(&side->v[i]) || !side->v[i].numbered)
			continue;
		side->v[i].sym->sec->has_free = true;
		any = true;
	}
	for (i = 0; any && i < newo->nsecs; i++)
		if (newo->secs[i].twin && sec_kind(&newo->secs[i]) == SEC_TEXT)
			vote_by_use(c, newo->secs[i].twin, &newo->secs[i]);
}

/* Calls @fn for the candidates of every stem that both sides have. */
static void each_group(struct side *x, struct side *y, void (*fn)(struct group *g))
{
	size_t i = 0;
	size_t k = 0;

	while (i < x->n && k < y->n) {
		int d = strcmp(x->v[i].stem, y->v[k].stem);
		size_t iend = group_end(x, i);
		size_t kend = group_end(y, k);
		struct group g[2] = {{x, &x->v[i], iend - i}, {y, &y->v[k], kend - k}};

		if (!d)
			fn(g);
		if (d <= 0)
			i = iend;
		if (d >= 0)
			k = kend;
	}
}

void pair_objects(struct code *c, struct obj *oldo, struct obj *newo, const struct scope_keys *olds,
		  const struct scope_keys *news)
{
	struct side x = {.o = oldo, .keys = olds};
	struct side y = {.o = newo, .keys = news};
	struct arena a = {0};

	collect(&x, &a);
	collect(&y, &a);
	each_group(&x, &y, pair_certain);
	pair_sections(newo);
	collect_votes(c, &y);
	each_group(&x, &y, pair_rest);
	pair_sections(oldo);
	pair_sections(newo);
	arena_free(&a);
}
