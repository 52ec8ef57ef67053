// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lines_scan.c - where in a source text a directive may be put
 */
#include "patchbuild/lines.h"

#include "common/mem.h"
#include "common/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct scanner {
	const char *at;
	const char *end;
	bool in_comment; /* block comment goes on */
	bool continued; /* the line before ended in a backslash */
	char quote; /* of a literal that goes on over a backslash, else 0 */
	bool in_directive;
	unsigned int depth; /* of parentheses */
	bool after_name; /* the last token was an identifier */
	unsigned int *saved; /* depth at each open #if */
	size_t nsaved;
	bool has_token;
};

static const char *line_end(const struct scanner *s)
{
	const char *nl = memchr(s->at, '\n', (size_t)(s->end - s->at));

	return nl ? nl : s->end;
}

/* The word of a directive at @p (after "#"). */
static enum line_kind directive_kind(const char *p, const char *stop)
{
	static const struct {
		const char *word;
		enum line_kind kind;
	} words[] = {
		{"if", LINE_IF},	 {"ifdef", LINE_IF},	{"ifndef", LINE_IF},
		{"else", LINE_ELSE},	 {"elif", LINE_ELSE},	{"elifdef", LINE_ELSE},
		{"elifndef", LINE_ELSE}, {"endif", LINE_ENDIF}, {"line", LINE_LINE},
	};
	size_t len = 0, i;

	while (p < stop && (*p == ' ' || *p == '\t'))
		p++;
	if (p < stop && isdigit((unsigned char)*p))
		return LINE_LINE;
	while (p + len < stop && isalpha((unsigned char)p[len]))
		len++;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == len && !memcmp(p, words[i].word, len))
			return words[i].kind;
	return LINE_PLAIN;
}

static void enter_if(struct scanner *s)
{
	s->saved = mem_grow(s->saved, s->nsaved, sizeof(*s->saved));
	s->saved[s->nsaved++] = s->depth;
}

/* Every branch of a conditional begins at the depth at which the first one began. */
static void on_conditional(struct scanner *s, enum line_kind kind)
{
	if (kind == LINE_IF)
		enter_if(s);
	else if (kind == LINE_ELSE && s->nsaved)
		s->depth = s->saved[s->nsaved - 1];
	else if (kind == LINE_ENDIF && s->nsaved)
		s->nsaved--;
}

/* Skips a block comment that began before @p; NULL if it goes on after @stop. */
static const char *skip_comment(const char *p, const char *stop)
{
	for (; p + 1 < stop; p++)
		if (p[0] == '*' && p[1] == '/')
			return p + 2;
	return NULL;
}

/*
 * Skips the rest of a literal. Without its closing quote it ends with the line (an
 * apostrophe in assembly), unless a backslash continues it.
 */
static const char *skip_literal(struct scanner *s, const char *p, const char *stop)
{
	for (; p < stop; p++) {
		if (*p == '\\') {
			if (p + 1 == stop)
				return stop;
			p++;
		} else if (*p == s->quote) {
			s->quote = 0;
			return p + 1;
		}
	}
	s->quote = 0;
	return stop;
}

static void on_token(struct scanner *s, char c)
{
	s->has_token = true;
	if (s->in_directive)
		return;
	if (c == '(')
		s->depth++;
	else if (c == ')' && s->depth)
		s->depth--;
	s->after_name = isalnum((unsigned char)c) || c == '_';
}

/* One piece of a line; what follows it, or NULL if a line comment ends the line. */
static const char *scan_piece(struct scanner *s, const char *p, const char *stop)
{
	const char *next;

	if (*p == '/' && p + 1 < stop && p[1] == '*') {
		next = skip_comment(p + 2, stop);
		s->in_comment = !next;
		return next;
	}
	if (*p == '/' && p + 1 < stop && p[1] == '/')
		return NULL;
	if (*p == '"' || *p == '\'') {
		on_token(s, *p);
		s->quote = *p;
		return skip_literal(s, p + 1, stop);
	}
	if (!isspace((unsigned char)*p) && *p != '\\')
		on_token(s, *p);
	return p + 1;
}

static void scan_rest(struct scanner *s, const char *p, const char *stop)
{
	if (s->in_comment) {
		p = skip_comment(p, stop);
		s->in_comment = !p;
	} else if (s->quote) {
		p = skip_literal(s, p, stop);
	}
	while (p && p < stop)
		p = scan_piece(s, p, stop);
}

static const char *skip_blank(const char *p, const char *stop)
{
	while (p < stop && isspace((unsigned char)*p))
		p++;
	return p;
}

/* A closing brace in the first column ends a function, whatever was counted before. */
static void resync(struct scanner *s, const char *p, const char *stop)
{
	if (p < stop && *p == '}' && !s->in_directive)
		s->depth = 0;
}

static void scan_line(struct scanner *s, struct line *l)
{
	const char *start = s->at;
	const char *stop = line_end(s);
	const char *first = skip_blank(start, stop);
	bool fresh = !s->in_comment && !s->continued && !s->quote;

	if (fresh) {
		s->in_directive = first < stop && *first == '#';
		resync(s, start, stop);
	}
	l->safe = fresh && !s->depth && !(s->after_name && first < stop && *first == '(');
	s->has_token = false;
	if (fresh && s->in_directive) {
		l->kind = directive_kind(first + 1, stop);
		on_conditional(s, l->kind);
	}
	scan_rest(s, s->continued || s->in_comment ? start : first, stop);
	if (!s->in_directive && s->has_token)
		l->kind = LINE_CODE;
	s->continued = stop > start && stop[-1] == '\\';
	s->at = stop < s->end ? stop + 1 : s->end;
}

struct line *lines_scan(const char *text, size_t len, size_t *n)
{
	struct scanner s = {.at = text, .end = text + len};
	struct line *v = NULL;

	*n = 0;
	while (s.at < s.end) {
		v = mem_grow(v, *n, sizeof(*v));
		memset(&v[*n], 0, sizeof(*v));
		scan_line(&s, &v[(*n)++]);
	}
	free(s.saved);
	return v;
}
