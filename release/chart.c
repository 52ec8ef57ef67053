// SPDX-License-Identifier: GPL-2.0-or-later
/* Charts as SVG: bars, columns over time, time lines (Gantt) and a matrix. */
#include "release/report.h"

#include "release/date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	  760.0
#define LABEL	  190.0 /* room for labels at the left */
#define VALUE	  70.0 /* room for values at the right */
#define TOP	  64.0
#define ROW	  24.0
#define GROUP_MAX 6
#define CHAR	  7.0 /* about what a character of 12 takes */

/* Room above a Gantt chart's rows for the dates, and above a matrix' for its columns. */
#define DATES	14.0
#define FLAT	20.0
#define UPRIGHT 120.0

/* Told apart without colour vision too: they differ in lightness. */
static const char *const colours[GROUP_MAX] = {"#1f5f99", "#e8963a", "#4d9078",
					       "#b5446e", "#7a6fb0", "#9aa0a6"};

/* What a group of these names means is known: a matrix shows it, with words in the cells. */
static const struct {
	const char *group, *fill, *ink;
} states[] = {{"fixed", "#1a7f37", "#fff"},
	      {"payload", "#0a58ca", "#fff"},
	      {"not affected", "#c9d1d9", "#1b1f24"},
	      {"reboot", "#b35900", "#fff"},
	      {"incomplete", "#d1545e", "#fff"},
	      {"not fixed", "#b42318", "#fff"},
	      {"unknown", "#e3b341", "#1b1f24"},
	      {"pass", "#1a7f37", "#fff"},
	      {"fail", "#b42318", "#fff"},
	      {"flaky", "#8a5a00", "#fff"},
	      {"skip", "#57606a", "#fff"},
	      {"none", "#e3e7eb", "#1b1f24"}};

struct plot {
	const struct chart *c;
	FILE *to;
	const char *groups[GROUP_MAX];
	size_t group_count;
	const char **rows;
	size_t row_count;
	double min, max;
	double height;
};

static size_t group_of(struct plot *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->group_count; i++)
		if (!strcmp(p->groups[i], name))
			return i;
	if (p->group_count == GROUP_MAX)
		return GROUP_MAX - 1;
	p->groups[p->group_count] = name;
	return p->group_count++;
}

static size_t row_of(struct plot *p, const char *label)
{
	size_t i;

	for (i = p->row_count; i-- > 0;)
		if (!strcmp(p->rows[i], label))
			return i;
	p->rows = mem_grow(p->rows, p->row_count, sizeof(*p->rows));
	p->rows[p->row_count] = label;
	return p->row_count++;
}

static void measure(struct plot *p)
{
	bool gantt = p->c->kind == CHART_GANTT;
	size_t i;

	p->min = gantt ? INFINITY : 0;
	p->max = gantt ? -INFINITY : 0;
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];

		group_of(p, m->group);
		row_of(p, m->label);
		p->min = fmin(p->min, fmin(m->from, m->to));
		p->max = fmax(p->max, fmax(m->from, m->to));
	}
	if (p->max - p->min < 1)
		p->max = p->min + 1;
}

static const char *fill_of(const struct plot *p, size_t group)
{
	size_t i;

	for (i = 0; p->c->kind == CHART_MATRIX && i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(p->groups[group], states[i].group))
			return states[i].fill;
	return colours[group];
}

static const char *ink_of(const struct plot *p, size_t group)
{
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(p->groups[group], states[i].group))
			return states[i].ink;
	return "#000";
}

/* With a rim in the colour of the paper, for lines that it may cross. */
static void text(struct plot *p, double x, double y, const char *anchor, int size, const char *s)
{
	autofree char *safe = xml_escape(s);

	fprintf(p->to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" "
		"paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"3\">%s</text>\n",
		x, y, anchor, size, safe);
}

/* A word in a cell of a matrix. */
static void word(struct plot *p, double x, double y, const char *ink, const char *s)
{
	autofree char *safe = xml_escape(s);

	fprintf(p->to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"12\" "
		"fill=\"%s\">%s</text>\n",
		x, y, ink, safe);
}

