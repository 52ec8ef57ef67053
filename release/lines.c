// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/lines.h"

#include <stdio.h>
#include <string.h>

enum {
	SUM_RENAMES,
	SUM_NO_RENAMES,
	SUM_MERGES,
	FIRST_PARENT,
	FIRST_PARENT_NO_RENAMES,
	TREE,
	TREE_NO_RENAMES,
	BASE,
	BASE_NO_RENAMES,
};

const struct line_method line_methods[LINE_METHODS] = {
	[SUM_RENAMES] = {"sum-renames", "git log --numstat -M %s",
			 "sum over commits without merges, renames followed (gitdm's, and that of "
			 "published statistics)"},
	[SUM_NO_RENAMES] =
		{"sum-no-renames", "git log --numstat --no-renames %s",
		 "sum over commits without merges, a rename is a removal and an addition"},
	[SUM_MERGES] = {"sum-merges", "git log -m --numstat -M %s",
			"sum over commits, merges too, against each of their parents"},
	[FIRST_PARENT] = {"first-parent", "git log --first-parent -m --numstat -M %s",
			  "what each step of the main line brought, renames followed"},
	[FIRST_PARENT_NO_RENAMES] = {"first-parent-no-renames",
				     "git log --first-parent -m --numstat --no-renames %s",
				     "the same, renames not followed"},
	[TREE] = {"tree", "git diff --numstat -M %s %s",
		  "one diff from end to end, renames followed"},
	[TREE_NO_RENAMES] = {"tree-no-renames", "git diff --numstat --no-renames %s %s",
			     "the same, renames not followed"},
	[BASE] = {"merge-base", "git diff --numstat -M %s...%s",
		  "one diff from where both ends parted, renames followed"},
	[BASE_NO_RENAMES] = {"merge-base-no-renames", "git diff --numstat --no-renames %s...%s",
			     "the same, renames not followed"},
};

const char *lines_command(const struct range *range, size_t m, struct arena *a)
{
	const char *command = line_methods[m].command;
	const char *hole = strstr(command, "%s");
	const char *from = *range->from_name ? range->from_name : EMPTY_TREE;
	const char *sep = strstr(command, "%s...") ? "..." : " ";

	if (m < TREE)
		return arena_printf(a, "%.*s%s", (int)(hole - command), command, range->name);
	return arena_printf(a, "%.*s%s%s%s", (int)(hole - command), command, from, sep,
			    range->to_name);
}

#define JOBS 6

/* The git commands of one range, run side by side. */
struct batch {
	struct proc p[JOBS];
	struct history_job *job[JOBS];
	size_t n;
};

static struct proc *next(struct batch *b)
{
	return &b->p[b->n++];
}

static void add_history(struct batch *b, struct history *h, struct rel *r, const struct range *g,
			unsigned int flags)
{
	size_t i = b->n;

	b->job[i] = history_begin(h, r->repo_path, g->from, g->to, flags, next(b));
}

static void add_diff(struct batch *b, struct history *h, struct rel *r, const char *from,
		     const char *to)
{
	size_t i = b->n;

	b->job[i] = history_begin_diff(h, r->repo_path, from, to, next(b));
}

static int run(struct batch *b, struct err *e)
{
	int ret = proc_run_all(b->p, b->n, 0, e);
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->job[i] && history_end(b->job[i], &b->p[i], e) < 0)
			ret = -1;
	return ret;
}

