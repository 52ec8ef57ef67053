// SPDX-License-Identifier: GPL-2.0-or-later
/* Feeds: what is taken, what is refused, and why. Signatures: tests/release/feed. */
#include "suites.h"

#include "common/feed.h"
#include "common/temp.h"
#include "common/text.h"
#include "unit/core/make.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define XEN "78f10a1211942e5ebacf7ef05f2a2346f76d577c"
#define ONE "b726fc7af539f35eb370ddd368966a85b8bb32bc"
#define TWO "e984be7632893681cdf9d031ceedb2d3a32c97e5"
#define SUM "0231cfe4c35b966e849c1a368890b6d2238bfa4d9eb6141c311a7da20115a32"

/* Two payloads one on the other, a third in place of both, builds without any. */
static const char good[] =
	"{\"format\": \"xsplice-feed-1\", \"name\": \"demo\", \"version\": 7,"
	" \"made\": \"2018-02-01T00:00:00Z\", \"expires\": \"2018-02-15T00:00:00Z\", \"builds\": {"
	"\"" XEN "\": {\"name\": \"4.17.5\", \"payloads\": ["
	"{\"file\": \"one.livepatch\", \"size\": 2448, \"sha256\": \"" SUM "8\","
	" \"build_id\": \"" ONE "\", \"depends\": \"" XEN "\", \"advisories\": [\"XSA-901\"],"
	" \"replaces\": [], \"ring\": null, \"not_before\": null},"
	"{\"file\": \"two.livepatch\", \"size\": 3008, \"sha256\": \"" SUM "9\","
	" \"build_id\": \"" TWO "\", \"depends\": \"" ONE "\", \"advisories\": [\"XSA-902\"],"
	" \"replaces\": [], \"ring\": \"canary\", \"not_before\": \"2018-02-03T12:00:00Z\"},"
	"{\"file\": \"three.livepatch\", \"size\": 3752, \"sha256\": \"" SUM "a\","
	" \"build_id\": \"33\", \"depends\": \"" XEN "\", \"advisories\": [\"XSA-901\","
	" \"XSA-902\"],"
	" \"replaces\": [\"" ONE "\", \"" TWO "\"], \"ring\": null, \"not_before\": null}"
	"], \"none\": null},"
	"\"aa\": {\"name\": \"4.15\", \"payloads\": [], \"none\":"
	" {\"reason\": \"reboot\", \"to\": \"4.15.6\", \"why\": null}},"
	"\"bb\": {\"name\": \"4.14\", \"payloads\": [], \"none\":"
	" {\"reason\": \"unknown\", \"to\": null, \"why\": \"nobody looked\"}}}}";

static struct feed feed;

static void setup(void)
{
	struct err e = ERR_INIT;

	ck_assert_msg(!feed_parse(&feed, "index", good, strlen(good), &e), "%s", e.text);
}

static void teardown(void)
{
	feed_free(&feed);
}

/* @good with the first @from replaced; free() it. */
static char *changed(const char *from, const char *to)
{
	const char *at = strstr(good, from);
	struct strbuf b = {0};

	ck_assert_msg(at != NULL, "%s", from);
	strbuf_add(&b, good, (size_t)(at - good));
	strbuf_adds(&b, to);
	strbuf_adds(&b, at + strlen(from));
	return strbuf_take(&b);
}

START_TEST(takes_what_is_right)
{
	const struct feed_build *b = feed_find(&feed, XEN);

	ck_assert_str_eq(feed.name, "demo");
	ck_assert_int_eq(feed.version, 7);
	ck_assert_int_eq(feed.made, 1517443200);
	ck_assert_uint_eq(feed.n, 3);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(b->n, 3);
	ck_assert_str_eq(b->rows[1].file, "two.livepatch");
	ck_assert_str_eq(b->rows[1].advisories.v[0], "XSA-902");
	ck_assert_int_eq(b->rows[1].not_before, 1517659200);
	ck_assert_ptr_null(b->rows[0].ring);
	ck_assert_uint_eq(b->rows[2].replaces.n, 2);
	ck_assert_int_eq(feed_find(&feed, "aa")->reason, FEED_REBOOT);
	ck_assert_str_eq(feed_find(&feed, "aa")->to, "4.15.6");
	ck_assert_str_eq(feed_find(&feed, "bb")->why, "nobody looked");
	ck_assert_ptr_null(feed_find(&feed, "cc"));
}
END_TEST

