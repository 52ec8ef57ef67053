/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * payloads.h - the live payloads that there are, read by the core
 */
#ifndef RELEASE_PAYLOADS_H
#define RELEASE_PAYLOADS_H

#include "common/feed.h"
#include "common/payload_sig.h"
#include "release/record.h"
#include "release/rel.h"

struct live_payload {
	const char *file; /* path below the folder */
	const char *flaw; /* why it is no payload; the rest is then empty. Else NULL */
	struct feed_payload of; /* what it says of itself */
	const char *name; /* of its metadata, or the file's */
	const char *signers; /* who signed it, for people; NULL: not verified */
	const char *unverified; /* why not, or NULL */
	int64_t made; /* when the last signature was made; seconds, 0: not verified */
};

struct payloads {
	const char *dir; /* NULL: none is named */
	struct live_payload *v;
	size_t n;
	struct feed feed; /* that of feed.path, not verified; version 0: none is named */
};

/*
 * Reads the index of feed.path, and every file of livepatch.path (but signatures and indices) and verifies it with
 * livepatch.keyring, livepatch.require. Strings live in @r's report. payloads_free() in
 * any case.
 */
int payloads_load(struct payloads *p, struct rel *r, struct err *e);
void payloads_free(struct payloads *p);

/*
 * The payload for an advisory on the Xen of a build-id: one that is verified, else any
 * that says so; NULL: none.
 */
const struct live_payload *payloads_find(const struct payloads *p, const char *advisory,
					 const char *build_id);

/* The row of a feed that offers @l, or NULL. */
const struct feed_row *payloads_offer(const struct payloads *p, const struct live_payload *l);

#endif
