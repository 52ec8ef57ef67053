/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pubkey.c - digests and signatures, over BearSSL's integers and hashes
 *
 * A number of BearSSL's ("i31") is an array of words of 31 bits, lowest first, behind
 * a word with its length.
 */
#include <xsp_env.h>

#include "br.h"
#include "pubkey.h"

/* --- digests ------------------------------------------------------------------------ */

static void digest_256(br_sha256_context *ctx, const struct xsp_bytes *piece,
                       uint32_t count, uint8_t *out)
{
    uint32_t i;

    br_sha256_init(ctx);
    for ( i = 0; i < count; i++ )
        br_sha256_update(ctx, piece[i].data, piece[i].size);
    br_sha256_out(ctx, out);
}

static void digest_384(br_sha384_context *ctx, const struct xsp_bytes *piece,
                       uint32_t count, uint8_t *out)
{
    uint32_t i;

    br_sha384_init(ctx);
    for ( i = 0; i < count; i++ )
        br_sha384_update(ctx, piece[i].data, piece[i].size);
    br_sha384_out(ctx, out);
}

static void digest_512(br_sha512_context *ctx, const struct xsp_bytes *piece,
                       uint32_t count, uint8_t *out)
{
    uint32_t i;

    br_sha512_init(ctx);
    for ( i = 0; i < count; i++ )
        br_sha512_update(ctx, piece[i].data, piece[i].size);
    br_sha512_out(ctx, out);
}

void xsplice_digest(void *work, uint8_t hash, const struct xsp_bytes *piece,
                    uint32_t count, uint8_t *out)
{
    BUILD_BUG_ON(sizeof(br_sha256_context) > XSPLICE_DIGEST_WORK);
    BUILD_BUG_ON(sizeof(br_sha512_context) > XSPLICE_DIGEST_WORK);

    if ( hash == XSP_PGP_SHA256 )
        digest_256(work, piece, count, out);
    else if ( hash == XSP_PGP_SHA384 )
        digest_384(work, piece, count, out);
    else
        digest_512(work, piece, count, out);
}

/* --- RSA ------------------------------------------------------------------------------ */

#define RSA_BYTES (XSP_RSA_MAX_BITS / 8)
#define RSA_WORDS (2 + (XSP_RSA_MAX_BITS + 30) / 31)

struct rsa_work {
    uint32_t m[RSA_WORDS];            /* modulus */
    uint32_t x[RSA_WORDS];            /* signature, then what it says */
    uint32_t tmp[2 * (RSA_WORDS + 1)];
    uint8_t said[RSA_BYTES];
    uint8_t wanted[RSA_BYTES];
};

/* DigestInfo up to the digest: RFC 8017, section 9.2, note 1. */
static const uint8_t info_256[] = {
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20
};
static const uint8_t info_384[] = {
    0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30
};
static const uint8_t info_512[] = {
    0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40
};

static const uint8_t *info_of(uint8_t hash)
{
    if ( hash == XSP_PGP_SHA256 )
        return info_256;

    return hash == XSP_PGP_SHA384 ? info_384 : info_512;
}

/* What a right signature says: 00 01 ff ... ff 00 DigestInfo. */
static void rsa_pad(uint8_t *out, size_t size, uint8_t hash, const uint8_t *digest)
{
    size_t ndigest = xsp_digest_size(hash);
    size_t ninfo = sizeof(info_256);
    size_t fill = size - 3 - ninfo - ndigest;

    out[0] = 0;
    out[1] = 1;
    memset(out + 2, 0xff, fill);
    out[2 + fill] = 0;
    memcpy(out + 3 + fill, info_of(hash), ninfo);
    memcpy(out + 3 + fill + ninfo, digest, ndigest);
}

static bool rsa_ok(const struct xsp_key *key)
{
    const struct xsp_bytes *n = &key->n, *e = &key->e;

    return n->size >= XSP_RSA_MIN_BITS / 8 && n->size <= RSA_BYTES &&
           (n->data[0] & 0x80) && (n->data[n->size - 1] & 1) &&
           e->size && e->size <= 4 && (e->data[e->size - 1] & 1) &&
           (e->size > 1 || e->data[0] >= 3);
}

