// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "common/json.h"
#include "common/mem.h"

#include <string.h>

START_TEST(foreign_bytes_stay_json)
{
	struct json *j = json_new_object();
	autofree char *text = NULL;

	json_put_str(j, "a", "x\xffy\"\n");
	json_put_strn(j, "b", "nul\0in", 6);
	json_put_str(j, "c", NULL);
	text = json_canonical(j);
	ck_assert_str_eq(text, "{\"a\":\"x\\\\xffy\\\"\\n\",\"b\":\"nul\\u0000in\",\"c\":null}");
	json_unref(j);
}
END_TEST

START_TEST(reads_what_is_there)
{
	static const char doc[] = "{\"n\": 5, \"s\": \"t\", \"b\": true, \"l\": [1, 2]}";
	struct err e = ERR_INIT;
	struct json *j = json_parse(doc, strlen(doc), "doc", &e);
	const char *key;
	struct json *value;
	void *iter = NULL;
	int n = 0;

	ck_assert_ptr_nonnull(j);
	ck_assert_int_eq(json_get_int(j, "n", 0), 5);
	ck_assert_int_eq(json_get_int(j, "s", -1), -1);
	ck_assert_str_eq(json_get_str(j, "s"), "t");
	ck_assert_ptr_null(json_get_str(j, "n"));
	ck_assert(json_get_bool(j, "b", false));
	ck_assert_uint_eq(json_size(json_get(j, "l")), 2);
	while (json_next(j, &iter, &key, &value))
		n++;
	ck_assert_int_eq(n, 4);
	json_unref(j);
}
END_TEST

static const char *const broken[] = {"", "{", "{\"a\":1,\"a\":2}", "[1] x", "\"\xff\""};

START_TEST(refuses_broken_documents)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(json_parse(broken[_i], strlen(broken[_i]), "doc", &e));
	ck_assert_ptr_nonnull(strstr(e.text, "doc: not a JSON document"));
}
END_TEST

Suite *json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, foreign_bytes_stay_json);
	tcase_add_test(t, reads_what_is_there);
	tcase_add_loop_test(t, refuses_broken_documents, 0, sizeof(broken) / sizeof(broken[0]));
	suite_add_tcase(s, t);
	return s;
}