START_TEST(same_content_same_bytes)
{
	autofree char *text = feed_text(&feed);
	autofree char *second = NULL;
	struct err e = ERR_INIT;
	struct feed again;

	ck_assert_msg(!feed_parse(&again, "again", text, strlen(text), &e), "%s", e.text);
	second = feed_text(&again);
	ck_assert_str_eq(text, second);
	feed_free(&again);
}
END_TEST

struct wrong {
	const char *from, *to;
	const char *why;
};

static const struct wrong wrongs[] = {
	{"{\"format\"", "[\"format\"", "not a JSON document"},
	{"xsplice-feed-1", "xsplice-feed-2", "only \"xsplice-feed-1\" is understood"},
	{"\"xsplice-feed-1\"", "1", "format: not a string"},
	{"\"format\": \"xsplice-feed-1\", ", "", "format: is missing"},
	{"\"name\": \"demo\"", "\"name\": \"demo\", \"extra\": 1", "extra: unknown"},
	{"\"name\": \"demo\"", "\"name\": \"demo\", \"name\": \"x\"", "duplicate object key"},
	{"\"demo\"", "\"\"", "name: not of the form"},
	{"\"demo\"", "\"a\\nb\"", "name: not of the form"},
	{"\"demo\"", "\"a\\u009bb\"", "name: not of the form"},
	{"\"demo\"",
	 "\"a\xe2\x80\xae"
	 "b\"",
	 "name: not of the form"},
	{"\"demo\"", "\"a\\u2067b\"", "name: not of the form"},
	{"\"demo\"", "\"a\\u2028b\"", "name: not of the form"},
	{"\"demo\"", "\"a\\u200fb\"", "name: not of the form"},
	{"\"demo\"", "\"a\\u061cb\"", "name: not of the form"},
	{"\"nobody looked\"", "\"\\u0085\"", "why: not of the form"},
	{"\"demo\"", "[]", "name: not a string"},
	{"\"version\": 7", "\"version\": 0", "version: not a whole number"},
	{"\"version\": 7", "\"version\": -7", "version: not a whole number"},
	{"\"version\": 7", "\"version\": 7.0", "version: not a whole number"},
	{"\"version\": 7", "\"version\": \"7\"", "version: not a whole number"},
	{"\"version\": 7", "\"version\": 9007199254740993", "version: not a whole number"},
	{"\"version\": 7", "\"version\": 99999999999999999999", "not a JSON document"},
	{"2018-02-01T00:00:00Z", "2018-02-30T00:00:00Z", "made: not of the form"},
	{"2018-02-01T00:00:00Z", "2018-02-01T00:00:00+00:00", "made: not of the form"},
	{"2018-02-01T00:00:00Z", "2018-02-01T00:00:60Z", "made: not of the form"},
	{"2018-02-01T00:00:00Z", "1969-12-31T23:59:59Z", "made: not of the form"},
	{"\"2018-02-01T00:00:00Z\"", "1517443200", "made: not a string"},
	{"2018-02-15T00:00:00Z", "2018-02-01T00:00:00Z", "expires: not later than made"},
	{"\"builds\": {", "\"builds\": [], \"b\": {", "b: unknown"},
	{"\"" XEN "\": {", "\"" XEN "F\": {", "not a build-id"},
	{"\"" XEN "\": {", "\"7\": {", "not a build-id"},
	{"\"payloads\": [{", "\"payloads\": {}, \"p\": [{", "p: unknown"},
	{"{\"file\": \"one", "3, {\"file\": \"one", "payloads: 1: not an object"},
	{"one.livepatch", "../one.livepatch", "payloads: 1: file: not of the form"},
	{"one.livepatch", ".one", "file: not of the form"},
	{"one.livepatch", "two.livepatch", "file two.livepatch: is that of two payloads"},
	{"\"size\": 2448", "\"size\": 2097153", "size: not a whole number"},
	{"\"size\": 2448, ", "", "payloads: 1: size: is missing"},
	{SUM "8", SUM, "sha256: not of the form"},
	{SUM "8", SUM "A", "sha256: not of the form"},
	{SUM "8", SUM "9", "two.livepatch: is the same file as one.livepatch"},
	{"\"build_id\": \"33\"", "\"build_id\": \"" ONE "\"", "has the same build-id as"},
	{"\"depends\": \"" XEN "\"", "\"depends\": \"" TWO "\"", "depends on what is neither"},
	{"\"depends\": \"" XEN "\"", "\"depends\": \"" ONE "\"", "depends on what is neither"},
	{"\"depends\": \"" XEN "\"", "\"depends\": \"dd\"", "depends on what is neither"},
	{"[\"XSA-901\"]", "[\"XSA-901\", \"XSA-901\"]", "an element is there twice"},
	{"[\"XSA-901\"]", "[901]", "advisories: an element is not of the form"},
	{"[\"XSA-901\"]", "\"XSA-901\"", "advisories: not an array"},
	{"[\"XSA-901\"]", "{\"XSA-901\": 1}", "advisories: not an array"},
	{"\"replaces\": []", "\"replaces\": [\"x\"]", "replaces: an element is not of the form"},
	{"\"replaces\": []", "\"replaces\": [\"" ONE "\"]", "one.livepatch: replaces itself"},
	{"\"replaces\": []", "\"replaces\": [\"33\"]", "replaces itself, perhaps by way of"},
	{"\"replaces\": [\"" ONE "\", ", "\"replaces\": [",
	 "neither replaces the other: one.livepatch"},
	{"[\"XSA-901\"]", "[\"XSA-901\", \"XSA-9\"]",
	 "three.livepatch: replaces a payload and lacks its advisory XSA-9"},
	{"[\"XSA-902\"]", "[\"XSA-900\"]", "replaces a payload and lacks its advisory XSA-900"},
	{"\"ring\": \"canary\"", "\"ring\": 1", "ring: not a string"},
	{"\"ring\": null", "\"ring\": \"\"", "ring: not of the form"},
	{"2018-02-03T12:00:00Z", "2018-02-03", "not_before: not of the form"},
	{"\"none\": null", "\"none\": false", "none: not an object"},
	{"\"none\": null", "\"none\": {\"reason\": \"not-affected\", \"to\": null, \"why\": null}",
	 "has payloads and a reason for none"},
	{"{\"reason\": \"reboot\", \"to\": \"4.15.6\", \"why\": null}", "null",
	 "has neither payloads nor a reason"},
	{"\"reboot\"", "\"lost\"", "none: reason: not of the form"},
	{"\"4.15.6\"", "null", "\"to\" belongs to a reboot"},
	{"\"reboot\"", "\"not-affected\"", "\"to\" belongs to a reboot"},
	{"\"nobody looked\"", "null", "does not say why"},
	{"\"nobody looked\"", "\"\"", "why: not of the form"},
	{"\"bb\": {", "\"aa\": {", "duplicate object key"},
	{"\"nobody looked\"", "\"\\u0000\"", "not a JSON document"},
	{"\"nobody looked\"", "\"\xff\"", "not a JSON document"},
};

