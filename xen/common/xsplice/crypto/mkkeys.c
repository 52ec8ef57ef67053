/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkkeys - from an OpenPGP keyring to the table of keys in the hypervisor
 *
 *   mkkeys [KEYRING]
 *
 * Runs on the machine that builds Xen and prints C: xsplice_keys[]. Without a keyring,
 * or with an empty name, an empty table. The keyring is what `gpg --export` writes,
 * with or without --armor: version 4 keys (RFC 4880, sections 4, 5 and 12). Of each,
 * the primary key and the subkeys that may sign are taken. What a key's owner says of
 * it (until when, what for) is believed without checking the self-signature: whoever
 * can write the keyring can name any key.
 *
 * Exit status 0, or 1 with one line on the error output: a key that is revoked, or a
 * keyring with no usable key, is an error, not a smaller table.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "br.h"
#include "mkkeys.h"
#include "pubkey.h"

#define TAG_SIGNATURE 2
#define TAG_KEY       6
#define TAG_USER      13
#define TAG_SUBKEY    14

#define SIG_CERT_MIN    0x10
#define SIG_CERT_MAX    0x13
#define SIG_SUBKEY      0x18
#define SIG_DIRECT      0x1f
#define SIG_REVOKE_KEY  0x20
#define SIG_REVOKE_SUB  0x28

#define SUB_KEY_EXPIRES 9
#define SUB_ISSUER      16
#define SUB_KEY_FLAGS   27
#define SUB_ISSUER_FPR  33
#define FLAG_SIGN       0x02

/* A place in a row of bytes. */
struct reader {
    const uint8_t *data;
    size_t size, at;
};

static const uint8_t *take(struct reader *r, size_t n)
{
    const uint8_t *p = r->data + r->at;

    if ( n > r->size - r->at )
        return NULL;
    r->at += n;

    return p;
}

static int fail(struct keyring *k, const char *what)
{
    if ( !k->error )
        k->error = what;

    return -1;
}

static uint32_t be(const uint8_t *p, unsigned int n)
{
    uint32_t v = 0;

    while ( n-- )
        v = v << 8 | *p++;

    return v;
}

/* --- keys ------------------------------------------------------------------------------- */

static int read_mpi(struct reader *r, struct xsp_bytes *out)
{
    const uint8_t *p = take(r, 2);

    if ( !p )
        return -1;
    out->size = (be(p, 2) + 7) / 8;
    out->data = take(r, out->size);

    return out->data && out->size && out->data[0] ? 0 : -1;
}

static uint8_t curve_of(const uint8_t *oid, size_t size)
{
    static const struct {
        uint8_t curve, size, oid[8];
    } curves[] = {
        { XSP_P256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
        { XSP_P384, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 } },
        { XSP_P521, 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 } },
    };
    size_t i;

    for ( i = 0; i < ARRAY_SIZE(curves); i++ )
        if ( size == curves[i].size && !memcmp(oid, curves[i].oid, size) )
            return curves[i].curve;

    return 0;
}

static int read_ecdsa(struct reader *r, struct xsp_key *key)
{
    const uint8_t *n = take(r, 1);
    const uint8_t *oid = n ? take(r, *n) : NULL;

    if ( !oid || read_mpi(r, &key->point) )
        return -1;
    key->curve = curve_of(oid, *n);

    return 0;
}

static void fingerprint(const uint8_t *body, size_t size, uint8_t *out)
{
    uint8_t head[3] = { 0x99, size >> 8, size };
    br_sha1_context ctx;

    br_sha1_init(&ctx);
    br_sha1_update(&ctx, head, sizeof(head));
    br_sha1_update(&ctx, body, size);
    br_sha1_out(&ctx, out);
}