/* @s cut at a whole character to at most @max bytes, in @out of 128. */
static void cut(char *out, const char *s, size_t max)
{
	size_t len = text_escape_line(out, 128, s, strlen(s));

	if (len > max) {
		len = max - 1;
		while (len && (out[len] & 0xc0) == 0x80)
			len--;
		snprintf(out + len, 128 - len, "\xe2\x80\xa6");
	}
}

/* The name of a row, left of it. */
static void label(struct plot *p, double y, const char *s)
{
	char out[128];

	cut(out, s, 25);
	text(p, LABEL - 8, y, "end", 13, out);
}

static void rect(struct plot *p, double x, double y, double w, double h, size_t group,
		 const char *tip)
{
	autofree char *safe = xml_escape(tip);

	fprintf(p->to,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" "
		"fill=\"%s\"><title>%s</title></rect>\n",
		x, y, fmax(w, 0.5), h, fill_of(p, group), safe);
}

/* --- the same in words, for those who do not see it ------------------------------- */
static void describe_mark(const struct chart *c, const struct mark *m, struct strbuf *b)
{
	char from[DATE_LEN], to[DATE_LEN];

	switch (c->kind) {
	case CHART_GANTT:
		day_text((int32_t)m->from, from);
		day_text((int32_t)m->to, to);
		strbuf_addf(b, "%s, %s: %s%s%s", m->label, m->group, from, m->point ? "" : " to ",
			    m->point ? "" : to);
		break;
	case CHART_MATRIX:
		strbuf_addf(b, "%s, %s: %s", m->label, m->text ? m->text : "", m->group);
		break;
	default:
		if (!strcmp(m->group, c->unit))
			strbuf_addf(b, "%s: %.15g", m->label, m->to);
		else
			strbuf_addf(b, "%s, %s: %.15g", m->label, m->group, m->to);
	}
}

static void describe(struct plot *p)
{
	struct strbuf b = {0};
	autofree char *safe = NULL;
	size_t i;

	if (p->c->note)
		strbuf_addf(&b, "%s ", p->c->note);
	for (i = 0; i < p->c->n; i++) {
		/* Weeks without a commit make no sentence. */
		if (p->c->kind == CHART_COLUMNS && p->c->v[i].to == 0)
			continue;
		describe_mark(p->c, &p->c->v[i], &b);
		strbuf_adds(&b, i + 1 < p->c->n ? "; " : ".");
	}
	safe = xml_escape(b.data ? b.data : "nothing to show");
	fprintf(p->to, "<desc id=\"%s-desc\">%s</desc>\n", p->c->key, safe);
	strbuf_free(&b);
}

static void head(struct plot *p, bool inside)
{
	autofree char *title = xml_escape(p->c->title);
	double x = 12;
	size_t i;

	if (!inside)
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", p->to);
	fprintf(p->to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		"aria-labelledby=\"%s-title\" aria-describedby=\"%s-desc\" "
		"font-family=\"system-ui,sans-serif\" fill=\"#1b1f24\">\n"
		"<title id=\"%s-title\">%s</title>\n",
		WIDTH, p->height, WIDTH, p->height, p->c->key, p->c->key, p->c->key, title);
	describe(p);
	fprintf(p->to, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", WIDTH, p->height);
	text(p, 12, 24, "start", 16, p->c->title);
	for (i = 0; p->group_count > 1 && i < p->group_count; i++) {
		rect(p, x, 38, 12, 12, i, p->groups[i]);
		text(p, x + 17, 49, "start", 13, p->groups[i]);
		x += 40 + 7.3 * (double)strlen(p->groups[i]);
	}
}

static void foot(struct plot *p)
{
	if (p->c->note)
		text(p, 12, p->height - 10, "start", 12, p->c->note);
	fputs("</svg>\n", p->to);
}

static void grid_line(struct plot *p, double x, double top, double bottom, const char *colour)
{
	fprintf(p->to, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\"/>\n", x, top, bottom, colour);
}

static void bar(struct plot *p, const struct mark *m, double zero, double scale, double y,
		double thick)
{
	double x = zero + fmin(m->to, 0) * scale;
	char words[64];

	snprintf(words, sizeof(words), "%.15g", m->to);
	rect(p, x, y, fabs(m->to) * scale, thick, group_of(p, m->group), m->text ? m->text : words);
	text(p, zero + fmax(m->to, 0) * scale + 5, y + thick / 2 + 4.5, "start", 12,
	     m->text ? m->text : words);
}

static void draw_bars(struct plot *p)
{
	double per = p->group_count > 1 ? 15 * (double)p->group_count + 10 : ROW;
	double scale = (WIDTH - LABEL - VALUE) / (p->max - p->min);
	double zero = LABEL - p->min * scale;
	size_t i;

	for (i = 0; i < p->row_count; i++)
		label(p, TOP + per * (double)i + (per - 8) / 2 + 4, p->rows[i]);
	grid_line(p, zero, TOP - 4, TOP + per * (double)p->row_count, "#57606a");
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		double y = TOP + per * (double)row_of(p, m->label);

		if (p->group_count > 1)
			y += 15 * (double)group_of(p, m->group);
		bar(p, m, zero, scale, y, p->group_count > 1 ? 13 : ROW - 8);
	}
}

