// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * types_layout.c - two types of one name: do old objects fit?
 *
 * A struct or union is turned into leaves: its members, those of unnamed structs and
 * unions in it included, each with a path ("u.x"), a place in bits and a width.
 */
#include "patchbuild/types_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH   40
#define MAX_PHRASES 4

struct leaf {
	char *path;
	struct die *die;
	uint64_t bit; /* from the start of the outermost type */
	uint64_t bits; /* width; 0 if not sized */
	bool sized;
	struct leaf *peer; /* of the same path, or by a rename, in the other type */
};

struct leaves {
	struct leaf *v;
	size_t n;
	struct arena arena;
};

static bool spend(struct cmp *c)
{
	if (c->budget)
		c->budget--;
	return c->budget != 0;
}

static uint64_t member_bit(const struct die *m)
{
	if (m->has_bit_place)
		return m->place * 8 + m->bit_place;
	if (m->has_old_bit_place) {
		int64_t size = m->has_size ? (int64_t)m->size : type_size_or(m->type);

		return m->place * 8 + (uint64_t)size * 8 - m->bit_place - m->bit_size;
	}
	return m->place * 8;
}

static void add_leaf(struct leaves *l, struct die *m, uint64_t bit, const char *prefix)
{
	struct leaf *f;
	uint64_t size;

	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	f = &l->v[l->n++];
	memset(f, 0, sizeof(*f));
	f->path = arena_printf(&l->arena, "%s%s", prefix, m->name ? m->name : "");
	f->die = m;
	f->bit = bit;
	f->sized = true;
	if (m->bit_size)
		f->bits = m->bit_size;
	else if (type_size(m->type, &size))
		f->bits = size * 8;
	else
		f->sized = false;
}

static void flatten(struct cmp *c, struct leaves *l, const struct die *agg, uint64_t base,
		    const char *prefix, unsigned int depth)
{
	struct core t;
	struct die *m;

	for (m = agg->child; m; m = m->next) {
		uint64_t bit = base + member_bit(m);
		const char *inner = prefix;

		if (m->kind != DIE_MEMBER || !spend(c))
			continue;
		t = type_core(m->type);
		if (!is_aggregate(t.die) || t.die->name || t.alias || depth > MAX_DEPTH) {
			add_leaf(l, m, bit, prefix);
			continue;
		}
		if (m->name)
			inner = arena_printf(&l->arena, "%s%s.", prefix, m->name);
		flatten(c, l, t.die, bit, inner, depth + 1);
	}
}

static void leaves_free(struct leaves *l)
{
	free(l->v);
	arena_free(&l->arena);
}

/* --- equal types --- */

static bool canon_equal(struct die *a, struct die *b)
{
	struct strbuf x = {0}, y = {0};
	bool equal;

	type_canon(&x, a);
	type_canon(&y, b);
	equal = x.len == y.len && !memcmp(x.data, y.data, x.len);
	strbuf_free(&x);
	strbuf_free(&y);
	return equal;
}

static bool is_number(const struct die *d)
{
	return (d->kind == DIE_BASE && d->encoding != ENC_FLOAT) || d->kind == DIE_ENUM;
}

static enum sameness pointer_cmp(struct die *a, struct die *b)
{
	struct die *to_a = type_core(a->type).die, *to_b = type_core(b->type).die;

	if (canon_equal(a->type, b->type))
		return TYPE_SAME;
	if (!to_a || !to_b)
		return TYPE_DIFFERENT;
	if (to_a->kind == DIE_SIGNATURE && to_b->kind == DIE_SIGNATURE)
		return TYPE_OTHER_OPS;
	if (is_number(to_a) && is_number(to_b) && to_a->size == to_b->size)
		return TYPE_SAME_SIZE;
	return TYPE_DIFFERENT;
}

static enum sameness array_cmp(struct cmp *c, struct die *a, struct die *b)
{
	const struct die *x = a->child, *y = b->child;

	for (; x && y; x = x->next, y = y->next)
		if (x->kind != y->kind || x->has_count != y->has_count || x->count != y->count)
			return TYPE_DIFFERENT;
	return x || y ? TYPE_DIFFERENT : type_cmp(c, a->type, b->type);
}

/* The same members at the same places, whatever the types are called. */
static enum sameness structure_cmp(struct cmp *c, struct die *a, struct die *b)
{
	struct leaves x = {0}, y = {0};
	enum sameness worst = TYPE_SAME, s;
	size_t i;

