// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/digest.h"

#include "common/text.h"

#include <nettle/sha2.h>

void digest(unsigned char out[DIGEST_SIZE], const void *data, size_t len)
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, data);
	sha256_digest(&ctx, DIGEST_SIZE, out);
}

void digest_hex(char out[DIGEST_HEX], const void *data, size_t len)
{
	unsigned char raw[DIGEST_SIZE];

	digest(raw, data, len);
	text_hex(out, raw, sizeof(raw));
}
