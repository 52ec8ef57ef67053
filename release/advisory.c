// SPDX-License-Identifier: GPL-2.0-or-later
/* advisory: what became of each advisory on each branch and tag. */
#include "release/chain.h"
#include "release/export.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1U << 20)

struct advisory {
	struct rel rel;
	const struct advisory_opts *opts;
	struct chain chain;
};

/* The reason beside a state; an unknown one has it in its own cell. */
static void reason_cell(struct table *t, enum fate_state s, const char *why)
{
	if (s == FATE_UNKNOWN)
		cell_none(t);
	else
		cell_text(t, "%s", why);
}

/* --- show ---------------------------------------------------------------------------- */
static void show_branches(struct advisory *a, const struct record *r)
{
	static const struct column columns[] = {{"series", "Series"},
						{"state", "State"},
						{"reason", "Why"},
						{"fixed", "Fixed on"},
						{"tag", "First tag"},
						{"tagged", "Tagged on"},
						{"days", "Days from fix to tag"},
						{0}};
	struct report *rep = &a->rel.report;
	struct table *t =
		report_table(rep, arena_printf(&rep->arena, "branches-%u", r->number),
			     arena_printf(&rep->arena, "%s by branch", r->id), columns, NULL);
	size_t k;

	for (k = 0; k < a->chain.tracks.n; k++) {
		const struct fate *f = chain_fate(&a->chain, r, &a->chain.tracks.v[k]);
		int64_t tagged = f->first ? f->first->when : 0;

		cell_text(t, "%s", f->track->series);
		fate_cell(rep, t, f->state, f->why);
		reason_cell(t, f->state, f->why);
		cell_instant(t, f->fixed);
		if (f->first)
			cell_text(t, "%s", f->first->name);
		else
			cell_none(t);
		cell_instant(t, tagged);
		cell_span(t, f->fixed, tagged);
	}
}

static void show_commits(struct advisory *a, const struct record *r)
{
	static const struct column columns[] = {
		{"series", "Series"}, {"commit", "Commit"},   {"origin", "On the main branch"},
		{"how", "Found by"},  {"subject", "Subject"}, {0}};
	struct report *rep = &a->rel.report;
	struct table *t =
		report_table(rep, arena_printf(&rep->arena, "commits-%u", r->number),
			     arena_printf(&rep->arena, "Commits of %s", r->id), columns, NULL);
	size_t k, i;

	for (k = 0; k < a->chain.tracks.n; k++) {
		const struct fate *f = chain_fate(&a->chain, r, &a->chain.tracks.v[k]);

		for (i = 0; i < f->n; i++) {
			const struct fix *x = &f->v[i];

			cell_text(t, "%s", f->track->series);
			if (x->here)
				cell_text(t, "%s", rel_short(&a->rel, x->here->id));
			else
				cell_unknown(t, "none is found");
			if (x->main)
				cell_text(t, "%s", rel_short(&a->rel, x->main->id));
			else
				cell_none(t);
			cell_text(t, "%s", x->how);
			cell_short(t, x->here ? x->here->subject : x->main ? x->main->subject : "");
		}
	}
}

static int show(struct advisory *a, int argc, char **argv, struct err *e)
{
	struct report *rep = &a->rel.report;
	int i;

	rep->title = argc == 1 ? arena_strdup(&rep->arena, argv[0]) : "Advisories";
	for (i = 0; i < argc; i++) {
		const struct record *r = chain_record(&a->chain, record_number(argv[i]));

		if (!r)
			return err_fail(e, "%s: no advisory of this name: see `advisory matrix`",
					argv[i]);
		if (argc == 1) {
			report_fact(rep, "title", "Title", "%s", r->title ? r->title : "-");
			report_fact_day(rep, "published", "Published", r->published);
			if (r->aliases.n)
				report_fact(rep, "alias", "Also known as", "%s", r->aliases.v[0]);
		}
		show_branches(a, r);
		show_commits(a, r);
	}
	return 0;
}

/* --- matrix --------------------------------------------------------------------------- */
static const struct column *branch_columns(struct advisory *a)
{
	const struct tracks *ts = &a->chain.tracks;
	struct column *v = arena_alloc(&a->rel.report.arena, ts->n + 3, sizeof(*v));
	size_t k;

	v[0] = (struct column){"advisory", "Advisory"};
	v[1] = (struct column){"title", "Title"};
	for (k = 0; k < ts->n; k++)
		v[k + 2] = (struct column){ts->v[k].series, ts->v[k].series};
	v[ts->n + 2] = (struct column){0};
	return v;
}

