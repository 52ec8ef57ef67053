/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types.h - what a patch does to types, variables and function signatures
 *
 * A running hypervisor is full of objects that were laid out by the old types. A
 * payload that reads them by new ones is wrong without a crash to tell so. Here the
 * debug information (DWARF) of the old and the new object of one unit is compared,
 * by names: structs, unions, enums, typedefs of unnamed ones, file-scope variables,
 * functions. What exists on one side only is not compared.
 */
#ifndef PATCHBUILD_TYPES_H
#define PATCHBUILD_TYPES_H

#include "common/err.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types, variables and functions that one object knows. */
struct types;

/*
 * Reads the relocatable object @path, compiled with -g (DWARF 4 or 5, not
 * compressed). NULL and a cause if it has no debug information or that is damaged.
 */
struct types *types_load(const char *path, struct err *e);
void types_free(struct types *t);

enum type_change_kind {
	/* Old objects or callers do not fit new code. */
	TYPE_LAYOUT, /* size, place, width or kind of a member; length of an array */
	TYPE_OPS, /* signature of a function pointer that is a member */
	TYPE_ENUM_VALUE, /* an enumerator means another number */
	TYPE_FUNCTION, /* signature of a function */
	TYPE_VARIABLE, /* type or size of a variable */

	/* They fit; worth a line in a report. */
	TYPE_RENAMED, /* a member of the same type at the same place */
	TYPE_RETYPED, /* a number of the same size, but signed, boolean or an enum now */
	/*
	 * A new member (or bit-field) where there was padding, or one more view of a union:
	 * nothing moved, the size is the same. In old objects it holds what happens to
	 * be there: 0 if they were cleared when made.
	 */
	TYPE_PADDING,
	TYPE_REMOVED, /* a member is gone, nothing took its place */
	TYPE_ENUM_ADDED,
	TYPE_ENUM_REMOVED,
};

/* One of the second group. */
bool type_change_is_harmless(enum type_change_kind kind);
/* A word for reports and JSON: "layout", "ops", "enum-value", "rename", "enum-added" ... */
const char *type_change_word(enum type_change_kind kind);

struct type_change {
	enum type_change_kind kind;
	const char *name; /* "struct domain", "page_t", "enum state", "do_it", "do_it::count" */
	const char *member; /* that the change begins with, or NULL */
	const char *text; /* "member `foo` added at offset 24; sizeof 64 -> 72" */
	int64_t old_size; /* bytes; -1 if it has none or it is not known */
	int64_t new_size;
	const char *file; /* of the new declaration (old, if it is gone); NULL: not known */
	unsigned int line;
	bool header; /* not declared in the file that was compiled: others see it too */
};

struct type_changes {
	struct arena arena; /* of all strings; they are escaped for a terminal */
	struct type_change *v; /* by kind of thing, then by name: the same on every run */
	size_t n;
};

/*
 * Compares two objects of one unit. All of *out is filled anew; free it with
 * type_changes_free() in any case. -1 and a cause if the debug information makes no
 * sense.
 *
 * Layouts: unnamed structs and unions are looked into, those with a name (or a
 * typedef) are compared once, under their own name. A type whose inner struct grew
 * is reported too, since its own members move. Pointers are compared by the name of
 * what they point to, function pointers by their signature.
 */
int types_diff(struct types *old, struct types *new, struct type_changes *out, struct err *e);

/* types_load() of both and types_diff(). */
int types_compare(const char *old_path, const char *new_path, struct type_changes *out,
		  struct err *e);
void type_changes_free(struct type_changes *c);

/* A variable that a function keeps between calls. */
struct static_local {
	const char *name; /* in the source: "count" of ELF symbol "count.3" */
	/* That declares it, though it may be inlined elsewhere; "" if clang did not say. */
	const char *function;
	const char *file; /* NULL for what the compiler made (__func__) */
	unsigned int line;
	uint32_t section; /* index in the object */
	uint64_t offset; /* in that section */
	uint64_t size; /* bytes, 0 if unknown */
	bool artificial; /* made by the compiler */
};

/*
 * All of an object that have a place in a section, in the order of the debug
 * information. Tables of the compiler's own (CSWTCH.N) are not in it. Returns an array of *n (never NULL; free() it), which points into @t.
 */
struct static_local *types_static_locals(const struct types *t, size_t *n);

enum types_life {
	TYPES_LIFE_UNKNOWN, /* nothing is proven */
	TYPES_LIFE_LOCAL,
	TYPES_LIFE_STATIC, /* a variable of this unit holds one */
};

/*
 * Whether objects of the struct, union or typedef @name ("struct foo", as in
 * type_change.name) can be alive while no function of the unit runs.
 *
 * TYPES_LIFE_LOCAL is answered only if, in both objects, the type is declared in the
 * compiled file itself; some automatic variable has the type; nothing else has it
 * or points to it but automatic variables (having it) and parameters of static
 * functions; so no variable of static storage, member, function pointer, return
 * value or pointer variable. Not proven: that no expression without a variable casts
 * other memory to the type, as f((struct foo *)ptr) does.
 * *why: a constant string, the reason for any other answer.
 */
enum types_life types_local_only(const struct types *old, const struct types *new, const char *name,
				 const char **why);

#endif
