// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/payload.h"

#include <string.h>

int payload_read(const char *path, const struct file_data *file, struct payload *out, struct err *e)
{
	*out = (struct payload){0};
	if (file->size < 4 || memcmp(file->data, "\177ELF", 4))
		return err_set(e, ERR_CHECK, "%s: is not a payload (no ELF file)", path);
	return 0;
}
