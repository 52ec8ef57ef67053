// SPDX-License-Identifier: GPL-2.0-or-later
/* stats: who changed how much, and by which definition. */
#include "release/lines.h"
#include "release/message.h"
#include "release/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct stats {
	struct rel rel;
	const struct stats_opts *opts;
	struct range range;
	struct lines lines;
	struct line_sum sums[LINE_METHODS];
	struct tally people, employers, trailers, areas, weeks, firsts;
	struct map before; /* canonical addresses of authors before the range */
	long undated, future, distant;
};

static int choose_methods(struct stats *s, struct err *e)
{
	const struct cli_list *list = &s->opts->methods;
	size_t i, m;

	for (m = 0; m < LINE_METHODS; m++)
		s->lines.want[m] = !list->n;
	for (i = 0; i < list->n; i++) {
		for (m = 0; m < LINE_METHODS && strcmp(list->v[i], line_methods[m].name); m++)
			;
		if (m < LINE_METHODS)
			s->lines.want[m] = true;
		else if (!strcmp(list->v[i], "all"))
			memset(s->lines.want, true, sizeof(s->lines.want));
		else
			return err_set(e, ERR_USAGE,
				       "--method %s: no such definition: without --method all are "
				       "printed with their names",
				       list->v[i]);
	}
	return 0;
}

static void read_before(struct stats *s)
{
	char *line = s->lines.before.data;

	while (line && *line) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = 0;
		*map_at(&s->before, people_canonical(&s->rel.people, line)) = 1;
		line = end;
	}
}

static void count_lines(struct count *n, const struct commit *c)
{
	size_t i;

	n->n++;
	for (i = 0; i < c->change_count; i++) {
		if (c->changes[i].added < 0)
			continue;
		n->added += c->changes[i].added;
		n->removed += c->changes[i].removed;
	}
}

static void count_person(struct stats *s, const struct commit *c)
{
	const char *mail = people_canonical(&s->rel.people, c->author_mail);
	int32_t day = day_of_instant(c->authored);
	const char *employer =
		people_employer(&s->rel.people, mail, c->has_date ? day : s->rel.today);
	struct count *who = tally_at(&s->people, mail);
	struct count *where;

	if (!who->label)
		who->label = rel_author(c);
	count_lines(who, c);
	where = tally_at(&s->employers, employer ? employer : "(unknown)");
	count_lines(where, c);
	if (*s->lines.all.v[0].id && !map_find(&s->before, mail))
		tally_at(&s->firsts, mail)->n++;
}

static void count_trailers(struct stats *s, const struct commit *c)
{
	static const char *const known[] = {"Signed-off-by", "Acked-by",	 "Reviewed-by",
					    "Tested-by",     "Release-acked-by", "Fixes",
					    "Reported-by",   "Suggested-by"};
	const char *at = c->message;
	struct trailer t;
	size_t i;

	while (message_trailer(&at, &t)) {
		for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
			struct count *n;

			if (!trailer_is(&t, known[i]))
				continue;
			n = tally_at(&s->trailers, known[i]);
			n->n++;
			n->people += n->last != c;
			n->last = c;
		}
	}
}

static void count_areas(struct stats *s, const struct commit *c)
{
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		struct count *n = tally_at(&s->areas, rel_area(&s->rel, c->changes[i].path));

		n->n += n->last != c;
		n->last = c;
		if (c->changes[i].added < 0)
			continue;
		n->added += c->changes[i].added;
		n->removed += c->changes[i].removed;
	}
}

static void count_week(struct stats *s, const struct commit *c)
{
	int32_t day = day_of_instant(c->committed);
	char text[DATE_LEN];

	if (!c->has_date) {
		s->undated++;
		return;
	}
	s->future += day > s->rel.today;
	if (day > s->rel.today || day < 0) {
		s->distant++;
		return;
	}
	day_text(day_week(day), text);
	count_lines(tally_at(&s->weeks, arena_strdup(&s->rel.report.arena, text)), c);
}

static void count_all(struct stats *s)
{
	size_t i;

	read_before(s);
	for (i = 0; i < s->lines.all.n; i++) {
		const struct commit *c = &s->lines.all.v[i];

		if (c->parent_count > 1)
			continue;
		count_trailers(s, c);
		count_person(s, c);
		count_areas(s, c);
		count_week(s, c);
	}
	for (i = 0; i < LINE_METHODS; i++)
		if (s->lines.want[i])
			s->sums[i] = lines_sum(&s->lines, &s->rel, &s->range, i);
}

