// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/hvsyms.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *name;
	uint64_t addr;
};

/* Local symbols that follow one STT_FILE symbol. */
struct group {
	const char *file;
	size_t first;
	size_t end;
};

struct hvsyms {
	struct obj *o;
	struct arena arena;
	struct entry *table; /* Xen's own, sorted by name */
	size_t n;
	struct group *groups;
	size_t ngroups;
	struct sym **globals; /* sorted by name */
	size_t nglobals;
};

static int by_entry(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : (x->addr < y->addr ? -1 : x->addr > y->addr);
}

static int by_sym_name(const void *a, const void *b)
{
	return strcmp((*(struct sym *const *)a)->name, (*(struct sym *const *)b)->name);
}

static const struct sym *find_global(const struct hvsyms *h, const char *name)
{
	size_t low = 0;
	size_t high = h->nglobals;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = strcmp(h->globals[mid]->name, name);

		if (!d)
			return h->globals[mid];
		if (d < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void index_globals(struct hvsyms *h)
{
	size_t i;

	h->globals = arena_alloc(&h->arena, h->o->nsyms, sizeof(struct sym *));
	for (i = 1; i < h->o->nsyms; i++)
		if (!sym_is_local(&h->o->syms[i]) && !h->o->syms[i].undef)
			h->globals[h->nglobals++] = &h->o->syms[i];
	qsort(h->globals, h->nglobals, sizeof(struct sym *), by_sym_name);
}

static void index_groups(struct hvsyms *h)
{
	struct group *g = NULL;
	size_t i;

	h->groups = arena_alloc(&h->arena, h->o->nsyms, sizeof(*h->groups));
	for (i = 1; i < h->o->nsyms; i++) {
		const struct sym *s = &h->o->syms[i];

		if (!sym_is_local(s))
			break;
		if (s->type == STT_FILE) {
			g = &h->groups[h->ngroups++];
			g->file = s->name;
			g->first = i + 1;
		}
		if (g)
			g->end = i + 1;
	}
}

/* The bytes from a symbol's address to the end of its section. */
static const uint8_t *data_of(const struct hvsyms *h, const char *name, size_t *len, struct err *e)
{
	const struct sym *s = find_global(h, name);

	if (!s || !s->sec || !s->sec->data || s->value < s->sec->addr ||
	    s->value - s->sec->addr >= s->sec->size) {
		err_set(e, ERR_UNSUPPORTED, "%s: no symbol table for live patching: %s is missing",
			h->o->name, name);
		return NULL;
	}
	*len = s->sec->size - (s->value - s->sec->addr);
	return s->sec->data + (s->value - s->sec->addr);
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Xen's table while it is unpacked. */
struct packed {
	const uint8_t *names;
	const uint8_t *tokens;
	const uint8_t *index;
	const uint8_t *values;
	size_t names_len;
	size_t tokens_len;
	size_t index_len;
	size_t values_len;
	size_t width; /* of a value: 4 or 8 */
	size_t count;
};

static int find_packed(const struct hvsyms *h, struct packed *p, struct err *e)
{
	size_t len;
	const uint8_t *num = data_of(h, "symbols_num_syms", &len, e);

	if (!num || len < 4)
		return -1;
	p->count = le32(num);
	p->width = find_global(h, "symbols_offsets") ? 4 : 8;
	p->names = data_of(h, "symbols_names", &p->names_len, e);
	p->tokens = data_of(h, "symbols_token_table", &p->tokens_len, e);
	p->index = data_of(h, "symbols_token_index", &p->index_len, e);
	p->values = data_of(h, p->width == 4 ? "symbols_offsets" : "symbols_addresses",
			    &p->values_len, e);
	if (e->kind != ERR_NONE)
		return -1;
	if (p->index_len < 512 || p->values_len / p->width < p->count)
		return err_fail(e, "%s: Xen's symbol table is cut short", h->o->name);
	return 0;
}

/* Appends the text of one token; false if it lies outside the table. */
static bool add_token(const struct packed *p, uint8_t token, struct strbuf *b)
{
	size_t at = p->index[2 * token] | p->index[2 * token + 1] << 8;
	size_t len;

	if (at >= p->tokens_len)
		return false;
	len = strnlen((const char *)p->tokens + at, p->tokens_len - at);
	strbuf_add(b, (const char *)p->tokens + at, len);
	return at + len < p->tokens_len;
}

static int unpack(struct hvsyms *h, struct err *e)
{
	struct packed p = {0};
	struct strbuf name = {0};
	size_t at = 0;
	size_t i;
	size_t k;

	if (find_packed(h, &p, e) < 0)
		return -1;
	h->table = arena_alloc(&h->arena, p.count, sizeof(*h->table));
	for (h->n = 0; h->n < p.count; h->n++) {
		const uint8_t *v = p.values + h->n * p.width;
		size_t len = at < p.names_len ? p.names[at] : 0;

		name.len = 0;
		for (k = 1; k <= len && at + k < p.names_len; k++)
			if (!add_token(&p, p.names[at + k], &name))
				break;
		if (!len || k <= len || !name.len)
			break;
		at += len + 1;
		/* The first character is the symbol's type, as nm prints it. */
		h->table[h->n].name = arena_strdup(&h->arena, name.data + 1);
		h->table[h->n].addr = le32(v);
		if (p.width == 8)
			h->table[h->n].addr |= (uint64_t)le32(v + 4) << 32;
	}
	strbuf_free(&name);
	if (h->n < p.count)
		return err_fail(e, "%s: Xen's symbol table is damaged", h->o->name);
	qsort(h->table, h->n, sizeof(*h->table), by_entry);
	if (p.width == 4) {
		/* Offsets count from SYMBOLS_ORIGIN: found by a symbol known in both. */
		const struct sym *known = find_global(h, "symbols_names");
		uint64_t base;

		if (hvsyms_count(h, "symbols_names", &base) != 1)
			return err_fail(e, "%s: Xen's symbol table is damaged", h->o->name);
		base = known->value - base;
		for (i = 0; i < h->n; i++)
			h->table[i].addr += base;
	}
	return 0;
}

struct hvsyms *hvsyms_open(const char *path, struct err *e)
{
	struct hvsyms *h = mem_zalloc(1, sizeof(*h));

	h->o = obj_load(path, path_base(path), e);
	if (h->o && h->o->type == ET_REL)
		err_fail(e, "%s: not a linked image", path);
	else if (h->o) {
		index_globals(h);
		index_groups(h);
		if (unpack(h, e) == 0)
			return h;
	}
	hvsyms_close(h);
	return NULL;
}

void hvsyms_close(struct hvsyms *h)
{
	if (!h)
		return;
	obj_free(h->o);
	arena_free(&h->arena);
	free(h);
}

size_t hvsyms_count(const struct hvsyms *h, const char *name, uint64_t *addr)
{
	size_t low = 0;
	size_t high = h->n;
	size_t n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(h->table[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < h->n && !strcmp(h->table[low].name, name); low++, n++)
		*addr = h->table[low].addr;
	return n;
}

static const struct sym *find_in_group(const struct hvsyms *h, const struct group *g,
				       const struct sym *s)
{
	const struct sym *found = NULL;
	size_t i;

	for (i = g->first; i < g->end; i++) {
		const struct sym *y = &h->o->syms[i];

		if (y->size != s->size || strcmp(y->name, s->name) || !y->sec)
			continue;
		if (found)
			return NULL;
		found = y;
	}
	return found;
}

/* Symbols that the linker keeps and that tell one object from another. */
static bool is_telling(const struct sym *s)
{
	return sym_is_local(s) && s->sec && s->type != STT_SECTION && s->type != STT_FILE &&
	       (s->sec->flags & SHF_ALLOC) && !text_starts(s->name, ".L") &&
	       !text_starts(s->sec->name, ".discard");
}

static bool group_has_all(const struct hvsyms *h, const struct group *g, const struct obj *o)
{
	size_t i;

	for (i = 1; i < o->nsyms; i++)
		if (is_telling(&o->syms[i]) && !find_in_group(h, g, &o->syms[i]))
			return false;
	return true;
}

static const char *file_of(const struct obj *o)
{
	size_t i;

	for (i = 1; i < o->nsyms; i++)
		if (o->syms[i].type == STT_FILE)
			return o->syms[i].name;
	return NULL;
}

int hvsyms_group(const struct hvsyms *h, const struct obj *o)
{
	const char *file = file_of(o);
	int found = -1;
	size_t i;

	for (i = 0; file && i < h->ngroups; i++) {
		if (strcmp(h->groups[i].file, file) || !group_has_all(h, &h->groups[i], o))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

const struct sym *hvsyms_find(const struct hvsyms *h, int group, const struct sym *s)
{
	if (!sym_is_local(s))
		return find_global(h, s->name);
	if (group < 0 || (size_t)group >= h->ngroups)
		return NULL;
	return find_in_group(h, &h->groups[group], s);
}

const struct sym *hvsyms_anchor(const struct hvsyms *h, uint64_t addr)
{
	const struct sym *best = NULL;
	uint64_t least = UINT64_MAX;
	uint64_t seen;
	size_t i;

	for (i = 0; i < h->nglobals; i++) {
		const struct sym *s = h->globals[i];
		uint64_t distance = s->value > addr ? s->value - addr : addr - s->value;

		if (!s->sec || !s->size || distance >= least ||
		    hvsyms_count(h, s->name, &seen) != 1 || seen != s->value)
			continue;
		best = s;
		least = distance;
	}
	return best;
}

const uint8_t *hvsyms_bytes(const struct hvsyms *h, uint64_t addr, size_t len)
{
	size_t i;

	for (i = 1; i < h->o->nsecs; i++) {
		const struct sec *s = &h->o->secs[i];

		if ((s->flags & SHF_ALLOC) && s->data && addr >= s->addr &&
		    addr - s->addr < s->size && s->size - (addr - s->addr) >= len)
			return s->data + (addr - s->addr);
	}
	return NULL;
}

const struct sym *hvsyms_global(const struct hvsyms *h, const char *name)
{
	return find_global(h, name);
}

const char *hvsyms_name_at(const struct hvsyms *h, uint64_t addr, uint64_t *offset)
{
	const struct entry *best = NULL;
	size_t i;

	for (i = 0; i < h->n; i++)
		if (h->table[i].addr <= addr && (!best || h->table[i].addr > best->addr))
			best = &h->table[i];
	*offset = best ? addr - best->addr : 0;
	return best ? best->name : NULL;
}

uint16_t hvsyms_machine(const struct hvsyms *h)
{
	return h->o->machine;
}

size_t hvsyms_total(const struct hvsyms *h)
{
	return h->n;
}
