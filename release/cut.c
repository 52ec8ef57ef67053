// SPDX-License-Identifier: GPL-2.0-or-later
/* What checks and steps of a plan have in common: edited files, words, names. */
#include "release/cut.h"

#include "release/edit.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX (16U << 20)

/* --- files of the commit ------------------------------------------------------------- */
static int edit_version(const struct runbook *b, const char *path, struct strbuf *text,
			struct err *e)
{
	size_t i;

	for (i = 0; i < b->edit_count; i++) {
		struct strbuf out = {0};
		const struct line_edit *edit = &b->edits[i];

		if (strcmp(edit->path, path) != 0)
			continue;
		if (edit_line(path, text->data, edit->match, edit->line, &out, e)) {
			strbuf_free(&out);
			return -1;
		}
		strbuf_free(text);
		*text = out;
	}
	return 0;
}

static int edit_changelog(const struct runbook *b, struct strbuf *text, struct err *e)
{
	/* What is released has no open section: `lint` would find it. */
	struct roll to = {b->version_text, b->tag_prefix ? b->tag_prefix : "", 0, false};
	struct strbuf out = {0};
	int ret;

	day_parse(b->date, &to.day);
	ret = edit_roll(b->changelog, text->data, &to, &out, e);
	if (!ret) {
		strbuf_free(text);
		*text = out;
	} else {
		strbuf_free(&out);
	}
	return ret;
}

/* Adds the file as it shall be, unless it is so already. */
static int add_file(struct cut_files *f, struct git *g, const struct runbook *b, const char *path,
		    bool roll, struct err *e)
{
	struct file_data old = {0};
	struct strbuf text = {0};
	int ret = git_file(g, b->head, path, FILE_MAX, &old, e);

	if (!ret)
		ret = err_fail(e, "%s: no such file at %.12s: mend the settings", path, b->head);
	strbuf_adds(&text, "");
	if (ret > 0)
		strbuf_add(&text, (const char *)old.data, old.size);
	if (ret > 0 && strlen(text.data) != text.len)
		ret = err_fail(e, "%s: is no text at %.12s", path, b->head);
	if (ret > 0)
		ret = roll ? edit_changelog(b, &text, e) : edit_version(b, path, &text, e);
	if (!ret && (text.len != old.size || memcmp(text.data, old.data, old.size) != 0)) {
		f->v = mem_grow(f->v, f->n, sizeof(*f->v));
		f->v[f->n].path = path;
		f->v[f->n].size = text.len;
		f->v[f->n++].data = strbuf_take(&text);
	}
	strbuf_free(&text);
	file_free(&old);
	return ret;
}

int cut_files_make(struct cut_files *f, struct git *g, const struct runbook *b, struct err *e)
{
	size_t i, k, before;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < b->edit_count; i++) {
		for (k = 0; k < i && strcmp(b->edits[k].path, b->edits[i].path) != 0; k++)
			;
		if (k == i && add_file(f, g, b, b->edits[i].path, false, e))
			return -1;
	}
	before = f->n;
	f->rolled = SIZE_MAX;
	if (b->changelog && add_file(f, g, b, b->changelog, true, e))
		return -1;
	if (f->n > before)
		f->rolled = before;
	return 0;
}

void cut_files_free(struct cut_files *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free((void *)(uintptr_t)f->v[i].data);
	free(f->v);
	memset(f, 0, sizeof(*f));
}

int cut_file(struct cut *c, const char *path, struct file_data *out, struct err *e)
{
	size_t i;

	for (i = 0; i < c->files.n; i++) {
		const struct git_edit *edit = &c->files.v[i];

		if (strcmp(edit->path, path) != 0)
			continue;
		out->size = edit->size;
		out->data = (unsigned char *)mem_strndup(edit->data, edit->size);
		return 1;
	}
	return git_file(c->rel->git, c->book->head, path, FILE_MAX, out, e);
}

/* --- words ------------------------------------------------------------------------------- */
void cut_say(struct cut *c, const char *fmt, ...)
{
	autofree char *words = NULL;
	struct strbuf b = {0};
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	words = mem_vprintf(fmt, ap);
	va_end(ap);
	strbuf_adds(&b, c->step);
	strbuf_adds(&b, ": ");
	strbuf_add_escaped(&b, words, strlen(words));
	puts(b.data);
	/* Whoever looks on, or reads what a killed run has said, sees how far it came. */
	fflush(stdout);
	strbuf_free(&b);
}

const char *cut_branch(const struct cut *c)
{
	return c->book->branch + strlen("refs/heads/");
}

const char *cut_now(const struct cut *c, char out[CUT_NOW_LEN])
{
	char day[DATE_LEN];
	time_t t = time(NULL);
	struct tm tm;

	if (c->rel->opts->at)
		snprintf(out, CUT_NOW_LEN, "%.10sT12:00:00Z", day_text(c->rel->today, day));
	else if (!gmtime_r(&t, &tm) || !strftime(out, CUT_NOW_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, CUT_NOW_LEN, "unknown");
	return out;
}

/* --- names of outputs ---------------------------------------------------------------------- */
char *cut_path(const struct cut *c, const char *name)
{
	return path_join(c->out, name);
}

static char **add_name(char **names, size_t *n, char *name)
{
	names = mem_grow((void *)names, *n, sizeof(*names));
	names[(*n)++] = name;
	return names;
}

char **cut_names(const struct cut *c, size_t *n)
{
	const struct runbook *b = c->book;
	char **names = NULL;
	size_t i;

	*n = 0;
	if (b->kind == CUT_BRANCH)
		return NULL;
	for (i = 0; i < b->tarball_count; i++)
		names = add_name(names, n, mem_printf("%s.tar.%s", b->name, b->tarballs[i]));
	names = add_name(names, n, mem_strdup("SHA256SUMS"));
	for (i = 0; i <= b->tarball_count; i++)
		names = add_name(names, n, mem_printf("%s.asc", names[i]));
	return add_name(names, n, mem_strdup("ANNOUNCEMENT"));
}

void cut_names_free(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free((void *)names);
}
