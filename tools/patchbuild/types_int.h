/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types_int.h - what types.c and types_layout.c share
 */
#ifndef PATCHBUILD_TYPES_INT_H
#define PATCHBUILD_TYPES_INT_H

#include "common/text.h"
#include "patchbuild/types.h"
#include "patchbuild/types_dwarf.h"

/* C's name spaces at file scope. */
enum name_space {
	NS_STRUCT,
	NS_UNION,
	NS_TYPEDEF, /* of something without a name of its own */
	NS_ENUMERATOR,
	NS_VARIABLE,
	NS_FUNCTION,
};

struct named {
	enum name_space space;
	const char *name;
	struct die *die;
};

struct types {
	struct dies dies;
	struct named *names; /* sorted, each once */
	size_t nnames;
};

/* --- types_layout.c: types taken apart --- */

/* A type without its typedefs and qualifiers. */
struct core {
	struct die *die; /* NULL: void */
	const char *alias; /* the innermost typedef, NULL if there was none */
};

struct core type_core(struct die *t);

static inline bool is_aggregate(const struct die *d)
{
	return d && (d->kind == DIE_STRUCT || d->kind == DIE_UNION);
}

/* Bytes of a type; false if it is incomplete. */
bool type_size(struct die *t, uint64_t *size);
/* type_size(), -1 if unknown. */
int64_t type_size_or(struct die *t);

/*
 * Adds a spelling that is equal for two types if they are the same to machine code:
 * numbers by size and kind, structs by name, pointers by what they point to.
 */
void type_canon(struct strbuf *b, struct die *t);
/* Adds the type as a person would write it. */
void type_spell(struct strbuf *b, struct die *t);
/* The same two for a DIE_FUNCTION or DIE_SIGNATURE. */
void signature_canon(struct strbuf *b, struct die *f);
void signature_spell(struct strbuf *b, struct die *f);

/* --- types_layout.c: comparing --- */

enum sameness { TYPE_SAME, TYPE_SAME_SIZE, TYPE_OTHER_OPS, TYPE_DIFFERENT };

/* One comparison of two objects. */
struct cmp {
	struct type_changes *out;
	size_t room;
	/* Pairs of named aggregates that were met inside others. */
	struct pair {
		struct die *old;
		struct die *new;
		const char *name;
	} * todo;
	size_t ntodo;
	size_t budget; /* steps left before the debug information is called absurd */
};

enum sameness type_cmp(struct cmp *c, struct die *old, struct die *new);
/* Compares two structs or unions that count as the same one and reports. */
void aggregate_cmp(struct cmp *c, struct die *old, struct die *new, const char *name);

/* Adds a change at the declaration @at. @text is taken over. */
struct type_change *change_add(struct cmp *c, enum type_change_kind kind, const char *name,
			       const struct die *at, struct strbuf *text);

#endif