START_TEST(refuses_what_is_wrong)
{
	const struct wrong *w = &wrongs[_i];
	autofree char *text = changed(w->from, w->to);
	struct err e = ERR_INIT;
	struct feed f;

	ck_assert_msg(feed_parse(&f, "index", text, strlen(text), &e), "taken: %s", w->why);
	ck_assert_msg(strstr(e.text, w->why) != NULL, "%s, not: %s", e.text, w->why);
	ck_assert_msg(text_starts(e.text, "index: "), "%s", e.text);
	ck_assert_int_eq(e.kind, ERR_CHECK);
	ck_assert_uint_eq(f.n, 0);
	feed_free(&f);
}
END_TEST

/* Cut off anywhere, it is never taken. */
START_TEST(refuses_every_part)
{
	size_t len;

	for (len = 0; len < strlen(good); len++) {
		struct err e = ERR_INIT;
		struct feed f;

		ck_assert(feed_parse(&f, "index", good, len, &e));
		feed_free(&f);
	}
}
END_TEST

/* One replaces the other by way of a third: that is one order, too. */
START_TEST(replaces_by_way_of_others)
{
	struct feed_row rows[3] = {
		{.file = "a", .sha256 = "1", .build_id = "a1", .depends = "ee"},
		{.file = "b", .sha256 = "2", .build_id = "b1", .depends = "ee"},
		{.file = "c", .sha256 = "3", .build_id = "c1", .depends = "ee"},
	};
	const char *a1 = "a1";
	const char *b1 = "b1";
	struct feed_build build = {.id = "ee", .name = "x", .rows = rows, .n = 3};
	struct feed f = {.builds = &build, .n = 1, .expires = 1};
	struct err e = ERR_INIT;

	rows[1].replaces = (struct feed_words){&a1, 1};
	rows[2].replaces = (struct feed_words){&b1, 1};
	ck_assert_msg(!feed_check(&f, "index", &e), "%s", e.text);
	rows[2].replaces.n = 0;
	ck_assert(feed_check(&f, "index", &e));
}
END_TEST

