/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.h - what differs between two objects, by meaning
 *
 * Two pieces of code are the same if their bytes are, if their relocations lead to
 * the same things, and if the entries of special sections about them are the same.
 * Strings and constants are the same if their content is.
 */
#ifndef PATCHBUILD_COMPARE_H
#define PATCHBUILD_COMPARE_H

#include "patchbuild/pair.h"
#include "patchbuild/special.h"

struct open_pair;

/* An object pair under comparison. */
struct cmp {
	struct obj *olds;
	struct obj *news;
	struct special old_special;
	struct special new_special;
	struct code code;
	struct arena arena; /* of the reasons */
	struct open_pair *open; /* while comparing: constants not yet done with */
	size_t nopen;
	bool assumed; /* some were taken as equal because they were open */
	bool asm_differs; /* something that has no symbol of its own differs */
	const char *asm_why;
};

/*
 * Loads both objects, classifies, pairs and compares them. Afterwards, in the new
 * object, every section of code and every variable that has a twin has ->compared
 * set, and ->differs with ->why. The keys may be NULL. Free with cmp_free(), also after
 * a failure.
 */
int cmp_open(struct cmp *c, const char *old_path, const char *new_path, const char *name,
	     const struct scope_keys *olds, const struct scope_keys *news, struct err *e);
void cmp_free(struct cmp *c);

/* Of assembly: the symbol above the first byte of code that differs, or NULL. */
const char *cmp_first_code(const struct cmp *c);

/* Functions of .init.text that differ, one by one; NULL at the end. */
const struct sym *cmp_next_init_change(struct cmp *c, size_t *iter, const char **why);

/*
 * The section of the function that @s is the cold part of (".cold" names), or NULL.
 * Both go into a payload together.
 */
struct sec *sec_hot_part(const struct obj *o, const struct sec *s);

/* The function or variable that a section of the new object is known by, or NULL. */
struct sym *sec_symbol(const struct sec *s);

#endif