static bool rsa_check(struct rsa_work *w, const struct xsp_key *key,
                      const struct xsp_pgp_sig *sig, const uint8_t *digest)
{
    const struct xsp_bytes *n = &key->n, *s = &sig->mpi[0];

    if ( !rsa_ok(key) || s->size > n->size )
        return false;
    br_i31_decode(w->m, n->data, n->size);
    if ( !br_i31_decode_mod(w->x, s->data, s->size, w->m) )
        return false;
    if ( !br_i31_modpow_opt(w->x, key->e.data, key->e.size, w->m,
                            br_i31_ninv31(w->m[1]), w->tmp, ARRAY_SIZE(w->tmp)) )
        return false;
    br_i31_encode(w->said, n->size, w->x);
    rsa_pad(w->wanted, n->size, sig->hash, digest);

    return !memcmp(w->said, w->wanted, n->size);
}

/* --- ECDSA ------------------------------------------------------------------------------ */

#define EC_BYTES 66
#define EC_WORDS (2 + (521 + 30) / 31)

/* Coordinates of Jacobi: (x / z^2, y / z^3), in Montgomery's form. z = 0: infinity. */
struct point {
    uint32_t x[EC_WORDS], y[EC_WORDS], z[EC_WORDS];
};

struct ec_work {
    uint32_t p[EC_WORDS], n[EC_WORDS];   /* the field's prime, the group's order */
    uint32_t p0i, n0i;
    uint32_t r[EC_WORDS], s[EC_WORDS], e[EC_WORDS];
    uint32_t t[8][EC_WORDS];             /* of one point operation */
    uint32_t tmp[2 * (EC_WORDS + 1)];
    struct point g, q, both, sum;
    uint8_t u1[EC_BYTES], u2[EC_BYTES];  /* factors of g and q, big-endian */
    uint8_t prime[EC_BYTES];
    uint8_t exponent[EC_BYTES];
    size_t size;                         /* bytes of a coordinate */
    const br_ec_curve_def *def;
};

static void mul(struct ec_work *w, uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    br_i31_montymul(d, a, b, w->p, w->p0i);
}

static void add(struct ec_work *w, uint32_t *d, const uint32_t *a)
{
    uint32_t carry = br_i31_add(d, a, 1);

    if ( carry || !br_i31_sub(d, w->p, 0) )
        br_i31_sub(d, w->p, 1);
}

static void sub(struct ec_work *w, uint32_t *d, const uint32_t *a)
{
    if ( br_i31_sub(d, a, 1) )
        br_i31_add(d, w->p, 1);
}

static void set(uint32_t *d, const uint32_t *a)
{
    memcpy(d, a, EC_WORDS * sizeof(*d));
}

/* FIPS 186-4, D.1.2: the primes, as what is subtracted from and added to 2^size. */
static void set_prime(struct ec_work *w, uint8_t curve)
{
    memset(w->prime, 0xff, sizeof(w->prime));
    if ( curve == XSP_P256 )       /* 2^256 - 2^224 + 2^192 + 2^96 - 1 */
    {
        w->prime[7] = 1;
        memset(w->prime + 4, 0, 3);
        memset(w->prime + 8, 0, 12);
    }
    else if ( curve == XSP_P384 )  /* 2^384 - 2^128 - 2^96 + 2^32 - 1 */
    {
        w->prime[31] = 0xfe;
        memset(w->prime + 36, 0, 8);
    }
    else                           /* 2^521 - 1 */
        w->prime[0] = 1;
}

/* A point as SEC 1 writes it uncompressed: 04, x, y; below the prime. */
static bool read_point(struct ec_work *w, struct point *pt, const uint8_t *data,
                       size_t size)
{
    uint32_t fits;

    if ( size != 1 + 2 * w->size || data[0] != 4 )
        return false;
    fits = br_i31_decode_mod(pt->x, data + 1, w->size, w->p) &
           br_i31_decode_mod(pt->y, data + 1 + w->size, w->size, w->p);
    br_i31_to_monty(pt->x, w->p);
    br_i31_to_monty(pt->y, w->p);
    memset(pt->z, 0, sizeof(pt->z));
    pt->z[0] = w->p[0];
    pt->z[1] = 1;
    br_i31_to_monty(pt->z, w->p);

    return fits;
}

/* To @d: y^2 - x^3 + 3x, which is the same for all points of a curve. */
static void curve_constant(struct ec_work *w, uint32_t *d, const struct point *pt)
{
    unsigned int i;

    mul(w, w->t[0], pt->x, pt->x);
    mul(w, w->t[1], w->t[0], pt->x);
    mul(w, d, pt->y, pt->y);
    sub(w, d, w->t[1]);
    for ( i = 0; i < 3; i++ )
        add(w, d, pt->x);
}

static bool same(const uint32_t *a, const uint32_t *b)
{
    return !memcmp(a, b, ((a[0] + 31) >> 5) * sizeof(*a) + sizeof(*a));
}

