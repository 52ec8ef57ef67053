// SPDX-License-Identifier: GPL-2.0-or-later
/* lab: what the test lab found, by test, host and commit; and what gates a commit. */
#include "release/results.h"
#include "release/rel.h"
#include "release/tally.h"

#include <stdlib.h>
#include <string.h>

#define RESULT_MAX (64U << 20)
#define COMMIT_MIN 7 /* digits of an id that tells commits apart */

/* One outcome of one test: a file RESULTS/COMMIT/HOST/NAME. */
struct run {
	const char *commit, *host, *test;
	enum outcome outcome;
	double seconds;
};

/* A file that could not be used. */
struct unread {
	const char *commit; /* the first folder of its path, or NULL */
	const char *why;
};

struct lab {
	struct rel rel;
	const struct lab_opts *opts;
	struct arena arena;
	struct run *v; /* by test, commit and host */
	size_t n;
	struct unread *unread;
	size_t unread_count;
};

static void add_unread(struct lab *l, const char *commit, const char *why)
{
	l->unread = mem_grow(l->unread, l->unread_count, sizeof(*l->unread));
	l->unread[l->unread_count].commit = commit;
	l->unread[l->unread_count++].why = arena_strdup(&l->arena, why);
}

static bool is_commit(const char *s)
{
	size_t len = strspn(s, "0123456789abcdef");

	return !s[len] && len >= COMMIT_MIN && len <= 40;
}

static void add_runs(struct lab *l, const char *commit, const char *host, const struct results *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct run *run;

		l->v = mem_grow(l->v, l->n, sizeof(*l->v));
		run = &l->v[l->n++];
		run->commit = commit;
		run->host = host;
		run->test = arena_strdup(&l->arena, r->v[i].test);
		run->outcome = r->v[i].outcome;
		run->seconds = r->v[i].seconds;
	}
}

static void read_file(struct lab *l, const char *rel, const char *commit, const char *host)
{
	autofree char *path = path_join(l->opts->results, rel);
	struct err why = ERR_INIT;
	struct file_data f = {0};
	struct results r = {0};

	if (file_read(path, RESULT_MAX, &f, &why) < 0 ||
	    results_read(&r, rel, (const char *)f.data, f.size, &why) < 0)
		add_unread(l, commit, why.text);
	else
		add_runs(l, commit, host, &r);
	results_free(&r);
	file_free(&f);
}

static int on_file(const char *rel, bool regular, void *ctx, struct err *e)
{
	struct lab *l = ctx;
	const char *slash = strchr(rel, '/');
	const char *second = slash ? strchr(slash + 1, '/') : NULL;
	const char *commit = slash ? arena_strndup(&l->arena, rel, (size_t)(slash - rel)) : NULL;
	const char *why = NULL;

	(void)e;
	if (!regular)
		why = "not a regular file";
	else if (!second)
		why = "not in a folder COMMIT/HOST";
	else if (!is_commit(commit))
		why = "its first folder is no commit id of 7 to 40 digits";
	if (why || !second) {
		add_unread(l, commit, arena_printf(&l->arena, "%s: %s", rel, why));
		return 0;
	}
	read_file(l, rel, commit,
		  arena_strndup(&l->arena, slash + 1, (size_t)(second - slash - 1)));
	return 0;
}

/* Test, then commit, then host; a host NULL comes before all. */
static int compare(const struct run *x, const char *test, const char *commit, const char *host)
{
	int d = strcmp(x->test, test);

	if (!d)
		d = strcmp(x->commit, commit);
	if (!d)
		d = host ? strcmp(x->host, host) : 1;
	return d;
}

static int by_place(const void *a, const void *b)
{
	const struct run *y = b;

	return compare(a, y->test, y->commit, y->host);
}

static int load(struct lab *l, struct err *e)
{
	if (!l->opts->results)
		return err_set(e, ERR_USAGE,
			       "--results: the folder of results is needed: "
			       "files COMMIT/HOST/NAME.xml, .tap or .subunit");
	if (!file_is_dir(l->opts->results))
		return err_fail(e, "%s: no such folder", l->opts->results);
	if (dir_walk_all(l->opts->results, on_file, l, e) < 0)
		return -1;
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_place);
	return 0;
}

/* Both may be ids of one commit, one of them cut short. */
static bool same_commit(const char *a, const char *b)
{
	return text_starts(a, b) || text_starts(b, a);
}

