/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - the dates of a release cycle
 */
#ifndef RELEASE_PLAN_H
#define RELEASE_PLAN_H

#include "release/config.h"
#include "release/version.h"

struct milestone {
	const char *name; /* "start", "freeze", "rc1", "release" ... */
	int32_t day;
	const char *why; /* the rule that gave it, or NULL */
};

struct plan {
	struct arena arena;
	struct version version;
	struct milestone *v; /* by date */
	size_t n;
};

/*
 * Dates from the rules of the settings: schedule.length after @start the release,
 * every [milestone] at its offset, candidates in their rhythm; moved to the weekday
 * of the rule and off holidays and weekends. plan_free() in any case.
 */
int plan_make(struct plan *p, const struct config *c, const struct version *v, int32_t start,
	      struct err *e);
/* The series that a [cycle "NAME"] is of; -1 if the name is none. */
int plan_series(const char *name, struct version *v, struct err *e);
/* The dates that [cycle "VERSION"] gives. */
int plan_read(struct plan *p, const struct config *c, const char *version, struct err *e);
void plan_free(struct plan *p);

/* DAY_NONE if the plan has no such milestone. */
int32_t plan_day(const struct plan *p, const char *name);

/* N of a milestone "rcN"; 0 if it is none. */
unsigned int plan_candidate(const char *name);

/* Name of the holiday on a day, or NULL. */
const char *plan_holiday(const struct config *c, int32_t day);

/* Reads "8m", "26w", "10d", with a sign or without, and adds it to @day. */
bool plan_add(const char *span, int32_t *day);

#endif