/* The curve of @key, and its point, which must be on it. */
static bool ec_begin(struct ec_work *w, const struct xsp_key *key)
{
    memset(w, 0, sizeof(*w));
    if ( key->curve == XSP_P256 )
        w->def = &br_secp256r1;
    else if ( key->curve == XSP_P384 )
        w->def = &br_secp384r1;
    else if ( key->curve == XSP_P521 )
        w->def = &br_secp521r1;
    else
        return false;

    w->size = w->def->order_len;
    set_prime(w, key->curve);
    br_i31_decode(w->p, w->prime, w->size);
    br_i31_decode(w->n, w->def->order, w->size);
    w->p0i = br_i31_ninv31(w->p[1]);
    w->n0i = br_i31_ninv31(w->n[1]);
    if ( !read_point(w, &w->g, w->def->generator, w->def->generator_len) ||
         !read_point(w, &w->q, key->point.data, key->point.size) )
        return false;
    curve_constant(w, w->t[2], &w->g);
    curve_constant(w, w->t[3], &w->q);

    return same(w->t[2], w->t[3]);
}

/* pt = 2 pt. The formulas are "dbl-2001-b" for a = -3. */
static void twice(struct ec_work *w, struct point *pt)
{
    uint32_t *delta = w->t[0], *gamma = w->t[1], *beta = w->t[2], *alpha = w->t[3];
    uint32_t *a = w->t[4], *b = w->t[5];

    mul(w, delta, pt->z, pt->z);
    mul(w, gamma, pt->y, pt->y);
    mul(w, beta, pt->x, gamma);

    set(a, pt->x);                        /* alpha = 3 (x - delta) (x + delta) */
    sub(w, a, delta);
    set(b, pt->x);
    add(w, b, delta);
    mul(w, alpha, a, b);
    set(a, alpha);
    add(w, alpha, a);
    add(w, alpha, a);

    set(a, pt->y);                        /* z = (y + z)^2 - gamma - delta */
    add(w, a, pt->z);
    mul(w, pt->z, a, a);
    sub(w, pt->z, gamma);
    sub(w, pt->z, delta);

    set(a, beta);                         /* beta = 4 beta, x = alpha^2 - 8 beta */
    add(w, beta, a);
    set(a, beta);
    add(w, beta, a);
    mul(w, pt->x, alpha, alpha);
    sub(w, pt->x, beta);
    sub(w, pt->x, beta);

    mul(w, a, gamma, gamma);              /* y = alpha (4 beta - x) - 8 gamma^2 */
    set(b, a);
    add(w, a, b);
    set(b, a);
    add(w, a, b);
    set(b, a);
    add(w, a, b);
    sub(w, beta, pt->x);
    mul(w, pt->y, alpha, beta);
    sub(w, pt->y, a);
}

/* pt = pt + other, for any two points. */
static void plus(struct ec_work *w, struct point *pt, const struct point *other)
{
    uint32_t *u1 = w->t[0], *s1 = w->t[1], *h = w->t[2], *r = w->t[3];
    uint32_t *a = w->t[4], *b = w->t[5], *h2 = w->t[6], *h3 = w->t[7];

    if ( br_i31_iszero(other->z) )
        return;
    if ( br_i31_iszero(pt->z) )
    {
        *pt = *other;
        return;
    }

    mul(w, a, other->z, other->z);        /* u1 = x1 z2^2, s1 = y1 z2^3 */
    mul(w, u1, pt->x, a);
    mul(w, b, a, other->z);
    mul(w, s1, pt->y, b);
    mul(w, a, pt->z, pt->z);              /* h = x2 z1^2 - u1, r = y2 z1^3 - s1 */
    mul(w, h, other->x, a);
    mul(w, b, a, pt->z);
    mul(w, r, other->y, b);
    sub(w, h, u1);
    sub(w, r, s1);
    if ( br_i31_iszero(h) )
    {
        if ( br_i31_iszero(r) )
            twice(w, pt);
        else
            memset(pt->z + 1, 0, sizeof(pt->z) - sizeof(pt->z[0]));
        return;
    }

    mul(w, h2, h, h);
    mul(w, h3, h2, h);
    mul(w, a, pt->z, other->z);           /* z3 = h z1 z2 */
    mul(w, pt->z, a, h);
    mul(w, a, u1, h2);                    /* x3 = r^2 - h^3 - 2 u1 h^2 */
    mul(w, pt->x, r, r);
    sub(w, pt->x, h3);
    sub(w, pt->x, a);
    sub(w, pt->x, a);
    sub(w, a, pt->x);                     /* y3 = r (u1 h^2 - x3) - s1 h^3 */
    mul(w, pt->y, r, a);
    mul(w, b, s1, h3);
    sub(w, pt->y, b);
}

