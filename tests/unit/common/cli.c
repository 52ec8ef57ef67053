// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "common/cli.h"
#include "common/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct opts {
	bool json;
	const char *out;
	unsigned int n;
	struct cli_list list;
};

static const struct cli_opt table[] = {
	{"json", 'j', CLI_FLAG, offsetof(struct opts, json), NULL, "json"},
	{"output", 'o', CLI_STR, offsetof(struct opts, out), "FILE", "out"},
	{"number", 'n', CLI_UINT, offsetof(struct opts, n), "N", "n"},
	{"patch", 'p', CLI_LIST, offsetof(struct opts, list), "FILE", "patch"},
	{0},
};

/* Splits at blanks: good enough for a test. */
static int parse(const char *line, struct opts *o, int *argc, char **argv, struct err *e)
{
	static char copy[256];
	char *word;

	strncpy(copy, line, sizeof(copy) - 1);
	*argc = 0;
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[(*argc)++] = word;
	argv[*argc] = NULL;
	memset(o, 0, sizeof(*o));
	return cli_parse(table, o, argc, argv, e);
}

START_TEST(takes_options_and_operands)
{
	struct err e = ERR_INIT;
	struct opts o;
	char *argv[16];
	int argc;

	ck_assert_int_eq(
		parse("cmd a -j -p1 --patch=2 b --number 42 -o x -- -z", &o, &argc, argv, &e), 0);
	ck_assert(o.json);
	ck_assert_str_eq(o.out, "x");
	ck_assert_uint_eq(o.n, 42);
	ck_assert_uint_eq(o.list.n, 2);
	ck_assert_str_eq(o.list.v[1], "2");
	ck_assert_int_eq(argc, 3);
	ck_assert_str_eq(argv[0], "a");
	ck_assert_str_eq(argv[2], "-z");
	ck_assert_ptr_null(argv[3]);
	free(o.list.v);
}
END_TEST

static const char *const wrong[][2] = {
	{"cmd --nope", "--nope"},
	{"cmd -z", "-z"},
	{"cmd -o", "argument"},
	{"cmd --number x", "not a number"},
	{"cmd -n -1", "not a number"},
	{"cmd -n 4294967296", "not a number"},
	{"cmd --json=1", "takes no argument"},
};

START_TEST(refuses_wrong_usage)
{
	struct err e = ERR_INIT;
	struct opts o;
	char *argv[16];
	int argc;

	ck_assert_int_eq(parse(wrong[_i][0], &o, &argc, argv, &e), -1);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	ck_assert_msg(strstr(e.text, wrong[_i][1]), "%s", e.text);
}
END_TEST

static int run_ok(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts *o = opts;

	(void)argc;
	(void)argv;
	if (o->json)
		err_set(&cli->err, ERR_BUSY, "busy");
	return 0;
}

static int busy_is_two(enum err_kind kind)
{
	return kind == ERR_BUSY ? 2 : 9;
}

/* main() gets words that it may change; cli_main() does not. */
static int run(const struct cli_prog *prog, int argc, const char **argv)
{
	return cli_main(prog, argc, (char **)(uintptr_t)argv);
}

START_TEST(maps_causes_to_exit_status)
{
	static const struct cli_cmd cmds[] = {
		{"go", "", "goes", NULL, table, sizeof(struct opts), run_ok},
		{0},
	};
	static const struct cli_prog prog = {"t", "test", cmds, NULL, NULL};
	static const struct cli_prog mapped = {"t", "test", cmds, NULL, busy_is_two};
	const char *ok[] = {"t", "go", NULL};
	const char *busy[] = {"t", "go", "--json", NULL};
	const char *again[] = {"t", "go", "--json", NULL}; /* options were moved in the first */
	const char *prefix[] = {"t", "g", NULL};
	const char *none[] = {"t", NULL};

	ck_assert_int_eq(run(&prog, 2, ok), 0);
	ck_assert_int_eq(run(&prog, 3, busy), 1);
	ck_assert_int_eq(run(&mapped, 3, again), 2);
	ck_assert_int_eq(run(&prog, 2, prefix), 64);
	ck_assert_int_eq(run(&prog, 1, none), 64);
}
END_TEST

Suite *cli_suite(void)
{
	Suite *s = suite_create("cli");
	TCase *t = tcase_create("cli");

	tcase_add_test(t, takes_options_and_operands);
	tcase_add_loop_test(t, refuses_wrong_usage, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, maps_causes_to_exit_status);
	suite_add_tcase(s, t);
	return s;
}