START_TEST(takes_words_of_all_languages)
{
	autofree char *text =
		changed("nobody looked", "\xc3\xa9\xd8\xa7\xe2\x82\xac\xe2\x80\x99\xe4\xb8\xad");
	struct err e = ERR_INIT;
	struct feed f;

	ck_assert_msg(!feed_parse(&f, "index", text, strlen(text), &e), "%s", e.text);
	feed_free(&f);
}
END_TEST

/* By way of a third, too; and what it needs must not be gone when its turn comes. */
START_TEST(replaced_is_covered_and_gone)
{
	struct feed_row rows[4] = {
		{.file = "a", .sha256 = "1", .build_id = "a1", .depends = "ee"},
		{.file = "b", .sha256 = "2", .build_id = "b1", .depends = "ee"},
		{.file = "c", .sha256 = "3", .build_id = "c1", .depends = "ee"},
		{.file = "d", .sha256 = "4", .build_id = "d1", .depends = "c1"},
	};
	const char *a1 = "a1", *b1 = "b1", *hole = "XSA-1";
	struct feed_build build = {.id = "ee", .name = "x", .rows = rows, .n = 4};
	struct feed f = {.builds = &build, .n = 1, .expires = 1};
	struct err e = ERR_INIT;

	rows[1].replaces = (struct feed_words){&a1, 1};
	rows[2].replaces = (struct feed_words){&b1, 1};
	rows[0].advisories = rows[1].advisories = rows[2].advisories =
		(struct feed_words){&hole, 1};
	ck_assert_msg(!feed_check(&f, "index", &e), "%s", e.text);
	rows[2].advisories.n = 0;
	ck_assert(feed_check(&f, "index", &e));
	ck_assert_ptr_nonnull(strstr(e.text, "c: replaces a payload and lacks its advisory XSA-1"));
	rows[2].advisories.n = 1;
	rows[3].depends = a1;
	err_clear(&e);
	ck_assert(feed_check(&f, "index", &e));
	ck_assert_ptr_nonnull(
		strstr(e.text, "d: depends on what is replaced before its turn by b"));
}
END_TEST

START_TEST(due)
{
	const struct feed_row *two = &feed_find(&feed, XEN)->rows[1];

	ck_assert(feed_row_due(two - 1, NULL, 0));
	ck_assert(feed_row_due(two - 1, "canary", 0));
	ck_assert(!feed_row_due(two, NULL, INT64_MAX));
	ck_assert(!feed_row_due(two, "all", INT64_MAX));
	ck_assert(!feed_row_due(two, "canary", 1517659199));
	ck_assert(feed_row_due(two, "canary", 1517659200));
}
END_TEST

