/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kcmd.h - what Xen's build recorded about a target
 *
 * For every target foo/bar.o the build leaves foo/.bar.o.cmd, a make fragment (written
 * by xen/scripts/Kbuild.include and xen/tools/fixdep):
 *
 *   cmd_foo/bar.o := gcc ... -c foo/bar.c -o foo/.bar.o.tmp -MQ foo/bar.o
 *
 *   source_foo/bar.o := foo/bar.c
 *
 *   deps_foo/bar.o := \
 *     include/xen/config.h \
 *       $(wildcard include/config/debug.h) \
 *     ...
 *
 * Only the first part is there for targets without recorded dependencies.
 */
#ifndef PATCHBUILD_KCMD_H
#define PATCHBUILD_KCMD_H

#include "common/err.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct kcmd {
	const char *target; /* "foo/bar.o" */
	const char *command; /* one line, as a shell takes it */
	const char *source; /* NULL if there is none */
	const char **deps; /* as recorded, without @source */
	size_t ndeps;
	struct arena arena;
};

/*
 * Reads the text of a .cmd file of @len bytes; @name stands in messages. @k is to be
 * freed also after a failure.
 */
int kcmd_parse(struct kcmd *k, const char *text, size_t len, const char *name, struct err *e);
int kcmd_load(struct kcmd *k, const char *path, const char *name, struct err *e);
void kcmd_free(struct kcmd *k);

/* "foo/.bar.o.cmd" for target "foo/bar.o"; the caller frees. */
char *kcmd_path(const char *target);

/* Part of a compiler's command line, replaced where it names a folder. */
struct kcmd_root {
	const char *from; /* absolute folder in the recorded command */
	const char *to;
};

enum kcmd_mode {
	KCMD_COMPILE, /* as recorded */
	KCMD_DEBUG, /* with debug information */
	KCMD_TOKENS, /* preprocess, no line markers, to standard output */
	KCMD_ASM, /* to assembler text, no debug information (for asm-offsets) */
};

struct kcmd_how {
	enum kcmd_mode mode;
	const char *output; /* instead of the recorded one */
	const char *source; /* instead of the recorded one, or NULL */
	const char *deps; /* file for a make rule with what was read, or NULL */
	const struct kcmd_root *roots; /* longest @from first */
	size_t nroots;
};

/*
 * True if @command runs a C compiler (with -c or -E) on one file, and nothing else.
 */
bool kcmd_is_compile(const char *command);

/*
 * Words to run instead of the recorded compilation: dependency output is left out, the
 * output replaced, every root translated, also in what the compiler records
 * (-ffile-prefix-map), so that the result does not depend on where it runs. NULL-terminated,
 * in @a; NULL and a cause if the command is not understood.
 */
const char **kcmd_words(struct arena *a, const char *command, const struct kcmd_how *how,
			struct err *e);

/* The word that names the compiler (a cache in front of it is skipped); in @a. */
const char *kcmd_compiler(struct arena *a, const char *command, struct err *e);

/* Source file of a compile command, as written there; in @a, or NULL. */
const char *kcmd_source(struct arena *a, const char *command);

#endif
