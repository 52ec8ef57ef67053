/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * units_int.h - inside of finding and compiling units
 */
#ifndef PATCHBUILD_UNITS_INT_H
#define PATCHBUILD_UNITS_INT_H

#include "patchbuild/units.h"
#include "patchbuild/workspace_int.h"

/* A recorded target of the base whose dependencies name a changed file. */
struct recipe {
	struct kcmd cmd;
	bool own_source; /* its main source is among the changed files */
};

struct recipes {
	struct recipe *v; /* sorted by target */
	size_t n;
	bool *used; /* per changed file: some recipe depends on it */
	bool unsound; /* the new copy would give the old file for one of the names */
};

/* --- units_recipes.c --- */

/*
 * Reads all recorded commands and keeps those that compile or preprocess something that
 * a changed file goes into.
 */
int recipes_load(struct workspace *ws, struct recipes *r, struct err *e);
void recipes_free(struct recipes *r);

/* --- units_rules.c: changes by kind of file --- */

/* Refuses changes of build rules and the like; notes what has no effect. */
void rules_check(struct workspace *ws, const struct recipes *r, struct verdict *v);

/* True if the preprocessor reads files of that name. */
bool rules_is_source(const char *path);

/* --- units_generated.c: what the build makes out of sources --- */

/*
 * Makes again, old and new, what is generated from changed files (linker scripts,
 * assembler offsets, compat headers ...), and refuses where it would be different.
 */
int generated_check(struct workspace *ws, const struct recipes *r, struct unit_list *l,
		    struct verdict *v, struct err *e);

/* --- units_text.c --- */

/* Marks in @same[i] the @n commands whose preprocessed text is the same in both copies. */
int texts_compare(struct workspace *ws, const char *const *commands, size_t n, bool *same,
		  double *cpu_seconds, struct err *e);

/* --- compile_same.c --- */

/*
 * Compares two objects but for debug information: sections, symbols, relocations in their
 * order. *where is what differs first, for people (the caller frees), NULL if nothing.
 */
int objects_compare(const char *a, const char *b, const char *name, char **where, struct err *e);

/*
 * The name under which the source stands in the symbol table of @path (STT_FILE); the
 * caller frees. NULL if there is none, or it cannot be read.
 */
char *object_file_name(const char *path);

#endif
