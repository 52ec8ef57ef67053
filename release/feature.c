// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/feature.h"

#include "common/text.h"
#include "release/map.h"
#include "release/message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const states[] = {"done", "posted", "wip", "planned", "upcoming", "external"};

const char *feature_state_name(enum feature_state s)
{
	return states[s];
}

struct reader {
	struct features *f;
	const char *name;
	unsigned int line;
	struct feature *now;
	struct err *e;
};

static int wrong(struct reader *r, const char *what)
{
	return err_fail(r->e, "%s:%u: %s", r->name, r->line, what);
}

/* The C library's matcher writes each "+" out twice: nested ones double every time. */
static size_t count_of(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

static int add_term(struct reader *r, enum term_kind kind, const char *value)
{
	struct feature *f = r->now;
	struct term *t;
	char why[128];
	int ret;

	f->terms = mem_grow(f->terms, f->term_count, sizeof(*f->terms));
	t = &f->terms[f->term_count];
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->value = value;
	if (!*value)
		return wrong(r, "a query's word has no value");
	if (kind == TERM_ID && strspn(value, "0123456789abcdef") != strlen(value))
		return wrong(r, "id: is not hexadecimal");
	if (kind == TERM_SUBJECT) {
		/* A long expression, or one that counts, can cost any time and memory. */
		if (strlen(value) > 200)
			return wrong(r, "subject: is longer than 200 characters");
		if (strchr(value, '{') || count_of(value, '+') > 4)
			return wrong(
				r, "subject: {...} or more than four \"+\": such an expression can "
				   "cost any amount of memory");
		ret = regcomp(&t->re, value, REG_EXTENDED | REG_ICASE | REG_NOSUB);
		if (ret) {
			regerror(ret, NULL, why, sizeof(why));
			return err_fail(r->e, "%s:%u: subject:%s: not a regular expression: %s",
					r->name, r->line, value, why);
		}
	}
	f->term_count++;
	r->f->needs_paths |= kind == TERM_PATH;
	return 0;
}

/* One "key:value" or key:"value with blanks" at *@s. */
static int read_term(struct reader *r, const char **s)
{
	static const char *const keys[] = {"subject:", "path:", "author:", "id:"};
	const char *at;
	size_t len;
	int k;

	for (k = 0; k < 4 && !text_starts(*s, keys[k]); k++)
		;
	if (k == 4)
		return wrong(r, "a query's word begins with subject:, path:, author: or id:");
	at = *s + strlen(keys[k]);
	if (*at == '"') {
		len = strcspn(++at, "\"");
		if (!at[len])
			return wrong(r, "a quote is never closed");
		*s = at + len + 1;
	} else {
		len = strcspn(at, " \t");
		*s = at + len;
	}
	return add_term(r, (enum term_kind)k, arena_strndup(&r->f->arena, at, len));
}

static int read_query(struct reader *r, const char *s)
{
	size_t before = r->now->term_count;

	for (s += strspn(s, " \t"); *s; s += strspn(s, " \t"))
		if (read_term(r, &s) < 0)
			return -1;
	if (r->now->term_count == before)
		return wrong(r, "an empty query would match every commit");
	r->now->terms[r->now->term_count - 1].last = true;
	return 0;
}

static int read_state(struct reader *r, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (!strcasecmp(value, states[i])) {
			r->now->state = (enum feature_state)i;
			return 0;
		}
	}
	return wrong(r, "State is none of done, posted, wip, planned, upcoming, external");
}

static int begin_feature(struct reader *r)
{
	struct features *f = r->f;

	f->v = mem_grow(f->v, f->n, sizeof(*f->v));
	r->now = &f->v[f->n++];
	memset(r->now, 0, sizeof(*r->now));
	r->now->line = r->line;
	r->now->area = "Other";
	r->now->state = STATE_PLANNED;
	return 0;
}

/* A whole field, continuation lines joined. */
static int read_field(struct reader *r, const char *field)
{
	const char *colon = strchr(field, ':');
	size_t len = colon ? (size_t)(colon - field) : 0;
	const char *value = colon ? colon + 1 + strspn(colon + 1, " \t") : NULL;
	const char **place;

	if (!len)
		return wrong(r, "not a \"Field: value\" line");
	if (!r->now)
		begin_feature(r);
	if (len == 5 && !strncasecmp(field, "State", 5))
		return read_state(r, value);
	if (len == 5 && !strncasecmp(field, "Query", 5))
		return read_query(r, value);
	if (len == 7 && !strncasecmp(field, "Feature", 7))
		place = &r->now->name;
	else if (len == 4 && !strncasecmp(field, "Area", 4))
		place = &r->now->area;
	else if (len == 5 && !strncasecmp(field, "Owner", 5))
		place = &r->now->owner;
	else if (len == 6 && !strncasecmp(field, "Thread", 6))
		place = &r->now->thread;
	else if (len == 4 && !strncasecmp(field, "Note", 4))
		place = &r->now->note;
	else
		return wrong(r, "no such field: Feature, Area, Owner, State, Thread, Note, Query");
	*place = arena_strdup(&r->f->arena, value);
	return 0;
}

