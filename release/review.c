// SPDX-License-Identifier: GPL-2.0-or-later
/* review: who reviews how much, what nobody reviewed, and how long answers take. */
#include "release/mbox.h"
#include "release/message.h"
#include "release/rel.h"
#include "release/spread.h"
#include "release/tally.h"

#include <stdlib.h>
#include <string.h>

#define MBOX_MAX (2U << 30)

struct review {
	struct rel rel;
	const struct review_opts *opts;
	struct range range;
	struct history h;
	struct tally reviewers;
	size_t commits, reviewed, alone;
	struct mbox box;
};

/* A series of patches as one author sent it: all its versions. */
struct series {
	const char *title; /* of its cover letter or first patch */
	const char *author;
	unsigned int versions;
	int64_t first, last; /* dates of the first and the last version */
	bool has_first; /* one has a date */
	bool has_answer;
	int64_t answered; /* first mail of somebody else in a thread of it */
};

/* All series of the archive, found by title and author. */
struct series_set {
	struct series *v;
	size_t n;
	struct map keys; /* -> index + 1 */
};

static const char *person(struct review *v, const char *mail)
{
	return people_canonical(&v->rel.people, mail);
}

/* Counts the reviewers of a commit that are not its author; false: there is none. */
static bool count_reviewers(struct review *v, const struct commit *c)
{
	const char *author = person(v, c->author_mail);
	const char *at = c->message;
	struct trailer t;
	bool any = false;

	while (message_trailer(&at, &t)) {
		struct count *n;
		const char *who;

		if (!trailer_is(&t, "Reviewed-by") && !trailer_is(&t, "Acked-by"))
			continue;
		who = person(v, trailer_mail(&t, &v->rel.report.arena));
		if (!strcmp(who, author))
			continue;
		any = true;
		n = tally_at(&v->reviewers, who);
		if (n->last == c)
			continue;
		n->last = c;
		n->n++;
		n->added += trailer_is(&t, "Reviewed-by");
		n->removed += trailer_is(&t, "Acked-by");
		n->label = trailer_name(&t, &v->rel.report.arena);
	}
	return any;
}

static void show_alone(struct review *v)
{
	static const struct column columns[] = {{"commit", "Commit"},
						{"author", "Author"},
						{"committed_by_other", "Committed by another"},
						{"subject", "Subject"},
						{0}};
	struct table *t = report_table(
		&v->rel.report, "unreviewed", "Commits that nobody else reviewed", columns,
		"No Reviewed-by or Acked-by of another person than the author. That "
		"another person committed it is shown, but is no review.");
	size_t i;

	for (i = 0; i < v->h.n; i++) {
		const struct commit *c = &v->h.v[i];

		if (c->parent_count > 1)
			continue;
		v->commits++;
		if (count_reviewers(v, c)) {
			v->reviewed++;
			continue;
		}
		v->alone++;
		cell_text(t, "%s", rel_short(&v->rel, c->id));
		cell_text(t, "%s", rel_author(c));
		cell_bool(t, strcmp(person(v, c->author_mail), person(v, c->committer_mail)) != 0);
		cell_short(t, c->subject);
	}
}

static double share(const struct tally *t, size_t top)
{
	long sum = tally_sum(t);
	long n = 0;
	size_t i;

	for (i = 0; i < top && i < t->n; i++)
		n += t->v[i].n;
	return sum ? 100.0 * (double)n / (double)sum : 0;
}

static void show_reviewers(struct review *v)
{
	static const struct column columns[] = {{"name", "Reviewer"},
						{"mail", "Address"},
						{"commits", "Commits of others"},
						{"share", "Share %"},
						{"reviewed", "Reviewed-by"},
						{"acked", "Acked-by"},
						{0}};
	struct report *r = &v->rel.report;
	struct table *t =
		report_table(r, "reviewers", "Reviewers", columns,
			     "A commit counts once for each reviewer. Share: of all such pairs.");
	struct chart *c = report_chart(r, "load", "Commits reviewed, by reviewer", CHART_BARS,
				       "commits", "The fifteen who reviewed most.");
	long sum = tally_sum(&v->reviewers);
	size_t i;

	for (i = 0; i < v->reviewers.n; i++) {
		const struct count *n = &v->reviewers.v[i];

		cell_text(t, "%s", n->label);
		cell_text(t, "%s", n->name);
		cell_int(t, n->n);
		cell_real(t, 100.0 * (double)n->n / (double)sum);
		cell_int(t, n->added);
		cell_int(t, n->removed);
		if (i < 15)
			chart_add(c, n->label, "commits", 0, (double)n->n);
	}
}

