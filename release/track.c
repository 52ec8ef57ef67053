// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/track.h"

#include "release/message.h"
#include "release/record.h"

#include <stdlib.h>
#include <string.h>

/* Deeper chains of reverts of reverts are cut: a history that nobody wrote by hand. */
#define DEPTH_MAX 64

struct track *tracks_find(const struct tracks *t, const char *series)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!strcmp(t->v[i].series, series))
			return &t->v[i];
	return NULL;
}

/* --- commits by id -------------------------------------------------------------------- */
static const struct commit *by_prefix(const struct history *h, const char *id)
{
	const struct commit *found = NULL;
	size_t i;

	for (i = 0; h->v && i < h->n; i++) {
		if (!text_starts(h->v[i].id, id))
			continue;
		if (found)
			return NULL;
		found = &h->v[i];
	}
	return found;
}

const struct commit *tracks_commit(const struct tracks *t, const struct track *track,
				   const char *id)
{
	size_t *at = map_find(&t->main_ids, id);
	const struct commit *c = track ? by_prefix(&track->links.ours, id) : NULL;

	if (!c && at)
		c = &t->main.v[*at - 1];
	if (!c && strlen(id) < GIT_ID_LEN - 1)
		c = by_prefix(&t->main, id);
	return c;
}

/* --- what a point has ------------------------------------------------------------------- */
bool track_has(const struct tracks *t, const struct track *track, const struct point *p,
	       const struct commit *c)
{
	if (map_find(&p->set, c->id))
		return true;
	return p->on_base && map_find(&t->main_ids, c->id) && !map_find(&track->links.ids, c->id);
}

static const struct commit *undone_by(const struct tracks *t, const struct track *track,
				      const struct point *p, const struct commit *c,
				      unsigned int depth)
{
	size_t i;

	if (depth == DEPTH_MAX)
		return NULL;
	for (i = 0; i < track->revert_count; i++) {
		const struct revert *r = &track->reverts[i];

		if (text_starts(c->id, r->target) && r->by != c && track_has(t, track, p, r->by) &&
		    !undone_by(t, track, p, r->by, depth + 1))
			return r->by;
	}
	return NULL;
}

const struct commit *track_reverted_by(const struct tracks *t, const struct track *track,
				       const struct point *p, const struct commit *c)
{
	return undone_by(t, track, p, c, 0);
}

bool track_in_force(const struct tracks *t, const struct track *track, const struct point *p,
		    const struct commit *c)
{
	return track_has(t, track, p, c) && !undone_by(t, track, p, c, 0);
}

/* --- loading ------------------------------------------------------------------------------ */
struct fill {
	struct arena *a;
	struct map *set;
};

static void fill_one(void *ctx, const char *id)
{
	struct fill *f = ctx;

	*map_at(f->set, arena_strdup(f->a, id)) = 1;
}

int track_point(const struct tracks *t, const struct track *track, const char *rev, struct point *p,
		struct err *e)
{
	struct arena *a = &t->rel->report.arena;
	struct fill f = {a, &p->set};
	struct err why = ERR_INIT;
	int on_base;

	if (git_resolve(t->rel->git, rev, p->id, &why) < 0) {
		p->id[0] = 0;
		p->lost = arena_strdup(a, why.text);
		return 0;
	}
	on_base = git_contains(t->rel->git, p->id, track->links.base);
	if (on_base < 0)
		return err_fail(e, "%s: its history cannot be read", rev);
	p->on_base = on_base;
	if (!on_base) {
		/* Older than the branch is in order: it lies on the main branch. */
		if (!map_find(&t->main_ids, p->id)) {
			p->lost = arena_printf(a, "%s is not on the branch %s", rev, track->branch);
			return 0;
		}
		return git_between(t->rel->git, "", p->id, fill_one, &f, e);
	}
	return git_between(t->rel->git, track->links.base, p->id, fill_one, &f, e);
}

void point_free(struct point *p)
{
	map_free(&p->set);
}

