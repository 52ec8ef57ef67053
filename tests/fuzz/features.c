// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of features: what is accepted has a name and whole queries. */
#include "release/feature.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_resize(NULL, size + 1, 1);
	struct err e = ERR_INIT;
	struct features f;
	size_t i;
	int ret;

	memcpy(text, data, size);
	text[size] = 0;
	ret = features_read(&f, text, size, "features", &e);
	if ((ret != 0) != (e.kind != ERR_NONE))
		abort();
	for (i = 0; !ret && i < f.n; i++)
		if (!f.v[i].name || !*f.v[i].name ||
		    (f.v[i].term_count && !f.v[i].terms[f.v[i].term_count - 1].last))
			abort();
	features_free(&f);
	free(text);
	return 0;
}
