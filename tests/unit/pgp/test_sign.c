// SPDX-License-Identifier: GPL-2.0-or-later
/* Signing with a real GnuPG: what works, and what is said when it does not. */
#include "keys.h"
#include "signed.h"
#include "suites.h"

#include "common/mem.h"

#include <stdlib.h>
#include <string.h>

static char *home;
static struct strbuf file;

static void home_setup(void)
{
	home = keys_home("");
	keys_add("alice", "rsa2048", "never", "");
	keys_add("bob", "nistp256", "never", "");
	keys_add("weak", "rsa1024", "never", "");
	keys_add("edward", "ed25519", "never", "");
	keys_add("carol", "nistp384", "never", "");
	keys_revoke(home, "carol");
}

static void home_teardown(void)
{
	keys_remove(home);
}

static void setup(void)
{
	unsigned_payload(&file);
}

static void teardown(void)
{
	strbuf_free(&file);
}

static void fails(const char *key, const char *why)
{
	size_t before = file.len;
	const char *text = sign_fails(&file, key);

	ck_assert_msg(strstr(text, why) != NULL, "%s", text);
	ck_assert_uint_eq(file.len, before);
}

START_TEST(keys_that_cannot_sign)
{
	fails("nobody@example.org", "no such secret key");
	fails("example.org", "more than one key");
	fails("carol@example.org", "is revoked");
	fails("edward@example.org", "RSA of 2048 to 4096 bits or ECDSA");
	fails("weak@example.org", "shorter than 2048 bits");
}
END_TEST

START_TEST(once_per_key)
{
	sign_payload(&file, "alice@example.org", NULL);
	fails("alice@example.org", "signed with that key already");
	sign_payload(&file, "bob@example.org", NULL);
	fails("bob@example.org", "signed with that key already");
}
END_TEST

START_TEST(only_payloads_are_signed)
{
	file.data[0] = 'x';
	fails("alice@example.org", "is not an ELF file");
	file.data[0] = 0x7f;
	strbuf_adds(&file, "tail");
	fails("alice@example.org", "bytes that are no signature");
}
END_TEST

START_TEST(all_that_fits_and_no_more)
{
	char *huge = mem_zalloc(ABI_PAYLOAD_MAX, 1);

	strbuf_add(&file, huge, ABI_PAYLOAD_MAX);
	fails("alice@example.org", "larger than the 2 MiB");
	free(huge);
}
END_TEST

/* Writes @data to a file of the home, and gives its path. */
static char *put(const char *name, const struct strbuf *data)
{
	char *path = path_join(home, name);
	struct err e = ERR_INIT;

	ck_assert_msg(file_write(path, data->data, data->len, 0600, &e) == 0, "%s", e.text);
	return path;
}

START_TEST(plain_gpg_verifies)
{
	struct strbuf asc = {0};
	autofree char *path = NULL;
	autofree char *asc_path = NULL;
	const char *args[] = {"--batch", "--verify", NULL, NULL, NULL};

	sign_payload(&file, "alice@example.org", NULL);
	sign_payload(&file, "bob@example.org", &asc);
	path = put("p.livepatch", &file);
	args[3] = path;
	asc_path = put("p.livepatch.asc", &asc);
	args[2] = asc_path;
	ck_assert_msg(keys_gpg(args) == 0, "%s", keys_said());
	ck_assert_msg(strstr(keys_said(), "Good signature from \"bob Test") != NULL, "%s",
		      keys_said());
	file.data[100] ^= 1;
	free(path);
	path = put("p.livepatch", &file);
	args[3] = path;
	ck_assert_int_ne(keys_gpg(args), 0);
	ck_assert_msg(strstr(keys_said(), "BAD signature") != NULL, "%s", keys_said());
	strbuf_free(&asc);
}
END_TEST

/* The record's own packet is a detached signature of the ELF for gpg as well. */
START_TEST(plain_gpg_verifies_the_record)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct strbuf part = {0};
	autofree char *elf = NULL;
	autofree char *sig = NULL;
	const char *args[] = {"--batch", "--verify", NULL, NULL, NULL};
	struct xsp_trailer t;
	struct xsp_sig s;

	sign_payload(&file, "alice@example.org", NULL);
	ck_assert_int_eq(xsp_trailer_open(&t, file.data, file.len, &c), 0);
	xsp_trailer_sig(&t, 0, &s);
	strbuf_add(&part, file.data, t.elf_size);
	elf = put("p.elf", &part);
	args[3] = elf;
	part.len = 0;
	strbuf_add(&part, (const char *)s.packet.data, s.packet.size);
	sig = put("p.elf.sig", &part);
	args[2] = sig;
	ck_assert_msg(keys_gpg(args) == 0, "%s", keys_said());
	strbuf_free(&part);
}
END_TEST

