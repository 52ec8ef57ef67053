// SPDX-License-Identifier: GPL-2.0-or-later
/* What the release tool prints: reports in every format, and charts. */
#include "suites.h"

#include "common/mem.h"
#include "release/date.h"
#include "release/report.h"

#include <check.h>
#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVIL "<b>&\"'\x1b[31m\xe9|`_*[x](y)"

static const struct column columns[] = {
	{"what", "What"}, {"number", "Number"}, {"note", "Note"}, {0}};

/* All that a report prints; free() it. */
static char *print(const struct report *r, enum format f, const char *part)
{
	struct err e = ERR_INIT;
	char *out = NULL;
	size_t len;
	FILE *to = open_memstream(&out, &len);

	ck_assert_msg(!report_print(r, f, part, to, &e), "%s", e.text);
	fclose(to);
	return out;
}

/* A report of one table; @what is in all that may be foreign. */
static void make(struct report *r, const char *what)
{
	struct table *t;

	report_init(r, "verb", "Title %s", what);
	report_fact(r, "fact", "Fact", "%s", what);
	report_fact_unknown(r, "hidden", "Hidden", "no date");
	t = report_table(r, arena_strdup(&r->arena, what), arena_strdup(&r->arena, what), columns,
			 "What it is.");
	cell_text(t, "%s", what);
	cell_int(t, -5);
	cell_unknown(t, "%s", what);
	cell_text(t, "x");
	cell_int(t, 12345);
	cell_none(t);
	report_text(r, "mail", NULL, what);
	report_note(r, "%s", what);
}

/* --- no format lets a foreign byte mean anything ------------------------------------------ */
static const struct {
	enum format format;
	const char *holds, *lacks;
} escapes[] = {
	{FORMAT_TEXT, "<b>&\"'\\x1b[31m\\xe9|", "\x1b"},
	{FORMAT_MD, "\\<b\\>&\"'\\\\x1b\\[31m\\\\xe9\\|\\`\\_\\*\\[x\\](y)", "# Title <b>"},
	{FORMAT_HTML, "&lt;b&gt;&amp;&quot;'\\x1b[31m\\xe9|", "<b>"},
	{FORMAT_JSON, "<b>&\\\"'", "\xe9"},
	{FORMAT_CSV, "\"<b>&\"\"'\\x1b[31m\\xe9|", "\x1b"},
};

START_TEST(foreign_bytes)
{
	struct report r;
	char *out;

	make(&r, EVIL);
	out = print(&r, escapes[_i].format, NULL);
	ck_assert_msg(strstr(out, escapes[_i].holds), "no %s in:\n%s", escapes[_i].holds, out);
	ck_assert_msg(!strstr(out, escapes[_i].lacks), "%s in:\n%s", escapes[_i].lacks, out);
	ck_assert_ptr_null(strchr(out, 0x1b));
	ck_assert_ptr_null(strchr(out, 0xe9));
	free(out);
	report_free(&r);
}
END_TEST

/* --- one table in each ----------------------------------------------------------------------- */
static const char *const printed[] = {
	[FORMAT_TEXT] = "Title a\n"
			"  Fact    a\n"
			"  Hidden  unknown: no date\n"
			"\n"
			"a\n"
			"  What  Number  Note\n"
			"  a         -5  unknown: a\n"
			"  x      12345  \n"
			"  What it is.\n"
			"\n"
			"a\n"
			"\n"
			"  a\n",
	[FORMAT_MD] = "# Title a\n"
		      "\n"
		      "* Fact: a\n"
		      "* Hidden: unknown: no date\n"
		      "\n"
		      "## a\n"
		      "\n"
		      "| What | Number | Note |\n"
		      "| --- | --: | --- |\n"
		      "| a | -5 | unknown: a |\n"
		      "| x | 12345 |  |\n"
		      "\n"
		      "What it is.\n"
		      "\n"
		      "```\n"
		      "a\n"
		      "```\n"
		      "\n"
		      "* a\n",
	[FORMAT_CSV] = "what,number,note\n"
		       "a,-5,unknown: a\n"
		       "x,12345,\n",
};

