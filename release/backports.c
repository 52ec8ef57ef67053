// SPDX-License-Identifier: GPL-2.0-or-later
/* backports: which commits of a stable branch came from where, and what is missing. */
#include "release/message.h"
#include "release/rel.h"
#include "common/temp.h"

#include <stdlib.h>
#include <string.h>

enum how { HOW_NONE, HOW_EXPLICIT, HOW_PICKED, HOW_PATCH, HOW_SUBJECT };

static const char *const how_names[] = {"own", "master commit", "cherry picked", "patch-id",
					"subject"};
static const char *const confidence[] = {"", "stated", "stated", "same change", "same words"};

struct link {
	enum how how;
	const struct commit *from; /* on the main branch, or NULL */
	const char *lost; /* why a stated commit cannot be found, or NULL */
};

struct backports {
	struct rel rel;
	const char *branch;
	char head[GIT_ID_LEN], main[GIT_ID_LEN], base[GIT_ID_LEN];
	struct history ours, theirs; /* on the branch alone, on the main branch alone */
	struct link *links;
	struct map ids; /* of theirs -> index + 1 */
	const struct commit **by_id; /* theirs, in the order of their ids */
	struct map subjects; /* of theirs -> index + 1; the newest */
	size_t counts[5];
};

/* A commit of the main branch by an id that may be cut short. */
static const struct commit *find_id(struct backports *b, const char *id)
{
	size_t low = 0, high = b->theirs.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(b->by_id[mid]->id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == b->theirs.n || !text_starts(b->by_id[low]->id, id))
		return NULL;
	/* Cut so short that it may be either of two, it is none. */
	if (low + 1 < b->theirs.n && text_starts(b->by_id[low + 1]->id, id))
		return NULL;
	return b->by_id[low];
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct commit *const *)a)->id,
		      (*(const struct commit *const *)b)->id);
}

static void link_stated(struct backports *b, size_t i)
{
	static const enum message_link kinds[] = {LINK_MASTER, LINK_PICKED};
	struct link *l = &b->links[i];
	char id[GIT_ID_LEN];
	size_t k;

	for (k = 0; k < 2 && !l->from; k++) {
		const char *at = b->ours.v[i].message;

		/* The last one counts: a change picked twice names its nearest origin last. */
		while (message_link(&at, kinds[k], id)) {
			const struct commit *c = find_id(b, id);

			l->how = k ? HOW_PICKED : HOW_EXPLICIT;
			if (c)
				l->from = c;
			else
				l->lost = arena_printf(
					&b->rel.report.arena,
					"commit %.12s is not on the main branch after the fork",
					id);
		}
	}
	if (l->from)
		l->lost = NULL;
}

/*
 * `git log -p | git patch-id` of a range, as lines "PATCH-ID COMMIT". The first of
 * the two writes a file: both run without a shell.
 */
static int patch_ids(struct backports *b, const char *from, const char *to, struct strbuf *out,
		     struct err *e)
{
	autofree char *dir = dir_temp("xsplice-release.", e);
	autofree char *file = dir ? path_join(dir, "log") : NULL;
	autofree char *output = file ? mem_printf("--output=%s", file) : NULL;
	const char *log[] = {"git",
			     "-C",
			     b->rel.repo_path,
			     "log",
			     "-p",
			     "--no-color",
			     "--no-ext-diff",
			     "--no-merges",
			     "--full-index",
			     output,
			     to,
			     "--not",
			     from,
			     "--",
			     NULL};
	const char *ids[] = {"git", "-C", b->rel.repo_path, "patch-id", "--stable", NULL};
	struct proc first = {.argv = log};
	struct proc second = {.argv = ids, .input = file};
	int ret = dir ? proc_run(&first, e) : -1;

