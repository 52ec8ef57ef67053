// SPDX-License-Identifier: GPL-2.0-or-later
/* schedule: dates from rules, checks of those that stand, calendar and reminders. */
#include "release/ical.h"
#include "release/plan.h"
#include "release/rel.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const struct column plan_columns[] = {{"series", "Series"},
					     {"milestone", "Milestone"},
					     {"date", "Date"},
					     {"weekday", "Day"},
					     {"week", "Weeks from start"},
					     {"rule", "Rule"},
					     {0}};

static void add_chart(struct rel *r, const struct plan *plans, size_t n)
{
	struct chart *c = report_chart(&r->report, "gantt", "Schedule", CHART_GANTT, "days",
				       "Diamonds: milestones. Red: today.");
	char name[VERSION_LEN];
	size_t i, k;

	c->today = r->today;
	for (i = 0; i < n; i++) {
		const struct plan *p = &plans[i];

		version_series(&p->version, name);
		for (k = 0; k < p->n; k++) {
			autofree char *row = mem_printf("%s %s", name, p->v[k].name);
			int32_t end = k + 1 < p->n ? p->v[k + 1].day : p->v[k].day;
			char day[DATE_LEN];
			struct mark *m;

			if (k + 1 < p->n)
				chart_add(c, row, "until the next", p->v[k].day, end);
			m = chart_add(c, row, "milestone", p->v[k].day, p->v[k].day);
			m->point = true;
			if (k + 1 == p->n)
				mark_text(c, m, "%s", day_text(p->v[k].day, day));
		}
	}
}

static void add_rows(struct table *t, const struct plan *p)
{
	int32_t start = plan_day(p, "start");
	char name[VERSION_LEN];
	size_t i;

	for (i = 0; i < p->n; i++) {
		cell_text(t, "%s", version_series(&p->version, name));
		cell_text(t, "%s", p->v[i].name);
		cell_day(t, p->v[i].day);
		cell_text(t, "%s", weekday_name(day_weekday(p->v[i].day)));
		cell_real(t, (p->v[i].day - (start != DAY_NONE ? start : p->v[0].day)) / 7.0);
		cell_text(t, "%s", p->v[i].why ? p->v[i].why : "settings");
	}
}

/* The stanza to put into release.conf once a person has decided. */
static void print_conf(const struct plan *p)
{
	char name[VERSION_LEN];
	char day[DATE_LEN];
	size_t i;

	printf("[cycle \"%s\"]\n", version_series(&p->version, name));
	for (i = 0; i < p->n; i++)
		printf("\t%s = %s\n", p->v[i].name, day_text(p->v[i].day, day));
}

/* All dates of a plan; -1: one that no calendar holds. */
static int add_events(struct rel *r, struct calendar *c, const struct plan *p, struct err *e)
{
	const char *project = config_get(&r->conf, "project.name");
	char name[VERSION_LEN], day[DATE_LEN];
	size_t k;

	version_series(&p->version, name);
	for (k = 0; k < p->n; k++) {
		const char *what = p->v[k].name;
		autofree char *id = mem_printf("%s-%s-%s", project, name, what);
		autofree char *summary = mem_printf("%s %s: %s", project, name, what);

		if (!calendar_add(c, id, summary, p->v[k].day))
			return err_fail(
				e,
				"%s of %s, %s: a calendar holds no date, and none of today, "
				"after the year 3000",
				what, name, day_text(p->v[k].day, day));
	}
	return 0;
}

static int print_ics(struct rel *r, const struct plan *plans, size_t n, struct err *e)
{
	autofree char *title = mem_printf("%s releases", config_get(&r->conf, "project.name"));
	struct calendar *c = calendar_new(title, config_get(&r->conf, "project.domain"), r->today);
	int ret = 0;
	char *text;
	size_t i;

	for (i = 0; i < n && !ret; i++)
		ret = add_events(r, c, &plans[i], e);
	text = calendar_text(c);
	if (!ret)
		fputs(text, stdout);
	free(text);
	return ret ? ret : 1;
}

