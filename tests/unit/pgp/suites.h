/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PGP_SUITES_H
#define TEST_PGP_SUITES_H

#include <check.h>

Suite *suite_judge(void);
Suite *suite_sign(void);
Suite *suite_verify(void);
Suite *suite_flips(void);
Suite *suite_pubkey(void);

#endif
