// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

int main(void)
{
	SRunner *r = srunner_create(suite_release());
	int failed;

	srunner_add_suite(r, suite_plan());
	srunner_add_suite(r, suite_report());
	srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
