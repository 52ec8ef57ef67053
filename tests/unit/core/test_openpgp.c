// SPDX-License-Identifier: GPL-2.0-or-later
/* One form of signature packets is taken, all others are refused. */
#include "helper.h"
#include "packet.h"
#include "suites.h"

#include <string.h>

static struct strbuf packet;

static void setup(void)
{
	packet_rsa(&packet, 0xa5);
}

static void teardown(void)
{
	strbuf_free(&packet);
}

/* Parses a copy of exactly its size. */
static enum xsp_code parse(const struct strbuf *b, struct xsp_pgp_sig *out)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	uint8_t *exact = mem_dup(b->data, b->len);
	int ret = xsp_pgp_parse(exact, b->len, 100, out, &c);

	ck_assert_int_eq(ret, c.code == XSP_OK ? 0 : -1);
	if (ret) {
		ck_assert_uint_ge(c.pos, 100);
		ck_assert_uint_le(c.pos, 100 + b->len);
	}
	free(exact);
	return c.code;
}

static enum xsp_code code_of(const struct strbuf *b)
{
	struct xsp_pgp_sig sig;

	return parse(b, &sig);
}

START_TEST(good_packets)
{
	struct strbuf b = {0};
	struct xsp_pgp_sig s;

	ck_assert_uint_eq(packet.len, PACKET_SIZE);
	ck_assert_int_eq(parse(&packet, &s), XSP_OK);
	ck_assert_uint_eq(s.algo, XSP_PGP_RSA);
	ck_assert_uint_eq(s.hash, XSP_PGP_SHA512);
	ck_assert_uint_eq(s.created, 0x60000001);
	ck_assert_uint_eq(s.hashed.size, 35);
	ck_assert_uint_eq(s.left16[1], 0x34);
	ck_assert_uint_eq(s.nmpi, 1);
	ck_assert_uint_eq(s.mpi[0].size, 256);
	ck_assert_uint_eq(s.signer.size, 0);
	packet_ecdsa(&b, 1);
	ck_assert_int_eq(parse(&b, &s), XSP_OK);
	ck_assert_uint_eq(s.nmpi, 2);
	ck_assert_uint_eq(s.mpi[1].size, 32);
	strbuf_free(&b);
}
END_TEST

START_TEST(suffix)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_pgp_sig s;
	uint8_t got[6];

	ck_assert_int_eq(xsp_pgp_parse(packet.data, packet.len, 0, &s, &c), 0);
	xsp_pgp_suffix(&s, got);
	ck_assert_mem_eq(got, "\x04\xff\x00\x00\x00\x23", 6);
}
END_TEST

