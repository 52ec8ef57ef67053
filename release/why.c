// SPDX-License-Identifier: GPL-2.0-or-later
/* why: the evidence as a tree, from an advisory down to hosts' builds, and back. */
#include "release/why.h"

#include "release/lint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct why {
	struct rel *rel;
	const struct chain *chain;
	const struct payloads *payloads;
	struct table *t;
};

/* --- the tree --------------------------------------------------------------------------- */
/* Begins a row at @depth; its evidence is the next cell. */
static void node(struct why *w, unsigned int depth, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void node(struct why *w, unsigned int depth, const char *fmt, ...)
{
	struct strbuf b = {0};
	autofree char *text = NULL;
	va_list args;
	unsigned int i;

	strbuf_adds(&b, "");
	for (i = 1; i < depth; i++)
		strbuf_adds(&b, "|  ");
	if (depth)
		strbuf_adds(&b, "+- ");
	va_start(args, fmt);
	text = mem_vprintf(fmt, args);
	va_end(args);
	cell_int(w->t, depth);
	cell_text(w->t, "%s%s", b.data, text);
	strbuf_free(&b);
}

static void state_cell(struct why *w, enum fate_state s, const char *why)
{
	if (s == FATE_UNKNOWN) {
		cell_unknown(w->t, "%s", why);
		report_undetermined(&w->rel->report);
	} else {
		cell_text(w->t, "%s: %s", fate_word(s), why);
	}
}

static void feed_node(struct why *w, unsigned int depth, const struct live_payload *p);

static void payload_nodes(struct why *w, unsigned int depth, const struct live_payload *p)
{
	char day[DATE_LEN];

	if (p->flaw) {
		node(w, depth, "file %s", p->file);
		cell_unknown(w->t, "%s", p->flaw);
		return;
	}
	node(w, depth, "payload %s", p->name);
	cell_text(w->t, "file %s, %lld bytes, SHA-256 %s", p->file, (long long)p->of.row.size,
		  p->of.row.sha256);
	node(w, depth + 1, "build-id %s", p->of.row.build_id);
	cell_text(w->t, "%u functions, needs %s applied", p->of.functions, p->of.row.depends);
	node(w, depth + 1, "signature");
	if (p->signers)
		cell_text(w->t, "%s, %s", p->signers, day_text(day_of_instant(p->made), day));
	else
		cell_unknown(w->t, "%s", p->unverified);
	feed_node(w, depth + 1, p);
}

/* Whether hosts can pull it. The feed's own signatures are not looked at here. */
static void feed_node(struct why *w, unsigned int depth, const struct live_payload *p)
{
	const struct feed *f = &w->payloads->feed;
	const struct feed_row *row = payloads_offer(w->payloads, p);

	if (!f->version)
		return;
	node(w, depth, "feed %s, version %lld", f->name, (long long)f->version);
	if (row)
		cell_text(w->t, "offered as %s to %s%s", row->file,
			  row->ring ? "ring " : "all hosts", row->ring ? row->ring : "");
	else
		cell_text(w->t, "not offered");
}

static int support_node(struct why *w, unsigned int depth, const struct track *t, struct err *e)
{
	struct support_dates d;
	int32_t day;

	if (t->lost || !t->version.n)
		return 0;
	if (support_at(w->rel, t->head.id, &d, e) < 0)
		return -1;
	node(w, depth, "support of %s", t->series);
	if (!day_parse(d.security, &day))
		cell_unknown(w->t, "the branch says security support until \"%s\"", d.security);
	else if (!day_parse(d.supported, &day))
		cell_unknown(w->t, "the branch says support until \"%s\", security until %s",
			     d.supported, d.security);
	else
		cell_text(w->t, "until %s, security until %s", d.supported, d.security);
	return 0;
}

static void cover_nodes(struct why *w, unsigned int depth, const struct record *r,
			const struct build *b)
{
	struct cover v;

	cover_find(w->chain, w->payloads, r, b, &v);
	if (v.kind == COVER_UNKNOWN) {
		cell_unknown(w->t, "%s", v.why);
		report_undetermined(&w->rel->report);
	} else {
		cell_text(w->t, "%s: %s", v.words, v.why);
	}
	if (v.payload && v.kind != COVER_BUILD)
		payload_nodes(w, depth + 1, v.payload);
}

/* --- from an advisory down ---------------------------------------------------------------- */
static void fix_nodes(struct why *w, unsigned int depth, const struct fate *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct fix *x = &f->v[i];

		if (x->here)
			node(w, depth, "commit %.12s", x->here->id);
		else
			node(w, depth, "no commit");
		if (x->main && x->main != x->here)
			cell_text(w->t, "%s; %.12s on the main branch", x->how, x->main->id);
		else
			cell_text(w->t, "%s", x->how);
	}
}

