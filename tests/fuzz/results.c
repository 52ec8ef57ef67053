// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of tests; the first byte chooses the kind. */
#include "release/results.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct results r;
	char *text;
	int ret;

	if (!size)
		return 0;
	text = mem_resize(NULL, size, 1);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	ret = results_read(&r,
			   data[0] == 't'   ? "a.tap"
			   : data[0] == 's' ? "a.subunit"
					    : "a.xml",
			   text, size - 1, &e);
	/* A failure always says why, and a success never does. */
	if ((ret != 0) != (e.kind != ERR_NONE))
		abort();
	results_free(&r);
	free(text);
	return 0;
}
