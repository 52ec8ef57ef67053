/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - SHA-2 (FIPS 180-4), on nettle
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX  (2 * DIGEST_SIZE + 1)

/* Digest of @len bytes. */
void digest(unsigned char out[DIGEST_SIZE], const void *data, size_t len);
/* The same in lower-case hexadecimal with a NUL. */
void digest_hex(char out[DIGEST_HEX], const void *data, size_t len);

/* The longer ones, over several pieces, for signatures. */
enum digest_kind {
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
};

#define DIGEST_MAX 64

struct digest_part {
	const void *data;
	size_t len;
};

/* Digest of @n parts one after the other; returns its size. */
size_t digest_parts(unsigned char out[DIGEST_MAX], enum digest_kind kind,
		    const struct digest_part *parts, size_t n);

#endif