static void show_lines(struct stats *s)
{
	static const struct column columns[] = {{"name", "Definition"},
						{"added", "Added"},
						{"removed", "Removed"},
						{"net", "Net"},
						{"commits", "Commits"},
						{"commits_without_merges", "Without merges"},
						{"command", "Command"},
						{"meaning", "Meaning"},
						{0}};
	struct table *t = report_table(
		&s->rel.report, "lines", "Lines added and removed, by definition", columns,
		"Binary files have no lines. The numbers are those of the command, "
		"summed over its output, under git's own defaults: settings of log and diff do not "
		"count.");
	size_t m;

	for (m = 0; m < LINE_METHODS; m++) {
		const struct line_sum *n = &s->sums[m];

		if (!s->lines.want[m])
			continue;
		cell_text(t, "%s", line_methods[m].name);
		if (n->unknown) {
			cell_unknown(t, "%s", n->unknown);
			cell_none(t);
			cell_none(t);
		} else {
			cell_int(t, n->added);
			cell_int(t, n->removed);
			cell_int(t, n->added - n->removed);
		}
		cell_int(t, n->commits);
		cell_int(t, n->commits - n->merges);
		cell_text(t, "%s", lines_command(&s->range, m, &s->rel.report.arena));
		cell_text(t, "%s", line_methods[m].meaning);
	}
}

static void show_people(struct stats *s)
{
	static const struct column columns[] = {{"name", "Author"},	 {"mail", "Address"},
						{"employer", "Company"}, {"commits", "Commits"},
						{"added", "Added"},	 {"removed", "Removed"},
						{"first", "First time"}, {0}};
	struct table *t = report_table(&s->rel.report, "people", "Authors", columns,
				       "Commits without merges; one person per canonical address. "
				       "First time: no commit before the range.");
	size_t top = s->opts->top ? s->opts->top : 30;
	size_t i;

	tally_sort(&s->people);
	for (i = 0; i < s->people.n && i < top; i++) {
		const struct count *n = &s->people.v[i];
		const char *employer = people_employer(&s->rel.people, n->name, s->rel.today);

		cell_text(t, "%s", n->label);
		if (*n->name)
			cell_text(t, "%s", n->name);
		else
			cell_unknown(t, "no address");
		if (employer)
			cell_text(t, "%s", employer);
		else
			cell_unknown(t, "not in the domain map");
		cell_int(t, n->n);
		cell_int(t, n->added);
		cell_int(t, n->removed);
		cell_bool(t, map_find(&s->firsts.map, n->name) != NULL);
	}
	if (s->people.n > top)
		report_note(&s->rel.report, "Authors: the first %zu of %zu are shown (--top).", top,
			    s->people.n);
}

static void show_employers(struct stats *s)
{
	static const struct column columns[] = {{"name", "Company"},	{"commits", "Commits"},
						{"share", "Share %"},	{"added", "Added"},
						{"removed", "Removed"}, {0}};
	struct table *t = report_table(&s->rel.report, "companies", "Companies", columns,
				       "By the author's address on the day of writing.");
	long sum = tally_sum(&s->employers);
	size_t i;

	tally_sort(&s->employers);
	for (i = 0; i < s->employers.n; i++) {
		const struct count *n = &s->employers.v[i];

		if (!strcmp(n->name, "(unknown)"))
			cell_unknown(t, "not in the domain map");
		else
			cell_text(t, "%s", n->name);
		cell_int(t, n->n);
		cell_real(t, 100.0 * (double)n->n / (double)(sum ? sum : 1));
		cell_int(t, n->added);
		cell_int(t, n->removed);
	}
}

static void show_trailers(struct stats *s)
{
	static const struct column columns[] = {
		{"name", "Trailer"}, {"count", "Lines"}, {"commits", "Commits with it"}, {0}};
	struct table *t = report_table(
		&s->rel.report, "trailers", "Trailers", columns,
		"Lines of such a key and a value anywhere in the message, quoted ones too (git's "
		"own trailers stand in the last paragraph only), of commits that are no merges.");
	size_t i;

	tally_sort(&s->trailers);
	for (i = 0; i < s->trailers.n; i++) {
		cell_text(t, "%s", s->trailers.v[i].name);
		cell_int(t, s->trailers.v[i].n);
		cell_int(t, (int64_t)s->trailers.v[i].people);
	}
}

