// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/relog.h"

#include "common/io.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL_MAX (16U << 20)

static int lock(struct relog *l, const char *plan, struct err *e)
{
	l->lock = open(plan, O_RDONLY | O_CLOEXEC);
	if (l->lock < 0)
		return err_sys(e, errno, "%s: cannot open", plan);
	if (!flock(l->lock, (l->dry ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, ERR_BUSY, "%s: another run is at it: wait for its end", plan);
	return err_sys(e, errno, "%s: cannot be locked", plan);
}

static int take_line(struct relog *l, const char *line, size_t len, struct err *e)
{
	autofree char *name = mem_printf("%s: line %zu", l->path, l->n + 1);
	struct json *j = json_parse(line, len, name, e);
	const char *before = json_get_str(j, "before");

	if (!j)
		return -1;
	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = j;
	if (!before || json_get_int(j, "n", 0) != (int64_t)l->n)
		return err_fail(e, "%s: is no line of a journal", name);
	if (!strcmp(before, l->last)) {
		digest_hex(l->last, line, len);
		return 0;
	}
	if (l->n == 1)
		return err_fail(e,
				"%s: is the journal of another plan: put the plan back as it was, "
				"or move the journal away",
				l->path);
	return err_fail(e,
			"%s: does not follow from the line before: the journal was changed: "
			"find out by whom",
			name);
}

static int take_lines(struct relog *l, const struct file_data *f, struct err *e)
{
	const char *s = (const char *)f->data;
	const char *end = s + f->size;

	while (s < end) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));

		if (!stop)
			return err_fail(e, "%s: its last line is cut off: the journal was changed",
					l->path);
		if (take_line(l, s, (size_t)(stop - s), e))
			return -1;
		s = stop + 1;
	}
	strbuf_add(&l->text, (const char *)f->data, f->size);
	return 0;
}

int relog_open(struct relog *l, const char *plan, const void *text, size_t len, bool dry,
	       struct err *e)
{
	struct file_data f = {0};
	int ret;

	memset(l, 0, sizeof(*l));
	l->path = mem_printf("%s.journal", plan);
	l->dry = dry;
	digest_hex(l->last, text, len);
	ret = lock(l, plan, e);
	if (!ret && file_exists(l->path)) {
		ret = file_read(l->path, JOURNAL_MAX, &f, e);
		if (!ret)
			ret = take_lines(l, &f, e);
		file_free(&f);
	}
	if (!ret && !dry)
		file_sweep(l->path);
	return ret;
}

void relog_close(struct relog *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		json_unref(l->v[i]);
	free(l->v);
	strbuf_free(&l->text);
	if (l->path && l->lock >= 0)
		close(l->lock);
	free(l->path);
	memset(l, 0, sizeof(*l));
}

const struct json *relog_find(const struct relog *l, const char *event, const char *step)
{
	size_t i;

	for (i = l->n; i-- > 0;) {
		const char *what = json_get_str(l->v[i], "event");
		const char *of = json_get_str(l->v[i], "step");

		if (what && of && !strcmp(what, event) && !strcmp(of, step))
			return l->v[i];
	}
	return NULL;
}

struct json *relog_record(const char *event, const char *step, const char *at)
{
	struct json *j = json_new_object();

	json_put_str(j, "event", event);
	json_put_str(j, "step", step);
	json_put_str(j, "at", at);
	return j;
}

int relog_add(struct relog *l, struct json *record, struct err *e)
{
	autofree char *line = NULL;

	json_put_int(record, "n", (int64_t)l->n + 1);
	json_put_str(record, "before", l->last);
	line = json_canonical(record);
	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = record;
	digest_hex(l->last, line, strlen(line));
	strbuf_addf(&l->text, "%s\n", line);
	return l->dry ? 0 : file_write(l->path, l->text.data, l->text.len, 0644, e);
}
