/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mini.h - a hypervisor of a few hundred lines, built as Xen's build builds Xen
 *
 * All cases of tests/data/builder together are its sources: case "x" is its folder
 * common/x. Compiler flags, recorded commands, file symbols, the linked image with
 * build-id and Xen's packed symbol table are there, so that it becomes a base as any
 * other tree does.
 *
 * Files of a case:
 *   NAME, NAME.new   a source or header before and after; one may be missing
 *   expect           what must come out, see test_builder.c
 *   build            optional; lines "OBJECT SOURCE FLAG..." replace the one compilation
 *                    that SOURCE would have; a line "init NAME.o" makes NAME.init.o of it
 */
#ifndef TESTS_BUILDER_MINI_H
#define TESTS_BUILDER_MINI_H

#include "common/err.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct mini_unit {
	const char *object; /* "common/x/a.o" */
	const char *source;
	const char *flags; /* more words of the command, or "" */
	bool init_copy;
};

struct mini {
	char *data; /* folder of the cases */
	char *dir; /* everything that is made */
	char *store;
	char *build_id;
	const char **cases; /* sorted */
	size_t ncases;
	struct mini_unit *units;
	size_t nunits;
	struct arena arena;
};

/* Makes sources, objects, image and base of all cases in @data. */
int mini_make(struct mini *m, const char *data, struct err *e);

/* Removes it all. Also after a failure. */
void mini_free(struct mini *m);

/* The patch of a case, made by diff; its path, in the arena. */
const char *mini_patch(struct mini *m, const char *name, struct err *e);

/* Compiles @source to @object with the flags of the units. */
int mini_compile(const char *source, const char *object, const char *flags, struct err *e);

/* mini_image.c: links the objects to @dir/xen-syms. */
int mini_link(const char *dir, const char *const *objects, size_t n, struct err *e);

/* Runs a program, whose status other than @fine is an error with its words. */
int mini_run(const char *cwd, const char *const *argv, int fine, struct err *e);

#endif
