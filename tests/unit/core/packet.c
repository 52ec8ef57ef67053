// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <check.h>
#include <string.h>

static void add16(struct strbuf *b, size_t n)
{
	strbuf_addc(b, (char)(n >> 8));
	strbuf_addc(b, (char)n);
}

static void add_key(struct strbuf *b, uint8_t key, size_t n)
{
	while (n--)
		strbuf_addc(b, (char)key);
}

void packet_hashed(struct strbuf *out, uint8_t key)
{
	strbuf_add(out, "\x16\x21\x04", 3);
	add_key(out, key, 20);
	strbuf_add(out, "\x05\x02\x60\x00\x00\x01", 6);
}

void packet_mpi(struct strbuf *out, uint16_t bits)
{
	add16(out, bits);
	strbuf_addc(out, (char)(1 << ((bits - 1) % 8)));
	for (size_t i = 1; i < (bits + 7u) / 8; i++)
		strbuf_addc(out, (char)i);
}

void packet_body(struct strbuf *out, uint8_t algo, uint8_t hash, const struct strbuf *hashed,
		 uint8_t key)
{
	strbuf_add(out, "\x04\x00", 2);
	strbuf_addc(out, (char)algo);
	strbuf_addc(out, (char)hash);
	add16(out, hashed->len);
	strbuf_add(out, hashed->data, hashed->len);
	strbuf_add(out, "\x00\x0a\x09\x10", 4);
	add_key(out, key, 8);
	strbuf_add(out, "\x12\x34", 2);
}

void packet_wrap(struct strbuf *out, const struct strbuf *body)
{
	strbuf_addc(out, (char)(body->len < 256 ? 0x88 : 0x89));
	if (body->len >= 256)
		strbuf_addc(out, (char)(body->len >> 8));
	strbuf_addc(out, (char)body->len);
	strbuf_add(out, body->data, body->len);
}

void packet_rsa(struct strbuf *out, uint8_t key)
{
	struct strbuf hashed = {0};
	struct strbuf body = {0};

	packet_hashed(&hashed, key);
	packet_body(&body, XSP_PGP_RSA, XSP_PGP_SHA512, &hashed, key);
	packet_mpi(&body, 2048);
	packet_wrap(out, &body);
	strbuf_free(&hashed);
	strbuf_free(&body);
}

void packet_ecdsa(struct strbuf *out, uint8_t key)
{
	struct strbuf hashed = {0};
	struct strbuf body = {0};

	packet_hashed(&hashed, key);
	packet_body(&body, XSP_PGP_ECDSA, XSP_PGP_SHA256, &hashed, key);
	packet_mpi(&body, 256);
	packet_mpi(&body, 255);
	packet_wrap(out, &body);
	strbuf_free(&hashed);
	strbuf_free(&body);
}

void packet_record(struct strbuf *out, const struct strbuf *packet, const char *signer)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct abi_sig_header h;
	struct xsp_pgp_sig sig;

	ck_assert_int_eq(xsp_pgp_parse(packet->data, packet->len, 0, &sig, &c), 0);
	ck_assert(xsp_record_header(&sig, packet->len, strlen(signer), &h));
	strbuf_add(out, ABI_SIG_MAGIC, ABI_SIG_MAGIC_SIZE);
	strbuf_add(out, (const char *)&h, sizeof(h));
	strbuf_add(out, packet->data, packet->len);
	strbuf_add(out, (const char *)sig.key_id, ABI_KEY_ID_SIZE);
	strbuf_adds(out, signer);
}

void packet_end(struct strbuf *out, size_t start, uint32_t count)
{
	struct abi_sig_end end = {.size = (uint32_t)(out->len - start), .count = count};

	memcpy(end.magic, ABI_SIG_END_MAGIC, sizeof(end.magic));
	strbuf_add(out, (const char *)&end, sizeof(end));
}
