/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cut.h - a run of a plan: the map of checks.c, steps.c, steps-git.c, steps-files.c
 */
#ifndef RELEASE_CUT_H
#define RELEASE_CUT_H

#include "common/json.h"
#include "release/relog.h"
#include "release/runbook.h"

/* Files that the release's commit changes, with their new content. */
struct cut_files {
	struct git_edit *v;
	size_t n;
	size_t rolled; /* index of the changelog, or @n */
};

struct cut {
	struct rel *rel;
	struct runbook *book;
	const char *plan; /* path of the plan */
	bool dry; /* says all, does nothing, needs no key */
	bool quiet; /* checks: says nothing */
	char *out; /* folder of the outputs */
	struct cut_files files;
	struct strbuf tar; /* once it is made */
	struct relog log;
	const char *step; /* that is being done */
};

/* --- cut.c: what all of them use ------------------------------------------- */
/*
 * Reads the files at the plan's commit and edits them; those that stay as they are, are left out.
 * cut_files_free() in any case.
 */
int cut_files_make(struct cut_files *f, struct git *g, const struct runbook *b, struct err *e);
void cut_files_free(struct cut_files *f);
/* Content that a file has in the release: 1 (file_free()), 0 no such file, -1. */
int cut_file(struct cut *c, const char *path, struct file_data *out, struct err *e);

/* Prints "STEP: words", escaped. All that a run says goes through here, dry or not. */
void cut_say(struct cut *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define CUT_NOW_LEN 32
/* The moment, for the journal (RFC 3339, UTC); --at sets the day. */
const char *cut_now(const struct cut *c, char out[CUT_NOW_LEN]);

/* Path of an output; the caller frees. */
char *cut_path(const struct cut *c, const char *name);
/* Names of all that the plan makes, in order; free() array and names with cut_names_free(). */
char **cut_names(const struct cut *c, size_t *n);
void cut_names_free(char **names, size_t n);
/* Short name of the branch. */
const char *cut_branch(const struct cut *c);

/* --- checks.c --------------------------------------------------------------- */
/*
 * Asks each precondition of the plan and says how it stands; @resumed: only those that
 * have to hold still. -1 only if one cannot be asked; @unmet counts.
 */
int cut_check(struct cut *c, bool resumed, size_t *unmet, struct err *e);
/* The same into a table with columns for name, what, holds, why not. */
int cut_check_table(struct cut *c, struct table *t, size_t *unmet, struct err *e);
/* The preconditions that a plan of this kind has. */
void cut_add_checks(struct runbook *b);

/* --- steps.c ----------------------------------------------------------------- */
/* What a step did, for the journal: "outputs" and "refs" are added as they are made. */
typedef int (*step_fn)(struct cut *c, struct json *record, struct err *e);
/* The steps that this plan needs. */
void cut_add_steps(struct runbook *b, const struct cut_files *f);
/* Does what is left; 0 all done, 1 stopped (@until, or a manual step), -1. */
int cut_steps(struct cut *c, const char *until, const char *go, struct err *e);
bool cut_has_step(const struct runbook *b, const char *name);
/* Refs and outputs of what the journal says is done are as they were then. */
int cut_unchanged(struct cut *c, struct err *e);

/* --- steps-git.c: objects and refs -------------------------------------------- */
int step_versions(struct cut *c, struct json *record, struct err *e);
int step_changelog(struct cut *c, struct json *record, struct err *e);
int step_commit(struct cut *c, struct json *record, struct err *e);
int step_tag(struct cut *c, struct json *record, struct err *e);
int step_branch(struct cut *c, struct json *record, struct err *e);

/* --- steps-files.c: what is put on a server ------------------------------------ */
int step_tarballs(struct cut *c, struct json *record, struct err *e);
int step_sums(struct cut *c, struct json *record, struct err *e);
int step_sign(struct cut *c, struct json *record, struct err *e);
int step_announce(struct cut *c, struct json *record, struct err *e);
int step_publish(struct cut *c, struct json *record, struct err *e);

/* --- tarball.c ------------------------------------------------------------------ */
/* `git archive` of a commit below "@name/": of its files and their export attributes alone. */
int tarball_make(struct rel *r, const char *commit, const char *name, struct strbuf *out,
		 struct err *e);

/* --- notes.c ---------------------------------------------------------------------- */
struct release_tag;
/* The mail that announces a tag. */
void announce_mail(struct rel *r, const struct release_tag *t, struct strbuf *b);

/* --- verify.c --------------------------------------------------------------------- */
/*
 * The signature of a tag by the keys of release.keyring, which has to be set: 1 if it
 * counts, 0 if not, and @refused says why; -1 if the keys or the tag cannot be read.
 */
int verify_signature(struct rel *r, const char *name, struct err *refused, struct err *e);

#endif
