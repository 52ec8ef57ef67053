/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * feature.h - the reviewed file of features, and what history says of each
 *
 * Paragraphs of "Field: value" lines with empty lines between (as in Debian's
 * control files); a line that begins with a blank continues the one before, "#"
 * begins a comment. Fields: Feature, Area, Owner, State (done, posted, wip, planned,
 * upcoming, external), Thread, Note, and any number of Query. docs/man/
 * xsplice-release.1 has an example.
 *
 * A query is words that all hold of one commit: subject:REGEX (case does not
 * matter), path:PREFIX, author:TEXT, id:DIGITS; a value with blanks stands in
 * double quotes. Several queries: any of them. A subject counts with its first 200 bytes.
 */
#ifndef RELEASE_FEATURE_H
#define RELEASE_FEATURE_H

#include "release/history.h"

#include <regex.h>

enum feature_state {
	STATE_DONE,
	STATE_POSTED,
	STATE_WIP,
	STATE_PLANNED,
	STATE_UPCOMING,
	STATE_EXTERNAL,
};

enum term_kind { TERM_SUBJECT, TERM_PATH, TERM_AUTHOR, TERM_ID };

struct term {
	enum term_kind kind;
	const char *value;
	regex_t re; /* TERM_SUBJECT */
	bool last; /* of its query */
};

struct feature {
	const char *name, *area, *owner, *thread, *note;
	enum feature_state state;
	struct term *terms; /* queries one after the other */
	size_t term_count;
	unsigned int line; /* where it begins */

	/* Filled by features_search(): */
	size_t commits; /* that match and are no reverts */
	size_t reverted; /* of those, taken back, and the revert stands */
	size_t back; /* of those, came again under the same subject */
	bool touched; /* one was taken back, be it for a time */
	const struct commit *first, *last;
};

struct features {
	struct arena arena;
	struct feature *v;
	size_t n;
	bool needs_paths; /* a query asks for paths: history needs HISTORY_LINES */
};

/* Reads the text of a file; @name stands in messages. features_free() in any case. */
int features_read(struct features *f, const char *text, size_t len, const char *name,
		  struct err *e);
/* The same of a file. features_free() in any case. */
int features_load(struct features *f, const char *path, struct err *e);
void features_free(struct features *f);

/* Looks for every feature in @h (newest first, as it comes). */
void features_search(struct features *f, const struct history *h);

const char *feature_state_name(enum feature_state s);

#endif
