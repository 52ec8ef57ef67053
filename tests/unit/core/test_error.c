// SPDX-License-Identifier: GPL-2.0-or-later
/* The catalogue has words and a kind for every code. */
#include "suites.h"

#include "xsplice/core.h"

#include <string.h>

START_TEST(every_code_has_words)
{
	const char *unknown = xsp_code_text(XSP_CODES);

	for (unsigned int i = 0; i < XSP_CODES; i++) {
		ck_assert_msg(strcmp(xsp_code_text(i), unknown) != 0, "code %u", i);
		ck_assert_int_eq(xsp_code_kind(i) == XSP_KIND_NONE, i == XSP_OK);
	}
}
END_TEST

START_TEST(unknown_codes_are_failures)
{
	ck_assert_int_eq(xsp_code_kind(XSP_CODES), XSP_KIND_INVALID);
	ck_assert_int_eq(xsp_code_kind((enum xsp_code) - 1), XSP_KIND_INVALID);
}
END_TEST

START_TEST(first_cause_stays)
{
	struct xsp_cause c = {XSP_OK, 0, ""};

	ck_assert_int_eq(xsp_fail(&c, XSP_NOT_ELF, 7, "first"), -1);
	ck_assert_int_eq(xsp_fail(&c, XSP_TAIL, 8, "second"), -1);
	ck_assert_int_eq(c.code, XSP_NOT_ELF);
	ck_assert_uint_eq(c.pos, 7);
	ck_assert_str_eq(c.what, "first");
}
END_TEST

START_TEST(range_test_does_not_wrap)
{
	ck_assert(xsp_in_range(0, 0, 0));
	ck_assert(xsp_in_range(3, 7, 10));
	ck_assert(!xsp_in_range(3, 8, 10));
	ck_assert(!xsp_in_range(11, 0, 10));
	ck_assert(!xsp_in_range(8, UINT64_MAX, 10));
	ck_assert(!xsp_in_range(UINT64_MAX, 2, 10));
}
END_TEST

Suite *suite_error(void)
{
	Suite *s = suite_create("error");
	TCase *t = tcase_create("catalogue");

	tcase_add_test(t, every_code_has_words);
	tcase_add_test(t, unknown_codes_are_failures);
	tcase_add_test(t, first_cause_stays);
	tcase_add_test(t, range_test_does_not_wrap);
	suite_add_tcase(s, t);
	return s;
}
