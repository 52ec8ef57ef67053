// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsers of the release tool: dates, versions, messages, people, mail, results, features. */
#include "suites.h"

#include "common/io.h"
#include "release/date.h"
#include "release/edit.h"
#include "release/feature.h"
#include "release/history.h"
#include "release/mbox.h"
#include "release/message.h"
#include "release/people.h"
#include "release/pack.h"
#include "release/rel.h"
#include "release/relog.h"
#include "release/results.h"
#include "release/runbook.h"
#include "release/spread.h"
#include "release/version.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(dates_round_trip)
{
	int32_t day;
	char text[DATE_LEN];

	for (day = -800000; day < 2000000; day += 997) {
		int y, m, d;

		day_split(day, &y, &m, &d);
		ck_assert_int_eq(day_of(y, m, d), day);
	}
	ck_assert(day_parse("2016-02-29", &day));
	ck_assert_str_eq(day_text(day, text), "2016-02-29");
	ck_assert_int_eq(day_weekday(day), 0);
	ck_assert(day_parse("1970-01-01", &day) && day == 0);
	ck_assert_int_eq(day_of_instant(-1), -1);
	ck_assert_int_eq(day_of_instant(INT64_MAX), INT32_MAX);
}
END_TEST

START_TEST(dates_refused)
{
	static const char *const bad[] = {"",		"2015-1-1",    "2015-02-29", "2015-13-01",
					  "2015-00-10", "2015-01-01 ", "0999-01-01", "TBD",
					  "2015/01/01", "20150101"};
	int32_t day;

	ck_assert_msg(!day_parse(bad[_i], &day), "%s", bad[_i]);
}
END_TEST

START_TEST(dates_months)
{
	int32_t day;
	char text[DATE_LEN];

	ck_assert(day_parse("2015-12-31", &day));
	ck_assert_str_eq(day_text(day_add_months(day, 2), text), "2016-02-29");
	ck_assert_str_eq(day_text(day_add_months(day, -13), text), "2014-11-30");
}
END_TEST

START_TEST(versions_order)
{
	static const char *const up[] = {"4.1",	   "4.9",    "4.10.0-rc1", "4.10.0-rc2",
					 "4.10.0", "4.10.1", "5.0"};
	struct version a, b;
	size_t i;

	for (i = 1; i < sizeof(up) / sizeof(*up); i++) {
		ck_assert(version_parse(up[i - 1], &a) && version_parse(up[i], &b));
		ck_assert_msg(version_cmp(&a, &b) < 0, "%s < %s", up[i - 1], up[i]);
		ck_assert_int_eq(version_cmp(&b, &a), 1);
	}
	ck_assert(version_parse("4.10", &a) && version_parse("4.10.0", &b));
	ck_assert_int_eq(version_cmp(&a, &b), 0);
}
END_TEST

START_TEST(versions_refused)
{
	static const char *const bad[] = {"",	     "4",	  "4.",	  "4.1e1", ".4",
					  "4.010",   "4.1.1.1.1", " 4.1", "4.1 ",  "4.1-rc",
					  "4.1-rc0", "4.100000",  "v4.1"};
	struct version v;

	ck_assert_msg(!version_parse(bad[_i], &v), "%s", bad[_i]);
}
END_TEST

static unsigned int advisories(const char *text, unsigned int out[8])
{
	unsigned int n = 0;

	while (n < 8 && message_advisory(&text, &out[n]))
		n++;
	return n;
}

START_TEST(advisories_found)
{
	unsigned int n[8];

	ck_assert_uint_eq(advisories("This is part of XSA-155.", n), 1);
	ck_assert_uint_eq(n[0], 155);
	ck_assert_uint_eq(advisories("x86: fix a leak\n\nThe fix for XSA-401 broke this.", n), 0);
	ck_assert_uint_eq(advisories("Buggy as of commit 123 (XSA-402).", n), 0);
	ck_assert_uint_eq(advisories("It has to do with what XSA-1 broke. This is XSA-2.", n), 1);
	ck_assert_uint_eq(n[0], 2);
	ck_assert_uint_eq(advisories("This is XSA-3, which was caused by a typo.", n), 1);
	ck_assert_uint_eq(advisories("Broken long ago.\n\nXSA-4", n), 1);
	ck_assert_uint_eq(advisories("XSA155 / XSA-156\n and XSA 7", n), 3);
	ck_assert_uint_eq(n[1], 156);
	ck_assert_uint_eq(n[2], 7);
	ck_assert_uint_eq(advisories("The bug was introduced\nby XSA-346.", n), 0);
	ck_assert_uint_eq(advisories("a regression from XSA-346, part of XSA-350", n), 1);
	ck_assert_uint_eq(n[0], 350);
	ck_assert_uint_eq(advisories("XSAFE-1 FOOXSA-12 XSA-12ab XSA-", n), 0);
}
END_TEST

