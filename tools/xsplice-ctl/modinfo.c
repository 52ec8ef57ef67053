// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/modinfo.h"

#include "common/mem.h"

#include <stdlib.h>
#include <string.h>

bool modinfo_next(const unsigned char *data, size_t len, size_t *at, struct modinfo_item *out)
{
	const char *s;
	const char *eq;
	size_t n;

	while (*at < len && !data[*at])
		(*at)++;
	if (*at >= len)
		return false;
	s = (const char *)data + *at;
	n = strnlen(s, len - *at);
	eq = memchr(s, '=', n);
	out->key = s;
	out->key_len = eq ? (size_t)(eq - s) : 0;
	out->value = eq ? eq + 1 : s;
	out->value_len = n - (size_t)(out->value - s);
	*at += n;
	return true;
}

void modinfo_line(const unsigned char *data, size_t len, struct strbuf *out)
{
	struct modinfo_item m;
	size_t at = 0;
	bool first = true;

	for (; modinfo_next(data, len, &at, &m); first = false) {
		if (!first)
			strbuf_adds(out, "; ");
		strbuf_add_escaped(out, m.key, (size_t)(m.value - m.key) + m.value_len);
	}
}

struct json *modinfo_json(const unsigned char *data, size_t len)
{
	struct json *obj = json_new_object();
	struct modinfo_item m;
	size_t at = 0;

	while (modinfo_next(data, len, &at, &m)) {
		struct strbuf key = {0};
		autofree char *value = mem_strndup(m.value, m.value_len);
		struct json *values;

		strbuf_adds(&key, "");
		strbuf_add_escaped(&key, m.key, m.key_len);
		values = json_get(obj, key.data);
		if (!values) {
			values = json_new_array();
			json_put(obj, key.data, values);
		}
		json_add_str(values, value);
		strbuf_free(&key);
	}
	return obj;
}