/* --- age and replay ------------------------------------------------------------------ */

#define MADE	1517443200
#define EXPIRES (MADE + 14 * 86400)

static const struct {
	int64_t now;
	enum feed_problem problem;
	const char *why;
} ages[] = {
	{MADE, FEED_FINE, ""},
	{EXPIRES - 1, FEED_FINE, ""},
	{MADE - 86400, FEED_FINE, ""},
	{MADE - 86401, FEED_CLOCK, "check the clock"},
	{0, FEED_CLOCK, "the clock is wrong by years"},
	{EXPIRES, FEED_FREEZE, "expired at 2018-02-15T00:00:00Z: somebody keeps newer ones back"},
	{EXPIRES + 366 * 86400L, FEED_CLOCK, "wrong by years, or nobody renews"},
};

START_TEST(age)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(feed_fresh(&feed, "index", ages[_i].now, &e), ages[_i].problem);
	ck_assert_msg(strstr(e.text, ages[_i].why) != NULL, "%s", e.text);
}
END_TEST

static enum feed_problem seen(const char *name, int64_t version, bool same)
{
	struct feed_state s = {.version = version};
	struct err e = ERR_INIT;
	enum feed_problem p;

	memcpy(s.name, name, strlen(name) + 1);
	memcpy(s.sha256, feed.sha256, sizeof(s.sha256));
	s.sha256[0] = same ? s.sha256[0] : 'x';
	p = feed_seen(&feed, "index", &s, &e);
	ck_assert_int_eq(p == FEED_FINE, e.kind == ERR_NONE);
	return p;
}

START_TEST(replay)
{
	ck_assert_int_eq(seen("", 0, false), FEED_FINE);
	ck_assert_int_eq(seen("demo", 7, true), FEED_FINE);
	ck_assert_int_eq(seen("demo", 6, false), FEED_FINE);
	ck_assert_int_eq(seen("demo", 7, false), FEED_EQUIVOCATION);
	ck_assert_int_eq(seen("demo", 8, false), FEED_REPLAY);
	ck_assert_int_eq(seen("other", 6, false), FEED_MIX);
}
END_TEST

START_TEST(state_on_disk)
{
	struct err e = ERR_INIT;
	char *dir = dir_temp("feed", &e);
	autofree char *path = path_join(dir, "seen");
	struct feed_state s;

	ck_assert(!feed_state_read(&s, path, &e) && !s.version);
	ck_assert_msg(!feed_state_write(path, &feed, &e), "%s", e.text);
	ck_assert_msg(!feed_state_read(&s, path, &e), "%s", e.text);
	ck_assert_int_eq(s.version, 7);
	ck_assert_str_eq(s.name, "demo");
	ck_assert_str_eq(s.sha256, feed.sha256);
	ck_assert_int_eq(file_write(path, "{}", 2, 0600, &e), 0);
	ck_assert(feed_state_read(&s, path, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "is not the state of a feed"));
	ck_assert_int_eq(dir_remove(dir, &e), 0);
	free(dir);
}
END_TEST

/* --- payloads ------------------------------------------------------------------------- */

static struct strbuf bytes;
static struct feed_payload payload;
static struct feed_build of;

static void payload_setup(void)
{
	struct file_data file;
	struct err e = ERR_INIT;
	struct make m;

	make_payload(&m);
	make_write(&m, &bytes);
	file = (struct file_data){(unsigned char *)bytes.data, bytes.len};
	ck_assert_msg(!feed_payload_read(&payload, "p", &file, &e), "%s", e.text);
	payload.row.file = "p";
	of = (struct feed_build){.id = payload.xen, .rows = &payload.row, .n = 1};
}

static void payload_teardown(void)
{
	feed_payload_free(&payload);
	strbuf_free(&bytes);
}

static enum feed_problem check_row(size_t len, const char *why)
{
	struct file_data file = {(unsigned char *)bytes.data, len};
	struct err e = ERR_INIT;
	enum feed_problem p = feed_row_check(&of, &payload.row, &file, NULL, 0, 0, &e);

	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
	return p;
}

