// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypervisor's check of signatures (xen/common/xsplice/crypto), on what GnuPG signs:
 * keys from a keyring, policy from the core, arithmetic over BearSSL.
 */
#include "keys.h"
#include "signed.h"
#include "suites.h"

#include "../../../xen/common/xsplice/crypto/mkkeys.h"
#include "../../../xen/common/xsplice/crypto/pubkey.h"
#include "common/mem.h"
#include "common/payload_sig.h"

#include <stdlib.h>
#include <string.h>

static char *home;
static struct keyring ring;
static struct file_data ring_file;
static struct strbuf file;
static uint64_t work[XSPLICE_PUBKEY_WORK / 8];
static struct xsp_key keys[KEYRING_MAX];

/* Every kind of key, and who has it. */
static const struct {
	const char *name;
	const char *algo;
	const char *hashes[3]; /* that are tried with it */
	unsigned int stride; /* of the bits of the signature that are changed */
} kinds[] = {
	{"rsa2", "rsa2048", {"SHA256", "SHA384", "SHA512"}, 61},
	{"rsa3", "rsa3072", {"SHA512", NULL, NULL}, 211},
	{"rsa4", "rsa4096", {"SHA512", NULL, NULL}, 211},
	{"p256", "nistp256", {"SHA256", "SHA384", "SHA512"}, 3},
	{"p384", "nistp384", {"SHA384", "SHA512", NULL}, 31},
	{"p521", "nistp521", {"SHA512", NULL, NULL}, 61},
};

#define KINDS (int)(sizeof(kinds) / sizeof(*kinds))

static void read_ring(const char *name, bool armor)
{
	autofree char *path = path_join(home, "exported");
	struct err e = ERR_INIT;

	file_free(&ring_file);
	keys_export(path, name, armor);
	ck_assert_int_eq(file_read(path, 0, &ring_file, &e), 0);
	ck_assert_int_eq(keyring_dearmor(ring_file.data, &ring_file.size), 0);
	(void)keyring_read(&ring, ring_file.data, ring_file.size);
	for (size_t i = 0; i < ring.nkeys; i++) {
		keys[i] = ring.keys[i].key;
		keys[i].owners = ring.keys[i].users;
		keys[i].nowners = (uint32_t)ring.keys[i].nusers;
	}
}

static void home_setup(void)
{
	home = keys_home("");
	for (int i = 0; i < KINDS; i++)
		keys_add(kinds[i].name, kinds[i].algo, "never", "");
	keys_add("eddy", "ed25519", "never", "");
	read_ring(NULL, false);
}

static void home_teardown(void)
{
	file_free(&ring_file);
	strbuf_free(&file);
	keys_remove(home);
}

static void all_again(void)
{
	read_ring(NULL, false);
}

static void set_hash(const char *hash)
{
	autofree char *path = path_join(home, "gpg.conf");
	autofree char *conf = mem_printf("digest-algo %s\n", hash);
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(path, conf, strlen(conf), 0600, &e), 0);
}

static void sign_as(int kind, const char *hash)
{
	autofree char *who = mem_printf("%s@example.org", kinds[kind].name);

	set_hash(hash);
	strbuf_free(&file);
	unsigned_payload(&file);
	sign_payload(&file, who, NULL);
}

static void digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	uint64_t area[XSPLICE_DIGEST_WORK / 8];

	(void)ctx;
	xsplice_digest(area, hash, piece, count, out);
}

static bool check_signature(void *ctx, const struct xsp_key *key, const struct xsp_pgp_sig *sig,
			    const uint8_t *d)
{
	(void)ctx;
	return xsplice_pubkey_check(work, key, sig, d);
}

/* What the hypervisor says of the file: XSP_OK or why not. */
static enum xsp_code judge(void)
{
	static const struct xsp_host host = {.digest = digest, .check_signature = check_signature};
	const struct xsp_policy policy = {XSP_ENFORCE, 1, keys, (uint32_t)ring.nkeys};
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_verdict verdict;
	struct xsp_trailer t;

	if (!xsp_trailer_open(&t, file.data, file.len, &cause))
		(void)!xsp_policy_check(&policy, &host, &t, &verdict, &cause);
	return cause.code;
}

static void first_sig(struct xsp_sig *s, uint8_t d[64])
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	uint64_t area[XSPLICE_DIGEST_WORK / 8];
	uint8_t suffix[6];
	struct xsp_trailer t;

	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &cause), 0);
	xsp_trailer_sig(&t, 0, s);
	xsp_pgp_suffix(&s->pgp, suffix);
	xsplice_digest(area, s->pgp.hash,
		       (struct xsp_bytes[]){{t.data, t.elf_size}, s->pgp.hashed, {suffix, 6}}, 3,
		       d);
}

