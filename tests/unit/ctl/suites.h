/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suites.h - the suites of this test program, one a file
 */
#ifndef TEST_CTL_SUITES_H
#define TEST_CTL_SUITES_H

#include <check.h>

Suite *suite_actions(void);
Suite *suite_commands(void);
Suite *suite_compat(void);
Suite *suite_listing(void);
Suite *suite_loader(void);
Suite *suite_payloads(void);
Suite *suite_small(void);

#endif
