// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/err.h"

#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_text(struct err *e, enum err_kind kind, const char *text)
{
	size_t len = strlen(text);

	/* What a program has said ends a line. */
	while (len && text[len - 1] == '\n')
		len--;
	e->kind = kind;
	text_escape_line(e->text, sizeof(e->text), text, len);
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	char raw[sizeof(e->text)];
	va_list ap;

	if (e->kind != ERR_NONE)
		return -1;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	set_text(e, kind, raw);
	return -1;
}

int err_sys(struct err *e, int errnum, const char *fmt, ...)
{
	char raw[sizeof(e->text)];
	size_t used;
	va_list ap;
	int n;

	if (e->kind != ERR_NONE)
		return -1;
	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	used = n < 0 ? 0 : (size_t)n;
	if (used < sizeof(raw))
		snprintf(raw + used, sizeof(raw) - used, ": %s", strerror(errnum));
	set_text(e, ERR_FAIL, raw);
	return -1;
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->text[0] = '\0';
}
