// SPDX-License-Identifier: GPL-2.0-or-later
/* Names, times, metadata. */
#include "fake.h"
#include "suites.h"

#include "xsplice-ctl/act.h"
#include "xsplice-ctl/modinfo.h"
#include "xsplice-ctl/name.h"
#include "common/mem.h"

#include <stdlib.h>
#include <string.h>

static enum err_kind kind_of_name(const char *name)
{
	struct err e = ERR_INIT;

	name_check(name, &e);
	return e.kind;
}

START_TEST(names_that_are_taken)
{
	char longest[128];

	memset(longest, 'n', 127);
	longest[127] = 0;
	ck_assert_int_eq(kind_of_name("a"), ERR_NONE);
	ck_assert_int_eq(kind_of_name("xsa-506 (2)/x\\y"), ERR_NONE);
	ck_assert_int_eq(kind_of_name("\xc3\xa4"), ERR_NONE);
	ck_assert_int_eq(kind_of_name(longest), ERR_NONE);
}
END_TEST

START_TEST(names_that_are_refused)
{
	char longer[129];

	memset(longer, 'n', 128);
	longer[128] = 0;
	ck_assert_int_eq(kind_of_name(""), ERR_USAGE);
	ck_assert_int_eq(kind_of_name(longer), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("a\nb"), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("\033[2J"), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("\x7f"), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("\xff\xfe"), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("\xc2\x9b"), ERR_USAGE);
	ck_assert_int_eq(kind_of_name("\xe2\x80\xae"), ERR_USAGE);
}
END_TEST

static void check_file_name(const char *path, const char *want)
{
	char *name = name_of_file(path);

	ck_assert_str_eq(name, want);
	free(name);
}

START_TEST(name_of_a_file)
{
	check_file_name("/a/b.c/xsa-506.livepatch", "xsa-506");
	check_file_name("x", "x");
	check_file_name("a.b.c", "a.b");
	check_file_name(".livepatch", "");
}
END_TEST

static void check_timeout(const char *text, enum err_kind kind, uint32_t ns)
{
	struct err e = ERR_INIT;
	uint32_t got = 1;

	act_parse_timeout(text, &got, &e);
	ck_assert_msg(e.kind == kind, "%s: kind %d", text, e.kind);
	if (kind == ERR_NONE)
		ck_assert_msg(got == ns, "%s: %u ns", text, got);
}

START_TEST(timeouts)
{
	check_timeout("30", ERR_NONE, 30000000);
	check_timeout("30ms", ERR_NONE, 30000000);
	check_timeout("2s", ERR_NONE, 2000000000);
	check_timeout("500us", ERR_NONE, 500000);
	check_timeout("7ns", ERR_NONE, 7);
	check_timeout("none", ERR_NONE, 0);
	check_timeout("0", ERR_NONE, 0);
	check_timeout("4294", ERR_NONE, 4294000000u);
	check_timeout("4295", ERR_USAGE, 0);
	check_timeout("5s", ERR_USAGE, 0);
	check_timeout("99999999999999999999", ERR_USAGE, 0);
	check_timeout("", ERR_USAGE, 0);
	check_timeout("-1", ERR_USAGE, 0);
	check_timeout("1.5s", ERR_USAGE, 0);
	check_timeout("1h", ERR_USAGE, 0);
	check_timeout("ms", ERR_USAGE, 0);
}
END_TEST

static void check_line(const char *data, size_t len, const char *want)
{
	struct strbuf b = {0};

	strbuf_adds(&b, "");
	modinfo_line((const unsigned char *)data, len, &b);
	ck_assert_str_eq(b.data, want);
	strbuf_free(&b);
}

START_TEST(metadata_as_a_line)
{
	check_line("", 0, "");
	check_line("a=1\0b=2\0", 8, "a=1; b=2");
	check_line("\0\0a=1\0\0b=2", 10, "a=1; b=2");
	check_line("plain\0", 6, "plain");
	check_line("=x\0", 3, "=x");
	check_line("a=\033[2J\n\0", 8, "a=\\x1b[2J\\x0a");
}
END_TEST

START_TEST(metadata_as_json)
{
	static const char data[] = "a=1\0b=x=y\0a=2\0plain\0k\001=v";
	struct json *j = modinfo_json((const unsigned char *)data, sizeof(data));

	ck_assert_uint_eq(json_size(json_get(j, "a")), 2);
	ck_assert_str_eq(json_str(json_at(json_get(j, "a"), 1)), "2");
	ck_assert_str_eq(json_str(json_at(json_get(j, "b"), 0)), "x=y");
	ck_assert_str_eq(json_str(json_at(json_get(j, ""), 0)), "plain");
	ck_assert_str_eq(json_str(json_at(json_get(j, "k\\x01"), 0)), "v");
	json_unref(j);
}
END_TEST

Suite *suite_small(void)
{
	Suite *s = suite_create("ctl: names, times, metadata");
	TCase *tc = tcase_create("small");

	tcase_add_test(tc, names_that_are_taken);
	tcase_add_test(tc, names_that_are_refused);
	tcase_add_test(tc, name_of_a_file);
	tcase_add_test(tc, timeouts);
	tcase_add_test(tc, metadata_as_a_line);
	tcase_add_test(tc, metadata_as_json);
	suite_add_tcase(s, tc);
	return s;
}
