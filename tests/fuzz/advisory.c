// SPDX-License-Identifier: GPL-2.0-or-later
/* Advisories of any form: what is accepted can be written, and reads as the same. */
#include "release/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(const struct record *r)
{
	struct json *j = record_json(r);
	char *text = json_text(j);

	json_unref(j);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct err e = ERR_INIT;
	struct record r = {0}, again = {0};
	char *one, *two;
	int ret = record_parse(&r, (const char *)data, size, "advisory", "xen", &a, &e);

	if ((ret != 0) != (e.kind != ERR_NONE))
		abort();
	if (!ret) {
		if (!r.id || !r.number || record_number(r.id) != r.number)
			abort();
		one = written(&r);
		if (record_parse(&again, one, strlen(one), "again", "xen", &a, &e))
			abort();
		two = written(&again);
		if (strcmp(one, two) != 0)
			abort();
		free(one);
		free(two);
	}
	arena_free(&a);
	return 0;
}
