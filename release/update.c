// SPDX-License-Identifier: GPL-2.0-or-later
/* update: the development update, as a mail, a list and a road map page. */
#include "release/feature.h"
#include "release/plan.h"
#include "release/rel.h"
#include "release/tally.h"

#include <stdlib.h>
#include <string.h>

struct update {
	struct rel rel;
	const struct update_opts *opts;
	struct range range;
	struct features features;
	struct history h;
	struct plan plan; /* of the series in development */
	struct tally areas, verdicts;
};

static const char *kept(struct update *u, const char *text)
{
	return arena_strdup(&u->rel.report.arena, text);
}

/* What became of a feature, in one or two words; @why: the evidence. Unknown: NULL. */
static const char *verdict(struct update *u, const struct feature *f, const char **why)
{
	int32_t last = plan_day(&u->plan, "last-posting");
	int32_t freeze = last != DAY_NONE ? last : plan_day(&u->plan, "freeze");
	char day[DATE_LEN];

	*why = "";
	if (f->state == STATE_EXTERNAL)
		return "external";
	if (f->commits) {
		*why = arena_printf(&u->rel.report.arena, "%zu commit%s, the last %.12s of %s",
				    f->commits, f->commits == 1 ? "" : "s", f->last->id,
				    day_text(day_of_instant(f->last->committed), day));
		if (f->reverted == f->commits)
			return "reverted";
		if (f->reverted > f->back)
			return "partly reverted";
		if (f->touched)
			return "landed again";
		return f->state == STATE_DONE ? "landed" : "partly landed";
	}
	if (f->state == STATE_UPCOMING)
		return "upcoming";
	if (!f->term_count)
		*why = "it has no query";
	else if (f->state == STATE_DONE)
		*why = "said to be done, but its query finds nothing";
	else if (freeze == DAY_NONE)
		return "in progress";
	else
		return u->rel.today > freeze ? "slipped" : "in progress";
	return NULL;
}

static void add_row(struct update *u, struct table *t, const struct feature *f)
{
	const char *why;
	const char *word = verdict(u, f, &why);

	tally_at(&u->verdicts, word ? word : "unknown")->n++;
	cell_text(t, "%s", f->name);
	if (f->owner)
		cell_text(t, "%s", f->owner);
	else
		cell_none(t);
	cell_text(t, "%s", feature_state_name(f->state));
	if (word) {
		cell_text(t, "%s", word);
		cell_text(t, "%s", why);
	} else {
		cell_unknown(t, "%s", why);
		cell_none(t);
		report_undetermined(&u->rel.report);
	}
	if (f->thread)
		cell_text(t, "%s", f->thread);
	else
		cell_none(t);
	if (f->note)
		cell_text(t, "%s", f->note);
	else
		cell_none(t);
}

static void show_tables(struct update *u)
{
	static const struct column columns[] = {{"feature", "Feature"},	  {"owner", "Owner"},
						{"state", "Said"},	  {"verdict", "Found"},
						{"evidence", "Evidence"}, {"thread", "Thread"},
						{"note", "Note"},	  {0}};
	struct report *r = &u->rel.report;
	size_t a, i;

	for (a = 0; a < u->areas.n; a++) {
		struct table *t =
			report_table(r, u->areas.v[a].name, u->areas.v[a].name, columns, NULL);

		for (i = 0; i < u->features.n; i++)
			if (!strcmp(u->features.v[i].area, u->areas.v[a].name))
				add_row(u, t, &u->features.v[i]);
	}
}

static void mail_feature(struct update *u, struct strbuf *b, const struct feature *f)
{
	const char *why;
	const char *word = verdict(u, f, &why);

	tally_at(&u->verdicts, word ? word : "unknown")->n++;
	strbuf_addf(b, "  * %s%s%s%s\n", f->name, f->owner ? " (" : "", f->owner ? f->owner : "",
		    f->owner ? ")" : "");
	if (word)
		strbuf_addf(b, "      %s%s%s\n", word, *why ? ": " : "", why);
	else
		strbuf_addf(b, "      unknown: %s\n", why);
	if (!word)
		report_undetermined(&u->rel.report);
	if (f->note)
		strbuf_addf(b, "      %s\n", f->note);
	if (f->thread)
		strbuf_addf(b, "      %s\n", f->thread);
}

static void mail_plan(struct update *u, struct strbuf *b)
{
	char day[DATE_LEN];
	size_t i;

	if (u->plan.n)
		strbuf_adds(b, "\n== Timeline ==\n\n");
	for (i = 0; i < u->plan.n; i++)
		strbuf_addf(b, "  %-14s %s%s\n", u->plan.v[i].name, day_text(u->plan.v[i].day, day),
			    u->plan.v[i].day <= u->rel.today ? "  (past)" : "");
}

