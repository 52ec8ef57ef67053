// SPDX-License-Identifier: GPL-2.0-or-later
/* Dates of release cycles: rules that cannot be followed, dates that stand in the settings. */
#include "suites.h"

#include "common/io.h"
#include "release/date.h"
#include "release/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(spans)
{
	int32_t day = 0;

	ck_assert(plan_add("2w", &day) && day == 14);
	ck_assert(plan_add("-4d", &day) && day == 10);
	ck_assert(!plan_add("w", &day) && !plan_add("2", &day) && !plan_add("2weeks", &day) &&
		  !plan_add("", &day) && !plan_add("99999w", &day));
}
END_TEST

START_TEST(candidates_numbered)
{
	ck_assert_uint_eq(plan_candidate("rc1"), 1);
	ck_assert_uint_eq(plan_candidate("rc10"), 10);
	ck_assert_uint_eq(plan_candidate("rc"), 0);
	ck_assert_uint_eq(plan_candidate("rc0"), 0);
	ck_assert_uint_eq(plan_candidate("rc01"), 0);
	ck_assert_uint_eq(plan_candidate("rc1a"), 0);
	ck_assert_uint_eq(plan_candidate("src1"), 0);
	ck_assert_uint_eq(plan_candidate("rc99999999999"), 0);
}
END_TEST

#define TEMPLATE "/tmp/config.XXXXXX"

/* Settings over the built-in ones. */
static void read_config(struct config *c, const char *text)
{
	static char path[sizeof(TEMPLATE)]; /* which the settings keep */
	struct err e = ERR_INIT;
	int fd;

	memcpy(path, TEMPLATE, sizeof(path));
	fd = mkstemp(path);
	ck_assert(fd >= 0);
	close(fd);
	ck_assert_msg(!file_write(path, text, strlen(text), 0600, &e) && !config_load(c, path, &e),
		      "%s", e.text);
	unlink(path);
}

/* Settings of which no plan of 4.13 from 2018-07-09 on can be made, and the words of why. */
static const char *const bad_plans[][2] = {
	{"[schedule]\nlength = long\n", "schedule.length = long: not a time"},
	{"[schedule]\nlength = -8m\n", "schedule.length = -8m: not a time"},
	{"[schedule]\nlength = 0d\n", "schedule.length = 0d: not a time"},
	{"[schedule]\nlength = 2m\n", "would come before the start"},
	{"[schedule]\nrc-every = 0d\n", "schedule.rc-every = 0d: not a time"},
	{"[schedule]\nrc-every = often\n", "schedule.rc-every = often: not a time"},
	{"[schedule]\nrc-every = 8w\n", "would come on or after the release"},
	{"[schedule]\nrc-count = many\n", "rc-count"},
	{"[schedule]\nrc-count = 41\n", "rc-count"},
	{"[schedule]\nholiday = 2018-7-4 Day\n", "2018-7-4 Day: not a date"},
	{"[schedule]\nholiday = 02-30\n", "02-30: not a date"},
	{"[milestone \"freeze\"]\nweekday = Fryday\n", "Fryday: no such day"},
	{"[milestone \"freeze\"]\noffset = release\n", "offset = release: not understood"},
	{"[milestone \"freeze\"]\noffset = party -1w\n", "offset = party -1w: not understood"},
	{"[milestone \"freeze\"]\noffset = release -1y\n", "offset = release -1y: not understood"},
};

START_TEST(plans_refused)
{
	struct version v = {.n = 2, .part = {4, 13}};
	struct err e = ERR_INIT;
	struct config c;
	struct plan p;

	read_config(&c, bad_plans[_i][0]);
	ck_assert_int_eq(plan_make(&p, &c, &v, day_of(2018, 7, 9), &e), -1);
	ck_assert_msg(strstr(e.text, bad_plans[_i][1]), "%s, not: %s", e.text, bad_plans[_i][1]);
	plan_free(&p);
	config_free(&c);
}
END_TEST

/* Dates that the rules bring beyond what can be written, or before the first day. */
START_TEST(plans_out_of_time)
{
	struct version v = {.n = 2, .part = {4, 13}};
	struct err e = ERR_INIT;
	struct config c;
	struct plan p;

	read_config(&c, "");
	ck_assert_int_eq(plan_make(&p, &c, &v, day_of(9999, 10, 1), &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "would come after the year 9999"));
	plan_free(&p);
	config_free(&c);
	err_clear(&e);
	/* A Saturday, a release on the day after: back to the Friday before. */
	read_config(&c, "[schedule]\nlength = 1d\nrc-count = 0\n"
			"[milestone \"last-posting\"]\noffset = start 0d\n"
			"[milestone \"freeze\"]\noffset = start 0d\n"
			"[milestone \"rc1\"]\noffset = start 0d\n");
	ck_assert_int_eq(plan_make(&p, &c, &v, day_of(2018, 7, 7), &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "release: would come before the start"));
	plan_free(&p);
	config_free(&c);
}
END_TEST

/* Dates that were written down, of a cycle by that name. */
static const char *const bad_cycles[][3] = {
	{"4.13", "[cycle \"4.13\"]\nstart = soon\n", "soon"},
	{"4.13", "[cycle \"4.13\"]\nrelease = 2018-02-30\n", "2018-02-30"},
	{"4.1e1", "", "not a series"},
	{"4.13.0", "", "not a series"},
	{"4.13-rc1", "", "not a series"},
	{"4", "", "not a series"},
};

START_TEST(cycles_refused)
{
	struct err e = ERR_INIT;
	struct config c;
	struct plan p;

	read_config(&c, bad_cycles[_i][1]);
	ck_assert_int_eq(plan_read(&p, &c, bad_cycles[_i][0], &e), -1);
	ck_assert_msg(strstr(e.text, bad_cycles[_i][2]), "%s", e.text);
	plan_free(&p);
	config_free(&c);
}
END_TEST

/* The last date of a milestone counts; those of other series do not. */
START_TEST(cycles_read)
{
	struct err e = ERR_INIT;
	struct config c;
	struct plan p;

	read_config(&c, "[cycle \"4.13\"]\nrelease = 2018-03-01\nstart = 2018-01-01\n"
			"[cycle \"4.1\"]\nfreeze = 2015-01-01\n"
			"[cycle \"4.13\"]\nrelease = 2018-04-01\n");
	ck_assert_int_eq(plan_read(&p, &c, "4.13", &e), 0);
	ck_assert_uint_eq(p.n, 2);
	ck_assert_str_eq(p.v[0].name, "start");
	ck_assert_int_eq(plan_day(&p, "release"), day_of(2018, 4, 1));
	ck_assert_int_eq(plan_day(&p, "freeze"), DAY_NONE);
	plan_free(&p);
	config_free(&c);
}
END_TEST

Suite *suite_plan(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("dates");

	tcase_add_test(t, spans);
	tcase_add_test(t, candidates_numbered);
	tcase_add_loop_test(t, plans_refused, 0, sizeof(bad_plans) / sizeof(*bad_plans));
	tcase_add_test(t, plans_out_of_time);
	tcase_add_loop_test(t, cycles_refused, 0, sizeof(bad_cycles) / sizeof(*bad_cycles));
	tcase_add_test(t, cycles_read);
	suite_add_tcase(s, t);
	return s;
}