static void show_tally(struct stats *s, struct tally *in, const char *key, const char *title,
		       const struct column *columns, const char *note)
{
	struct table *t = report_table(&s->rel.report, key, title, columns, note);
	size_t i;

	for (i = 0; i < in->n; i++) {
		cell_text(t, "%s", in->v[i].name);
		cell_int(t, in->v[i].n);
		cell_int(t, in->v[i].added);
		cell_int(t, in->v[i].removed);
	}
}

static void show_charts(struct stats *s)
{
	struct chart *c =
		report_chart(&s->rel.report, "weeks", "Commits per week", CHART_COLUMNS, "commits",
			     "Without merges, by commit date; a week begins on Monday.");
	int32_t day = 0, last = 0;
	char text[DATE_LEN];
	size_t i = 0;

	if (s->weeks.n && day_parse(s->weeks.v[0].name, &day) &&
	    day_parse(s->weeks.v[s->weeks.n - 1].name, &last) && (last - day) / 7 > 520)
		day = last - 520 * 7;
	for (; s->weeks.n && day <= last; day += 7) {
		day_text(day, text);
		while (i < s->weeks.n && strcmp(s->weeks.v[i].name, text) < 0)
			i++;
		chart_add(c, text, "commits", 0,
			  i < s->weeks.n && !strcmp(s->weeks.v[i].name, text)
				  ? (double)s->weeks.v[i].n
				  : 0);
	}
	c = report_chart(&s->rel.report, "companies", "Commits by company", CHART_BARS, "commits",
			 "By the author's address on the day of writing.");
	for (i = 0; i < s->employers.n && i < 15; i++)
		chart_add(c, s->employers.v[i].name, "commits", 0, (double)s->employers.v[i].n);
}

/* What a published number may mean; -1: no such key. */
static int candidates(const struct stats *s, const char *key, long out[LINE_METHODS])
{
	size_t m;

	for (m = 0; m < LINE_METHODS; m++) {
		const struct line_sum *n = &s->sums[m];

		if (!strcmp(key, "added"))
			out[m] = n->added;
		else if (!strcmp(key, "removed"))
			out[m] = n->removed;
		else if (!strcmp(key, "net"))
			out[m] = n->added - n->removed;
		else if (!strcmp(key, "commits"))
			out[m] = n->commits;
		else if (!strcmp(key, "commits-without-merges"))
			out[m] = n->commits - n->merges;
		else if (!strcmp(key, "people"))
			out[m] = (long)s->people.n;
		else
			return -1;
	}
	return 0;
}

#define PUBLISHED_MAX 1000000000000 /* twice as many lines: nobody published that */

static void audit_one(struct stats *s, struct table *t, const char *key, long published,
		      const long *have)
{
	size_t best = LINE_METHODS;
	size_t m;

	for (m = 0; m < LINE_METHODS; m++)
		if (s->lines.want[m] && !s->sums[m].unknown &&
		    (best == LINE_METHODS ||
		     labs(have[m] - published) < labs(have[best] - published)))
			best = m;
	cell_text(t, "%s", key);
	cell_int(t, published);
	if (best == LINE_METHODS) {
		cell_unknown(t, "no definition has numbers");
		cell_none(t);
		cell_none(t);
		cell_none(t);
		report_undetermined(&s->rel.report);
		return;
	}
	cell_text(t, "%s", line_methods[best].name);
	cell_int(t, have[best]);
	cell_int(t, published - have[best]);
	cell_text(t, "%s", published == have[best] ? "ok" : "differs");
	if (published != have[best])
		report_finding(&s->rel.report);
}

