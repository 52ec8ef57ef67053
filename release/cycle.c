// SPDX-License-Identifier: GPL-2.0-or-later
/* cycle: what was planned and what came, for every series. */
#include "release/message.h"
#include "release/plan.h"
#include "release/tags.h"

#include <stdlib.h>
#include <string.h>

#define RC_MAX 32

struct series {
	struct version version;
	const struct release_tag *release; /* x.y.0, or NULL */
	const struct release_tag *rc[RC_MAX]; /* by number - 1 */
	unsigned int rc_top;
	int32_t start, freeze, reopened; /* DAY_NONE: not known */
	int32_t planned_start, planned_freeze, planned_rc1, planned_release;
	size_t fork; /* newest commit of the main line that the release holds, or NO_FORK */
	const char *why; /* why there is no @reopened */
	const char *why_freeze; /* why there is no @freeze */
};

#define RC_MAX	32
#define NO_FORK ((size_t)-1)

struct cycles {
	struct rel rel;
	struct tags tags;
	char main[GIT_ID_LEN];
	struct series *v;
	size_t n;
	struct history line; /* first-parent line of the main branch, newest first */
	struct map at; /* its ids -> index */
};

static struct series *series_at(struct cycles *c, const struct version *v)
{
	struct series *s;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (version_same_series(&c->v[i].version, v))
			return &c->v[i];
	c->v = mem_grow(c->v, c->n, sizeof(*c->v));
	s = &c->v[c->n++];
	memset(s, 0, sizeof(*s));
	s->version = *v;
	s->version.n = 2;
	s->version.part[2] = s->version.part[3] = s->version.rc = 0;
	s->start = s->freeze = s->reopened = DAY_NONE;
	s->fork = NO_FORK;
	s->why = "not released";
	return s;
}

static int by_version(const void *a, const void *b)
{
	return version_cmp(&((const struct series *)a)->version,
			   &((const struct series *)b)->version);
}

static int add_planned(struct cycles *c, struct err *e)
{
	const struct config *conf = &c->rel.conf;
	size_t n, i;
	const char **names = config_subs(conf, "cycle", &n);
	struct version v;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		ret = plan_series(names[i], &v, e);
		if (!ret)
			series_at(c, &v);
	}
	for (i = 0; i < c->n && !ret; i++) {
		struct series *s = &c->v[i];
		char name[VERSION_LEN];

		version_series(&s->version, name);
		if (config_day(conf, "cycle", name, "start", &s->planned_start, e) < 0 ||
		    config_day(conf, "cycle", name, "freeze", &s->planned_freeze, e) < 0 ||
		    config_day(conf, "cycle", name, "rc1", &s->planned_rc1, e) < 0 ||
		    config_day(conf, "cycle", name, "release", &s->planned_release, e) < 0)
			ret = -1;
	}
	free(names);
	return ret;
}

static void add_candidate(struct series *s, const struct release_tag *t)
{
	s->rc[t->version.rc - 1] = t;
	if (t->version.rc > s->rc_top)
		s->rc_top = t->version.rc;
}

static void add_tags(struct cycles *c)
{
	size_t i;

	for (i = 0; i < c->tags.n; i++) {
		const struct release_tag *t = &c->tags.v[i];
		struct series *s;

		if (t->second) {
			report_note(&c->rel.report,
				    "%s: is a second tag of %s; the earlier one counts.",
				    t->ref->name, t[-1].ref->name);
			continue;
		}
		if (t->early)
			report_note(
				&c->rel.report,
				"%s: says it is older than its commit; the commit's date counts.",
				t->ref->name);
		if (t->version.n > 2 && t->version.part[2])
			continue;
		s = series_at(c, &t->version);
		if (!t->version.rc)
			s->release = t;
		else if (t->version.rc > RC_MAX)
			report_note(&c->rel.report, "%s: candidates after rc%d are not shown.",
				    t->ref->name, RC_MAX);
		else
			add_candidate(s, t);
	}
}

static int32_t tag_day(const struct release_tag *t)
{
	return t && instant_is_sane(t->when) ? day_of_instant(t->when) : DAY_NONE;
}

/* The newest commit of the main line among those that a walk meets. */
struct newest {
	const struct map *at;
	size_t fork;
};

/* What a commit of the line reaches of the line is older: no need to look there. */
static bool off_line(void *ctx, const char *id)
{
	struct newest *n = ctx;
	const size_t *at = map_find(n->at, id);

	if (at && *at < n->fork)
		n->fork = *at;
	return !at;
}

/*
 * When the main branch went its own way: the first commit on its first-parent line
 * that the release does not hold.
 */
static void find_reopened(struct cycles *c, struct series *s)
{
	struct newest n = {&c->at, NO_FORK};
	struct err e = ERR_INIT;

	if (!s->release)
		return;
	if (git_walk(c->rel.git, s->release->ref->id, off_line, &n, &e) < 0) {
		s->why = arena_strdup(&c->rel.report.arena, e.text);
		return;
	}
	s->fork = n.fork;
	if (s->fork == NO_FORK)
		s->why = "shares no commit with the main branch";
	else if (!s->fork)
		s->why = "nothing came after it";
	else if (!c->line.v[s->fork - 1].has_date)
		s->why = "no date";
	else
		s->reopened = day_of_instant(c->line.v[s->fork - 1].committed);
}