int lines_load(struct lines *l, struct rel *r, const struct range *range, struct err *e)
{
	const char *before[] = {"git",	      "-C",	      r->repo_path, "log", "--no-mailmap",
				"--no-color", "--format=%ae", range->from,  "--",  NULL};
	struct batch b = {0};
	size_t authors = JOBS;
	int found = 0;
	size_t i;
	int ret;

	if (*range->from && (l->want[BASE] || l->want[BASE_NO_RENAMES]))
		found = history_base(r->repo_path, range->from, range->to, l->base_id, e);
	if (found < 0)
		return -1;
	add_history(&b, &l->all, r, range, HISTORY_LINES);
	if (l->want[SUM_MERGES])
		add_history(&b, &l->merges, r, range,
			    HISTORY_LINES | HISTORY_MERGES | HISTORY_BRIEF);
	else if (l->want[FIRST_PARENT] || l->want[FIRST_PARENT_NO_RENAMES])
		add_history(&b, &l->first, r, range,
			    HISTORY_LINES | HISTORY_MERGES | HISTORY_FIRST_PARENT | HISTORY_BRIEF);
	if (l->want[TREE] || l->want[TREE_NO_RENAMES])
		add_diff(&b, &l->tree, r, range->from, range->to);
	if (found)
		add_diff(&b, &l->base, r, l->base_id, range->to);
	if (*range->from) {
		authors = b.n;
		next(&b)->argv = before;
	}
	ret = run(&b, e);
	if (authors < JOBS) {
		l->before = b.p[authors].out;
		memset(&b.p[authors].out, 0, sizeof(l->before));
	}
	for (i = 0; i < b.n; i++)
		proc_free(&b.p[i]);
	return ret;
}

void lines_free(struct lines *l)
{
	history_free(&l->all);
	history_free(&l->merges);
	history_free(&l->first);
	history_free(&l->tree);
	history_free(&l->base);
	strbuf_free(&l->before);
}

static void add_commit(struct line_sum *s, const struct commit *c)
{
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		if (c->changes[i].added < 0)
			continue;
		s->added += c->changes[i].added;
		s->removed += c->changes[i].removed;
	}
}

/* A submodule's line is not in this repository; git counts it as one. */
static long old_lines(struct rel *r, struct change *ch)
{
	long n;

	if (!ch->old_lines) {
		n = git_lines(r->git, ch->old_id);
		ch->old_lines = (n < 0 ? 1 : n) + 1;
	}
	return ch->old_lines - 1;
}

/* Adds up the lines "ADDED\tREMOVED\tPATH" of @out that are of the two files of @ch. */
static void read_apart(struct change *ch, const struct strbuf *out)
{
	const char *s = out->data;
	const char *end = s + out->len;

	while (s < end) {
		long added, removed;
		int used = 0;

		if (sscanf(s, "%ld\t%ld\t%n", &added, &removed, &used) == 2 && used &&
		    (!strcmp(s + used, ch->path) || !strcmp(s + used, ch->old))) {
			ch->apart_added += added;
			ch->apart_removed += removed;
		}
		s += strlen(s) + 1;
	}
}

/*
 * A rename from or to a binary file: which side has lines, and how many, only git knows,
 * by the content and by attributes.
 */
static int ask_apart(struct rel *r, struct change *ch, const char *from, const char *to)
{
	const char *const argv[] = {"git",
				    "--literal-pathspecs",
				    "-C",
				    r->repo_path,
				    "diff",
				    "-z",
				    "--no-color",
				    "--no-ext-diff",
				    "--numstat",
				    "--no-renames",
				    *from ? from : EMPTY_TREE,
				    to,
				    "--",
				    ch->old,
				    ch->path,
				    NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;
	int ret = ch->apart || ch->same ? 0 : proc_run(&p, &e);

	if (!ret && p.status)
		ret = -1;
	if (!ret && p.out.len)
		read_apart(ch, &p.out);
	ch->apart = !ret;
	proc_free(&p);
	return ret;
}

/*
 * As add_commit(), with renames taken apart: the old file is removed, and the new one, which
 * has as many lines as that but for those added and removed, is added. @from and @to are
 * what was compared.
 */
static void add_apart(struct line_sum *s, struct rel *r, const struct commit *c, const char *from,
		      const char *to)
{
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		struct change *ch = &c->changes[i];
		long before;

		if (ch->added < 0 && ch->old) {
			if (ask_apart(r, ch, from, to) < 0)
				s->unknown = "git does not tell the lines of a renamed binary file";
			s->added += ch->apart_added;
			s->removed += ch->apart_removed;
		}
		if (ch->added < 0)
			continue;
		before = ch->old ? old_lines(r, ch) : 0;
		s->added += ch->added + (ch->old ? before - ch->removed : 0);
		s->removed += ch->old ? before : ch->removed;
	}
}

