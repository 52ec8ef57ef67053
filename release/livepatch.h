/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * livepatch.h - what closes an advisory's hole on a shipped build
 */
#ifndef RELEASE_LIVEPATCH_H
#define RELEASE_LIVEPATCH_H

#include "release/chain.h"
#include "release/payloads.h"

enum cover_kind {
	COVER_BUILD, /* the build has the fix */
	COVER_PAYLOAD, /* a verified payload */
	COVER_NOT_AFFECTED,
	COVER_REASON, /* none, and the settings say why: [reason "XSA-N BUILD"] */
	COVER_OPEN, /* none, and nobody says why */
	COVER_UNKNOWN,
};

struct cover {
	enum cover_kind kind;
	const char *words; /* for a cell, never NULL */
	const char *why; /* evidence, never NULL */
	const struct live_payload *payload; /* also one that is not verified; or NULL */
};

void cover_find(const struct chain *c, const struct payloads *p, const struct record *r,
		const struct build *b, struct cover *out);

#endif