/*
 * The first commit of a series, after the one before parted, that bears a release ack.
 * Where it is not known when that parted, an ack may be of any series: it is no freeze.
 */
static void find_freeze(struct cycles *c, struct series *s, const struct series *before)
{
	const char *key = config_get(&c->rel.conf, "freeze.ack");
	size_t k = before ? before->fork : c->line.n;

	s->why_freeze = "no commit with a release ack";
	if (before && before->fork == NO_FORK)
		s->why_freeze = "the series before is not branched";
	if (s->fork == NO_FORK || k == NO_FORK)
		return;
	while (k-- > s->fork) {
		if (c->line.v[k].has_date && message_has(c->line.v[k].message, key)) {
			s->freeze = day_of_instant(c->line.v[k].committed);
			return;
		}
	}
}

static void find_starts(struct cycles *c)
{
	const struct commit *first = c->line.n ? &c->line.v[c->line.n - 1] : NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		find_freeze(c, &c->v[i], i ? &c->v[i - 1] : NULL);
		c->v[i].start = i ? c->v[i - 1].reopened : DAY_NONE;
		if (!i && first && first->has_date)
			c->v[i].start = day_of_instant(first->committed);
	}
}

static int load(struct cycles *c, struct err *e)
{
	size_t i;

	if (tags_load(&c->tags, &c->rel, e) < 0 || rel_main(&c->rel, c->main, e) < 0)
		return -1;
	add_tags(c);
	if (add_planned(c, e) < 0 || history_load(&c->line, c->rel.repo_path, "", c->main,
						  HISTORY_FIRST_PARENT | HISTORY_BRIEF, e) < 0)
		return -1;
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_version);
	for (i = 0; i < c->line.n; i++)
		*map_at(&c->at, c->line.v[i].id) = i;
	for (i = 0; i < c->n; i++)
		find_reopened(c, &c->v[i]);
	find_starts(c);
	return 0;
}

static void day_or_why(struct table *t, int32_t day, const char *why)
{
	if (day != DAY_NONE)
		cell_day(t, day);
	else
		cell_unknown(t, "%s", why);
}

/* Days late; negative: early. */
static void slip(struct table *t, int32_t planned, int32_t actual)
{
	if (planned == DAY_NONE || actual == DAY_NONE)
		cell_none(t);
	else
		cell_int(t, actual - planned);
}

static void verdict(struct table *t, const struct series *s, int32_t planned, int32_t actual,
		    int32_t today)
{
	(void)s;
	if (planned == DAY_NONE)
		cell_text(t, "not planned");
	else if (actual == DAY_NONE)
		cell_text(t, planned > today ? "to come" : "overdue");
	else
		cell_text(t, actual <= planned ? "on time" : "late");
}

static void milestone(struct table *t, const struct series *s, const char *what, int32_t planned,
		      int32_t actual, const char *why, int32_t today)
{
	char name[VERSION_LEN];

	cell_text(t, "%s", version_series(&s->version, name));
	cell_text(t, "%s", what);
	cell_day(t, planned);
	day_or_why(t, actual, why);
	slip(t, planned, actual);
	verdict(t, s, planned, actual, today);
}

static void show_milestones(struct cycles *c)
{
	static const struct column columns[] = {{"series", "Series"},
						{"milestone", "Milestone"},
						{"planned", "Planned"},
						{"actual", "Actual"},
						{"slip", "Days late"},
						{"verdict", "Verdict"},
						{0}};
	struct table *t = report_table(&c->rel.report, "milestones", "Planned and actual", columns,
				       "Start: the main branch reopened after the series before "
				       "(of the first: its first commit). "
				       "Freeze: the first commit with a release ack since then. "
				       "Candidates and release: date of "
				       "the tag, of its commit where it has none.");
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct series *s = &c->v[i];

		milestone(t, s, "start", s->planned_start, s->start,
			  "the series before is not branched", c->rel.today);
		milestone(t, s, "freeze", s->planned_freeze, s->freeze, s->why_freeze,
			  c->rel.today);
		milestone(t, s, "rc1", s->planned_rc1, tag_day(s->rc[0]),
			  s->rc[0] ? "no sane date" : "no tag", c->rel.today);
		milestone(t, s, "release", s->planned_release, tag_day(s->release),
			  s->release ? "no sane date" : "no tag", c->rel.today);
	}
}

static void gap(struct table *t, int32_t from, int32_t to)
{
	if (from == DAY_NONE || to == DAY_NONE)
		cell_unknown(t, "a date is missing");
	else
		cell_int(t, to - from);
}

