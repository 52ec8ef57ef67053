// SPDX-License-Identifier: GPL-2.0-or-later
/* freeze: every commit has a release ack, lies in a declared window, or is waived. */
#include "release/map.h"
#include "release/message.h"
#include "release/rel.h"

#include <stdlib.h>
#include <string.h>

/* A commit cannot be older than what it stands on: the youngest of both, and which that is. */
struct proof {
	int64_t when;
	const char *id; /* of an ancestor that is younger; NULL: its own date stands */
};

struct freeze {
	struct rel rel;
	struct range range;
	struct history h;
	struct map own; /* merges with changes of their own */
	struct proof *proofs; /* of each commit of @h */
	const char **windows, **waivers;
	size_t window_count, waiver_count;
	size_t acked, in_window, waived, refused, merges, undecided;
};

/* Settings of waivers and windows are complete, or the gate has a hole. */
static int check_settings(struct freeze *f, struct err *e)
{
	const struct config *c = &f->rel.conf;
	int32_t from, until;
	size_t i;

	f->windows = config_subs(c, "window", &f->window_count);
	f->waivers = config_subs(c, "waiver", &f->waiver_count);
	for (i = 0; i < f->window_count; i++) {
		const char *w = f->windows[i];

		if (config_day(c, "window", w, "from", &from, e) < 0 ||
		    config_day(c, "window", w, "until", &until, e) < 0)
			return -1;
		if (from == DAY_NONE || until == DAY_NONE || until < from)
			return err_fail(e, "[window \"%s\"]: needs from and until, in this order",
					w);
	}
	for (i = 0; i < f->waiver_count; i++)
		if (config_day(c, "waiver", f->waivers[i], "until", &until, e) < 0)
			return -1;
	return 0;
}

static const struct proof *proof_of(const struct freeze *f, const struct commit *c)
{
	return &f->proofs[c - f->h.v];
}

/* The parents of one commit; those outside of the range by what git says. */
static bool prove_parents(struct freeze *f, const struct map *at, size_t i)
{
	const char *s = f->h.v[i].parents;
	struct proof *p = &f->proofs[i];
	bool changed = false;

	while (*s) {
		autofree char *id = mem_strndup(s, strcspn(s, " "));
		const size_t *k = map_find(at, id);
		int64_t when = k ? f->proofs[*k].when : git_commit_date(f->rel.git, id);
		const char *older = k ? f->proofs[*k].id : NULL;

		/* A clock that is ahead of today proves nothing. */
		if (when > p->when && day_of_instant(when) <= f->rel.today) {
			p->when = when;
			p->id = older ? older : arena_strdup(&f->rel.report.arena, id);
			changed = true;
		}
		s += strlen(id);
		s += *s == ' ';
	}
	return changed;
}

/* From the oldest on, and again while git's order had a child before its parent. */
static void prove_dates(struct freeze *f)
{
	struct map at = {0};
	bool changed = true;
	size_t i;

	f->proofs = mem_zalloc(f->h.n, sizeof(*f->proofs));
	for (i = 0; i < f->h.n; i++) {
		*map_at(&at, f->h.v[i].id) = i;
		f->proofs[i].when = f->h.v[i].has_date ? f->h.v[i].committed : 0;
	}
	while (changed)
		for (changed = false, i = f->h.n; i-- > 0;)
			changed |= prove_parents(f, &at, i);
	map_free(&at);
}

static const char *window_at(struct freeze *f, const struct commit *c, int64_t when)
{
	int32_t day = day_of_instant(when);
	struct err none = ERR_INIT;
	int32_t from, until;
	size_t i;

	for (i = 0; c->has_date && i < f->window_count; i++) {
		config_day(&f->rel.conf, "window", f->windows[i], "from", &from, &none);
		config_day(&f->rel.conf, "window", f->windows[i], "until", &until, &none);
		if (day >= from && day <= until)
			return f->windows[i];
	}
	return NULL;
}

static const char *window_of(struct freeze *f, const struct commit *c)
{
	return window_at(f, c, proof_of(f, c)->when);
}

enum ack { ACK_NONE, ACK_OTHER, ACK_MANAGER };

/* By whom a commit is acked; only a release manager's ack counts, where they are named. */
static enum ack ack_of(struct freeze *f, const struct commit *c, const char **by)
{
	const char *key = config_get(&f->rel.conf, "freeze.ack");
	const char *at = message_last_paragraph(c->message);
	enum ack ack = ACK_NONE;
	struct trailer t;

