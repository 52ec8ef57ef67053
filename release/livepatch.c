// SPDX-License-Identifier: GPL-2.0-or-later
/* livepatch: which shipped build has which fix, as code or as a live payload. */
#include "release/livepatch.h"

#include <stdlib.h>
#include <string.h>

struct livepatch {
	struct rel rel;
	struct chain chain;
	struct payloads payloads;
};

/* --- what closes a hole ------------------------------------------------------------------- */
/* [reason "XSA-N BUILD"], else [reason "XSA-N"]: its value @name, or NULL. */
static const char *reason(const struct chain *c, const struct record *r, const struct build *b,
			  const char *name)
{
	autofree char *one = mem_printf("%s %s", r->id, b->name);
	const char *s = config_sub(&c->rel->conf, "reason", one, name);

	return s ? s : config_sub(&c->rel->conf, "reason", r->id, name);
}

static void stated(const struct chain *c, const struct record *r, const struct build *b,
		   struct cover *out)
{
	const char *kind = reason(c, r, b, "kind");
	const char *why = reason(c, r, b, "why");
	const char *to = reason(c, r, b, "to");

	if (!kind)
		return;
	out->why = why ? why : "the settings do not say why";
	out->kind = COVER_UNKNOWN;
	out->words = "unknown";
	switch (feed_reason_parse(kind)) {
	case FEED_NOT_AFFECTED:
		if (!why)
			return;
		out->kind = COVER_NOT_AFFECTED;
		out->words = "not affected";
		return;
	case FEED_REBOOT:
		if (!why || !to)
			return;
		out->kind = COVER_REASON;
		out->words = arena_printf(c->arena, "reboot to %s", to);
		return;
	default:
		return;
	}
}

/*
 * Why @l cannot be applied: what it is to be put on is not there, or not verified. NULL:
 * it stands on the build, maybe by way of others.
 */
static const char *broken_stack(const struct chain *c, const struct payloads *p,
				const struct live_payload *l)
{
	size_t i, steps;

	for (steps = 0; strcmp(l->of.row.depends, l->of.xen) != 0; steps++) {
		for (i = 0; i < p->n; i++)
			if (!p->v[i].flaw && p->v[i].signers &&
			    !strcmp(p->v[i].of.xen, l->of.xen) &&
			    !strcmp(p->v[i].of.row.build_id, l->of.row.depends))
				break;
		if (i == p->n || steps == p->n)
			return arena_printf(c->arena,
					    "%s stands on %s, which is no verified payload",
					    l->name, l->of.row.depends);
		l = &p->v[i];
	}
	return NULL;
}

void cover_find(const struct chain *c, const struct payloads *p, const struct record *r,
		const struct build *b, struct cover *out)
{
	enum fate_state s = chain_build(c, r, b, &out->why);
	const char *no_payload = "no payload in livepatch.path, and no reason in the settings";

	out->payload = payloads_find(p, r->id, b->build_id);
	out->words = fate_word(s);
	out->kind = s == FATE_FIXED	     ? COVER_BUILD
		    : s == FATE_NOT_AFFECTED ? COVER_NOT_AFFECTED
		    : s == FATE_UNKNOWN	     ? COVER_UNKNOWN
					     : COVER_OPEN;
	if (out->kind == COVER_BUILD) {
		out->words = "in the build";
		return;
	}
	if (out->kind == COVER_NOT_AFFECTED)
		return;
	if (out->payload && out->payload->signers &&
	    (out->why = broken_stack(c, p, out->payload))) {
		out->kind = COVER_UNKNOWN;
		out->words = "unknown";
	} else if (out->payload && out->payload->signers) {
		out->kind = COVER_PAYLOAD;
		out->words = arena_printf(c->arena, "payload %s", out->payload->name);
		out->why = arena_printf(c->arena, "signed by %s", out->payload->signers);
	} else if (out->payload) {
		out->kind = COVER_UNKNOWN;
		out->words = "unknown";
		out->why = arena_printf(c->arena, "payload %s is not verified: %s",
					out->payload->name, out->payload->unverified);
	} else {
		stated(c, r, b, out);
		if (out->kind == COVER_OPEN)
			out->why = arena_printf(c->arena, "%s; %s", out->why, no_payload);
	}
}

static void cover_cell(struct report *rep, struct table *t, const struct cover *v)
{
	if (v->kind == COVER_UNKNOWN) {
		cell_unknown(t, "%s", v->why);
		report_undetermined(rep);
		return;
	}
	if (v->kind == COVER_OPEN)
		report_finding(rep);
	cell_text(t, "%s", v->words);
}

