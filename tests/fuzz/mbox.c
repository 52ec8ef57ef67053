// SPDX-License-Identifier: GPL-2.0-or-later
/* Mail archives: any bytes are read, every mail has all of its strings. */
#include "release/mbox.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As from file_read(): followed by a zero byte. */
	char *text = mem_resize(NULL, size + 1, 1);
	struct mbox m = {0};
	struct patch_subject p;
	size_t i;

	memcpy(text, data, size);
	text[size] = 0;
	mbox_read(&m, text, size);
	for (i = 0; i < m.n; i++) {
		const struct mail *one = &m.v[i];

		if (!one->id || !one->parent || !one->subject || !one->from_name || !one->from_mail)
			abort();
		if (patch_subject_parse(one->subject, &p) &&
		    (!p.version || p.title < one->subject ||
		     p.title > one->subject + strlen(one->subject)))
			abort();
	}
	if (m.broken > m.n)
		abort();
	mbox_free(&m);
	free(text);
	return 0;
}
