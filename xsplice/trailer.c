// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trailer.c - the signatures behind the ELF
 *
 * Form: abi.h, "signatures behind the ELF".
 */
#include "core.h"

#define RECORD_FIXED (ABI_SIG_MAGIC_SIZE + sizeof(struct abi_sig_header))

static uint8_t record_algo(uint8_t pgp_algo)
{
	return pgp_algo == XSP_PGP_RSA ? ABI_PKEY_RSA : ABI_PKEY_ECDSA;
}

static uint8_t record_hash(uint8_t pgp_hash)
{
	if (pgp_hash == XSP_PGP_SHA256)
		return ABI_HASH_SHA256;
	return pgp_hash == XSP_PGP_SHA384 ? ABI_HASH_SHA384 : ABI_HASH_SHA512;
}

/* The header's fields have values that are known here. */
static int check_header(const struct abi_sig_header *h, size_t pos, struct xsp_cause *cause)
{
	if (h->algo != ABI_PKEY_RSA && h->algo != ABI_PKEY_ECDSA)
		return xsp_fail(cause, XSP_RECORD_ALGO, pos, "signature record");
	if (h->hash != ABI_HASH_SHA256 && h->hash != ABI_HASH_SHA384 && h->hash != ABI_HASH_SHA512)
		return xsp_fail(cause, XSP_RECORD_HASH, pos, "signature record");
	if (h->id_type != ABI_ID_PGP)
		return xsp_fail(cause, XSP_RECORD_ID_TYPE, pos, "signature record");
	if (h->key_id_len != ABI_KEY_ID_SIZE)
		return xsp_fail(cause, XSP_RECORD_KEY_ID_SIZE, pos, "signature record");
	if (!xsp_all_zero(h->pad, sizeof(h->pad)))
		return xsp_fail(cause, XSP_RECORD_PAD, pos, "signature record");
	if (!h->signer_len)
		return xsp_fail(cause, XSP_RECORD_SIGNER, pos, "signature record");
	return 0;
}

/* A name that can be shown: no control characters. */
static int check_signer(struct xsp_bytes signer, size_t pos, struct xsp_cause *cause)
{
	size_t i;

	for (i = 0; i < signer.size; i++)
		if (signer.data[i] < 0x20 || signer.data[i] == 0x7f)
			return xsp_fail(cause, XSP_RECORD_SIGNER, pos + i, "signature record");
	return 0;
}

/* Header, key id and packet say the same of the signature. */
static int check_agreement(const struct abi_sig_header *h, const struct xsp_sig *s,
			   struct xsp_cause *cause)
{
	if (h->algo != record_algo(s->pgp.algo) || h->hash != record_hash(s->pgp.hash) ||
	    memcmp(s->key_id.data, s->pgp.key_id, ABI_KEY_ID_SIZE))
		return xsp_fail(cause, XSP_RECORD_MISMATCH, s->pos, "signature record");
	return 0;
}

/* Takes apart the record at @pos; it must end at or before @end. */
static int read_record(const uint8_t *data, size_t pos, size_t end, struct xsp_sig *out,
		       struct xsp_cause *cause)
{
	struct abi_sig_header h;
	uint64_t rest;
	uint64_t need;

	if (!xsp_in_range(pos, RECORD_FIXED, end))
		return xsp_fail(cause, XSP_TRAILER_TILE, pos, "signature record");
	if (memcmp(data + pos, ABI_SIG_MAGIC, ABI_SIG_MAGIC_SIZE))
		return xsp_fail(cause, XSP_RECORD_MAGIC, pos, "signature record");
	memcpy(&h, data + pos + ABI_SIG_MAGIC_SIZE, sizeof(h));
	if (check_header(&h, pos, cause))
		return -1;
	rest = end - pos - RECORD_FIXED;
	need = (uint64_t)xsp_be32(h.sig_len) + h.key_id_len + h.signer_len;
	if (need > rest)
		return xsp_fail(cause, XSP_TRAILER_TILE, pos, "signature record");
	out->pos = pos;
	out->size = RECORD_FIXED + (size_t)need;
	out->packet.data = data + pos + RECORD_FIXED;
	out->packet.size = xsp_be32(h.sig_len);
	out->key_id.data = out->packet.data + out->packet.size;
	out->key_id.size = h.key_id_len;
	out->signer.data = out->key_id.data + h.key_id_len;
	out->signer.size = h.signer_len;
	if (xsp_pgp_parse(out->packet.data, out->packet.size, pos + RECORD_FIXED, &out->pgp, cause))
		return -1;
	if (check_agreement(&h, out, cause))
		return -1;
	return check_signer(out->signer, (size_t)(out->signer.data - data), cause);
}

