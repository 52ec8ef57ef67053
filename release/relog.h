/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relog.h - the journal of a run, and the lock that keeps it the only one
 *
 * JSON lines beside the plan (PLAN.journal). Each has "n", which counts from 1, and
 * "before", the SHA-256 of the line before (of the plan's file for the first), so a line
 * that is changed or lost before others is noticed. Last lines that were cut off whole
 * are not, nor is a journal that was written anew from some line on: there is no secret
 * in it. "event" is begin, done, signed or go; "step" names the step; "at" says when. The
 * file is replaced in one piece with every line: it is whole whenever a run is killed.
 */
#ifndef RELEASE_RELOG_H
#define RELEASE_RELOG_H

#include "common/digest.h"
#include "common/err.h"
#include "common/json.h"
#include "common/text.h"

#include <stdbool.h>
#include <stddef.h>

struct relog {
	char *path;
	bool dry; /* lines are kept in memory alone */
	int lock; /* of the plan's file */
	struct json **v;
	size_t n;
	struct strbuf text;
	char last[DIGEST_HEX]; /* digest of the last line */
};

/*
 * Locks the plan (ERR_BUSY if another run has it) and reads its journal, if there is
 * one; refuses one that was changed, or is of another plan. @text: the plan's file.
 * relog_close() in any case.
 */
int relog_open(struct relog *l, const char *plan, const void *text, size_t len, bool dry,
	       struct err *e);
void relog_close(struct relog *l);

/* The last record of an event of a step, or NULL. */
const struct json *relog_find(const struct relog *l, const char *event, const char *step);

/* A record to fill and to hand to relog_add(). */
struct json *relog_record(const char *event, const char *step, const char *at);
/* Adds it, safe on the disk when this returns. Takes @record in any case. */
int relog_add(struct relog *l, struct json *record, struct err *e);

#endif