/* Of one commit, or of all (NULL). */
static void show_unread(struct lab *l, const char *commit)
{
	static const struct column columns[] = {{"why", "Result that could not be used"}, {0}};
	struct table *t = report_table(&l->rel.report, "unread", "Not counted", columns,
				       "What cannot be read is no pass.");
	size_t i;

	for (i = 0; i < l->unread_count; i++)
		if (!commit || (l->unread[i].commit && same_commit(l->unread[i].commit, commit)))
			cell_unknown(t, "%s", l->unread[i].why);
	if (table_rows(t))
		report_undetermined(&l->rel.report);
}

/* The first run of a test at a commit on a host (NULL: any) or after it. */
static size_t first_run(const struct lab *l, const char *test, const char *host, const char *commit)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(&l->v[mid], test, commit, host) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* All outcomes of a test at a commit on a host (NULL: any). */
static void tally_runs(const struct lab *l, const char *test, const char *host, const char *commit,
		       size_t out[3])
{
	size_t i = first_run(l, test, host, commit);

	memset(out, 0, 3 * sizeof(*out));
	for (; i < l->n && !strcmp(l->v[i].test, test) && !strcmp(l->v[i].commit, commit) &&
	       (!host || !strcmp(l->v[i].host, host));
	     i++)
		out[l->v[i].outcome]++;
}

static const char *word_for(const size_t n[3])
{
	if (n[OUTCOME_PASS] && n[OUTCOME_FAIL])
		return "flaky";
	if (n[OUTCOME_FAIL])
		return "fail";
	if (n[OUTCOME_PASS])
		return "pass";
	return n[OUTCOME_SKIP] ? "skip" : "none";
}

static void names(const struct lab *l, size_t offset, struct tally *t)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		tally_at(t, *(const char *const *)(const void *)((const char *)&l->v[i] + offset))
			->n++;
	tally_sort_names(t);
}

static void show_matrix(struct lab *l, const struct tally *tests, const struct tally *hosts,
			const struct tally *commits)
{
	static const struct column columns[] = {{"test", "Test"},     {"host", "Host"},
						{"commit", "Commit"}, {"result", "Result"},
						{"passes", "Passes"}, {"fails", "Fails"},
						{"skips", "Skips"},   {0}};
	struct table *t =
		report_table(&l->rel.report, "matrix", "Test x host x commit", columns,
			     "Flaky: passed and failed for one commit on one host. Where nothing "
			     "ran there is no row.");
	size_t i, h, c, n[3];

	for (i = 0; i < tests->n; i++) {
		for (c = 0; c < commits->n; c++) {
			for (h = 0; h < hosts->n; h++) {
				tally_runs(l, tests->v[i].name, hosts->v[h].name,
					   commits->v[c].name, n);
				if (!(n[0] + n[1] + n[2]))
					continue;
				cell_text(t, "%s", tests->v[i].name);
				cell_text(t, "%s", hosts->v[h].name);
				cell_text(t, "%.12s", commits->v[c].name);
				cell_text(t, "%s", word_for(n));
				cell_int(t, (int64_t)n[OUTCOME_PASS]);
				cell_int(t, (int64_t)n[OUTCOME_FAIL]);
				cell_int(t, (int64_t)n[OUTCOME_SKIP]);
			}
		}
	}
}

static void show_chart(struct lab *l, const struct tally *tests, const struct tally *hosts,
		       const struct tally *commits)
{
	struct chart *chart =
		report_chart(&l->rel.report, "matrix", "Results by test, host and commit",
			     CHART_MATRIX, "", "none: nothing ran, which is no pass.");
	size_t i, h, c, n[3];

	for (i = 0; i < tests->n; i++) {
		for (h = 0; h < hosts->n; h++) {
			for (c = 0; c < commits->n; c++) {
				double col = (double)(c * hosts->n + h);
				struct mark *m;

				tally_runs(l, tests->v[i].name, hosts->v[h].name,
					   commits->v[c].name, n);
				m = chart_add(chart, tests->v[i].name, word_for(n), col, col);
				mark_text(chart, m, "%.6s %s", commits->v[c].name,
					  hosts->v[h].name);
			}
		}
	}
}

