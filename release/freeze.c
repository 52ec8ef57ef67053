// SPDX-License-Identifier: GPL-2.0-or-later
/* freeze: every commit has a release ack, lies in a declared window, or is waived. */
#include "release/message.h"
#include "release/rel.h"

#include <stdlib.h>
#include <string.h>

struct freeze {
	struct rel rel;
	struct range range;
	struct history h;
	const char **windows, **waivers;
	size_t window_count, waiver_count;
	size_t acked, in_window, waived, refused;
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

static const char *window_of(struct freeze *f, const struct commit *c)
{
	int32_t day = day_of_instant(c->committed);
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

/* The ack counts if it comes from a release manager, where the settings name them. */
static bool is_acked(struct freeze *f, const struct commit *c, const char **by)
{
	const char *key = config_get(&f->rel.conf, "freeze.ack");
	const char *at = c->message;
	struct trailer t;

	while (message_trailer(&at, &t)) {
		const char *manager;
		size_t i = 0;

		if (!trailer_is(&t, key))
			continue;
		*by = people_canonical(&f->rel.people, trailer_mail(&t, &f->rel.report.arena));
		if (!config_get(&f->rel.conf, "freeze.manager"))
			return true;
		while ((manager = config_next(&f->rel.conf, "freeze.manager", &i)))
			if (!strcmp(people_canonical(&f->rel.people, manager), *by))
				return true;
	}
	return false;
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
	if (!c->has_date)
		return "the commit has no date";
	return day_of_instant(c->committed) > until ? "it came after the waiver's end" : NULL;
}

static void refuse(struct freeze *f, struct table *t, const struct commit *c)
{
	const char *w = waiver_of(f, c);
	const char *flaw = w ? waiver_flaw(f, w, c) : NULL;
	const char *by = NULL;
	char words[DATE_LEN];

	f->refused++;
	report_finding(&f->rel.report);
	cell_text(t, "%s", rel_short(&f->rel, c->id));
	if (c->has_date)
		cell_text(t, "%s", day_text(day_of_instant(c->committed), words));
	else
		cell_unknown(t, "no date");
	cell_text(t, "%s", rel_author(c));
	cell_short(t, c->subject);
	is_acked(f, c, &by);
	if (flaw)
		cell_text(t, "waived, but %s", flaw);
	else if (by)
		cell_text(t, "acked by %s, who is no release manager here", by);
	else
		cell_text(t, "no release ack, in no window");
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
		for (k = 0; k < f->h.n && waiver_of(f, &f->h.v[k]) != w; k++)
			;
		cell_text(t, "%s", !whole ? "incomplete" : k < f->h.n ? "used" : "not used");
		if (!whole)
			report_finding(&f->rel.report);
	}
}

static void judge(struct freeze *f)
{
	static const struct column columns[] = {{"commit", "Commit"}, {"date", "Date"},
						{"author", "Author"}, {"subject", "Subject"},
						{"reason", "Reason"}, {0}};
	struct report *r = &f->rel.report;
	struct table *t = report_table(r, "refused", "Commits that break the freeze", columns,
				       "Commits without merges, by commit date.");
	size_t i;

	for (i = 0; i < f->h.n; i++) {
		const struct commit *c = &f->h.v[i];
		const char *by;
		const char *w;

		if (c->parent_count > 1)
			continue;
		w = waiver_of(f, c);
		if (is_acked(f, c, &by))
			f->acked++;
		else if (window_of(f, c))
			f->in_window++;
		else if (w && !waiver_flaw(f, w, c))
			f->waived++;
		else
			refuse(f, t, c);
	}
	r->title = arena_printf(&r->arena, "Freeze check of %s", f->range.name);
	report_fact(r, "rule", "Rule", "every commit bears %s%s, lies in a window, or is waived",
		    config_get(&f->rel.conf, "freeze.ack"),
		    config_get(&f->rel.conf, "freeze.manager") ? " of a release manager" : "");
	report_fact_int(r, "acked", "Acked", (int64_t)f->acked);
	report_fact_int(r, "in_window", "In a window", (int64_t)f->in_window);
	report_fact_int(r, "waived", "Waived", (int64_t)f->waived);
	report_fact_int(r, "refused", "Refused", (int64_t)f->refused);
	report_fact(r, "gate", "Gate", "%s", f->refused ? "fail" : "pass");
	show_used(f);
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
	if (!ret)
		judge(&f);
	ret = rel_end(&f.rel, ret);
	free(f.windows);
	free(f.waivers);
	history_free(&f.h);
	range_free(&f.range);
	return ret;
}
