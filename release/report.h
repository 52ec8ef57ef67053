/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what a command found out: one model, printed in every format
 *
 * A report is a title, facts, and sections in order: tables, charts, lists and
 * paragraphs. Strings are copied and may hold foreign bytes: each format escapes
 * them in its own way. A value that cannot be had is a cell "unknown: why", never
 * an empty one and never a zero.
 */
#ifndef RELEASE_REPORT_H
#define RELEASE_REPORT_H

#include "common/err.h"
#include "common/mem.h"
#include "common/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MD,
	FORMAT_HTML,
	FORMAT_CSV,
	FORMAT_SVG,
	FORMAT_ICS,
	FORMAT_CONF,
};

enum cell_kind { CELL_NONE, CELL_TEXT, CELL_INT, CELL_REAL, CELL_DAY, CELL_BOOL, CELL_UNKNOWN };

struct cell {
	enum cell_kind kind;
	int64_t i; /* number, day or truth */
	double r;
	const char *s; /* text, or why it is not known */
};

struct column {
	const char *key; /* in JSON and CSV */
	const char *title; /* for people */
};

struct table {
	struct arena *arena;
	const char *key;
	const char *title;
	const char *note; /* definition of what it shows, or NULL */
	const struct column *columns; /* constant */
	size_t width;
	struct cell *cells; /* in rows of @width */
	size_t n; /* cells set */
};

enum chart_kind { CHART_BARS, CHART_COLUMNS, CHART_GANTT, CHART_MATRIX };

/* A bar, column, time line or cell of a chart. */
struct mark {
	const char *label; /* of the bar or row */
	const char *group; /* which of the legend's groups: chooses the colour */
	double from, to; /* bars: 0 and the value; time lines: days */
	bool point; /* a moment, not a span */
	const char *text; /* beside the mark, or NULL */
};

struct chart {
	struct arena *arena;
	const char *key;
	const char *title;
	const char *note;
	enum chart_kind kind;
	const char *unit; /* of the values */
	struct mark *v;
	size_t n;
	double today; /* CHART_GANTT: a line; NAN: none */
};

struct text_block {
	const char *key;
	const char *title;
	const char *text; /* paragraphs or a draft, kept as it is */
};

struct section {
	struct table *table;
	struct chart *chart;
	struct text_block *block;
};

struct fact {
	const char *key;
	const char *title;
	struct cell value;
};

/* A page beside this one: in the bar above it, and behind cells that hold its title. */
struct page_link {
	const char *href; /* NULL ends an array of them */
	const char *title;
	bool in_bar;
};

struct report {
	struct arena arena;
	const char *verb;
	const char *title;
	struct fact *facts;
	size_t fact_count;
	struct section *sections;
	size_t section_count;
	const char **notes;
	size_t note_count;
	const struct page_link *links; /* of a site, for HTML; or NULL */
	const char *here; /* this page's own href */
	int status; /* exit status: 0, 1 findings, 3 cannot be determined */
};

void report_init(struct report *r, const char *verb, const char *title_fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_free(struct report *r);

void report_fact(struct report *r, const char *key, const char *title, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void report_fact_int(struct report *r, const char *key, const char *title, int64_t v);
void report_fact_day(struct report *r, const char *key, const char *title, int32_t day);
void report_fact_unknown(struct report *r, const char *key, const char *title, const char *why);
/* A remark below everything, such as a definition or a warning. */
void report_note(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* @columns is constant and stays valid; NULL key ends it. */
struct table *report_table(struct report *r, const char *key, const char *title,
			   const struct column *columns, const char *note);
struct chart *report_chart(struct report *r, const char *key, const char *title,
			   enum chart_kind kind, const char *unit, const char *note);
void report_text(struct report *r, const char *key, const char *title, const char *text);

/* The next cell; rows fill from the left. */
void cell_text(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* At most 100 bytes of @s, cut at a whole character, with "..." where it is cut. */
void cell_short(struct table *t, const char *s);
void cell_int(struct table *t, int64_t v);
void cell_real(struct table *t, double v);
void cell_day(struct table *t, int32_t day); /* DAY_NONE: an empty cell */
/* The day of an instant, in seconds; 0: an empty cell. */
void cell_instant(struct table *t, int64_t when);
/* Days from one instant to another; an empty cell if either is 0. */
void cell_span(struct table *t, int64_t from, int64_t to);
void cell_bool(struct table *t, bool v);
void cell_none(struct table *t);
void cell_unknown(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t table_rows(const struct table *t);
/* The cell in a row and a column that exist. */
const struct cell *table_cell(const struct table *t, size_t row, size_t col);

struct mark *chart_add(struct chart *c, const char *label, const char *group, double from,
		       double to);
void mark_text(struct chart *c, struct mark *m, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Exit status 1, or 3 unless there are findings: those are certain. Never back to 0. */
void report_finding(struct report *r);
void report_undetermined(struct report *r);

/* Looks a format up by its name; -1 and the reason if there is none. */
int format_parse(const char *name, enum format *f, struct err *e);

/*
 * Prints it. @part chooses the table (CSV) or chart (SVG) by its key; NULL: the
 * first one. ERR_USAGE if the report has none.
 */
int report_print(const struct report *r, enum format f, const char *part, FILE *to, struct err *e);

/* --- the formats, each in its own file ------------------------------------ */
void report_print_text(const struct report *r, FILE *to);
void report_print_md(const struct report *r, FILE *to);
void report_print_csv(const struct table *t, FILE *to);
void report_print_json(const struct report *r, FILE *to);
void report_print_html(const struct report *r, FILE *to);
/* @inline_in_html: without the XML declaration. */
void chart_print_svg(const struct chart *c, FILE *to, bool inline_in_html);

/* A cell for people, escaped for a terminal: all that is in @b now. */
const char *cell_words(const struct cell *c, struct strbuf *b);
bool cell_is_number(const struct cell *c);
/* A copy of @s with what XML gives a meaning replaced, and no character XML forbids. */
char *xml_escape(const char *s);

#endif
