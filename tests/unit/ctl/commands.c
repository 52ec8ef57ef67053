// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line: what is printed where, and the exit status. */
#include "fake.h"
#include "suites.h"

#include "common/json.h"

#include <errno.h>
#include <string.h>

static struct run r;

/* Runs it, and wants this exit status; errors are on stderr alone. */
static void want(int status, const char *words)
{
	run(&r, words);
	ck_assert_msg(r.status == status, "%s: status %d: %s%s", words, r.status, r.out, r.err);
	if (status == 0)
		ck_assert_msg(!*r.err, "%s: %s", words, r.err);
	else
		ck_assert_msg(!*r.out && !strncmp(r.err, "xsplice-ctl: ", 13), "%s: %s%s", words,
			      r.out, r.err);
}

/* Parses standard output; the document is of @command. */
static struct json *document(const char *command)
{
	struct err e = ERR_INIT;
	struct json *j = json_parse(r.out, strlen(r.out), "output", &e);

	ck_assert_msg(j != NULL, "%s: %s", e.text, r.out);
	ck_assert_int_eq(json_get_int(j, "schema", 0), 1);
	ck_assert_str_eq(json_get_str(j, "command"), command);
	return j;
}

START_TEST(empty_list)
{
	want(0, "xsplice-ctl list");
	ck_assert_str_eq(r.out, "No payloads are loaded.\n");
}
END_TEST

static void add_two(void)
{
	struct fake_payload *p = fake_add("xsa-506", LP_APPLIED);

	p->metadata_len = 25;
	memcpy(p->metadata, "name=xsa-506\0advisory=506", 26);
	fake_add("b", LP_CHECKED)->rc = -EBUSY;
}

START_TEST(list_as_text)
{
	add_two();
	want(0, "xsplice-ctl list");
	ck_assert_str_eq(r.out,
			 "NAME     STATE     METADATA\n"
			 "xsa-506  APPLIED   name=xsa-506; advisory=506\n"
			 "b        CHECKED (last action: error 16, Device or resource busy)\n");
}
END_TEST

START_TEST(list_of_one)
{
	add_two();
	want(0, "xsplice-ctl list xsa-506");
	ck_assert_str_eq(r.out, "name              xsa-506\n"
				"state             APPLIED\n"
				"name              xsa-506\n"
				"advisory          506\n");
	want(6, "xsplice-ctl list nobody");
	want(64, "xsplice-ctl list a b");
}
END_TEST

START_TEST(list_as_json)
{
	struct json *j;
	struct json *p;

	add_two();
	want(0, "xsplice-ctl list --json");
	j = document("list");
	ck_assert_uint_eq(json_size(json_get(j, "payloads")), 2);
	p = json_at(json_get(j, "payloads"), 0);
	ck_assert_str_eq(json_get_str(p, "name"), "xsa-506");
	ck_assert_str_eq(json_get_str(p, "state"), "APPLIED");
	ck_assert_str_eq(json_str(json_at(json_get(json_get(p, "metadata"), "advisory"), 0)),
			 "506");
	p = json_at(json_get(j, "payloads"), 1);
	ck_assert_int_eq(json_get_int(p, "rc", 0), -16);
	json_unref(j);
}
END_TEST

/* Names and metadata of other tools' payloads must not drive the terminal. */
START_TEST(foreign_bytes_are_escaped)
{
	struct fake_payload *p = fake_add("\033[2J\xff", LP_CHECKED);

	p->metadata_len = 9;
	memcpy(p->metadata, "a\033=\n\x9b\x7f\xc2\x9b", 9);
	want(0, "xsplice-ctl list");
	ck_assert_ptr_null(strchr(r.out, '\033'));
	ck_assert_ptr_null(strstr(r.out, "\x9b"));
	ck_assert_ptr_nonnull(strstr(r.out, "\\x1b[2J\\xff"));
	want(0, "xsplice-ctl list --json");
	json_unref(document("list"));
	ck_assert_ptr_null(strchr(r.out, '\033'));
	want(0, "xsplice-ctl info");
	ck_assert_ptr_null(strchr(r.out, '\033'));
}
END_TEST

