/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pair.h - which symbol of the new object is which symbol of the old one
 */
#ifndef PATCHBUILD_PAIR_H
#define PATCHBUILD_PAIR_H

#include "patchbuild/code.h"

/*
 * Where a symbol was declared: proof for static variables of functions, whose names
 * the compiler numbers anew in every run. Line numbers are stable between old and
 * new, so the same declaration has the same key in both.
 */
struct scope_key {
	uint32_t section; /* index in the object */
	uint64_t value; /* place in that section */
	const char *key; /* "file:line:function:name" */
};

struct scope_keys {
	struct scope_key *v;
	size_t n;
};

/*
 * Sets ->twin of symbols and sections of both objects (classified). Rules, the
 * certain ones first:
 *   1. the same name, which no compiler numbers, once on each side
 *   2. the same scope key, once on each side
 *   3. numbered names with the same stem: the same content and the same users,
 *      once on each side; unproven if they were declared in different places
 *   4. numbered names with the same stem: all functions that are unchanged but for
 *      this use the one where they used the other
 *   5. numbered names with the same stem: the only one left on each side (unproven)
 * Symbols with candidates on the other side, none of which is proven, are marked
 * ambiguous. @olds and @news may be empty.
 */
void pair_objects(struct code *c, struct obj *oldo, struct obj *newo, const struct scope_keys *olds,
		  const struct scope_keys *news);

/*
 * @name without the numbers that compilers append: "rover.3" -> "rover",
 * "f.part.0.cold" -> "f.part.cold". @numbered tells if there were any.
 */
char *pair_stem(struct arena *a, const char *name, bool *numbered);

#endif
