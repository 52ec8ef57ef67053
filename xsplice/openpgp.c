// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * openpgp.c - version 4 signature packets, in one form only
 *
 * Numbers and layout: RFC 4880, sections 4.2.1 (headers), 5.2.3 (version 4
 * signatures), 3.2 (integers); RFC 6637 for ECDSA; the issuer fingerprint
 * subpacket is RFC 9580, section 5.2.3.35.
 */
#include "core.h"

#define TAG_SIGNATURE_1 0x88 /* old format, tag 2, one byte of length */
#define TAG_SIGNATURE_2 0x89 /* ... two bytes of length */
#define TYPE_BINARY	0x00

#define SUB_TIME	2
#define SUB_ISSUER	16
#define SUB_SIGNER	28
#define SUB_FINGERPRINT 33
#define SUB_CRITICAL	0x80

#define RSA_MAX_BITS   4096
#define ECDSA_MAX_BITS 521

/* A place in the packet, and the only way forward in it. */
struct reader {
	const uint8_t *data;
	size_t size;
	size_t at;
	uint64_t pos; /* of @data in the file */
	struct xsp_cause *cause;
};

static int fail(const struct reader *r, enum xsp_code code)
{
	return xsp_fail(r->cause, code, r->pos + r->at, "OpenPGP signature");
}

/* The next @n bytes, or NULL if they are not there. */
static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *p = r->data + r->at;

	if (!xsp_in_range(r->at, n, r->size)) {
		fail(r, XSP_PGP_LENGTH);
		return NULL;
	}
	r->at += n;
	return p;
}

/* The header: a signature packet of exactly the size there is, shortest form. */
static int read_header(struct reader *r)
{
	const uint8_t *p = take(r, 2);
	size_t body;

	if (!p)
		return -1;
	if (p[0] == TAG_SIGNATURE_1) {
		body = p[1];
	} else if (p[0] == TAG_SIGNATURE_2) {
		if (!take(r, 1))
			return -1;
		body = xsp_be16(p + 1);
		if (body < 256)
			return fail(r, XSP_PGP_HEADER);
	} else {
		return fail(r, XSP_PGP_HEADER);
	}
	if (body != r->size - r->at)
		return fail(r, XSP_PGP_LENGTH);
	return 0;
}

/* Version, type and the two algorithms. */
static int read_kind(struct reader *r, struct xsp_pgp_sig *out)
{
	const uint8_t *p = take(r, 4);

	if (!p)
		return -1;
	if (p[0] != 4)
		return fail(r, XSP_PGP_VERSION);
	if (p[1] != TYPE_BINARY)
		return fail(r, XSP_PGP_TYPE);
	if (p[2] != XSP_PGP_RSA && p[2] != XSP_PGP_ECDSA)
		return fail(r, XSP_PGP_ALGO);
	if (p[3] != XSP_PGP_SHA256 && p[3] != XSP_PGP_SHA384 && p[3] != XSP_PGP_SHA512)
		return fail(r, XSP_PGP_HASH);
	out->algo = p[2];
	out->hash = p[3];
	return 0;
}

/* Length of a subpacket (type byte included): one byte, or two from 192 on. */
static int read_sub_length(struct reader *r, size_t *len)
{
	const uint8_t *p = take(r, 1);

	/* Not reached: it is called only where a byte is left. */
	if (!p)
		return -1;
	*len = p[0];
	if (p[0] >= 192) {
		const uint8_t *q = p[0] < 255 ? take(r, 1) : NULL;

		if (!q)
			return fail(r, XSP_PGP_SUBPACKET_SIZE);
		*len = (((size_t)p[0] - 192) << 8) + q[0] + 192;
	}
	if (!*len)
		return fail(r, XSP_PGP_SUBPACKET_SIZE);
	return 0;
}

static int read_time(struct reader *r, const uint8_t *p, size_t len, struct xsp_pgp_sig *out)
{
	if (len != 4)
		return fail(r, XSP_PGP_SUBPACKET_SIZE);
	out->created = xsp_be32(p);
	return 0;
}

static int read_fingerprint(struct reader *r, const uint8_t *p, size_t len, struct xsp_pgp_sig *out)
{
	if (len != 1 + XSP_FINGERPRINT_SIZE || p[0] != 4)
		return fail(r, XSP_PGP_SUBPACKET_SIZE);
	out->fingerprint = p + 1;
	return 0;
}

