// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "common/err.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

/* What goes in and what a terminal may see. */
static const struct {
	const char *in;
	const char *line;
	const char *text;
} escapes[] = {
	{"plain", "plain", "plain"},
	{"a\nb\tc", "a\\x0ab\\x09c", "a\nb\tc"},
	{"\033[31mred", "\\x1b[31mred", "\\x1b[31mred"},
	{"\177", "\\x7f", "\\x7f"},
	{"gr\303\274n", "gr\303\274n", "gr\303\274n"},
	{"\303", "\\xc3", "\\xc3"},
	{"\300\257", "\\xc0\\xaf", "\\xc0\\xaf"},
	{"\355\240\200", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},
	{"\364\220\200\200", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"},
	{"\302\233", "\\xc2\\x9b", "\\xc2\\x9b"},
	{"\342\200\256evil", "\\xe2\\x80\\xaeevil", "\\xe2\\x80\\xaeevil"},
	{"\330\234", "\\xd8\\x9c", "\\xd8\\x9c"}, /* U+061C */
	{"\342\200\216\342\200\217", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f",
	 "\\xe2\\x80\\x8e\\xe2\\x80\\x8f"}, /* U+200E, U+200F */
	{"\342\200\250", "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8"}, /* U+2028 */
	{"\342\201\246", "\\xe2\\x81\\xa6", "\\xe2\\x81\\xa6"}, /* U+2066 */
	{"\330\233\342\200\215", "\330\233\342\200\215", "\330\233\342\200\215"},
};

START_TEST(escapes_foreign_bytes)
{
	char out[64];

	text_escape_line(out, sizeof(out), escapes[_i].in, strlen(escapes[_i].in));
	ck_assert_str_eq(out, escapes[_i].line);
	text_escape(out, sizeof(out), escapes[_i].in, strlen(escapes[_i].in));
	ck_assert_str_eq(out, escapes[_i].text);
}
END_TEST

START_TEST(a_cause_is_one_line)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(err_fail(&e, "%s: no\tfile\n\n", "x\nFORGED: all good"), -1);
	ck_assert_str_eq(e.text, "x\\x0aFORGED: all good: no\\x09file");
	err_clear(&e);
	err_sys(&e, 2, "a\nb");
	ck_assert_str_eq(e.text, "a\\x0ab: No such file or directory");
}
END_TEST

START_TEST(escape_cuts_at_whole_characters)
{
	char out[8];
	size_t size;

	for (size = 1; size <= sizeof(out); size++) {
		size_t n = text_escape_line(out, size, "\033\303\274", 3);

		ck_assert_uint_lt(n, size);
		ck_assert_uint_eq(strlen(out), n);
		ck_assert(n == 0 || n == 4 || n == 6);
	}
}
END_TEST

START_TEST(hex_both_ways)
{
	unsigned char bytes[3];
	char text[7];

	ck_assert(text_unhex(bytes, 3, "00fFa5"));
	text_hex(text, bytes, 3);
	ck_assert_str_eq(text, "00ffa5");
	ck_assert(!text_unhex(bytes, 3, "00ff"));
	ck_assert(!text_unhex(bytes, 3, "00ffa5b"));
	ck_assert(!text_unhex(bytes, 3, "00ffg5"));
}
END_TEST

START_TEST(strings_grow)
{
	struct strbuf b = {0};
	char *s;
	int i;

	for (i = 0; i < 1000; i++)
		strbuf_addf(&b, "%d,", i);
	ck_assert_uint_eq(b.len, strlen(b.data));
	strbuf_add_escaped(&b, "\n", 1);
	s = strbuf_take(&b);
	ck_assert(text_starts(s, "0,1,2,") && text_ends(s, "999,\\x0a"));
	ck_assert_ptr_null(b.data);
	free(s);
	s = strbuf_take(&b);
	ck_assert_str_eq(s, "");
	free(s);
}
END_TEST

START_TEST(first_cause_stays)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(err_set(&e, ERR_BUSY, "first %d", 1), -1);
	ck_assert_int_eq(err_fail(&e, "second"), -1);
	ck_assert_int_eq(e.kind, ERR_BUSY);
	ck_assert_str_eq(e.text, "first 1");
	err_clear(&e);
	err_fail(&e, "%s: bad", "a\033b");
	ck_assert_str_eq(e.text, "a\\x1bb: bad");
}
END_TEST

Suite *text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, escapes_foreign_bytes, 0, sizeof(escapes) / sizeof(escapes[0]));
	tcase_add_test(t, a_cause_is_one_line);
	tcase_add_test(t, escape_cuts_at_whole_characters);
	tcase_add_test(t, hex_both_ways);
	tcase_add_test(t, strings_grow);
	tcase_add_test(t, first_cause_stays);
	suite_add_tcase(s, t);
	return s;
}
