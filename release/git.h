/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * git.h - a git repository and its configuration syntax (on libgit2)
 *
 * Commits are named by their full hexadecimal id. What depends on git's own diff
 * is not here: see history.h.
 */
#ifndef RELEASE_GIT_H
#define RELEASE_GIT_H

#include "common/err.h"
#include "common/io.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GIT_ID_LEN 41

struct git;

/*
 * Makes every git program that this process starts look at what libgit2 looks at, under
 * git's own defaults: variables that name another repository are dropped, replaced and
 * grafted commits are taken as they are, settings of log and diff do not count.
 */
void git_pin(void);

/* Opens the repository that @path is in. */
struct git *git_open(const char *path, struct err *e);
void git_close(struct git *g);

/* History was cut off when it was cloned. */
bool git_is_shallow(const struct git *g);

/* The commit that @rev (any revision expression of git) leads to. */
int git_resolve(struct git *g, const char *rev, char id[GIT_ID_LEN], struct err *e);

/*
 * Calls @fn with the id of @start and of every commit that it reaches, each once; where
 * @fn says false, the parents are not followed. -1 if a commit cannot be read.
 */
int git_walk(struct git *g, const char *start, bool (*fn)(void *ctx, const char *id), void *ctx,
	     struct err *e);

/*
 * Calls @fn with the id of every commit that @to reaches and @from does not: `git rev-list
 * FROM..TO`; all of them if @from is "". -1 if one cannot be read.
 */
int git_between(struct git *g, const char *from, const char *to,
		void (*fn)(void *ctx, const char *id), void *ctx, struct err *e);

/* @older is @newer or a commit that it reaches: 1 or 0, -1 if one cannot be read. */
int git_contains(struct git *g, const char *newer, const char *older);

/* Both commits hold the same files: 1 or 0, -1 if one cannot be read. */
int git_same_tree(struct git *g, const char *a, const char *b);

/* A ref as it stands; strings live in the arena that was given. */
struct git_ref {
	const char *name; /* "RELEASE-4.6.0", "stable-4.6", "origin/stable-4.6" */
	bool is_tag;
	bool is_signed; /* the tag object, of this name, ends in a signature (not checked here) */
	bool has_tagger; /* an annotated tag with a date of its own */
	int64_t tagged; /* that date, seconds */
	int64_t committed; /* date of the commit, seconds */
	char id[GIT_ID_LEN]; /* the commit, "" if broken */
	const char *broken; /* why it leads to no commit, or NULL */
};

/* All tags and branches in byte order of their names; free() the array. */
int git_refs(struct git *g, struct arena *a, struct git_ref **out, size_t *n, struct err *e);

/*
 * The file @path as of @commit (its whole id): 1 and its content (file_free()), 0 if there is no such
 * file, -1 for failures. At most @max bytes.
 */
int git_file(struct git *g, const char *commit, const char *path, size_t max, struct file_data *out,
	     struct err *e);

/*
 * Lines of a file's content (its whole id) the way git's numstat counts them: newlines,
 * and a last line without one. -1 if it cannot be read.
 */
long git_lines(struct git *g, const char *blob);

/*
 * Calls @fn for each setting in a file of git-config syntax, in order: @key is
 * "section.Sub Section.name", section and name in lower case.
 */
int git_config_each(const char *path, void (*fn)(void *ctx, const char *key, const char *value),
		    void *ctx, struct err *e);

/* --- writing, for those who cut a release --------------------------------------- */

/* Who does something, and when (seconds, written as UTC). */
struct git_person {
	const char *name;
	const char *mail;
	int64_t when;
};

/* A file that a commit has with another content. */
struct git_edit {
	const char *path;
	const char *data;
	size_t size;
};

/* What is written from now on is in memory and gone with git_close(): for dry runs. */
int git_keep_nothing(struct git *g, struct err *e);

/* Name and address of git's own settings, in @a; false if one is missing. */
bool git_person_default(struct git *g, struct arena *a, struct git_person *who);

/* Folder of refs and objects, which worktrees share; it ends with a slash. */
const char *git_folder(const struct git *g);

/*
 * What the ref of this full name ("refs/tags/...") names itself, so of an annotated tag
 * the tag: 1, 0 if there is no such ref, -1 for failures.
 */
int git_ref_id(struct git *g, const char *name, char id[GIT_ID_LEN], struct err *e);

/*
 * Moves a ref from @old to @id, or makes it where @old is NULL. Fine if it is at @id
 * already; ERR_STATE if it is anywhere else. A lock that a killed call for the same
 * @id has left is taken away.
 */
int git_ref_set(struct git *g, const char *name, const char *old, const char *id, const char *why,
		struct err *e);

/* Content of an object of a kind ("tag", "blob"): 1 (file_free()), 0 if there is none, -1. */
int git_object_get(struct git *g, const char *kind, const char *id, struct file_data *out,
		   struct err *e);
/* Writes an object; @id is what it is called. */
int git_object_put(struct git *g, const char *kind, const void *data, size_t size,
		   char id[GIT_ID_LEN], struct err *e);

/*
 * Writes a commit on @parent with @edits of files that it has; no ref is moved. The same
 * arguments give the same id.
 */
int git_commit_put(struct git *g, const char *parent, const struct git_edit *edits, size_t n,
		   const struct git_person *who, const char *message, char id[GIT_ID_LEN],
		   struct err *e);

/* Committer's date of a commit; -1 if it cannot be read (as if it were from 1969). */
int64_t git_commit_date(struct git *g, const char *id);

/* Where a branch is checked out. */
enum git_checkout { GIT_OUT_NOWHERE, GIT_OUT_HERE, GIT_OUT_ELSEWHERE };
enum git_checkout git_checked_out(struct git *g, const char *branch);

/*
 * Work tree and index of what is checked out here are as HEAD says, but that the files
 * of @edits may have the content from @parent or the edited one. ERR_STATE names what is not.
 */
int git_files_clean(struct git *g, const char *parent, const struct git_edit *edits, size_t n,
		    struct err *e);

/*
 * Brings these files, in work tree and index, to what @commit says: each file in one
 * piece. To be called only after git_files_clean(). What a killed call has left is
 * taken away; ERR_BUSY if the index is locked by anybody else, before a file is touched.
 */
int git_files_update(struct git *g, const char *commit, const struct git_edit *edits, size_t n,
		     struct err *e);

#endif
