// SPDX-License-Identifier: GPL-2.0-or-later
/* Verifying with a keyring file: whose signatures count. */
#include "keys.h"
#include "signed.h"
#include "suites.h"

#include "common/mem.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *home;
static char *all; /* keyring of everybody here */
static struct strbuf by_alice;
static struct strbuf by_both;
static struct strbuf by_carol;
static struct pgp_keyring *ring;

static void home_setup(void)
{
	home = keys_home("");
	keys_add("alice", "rsa2048", "never", "");
	keys_add("bob", "nistp256", "never", "");
	keys_add("carol", "nistp521", "never", "");
	unsigned_payload(&by_alice);
	sign_payload(&by_alice, "alice@example.org", NULL);
	strbuf_add(&by_both, by_alice.data, by_alice.len);
	sign_payload(&by_both, "bob@example.org", NULL);
	unsigned_payload(&by_carol);
	sign_payload(&by_carol, "carol@example.org", NULL);
	keys_revoke(home, "carol");
	all = path_join(home, "all.gpg");
	keys_export(all, NULL, false);
}

static void home_teardown(void)
{
	strbuf_free(&by_alice);
	strbuf_free(&by_both);
	strbuf_free(&by_carol);
	free(all);
	keys_remove(home);
}

static void open_ring(const char *path)
{
	struct err e = ERR_INIT;

	pgp_keyring_close(ring);
	ring = pgp_keyring_open(path, &e);
	ck_assert_msg(ring != NULL, "%s", e.text);
}

static void setup(void)
{
	open_ring(all);
}

static void teardown(void)
{
	pgp_keyring_close(ring);
	ring = NULL;
}

static void refused(const struct strbuf *file, unsigned int require, const char *why)
{
	struct payload_signers s;
	struct err e = ERR_INIT;

	ck_assert_int_ne(verify_payload(file, ring, require, &s, &e), 0);
	ck_assert_int_eq(e.kind, ERR_SIGNATURE);
	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
	ck_assert_ptr_null(s.v);
}

