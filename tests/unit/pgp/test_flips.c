// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No bit of a signed payload can change unnoticed.
 *
 * payload_verify() itself judges every flip. It asks gpg (milliseconds) only for
 * what its own checks let through: the numbers of the signature, and the one content
 * in 65,536 whose digest happens to begin as the right one does. That gpg would have
 * said the same of the content is tried on a sample.
 */
#include "keys.h"
#include "signed.h"
#include "suites.h"

#include "common/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *home;
static struct pgp_keyring *ring;
static struct strbuf rsa;
static struct strbuf ecdsa;

static void home_setup(void)
{
	autofree char *path = NULL;
	struct err e = ERR_INIT;

	home = keys_home("");
	path = path_join(home, "ring.gpg");
	keys_add("alice", "rsa2048", "never", "");
	keys_add("bob", "nistp256", "never", "");
	keys_export(path, NULL, false);
	ring = pgp_keyring_open(path, &e);
	ck_assert_msg(ring != NULL, "%s", e.text);
	unsigned_payload(&rsa);
	unsigned_payload(&ecdsa);
	sign_payload(&rsa, "alice@example.org", NULL);
	sign_payload(&ecdsa, "bob@example.org", NULL);
}

static void home_teardown(void)
{
	strbuf_free(&rsa);
	strbuf_free(&ecdsa);
	pgp_keyring_close(ring);
	keys_remove(home);
}

/* One bit changed: is it refused, as a matter of signatures? */
static bool is_refused(struct strbuf *file, size_t bit)
{
	struct payload_signers s;
	struct err e = ERR_INIT;
	int ret;

	file->data[bit / 8] ^= (char)(1 << bit % 8);
	ret = verify_payload(file, ring, 1, &s, &e);
	file->data[bit / 8] ^= (char)(1 << bit % 8);
	return ret && e.kind == ERR_SIGNATURE;
}

/* Every @step-th bit from @first on is refused; returns an exit status. */
static int try_bits(struct strbuf *file, size_t first, size_t step, size_t from, size_t to,
		    size_t sparse)
{
	for (size_t bit = first; bit < 8 * file->len; bit += step) {
		if (bit >= from && bit < to && bit % sparse)
			continue;
		if (is_refused(file, bit))
			continue;
		fprintf(stderr, "bit %zu of byte %zu: not refused\n", bit % 8, bit / 8);
		return 1;
	}
	return 0;
}

/*
 * All bits of @file but, from bit @from to @to, only every @sparse-th. In as many
 * processes as there are processors: most of the time goes to starting gpg.
 */
static void refused_all(struct strbuf *file, size_t from, size_t to, size_t sparse)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = cpus < 1 ? 1 : cpus > 16 ? 16 : (size_t)cpus;
	pid_t child[16];
	int status;

	for (size_t i = 0; i < n; i++) {
		child[i] = fork();
		ck_assert_int_ge(child[i], 0);
		if (!child[i])
			_exit(try_bits(file, i, n, from, to, sparse));
	}
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
		ck_assert_msg(status == 0, "a bit was not refused (see above)");
	}
}

static void taken(const struct strbuf *file)
{
	struct payload_signers s;
	struct err e = ERR_INIT;

	ck_assert_msg(verify_payload(file, ring, 1, &s, &e) == 0, "%s", e.text);
	payload_signers_free(&s);
}

START_TEST(every_bit_ecdsa)
{
	refused_all(&ecdsa, 0, 0, 1);
	taken(&ecdsa);
}
END_TEST

/* Numbers of RSA signatures are long: every 31st bit of them, all else in full. */
START_TEST(every_bit_rsa)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_sig s;
	size_t number;

	ck_assert_int_eq(xsp_trailer_open(&t, rsa.data, rsa.len, &c), 0);
	xsp_trailer_sig(&t, 0, &s);
	number = 8 * (size_t)(s.pgp.mpi[0].data - (const uint8_t *)rsa.data);
	refused_all(&rsa, number, number + 8 * s.pgp.mpi[0].size, 31);
	taken(&rsa);
}
END_TEST

START_TEST(gpg_says_the_same_of_content)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct err e = ERR_INIT;
	struct pgp_facts f;
	struct xsp_trailer t;
	struct xsp_sig s;

	ck_assert_int_eq(xsp_trailer_open(&t, ecdsa.data, ecdsa.len, &c), 0);
	xsp_trailer_sig(&t, 0, &s);
	for (size_t bit = 3; bit < 8 * t.elf_size; bit += 8 * t.elf_size / 40) {
		ecdsa.data[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert(!payload_digest_fits(&s.pgp, ecdsa.data, t.elf_size));
		ck_assert_int_eq(pgp_examine(ring, s.packet.data, s.packet.size, ecdsa.data,
					     t.elf_size, &f, &e),
				 0);
		ck_assert_int_eq(f.state, PGP_BAD);
		pgp_facts_free(&f);
		ecdsa.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}
END_TEST

START_TEST(every_truncation)
{
	struct payload_signers s;
	size_t len = rsa.len;

	for (rsa.len = 0; rsa.len < len; rsa.len++) {
		struct err e = ERR_INIT;

		ck_assert_int_ne(verify_payload(&rsa, ring, 1, &s, &e), 0);
	}
	taken(&rsa);
}
END_TEST

Suite *suite_flips(void)
{
	Suite *s = suite_create("flips");
	TCase *t = tcase_create("payload");
	TCase *every = tcase_create("every bit");

	tcase_set_timeout(every, 120);
	tcase_set_tags(every, "long");
	tcase_add_unchecked_fixture(every, home_setup, home_teardown);
	tcase_add_test(every, every_bit_ecdsa);
	tcase_add_test(every, every_bit_rsa);
	suite_add_tcase(s, every);

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, home_setup, home_teardown);
	tcase_add_test(t, gpg_says_the_same_of_content);
	tcase_add_test(t, every_truncation);
	suite_add_tcase(s, t);
	return s;
}