/* A packet with a key: version 4, of an algorithm that may or may not be ours. */
static int read_key(struct keyring *k, const uint8_t *body, size_t size, bool primary)
{
    struct reader r = { body, size, 0 };
    const uint8_t *p = take(&r, 6);
    struct keyring_key *e;

    if ( k->nkeys == KEYRING_MAX )
        return fail(k, "has too many keys");
    if ( !p || size > 0xffff )
        return fail(k, "has a key packet that ends too early");
    e = &k->keys[k->nkeys++];
    memset(e, 0, sizeof(*e));
    e->primary = primary;
    e->key.created = be(p + 1, 4);
    e->key.algo = p[5];
    e->old = p[0] != 4;
    fingerprint(body, size, e->key.fingerprint);
    if ( e->key.algo == XSP_PGP_RSA &&
         (read_mpi(&r, &e->key.n) || read_mpi(&r, &e->key.e) || r.at != r.size) )
        return fail(k, "has an RSA key that is damaged");
    if ( e->key.algo == XSP_PGP_ECDSA && (read_ecdsa(&r, &e->key) || r.at != r.size) )
        return fail(k, "has an ECDSA key that is damaged");

    return 0;
}

/* --- what the owner says of a key ---------------------------------------------------------- */

struct claim {
    uint8_t type;
    uint32_t expires;     /* seconds after creation, 0: never */
    uint32_t made;
    bool has_flags;
    uint8_t flags;
    bool has_issuer;
    uint8_t issuer[8];
};

static int read_sub(struct reader *r, struct claim *c)
{
    const uint8_t *p = take(r, 1);
    size_t len;

    if ( !p )
        return -1;
    len = *p;
    if ( len == 255 )
    {
        p = take(r, 4);
        if ( !p )
            return -1;
        len = be(p, 4);
    }
    else if ( len >= 192 )
    {
        p = take(r, 1);
        if ( !p )
            return -1;
        len = ((len - 192) << 8) + *p + 192;
    }
    p = len ? take(r, len) : NULL;
    if ( !p )
        return -1;
    switch ( p[0] & 0x7f )
    {
    case SUB_KEY_EXPIRES:
        if ( len != 5 )
            return -1;
        c->expires = be(p + 1, 4);
        break;

    case SUB_KEY_FLAGS:
        c->has_flags = true;
        c->flags = len > 1 ? p[1] : 0;
        break;

    case 2: /* when it was made */
        if ( len != 5 )
            return -1;
        c->made = be(p + 1, 4);
        break;

    case SUB_ISSUER:
        if ( len != 9 )
            return -1;
        c->has_issuer = true;
        memcpy(c->issuer, p + 1, 8);
        break;

    case SUB_ISSUER_FPR:
        if ( len < 9 )
            return -1;
        c->has_issuer = true;
        memcpy(c->issuer, p + len - 8, 8);
        break;
    }

    return 0;
}

static int read_subs(struct reader *r, struct claim *c)
{
    const uint8_t *p = take(r, 2);
    struct reader area = { 0 };

    if ( !p )
        return -1;
    area.size = be(p, 2);
    area.data = take(r, area.size);
    if ( !area.data )
        return -1;
    while ( area.at < area.size )
        if ( read_sub(&area, c) )
            return -1;

    return 0;
}

/* Only the hashed area counts; the issuer may stand in the other. */
static int read_claim(const uint8_t *body, size_t size, struct claim *c)
{
    struct reader r = { body, size, 0 };
    const uint8_t *p = take(&r, 4);
    struct claim unhashed;

    memset(c, 0, sizeof(*c));
    if ( !p )
        return -1;
    if ( p[0] != 4 )
        return 0;
    c->type = p[1];
    if ( read_subs(&r, c) )
        return -1;
    memset(&unhashed, 0, sizeof(unhashed));
    if ( read_subs(&r, &unhashed) )
        return -1;
    if ( !c->has_issuer )
    {
        c->has_issuer = unhashed.has_issuer;
        memcpy(c->issuer, unhashed.issuer, sizeof(c->issuer));
    }

    return 0;
}

static struct keyring_key *primary_of(struct keyring *k)
{
    size_t i = k->nkeys;

    while ( i-- )
        if ( k->keys[i].primary )
            return &k->keys[i];

    return NULL;
}

static void apply_claim(struct keyring_key *e, const struct claim *c)
{
    if ( e->claimed && c->made < e->claim_made )
        return;
    e->claimed = true;
    e->claim_made = c->made;
    e->has_flags = c->has_flags;
    e->flags = c->flags;
    e->key.expires = c->expires ? e->key.created + c->expires : 0;
}

