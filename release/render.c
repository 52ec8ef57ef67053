// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports as text, Markdown, CSV and JSON. */
#include "release/report.h"

#include "common/json.h"
#include "release/date.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 600
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

/* What a cell says in a text table: @words of WORDS_MAX. */
static void text_cell(const struct table *t, size_t row, size_t col, char *words)
{
	cell_words(table_cell(t, row, col), words, WORDS_MAX);
	if (col + 1 < t->width)
		limit(words, TEXT_CELL);
}

static void print_table(const struct table *t, FILE *to)
{
	size_t *widths = mem_zalloc(t->width + 1, sizeof(*widths));
	char words[WORDS_MAX];
	size_t row, col;

	for (col = 0; col < t->width; col++) {
		widths[col] = text_width(t->columns[col].title);
		for (row = 0; row < table_rows(t); row++) {
			text_cell(t, row, col, words);
			if (text_width(words) > widths[col])
				widths[col] = text_width(words);
		}
	}
	fputs("  ", to);
	for (col = 0; col < t->width; col++)
		print_padded(to, t->columns[col].title, widths[col], is_right(t, col),
			     col + 1 == t->width);
	fputc('\n', to);
	for (row = 0; row < table_rows(t); row++) {
		fputs("  ", to);
		for (col = 0; col < t->width; col++) {
			text_cell(t, row, col, words);
			print_padded(to, words, widths[col], is_right(t, col), col + 1 == t->width);
		}
		fputc('\n', to);
	}
	free(widths);
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
	char words[WORDS_MAX];
	size_t width = 0;
	size_t i;

	for (i = 0; i < r->fact_count; i++)
		if (text_width(r->facts[i].title) > width)
			width = text_width(r->facts[i].title);
	for (i = 0; i < r->fact_count; i++) {
		cell_words(&r->facts[i].value, words, sizeof(words));
		fprintf(to, "  %-*s  %s\n", (int)width, r->facts[i].title, words);
	}
}

static void print_note(const char *s, FILE *to)
{
	char words[4096];

	text_escape_line(words, sizeof(words), s, strlen(s));
	wrap(to, "  ", words);
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
			fprintf(to, "\n%s\n", s->table->title);
			print_table(s->table, to);
			if (s->table->note)
				print_note(s->table->note, to);
		} else if (s->block) {
			if (s->block->title)
				fprintf(to, "\n%s\n", s->block->title);
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

static void md_table(const struct table *t, FILE *to)
{
	char words[WORDS_MAX];
	size_t row, col;

	fprintf(to, "\n## ");
	md_words(t->title, to);
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
		for (col = 0; col < t->width; col++) {
			cell_words(table_cell(t, row, col), words, sizeof(words));
			fputc(' ', to);
			md_words(words, to);
			fputs(" |", to);
		}
	}
	fputc('\n', to);
	if (t->note) {
		fputc('\n', to);
		md_words(t->note, to);
		fputc('\n', to);
	}
}

static void md_line(const char *s, FILE *to)
{
	char words[4096];

	text_escape_line(words, sizeof(words), s, strlen(s));
	md_words(words, to);
}

void report_print_md(const struct report *r, FILE *to)
{
	char words[WORDS_MAX];
	size_t i;

	if (*r->title) {
		fputs("# ", to);
		md_line(r->title, to);
		fputs("\n", to);
	}
	for (i = 0; i < r->fact_count; i++) {
		cell_words(&r->facts[i].value, words, sizeof(words));
		fprintf(to, "%s* %s: ", i ? "" : "\n", r->facts[i].title);
		md_words(words, to);
		fputc('\n', to);
	}
	for (i = 0; i < r->section_count; i++) {
		const struct section *s = &r->sections[i];

		if (s->table && table_rows(s->table))
			md_table(s->table, to);
		if (s->block) {
			if (s->block->title)
				fprintf(to, "\n## %s\n\n", s->block->title);
			else if (i || *r->title)
				fputc('\n', to);
			print_block(s->block->text, to);
		}
	}
	for (i = 0; i < r->note_count; i++) {
		fputs(i ? "* " : "\n* ", to);
		md_line(r->notes[i], to);
		fputc('\n', to);
	}
}

/* --- CSV (RFC 4180, but with plain newlines) -------------------------------- */
static void csv_field(const char *s, FILE *to)
{
	/* A spreadsheet would take these for formulas. */
	bool formula = *s && (strchr("=+@", *s) || (*s == '-' && !isdigit((unsigned char)s[1])));

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
	char words[WORDS_MAX];
	size_t row, col;

	for (col = 0; col < t->width; col++)
		fprintf(to, "%s%s", col ? "," : "", t->columns[col].key);
	for (row = 0; row < table_rows(t); row++) {
		for (col = 0; col < t->width; col++) {
			fputs(col ? "," : "\n", to);
			cell_words(table_cell(t, row, col), words, sizeof(words));
			csv_field(words, to);
		}
	}
	fputc('\n', to);
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