static const struct xsp_key *key_of(const struct xsp_sig *s)
{
	for (size_t i = 0; i < ring.nkeys; i++)
		if (!memcmp(keys[i].fingerprint, s->pgp.fingerprint, XSP_FINGERPRINT_SIZE))
			return &keys[i];
	ck_abort_msg("the key is not in the table");
	return NULL;
}

/* Changed numbers and digests are refused, and so is every other key. */
static void refuse_changes(int kind)
{
	struct xsp_sig s;
	uint8_t d[64];
	const struct xsp_key *key;

	first_sig(&s, d);
	key = key_of(&s);
	ck_assert(xsplice_pubkey_check(work, key, &s.pgp, d));
	for (uint32_t n = 0; n < s.pgp.nmpi; n++)
		for (size_t bit = 0; bit < 8 * s.pgp.mpi[n].size; bit += kinds[kind].stride) {
			uint8_t *byte = (uint8_t *)(uintptr_t)s.pgp.mpi[n].data + bit / 8;

			*byte ^= (uint8_t)(1 << bit % 8);
			ck_assert(!xsplice_pubkey_check(work, key, &s.pgp, d));
			*byte ^= (uint8_t)(1 << bit % 8);
		}
	for (size_t i = 0; i < xsp_digest_size(s.pgp.hash); i += 5) {
		/* What of it is longer than the curve's order does not count. */
		if (key->algo == XSP_PGP_ECDSA && i >= (key->point.size - 1) / 2)
			break;
		d[i] ^= 1;
		ck_assert(!xsplice_pubkey_check(work, key, &s.pgp, d));
		d[i] ^= 1;
	}
	for (size_t i = 0; i < ring.nkeys; i++)
		if (&keys[i] != key && keys[i].algo == key->algo)
			ck_assert(!xsplice_pubkey_check(work, &keys[i], &s.pgp, d));
	ck_assert(xsplice_pubkey_check(work, key, &s.pgp, d));
}

START_TEST(every_kind_of_signature)
{
	for (int h = 0; h < 3 && kinds[_i].hashes[h]; h++) {
		sign_as(_i, kinds[_i].hashes[h]);
		ck_assert_msg(judge() == XSP_OK, "%s with %s: %s", kinds[_i].algo,
			      kinds[_i].hashes[h], xsp_code_text(judge()));
		refuse_changes(_i);
	}
}
END_TEST