static int read_signature(struct keyring *k, const uint8_t *body, size_t size)
{
    struct keyring_key *primary = primary_of(k);
    struct claim c;

    if ( !primary )
        return fail(k, "begins with a signature: it is not a keyring");
    if ( read_claim(body, size, &c) )
        return fail(k, "has a signature packet that is damaged");
    /* Only what the key's owner says, not what others certify. */
    if ( !c.has_issuer ||
         memcmp(c.issuer, primary->key.fingerprint + XSP_FINGERPRINT_SIZE - 8, 8) )
        return 0;
    if ( (c.type >= SIG_CERT_MIN && c.type <= SIG_CERT_MAX) || c.type == SIG_DIRECT )
        apply_claim(primary, &c);
    else if ( c.type == SIG_SUBKEY )
        apply_claim(&k->keys[k->nkeys - 1], &c);
    else if ( c.type == SIG_REVOKE_KEY )
        return fail(k, "has a key that is revoked: export the keyring without it");
    else if ( c.type == SIG_REVOKE_SUB )
        k->keys[k->nkeys - 1].revoked = true;

    return 0;
}

static int read_user(struct keyring *k, const uint8_t *body, size_t size)
{
    struct keyring_key *primary = primary_of(k);

    if ( !primary )
        return fail(k, "begins with a user id: it is not a keyring");
    if ( primary->nusers < KEYRING_USERS )
    {
        primary->users[primary->nusers].data = body;
        primary->users[primary->nusers++].size = size;
    }

    return 0;
}

/* --- packets ---------------------------------------------------------------------------------- */

/* Length of a packet's body, in one of the forms of RFC 4880, 4.2. */
static int body_size(struct reader *r, uint8_t head, size_t *size)
{
    const uint8_t *p;
    unsigned int n;

    if ( head & 0x40 )
    {
        p = take(r, 1);
        if ( !p )
            return -1;
        *size = *p;
        if ( *p < 192 )
            return 0;
        if ( *p >= 224 && *p < 255 )
            return -1; /* in parts: not for keys */
        if ( *p < 224 )
        {
            p = take(r, 1);
            if ( !p )
                return -1;
            *size = ((*size - 192) << 8) + *p + 192;
            return 0;
        }
        n = 4;
    }
    else
    {
        if ( (head & 3) == 3 )
            return -1;
        n = 1u << (head & 3);
    }
    p = take(r, n);
    if ( !p )
        return -1;
    *size = be(p, n);

    return 0;
}

static int read_packet(struct keyring *k, struct reader *r)
{
    uint8_t head = *take(r, 1);
    const uint8_t *body;
    size_t size;

    if ( !(head & 0x80) || body_size(r, head, &size) || !(body = take(r, size)) )
        return fail(k, "is not an OpenPGP keyring (what gpg --export writes), or damaged");
    switch ( head & 0x40 ? head & 0x3f : (head >> 2) & 15 )
    {
    case TAG_KEY:
        return read_key(k, body, size, true);

    case TAG_SUBKEY:
        if ( !primary_of(k) )
            return fail(k, "begins with a subkey");
        return read_key(k, body, size, false);

    case TAG_USER:
        return read_user(k, body, size);

    case TAG_SIGNATURE:
        return read_signature(k, body, size);

    default:
        return 0; /* pictures, trust, markers: nothing about a key's use */
    }
}

static bool may_sign(const struct keyring_key *e)
{
    if ( e->has_flags )
        return e->flags & FLAG_SIGN;

    return e->primary;
}

/* Is this one that the hypervisor can check signatures with? */
static bool is_usable(const struct keyring_key *e)
{
    static uint64_t work[XSPLICE_PUBKEY_WORK / 8];

    if ( e->old || e->revoked || !may_sign(e) )
        return false;
    if ( e->key.algo != XSP_PGP_RSA && e->key.algo != XSP_PGP_ECDSA )
        return false;

    return xsplice_pubkey_ok(work, &e->key);
}

/* Of two moments the earlier; 0: never. */
static uint32_t earlier(uint32_t a, uint32_t b)
{
    return !a || (b && b < a) ? b : a;
}

