// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/feature.h"

#include "common/io.h"
#include "common/text.h"
#include "release/map.h"
#include "release/reverts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_MAX (16U << 20)

#define SUBJECT_MAX 200 /* bytes of a subject that a query looks at */

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
	bool has_state;
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

/* \1 to \9: the matcher would try every way to get there. */
static bool refers_back(const char *s)
{
	for (; *s; s++) {
		if (*s != '\\')
			continue;
		if (s[1] >= '1' && s[1] <= '9')
			return true;
		s += s[1] != 0;
	}
	return false;
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
		if (refers_back(value))
			return wrong(r, "subject: \\1 to \\9 can cost any amount of time");
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

	if (r->has_state)
		return wrong(r, "a second State in one paragraph");
	r->has_state = true;
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
	r->has_state = false;
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
	if (*place)
		return wrong(r,
			     "the field stands twice in one paragraph: is an empty line missing?");
	*place = arena_strdup(&r->f->arena, value);
	return 0;
}

static int end_feature(struct reader *r)
{
	if (r->now && (!r->now->name || !*r->now->name)) {
		r->line = r->now->line;
		return wrong(r, "a paragraph without \"Feature:\"");
	}
	if (r->now && !r->now->area)
		r->now->area = "Other";
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

int features_load(struct features *f, const char *path, struct err *e)
{
	struct file_data file = {0};
	int ret;

	memset(f, 0, sizeof(*f));
	ret = file_read(path, FILE_MAX, &file, e);
	if (!ret)
		ret = features_read(f, (const char *)file.data, file.size, path, e);
	file_free(&file);
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

static bool matches_subject(const struct term *t, const char *subject)
{
	size_t len = strlen(subject);
	regmatch_t part = {.rm_so = 0};

	part.rm_eo = (regoff_t)(len < SUBJECT_MAX ? len : SUBJECT_MAX);
	return !regexec(&t->re, subject, 1, &part,
			REG_STARTEND | (len > SUBJECT_MAX ? REG_NOTEOL : 0));
}

static bool holds(const struct term *t, const struct commit *c)
{
	size_t i;

	switch (t->kind) {
	case TERM_SUBJECT:
		return matches_subject(t, c->subject);
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

/* The same change landed again: git names it 'Reapply "SUBJECT"'. */
static const char *bare_subject(const struct commit *c, size_t *len)
{
	const char *s = c->subject;

	*len = strlen(s);
	if (text_starts(s, "Reapply \"") && s[*len - 1] == '"' && *len > strlen("Reapply \"")) {
		s += strlen("Reapply \"");
		*len -= strlen("Reapply \"\"");
	}
	return s;
}

static bool same_subject(const struct commit *a, const struct commit *b)
{
	size_t n, m;
	const char *s = bare_subject(a, &n);
	const char *t = bare_subject(b, &m);

	return n == m && !memcmp(s, t, n);
}

/* Something that stands came after @at under its subject. */
static bool came_again(const struct feature *f, const struct history *h,
		       const struct commit_fate *fates, size_t at)
{
	size_t i;

	for (i = at; i-- > 0;)
		if (!fates[i].dead && !fates[i].is_revert && h->v[i].parent_count < 2 &&
		    same_subject(&h->v[i], &h->v[at]) && matches(f, &h->v[i]))
			return true;
	return false;
}

static void search_one(struct feature *f, const struct history *h, const struct commit_fate *fates)
{
	size_t i;

	for (i = h->n; i-- > 0;) {
		const struct commit *c = &h->v[i];

		if (fates[i].is_revert || c->parent_count > 1 || !matches(f, c))
			continue;
		f->commits++;
		f->touched |= fates[i].touched;
		if (fates[i].dead) {
			f->reverted++;
			f->back += came_again(f, h, fates, i);
		}
		if (!f->first)
			f->first = c;
		f->last = c;
	}
}

void features_search(struct features *f, const struct history *h)
{
	struct commit_fate *fates = reverts_find(h);
	size_t i;

	for (i = 0; i < f->n; i++)
		search_one(&f->v[i], h, fates);
	free(fates);
}
