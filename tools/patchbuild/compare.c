// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/compare.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* A range of bytes with its relocations; two of them are compared. */
struct range {
	struct sec *sec;
	uint64_t start;
	uint64_t size;
};

/* Two constants whose comparison has begun. */
struct open_pair {
	const struct sym *old;
	const struct sym *new;
};

static bool same_object(struct cmp *c, struct sym *olds, struct sym *news);
static bool same_range(struct cmp *c, struct range o, struct range n, const char **why);

struct sym *sec_symbol(const struct sec *s)
{
	return s->nsyms ? sec_owner(s, 0) : NULL;
}

/* The string that a target means, or NULL if it is not one. */
static const char *string_at(const struct target *t, size_t *max)
{
	uint64_t at = t->owner ? t->owner->value : (uint64_t)t->delta;

	if (!t->sec->data || at >= t->sec->size)
		return NULL;
	*max = t->sec->size - at;
	return (const char *)t->sec->data + at;
}

/*
 * Strings and constants have a label (.LC7) or, in tables of pointers, an exact
 * place. From a label the whole object counts, and the same distance from it.
 */
static bool same_content(const struct target *o, const struct target *n, bool strings)
{
	size_t omax = 0;
	size_t nmax = 0;
	const char *a = string_at(o, &omax);
	const char *b = string_at(n, &nmax);
	size_t unit = n->sec->entsize;

	if (!a || !b || o->sec->entsize != unit || !unit || !o->owner != !n->owner)
		return false;
	if (o->owner && o->delta != n->delta)
		return false;
	if (!strings)
		return omax >= unit && nmax >= unit && !memcmp(a, b, unit);
	if (unit == 1) {
		size_t len = strnlen(a, omax);

		return len < omax && strnlen(b, nmax) == len && !memcmp(a, b, len);
	}
	for (; omax >= unit && nmax >= unit; omax -= unit, nmax -= unit, a += unit, b += unit) {
		static const char zero[8];

		if (memcmp(a, b, unit))
			return false;
		if (unit <= sizeof(zero) && !memcmp(a, zero, unit))
			return true;
	}
	return false;
}

static struct range object_range(struct sym *y)
{
	return (struct range){y->sec, y->value, y->size};
}

/* Longer chains of constants are not followed: taken as different. */
#define MAX_OPEN 1000

static bool is_open(const struct cmp *c, const struct sym *old, const struct sym *new)
{
	size_t i;

	for (i = 0; i < c->nopen; i++)
		if (c->open[i].old == old && c->open[i].new == new)
			return true;
	return false;
}

/*
 * Constants can point to each other in a ring: what is open already counts as equal. For
 * the one that was begun with this is exact, as any difference found on the way makes all
 * that are open differ. For the others it is an assumption: see settle_rings().
 */
static bool same_opened(struct cmp *c, struct sym *old, struct sym *new, const char **why)
{
	bool same;

	if (is_open(c, old, new)) {
		c->assumed = true;
		return true;
	}
	if (c->nopen == MAX_OPEN) {
		*why = "chain of constants too long to be followed";
		return false;
	}
	c->open = mem_grow(c->open, c->nopen, sizeof(*c->open));
	c->open[c->nopen++] = (struct open_pair){old, new};
	same = same_range(c, object_range(old), object_range(new), why);
	c->nopen--;
	return same;
}

/*
 * A constant without proven twin (numbered names such as __func__.3) is the same if
 * its content is.
 */
static bool same_constant(struct cmp *c, const struct target *o, const struct target *n)
{
	const char *why;
	bool on;
	bool nn;
	struct arena a = {0};
	bool same;

	if (sec_kind(o->sec) != SEC_RODATA || sec_kind(n->sec) != SEC_RODATA)
		return false;
	same = !strcmp(pair_stem(&a, o->owner->name, &on), pair_stem(&a, n->owner->name, &nn)) &&
	       on && nn;
	arena_free(&a);
	return same && o->owner->size == n->owner->size && same_opened(c, o->owner, n->owner, &why);
}

static bool same_owner(struct cmp *c, const struct target *o, const struct target *n)
{
	if (o->delta != n->delta)
		return false;
	if (n->owner->twin != o->owner)
		return !n->owner->twin && !o->owner->twin && same_constant(c, o, n);
	if (sec_kind(n->sec) == SEC_RODATA)
		return same_object(c, o->owner, n->owner);
	return true;
}

static const char *global_name(const struct target *t)
{
	const struct sym *s = t->sec ? t->owner : t->sym;

	return s && !sym_is_local(s) ? s->name : NULL;
}

