// SPDX-License-Identifier: GPL-2.0-or-later
/* backports: which commits of a stable branch came from where, and what is missing. */
#include "release/links.h"
#include "release/message.h"
#include "release/rel.h"
#include "release/spread.h"

#include <stdlib.h>
#include <string.h>

static const char *const confidence[] = {"", "stated", "stated", "same change", "same words"};

struct backports {
	struct rel rel;
	const char *branch;
	char head[GIT_ID_LEN], main[GIT_ID_LEN];
	struct links links;
	size_t commits; /* without merges; of those: */
	size_t counts[HOW_COUNT];
	size_t lost;
};

/* Equal words alone, and the origin is the younger one: hardly where it came from. */
static bool is_doubtful(const struct backports *b, size_t i)
{
	const struct commit *c = &b->links.ours.v[i];
	const struct link *l = &b->links.v[i];

	return l->how == HOW_SUBJECT && l->from && c->has_date && l->from->has_date &&
	       l->from->committed > c->committed;
}

static bool delay_of(const struct backports *b, size_t i, double *days)
{
	const struct commit *c = &b->links.ours.v[i];
	const struct commit *from = b->links.v[i].from;

	if (!from || !from->has_date || !c->has_date || is_doubtful(b, i))
		return false;
	*days = (double)(c->committed - from->committed) / 86400;
	return true;
}

static void show_links(struct backports *b)
{
	static const struct column columns[] = {{"commit", "Commit"},
						{"origin", "Origin"},
						{"how", "Found by"},
						{"confidence", "Confidence"},
						{"delay", "Days later"},
						{"subject", "Subject"},
						{0}};
	struct table *t =
		report_table(&b->rel.report, "links", "Commits of the branch", columns,
			     "Days later: from the commit date on the main branch to that here.");
	double days;
	size_t i;

	for (i = 0; i < b->links.ours.n; i++) {
		const struct commit *c = &b->links.ours.v[i];
		const struct link *l = &b->links.v[i];

		if (c->parent_count > 1)
			continue;
		cell_text(t, "%s", rel_short(&b->rel, c->id));
		if (l->from)
			cell_text(t, "%s", rel_short(&b->rel, l->from->id));
		else if (l->lost)
			cell_unknown(t, "%s", l->lost);
		else
			cell_none(t);
		cell_text(t, "%s", link_how_names[l->how]);
		cell_text(t, "%s",
			  l->lost	      ? "unknown"
			  : is_doubtful(b, i) ? "same words, but older here"
					      : confidence[l->how]);
		if (delay_of(b, i, &days))
			cell_real(t, days);
		else
			cell_none(t);
		cell_short(t, c->subject);
	}
}

/* The commit of the branch that came from @origin; NULL if none did. */
static const struct commit *here(const struct backports *b, const struct commit *origin)
{
	size_t i;

	for (i = 0; origin && i < b->links.ours.n; i++)
		if (b->links.v[i].from == origin)
			return &b->links.ours.v[i];
	return NULL;
}

/* A row for each commit that is here and that @c mends; whether there is one. */
static bool show_fix(struct backports *b, struct table *t, const struct commit *c)
{
	const struct commit *last = NULL;
	const char *at = c->message;
	char id[GIT_ID_LEN];

	while (message_link(&at, LINK_FIXES, id)) {
		const struct commit *broken = history_find(&b->links.theirs_by_id, id);
		const struct commit *as = here(b, broken);

		if (!as || broken == last)
			continue;
		last = broken;
		cell_text(t, "%s", rel_short(&b->rel, c->id));
		cell_short(t, c->subject);
		cell_text(t, "%s", rel_short(&b->rel, broken->id));
		cell_text(t, "%s", rel_short(&b->rel, as->id));
		if (c->has_date)
			cell_int(t, b->rel.today - day_of_instant(c->committed));
		else
			cell_unknown(t, "no date");
		report_finding(&b->rel.report);
	}
	return last != NULL;
}

static void show_missing(struct backports *b)
{
	static const struct column columns[] = {{"fix", "Missing fix"},
						{"subject", "Subject"},
						{"fixes", "Mends"},
						{"here", "Which is here as"},
						{"age", "Days on the main branch"},
						{0}};
	struct table *t =
		report_table(&b->rel.report, "missing", "Fixes that are missing here", columns,
			     "Commits on the main branch whose Fixes: names a commit that was "
			     "back-ported, but which were not themselves.");
	int64_t missing = 0;
	size_t i;

	for (i = 0; i < b->links.theirs.n; i++)
		if (!here(b, &b->links.theirs.v[i]))
			missing += show_fix(b, t, &b->links.theirs.v[i]);
	report_fact_int(&b->rel.report, "missing", "Missing fixes", missing);
}

static void show_delays(struct backports *b)
{
	double *days = mem_zalloc(b->links.ours.n + 1, sizeof(*days));
	size_t n = 0, i;

	for (i = 0; i < b->links.ours.n; i++)
		n += delay_of(b, i, &days[n]);
	report_spread(&b->rel.report, "delay", "Days from main branch to here", "longest",
		      "no commit is linked", days, n);
	free(days);
}

static void show(struct backports *b)
{
	struct report *r = &b->rel.report;
	struct chart *c;
	size_t i;

	r->title = arena_printf(&r->arena, "Back-ports on %s", b->branch);
	report_fact(r, "fork", "Forked at", "%s", b->links.base);
	report_fact_int(r, "commits", "Commits on the branch", (int64_t)b->commits);
	for (i = 1; i < 5; i++)
		report_fact_int(r, link_how_names[i],
				arena_printf(&r->arena, "Found by %s", link_how_names[i]),
				(int64_t)b->counts[i]);
	report_fact_int(r, link_how_names[0], "Of its own", (int64_t)b->counts[0]);
	report_fact_int(r, "lost", "Origin not found", (int64_t)b->lost);
	show_delays(b);
	show_missing(b);
	show_links(b);
	if (b->lost) {
		report_note(r, "unknown: fixes of a commit whose origin is not found cannot be "
			       "looked for.");
		report_undetermined(r);
	}
	c = report_chart(r, "how", "How back-ports are found", CHART_BARS, "commits", NULL);
	for (i = 0; i < 5; i++)
		chart_add(c, link_how_names[i], "commits", 0, (double)b->counts[i]);
}

static int load(struct backports *b, struct err *e)
{
	struct links *l = &b->links;
	size_t i;

	if (git_resolve(b->rel.git, b->branch, b->head, e) < 0 ||
	    rel_main(&b->rel, b->main, e) < 0 ||
	    links_load(l, b->rel.repo_path, b->branch, b->head, b->main, e) < 0 ||
	    links_patches(l, b->rel.repo_path, b->head, b->main, NULL, 0, e) < 0)
		return -1;
	links_subjects(l);
	for (i = 0; i < l->ours.n; i++) {
		if (l->ours.v[i].parent_count > 1)
			continue;
		b->commits++;
		if (l->v[i].lost)
			b->lost++;
		else
			b->counts[l->v[i].how]++;
	}
	return 0;
}

int backports_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct backports b = {0};
	struct rel_plain *o = opts;
	int ret = rel_begin(&b.rel, cli, &o->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE, "one branch is needed, such as stable-4.9");
	if (!ret) {
		b.branch = argv[0];
		ret = load(&b, &cli->err);
	}
	if (!ret)
		show(&b);
	ret = rel_end(&b.rel, ret);
	links_free(&b.links);
	return ret;
}