/* What the words around a name make of it: 's'ure, 'u'nsure, "" a cause. */
START_TEST(advisories_unsure)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{"This is XSA-1.", "s"},
		{"Complete the fix of XSA-1: the check was missing since 4.5.", "u"},
		{"The rest of XSA-1. It regressed when the lock was split.", "s"},
		{"What is left of XSA-1, because of which guests broke.", "u"},
		{"A follow-up to XSA-1.", "u"},
		{"Buggy as of commit 123 (XSA-1).", "u"},
		{"See XSA-1.", "u"},
		{"The fix for XSA-1\nbroke this.", ""},
		{"Introduced by XSA-1, this is part of XSA-2.", "s"},
		{"Broken since XSA-1.", ""},
	};
	const char *at = t[_i].text;
	char got[8] = "";
	size_t len = 0;
	unsigned int n;
	bool sure;

	while (len + 1 < sizeof(got) && message_naming(&at, &n, &sure))
		got[len++] = sure ? 's' : 'u';
	ck_assert_msg(!strcmp(got, t[_i].want), "%s: %s", t[_i].text, got);
}
END_TEST

START_TEST(links_found)
{
	const char *at =
		"x\n\nmaster commit: 0123456789abcdef0123456789abcdef01234567\nmaster date: x\n";
	char id[41];

	ck_assert(message_link(&at, LINK_MASTER, id));
	ck_assert_str_eq(id, "0123456789abcdef0123456789abcdef01234567");
	ck_assert(!message_link(&at, LINK_MASTER, id));
	at = "master commit: ABCDEF0123456789\n";
	ck_assert(message_link(&at, LINK_MASTER, id));
	ck_assert_str_eq(id, "abcdef0123456789");
	at = "Fixes: 01234567890a (\"x\")\nFixes: 0123 (\"too short\")\nnot Fixes: 0123456789\n";
	ck_assert(message_link(&at, LINK_FIXES, id));
	ck_assert_str_eq(id, "01234567890a");
	ck_assert(!message_link(&at, LINK_FIXES, id));
}
END_TEST

START_TEST(trailers_found)
{
	const char *at = "area: subject\n\nReviewed-by: \"Q. Person\" <q@x.example>\nsee: "
			 "this\nAcked-by:none\n";
	struct arena a = {0};
	struct trailer t;

	ck_assert(message_trailer(&at, &t));
	ck_assert(trailer_is(&t, "area"));
	ck_assert(message_trailer(&at, &t));
	ck_assert(trailer_is(&t, "reviewed-by"));
	ck_assert_str_eq(trailer_mail(&t, &a), "q@x.example");
	ck_assert_str_eq(trailer_name(&t, &a), "Q. Person");
	ck_assert(message_trailer(&at, &t));
	ck_assert(!message_trailer(&at, &t));
	arena_free(&a);
}
END_TEST

START_TEST(people_move)
{
	struct people p = {0};
	struct err e = ERR_INIT;
	int32_t before, after;

	ck_assert(day_parse("2017-06-30", &before) && day_parse("2017-07-01", &after));
	ck_assert_int_eq(people_read_aliases(&p, "# c\n\"A@X.example\" b@y.example\n", "f", &e), 0);
	ck_assert_int_eq(people_read_domains(&p,
					     "y.example One Inc. < 2017-07-01\ny.example Two\n"
					     "b@y.example Own < 2000-01-01\n",
					     "f", &e),
			 0);
	ck_assert_str_eq(people_canonical(&p, "a@x.example"), "b@y.example");
	ck_assert_str_eq(people_employer(&p, "b@y.example", before), "One Inc.");
	ck_assert_str_eq(people_employer(&p, "b@y.example", after), "Two");
	ck_assert_str_eq(people_employer(&p, "c@deep.y.example", after), "Two");
	ck_assert_ptr_null(people_employer(&p, "c@xy.example", after));
	ck_assert_int_eq(people_read_domains(&p, "z.example Z < soon\n", "f", &e), -1);
	ck_assert_str_eq(e.text, "f:1: \"< soon\" is no date: write < YYYY-MM-DD");
	people_free(&p);
}
END_TEST

START_TEST(people_aliases_lead_on)
{
	struct people p = {0};
	struct err e = ERR_INIT;

	ck_assert_int_eq(people_read_aliases(&p, "a@x b@x\nc@x c@x\nb@x c@x\n", "f", &e), 0);
	ck_assert_str_eq(people_canonical(&p, "A@x"), "c@x");
	ck_assert_str_eq(people_canonical(&p, "b@x"), "c@x");
	ck_assert_str_eq(people_canonical(&p, "c@x"), "c@x");
	ck_assert_str_eq(people_canonical(&p, "d@x"), "d@x");
	ck_assert_int_eq(people_read_aliases(&p, "c@x d@x\n\nd@x a@x\n", "f", &e), -1);
	ck_assert_str_eq(e.text, "f:3: the alias d@x leads back to itself");
	people_free(&p);
}
END_TEST

START_TEST(people_dates_refused)
{
	static const char *const bad[] = {"2018-01-01garbage", "2018-01-01 Next", "", "2018-02-30",
					  "2018-01-0100"};
	struct people p = {0};
	struct err e = ERR_INIT;
	autofree char *line = mem_printf("x.example X < %s # c\n", bad[_i]);
	autofree char *good = mem_printf("x.example X <2018-01-01# c\r\nx.example Y\n");

	ck_assert_int_eq(people_read_domains(&p, good, "f", &e), 0);
	ck_assert_str_eq(people_employer(&p, "a@x.example", 0), "X");
	ck_assert_msg(people_read_domains(&p, line, "f", &e) == -1, "%s", line);
	people_free(&p);
}
END_TEST

