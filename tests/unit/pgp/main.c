// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

int main(void)
{
	SRunner *r = srunner_create(suite_judge());
	int failed;

	srunner_add_suite(r, suite_sign());
	srunner_add_suite(r, suite_verify());
	srunner_add_suite(r, suite_flips());
	srunner_add_suite(r, suite_pubkey());
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