/* A round number near a quarter of the largest. */
static double step_of(double max)
{
	double unit = pow(10, floor(log10(max / 4)));
	double n = max / 4 / unit;

	return fmax(1, unit * (n > 5 ? 10 : n > 2 ? 5 : n > 1 ? 2 : 1));
}

static void draw_columns(struct plot *p)
{
	double left = 56, high = 180, base = TOP + high;
	double wide = fmin((WIDTH - left - 16) / (double)p->row_count, 60);
	size_t every = (size_t)ceil(12 * CHAR / wide);
	double step = step_of(p->max);
	char words[64];
	size_t i;

	for (i = 0; step * (double)i <= p->max; i++) {
		double v = step * (double)i;
		double y = base - high * v / p->max;

		fprintf(p->to, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#d0d7de\"/>\n", left, y,
			WIDTH - 16);
		snprintf(words, sizeof(words), "%.15g", v);
		text(p, left - 6, y + 4, "end", 12, words);
	}
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		double each = wide / (double)p->group_count;
		double x = left + wide * (double)row_of(p, m->label) +
			   each * (double)group_of(p, m->group);
		double h = high * m->to / p->max;

		snprintf(words, sizeof(words), "%s: %.15g", m->label, m->to);
		rect(p, x + each * 0.1, base - h, each * 0.8, h, group_of(p, m->group), words);
	}
	for (i = 0; i < p->row_count; i += every) {
		double half = CHAR * (double)strlen(p->rows[i]) / 2;
		double x = left + wide * (double)i + wide / 2;

		if (x + half < WIDTH)
			text(p, x, base + 18, "middle", 12, p->rows[i]);
	}
}

static void month_lines(struct plot *p, double scale, double bottom)
{
	int32_t last = (int32_t)fmin(p->max, DAY_MAX);
	double span = p->max - p->min;
	int months = span > 1500 ? 12 * (int)ceil(span / 365 / 40) : span > 500 ? 3 : 1;
	int y, m, d;
	int32_t day;

	day_split((int32_t)p->min, &y, &m, &d);
	for (m = months > 1 ? 1 : m; (day = day_of(y, m, 1)) <= last; m += months) {
		double x = LABEL + ((double)day - p->min) * scale;
		char words[DATE_LEN];

		if (x < LABEL)
			continue;
		grid_line(p, x, TOP - 4, bottom, "#e3e7eb");
		day_text(day, words);
		words[months >= 12 ? 4 : 7] = 0;
		text(p, x + 3, TOP + 7, "start", 12, words);
	}
}

/* Beside a mark that ends at @x: to the right, or to the left where that has no room. */
static void beside(struct plot *p, double from, double to, double y, const char *s)
{
	if (to + 5 + CHAR * (double)strlen(s) < WIDTH)
		text(p, to + 5, y, "start", 12, s);
	else
		text(p, from - 5, y, "end", 12, s);
}

