/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modinfo.h - the metadata of a payload: strings, by custom key=value
 */
#ifndef XSPLICE_CTL_MODINFO_H
#define XSPLICE_CTL_MODINFO_H

#include "common/json.h"
#include "common/text.h"

/* One string; not terminated. Without "=": key_len is 0, all of it is the value. */
struct modinfo_item {
	const char *key;
	size_t key_len;
	const char *value;
	size_t value_len;
};

/*
 * Goes through @len bytes of strings that each end with a NUL (the last may lack
 * it); empty ones are left out. Start with *at 0; false at the end.
 */
bool modinfo_next(const unsigned char *data, size_t len, size_t *at, struct modinfo_item *out);

/* The strings with "; " between them, escaped for a terminal. */
void modinfo_line(const unsigned char *data, size_t len, struct strbuf *out);

/* {"key": ["value", ...]}; a string without "=" is under "". */
struct json *modinfo_json(const unsigned char *data, size_t len);

#endif