static void show_mail(struct update *u, const char *series)
{
	struct strbuf b = {0};
	const char *project = config_get(&u->rel.conf, "project.name");
	char day[DATE_LEN];
	size_t a, i;

	strbuf_addf(&b, "To: %s\nSubject: %s %s development update, %s\n\n",
		    config_get(&u->rel.conf, "project.mailto"), project, series,
		    day_text(u->rel.today, day));
	strbuf_addf(&b,
		    "This is what is known of the features of %s %s. Where a line is wrong or\n"
		    "something is missing, please answer to this mail.\n",
		    project, series);
	mail_plan(u, &b);
	for (a = 0; a < u->areas.n; a++) {
		strbuf_addf(&b, "\n== %s ==\n\n", u->areas.v[a].name);
		for (i = 0; i < u->features.n; i++)
			if (!strcmp(u->features.v[i].area, u->areas.v[a].name))
				mail_feature(u, &b, &u->features.v[i]);
	}
	report_text(&u->rel.report, "mail", NULL, b.data);
	strbuf_free(&b);
}

/* The series whose development began last, as of today. */
static int find_plan(struct update *u, struct err *e)
{
	size_t n, i;
	const char **names = config_subs(&u->rel.conf, "cycle", &n);
	int32_t best = DAY_NONE;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		struct plan p = {0};
		int32_t start;

		ret = plan_read(&p, &u->rel.conf, names[i], e);
		start = plan_day(&p, "start");
		if (!ret && (u->opts->series ? !strcmp(u->opts->series, names[i])
					     : start != DAY_NONE && start <= u->rel.today &&
						       start > best)) {
			plan_free(&u->plan);
			u->plan = p;
			best = start;
		} else {
			plan_free(&p);
		}
	}
	free(names);
	if (!ret && u->opts->series && !u->plan.n)
		ret = err_set(e, ERR_USAGE, "--series %s: the settings have no such [cycle]",
			      u->opts->series);
	return ret;
}

static int load(struct update *u, const char *range, struct err *e)
{
	unsigned int flags;
	size_t i;

	if (!u->opts->features)
		return err_set(e, ERR_USAGE, "--features: the reviewed file of features is needed");
	if (features_load(&u->features, u->opts->features, e) || find_plan(u, e) < 0 ||
	    range_parse(u->rel.git, range, &u->range, e) < 0)
		return -1;
	flags = u->features.needs_paths ? HISTORY_LINES : 0;
	if (history_load(&u->h, u->rel.repo_path, u->range.from, u->range.to, flags, e) < 0)
		return -1;
	features_search(&u->features, &u->h);
	for (i = 0; i < u->features.n; i++)
		tally_at(&u->areas, u->features.v[i].area)->n++;
	return 0;
}

static void show(struct update *u)
{
	struct report *r = &u->rel.report;
	char series[VERSION_LEN] = "";
	struct chart *c;
	size_t i;

	if (u->plan.n)
		version_series(&u->plan.version, series);
	if (u->rel.format == FORMAT_TEXT) {
		show_mail(u, series);
		return;
	}
	r->title = arena_printf(&r->arena, "%s %s: road map",
				config_get(&u->rel.conf, "project.name"), series);
	report_fact_day(r, "today", "As of", u->rel.today);
	report_fact(r, "range", "Commits looked at", "%s", u->range.name);
	for (i = 0; i < u->plan.n; i++)
		report_fact_day(r, kept(u, u->plan.v[i].name), kept(u, u->plan.v[i].name),
				u->plan.v[i].day);
	show_tables(u);
	tally_sort(&u->verdicts);
	c = report_chart(r, "verdicts", "Features by what was found", CHART_BARS, "features", NULL);
	for (i = 0; i < u->verdicts.n; i++)
		chart_add(c, u->verdicts.v[i].name, "features", 0, (double)u->verdicts.v[i].n);
	report_note(
		r,
		"Found is what the query of a feature finds in the range; external work lives in "
		"another repository.");
}

int update_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct update u = {.opts = opts};
	int ret = rel_begin(&u.rel, cli, &u.opts->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one range is needed, such as RELEASE-4.5.0..master");
	if (!ret)
		ret = load(&u, argv[0], &cli->err);
	if (!ret)
		show(&u);
	tally_free(&u.areas);
	tally_free(&u.verdicts);
	ret = rel_end(&u.rel, ret);
	features_free(&u.features);
	history_free(&u.h);
	range_free(&u.range);
	plan_free(&u.plan);
	return ret;
}