static int show_hosts(struct lab *l, const struct tally *hosts, struct err *e)
{
	static const struct column columns[] = {{"host", "Host"},
						{"slots", "Slots"},
						{"runs", "Results"},
						{"hours", "Hours of tests"},
						{"per_day", "Such runs a day"},
						{0}};
	struct table *t =
		report_table(&l->rel.report, "capacity", "Capacity", columns,
			     "Such runs a day: 24 h x slots over the hours that all results here "
			     "took, where every result says its time.");
	size_t i, k;

	for (i = 0; i < hosts->n; i++) {
		autofree char *key = mem_printf("host.%s.slots", hosts->v[i].name);
		unsigned int slots;
		double sum = 0;
		bool whole = true;

		if (config_uint(&l->rel.conf, key, 0, 100000, &slots, e) < 0)
			return -1;
		for (k = 0; k < l->n; k++) {
			if (strcmp(l->v[k].host, hosts->v[i].name))
				continue;
			whole &= l->v[k].seconds >= 0;
			sum += l->v[k].seconds > 0 ? l->v[k].seconds : 0;
		}
		cell_text(t, "%s", hosts->v[i].name);
		if (slots)
			cell_int(t, slots);
		else
			cell_unknown(t, "no [host] in the settings");
		cell_int(t, hosts->v[i].n);
		cell_real(t, sum / 3600);
		if (slots && whole && sum > 0)
			cell_real(t, 86400.0 * slots / sum);
		else
			cell_unknown(t, "%s",
				     whole ? "slots are not known" : "some results say no time");
	}
	return 0;
}

static void show_flaky(struct lab *l, const struct tally *tests, const struct tally *commits)
{
	static const struct column columns[] = {{"test", "Test"},
						{"commit", "Commit"},
						{"passes", "Passes"},
						{"fails", "Fails"},
						{0}};
	struct table *t = report_table(&l->rel.report, "flaky", "Flaky tests", columns,
				       "Passed and failed for one commit, on any hosts.");
	size_t i, c, n[3];

	for (i = 0; i < tests->n; i++) {
		for (c = 0; c < commits->n; c++) {
			tally_runs(l, tests->v[i].name, NULL, commits->v[c].name, n);
			if (!n[OUTCOME_PASS] || !n[OUTCOME_FAIL])
				continue;
			cell_text(t, "%s", tests->v[i].name);
			cell_text(t, "%.12s", commits->v[c].name);
			cell_int(t, (int64_t)n[OUTCOME_PASS]);
			cell_int(t, (int64_t)n[OUTCOME_FAIL]);
		}
	}
}

static int show_lab(struct lab *l, struct err *e)
{
	struct tally tests = {0}, hosts = {0}, commits = {0};
	struct report *r = &l->rel.report;
	int ret;

	names(l, offsetof(struct run, test), &tests);
	names(l, offsetof(struct run, host), &hosts);
	names(l, offsetof(struct run, commit), &commits);
	r->title = "Test lab";
	report_fact_int(r, "results", "Results", (int64_t)l->n);
	report_fact_int(r, "tests", "Tests", (int64_t)tests.n);
	report_fact_int(r, "hosts", "Hosts", (int64_t)hosts.n);
	report_fact_int(r, "commits", "Commits", (int64_t)commits.n);
	show_matrix(l, &tests, &hosts, &commits);
	if (l->rel.format == FORMAT_SVG || l->rel.format == FORMAT_HTML)
		show_chart(l, &tests, &hosts, &commits);
	show_flaky(l, &tests, &commits);
	ret = show_hosts(l, &hosts, e);
	show_unread(l, NULL);
	tally_free(&tests);
	tally_free(&hosts);
	tally_free(&commits);
	return ret;
}

/* --- gate ---------------------------------------------------------------------------- */
static bool is_waived(struct lab *l, const char *test, const char **why)
{
	const struct config *c = &l->rel.conf;
	struct err none = ERR_INIT;
	const char *who = config_sub(c, "gate-waiver", test, "who");
	int32_t until;

	*why = config_sub(c, "gate-waiver", test, "why");
	config_day(c, "gate-waiver", test, "until", &until, &none);
	return who && *why && until != DAY_NONE && l->rel.today <= until;
}

/*
 * The folder of a commit: its name may be shorter or longer than what was asked for. Of
 * two that could be meant, neither is taken: they may hold different commits.
 */