static void show(struct rel *r, const struct plan *plans, size_t n)
{
	struct table *t = report_table(&r->report, "plan", "Dates", plan_columns, NULL);
	size_t i;

	for (i = 0; i < n; i++)
		add_rows(t, &plans[i]);
	add_chart(r, plans, n);
}

static int run_new(struct rel *r, const struct schedule_opts *o, const char *version, struct err *e)
{
	struct version v;
	struct plan p = {0};
	int32_t start;
	char name[VERSION_LEN];
	int ret = 0;

	if (!version || !version_parse(version, &v) || v.rc || v.n != 2)
		return err_set(e, ERR_USAGE, "%s: not a series: write such as 4.10",
			       version ? version : "schedule new");
	if (!o->start || !day_parse(o->start, &start))
		return err_set(e, ERR_USAGE,
			       "--start: the first day of development, as YYYY-MM-DD");
	ret = plan_make(&p, &r->conf, &v, start, e);
	if (!ret && r->format == FORMAT_CONF) {
		print_conf(&p);
		ret = 1;
	} else if (!ret && r->format == FORMAT_ICS) {
		ret = print_ics(r, &p, 1, e);
	} else if (!ret) {
		r->report.title = arena_printf(&r->report.arena, "Proposed schedule of %s %s",
					       config_get(&r->conf, "project.name"),
					       version_series(&v, name));
		show(r, &p, 1);
		report_note(&r->report,
			    "A proposal: a person decides. --format conf prints the lines for "
			    "the settings.");
	}
	plan_free(&p);
	return ret;
}

/* --- check ------------------------------------------------------------------ */
static void finding(struct rel *r, struct table *t, const char *series, const char *what,
		    const char *wrong)
{
	cell_text(t, "%s", series);
	cell_text(t, "%s", what);
	cell_text(t, "%s", wrong);
	report_finding(&r->report);
}

static void check_days(struct rel *r, struct table *t, const struct plan *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		const char *off = plan_holiday(&r->conf, p->v[i].day);

		if (off)
			finding(r, t, name, p->v[i].name,
				arena_printf(&r->report.arena, "falls on %s", off));
		else if (day_weekday(p->v[i].day) > 4)
			finding(r, t, name, p->v[i].name, "falls on a weekend");
	}
}

/* Where a milestone has its place in a cycle: 0 for names that may stand anywhere. */
static unsigned int rank_of(const char *name)
{
	static const char *const first[] = {"start", "last-posting", "freeze"};
	unsigned int i, n;

	for (i = 0; i < sizeof(first) / sizeof(*first); i++)
		if (!strcmp(name, first[i]))
			return i + 1;
	if (!strcmp(name, "release"))
		return UINT_MAX;
	n = plan_candidate(name);
	return n ? i + n : 0;
}

static int by_rank(const void *a, const void *b)
{
	unsigned int x = rank_of(((const struct milestone *)a)->name);
	unsigned int y = rank_of(((const struct milestone *)b)->name);

	return x < y ? -1 : x > y;
}

static void check_order(struct rel *r, struct table *t, const struct plan *p, const char *name)
{
	static const char *const ends[] = {"start", "release"};
	struct milestone *v = mem_zalloc(p->n + 1, sizeof(*v));
	const struct milestone *before = NULL;
	size_t i;

	for (i = 0; i < 2; i++)
		if (plan_day(p, ends[i]) == DAY_NONE)
			finding(r, t, name, ends[i], "has no date");
	for (i = 0; i < p->n; i++)
		v[i] = p->v[i];
	qsort(v, p->n, sizeof(*v), by_rank);
	for (i = 0; i < p->n; i++) {
		if (!rank_of(v[i].name))
			continue;
		if (before && v[i].day <= before->day)
			finding(r, t, name, v[i].name,
				arena_printf(&r->report.arena, "does not come after %s",
					     before->name));
		before = &v[i];
	}
	free(v);
}

