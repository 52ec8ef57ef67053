/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - SHA-256 (FIPS 180-4), on nettle
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

#endif