	flatten(c, &x, a, 0, "", 0);
	flatten(c, &y, b, 0, "", 0);
	if (x.n != y.n || a->size != b->size || a->kind != b->kind)
		worst = TYPE_DIFFERENT;
	for (i = 0; i < x.n && worst != TYPE_DIFFERENT; i++) {
		if (strcmp(x.v[i].path, y.v[i].path) || x.v[i].bit != y.v[i].bit ||
		    x.v[i].bits != y.v[i].bits)
			s = TYPE_DIFFERENT;
		else
			s = type_cmp(c, x.v[i].die->type, y.v[i].die->type);
		worst = s > worst ? s : worst;
	}
	leaves_free(&x);
	leaves_free(&y);
	return worst;
}

static void remember_pair(struct cmp *c, struct die *a, struct die *b, const char *name)
{
	size_t i;

	if (a->parent && a->parent->kind == DIE_UNIT && b->parent && b->parent->kind == DIE_UNIT)
		return; /* found by their names */
	for (i = 0; i < c->ntodo; i++)
		if (c->todo[i].old == a && c->todo[i].new == b)
			return;
	c->todo = mem_grow(c->todo, c->ntodo, sizeof(*c->todo));
	c->todo[c->ntodo++] = (struct pair){a, b, name};
}

static enum sameness aggregates(struct cmp *c, struct core a, struct core b)
{
	const char *x = a.die->name ? a.die->name : a.alias;
	const char *y = b.die->name ? b.die->name : b.alias;

	if (x && y && !strcmp(x, y) && a.die->kind == b.die->kind && !a.die->name == !b.die->name) {
		if (!a.die->declaration && !b.die->declaration)
			remember_pair(c, a.die, b.die, x);
		return TYPE_SAME;
	}
	return structure_cmp(c, a.die, b.die);
}

static enum sameness number_cmp(struct core a, struct core b)
{
	const char *x = a.die->name ? a.die->name : a.alias;
	const char *y = b.die->name ? b.die->name : b.alias;
	bool same;

	if (a.die->size != b.die->size)
		return TYPE_DIFFERENT;
	if (a.die->kind == DIE_ENUM && b.die->kind == DIE_ENUM)
		same = x && y ? !strcmp(x, y) : x == y;
	else
		same = canon_equal(a.die, b.die);
	return same ? TYPE_SAME : TYPE_SAME_SIZE;
}

enum sameness type_cmp(struct cmp *c, struct die *old, struct die *new)
{
	struct core a = type_core(old), b = type_core(new);

	if (!spend(c) || !a.die || !b.die)
		return a.die == b.die ? TYPE_SAME : TYPE_DIFFERENT;
	if (is_number(a.die) && is_number(b.die))
		return number_cmp(a, b);
	if (is_aggregate(a.die) && is_aggregate(b.die))
		return aggregates(c, a, b);
	if (a.die->kind != b.die->kind)
		return TYPE_DIFFERENT;
	switch (a.die->kind) {
	case DIE_POINTER:
		return pointer_cmp(a.die, b.die);
	case DIE_ARRAY:
		return array_cmp(c, a.die, b.die);
	default:
		return canon_equal(a.die, b.die) ? TYPE_SAME : TYPE_DIFFERENT;
	}
}

/* --- reporting --- */

static const char *escaped(struct arena *a, const char *s)
{
	struct strbuf b = {0};
	const char *copy;

	strbuf_add_escaped(&b, s, strlen(s));
	copy = arena_strdup(a, b.data ? b.data : "");
	strbuf_free(&b);
	return copy;
}

struct type_change *change_add(struct cmp *c, enum type_change_kind kind, const char *name,
			       const struct die *at, struct strbuf *text)
{
	struct type_changes *o = c->out;
	struct type_change *t;

	o->v = mem_grow(o->v, o->n, sizeof(*o->v));
	t = &o->v[o->n++];
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->name = escaped(&o->arena, name);
	t->text = escaped(&o->arena, text->data ? text->data : "");
	t->old_size = t->new_size = -1;
	if (at && at->file) {
		t->file = escaped(&o->arena, at->file);
		t->line = at->line;
		t->header = !at->in_main_file;
	}
	strbuf_free(text);
	return t;
}

/* One struct or union being compared. */
struct agg {
	struct cmp *c;
	struct die *old;
	struct die *new;
	const char *name;
	struct leaves a; /* of old */
	struct leaves b; /* of new */
	struct strbuf text; /* the layout change, so far */
	const char *first; /* member it begins with */
	size_t phrases;
};