/* In enforce mode no bit of the file can change: every position, and every kind. */
static void refuse_flips(size_t from, size_t step)
{
	for (size_t bit = from; bit < 8 * file.len; bit += step) {
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert_msg(judge() != XSP_OK, "bit %zu of byte %#zx", bit % 8, bit / 8);
		file.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	ck_assert_int_eq(judge(), XSP_OK);
}

START_TEST(no_bit_of_a_file_can_change)
{
	sign_as(_i ? 0 : 3, "SHA256");
	refuse_flips(0, 1);
}
END_TEST

START_TEST(numbers_that_are_none)
{
	struct xsp_sig s;
	uint8_t d[64];
	uint8_t zero[1] = {0};
	const struct xsp_key *key;
	struct xsp_pgp_sig bad;

	sign_as(3, "SHA256");
	first_sig(&s, d);
	key = key_of(&s);
	for (int i = 0; i < 2; i++) {
		bad = s.pgp;
		bad.mpi[i] = (struct xsp_bytes){zero, 1};
		ck_assert(!xsplice_pubkey_check(work, key, &bad, d));
	}
	sign_as(0, "SHA256");
	first_sig(&s, d);
	key = key_of(&s);
	bad = s.pgp;
	bad.mpi[0] = key->n;
	ck_assert(!xsplice_pubkey_check(work, key, &bad, d));
}
END_TEST

START_TEST(keys_that_are_none)
{
	struct xsp_key k;
	uint8_t point[200];

	for (size_t i = 0; i < ring.nkeys; i++) {
		ck_assert(xsplice_pubkey_ok(work, &keys[i]));
		k = keys[i];
		if (k.algo != XSP_PGP_ECDSA)
			continue;
		memcpy(point, k.point.data, k.point.size);
		k.point.data = point;
		point[k.point.size - 1] ^= 1;
		ck_assert(!xsplice_pubkey_ok(work, &k));
		memset(point + 1, 0xff, k.point.size - 1);
		ck_assert(!xsplice_pubkey_ok(work, &k));
		k.point.size--;
		ck_assert(!xsplice_pubkey_ok(work, &k));
		k.curve = 0;
		ck_assert(!xsplice_pubkey_ok(work, &k));
	}
}
END_TEST

/* --- the keyring ---------------------------------------------------------------------- */

START_TEST(the_table)
{
	ck_assert_ptr_null(ring.error);
	ck_assert_uint_ge(ring.nkeys, KINDS);
	ck_assert_uint_eq(ring.left_out, 1); /* ed25519 */
	for (int i = 0; i < KINDS; i++) {
		autofree char *owner =
			mem_printf("%s Test <%s@example.org>", kinds[i].name, kinds[i].name);

		ck_assert_uint_eq(ring.keys[i].users[0].size, strlen(owner));
		ck_assert_int_eq(memcmp(ring.keys[i].users[0].data, owner, strlen(owner)), 0);
		ck_assert_uint_eq(keys[i].algo, i < 3 ? XSP_PGP_RSA : XSP_PGP_ECDSA);
		ck_assert_uint_eq(keys[i].expires, 0);
	}
}
END_TEST

START_TEST(armor)
{
	struct keyring plain = ring;
	struct file_data armored;
	autofree char *path = path_join(home, "exported");
	struct err e = ERR_INIT;

	read_ring(NULL, true);
	ck_assert_uint_eq(ring.nkeys, plain.nkeys);
	for (size_t i = 0; i < ring.nkeys; i++)
		ck_assert_int_eq(memcmp(keys[i].fingerprint, plain.keys[i].key.fingerprint, 20), 0);
	/* One wrong digit, and the checksum does not fit. */
	ck_assert_int_eq(file_read(path, 0, &armored, &e), 0);
	armored.data[200] = armored.data[200] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(keyring_dearmor(armored.data, &armored.size), -1);
	file_free(&armored);
}
END_TEST

START_TEST(nothing_that_may_sign)
{
	read_ring("eddy", false);
	ck_assert_ptr_nonnull(ring.error);
}
END_TEST

START_TEST(until_when)
{
	keys_add("short", "nistp256", "1y", "");
	read_ring("short", false);
	ck_assert_uint_eq(ring.nkeys, 1);
	ck_assert_uint_gt(keys[0].expires, keys[0].created + 360u * 86400);
	ck_assert_uint_lt(keys[0].expires, keys[0].created + 370u * 86400);
}
END_TEST

/* A subkey is its primary key's, and ends with it. */
START_TEST(a_subkey)
{
	const char *args[] = {
		"--batch", "--pinentry-mode", "loopback", "--passphrase", "",  "--quick-add-key",
		NULL,	   "rsa3072",	      "sign",	  "2y",		  NULL};
	char fpr[41];

	keys_add("sub", "nistp256", "1y", "");
	read_ring("sub", false);
	payload_fingerprint(fpr, keys[0].fingerprint);
	args[6] = fpr;
	ck_assert_msg(keys_gpg(args) == 0, "%s", keys_said());
	read_ring("sub", false);
	ck_assert_uint_eq(ring.nkeys, 2);
	ck_assert_mem_eq(keys[0].primary, keys[0].fingerprint, 20);
	ck_assert_mem_eq(keys[1].primary, keys[0].fingerprint, 20);
	ck_assert_mem_ne(keys[1].fingerprint, keys[0].fingerprint, 20);
	ck_assert_uint_eq(keys[1].expires, keys[0].expires);
}
END_TEST

START_TEST(a_revoked_key)
{
	keys_add("gone", "nistp256", "never", "");
	keys_revoke(home, "gone");
	read_ring("gone", false);
	ck_assert_ptr_nonnull(ring.error);
	ck_assert_ptr_nonnull(strstr(ring.error, "revoked"));
}
END_TEST

START_TEST(a_truncated_keyring)
{
	for (size_t size = 0; size < ring_file.size; size += 3) {
		uint8_t *exact = malloc(size ? size : 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, ring_file.data, size);
		(void)keyring_read(&ring, exact, size);
		ck_assert_uint_le(ring.nkeys, KEYRING_MAX);
		free(exact);
	}
}
END_TEST

Suite *suite_pubkey(void)
{
	Suite *s = suite_create("pubkey");
	TCase *t = tcase_create("signatures");
	TCase *k = tcase_create("keyring");

	tcase_set_timeout(t, 300);
	tcase_add_unchecked_fixture(t, home_setup, home_teardown);
	tcase_add_loop_test(t, every_kind_of_signature, 0, KINDS);
	tcase_add_loop_test(t, no_bit_of_a_file_can_change, 0, 2);
	tcase_add_test(t, numbers_that_are_none);
	tcase_add_test(t, keys_that_are_none);
	suite_add_tcase(s, t);
	tcase_set_timeout(k, 60);
	tcase_add_unchecked_fixture(k, home_setup, home_teardown);
	tcase_add_checked_fixture(k, all_again, NULL);
	tcase_add_test(k, the_table);
	tcase_add_test(k, armor);
	tcase_add_test(k, nothing_that_may_sign);
	tcase_add_test(k, until_when);
	tcase_add_test(k, a_subkey);
	tcase_add_test(k, a_truncated_keyring);
	tcase_add_test(k, a_revoked_key);
	suite_add_tcase(s, k);
	return s;
}
