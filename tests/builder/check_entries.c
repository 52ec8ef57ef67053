// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_entries.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* Offsets in Xen's entries, from arch/x86/include/asm/{alternative,uaccess,bug}.h. */
#define ALT_SIZE      14
#define ALT_FEATURE   8
#define ALT_ORIG_LEN  10
#define ALT_REPL_LEN  11
#define EX_SIZE	      8
#define BUG_DISP_BITS 24

/* A place in an object. */
struct place {
	const struct sec *sec; /* NULL: not in this object */
	uint64_t at;
	const struct rel *rel;
};

struct entries {
	const char *name;
	struct entry_counts *counts;
	struct strbuf *wrong;
	const struct obj *made; /* by the compiler */
	const struct obj *payload;
	const struct sec *code; /* in @made, of a function that is in the payload */
	const struct sec *copy; /* the same in @payload */
};

static void differs(struct entries *c, const char *table, uint64_t at, const char *what)
{
	strbuf_addf(c->wrong, "%s: %s: %s: %s+0x%llx: %s\n", c->name, c->made->name, c->code->name,
		    table, (unsigned long long)at, what);
}

static const struct rel *rel_at(const struct sec *s, uint64_t at)
{
	size_t i;

	for (i = 0; i < s->nrels; i++)
		if (s->rels[i].offset == at)
			return &s->rels[i];
	return NULL;
}

/* Where the field at @at of @s leads, @bias bytes added. */
static struct place follow(const struct sec *s, uint64_t at, int64_t bias)
{
	struct place p = {.rel = rel_at(s, at)};

	if (p.rel && p.rel->sym->sec) {
		p.sec = p.rel->sym->sec;
		p.at = p.rel->sym->value + (uint64_t)(p.rel->addend + bias);
	}
	return p;
}

static bool has(const struct place *p, uint64_t len)
{
	return p->sec && p->at <= p->sec->size && len <= p->sec->size - p->at &&
	       (!len || p->sec->data);
}

static bool same_bytes(const struct place *a, const struct place *b, uint64_t len)
{
	return has(a, len) && has(b, len) &&
	       (!len || !memcmp(a->sec->data + a->at, b->sec->data + b->at, len));
}

/* First relocation at or behind @at, and how many there are in @len bytes. */
static const struct rel *rels_in(const struct place *p, uint64_t len, size_t *n)
{
	const struct rel *first = NULL;
	size_t i;

	*n = 0;
	for (i = 0; i < p->sec->nrels; i++) {
		const struct rel *r = &p->sec->rels[i];

		if (r->offset < p->at || r->offset - p->at >= len)
			continue;
		if (!first)
			first = r;
		++*n;
	}
	return first;
}

/* "common/dm.c#do_it" and "fix:do_it" name do_it. */
static const char *plain_name(const char *name)
{
	const char *hash = strrchr(name, '#');
	const char *colon = strrchr(hash ? hash : name, ':');

	return colon ? colon + 1 : hash ? hash + 1 : name;
}

/* Both fields lead to the same thing, as far as it has a name that no section shares. */
static bool same_goal(const struct rel *a, const struct rel *b)
{
	if (a->type != b->type)
		return false;
	if (a->sym->undef)
		return a->addend == b->addend &&
		       !strcmp(plain_name(a->sym->name), plain_name(b->sym->name));
	return true;
}

static void compare_rels(struct entries *c, const char *table, const struct place *a,
			 const struct place *b, uint64_t len)
{
	size_t na;
	size_t nb;
	const struct rel *ra = rels_in(a, len, &na);
	const struct rel *rb = rels_in(b, len, &nb);
	size_t i;

	if (na != nb)
		differs(c, table, a->at, "another number of relocations");
	for (i = 0; na == nb && i < na; i++)
		if (ra[i].offset - a->at != rb[i].offset - b->at || !same_goal(&ra[i], &rb[i]))
			differs(c, table, ra[i].offset, "another relocation");
}

static void compare_piece(struct entries *c, const char *table, const struct place *a,
			  const struct place *b, uint64_t len)
{
	if (!same_bytes(a, b, len))
		differs(c, table, a->at, "other bytes");
	else
		compare_rels(c, table, a, b, len);
}

/* --- entries --- */