static struct type_change *agg_change(struct agg *g, enum type_change_kind kind, const char *member,
				      struct strbuf *text)
{
	struct type_change *t = change_add(g->c, kind, g->name, g->new, text);

	t->old_size = g->old->has_size ? (int64_t)g->old->size : -1;
	t->new_size = g->new->has_size ? (int64_t)g->new->size : -1;
	if (member)
		t->member = escaped(&g->c->out->arena, member);
	return t;
}

static void add_place(struct strbuf *b, const struct leaf *f)
{
	strbuf_addf(b, "offset %" PRIu64, f->bit / 8);
	if (f->die->bit_size)
		strbuf_addf(b, " bit %" PRIu64, f->bit % 8);
}

/* Where the next phrase about @f goes; NULL if there are enough. */
static struct strbuf *phrase(struct agg *g, const struct leaf *f)
{
	if (!g->first)
		g->first = f->path;
	if (g->phrases++ >= MAX_PHRASES)
		return NULL;
	if (g->text.len)
		strbuf_adds(&g->text, "; ");
	strbuf_addf(&g->text, "member `%s` ", f->path);
	return &g->text;
}

static void add_types(struct strbuf *b, struct die *old, struct die *new)
{
	strbuf_adds(b, "changed from ");
	type_spell(b, old);
	strbuf_adds(b, " to ");
	type_spell(b, new);
}

static struct leaf *find_path(struct leaves *l, const char *path, size_t hint)
{
	size_t i, at;

	for (i = 0; i < l->n; i++) {
		at = (hint + i) % l->n;
		if (!l->v[at].peer && !strcmp(l->v[at].path, path))
			return &l->v[at];
	}
	return NULL;
}

static void pair_by_path(struct agg *g)
{
	size_t i, hint = 0;
	struct leaf *f;

	for (i = 0; i < g->a.n; i++) {
		f = find_path(&g->b, g->a.v[i].path, hint);
		if (!f)
			continue;
		f->peer = &g->a.v[i];
		g->a.v[i].peer = f;
		hint = f - g->b.v + 1;
	}
}

static bool overlap(const struct leaf *a, const struct leaf *b)
{
	return a->bit < b->bit + b->bits && b->bit < a->bit + a->bits;
}

static bool is_rename(struct agg *g, const struct leaf *a, const struct leaf *b)
{
	return !a->peer && !b->peer && a->bit == b->bit && a->bits == b->bits &&
	       type_cmp(g->c, a->die->type, b->die->type) == TYPE_SAME;
}

static void pair_renamed(struct agg *g)
{
	size_t i, j;

	for (i = 0; i < g->a.n; i++)
		for (j = 0; j < g->b.n && !g->a.v[i].peer; j++)
			if (is_rename(g, &g->a.v[i], &g->b.v[j])) {
				g->a.v[i].peer = &g->b.v[j];
				g->b.v[j].peer = &g->a.v[i];
			}
}

/* The removed member whose place @f takes, or NULL. */
static const struct leaf *replaced(const struct agg *g, const struct leaf *f)
{
	size_t i;

	for (i = 0; i < g->a.n; i++)
		if (!g->a.v[i].peer && overlap(&g->a.v[i], f))
			return &g->a.v[i];
	return NULL;
}

/* A paired member is where it was, as wide as it was, of a kind that fits. */
static bool stayed(struct agg *g, const struct leaf *a)
{
	return a->bit == a->peer->bit && a->bits == a->peer->bits &&
	       !a->die->bit_size == !a->peer->die->bit_size &&
	       type_cmp(g->c, a->die->type, a->peer->die->type) != TYPE_DIFFERENT;
}

static bool layout_differs(struct agg *g)
{
	size_t i;

	if (g->old->size != g->new->size || g->old->align != g->new->align)
		return true;
	for (i = 0; i < g->a.n; i++)
		if (g->a.v[i].peer && !stayed(g, &g->a.v[i]))
			return true;
	for (i = 0; i < g->b.n; i++)
		if (!g->b.v[i].peer && (!g->b.v[i].sized || replaced(g, &g->b.v[i])))
			return true;
	return false;
}

static void layout_added(struct agg *g, const struct leaf *f)
{
	const struct leaf *gone = replaced(g, f);
	struct strbuf *b = phrase(g, f);

	if (!b)
		return;
	if (gone) {
		strbuf_addf(b, "takes the place of `%s` at ", gone->path);
	} else {
		strbuf_adds(b, "added at ");
	}
	add_place(b, f);
}