static bool same_target(struct cmp *c, const struct target *o, const struct target *n)
{
	enum sec_kind kind;

	if (!o->sec || !n->sec) {
		const char *a = global_name(o);
		const char *b = global_name(n);

		return a && b && !strcmp(a, b) && o->delta == n->delta && o->adjust == n->adjust;
	}
	kind = sec_kind(n->sec);
	if (kind != sec_kind(o->sec))
		return o->owner && n->owner && n->owner->twin == o->owner && o->delta == n->delta;
	if (kind == SEC_STRINGS || kind == SEC_CONSTS)
		return same_content(o, n, kind == SEC_STRINGS) && o->adjust == n->adjust;
	if (o->owner && n->owner)
		return same_owner(c, o, n);
	/* No symbol there (assembly): such sections are compared whole, by name. */
	return !o->owner && !n->owner && o->delta == n->delta && o->sec->size == n->sec->size &&
	       !strcmp(o->sec->name, n->sec->name);
}

static const char *goal_text(struct cmp *c, const struct target *t)
{
	char text[48];
	size_t max;
	const char *s;

	if (!t->sec)
		return t->sym->name;
	if (sec_kind(t->sec) == SEC_STRINGS && t->sec->entsize == 1) {
		s = string_at(t, &max);
		text_escape_line(text, sizeof(text), s ? s : "", s ? strnlen(s, max) : 0);
		return arena_printf(&c->arena, "\"%s\"", text);
	}
	if (t->owner && *t->owner->name && !text_starts(t->owner->name, ".L"))
		return t->owner->name;
	return t->sec->name;
}

static const char *why_target(struct cmp *c, uint64_t at, const struct target *o,
			      const struct target *n)
{
	return arena_printf(
		&c->arena, "at +0x%llx: %s%s -> %s%s", (unsigned long long)at,
		n->branch ? "calls " : "refers to ", goal_text(c, o), goal_text(c, n),
		!strcmp(goal_text(c, o), goal_text(c, n)) ? " (another place or content)" : "");
}

/* The last symbol at or before a byte of a section, and how far the byte is behind it. */
static const struct sym *symbol_before(const struct sec *s, int64_t off, int64_t *delta)
{
	const struct sym *y = off >= 0 ? sec_owner(s, (uint64_t)off) : NULL;

	*delta = y ? off - (int64_t)y->value : off;
	return y;
}

/*
 * In equal code the distance from the field to the end of its instruction is equal too.
 * If both lead to the same variable for every distance there is (an immediate of 0, 1,
 * 2 or 4 bytes behind), nothing has to be decoded.
 */
static bool same_for_any_immediate(struct range o, const struct rel *ro, struct range n,
				   const struct rel *rn)
{
	static const int64_t bias[] = {4, 5, 6, 8};
	const struct sec *so = ro->sym->sec;
	const struct sec *sn = rn->sym->sec;
	int64_t delta_o;
	int64_t delta_n;
	size_t i;

	if (!so || !sn || !sym_is_section(ro->sym) || !sym_is_section(rn->sym) ||
	    !rel_is_relative(rn->type) || ro->type != rn->type ||
	    !(o.sec->flags & n.sec->flags & SHF_EXECINSTR))
		return false;
	if (sec_kind(sn) != SEC_DATA && sec_kind(sn) != SEC_BSS && sec_kind(sn) != SEC_PERCPU)
		return false;
	for (i = 0; i < sizeof(bias) / sizeof(bias[0]); i++) {
		const struct sym *yo = symbol_before(so, ro->addend + bias[i], &delta_o);
		const struct sym *yn = symbol_before(sn, rn->addend + bias[i], &delta_n);

		if (!yo || !yn || yn->twin != yo || delta_o != delta_n)
			return false;
	}
	return true;
}

static bool same_rel(struct cmp *c, struct range o, const struct rel *ro, struct range n,
		     const struct rel *rn, const char **why)
{
	struct err e = ERR_INIT;
	struct target to;
	struct target tn;

	if (ro->offset - o.start != rn->offset - n.start ||
	    (ro->type != rn->type && !(rel_is_branch(o.sec, ro) && rel_is_branch(n.sec, rn)))) {
		*why = arena_printf(&c->arena, "relocations differ at +0x%llx",
				    (unsigned long long)(rn->offset - n.start));
		return false;
	}
	if (same_for_any_immediate(o, ro, n, rn))
		return true;
	if (target_of(&c->code, o.sec, ro, &to, &e) == 0)
		code_share(o.sec, n.sec);
	if (e.kind != ERR_NONE || target_of(&c->code, n.sec, rn, &tn, &e) < 0) {
		*why = arena_strdup(&c->arena, e.text);
		return false;
	}
	if (same_target(c, &to, &tn))
		return true;
	*why = why_target(c, rn->offset - n.start, &to, &tn);
	return false;
}

