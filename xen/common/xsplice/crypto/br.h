/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * br.h - BearSSL's hashes and integers
 *
 * The integers are in BearSSL's inner header, which is part of its source and not of
 * its development package: programs, which link the package's library, get the few
 * prototypes from here.
 */
#ifndef XSPLICE_BR_H
#define XSPLICE_BR_H

#ifdef __XEN__

#include "inner.h"

#else

#include <bearssl.h>

uint32_t br_i31_iszero(const uint32_t *x);
uint32_t br_i31_add(uint32_t *a, const uint32_t *b, uint32_t ctl);
uint32_t br_i31_sub(uint32_t *a, const uint32_t *b, uint32_t ctl);
void br_i31_decode(uint32_t *x, const void *src, size_t len);
uint32_t br_i31_decode_mod(uint32_t *x, const void *src, size_t len, const uint32_t *m);
void br_i31_decode_reduce(uint32_t *x, const void *src, size_t len, const uint32_t *m);
void br_i31_encode(void *dst, size_t len, const uint32_t *x);
uint32_t br_i31_ninv31(uint32_t x);
void br_i31_montymul(uint32_t *d, const uint32_t *x, const uint32_t *y,
                     const uint32_t *m, uint32_t m0i);
void br_i31_to_monty(uint32_t *x, const uint32_t *m);
uint32_t br_i31_modpow_opt(uint32_t *x, const unsigned char *e, size_t elen,
                           const uint32_t *m, uint32_t m0i, uint32_t *tmp,
                           size_t twlen);

typedef struct {
    int curve;
    const unsigned char *order;
    size_t order_len;
    const unsigned char *generator;
    size_t generator_len;
} br_ec_curve_def;

extern const br_ec_curve_def br_secp256r1, br_secp384r1, br_secp521r1;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))
#define BUILD_BUG_ON(x) _Static_assert(!(x), #x)

#endif /* __XEN__ */

#endif /* XSPLICE_BR_H */