static int branch_nodes(struct why *w, const struct record *r, const struct fate *f, struct err *e)
{
	const struct track *t = f->track;
	char day[DATE_LEN];
	size_t i;

	node(w, 1, "branch %s", t->branch);
	state_cell(w, f->state, f->why);
	fix_nodes(w, 2, f);
	if (f->first) {
		node(w, 2, "tag %s", f->first->name);
		cell_text(w->t, "the first with all of it, %s",
			  day_text(day_of_instant(f->first->when), day));
	} else if (t->version.n && f->state != FATE_NOT_AFFECTED && f->state != FATE_UNKNOWN) {
		node(w, 2, "no tag");
		cell_text(w->t, "no release of %s has all of it", t->series);
	}
	for (i = 0; i < w->chain->build_count; i++) {
		const struct build *b = &w->chain->builds[i];

		if (b->track != t)
			continue;
		node(w, 2, "build %s %s", b->name, b->build_id);
		cover_nodes(w, 2, r, b);
	}
	return support_node(w, 2, t, e);
}

static int advisory_nodes(struct why *w, const struct record *r, struct err *e)
{
	char day[DATE_LEN];
	size_t i, k;

	node(w, 0, "%s", r->id);
	cell_text(w->t, "%s%s%s", r->title ? r->title : "",
		  r->published != DAY_NONE ? ", published " : "",
		  r->published != DAY_NONE ? day_text(r->published, day) : "");
	for (k = 0; k < w->chain->tracks.n; k++)
		if (branch_nodes(w, r, chain_fate(w->chain, r, &w->chain->tracks.v[k]), e) < 0)
			return -1;
	for (i = 0; i < w->chain->build_count; i++) {
		if (w->chain->builds[i].track)
			continue;
		node(w, 1, "build %s %s", w->chain->builds[i].name, w->chain->builds[i].build_id);
		cover_nodes(w, 1, r, &w->chain->builds[i]);
	}
	return 0;
}

/* --- and back ----------------------------------------------------------------------------- */
static int build_nodes(struct why *w, unsigned int depth, const struct build *b, struct err *e)
{
	char version[VERSION_LEN];
	size_t i;

	node(w, depth, "build %s", b->name);
	cell_text(w->t, "build-id %s", b->build_id);
	node(w, depth + 1, "version %s", version_text(&b->at.version, version));
	if (b->at.lost || !*b->at.id)
		cell_unknown(w->t, "%s",
			     b->at.lost ? b->at.lost : "it is of no branch that is here");
	else
		cell_text(w->t, "from commit %.12s, branch %s", b->at.id, b->track->branch);
	if (b->track && support_node(w, depth + 1, b->track, e) < 0)
		return -1;
	for (i = 0; i < w->chain->records.n; i++) {
		node(w, depth + 1, "%s", w->chain->records.v[i].id);
		cover_nodes(w, depth + 1, &w->chain->records.v[i], b);
	}
	return 0;
}

static int payload_tree(struct why *w, const struct live_payload *p, struct err *e)
{
	size_t i, k;

	payload_nodes(w, 0, p);
	for (i = 0; i < p->of.row.advisories.n; i++) {
		const struct record *r =
			chain_record(w->chain, record_number(p->of.row.advisories.v[i]));

		node(w, 1, "%s", p->of.row.advisories.v[i]);
		if (r)
			cell_text(w->t, "%s", r->title ? r->title : "");
		else
			cell_unknown(w->t, "no record of it");
		for (k = 0; r && k < w->chain->tracks.n; k++)
			if (branch_nodes(w, r, chain_fate(w->chain, r, &w->chain->tracks.v[k]), e) <
			    0)
				return -1;
	}
	for (i = 0; i < w->chain->build_count; i++)
		if (!strcmp(w->chain->builds[i].build_id, p->of.xen) &&
		    build_nodes(w, 1, &w->chain->builds[i], e) < 0)
			return -1;
	return 0;
}

static void tag_nodes(struct why *w, const struct track *t, const struct point *p)
{
	char day[DATE_LEN];
	size_t i;

	node(w, 0, "tag %s", p->name);
	cell_text(w->t, "commit %.12s of %s, %s", p->id, t->branch,
		  day_text(day_of_instant(p->when), day));
	for (i = 0; i < w->chain->records.n; i++) {
		const struct fate *f = chain_fate(w->chain, &w->chain->records.v[i], t);
		const char *why;
		enum fate_state s = chain_at(w->chain, f, p, &why);

		node(w, 1, "%s", w->chain->records.v[i].id);
		state_cell(w, s, why);
		if (s == FATE_FIXED || s == FATE_INCOMPLETE)
			fix_nodes(w, 2, f);
	}
	for (i = 0; i < w->chain->build_count; i++)
		if (!strcmp(w->chain->builds[i].at.id, p->id)) {
			node(w, 1, "build %s", w->chain->builds[i].name);
			cell_text(w->t, "made from it, build-id %s", w->chain->builds[i].build_id);
		}
}

