// SPDX-License-Identifier: GPL-2.0-or-later
/* run: does what a plan says, or says what it would do. */
#include "release/cut.h"
#include "release/tags.h"

#include <stdlib.h>
#include <string.h>

static int check_options(const struct cut *c, const struct run_opts *o, struct err *e)
{
	const struct runbook *b = c->book;
	struct strbuf names = {0};
	size_t i;
	int ret = 0;

	for (i = 0; i < b->step_count; i++)
		strbuf_addf(&names, "%s%s", i ? ", " : "", b->steps[i].name);
	if (o->until && !cut_has_step(b, o->until))
		ret = err_set(e, ERR_USAGE, "--until %s: no such step: one of %s", o->until,
			      names.data);
	strbuf_free(&names);
	if (!ret && o->go && (!*o->go || strlen(o->go) != strcspn(o->go, "\n\r\t\033")))
		ret = err_set(e, ERR_USAGE, "--go: give your name");
	if (!ret && c->log.n && !o->resume)
		ret = err_set(e, ERR_STATE, "%s: a run of it has begun: go on with --resume",
			      c->plan);
	return ret;
}

/* --- a plan is held to itself ------------------------------------------------------------ */
static int not_itself(struct cut *c, const char *what, struct err *e)
{
	return err_fail(e, "%s: %s: the plan was changed by hand: make a new one", c->plan, what);
}

/* The list is the one that this program makes; a step may be manual that is not so by nature. */
static int hold_list(struct cut *c, const char *what, const struct item *list, size_t n,
		     const struct item *own, size_t own_count, struct err *e)
{
	size_t i;

	for (i = 0; i < n || i < own_count; i++)
		if (i == n || i == own_count || strcmp(list[i].name, own[i].name) != 0 ||
		    (own[i].manual && !list[i].manual))
			return not_itself(c, what, e);
	return 0;
}

/* Preconditions and steps have to be all those of its kind; from here on the words are ours. */
static int hold_lists(struct cut *c, struct err *e)
{
	struct runbook *b = c->book;
	const struct runbook plan = *b;
	size_t i;
	int ret;

	b->checks = b->steps = NULL;
	b->check_count = b->step_count = 0;
	cut_add_checks(b);
	cut_add_steps(b, &c->files);
	ret = hold_list(c, "its preconditions are not those of such a plan", plan.checks,
			plan.check_count, b->checks, b->check_count, e);
	if (!ret)
		ret = hold_list(c, "its steps are not those of such a plan", plan.steps,
				plan.step_count, b->steps, b->step_count, e);
	for (i = 0; !ret && i < b->step_count; i++)
		b->steps[i].manual = plan.steps[i].manual;
	free(plan.checks);
	free(plan.steps);
	return ret;
}

/* Version, tag and commit of the plan belong together. */
static int hold_plan(struct cut *c, struct err *e)
{
	const struct runbook *b = c->book;
	struct version v;

	if (b->tag && (!tag_version(c->rel, b->tag, &v) || version_cmp(&v, &b->version) != 0))
		return not_itself(c, "its tag is not that of its version", e);
	if (!c->files.n && strcmp(b->commit, b->head) != 0)
		return not_itself(c, "no file is edited, but its commit is not its head", e);
	return hold_lists(c, e);
}

/* What the plan stands on, before anything is read from there. */
static int open_files(struct cut *c, struct err *e)
{
	const struct runbook *b = c->book;

	if (git_commit_date(c->rel->git, b->head) < 0)
		return err_set(e, ERR_STATE,
			       "%.12s: the commit of the plan is not here: fetch it, or name the "
			       "right repository with -C",
			       b->head);
	if (c->dry && git_keep_nothing(c->rel->git, e))
		return -1;
	return cut_files_make(&c->files, c->rel->git, b, e) ? -1 : hold_plan(c, e);
}

static int go_on(struct cut *c, const struct run_opts *o, struct err *e)
{
	size_t unmet = 0;
	int ret;

	if (c->log.n && cut_unchanged(c, e))
		return -1;
	if (cut_check(c, c->log.n > 0, &unmet, e))
		return -1;
	if (!unmet)
		ret = cut_steps(c, o->until, o->go, e);
	else
		ret = 1;
	if (unmet)
		cut_say(c, "%zu of the preconditions do not hold: nothing was done", unmet);
	if (ret > 0)
		report_finding(&c->rel->report);
	return ret;
}

static int run_plan(struct rel *r, const struct run_opts *o, const char *path, struct err *e)
{
	struct cut c = {.rel = r, .plan = path, .dry = o->dry, .log = {.lock = -1}};
	struct runbook b = {0};
	struct file_data f = {0};
	autofree char *dir = path_dir(path);
	int ret = file_read(path, RUNBOOK_MAX, &f, e);

	c.book = &b;
	if (!ret)
		ret = runbook_parse(&b, (const char *)f.data, f.size, path, e);
	if (!ret) {
		c.out = path_join(strcmp(dir, ".") ? dir : "", b.output ? b.output : "");
		ret = relog_open(&c.log, path, f.data, f.size, o->dry, e);
	}
	if (!ret)
		ret = check_options(&c, o, e);
	if (!ret)
		ret = open_files(&c, e);
	if (!ret)
		ret = go_on(&c, o, e);
	relog_close(&c.log);
	cut_files_free(&c.files);
	strbuf_free(&c.tar);
	free(c.out);
	runbook_free(&b);
	file_free(&f);
	return ret;
}

int run_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct run_opts *o = opts;
	int ret = rel_begin(&r, cli, &o->rel, REL_GIT);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE, "one plan is needed: `plan` makes it");
	if (!ret && r.format != FORMAT_TEXT)
		ret = err_set(&cli->err, ERR_USAGE,
			      "--format: a run says what it does line by line, as text; the "
			      "journal is JSON");
	if (!ret)
		ret = run_plan(&r, o, argv[0], &cli->err);
	/* All was said already. */
	return rel_end(&r, ret < 0 ? ret : 1);
}
