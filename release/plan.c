// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/plan.h"

#include "common/text.h"
#include "release/date.h"

#include <stdlib.h>
#include <string.h>

bool plan_add(const char *span, int32_t *day)
{
	char *end;
	long n = strtol(span, &end, 10);

	if (end == span || n < -5000 || n > 5000 || !*end || end[1])
		return false;
	if (*end == 'm')
		*day = day_add_months(*day, (int)n);
	else if (*end == 'w' || *end == 'd')
		*day += (int32_t)n * (*end == 'w' ? 7 : 1);
	else
		return false;
	return true;
}

const char *plan_holiday(const struct config *c, int32_t day)
{
	char text[DATE_LEN];
	const char *h;
	size_t i = 0;

	day_text(day, text);
	while ((h = config_next(c, "schedule.holiday", &i))) {
		if (text_starts(h, text) && (h[10] == ' ' || !h[10]))
			return h[10] ? h + 11 : "holiday";
		if (text_starts(h, text + 5) && (h[5] == ' ' || !h[5]))
			return h[5] ? h + 6 : "holiday";
	}
	return NULL;
}

static bool is_holiday(const char *h)
{
	size_t len = strcspn(h, " ");
	autofree char *day = mem_printf("%s%.*s", len == 5 ? "2000-" : "", (int)len, h);
	int32_t ignored;

	return day_parse(day, &ignored);
}

/* What is misspelt would be no rule at all. */
static int check_settings(const struct config *c, struct err *e)
{
	const char *path = c->path ? c->path : "settings";
	size_t n, i = 0;
	const char **names;
	const char *v;
	int ret = 0;

	while ((v = config_next(c, "schedule.holiday", &i)))
		if (!is_holiday(v))
			return err_fail(e,
					"%s: schedule.holiday = %s: not a date: begin with "
					"YYYY-MM-DD or MM-DD",
					path, v);
	names = config_subs(c, "milestone", &n);
	for (i = 0; i < n && !ret; i++) {
		v = config_sub(c, "milestone", names[i], "weekday");
		if (v && weekday_parse(v) < 0)
			ret = err_fail(e, "%s: [milestone \"%s\"] weekday = %s: no such day", path,
				       names[i], v);
	}
	free(names);
	return ret;
}

static void add(struct plan *p, const char *name, int32_t day, const char *why)
{
	p->v = mem_grow(p->v, p->n, sizeof(*p->v));
	p->v[p->n].name = arena_strdup(&p->arena, name);
	p->v[p->n].day = day;
	p->v[p->n++].why = why ? arena_strdup(&p->arena, why) : NULL;
}

#define SETTLE_MAX 60 /* days: where there is no work for longer, check says so */

/* To the weekday of the rule (before the date if @back), then off holidays and weekends. */
static void settle(struct plan *p, const struct config *c, const char *name, int32_t day,
		   const char *rule, bool back)
{
	const char *wanted = config_sub(c, "milestone", name, "weekday");
	int weekday = wanted ? weekday_parse(wanted) : -1;
	const char *why = rule;
	int step = back ? -1 : 1;
	int tries = 0;

	if (weekday >= 0 && day_weekday(day) != weekday) {
		while (day_weekday(day) != weekday)
			day += step;
		why = arena_printf(&p->arena, "%s, %s %s", why, back ? "the" : "the next",
				   weekday_name(weekday));
		if (back)
			why = arena_printf(&p->arena, "%s before", why);
	}
	while (tries++ < SETTLE_MAX && (day_weekday(day) > 4 || plan_holiday(c, day))) {
		const char *off = plan_holiday(c, day);

		why = arena_printf(&p->arena, "%s, off %s", why,
				   off ? off : weekday_name(day_weekday(day)));
		day += step;
	}
	add(p, name, day, why);
}

int32_t plan_day(const struct plan *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (!strcmp(p->v[i].name, name))
			return p->v[i].day;
	return DAY_NONE;
}

unsigned int plan_candidate(const char *name)
{
	unsigned int n = 0;
	const char *s;

	if (!text_starts(name, "rc") || name[2] == '0')
		return 0;
	for (s = name + 2; *s >= '0' && *s <= '9' && n < 1000; s++)
		n = n * 10 + (unsigned int)(*s - '0');
	return *s ? 0 : n;
}

/* "release -14w": another milestone and a distance. */
static int add_rule(struct plan *p, const struct config *c, const char *name, const char *offset,
		    struct err *e)
{
	size_t len = strcspn(offset, " ");
	autofree char *base = mem_strndup(offset, len);
	int32_t day = plan_day(p, base);