	*by = NULL;
	while (message_trailer(&at, &t)) {
		const char *manager;
		size_t i = 0;

		if (!trailer_is(&t, key))
			continue;
		ack = ACK_OTHER;
		*by = people_canonical(&f->rel.people, trailer_mail(&t, &f->rel.report.arena));
		while ((manager = config_next(&f->rel.conf, "freeze.manager", &i)))
			if (!strcmp(people_canonical(&f->rel.people, manager), *by))
				return ACK_MANAGER;
	}
	return ack;
}

static const char *waiver_of(struct freeze *f, const struct commit *c)
{
	size_t i;

	for (i = 0; i < f->waiver_count; i++) {
		const char *w = f->waivers[i];

		if (!strcmp(w, c->subject) || (strlen(w) >= 7 && text_starts(c->id, w)))
			return w;
	}
	return NULL;
}

static size_t waived_by(struct freeze *f, const char *w)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < f->h.n; i++)
		n += waiver_of(f, &f->h.v[i]) == w;
	return n;
}

/* Why a waiver does not hold for a commit, or NULL. */
static const char *waiver_flaw(struct freeze *f, const char *w, const struct commit *c)
{
	const struct config *conf = &f->rel.conf;
	struct err none = ERR_INIT;
	int32_t until;

	config_day(conf, "waiver", w, "until", &until, &none);
	if (!config_sub(conf, "waiver", w, "who") || !config_sub(conf, "waiver", w, "why") ||
	    until == DAY_NONE)
		return "a waiver names who, why and until";
	if (waived_by(f, w) > 1)
		return "it is not the only one of that name: waive it by its id";
	if (!c->has_date)
		return "the commit has no date";
	if (day_of_instant(c->committed) > until)
		return "it came after the waiver's end";
	return day_of_instant(proof_of(f, c)->when) > until
		       ? "it follows a commit that came after the waiver's end"
		       : NULL;
}

/* What keeps a commit out: the row says it, the caller what follows. */
static void add_row(struct freeze *f, struct table *t, const struct commit *c)
{
	char words[DATE_LEN];

	cell_text(t, "%s", rel_short(&f->rel, c->id));
	if (c->has_date)
		cell_text(t, "%s", day_text(day_of_instant(c->committed), words));
	else
		cell_unknown(t, "no date");
	cell_text(t, "%s", rel_author(c));
	cell_short(t, c->subject);
}

static void refuse(struct freeze *f, struct table *t, const struct commit *c, const char *by)
{
	const char *w = waiver_of(f, c);
	const char *flaw = w ? waiver_flaw(f, w, c) : NULL;
	const char *window = window_at(f, c, c->committed);
	const struct proof *p = proof_of(f, c);
	char day[DATE_LEN];

	f->refused++;
	report_finding(&f->rel.report);
	add_row(f, t, c);
	if (flaw)
		cell_text(t, "waived, but %s", flaw);
	else if (by)
		cell_text(t, "acked by %s, who is no release manager here", by);
	else if (window)
		cell_text(t, "no release ack, in \"%s\" by its date, but it follows %s of %s",
			  window, rel_short(&f->rel, p->id),
			  day_text(day_of_instant(p->when), day));
	else if (c->parent_count > 2)
		cell_text(t, "a merge of more than two, with no release ack, in no window");
	else if (c->parent_count > 1)
		cell_text(t, "a merge with changes of its own, no release ack, in no window");
	else
		cell_text(t, "no release ack, in no window");
}

/* An ack, and no word in the settings on whose ack counts. */
static void undecided(struct freeze *f, struct table *t, const struct commit *c, const char *by)
{
	f->undecided++;
	report_undetermined(&f->rel.report);
	add_row(f, t, c);
	cell_unknown(t, "acked by %s, and no freeze.manager says whose ack counts", by);
}

static void show_used(struct freeze *f)
{
	static const struct column columns[] = {{"waiver", "Waived"},	{"who", "Who"},
						{"why", "Why"},		{"until", "Until"},
						{"verdict", "Verdict"}, {0}};
	struct table *t = report_table(&f->rel.report, "waivers", "Waivers", columns, NULL);
	const struct config *conf = &f->rel.conf;
	size_t i, k;

	for (i = 0; i < f->waiver_count; i++) {
		static const char *const keys[] = {"who", "why", "until"};
		const char *w = f->waivers[i];
		bool whole = true;

		cell_text(t, "%s", w);
		for (k = 0; k < 3; k++) {
			const char *v = config_sub(conf, "waiver", w, keys[k]);

			whole &= v != NULL;
			if (v)
				cell_text(t, "%s", v);
			else
				cell_unknown(t, "not given");
		}
		cell_text(t, "%s",
			  !whole		? "incomplete"
			  : waived_by(f, w) > 1 ? "of several"
			  : waived_by(f, w)	? "used"
						: "not used");
		if (!whole)
			report_finding(&f->rel.report);
	}
}

