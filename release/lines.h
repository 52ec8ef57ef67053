/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - lines added and removed, under every definition in use
 *
 * One range has as many "sizes" as there are ways to ask git. Each definition here
 * is a git command; its numbers are that command's, summed. What several commands
 * would read twice is read once: the diff of a commit without merges is the same in
 * all of them, and a rename that is not followed is the whole old file removed and
 * the whole new one added. Only for a rename that is binary on one side is git asked again.
 */
#ifndef RELEASE_LINES_H
#define RELEASE_LINES_H

#include "release/rel.h"

struct line_sum {
	long added, removed;
	long commits, merges; /* commits that the definition looks at */
	const char *unknown; /* why there are no numbers, or NULL */
};

struct line_method {
	const char *name;
	const char *command; /* %1$s: range, %2$s and %3$s: its ends */
	const char *meaning;
};

#define LINE_METHODS 9
extern const struct line_method line_methods[LINE_METHODS];

/* Everything that is read of a range. */
struct lines {
	struct history all; /* every commit, with the changed lines of those that are no merges */
	struct history merges; /* merges, against each parent that they differ from */
	struct history first; /* merges on the first-parent line, if @merges was not read */
	struct history tree; /* one diff from end to end */
	struct history base; /* one diff from the merge base */
	char base_id[GIT_ID_LEN];
	struct strbuf before; /* addresses of all authors before the range, one a line */
	bool want[LINE_METHODS];
};

/* Reads what the methods in @l->want need. lines_free() in any case. */
int lines_load(struct lines *l, struct rel *r, const struct range *range, struct err *e);
void lines_free(struct lines *l);

/* The numbers of method @m. */
struct line_sum lines_sum(struct lines *l, struct rel *r, const struct range *range, size_t m);
/* The git command of method @m for a range; the arena owns it. */
const char *lines_command(const struct range *range, size_t m, struct arena *a);

#endif
