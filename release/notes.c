// SPDX-License-Identifier: GPL-2.0-or-later
/* notes and announce: drafts that a person finishes. */
#include "release/cut.h"
#include "release/feature.h"
#include "release/message.h"
#include "release/tags.h"
#include "release/tally.h"

#include <stdlib.h>
#include <string.h>

struct notes {
	struct rel rel;
	const struct notes_opts *opts;
	struct range range;
	struct history h;
	struct features features;
};

static void show_advisories(struct notes *n)
{
	static const struct column columns[] = {
		{"advisory", "Advisory"}, {"commit", "Commit"}, {"subject", "Subject"}, {0}};
	struct table *t = report_table(
		&n->rel.report, "advisories", "Security fixes", columns,
		"Advisories that a commit says it is part of; one that is named as the "
		"cause of a bug is not counted.");
	size_t i;

	for (i = n->h.n; i-- > 0;) {
		const char *at = n->h.v[i].message;
		unsigned int number;

		while (message_advisory(&at, &number)) {
			cell_text(t, "XSA-%u", number);
			cell_text(t, "%s", rel_short(&n->rel, n->h.v[i].id));
			cell_short(t, n->h.v[i].subject);
		}
	}
}

static int show_features(struct notes *n, struct err *e)
{
	static const struct column columns[] = {
		{"area", "Area"}, {"feature", "Feature"}, {"owner", "Owner"}, {0}};
	struct table *t;
	size_t i;

	if (features_load(&n->features, n->opts->features, e))
		return -1;
	features_search(&n->features, &n->h);
	t = report_table(&n->rel.report, "features", "New features", columns,
			 "Features of which a commit landed and was not reverted.");
	for (i = 0; i < n->features.n; i++) {
		const struct feature *one = &n->features.v[i];

		if (one->commits <= one->reverted || one->state == STATE_EXTERNAL)
			continue;
		cell_text(t, "%s", one->area);
		cell_text(t, "%s", one->name);
		if (one->owner)
			cell_text(t, "%s", one->owner);
		else
			cell_none(t);
	}
	return 0;
}

static void show_areas(struct notes *n)
{
	static const struct column columns[] = {
		{"area", "Area"}, {"commit", "Commit"}, {"subject", "Subject"}, {0}};
	struct table *t = report_table(&n->rel.report, "changes", "Changes by area", columns, NULL);
	const char **area = mem_zalloc(n->h.n + 1, sizeof(*area)); /* NULL: a merge */
	struct tally areas = {0};
	size_t a, i;

	for (i = 0; i < n->h.n; i++) {
		if (n->h.v[i].parent_count > 1)
			continue;
		area[i] = rel_commit_area(&n->rel, &n->h.v[i]);
		tally_at(&areas, area[i])->n++;
	}
	tally_sort_names(&areas);
	for (a = 0; a < areas.n; a++) {
		for (i = n->h.n; i-- > 0;) {
			const struct commit *c = &n->h.v[i];

			if (!area[i] || strcmp(area[i], areas.v[a].name))
				continue;
			cell_text(t, "%s", areas.v[a].name);
			cell_text(t, "%s", rel_short(&n->rel, c->id));
			cell_short(t, c->subject);
		}
	}
	free(area);
	tally_free(&areas);
}

static void show_thanks(struct notes *n)
{
	struct tally people = {0};
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < n->h.n; i++) {
		struct count *c =
			tally_at(&people, people_canonical(&n->rel.people, n->h.v[i].author_mail));

		c->n += n->h.v[i].parent_count < 2;
		if (!c->label)
			c->label = rel_author(&n->h.v[i]);
	}
	tally_sort(&people);
	for (i = 0; i < people.n; i++)
		strbuf_addf(&b, "%s%s", i ? ", " : "", people.v[i].label);
	strbuf_addc(&b, '\n');
	report_text(&n->rel.report, "people", "Who wrote it", b.data);
	strbuf_free(&b);
	tally_free(&people);
}

static int show_notes(struct notes *n, struct err *e)
{
	struct report *r = &n->rel.report;

	r->title = arena_printf(&r->arena, "Release notes, a draft: %s", n->range.name);
	report_fact_int(r, "commits", "Commits", (int64_t)n->h.n);
	if (n->opts->features && show_features(n, e) < 0)
		return -1;
	show_advisories(n);
	show_areas(n);
	show_thanks(n);
	return 0;
}

