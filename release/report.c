// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/report.h"

#include "release/date.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_MAX 100

static const char *const format_names[] = {"text", "json", "md",  "html",
					   "csv",  "svg",  "ics", "conf"};

static __attribute__((format(printf, 2, 0))) const char *vtext(struct arena *a, const char *fmt,
							       va_list ap)
{
	char *s = NULL;
	const char *kept;

	s = mem_vprintf(fmt, ap);
	kept = arena_strdup(a, s);
	free(s);
	return kept;
}

void report_init(struct report *r, const char *verb, const char *fmt, ...)
{
	va_list ap;

	memset(r, 0, sizeof(*r));
	r->verb = verb;
	va_start(ap, fmt);
	r->title = vtext(&r->arena, fmt, ap);
	va_end(ap);
}

void report_free(struct report *r)
{
	size_t i;

	for (i = 0; i < r->section_count; i++) {
		if (r->sections[i].table)
			free(r->sections[i].table->cells);
		if (r->sections[i].chart)
			free(r->sections[i].chart->v);
	}
	free(r->facts);
	free(r->sections);
	free(r->notes);
	arena_free(&r->arena);
}

static struct cell *new_fact(struct report *r, const char *key, const char *title)
{
	struct fact *f;

	r->facts = mem_grow(r->facts, r->fact_count, sizeof(*r->facts));
	f = &r->facts[r->fact_count++];
	memset(f, 0, sizeof(*f));
	f->key = key;
	f->title = title;
	return &f->value;
}

void report_fact(struct report *r, const char *key, const char *title, const char *fmt, ...)
{
	struct cell *c = new_fact(r, key, title);
	va_list ap;

	c->kind = CELL_TEXT;
	va_start(ap, fmt);
	c->s = vtext(&r->arena, fmt, ap);
	va_end(ap);
}

void report_fact_int(struct report *r, const char *key, const char *title, int64_t v)
{
	*new_fact(r, key, title) = (struct cell){.kind = CELL_INT, .i = v};
}

void report_fact_day(struct report *r, const char *key, const char *title, int32_t day)
{
	*new_fact(r, key, title) = (struct cell){.kind = CELL_DAY, .i = day};
}

void report_fact_unknown(struct report *r, const char *key, const char *title, const char *why)
{
	*new_fact(r, key, title) =
		(struct cell){.kind = CELL_UNKNOWN, .s = arena_strdup(&r->arena, why)};
}

void report_note(struct report *r, const char *fmt, ...)
{
	va_list ap;

	r->notes = mem_grow(r->notes, r->note_count, sizeof(*r->notes));
	va_start(ap, fmt);
	r->notes[r->note_count++] = vtext(&r->arena, fmt, ap);
	va_end(ap);
}

static struct section *new_section(struct report *r)
{
	r->sections = mem_grow(r->sections, r->section_count, sizeof(*r->sections));
	memset(&r->sections[r->section_count], 0, sizeof(*r->sections));
	return &r->sections[r->section_count++];
}

struct table *report_table(struct report *r, const char *key, const char *title,
			   const struct column *columns, const char *note)
{
	struct table *t = arena_alloc(&r->arena, 1, sizeof(*t));

	t->arena = &r->arena;
	t->key = arena_strdup(&r->arena, key);
	t->title = arena_strdup(&r->arena, title);
	t->note = note ? arena_strdup(&r->arena, note) : NULL;
	t->columns = columns;
	while (columns[t->width].key)
		t->width++;
	new_section(r)->table = t;
	return t;
}

struct chart *report_chart(struct report *r, const char *key, const char *title,
			   enum chart_kind kind, const char *unit, const char *note)
{
	struct chart *c = arena_alloc(&r->arena, 1, sizeof(*c));

	c->arena = &r->arena;
	c->key = arena_strdup(&r->arena, key);
	c->title = arena_strdup(&r->arena, title);
	c->note = note ? arena_strdup(&r->arena, note) : NULL;
	c->kind = kind;
	c->unit = unit;
	c->today = NAN;
	new_section(r)->chart = c;
	return c;
}

void report_text(struct report *r, const char *key, const char *title, const char *text)
{
	struct text_block *b = arena_alloc(&r->arena, 1, sizeof(*b));

	b->key = arena_strdup(&r->arena, key);
	b->title = title ? arena_strdup(&r->arena, title) : NULL;
	b->text = arena_strdup(&r->arena, text);
	new_section(r)->block = b;
}

static struct cell *new_cell(struct table *t, enum cell_kind kind)
{
	struct cell *c;

	t->cells = mem_grow(t->cells, t->n, sizeof(*t->cells));
	c = &t->cells[t->n++];
	memset(c, 0, sizeof(*c));
	c->kind = kind;
	return c;
}

void cell_text(struct table *t, const char *fmt, ...)
{
	struct cell *c = new_cell(t, CELL_TEXT);
	va_list ap;

	va_start(ap, fmt);
	c->s = vtext(t->arena, fmt, ap);
	va_end(ap);
}

