// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "common/mem.h"
#include "common/proc.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

START_TEST(collects_what_is_said)
{
	const char *argv[] = {"sh", "-c", "echo out; echo err >&2; pwd; echo $X${Y-gone}; exit 7",
			      NULL};
	const char *env[] = {"X=set", "Y", NULL};
	struct proc p = {.argv = argv, .cwd = "/", .env = env};
	struct err e = ERR_INIT;

	setenv("Y", "is there", 1);
	ck_assert_int_eq(proc_run(&p, &e), 0);
	ck_assert_int_eq(p.status, 7);
	ck_assert_str_eq(p.out.data, "out\n/\nsetgone\n");
	ck_assert_str_eq(p.errors.data, "err\n");
	proc_free(&p);
}
END_TEST

START_TEST(tells_the_signal)
{
	const char *argv[] = {"sh", "-c", "kill -KILL $$", NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;

	ck_assert_int_eq(proc_run(&p, &e), 0);
	ck_assert_int_eq(p.status, 128 + SIGKILL);
	proc_free(&p);
}
END_TEST

START_TEST(missing_program_is_a_cause)
{
	const char *argv[] = {"no-such-program", NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;

	ck_assert_int_eq(proc_run(&p, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "no-such-program"));
	proc_free(&p);
}
END_TEST

START_TEST(many_at_once_with_much_output)
{
	const char *argv[] = {"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2",
			      NULL};
	struct proc p[9] = {{0}};
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < 9; i++)
		p[i].argv = argv;
	ck_assert_int_eq(proc_run_all(p, 9, 4, &e), 0);
	for (i = 0; i < 9; i++) {
		ck_assert_uint_eq(p[i].out.len, 300000);
		ck_assert_uint_eq(p[i].errors.len, 300000);
		proc_free(&p[i]);
	}
}
END_TEST

static const struct {
	const char *line;
	const char *words; /* joined by "|", NULL: refused */
} splits[] = {
	{"gcc -c  a.c", "gcc|-c|a.c"},
	{"", ""},
	{"'-DX=\"a b\"' \"-DY=\\\"z\\\"\"", "-DX=\"a b\"|-DY=\"z\""},
	{"a\\ b 'c'd\"e\"", "a b|cde"},
	{"'' x", "|x"},
	{"a; b", NULL},
	{"a $HOME", NULL},
	{"a `b`", NULL},
	{"\"$x\"", NULL},
	{"a | b", NULL},
	{"'open", NULL},
	{"x > y", NULL},
};

START_TEST(splits_command_lines)
{
	struct err e = ERR_INIT;
	char **words = proc_split(splits[_i].line, &e);
	struct strbuf joined = {0};
	size_t i;

	if (!splits[_i].words) {
		ck_assert_ptr_null(words);
		ck_assert_int_eq(e.kind, ERR_FAIL);
		return;
	}
	ck_assert_ptr_nonnull(words);
	for (i = 0; words[i]; i++)
		strbuf_addf(&joined, "%s%s", i ? "|" : "", words[i]);
	ck_assert_str_eq(joined.data ? joined.data : "", splits[_i].words);
	strbuf_free(&joined);
	free(words);
}
END_TEST

Suite *proc_suite(void)
{
	Suite *s = suite_create("proc");
	TCase *t = tcase_create("proc");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, collects_what_is_said);
	tcase_add_test(t, tells_the_signal);
	tcase_add_test(t, missing_program_is_a_cause);
	tcase_add_test(t, many_at_once_with_much_output);
	tcase_add_loop_test(t, splits_command_lines, 0, sizeof(splits) / sizeof(splits[0]));
	suite_add_tcase(s, t);
	return s;
}