static void show_series(struct cycles *c)
{
	static const struct column columns[] = {{"series", "Series"},
						{"length", "Days start to release"},
						{"freeze_to_release", "Days freeze to release"},
						{"rc1_to_release", "Days RC1 to release"},
						{"rcs", "RCs"},
						{"since_previous", "Days since release before"},
						{"reopened", "Reopened"},
						{"rc1_to_reopened", "Days RC1 to reopened"},
						{0}};
	struct table *t =
		report_table(&c->rel.report, "series", "All series", columns,
			     "Is the cycle getting shorter? Reopened: date of the first commit on "
			     "the main line that the release does not hold.");
	int32_t before = DAY_NONE;
	char name[VERSION_LEN];
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct series *s = &c->v[i];
		unsigned int rcs = 0;
		size_t k;

		for (k = 0; k < s->rc_top; k++)
			rcs += s->rc[k] != NULL;
		cell_text(t, "%s", version_series(&s->version, name));
		gap(t, s->start, tag_day(s->release));
		gap(t, s->freeze, tag_day(s->release));
		gap(t, tag_day(s->rc[0]), tag_day(s->release));
		cell_int(t, rcs);
		gap(t, before, tag_day(s->release));
		day_or_why(t, s->reopened, s->why);
		gap(t, tag_day(s->rc[0]), s->reopened);
		before = tag_day(s->release);
	}
}

static void show_rcs(struct cycles *c)
{
	static const struct column columns[] = {
		{"series", "Series"}, {"rc", "Candidate"},
		{"date", "Date"},     {"gap", "Days since the one before"},
		{"tag", "Tag"},	      {0}};
	struct table *t =
		report_table(&c->rel.report, "candidates", "Release candidates", columns, NULL);
	char name[VERSION_LEN];
	size_t i;
	unsigned int k;

	for (i = 0; i < c->n; i++) {
		const struct series *s = &c->v[i];
		int32_t before = DAY_NONE;

		for (k = 0; k < s->rc_top; k++) {
			int32_t day = tag_day(s->rc[k]);

			cell_text(t, "%s", version_series(&s->version, name));
			cell_text(t, "rc%u", k + 1);
			day_or_why(t, day, "the number was skipped, or its tag is missing");
			if (before == DAY_NONE || day == DAY_NONE)
				cell_none(t);
			else
				cell_int(t, day - before);
			if (s->rc[k])
				cell_text(t, "%s", s->rc[k]->ref->name);
			else
				cell_none(t);
			before = day;
		}
	}
}

static void point(struct chart *chart, const char *name, const char *group, int32_t day,
		  const char *text)
{
	struct mark *m;

	if (day == DAY_NONE)
		return;
	m = chart_add(chart, name, group, day, day);
	m->point = true;
	if (text)
		mark_text(chart, m, "%s", text);
}

static void show_charts(struct cycles *c)
{
	struct chart *bars =
		report_chart(&c->rel.report, "length", "Days from start to release", CHART_BARS,
			     "days", "Planned and actual, where both ends are known.");
	struct chart *line =
		report_chart(&c->rel.report, "timeline", "Planned and actual dates", CHART_GANTT,
			     "days", "Bars: start to release. Diamonds: freeze, RC1. Red: today.");
	char name[VERSION_LEN];
	size_t i;

	line->today = c->rel.today;
	for (i = 0; i < c->n; i++) {
		const struct series *s = &c->v[i];
		autofree char *plan = mem_printf("%s planned", version_series(&s->version, name));
		int32_t end = tag_day(s->release);

		if (s->planned_start != DAY_NONE && s->planned_release != DAY_NONE) {
			chart_add(bars, name, "planned", 0, s->planned_release - s->planned_start);
			chart_add(line, plan, "planned", s->planned_start, s->planned_release);
			point(line, plan, "freeze", s->planned_freeze, NULL);
			point(line, plan, "RC1", s->planned_rc1, NULL);
		}
		if (s->start == DAY_NONE || (end == DAY_NONE && s->start > c->rel.today))
			continue;
		if (end != DAY_NONE)
			chart_add(bars, name, "actual", 0, end - s->start);
		chart_add(line, name, "actual", s->start, end != DAY_NONE ? end : c->rel.today);
		point(line, name, "freeze", s->freeze, NULL);
		point(line, name, "RC1", tag_day(s->rc[0]), NULL);
	}
}

int cycle_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct cycles c = {0};
	struct rel_plain *o = opts;
	int ret = rel_begin(&c.rel, cli, &o->rel, REL_HISTORY);

	(void)argv;
	if (!ret && argc)
		ret = err_set(&cli->err, ERR_USAGE,
			      "cycle takes no operand: it shows every series");
	if (!ret)
		ret = load(&c, &cli->err);
	if (!ret) {
		c.rel.report.title = "Cycles";
		report_fact_day(&c.rel.report, "today", "Today", c.rel.today);
		report_fact_int(&c.rel.report, "series", "Series", (int64_t)c.n);
		show_series(&c);
		show_milestones(&c);
		show_rcs(&c);
		show_charts(&c);
	}
	ret = rel_end(&c.rel, ret);
	map_free(&c.at);
	history_free(&c.line);
	tags_free(&c.tags);
	free(c.v);
	return ret;
}
