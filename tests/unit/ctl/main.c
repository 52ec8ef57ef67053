// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"
#include "suites.h"

int main(void)
{
	SRunner *r = srunner_create(suite_actions());
	int failed;

	srunner_add_suite(r, suite_commands());
	srunner_add_suite(r, suite_compat());
	srunner_add_suite(r, suite_listing());
	srunner_add_suite(r, suite_loader());
	srunner_add_suite(r, suite_payloads());
	srunner_add_suite(r, suite_small());
	fixture_make();
	srunner_run_all(r, CK_ENV);
	fixture_done();
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