START_TEST(mail_dates)
{
	int64_t t;

	ck_assert(mail_date_parse("Tue, 4 Jul 2017 09:00:00 +0200 (CEST)", &t));
	ck_assert_int_eq(t, 1499151600);
	ck_assert(mail_date_parse("4 Jul 2017 07:00 GMT", &t));
	ck_assert_int_eq(t, 1499151600);
	ck_assert(mail_date_parse("Tue, 4 Jul 2017 03:00:00 EDT", &t));
	ck_assert_int_eq(t, 1499151600);
	ck_assert(mail_date_parse("Tue, 4 Jul 2017 00:00:00 pdt", &t));
	ck_assert_int_eq(t, 1499151600);
	ck_assert(!mail_date_parse("4 Jul 2017 09:00:00 CEST", &t));
	ck_assert(!mail_date_parse("4 Jul 2017 09:00:00", &t));
	ck_assert(!mail_date_parse("4 Jul 2017 09:00:00 +9999", &t));
	ck_assert(!mail_date_parse("4 Jul 2017 09:00:00 +0160", &t));
	ck_assert(!mail_date_parse("31 Feb 2017 09:00:00 +0000", &t));
	ck_assert(!mail_date_parse("yesterday", &t));
	ck_assert(!mail_date_parse("4 Foo 2017 07:00:00 +0000", &t));
	ck_assert(!mail_date_parse("4 Jul 2017 25:00:00 +0000", &t));
}
END_TEST

START_TEST(patch_subjects)
{
	struct patch_subject p;

	ck_assert(patch_subject_parse("[Xen-devel] [PATCH v3 02/15] area: do", &p));
	ck_assert_uint_eq(p.version, 3);
	ck_assert_uint_eq(p.number, 2);
	ck_assert_uint_eq(p.total, 15);
	ck_assert_str_eq(p.title, "area: do");
	ck_assert(patch_subject_parse("[RFC PATCHv2] x", &p) && p.version == 2);
	ck_assert(patch_subject_parse("[PATCH for-4.6] x", &p) && p.version == 1);
	ck_assert(patch_subject_parse("[PATCH v99999999999] x", &p) && p.version == 1);
	ck_assert(!patch_subject_parse("Re: [PATCH] x", &p));
	ck_assert(!patch_subject_parse("[PATCH never closed", &p));
}
END_TEST

static int read_results(const char *name, const char *text, size_t *n)
{
	struct results r;
	struct err e = ERR_INIT;
	int ret = results_read(&r, name, text, strlen(text), &e);

	*n = r.n;
	results_free(&r);
	return ret;
}