static bool same_rels(struct cmp *c, struct range o, struct range n, const char **why)
{
	size_t i = sec_first_rel(o.sec, o.start);
	size_t k = sec_first_rel(n.sec, n.start);

	for (;; i++, k++) {
		bool more_o = i < o.sec->nrels && o.sec->rels[i].offset < o.start + o.size;
		bool more_n = k < n.sec->nrels && n.sec->rels[k].offset < n.start + n.size;

		if (!more_o && !more_n)
			return true;
		if (more_o != more_n) {
			*why = "number of relocations differs";
			return false;
		}
		if (!same_rel(c, o, &o.sec->rels[i], n, &n.sec->rels[k], why))
			return false;
	}
}

static const char *why_bytes(struct cmp *c, struct range o, struct range n)
{
	uint64_t max = o.size < n.size ? o.size : n.size;
	uint64_t at = 0;

	if ((n.sec->flags & SHF_EXECINSTR) && n.size == n.sec->size && o.size == o.sec->size)
		return code_first_difference(&c->code, &c->arena, o.sec, n.sec);
	while (o.sec->data && n.sec->data && at < max &&
	       o.sec->data[o.start + at] == n.sec->data[n.start + at])
		at++;
	return arena_printf(&c->arena, "content differs: %llu -> %llu bytes, first at +0x%llx",
			    (unsigned long long)o.size, (unsigned long long)n.size,
			    (unsigned long long)at);
}

static bool same_range(struct cmp *c, struct range o, struct range n, const char **why)
{
	bool bytes =
		o.size == n.size && !o.sec->data == !n.sec->data &&
		(!n.sec->data || !memcmp(o.sec->data + o.start, n.sec->data + n.start, n.size));

	if (!bytes) {
		*why = why_bytes(c, o, n);
		return false;
	}
	return same_rels(c, o, n, why);
}

/* --- entries of special sections --- */

static const char *entry_name(const struct item *i)
{
	switch (sec_kind(i->table)) {
	case SEC_ALT:
		return "alternative";
	case SEC_ALT_CALL:
		return "alternative call";
	case SEC_EXTABLE:
		return "exception table entry";
	default:
		return "bug frame";
	}
}

static bool same_item(struct cmp *c, const struct item *o, const struct item *n, const char **why)
{
	uint64_t size = n->table->rule->entry;
	struct range ro = {o->table, o->at, size};
	struct range rn = {n->table, n->at, size};
	const char *detail = "";
	bool same = !strcmp(o->table->name, n->table->name) && o->place == n->place &&
		    !memcmp(item_bytes(o), item_bytes(n), size) && !o->piece.sec == !n->piece.sec;

	if (same && n->piece.sec) {
		struct range po = {o->piece.sec, o->piece.start, o->piece.size};
		struct range pn = {n->piece.sec, n->piece.start, n->piece.size};

		same = same_range(c, po, pn, &detail);
	} else if (same) {
		/* The first relocation is the place itself, compared already. */
		same = same_rels(c, ro, rn, &detail);
	}
	if (!same)
		*why = arena_printf(&c->arena, "%s at +0x%llx differs%s%s", entry_name(n),
				    (unsigned long long)n->place, *detail ? ": " : "", detail);
	return same;
}

static bool same_items(struct cmp *c, struct sec *olds, struct sec *news, const char **why)
{
	size_t no;
	size_t nn;
	struct item *o = special_of(&c->old_special, olds, &no);
	struct item *n = special_of(&c->new_special, news, &nn);
	size_t i;

	if (no != nn) {
		*why = arena_printf(
			&c->arena,
			"%zu -> %zu entries in alternatives, exception table, bug frames", no, nn);
		return false;
	}
	for (i = 0; i < nn; i++)
		if (!same_item(c, &o[i], &n[i], why))
			return false;
	return true;
}

/* --- functions and variables --- */

static void compare_code(struct cmp *c, struct sec *olds, struct sec *news)
{
	struct range o = {olds, 0, olds->size};
	struct range n = {news, 0, news->size};

	news->compared = true;
	news->differs = !same_range(c, o, n, &news->why) || !same_items(c, olds, news, &news->why);
}

