// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/name.h"

#include "xsplice-ctl/wire.h"
#include "common/io.h"
#include "common/mem.h"
#include "common/text.h"

#include <string.h>

int name_check(const char *name, struct err *e)
{
	char shown[LP_NAME_MAX * 4 + 1];
	size_t len = strlen(name);

	if (!len)
		return err_set(e, ERR_USAGE, "a payload's name cannot be empty");
	if (len >= LP_NAME_MAX)
		return err_set(e, ERR_USAGE, "a payload's name has at most %d bytes, this one %zu",
			       LP_NAME_MAX - 1, len);
	if (text_escape_line(shown, sizeof(shown), name, len) != len || memcmp(shown, name, len))
		return err_set(e, ERR_USAGE,
			       "\"%s\": a payload's name has no control characters, and is UTF-8",
			       shown);
	return 0;
}

char *name_of_file(const char *path)
{
	const char *base = path_base(path);
	const char *dot = strrchr(base, '.');

	return mem_strndup(base, dot ? (size_t)(dot - base) : strlen(base));
}
