// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

int main(void)
{
	SRunner *r = srunner_create(suite_error());
	int failed;

	srunner_add_suite(r, suite_image());
	srunner_add_suite(r, suite_payload());
	srunner_add_suite(r, suite_func());
	srunner_add_suite(r, suite_openpgp());
	srunner_add_suite(r, suite_trailer());
	srunner_add_suite(r, suite_real());
	srunner_add_suite(r, suite_layout());
	srunner_add_suite(r, suite_symbols());
	srunner_add_suite(r, suite_reloc());
	srunner_add_suite(r, suite_patch());
	srunner_add_suite(r, suite_tables());
	srunner_add_suite(r, suite_alternatives());
	srunner_add_suite(r, suite_module());
	srunner_add_suite(r, suite_truth());
	srunner_add_suite(r, suite_policy());
	srunner_add_suite(r, suite_plan());
	srunner_add_suite(r, suite_journal());
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