/* --- matrix ------------------------------------------------------------------------------- */
static const struct column *build_columns(struct livepatch *l)
{
	size_t n = l->chain.build_count;
	struct column *v = arena_alloc(&l->rel.report.arena, n + 3, sizeof(*v));
	size_t i;

	v[0] = (struct column){"advisory", "Advisory"};
	v[1] = (struct column){"title", "Title"};
	for (i = 0; i < n; i++)
		v[i + 2] = (struct column){l->chain.builds[i].name, l->chain.builds[i].name};
	v[n + 2] = (struct column){0};
	return v;
}

static void show_builds(struct livepatch *l)
{
	static const struct column columns[] = {{"build", "Build"},	   {"build_id", "Build-id"},
						{"version", "Version"},	   {"commit", "From"},
						{"shipped", "Shipped on"}, {0}};
	struct table *t = report_table(&l->rel.report, "builds", "Shipped builds", columns, NULL);
	char version[VERSION_LEN];
	size_t i;

	for (i = 0; i < l->chain.build_count; i++) {
		const struct build *b = &l->chain.builds[i];

		cell_text(t, "%s", b->name);
		cell_text(t, "%s", b->build_id);
		cell_text(t, "%s", version_text(&b->at.version, version));
		if (*b->at.id)
			cell_text(t, "%s", rel_short(&l->rel, b->at.id));
		else
			cell_unknown(t, "%s",
				     b->at.lost ? b->at.lost : "it is of no branch that is here");
		cell_day(t, b->shipped);
	}
}

static void show_payloads(struct livepatch *l)
{
	static const struct column columns[] = {
		{"payload", "Payload"}, {"file", "File"},	 {"build_id", "Build-id"},
		{"xen", "For the Xen"}, {"for", "Closes"},	 {"functions", "Functions"},
		{"size", "Bytes"},	{"signed", "Signed by"}, {0}};
	struct table *t = report_table(&l->rel.report, "payloads", "Payloads", columns, NULL);
	size_t i, k;

	for (i = 0; i < l->payloads.n; i++) {
		const struct live_payload *p = &l->payloads.v[i];
		struct strbuf b = {0};

		if (p->flaw) {
			cell_unknown(t, "%s", p->flaw);
			cell_text(t, "%s", p->file);
			for (k = 0; k < 6; k++)
				cell_none(t);
			report_undetermined(&l->rel.report);
			continue;
		}
		strbuf_adds(&b, "");
		for (k = 0; k < p->of.row.advisories.n; k++)
			strbuf_addf(&b, "%s%s", k ? ", " : "", p->of.row.advisories.v[k]);
		cell_text(t, "%s", p->name);
		cell_text(t, "%s", p->file);
		cell_text(t, "%s", p->of.row.build_id);
		cell_text(t, "%s", p->of.xen);
		cell_text(t, "%s", b.data);
		cell_int(t, p->of.functions);
		cell_int(t, p->of.row.size);
		if (p->signers)
			cell_text(t, "%s", p->signers);
		else
			cell_unknown(t, "%s", p->unverified);
		strbuf_free(&b);
	}
}

static void show_matrix(struct livepatch *l)
{
	struct report *rep = &l->rel.report;
	struct table *t = report_table(rep, "matrix", "Advisories by build", build_columns(l),
				       "In the build, a verified payload, or the stated reason for "
				       "none.");
	struct chart *c = report_chart(rep, "chart", "Advisories by build", CHART_MATRIX, "",
				       "unknown is no pass.");
	static const char *const groups[] = {"fixed",  "payload",   "not affected",
					     "reboot", "not fixed", "unknown"};
	size_t i, k;

	rep->title = "Live patches";
	for (i = 0; i < l->chain.records.n; i++) {
		const struct record *r = &l->chain.records.v[i];

		cell_text(t, "%s", r->id);
		if (r->title)
			cell_short(t, r->title);
		else
			cell_none(t);
		for (k = 0; k < l->chain.build_count; k++) {
			struct cover v;
			struct mark *m;

			cover_find(&l->chain, &l->payloads, r, &l->chain.builds[k], &v);
			cover_cell(rep, t, &v);
			m = chart_add(c, r->id, groups[v.kind], (double)k, (double)k);
			mark_text(c, m, "%s", l->chain.builds[k].name);
		}
	}
	show_builds(l);
	show_payloads(l);
}

