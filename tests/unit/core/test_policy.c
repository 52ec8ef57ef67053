// SPDX-License-Identifier: GPL-2.0-or-later
/* Which signatures count, and when they are enough. */
#include "packet.h"
#include "rig.h"
#include "suites.h"

#include <nettle/sha2.h>
#include <string.h>

#define ELF_SIZE 100
#define NKEYS	 3

static struct rig r;
static struct strbuf file;
static struct xsp_policy policy;
static struct xsp_key keys[NKEYS]; /* those that packet.h signs with: 1, 2, 3 */
static struct xsp_verdict verdict;
static struct xsp_cause cause;
static uint32_t checked; /* bit per key that was asked */
static const struct xsp_bytes somebody = {(const uint8_t *)"Somebody", 8};
static uint32_t wrong; /* bit per key whose signatures do not fit */
static uint8_t other[2]; /* what is different in a digest's first bytes */

/* Numbers in packets are made up: the answer comes from @wrong. */
static bool check_signature(void *ctx, const struct xsp_key *key, const struct xsp_pgp_sig *sig,
			    const uint8_t *digest)
{
	size_t i = (size_t)(key - keys);

	(void)ctx;
	ck_assert_uint_lt(i, NKEYS);
	ck_assert_uint_eq(key->algo, sig->algo);
	ck_assert_int_eq(memcmp(digest, sig->left16, 2), 0);
	checked |= 1u << i;
	return !(wrong >> i & 1);
}

/* Every digest begins as the packets say. */
static void digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	struct xsp_cause none = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_sig s;

	(void)ctx;
	ck_assert(hash == XSP_PGP_SHA256 || hash == XSP_PGP_SHA512);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(piece[0].size, ELF_SIZE);
	ck_assert_uint_eq(piece[2].size, 6);
	memset(out, 0, 64);
	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &none), 0);
	xsp_trailer_sig(&t, 0, &s);
	out[0] = s.pgp.left16[0] ^ other[0];
	out[1] = s.pgp.left16[1] ^ other[1];
}

static void sign(const char *who)
{
	file.len = 0;
	for (int i = 0; i < ELF_SIZE; i++)
		strbuf_addc(&file, (char)i);
	for (const char *p = who; *p; p++) {
		struct strbuf packet = {0};

		if (*p == '1')
			packet_rsa(&packet, 1);
		else
			packet_ecdsa(&packet, (uint8_t)(*p - '0'));
		packet_record(&file, &packet, "Somebody");
		strbuf_free(&packet);
	}
	if (*who)
		packet_end(&file, ELF_SIZE, (uint32_t)strlen(who));
}

static void setup(void)
{
	rig_init(&r);
	r.host.check_signature = check_signature;
	r.host.digest = digest;
	memset(keys, 0, sizeof(keys));
	for (int i = 0; i < NKEYS; i++) {
		memset(keys[i].fingerprint, i + 1, sizeof(keys[i].fingerprint));
		memset(keys[i].primary, i + 1, sizeof(keys[i].primary));
		keys[i].algo = i ? XSP_PGP_ECDSA : XSP_PGP_RSA;
		keys[i].owners = &somebody;
		keys[i].nowners = 1;
	}
	policy = (struct xsp_policy){XSP_ENFORCE, 1, keys, NKEYS};
	checked = wrong = 0;
	other[0] = other[1] = 0;
}

static void teardown(void)
{
	rig_free(&r);
	strbuf_free(&file);
}

/* Code of the refusal, XSP_OK if the file may load. */
static enum xsp_code judged(void)
{
	struct xsp_trailer t;
	int ret;

	memset(&cause, 0, sizeof(cause));
	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &cause), 0);
	ret = xsp_policy_check(&policy, &r.host, &t, &verdict, &cause);
	ck_assert(!ret == (cause.code == XSP_OK));
	if (ret)
		ck_assert_int_eq(cause.code, verdict.cause.code);
	ck_assert_uint_eq(verdict.count, policy.mode == XSP_OFF ? 0 : t.count);
	return cause.code;
}

