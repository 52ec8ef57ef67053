// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures are found from the length alone, and only in one form. */
#include "helper.h"
#include "packet.h"
#include "suites.h"

#include <string.h>

#define ELF_SIZE 100

static struct strbuf file;
static size_t first_size; /* of the first record */

static void add_record(uint8_t key, bool rsa, const char *signer)
{
	struct strbuf p = {0};

	if (rsa)
		packet_rsa(&p, key);
	else
		packet_ecdsa(&p, key);
	packet_record(&file, &p, signer);
	strbuf_free(&p);
}

/* Some bytes in the place of the ELF, two records and the end. */
static void setup(void)
{
	for (int i = 0; i < ELF_SIZE; i++)
		strbuf_addc(&file, (char)i);
	add_record(1, true, "Alice <a@example.org>");
	first_size = file.len - ELF_SIZE;
	add_record(2, false, "Bob");
	packet_end(&file, ELF_SIZE, 2);
}

static void teardown(void)
{
	strbuf_free(&file);
}

static enum xsp_code open_exact(const char *data, size_t size, struct xsp_trailer *t)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	uint8_t *exact = mem_dup(data, size);
	struct xsp_sig s;

	if (!xsp_trailer_open(t, exact, size, &c))
		for (uint32_t i = 0; i < t->count; i++)
			xsp_trailer_sig(t, i, &s);
	ck_assert_uint_le(c.pos, size);
	free(exact);
	return c.code;
}

#define refused_as(want)                                                                           \
	do {                                                                                       \
		struct xsp_trailer t_;                                                             \
		enum xsp_code got_ = open_exact(file.data, file.len, &t_);                         \
		ck_assert_msg(got_ == (want), "%s, not %s", xsp_code_text(got_),                   \
			      xsp_code_text(want));                                                \
	} while (0)

static struct abi_sig_header *header(void)
{
	return (struct abi_sig_header *)(void *)(file.data + ELF_SIZE + ABI_SIG_MAGIC_SIZE);
}

/* Writes the end anew. */
static void set_end(uint32_t size, uint32_t count)
{
	struct abi_sig_end end = {.size = size, .count = count};

	memcpy(end.magic, ABI_SIG_END_MAGIC, sizeof(end.magic));
	memcpy(file.data + file.len - sizeof(end), &end, sizeof(end));
}

START_TEST(both_are_found)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_sig s;

	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &c), 0);
	ck_assert_uint_eq(t.elf_size, ELF_SIZE);
	ck_assert_uint_eq(t.count, 2);
	xsp_trailer_sig(&t, 0, &s);
	ck_assert_uint_eq(s.pos, ELF_SIZE);
	ck_assert_uint_eq(s.size, first_size);
	ck_assert_uint_eq(s.packet.size, PACKET_SIZE);
	ck_assert_mem_eq(s.signer.data, "Alice <a@example.org>", s.signer.size);
	ck_assert_uint_eq(s.key_id.data[0], 1);
	xsp_trailer_sig(&t, 1, &s);
	ck_assert_uint_eq(s.pgp.algo, XSP_PGP_ECDSA);
	ck_assert_mem_eq(s.signer.data, "Bob", 3);
}
END_TEST

START_TEST(no_end_no_signatures)
{
	struct xsp_trailer t;

	for (size_t n = 1; n < file.len; n++) {
		ck_assert_int_eq(open_exact(file.data, n, &t), XSP_OK);
		ck_assert_uint_eq(t.count, 0);
		ck_assert_uint_eq(t.elf_size, n);
	}
	ck_assert_int_eq(open_exact(file.data, 0, &t), XSP_EMPTY);
	ck_assert_int_eq(open_exact(file.data, file.len, &t), XSP_OK);
}
END_TEST

START_TEST(too_big)
{
	while (file.len <= ABI_PAYLOAD_MAX)
		strbuf_add(&file, "0123456789abcdef", 16);
	refused_as(XSP_TOO_BIG);
}
END_TEST

