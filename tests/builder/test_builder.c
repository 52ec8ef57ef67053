// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The builder on small sources: every folder of tests/data/builder is a case, see
 * mini.h and check_case.h for its files. CASE=name runs only those cases whose name
 * contains that.
 */
#include "check_case.h"

#include "patchbuild/store.h"

#include "common/io.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "tests/data/builder"

static struct mini mini;

/* Once for all cases, before the first fork. */
static void setup(void)
{
	struct err e = ERR_INIT;
	autofree char *tree = NULL;

	ck_assert_msg(mini_make(&mini, DATA, &e) == 0, "%s", e.text);
	tree = path_join(mini.dir, "tree");
	mini.store = path_join(mini.dir, "store");
	ck_assert_msg(store_make(mini.store, tree, NULL, &mini.build_id, &e) == 0, "%s", e.text);
}

static void teardown(void)
{
	mini_free(&mini);
}

static bool is_wanted(const char *name)
{
	const char *only = getenv("CASE");

	return strcmp(name, "core") && (!only || strstr(name, only));
}

#define PARTS 2

static void run_part(size_t part)
{
	struct strbuf wrong = {0};
	size_t i;

	for (i = 0; i < mini.ncases; i++) {
		struct err e = ERR_INIT;

		if (i % PARTS != part || !is_wanted(mini.cases[i]))
			continue;
		if (check_case(&mini, mini.cases[i], &wrong, &e))
			strbuf_addf(&wrong, "%s: error: %s\n", mini.cases[i], e.text);
	}
	/* The framework cuts long messages, or ends the program. */
	if (wrong.len)
		fputs(wrong.data, stderr);
	ck_assert_msg(!wrong.len, "what is wrong is on standard error");
}

START_TEST(cases)
{
	run_part((size_t)_i);
}
END_TEST

/* The table of README.md says what each case is for. */
START_TEST(all_cases_are_in_the_table)
{
	struct err e = ERR_INIT;
	struct file_data f;
	size_t i;

	ck_assert_msg(file_read("tests/builder/README.md", 0, &f, &e) == 0, "%s", e.text);
	for (i = 0; i < mini.ncases; i++) {
		autofree char *quoted = mem_printf("`%s`", mini.cases[i]);

		ck_assert_msg(!strcmp(mini.cases[i], "core") ||
				      strstr((const char *)f.data, quoted),
			      "%s: not in tests/builder/README.md", mini.cases[i]);
	}
	file_free(&f);
}
END_TEST

/* The same build in another folder gives the same bytes. */
START_TEST(deterministic)
{
	static const char *const names[] = {"payload-everything", NULL};
	size_t i;

	for (i = 0; names[i]; i++) {
		struct err e = ERR_INIT;
		struct build a, b;

		ck_assert_msg(build_case(&mini, names[i], &a, &e) == 0, "%s", e.text);
		ck_assert_msg(build_case(&mini, names[i], &b, &e) == 0, "%s", e.text);
		ck_assert_uint_gt(a.payload.len, 0);
		ck_assert_uint_eq(a.payload.len, b.payload.len);
		ck_assert_int_eq(memcmp(a.payload.data, b.payload.data, a.payload.len), 0);
		build_free(&a);
		build_free(&b);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("builder");
	TCase *tc = tcase_create("cases");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, cases, 0, PARTS);
	tcase_add_test(tc, all_cases_are_in_the_table);
	tcase_add_test(tc, deterministic);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
