// SPDX-License-Identifier: GPL-2.0-or-later
/* A report as one HTML page that needs nothing else: no script, no foreign file. */
#include "release/report.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;"
	"--band:#f6f8fa;--good:#1a7f37;--bad:#b42318;--dim:#8a5a00;--link:#0a58ca}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;"
	"--paper:#0d1117;--band:#161b22;--good:#56d364;--bad:#ff7b72;--dim:#e3b341;--link:#79b8ff}}"
	"\n"
	"body{margin:0 auto;max-width:72rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;"
	"color:var(--ink);background:var(--paper);overflow-wrap:anywhere}\n"
	"h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin:2rem 0 .5rem}\n"
	"dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.1rem 1rem}\n"
	"dt{color:var(--soft)}dd{margin:0}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;min-width:20rem}\n"
	"th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;"
	"vertical-align:top;overflow-wrap:normal}\n"
	"th{background:var(--band);vertical-align:bottom}td.n,th.n{text-align:right;"
	"font-variant-numeric:tabular-nums}\n"
	"td.d{white-space:nowrap}td.u{color:var(--dim)}td.good{color:var(--good)}"
	"td.bad{color:var(--bad);font-weight:600}\n"
	"nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding-bottom:.6rem;"
	"border-bottom:1px solid var(--line)}nav [aria-current]{font-weight:600;color:inherit;"
	"text-decoration:none}a{color:var(--link)}\n"
	"@media print{nav{display:none}body{max-width:none}tr{break-inside:avoid}}\n"
	"p.def,ul.notes{color:var(--soft);font-size:.9rem}\n"
	"pre{background:var(--band);padding:.8rem;overflow-x:auto;font-size:.85rem;"
	"white-space:pre-wrap;overflow-wrap:anywhere}\n"
	"figure{margin:1.2rem 0}figure svg{width:100%;min-width:42rem;max-width:54rem;height:auto;"
	"background:#fff;border-radius:4px}\n"
	/* On a phone, a row is a card: each cell on a line, behind its column's name. */
	"@media(max-width:44rem){dl{grid-template-columns:9rem 1fr}\n"
	"table,tbody,tr,td{display:block}thead,td:empty{display:none}\n"
	"tr{border-bottom:1px solid var(--line);padding:.4rem 0}\n"
	"td,td.n,td.d{display:grid;grid-template-columns:8rem 1fr;gap:.6rem;border:0;"
	"padding:.1rem 0;text-align:left;white-space:normal;overflow-wrap:anywhere}\n"
	"td::before{content:attr(data-k);color:var(--soft);font-weight:400}\n"
	"figure::after{content:\"Scroll sideways to see all of it.\";color:var(--soft);"
	"font-size:.9rem}}\n";

char *xml_escape(const char *s)
{
	struct strbuf b = {0};
	size_t len = strlen(s);
	size_t i = 0;

	while (i < len) {
		size_t n = text_utf8_len(s + i, len - i);
		unsigned char c = (unsigned char)s[i];

		if (!n || (n == 1 && c < 32 && c != '\n' && c != '\t') || c == 127) {
			strbuf_addf(&b, "\\x%02x", c);
			n = 1;
		} else if (c == '&' || c == '<' || c == '>' || c == '"') {
			strbuf_adds(&b, c == '&'   ? "&amp;"
					: c == '<' ? "&lt;"
					: c == '>' ? "&gt;"
						   : "&quot;");
		} else {
			strbuf_add(&b, s + i, n);
		}
		i += n;
	}
	return strbuf_take(&b);
}

static void put(FILE *to, const char *s)
{
	autofree char *out = xml_escape(s);

	fputs(out, to);
}

static const char *cell_class(const struct cell *c)
{
	static const char *const good[] = {"ok",	"done",	   "pass",	   "landed",
					   "supported", "on time", "landed again", "kept",
					   "yes",	"fixed",   "in the build"};
	static const char *const bad[] = {"missing", "fail",	  "reverted",  "slipped",
					  "no",	     "expired",	  "finding",   "flaky",
					  "late",    "not fixed", "incomplete"};
	size_t i;

	if (cell_is_number(c))
		return " class=n";
	if (c->kind == CELL_DAY)
		return " class=d";
	if (c->kind == CELL_UNKNOWN)
		return " class=u";
	for (i = 0; c->kind == CELL_TEXT && i < sizeof(good) / sizeof(*good); i++)
		if (!strcmp(c->s, good[i]))
			return " class=good";
	for (i = 0; c->kind == CELL_TEXT && i < sizeof(bad) / sizeof(*bad); i++)
		if (!strcmp(c->s, bad[i]))
			return " class=bad";
	return "";
}

