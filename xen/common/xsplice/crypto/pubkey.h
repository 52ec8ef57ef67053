/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pubkey.h - digests and signatures, over BearSSL's integers and hashes
 *
 * BearSSL's own entry points keep their numbers on the stack, 2 KiB and more, which a
 * hypervisor's stack does not have to give. Here they are in a work area of the
 * caller's; the arithmetic is BearSSL's. All that is handled is public, so nothing
 * here takes care to take always the same time.
 *
 * Compiles in Xen and, with the other xsp_env.h, in programs and tests.
 */
#ifndef XSPLICE_PUBKEY_H
#define XSPLICE_PUBKEY_H

#include "xsplice/loader.h"

/* Bytes of the work area for one signature. */
#define XSPLICE_PUBKEY_WORK 8192

/* Of the work area for a digest. */
#define XSPLICE_DIGEST_WORK 256

/*
 * struct xsp_host, digest(): SHA-256, SHA-384 or SHA-512. @work: XSPLICE_DIGEST_WORK
 * bytes, aligned for uint64_t.
 */
void xsplice_digest(void *work, uint8_t hash, const struct xsp_bytes *piece,
                    uint32_t count, uint8_t *out);

/*
 * struct xsp_host, check_signature(): @key, whose algorithm is that of @sig, has made
 * it over @digest. RSA: PKCS #1 v1.5 (RFC 8017, section 8.2.2). ECDSA: FIPS 186-4,
 * section 6.4, on NIST's curves. @work: XSPLICE_PUBKEY_WORK bytes, aligned for
 * uint64_t; their content is not used.
 */
bool xsplice_pubkey_check(void *work, const struct xsp_key *key,
                          const struct xsp_pgp_sig *sig, const uint8_t *digest);

/*
 * Is this a public key that xsplice_pubkey_check() works with? RSA: 2048 to 4096 bits,
 * odd modulus, odd exponent of 3 and more, at most 32 bits. ECDSA: a point on its
 * curve.
 */
bool xsplice_pubkey_ok(void *work, const struct xsp_key *key);

#endif /* XSPLICE_PUBKEY_H */