int notes_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct notes n = {.opts = opts};
	int ret = rel_begin(&n.rel, cli, &n.opts->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one range is needed, such as RELEASE-4.9.0..master");
	if (!ret)
		ret = range_parse(n.rel.git, argv[0], &n.range, &cli->err);
	if (!ret)
		ret = history_load(&n.h, n.rel.repo_path, n.range.from, n.range.to, HISTORY_LINES,
				   &cli->err);
	if (!ret)
		ret = show_notes(&n, &cli->err);
	ret = rel_end(&n.rel, ret);
	features_free(&n.features);
	history_free(&n.h);
	range_free(&n.range);
	return ret;
}

/* --- announce ----------------------------------------------------------------------- */
static void candidate_mail(struct rel *r, struct strbuf *b, const struct release_tag *t)
{
	const char *project = config_get(&r->conf, "project.name");

	strbuf_addf(b,
		    "%s %u.%u RC%u is tagged. Please test it and report what is broken to\n%s,\n"
		    "with the candidate's number in the subject.\n\n",
		    project, t->version.part[0], t->version.part[1], t->version.rc,
		    config_get(&r->conf, "project.mailto"));
}

static void release_mail(struct rel *r, struct strbuf *b, const struct release_tag *t)
{
	char name[VERSION_LEN];

	strbuf_addf(b, "%s %s is released.\n\n", config_get(&r->conf, "project.name"),
		    version_text(&t->version, name));
}

void announce_mail(struct rel *r, const struct release_tag *t, struct strbuf *b)
{
	const char *url = config_get(&r->conf, "project.git");
	char name[VERSION_LEN], day[DATE_LEN];

	strbuf_addf(b, "To: %s\nSubject: [ANNOUNCE] %s %s%s\n\n",
		    config_get(&r->conf, "project.mailto"), config_get(&r->conf, "project.name"),
		    version_text(&t->version, name), t->version.rc ? "" : " is released");
	if (t->version.rc)
		candidate_mail(r, b, t);
	else
		release_mail(r, b, t);
	strbuf_addf(b, "  tag      %s%s\n", t->ref->name,
		    t->ref->is_signed ? " (signed; check it with `git tag -v`)" : " (NOT signed)");
	strbuf_addf(b, "  commit   %s\n  date     %s\n", t->ref->id,
		    day_text(day_of_instant(t->when), day));
	if (url)
		strbuf_addf(b, "  source   git clone -b %s %s\n", t->ref->name, url);
	strbuf_adds(b, "\nThanks to everybody who wrote, reviewed and tested.\n");
}

static void announce(struct rel *r, const struct release_tag *t)
{
	struct strbuf b = {0};

	announce_mail(r, t, &b);
	if (r->format != FORMAT_TEXT)
		r->report.title =
			arena_printf(&r->report.arena, "Announcement of %s, a draft", t->ref->name);
	report_text(&r->report, "mail", NULL, b.data);
	strbuf_free(&b);
}

/* What is not signed by who may sign is not to be announced. */
static int check_signed(struct rel *r, const struct git_ref *tag, struct err *e)
{
	struct err refused = ERR_INIT;
	int ret = 1;

	if (!tag->is_signed)
		err_fail(&refused, "%s: is not signed", tag->name);
	else if (config_get(&r->conf, "release.keyring"))
		ret = verify_signature(r, tag->name, &refused, e);
	else
		report_note(&r->report,
			    "%s: bears a signature, by whom was not checked: set release.keyring.",
			    tag->name);
	if (ret < 0)
		return -1;
	if (refused.kind != ERR_NONE) {
		report_note(&r->report, "%s: do not announce it yet.", refused.text);
		report_finding(&r->report);
	}
	return 0;
}

int announce_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct rel_plain *o = opts;
	struct tags tags = {0};
	char id[GIT_ID_LEN];
	size_t i = 0;
	int ret = rel_begin(&r, cli, &o->rel, REL_GIT);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE, "one tag is needed, such as RELEASE-4.9.0");
	if (!ret)
		ret = tags_load(&tags, &r, &cli->err);
	while (!ret && i < tags.n && strcmp(tags.v[i].ref->name, argv[0]))
		i++;
	if (!ret && i == tags.n)
		ret = git_resolve(r.git, argv[0], id, &cli->err);
	if (!ret && i == tags.n)
		ret = err_fail(&cli->err, "%s: is no tag of a release or candidate", argv[0]);
	if (!ret) {
		announce(&r, &tags.v[i]);
		ret = check_signed(&r, tags.v[i].ref, &cli->err);
	}
	ret = rel_end(&r, ret);
	tags_free(&tags);
	return ret;
}
