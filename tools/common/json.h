/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - JSON documents (on jansson)
 *
 * A value belongs to whoever made it until it is put into another one; the
 * document is freed by its root. Strings may hold foreign bytes: what is not
 * well-formed UTF-8 is put as \xNN text. Memory failures end the process, as in
 * mem.h.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json;

struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_str(const char *s);
struct json *json_new_int(int64_t v);
void json_unref(struct json *j);

/* Members of an object; an existing one is replaced. @s NULL puts null. */
void json_put(struct json *obj, const char *key, struct json *value);
void json_put_str(struct json *obj, const char *key, const char *s);
void json_put_strn(struct json *obj, const char *key, const char *s, size_t len);
void json_put_int(struct json *obj, const char *key, int64_t v);
void json_put_real(struct json *obj, const char *key, double v);
void json_put_bool(struct json *obj, const char *key, bool v);

/* Elements of an array. */
void json_add(struct json *array, struct json *value);
void json_add_str(struct json *array, const char *s);

/* Parses a whole document of @len bytes; @name stands in the message. */
struct json *json_parse(const char *text, size_t len, const char *name, struct err *e);

/* Reading: borrowed values; NULL / the default where missing or of another type. */
struct json *json_get(const struct json *obj, const char *key);
const char *json_get_str(const struct json *obj, const char *key);
int64_t json_get_int(const struct json *obj, const char *key, int64_t none);
double json_get_real(const struct json *obj, const char *key, double none);
bool json_get_bool(const struct json *obj, const char *key, bool none);
bool json_is_object(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_null(const struct json *j);
size_t json_size(const struct json *array);
struct json *json_at(const struct json *array, size_t i);
const char *json_str(const struct json *j);
int64_t json_int(const struct json *j, int64_t none);

/*
 * Object members in the order they were put. Start with *iter NULL; false at the
 * end.
 */
bool json_next(const struct json *obj, void **iter, const char **key, struct json **value);

/* The document as text, two blanks of indent, a newline at the end; free() it. */
char *json_text(const struct json *j);
/* The document in one line without blanks, keys sorted: for digests; free() it. */
char *json_canonical(const struct json *j);
/* Prints json_text(). */
void json_print(const struct json *j, FILE *to);

#endif
