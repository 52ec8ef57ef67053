/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suites.h - the suites of test_release, one a file
 */
#ifndef TEST_RELEASE_SUITES_H
#define TEST_RELEASE_SUITES_H

#include <check.h>

Suite *suite_plan(void);
Suite *suite_release(void);
Suite *suite_report(void);

#endif
