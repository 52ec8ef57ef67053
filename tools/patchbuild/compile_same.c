// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_same.c - did the compiler do again what it did for the base?
 */
#include "patchbuild/obj.h"
#include "patchbuild/units_int.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static bool is_debug(const struct sec *s)
{
	return !(s->flags & SHF_ALLOC) &&
	       (text_starts(s->name, ".debug") || text_starts(s->name, ".rela.debug") ||
		text_starts(s->name, ".rel.debug"));
}

/* Sections that hold the file together, or tell of the source. */
static bool is_ignored(const struct sec *s)
{
	return s->type == SHT_NULL || s->type == SHT_SYMTAB || s->type == SHT_STRTAB ||
	       s->type == SHT_RELA || s->type == SHT_REL || is_debug(s);
}

static const struct sec *next_sec(const struct obj *o, size_t *i)
{
	for (; *i < o->nsecs; (*i)++)
		if (!is_ignored(&o->secs[*i]))
			return &o->secs[(*i)++];
	return NULL;
}

/* Section symbols are there when something refers to them: debug information does. */
static const struct sym *next_sym(const struct obj *o, size_t *i)
{
	const struct sym *s;

	for (; *i < o->nsyms; (*i)++) {
		s = &o->syms[*i];
		if (sym_is_section(s) || (s->sec && is_debug(s->sec)))
			continue;
		(*i)++;
		return s;
	}
	return NULL;
}

static bool same_place(const struct sym *a, const struct sym *b)
{
	const char *in_a = a->sec ? a->sec->name : "";
	const char *in_b = b->sec ? b->sec->name : "";

	return a->value == b->value && a->undef == b->undef && a->absolute == b->absolute &&
	       !strcmp(in_a, in_b);
}

static bool same_sym(const struct sym *a, const struct sym *b)
{
	if (a->type != b->type || a->bind != b->bind || !same_place(a, b))
		return false;
	return sym_is_section(a) || (a->size == b->size && !strcmp(a->name, b->name));
}

static bool same_rels(const struct sec *a, const struct sec *b)
{
	size_t i;

	if (a->nrels != b->nrels)
		return false;
	for (i = 0; i < a->nrels; i++)
		if (a->rels[i].offset != b->rels[i].offset || a->rels[i].type != b->rels[i].type ||
		    a->rels[i].addend != b->rels[i].addend ||
		    !same_sym(a->rels[i].sym, b->rels[i].sym))
			return false;
	return true;
}

static bool same_sec(const struct sec *a, const struct sec *b)
{
	if (strcmp(a->name, b->name) || a->type != b->type || a->flags != b->flags ||
	    a->size != b->size || a->align != b->align || a->entsize != b->entsize)
		return false;
	return (!a->data && !b->data) || (a->data && b->data && !memcmp(a->data, b->data, a->size));
}

static char *compare_secs(const struct obj *a, const struct obj *b)
{
	const struct sec *x, *y;
	size_t i = 0, j = 0;

	do {
		x = next_sec(a, &i);
		y = next_sec(b, &j);
		if (!x != !y)
			return mem_printf("section %s is on one side only", x ? x->name : y->name);
		if (x && !same_sec(x, y))
			return mem_printf("section %s", x->name);
		if (x && !same_rels(x, y))
			return mem_printf("relocations of section %s", x->name);
	} while (x);
	return NULL;
}

static char *compare_syms(const struct obj *a, const struct obj *b)
{
	const struct sym *x, *y;
	size_t i = 0, j = 0;

	do {
		x = next_sym(a, &i);
		y = next_sym(b, &j);
		if (!x != !y || (x && !same_sym(x, y)))
			return mem_printf("symbol %s", x ? x->name : y->name);
	} while (x);
	return NULL;
}

int objects_compare(const char *a, const char *b, const char *name, char **where, struct err *e)
{
	struct obj *x = obj_load(a, name, e);
	struct obj *y = x ? obj_load(b, name, e) : NULL;

	*where = NULL;
	if (y)
		*where = compare_secs(x, y);
	if (y && !*where)
		*where = compare_syms(x, y);
	obj_free(x);
	obj_free(y);
	return y ? 0 : -1;
}

char *object_file_name(const char *path)
{
	struct err ignored = ERR_INIT;
	struct obj *o = obj_load(path, path, &ignored);
	char *name = NULL;
	size_t i;

	for (i = 0; o && i < o->nsyms && !name; i++)
		if (o->syms[i].type == STT_FILE && *o->syms[i].name)
			name = mem_strdup(o->syms[i].name);
	obj_free(o);
	return name;
}