static void put_link(FILE *to, const char *href, const char *title, bool here)
{
	fputs("<a href=\"", to);
	put(to, href);
	fputs(here ? "\" aria-current=page>" : "\">", to);
	put(to, title);
	fputs("</a>", to);
}

static void put_bar(FILE *to, const struct report *r)
{
	const struct page_link *l = r->links;

	if (!l)
		return;
	fputs("<nav aria-label=Pages>", to);
	for (; l->href; l++)
		if (l->in_bar)
			put_link(to, l->href, l->title, r->here && !strcmp(l->href, r->here));
	fputs("</nav>\n", to);
}

/* The page whose title is all that the cell holds, or NULL. */
static const char *page_of(const struct report *r, const char *words)
{
	const struct page_link *l = r->links;

	for (; l && l->href; l++)
		if (!strcmp(l->title, words) && (!r->here || strcmp(l->href, r->here) != 0))
			return l->href;
	return NULL;
}

static void put_cell(FILE *to, const struct report *r, const struct cell *c)
{
	struct strbuf b = {0};
	const char *words = cell_words(c, &b);
	const char *page = c->kind == CELL_TEXT ? page_of(r, words) : NULL;

	if (!page && c->kind == CELL_TEXT && text_starts(words, "https://") &&
	    !strpbrk(words, " \"'<>"))
		page = words;
	if (page)
		put_link(to, page, words, false);
	else
		put(to, words);
	strbuf_free(&b);
}

static void put_table(const struct report *r, const struct table *t, FILE *to)
{
	size_t row, col;

	fputs("<h2>", to);
	put(to, t->title);
	fputs("</h2>\n<div class=wide><table>\n<thead><tr>", to);
	for (col = 0; col < t->width; col++) {
		fprintf(to, "<th%s>", t->n && cell_is_number(&t->cells[col]) ? " class=n" : "");
		put(to, t->columns[col].title);
		fputs("</th>", to);
	}
	fputs("</tr></thead>\n<tbody>\n", to);
	for (row = 0; row < table_rows(t); row++) {
		fputs("<tr>", to);
		for (col = 0; col < t->width; col++) {
			fprintf(to, "<td%s data-k=\"", cell_class(table_cell(t, row, col)));
			put(to, t->columns[col].title);
			fputs("\">", to);
			put_cell(to, r, table_cell(t, row, col));
			fputs("</td>", to);
		}
		fputs("</tr>\n", to);
	}
	fputs("</tbody></table></div>\n", to);
	if (t->note) {
		fputs("<p class=def>", to);
		put(to, t->note);
		fputs("</p>\n", to);
	}
}

static void put_section(const struct report *r, const struct section *s, FILE *to)
{
	if (s->table && table_rows(s->table))
		put_table(r, s->table, to);
	if (s->chart && s->chart->n) {
		fputs("<figure class=wide>\n", to);
		chart_print_svg(s->chart, to, true);
		fputs("</figure>\n", to);
	}
	if (s->block) {
		if (s->block->title) {
			fputs("<h2>", to);
			put(to, s->block->title);
			fputs("</h2>\n", to);
		}
		fputs("<pre>", to);
		put(to, s->block->text);
		fputs("</pre>\n", to);
	}
}

void report_print_html(const struct report *r, FILE *to)
{
	const char *title = *r->title ? r->title : r->verb;
	size_t i;

	fputs("<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	      "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>",
	      to);
	put(to, title);
	fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
	put_bar(to, r);
	fputs("<h1>", to);
	put(to, title);
	fputs(r->fact_count ? "</h1>\n<dl>\n" : "</h1>\n", to);
	for (i = 0; i < r->fact_count; i++) {
		fprintf(to, "<dt>%s</dt><dd>", r->facts[i].title);
		put_cell(to, r, &r->facts[i].value);
		fputs("</dd>\n", to);
	}
	if (r->fact_count)
		fputs("</dl>\n", to);
	for (i = 0; i < r->section_count; i++)
		put_section(r, &r->sections[i], to);
	if (r->note_count)
		fputs("<ul class=notes>\n", to);
	for (i = 0; i < r->note_count; i++) {
		fputs("<li>", to);
		put(to, r->notes[i]);
		fputs("</li>\n", to);
	}
	fprintf(to, "%s</body>\n</html>\n", r->note_count ? "</ul>\n" : "");
}
