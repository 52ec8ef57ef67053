/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - foreign bytes made fit for a terminal, and growing strings
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes @len bytes of @src to @dst (of @size bytes, always terminated) so that
 * a terminal cannot be driven by them: control characters, DEL, backslash before
 * an escape, and bytes that are not part of well-formed UTF-8 become \xNN; C1
 * controls and bidirectional overrides (U+202A-202E, U+2066-2069) too. Tab and
 * newline are kept. What does not fit is cut at a whole character.
 * Returns the length written.
 */
size_t text_escape(char *dst, size_t size, const char *src, size_t len);

/* The same, in one line: tab and newline are escaped as well. */
size_t text_escape_line(char *dst, size_t size, const char *src, size_t len);

/* Length (1-4) of the well-formed UTF-8 character at @s, or 0. RFC 3629. */
size_t text_utf8_len(const char *s, size_t len);

/* Writes @n bytes as lower-case hexadecimal, 2 * @n characters and a NUL. */
void text_hex(char *dst, const unsigned char *src, size_t n);

/* Reads exactly 2 * @n hexadecimal digits; false if there are others or more. */
bool text_unhex(unsigned char *dst, size_t n, const char *src);

bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/* A string that grows. Zeroed it is empty; @data is NULL or terminated. */
struct strbuf {
	char *data;
	size_t len;
	size_t room;
};

void strbuf_add(struct strbuf *b, const char *data, size_t len);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds @len bytes escaped as by text_escape_line(). */
void strbuf_add_escaped(struct strbuf *b, const char *data, size_t len);
/* Gives the string away (never NULL; the caller frees) and empties @b. */
char *strbuf_take(struct strbuf *b);
void strbuf_free(struct strbuf *b);

#endif