/* w->sum = u1 g + u2 q, both factors bit by bit together. */
static void sum_of_products(struct ec_work *w)
{
    size_t i;

    w->both = w->g;
    plus(w, &w->both, &w->q);
    memset(&w->sum, 0, sizeof(w->sum));
    w->sum.x[0] = w->sum.y[0] = w->sum.z[0] = w->p[0];
    for ( i = 0; i < 8 * w->size; i++ )
    {
        unsigned int bit = 7 - i % 8;
        unsigned int which = ((w->u1[i / 8] >> bit) & 1) | ((w->u2[i / 8] >> bit) & 1) << 1;

        twice(w, &w->sum);
        if ( which )
            plus(w, &w->sum, which == 1 ? &w->g : which == 2 ? &w->q : &w->both);
    }
}

/* A number of the signature, from 1 to the order less 1. */
static bool read_scalar(struct ec_work *w, uint32_t *d, const struct xsp_bytes *mpi)
{
    return br_i31_decode_mod(d, mpi->data, mpi->size, w->n) && !br_i31_iszero(d);
}

/* s = 1 / s modulo the order, in Montgomery's form: its power order - 2. */
static bool invert_s(struct ec_work *w)
{
    memcpy(w->exponent, w->def->order, w->size);
    w->exponent[w->size - 1] -= 2;        /* the orders end with more than 2 */
    if ( !br_i31_modpow_opt(w->s, w->exponent, w->size, w->n, w->n0i, w->tmp,
                            ARRAY_SIZE(w->tmp)) )
        return false;
    br_i31_to_monty(w->s, w->n);

    return true;
}

/* Is the sum's x, modulo the order, r? Without a division: x = r z^2 or (r + n) z^2. */
static bool x_is_r(struct ec_work *w)
{
    uint32_t *zz = w->t[0], *a = w->t[1], *b = w->t[2];

    if ( br_i31_iszero(w->sum.z) )
        return false;
    mul(w, zz, w->sum.z, w->sum.z);
    set(a, w->r);
    a[0] = w->p[0];
    br_i31_to_monty(a, w->p);
    mul(w, b, a, zz);
    if ( same(b, w->sum.x) )
        return true;

    set(a, w->r);
    if ( br_i31_add(a, w->n, 1) || !br_i31_sub(a, w->p, 0) )
        return false;
    a[0] = w->p[0];
    br_i31_to_monty(a, w->p);
    mul(w, b, a, zz);

    return same(b, w->sum.x);
}

static bool ec_check(struct ec_work *w, const struct xsp_key *key,
                     const struct xsp_pgp_sig *sig, const uint8_t *digest)
{
    size_t ndigest = xsp_digest_size(sig->hash);

    if ( !ec_begin(w, key) || !read_scalar(w, w->r, &sig->mpi[0]) ||
         !read_scalar(w, w->s, &sig->mpi[1]) || !invert_s(w) )
        return false;
    /* The digest's leftmost bits, as many as the order has. */
    if ( ndigest > w->size )
        ndigest = w->size;
    br_i31_decode_reduce(w->e, digest, ndigest, w->n);

    br_i31_montymul(w->t[0], w->e, w->s, w->n, w->n0i);
    br_i31_encode(w->u1, w->size, w->t[0]);
    br_i31_montymul(w->t[0], w->r, w->s, w->n, w->n0i);
    br_i31_encode(w->u2, w->size, w->t[0]);
    sum_of_products(w);

    return x_is_r(w);
}

bool xsplice_pubkey_check(void *work, const struct xsp_key *key,
                          const struct xsp_pgp_sig *sig, const uint8_t *digest)
{
    BUILD_BUG_ON(sizeof(struct rsa_work) > XSPLICE_PUBKEY_WORK);
    BUILD_BUG_ON(sizeof(struct ec_work) > XSPLICE_PUBKEY_WORK);

    return key->algo == XSP_PGP_RSA ? rsa_check(work, key, sig, digest)
                                    : ec_check(work, key, sig, digest);
}

bool xsplice_pubkey_ok(void *work, const struct xsp_key *key)
{
    return key->algo == XSP_PGP_RSA ? rsa_ok(key) : ec_begin(work, key);
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