START_TEST(info_as_text)
{
	add_two();
	want(0, "xsplice-ctl info");
	ck_assert_ptr_nonnull(strstr(r.out, "4.17.5\n"));
	ck_assert_ptr_nonnull(strstr(r.out, "303132333435363738396162636465666768696a"));
	ck_assert_ptr_nonnull(strstr(r.out, "0x15"));
	ck_assert_ptr_nonnull(strstr(r.out, "2 loaded, 1 applied"));
	want(64, "xsplice-ctl info x");
}
END_TEST

START_TEST(info_as_json)
{
	struct json *j;

	add_two();
	want(0, "xsplice-ctl info --json");
	j = document("info");
	ck_assert_int_eq(json_get_int(json_get(j, "xen"), "major", 0), 4);
	ck_assert_str_eq(json_get_str(json_get(j, "xen"), "build_id"),
			 "303132333435363738396162636465666768696a");
	ck_assert_int_eq(json_get_int(j, "applied", 0), 1);
	ck_assert_str_eq(json_str(json_at(json_get(j, "stack"), 0)), "xsa-506");
	ck_assert_uint_eq(json_size(json_get(j, "payloads")), 2);
	json_unref(j);
	fake.build_id = NULL;
	want(0, "xsplice-ctl info --json");
	j = document("info");
	ck_assert_ptr_null(json_get_str(json_get(j, "xen"), "build_id"));
	json_unref(j);
}
END_TEST

/* Xen does not tell which of several was applied last. */
START_TEST(stack_that_is_not_known)
{
	struct json *j;

	fake_add("a", LP_APPLIED);
	fake_add("b", LP_APPLIED);
	want(0, "xsplice-ctl info --json");
	j = document("info");
	ck_assert_ptr_nonnull(json_get(j, "stack"));
	ck_assert(!json_is_array(json_get(j, "stack")));
	json_unref(j);
	want(0, "xsplice-ctl info");
	ck_assert_ptr_nonnull(strstr(r.out, "order of upload"));
}
END_TEST

START_TEST(actions_as_text)
{
	fake_add("p", LP_CHECKED);
	want(0, "xsplice-ctl apply p");
	ck_assert_int_eq(strncmp(r.out, "p: applied (", 12), 0);
	want(0, "xsplice-ctl apply p");
	ck_assert_str_eq(r.out, "p: nothing to do: its state is APPLIED\n");
	want(6, "xsplice-ctl unload p");
	want(0, "xsplice-ctl revert p");
	want(0, "xsplice-ctl revert p");
	ck_assert_str_eq(r.out, "p: nothing to do: its state is CHECKED\n");
	want(0, "xsplice-ctl replace p");
	want(0, "xsplice-ctl revert p");
	want(0, "xsplice-ctl unload p");
	want(0, "xsplice-ctl unload p");
	ck_assert_str_eq(r.out, "p: nothing to do: no payload of this name is loaded\n");
	want(6, "xsplice-ctl apply p");
}
END_TEST

START_TEST(actions_as_json)
{
	struct json *j;

	fake_add("p", LP_CHECKED);
	want(0, "xsplice-ctl apply --json p");
	j = document("apply");
	ck_assert_str_eq(json_get_str(j, "name"), "p");
	ck_assert_str_eq(json_get_str(j, "state"), "APPLIED");
	ck_assert(json_get_bool(j, "changed", false));
	ck_assert_int_eq(json_get_int(j, "tries", 0), 1);
	json_unref(j);
	want(0, "xsplice-ctl apply -j p");
	j = document("apply");
	ck_assert(!json_get_bool(j, "changed", true));
	json_unref(j);
	want(0, "xsplice-ctl revert --json p");
	json_unref(document("revert"));
	want(0, "xsplice-ctl unload --json p");
	j = document("unload");
	ck_assert_ptr_nonnull(json_get(j, "state"));
	ck_assert_ptr_null(json_get_str(j, "state"));
	json_unref(j);
}
END_TEST