/*
 * Two series overlap when one begins before the first candidate of the other, which began
 * earlier. Versions say nothing of that: the lower one may be the later.
 */
static void check_pair(struct rel *r, struct table *t, const struct plan *a, const struct plan *b,
		       const char *name)
{
	const char *until = plan_day(a, "rc1") != DAY_NONE ? "rc1" : "release";
	int32_t busy = plan_day(a, until);
	int32_t from = plan_day(a, "start");
	int32_t start = plan_day(b, "start");
	char other[VERSION_LEN];

	if (start == DAY_NONE || from == DAY_NONE || busy == DAY_NONE || start >= busy ||
	    start < from || (start == from && a > b))
		return;
	finding(r, t, name, "start",
		arena_printf(&r->report.arena, "overlaps %s, which is in development until its %s",
			     version_series(&a->version, other), until));
}

static bool is_planned(const struct plan *all, size_t n, unsigned int major, unsigned int minor)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (all[i].version.part[0] == major && all[i].version.part[1] == minor)
			return true;
	return false;
}

/* 4.1 where 4.10 has its place is what a tool makes of it that takes it for a number. */
static bool is_float(const struct plan *all, size_t n, const struct version *v,
		     const struct version *after)
{
	unsigned int meant = v->part[1] * 10;

	return v->part[1] && v->part[1] < 10 && v->part[0] == after->part[0] &&
	       after->part[1] + 2 >= meant && after->part[1] <= meant + 2 &&
	       !is_planned(all, n, v->part[0], meant);
}

/* A lower version after a higher one; of several the one that tells why. */
static void check_versions(struct rel *r, struct table *t, const struct plan *all, size_t n,
			   const struct plan *p, const char *name)
{
	const struct version *after = NULL;
	char other[VERSION_LEN];
	bool meant = false;
	size_t k;

	for (k = 0; k < n && !meant; k++) {
		const struct version *v = &all[k].version;

		if (version_cmp(v, &p->version) <= 0 ||
		    plan_day(p, "start") <= plan_day(&all[k], "start") ||
		    plan_day(&all[k], "start") == DAY_NONE)
			continue;
		meant = is_float(all, n, &p->version, v);
		if (!after || meant)
			after = v;
	}
	if (after)
		finding(r, t, name, "version",
			arena_printf(
				&r->report.arena,
				meant ? "is planned after %s though it is lower: was %s0 meant?"
				      : "is planned after %s though it is lower",
				version_series(after, other), name));
}

static int by_version(const void *a, const void *b)
{
	return version_cmp(&((const struct plan *)a)->version, &((const struct plan *)b)->version);
}

static void run_check(struct rel *r, const struct plan *plans, size_t n)
{
	static const struct column columns[] = {
		{"series", "Series"}, {"milestone", "Milestone"}, {"finding", "Finding"}, {0}};
	struct table *t;
	char name[VERSION_LEN];
	size_t i, k;

	r->report.title = arena_printf(&r->report.arena, "Schedules of %s",
				       config_get(&r->conf, "project.name"));
	show(r, plans, n);
	t = report_table(&r->report, "findings", "Findings", columns, NULL);
	for (i = 0; i < n; i++) {
		version_series(&plans[i].version, name);
		check_order(r, t, &plans[i], name);
		check_days(r, t, &plans[i], name);
		check_versions(r, t, plans, n, &plans[i], name);
		for (k = 0; k < n; k++)
			if (k != i)
				check_pair(r, t, &plans[k], &plans[i], name);
	}
	report_fact_int(&r->report, "findings", "Findings", (int64_t)table_rows(t));
}

