// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include <stdlib.h>

int main(void)
{
	SRunner *r = srunner_create(kcmd_suite());
	int failed;

	srunner_add_suite(r, lines_suite());
	srunner_add_suite(r, patchfile_suite());
	srunner_add_suite(r, base_suite());
	srunner_add_suite(r, units_suite());
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