/* Lines "added 91155": published numbers, each held against every definition. */
static int audit(struct stats *s, struct err *e)
{
	static const struct column columns[] = {{"name", "Number"},
						{"published", "Published"},
						{"nearest", "Nearest definition"},
						{"counted", "Counted"},
						{"difference", "Difference"},
						{"verdict", "Verdict"},
						{0}};
	struct table *t =
		report_table(&s->rel.report, "audit", "Published numbers", columns,
			     "Each number is held against every definition; differs: none has it.");
	struct file_data f = {0};
	unsigned int line = 0;
	char *at, *next;
	int ret = file_read(s->opts->expect, 1 << 20, &f, e);

	if (!ret && memchr(f.data, 0, f.size))
		ret = err_fail(e, "%s: is not a text file", s->opts->expect);
	for (at = (char *)f.data; !ret && at && *at; at = next) {
		long have[LINE_METHODS];
		char key[40];
		char *end = NULL;
		long v;
		int used = 0;

		line++;
		next = strchr(at, '\n');
		if (next)
			*next++ = 0;
		if (!*at || *at == '#')
			continue;
		if (sscanf(at, "%39s %n", key, &used) != 1 || !used ||
		    (errno = 0, v = strtol(at + used, &end, 10),
		     end == at + used || *end || errno || labs(v / 2) > PUBLISHED_MAX) ||
		    candidates(s, key, have) < 0)
			ret = err_fail(e,
				       "%s:%u: not understood: write added, removed, net, commits, "
				       "commits-without-merges or people, and a number",
				       s->opts->expect, line);
		else
			audit_one(s, t, key, v, have);
	}
	if (!ret && !table_rows(t))
		ret = err_fail(e, "%s: no number in it", s->opts->expect);
	file_free(&f);
	return ret;
}

static void show_facts(struct stats *s)
{
	struct report *r = &s->rel.report;
	size_t i, merges = 0;

	for (i = 0; i < s->lines.all.n; i++)
		merges += s->lines.all.v[i].parent_count > 1;
	r->title = arena_printf(&r->arena, "Statistics of %s", s->range.name);
	report_fact(r, "range", "Range", "%s", s->range.name);
	report_fact(r, "from", "From", "%s", *s->range.from ? s->range.from : "the beginning");
	report_fact(r, "to", "To", "%s", s->range.to);
	report_fact(r, "git", "Counted by", "%s", rel_git_version(&s->rel));
	report_fact_int(r, "commits", "Commits", (int64_t)s->lines.all.n);
	report_fact_int(r, "commits_without_merges", "Commits without merges",
			(int64_t)(s->lines.all.n - merges));
	report_fact_int(r, "merges", "Merges", (int64_t)merges);
	report_fact_int(r, "people", "Authors", (int64_t)s->people.n);
	report_fact_int(r, "first_timers", "First-time authors", (int64_t)s->firsts.n);
	if (s->undated)
		report_note(
			r,
			"unknown: %ld commits have no date that can be read; they are in no week.",
			s->undated);
	if (s->distant)
		report_note(
			r,
			"unknown: %ld commits are dated before 1970 or after today (%ld of them "
			"after); they are in no week.",
			s->distant, s->future);
}

static int show(struct stats *s, struct err *e)
{
	static const struct column areas[] = {{"name", "Area"},
					      {"commits", "Commits"},
					      {"added", "Added"},
					      {"removed", "Removed"},
					      {0}};
	static const struct column weeks[] = {{"week", "Week of"},
					      {"commits", "Commits"},
					      {"added", "Added"},
					      {"removed", "Removed"},
					      {0}};

	show_facts(s);
	if (s->opts->expect && audit(s, e) < 0)
		return -1;
	show_lines(s);
	show_people(s);
	show_employers(s);
	show_trailers(s);
	tally_sort(&s->areas);
	show_tally(s, &s->areas, "areas", "Areas", areas,
		   "A commit counts once in each area that it touches; lines as in sum-renames.");
	tally_sort_names(&s->weeks);
	show_tally(s, &s->weeks, "weeks", "Weeks", weeks, "By commit date.");
	show_charts(s);
	return 0;
}

int stats_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct stats s = {.opts = opts};
	struct err *e = &cli->err;
	int ret = rel_begin(&s.rel, cli, &s.opts->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(e, ERR_USAGE,
			      "one range is needed, such as RELEASE-4.5.0..RELEASE-4.6.0");
	if (!ret)
		ret = choose_methods(&s, e);
	if (!ret)
		ret = range_parse(s.rel.git, argv[0], &s.range, e);
	if (!ret)
		ret = lines_load(&s.lines, &s.rel, &s.range, e);
	if (!ret) {
		count_all(&s);
		ret = show(&s, e);
	}
	tally_free(&s.people);
	tally_free(&s.employers);
	tally_free(&s.trailers);
	tally_free(&s.areas);
	tally_free(&s.weeks);
	tally_free(&s.firsts);
	map_free(&s.before);
	ret = rel_end(&s.rel, ret);
	lines_free(&s.lines);
	range_free(&s.range);
	return ret;
}
