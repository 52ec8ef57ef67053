// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports as text, Markdown, CSV and JSON. */
#include "release/report.h"

#include "common/json.h"
#include "release/date.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_CELL 90 /* wider cells are cut in text tables, nowhere else */

/* Columns that a string takes on a terminal, near enough: its characters. */
static size_t text_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

/* Whether a column holds numbers: those stand to the right. */
static bool is_right(const struct table *t, size_t col)
{
	bool numbers = false;
	size_t i;

	for (i = col; i < t->n; i += t->width) {
		if (t->cells[i].kind == CELL_TEXT || t->cells[i].kind == CELL_DAY)
			return false;
		numbers |= cell_is_number(&t->cells[i]);
	}
	return numbers;
}

static void pad(FILE *to, size_t n)
{
	fprintf(to, "%*s", (int)n, "");
}

static void print_padded(FILE *to, const char *s, size_t width, bool right, bool last)
{
	size_t len = text_width(s);
	size_t gap = len < width ? width - len : 0;

	if (right)
		pad(to, gap);
	fputs(s, to);
	if (!right && !last)
		pad(to, gap);
	if (!last)
		fputs("  ", to);
}

/* Cuts @s at a whole character so that it takes @max columns, "..." included. */
static void limit(char *s, size_t max)
{
	size_t chars = 0;
	size_t i;

	if (text_width(s) <= max)
		return;
	for (i = 0; s[i] && (chars < max - 3 || (s[i] & 0xc0) == 0x80); i++)
		chars += (s[i + 1] & 0xc0) != 0x80;
	memcpy(s + i, "...", sizeof("..."));
}

static void wrap(FILE *to, const char *indent, const char *s)
{
	size_t col = 0;

	while (*s) {
		size_t len = strcspn(s, " ");

		if (col && col + 1 + len > 90) {
			fputc('\n', to);
			col = 0;
		}
		fprintf(to, "%s%.*s", col ? " " : indent, (int)len, s);
		col += len + 1;
		s += len + strspn(s + len, " ");
	}
	fputc('\n', to);
}

/* What a cell says in a text table. */
static const char *text_cell(const struct table *t, size_t row, size_t col, struct strbuf *b)
{
	cell_words(table_cell(t, row, col), b);
	if (col + 1 < t->width)
		limit(b->data, TEXT_CELL);
	return b->data;
}

struct text_column {
	size_t width;
	bool right;
};

static void measure(const struct table *t, struct text_column *columns, struct strbuf *b)
{
	size_t row, col;

	for (col = 0; col < t->width; col++) {
		columns[col].right = is_right(t, col);
		columns[col].width = text_width(t->columns[col].title);
		for (row = 0; row < table_rows(t); row++) {
			size_t width = text_width(text_cell(t, row, col, b));

			if (width > columns[col].width)
				columns[col].width = width;
		}
	}
}

static void print_table(const struct table *t, FILE *to)
{
	struct text_column *columns = mem_zalloc(t->width + 1, sizeof(*columns));
	struct strbuf b = {0};
	size_t row, col;

	measure(t, columns, &b);
	fputs("  ", to);
	for (col = 0; col < t->width; col++)
		print_padded(to, t->columns[col].title, columns[col].width, columns[col].right,
			     col + 1 == t->width);
	fputc('\n', to);
	for (row = 0; row < table_rows(t); row++) {
		fputs("  ", to);
		for (col = 0; col < t->width; col++)
			print_padded(to, text_cell(t, row, col, &b), columns[col].width,
				     columns[col].right, col + 1 == t->width);
		fputc('\n', to);
	}
	strbuf_free(&b);
	free(columns);
}

/* A block as it is, but for what would drive a terminal. */
static void print_block(const char *s, FILE *to)
{
	size_t size = 4 * strlen(s) + 1;
	char *out = mem_zalloc(size, 1);

	text_escape(out, size, s, strlen(s));
	fputs(out, to);
	if (*out && out[strlen(out) - 1] != '\n')
		fputc('\n', to);
	free(out);
}

static void print_facts(const struct report *r, FILE *to)
{
	struct strbuf b = {0};
	size_t width = 0;
	size_t i;

	for (i = 0; i < r->fact_count; i++)
		if (text_width(r->facts[i].title) > width)
			width = text_width(r->facts[i].title);
	for (i = 0; i < r->fact_count; i++)
		fprintf(to, "  %-*s  %s\n", (int)width, r->facts[i].title,
			cell_words(&r->facts[i].value, &b));
	strbuf_free(&b);
}

