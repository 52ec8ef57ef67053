// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lines.c - insertion of #line (the only user of libgit2, for its comparison of texts)
 */
#include "patchbuild/lines.h"

#include "common/mem.h"
#include "common/text.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

/* --- which line was which --- */

struct match {
	struct line *v;
	size_t n;
	size_t done; /* lines of the new text dealt with */
	uint32_t old; /* lines of the old text dealt with */
};

static void same_up_to(struct match *m, size_t stop)
{
	while (m->done < stop && m->done < m->n)
		m->v[m->done++].old = ++m->old;
}

static int on_hunk(const git_diff_delta *delta, const git_diff_hunk *h, void *ctx)
{
	struct match *m = ctx;
	int i;

	(void)delta;
	/* A hunk without new lines begins after the line that it names. */
	same_up_to(m, (size_t)h->new_start - (h->new_lines ? 1 : 0));
	for (i = 0; i < h->new_lines && m->done < m->n; i++)
		m->v[m->done++].new = true;
	m->old += (uint32_t)h->old_lines;
	return 0;
}

int lines_match(struct line *v, size_t n, const char *was, size_t was_len, const char *now,
		size_t now_len, struct err *e)
{
	git_diff_options opts;
	struct match m = {v, n, 0, 0};
	int ret;

	git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
	opts.context_lines = 0;
	opts.interhunk_lines = 0;
	opts.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_PATIENCE;
	git_libgit2_init();
	ret = git_diff_buffers(was, was_len, NULL, now, now_len, NULL, &opts, NULL, NULL, on_hunk,
			       NULL, &m);
	git_libgit2_shutdown();
	if (ret)
		return err_fail(e, "two versions of a file could not be compared");
	same_up_to(&m, n);
	return 0;
}

/* --- where a #line is needed --- */

/* An open conditional. */
struct group {
	int64_t shift; /* before it */
	bool sure; /* @shift is known */
	bool touched; /* a #line was put into one of its branches */
};

struct keeper {
	struct line *v;
	size_t n;
	bool *put; /* a #line goes before line i */
	/* What the compiler adds to the position of a line to number it, if @sure. */
	int64_t shift;
	bool sure;
	bool foreign; /* the file has #line of its own from here on */
	struct group *groups;
	size_t ngroups;
};

/* What was put inside of a group was put inside of the one around it as well. */
static void leave_group(struct keeper *k)
{
	bool touched = k->groups[--k->ngroups].touched;

	if (k->ngroups && touched)
		k->groups[k->ngroups - 1].touched = true;
}

/*
 * The number is not known after a conditional in which a #line was put: the compiler
 * may have skipped that branch.
 */
static void on_conditional(struct keeper *k, enum line_kind kind)
{
	struct group *g;

	if (kind == LINE_IF) {
		k->groups = mem_grow(k->groups, k->ngroups, sizeof(*k->groups));
		g = &k->groups[k->ngroups++];
		g->shift = k->shift;
		g->sure = k->sure;
		g->touched = false;
		return;
	}
	if (!k->ngroups)
		return;
	g = &k->groups[k->ngroups - 1];
	k->shift = g->shift;
	k->sure = g->sure && !(kind == LINE_ENDIF && g->touched);
	if (kind == LINE_ENDIF)
		leave_group(k);
}

static void on_code(struct keeper *k, size_t i)
{
	const struct line *l = &k->v[i];
	int64_t want = (int64_t)l->old - (int64_t)i;

	if (l->new || !l->safe || k->foreign || (k->sure && k->shift == want))
		return;
	k->put[i] = true;
	k->shift = want;
	k->sure = true;
	if (k->ngroups)
		k->groups[k->ngroups - 1].touched = true;
}

static void choose(struct keeper *k)
{
	size_t i;

	k->shift = 1;
	k->sure = true;
	for (i = 0; i < k->n; i++) {
		switch (k->v[i].kind) {
		case LINE_CODE:
			on_code(k, i);
			break;
		case LINE_IF:
		case LINE_ELSE:
		case LINE_ENDIF:
			on_conditional(k, k->v[i].kind);
			break;
		case LINE_LINE:
			k->foreign = true;
			break;
		case LINE_PLAIN:
			break;
		}
	}
}

static char *rewrite(const struct keeper *k, const char *now, size_t now_len, size_t *len)
{
	const char *end = now + now_len;
	struct strbuf out = {0};
	const char *stop;
	size_t i;

	for (i = 0; i < k->n; i++) {
		stop = memchr(now, '\n', (size_t)(end - now));
		stop = stop ? stop + 1 : end;
		if (k->put[i])
			strbuf_addf(&out, "#line %u\n", k->v[i].old);
		strbuf_add(&out, now, (size_t)(stop - now));
		now = stop;
	}
	*len = out.len;
	return strbuf_take(&out);
}

char *lines_keep(const char *was, size_t was_len, const char *now, size_t now_len, size_t *len,
		 struct err *e)
{
	struct keeper k = {0};
	char *out = NULL;

	k.v = lines_scan(now, now_len, &k.n);
	if (lines_match(k.v, k.n, was, was_len, now, now_len, e) == 0) {
		k.put = mem_zalloc(k.n + 1, sizeof(*k.put));
		choose(&k);
		out = rewrite(&k, now, now_len, len);
	}
	free(k.v);
	free(k.put);
	free(k.groups);
	return out;
}
