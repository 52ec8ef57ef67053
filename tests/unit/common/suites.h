/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_COMMON_SUITES_H
#define TEST_COMMON_SUITES_H

#include <check.h>

Suite *cli_suite(void);
Suite *feed_suite(void);
Suite *io_suite(void);
Suite *json_suite(void);
Suite *proc_suite(void);
Suite *text_suite(void);

#endif