START_TEST(row_fits)
{
	ck_assert_uint_eq((size_t)payload.row.size, bytes.len);
	ck_assert_int_eq(check_row(bytes.len, ""), FEED_FINE);
}
END_TEST

START_TEST(row_and_other_bytes)
{
	ck_assert_int_eq(check_row(bytes.len - 1, "it is cut off"), FEED_TRUNCATION);
	ck_assert_int_eq(check_row(0, "p: 0 bytes of the"), FEED_TRUNCATION);
	bytes.data[bytes.len / 2] ^= 1;
	ck_assert_int_eq(check_row(bytes.len, "not the file that the index means"), FEED_MIX);
	bytes.data[bytes.len / 2] ^= 1;
	payload.row.size--;
	ck_assert_int_eq(check_row(bytes.len, "not the file that the index means"), FEED_MIX);
}
END_TEST

START_TEST(row_says_other_than_notes)
{
	const struct feed_row row = payload.row;
	const char *other = "XSA-1";

	payload.row.build_id = "aa";
	ck_assert_int_eq(check_row(bytes.len, "p: build-id: the payload says"), FEED_MIX);
	payload.row = row;
	payload.row.depends = "aa";
	ck_assert_int_eq(check_row(bytes.len, "p: depends: "), FEED_MIX);
	payload.row = row;
	payload.row.advisories = (struct feed_words){&other, 1};
	ck_assert_int_eq(check_row(bytes.len, "p: advisories: "), FEED_MIX);
	payload.row = row;
	of.id = "aa";
	ck_assert_int_eq(check_row(bytes.len, "p: Xen's build-id: "), FEED_MIX);
}
END_TEST

START_TEST(signature_files)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *why;
	} bad[] = {
		{"-----BEGIN", 10, "it is armored"},
		{"\x88", 1, "no row of binary OpenPGP"},
		{"\x88\x7f\x04", 3, "is cut off"},
		{"\x89\x01\x00\x04", 4, "is cut off"},
		{"\x88\x01\x04", 3, "OpenPGP signature"},
		{"\x99\x01\x00\x04", 4, "no row of binary OpenPGP"},
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct file_data f = {(unsigned char *)mem_dup(bad[i].bytes, bad[i].size),
				      bad[i].size};
		struct err e = ERR_INIT;
		struct feed_packet p;
		size_t pos = 0;

		ck_assert_int_eq(feed_packet_next("sig", &f, &pos, &p, &e), -1);
		ck_assert_int_eq(e.kind, ERR_SIGNATURE);
		ck_assert_msg(strstr(e.text, bad[i].why) != NULL, "%s", e.text);
		file_free(&f);
	}
}
END_TEST

static TCase *payload_cases(void)
{
	TCase *t = tcase_create("payloads");

	tcase_add_checked_fixture(t, payload_setup, payload_teardown);
	tcase_add_test(t, row_fits);
	tcase_add_test(t, row_and_other_bytes);
	tcase_add_test(t, row_says_other_than_notes);
	return t;
}

Suite *feed_suite(void)
{
	Suite *s = suite_create("feed");
	TCase *t = tcase_create("index");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, takes_what_is_right);
	tcase_add_test(t, same_content_same_bytes);
	tcase_add_test(t, takes_words_of_all_languages);
	tcase_add_loop_test(t, refuses_what_is_wrong, 0, sizeof(wrongs) / sizeof(*wrongs));
	tcase_add_test(t, refuses_every_part);
	tcase_add_test(t, replaces_by_way_of_others);
	tcase_add_test(t, replaced_is_covered_and_gone);
	tcase_add_test(t, due);
	tcase_add_loop_test(t, age, 0, sizeof(ages) / sizeof(*ages));
	tcase_add_test(t, replay);
	tcase_add_test(t, state_on_disk);
	tcase_add_test(t, signature_files);
	suite_add_tcase(s, t);
	suite_add_tcase(s, payload_cases());
	return s;
}
