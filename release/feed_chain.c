// SPDX-License-Identifier: GPL-2.0-or-later
/* feed build: what the settings say of a build without payloads, and what the advisories do. */
#include "release/feed.h"

#include "release/livepatch.h"

#include <string.h>

static bool is_stated(const struct feed *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->builds[i].reason == FEED_NOT_AFFECTED)
			return true;
	return false;
}

static const struct build *find_build(const struct chain *c, const char *build_id)
{
	size_t i;

	for (i = 0; i < c->build_count; i++)
		if (!strcmp(c->builds[i].build_id, build_id))
			return &c->builds[i];
	return NULL;
}

static void ask_build(const struct chain *c, const struct feed_build *b, feed_doubt_fn *tell,
		      void *ctx)
{
	const struct build *build = find_build(c, b->id);
	struct payloads none = {0};
	size_t i;

	for (i = 0; build && i < c->records.n; i++) {
		const struct record *r = &c->records.v[i];
		struct cover v;

		cover_find(c, &none, r, build, &v);
		if (v.kind == COVER_BUILD || v.kind == COVER_NOT_AFFECTED)
			continue;
		tell(ctx, b->name, v.kind != COVER_UNKNOWN,
		     arena_printf(c->arena, "%s: %s: %s", r->id, v.words, v.why));
	}
}

int feed_ask_chain(struct feed_cmd *c, const struct feed *f, feed_doubt_fn *tell, void *ctx,
		   struct err *e)
{
	struct chain chain = {0};
	size_t i;
	int ret;

	if (!is_stated(f) || !config_get(&c->rel.conf, "advisory.path"))
		return 0;
	ret = rel_open(&c->rel, REL_HISTORY, e);
	if (!ret)
		ret = chain_load(&chain, &c->rel, e);
	for (i = 0; !ret && i < f->n; i++)
		if (f->builds[i].reason == FEED_NOT_AFFECTED)
			ask_build(&chain, &f->builds[i], tell, ctx);
	chain_free(&chain);
	return ret;
}