	if (!ret && first.status)
		ret = err_fail(e, "git log -p: %s",
			       first.errors.data ? first.errors.data : "failed");
	if (!ret)
		ret = proc_run(&second, e);
	if (!ret && second.status)
		ret = err_fail(e, "git patch-id: %s",
			       second.errors.data ? second.errors.data : "failed");
	*out = second.out;
	memset(&second.out, 0, sizeof(second.out));
	proc_free(&first);
	proc_free(&second);
	if (dir)
		dir_remove(dir, e);
	return ret;
}

/* Cuts "PATCH-ID COMMIT\n" at *@at into its two words; false at the end. */
static bool next_patch(char **at, const char **patch, const char **id)
{
	char *s = *at;
	char *space = s ? strchr(s, ' ') : NULL;
	char *end = space ? strchr(space, '\n') : NULL;

	if (!end)
		return false;
	*space = *end = 0;
	*patch = s;
	*id = space + 1;
	*at = end + 1;
	return true;
}

static int link_patches(struct backports *b, struct err *e)
{
	struct strbuf ours = {0}, theirs = {0};
	struct map known = {0}, mine = {0};
	const char *patch, *id;
	char *at;
	size_t i;
	int ret = patch_ids(b, b->base, b->main, &theirs, e);

	if (!ret)
		ret = patch_ids(b, b->base, b->head, &ours, e);
	for (at = theirs.data; !ret && next_patch(&at, &patch, &id);)
		if (map_find(&b->ids, id))
			*map_at(&known, patch) = *map_find(&b->ids, id);
	for (i = 0; i < b->ours.n; i++)
		*map_at(&mine, b->ours.v[i].id) = i;
	for (at = ours.data; !ret && next_patch(&at, &patch, &id);) {
		size_t *from = map_find(&known, patch);
		size_t *to = map_find(&mine, id);

		if (!from || !to || b->links[*to].how)
			continue;
		b->links[*to].how = HOW_PATCH;
		b->links[*to].from = &b->theirs.v[*from - 1];
	}
	map_free(&known);
	map_free(&mine);
	strbuf_free(&ours);
	strbuf_free(&theirs);
	return ret;
}

static int link_all(struct backports *b, struct err *e)
{
	bool open = false;
	size_t i;

	b->links = mem_zalloc(b->ours.n + 1, sizeof(*b->links));
	b->by_id = mem_zalloc(b->theirs.n + 1, sizeof(const struct commit *));
	for (i = 0; i < b->theirs.n; i++)
		b->by_id[i] = &b->theirs.v[i];
	qsort(b->by_id, b->theirs.n, sizeof(const struct commit *), by_id);
	for (i = b->theirs.n; i-- > 0;) {
		*map_at(&b->ids, b->theirs.v[i].id) = i + 1;
		*map_at(&b->subjects, b->theirs.v[i].subject) = i + 1;
	}
	for (i = 0; i < b->ours.n; i++) {
		link_stated(b, i);
		open |= !b->links[i].how;
	}
	if (open && link_patches(b, e) < 0)
		return -1;
	for (i = 0; i < b->ours.n; i++) {
		size_t *at = map_find(&b->subjects, b->ours.v[i].subject);

		if (!b->links[i].how && at) {
			b->links[i].how = HOW_SUBJECT;
			b->links[i].from = &b->theirs.v[*at - 1];
		}
		b->counts[b->links[i].how]++;
	}
	return 0;
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
	size_t i;

	for (i = 0; i < b->ours.n; i++) {
		const struct commit *c = &b->ours.v[i];
		const struct link *l = &b->links[i];

		if (c->parent_count > 1)
			continue;
		cell_text(t, "%s", rel_short(&b->rel, c->id));
		if (l->from)
			cell_text(t, "%s", rel_short(&b->rel, l->from->id));
		else if (l->lost)
			cell_unknown(t, "%s", l->lost);
		else
			cell_none(t);
		cell_text(t, "%s", how_names[l->how]);
		cell_text(t, "%s", l->lost ? "unknown" : confidence[l->how]);
		if (l->from && c->has_date && l->from->has_date)
			cell_real(t, (double)(c->committed - l->from->committed) / 86400);
		else
			cell_none(t);
		cell_short(t, c->subject);
	}
}

