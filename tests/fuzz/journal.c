// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a journal: foreign records are judged without harm; and one that the loader
 * wrote is no longer believed when any byte of it is changed.
 */
#include "xsplice/loader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORD sizeof(struct abi_journal_record)
#define KEPT   8

static void require(bool ok)
{
	if (!ok)
		abort();
}

/* Not SHA-256, but a change of one byte always changes it: the sums are bijective. */
static void digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	uint64_t sum = 0xcbf29ce484222325u;

	(void)ctx;
	require(hash == XSP_PGP_SHA256);
	for (uint32_t i = 0; i < count; i++)
		for (size_t k = 0; k < piece[i].size; k++)
			sum = (sum ^ piece[i].data[k]) * 0x100000001b3u;
	memset(out, 0, 64);
	memcpy(out, &sum, sizeof(sum));
}

static uint64_t now(void *ctx)
{
	(void)ctx;
	return 1;
}

static const struct xsp_host host = {.digest = digest, .now = now};

static void read_foreign(const uint8_t *data, size_t size)
{
	size_t n = size / RECORD;
	struct abi_journal_record *r = malloc(n * RECORD + 1);
	size_t bad = 0;

	memcpy(r, data, n * RECORD);
	require(xsp_journal_check(&host, r, n, NULL, &bad) || bad < n);
	require(xsp_journal_check(&host, r, n, data, &bad) || bad < n);
	free(r);
}

/* One event for each of the first bytes; the last three say what is changed. */
static void change_own(const uint8_t *data, size_t size)
{
	static struct abi_journal_record ring[KEPT], copy[KEPT];
	struct xsp_journal j;
	uint64_t first;
	size_t n, bad, i;

	xsp_journal_init(&j, &host, ring, KEPT);
	for (i = 0; i + 3 < size && i < 64; i++) {
		struct xsp_event e = {.operation = data[i] & 7,
				      .result = -(data[i] >> 3),
				      .name = data[i] & 1 ? "a" : "b"};

		xsp_journal_add(&j, &e);
	}
	n = j.next < KEPT ? j.next : KEPT;
	first = j.next - n;
	for (i = 0; i < n; i++)
		memcpy(&copy[i], xsp_journal_get(&j, first + i), RECORD);
	require(!xsp_journal_get(&j, j.next) && (!first || !xsp_journal_get(&j, first - 1)));
	require(xsp_journal_check(&host, copy, n, NULL, &bad));
	/* The oldest of a part can only be believed, and the last digest is nowhere else. */
	if (n < 3 || !data[size - 1])
		return;
	((uint8_t *)&copy[1])[(data[size - 2] * 256u + data[size - 3]) % (RECORD * (n - 2))] ^=
		data[size - 1];
	require(!xsp_journal_check(&host, copy, n, NULL, &bad));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4)
		return 0;
	if (size >= 32)
		read_foreign(data, size);
	change_own(data, size);
	return 0;
}
