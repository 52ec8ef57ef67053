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

const struct commit *tracks_commit(const struct tracks *t, const struct track *track,
				   const char *id)
{
	const struct commit *c = track ? history_find(&track->links.ours_by_id, id) : NULL;

	return c ? c : history_find(&t->main_by_id, id);
}

const struct point *tracks_tag(const struct tracks *t, const char *name, const struct track **track)
{
	size_t i, k;

	for (k = 0; k < t->n; k++)
		for (i = 0; i < t->v[k].tag_count; i++)
			if (!strcmp(t->v[k].tags[i].name, name)) {
				*track = &t->v[k];
				return &t->v[k].tags[i];
			}
	return NULL;
}

/* --- what a point has ------------------------------------------------------------------- */
bool track_has(const struct tracks *t, const struct track *track, const struct point *p,
	       const struct commit *c)
{
	if (map_find(&p->set, c->id))
		return true;
	return p->on_base && history_find(&t->main_by_id, c->id) &&
	       !history_find(&track->links.theirs_by_id, c->id);
}

/* The commit of the main branch that @c, of the branch alone, came from; or NULL. */
static const struct commit *origin(const struct track *track, const struct commit *c)
{
	const struct commit *here = history_find(&track->links.ours_by_id, c->id);

	return here ? track->links.v[here - track->links.ours.v].from : NULL;
}

/* A back-port of a revert takes back the back-port of what that one did. */
static bool undoes_origin(const struct track *track, const struct revert *r,
			  const struct commit *from)
{
	const struct commit *by_from;
	size_t i;

	if (text_starts(from->id, r->target))
		return true;
	by_from = origin(track, r->by);
	for (i = 0; by_from && i < track->revert_count; i++)
		if (!strcmp(track->reverts[i].by->id, by_from->id) &&
		    text_starts(from->id, track->reverts[i].target))
			return true;
	return false;
}

/* @from: the origin of @c, or NULL. */
static bool undoes(const struct track *track, const struct revert *r, const struct commit *c,
		   const struct commit *from)
{
	if (!strcmp(r->by->id, c->id))
		return false;
	if (text_starts(c->id, r->target))
		return true;
	/* On the branch itself, a revert may name the commit of the main branch. */
	return from && history_find(&track->links.ours_by_id, r->by->id) &&
	       undoes_origin(track, r, from);
}

static const struct commit *undone_by(const struct tracks *t, const struct track *track,
				      const struct point *p, const struct commit *c,
				      unsigned int depth)
{
	const struct commit *from = origin(track, c);
	size_t i;

	if (depth == DEPTH_MAX)
		return NULL;
	for (i = 0; i < track->revert_count; i++) {
		const struct revert *r = &track->reverts[i];

		if (undoes(track, r, c, from) && track_has(t, track, p, r->by) &&
		    r->by->committed >= c->committed && !undone_by(t, track, p, r->by, depth + 1))
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
	const struct tracks *t;
	const struct track *track;
	struct map *set;
	size_t strange; /* commits of no branch here: what they take back is not known */
};

static void fill_one(void *ctx, const char *id)
{
	struct fill *f = ctx;

	*map_at(f->set, arena_strdup(&f->t->rel->report.arena, id)) = 1;
	f->strange += !tracks_commit(f->t, f->track, id);
}

int track_point(const struct tracks *t, const struct track *track, const char *rev, struct point *p,
		struct err *e)
{
	struct arena *a = &t->rel->report.arena;
	struct fill f = {t, track, &p->set, 0};
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
		if (!history_find(&t->main_by_id, p->id)) {
			p->lost = arena_printf(a, "%s is not on the branch %s", rev, track->branch);
			return 0;
		}
	}
	if (git_between(t->rel->git, on_base ? track->links.base : "", p->id, fill_one, &f, e) < 0)
		return -1;
	if (f.strange)
		p->lost = arena_printf(a, "%s has %zu commits that no branch here has", rev,
				       f.strange);
	return 0;
}

void point_free(struct point *p)
{
	map_free(&p->set);
}

static void add_revert(struct track *track, const struct commit *by, const char *target)
{
	track->reverts = mem_grow(track->reverts, track->revert_count, sizeof(*track->reverts));
	track->reverts[track->revert_count++] = (struct revert){by, target};
}

/* The next older commit of a subject (len bytes) in @h, from @i on; or NULL. */
static const struct commit *of_subject(const struct history *h, size_t i, const char *subject,
				       size_t len)
{
	for (; i < h->n; i++)
		if (strlen(h->v[i].subject) == len && !memcmp(h->v[i].subject, subject, len))
			return &h->v[i];
	return NULL;
}

/* 'Revert "SUBJECT"' and no id: the last commit of this subject before it. */
static void find_by_subject(struct track *track, const struct history *h, size_t i,
			    const struct history *older)
{
	size_t len;
	const char *subject = message_reverted(h->v[i].subject, &len);
	const struct commit *c;

	if (!subject)
		return;
	c = of_subject(h, i + 1, subject, len);
	if (!c && older)
		c = of_subject(older, 0, subject, len);
	if (c)
		add_revert(track, &h->v[i], c->id);
}

/* @older: where to look for what @h does not have, or NULL. */
static void find_reverts(struct track *track, const struct history *h, const struct history *older,
			 struct arena *a)
{
	char id[GIT_ID_LEN];
	size_t i;

	for (i = 0; i < h->n; i++) {
		const char *at = h->v[i].message;
		bool named = false;

		for (; message_link(&at, LINK_REVERTS, id); named = true)
			add_revert(track, &h->v[i], arena_strdup(a, id));
		if (!named)
			find_by_subject(track, h, i, older);
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
	size_t i;

	track->branch = ref->name;
	track->head.name = ref->name;
	track->head.version = track->version;
	if (ref->broken) {
		track->lost = arena_printf(a, "the branch leads to no commit: %s", ref->broken);
		return 0;
	}
	if (links_load(&track->links, t->rel->repo_path, ref->name, ref->id, t->main_id, e) < 0)
		return -1;
	if (track_point(t, track, ref->id, &track->head, e) < 0)
		return -1;
	/* Those of the main branch count here, too. */
	for (i = 0; i < t->v[0].revert_count; i++)
		add_revert(track, t->v[0].reverts[i].by, t->v[0].reverts[i].target);
	find_reverts(track, &track->links.ours, &t->main, a);
	return load_tags(t, track, e);
}

static int load_main(struct tracks *t, struct err *e)
{
	struct track *track = &t->v[t->n++];

	track->series = RECORD_MAIN;
	track->branch = config_get(&t->rel->conf, "project.main");
	track->head.name = track->branch;
	if (rel_main(t->rel, t->main_id, e) < 0 ||
	    history_load(&t->main, t->rel->repo_path, "", t->main_id, 0, e) < 0)
		return -1;
	history_index_make(&t->main_by_id, &t->main);
	memcpy(track->head.id, t->main_id, GIT_ID_LEN);
	memcpy(track->links.base, t->main_id, GIT_ID_LEN);
	track->head.on_base = true;
	find_reverts(track, &t->main, NULL, &t->rel->report.arena);
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
	history_index_free(&t->main_by_id);
	tags_free(&t->tags);
	memset(t, 0, sizeof(*t));
}
