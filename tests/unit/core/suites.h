/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CORE_SUITES_H
#define TEST_CORE_SUITES_H

#include <check.h>

Suite *suite_error(void);
Suite *suite_image(void);
Suite *suite_payload(void);
Suite *suite_func(void);
Suite *suite_openpgp(void);
Suite *suite_trailer(void);
Suite *suite_real(void);
Suite *suite_layout(void);
Suite *suite_symbols(void);
Suite *suite_reloc(void);
Suite *suite_patch(void);
Suite *suite_tables(void);
Suite *suite_alternatives(void);
Suite *suite_module(void);
Suite *suite_truth(void);
Suite *suite_policy(void);
Suite *suite_plan(void);
Suite *suite_journal(void);

#endif
