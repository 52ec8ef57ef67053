// SPDX-License-Identifier: GPL-2.0-or-later
/* plan: pins all that a release stands on and lists what will be done. */
#include "release/cut.h"

#include <stdlib.h>
#include <string.h>

static void show_facts(struct report *r, const struct runbook *b)
{
	r->title = arena_printf(&r->arena, "Plan of %s %s", b->project, b->version_text);
	report_fact(r, "kind", "Kind", "%s", cut_kind_name(b->kind));
	report_fact(r, "version", "Version", "%s", b->version_text);
	report_fact(r, "branch", "Branch", "%s", b->branch + strlen("refs/heads/"));
	report_fact(r, "head", "Stands on", "%s", b->head);
	report_fact(r, "date", "Date", "%s", b->date);
	report_fact(r, "by", "By", "%s <%s>", b->by.name, b->by.mail);
	if (b->kind == CUT_BRANCH)
		return;
	report_fact(r, "tag", "Tag", "%s", b->tag);
	report_fact(r, "commit", "At commit", "%s", b->commit);
	report_fact(r, "key", "Key", "%s", b->key);
	report_fact(r, "output", "Output", "%s", b->output);
}

static int show_checks(struct cut *c, struct err *e)
{
	static const struct column columns[] = {
		{"name", "Precondition"}, {"what", "What has to hold"}, {"now", "Now"}, {0}};
	struct report *r = &c->rel->report;
	struct table *t = report_table(r, "preconditions", "Preconditions", columns,
				       "Asked again by the run, which changes nothing unless all "
				       "hold.");
	size_t unmet;

	if (cut_check_table(c, t, &unmet, e))
		return -1;
	if (unmet)
		report_finding(r);
	return 0;
}

static void show_steps(struct report *r, const struct runbook *b)
{
	static const struct column columns[] = {
		{"name", "Step"}, {"mode", "Mode"}, {"what", "What is done"}, {0}};
	struct table *t = report_table(r, "steps", "Steps", columns, NULL);
	size_t i;

	for (i = 0; i < b->step_count; i++) {
		cell_text(t, "%s", b->steps[i].name);
		cell_text(t, "%s", b->steps[i].manual ? "manual" : "auto");
		cell_text(t, "%s", b->steps[i].what);
	}
}

static int show(struct rel *r, struct runbook *b, const char *path, struct err *e)
{
	autofree char *dir = path_dir(path);
	struct cut c = {.rel = r, .book = b, .plan = path, .dry = true, .quiet = true};
	int ret;

	c.out = path_join(strcmp(dir, ".") ? dir : "", b->output ? b->output : "");
	ret = cut_files_make(&c.files, r->git, b, e);
	show_facts(&r->report, b);
	if (!ret)
		ret = show_checks(&c, e);
	show_steps(&r->report, b);
	report_note(&r->report,
		    "Read the plan, then see what it does: xsplice-release run %s "
		    "--dry-run",
		    path);
	cut_files_free(&c.files);
	free(c.out);
	return ret;
}

static int write_plan(const struct runbook *b, const char *path, struct err *e)
{
	autofree char *journal = mem_printf("%s.journal", path);
	autofree char *text = runbook_text(b);

	if (file_exists(journal))
		return err_set(e, ERR_STATE, "%s: a run of this plan has begun: name another file",
			       path);
	return file_write(path, text, strlen(text), 0644, e);
}

int plan_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct plan_opts *o = opts;
	struct runbook b = {0};
	enum cut_kind kind = CUT_RC;
	int ret = rel_begin(&r, cli, &o->rel, REL_GIT);

	if (!ret && (argc != 2 || !cut_kind_parse(argv[0], &kind)))
		ret = err_set(&cli->err, ERR_USAGE,
			      "one of rc, release, point, branch and a version are needed");
	if (!ret && !o->output)
		ret = err_set(&cli->err, ERR_USAGE, "--output is needed: the file for the plan");
	if (!ret)
		ret = runbook_make(&b, &r, kind, argv[1], o->branch, &cli->err);
	if (!ret)
		ret = write_plan(&b, o->output, &cli->err);
	if (!ret)
		ret = show(&r, &b, o->output, &cli->err);
	ret = rel_end(&r, ret);
	runbook_free(&b);
	return ret;
}