START_TEST(tables_printed)
{
	static const enum format formats[] = {FORMAT_TEXT, FORMAT_MD, FORMAT_CSV};
	struct report r;
	char *out;

	make(&r, "a");
	out = print(&r, formats[_i], NULL);
	ck_assert_str_eq(out, printed[formats[_i]]);
	free(out);
	report_free(&r);
}
END_TEST

START_TEST(unknown_is_no_string)
{
	struct report r;
	char *out;

	make(&r, "a");
	report_undetermined(&r);
	out = print(&r, FORMAT_JSON, NULL);
	ck_assert_ptr_nonnull(strstr(out, "\"unknown\": \"no date\""));
	ck_assert_ptr_nonnull(strstr(out, "\"number\": -5"));
	ck_assert_ptr_nonnull(strstr(out, "\"note\": null"));
	ck_assert_ptr_nonnull(strstr(out, "\"verdict\": \"undetermined\""));
	free(out);
	report_free(&r);
}
END_TEST

/* Findings are certain: what is not known besides them does not take them back. */
START_TEST(verdicts)
{
	struct report r;

	report_init(&r, "verb", "x");
	report_undetermined(&r);
	ck_assert_int_eq(r.status, 3);
	report_finding(&r);
	ck_assert_int_eq(r.status, 1);
	report_undetermined(&r);
	ck_assert_int_eq(r.status, 1);
	report_free(&r);
}
END_TEST

/* What a spreadsheet would reckon with is text; numbers stay numbers. */
START_TEST(formulas)
{
	static const char *const pairs[][2] = {
		{"=1+1", "\"'=1+1\""},
		{"-2+3+cmd|' /C calc'!A0", "\"'-2+3+cmd|' /C calc'!A0\""},
		{"@SUM(1)", "\"'@SUM(1)\""},
		{"+1", "\"'+1\""},
		{"a,b", "\"a,b\""},
		{"a \"b\"", "\"a \"\"b\"\"\""},
		{" a", "\" a\""},
		{"a=b", "a=b"},
	};
	autofree char *want = mem_printf("what,number,note\n%s,-5,\n", pairs[_i][1]);
	struct report r;
	struct table *t;
	char *out;

	report_init(&r, "verb", "x");
	t = report_table(&r, "t", "T", columns, NULL);
	cell_text(t, "%s", pairs[_i][0]);
	cell_int(t, -5);
	cell_none(t);
	out = print(&r, FORMAT_CSV, "t");
	ck_assert_str_eq(out, want);
	free(out);
	report_free(&r);
}
END_TEST

/* Wide cells are cut in text tables, at a whole character, and nowhere else. */
START_TEST(wide_cells)
{
	static const enum format formats[] = {FORMAT_TEXT, FORMAT_MD, FORMAT_CSV, FORMAT_HTML,
					      FORMAT_JSON};
	char wide[2001];
	struct report r;
	struct table *t;
	char *out;
	size_t i;

	for (i = 0; i < sizeof(wide) - 1; i += 2)
		memcpy(wide + i, "\xc3\xa4", 2);
	wide[sizeof(wide) - 1] = 0;
	report_init(&r, "verb", "x");
	t = report_table(&r, "t", "T", columns, NULL);
	cell_text(t, "%s", wide);
	cell_int(t, 1);
	cell_none(t);
	out = print(&r, formats[_i], NULL);
	ck_assert(_i ? strstr(out, wide) != NULL : strstr(out, wide) == NULL);
	ck_assert(_i || (strstr(out, "\xc3\xa4...") && text_utf8_len(strchr(out, 0xc3), 2) == 2));
	free(out);
	report_free(&r);
}
END_TEST

