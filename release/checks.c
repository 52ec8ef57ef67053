// SPDX-License-Identifier: GPL-2.0-or-later
/* What has to hold before a plan is run. */
#include "common/pgp.h"
#include "release/cut.h"
#include "release/lint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/*
 * One precondition. 0: it holds, 1: it does not, and @why says so, -1: it cannot be asked.
 */
struct check {
	const char *name;
	bool branch, others; /* in plans for a branch, in those of other kinds */
	bool resumed; /* asked again when a run goes on */
	int (*ask)(struct cut *c, struct strbuf *why, struct err *e);
};

/* Days between the date of the release and the clock's that nobody planned. */
#define CLOCK_DAYS 31

static int no(struct strbuf *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int no(struct strbuf *why, const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	strbuf_adds(why, text);
	return 1;
}

/* A refusal of something that was called is an answer here; a failure stays one. */
static int answer(struct strbuf *why, const struct err *from)
{
	return no(why, "%s", from->text);
}

/* All is made and signed: what is left asks neither for the date nor for the key. */
static bool is_signed(const struct cut *c)
{
	return relog_find(&c->log, "done", "signatures") != NULL;
}

static int ask_clock(struct cut *c, struct strbuf *why, struct err *e)
{
	int32_t day = DAY_NONE;
	char now[DATE_LEN];
	long apart;

	(void)e;
	day_parse(c->book->date, &day);
	apart = labs((long)c->rel->today - day);
	if (apart <= CLOCK_DAYS || is_signed(c))
		return 0;
	return no(why,
		  "the clock says %s, %ld days from the date of the release, %s: set the clock, or "
		  "make a new plan",
		  day_text(c->rel->today, now), apart, c->book->date);
}

static int ask_commit(struct cut *c, struct strbuf *why, struct err *e)
{
	if (git_commit_date(c->rel->git, c->book->head) >= 0)
		return 0;
	(void)e;
	return no(why, "%.12s: no such commit here: fetch it, or name the right repository with -C",
		  c->book->head);
}

static int ask_branch(struct cut *c, struct strbuf *why, struct err *e)
{
	const struct runbook *b = c->book;
	char id[GIT_ID_LEN];
	int ret = git_ref_id(c->rel->git, b->branch, id, e);

	if (ret < 0)
		return -1;
	if (!ret)
		return no(why, "%s: no such branch", cut_branch(c));
	if (!strcmp(id, b->head))
		return 0;
	return no(why, "%s has moved: it is at %.12s, the plan is for %.12s: make a new plan",
		  cut_branch(c), id, b->head);
}

static int ask_new_branch(struct cut *c, struct strbuf *why, struct err *e)
{
	char id[GIT_ID_LEN];
	int ret = git_ref_id(c->rel->git, c->book->branch, id, e);

	return ret <= 0 ? ret : no(why, "%s exists already, at %.12s", cut_branch(c), id);
}

static int ask_tree(struct cut *c, struct strbuf *why, struct err *e)
{
	struct err dirty = ERR_INIT;

	switch (git_checked_out(c->rel->git, c->book->branch)) {
	case GIT_OUT_NOWHERE:
		return 0;
	case GIT_OUT_ELSEWHERE:
		return no(why, "%s is checked out in another work tree: run the plan there",
			  cut_branch(c));
	case GIT_OUT_HERE:
		break;
	}
	if (!git_files_clean(c->rel->git, c->book->head, NULL, 0, &dirty))
		return 0;
	if (dirty.kind == ERR_STATE)
		return answer(why, &dirty);
	*e = dirty;
	return -1;
}

static int ask_tag(struct cut *c, struct strbuf *why, struct err *e)
{
	autofree char *ref = mem_printf("refs/tags/%s", c->book->tag);
	char id[GIT_ID_LEN];
	int ret = git_ref_id(c->rel->git, ref, id, e);

	return ret <= 0 ? ret : no(why, "tag %s exists already, at %.12s", c->book->tag, id);
}

static int ask_tags(struct cut *c, struct strbuf *why, struct err *e)
{
	const struct runbook *b = c->book;
	char id[GIT_ID_LEN];
	size_t i;
	int moved = 0;

	for (i = 0; i < b->tag_count; i++) {
		autofree char *ref = mem_printf("refs/tags/%s", b->tags[i].name);
		int ret = git_ref_id(c->rel->git, ref, id, e);

		if (ret < 0)
			return -1;
		if (!ret)
			moved = no(why, "%stag %s is gone, which was at %.12s", moved ? "; " : "",
				   b->tags[i].name, b->tags[i].id);
		else if (strcmp(id, b->tags[i].id) != 0)
			moved = no(why, "%stag %s has moved: from %.12s to %.12s",
				   moved ? "; " : "", b->tags[i].name, b->tags[i].id, id);
	}
	return moved ? no(why, ": find out by whom") : 0;
}

/* Asked only by a run that signs: a dry run needs no key. */
static int ask_key(struct cut *c, struct strbuf *why, struct err *e)
{
	struct err refused = ERR_INIT;

	(void)e;
	if (c->dry || is_signed(c) || !pgp_may_sign(c->book->key, &refused))
		return 0;
	return answer(why, &refused);
}

static int ask_output(struct cut *c, struct strbuf *why, struct err *e)
{
	size_t n, i;
	char **names = cut_names(c, &n);
	int ret = 0;

	(void)e;
	for (i = 0; i < n && !ret; i++) {
		autofree char *path = cut_path(c, names[i]);

		if (file_exists(path))
			ret = no(why, "%s exists already: move it away", path);
	}
	cut_names_free(names, n);
	return ret;
}

static int ask_changelog(struct cut *c, struct strbuf *why, struct err *e)
{
	(void)e;
	if (c->files.rolled < c->files.n)
		return 0;
	return no(why, "%s: its open section cannot be rolled", c->book->changelog);
}

/* What the rules of lint find in the files as they will be. */
static int lint_files(struct cut *c, struct lint *l, struct err *e)
{
	static const char *const keys[] = {"lint.changelog", "lint.support", "lint.pins",
					   "lint.versionfile"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *path = config_get(&c->rel->conf, keys[i]);
		struct file_data f = {0};
		int ret = cut_file(c, path, &f, e);

		if (ret < 0)
			return -1;
		if (ret)
			lint_text(l, (enum lint_what)i, path, (const char *)f.data, f.size);
		file_free(&f);
	}
	return 0;
}

static int ask_lint(struct cut *c, struct strbuf *why, struct err *e)
{
	struct rel scratch = *c->rel;
	struct lint l;
	size_t i;
	int ret;

	report_init(&scratch.report, "lint", "%s", "");
	lint_begin(&l, &scratch);
	l.released = c->book->kind != CUT_RC;
	l.version = c->book->version;
	ret = lint_files(c, &l, e);
	for (i = 0; !ret && i < table_rows(l.table); i++)
		strbuf_addf(why, "%s%s:%d: %s: %s", i ? "; " : "", table_cell(l.table, i, 1)->s,
			    (int)table_cell(l.table, i, 2)->i, table_cell(l.table, i, 3)->s,
			    table_cell(l.table, i, 5)->s);
	if (!ret && why->len)
		ret = 1;
	report_free(&scratch.report);
	return ret;
}

static const struct check checks[] = {
	{"clock", true, true, true, ask_clock},
	{"commit", true, true, true, ask_commit},
	{"branch", false, true, false, ask_branch},
	{"new-branch", true, false, false, ask_new_branch},
	{"tree", false, true, false, ask_tree},
	{"tag", false, true, false, ask_tag},
	{"tags", true, true, true, ask_tags},
	{"key", false, true, true, ask_key},
	{"changelog", false, true, false, ask_changelog},
	{"lint", false, true, false, ask_lint},
	{"output", false, true, false, ask_output},
};

static const struct check *check_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (!strcmp(checks[i].name, name))
			return &checks[i];
	return NULL;
}