static const char *find_commit(const struct lab *l, const char *asked, struct err *e)
{
	const char *found = NULL;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const char *commit = l->v[i].commit;

		if (!same_commit(commit, asked))
			continue;
		if (found && strcmp(found, commit) != 0) {
			err_fail(e,
				 "%s: two folders could be meant, %s and %s: join the results "
				 "of one commit, or ask for more digits",
				 asked, found, commit);
			return NULL;
		}
		found = commit;
	}
	return found ? found : asked;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void judge(struct lab *l, struct table *t, const char *test, const char *commit,
		  unsigned int hosts_needed)
{
	struct tally hosts = {0};
	const char *why;
	size_t n[3], k;

	tally_runs(l, test, NULL, commit, n);
	for (k = 0; k < l->n; k++)
		if (!strcmp(l->v[k].test, test) && !strcmp(l->v[k].commit, commit) &&
		    l->v[k].outcome == OUTCOME_PASS)
			tally_at(&hosts, l->v[k].host);
	cell_text(t, "%s", test);
	if (n[OUTCOME_PASS] && !n[OUTCOME_FAIL] && hosts.n >= hosts_needed) {
		cell_text(t, "ok");
		cell_text(t, "passed %zu time%s on %zu host%s", n[OUTCOME_PASS],
			  plural(n[OUTCOME_PASS]), hosts.n, plural(hosts.n));
	} else if (is_waived(l, test, &why)) {
		cell_text(t, "waived");
		cell_text(t, "%s: %s", config_sub(&l->rel.conf, "gate-waiver", test, "who"), why);
	} else if (n[OUTCOME_FAIL]) {
		cell_text(t, "no");
		cell_text(t, "failed %zu time%s, passed %zu time%s%s", n[OUTCOME_FAIL],
			  plural(n[OUTCOME_FAIL]), n[OUTCOME_PASS], plural(n[OUTCOME_PASS]),
			  n[OUTCOME_PASS] ? " (flaky, which is no pass)" : "");
		report_finding(&l->rel.report);
	} else {
		if (n[OUTCOME_PASS])
			cell_unknown(t, "passed on %zu host%s, %u are needed", hosts.n,
				     plural(hosts.n), hosts_needed);
		else
			cell_unknown(t, "%s",
				     n[OUTCOME_SKIP] ? "only skipped"
						     : "never run for this commit");
		cell_text(t, "run it; unknown is not a pass");
		report_undetermined(&l->rel.report);
	}
	tally_free(&hosts);
}

static int show_gate(struct lab *l, const char *asked, struct err *e)
{
	static const struct column columns[] = {
		{"test", "Required test"}, {"verdict", "Verdict"}, {"why", "Why"}, {0}};
	struct report *r = &l->rel.report;
	const char *commit, *test;
	struct table *t;
	unsigned int hosts;
	size_t i = 0;

	if (!is_commit(asked))
		return err_set(e, ERR_USAGE, "%s: not a commit id of 7 to 40 digits", asked);
	commit = find_commit(l, asked, e);
	if (!commit)
		return -1;
	if (config_uint(&l->rel.conf, "gate.hosts", 1, 1000, &hosts, e) < 0)
		return -1;
	if (!config_get(&l->rel.conf, "gate.require"))
		return err_fail(e, "settings: [gate] names no required test (require = NAME)");
	r->title = arena_printf(&r->arena, "Gate of %s", commit);
	t = report_table(r, "gate", "Excuses", columns, NULL);
	while ((test = config_next(&l->rel.conf, "gate.require", &i)))
		judge(l, t, test, commit, hosts);
	show_unread(l, commit);
	report_fact(r, "gate", "Gate", "%s",
		    r->status == 0   ? "pass"
		    : r->status == 1 ? "fail"
				     : "cannot be determined");
	return 0;
}

int lab_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct lab l = {.opts = opts};
	bool gate = argc == 2 && !strcmp(argv[0], "gate");
	int ret = rel_begin(&l.rel, cli, &l.opts->rel, 0);

	if (!ret && argc && !gate)
		ret = err_set(&cli->err, ERR_USAGE, "no operand, or: gate COMMIT");
	if (!ret)
		ret = load(&l, &cli->err);
	if (!ret && gate)
		ret = show_gate(&l, argv[1], &cli->err);
	else if (!ret)
		ret = show_lab(&l, &cli->err);
	ret = rel_end(&l.rel, ret);
	free(l.v);
	free(l.unread);
	arena_free(&l.arena);
	return ret;
}