/* Keeps the keys that are usable; each knows its owner. */
static void keep_usable(struct keyring *k)
{
    struct keyring_key primary = { .nusers = 0 };
    size_t i, n = 0;

    for ( i = 0; i < k->nkeys; i++ )
    {
        if ( k->keys[i].primary )
            primary = k->keys[i];
        if ( !is_usable(&k->keys[i]) )
        {
            k->left_out++;
            continue;
        }
        k->keys[n] = k->keys[i];
        memcpy(k->keys[n].users, primary.users, sizeof(primary.users));
        k->keys[n].nusers = primary.nusers;
        memcpy(k->keys[n].key.primary, primary.key.fingerprint, XSP_FINGERPRINT_SIZE);
        k->keys[n].key.expires = earlier(k->keys[n].key.expires, primary.key.expires);
        n++;
    }
    k->nkeys = n;
}

int keyring_read(struct keyring *k, const uint8_t *data, size_t size)
{
    struct reader r = { data, size, 0 };

    memset(k, 0, sizeof(*k));
    while ( r.at < r.size )
        if ( read_packet(k, &r) )
            return -1;
    keep_usable(k);
    if ( !k->nkeys )
        return fail(k, "has no key that may sign with RSA (2048 to 4096 bits) or ECDSA "
                       "(NIST curves)");

    return 0;
}

/* --- armor --------------------------------------------------------------------------------------- */

static int base64(uint8_t c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *p = c ? strchr(digits, c) : NULL;

    return p ? (int)(p - digits) : -1;
}

static uint32_t crc24(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xb704ce;
    int i;

    while ( n-- )
    {
        crc ^= (uint32_t)*p++ << 16;
        for ( i = 0; i < 8; i++ )
            crc = crc & 0x800000 ? crc << 1 ^ 0x1864cfb : crc << 1;
    }

    return crc & 0xffffff;
}

/* Decodes digits up to what is none, in place of @out; how many were there to *@used. */
static size_t decode(const uint8_t *in, size_t size, uint8_t *out, size_t *used)
{
    uint32_t acc = 0;
    unsigned int bits = 0;
    size_t i, n = 0;

    for ( i = 0; i < size && in[i] != '=' && in[i] != '-'; i++ )
    {
        int d = base64(in[i]);

        if ( d < 0 )
            continue;
        acc = acc << 6 | (uint32_t)d;
        bits += 6;
        if ( bits >= 8 )
        {
            bits -= 8;
            out[n++] = acc >> bits;
        }
    }
    *used = i;

    return n;
}

static const char armor_begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

int keyring_dearmor(uint8_t *data, size_t *size)
{
    const uint8_t *body;
    uint8_t sum[4];
    size_t used, n, left;

    if ( *size < sizeof(armor_begin) ||
         memcmp(data, armor_begin, sizeof(armor_begin) - 1) )
        return 0;
    /* Headers end with an empty line. */
    body = data + sizeof(armor_begin) - 1;
    left = *size - (sizeof(armor_begin) - 1);
    while ( left > 1 && !(body[0] == '\n' && (body[1] == '\n' || body[1] == '\r')) )
    {
        body++;
        left--;
    }
    n = decode(body, left, data, &used);
    body += used;
    left -= used;
    while ( left > 1 && body[0] == '=' && body[1] != '\n' && base64(body[1]) < 0 )
    {
        body++;
        left--;
    }
    while ( left && (*body == '=' || *body == '\n' || *body == '\r') )
    {
        body++;
        left--;
    }
    if ( left < 4 || decode(body, 4, sum, &used) != 3 || be(sum, 3) != crc24(data, n) )
        return -1;
    *size = n;

    return 0;
}

/* --- C -------------------------------------------------------------------------------------------- */

static void print_bytes(const char *name, size_t i, const struct xsp_bytes *b)
{
    size_t k;

    if ( !b->size )
        return;
    printf("static const uint8_t %s_%zu[] = {", name, i);
    for ( k = 0; k < b->size; k++ )
        printf("%s0x%02x,", k % 12 ? " " : "\n    ", b->data[k]);
    printf("\n};\n\n");
}

static void print_field(const char *field, const char *name, size_t i,
                        const struct xsp_bytes *b)
{
    if ( b->size )
        printf("        .%s = { %s_%zu, sizeof(%s_%zu) },\n", field, name, i, name, i);
}