static void matrix(struct advisory *a)
{
	struct report *rep = &a->rel.report;
	struct table *t = report_table(rep, "matrix", "Advisories by branch", branch_columns(a),
				       "The state at the head of each branch.");
	struct chart *c = report_chart(rep, "chart", "Advisories by branch", CHART_MATRIX, "",
				       "unknown is no pass.");
	size_t i, k, states[5] = {0};

	rep->title = "Advisories";
	for (i = 0; i < a->chain.records.n; i++) {
		const struct record *r = &a->chain.records.v[i];

		cell_text(t, "%s", r->id);
		if (r->title)
			cell_short(t, r->title);
		else
			cell_none(t);
		for (k = 0; k < a->chain.tracks.n; k++) {
			const struct fate *f = chain_fate(&a->chain, r, &a->chain.tracks.v[k]);
			struct mark *m =
				chart_add(c, r->id, fate_word(f->state), (double)k, (double)k);

			mark_text(c, m, "%s", f->track->series);
			if (f->state == FATE_INCOMPLETE) {
				report_finding(rep);
				cell_text(t, "%s", f->why);
			} else {
				fate_cell(rep, t, f->state, f->why);
			}
			states[f->state]++;
		}
	}
	report_fact_int(rep, "advisories", "Advisories", (int64_t)a->chain.records.n);
	for (i = 0; i < 5; i++)
		report_fact_int(rep, fate_word(i), fate_word(i), (int64_t)states[i]);
}

/* --- check ---------------------------------------------------------------------------- */
static const struct point *find_point(const struct advisory *a, const char *name,
				      const struct track **track)
{
	const struct tracks *ts = &a->chain.tracks;
	size_t k;

	for (k = 0; k < ts->n; k++) {
		*track = &ts->v[k];
		if (!strcmp(ts->v[k].series, name) || !strcmp(ts->v[k].branch, name))
			return &ts->v[k].head;
	}
	return tracks_tag(ts, name, track);
}

static void check_one(struct advisory *a, struct table *t, const struct fate *f,
		      const struct point *p, size_t *bad)
{
	const struct record *r = f->record;
	const char *why;
	enum fate_state s = chain_at(&a->chain, f, p, &why);
	bool later = p->when && r->published != DAY_NONE && r->published > day_of_instant(p->when);

	cell_text(t, "%s", r->id);
	cell_day(t, r->published);
	if (later && s != FATE_FIXED && s != FATE_NOT_AFFECTED) {
		/* Nobody could have known; the next release has to have it. */
		cell_text(t, "published later");
	} else {
		*bad += s != FATE_FIXED && s != FATE_NOT_AFFECTED;
		fate_cell(&a->rel.report, t, s, why);
	}
	reason_cell(t, s, why);
}

static int check(struct advisory *a, const char *name, struct err *e)
{
	static const struct column columns[] = {{"advisory", "Advisory"},
						{"published", "Published"},
						{"state", "State"},
						{"reason", "Why"},
						{0}};
	struct report *rep = &a->rel.report;
	const struct track *track = NULL;
	size_t i, bad = 0;
	const struct point *p = find_point(a, name, &track);
	struct table *t;

	if (!p)
		return err_fail(e, "%s: is no release tag of a stable branch, and no branch", name);
	rep->title = arena_printf(&rep->arena, "Security completeness of %s", name);
	if (p->when)
		report_fact_day(rep, "tagged", "Tagged", day_of_instant(p->when));
	t = report_table(rep, "advisories", "Advisories", columns,
			 "An advisory that was published after the tag is no finding.");
	for (i = 0; i < a->chain.records.n; i++)
		check_one(a, t, chain_fate(&a->chain, &a->chain.records.v[i], track), p, &bad);
	if (!a->chain.records.n) {
		report_note(rep, "unknown: there is no record in advisory.path.");
		report_undetermined(rep);
	}
	report_fact(rep, "gate", "Gate", "%s",
		    bad			 ? "fail"
		    : a->chain.records.n ? "pass"
					 : "cannot be determined");
	return 0;
}

/* --- import ---------------------------------------------------------------------------- */
static int import_one(struct advisory *a, struct table *t, const char *dir, const char *file,
		      struct err *e)
{
	struct arena *mem = &a->rel.report.arena;
	const char *tree = config_get(&a->rel.conf, "advisory.tree");
	struct file_data data = {0}, old = {0};
	struct record r = {0}, before = {0}, merged;
	autofree char *path = NULL;
	autofree char *text = NULL;
	const char *what = "new";
	struct json *j;
	int ret = file_read(file, FILE_MAX, &data, e);