static bool same_object(struct cmp *c, struct sym *olds, struct sym *news)
{
	if (news->compared)
		return !news->differs;
	if (is_open(c, olds, news))
		return same_opened(c, olds, news, &news->why);
	news->differs = !same_opened(c, olds, news, &news->why);
	news->compared = true;
	return !news->differs;
}

struct sec *sec_hot_part(const struct obj *o, const struct sec *s)
{
	const struct sym *y = sec_symbol(s);
	size_t len = y ? strlen(y->name) : 0;
	size_t i;

	if (!y || !text_ends(y->name, ".cold"))
		return NULL;
	len -= strlen(".cold");
	for (i = 1; i < o->nsyms; i++)
		if (o->syms[i].sec && sec_kind(o->syms[i].sec) == SEC_TEXT &&
		    strlen(o->syms[i].name) == len && !strncmp(o->syms[i].name, y->name, len))
			return o->syms[i].sec;
	return NULL;
}

/* A function and its cold part jump into each other: if one differs both do. */
static void spread_to_parts(struct cmp *c)
{
	size_t i;

	for (i = 1; i < c->news->nsecs; i++) {
		struct sec *cold = &c->news->secs[i];
		struct sec *hot = sec_kind(cold) == SEC_TEXT ? sec_hot_part(c->news, cold) : NULL;

		if (!hot || cold->differs == hot->differs)
			continue;
		if (cold->twin && !cold->differs) {
			cold->differs = true;
			cold->why = "cold part of a changed function";
		} else if (hot->twin && !hot->differs) {
			hot->differs = true;
			hot->why = "its cold part changed";
		}
	}
}

/*
 * Sections without twin by symbol that are no objects of their own: compared whole,
 * by name. Entry tables are compared with the code they belong to.
 */
static bool is_compared_whole(const struct sec *s)
{
	switch (sec_kind(s)) {
	case SEC_TABLE:
	case SEC_PERCPU:
	case SEC_UNKNOWN:
		return true;
	case SEC_TEXT:
	case SEC_RODATA:
	case SEC_DATA:
		return s->size && !sec_symbol(s);
	default:
		return false;
	}
}

static void note_other(struct cmp *c, const char *name, const char *why)
{
	if (c->asm_differs)
		return;
	c->asm_differs = true;
	c->asm_why = arena_printf(&c->arena, "section %s: %s", name, why);
}

static void compare_whole(struct cmp *c, struct sec *news)
{
	struct sec *olds = obj_sec(c->olds, news->name);
	struct range o = {olds, 0, olds ? olds->size : 0};
	struct range n = {news, 0, news->size};
	const char *why = "";

	if (!olds && news->size)
		note_other(c, news->name, "new");
	else if (olds && sec_kind(news) == SEC_PERCPU)
		return; /* by variable: a new one has no twin, and is refused where used */
	else if (olds && !same_range(c, o, n, &why))
		note_other(c, news->name, why);
}

static bool is_variable(const struct sym *s)
{
	return s->sec && s->twin && s->twin->sec && sec_is_object(s->sec) &&
	       sec_kind(s->sec) != SEC_TEXT && !sym_is_section(s) &&
	       sec_kind(s->twin->sec) != SEC_TEXT;
}

/*
 * What was found equal on an assumption about another constant is looked at again, until
 * nothing changes: differences only become more.
 */
static void settle_rings(struct cmp *c)
{
	bool again = c->assumed;
	size_t i;

	while (again) {
		again = false;
		for (i = 1; i < c->news->nsyms; i++) {
			struct sym *n = &c->news->syms[i];

			if (!is_variable(n) || n->differs || same_opened(c, n->twin, n, &n->why))
				continue;
			n->differs = true;
			again = true;
		}
	}
}

static void compare_variables(struct cmp *c)
{
	size_t i;

	for (i = 1; i < c->news->nsyms; i++)
		if (is_variable(&c->news->syms[i]))
			same_object(c, c->news->syms[i].twin, &c->news->syms[i]);
	settle_rings(c);
}

static void compare_all(struct cmp *c)
{
	size_t i;

	compare_variables(c);
	for (i = 1; i < c->news->nsecs; i++) {
		struct sec *s = &c->news->secs[i];

		if (is_compared_whole(s))
			compare_whole(c, s);
		else if (sec_kind(s) == SEC_TEXT && s->twin)
			compare_code(c, s->twin, s);
	}
	for (i = 1; i < c->olds->nsecs; i++)
		if (is_compared_whole(&c->olds->secs[i]) && c->olds->secs[i].size &&
		    !obj_sec(c->news, c->olds->secs[i].name))
			note_other(c, c->olds->secs[i].name, "gone");
	spread_to_parts(c);
}

