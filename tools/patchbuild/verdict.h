/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - reasons against a payload, and notes, collected from all stages
 *
 * A refusal does not end the run: everything that stands against a patch is told
 * at once. What cannot go on at all (a file that cannot be read, a patch that does
 * not apply) is a struct err instead.
 */
#ifndef PATCHBUILD_VERDICT_H
#define PATCHBUILD_VERDICT_H

#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct finding {
	const char *code; /* "makefile-changed": for machines, stable */
	const char *object; /* object or source file, or NULL */
	const char *symbol; /* function, variable, type ..., or NULL */
	const char *text; /* what is wrong, and the smallest change that avoids it */
};

struct verdict {
	struct finding *refusals; /* in the order they were found */
	size_t nrefusals;
	struct finding *notes;
	size_t nnotes;
	struct arena arena; /* holds the strings */
};

/*
 * Adds a reason for which there can be no payload. All strings are copied; @object
 * and @symbol may be NULL. The same finding twice is kept once.
 */
void verdict_refuse(struct verdict *v, const char *code, const char *object, const char *symbol,
		    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Adds something a person should know, which is no obstacle. */
void verdict_note(struct verdict *v, const char *code, const char *object, const char *symbol,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* True if a refusal (@object NULL: for any object) of that code is there. */
bool verdict_has(const struct verdict *v, const char *code, const char *object);

void verdict_free(struct verdict *v);

#endif
