/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workspace_int.h - inside of a workspace: for workspace.c, units.c, compile.c
 */
#ifndef PATCHBUILD_WORKSPACE_INT_H
#define PATCHBUILD_WORKSPACE_INT_H

#include "patchbuild/base_int.h"
#include "patchbuild/workspace.h"

#include "common/text.h"

struct proc;

struct workspace {
	const struct base *base;
	char *dir;
	char *new_dir; /* the patched copy, laid out as a base */
	struct patch_file *changed; /* sorted; hunks are not set */
	size_t nchanged;
	struct strbuf messages;
	struct arena arena;
};

/* Which of the two copies. */
enum side {
	SIDE_OLD, /* the base itself: nothing is written there */
	SIDE_NEW,
	SIDES,
};

/* --- workspace_farm.c --- */

/* Fills the new copy with links, folders among them. */
int workspace_link(struct workspace *ws, const struct patch_set *s, struct err *e);

/* Replaces the links to folders by folders. */
int workspace_unfold(struct workspace *ws, struct err *e);

/* Where the new copy has what a recorded command calls @recorded; in its arena. */
const char *workspace_new_path(struct workspace *ws, const char *recorded);

/*
 * False if a file that the compiler read in the new copy as @path is the base's own
 * file though it is a changed one, or one of the tree that the base was made from.
 */
bool workspace_is_sound(struct workspace *ws, const char *path);

/* --- workspace.c --- */

/* Object and source folders of a copy; in the workspace's arena. */
const char *workspace_obj_dir(struct workspace *ws, enum side side);
const char *workspace_src_dir(struct workspace *ws, enum side side);

/* Adds foreign text to the messages: paths shortened, escaped but for line ends. */
void workspace_say(struct workspace *ws, const char *text);

/*
 * Takes the #line out of the new copy again, so that a compiler shows a person the lines
 * of the patched file.
 */
int workspace_use_plain(struct workspace *ws, struct err *e);

/* A folder below the workspace, made; in its arena. */
const char *workspace_subdir(struct workspace *ws, const char *name, struct err *e);

/*
 * Prepares @p to run the recorded @command in copy @side, changed as @how says (its
 * roots are filled in). @p is valid as long as the workspace.
 */
int workspace_proc(struct workspace *ws, enum side side, const char *command, struct kcmd_how how,
		   struct proc *p, struct err *e);

#endif