static const struct byte_case {
	size_t offset;
	uint8_t value;
	enum xsp_code code;
} byte_cases[] = {
	{PACKET_TAG, 0xc2, XSP_PGP_HEADER}, /* new format */
	{PACKET_TAG, 0x8a, XSP_PGP_HEADER}, /* four bytes of length */
	{PACKET_TAG, 0x8b, XSP_PGP_HEADER}, /* length unknown */
	{PACKET_TAG, 0x99, XSP_PGP_HEADER}, /* a public key */
	{PACKET_LENGTH, 0, XSP_PGP_HEADER},
	{PACKET_LENGTH + 1, 0x34, XSP_PGP_LENGTH},
	{PACKET_VERSION, 3, XSP_PGP_VERSION},
	{PACKET_VERSION, 6, XSP_PGP_VERSION},
	{PACKET_TYPE, 1, XSP_PGP_TYPE},
	{PACKET_TYPE, 0x10, XSP_PGP_TYPE},
	{PACKET_ALGO, 2, XSP_PGP_ALGO},
	{PACKET_ALGO, 3, XSP_PGP_ALGO},
	{PACKET_ALGO, 17, XSP_PGP_ALGO},
	{PACKET_ALGO, 22, XSP_PGP_ALGO},
	{PACKET_HASH, 1, XSP_PGP_HASH},
	{PACKET_HASH, 2, XSP_PGP_HASH},
	{PACKET_HASH, 11, XSP_PGP_HASH},
	{PACKET_HASHED_LENGTH, 0xff, XSP_PGP_LENGTH},
	{PACKET_HASHED_LENGTH + 1, 0, XSP_PGP_NO_TIME},
	{PACKET_HASHED_LENGTH + 1, 23, XSP_PGP_NO_TIME},
	{PACKET_HASHED, 0, XSP_PGP_SUBPACKET_SIZE},
	{PACKET_HASHED, 255, XSP_PGP_SUBPACKET_SIZE},
	{PACKET_HASHED, 200, XSP_PGP_LENGTH},
	{PACKET_HASHED, 21, XSP_PGP_SUBPACKET_SIZE},
	{PACKET_HASHED + 1, 3, XSP_PGP_SUBPACKET}, /* expiry of the signature */
	{PACKET_HASHED + 1, 20, XSP_PGP_SUBPACKET}, /* notation */
	{PACKET_HASHED + 1, 2, XSP_PGP_SUBPACKET_SIZE},
	{PACKET_HASHED + 1, 0xa1, XSP_OK}, /* critical, and understood */
	{PACKET_HASHED + 2, 6, XSP_PGP_SUBPACKET_SIZE},
	{PACKET_TIME - 1, 28, XSP_PGP_NO_TIME},
	{PACKET_TIME - 1, 33, XSP_PGP_SUBPACKET_TWICE},
	{PACKET_HASHED + 1, 28, XSP_PGP_NO_ISSUER},
	{PACKET_UNHASHED_LENGTH, 1, XSP_PGP_UNHASHED},
	{PACKET_UNHASHED_LENGTH + 1, 0, XSP_PGP_UNHASHED},
	{PACKET_UNHASHED, 8, XSP_PGP_UNHASHED},
	{PACKET_UNHASHED + 1, 0x90, XSP_PGP_UNHASHED},
	{PACKET_UNHASHED + 1, 2, XSP_PGP_UNHASHED},
	{PACKET_KEY_ID, 0xa4, XSP_PGP_ISSUER},
	{PACKET_KEY_ID + 7, 0xa4, XSP_PGP_ISSUER},
	{PACKET_FINGERPRINT + 19, 0xa4, XSP_PGP_ISSUER},
	{PACKET_FINGERPRINT, 0xa4, XSP_OK}, /* signed */
	{PACKET_TIME, 0, XSP_OK}, /* signed */
	{PACKET_MPI, 0x18, XSP_PGP_MPI_SIZE},
	{PACKET_MPI, 0, XSP_PGP_MPI_SIZE},
	{PACKET_MPI, 7, XSP_PGP_LENGTH},
	{PACKET_MPI + 1, 1, XSP_PGP_LENGTH},
	{PACKET_MPI + 2, 0x40, XSP_PGP_MPI},
	{PACKET_MPI + 2, 0, XSP_PGP_MPI},
};

START_TEST(one_byte)
{
	const struct byte_case *c = &byte_cases[_i];
	enum xsp_code got;

	packet.data[c->offset] = (char)c->value;
	got = code_of(&packet);
	ck_assert_msg(got == c->code, "byte %zu = %#x: %s, not %s", c->offset, c->value,
		      xsp_code_text(got), xsp_code_text(c->code));
}
END_TEST

START_TEST(every_truncation)
{
	while (packet.len) {
		packet.len--;
		ck_assert_int_ne(code_of(&packet), XSP_OK);
	}
}
END_TEST

/* The header promises no more than there is: it ends inside of every part in turn. */
START_TEST(every_shorter_body)
{
	for (size_t n = 0; n < PACKET_SIZE - PACKET_VERSION; n++) {
		struct strbuf body = {.data = packet.data + PACKET_VERSION, .len = n};
		struct strbuf b = {0};

		packet_wrap(&b, &body);
		ck_assert_msg(code_of(&b) == XSP_PGP_LENGTH, "%zu: %s", n,
			      xsp_code_text(code_of(&b)));
		strbuf_free(&b);
	}
}
END_TEST

START_TEST(nothing_behind)
{
	strbuf_addc(&packet, '\0');
	ck_assert_int_eq(code_of(&packet), XSP_PGP_LENGTH);
}
END_TEST

