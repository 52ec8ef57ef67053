/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - line numbers that stay what they were
 *
 * A hunk that adds or removes lines shifts all lines below it, and with them every
 * __LINE__ (bug frames, assertions): functions that nobody touched would differ. So
 * after each hunk a `#line` (C11 6.10.4) gives the next unchanged line its old number.
 */
#ifndef PATCHBUILD_LINES_H
#define PATCHBUILD_LINES_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a line of C (or preprocessed assembly) is, by text alone. */
enum line_kind {
	LINE_PLAIN, /* nothing but blanks and comments, or a directive without effect on lines */
	LINE_CODE, /* has tokens */
	LINE_IF, /* #if, #ifdef, #ifndef */
	LINE_ELSE, /* #else, #elif ... */
	LINE_ENDIF,
	LINE_LINE, /* #line: numbers below are no longer ours */
};

struct line {
	enum line_kind kind;
	/*
	 * A directive may be put before it: it does not begin inside of a comment, a
	 * literal, a continued line, parentheses (which may be a macro's), nor with the
	 * parenthesis of a macro named on the line before.
	 */
	bool safe;
	bool new; /* not in the old text */
	uint32_t old; /* its number there, from 1 */
};

/* Lines of @text; the last may lack its newline. free() the array. */
struct line *lines_scan(const char *text, size_t len, size_t *n);

/* Sets .new and .old of @n lines of @now by comparing with @was. */
int lines_match(struct line *v, size_t n, const char *was, size_t was_len, const char *now,
		size_t now_len, struct err *e);

/*
 * @now (of @now_len bytes) with `#line` before unchanged lines of @was where the number
 * would be another one. Lines are never changed, only added. The caller frees; *len: its
 * length. NULL on failure.
 */
char *lines_keep(const char *was, size_t was_len, const char *now, size_t now_len, size_t *len,
		 struct err *e);

#endif