#define is(want)                                                                                   \
	do {                                                                                       \
		enum xsp_code got_ = judged();                                                     \
		ck_assert_msg(got_ == (want), "%s, not %s", xsp_code_text(got_),                   \
			      xsp_code_text(want));                                                \
	} while (0)

START_TEST(one_good_signature)
{
	sign("1");
	is(XSP_OK);
	ck_assert(verdict.trusted);
	ck_assert_uint_eq(verdict.good, 1);
	ck_assert_ptr_eq(verdict.signer, &keys[0]);
	ck_assert_int_eq(verdict.cause.code, XSP_OK);
	sign("2");
	is(XSP_OK);
	ck_assert_ptr_eq(verdict.signer, &keys[1]);
}
END_TEST

START_TEST(not_signed)
{
	sign("");
	is(XSP_POLICY_UNSIGNED);
	policy.mode = XSP_PERMISSIVE;
	is(XSP_OK);
	ck_assert(!verdict.trusted);
	ck_assert_int_eq(verdict.cause.code, XSP_POLICY_UNSIGNED);
	policy.mode = XSP_OFF;
	is(XSP_OK);
	ck_assert_int_eq(verdict.cause.code, XSP_OK);
}
END_TEST

START_TEST(off_asks_nobody)
{
	policy.mode = XSP_OFF;
	wrong = 1;
	sign("1");
	is(XSP_OK);
	ck_assert_uint_eq(checked, 0);
	ck_assert(!verdict.trusted);
}
END_TEST

START_TEST(by_nobody_known)
{
	sign("7");
	is(XSP_POLICY_UNKNOWN_KEY);
	ck_assert_uint_eq(checked, 0);
	policy.nkeys = 0;
	is(XSP_POLICY_NO_KEYS);
}
END_TEST

START_TEST(not_over_these_bytes)
{
	wrong = 1;
	sign("1");
	is(XSP_POLICY_BAD_SIGNATURE);
	policy.mode = XSP_PERMISSIVE;
	is(XSP_OK);
	ck_assert(!verdict.trusted);
}
END_TEST

/* What the packet says of the digest is looked at before any public key is. */
START_TEST(another_digest)
{
	sign("1");
	other[_i] = 1;
	is(XSP_POLICY_BAD_SIGNATURE);
	ck_assert_uint_eq(checked, 0);
}
END_TEST

/* Of two that do not count, the first one's cause is told. */
START_TEST(two_wrong)
{
	wrong = 2;
	keys[0].expires = 1;
	sign("12");
	is(XSP_POLICY_KEY_TIME);
	ck_assert_uint_eq(verdict.cause.pos, ELF_SIZE);
	sign("21");
	is(XSP_POLICY_BAD_SIGNATURE);
	ck_assert_uint_eq(verdict.cause.pos, ELF_SIZE);
}
END_TEST

/* A good signature does not make up for one that does not fit. */
START_TEST(one_good_one_wrong)
{
	wrong = 2;
	sign("12");
	is(XSP_POLICY_BAD_SIGNATURE);
	ck_assert_uint_eq(verdict.good, 1);
	sign("21");
	is(XSP_POLICY_BAD_SIGNATURE);
	/* And the cause is that one, not that a key is unknown. */
	sign("72");
	is(XSP_POLICY_BAD_SIGNATURE);
}
END_TEST

START_TEST(one_good_one_unknown)
{
	sign("17");
	is(XSP_OK);
	sign("71");
	is(XSP_OK);
}
END_TEST

START_TEST(several_are_needed)
{
	policy.needed = 2;
	sign("1");
	is(XSP_POLICY_TOO_FEW);
	sign("17");
	is(XSP_POLICY_UNKNOWN_KEY);
	sign("12");
	is(XSP_OK);
	ck_assert_uint_eq(verdict.good, 2);
	sign("712");
	is(XSP_OK);
	policy.needed = 3;
	is(XSP_POLICY_UNKNOWN_KEY);
	sign("123");
	is(XSP_OK);
}
END_TEST