static void compare_alternative(struct entries *c, const struct sec *a, uint64_t at,
				const struct sec *b, uint64_t bt)
{
	const uint8_t *entry = a->data + at;
	struct place from = follow(a, at, 0);
	struct place ra = follow(a, at + 4, 0);
	struct place rb = follow(b, bt + 4, 0);

	c->counts->alternatives++;
	if (memcmp(entry + ALT_FEATURE, b->data + bt + ALT_FEATURE, ALT_SIZE - ALT_FEATURE))
		differs(c, a->name, at, "another feature or other lengths");
	if (!has(&from, entry[ALT_ORIG_LEN]))
		differs(c, a->name, at, "reaches past its code");
	if (strcmp(ra.sec ? ra.sec->name : "", ".altinstr_replacement") ||
	    strcmp(rb.sec ? rb.sec->name : "", ".altinstr_replacement"))
		differs(c, a->name, at, "replacement in another section");
	else
		compare_piece(c, ra.sec->name, &ra, &rb, entry[ALT_REPL_LEN]);
	c->counts->replacements += entry[ALT_REPL_LEN] != 0;
}

/* The next fixup of the same object begins, or its section ends. */
static uint64_t fixup_length(const struct sec *table, const struct place *p)
{
	uint64_t end = p->sec->size;
	uint64_t at;

	for (at = 4; at < table->size; at += EX_SIZE) {
		struct place q = follow(table, at, 0);

		if (q.sec == p->sec && q.at > p->at && q.at < end)
			end = q.at;
	}
	return end - p->at;
}

static void compare_exception(struct entries *c, const struct sec *a, uint64_t at,
			      const struct sec *b, uint64_t bt)
{
	struct place fa = follow(a, at + 4, 0);
	struct place fb = follow(b, bt + 4, 0);

	c->counts->extable++;
	if (fa.sec && fa.sec == c->code) {
		if (fb.sec != c->copy || fb.at != fa.at)
			differs(c, a->name, at, "goes on at another place");
	} else if (!fa.sec || !fb.sec || strcmp(fa.sec->name, fb.sec->name)) {
		differs(c, a->name, at, "fixup in another section");
	} else {
		compare_piece(c, fa.sec->name, &fa, &fb, fixup_length(a, &fa));
	}
}

/* What a field of a bug frame holds above the displacement: bits of a line number. */
static int64_t line_bits(const struct rel *r, uint64_t field, int64_t *disp)
{
	int64_t all = r->addend - (int64_t)field;

	*disp = (int64_t)((uint64_t)all << (64 - BUG_DISP_BITS)) >> (64 - BUG_DISP_BITS);
	return all - *disp;
}

/* The string at @disp, counted from @r's symbol; NULL if it is none. */
static const char *string_at(const struct rel *r, int64_t disp)
{
	struct place p = {r->sym->sec, r->sym->value + (uint64_t)disp, r};

	return has(&p, 1) && memchr(p.sec->data + p.at, 0, p.sec->size - p.at)
		       ? (const char *)p.sec->data + p.at
		       : NULL;
}

/* A file name, a condition; or a function to call. */
static bool same_message(const struct rel *a, const struct rel *b, uint64_t field)
{
	int64_t da;
	int64_t db;
	const char *ma;
	const char *mb;

	if (line_bits(a, field, &da) != line_bits(b, field, &db))
		return false;
	if (a->sym->undef || (a->sym->sec->flags & SHF_EXECINSTR))
		return a->type == b->type;
	ma = string_at(a, da);
	mb = b->sym->sec ? string_at(b, db) : NULL;
	return ma && mb && !strcmp(ma, mb);
}

static void compare_bug(struct entries *c, const struct sec *a, uint64_t at, const struct sec *b,
			uint64_t bt)
{
	uint64_t size = !strcmp(a->name, ".bug_frames.3") ? 16 : 8;
	uint64_t field;

	c->counts->bugs++;
	if (memcmp(a->data + at, b->data + bt, size))
		differs(c, a->name, at, "other bytes");
	for (field = 4; field < size; field += 4) {
		const struct rel *ra = rel_at(a, at + field);
		const struct rel *rb = rel_at(b, bt + field);

		if (!ra != !rb || (ra && !same_message(ra, rb, field)))
			differs(c, a->name, at + field, "another message or line number");
	}
}

/* The place is all that it says. */
static void compare_call(struct entries *c, const struct sec *a, uint64_t at, const struct sec *b,
			 uint64_t bt)
{
	c->counts->calls++;
	if (memcmp(a->data + at, b->data + bt, 4))
		differs(c, a->name, at, "other bytes");
}

/* --- tables --- */

typedef void (*compare_fn)(struct entries *c, const struct sec *a, uint64_t at, const struct sec *b,
			   uint64_t bt);

