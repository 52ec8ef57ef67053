/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FRONT_SUITES_H
#define TEST_FRONT_SUITES_H

#include <check.h>

Suite *base_suite(void);
Suite *kcmd_suite(void);
Suite *lines_suite(void);
Suite *patchfile_suite(void);
Suite *units_suite(void);

#endif