/* An expired key, in a home where it is always 2020; then in one where it is now. */
START_TEST(expired_key)
{
	char *old = keys_home("faked-system-time 20200101T000000\n");
	autofree char *conf = path_join(old, "gpg.conf");
	struct err e = ERR_INIT;

	keys_add("old", "nistp256", "1d", "");
	ck_assert_int_eq(file_write(conf, "", 0, 0600, &e), 0);
	fails("old@example.org", "is expired");
	keys_remove(old);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

/* Only the public half is here. */
START_TEST(no_secret_half)
{
	autofree char *path = path_join(home, "public.gpg");
	const char *args[] = {"--batch", "--quiet", "--import", path, NULL};
	char *other;

	keys_export(path, "bob@example.org", false);
	other = keys_home("");
	ck_assert_int_eq(keys_gpg(args), 0);
	fails("bob@example.org", "its secret half is not here");
	keys_remove(other);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

/* A pinentry that always answers the same. */
static void use_pinentry(const char *dir, const char *answer)
{
	autofree char *script = path_join(dir, "pinentry");
	autofree char *conf = path_join(dir, "gpg-agent.conf");
	autofree char *text = mem_printf("#!/bin/sh\necho OK\nwhile read -r line; do\n"
					 "case $line in GETPIN*) %s;; *) echo OK;; esac\ndone\n",
					 answer);
	autofree char *option = mem_printf("default-cache-ttl 0\nmax-cache-ttl 0\n"
					   "pinentry-program %s\n",
					   script);
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(script, text, strlen(text), 0700, &e), 0);
	ck_assert_int_eq(file_write(conf, option, strlen(option), 0600, &e), 0);
}

START_TEST(passphrases)
{
	char *own = keys_home("");

	use_pinentry(own, "echo 'D wrong'; echo OK");
	keys_add("dave", "nistp256", "never", "right");
	fails("dave@example.org", "wrong passphrase");
	use_pinentry(own, "echo 'ERR 83886179 canceled'");
	fails("dave@example.org", "passphrase was not given");
	use_pinentry(own, "echo 'D right'; echo OK");
	sign_payload(&file, "dave@example.org", NULL);
	keys_remove(own);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

START_TEST(agent_that_is_not_there)
{
	char *own = keys_home("");
	autofree char *conf = path_join(own, "gpg.conf");
	const char *text = "no-autostart\n";
	struct err e = ERR_INIT;
	autofree char *kill = mem_printf("gpgconf --homedir %s --kill all", own);

	keys_add("frank", "nistp256", "never", "");
	ck_assert_int_eq(system(kill), 0);
	ck_assert_int_eq(file_write(conf, text, strlen(text), 0600, &e), 0);
	fails("frank@example.org", "gpg-agent");
	keys_remove(own);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

/* What gpg.conf adds to signatures is not understood by a loader. */
START_TEST(signatures_with_additions)
{
	char *own = keys_home("sig-notation a@example.org=b\n");

	keys_add("grace", "nistp256", "never", "");
	fails("grace@example.org", "subpacket that is not understood");
	keys_remove(own);
	setenv("GNUPGHOME", home, 1);
}
END_TEST

Suite *suite_sign(void)
{
	Suite *s = suite_create("sign");
	TCase *t = tcase_create("gnupg");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, home_setup, home_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, keys_that_cannot_sign);
	tcase_add_test(t, once_per_key);
	tcase_add_test(t, only_payloads_are_signed);
	tcase_add_test(t, all_that_fits_and_no_more);
	tcase_add_test(t, plain_gpg_verifies);
	tcase_add_test(t, plain_gpg_verifies_the_record);
	tcase_add_test(t, expired_key);
	tcase_add_test(t, no_secret_half);
	tcase_add_test(t, passphrases);
	tcase_add_test(t, agent_that_is_not_there);
	tcase_add_test(t, signatures_with_additions);
	suite_add_tcase(s, t);
	return s;
}