START_TEST(options_of_actions)
{
	fake_add("p", LP_CHECKED);
	want(0, "xsplice-ctl apply --nodeps -t 2s -r 3 p");
	ck_assert_uint_eq(fake.last_timeout, 2000000000);
	ck_assert_uint_eq(fake.last_flags, 1);
	want(0, "xsplice-ctl revert --timeout 100 p");
	ck_assert_uint_eq(fake.last_timeout, 100000000);
	want(64, "xsplice-ctl revert --nodeps p");
	want(64, "xsplice-ctl apply --timeout 1h p");
	want(64, "xsplice-ctl apply --retries many p");
}
END_TEST

START_TEST(usage)
{
	want(64, "xsplice-ctl");
	want(64, "xsplice-ctl nonsense");
	want(64, "xsplice-ctl li");
	want(64, "xsplice-ctl apply");
	want(64, "xsplice-ctl apply a b");
	want(64, "xsplice-ctl list --what");
	want(64, "xsplice-ctl upload x");
	want(64, "xsplice-ctl load");
	want(0, "xsplice-ctl --help");
	want(0, "xsplice-ctl apply --help");
	ck_assert_uint_eq(fake.actions + fake.uploads, 0);
}
END_TEST

START_TEST(bad_names)
{
	const char *argv[] = {"xsplice-ctl", "apply", "a\033b", NULL};

	run_argv(&r, argv);
	ck_assert_int_eq(r.status, 64);
	ck_assert_ptr_null(strchr(r.err, '\033'));
	argv[2] = "";
	run_argv(&r, argv);
	ck_assert_int_eq(r.status, 64);
}
END_TEST

/* The same failure has the same exit status whatever the command. */
static const char *const every[] = {
	"xsplice-ctl list",	   "xsplice-ctl info",	    "xsplice-ctl apply p",
	"xsplice-ctl revert p",	   "xsplice-ctl replace p", "xsplice-ctl unload p",
	"xsplice-ctl list --json",
};

START_TEST(every_command_fails_alike)
{
	fake.no_xen = true;
	want(3, every[_i]);
	fake.no_xen = false;
	fake.all_errno = ENOSYS;
	want(3, every[_i]);
	fake.all_errno = EPERM;
	want(1, every[_i]);
	fake.all_errno = 0;
	fake.interface = 0;
	want(1, every[_i]);
}
END_TEST

START_TEST(busy)
{
	fake_add("p", LP_CHECKED);
	fake.action_errno = EBUSY;
	want(2, "xsplice-ctl apply p");
	want(2, "xsplice-ctl apply --json --retries 2 p");
}
END_TEST

Suite *suite_commands(void)
{
	Suite *s = suite_create("ctl: commands");
	TCase *tc = tcase_create("commands");

	tcase_add_checked_fixture(tc, fake_reset, NULL);
	tcase_add_test(tc, empty_list);
	tcase_add_test(tc, list_as_text);
	tcase_add_test(tc, list_of_one);
	tcase_add_test(tc, list_as_json);
	tcase_add_test(tc, foreign_bytes_are_escaped);
	tcase_add_test(tc, info_as_text);
	tcase_add_test(tc, info_as_json);
	tcase_add_test(tc, stack_that_is_not_known);
	tcase_add_test(tc, actions_as_text);
	tcase_add_test(tc, actions_as_json);
	tcase_add_test(tc, options_of_actions);
	tcase_add_test(tc, usage);
	tcase_add_test(tc, bad_names);
	tcase_add_loop_test(tc, every_command_fails_alike, 0, 7);
	tcase_add_test(tc, busy);
	suite_add_tcase(s, tc);
	return s;
}