static int end_feature(struct reader *r)
{
	if (r->now && (!r->now->name || !*r->now->name)) {
		r->line = r->now->line;
		return wrong(r, "a paragraph without \"Feature:\"");
	}
	r->now = NULL;
	return 0;
}

static int flush(struct reader *r, struct strbuf *field)
{
	int ret = field->len ? read_field(r, field->data) : 0;

	field->len = 0;
	return ret;
}

int features_read(struct features *f, const char *text, size_t len, const char *name, struct err *e)
{
	struct reader r = {.f = f, .name = name, .e = e};
	struct strbuf field = {0};
	const char *end = text + len;
	int ret = 0;

	memset(f, 0, sizeof(*f));
	if (memchr(text, 0, len))
		return err_fail(e, "%s: is not a text file", name);
	while (text < end && !ret) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		bool more = n && (*text == ' ' || *text == '\t');

		while (n && strchr(" \t\r", text[n - 1]))
			n--;
		if (!more || !n)
			ret = *text == '#' ? 0 : flush(&r, &field);
		r.line++;
		if (!ret && !n)
			ret = end_feature(&r);
		else if (!ret && *text != '#')
			strbuf_add(&field, text, n);
		text = eol ? eol + 1 : end;
	}
	if (!ret)
		ret = flush(&r, &field);
	if (!ret)
		ret = end_feature(&r);
	strbuf_free(&field);
	return ret;
}

void features_free(struct features *f)
{
	size_t i, k;

	for (i = 0; i < f->n; i++) {
		for (k = 0; k < f->v[i].term_count; k++)
			if (f->v[i].terms[k].kind == TERM_SUBJECT)
				regfree(&f->v[i].terms[k].re);
		free(f->v[i].terms);
	}
	free(f->v);
	arena_free(&f->arena);
	memset(f, 0, sizeof(*f));
}

static bool holds(const struct term *t, const struct commit *c)
{
	size_t i;

	switch (t->kind) {
	case TERM_SUBJECT:
		/* Nobody looks for a feature beyond the first thousand characters. */
		return strlen(c->subject) < 1000 && !regexec(&t->re, c->subject, 0, NULL, 0);
	case TERM_AUTHOR:
		return strcasestr(c->author, t->value) || strcasestr(c->author_mail, t->value);
	case TERM_ID:
		return text_starts(c->id, t->value);
	case TERM_PATH:
		for (i = 0; i < c->change_count; i++)
			if (text_starts(c->changes[i].path, t->value))
				return true;
	}
	return false;
}

static bool matches(const struct feature *f, const struct commit *c)
{
	bool all = true;
	size_t i;

	for (i = 0; i < f->term_count; i++) {
		all = all && holds(&f->terms[i], c);
		if (f->terms[i].last && all)
			return true;
		if (f->terms[i].last)
			all = true;
	}
	return false;
}

/* From old to new: what landed, what was taken back, what came again. */
static void search_one(struct feature *f, const struct history *h, struct map *mine)
{
	char id[GIT_ID_LEN];
	size_t i;

	for (i = h->n; i-- > 0;) {
		const struct commit *c = &h->v[i];
		const char *at = c->message;
		bool revert = text_starts(c->subject, "Revert ");

		while (message_link(&at, LINK_REVERTS, id)) {
			size_t *known = map_find(mine, id);

			revert = true;
			if (known && *known == 1) {
				f->reverted++;
				*known = 2;
			}
		}
		if (revert || c->parent_count > 1 || !matches(f, c))
			continue;
		*map_at(mine, c->id) = 1;
		f->again |= f->reverted > 0;
		f->commits++;
		if (!f->first)
			f->first = c;
		f->last = c;
	}
}

void features_search(struct features *f, const struct history *h)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		struct map mine = {0};

		search_one(&f->v[i], h, &mine);
		map_free(&mine);
	}
}
