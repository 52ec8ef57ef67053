// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/json.h"

#include "common/mem.h"
#include "common/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *raw(const struct json *j)
{
	return (json_t *)(uintptr_t)j;
}

static struct json *made(json_t *j)
{
	if (!j)
		abort();
	return (struct json *)j;
}

struct json *json_new_object(void)
{
	return made(json_object());
}

struct json *json_new_array(void)
{
	return made(json_array());
}

/* Foreign bytes as well-formed UTF-8: each stray byte becomes \xNN. */
static char *sanitize(const char *s, size_t len)
{
	struct strbuf b = {0};
	size_t i = 0;

	while (i < len) {
		size_t n = text_utf8_len(s + i, len - i);

		if (n)
			strbuf_add(&b, s + i, n);
		else
			strbuf_addf(&b, "\\x%02x", (unsigned char)s[i]);
		i += n ? n : 1;
	}
	return strbuf_take(&b);
}

static struct json *new_strn(const char *s, size_t len)
{
	json_t *j = json_stringn(s, len);

	if (!j) {
		autofree char *clean = sanitize(s, len);

		j = json_string(clean);
	}
	return made(j);
}

struct json *json_new_str(const char *s)
{
	return s ? new_strn(s, strlen(s)) : made(json_null());
}

struct json *json_new_int(int64_t v)
{
	return made(json_integer(v));
}

void json_unref(struct json *j)
{
	json_decref(raw(j));
}

void json_put(struct json *obj, const char *key, struct json *value)
{
	autofree char *clean = sanitize(key, strlen(key));

	if (json_object_set_new(raw(obj), clean, raw(value)) < 0)
		abort();
}

void json_put_str(struct json *obj, const char *key, const char *s)
{
	json_put(obj, key, json_new_str(s));
}

void json_put_strn(struct json *obj, const char *key, const char *s, size_t len)
{
	json_put(obj, key, new_strn(s, len));
}

void json_put_int(struct json *obj, const char *key, int64_t v)
{
	json_put(obj, key, json_new_int(v));
}

void json_put_real(struct json *obj, const char *key, double v)
{
	json_put(obj, key, made(json_real(v)));
}

void json_put_bool(struct json *obj, const char *key, bool v)
{
	json_put(obj, key, made(json_boolean(v)));
}

void json_add(struct json *array, struct json *value)
{
	if (json_array_append_new(raw(array), raw(value)) < 0)
		abort();
}

void json_add_str(struct json *array, const char *s)
{
	json_add(array, json_new_str(s));
}

struct json *json_parse(const char *text, size_t len, const char *name, struct err *e)
{
	json_error_t error;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (!j)
		err_fail(e, "%s: not a JSON document: line %d: %s", name, error.line, error.text);
	return (struct json *)j;
}

struct json *json_get(const struct json *obj, const char *key)
{
	return (struct json *)json_object_get(raw(obj), key);
}

const char *json_get_str(const struct json *obj, const char *key)
{
	return json_string_value(json_object_get(raw(obj), key));
}

int64_t json_get_int(const struct json *obj, const char *key, int64_t none)
{
	json_t *j = json_object_get(raw(obj), key);

	return json_is_integer(j) ? json_integer_value(j) : none;
}

double json_get_real(const struct json *obj, const char *key, double none)
{
	json_t *j = json_object_get(raw(obj), key);

	return json_is_number(j) ? json_number_value(j) : none;
}

bool json_get_bool(const struct json *obj, const char *key, bool none)
{
	json_t *j = json_object_get(raw(obj), key);

	return json_is_boolean(j) ? json_is_true(j) : none;
}

#undef json_is_object
bool json_is_object(const struct json *j)
{
	return j && json_typeof(raw(j)) == JSON_OBJECT;
}

#undef json_is_array
bool json_is_array(const struct json *j)
{
	return j && json_typeof(raw(j)) == JSON_ARRAY;
}

#undef json_is_null
bool json_is_null(const struct json *j)
{
	return j && json_typeof(raw(j)) == JSON_NULL;
}

size_t json_size(const struct json *array)
{
	return json_array_size(raw(array));
}

struct json *json_at(const struct json *array, size_t i)
{
	return (struct json *)json_array_get(raw(array), i);
}

int64_t json_int(const struct json *j, int64_t none)
{
	return json_is_integer(raw(j)) ? json_integer_value(raw(j)) : none;
}

const char *json_str(const struct json *j)
{
	return json_string_value(raw(j));
}

bool json_next(const struct json *obj, void **iter, const char **key, struct json **value)
{
	*iter = *iter ? json_object_iter_next(raw(obj), *iter) : json_object_iter(raw(obj));
	if (!*iter)
		return false;
	*key = json_object_iter_key(*iter);
	*value = (struct json *)json_object_iter_value(*iter);
	return true;
}

static char *dump(const struct json *j, size_t flags)
{
	char *text = json_dumps(raw(j), flags | JSON_ENCODE_ANY);

	if (!text)
		abort();
	return text;
}

char *json_text(const struct json *j)
{
	autofree char *text = dump(j, JSON_INDENT(2));

	return mem_printf("%s\n", text);
}

char *json_canonical(const struct json *j)
{
	return dump(j, JSON_COMPACT | JSON_SORT_KEYS);
}

void json_print(const struct json *j, FILE *to)
{
	autofree char *text = json_text(j);

	fputs(text, to);
}