static void judge_one(struct freeze *f, struct table *t, const struct commit *c)
{
	const char *w = waiver_of(f, c);
	const char *by;
	enum ack ack = ack_of(f, c, &by);

	if (c->parent_count == 2 && !map_find(&f->own, c->id))
		f->merges++;
	else if (ack == ACK_MANAGER)
		f->acked++;
	else if (window_of(f, c))
		f->in_window++;
	else if (w && !waiver_flaw(f, w, c))
		f->waived++;
	else if (ack == ACK_OTHER && !config_get(&f->rel.conf, "freeze.manager"))
		undecided(f, t, c, by);
	else
		refuse(f, t, c, by);
}

static void show_facts(struct freeze *f)
{
	struct report *r = &f->rel.report;

	r->title = arena_printf(&r->arena, "Freeze check of %s", f->range.name);
	report_fact(r, "rule", "Rule",
		    "every commit bears %s of a release manager, lies in a window, or is waived",
		    config_get(&f->rel.conf, "freeze.ack"));
	report_fact_int(r, "acked", "Acked", (int64_t)f->acked);
	report_fact_int(r, "in_window", "In a window", (int64_t)f->in_window);
	report_fact_int(r, "waived", "Waived", (int64_t)f->waived);
	report_fact_int(r, "refused", "Refused", (int64_t)f->refused);
	if (f->undecided)
		report_fact_int(r, "undecided", "Acked, by whom does not tell",
				(int64_t)f->undecided);
	report_fact_int(r, "merges", "Merges as git does them", (int64_t)f->merges);
	report_fact(r, "gate", "Gate", "%s",
		    r->status == 0   ? "pass"
		    : r->status == 1 ? "fail"
				     : "cannot be determined");
}

static void judge(struct freeze *f)
{
	static const struct column columns[] = {{"commit", "Commit"}, {"date", "Date"},
						{"author", "Author"}, {"subject", "Subject"},
						{"reason", "Reason"}, {0}};
	struct table *t = report_table(
		&f->rel.report, "refused", "Commits that break the freeze", columns,
		"Commits, and merges that are not what git makes of their parents. Windows and "
		"waivers go by commit date, which the committer sets, or by that of the youngest "
		"ancestor.");
	size_t i;

	prove_dates(f);
	for (i = 0; i < f->h.n; i++)
		judge_one(f, t, &f->h.v[i]);
	show_used(f);
	show_facts(f);
}

/* Which merges of two hold more, or less, than git's own merge of their parents. */
static int load_merges(struct freeze *f, struct err *e)
{
	struct history merges = {0};
	bool any = false;
	int ret = 0;
	size_t i;

	for (i = 0; i < f->h.n; i++)
		any |= f->h.v[i].parent_count == 2;
	if (any)
		ret = history_load(&merges, f->rel.repo_path, f->range.from, f->range.to,
				   HISTORY_MERGES | HISTORY_REMERGE | HISTORY_LINES | HISTORY_BRIEF,
				   e);
	for (i = 0; i < merges.n; i++)
		if (merges.v[i].change_count)
			*map_at(&f->own, arena_strdup(&f->rel.report.arena, merges.v[i].id)) = 1;
	history_free(&merges);
	return ret;
}

int freeze_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct freeze f = {0};
	struct rel_plain *o = opts;
	int ret = rel_begin(&f.rel, cli, &o->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one range is needed, such as 4.9.0-rc1..stable-4.9");
	if (!ret)
		ret = check_settings(&f, &cli->err);
	if (!ret)
		ret = range_parse(f.rel.git, argv[0], &f.range, &cli->err);
	if (!ret)
		ret = history_load(&f.h, f.rel.repo_path, f.range.from, f.range.to, 0, &cli->err);
	if (!ret && !f.h.n)
		ret = err_fail(&cli->err, "%s: no commit in the range: are its ends the right way?",
			       f.range.name);
	if (!ret)
		ret = load_merges(&f, &cli->err);
	if (!ret)
		judge(&f);
	ret = rel_end(&f.rel, ret);
	free(f.windows);
	free(f.waivers);
	map_free(&f.own);
	free(f.proofs);
	history_free(&f.h);
	range_free(&f.range);
	return ret;
}