START_TEST(short_cells)
{
	struct report r;
	struct table *t;
	char text[201];
	size_t i;

	/* The cut would fall within a character. */
	for (i = 0; i < 200; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[200] = 0;
	report_init(&r, "verb", "x");
	t = report_table(&r, "t", "T", columns, NULL);
	cell_short(t, text);
	cell_short(t, text + 100);
	ck_assert_uint_eq(strlen(table_cell(t, 0, 0)->s), 96 + 3);
	ck_assert_str_eq(table_cell(t, 0, 0)->s + 94, "\xc3\xa4...");
	ck_assert_str_eq(table_cell(t, 0, 1)->s, text + 100);
	report_free(&r);
}
END_TEST

/* A draft can hold fences; its own are longer. */
START_TEST(fences)
{
	struct report r;
	char *out;

	report_init(&r, "verb", "%s", "");
	report_text(&r, "mail", NULL, "```\n# no heading\n````\n");
	out = print(&r, FORMAT_MD, NULL);
	ck_assert_str_eq(out, "`````\n```\n# no heading\n````\n`````\n");
	free(out);
	report_free(&r);
}
END_TEST

START_TEST(links_lead_where_they_say)
{
	static const char *const pairs[][2] = {
		{"https://x.example/a?b&c",
		 "<a href=\"https://x.example/a?b&amp;c\">https://x.example/a?b&amp;c</a>"},
		{"https://x.example/\" onclick=", "https://x.example/&quot; onclick="},
		{"javascript:alert(1)", ">javascript:alert(1)<"},
		{"Other page", "<a href=\"other.html\">Other page</a>"},
		{"This page", ">This page<"},
	};
	static const struct page_link pages[] = {
		{"this.html", "This page", true}, {"other.html", "Other page", false}, {0}};
	struct report r;
	struct table *t;
	char *out;

	report_init(&r, "verb", "x");
	r.links = pages;
	r.here = "this.html";
	t = report_table(&r, "t", "T", columns, NULL);
	cell_text(t, "%s", pairs[_i][0]);
	cell_int(t, 1);
	cell_none(t);
	out = print(&r, FORMAT_HTML, NULL);
	ck_assert_msg(strstr(out, pairs[_i][1]), "no %s in:\n%s", pairs[_i][1], out);
	ck_assert_ptr_nonnull(strstr(out, "<a href=\"this.html\" aria-current=page>This page</a>"));
	ck_assert((strstr(out, "<td data-k=\"What\"><a ") != NULL) == (_i == 0 || _i == 3));
	free(out);
	report_free(&r);
}
END_TEST

START_TEST(parts_not_there)
{
	static const struct {
		enum format format;
		const char *part;
	} bad[] = {{FORMAT_CSV, "none"}, {FORMAT_SVG, NULL}, {FORMAT_SVG, "t"}, {FORMAT_ICS, NULL}};
	struct err e = ERR_INIT;
	struct report r;

	make(&r, "t");
	ck_assert_int_eq(report_print(&r, bad[_i].format, bad[_i].part, stdout, &e), -1);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	report_free(&r);
}
END_TEST

/* --- charts -------------------------------------------------------------------------------- */
/* The picture, which is XML whatever it shows, and of a size that can be looked at. */
static char *draw(const struct report *r)
{
	XML_Parser x = XML_ParserCreate(NULL);
	char *out = print(r, FORMAT_SVG, NULL);

	ck_assert_uint_lt(strlen(out), 200000);
	ck_assert_msg(XML_Parse(x, out, (int)strlen(out), 1) == XML_STATUS_OK, "%s:\n%s",
		      XML_ErrorString(XML_GetErrorCode(x)), out);
	XML_ParserFree(x);
	ck_assert_msg(!strstr(out, "nan") && !strstr(out, "inf"), "%s", out);
	return out;
}

#define DAYS_END ((double)INT32_MAX)

/* Marks that are hard to draw, in each kind of chart. */
static const struct {
	size_t n;
	double span[3][2];
} hard[] = {
	{0, {{0}}},
	{1, {{0, 0}}},
	{1, {{17000, 17000}}},
	{3, {{0, 0}, {0, 0}, {0, 0}}},
	{3, {{0, 1}, {1, 2}, {2, 3}}},
	{2, {{-20000, -19000}, {0, 10}}},
	{2, {{0, 1}, {0, DAYS_END}}},
	{2, {{DAYS_END, DAYS_END}, {DAYS_END - 3, DAYS_END}}},
};

START_TEST(charts_drawn)
{
	static const enum chart_kind kinds[] = {CHART_BARS, CHART_COLUMNS, CHART_GANTT,
						CHART_MATRIX};
	enum chart_kind kind = kinds[_i % 4];
	struct report r;
	struct chart *c;
	size_t i, at = (size_t)_i / 4;
	char *out;

	report_init(&r, "verb", "x");
	c = report_chart(&r, "c", EVIL, kind, EVIL, EVIL);
	for (i = 0; i < hard[at].n; i++) {
		double to = kind == CHART_MATRIX ? 0 : hard[at].span[i][1];
		struct mark *m = chart_add(c, i ? EVIL : "", EVIL,
					   kind == CHART_GANTT	  ? hard[at].span[i][0]
					   : kind == CHART_MATRIX ? (double)i
								  : 0,
					   kind == CHART_COLUMNS ? fabs(to) : to);

		m->point = i == 2;
		mark_text(c, m, "%s", EVIL);
	}
	out = draw(&r);
	ck_assert((strstr(out, ">nothing to show<") != NULL) == !hard[at].n);
	ck_assert_ptr_nonnull(strstr(out, "&lt;b&gt;&amp;&quot;"));
	free(out);
	report_free(&r);
}
END_TEST

/* More groups than there are colours, more rows than fit, names longer than their room. */
START_TEST(charts_full)
{
	struct report r;
	struct chart *c;
	char *out;
	int i;

	report_init(&r, "verb", "x");
	c = report_chart(&r, "c", "C", CHART_BARS, "lines", NULL);
	for (i = 0; i < 200; i++)
		chart_add(c,
			  arena_printf(&r.arena,
				       "%d \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
				       "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
				       i),
			  arena_printf(&r.arena, "group %d", i % 9), 0, i);
	out = draw(&r);
	ck_assert_ptr_nonnull(strstr(out, "\xc3\xa4\xe2\x80\xa6</text>"));
	free(out);
	report_free(&r);
}
END_TEST

/* Where a bar ends, what a day is called, where today is. */
START_TEST(charts_to_scale)
{
	struct report r;
	struct chart *c;
	char *out;

	report_init(&r, "verb", "x");
	c = report_chart(&r, "c", "C", CHART_BARS, "lines", NULL);
	chart_add(c, "all", "lines", 0, 100);
	chart_add(c, "half", "lines", 0, 50);
	out = draw(&r);
	/* 760 wide, 190 of it for labels, 70 for values. */
	ck_assert_ptr_nonnull(strstr(out, "<rect x=\"190.0\" y=\"64.0\" width=\"500.0\""));
	ck_assert_ptr_nonnull(strstr(out, "<rect x=\"190.0\" y=\"88.0\" width=\"250.0\""));
	ck_assert_ptr_nonnull(strstr(out, "<desc id=\"c-desc\">all: 100; half: 50.</desc>"));
	free(out);
	report_free(&r);

	report_init(&r, "verb", "x");
	c = report_chart(&r, "c", "C", CHART_GANTT, "days", NULL);
	c->today = day_of(2018, 1, 6);
	chart_add(c, "4.9", "development", day_of(2018, 1, 1), day_of(2018, 1, 11));
	out = draw(&r);
	ck_assert_ptr_nonnull(strstr(out, "M440.0 "));
	ck_assert_ptr_nonnull(strstr(out, "4.9, development: 2018-01-01 to 2018-01-11."));
	free(out);
	report_free(&r);
}
END_TEST

Suite *suite_report(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("printers");

	tcase_add_loop_test(t, foreign_bytes, 0, sizeof(escapes) / sizeof(*escapes));
	tcase_add_loop_test(t, tables_printed, 0, 3);
	tcase_add_test(t, unknown_is_no_string);
	tcase_add_test(t, verdicts);
	tcase_add_loop_test(t, formulas, 0, 8);
	tcase_add_loop_test(t, wide_cells, 0, 5);
	tcase_add_test(t, short_cells);
	tcase_add_test(t, fences);
	tcase_add_loop_test(t, links_lead_where_they_say, 0, 5);
	tcase_add_loop_test(t, parts_not_there, 0, 4);
	tcase_add_loop_test(t, charts_drawn, 0, 4 * sizeof(hard) / sizeof(*hard));
	tcase_add_test(t, charts_full);
	tcase_add_test(t, charts_to_scale);
	suite_add_tcase(s, t);
	return s;
}
