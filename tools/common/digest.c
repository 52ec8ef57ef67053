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

static void digest_parts_256(unsigned char *out, const struct digest_part *parts, size_t n)
{
	struct sha256_ctx ctx;
	size_t i;

	sha256_init(&ctx);
	for (i = 0; i < n; i++)
		sha256_update(&ctx, parts[i].len, parts[i].data);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

/* SHA-384 is SHA-512 with other initial values, cut. */
static void digest_parts_512(unsigned char *out, size_t size, const struct digest_part *parts,
			     size_t n)
{
	struct sha512_ctx ctx;
	size_t i;

	if (size == SHA384_DIGEST_SIZE)
		sha384_init(&ctx);
	else
		sha512_init(&ctx);
	for (i = 0; i < n; i++)
		sha512_update(&ctx, parts[i].len, parts[i].data);
	if (size == SHA384_DIGEST_SIZE)
		sha384_digest(&ctx, size, out);
	else
		sha512_digest(&ctx, size, out);
}

size_t digest_parts(unsigned char out[DIGEST_MAX], enum digest_kind kind,
		    const struct digest_part *parts, size_t n)
{
	size_t size = kind == DIGEST_SHA384 ? SHA384_DIGEST_SIZE : SHA512_DIGEST_SIZE;

	if (kind == DIGEST_SHA256) {
		digest_parts_256(out, parts, n);
		return SHA256_DIGEST_SIZE;
	}
	digest_parts_512(out, size, parts, n);
	return size;
}