static void find_reverts(struct track *track, const struct history *h, struct arena *a)
{
	char id[GIT_ID_LEN];
	size_t i;

	for (i = 0; i < h->n; i++) {
		const char *at = h->v[i].message;

		while (message_link(&at, LINK_REVERTS, id)) {
			track->reverts = mem_grow(track->reverts, track->revert_count,
						  sizeof(*track->reverts));
			track->reverts[track->revert_count++] =
				(struct revert){&h->v[i], arena_strdup(a, id)};
		}
	}
}

static int load_tags(struct tracks *t, struct track *track, struct err *e)
{
	size_t i;

	for (i = 0; i < t->tags.n; i++) {
		const struct release_tag *tag = &t->tags.v[i];
		struct point *p;

		if (tag->version.rc || tag->second ||
		    !version_same_series(&tag->version, &track->version))
			continue;
		track->tags = mem_grow(track->tags, track->tag_count, sizeof(*track->tags));
		p = &track->tags[track->tag_count++];
		memset(p, 0, sizeof(*p));
		p->name = tag->ref->name;
		p->version = tag->version;
		p->when = tag->when;
		if (track_point(t, track, tag->ref->id, p, e) < 0)
			return -1;
	}
	return 0;
}

static int load_stable(struct tracks *t, struct track *track, const struct git_ref *ref,
		       struct err *e)
{
	struct arena *a = &t->rel->report.arena;

	track->branch = ref->name;
	track->head.name = ref->name;
	track->head.version = track->version;
	if (ref->broken) {
		track->lost = arena_printf(a, "the branch leads to no commit: %s", ref->broken);
		return 0;
	}
	if (links_load(&track->links, t->rel->repo_path, ref->name, ref->id, t->main_id, e) < 0 ||
	    track_point(t, track, ref->id, &track->head, e) < 0)
		return -1;
	find_reverts(track, &t->main, a);
	find_reverts(track, &track->links.ours, a);
	return load_tags(t, track, e);
}

static int load_main(struct tracks *t, struct err *e)
{
	struct track *track = &t->v[t->n++];
	size_t i;

	track->series = RECORD_MAIN;
	track->branch = config_get(&t->rel->conf, "project.main");
	track->head.name = track->branch;
	if (rel_main(t->rel, t->main_id, e) < 0 ||
	    history_load(&t->main, t->rel->repo_path, "", t->main_id, 0, e) < 0)
		return -1;
	for (i = 0; i < t->main.n; i++)
		*map_at(&t->main_ids, t->main.v[i].id) = i + 1;
	memcpy(track->head.id, t->main_id, GIT_ID_LEN);
	memcpy(track->links.base, t->main_id, GIT_ID_LEN);
	track->head.on_base = true;
	find_reverts(track, &t->main, &t->rel->report.arena);
	return 0;
}

int tracks_load(struct tracks *t, struct rel *r, struct err *e)
{
	struct stable *stable;
	size_t n, i;
	char name[VERSION_LEN];
	int ret;

	memset(t, 0, sizeof(*t));
	t->rel = r;
	if (tags_load(&t->tags, r, e) < 0)
		return -1;
	stable = tags_stable(&t->tags, r, &n);
	t->v = mem_zalloc(n + 1, sizeof(*t->v));
	ret = load_main(t, e);
	for (i = 0; !ret && i < n; i++) {
		struct track *track = &t->v[t->n++];

		track->version = stable[i].version;
		track->series =
			arena_strdup(&r->report.arena, version_series(&stable[i].version, name));
		ret = load_stable(t, track, stable[i].ref, e);
	}
	free(stable);
	return ret;
}

void tracks_free(struct tracks *t)
{
	size_t i, k;

	for (i = 0; i < t->n; i++) {
		struct track *track = &t->v[i];

		for (k = 0; k < track->tag_count; k++)
			point_free(&track->tags[k]);
		point_free(&track->head);
		free(track->tags);
		free(track->reverts);
		links_free(&track->links);
	}
	free(t->v);
	history_free(&t->main);
	map_free(&t->main_ids);
	tags_free(&t->tags);
	memset(t, 0, sizeof(*t));
}