/* --- remind ----------------------------------------------------------------- */
static void draft(struct rel *r, const struct plan *p, const struct milestone *m)
{
	const char *project = config_get(&r->conf, "project.name");
	int32_t left = m->day - r->today;
	struct strbuf b = {0};
	char name[VERSION_LEN], words[DATE_LEN], day[DATE_LEN];
	autofree char *key = mem_printf("%s-%s", version_series(&p->version, name), m->name);
	size_t i;

	strbuf_addf(&b, "To: %s\nSubject: [%s %s] %s in %d days, on %s\n\n",
		    config_get(&r->conf, "project.mailto"), project, name, m->name, (int)left,
		    day_text(m->day, day));
	strbuf_addf(&b, "Hello,\n\nthe next date of %s %s is %s: %s, %s.\n\nThe schedule:\n\n",
		    project, name, m->name, weekday_name(day_weekday(m->day)),
		    day_words(m->day, words));
	for (i = 0; i < p->n; i++)
		strbuf_addf(&b, "  %s %-14s %s%s\n", &p->v[i] == m ? "*" : " ", p->v[i].name,
			    day_text(p->v[i].day, day), p->v[i].day < r->today ? "  (past)" : "");
	strbuf_adds(
		&b,
		"\nIf something that you own will not make it, please say so on the list now.\n");
	report_text(&r->report, key, NULL, b.data);
	strbuf_free(&b);
}

static int run_remind(struct rel *r, const struct plan *plans, size_t n, struct err *e)
{
	const char *days;
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < plans[i].n; k++) {
			size_t at = 0;
			bool due = false;

			while ((days = config_next(&r->conf, "schedule.remind", &at))) {
				char *end;
				long left = strtol(days, &end, 10);

				if (end == days || *end)
					return err_fail(
						e, "schedule.remind = %s: not a number of days",
						days);
				due |= plans[i].v[k].day - r->today == left;
			}
			if (due)
				draft(r, &plans[i], &plans[i].v[k]);
		}
	}
	if (r->format != FORMAT_TEXT)
		r->report.title = "Reminders, as drafts";
	if (!r->report.section_count)
		report_note(&r->report,
			    "No reminder is due today (schedule.remind: days before a date).");
	return 0;
}

static int read_plans(struct rel *r, struct plan **plans, size_t *n, struct err *e)
{
	const char **names = config_subs(&r->conf, "cycle", n);
	size_t i;
	int ret = 0;

	*plans = mem_zalloc(*n + 1, sizeof(**plans));
	for (i = 0; i < *n && !ret; i++)
		ret = plan_read(&(*plans)[i], &r->conf, names[i], e);
	free(names);
	qsort(*plans, *n, sizeof(**plans), by_version);
	if (!ret && !*n)
		ret = err_fail(
			e, "settings: no [cycle \"X.Y\"] with dates: `schedule new` proposes some");
	return ret;
}

static int run_plans(struct rel *r, const char *what, struct err *e)
{
	struct plan *plans = NULL;
	size_t n, i;
	int ret = read_plans(r, &plans, &n, e);

	if (!ret && !strcmp(what, "ics") && r->opts->format && r->format != FORMAT_ICS)
		ret = err_set(
			e, ERR_USAGE,
			"schedule ics --format %s: it prints a calendar: schedule check prints "
			"the dates in other formats",
			r->opts->format);
	else if (!ret && (!strcmp(what, "ics") || r->format == FORMAT_ICS)) {
		ret = print_ics(r, plans, n, e);
	} else if (!ret && !strcmp(what, "remind")) {
		ret = run_remind(r, plans, n, e);
	} else if (!ret) {
		run_check(r, plans, n);
	}
	for (i = 0; i < n; i++)
		plan_free(&plans[i]);
	free(plans);
	return ret;
}

int schedule_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct schedule_opts *o = opts;
	const char *what = argc ? argv[0] : "";
	int ret = rel_begin(&r, cli, &o->rel, 0);

	if (!ret && !strcmp(what, "new") && argc <= 2)
		ret = run_new(&r, o, argv[1], &cli->err);
	else if (!ret && argc == 1 &&
		 (!strcmp(what, "check") || !strcmp(what, "ics") || !strcmp(what, "remind")))
		ret = run_plans(&r, what, &cli->err);
	else if (!ret)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one of: new X.Y --start DATE, check, ics, remind");
	return rel_end(&r, ret);
}
