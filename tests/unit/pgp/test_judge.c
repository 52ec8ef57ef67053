// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy, fact by fact. */
#include "suites.h"

#include "common/pgp.h"

#include <stdio.h>
#include <string.h>

#define NOW 2000000000

static char *uids[] = {(char[]){"Alice <a@example.org>"}, NULL};

static const struct pgp_facts good = {
	.state = PGP_GOOD,
	.fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567",
	.primary = "0123456789ABCDEF0123456789ABCDEF01234567",
	.uids = uids,
	.algorithm = "RSA",
	.bits = 3072,
	.made = NOW - 100,
	.created = NOW - 1000,
	.can_sign = true,
};

static void refused(const struct pgp_facts *f, const char *why)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(pgp_judge(f, NOW, "p: signature 1", &e), -1);
	ck_assert_int_eq(e.kind, ERR_SIGNATURE);
	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
	ck_assert_msg(strstr(e.text, "p: signature 1") == e.text, "%s", e.text);
}

static void taken(const struct pgp_facts *f)
{
	struct err e = ERR_INIT;

	ck_assert_msg(pgp_judge(f, NOW, "p", &e) == 0, "%s", e.text);
}

START_TEST(states)
{
	struct pgp_facts f = good;

	taken(&f);
	f.state = PGP_BAD;
	refused(&f, "was changed");
	f.state = PGP_UNKNOWN_KEY;
	refused(&f, "not in the keyring");
	f.state = PGP_UNUSABLE;
	strcpy(f.problem, "No idea");
	refused(&f, "No idea");
}
END_TEST

START_TEST(keys)
{
	struct pgp_facts f = good;

	f.revoked = true;
	refused(&f, "is revoked");
	f = good;
	f.invalid = true;
	refused(&f, "is not valid");
	f = good;
	f.primary[0] = '\0';
	refused(&f, "is not valid");
	f = good;
	f.uids = NULL;
	refused(&f, "is not valid");
	f = good;
	f.can_sign = false;
	refused(&f, "not for signing");
}
END_TEST

START_TEST(times)
{
	struct pgp_facts f = good;

	f.expires = NOW + 1;
	taken(&f);
	f.expires = NOW;
	refused(&f, "is expired:");
	f.expires = f.made + 1;
	refused(&f, "is expired:");
	f.expires = f.made;
	refused(&f, "expired already when it signed");
	f = good;
	f.created = f.made + 1;
	refused(&f, "older than its key");
}
END_TEST

START_TEST(strength)
{
	static const struct {
		const char *algorithm;
		const char *curve;
		unsigned int bits;
		bool taken;
	} cases[] = {
		{"RSA", "", 2047, false},
		{"RSA", "", 2048, true},
		{"RSA", "", 4096, true},
		{"RSA", "", 4097, false},
		{"DSA", "", 3072, false},
		{"EdDSA", "ed25519", 256, false},
		{"ECDSA", "nistp256", 256, true},
		{"ECDSA", "nistp384", 384, true},
		{"ECDSA", "nistp521", 521, true},
		{"ECDSA", "brainpoolP256r1", 256, false},
		{"ECDSA", "secp256k1", 256, false},
		{"ECDSA", "", 256, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pgp_facts f = good;

		snprintf(f.algorithm, sizeof(f.algorithm), "%s", cases[i].algorithm);
		snprintf(f.curve, sizeof(f.curve), "%s", cases[i].curve);
		f.bits = cases[i].bits;
		if (cases[i].taken)
			taken(&f);
		else
			refused(&f, "is needed");
	}
}
END_TEST

START_TEST(user_ids)
{
	ck_assert(pgp_has_uid(&good, "Alice <a@example.org>", 21));
	ck_assert(!pgp_has_uid(&good, "Alice <a@example.org>", 20));
	ck_assert(!pgp_has_uid(&good, "alice <a@example.org>", 21));
}
END_TEST

Suite *suite_judge(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("policy");

	tcase_add_test(t, states);
	tcase_add_test(t, keys);
	tcase_add_test(t, times);
	tcase_add_test(t, strength);
	tcase_add_test(t, user_ids);
	suite_add_tcase(s, t);
	return s;
}