/* No earlier record has the key id of the one that @s came from. */
static int check_distinct(const struct xsp_trailer *t, const struct xsp_sig *s, uint32_t index,
			  struct xsp_cause *cause)
{
	struct xsp_sig other;
	uint32_t i;

	for (i = 0; i < index; i++) {
		xsp_trailer_sig(t, i, &other);
		/* It has a key id: check_records() took it before. */
		if (!other.key_id.data ||
		    !memcmp(other.key_id.data, s->key_id.data, ABI_KEY_ID_SIZE))
			return xsp_fail(cause, XSP_RECORD_SAME_KEY, s->pos, "signature record");
	}
	return 0;
}

static int check_records(const struct xsp_trailer *t, size_t end, struct xsp_cause *cause)
{
	size_t pos = t->elf_size;
	struct xsp_sig s;
	uint32_t i;

	for (i = 0; i < t->count; i++) {
		if (read_record(t->data, pos, end, &s, cause) || check_distinct(t, &s, i, cause))
			return -1;
		pos += s.size;
	}
	if (pos != end)
		return xsp_fail(cause, XSP_TRAILER_TILE, pos, "signature record");
	return 0;
}

int xsp_trailer_open(struct xsp_trailer *t, const void *data, size_t size, struct xsp_cause *cause)
{
	struct abi_sig_end end;
	size_t end_pos;

	memset(t, 0, sizeof(*t));
	if (!size)
		return xsp_fail(cause, XSP_EMPTY, 0, "file");
	if (size > ABI_PAYLOAD_MAX)
		return xsp_fail(cause, XSP_TOO_BIG, 0, "file");
	t->data = data;
	t->elf_size = size;
	if (size < sizeof(end))
		return 0;
	end_pos = size - sizeof(end);
	memcpy(&end, t->data + end_pos, sizeof(end));
	if (memcmp(end.magic, ABI_SIG_END_MAGIC, sizeof(end.magic)))
		return 0;
	if (!end.count || end.count > ABI_SIG_MAX)
		return xsp_fail(cause, XSP_TRAILER_COUNT, end_pos, "end of signatures");
	if (end.size >= end_pos)
		return xsp_fail(cause, XSP_TRAILER_SIZE, end_pos, "end of signatures");
	t->elf_size = end_pos - end.size;
	t->count = end.count;
	return check_records(t, end_pos, cause);
}

void xsp_trailer_sig(const struct xsp_trailer *t, uint32_t index, struct xsp_sig *out)
{
	struct xsp_cause none = {XSP_OK, 0, ""};
	size_t pos = t->elf_size;
	uint32_t i;

	memset(out, 0, sizeof(*out));

	/* Every record up to @index was proven well-formed, and so in range: none fails here. */
	for (i = 0; i <= index; i++) {
		if (read_record(t->data, pos, pos + ABI_PAYLOAD_MAX, out, &none))
			return;
		pos += out->size;
	}
}

bool xsp_record_header(const struct xsp_pgp_sig *sig, size_t packet_size, size_t signer_size,
		       struct abi_sig_header *out)
{
	memset(out, 0, sizeof(*out));
	if (!signer_size || signer_size > 255)
		return false;
	out->algo = record_algo(sig->algo);
	out->hash = record_hash(sig->hash);
	out->id_type = ABI_ID_PGP;
	out->signer_len = (uint8_t)signer_size;
	out->key_id_len = ABI_KEY_ID_SIZE;
	out->sig_len[0] = (uint8_t)(packet_size >> 24);
	out->sig_len[1] = (uint8_t)(packet_size >> 16);
	out->sig_len[2] = (uint8_t)(packet_size >> 8);
	out->sig_len[3] = (uint8_t)packet_size;
	return true;
}