void cell_short(struct table *t, const char *s)
{
	size_t len = strnlen(s, SHORT_MAX + 1);

	if (len <= SHORT_MAX) {
		cell_text(t, "%s", s);
		return;
	}
	len = SHORT_MAX - 3;
	while (len && (s[len] & 0xc0) == 0x80)
		len--;
	cell_text(t, "%.*s...", (int)len, s);
}

void cell_unknown(struct table *t, const char *fmt, ...)
{
	struct cell *c = new_cell(t, CELL_UNKNOWN);
	va_list ap;

	va_start(ap, fmt);
	c->s = vtext(t->arena, fmt, ap);
	va_end(ap);
}

void cell_int(struct table *t, int64_t v)
{
	new_cell(t, CELL_INT)->i = v;
}

void cell_real(struct table *t, double v)
{
	new_cell(t, CELL_REAL)->r = v;
}

void cell_day(struct table *t, int32_t day)
{
	new_cell(t, day == DAY_NONE ? CELL_NONE : CELL_DAY)->i = day;
}

void cell_instant(struct table *t, int64_t when)
{
	cell_day(t, when ? day_of_instant(when) : DAY_NONE);
}

void cell_span(struct table *t, int64_t from, int64_t to)
{
	if (from && to)
		cell_real(t, (double)(to - from) / 86400);
	else
		cell_none(t);
}

void cell_bool(struct table *t, bool v)
{
	new_cell(t, CELL_BOOL)->i = v;
}

void cell_none(struct table *t)
{
	new_cell(t, CELL_NONE);
}

size_t table_rows(const struct table *t)
{
	return t->n / t->width;
}

const struct cell *table_cell(const struct table *t, size_t row, size_t col)
{
	return &t->cells[row * t->width + col];
}

struct mark *chart_add(struct chart *c, const char *label, const char *group, double from,
		       double to)
{
	struct mark *m;

	c->v = mem_grow(c->v, c->n, sizeof(*c->v));
	m = &c->v[c->n++];
	memset(m, 0, sizeof(*m));
	m->label = arena_strdup(c->arena, label);
	m->group = arena_strdup(c->arena, group);
	m->from = from;
	m->to = to;
	return m;
}

void mark_text(struct chart *c, struct mark *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	m->text = vtext(c->arena, fmt, ap);
	va_end(ap);
}

void report_finding(struct report *r)
{
	r->status = 1;
}

void report_undetermined(struct report *r)
{
	if (!r->status)
		r->status = 3;
}

int format_parse(const char *name, enum format *f, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(format_names) / sizeof(*format_names); i++) {
		if (!strcmp(name, format_names[i])) {
			*f = (enum format)i;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE,
		       "--format %s: is none of text, json, md, html, csv, svg, ics, conf", name);
}

static const struct section *find_part(const struct report *r, const char *part, bool chart)
{
	size_t i;

	for (i = 0; i < r->section_count; i++) {
		const struct section *s = &r->sections[i];
		const char *key = chart	     ? (s->chart ? s->chart->key : NULL)
				  : s->table ? s->table->key
					     : NULL;

		if (key && (!part || !strcmp(part, key)))
			return s;
	}
	return NULL;
}

int report_print(const struct report *r, enum format f, const char *part, FILE *to, struct err *e)
{
	const struct section *s = NULL;

	if (f == FORMAT_CSV || f == FORMAT_SVG)
		s = find_part(r, part, f == FORMAT_SVG);
	switch (f) {
	case FORMAT_TEXT:
		report_print_text(r, to);
		return 0;
	case FORMAT_JSON:
		report_print_json(r, to);
		return 0;
	case FORMAT_MD:
		report_print_md(r, to);
		return 0;
	case FORMAT_HTML:
		report_print_html(r, to);
		return 0;
	case FORMAT_CSV:
		if (s)
			report_print_csv(s->table, to);
		break;
	case FORMAT_SVG:
		if (s)
			chart_print_svg(s->chart, to, false);
		break;
	default:
		break;
	}
	if (s)
		return 0;
	return err_set(e, ERR_USAGE, "%s: has no output of format %s%s%s", r->verb, format_names[f],
		       part ? " and part " : "", part ? part : "");
}

const char *cell_words(const struct cell *c, struct strbuf *b)
{
	char day[DATE_LEN];

	b->len = 0;
	strbuf_adds(b, "");
	switch (c->kind) {
	case CELL_NONE:
		break;
	case CELL_UNKNOWN:
		strbuf_adds(b, "unknown: ");
		/* fall through */
	case CELL_TEXT:
		strbuf_add_escaped(b, c->s, strlen(c->s));
		break;
	case CELL_INT:
		strbuf_addf(b, "%" PRId64, c->i);
		break;
	case CELL_REAL:
		strbuf_addf(b, "%.1f", c->r);
		break;
	case CELL_DAY:
		strbuf_adds(b, day_text((int32_t)c->i, day));
		break;
	case CELL_BOOL:
		strbuf_adds(b, c->i ? "yes" : "no");
	}
	return b->data;
}

bool cell_is_number(const struct cell *c)
{
	return c->kind == CELL_INT || c->kind == CELL_REAL;
}