/* One subpacket of the hashed area. @seen: bit per type that was there before. */
static int read_hashed_sub(struct reader *r, struct xsp_pgp_sig *out, uint64_t *seen)
{
	const uint8_t *p;
	uint8_t type;
	size_t len;

	if (read_sub_length(r, &len))
		return -1;
	p = take(r, len);
	if (!p)
		return -1;
	type = p[0] & (uint8_t)~SUB_CRITICAL;
	if (type != SUB_TIME && type != SUB_FINGERPRINT && type != SUB_SIGNER)
		return fail(r, XSP_PGP_SUBPACKET);
	if (*seen >> type & 1)
		return fail(r, XSP_PGP_SUBPACKET_TWICE);
	*seen |= (uint64_t)1 << type;
	if (type == SUB_TIME)
		return read_time(r, p + 1, len - 1, out);
	if (type == SUB_FINGERPRINT)
		return read_fingerprint(r, p + 1, len - 1, out);
	out->signer.data = p + 1;
	out->signer.size = len - 1;
	return 0;
}

static int read_hashed(struct reader *r, struct xsp_pgp_sig *out)
{
	const uint8_t *p = take(r, 2);
	struct reader area;
	uint64_t seen = 0;

	if (!p || !take(r, xsp_be16(p)))
		return -1;
	area = *r;
	area.at = (size_t)(p + 2 - r->data);
	area.size = r->at;
	while (area.at < area.size)
		if (read_hashed_sub(&area, out, &seen))
			return -1;
	if (!(seen >> SUB_TIME & 1))
		return fail(r, XSP_PGP_NO_TIME);
	if (!(seen >> SUB_FINGERPRINT & 1))
		return fail(r, XSP_PGP_NO_ISSUER);
	return 0;
}

/* The unhashed area is not signed: only what the hashed one implies may be there. */
static int read_unhashed(struct reader *r, struct xsp_pgp_sig *out)
{
	const uint8_t *p = take(r, 2 + 2 + ABI_KEY_ID_SIZE);

	if (!p)
		return -1;
	if (xsp_be16(p) != 2 + ABI_KEY_ID_SIZE || p[2] != 1 + ABI_KEY_ID_SIZE || p[3] != SUB_ISSUER)
		return fail(r, XSP_PGP_UNHASHED);
	out->key_id = p + 4;
	if (memcmp(out->key_id, out->fingerprint + XSP_FINGERPRINT_SIZE - ABI_KEY_ID_SIZE,
		   ABI_KEY_ID_SIZE))
		return fail(r, XSP_PGP_ISSUER);
	return 0;
}

/* A number: its length in bits, then as many bytes as that needs. */
static int read_mpi(struct reader *r, uint32_t max_bits, struct xsp_bytes *out)
{
	const uint8_t *p = take(r, 2);
	uint32_t bits;

	if (!p)
		return -1;
	bits = xsp_be16(p);
	if (!bits || bits > max_bits)
		return fail(r, XSP_PGP_MPI_SIZE);
	out->size = (bits + 7) / 8;
	out->data = take(r, out->size);
	if (!out->data)
		return -1;
	/* The top bit that the length promises is set, and none above it. */
	if (out->data[0] >> ((bits - 1) % 8) != 1)
		return fail(r, XSP_PGP_MPI);
	return 0;
}

static int read_mpis(struct reader *r, struct xsp_pgp_sig *out)
{
	uint32_t max_bits = out->algo == XSP_PGP_RSA ? RSA_MAX_BITS : ECDSA_MAX_BITS;
	uint32_t i;

	out->nmpi = out->algo == XSP_PGP_RSA ? 1 : 2;
	for (i = 0; i < out->nmpi; i++)
		if (read_mpi(r, max_bits, &out->mpi[i]))
			return -1;
	if (r->at != r->size)
		return fail(r, XSP_PGP_LENGTH);
	return 0;
}

int xsp_pgp_parse(const void *packet, size_t size, uint64_t pos, struct xsp_pgp_sig *out,
		  struct xsp_cause *cause)
{
	struct reader r = {packet, size, 0, pos, cause};
	const uint8_t *left16;

	memset(out, 0, sizeof(*out));
	if (read_header(&r))
		return -1;
	out->hashed.data = r.data + r.at;
	if (read_kind(&r, out) || read_hashed(&r, out))
		return -1;
	out->hashed.size = (size_t)(r.data + r.at - out->hashed.data);
	if (read_unhashed(&r, out))
		return -1;
	left16 = take(&r, sizeof(out->left16));
	if (!left16)
		return -1;
	memcpy(out->left16, left16, sizeof(out->left16));
	return read_mpis(&r, out);
}

void xsp_pgp_suffix(const struct xsp_pgp_sig *sig, uint8_t suffix[6])
{
	uint32_t n = (uint32_t)sig->hashed.size;

	suffix[0] = 4;
	suffix[1] = 0xff;
	suffix[2] = (uint8_t)(n >> 24);
	suffix[3] = (uint8_t)(n >> 16);
	suffix[4] = (uint8_t)(n >> 8);
	suffix[5] = (uint8_t)n;
}