static void print_note(const char *s, FILE *to)
{
	struct strbuf b = {0};

	strbuf_add_escaped(&b, s, strlen(s));
	if (b.len)
		wrap(to, "  ", b.data);
	strbuf_free(&b);
}

static void print_heading(const char *s, FILE *to)
{
	fputc('\n', to);
	print_block(s, to);
}

void report_print_text(const struct report *r, FILE *to)
{
	size_t i;

	if (*r->title)
		print_block(r->title, to);
	print_facts(r, to);
	for (i = 0; i < r->section_count; i++) {
		const struct section *s = &r->sections[i];

		if (s->table && table_rows(s->table)) {
			print_heading(s->table->title, to);
			print_table(s->table, to);
			if (s->table->note)
				print_note(s->table->note, to);
		} else if (s->block) {
			if (s->block->title)
				print_heading(s->block->title, to);
			else if (i || r->fact_count || *r->title)
				fputc('\n', to);
			print_block(s->block->text, to);
		}
	}
	if (r->note_count)
		fputc('\n', to);
	for (i = 0; i < r->note_count; i++)
		print_note(r->notes[i], to);
}

/* --- Markdown -------------------------------------------------------------- */
static void md_words(const char *s, FILE *to)
{
	for (; *s; s++) {
		if (strchr("\\|*_`<>[]#~", *s))
			fputc('\\', to);
		fputc(*s, to);
	}
}

/* One line of @s, which may end in a newline. */
static void md_line(const char *s, FILE *to)
{
	struct strbuf b = {0};
	size_t len = strlen(s);

	strbuf_add_escaped(&b, s, len && s[len - 1] == '\n' ? len - 1 : len);
	if (b.len)
		md_words(b.data, to);
	strbuf_free(&b);
}

static void md_cell(const struct cell *c, struct strbuf *b, FILE *to)
{
	fputc(' ', to);
	md_words(cell_words(c, b), to);
	fputs(" |", to);
}

static void md_table(const struct table *t, FILE *to)
{
	struct strbuf b = {0};
	size_t row, col;

	fprintf(to, "\n## ");
	md_line(t->title, to);
	fputs("\n\n|", to);
	for (col = 0; col < t->width; col++) {
		fputc(' ', to);
		md_words(t->columns[col].title, to);
		fputs(" |", to);
	}
	fputs("\n|", to);
	for (col = 0; col < t->width; col++)
		fputs(is_right(t, col) ? " --: |" : " --- |", to);
	for (row = 0; row < table_rows(t); row++) {
		fputs("\n|", to);
		for (col = 0; col < t->width; col++)
			md_cell(table_cell(t, row, col), &b, to);
	}
	fputc('\n', to);
	if (t->note) {
		fputc('\n', to);
		md_words(t->note, to);
		fputc('\n', to);
	}
	strbuf_free(&b);
}

/* A draft stands between fences that none of its lines can close. */
static void md_draft(const char *s, FILE *to)
{
	size_t most = 2, run = 0;
	const char *at;
	size_t i;

	for (at = s; *at; at++) {
		run = *at == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	for (i = 0; i <= most; i++)
		fputc('`', to);
	fputc('\n', to);
	print_block(s, to);
	for (i = 0; i <= most; i++)
		fputc('`', to);
	fputc('\n', to);
}

static void md_block(const struct text_block *block, bool first, FILE *to)
{
	if (!block->title) {
		fputs(first ? "" : "\n", to);
		md_draft(block->text, to);
		return;
	}
	fputs("\n## ", to);
	md_line(block->title, to);
	fputs("\n\n", to);
	md_line(block->text, to);
	fputc('\n', to);
}

void report_print_md(const struct report *r, FILE *to)
{
	struct strbuf b = {0};
	size_t i;

	if (*r->title) {
		fputs("# ", to);
		md_line(r->title, to);
		fputs("\n", to);
	}
	for (i = 0; i < r->fact_count; i++) {
		fprintf(to, "%s* %s: ", i ? "" : "\n", r->facts[i].title);
		md_words(cell_words(&r->facts[i].value, &b), to);
		fputc('\n', to);
	}
	strbuf_free(&b);
	for (i = 0; i < r->section_count; i++) {
		const struct section *s = &r->sections[i];

		if (s->table && table_rows(s->table))
			md_table(s->table, to);
		if (s->block)
			md_block(s->block, !i && !*r->title, to);
	}
	for (i = 0; i < r->note_count; i++) {
		fputs(i ? "* " : "\n* ", to);
		md_line(r->notes[i], to);
		fputc('\n', to);
	}
}

/* --- CSV (RFC 4180, but with plain newlines) -------------------------------- */
static void csv_field(const char *s, bool number, FILE *to)
{
	/* A spreadsheet would take these for formulas. */
	bool formula = *s && !number && strchr("=+@-", *s);

	if (!formula && !strpbrk(s, ",\"\n\r") && *s != ' ') {
		fputs(s, to);
		return;
	}
	fputs(formula ? "\"'" : "\"", to);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', to);
		fputc(*s, to);
	}
	fputc('"', to);
}