/* --- functions that run only at boot --- */

/*
 * All of them share one section, so calls between them are finished by the assembler
 * and change when a neighbour grows: such a displacement is compared by what it
 * leads to.
 */
static bool same_init_bytes(struct cmp *c, const struct sym *o, const struct sym *n)
{
	struct err e = ERR_INIT;
	const uint8_t *a;
	const uint8_t *b;
	size_t at = 0;

	if (o->size != n->size || !o->sec->data || !n->sec->data)
		return false;
	a = o->sec->data + o->value;
	b = n->sec->data + n->value;
	if (!memcmp(a, b, n->size))
		return true;
	if (!c->code.decoder)
		c->code.decoder = insn_decoder_new(EM_X86_64, &e);
	while (c->code.decoder && at < n->size) {
		struct insn io;
		struct insn in;

		if (insn_at(c->code.decoder, a, o->size, at, &io) < 0 ||
		    insn_at(c->code.decoder, b, n->size, at, &in) < 0 || io.length != in.length)
			return false;
		if (memcmp(a + at, b + at, in.length)) {
			const struct sym *to = sec_owner(o->sec, o->value + (uint64_t)io.target);
			const struct sym *tn = sec_owner(n->sec, n->value + (uint64_t)in.target);

			if (!in.disp_width || memcmp(a + at, b + at, in.disp) || !tn ||
			    tn->twin != to)
				return false;
		}
		at += in.length;
	}
	return at == n->size;
}

const struct sym *cmp_next_init_change(struct cmp *c, size_t *iter, const char **why)
{
	while (*iter < c->news->nsyms) {
		const struct sym *n = &c->news->syms[(*iter)++];
		const struct sym *o = n->twin;
		struct range ro;
		struct range rn;

		if (!n->sec || sec_kind(n->sec) != SEC_INIT || !n->size ||
		    text_starts(n->name, ".L"))
			continue;
		*why = "new";
		if (!o || !o->sec)
			return n;
		ro = object_range((struct sym *)(uintptr_t)o);
		rn = object_range((struct sym *)(uintptr_t)n);
		*why = "content differs";
		if (!(n->sec->flags & SHF_EXECINSTR)) {
			if (!same_range(c, ro, rn, why))
				return n;
			continue;
		}
		if (!same_init_bytes(c, o, n) || !same_rels(c, ro, rn, why))
			return n;
	}
	return NULL;
}

const char *cmp_first_code(const struct cmp *c)
{
	size_t i;

	for (i = 1; i < c->news->nsecs; i++) {
		const struct sec *n = &c->news->secs[i];
		const struct sec *o = n->flags & SHF_EXECINSTR ? obj_sec(c->olds, n->name) : NULL;
		const struct sym *owner;
		uint64_t at = 0;

		if (!o || !o->data || !n->data)
			continue;
		while (at < o->size && at < n->size && o->data[at] == n->data[at])
			at++;
		owner = at < n->size ? sec_owner(n, at) : NULL;
		if (owner && (at < o->size || o->size != n->size))
			return owner->name;
	}
	return NULL;
}

int cmp_open(struct cmp *c, const char *old_path, const char *new_path, const char *name,
	     const struct scope_keys *olds, const struct scope_keys *news, struct err *e)
{
	memset(c, 0, sizeof(*c));
	c->olds = obj_load(old_path, name, e);
	c->news = c->olds ? obj_load(new_path, name, e) : NULL;
	if (!c->news)
		return -1;
	if (c->olds->type != ET_REL || c->news->type != ET_REL)
		return err_fail(e, "%s: not a relocatable object", name);
	sections_classify(c->olds);
	sections_classify(c->news);
	if (special_read(&c->code, c->olds, &c->old_special, e) < 0 ||
	    special_read(&c->code, c->news, &c->new_special, e) < 0)
		return -1;
	pair_objects(&c->code, c->olds, c->news, olds, news);
	compare_all(c);
	return 0;
}

static void free_maps(struct obj *o)
{
	size_t i;

	for (i = 0; o && i < o->nsecs; i++)
		insn_map_free(o->secs[i].insns);
}

void cmp_free(struct cmp *c)
{
	free_maps(c->olds);
	free_maps(c->news);
	obj_free(c->olds);
	obj_free(c->news);
	code_free(&c->code);
	free(c->open);
	arena_free(&c->arena);
}
