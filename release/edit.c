// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/edit.h"

#include "common/mem.h"
#include "release/date.h"
#include "release/markdown.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 10

/* Length of "{name}" at @s, or 0 if that is no template. */
static size_t word_len(const char *s)
{
	size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return *s == '{' && n && s[n + 1] == '}' ? n + 2 : 0;
}

static bool is_group(const char *s, size_t len)
{
	return len == 3 && s[1] >= '1' && s[1] <= '9';
}

int edit_expand(const char *text, const struct word *words, struct strbuf *out, struct err *e)
{
	const struct word *w;
	size_t len;

	strbuf_adds(out, "");
	for (; *text; text += len) {
		len = word_len(text);
		if (!len || is_group(text, len)) {
			len = len ? len : 1;
			strbuf_add(out, text, len);
			continue;
		}
		for (w = words; w->name; w++)
			if (strlen(w->name) == len - 2 && !strncmp(w->name, text + 1, len - 2))
				break;
		if (!w->name)
			return err_set(e, ERR_USAGE, "%.*s: no such word in a template", (int)len,
				       text);
		strbuf_adds(out, w->value);
	}
	return 0;
}

/* --- lines --------------------------------------------------------------------------- */
static int compile(regex_t *re, const char *file, const char *match, struct err *e)
{
	char why[128];
	int ret = regcomp(re, match, REG_EXTENDED);

	if (!ret)
		return 0;
	regerror(ret, re, why, sizeof(why));
	return err_set(e, ERR_USAGE, "%s: match = %s: not a regular expression: %s", file, match,
		       why);
}

/* The replacement of a line, with its groups. */
static void add_line(struct strbuf *out, const char *line, const char *old, const regmatch_t *m)
{
	size_t len;

	for (; *line; line += len) {
		len = word_len(line);
		if (len && is_group(line, len)) {
			const regmatch_t *group = &m[line[1] - '0'];

			if (group->rm_so >= 0)
				strbuf_add(out, old + group->rm_so,
					   (size_t)(group->rm_eo - group->rm_so));
		} else {
			len = 1;
			strbuf_addc(out, *line);
		}
	}
}

/* Goes through the lines; how many the expression fits. */
static size_t replace_lines(const regex_t *re, const char *text, const char *line,
			    struct strbuf *out)
{
	regmatch_t m[GROUPS];
	size_t hits = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		autofree char *old = mem_strndup(text, len);

		if (!regexec(re, old, GROUPS, m, 0)) {
			add_line(out, line, old, m);
			hits++;
		} else {
			strbuf_add(out, text, len);
		}
		text += len;
		if (*text == '\n')
			strbuf_addc(out, *text++);
	}
	return hits;
}

int edit_line(const char *file, const char *text, const char *match, const char *line,
	      struct strbuf *out, struct err *e)
{
	regex_t re;
	size_t hits;

	if (compile(&re, file, match, e))
		return -1;
	strbuf_adds(out, "");
	hits = replace_lines(&re, text, line, out);
	regfree(&re);
	if (hits == 1)
		return 0;
	return err_fail(e, "%s: %s line fits \"%s\": mend match of [version-file] in the settings",
			file, hits ? "more than one" : "no", match);
}

const char *edit_find(const char *text, const char *match, size_t *len)
{
	const char *found = NULL;
	regex_t re;

	if (regcomp(&re, match, REG_EXTENDED | REG_NOSUB))
		return NULL;
	while (*text && !found) {
		autofree char *line = NULL;

		*len = strcspn(text, "\n");
		line = mem_strndup(text, *len);
		if (!regexec(&re, line, 0, NULL, 0))
			found = text;
		text += *len + (text[*len] == '\n');
	}
	regfree(&re);
	for (; found && *len && (*found == ' ' || *found == '\t'); (*len)--)
		found++;
	return found;
}

/* --- the changelog --------------------------------------------------------------------- */
static void replace_all(struct strbuf *out, const char *s, size_t len, const char *old,
			const char *new)
{
	size_t n = strlen(old);

	while (len) {
		if (len >= n && !strncmp(s, old, n)) {
			strbuf_adds(out, new);
			s += n;
			len -= n;
		} else {
			strbuf_addc(out, *s++);
			len--;
		}
	}
}

/* Where a line begins, from 1, as Markdown counts them. */
static const char *line_at(const char *s, int line)
{
	for (; line > 1; line--) {
		s += strcspn(s, "\r\n");
		s += *s == '\r' && s[1] == '\n' ? 2 : *s != 0;
	}
	return s;
}

static bool names_version(const char *heading, const char *version)
{
	size_t len = strlen(version);

	heading += *heading == '[';
	return !strncmp(heading, version, len) && strchr(" ]", heading[len]);
}

/* The line of the open section's heading: what the rules of lint take for it, too. */
static const char *open_heading(const char *file, const char *text, const char *version,
				struct err *e)
{
	struct arena a = {0};
	size_t n, i;
	struct md_item *v = md_read(text, strlen(text), &a, &n);
	bool there = false;
	const char *at;
	int line = 0;

	for (i = 0; i < n; i++) {
		if (v[i].kind != MD_HEADING || v[i].level != 2)
			continue;
		if (!line && strcasestr(v[i].text, "unreleased"))
			line = v[i].line;
		else
			there |= names_version(v[i].text, version);
	}
	free(v);
	arena_free(&a);
	at = line_at(text, line);
	if (!line)
		err_fail(e, "%s: has no section \"Unreleased\" that could become %s", file,
			 version);
	else if (there)
		err_fail(e, "%s: already has a section of %s", file, version);
	else if (!text_starts(at, "##"))
		err_fail(e, "%s:%d: a heading in another form: write \"## Unreleased\"", file,
			 line);
	else
		return at;
	return NULL;
}

int edit_roll(const char *file, const char *text, const struct roll *to, struct strbuf *out,
	      struct err *e)
{
	autofree char *tag = mem_printf("%s%s", to->tag_prefix, to->version);
	const char *at = open_heading(file, text, to->version, e);
	const char *link, *end, *eol;
	char day[DATE_LEN];
	size_t len;

	if (!at)
		return -1;
	len = strcspn(at, "\r\n");
	eol = at[len] == '\r' ? "\r\n" : "\n";
	link = memchr(at, '(', len);
	end = link ? memchr(link, ')', len - (size_t)(link - at)) : NULL;
	strbuf_add(out, text, (size_t)(at - text));
	if (to->reopen) {
		strbuf_adds(out, "## [unstable UNRELEASED]");
		if (end)
			strbuf_add(out, link, (size_t)(end + 1 - link));
		strbuf_addf(out, " - TBD%s%s", eol, eol);
	}
	strbuf_addf(out, "## [%s]", to->version);
	if (end)
		replace_all(out, link, (size_t)(end + 1 - link), "staging", tag);
	strbuf_addf(out, " - %s", day_text(to->day, day));
	strbuf_adds(out, at + len);
	return 0;
}