START_TEST(end_fields)
{
	const uint32_t size = (uint32_t)(file.len - sizeof(struct abi_sig_end)) - ELF_SIZE;

	set_end(size, 0);
	refused_as(XSP_TRAILER_COUNT);
	set_end(size, 17);
	refused_as(XSP_TRAILER_COUNT);
	set_end(size, 1);
	refused_as(XSP_TRAILER_TILE);
	set_end(size, 3);
	refused_as(XSP_TRAILER_TILE);
	set_end(size + 1, 2);
	refused_as(XSP_RECORD_MAGIC);
	set_end(UINT32_MAX, 2);
	refused_as(XSP_TRAILER_SIZE);
	set_end(size + ELF_SIZE, 2);
	refused_as(XSP_TRAILER_SIZE);
	set_end(0, 2);
	refused_as(XSP_TRAILER_TILE);
}
END_TEST

START_TEST(header_fields)
{
	static const struct {
		size_t offset;
		uint8_t value;
		enum xsp_code code;
	} cases[] = {
		{offsetof(struct abi_sig_header, algo), 0, XSP_RECORD_ALGO},
		{offsetof(struct abi_sig_header, algo), 3, XSP_RECORD_ALGO},
		{offsetof(struct abi_sig_header, algo), ABI_PKEY_ECDSA, XSP_RECORD_MISMATCH},
		{offsetof(struct abi_sig_header, hash), 2, XSP_RECORD_HASH},
		{offsetof(struct abi_sig_header, hash), 7, XSP_RECORD_HASH},
		{offsetof(struct abi_sig_header, hash), ABI_HASH_SHA256, XSP_RECORD_MISMATCH},
		{offsetof(struct abi_sig_header, id_type), 1, XSP_RECORD_ID_TYPE},
		{offsetof(struct abi_sig_header, signer_len), 0, XSP_RECORD_SIGNER},
		{offsetof(struct abi_sig_header, signer_len), 1, XSP_RECORD_MAGIC},
		{offsetof(struct abi_sig_header, key_id_len), 20, XSP_RECORD_KEY_ID_SIZE},
		{offsetof(struct abi_sig_header, pad), 1, XSP_RECORD_PAD},
		{offsetof(struct abi_sig_header, pad) + 2, 1, XSP_RECORD_PAD},
		{offsetof(struct abi_sig_header, sig_len), 0xff, XSP_TRAILER_TILE},
		{offsetof(struct abi_sig_header, sig_len) + 3, 0, XSP_PGP_LENGTH},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *p = (uint8_t *)header() + cases[i].offset;
		uint8_t old = *p;

		*p = cases[i].value;
		refused_as(cases[i].code);
		*p = old;
	}
}
END_TEST

START_TEST(signers_can_be_shown)
{
	char *signer = file.data + ELF_SIZE + first_size - 21;

	ck_assert_mem_eq(signer, "Alice", 5);
	signer[3] = '\x1b';
	refused_as(XSP_RECORD_SIGNER);
	signer[3] = '\x7f';
	refused_as(XSP_RECORD_SIGNER);
	signer[3] = (char)0xc3;
	refused_as(XSP_OK);
}
END_TEST

START_TEST(key_ids_agree)
{
	file.data[ELF_SIZE + first_size - 21 - 1] ^= 1;
	refused_as(XSP_RECORD_MISMATCH);
}
END_TEST

START_TEST(one_key_signs_once)
{
	file.len = ELF_SIZE + first_size;
	add_record(1, false, "Alice again");
	packet_end(&file, ELF_SIZE, 2);
	refused_as(XSP_RECORD_SAME_KEY);
}
END_TEST

START_TEST(sixteen_fit)
{
	file.len = ELF_SIZE;
	for (uint8_t i = 1; i <= 16; i++)
		add_record(i, false, "x");
	packet_end(&file, ELF_SIZE, 16);
	refused_as(XSP_OK);
}
END_TEST

/* The header's number of a hash and the packet's are told from one another, for all three. */
START_TEST(hashes_agree)
{
	static const uint8_t pgp[] = {XSP_PGP_SHA256, XSP_PGP_SHA384, XSP_PGP_SHA512};
	static const uint8_t record[] = {ABI_HASH_SHA256, ABI_HASH_SHA384, ABI_HASH_SHA512};
	char *packet = file.data + ELF_SIZE + ABI_SIG_MAGIC_SIZE + sizeof(struct abi_sig_header);

	for (size_t i = 0; i < 9; i++) {
		packet[PACKET_HASH] = (char)pgp[i / 3];
		header()->hash = record[i % 3];
		refused_as(i / 3 == i % 3 ? XSP_OK : XSP_RECORD_MISMATCH);
	}
}
END_TEST