START_TEST(results_read_or_refused)
{
	size_t n;

	ck_assert_int_eq(
		read_results("a.tap", "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b\n", &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(read_results("a.tap", "1..3\nok 1\n", &n), -1);
	ck_assert_int_eq(read_results("a.tap", "1..1\nBail out!\n", &n), -1);
	ck_assert_int_eq(read_results("a.subunit", "test: a\nfailure: a [\nsuccess: b\n]\n", &n),
			 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(read_results("a.subunit", "test: a\n", &n), -1);
	ck_assert_int_eq(
		read_results("a.xml", "<testsuite><testcase name='a' time='nan'/></testsuite>", &n),
		-1);
	ck_assert_int_eq(read_results("a.xml", "<testsuite><testcase name='a'/></testsuite>", &n),
			 0);
	ck_assert_int_eq(read_results("a.json", "[]", &n), -1);
}
END_TEST

/* What says less than it planned, or contradicts itself, is no result. */
START_TEST(results_refused)
{
	static const char *const bad[][2] = {
		{"a.tap", "1..x\n"},
		{"a.tap", "1..\n"},
		{"a.tap", "1..0\n"},
		{"a.tap", "1..2\n1..1\nok 1\n"},
		{"a.tap", "1..2\nok 1 - a\nok 1 - b\n"},
		{"a.tap", "1..2\nok 2 - b\nok 1 - a\n"},
		{"a.subunit", "test: a\ntest: b\nsuccess: b\n"},
		{"a.subunit", "test: a\nsuccess: b\n"},
		{"a.xml", "<testsuite tests='2'><testcase name='a'/></testsuite>"},
		{"a.xml",
		 "<testsuites tests='3'><testsuite tests='1'><testcase name='a'/></testsuite>"
		 "</testsuites>"},
		{"a.xml", "<testsuite failures='1'><testcase name='a'/></testsuite>"},
		{"a.xml", "<testsuite errors='1'><testcase name='a'/></testsuite>"},
		{"a.xml", "<testsuite tests='all'><testcase name='a'/></testsuite>"},
		{"a.xml", "<testsuite><error/><testcase name='a'/></testsuite>"},
	};
	size_t n;

	ck_assert_msg(read_results(bad[_i][0], bad[_i][1], &n) == -1, "%s", bad[_i][1]);
}
END_TEST

START_TEST(results_say)
{
	static const struct {
		const char *file, *text, *test;
		enum outcome outcome;
	} say[] = {
		{"a.tap", "1..1\nok 1 - 32bit-boot\n", "32bit-boot", OUTCOME_PASS},
		{"a.tap", "1..1\nnot ok 1 64bit-boot\n", "64bit-boot", OUTCOME_FAIL},
		{"a.tap", "1..1\nok 32bit\n", "32bit", OUTCOME_PASS},
		{"a.tap", "1..1\nok 1 - -x 2 # SKIP no\n", "-x 2", OUTCOME_SKIP},
		{"a.tap", "1..1 # of one\nok\n", "test 1", OUTCOME_PASS},
		{"a.xml",
		 "<testsuite tests='1' failures='1'><testcase name='a'><failure/><skipped/>"
		 "</testcase></testsuite>",
		 "a", OUTCOME_FAIL},
		{"a.xml", "<testsuite><testcase name='a' status='notrun'/></testsuite>", "a",
		 OUTCOME_SKIP},
		{"a.xml",
		 "<testsuite><testcase name='a' status='run' result='suppressed'/></testsuite>",
		 "a", OUTCOME_SKIP},
		{"a.xml", "<testsuite><testcase name='a'><rerunFailure/></testcase></testsuite>",
		 "a", OUTCOME_FAIL},
	};
	struct results r;
	struct err e = ERR_INIT;

	ck_assert_msg(!results_read(&r, say[_i].file, say[_i].text, strlen(say[_i].text), &e), "%s",
		      e.text);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_str_eq(r.v[0].test, say[_i].test);
	ck_assert_int_eq(r.v[0].outcome, say[_i].outcome);
	results_free(&r);
}
END_TEST

/* Passed at the second try: it passed and it failed. */
START_TEST(results_flaky)
{
	static const char text[] =
		"<testsuite tests='1'><testcase name='a'><flakyFailure/></testcase></testsuite>";
	struct results r;
	struct err e = ERR_INIT;

	ck_assert_int_eq(results_read(&r, "a.xml", text, sizeof(text) - 1, &e), 0);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_int_eq(r.v[0].outcome, OUTCOME_PASS);
	ck_assert_int_eq(r.v[1].outcome, OUTCOME_FAIL);
	ck_assert_str_eq(r.v[1].test, "a");
	results_free(&r);
}
END_TEST

START_TEST(features_continue)
{
	static const char text[] = "Feature: a\n b c\nState: Done\nQuery: subject:\"x y\" "
				   "path:d/\nQuery: id:0123456\n";
	struct features f;
	struct err e = ERR_INIT;

	ck_assert_int_eq(features_read(&f, text, sizeof(text) - 1, "f", &e), 0);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.v[0].name, "a b c");
	ck_assert_uint_eq(f.v[0].term_count, 3);
	ck_assert(!f.v[0].terms[0].last && f.v[0].terms[1].last && f.v[0].terms[2].last);
	ck_assert(f.needs_paths);
	features_free(&f);
	ck_assert_int_eq(features_read(&f, "Feature: a\nQuery:\n", 18, "f", &e), -1);
	features_free(&f);
}
END_TEST

#define ID_A	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B	  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C	  "cccccccccccccccccccccccccccccccccccccccc"
#define ID_D	  "dddddddddddddddddddddddddddddddddddddddd"
#define UNDO(id)  "Revert \"it\"", "\n\nThis reverts commit " id ".\n"
#define AGAIN(id) "Reapply \"it\"", "\n\nThis reverts commit " id ".\n"

/* What landed, oldest first, and what the feature's fields have to say of it. */
static const struct {
	const char *says[4][2]; /* subject, and the message after it */
	size_t commits, reverted, back;
	bool touched;
} fates[] = {
	{{{"it", ""}}, 1, 0, 0, false},
	{{{"it", ""}, {UNDO(ID_A)}}, 1, 1, 0, true},
	{{{"it", ""}, {UNDO("aaaaaaaaaaaa")}}, 1, 1, 0, true},
	{{{"it", ""}, {UNDO("aaaaaaa")}, {UNDO("bbbbbbb")}}, 1, 0, 0, true},
	{{{"it", ""}, {"Revert \"it\"", "\n\nIt broke.\n"}}, 1, 1, 0, true},
	{{{"it", ""}, {UNDO(ID_A)}, {"it", ""}}, 2, 1, 1, true},
	{{{"it", ""}, {UNDO(ID_A)}, {"it", ""}, {UNDO(ID_C)}}, 2, 2, 0, true},
	{{{"it", ""}, {UNDO(ID_A)}, {AGAIN(ID_B)}}, 1, 0, 0, true},
	{{{"it", ""}, {UNDO(ID_A)}, {"Reapply \"it\"", ""}}, 2, 1, 1, true},
	{{{"it", ""},
	  {UNDO(ID_A)},
	  {"Revert \"Revert \"it\"\"", "\n\nThis reverts commit " ID_B ".\n"}},
	 1,
	 0,
	 0,
	 true},
	{{{"it, part 1", ""}, {UNDO(ID_A)}, {"it, part 2", ""}}, 2, 1, 0, true},
	/* The first revert is older than the range: the feature lands here. */
	{{{"Reapply \"it\"", "\n\nThis reverts commit 0123456789.\n"}}, 1, 0, 0, false},
	{{{"Revert \"it\"", "\n\nThis reverts commit 0123456789.\n"}}, 0, 0, 0, false},
};

START_TEST(features_fates)
{
	static const char *const ids[] = {ID_A, ID_B, ID_C, ID_D};
	static const char text[] = "Feature: a\nQuery: subject:it\n";
	struct commit v[4] = {{0}};
	struct history h = {.v = v};
	struct features f;
	struct err e = ERR_INIT;
	size_t n = 0, i;

	while (n < 4 && fates[_i].says[n][0])
		n++;
	for (i = 0; i < n; i++) {
		struct commit *c = &v[n - 1 - i];

		c->id = ids[i];
		c->subject = fates[_i].says[i][0];
		c->message = arena_printf(&h.arena, "%s%s", c->subject, fates[_i].says[i][1]);
	}
	h.n = n;
	ck_assert_int_eq(features_read(&f, text, sizeof(text) - 1, "f", &e), 0);
	features_search(&f, &h);
	ck_assert_uint_eq(f.v[0].commits, fates[_i].commits);
	ck_assert_uint_eq(f.v[0].reverted, fates[_i].reverted);
	ck_assert_uint_eq(f.v[0].back, fates[_i].back);
	ck_assert_int_eq(f.v[0].touched, fates[_i].touched);
	features_free(&f);
	arena_free(&h.arena);
}
END_TEST

START_TEST(features_refused)
{
	static const char *const bad[] = {
		"Feature: a\nFeature: b\n",
		"Feature: a\nState: done\nState: wip\n",
		"Feature: a\nOwner: b\nOwner: c\n",
		"Feature: a\nQuery: subject:\"(.*)(.*)\\1\\2x\"\n",
		"Feature: a\nQuery: subject:\\\\\\1\n",
	};
	struct features f;
	struct err e = ERR_INIT;

	ck_assert_msg(features_read(&f, bad[_i], strlen(bad[_i]), "f", &e) == -1, "%s", bad[_i]);
	features_free(&f);
}
END_TEST

#define OLD "1111111111111111111111111111111111111111"
#define NEW "2222222222222222222222222222222222222222"
#define HEAD(id)                                                                                   \
	"\1" id "\0" OLD "\0"                                                                      \
	"86400\0"                                                                                  \
	"subject\n\nbody\n\0"                                                                      \
	"A\0a@x\0"                                                                                 \
	"1\0"                                                                                      \
	"C\0c@x\0"

START_TEST(history_lines)
{
	static const char text[] = HEAD(NEW) "\n:100644 100644 " OLD " " NEW " M\0"
					     "a\0"
					     ":100644 100644 " OLD " " NEW " R090\0"
					     "old\0"
					     "new\0"
					     ":100644 100644 " OLD " " NEW " M\0"
					     "logo\0"
					     "2\t1\ta\0"
					     "1\t3\t\0"
					     "old\0"
					     "new\0"
					     "-\t-\tlogo\0" HEAD(OLD);
	struct err e = ERR_INIT;
	struct history h;

	ck_assert_msg(!history_parse(&h, text, sizeof(text) - 1, &e), "%s", e.text);
	ck_assert_uint_eq(h.n, 2);
	ck_assert_str_eq(h.v[0].id, NEW);
	ck_assert_str_eq(h.v[0].subject, "subject");
	ck_assert_str_eq(h.v[0].committer_mail, "c@x");
	ck_assert(h.v[0].has_date && h.v[0].committed == 86400 && h.v[0].authored == 1);
	ck_assert_uint_eq(h.v[0].parent_count, 1);
	ck_assert_uint_eq(h.v[0].change_count, 3);
	ck_assert(h.v[0].changes[0].added == 2 && !h.v[0].changes[0].old);
	ck_assert_str_eq(h.v[0].changes[1].old, "old");
	ck_assert_str_eq(h.v[0].changes[1].path, "new");
	ck_assert_str_eq(h.v[0].changes[1].old_id, OLD);
	ck_assert(h.v[0].changes[1].removed == 3);
	ck_assert(h.v[0].changes[2].added == -1);
	ck_assert_uint_eq(h.v[1].change_count, 0);
	history_free(&h);
}
END_TEST

/* What git never writes, or what is cut off, is a failure and no smaller number. */
START_TEST(history_refused)
{
#define TEXT(s)                                                                                    \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}
	static const struct {
		const char *text;
		size_t len;
	} bad[] = {TEXT("\1" NEW "\0" OLD "\0"
			"1\0"),
		   TEXT("1\t2\tname\0"),
		   TEXT(HEAD(NEW) "x\t2\tname\0"),
		   TEXT(HEAD(NEW) "1 2\tname\0"),
		   TEXT(HEAD(NEW) "1\t2\tname"),
		   TEXT(HEAD(NEW) "1\t2\t\0old\0"),
		   TEXT(HEAD(NEW) "1\t2\t\0old\0new\0"),
		   TEXT(HEAD(NEW) ":1 2 R\0new\0"),
		   TEXT(HEAD(NEW) ":1 2 " OLD " " NEW " M\0")};
	struct err e = ERR_INIT;
	struct history h;

	ck_assert_int_eq(history_parse(&h, bad[_i].text, bad[_i].len, &e), -1);
	history_free(&h);
}
END_TEST

START_TEST(spreads)
{
	double one[] = {3}, two[] = {100, 1}, ten[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
	struct spread s = spread_of(one, 1);

	ck_assert(s.median == 3 && s.p90 == 3 && s.most == 3);
	s = spread_of(two, 2);
	ck_assert(s.median == 50.5 && s.p90 == 100);
	s = spread_of(ten, 10);
	ck_assert(s.median == 5.5 && s.p90 == 9 && s.most == 10);
}
END_TEST

/* The area of a commit is that of most lines in all its files, or else of most files. */
START_TEST(commits_in_areas)
{
	struct area areas[] = {{"A", "a/", 2}, {"B", "b/", 2}};
	struct rel r = {.areas = areas, .area_count = 2};
	struct change v[] = {{.path = "b/1", .added = 6, .removed = 1},
			     {.path = "a/1", .added = 2, .removed = 2},
			     {.path = "a/2", .added = 2, .removed = 2},
			     {.path = "a/3", .added = -1, .removed = -1},
			     {.path = "b/2", .added = -1, .removed = -1},
			     {.path = "b/3", .added = -1, .removed = -1},
			     {.path = "c", .added = 0, .removed = 0}};
	struct commit c = {.changes = v, .change_count = 3};

	ck_assert_str_eq(rel_commit_area(&r, &c), "A");
	c.change_count = 2;
	ck_assert_str_eq(rel_commit_area(&r, &c), "B");
	c.changes = v + 3;
	ck_assert_str_eq(rel_commit_area(&r, &c), "A");
	c.change_count = 3;
	ck_assert_str_eq(rel_commit_area(&r, &c), "B");
	c.changes = v + 6;
	c.change_count = 1;
	ck_assert_str_eq(rel_commit_area(&r, &c), "Other");
	c.change_count = 0;
	ck_assert_str_eq(rel_commit_area(&r, &c), "Other");
}
END_TEST

/* A commit by an id that is cut short; where several begin so, by none. */
START_TEST(commits_by_short_id)
{
	struct commit v[] = {
		{.id = ID_A}, {.id = "aaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, {.id = ID_C}};
	struct history h = {.v = v, .n = 3};
	struct history_index x = {0};

	ck_assert_ptr_null(history_find(&x, ID_A));
	history_index_make(&x, &h);
	ck_assert_ptr_eq(history_find(&x, ID_A), &v[0]);
	ck_assert_ptr_eq(history_find(&x, "aaaaaaaa"), &v[0]);
	ck_assert_ptr_eq(history_find(&x, "aaaaaaab"), &v[1]);
	ck_assert_ptr_eq(history_find(&x, "ccccccc"), &v[2]);
	ck_assert_ptr_null(history_find(&x, "aaaaaaa"));
	ck_assert_ptr_null(history_find(&x, "bbbbbbb"));
	ck_assert_ptr_null(history_find(&x, "ddddddd"));
	history_index_free(&x);
}
END_TEST

START_TEST(templates_expand)
{
	static const struct word words[] = {{"version", "4.9.0"}, {"-rc", ""}, {NULL, NULL}};
	static const char *const pairs[][2] = {{"v{version}{-rc}", "v4.9.0"},
					       {"{1}{9} {version}", "{1}{9} 4.9.0"},
					       {"${VAR} { } {", "${VAR} { } {"},
					       {"", ""}};
	struct err e = ERR_INIT;
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(edit_expand(pairs[i][0], words, &b, &e), 0);
		ck_assert_str_eq(b.data, pairs[i][1]);
		strbuf_free(&b);
	}
	ck_assert_int_eq(edit_expand("{verison}", words, &b, &e), -1);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	strbuf_free(&b);
}
END_TEST

START_TEST(lines_replaced)
{
	static const struct {
		const char *text, *match, *line, *want;
	} v[] = {{"A = 1\nB = 2\n", "^B = .*", "B = 3", "A = 1\nB = 3\n"},
		 {"A = 1", "^(A = )[0-9]+(x?)$", "{1}2{2}", "A = 2"},
		 {"A\nA\n", "^A", "B", NULL},
		 {"A\n", "^C", "B", NULL},
		 {"", "^", "B", NULL},
		 {"A\n", "(", "B", NULL}};
	struct err e = ERR_INIT;
	struct strbuf b = {0};

	ck_assert_int_eq(edit_line("f", v[_i].text, v[_i].match, v[_i].line, &b, &e),
			 v[_i].want ? 0 : -1);
	if (v[_i].want)
		ck_assert_str_eq(b.data, v[_i].want);
	strbuf_free(&b);
}
END_TEST

/* The open section becomes that of 4.9.0; NULL: refused. */
static const struct {
	const char *text, *want;
	bool reopen;
} rolls[] = {
	{"# C\n\n## [Unreleased](x?h=staging)\n\n- a\n",
	 "# C\n\n## [4.9.0](x?h=R-4.9.0) - 1970-01-01\n\n- a\n", false},
	{"## [Unreleased]\n", "## [unstable UNRELEASED] - TBD\n\n## [4.9.0] - 1970-01-01\n", true},
	{"## Unreleased", "## [4.9.0] - 1970-01-01", false},
	{"## [4.9.0 UNRELEASED] - TBD\n", "## [4.9.0] - 1970-01-01\n", false},
	/* What stands in code is no heading. */
	{"```\n## Unreleased\n```\n## Unreleased\n",
	 "```\n## Unreleased\n```\n## [4.9.0] - 1970-01-01\n", false},
	{"```\n## Unreleased\n```\n", NULL, false},
	{"# C\r\n## Unreleased\r\n- a\r\n",
	 "# C\r\n## [unstable UNRELEASED] - TBD\r\n\r\n## [4.9.0] - 1970-01-01\r\n- a\r\n", true},
	/* An address of the version, a word about it, a longer version: no section of it. */
	{"## Unreleased\nas [4.9.0] did\n## 4.9.01\n## 4.9.0-rc1\n\n[4.9.0]: x\n",
	 "## [4.9.0] - 1970-01-01\nas [4.9.0] did\n## 4.9.01\n## 4.9.0-rc1\n\n[4.9.0]: x\n", false},
	{"## [Unreleased]\n## [4.9.0]\n", NULL, false},
	{"## [Unreleased]\n## 4.9.0 - 2018-01-01\n", NULL, false},
	{"Unreleased\n---\n", NULL, false},
	{"> ## Unreleased\n", NULL, false},
	{"", NULL, false},
};

START_TEST(changelog_rolled)
{
	struct roll to = {"4.9.0", "R-", 0, rolls[_i].reopen};
	struct err e = ERR_INIT;
	struct strbuf b = {0};

	ck_assert_int_eq(edit_roll("f", rolls[_i].text, &to, &b, &e), rolls[_i].want ? 0 : -1);
	if (rolls[_i].want)
		ck_assert_str_eq(b.data, rolls[_i].want);
	strbuf_free(&b);
}
END_TEST

START_TEST(packed_alike)
{
	static const char *const kinds[] = {"gz", "xz", "zst"};
	static const char text[] = "not a tarball, but something to compress";
	struct strbuf a = {0}, b = {0};
	struct err e = ERR_INIT;

	ck_assert(pack_known(kinds[_i]) && !pack_known("rar"));
	ck_assert_int_eq(pack_make(kinds[_i], text, sizeof(text), &a, &e), 0);
	ck_assert_int_eq(pack_make(kinds[_i], text, sizeof(text), &b, &e), 0);
	ck_assert(a.len == b.len && !memcmp(a.data, b.data, a.len));
	strbuf_free(&a);
	strbuf_free(&b);
	ck_assert_int_eq(pack_make("rar", text, sizeof(text), &a, &e), -1);
	strbuf_free(&a);
}
END_TEST

/* No program of the PATH is run on what only looks like another compression. */
START_TEST(packed_otherwise)
{
	static const char *const magics[] = {"LRZI\0\6", "GRZipII\0\2\4:)", "\x89LZO\0\r\n\x1a\n"};
	static const char *const programs[] = {"lrzip", "grzip", "lzop"};
	autofree char *before = mem_strdup(getenv("PATH"));
	char dir[] = "/tmp/pack.XXXXXX", empty[1024] = "", bytes[1024] = "";
	struct err e = ERR_INIT, ignored = ERR_INIT;
	struct strbuf why = {0};
	autofree char *mark = NULL, *program = NULL, *text = NULL;

	ck_assert(mkdtemp(dir));
	mark = path_join(dir, "ran");
	program = path_join(dir, programs[_i]);
	text = mem_printf("#!/bin/sh\n: >%s\n", mark);
	ck_assert_int_eq(file_write(program, text, strlen(text), 0700, &e), 0);
	memcpy(bytes, magics[_i], _i == 1 ? 12 : _i ? 9 : 6);
	setenv("PATH", dir, 1);
	ck_assert_int_eq(pack_compare(empty, sizeof(empty), bytes, sizeof(bytes), "t", &why, &e),
			 -1);
	setenv("PATH", before, 1);
	ck_assert(!file_exists(mark));
	ck_assert_int_eq(dir_remove(dir, &ignored), 0);
	strbuf_free(&why);
}
END_TEST

#define ID "0123456789012345678901234567890123456789"
static const char book[] =
	"{\"schema\":1,\"kind\":\"branch\",\"version\":\"4.9\",\"project\":\"P\","
	"\"branch\":\"refs/heads/s\",\"date\":\"2018-02-01\",\"head\":\"" ID "\","
	"\"commit\":\"" ID "\",\"time\":5,\"by\":{\"name\":\"N\",\"mail\":\"m@x\"},"
	"\"tags\":[{\"name\":\"t\",\"id\":\"" ID "\"}],\"version_files\":[],\"tarballs\":[],"
	"\"publish\":[\"push\"],\"preconditions\":[],"
	"\"steps\":[{\"name\":\"branch\",\"mode\":\"manual\",\"what\":\"w\"}]}";

START_TEST(plans_round_trip)
{
	struct runbook a = {0}, b = {0};
	struct err e = ERR_INIT;
	char *one, *two;

	ck_assert_msg(!runbook_parse(&a, book, sizeof(book) - 1, "p", &e), "%s", e.text);
	ck_assert(a.kind == CUT_BRANCH && a.step_count == 1 && a.steps[0].manual && !a.tag);
	one = runbook_text(&a);
	ck_assert_int_eq(runbook_parse(&b, one, strlen(one), "p", &e), 0);
	two = runbook_text(&b);
	ck_assert_str_eq(one, two);
	free(one);
	free(two);
	runbook_free(&a);
	runbook_free(&b);
}
END_TEST

/* Each way to damage a plan: what is cut off, and each letter in turn made another one. */
START_TEST(plans_damaged)
{
	char text[sizeof(book)];
	struct runbook b = {0};
	size_t i;

	for (i = 0; i < sizeof(book) - 1; i++) {
		struct err e = ERR_INIT;

		memcpy(text, book, sizeof(book));
		ck_assert_int_eq(runbook_parse(&b, text, i, "p", &e), -1);
		runbook_free(&b);
		text[i] ^= 1;
		err_clear(&e);
		if (runbook_parse(&b, text, sizeof(book) - 1, "p", &e))
			ck_assert_int_ne(e.kind, ERR_NONE);
		runbook_free(&b);
	}
}
END_TEST

START_TEST(journal_chains)
{
	char dir[] = "/tmp/relog.XXXXXX";
	struct err e = ERR_INIT;
	autofree char *journal = NULL;
	struct file_data f = {0};
	struct relog a, b;
	char *plan;
	size_t one;

	ck_assert(mkdtemp(dir));
	plan = path_join(dir, "plan");
	ck_assert_int_eq(file_write(plan, "x", 1, 0600, &e), 0);
	ck_assert_int_eq(relog_open(&a, plan, "x", 1, false, &e), 0);
	ck_assert_int_eq(relog_open(&b, plan, "x", 1, false, &e), -1);
	ck_assert_int_eq(e.kind, ERR_BUSY);
	err_clear(&e);
	relog_close(&b);
	ck_assert_int_eq(relog_add(&a, relog_record("begin", "tag", "now"), &e), 0);
	ck_assert_int_eq(relog_add(&a, relog_record("done", "tag", "now"), &e), 0);
	relog_close(&a);
	ck_assert_int_eq(relog_open(&a, plan, "x", 1, false, &e), 0);
	ck_assert(a.n == 2 && relog_find(&a, "done", "tag") && !relog_find(&a, "done", "commit"));
	relog_close(&a);
	ck_assert_int_eq(relog_open(&a, plan, "y", 1, false, &e), -1);
	relog_close(&a);
	err_clear(&e);
	/* What the chain cannot show: the last line is gone as a whole. */
	journal = mem_printf("%s.journal", plan);
	ck_assert_int_eq(file_read(journal, 0, &f, &e), 0);
	one = (size_t)((char *)memchr(f.data, '\n', f.size) - (char *)f.data) + 1;
	ck_assert_int_eq(file_write(journal, f.data, one, 0600, &e), 0);
	ck_assert_int_eq(relog_open(&a, plan, "x", 1, false, &e), 0);
	ck_assert(a.n == 1);
	relog_close(&a);
	/* And what it does: the first one is gone. */
	ck_assert_int_eq(file_write(journal, f.data + one, f.size - one, 0600, &e), 0);
	ck_assert_int_eq(relog_open(&a, plan, "x", 1, false, &e), -1);
	relog_close(&a);
	file_free(&f);
	err_clear(&e);
	ck_assert_int_eq(dir_remove(dir, &e), 0);
	free(plan);
}
END_TEST

Suite *suite_release(void)
{
	Suite *s = suite_create("release");
	TCase *t = tcase_create("parsers");

	tcase_add_test(t, dates_round_trip);
	tcase_add_loop_test(t, dates_refused, 0, 10);
	tcase_add_test(t, dates_months);
	tcase_add_test(t, versions_order);
	tcase_add_loop_test(t, versions_refused, 0, 13);
	tcase_add_test(t, advisories_found);
	tcase_add_loop_test(t, advisories_unsure, 0, 10);
	tcase_add_test(t, links_found);
	tcase_add_test(t, trailers_found);
	tcase_add_test(t, people_move);
	tcase_add_test(t, people_aliases_lead_on);
	tcase_add_loop_test(t, people_dates_refused, 0, 5);
	tcase_add_test(t, mail_dates);
	tcase_add_test(t, patch_subjects);
	tcase_add_test(t, results_read_or_refused);
	tcase_add_loop_test(t, results_refused, 0, 14);
	tcase_add_loop_test(t, results_say, 0, 9);
	tcase_add_test(t, results_flaky);
	tcase_add_test(t, features_continue);
	tcase_add_loop_test(t, features_fates, 0, sizeof(fates) / sizeof(*fates));
	tcase_add_loop_test(t, features_refused, 0, 5);
	tcase_add_test(t, history_lines);
	tcase_add_loop_test(t, history_refused, 0, 9);
	tcase_add_test(t, spreads);
	tcase_add_test(t, commits_in_areas);
	tcase_add_test(t, commits_by_short_id);
	tcase_add_test(t, templates_expand);
	tcase_add_loop_test(t, lines_replaced, 0, 6);
	tcase_add_loop_test(t, changelog_rolled, 0, sizeof(rolls) / sizeof(*rolls));
	tcase_add_loop_test(t, packed_alike, 0, 3);
	tcase_add_loop_test(t, packed_otherwise, 0, 3);
	tcase_add_test(t, plans_round_trip);
	tcase_add_test(t, plans_damaged);
	tcase_add_test(t, journal_chains);
	suite_add_tcase(s, t);
	return s;
}
