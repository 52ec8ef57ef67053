/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * why.h - the evidence as a tree
 */
#ifndef RELEASE_WHY_H
#define RELEASE_WHY_H

#include "release/livepatch.h"

/*
 * Puts the tree of @object (advisory, build, build-id, payload, release tag or commit)
 * into the report of @r. -1 if there is no such object.
 */
int why_report(struct rel *r, const struct chain *c, const struct payloads *p, const char *object,
	       struct err *e);

#endif
