/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - commits and changed lines, from `git log` through a pipe
 *
 * libgit2's rename detection differs from git's, so every number of lines comes
 * from git itself: `git log --raw --numstat -M -z`.
 */
#ifndef RELEASE_HISTORY_H
#define RELEASE_HISTORY_H

#include "common/err.h"
#include "common/mem.h"
#include "common/proc.h"
#include "release/git.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line of numstat. */
struct change {
	long added; /* -1: binary */
	long removed;
	const char *path;
	const char *old; /* the name before, of a rename; else NULL */
	const char *old_id; /* the id of that file's content */
	bool same; /* which is the new one's */
	long old_lines; /* of that content + 1, once somebody counted them; else 0 */
	bool apart; /* somebody asked git for the two numbers without the rename: */
	long apart_added, apart_removed;
};

struct commit {
	const char *id;
	const char *parents; /* ids with blanks between */
	unsigned int parent_count;
	const char *author, *author_mail;
	const char *committer, *committer_mail;
	int64_t authored, committed; /* seconds */
	bool has_date; /* both could be read, and are sane */
	const char *subject; /* first line of the message */
	const char *message;
	struct change *changes; /* with HISTORY_LINES; none of merges */
	size_t change_count;
};

enum {
	HISTORY_LINES = 1, /* with numstat */
	HISTORY_FIRST_PARENT = 2,
	HISTORY_MERGES = 4, /* only merges */
	HISTORY_BRIEF = 8, /* no authors and committers */
	HISTORY_REMERGE = 16, /* lines of merges of two: against git's own merge of their parents */
};

/* Every git knows the empty tree by this id. */
#define EMPTY_TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

/* Which commits: those that @to reaches and @from ("" or NULL: none) does not. */
struct range {
	char *name; /* as it was given */
	char *from_name, *to_name; /* "" for a range from the very beginning */
	char from[GIT_ID_LEN], to[GIT_ID_LEN];
};

/* Reads "A..B", or "B" for all of its history. range_free() in any case. */
int range_parse(struct git *g, const char *text, struct range *r, struct err *e);
void range_free(struct range *r);

/*
 * The commit that `git diff A...B` begins from. 1 and its id, 0 if there is none, -1 for
 * failures. libgit2 is no help here: it stops at commits that git reads.
 */
int history_base(const char *repo, const char *a, const char *b, char id[GIT_ID_LEN],
		 struct err *e);

/* In git log's order: newest first. */
struct history {
	struct arena arena;
	struct commit *v;
	size_t n;
};

/* A pipe from git that is being read: several can run side by side. */
struct history_job;

/* Sets up @p to run git; history_end() frees the job when it has run. */
struct history_job *history_begin(struct history *h, const char *repo, const char *from,
				  const char *to, unsigned int flags, struct proc *p);
/* The same for one `git diff` of two commits (@from "": of an empty tree): one commit without id. */
struct history_job *history_begin_diff(struct history *h, const char *repo, const char *from,
				       const char *to, struct proc *p);
int history_end(struct history_job *job, struct proc *p, struct err *e);

/* All of it in one call. history_free() in any case. */
int history_load(struct history *h, const char *repo, const char *from, const char *to,
		 unsigned int flags, struct err *e);
void history_free(struct history *h);

/* The commits of a history in the order of their ids; the history must outlive it. */
struct history_index {
	const struct commit **v;
	size_t n;
};

/* Zeroed it is empty. history_index_free() after. */
void history_index_make(struct history_index *x, const struct history *h);
void history_index_free(struct history_index *x);
/* A commit by its id, which may be cut short; NULL: none, or several. */
const struct commit *history_find(const struct history_index *x, const char *id);

/* Reads what `git log` in the format of history_begin() wrote; for tests. */
int history_parse(struct history *h, const char *data, size_t len, struct err *e);

#endif