	if (day == DAY_NONE || !offset[len] || !plan_add(offset + len + 1, &day))
		return err_fail(e,
				"[milestone \"%s\"] offset = %s: not understood: write such as "
				"\"release -10w\" after start, release or an earlier milestone",
				name, offset);
	if (day < plan_day(p, "start"))
		return err_fail(e,
				"[milestone \"%s\"] offset = %s: would come before the start: a "
				"longer cycle (schedule.length) or another offset",
				name, offset);
	settle(p, c, name, day, offset, false);
	return 0;
}

static int add_candidates(struct plan *p, const struct config *c, struct err *e)
{
	const char *every = config_get(c, "schedule.rc-every");
	int32_t day = plan_day(p, "rc1");
	int32_t end = plan_day(p, "release");
	unsigned int count, i;

	if (config_uint(c, "schedule.rc-count", 0, 40, &count, e) < 0)
		return -1;
	for (i = 2; i <= count && day != DAY_NONE; i++) {
		autofree char *name = mem_printf("rc%u", i);

		int32_t before = day;

		if (!plan_add(every, &day) || day <= before)
			return err_fail(e, "schedule.rc-every = %s: not a time: write such as 2w",
					every);
		if (day >= end)
			return err_fail(
				e,
				"rc%u: would come on or after the release: fewer candidates "
				"(schedule.rc-count), a shorter rhythm or an earlier rc1",
				i);
		settle(p, c, name, day, arena_printf(&p->arena, "%s after rc%u", every, i - 1),
		       false);
	}
	return 0;
}

static int by_day(const void *a, const void *b)
{
	const struct milestone *x = a;
	const struct milestone *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Weekends and holidays move dates, and there is an end to those that can be written. */
static int check_dates(const struct plan *p, struct err *e)
{
	int32_t start = plan_day(p, "start");
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->v[i].day > day_of(9999, 12, 31))
			return err_fail(e, "%s: would come after the year 9999", p->v[i].name);
		if (p->v[i].day < start)
			return err_fail(e,
					"%s: would come before the start, off weekends and "
					"holidays: a longer cycle (schedule.length)",
					p->v[i].name);
	}
	return 0;
}

int plan_make(struct plan *p, const struct config *c, const struct version *v, int32_t start,
	      struct err *e)
{
	const char *length = config_get(c, "schedule.length");
	int32_t day = start;
	size_t n, i;
	const char **names = config_subs(c, "milestone", &n);
	int ret = 0;

	memset(p, 0, sizeof(*p));
	p->version = *v;
	if (check_settings(c, e) < 0) {
		free(names);
		return -1;
	}
	add(p, "start", start, "given");
	if (!plan_add(length, &day) || day <= start)
		ret = err_fail(e, "schedule.length = %s: not a time: write such as 8m or 26w",
			       length);
	if (!ret)
		settle(p, c, "release", day, arena_printf(&p->arena, "start +%s", length), true);
	for (i = 0; i < n && !ret; i++) {
		const char *offset = config_sub(c, "milestone", names[i], "offset");

		if (offset)
			ret = add_rule(p, c, names[i], offset, e);
	}
	if (!ret)
		ret = add_candidates(p, c, e);
	if (!ret)
		ret = check_dates(p, e);
	free(names);
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_day);
	return ret;
}

int plan_series(const char *name, struct version *v, struct err *e)
{
	if (version_parse(name, v) && !v->rc && v->n == 2)
		return 0;
	return err_fail(e, "[cycle \"%s\"]: not a series: write it as text, such as \"4.10\"",
			name);
}

int plan_read(struct plan *p, const struct config *c, const char *version, struct err *e)
{
	autofree char *prefix = mem_printf("cycle.%s.", version);
	size_t i;

	memset(p, 0, sizeof(*p));
	if (check_settings(c, e) < 0)
		return -1;
	if (plan_series(version, &p->version, e))
		return -1;
	for (i = 0; i < c->n; i++) {
		const char *name = c->v[i].key + strlen(prefix);
		int32_t day;

		if (!text_starts(c->v[i].key, prefix) || plan_day(p, name) != DAY_NONE)
			continue;
		if (config_day(c, "cycle", version, name, &day, e) < 0)
			return -1;
		add(p, name, day, NULL);
	}
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_day);
	return 0;
}

void plan_free(struct plan *p)
{
	free(p->v);
	arena_free(&p->arena);
	memset(p, 0, sizeof(*p));
}
