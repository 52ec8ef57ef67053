// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include <stdlib.h>

int main(void)
{
	SRunner *r = srunner_create(text_suite());
	int failed;

	srunner_add_suite(r, io_suite());
	srunner_add_suite(r, proc_suite());
	srunner_add_suite(r, cli_suite());
	srunner_add_suite(r, json_suite());
	srunner_add_suite(r, feed_suite());
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