/* User ids, byte for byte: the signer that a record names is compared with them. */
static void print_owners(size_t i, const struct keyring_key *e)
{
    char name[32];
    size_t k;

    for ( k = 0; k < e->nusers; k++ )
    {
        snprintf(name, sizeof(name), "owner_%zu", i);
        print_bytes(name, k, &e->users[k]);
    }
    printf("static const struct xsp_bytes owners_%zu[] = {\n", i);
    for ( k = 0; k < e->nusers; k++ )
        if ( e->users[k].size )
            printf("    { owner_%zu_%zu, sizeof(owner_%zu_%zu) },\n", i, k, i, k);
    printf("    { NULL, 0 },\n};\n\n");
}

static void print_fingerprint(const char *field, const uint8_t *f)
{
    size_t k;

    printf("        .%s = {", field);
    for ( k = 0; k < XSP_FINGERPRINT_SIZE; k++ )
        printf("%s0x%02x,", k % 10 ? " " : "\n            ", f[k]);
    printf("\n        },\n");
}

static void print_key(size_t i, const struct keyring_key *e)
{
    printf("    {\n");
    print_fingerprint("fingerprint", e->key.fingerprint);
    print_fingerprint("primary", e->key.primary);
    printf("        .algo = %u,\n        .curve = %u,\n", e->key.algo,
           e->key.curve);
    printf("        .created = %uu,\n        .expires = %uu,\n", e->key.created,
           e->key.expires);
    printf("        .owners = owners_%zu,\n        .nowners = %zu,\n", i, e->nusers);
    print_field("n", "n", i, &e->key.n);
    print_field("e", "e", i, &e->key.e);
    print_field("point", "point", i, &e->key.point);
    printf("    },\n");
}

void keyring_print(const struct keyring *k)
{
    size_t i;

    printf("/* Made by mkkeys. */\n#include <xsp_env.h>\n"
           "#include \"xsplice/loader.h\"\n\n"
           "extern const struct xsp_key xsplice_keys[];\n"
           "extern const unsigned int xsplice_nkeys;\n\n");
    for ( i = 0; i < k->nkeys; i++ )
    {
        print_bytes("n", i, &k->keys[i].key.n);
        print_bytes("e", i, &k->keys[i].key.e);
        print_bytes("point", i, &k->keys[i].key.point);
        print_owners(i, &k->keys[i]);
    }
    printf("const struct xsp_key xsplice_keys[] = {\n");
    for ( i = 0; i < k->nkeys; i++ )
        print_key(i, &k->keys[i]);
    if ( !k->nkeys )
        printf("    { .nowners = 0 },\n");
    printf("};\n\nconst unsigned int xsplice_nkeys = %zu;\n", k->nkeys);
}

#ifdef XSPLICE_MKKEYS

#define FILE_MAX (4u << 20)

static uint8_t *read_file(const char *path, size_t *size)
{
    uint8_t *data = malloc(FILE_MAX);
    FILE *f = fopen(path, "rb");

    if ( !f || !data )
    {
        fprintf(stderr, "mkkeys: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    *size = fread(data, 1, FILE_MAX, f);
    if ( ferror(f) || !feof(f) )
    {
        fprintf(stderr, "mkkeys: %s: cannot be read, or is larger than 4 MiB\n", path);
        return NULL;
    }
    fclose(f);

    return data;
}

int main(int argc, char **argv)
{
    static struct keyring k;
    size_t size;
    uint8_t *data;

    if ( argc > 1 && *argv[1] )
    {
        data = read_file(argv[1], &size);
        if ( !data )
            return 1;
        if ( keyring_dearmor(data, &size) )
            k.error = "has damaged armor (checksum)";
        else
            (void)keyring_read(&k, data, size);
        if ( k.error )
        {
            fprintf(stderr, "mkkeys: %s: %s\n", argv[1], k.error);
            return 1;
        }
        if ( k.left_out )
            fprintf(stderr, "mkkeys: %s: %zu keys taken, %zu left out (not for signing, "
                            "or of another kind)\n", argv[1], k.nkeys, k.left_out);
    }
    keyring_print(&k);

    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}

#endif /* XSPLICE_MKKEYS */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
