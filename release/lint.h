/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint.h - rules for the files of a release, each of which a real release broke once
 */
#ifndef RELEASE_LINT_H
#define RELEASE_LINT_H

#include "release/rel.h"
#include "release/version.h"

struct lint {
	struct rel *rel;
	struct table *table;
	bool released; /* what is looked at is, or becomes, a release */
	struct version version; /* n 0: not known */
};

/* Puts the table of findings into the report. */
void lint_begin(struct lint *l, struct rel *r);
void lint_changelog(struct lint *l, const char *file, const char *text, size_t len);

/* The files that have rules, in the order of their settings lint.*. */
enum lint_what { LINT_CHANGELOG, LINT_SUPPORT, LINT_PINS, LINT_VERSIONFILE };
/* Holds a file against the rules for it. */
void lint_text(struct lint *l, enum lint_what what, const char *file, const char *text, size_t len);

/* The dates in the header of SUPPORT.md ("Supported-Until: 2025-12-12"). */
struct support_dates {
	char version[64];
	char initial[32], supported[32], security[32]; /* as they stand; "" if missing */
};
void support_read(struct support_dates *d, const char *text, size_t len);
/* The same of the file lint.support as of @commit; without one all are missing. */
int support_at(struct rel *r, const char *commit, struct support_dates *d, struct err *e);

#endif
