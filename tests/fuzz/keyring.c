// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An OpenPGP keyring that becomes the hypervisor's table of keys: what is taken are
 * keys that the hypervisor can work with, within the bytes that were given.
 */
#include "../../xen/common/xsplice/crypto/mkkeys.h"
#include "../../xen/common/xsplice/crypto/pubkey.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void within(struct xsp_bytes b, const uint8_t *data, size_t size)
{
	require(!b.size || (b.data >= data && b.data + b.size <= data + size));
}

static void check_key(const struct keyring_key *k, const uint8_t *data, size_t size)
{
	static uint64_t work[XSPLICE_PUBKEY_WORK / 8];

	require(k->key.algo == XSP_PGP_RSA || k->key.algo == XSP_PGP_ECDSA);
	require(!k->old && !k->revoked && k->nusers <= KEYRING_USERS);
	within(k->key.n, data, size);
	within(k->key.e, data, size);
	within(k->key.point, data, size);
	for (size_t i = 0; i < k->nusers; i++)
		within(k->users[i], data, size);
	require(xsplice_pubkey_ok(work, &k->key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyring k;
	uint8_t *copy = malloc(size + 1);
	size_t left = size;

	memcpy(copy, data, size);
	memset(&k, 0, sizeof(k));
	if (!keyring_dearmor(copy, &left)) {
		require(left <= size);
		if (!keyring_read(&k, copy, left)) {
			require(!k.error && k.nkeys && k.nkeys <= KEYRING_MAX);
			for (size_t i = 0; i < k.nkeys; i++)
				check_key(&k.keys[i], copy, left);
		} else
			require(k.error);
	}
	free(copy);
	return 0;
}