static void draw_gantt(struct plot *p)
{
	double scale = (WIDTH - LABEL - VALUE) / (p->max - p->min);
	double top = TOP + DATES;
	double bottom = top + ROW * (double)p->row_count;
	size_t i;

	month_lines(p, scale, bottom);
	if (!isnan(p->c->today) && p->c->today >= p->min && p->c->today <= p->max)
		grid_line(p, LABEL + (p->c->today - p->min) * scale, top, bottom, "#b42318");
	for (i = 0; i < p->row_count; i++)
		label(p, top + ROW * (double)i + 15, p->rows[i]);
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		double y = top + ROW * (double)row_of(p, m->label);
		double x = LABEL + (m->from - p->min) * scale;
		double w = (m->to - m->from) * scale;

		if (m->point)
			fprintf(p->to,
				"<path d=\"M%.1f %.1fl6 7l-6 7l-6 -7z\" fill=\"%s\" "
				"stroke=\"#fff\"/>\n",
				x, y + 4, colours[group_of(p, m->group)]);
		else
			rect(p, x, y + 5, w, 12, group_of(p, m->group),
			     m->text ? m->text : m->label);
		if (m->text)
			beside(p, x - (m->point ? 6 : 0), fmax(x + w, x + 6), y + 15, m->text);
	}
}

static double matrix_wide(const struct plot *p)
{
	return fmin((WIDTH - LABEL - 16) / (p->max + 1), 90);
}

/* Names of columns stand upright where they have no room to lie. */
static double matrix_head(const struct plot *p)
{
	return matrix_wide(p) < 90 ? UPRIGHT : FLAT;
}

static void column_name(struct plot *p, double x, const char *s)
{
	char out[128];
	autofree char *safe = NULL;
	double y = TOP + UPRIGHT - 6;

	if (matrix_head(p) == FLAT) {
		cut(out, s, 13);
		text(p, x, TOP + 12, "middle", 12, out);
		return;
	}
	cut(out, s, 18);
	safe = xml_escape(out);
	fprintf(p->to,
		"<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\" "
		"transform=\"rotate(-90 %.1f %.1f)\">%s</text>\n",
		x + 4, y, x + 4, y, safe);
}

/* @from is the column (its name in @text), @group the state. */
static void draw_matrix(struct plot *p)
{
	double wide = matrix_wide(p);
	double top = TOP + matrix_head(p);
	size_t every = (size_t)ceil(13 / wide);
	size_t i;

	for (i = 0; i < p->row_count; i++)
		label(p, top + ROW * (double)i + 15, p->rows[i]);
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		size_t group = group_of(p, m->group);
		double x = LABEL + wide * m->from;
		double y = top + ROW * (double)row_of(p, m->label);
		autofree char *tip =
			mem_printf("%s, %s: %s", m->label, m->text ? m->text : "", m->group);

		if (row_of(p, m->label) == 0 && m->text && (size_t)m->from % every == 0)
			column_name(p, x + wide / 2, m->text);
		rect(p, x + 1, y, fmax(wide - 2, 1), ROW - 2, group, tip);
		if (wide > CHAR * 5)
			word(p, x + wide / 2, y + 15, ink_of(p, group), m->group);
	}
}

static double height_of(const struct plot *p)
{
	double rows = (double)p->row_count;

	switch (p->c->kind) {
	case CHART_COLUMNS:
		return TOP + 180 + 50;
	case CHART_BARS:
		return TOP + rows * (p->group_count > 1 ? 15 * (double)p->group_count + 10 : ROW) +
		       32;
	case CHART_MATRIX:
		return TOP + matrix_head(p) + rows * ROW + 36;
	default:
		return TOP + DATES + rows * ROW + 36;
	}
}

void chart_print_svg(const struct chart *c, FILE *to, bool inline_in_html)
{
	struct plot p = {.c = c, .to = to};

	measure(&p);
	p.height = height_of(&p);
	head(&p, inline_in_html);
	if (!c->n)
		text(&p, 12, TOP + 16, "start", 13, "nothing to show");
	else if (c->kind == CHART_BARS)
		draw_bars(&p);
	else if (c->kind == CHART_COLUMNS)
		draw_columns(&p);
	else if (c->kind == CHART_GANTT)
		draw_gantt(&p);
	else
		draw_matrix(&p);
	foot(&p);
	free(p.rows);
}
