/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edit.h - texts of a release: templates, version files, the changelog
 */
#ifndef RELEASE_EDIT_H
#define RELEASE_EDIT_H

#include "common/err.h"
#include "common/text.h"

#include <stdbool.h>
#include <stdint.h>

/* A word that a template may hold in braces, and what comes in its place. */
struct word {
	const char *name;
	const char *value;
};

/*
 * Copies @text to @out with every {NAME} of @words (name NULL at the end) replaced.
 * {1} to {9} are kept for edit_line(), and braces around anything but letters, digits and dashes are no
 * template. ERR_USAGE names a word that does not exist.
 */
int edit_expand(const char *text, const struct word *words, struct strbuf *out, struct err *e);

/*
 * Copies @text to @out with the one line that @match (POSIX extended) fits replaced by
 * @line, in which {1} to {9} stand for the groups of the match. Fails if no line or more
 * than one fits. @file stands in messages.
 */
int edit_line(const char *file, const char *text, const char *match, const char *line,
	      struct strbuf *out, struct err *e);

/* The line that @match fits, in its place, without blanks before it; NULL if there is none or no such expression. */
const char *edit_find(const char *text, const char *match, size_t *len);

/* What a changelog is rolled into. */
struct roll {
	const char *version;
	const char *tag_prefix;
	int32_t day;
	bool reopen; /* a fresh open section comes before it */
};

/* The open section becomes that of a version, with its date and a link to its tag. */
int edit_roll(const char *file, const char *text, const struct roll *to, struct strbuf *out,
	      struct err *e);

#endif