static bool has_commit(const struct fate *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if ((f->v[i].here && !strcmp(f->v[i].here->id, id)) ||
		    (f->v[i].main && !strcmp(f->v[i].main->id, id)))
			return true;
	return false;
}

static int commit_nodes(struct why *w, const char *id, struct err *e)
{
	const struct commit *c = NULL;
	size_t i, k, found = 0;

	for (k = 0; !c && k < w->chain->tracks.n; k++)
		c = tracks_commit(&w->chain->tracks, &w->chain->tracks.v[k], id);
	node(w, 0, "commit %.12s", id);
	if (c)
		cell_short(w->t, c->subject);
	else
		cell_unknown(w->t, "it is on no branch that is here");
	for (i = 0; i < w->chain->records.n; i++)
		for (k = 0; k < w->chain->tracks.n; k++) {
			const struct fate *f = chain_fate(w->chain, &w->chain->records.v[i],
							  &w->chain->tracks.v[k]);

			if (!has_commit(f, id))
				continue;
			found++;
			node(w, 1, "%s", f->record->id);
			cell_text(w->t, "it is part of the fix");
			if (branch_nodes(w, f->record, f, e) < 0)
				return -1;
		}
	if (!found) {
		node(w, 1, "no advisory");
		cell_text(w->t, "no record or message makes it part of a fix");
	}
	return 0;
}

/* --- which object is meant ------------------------------------------------------------------ */
static bool is_id(const char *id, const char *prefix)
{
	return id && strlen(prefix) >= 8 && text_starts(id, prefix);
}

static const struct build *find_build(const struct why *w, const char *s)
{
	size_t i;

	for (i = 0; i < w->chain->build_count; i++)
		if (!strcmp(w->chain->builds[i].name, s) || is_id(w->chain->builds[i].build_id, s))
			return &w->chain->builds[i];
	return NULL;
}

static const struct live_payload *find_payload(const struct why *w, const char *s)
{
	size_t i;

	for (i = 0; i < w->payloads->n; i++) {
		const struct live_payload *p = &w->payloads->v[i];

		if (!strcmp(p->file, s) || (p->name && !strcmp(p->name, s)) ||
		    is_id(p->of.row.build_id, s))
			return p;
	}
	return NULL;
}

static int show(struct why *w, const char *s, struct err *e)
{
	static const struct column columns[] = {
		{"depth", "Level"}, {"what", "What"}, {"evidence", "Evidence"}, {0}};
	const struct record *r = chain_record(w->chain, record_number(s));
	const struct build *b = find_build(w, s);
	const struct live_payload *p = find_payload(w, s);
	const struct track *track = NULL;
	const struct point *tag = tracks_tag(&w->chain->tracks, s, &track);
	struct err why = ERR_INIT;
	char id[GIT_ID_LEN];

	w->rel->report.title = arena_printf(&w->rel->report.arena, "Why: %s", s);
	w->t = report_table(&w->rel->report, "tree", "Evidence", columns, NULL);
	if (r)
		return advisory_nodes(w, r, e);
	if (b)
		return build_nodes(w, 0, b, e);
	if (p)
		return payload_tree(w, p, e);
	if (tag) {
		tag_nodes(w, track, tag);
		return 0;
	}
	if (git_resolve(w->rel->git, s, id, &why) < 0)
		return err_fail(e,
				"%s: is no advisory, build, build-id, payload, release tag or "
				"commit",
				s);
	return commit_nodes(w, id, e);
}

int why_report(struct rel *r, const struct chain *c, const struct payloads *p, const char *object,
	       struct err *e)
{
	struct why w = {r, c, p, NULL};

	return show(&w, object, e);
}

int why_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct chain chain = {0};
	struct payloads payloads = {0};
	struct rel_plain *o = opts;
	int ret = rel_begin(&r, cli, &o->rel, REL_HISTORY);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE,
			      "one object is needed: an advisory, build, build-id, payload, tag "
			      "or commit");
	if (!ret)
		ret = chain_load(&chain, &r, &cli->err);
	if (!ret)
		ret = payloads_load(&payloads, &r, &cli->err);
	if (!ret)
		ret = why_report(&r, &chain, &payloads, argv[0], &cli->err);
	ret = rel_end(&r, ret);
	payloads_free(&payloads);
	chain_free(&chain);
	return ret;
}
