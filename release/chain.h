/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain.h - from an advisory to its fixes on every branch, tag and shipped build
 *
 * advisory -> commits on the main branch -> their equivalents on each stable branch ->
 * the first tag that has all of them -> each shipped build. Commits count only while
 * they are in force: one that was reverted does not, until it lands again. What the
 * data does not say is FATE_UNKNOWN and never a pass.
 */
#ifndef RELEASE_CHAIN_H
#define RELEASE_CHAIN_H

#include "release/record.h"
#include "release/track.h"

/* A build that hosts run: [build "NAME"] of the settings. */
struct build {
	const char *name;
	const char *build_id; /* lower-case hexadecimal, or NULL */
	int32_t shipped; /* or DAY_NONE */
	struct strlist patched; /* advisories whose patches were put on top */
	struct point at;
	const struct track *track; /* NULL: of no known branch */
};

/* One commit of a fix, on one branch. */
struct fix {
	const struct commit *main; /* on the main branch, or NULL */
	const struct commit *here; /* on this branch, or NULL: missing */
	const char *how; /* what says that @here is @main, for people */
};

enum fate_state { FATE_FIXED, FATE_INCOMPLETE, FATE_OPEN, FATE_NOT_AFFECTED, FATE_UNKNOWN };

/* What became of one advisory on one branch. */
struct fate {
	const struct record *record;
	const struct track *track;
	enum fate_state state; /* at the branch's head */
	const char *why; /* for people; never NULL */
	struct fix *v;
	size_t n;
	struct fix *maybe; /* commits that name it, too, and may be parts of the fix */
	size_t maybe_count;
	bool listed; /* a record says which commits, or how many */
	bool counted; /* the state is that of counting: each point has its own */
	size_t required; /* commits that it takes */
	const struct point *first; /* tag that has them all, or NULL */
	int64_t fixed; /* when the last of them came to the branch; seconds, 0: not fixed */
};

/* A commit that names an advisory. */
struct naming {
	unsigned int number;
	bool sure;
	const struct commit *commit;
};

struct names {
	struct naming *v; /* the oldest commit first */
	size_t n;
};

struct chain {
	struct rel *rel;
	struct arena *arena; /* of the report */
	struct tracks tracks;
	struct records records;
	struct names *names; /* of each track: the main branch, or the branch alone */
	struct build *builds;
	size_t build_count;
	struct fate *fates; /* records x tracks */
};

/* The folder of the records, advisory.path; the caller frees. NULL: it is not set. */
char *chain_folder(const struct config *c, struct err *e);

/* Loads all of it. chain_free() in any case. */
int chain_load(struct chain *c, struct rel *r, struct err *e);
void chain_free(struct chain *c);

/* Of a record of @c on a track of @c. */
const struct fate *chain_fate(const struct chain *c, const struct record *r,
			      const struct track *track);
/* The commit of @track that is, or came from, the one of this id; NULL: it has none. */
const struct commit *chain_here(const struct chain *c, const struct track *track, const char *id);
const struct record *chain_record(const struct chain *c, unsigned int number);

/* What an advisory has become at a tag or build of its fate's branch; @why for people. */
enum fate_state chain_at(const struct chain *c, const struct fate *f, const struct point *p,
			 const char **why);
/* The same for a build, which may have patches on top or be of no known branch. */
enum fate_state chain_build(const struct chain *c, const struct record *r, const struct build *b,
			    const char **why);

/* "fixed", "incomplete", "not fixed", "not affected", "unknown" */
const char *fate_word(enum fate_state s);
/* A cell of a table; counts as a finding or as undetermined. */
void fate_cell(struct report *r, struct table *t, enum fate_state s, const char *why);

#endif