/* --- gaps --------------------------------------------------------------------------------- */
static void show_open(struct livepatch *l)
{
	static const struct column columns[] = {{"advisory", "Advisory"},
						{"build", "Build"},
						{"state", "State"},
						{"reason", "Why"},
						{"published", "Published"},
						{"days", "Days exposed"},
						{0}};
	struct report *rep = &l->rel.report;
	struct table *t = report_table(rep, "gaps", "Holes without fix and payload", columns,
				       "Days exposed: from publication until today.");
	size_t i, k, open = 0;

	for (i = 0; i < l->chain.records.n; i++) {
		const struct record *r = &l->chain.records.v[i];

		for (k = 0; k < l->chain.build_count; k++) {
			const struct build *b = &l->chain.builds[k];
			struct cover v;

			cover_find(&l->chain, &l->payloads, r, b, &v);
			if (v.kind <= COVER_NOT_AFFECTED)
				continue;
			open += v.kind == COVER_OPEN;
			cell_text(t, "%s", r->id);
			cell_text(t, "%s", b->name);
			cover_cell(rep, t, &v);
			cell_text(t, "%s", v.why);
			cell_day(t, r->published);
			if (r->published == DAY_NONE)
				cell_unknown(t, "the record has no date");
			else
				cell_int(t, l->rel.today - r->published);
		}
	}
	report_fact_int(rep, "open", "Open holes", (int64_t)open);
}

static void show_tags(struct livepatch *l)
{
	static const struct column columns[] = {{"advisory", "Advisory"},
						{"series", "Series"},
						{"fixed", "Fixed on"},
						{"tag", "First tag"},
						{"tagged", "Tagged"},
						{"days", "Days from fix to tag"},
						{0}};
	struct table *t = report_table(&l->rel.report, "tags", "From fix to tag", columns,
				       "A fix that no tag has is exposed until today.");
	size_t i, k;

	for (i = 0; i < l->chain.records.n; i++)
		for (k = 1; k < l->chain.tracks.n; k++) {
			const struct fate *f = chain_fate(&l->chain, &l->chain.records.v[i],
							  &l->chain.tracks.v[k]);

			if (!f->fixed)
				continue;
			cell_text(t, "%s", f->record->id);
			cell_text(t, "%s", f->track->series);
			cell_instant(t, f->fixed);
			if (f->first)
				cell_text(t, "%s", f->first->name);
			else
				cell_none(t);
			cell_instant(t, f->first ? f->first->when : 0);
			cell_span(t, f->fixed,
				  f->first ? f->first->when : (int64_t)l->rel.today * 86400);
		}
}

/* When the fix came to the branch of a build; 0: it did not. */
static int64_t fixed_on(const struct livepatch *l, const struct record *r, const struct build *b)
{
	return b->track ? chain_fate(&l->chain, r, b->track)->fixed : 0;
}

static void show_exposure(struct livepatch *l)
{
	static const struct column columns[] = {{"advisory", "Advisory"},
						{"build", "Build"},
						{"payload", "Payload"},
						{"file", "File"},
						{"fixed", "Fixed on its branch"},
						{"made", "Payload signed"},
						{"days", "Days from fix to payload"},
						{0}};
	struct table *t =
		report_table(&l->rel.report, "payloads", "From fix to payload", columns, NULL);
	size_t i, k;

	for (i = 0; i < l->chain.records.n; i++)
		for (k = 0; k < l->chain.build_count; k++) {
			const struct build *b = &l->chain.builds[k];
			const struct record *r = &l->chain.records.v[i];
			struct cover v;

			cover_find(&l->chain, &l->payloads, r, b, &v);
			if (v.kind != COVER_PAYLOAD)
				continue;
			cell_text(t, "%s", r->id);
			cell_text(t, "%s", b->name);
			cell_text(t, "%s", v.payload->name);
			cell_text(t, "%s", v.payload->file);
			cell_instant(t, fixed_on(l, r, b));
			cell_instant(t, v.payload->made);
			cell_span(t, fixed_on(l, r, b), v.payload->made);
		}
}

/* --- the verb ------------------------------------------------------------------------------- */
int livepatch_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct livepatch l = {0};
	struct rel_plain *o = opts;
	bool gaps = argc == 1 && !strcmp(argv[0], "gaps");
	int ret = rel_begin(&l.rel, cli, &o->rel, REL_HISTORY);

	if (!ret && !gaps && (argc != 1 || strcmp(argv[0], "matrix") != 0))
		ret = err_set(&cli->err, ERR_USAGE, "one of: matrix, gaps");
	if (!ret)
		ret = chain_load(&l.chain, &l.rel, &cli->err);
	if (!ret)
		ret = payloads_load(&l.payloads, &l.rel, &cli->err);
	if (!ret && !l.chain.build_count)
		ret = err_fail(&cli->err, "no [build \"NAME\"] is in the settings: name version, "
					  "commit and build-id of each that hosts run");
	if (!ret && gaps) {
		l.rel.report.title = "Gaps";
		show_open(&l);
		show_tags(&l);
		show_exposure(&l);
	} else if (!ret) {
		show_matrix(&l);
	}
	ret = rel_end(&l.rel, ret);
	payloads_free(&l.payloads);
	chain_free(&l.chain);
	return ret;
}
