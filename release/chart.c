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

/* Told apart without colour vision too: they differ in lightness. */
static const char *const colours[GROUP_MAX] = {"#1f5f99", "#e8963a", "#4d9078",
					       "#b5446e", "#7a6fb0", "#9aa0a6"};

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

static void text(struct plot *p, double x, double y, const char *anchor, const char *size,
		 const char *s)
{
	autofree char *safe = xml_escape(s);

	fprintf(p->to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%s\">%s</text>\n", x, y,
		anchor, size, safe);
}

/* A label that fits its room: cut at a whole character. */
static void label(struct plot *p, double x, double y, const char *s, size_t max)
{
	char out[128];
	size_t len = text_escape_line(out, sizeof(out), s, strlen(s));

	if (len > max) {
		len = max - 1;
		while (len && (out[len] & 0xc0) == 0x80)
			len--;
		snprintf(out + len, sizeof(out) - len, "\xe2\x80\xa6");
	}
	text(p, x, y, "end", "13", out);
}

static void rect(struct plot *p, double x, double y, double w, double h, size_t group,
		 const char *tip)
{
	autofree char *safe = xml_escape(tip);

	fprintf(p->to,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" "
		"fill=\"%s\"><title>%s</title></rect>\n",
		x, y, fmax(w, 0.5), h, colours[group], safe);
}

static void head(struct plot *p, bool inside)
{
	autofree char *title = xml_escape(p->c->title);
	double x = 12;
	size_t i;

	if (!inside)
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", p->to);
	fprintf(p->to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		"aria-label=\"%s\" font-family=\"system-ui,sans-serif\" fill=\"#1b1f24\">\n"
		"<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n",
		WIDTH, p->height, title, WIDTH, p->height);
	text(p, 12, 24, "start", "16", p->c->title);
	for (i = 0; p->group_count > 1 && i < p->group_count; i++) {
		rect(p, x, 38, 12, 12, i, p->groups[i]);
		text(p, x + 17, 49, "start", "13", p->groups[i]);
		x += 40 + 7.3 * (double)strlen(p->groups[i]);
	}
}

static void foot(struct plot *p)
{
	if (p->c->note)
		text(p, 12, p->height - 10, "start", "11", p->c->note);
	fputs("</svg>\n", p->to);
}

static void grid_line(struct plot *p, double x, double bottom, const char *colour)
{
	fprintf(p->to, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\"/>\n", x, TOP - 4, bottom, colour);
}

static void bar(struct plot *p, const struct mark *m, double zero, double scale, double y,
		double thick)
{
	double x = zero + fmin(m->to, 0) * scale;
	char words[64];

	snprintf(words, sizeof(words), "%.15g", m->to);
	rect(p, x, y, fabs(m->to) * scale, thick, group_of(p, m->group), m->text ? m->text : words);
	text(p, zero + fmax(m->to, 0) * scale + 5, y + thick / 2 + 4.5, "start", "12",
	     m->text ? m->text : words);
}

static void draw_bars(struct plot *p)
{
	double per = p->group_count > 1 ? 15 * (double)p->group_count + 10 : ROW;
	double scale = (WIDTH - LABEL - VALUE) / (p->max - p->min);
	double zero = LABEL - p->min * scale;
	size_t i;

	for (i = 0; i < p->row_count; i++)
		label(p, LABEL - 8, TOP + per * (double)i + (per - 8) / 2 + 4, p->rows[i], 25);
	grid_line(p, zero, TOP + per * (double)p->row_count, "#57606a");
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
	double wide = (WIDTH - left - 16) / (double)p->row_count;
	size_t every = (size_t)ceil(78 / wide);
	double step = step_of(p->max);
	char words[64];
	size_t i;

	for (i = 0; step * (double)i <= p->max; i++) {
		double v = step * (double)i;
		double y = base - high * v / p->max;

		fprintf(p->to, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#d0d7de\"/>\n", left, y,
			WIDTH - 16);
		snprintf(words, sizeof(words), "%.15g", v);
		text(p, left - 6, y + 4, "end", "12", words);
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
	for (i = 0; i < p->row_count; i += every)
		text(p, left + wide * (double)i + wide / 2, base + 18, i ? "middle" : "start", "12",
		     p->rows[i]);
}

static void month_lines(struct plot *p, double scale, double bottom)
{
	int32_t last = (int32_t)p->max;
	int months = p->max - p->min > 1500 ? 12 : p->max - p->min > 500 ? 3 : 1;
	int y, m, d;
	int32_t day;

	day_split((int32_t)p->min, &y, &m, &d);
	for (m = months > 1 ? 1 : m; (day = day_of(y, m, 1)) <= last; m += months) {
		double x = LABEL + ((double)day - p->min) * scale;
		char words[DATE_LEN];

		if (x < LABEL)
			continue;
		grid_line(p, x, bottom, "#e3e7eb");
		day_text(day, words);
		words[months == 12 ? 4 : 7] = 0;
		text(p, x + 2, TOP + 8, "start", "10", words);
	}
}

static void draw_gantt(struct plot *p)
{
	double scale = (WIDTH - LABEL - VALUE) / (p->max - p->min);
	double bottom = TOP + 14 + ROW * (double)p->row_count;
	size_t i;

	month_lines(p, scale, bottom);
	for (i = 0; i < p->row_count; i++)
		label(p, LABEL - 8, TOP + 14 + ROW * (double)i + 15, p->rows[i], 25);
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		double y = TOP + 14 + ROW * (double)row_of(p, m->label);
		double x = LABEL + (m->from - p->min) * scale;
		double w = (m->to - m->from) * scale;

		if (m->point)
			fprintf(p->to, "<path d=\"M%.1f %.1fl6 7l-6 7l-6 -7z\" fill=\"%s\"/>\n", x,
				y + 4, colours[group_of(p, m->group)]);
		else
			rect(p, x, y + 5, w, 12, group_of(p, m->group),
			     m->text ? m->text : m->label);
		if (m->text)
			text(p, fmax(x + w, x + 6) + 3, y + 15, "start", "11", m->text);
	}
	if (!isnan(p->c->today) && p->c->today >= p->min && p->c->today <= p->max)
		grid_line(p, LABEL + (p->c->today - p->min) * scale, bottom, "#b42318");
}

/* @from is the column (its name in @text), @group the state. */
static void draw_matrix(struct plot *p)
{
	double cols = p->max + 1;
	double wide = fmin((WIDTH - LABEL - 16) / cols, 90);
	size_t i;

	for (i = 0; i < p->row_count; i++)
		label(p, LABEL - 8, TOP + 20 + ROW * (double)i + 15, p->rows[i], 25);
	for (i = 0; i < p->c->n; i++) {
		const struct mark *m = &p->c->v[i];
		double x = LABEL + wide * m->from;

		if (row_of(p, m->label) == 0 && m->text)
			text(p, x + wide / 2, TOP + 12, "middle", "11", m->text);
		rect(p, x + 1, TOP + 20 + ROW * (double)row_of(p, m->label), wide - 2, ROW - 2,
		     group_of(p, m->group), m->group);
		text(p, x + wide / 2, TOP + 35 + ROW * (double)row_of(p, m->label), "middle",
		     "11\" fill=\"#fff", m->group);
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
	default:
		return TOP + 20 + rows * ROW + 36;
	}
}

void chart_print_svg(const struct chart *c, FILE *to, bool inline_in_html)
{
	struct plot p = {.c = c, .to = to};

	measure(&p);
	p.height = height_of(&p);
	head(&p, inline_in_html);
	if (!c->n)
		text(&p, 12, TOP + 16, "start", "13", "nothing to show");
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
