/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - the main branch and every stable branch: what they hold, and since when
 *
 * A commit is in force at a point of a branch if the point has it and no revert of it
 * that is in force.
 */
#ifndef RELEASE_TRACK_H
#define RELEASE_TRACK_H

#include "release/links.h"
#include "release/rel.h"
#include "release/tags.h"

/* A moment of a branch: its head, a release tag, or what a build was made from. */
struct point {
	const char *name; /* of the tag, build or branch */
	char id[GIT_ID_LEN]; /* "": leads nowhere */
	const char *lost; /* why it says nothing, or NULL */
	struct version version;
	int64_t when; /* of the tag; seconds */
	bool on_base; /* has what was there before the branch parted */
	struct map set; /* commits since then */
};

/* What a commit takes back, as it says, or as its subject does. */
struct revert {
	const struct commit *by;
	const char *target; /* id, may be cut short */
};

/* A branch: the main one, or a stable one. */
struct track {
	const char *series; /* "4.9" or RECORD_MAIN */
	const char *branch; /* its ref */
	struct version version; /* n 0: the main branch */
	const char *lost; /* why it cannot be read, or NULL */
	struct links links; /* empty for the main branch */
	struct point head;
	struct point *tags; /* releases of the series, by version */
	size_t tag_count;
	struct revert *reverts;
	size_t revert_count;
};

struct tracks {
	struct rel *rel;
	struct tags tags;
	struct history main;
	struct history_index main_by_id;
	char main_id[GIT_ID_LEN];
	struct track *v; /* the main branch first, then by version */
	size_t n;
};

/* Loads the main branch and all stable ones. tracks_free() in any case. */
int tracks_load(struct tracks *t, struct rel *r, struct err *e);
void tracks_free(struct tracks *t);

/* NULL: there is no such branch. */
struct track *tracks_find(const struct tracks *t, const char *series);

/* Finds out what @p (its name is set) of @track holds; what keeps it from that is in @lost. */
int track_point(const struct tracks *t, const struct track *track, const char *rev, struct point *p,
		struct err *e);
void point_free(struct point *p);

/* A commit of the main branch, or of @track alone, by its id, maybe cut short; or NULL. */
const struct commit *tracks_commit(const struct tracks *t, const struct track *track,
				   const char *id);

/* The release tag of that name, and its branch; NULL: no such tag. */
const struct point *tracks_tag(const struct tracks *t, const char *name,
			       const struct track **track);

bool track_has(const struct tracks *t, const struct track *track, const struct point *p,
	       const struct commit *c);
bool track_in_force(const struct tracks *t, const struct track *track, const struct point *p,
		    const struct commit *c);
/* The revert in force that undoes @c at @p, or NULL. */
const struct commit *track_reverted_by(const struct tracks *t, const struct track *track,
				       const struct point *p, const struct commit *c);

#endif