/* What a check asks, in words with this plan's names. */
static const char *describe(struct runbook *b, const char *name)
{
	struct arena *a = &b->arena;
	const char *branch = b->branch + strlen("refs/heads/");

	if (!strcmp(name, "clock"))
		return arena_printf(a, "today is within %d days of %s", CLOCK_DAYS, b->date);
	if (!strcmp(name, "commit"))
		return arena_printf(a, "commit %.12s is here", b->head);
	if (!strcmp(name, "branch"))
		return arena_printf(a, "%s is at %.12s", branch, b->head);
	if (!strcmp(name, "new-branch"))
		return arena_printf(a, "there is no branch %s", branch);
	if (!strcmp(name, "tree"))
		return "the work tree is clean, if the branch is checked out";
	if (!strcmp(name, "tag"))
		return arena_printf(a, "there is no tag %s", b->tag);
	if (!strcmp(name, "tags"))
		return arena_printf(a, "the tags of the series have not moved: %zu", b->tag_count);
	if (!strcmp(name, "key"))
		return arena_printf(a, "key %s can sign", b->key);
	if (!strcmp(name, "changelog"))
		return arena_printf(a, "%s has an open section, and none of this version",
				    b->changelog);
	if (!strcmp(name, "lint"))
		return "the files of the release have no finding of `lint`";
	return arena_printf(a, "nothing of the release is in %s", b->output);
}

void cut_add_checks(struct runbook *b)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct item item = {checks[i].name, NULL, false};

		if (b->kind == CUT_BRANCH ? !checks[i].branch : !checks[i].others)
			continue;
		if (!strcmp(item.name, "changelog") && !b->changelog)
			continue;
		item.what = describe(b, item.name);
		b->checks = mem_grow(b->checks, b->check_count, sizeof(*b->checks));
		b->checks[b->check_count++] = item;
	}
}

/* How a check stands, in words; that of the key is not asked where nothing is signed. */
static const char *standing(const struct cut *c, const struct check *check, int unmet,
			    const struct strbuf *why)
{
	if (unmet)
		return why->data;
	return c->dry && check->ask == ask_key && !is_signed(c) ? "asked when it is run" : "yes";
}

int cut_check(struct cut *c, bool resumed, size_t *unmet, struct err *e)
{
	const struct runbook *b = c->book;
	size_t i;

	*unmet = 0;
	c->step = "check";
	for (i = 0; i < b->check_count; i++) {
		const struct check *check = check_of(b->checks[i].name);
		struct strbuf why = {0};
		int ret;

		if (resumed && !check->resumed)
			continue;
		ret = check->ask(c, &why, e);
		if (ret >= 0)
			cut_say(c, "%s: %s: %s", check->name, b->checks[i].what,
				standing(c, check, ret, &why));
		*unmet += ret > 0;
		strbuf_free(&why);
		if (ret < 0)
			return -1;
	}
	return 0;
}

int cut_check_table(struct cut *c, struct table *t, size_t *unmet, struct err *e)
{
	const struct runbook *b = c->book;
	size_t i;

	*unmet = 0;
	for (i = 0; i < b->check_count; i++) {
		const struct check *check = check_of(b->checks[i].name);
		struct strbuf why = {0};
		int ret = check->ask(c, &why, e);

		if (ret >= 0) {
			cell_text(t, "%s", check->name);
			cell_text(t, "%s", b->checks[i].what);
			cell_text(t, "%s", standing(c, check, ret, &why));
		}
		*unmet += ret > 0;
		strbuf_free(&why);
		if (ret < 0)
			return -1;
	}
	return 0;
}