START_TEST(unsigned_bytes_between)
{
	file.len = ELF_SIZE + first_size;
	strbuf_addc(&file, '\0');
	packet_end(&file, ELF_SIZE, 1);
	refused_as(XSP_TRAILER_TILE);
}
END_TEST

/*
 * Bits of a record that this code cannot judge: they are covered by the public-key
 * check (time, first part of the fingerprint, critical bits, numbers), by the digest
 * (left 16 bits) or by the keyring (signer).
 */
static bool is_judged_elsewhere(size_t i)
{
	size_t packet = ELF_SIZE + ABI_SIG_MAGIC_SIZE + sizeof(struct abi_sig_header);
	size_t in = i - packet;
	size_t signer = ELF_SIZE + first_size - 21;

	if (i >= signer && i < ELF_SIZE + first_size)
		return true;
	if (i < packet || in >= PACKET_SIZE)
		return false;
	return (in >= PACKET_FINGERPRINT && in < PACKET_FINGERPRINT + 12) ||
	       in == PACKET_HASHED + 1 || in == PACKET_TIME - 1 ||
	       (in >= PACKET_TIME && in < PACKET_TIME + 4) || in == PACKET_LEFT16 ||
	       in == PACKET_LEFT16 + 1 || in >= PACKET_MPI + 2;
}

START_TEST(every_bit_flip)
{
	size_t passed = 0;
	struct xsp_trailer t;

	for (size_t bit = 8 * ELF_SIZE; bit < 8 * (ELF_SIZE + first_size); bit++) {
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		if (open_exact(file.data, file.len, &t) == XSP_OK) {
			ck_assert_msg(is_judged_elsewhere(bit / 8), "byte %zu", bit / 8);
			passed++;
		}
		file.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	ck_assert_uint_gt(passed, 0);
}
END_TEST

START_TEST(every_bit_flip_of_the_end)
{
	struct xsp_trailer t;

	for (size_t bit = 8 * (file.len - 24); bit < 8 * file.len; bit++) {
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		/* Without its magic the end is part of an ELF that it does not belong to. */
		if (open_exact(file.data, file.len, &t) == XSP_OK) {
			ck_assert_uint_eq(t.count, 0);
			ck_assert_uint_eq(t.elf_size, file.len);
		}
		file.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}
END_TEST

START_TEST(headers_are_made_in_range)
{
	struct xsp_pgp_sig sig = {.algo = XSP_PGP_ECDSA, .hash = XSP_PGP_SHA384};
	struct abi_sig_header h;

	ck_assert(!xsp_record_header(&sig, 300, 0, &h));
	ck_assert(!xsp_record_header(&sig, 300, 256, &h));
	ck_assert(xsp_record_header(&sig, 0x01020304, 255, &h));
	ck_assert_mem_eq(&h, "\x02\x05\x00\xff\x08\x00\x00\x00\x01\x02\x03\x04", sizeof(h));
}
END_TEST

Suite *suite_trailer(void)
{
	Suite *s = suite_create("trailer");
	TCase *t = tcase_create("records");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, both_are_found);
	tcase_add_test(t, no_end_no_signatures);
	tcase_add_test(t, too_big);
	tcase_add_test(t, end_fields);
	tcase_add_test(t, header_fields);
	tcase_add_test(t, signers_can_be_shown);
	tcase_add_test(t, key_ids_agree);
	tcase_add_test(t, one_key_signs_once);
	tcase_add_test(t, sixteen_fit);
	tcase_add_test(t, hashes_agree);
	tcase_add_test(t, unsigned_bytes_between);
	tcase_add_test(t, every_bit_flip);
	tcase_add_test(t, every_bit_flip_of_the_end);
	tcase_add_test(t, headers_are_made_in_range);
	suite_add_tcase(s, t);
	return s;
}