static bool is_backported(const struct backports *b, const struct commit *c)
{
	size_t i;

	for (i = 0; i < b->ours.n; i++)
		if (b->links[i].from == c)
			return true;
	return false;
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
	char id[GIT_ID_LEN];
	size_t i, k;

	for (i = 0; i < b->theirs.n; i++) {
		const struct commit *c = &b->theirs.v[i];
		const char *at = c->message;

		while (message_link(&at, LINK_FIXES, id)) {
			const struct commit *broken = find_id(b, id);

			for (k = 0; broken && k < b->ours.n && b->links[k].from != broken; k++)
				;
			if (!broken || k == b->ours.n || is_backported(b, c))
				continue;
			cell_text(t, "%s", rel_short(&b->rel, c->id));
			cell_short(t, c->subject);
			cell_text(t, "%s", rel_short(&b->rel, broken->id));
			cell_text(t, "%s", rel_short(&b->rel, b->ours.v[k].id));
			cell_int(t, b->rel.today - day_of_instant(c->committed));
			report_finding(&b->rel.report);
		}
	}
	report_fact_int(&b->rel.report, "missing", "Missing fixes", (int64_t)table_rows(t));
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void show_delays(struct backports *b)
{
	double *days = mem_zalloc(b->ours.n + 1, sizeof(*days));
	size_t n = 0, i;

	for (i = 0; i < b->ours.n; i++)
		if (b->links[i].from && b->links[i].from->has_date && b->ours.v[i].has_date)
			days[n++] = (double)(b->ours.v[i].committed - b->links[i].from->committed) /
				    86400;
	qsort(days, n, sizeof(*days), by_number);
	if (n)
		report_fact(&b->rel.report, "delay", "Days from main branch to here",
			    "median %.1f, p90 %.1f, longest %.1f (of %zu)", days[n / 2],
			    days[n * 9 / 10], days[n - 1], n);
	else
		report_fact_unknown(&b->rel.report, "delay", "Days from main branch to here",
				    "no commit is linked");
	free(days);
}

static void show(struct backports *b)
{
	struct report *r = &b->rel.report;
	struct chart *c;
	size_t i;

	r->title = arena_printf(&r->arena, "Back-ports on %s", b->branch);
	report_fact(r, "fork", "Forked at", "%s", b->base);
	report_fact_int(r, "commits", "Commits on the branch", (int64_t)b->ours.n);
	for (i = 1; i < 5; i++)
		report_fact_int(r, how_names[i],
				arena_printf(&r->arena, "Found by %s", how_names[i]),
				(int64_t)b->counts[i]);
	report_fact_int(r, how_names[0], "Of its own", (int64_t)b->counts[0]);
	show_delays(b);
	show_missing(b);
	show_links(b);
	c = report_chart(r, "how", "How back-ports are found", CHART_BARS, "commits", NULL);
	for (i = 0; i < 5; i++)
		chart_add(c, how_names[i], "commits", 0, (double)b->counts[i]);
}

static int load(struct backports *b, struct err *e)
{
	int found;

	if (git_resolve(b->rel.git, b->branch, b->head, e) < 0 || rel_main(&b->rel, b->main, e) < 0)
		return -1;
	found = history_base(b->rel.repo_path, b->main, b->head, b->base, e);
	if (!found)
		err_fail(e, "%s: has no commit in common with the main branch", b->branch);
	if (found < 1)
		return -1;
	if (history_load(&b->ours, b->rel.repo_path, b->main, b->head, 0, e) < 0 ||
	    history_load(&b->theirs, b->rel.repo_path, b->base, b->main, 0, e) < 0)
		return -1;
	return link_all(b, e);
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
	history_free(&b.ours);
	history_free(&b.theirs);
	map_free(&b.ids);
	map_free(&b.subjects);
	free(b.links);
	free(b.by_id);
	return ret;
}
