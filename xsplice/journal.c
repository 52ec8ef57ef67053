// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journal.c - what happened, each record tied to the one before
 */
#include "core.h"
#include "xsplice/loader.h"

/* SHA-256 over the digest before and the record up to its own digest. */
static void chain(const struct xsp_host *host, const uint8_t *before,
		  const struct abi_journal_record *r, uint8_t out[64])
{
	struct xsp_bytes piece[2] = {
		{before, sizeof(r->digest)},
		{(const uint8_t *)r, offsetof(struct abi_journal_record, digest)},
	};

	host->digest(host->ctx, XSP_PGP_SHA256, piece, 2, out);
}

void xsp_journal_init(struct xsp_journal *j, const struct xsp_host *host,
		      struct abi_journal_record *ring, uint32_t size)
{
	memset(j, 0, sizeof(*j));
	j->host = host;
	j->ring = ring;
	j->size = size;
}

static void copy_name(char *to, const char *name)
{
	size_t i;

	for (i = 0; i < XSP_NAME_MAX - 1 && name[i]; i++)
		to[i] = name[i];
}

static void fill_module(struct abi_journal_record *r, const struct xsp_module *m)
{
	size_t n = m->build_id.size < sizeof(r->build_id) ? m->build_id.size : sizeof(r->build_id);

	memcpy(r->file_digest, m->digest, sizeof(r->file_digest));
	memcpy(r->build_id, m->build_id.data, n);
	if (m->verdict.signer)
		memcpy(r->signer, m->verdict.signer->fingerprint, sizeof(r->signer));
	if (m->verdict.trusted)
		r->flags |= ABI_JOURNAL_TRUSTED;
	r->signatures = (uint8_t)m->verdict.good;
}

void xsp_journal_add(struct xsp_journal *j, const struct xsp_event *e)
{
	struct abi_journal_record *r = &j->ring[j->next % j->size];
	uint8_t digest[64];

	memset(r, 0, sizeof(*r));
	r->number = j->next;
	r->time = j->host->now(j->host->ctx);
	r->pause = e->pause;
	r->result = e->result;
	r->operation = e->operation;
	r->code = e->code;
	r->mode = e->mode;
	copy_name(r->name, e->name);
	if (e->module)
		fill_module(r, e->module);
	if (e->digest)
		memcpy(r->file_digest, e->digest, sizeof(r->file_digest));
	chain(j->host, j->digest, r, digest);
	memcpy(r->digest, digest, sizeof(r->digest));
	memcpy(j->digest, digest, sizeof(j->digest));
	j->next++;
}

const struct abi_journal_record *xsp_journal_get(const struct xsp_journal *j, uint64_t number)
{
	if (number >= j->next || j->next - number > j->size)
		return NULL;
	return &j->ring[number % j->size];
}

bool xsp_journal_check(const struct xsp_host *host, const struct abi_journal_record *records,
		       size_t count, const uint8_t *before, size_t *bad)
{
	static const uint8_t none[sizeof(records->digest)];
	uint8_t digest[64];
	size_t i;

	for (i = 0; i < count; i++) {
		const struct abi_journal_record *r = &records[i];

		*bad = i;
		if (i && r->number != r[-1].number + 1)
			return false;
		if (i)
			before = r[-1].digest;
		else if (!r->number)
			before = none;
		/* Nothing ties the oldest of some records to what is gone. */
		if (!before)
			continue;
		chain(host, before, r, digest);
		if (memcmp(digest, r->digest, sizeof(r->digest)))
			return false;
	}
	return true;
}
