/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * units.h - the compilations that a patch affects, and their objects
 *
 *   patch_set_load(); base_open(); workspace_make();
 *   units_affected(); units_compile();
 *
 * Then every unit left in the list is a pair of objects to be compared.
 */
#ifndef PATCHBUILD_UNITS_H
#define PATCHBUILD_UNITS_H

#include "patchbuild/workspace.h"

struct unit {
	const char *object; /* "common/dm.o", relative to the hypervisor folder */
	const char *source; /* "common/dm.c" */
	const char *base_path; /* the object in the base */
	/*
	 * The object recompiled from the base's sources, with debug information;
	 * proven equal to the base's but for that.
	 */
	const char *old_path;
	const char *new_path; /* the same from the patched sources */
	bool is_asm; /* made from a .S file */
	bool is_init; /* all its sections become .init ones ("x.init.o") */
	/*
	 * Not itself part of the hypervisor: a 32-bit helper of the boot code and the
	 * like. Not for the comparing stages (units_compile() judges these itself).
	 */
	bool is_helper;
	/*
	 * The object does not change but for debug information. @old_path may then be
	 * @base_path: there was no need to compile it again.
	 */
	bool is_identical;
	double cpu_seconds; /* what compiling it twice took */

	const char *command; /* as recorded */
	bool own_source; /* a patch changes @source itself */
};

struct unit_list {
	struct unit *v; /* sorted by object */
	size_t n;
	size_t considered; /* units whose dependencies name a changed file */
	size_t same_text; /* of these: left out, the compiler sees the same tokens */
	double cpu_seconds; /* of all preprocessors and compilers */
	struct arena arena;
};

/*
 * Finds the units whose recorded dependencies name a changed file and whose
 * preprocessed text differs. Reasons against a payload (changed makefiles, linker
 * scripts, generated headers ...) go to @v. -1: could not be found out.
 */
int units_affected(const struct base *b, const struct patch_set *s, struct workspace *ws,
		   struct unit_list *l, struct verdict *v, struct err *e);

/*
 * Compiles all of @l, old and new, in parallel. -1: another compiler than the
 * base's, or the new source does not compile (workspace_messages() has the
 * compiler's words). Units whose two objects are identical stay in the list, marked.
 */
int units_compile(const struct base *b, struct workspace *ws, struct unit_list *l,
		  struct verdict *v, struct err *e);

void unit_list_free(struct unit_list *l);

#endif
