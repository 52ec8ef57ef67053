/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tags.h - releases and candidates among the tags, series among the branches
 */
#ifndef RELEASE_TAGS_H
#define RELEASE_TAGS_H

#include "release/rel.h"
#include "release/version.h"

struct release_tag {
	struct version version;
	const struct git_ref *ref;
	int64_t when; /* the tag's own date, else the commit's; seconds */
	bool early; /* the tag says it is older than its commit */
	bool second; /* another tag of the same version comes before it */
};

struct tags {
	struct arena arena;
	struct git_ref *refs;
	size_t ref_count;
	struct release_tag *v; /* by version, then by date */
	size_t n;
};

/* Reads all refs and finds versions by tag.release and tag.rc. tags_free() in any case. */
int tags_load(struct tags *t, struct rel *r, struct err *e);
void tags_free(struct tags *t);

/* The first tag of a version, or NULL. */
const struct release_tag *tags_find(const struct tags *t, const struct version *v);

/* The patterns of the settings are regular expressions; rel_begin() asks. */
int tags_check_patterns(const struct config *c, struct err *e);

/*
 * The release whose tag leads to the commit @id: 1 and its version, 0 if there is none, -1 for
 * failures, such as tags of several releases of which none has the name @name.
 */
int tags_release_at(struct rel *r, const char *id, const char *name, struct version *v,
		    struct err *e);

/* The same for a release or a candidate (tag.rc). */
bool tag_version(const struct rel *r, const char *tag, struct version *v);

/* Matches a branch by branch.stable; false if it is none. */
bool tags_branch_version(const struct rel *r, const char *branch, struct version *v);

/* A stable branch: the one that counts for its series. */
struct stable {
	struct version version; /* two parts */
	const struct git_ref *ref;
};

/*
 * One branch for each series, in order of their versions: a local one before a remote
 * one unless that has all of it and more, the stable before the staging one. free() the array.
 */
struct stable *tags_stable(const struct tags *t, const struct rel *r, size_t *n);

#endif
