// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/special.h"

#include <stdlib.h>
#include <string.h>

/* struct alt_instr, arch/x86/include/asm/alternative.h: byte 11 is repl_len. */
#define ALT_REPL_LEN 11

static int not_understood(struct obj *o, const struct sec *table, uint64_t at, const char *why,
			  struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, "%s: %s+0x%llx: entry not understood: %s", o->name,
		       table->name, (unsigned long long)at, why);
}

/* The relocation at exactly @off; NULL if there is none. */
static const struct rel *rel_at(const struct sec *s, uint64_t off)
{
	size_t i = sec_first_rel(s, off);

	return i < s->nrels && s->rels[i].offset == off ? &s->rels[i] : NULL;
}

static bool find_place(struct code *c, struct sec *table, uint64_t off, struct sec **sec,
		       uint64_t *place)
{
	const struct rel *r = rel_at(table, off);
	struct err ignored = ERR_INIT;
	struct target t;

	if (!r || target_of(c, table, r, &t, &ignored) < 0 || !t.sec)
		return false;
	*sec = t.sec;
	*place = (uint64_t)(t.delta + (int64_t)(t.owner ? t.owner->value : 0));
	return *place <= t.sec->size;
}

static int read_alt(struct code *c, struct obj *o, struct item *i, struct err *e)
{
	uint8_t len = item_bytes(i)[ALT_REPL_LEN];
	struct piece *p = &i->piece;

	if (!find_place(c, i->table, i->at + 4, &p->sec, &p->start) ||
	    sec_kind(p->sec) != SEC_ALT_REPL || p->sec->size - p->start < len)
		return not_understood(o, i->table, i->at, "replacement outside its section", e);
	p->size = len;
	return 0;
}

static int read_ex(struct code *c, struct obj *o, struct item *i, struct err *e)
{
	struct piece *p = &i->piece;

	if (!find_place(c, i->table, i->at + 4, &p->sec, &p->start))
		return not_understood(o, i->table, i->at, "fixup outside its section", e);
	if (sec_kind(p->sec) != SEC_FIXUP && p->sec != i->owner)
		return not_understood(o, i->table, i->at, "fixup in another function", e);
	if (sec_kind(p->sec) != SEC_FIXUP)
		p->sec = NULL;
	return 0;
}

static int read_item(struct code *c, struct obj *o, struct item *i, struct err *e)
{
	if (!find_place(c, i->table, i->at, &i->owner, &i->place))
		return not_understood(o, i->table, i->at, "place outside its section", e);
	switch (sec_kind(i->table)) {
	case SEC_ALT:
		return read_alt(c, o, i, e);
	case SEC_EXTABLE:
		return read_ex(c, o, i, e);
	default:
		return 0;
	}
}

static int by_start(const void *a, const void *b)
{
	uint64_t x = (*(struct item *const *)a)->piece.start;
	uint64_t y = (*(struct item *const *)b)->piece.start;

	return x < y ? -1 : x > y;
}

/* A fixup reaches to where the next one begins, or to the end of .fixup. */
static void size_fixups(struct special *s)
{
	struct item **v = mem_zalloc(s->n + 1, sizeof(struct item *));
	size_t n = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->items[i].piece.sec && sec_kind(s->items[i].table) == SEC_EXTABLE)
			v[n++] = &s->items[i];
	qsort(v, n, sizeof(struct item *), by_start);
	while (n--) {
		struct piece *p = &v[n]->piece;
		const struct item *next = NULL;

		for (i = n + 1; v[i] && !next; i++)
			if (v[i]->piece.sec == p->sec && v[i]->piece.start > p->start)
				next = v[i];
		p->size = (next ? next->piece.start : p->sec->size) - p->start;
	}
	free(v);
}

static int by_owner(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	if (x->owner->index != y->owner->index)
		return x->owner->index < y->owner->index ? -1 : 1;
	if (x->table->index != y->table->index)
		return x->table->index < y->table->index ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool is_table(const struct sec *s)
{
	return sec_kind(s) == SEC_ALT || sec_kind(s) == SEC_ALT_CALL ||
	       sec_kind(s) == SEC_EXTABLE || sec_kind(s) == SEC_BUG;
}

int special_read(struct code *c, struct obj *o, struct special *out, struct err *e)
{
	size_t total = 0;
	size_t i;
	uint64_t at;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < o->nsecs; i++) {
		const struct sec *s = &o->secs[i];

		if (!is_table(s) || !s->size)
			continue;
		if (s->size % s->rule->entry || !s->data)
			return not_understood(o, s, 0, "size is not that of whole entries", e);
		total += s->size / s->rule->entry;
	}
	out->items = arena_alloc(&o->arena, total, sizeof(*out->items));
	for (i = 0; i < o->nsecs; i++) {
		struct sec *s = &o->secs[i];

		for (at = 0; is_table(s) && at < s->size; at += s->rule->entry) {
			struct item *it = &out->items[out->n++];

			it->table = s;
			it->at = at;
			if (read_item(c, o, it, e) < 0)
				return -1;
		}
	}
	size_fixups(out);
	if (out->n)
		qsort(out->items, out->n, sizeof(*out->items), by_owner);
	return 0;
}

struct item *special_of(const struct special *s, const struct sec *owner, size_t *n)
{
	size_t low = 0;
	size_t high = s->n;
	size_t end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->items[mid].owner->index < owner->index)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < s->n && s->items[end].owner == owner; end++)
		;
	*n = end - low;
	return *n ? &s->items[low] : NULL;
}