static void layout_stayed_not(struct agg *g, const struct leaf *a)
{
	struct strbuf *b = phrase(g, a->peer);

	if (!b)
		return;
	if (a->bit != a->peer->bit) {
		strbuf_adds(b, "moved from ");
		add_place(b, a);
		strbuf_adds(b, " to ");
		add_place(b, a->peer);
	} else if (a->die->bit_size && a->peer->die->bit_size && a->bits != a->peer->bits) {
		strbuf_addf(b, "is %" PRIu64 " bits wide, was %" PRIu64, a->peer->bits, a->bits);
	} else if (!a->die->bit_size != !a->peer->die->bit_size) {
		strbuf_adds(b,
			    a->die->bit_size ? "is no bit-field any more" : "is a bit-field now");
	} else {
		add_types(b, a->die->type, a->peer->die->type);
	}
}

static void report_layout(struct agg *g)
{
	struct strbuf *b;
	size_t i;

	for (i = 0; i < g->b.n; i++)
		if (!g->b.v[i].peer)
			layout_added(g, &g->b.v[i]);
	for (i = 0; i < g->a.n; i++)
		if (!g->a.v[i].peer) {
			b = phrase(g, &g->a.v[i]);
			if (b)
				strbuf_adds(b, "removed");
		}
	for (i = 0; i < g->a.n; i++)
		if (g->a.v[i].peer && !stayed(g, &g->a.v[i]))
			layout_stayed_not(g, &g->a.v[i]);
	b = &g->text;
	if (g->phrases > MAX_PHRASES)
		strbuf_addf(b, "; %zu more", g->phrases - MAX_PHRASES);
	if (g->old->size != g->new->size)
		strbuf_addf(b, "%ssizeof %" PRIu64 " -> %" PRIu64, b->len ? "; " : "", g->old->size,
			    g->new->size);
	if (g->old->align != g->new->align)
		strbuf_addf(b, "%saligned to %" PRIu64 ", was %" PRIu64, b->len ? "; " : "",
			    g->new->align, g->old->align);
	agg_change(g, TYPE_LAYOUT, g->first, &g->text);
}

static void report_harmless(struct agg *g)
{
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < g->b.n; i++) {
		if (g->b.v[i].peer)
			continue;
		strbuf_addf(&b, "member `%s` added at ", g->b.v[i].path);
		add_place(&b, &g->b.v[i]);
		strbuf_adds(&b, "; nothing moved, the size is the same");
		agg_change(g, TYPE_PADDING, g->b.v[i].path, &b);
	}
	for (i = 0; i < g->a.n; i++) {
		if (g->a.v[i].peer)
			continue;
		strbuf_addf(&b, "member `%s` removed; nothing took its place", g->a.v[i].path);
		agg_change(g, TYPE_REMOVED, g->a.v[i].path, &b);
	}
}

/* What pairs of members show besides their places. */
static void report_pair(struct agg *g, const struct leaf *a)
{
	enum sameness s = type_cmp(g->c, a->die->type, a->peer->die->type);
	struct strbuf b = {0};

	if (strcmp(a->path, a->peer->path)) {
		strbuf_addf(&b, "member `%s` is called `%s` now", a->path, a->peer->path);
		agg_change(g, TYPE_RENAMED, a->peer->path, &b);
	}
	if (s != TYPE_OTHER_OPS && s != TYPE_SAME_SIZE)
		return;
	strbuf_addf(&b, "member `%s` ", a->path);
	add_types(&b, a->die->type, a->peer->die->type);
	agg_change(g, s == TYPE_OTHER_OPS ? TYPE_OPS : TYPE_RETYPED, a->path, &b);
}

void aggregate_cmp(struct cmp *c, struct die *old, struct die *new, const char *name)
{
	struct agg g = {.c = c, .old = old, .new = new, .name = name};
	size_t i;

	flatten(c, &g.a, old, 0, "", 0);
	flatten(c, &g.b, new, 0, "", 0);
	pair_by_path(&g);
	pair_renamed(&g);
	if (layout_differs(&g))
		report_layout(&g);
	else
		report_harmless(&g);
	for (i = 0; i < g.a.n; i++)
		if (g.a.v[i].peer)
			report_pair(&g, &g.a.v[i]);
	leaves_free(&g.a);
	leaves_free(&g.b);
	strbuf_free(&g.text);
}