START_TEST(good_signatures)
{
	struct payload_signers s;
	struct err e = ERR_INIT;

	ck_assert_msg(verify_payload(&by_both, ring, 2, &s, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(s.distinct, 2);
	ck_assert_str_eq(s.v[0].uid, "alice Test <alice@example.org>");
	ck_assert_ptr_nonnull(strstr(s.v[0].algorithm, "RSA 2048 SHA-"));
	ck_assert_ptr_nonnull(strstr(s.v[1].algorithm, "ECDSA 256 SHA-"));
	ck_assert_uint_eq(strlen(s.v[1].fingerprint), 40);
	ck_assert_str_eq(s.v[1].fingerprint, s.v[1].primary);
	payload_signers_free(&s);
}
END_TEST

/* Programs of GnuPG's names that come first on PATH are not asked. */
START_TEST(not_the_first_gpg_on_the_path)
{
	static const char *const names[] = {"gpg", "gpgconf", "gpgv", "gpg-agent"};
	autofree char *dir = path_join(home, "path");
	autofree char *called = path_join(home, "called");
	autofree char *script = mem_printf("#!/bin/sh\necho $0 >>%s\nexit 0\n", called);
	autofree char *path = mem_printf("%s:%s", dir, getenv("PATH"));
	struct payload_signers s;
	struct err e = ERR_INIT;

	ck_assert_int_eq(dir_make(dir, &e), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		autofree char *file = path_join(dir, names[i]);

		ck_assert_int_eq(file_write(file, script, strlen(script), 0755, &e), 0);
	}
	setenv("PATH", path, 1);
	ck_assert_msg(verify_payload(&by_both, ring, 2, &s, &e) == 0, "%s", e.text);
	payload_signers_free(&s);
	ck_assert_msg(!file_exists(called), "a program on PATH was run");
	setenv("PATH", strchr(path, ':') + 1, 1);
}
END_TEST

START_TEST(more_keys_than_there_are)
{
	refused(&by_alice, 2, "signed by 1 key, 2 are required");
	refused(&by_both, 3, "signed by 2 keys, 3 are required");
}
END_TEST

START_TEST(unsigned_file)
{
	struct strbuf plain = {0};

	unsigned_payload(&plain);
	refused(&plain, 1, "is not signed");
	strbuf_adds(&plain, "tail");
	refused(&plain, 1, "bytes that are no signature");
	strbuf_free(&plain);
}
END_TEST

START_TEST(revoked_key)
{
	refused(&by_carol, 1, "is revoked");
}
END_TEST

START_TEST(unknown_key)
{
	autofree char *path = path_join(home, "alice.asc");

	keys_export(path, "alice@example.org", true);
	open_ring(path);
	refused(&by_both, 1, "signature 2: key ");
	refused(&by_both, 1, "is not in the keyring");
}
END_TEST

START_TEST(armored_keyring)
{
	autofree char *path = path_join(home, "alice2.asc");
	struct payload_signers s;
	struct err e = ERR_INIT;

	keys_export(path, "alice@example.org", true);
	open_ring(path);
	ck_assert_msg(verify_payload(&by_alice, ring, 0, &s, &e) == 0, "%s", e.text);
	payload_signers_free(&s);
}
END_TEST

/* Signed in 2020 by a key that expired the day after: good then, not now. */
START_TEST(expired_key)
{
	char *old = keys_home("faked-system-time 20200101T000000\n");
	autofree char *path = path_join(old, "old.gpg");
	struct strbuf file = {0};
	struct file_data f;
	struct payload_signers s;
	struct err e = ERR_INIT;

	keys_add("old", "nistp256", "1d", "");
	keys_export(path, "old@example.org", false);
	unsigned_payload(&file);
	sign_payload(&file, "old@example.org", NULL);
	open_ring(path);
	refused(&file, 1, "is expired:");
	f = (struct file_data){(unsigned char *)file.data, file.len};
	ck_assert_msg(payload_verify("p", &f, ring, 1, 1577836800 + 3600, &s, &e) == 0, "%s",
		      e.text);
	payload_signers_free(&s);
	strbuf_free(&file);
	keys_remove(old);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

/* Another's user id in a record whose signature is good. */
START_TEST(signer_of_another_name)
{
	struct strbuf file = {0};
	char *name;

	strbuf_add(&file, by_alice.data, by_alice.len);
	name = file.data + file.len - sizeof(struct abi_sig_end) -
	       strlen("lice Test <alice@example.org>");
	ck_assert_mem_eq(name, "lice", 4);
	*name = 'L';
	refused(&file, 1, "has no user id");
	strbuf_free(&file);
}
END_TEST

/* The records of one payload behind another. */
START_TEST(signature_of_another_payload)
{
	struct strbuf file = {0};
	struct strbuf plain = {0};

	unsigned_payload(&plain);
	strbuf_add(&file, by_alice.data, by_alice.len);
	file.data[plain.len - 1] ^= 1; /* in the last section header */
	refused(&file, 1, "was changed");
	strbuf_free(&file);
	strbuf_free(&plain);
}
END_TEST

/* @text as a keyring is refused, and the reason holds @why. */
static void bad_ring(const char *text, const char *why)
{
	autofree char *path = path_join(home, "bad.gpg");
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(path, text, strlen(text), 0600, &e), 0);
	ck_assert_ptr_null(pgp_keyring_open(path, &e));
	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
	ck_assert_msg(strstr(e.text, "bad.gpg") != NULL, "%s", e.text);
}

START_TEST(keyrings_that_are_none)
{
	autofree char *path = path_join(home, "secret.gpg");
	const char *args[] = {"--batch",	 "--yes", "-o", path, "--export-secret-keys",
			      "bob@example.org", NULL};
	struct err e = ERR_INIT;

	bad_ring("", "holds no OpenPGP public key");
	bad_ring("hello\n", "holds no OpenPGP public key");
	ck_assert_int_eq(keys_gpg(args), 0);
	ck_assert_ptr_null(pgp_keyring_open(path, &e));
	ck_assert_msg(strstr(e.text, "secret key") != NULL, "%s", e.text);
	err_clear(&e);
	ck_assert_ptr_null(pgp_keyring_open("/nonexistent", &e));
	ck_assert_msg(strstr(e.text, "cannot open") != NULL, "%s", e.text);
}
END_TEST

/* Number of files in @dir that begin with @prefix. */
static unsigned int count_files(const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((entry = readdir(d)))
		n += !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(d);
	return n;
}

START_TEST(nothing_is_left)
{
	autofree char *tmp = path_join(home, "tmp");
	struct payload_signers s;
	struct err e = ERR_INIT;

	ck_assert_int_eq(dir_make(tmp, &e), 0);
	setenv("TMPDIR", tmp, 1);
	open_ring(all);
	ck_assert_uint_eq(count_files(tmp, "xsplice-keyring"), 1);
	ck_assert_int_eq(verify_payload(&by_alice, ring, 1, &s, &e), 0);
	payload_signers_free(&s);
	/* No agent was started for it: it would have made a socket. */
	ck_assert_uint_eq(count_files(tmp, "S."), 0);
	pgp_keyring_close(ring);
	ring = NULL;
	ck_assert_uint_eq(count_files(tmp, "xsplice-keyring"), 0);
	unsetenv("TMPDIR");
}
END_TEST

/* The caller's keys do not count, only those of the file. */
START_TEST(own_keys_do_not_count)
{
	autofree char *path = path_join(home, "bob.gpg");

	keys_export(path, "bob@example.org", false);
	open_ring(path);
	refused(&by_alice, 1, "is not in the keyring");
}
END_TEST

Suite *suite_verify(void)
{
	Suite *s = suite_create("verify");
	TCase *t = tcase_create("keyring");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, home_setup, home_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, good_signatures);
	tcase_add_test(t, more_keys_than_there_are);
	tcase_add_test(t, not_the_first_gpg_on_the_path);
	tcase_add_test(t, unsigned_file);
	tcase_add_test(t, revoked_key);
	tcase_add_test(t, unknown_key);
	tcase_add_test(t, armored_keyring);
	tcase_add_test(t, expired_key);
	tcase_add_test(t, signer_of_another_name);
	tcase_add_test(t, signature_of_another_payload);
	tcase_add_test(t, keyrings_that_are_none);
	tcase_add_test(t, nothing_is_left);
	tcase_add_test(t, own_keys_do_not_count);
	suite_add_tcase(s, t);
	return s;
}