void report_print_csv(const struct table *t, FILE *to)
{
	struct strbuf b = {0};
	size_t row, col;

	for (col = 0; col < t->width; col++)
		fprintf(to, "%s%s", col ? "," : "", t->columns[col].key);
	for (row = 0; row < table_rows(t); row++) {
		for (col = 0; col < t->width; col++) {
			const struct cell *c = table_cell(t, row, col);

			fputs(col ? "," : "\n", to);
			csv_field(cell_words(c, &b), cell_is_number(c), to);
		}
	}
	fputc('\n', to);
	strbuf_free(&b);
}

/* --- JSON ------------------------------------------------------------------ */
static void json_cell(struct json *obj, const char *key, const struct cell *c)
{
	char day[DATE_LEN];
	struct json *why;

	switch (c->kind) {
	case CELL_NONE:
		json_put_str(obj, key, NULL);
		break;
	case CELL_TEXT:
		json_put_str(obj, key, c->s);
		break;
	case CELL_INT:
		json_put_int(obj, key, c->i);
		break;
	case CELL_REAL:
		json_put_real(obj, key, c->r);
		break;
	case CELL_DAY:
		json_put_str(obj, key, day_text((int32_t)c->i, day));
		break;
	case CELL_BOOL:
		json_put_bool(obj, key, c->i != 0);
		break;
	case CELL_UNKNOWN:
		why = json_new_object();
		json_put_str(why, "unknown", c->s);
		json_put(obj, key, why);
	}
}

static struct json *json_table(const struct table *t)
{
	struct json *out = json_new_object();
	struct json *rows = json_new_array();
	size_t i, col;

	json_put_str(out, "title", t->title);
	if (t->note)
		json_put_str(out, "definition", t->note);
	for (i = 0; i < table_rows(t); i++) {
		struct json *row = json_new_object();

		for (col = 0; col < t->width; col++)
			json_cell(row, t->columns[col].key, table_cell(t, i, col));
		json_add(rows, row);
	}
	json_put(out, "rows", rows);
	return out;
}

static void json_sections(const struct report *r, struct json *out)
{
	struct json *tables = json_new_object();
	struct json *texts = json_new_object();
	size_t i;

	for (i = 0; i < r->section_count; i++) {
		const struct section *s = &r->sections[i];

		if (s->table)
			json_put(tables, s->table->key, json_table(s->table));
		if (s->block)
			json_put_str(texts, s->block->key, s->block->text);
	}
	json_put(out, "tables", tables);
	json_put(out, "texts", texts);
}

void report_print_json(const struct report *r, FILE *to)
{
	static const char *const verdicts[] = {"ok", "findings", "usage", "undetermined"};
	struct json *out = json_new_object();
	struct json *facts = json_new_object();
	struct json *notes = json_new_array();
	size_t i;

	json_put_int(out, "schema", 1);
	json_put_str(out, "program", "xsplice-release " XSP_VERSION);
	json_put_str(out, "command", r->verb);
	json_put_str(out, "title", r->title);
	json_put_str(out, "verdict", verdicts[r->status]);
	for (i = 0; i < r->fact_count; i++)
		json_cell(facts, r->facts[i].key, &r->facts[i].value);
	json_put(out, "facts", facts);
	json_sections(r, out);
	for (i = 0; i < r->note_count; i++)
		json_add_str(notes, r->notes[i]);
	json_put(out, "notes", notes);
	json_print(out, to);
	json_unref(out);
}