/*
 * The next entry of @table, from @at, that is about @code; past the end if there is none.
 * A bug frame keeps bits of the line number in this field as well.
 */
static uint64_t next_about(const struct sec *table, uint64_t size, uint64_t at,
			   const struct sec *code)
{
	for (; table && at < table->size; at += size) {
		const struct rel *r = rel_at(table, at);

		if (r && r->sym->sec == code)
			return at;
	}
	return UINT64_MAX;
}

static void compare_table(struct entries *c, const char *name, uint64_t size, compare_fn compare)
{
	const struct sec *a = obj_sec(c->made, name);
	const struct sec *b = obj_sec(c->payload, name);
	uint64_t at = next_about(a, size, 0, c->code);
	uint64_t bt = next_about(b, size, 0, c->copy);

	while (at != UINT64_MAX && bt != UINT64_MAX) {
		const struct rel *ra = rel_at(a, at);
		const struct rel *rb = rel_at(b, bt);

		if ((int64_t)ra->sym->value + ra->addend != (int64_t)rb->sym->value + rb->addend)
			differs(c, name, at, "about another place");
		compare(c, a, at, b, bt);
		at = next_about(a, size, at + size, c->code);
		bt = next_about(b, size, bt + size, c->copy);
	}
	if (at != bt)
		differs(c, name, at != UINT64_MAX ? at : bt,
			at != UINT64_MAX ? "not in the payload" : "only in the payload");
}

static const struct {
	const char *name;
	uint64_t size;
	compare_fn compare;
} tables[] = {
	{".altinstructions", ALT_SIZE, compare_alternative},
	{".alt_call_sites", 4, compare_call},
	{".ex_table", EX_SIZE, compare_exception},
	{".bug_frames.0", 8, compare_bug},
	{".bug_frames.1", 8, compare_bug},
	{".bug_frames.2", 8, compare_bug},
	{".bug_frames.3", 16, compare_bug},
};

#define NTABLES (sizeof(tables) / sizeof(tables[0]))

static size_t entries_of(const struct obj *o, size_t i)
{
	const struct sec *s = obj_sec(o, tables[i].name);

	return s ? s->size / tables[i].size : 0;
}

static size_t entries_in(const struct obj *o)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < NTABLES; i++)
		n += entries_of(o, i);
	return n;
}

static void compare_code(struct entries *c)
{
	struct place a = {c->code, 0, NULL};
	struct place b = {c->copy, 0, NULL};
	size_t i;

	c->counts->functions++;
	if (c->code->size != c->copy->size)
		differs(c, c->code->name, 0, "another size");
	else
		compare_piece(c, c->code->name, &a, &b, c->code->size);
	for (i = 0; i < NTABLES; i++)
		compare_table(c, tables[i].name, tables[i].size, tables[i].compare);
}

static bool is_code(const struct sec *s)
{
	return (s->flags & SHF_EXECINSTR) && strcmp(s->name, ".fixup") &&
	       strcmp(s->name, ".altinstr_replacement");
}

/* The code that the payload holds, in the order in which it was chosen. */
static const struct sec *next_code(const struct obj *payload, size_t *at)
{
	while (*at < payload->nsecs) {
		const struct sec *s = &payload->secs[(*at)++];

		if (is_code(s))
			return s;
	}
	return NULL;
}

static size_t total(const struct entry_counts *c)
{
	return c->alternatives + c->calls + c->extable + c->bugs;
}

void check_entries(const char *name, const struct build *b, const struct obj *payload,
		   struct entry_counts *counts, struct strbuf *wrong)
{
	struct entries c = {.name = name, .counts = counts, .wrong = wrong, .payload = payload};
	size_t before = total(counts);
	size_t at = 0;
	size_t i;

	for (i = 0; i < b->sel.n; i++) {
		const struct chosen *f = b->sel.v[i];

		if (f->kind > CHOSEN_NEW)
			continue;
		c.made = f->pair->cmp.news;
		c.code = f->sec;
		c.copy = next_code(payload, &at);
		if (!c.copy) {
			strbuf_addf(wrong, "%s: %s is not in the payload\n", name, f->sym->name);
			return;
		}
		compare_code(&c);
	}
	if (next_code(payload, &at))
		strbuf_addf(wrong, "%s: the payload holds more code than was chosen\n", name);
	if (total(counts) - before != entries_in(payload))
		strbuf_addf(wrong, "%s: the payload has %zu entries, its functions %zu\n", name,
			    entries_in(payload), total(counts) - before);
}