/* Two subkeys of one primary key are one person. */
START_TEST(several_by_one_person)
{
	memcpy(keys[1].primary, keys[0].primary, sizeof(keys[1].primary));
	policy.needed = 2;
	sign("12");
	is(XSP_POLICY_TOO_FEW);
	ck_assert_uint_eq(verdict.good, 1);
	sign("123");
	is(XSP_OK);
	ck_assert_uint_eq(verdict.good, 2);
	sign("71");
	is(XSP_POLICY_UNKNOWN_KEY);
}
END_TEST

START_TEST(another_algorithm_than_the_key)
{
	keys[0].algo = XSP_PGP_ECDSA;
	sign("1");
	is(XSP_POLICY_KEY_ALGO);
	ck_assert_uint_eq(checked, 0);
}
END_TEST

static uint32_t made(void)
{
	struct xsp_trailer t;
	struct xsp_sig s;

	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &cause), 0);
	xsp_trailer_sig(&t, 0, &s);
	return s.pgp.created;
}

START_TEST(outside_the_keys_time)
{
	sign("1");
	keys[0].created = made();
	is(XSP_OK);
	keys[0].created++;
	is(XSP_POLICY_KEY_TIME);
	keys[0].created = 0;
	keys[0].expires = made();
	is(XSP_POLICY_KEY_TIME);
	keys[0].expires++;
	is(XSP_OK);
}
END_TEST

/* The name in a record is not signed: it must be the key's. */
START_TEST(another_name)
{
	static const struct xsp_bytes others[] = {{(const uint8_t *)"Sumebody", 8},
						  {(const uint8_t *)"Some", 4}};

	sign("1");
	keys[0].owners = others;
	keys[0].nowners = 2;
	is(XSP_POLICY_SIGNER);
	ck_assert_uint_eq(checked, 0);
}
END_TEST

START_TEST(size_of_digests)
{
	ck_assert_uint_eq(xsp_digest_size(XSP_PGP_SHA256), 32);
	ck_assert_uint_eq(xsp_digest_size(XSP_PGP_SHA384), 48);
	ck_assert_uint_eq(xsp_digest_size(XSP_PGP_SHA512), 64);
}
END_TEST

/* deny.c */
START_TEST(what_may_not_be_patched)
{
	ck_assert(xsp_is_denied("xsp_plan_make"));
	ck_assert(xsp_is_denied("common/xsplice/rendezvous.c#follow"));
	ck_assert(xsp_is_denied("do_nmi"));
	ck_assert(xsp_is_denied("check_for_livepatch_work"));
	ck_assert(!xsp_is_denied("do_nmi_stats"));
	ck_assert(!xsp_is_denied("do_dm_op"));
	ck_assert(!xsp_is_denied("common/dm.c#do_dm_op"));
	ck_assert(!xsp_is_denied(""));
}
END_TEST

Suite *suite_policy(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("policy");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_good_signature);
	tcase_add_test(t, not_signed);
	tcase_add_test(t, off_asks_nobody);
	tcase_add_test(t, by_nobody_known);
	tcase_add_test(t, not_over_these_bytes);
	tcase_add_loop_test(t, another_digest, 0, 2);
	tcase_add_test(t, two_wrong);
	tcase_add_test(t, one_good_one_wrong);
	tcase_add_test(t, one_good_one_unknown);
	tcase_add_test(t, several_are_needed);
	tcase_add_test(t, several_by_one_person);
	tcase_add_test(t, another_algorithm_than_the_key);
	tcase_add_test(t, outside_the_keys_time);
	tcase_add_test(t, another_name);
	tcase_add_test(t, size_of_digests);
	tcase_add_test(t, what_may_not_be_patched);
	suite_add_tcase(s, t);
	return s;
}
