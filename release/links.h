/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links.h - which commit of a branch came from which of the main branch
 *
 * Found by what the message states, by an equal patch, by an equal subject, in this
 * order; each link says how it was found, which is how far it can be trusted.
 */
#ifndef RELEASE_LINKS_H
#define RELEASE_LINKS_H

#include "release/history.h"
#include "release/map.h"

enum link_how { HOW_NONE, HOW_EXPLICIT, HOW_PICKED, HOW_PATCH, HOW_SUBJECT, HOW_COUNT };

/* "own", "master commit", "cherry picked", "patch-id", "subject" */
extern const char *const link_how_names[HOW_COUNT];

struct link {
	enum link_how how;
	const struct commit *from; /* on the main branch, or NULL */
	const char *lost; /* why its origin cannot be told, though there is one, or NULL */
};

/* A branch and the main branch since they parted. */
struct links {
	struct arena arena;
	char base[GIT_ID_LEN]; /* where they parted */
	struct history ours, theirs; /* on the branch alone, on the main branch since */
	struct link *v; /* one for each of @ours */
	struct history_index ours_by_id, theirs_by_id;
	struct map subjects; /* of theirs -> index + 1, SUBJECT_TWICE if several have it */
};

/*
 * Loads both sides (without changed lines) and finds what is stated. @branch is the
 * name for messages, @head and @main are ids. links_free() in any case.
 */
int links_load(struct links *l, const char *repo, const char *branch, const char *head,
	       const char *main, struct err *e);
/*
 * Looks for equal patches among commits without a link: of the whole main branch, or of
 * the @n commits @only (ids on it). Costs a `git log -p` of both sides.
 */
int links_patches(struct links *l, const char *repo, const char *head, const char *main,
		  const char *const *only, size_t n, struct err *e);
/* Then by equal subject; of several that have it, none is taken: it is lost. */
void links_subjects(struct links *l);
void links_free(struct links *l);

#endif