/* A packet whose hashed area has a signer's user id of @n bytes as well. */
static enum xsp_code with_signer(size_t n, bool short_form, struct xsp_pgp_sig *sig)
{
	struct strbuf hashed = {0};
	struct strbuf body = {0};
	struct strbuf b = {0};
	enum xsp_code code;

	packet_hashed(&hashed, 1);
	if (short_form) {
		strbuf_addc(&hashed, (char)(n + 1));
	} else {
		strbuf_addc(&hashed, (char)(((n + 1 - 192) >> 8) + 192));
		strbuf_addc(&hashed, (char)(n + 1 - 192));
	}
	strbuf_addc(&hashed, 28);
	for (size_t i = 0; i < n; i++)
		strbuf_addc(&hashed, 'x');
	packet_body(&body, XSP_PGP_RSA, XSP_PGP_SHA256, &hashed, 1);
	packet_mpi(&body, 2048);
	packet_wrap(&b, &body);
	code = parse(&b, sig);
	strbuf_free(&hashed);
	strbuf_free(&body);
	strbuf_free(&b);
	return code;
}

START_TEST(user_ids_of_all_lengths)
{
	struct xsp_pgp_sig sig;

	ck_assert_int_eq(with_signer(5, true, &sig), XSP_OK);
	ck_assert_uint_eq(sig.signer.size, 5);
	ck_assert_int_eq(with_signer(190, true, &sig), XSP_OK);
	ck_assert_int_eq(with_signer(191, false, &sig), XSP_OK);
	ck_assert_uint_eq(sig.signer.size, 191);
	ck_assert_int_eq(with_signer(1000, false, &sig), XSP_OK);
	ck_assert_uint_eq(sig.signer.size, 1000);
}
END_TEST

/* A packet of @algo with numbers of these sizes in bits (0: none). */
static enum xsp_code with_mpis(uint8_t algo, uint16_t a, uint16_t b, uint16_t c)
{
	struct strbuf hashed = {0};
	struct strbuf body = {0};
	struct strbuf all = {0};
	enum xsp_code code;

	packet_hashed(&hashed, 1);
	packet_body(&body, algo, XSP_PGP_SHA384, &hashed, 1);
	packet_mpi(&body, a);
	if (b)
		packet_mpi(&body, b);
	if (c)
		packet_mpi(&body, c);
	packet_wrap(&all, &body);
	code = code_of(&all);
	strbuf_free(&hashed);
	strbuf_free(&body);
	strbuf_free(&all);
	return code;
}

START_TEST(numbers)
{
	ck_assert_int_eq(with_mpis(XSP_PGP_RSA, 4096, 0, 0), XSP_OK);
	ck_assert_int_eq(with_mpis(XSP_PGP_RSA, 4097, 0, 0), XSP_PGP_MPI_SIZE);
	ck_assert_int_eq(with_mpis(XSP_PGP_RSA, 2048, 8, 0), XSP_PGP_LENGTH);
	ck_assert_int_eq(with_mpis(XSP_PGP_ECDSA, 521, 521, 0), XSP_OK);
	ck_assert_int_eq(with_mpis(XSP_PGP_ECDSA, 1, 1, 0), XSP_OK);
	ck_assert_int_eq(with_mpis(XSP_PGP_ECDSA, 522, 521, 0), XSP_PGP_MPI_SIZE);
	ck_assert_int_eq(with_mpis(XSP_PGP_ECDSA, 521, 0, 0), XSP_PGP_LENGTH);
	ck_assert_int_eq(with_mpis(XSP_PGP_ECDSA, 256, 256, 256), XSP_PGP_LENGTH);
}
END_TEST

Suite *suite_openpgp(void)
{
	Suite *s = suite_create("openpgp");
	TCase *t = tcase_create("packets");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, good_packets);
	tcase_add_test(t, suffix);
	tcase_add_loop_test(t, one_byte, 0, (int)(sizeof(byte_cases) / sizeof(*byte_cases)));
	tcase_add_test(t, every_truncation);
	tcase_add_test(t, every_shorter_body);
	tcase_add_test(t, nothing_behind);
	tcase_add_test(t, user_ids_of_all_lengths);
	tcase_add_test(t, numbers);
	suite_add_tcase(s, t);
	return s;
}