/* --- mail ------------------------------------------------------------------------- */
static int read_boxes(struct review *v, struct err *e)
{
	size_t i;

	for (i = 0; i < v->opts->mbox.n; i++) {
		struct file_data f = {0};

		if (file_read(v->opts->mbox.v[i], MBOX_MAX, &f, e) < 0)
			return -1;
		if (f.size && strncmp((const char *)f.data, "From ", 5)) {
			file_free(&f);
			return err_fail(e,
					"%s: not a mail archive: it does not begin with \"From \"",
					v->opts->mbox.v[i]);
		}
		mbox_read(&v->box, (const char *)f.data, f.size);
		file_free(&f);
	}
	return 0;
}

/* The first mail of the thread that @i belongs to; loops end at the mail itself. */
static size_t root_of(const struct mbox *box, const struct map *ids, size_t i)
{
	size_t steps = 0;
	size_t *up;

	while (*box->v[i].parent && (up = map_find(ids, box->v[i].parent)) && steps++ < 1000)
		i = *up;
	return i;
}

static void take_version(struct series *s, const struct mail *m, const struct patch_subject *p)
{
	if (p->version > s->versions)
		s->versions = p->version;
	if (!m->has_date)
		return;
	if (!s->has_first || m->date < s->first)
		s->first = m->date;
	if (!s->has_first || m->date > s->last)
		s->last = m->date;
	s->has_first = true;
}

/* Number of the series of @m in @set, from 1 on; @p: its subject. */
static size_t series_of(struct review *v, struct series_set *set, const struct mail *m,
			const struct patch_subject *p)
{
	const char *who = person(v, m->from_mail);
	size_t *at =
		map_at(&set->keys, arena_printf(&v->rel.report.arena, "%s\n%s", p->title, who));

	if (!*at) {
		set->v = mem_grow(set->v, set->n, sizeof(*set->v));
		memset(&set->v[set->n], 0, sizeof(*set->v));
		set->v[set->n].title = p->title;
		set->v[set->n].author = m->from_name;
		*at = ++set->n;
	}
	return *at;
}

/* The cover letter of this version is among the mails that @i answers. */
static bool is_covered(const struct mbox *box, const struct map *ids, size_t i,
		       unsigned int version)
{
	size_t steps = 0;
	size_t *up;

	while (*box->v[i].parent && (up = map_find(ids, box->v[i].parent)) && steps++ < 1000) {
		struct patch_subject p;

		i = *up;
		if (patch_subject_parse(box->v[i].subject, &p) && p.total && !p.number &&
		    p.version == version)
			return true;
	}
	return false;
}

static void find_series(struct review *v, struct series_set *set, const struct map *ids,
			size_t *of_mail)
{
	size_t i;

	for (i = 0; i < v->box.n; i++) {
		const struct mail *m = &v->box.v[i];
		struct patch_subject p;

		/* A cover letter, a lone patch, or without a cover letter the first. */
		if (!patch_subject_parse(m->subject, &p) || (p.total && p.number > 1) ||
		    (p.total && p.number && is_covered(&v->box, ids, i, p.version)))
			continue;
		of_mail[i] = series_of(v, set, m, &p);
		take_version(&set->v[of_mail[i] - 1], m, &p);
	}
}

/* A reply by another person than the thread's first, dated after it. */
static void find_answers(struct review *v, struct series_set *set, const struct map *ids,
			 const size_t *of_mail)
{
	size_t i;

	for (i = 0; i < v->box.n; i++) {
		const struct mail *m = &v->box.v[i];
		size_t root = root_of(&v->box, ids, i);
		struct series *s = of_mail[root] ? &set->v[of_mail[root] - 1] : NULL;

		if (!s || root == i || !m->has_date || !s->has_first || m->date < s->first ||
		    !strcmp(person(v, m->from_mail), person(v, v->box.v[root].from_mail)))
			continue;
		if (!s->has_answer || m->date < s->answered)
			s->answered = m->date;
		s->has_answer = true;
	}
}

