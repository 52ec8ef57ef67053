// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/people.h"

#include "common/io.h"
#include "common/text.h"
#include "release/date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (16U << 20)

static const char *lower(struct arena *a, const char *s, size_t len)
{
	char *out = arena_strndup(a, s, len);
	char *p;

	for (p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

/* Takes a word, perhaps in double quotes, off *@s; NULL at the end of the line. */
static const char *word(struct arena *a, const char **s)
{
	const char *start = *s + strspn(*s, " \t\r");
	size_t len;

	if (*start == '"') {
		len = strcspn(++start, "\"\n");
		*s = start + len + (start[len] == '"');
	} else {
		len = strcspn(start, " \t\r\n");
		if (!len || *start == '#')
			return NULL;
		*s = start + len;
	}
	return lower(a, start, len);
}

static const char *next_line(const char *s)
{
	s += strcspn(s, "\n");
	return s + (*s == '\n');
}

static void set_canonical(struct people *p, const char *from, const char *to)
{
	p->names = mem_grow(p->names, p->name_count, sizeof(*p->names));
	p->names[p->name_count] = to;
	*map_at(&p->canonical, from) = p->name_count++;
}

/* From alias to alias, of which @mail is one: where it ends, or NULL in a circle. */
static const char *follow(const struct people *p, const char *mail)
{
	const size_t *i = map_find(&p->canonical, mail);
	size_t hops = 0;

	for (; i && hops++ <= p->name_count; i = map_find(&p->canonical, mail)) {
		bool ends = !strcmp(p->names[*i], mail);

		mail = p->names[*i];
		if (ends)
			return mail;
	}
	return i ? NULL : mail;
}

int people_read_aliases(struct people *p, const char *text, const char *file, struct err *e)
{
	unsigned int line = 1;

	for (; *text; text = next_line(text), line++) {
		const char *from = word(&p->arena, &text);
		const char *to = from ? word(&p->arena, &text) : NULL;

		if (from && !to)
			return err_fail(e, "%s:%u: an address without a canonical one: write both",
					file, line);
		if (from)
			set_canonical(p, from, to);
		if (from && !follow(p, from))
			return err_fail(e, "%s:%u: the alias %s leads back to itself", file, line,
					from);
	}
	return 0;
}

/* What stands behind "<", up to a comment: a date and nothing else. */
static int read_until(struct employer *emp, const char *at, const char *file, unsigned int line,
		      struct err *e)
{
	size_t len = strcspn(at, "\r\n#");
	autofree char *date = NULL;

	while (len && strchr(" \t", *at))
		at++, len--;
	while (len && strchr(" \t", at[len - 1]))
		len--;
	date = mem_strndup(at, len);
	if (day_parse(date, &emp->until))
		return 0;
	return err_fail(e, "%s:%u: \"< %s\" is no date: write < YYYY-MM-DD", file, line, date);
}

static int read_employer(struct people *p, const char *s, const char *file, unsigned int line,
			 struct err *e)
{
	const char *key = word(&p->arena, &s);
	size_t len = strcspn(s, "<#\r\n");
	struct employer *emp;

	if (!key)
		return 0;
	p->employers = mem_grow(p->employers, p->employer_count, sizeof(*p->employers));
	emp = &p->employers[p->employer_count++];
	emp->key = key;
	emp->until = DAY_NONE;
	if (s[len] == '<' && read_until(emp, s + len + 1, file, line, e))
		return -1;
	while (len && strchr(" \t", *s))
		s++, len--;
	while (len && strchr(" \t", s[len - 1]))
		len--;
	if (!len)
		return err_fail(e, "%s:%u: %s has no employer: write \"DOMAIN EMPLOYER\"", file,
				line, key);
	emp->name = arena_strndup(&p->arena, s, len);
	return 0;
}

int people_read_domains(struct people *p, const char *text, const char *file, struct err *e)
{
	unsigned int line = 1;

	for (; *text; text = next_line(text), line++)
		if (read_employer(p, text, file, line, e) < 0)
			return -1;
	return 0;
}

static int load_one(struct people *p, const struct config *c, const char *key,
		    int (*read)(struct people *, const char *, const char *, struct err *),
		    struct err *e)
{
	struct file_data f = {0};
	const char *value;
	size_t i = 0;
	int ret = 0;

	while (!ret && (value = config_next(c, key, &i))) {
		autofree char *path = config_path(c, value);

		ret = file_read(path, FILE_MAX, &f, e);
		if (!ret)
			ret = read(p, (const char *)f.data, path, e);
		file_free(&f);
	}
	return ret;
}

int people_load(struct people *p, const struct config *c, struct err *e)
{
	memset(p, 0, sizeof(*p));
	if (load_one(p, c, "people.aliases", people_read_aliases, e) < 0)
		return -1;
	return load_one(p, c, "people.domains", people_read_domains, e);
}

void people_free(struct people *p)
{
	map_free(&p->canonical);
	free(p->names);
	free(p->employers);
	arena_free(&p->arena);
	memset(p, 0, sizeof(*p));
}

const char *people_canonical(struct people *p, const char *mail)
{
	autofree char *low = mem_strdup(mail);
	const char *kept;
	char *s;

	for (s = low; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	if (map_find(&p->canonical, low))
		return follow(p, low);
	kept = arena_strdup(&p->arena, low);
	set_canonical(p, kept, kept);
	return kept;
}

/* The employer of @key on @day: the one with the nearest end after it. */
static const char *employer_of(const struct people *p, const char *key, int32_t day)
{
	const struct employer *best = NULL;
	size_t i;

	for (i = 0; i < p->employer_count; i++) {
		const struct employer *m = &p->employers[i];

		if (strcmp(m->key, key) || (m->until != DAY_NONE && day >= m->until))
			continue;
		if (!best ||
		    (m->until != DAY_NONE && (best->until == DAY_NONE || m->until < best->until)))
			best = m;
	}
	return best ? best->name : NULL;
}

const char *people_employer(const struct people *p, const char *mail, int32_t day)
{
	const char *name = employer_of(p, mail, day);
	const char *key = strrchr(mail, '@');

	while (!name && key && strchr(key, '.')) {
		name = employer_of(p, ++key, day);
		key = strchr(key, '.');
	}
	return name;
}
