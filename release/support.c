// SPDX-License-Identifier: GPL-2.0-or-later
/* support: until when each series is maintained, as its branch head says today. */
#include "release/lint.h"
#include "release/tags.h"

#include <stdlib.h>
#include <string.h>

struct support {
	struct rel rel;
	struct tags tags;
	struct stable *v; /* one for each series */
	size_t n;
};

int support_at(struct rel *r, const char *commit, struct support_dates *d, struct err *e)
{
	struct file_data f = {0};
	int ret = git_file(r->git, commit, config_get(&r->conf, "lint.support"), 16U << 20, &f, e);

	if (ret < 0)
		return -1;
	support_read(d, ret ? (const char *)f.data : "", ret ? f.size : 0);
	file_free(&f);
	return 0;
}

static int32_t date_cell(struct table *t, const char *text)
{
	int32_t day = DAY_NONE;

	if (day_parse(text, &day))
		cell_day(t, day);
	else if (*text)
		cell_unknown(t, "SUPPORT.md says \"%s\"", text);
	else
		cell_unknown(t, "SUPPORT.md does not say");
	return day;
}

static void show_state(struct support *s, struct table *t, int32_t supported, int32_t security)
{
	int32_t today = s->rel.today;

	if (security == DAY_NONE || (supported == DAY_NONE && security >= today)) {
		cell_unknown(t, "a date is missing");
		report_undetermined(&s->rel.report);
	} else {
		cell_text(t, "%s",
			  security < today    ? "expired"
			  : supported < today ? "security only"
					      : "supported");
	}
	if (security == DAY_NONE)
		cell_none(t);
	else
		cell_int(t, security - today);
}

static void show_broken(struct support *s, struct table *t, const struct stable *b)
{
	char name[VERSION_LEN];
	size_t i;

	cell_text(t, "%s", version_series(&b->version, name));
	cell_text(t, "%s", b->ref->name);
	for (i = 0; i < 3; i++)
		cell_none(t);
	cell_unknown(t, "the branch leads to no commit: %s", b->ref->broken);
	cell_none(t);
	report_undetermined(&s->rel.report);
}

static int show_branch(struct support *s, struct table *t, struct chart *c, const struct stable *b,
		       struct err *e)
{
	struct support_dates d;
	char name[VERSION_LEN];
	int32_t initial, supported, security;

	if (b->ref->broken) {
		show_broken(s, t, b);
		return 0;
	}
	if (support_at(&s->rel, b->ref->id, &d, e) < 0)
		return -1;
	cell_text(t, "%s", version_series(&b->version, name));
	cell_text(t, "%s", b->ref->name);
	initial = date_cell(t, d.initial);
	supported = date_cell(t, d.supported);
	security = date_cell(t, d.security);
	show_state(s, t, supported, security);
	if (initial != DAY_NONE && supported != DAY_NONE)
		chart_add(c, name, "full support", initial, supported);
	if (security != DAY_NONE && (supported != DAY_NONE || initial != DAY_NONE))
		chart_add(c, name, "security support", supported != DAY_NONE ? supported : initial,
			  security);
	return 0;
}

static int show(struct support *s, struct err *e)
{
	static const struct column columns[] = {{"series", "Series"},
						{"branch", "Branch"},
						{"initial", "First release"},
						{"supported_until", "Supported until"},
						{"security_until", "Security support until"},
						{"state", "State"},
						{"days_left", "Days of security support left"},
						{0}};
	struct report *r = &s->rel.report;
	struct table *t;
	struct chart *c;
	size_t i;

	r->title = "Support windows";
	report_fact_day(r, "today", "Today", s->rel.today);
	t = report_table(
		r, "support", "Series", columns,
		"Dates as the head of each branch states them today: they are changed after a "
		"release, so none is computed.");
	c = report_chart(r, "windows", "Support windows", CHART_GANTT, "days", "Red: today.");
	c->today = s->rel.today;
	for (i = 0; i < s->n; i++)
		if (show_branch(s, t, c, &s->v[i], e) < 0)
			return -1;
	if (!s->n) {
		report_note(r, "unknown: no branch fits branch.stable.");
		report_undetermined(r);
	}
	return 0;
}

int support_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct support s = {0};
	struct rel_plain *o = opts;
	int ret = rel_begin(&s.rel, cli, &o->rel, REL_GIT);

	(void)argv;
	if (!ret && argc)
		ret = err_set(&cli->err, ERR_USAGE,
			      "support takes no operand: it shows every series");
	if (!ret)
		ret = tags_load(&s.tags, &s.rel, &cli->err);
	if (!ret) {
		s.v = tags_stable(&s.tags, &s.rel, &s.n);
		ret = show(&s, &cli->err);
	}
	ret = rel_end(&s.rel, ret);
	tags_free(&s.tags);
	free(s.v);
	return ret;
}
