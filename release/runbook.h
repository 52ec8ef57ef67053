/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runbook.h - the plan of a release: what to do, pinned before anything is done
 *
 * A plan is a JSON file that people read and keep. It says all that the run needs but
 * keys and content: ids of what it stands on, the date, the texts that are written.
 * A run of the same plan makes the same commit, tag text and tarballs. (plan.h has
 * the dates of a cycle, which is another thing.)
 */
#ifndef RELEASE_RUNBOOK_H
#define RELEASE_RUNBOOK_H

#include "release/rel.h"
#include "release/version.h"

enum cut_kind { CUT_RC, CUT_RELEASE, CUT_POINT, CUT_BRANCH };

/* "rc", "release", "point", "branch". */
const char *cut_kind_name(enum cut_kind kind);
bool cut_kind_parse(const char *name, enum cut_kind *kind);
/* A version is one of this kind: no point release is 4.10.0-rc1. */
bool cut_kind_fits(enum cut_kind kind, const struct version *v);

/* A line to replace in a file: the only one that @match fits. */
struct line_edit {
	const char *path;
	const char *match; /* POSIX extended regular expression */
	const char *line; /* with {1} ... {9} for its groups */
};

struct pinned {
	const char *name;
	char id[GIT_ID_LEN];
};

/* A precondition or a step. */
struct item {
	const char *name;
	const char *what; /* for people */
	bool manual; /* steps: stops until a named person's go */
};

/* What is empty or NULL has no meaning for the kind of plan. */
struct runbook {
	struct arena arena;
	enum cut_kind kind;
	const char *version_text;
	struct version version;
	const char *project; /* its name, for messages */
	const char *name; /* "xen-4.9.0": of folder and tarballs */
	const char *tag; /* short name */
	const char *branch; /* full name of the ref */
	char head[GIT_ID_LEN]; /* the branch's commit when the plan was made */
	const char *date; /* of the release, YYYY-MM-DD */
	struct git_person by; /* writes commit and tag, at this second */
	const char *key; /* fingerprint */
	const char *output; /* folder, beside the plan unless absolute */
	const char *message; /* of the commit; NULL: no commit is needed */
	char commit[GIT_ID_LEN]; /* id that the commit will have, or @head */
	const char *changelog; /* path of the file to roll, or NULL */
	const char *tag_prefix; /* of the tag in the links of the changelog */
	struct pinned *tags; /* of the series, as they were */
	size_t tag_count;
	struct line_edit *edits;
	size_t edit_count;
	const char **tarballs; /* kinds of pack.h */
	size_t tarball_count;
	const char **publish; /* commands for a person */
	size_t publish_count;
	struct item *checks;
	size_t check_count;
	struct item *steps;
	size_t step_count;
};

#define RUNBOOK_MAX (1U << 20) /* bytes of a plan */

/*
 * Reads a plan; every member is checked, and one of another schema or type refused by
 * name. runbook_free() in any case.
 */
int runbook_parse(struct runbook *b, const char *text, size_t len, const char *name, struct err *e);
void runbook_free(struct runbook *b);
/* The plan as JSON text; the caller frees. */
char *runbook_text(const struct runbook *b);

/*
 * Makes a plan from settings and repository; nothing is written. @branch: the branch to
 * release from, NULL: stable-X.Y if there is one, else the main one. Whether the
 * preconditions hold is not asked here.
 */
int runbook_make(struct runbook *b, struct rel *r, enum cut_kind kind, const char *version,
		 const char *branch, struct err *e);

/*
 * Adds the version files of the settings to a plan that has a version and a head; built-in ones
 * that the project does not have are left out.
 */
int runbook_edits(struct runbook *b, struct rel *r, struct err *e);

/* The words "{version}", "{major}" ... of a template that this version puts there. */
int runbook_expand(const struct runbook *b, const char *text, const char **out, struct err *e);

#endif
