// SPDX-License-Identifier: GPL-2.0-or-later
/* A feed as tables. */
#include "release/feed.h"

static const char *join(struct table *t, const struct feed_words *w)
{
	struct strbuf b = {0};
	const char *s;
	size_t i;

	for (i = 0; i < w->n; i++)
		strbuf_addf(&b, "%s%s", i ? " " : "", w->v[i]);
	s = arena_strndup(t->arena, b.data ? b.data : "", b.len);
	strbuf_free(&b);
	return s;
}

void feed_show_facts(struct report *r, const struct feed *f)
{
	char text[FEED_TIME_LEN];

	report_fact(r, "feed", "Feed", "%s", f->name);
	report_fact_int(r, "version", "Version", f->version);
	report_fact(r, "made", "Made", "%s", feed_time_text(f->made, text));
	report_fact(r, "expires", "Expires", "%s", feed_time_text(f->expires, text));
	report_fact(r, "sha256", "SHA-256 of the index", "%s", f->sha256);
}

static void show_reason(struct table *t, const struct feed_build *b)
{
	const char *why = b->why ? b->why : "";

	if (b->reason == FEED_HAS_PAYLOADS)
		cell_none(t);
	else if (b->reason == FEED_REASON_UNKNOWN)
		cell_unknown(t, "%s", why);
	else
		cell_text(t, "%s%s%s%s%s", feed_reason_name(b->reason), b->to ? " to " : "",
			  b->to ? b->to : "", *why ? ": " : "", why);
}

static void show_row(struct table *t, const struct feed_build *b, size_t i)
{
	const struct feed_row *row = &b->rows[i];
	char text[FEED_TIME_LEN];

	cell_text(t, "%s", b->name);
	cell_int(t, (int64_t)i + 1);
	cell_text(t, "%s", row->file);
	cell_text(t, "%s", join(t, &row->advisories));
	cell_text(t, "%s", row->ring ? row->ring : "all");
	if (row->not_before)
		cell_text(t, "%s", feed_time_text(row->not_before, text));
	else
		cell_text(t, "at once");
	cell_text(t, "%s", row->build_id);
	cell_text(t, "%s", row->depends);
	cell_text(t, "%s", join(t, &row->replaces));
	cell_int(t, row->size);
	cell_text(t, "%s", row->sha256);
}

void feed_show_builds(struct report *r, const struct feed *f, const struct feed_build *build)
{
	static const struct column builds[] = {{"build", "Build"},
					       {"build_id", "Build-id"},
					       {"payloads", "Payloads"},
					       {"none", "Why none"},
					       {0}};
	static const struct column payloads[] = {
		{"build", "Build"},	  {"order", "Order"},
		{"file", "File"},	  {"advisories", "Advisories"},
		{"ring", "Ring"},	  {"not_before", "Not before"},
		{"build_id", "Build-id"}, {"depends", "Depends"},
		{"replaces", "Replaces"}, {"size", "Bytes"},
		{"sha256", "SHA-256"},	  {0}};
	struct table *t = report_table(r, "builds", "Builds", builds, NULL);
	struct table *p = report_table(r, "payloads", "Payloads", payloads, NULL);
	size_t i, k;

	for (i = 0; i < f->n; i++) {
		const struct feed_build *b = &f->builds[i];

		if (build && b != build)
			continue;
		cell_text(t, "%s", b->name);
		cell_text(t, "%s", b->id);
		cell_int(t, (int64_t)b->n);
		show_reason(t, b);
		for (k = 0; k < b->n; k++)
			show_row(p, b, k);
	}
}