/* Id of the first parent, or "". */
static void first_parent(const struct commit *c, char id[GIT_ID_LEN])
{
	snprintf(id, GIT_ID_LEN, "%.*s", (int)strcspn(c->parents, " "), c->parents);
}

/* What a commit changed in its first parent. */
static void add_either(struct line_sum *s, struct rel *r, const struct commit *c, bool renames)
{
	char parent[GIT_ID_LEN];

	first_parent(c, parent);
	if (renames)
		add_commit(s, c);
	else
		add_apart(s, r, c, parent, c->id);
}

static void count(struct line_sum *s, const struct commit *c)
{
	s->commits++;
	s->merges += c->parent_count > 1;
}

static void sum_all(struct line_sum *s, struct rel *r, const struct history *h, bool renames)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		count(s, &h->v[i]);
		add_either(s, r, &h->v[i], renames);
	}
}

/*
 * Of each merge that is in @steps, what differs from its first parent. git shows a merge
 * once for each parent that it differs from, in their order: the first time it is shown
 * is the first parent's, unless it holds the same files as that.
 */
static void sum_merges_of(struct line_sum *s, struct rel *r, const struct history *merges,
			  struct map *steps, bool renames)
{
	char parent[GIT_ID_LEN];
	size_t i, shown;
	int same;

	for (i = 0; i < merges->n; i += shown) {
		const struct commit *c = &merges->v[i];

		for (shown = 1; i + shown < merges->n && !strcmp(c[shown].id, c->id); shown++)
			;
		if (!map_find(steps, c->id))
			continue;
		first_parent(c, parent);
		same = shown < c->parent_count ? git_same_tree(r->git, c->id, parent) : 0;
		if (same < 0)
			s->unknown = "a merge or its parent cannot be read";
		else if (!same)
			add_either(s, r, c, renames);
	}
}

static void sum_first_parent(struct line_sum *s, struct rel *r, const struct lines *l,
			     const char *top, bool renames)
{
	struct map ids = {0}, steps = {0};
	size_t *at;
	char id[GIT_ID_LEN];
	size_t i;

	for (i = 0; i < l->all.n; i++)
		*map_at(&ids, l->all.v[i].id) = i;
	snprintf(id, sizeof(id), "%s", top);
	while ((at = map_find(&ids, id))) {
		const struct commit *c = &l->all.v[*at];

		count(s, c);
		*map_at(&steps, c->id) = 1;
		if (c->parent_count < 2)
			add_either(s, r, c, renames);
		first_parent(c, id);
	}
	sum_merges_of(s, r, l->merges.n ? &l->merges : &l->first, &steps, renames);
	map_free(&ids);
	map_free(&steps);
}

static void sum_diff(struct line_sum *s, struct rel *r, const struct lines *l,
		     const struct history *h, const char *from, const char *to, bool renames)
{
	size_t i;

	for (i = 0; i < l->all.n; i++)
		count(s, &l->all.v[i]);
	if (!h->n)
		s->unknown = "the two ends have no common ancestor";
	else if (renames)
		add_commit(s, h->v);
	else
		add_apart(s, r, h->v, from, to);
}

struct line_sum lines_sum(struct lines *l, struct rel *r, const struct range *range, size_t m)
{
	struct line_sum s = {0};
	size_t i;

	switch (m) {
	case SUM_RENAMES:
	case SUM_NO_RENAMES:
		sum_all(&s, r, &l->all, m == SUM_RENAMES);
		break;
	case SUM_MERGES:
		sum_all(&s, r, &l->all, true);
		for (i = 0; i < l->merges.n; i++)
			add_commit(&s, &l->merges.v[i]);
		break;
	case FIRST_PARENT:
	case FIRST_PARENT_NO_RENAMES:
		sum_first_parent(&s, r, l, range->to, m == FIRST_PARENT);
		break;
	case TREE:
	case TREE_NO_RENAMES:
		sum_diff(&s, r, l, &l->tree, range->from, range->to, m == TREE);
		break;
	default:
		sum_diff(&s, r, l, &l->base, l->base_id, range->to, m == BASE);
	}
	if (m >= BASE && !*range->from)
		s.unknown = "the range has no beginning";
	return s;
}