	if (!ret)
		ret = record_parse(&r, (const char *)data.data, data.size, file, tree, mem, e);
	file_free(&data);
	if (ret)
		return ret;
	path = mem_printf("%s/xsa-%u.json", dir, r.number);
	merged = r;
	if (file_exists(path)) {
		ret = file_read(path, FILE_MAX, &old, e);
		if (!ret)
			ret = record_parse(&before, (const char *)old.data, old.size, path, tree,
					   mem, e);
		if (ret) {
			file_free(&old);
			return ret;
		}
		record_merge(&merged, &before, &r, mem);
	}
	if (record_conflict(&merged, path, e) < 0) {
		file_free(&old);
		return -1;
	}
	j = record_json(&merged);
	text = json_text(j);
	json_unref(j);
	if (old.data)
		what = old.size == strlen(text) && !memcmp(old.data, text, old.size) ? "the same"
										     : "updated";
	file_free(&old);
	cell_text(t, "%s", r.id);
	cell_text(t, "%s", what);
	cell_text(t, "%s", file);
	return strcmp(what, "the same") ? file_write(path, text, strlen(text), 0644, e) : 0;
}

static int import(struct advisory *a, int argc, char **argv, struct err *e)
{
	static const struct column columns[] = {
		{"advisory", "Advisory"}, {"state", "State"}, {"file", "From"}, {0}};
	autofree char *path = chain_folder(&a->rel.conf, e);
	struct table *t;
	int i, ret = 0;

	if (!path)
		return -1;
	a->rel.report.title = "Advisories imported";
	t = report_table(&a->rel.report, "imported", "Advisories", columns, NULL);
	ret = dir_make(path, e);
	for (i = 0; !ret && i < argc; i++)
		ret = import_one(a, t, path, argv[i], e);
	return ret;
}

/* --- export ------------------------------------------------------------------------------ */
static int export_one(struct advisory *a, const char *form, const struct record *r, struct err *e)
{
	struct json *j =
		!strcmp(form, "osv") ? export_osv(&a->chain, r, e) : export_csaf(&a->chain, r, e);
	autofree char *text = j ? json_text(j) : NULL;
	autofree char *path = NULL;

	json_unref(j);
	if (!text)
		return -1;
	if (!a->opts->output) {
		fputs(text, stdout);
		return 0;
	}
	/* Names as CSAF 2.0 (section 5.1) wants them. */
	path = mem_printf("%s/xsa-%u.json", a->opts->output, r->number);
	return file_write(path, text, strlen(text), 0644, e);
}

static int export(struct advisory *a, int argc, char **argv, struct err *e)
{
	size_t i;
	int k, ret = 0;

	if (strcmp(argv[0], "osv") != 0 && strcmp(argv[0], "csaf") != 0)
		return err_set(e, ERR_USAGE, "export %s: no such form: osv or csaf", argv[0]);
	if (argc != 2 && !a->opts->output)
		return err_set(e, ERR_USAGE, "name one advisory, or a folder with --output");
	if (a->opts->output && dir_make(a->opts->output, e) < 0)
		return -1;
	for (k = 1; !ret && k < argc; k++) {
		const struct record *r = chain_record(&a->chain, record_number(argv[k]));

		ret = r ? export_one(a, argv[0], r, e)
			: err_fail(e, "%s: no advisory of this name: see `advisory matrix`",
				   argv[k]);
	}
	for (i = 0; !ret && argc == 1 && i < a->chain.records.n; i++)
		ret = export_one(a, argv[0], &a->chain.records.v[i], e);
	return ret < 0 ? ret : 1;
}

/* --- the verbs ---------------------------------------------------------------------------- */
static int dispatch(struct advisory *a, int argc, char **argv, struct err *e)
{
	const char *what = argc ? argv[0] : "";

	if (!strcmp(what, "import") && argc > 1)
		return import(a, argc - 1, argv + 1, e);
	if ((strcmp(what, "show") || argc < 2) && strcmp(what, "matrix") &&
	    (strcmp(what, "check") || argc != 2) && (strcmp(what, "export") || argc < 2))
		return err_set(e, ERR_USAGE,
			       "one of: import FILE..., show XSA-N..., matrix, check TAG, "
			       "export osv|csaf [XSA-N...]");
	if (chain_load(&a->chain, &a->rel, e) < 0)
		return -1;
	if (!strcmp(what, "show"))
		return show(a, argc - 1, argv + 1, e);
	if (!strcmp(what, "check"))
		return check(a, argv[1], e);
	if (!strcmp(what, "export"))
		return export(a, argc - 1, argv + 1, e);
	matrix(a);
	return 0;
}

int advisory_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct advisory a = {.opts = opts};
	bool local = argc && !strcmp(argv[0], "import");
	int ret = rel_begin(&a.rel, cli, &a.opts->rel, local ? 0 : REL_HISTORY);

	if (!ret)
		ret = dispatch(&a, argc, argv, &cli->err);
	ret = rel_end(&a.rel, ret);
	chain_free(&a.chain);
	return ret;
}