static void show_series(struct review *v, const struct series_set *set)
{
	static const struct column columns[] = {{"series", "Series"},
						{"author", "Author"},
						{"versions", "Versions"},
						{"first", "First sent"},
						{"answer", "Hours to first answer"},
						{"span", "Days first to last version"},
						{0}};
	struct table *t = report_table(
		&v->rel.report, "series", "Patch series", columns,
		"A cover letter, a lone patch or the first of a series without a cover letter, all "
		"versions of one title and author. "
		"Answer: first mail of another person in any of its threads.");
	double *versions = mem_zalloc(set->n + 1, sizeof(double));
	double *hours = mem_zalloc(set->n + 1, sizeof(double));
	size_t answered = 0;
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct series *s = &set->v[i];

		cell_short(t, s->title);
		cell_text(t, "%s", s->author);
		cell_int(t, s->versions);
		versions[i] = s->versions;
		if (s->has_first)
			cell_day(t, day_of_instant(s->first));
		else
			cell_unknown(t, "no date");
		if (s->has_answer) {
			hours[answered] = (double)(s->answered - s->first) / 3600;
			cell_real(t, hours[answered++]);
		} else {
			cell_unknown(t, "%s",
				     s->has_first ? "no answer in the archive" : "no date");
		}
		if (s->has_first)
			cell_real(t, (double)(s->last - s->first) / 86400);
		else
			cell_unknown(t, "no date");
	}
	report_spread(&v->rel.report, "versions", "Versions per series", "most",
		      "no series in the archive", versions, set->n);
	report_spread(&v->rel.report, "answer_hours", "Hours to the first answer", "most",
		      "no series in the archive was answered", hours, answered);
	free(versions);
	free(hours);
}

static void show_mail(struct review *v)
{
	size_t *of_mail = mem_zalloc(v->box.n + 1, sizeof(*of_mail));
	struct series_set set = {0};
	struct map ids = {0};
	size_t i;

	for (i = 0; i < v->box.n; i++)
		if (*v->box.v[i].id)
			*map_at(&ids, v->box.v[i].id) = i;
	find_series(v, &set, &ids, of_mail);
	find_answers(v, &set, &ids, of_mail);
	report_fact_int(&v->rel.report, "mails", "Mails", (int64_t)v->box.n);
	show_series(v, &set);
	if (v->box.broken)
		report_note(&v->rel.report,
			    "unknown: %zu mails have no Message-ID or no date that can be read.",
			    v->box.broken);
	map_free(&ids);
	map_free(&set.keys);
	free(set.v);
	free(of_mail);
}

static void show(struct review *v)
{
	struct report *r = &v->rel.report;

	r->title = arena_printf(&r->arena, "Review of %s", v->range.name);
	show_alone(v);
	tally_sort(&v->reviewers);
	report_fact_int(r, "commits", "Commits without merges", (int64_t)v->commits);
	report_fact_int(r, "reviewed", "Reviewed by another", (int64_t)v->reviewed);
	report_fact_int(r, "unreviewed", "By nobody else", (int64_t)v->alone);
	report_fact_int(r, "reviewers", "Reviewers", (int64_t)v->reviewers.n);
	if (v->reviewers.n)
		report_fact(
			r, "concentration", "Concentration",
			"the first does %.1f %% of all reviews, the first three %.1f %%, the first "
			"ten %.1f %%",
			share(&v->reviewers, 1), share(&v->reviewers, 3), share(&v->reviewers, 10));
	else
		report_fact_unknown(r, "concentration", "Concentration", "there is no review");
	show_reviewers(v);
	if (v->opts->mbox.n)
		show_mail(v);
	else
		report_fact_unknown(
			r, "answer_hours", "Hours to the first answer",
			"it needs the mail archive (--mbox): git does not know when a patch "
			"was sent");
}

int review_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct review v = {.opts = opts};
	int ret = rel_begin(&v.rel, cli, &v.opts->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one range is needed, such as RELEASE-4.9.0..master");
	if (!ret)
		ret = range_parse(v.rel.git, argv[0], &v.range, &cli->err);
	if (!ret)
		ret = history_load(&v.h, v.rel.repo_path, v.range.from, v.range.to, 0, &cli->err);
	if (!ret)
		ret = read_boxes(&v, &cli->err);
	if (!ret)
		show(&v);
	ret = rel_end(&v.rel, ret);
	tally_free(&v.reviewers);
	history_free(&v.h);
	range_free(&v.range);
	mbox_free(&v.box);
	return ret;
}
