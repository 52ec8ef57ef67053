// SPDX-License-Identifier: GPL-2.0-or-later
/* Files: which are uploaded, and which are refused before Xen is asked. */
#include "fake.h"
#include "fixture.h"
#include "suites.h"

#include "common/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct run r;

static void upload(const char *options, const char *name, const char *path)
{
	char words[2048];

	snprintf(words, sizeof(words), "xsplice-ctl %s %s %s", options, name, path);
	run(&r, words);
}

/* It ended with @status, said @text, and nothing was uploaded. */
static void refused(int status, const char *text)
{
	ck_assert_msg(r.status == status, "status %d: %s%s", r.status, r.out, r.err);
	ck_assert_msg(strstr(r.err, text), "%s", r.err);
	ck_assert_str_eq(r.out, "");
	ck_assert_uint_eq(fake.uploads, 0);
}

static void taken(const char *text)
{
	ck_assert_msg(r.status == 0 && strstr(r.out, text), "status %d: %s%s", r.status, r.out,
		      r.err);
	ck_assert_str_eq(r.err, "");
}

START_TEST(without_a_check)
{
	struct stat st;

	upload("upload --no-verify", "n", fixture.payload);
	taken("n: uploaded");
	ck_assert_ptr_nonnull(strstr(r.out, "NOT VERIFIED"));
	ck_assert_ptr_nonnull(fake_find("n"));
	ck_assert_int_eq(stat(fixture.payload, &st), 0);
	ck_assert_uint_eq(fake.last_size, (size_t)st.st_size);
}
END_TEST

/* Nothing is looked at, whatever else was asked. */
START_TEST(without_a_check_but_with_a_keyring)
{
	upload("upload --no-verify --keyring /dev/null", "n", fixture.payload);
	refused(64, "looks at no signature");
	upload("upload --no-verify --require 2", "n", fixture.payload);
	refused(64, "looks at no signature");
}
END_TEST

START_TEST(no_keyring)
{
	upload("upload", "n", fixture.payload);
	refused(4, "--keyring");
}
END_TEST

/* It may hold keys: a loader that verifies is no way around it. */
START_TEST(keyring_that_cannot_be_seen)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/loop/k", fixture.dir);
	fake.keyring = path;
	fake.loader = (struct fake_loader){.ours = true, .mode = 2, .nkeys = 2};
	upload("upload", "n", fixture.signed_alice);
	refused(4, "cannot be looked at");
}
END_TEST

static void with_keyring(const char *keyring, const char *more, const char *path)
{
	char options[1024];

	snprintf(options, sizeof(options), "upload --keyring %s %s", keyring, more);
	upload(options, "n", path);
}

START_TEST(signed_by_a_known_key)
{
	with_keyring(fixture.keyring_alice, "", fixture.signed_alice);
	taken("n: uploaded");
	ck_assert_ptr_null(strstr(r.out, "NOT VERIFIED"));
}
END_TEST

START_TEST(signed_by_two)
{
	with_keyring(fixture.keyring_both, "--require 2", fixture.signed_both);
	taken("n: uploaded");
}
END_TEST

START_TEST(signed_by_one_of_two)
{
	with_keyring(fixture.keyring_both, "--require 2", fixture.signed_alice);
	refused(4, "2");
}
END_TEST

START_TEST(signed_by_an_unknown_key)
{
	with_keyring(fixture.keyring_alice, "", fixture.signed_both);
	refused(4, fixture.signed_both);
}
END_TEST

START_TEST(not_signed)
{
	with_keyring(fixture.keyring_alice, "", fixture.payload);
	refused(4, fixture.payload);
}
END_TEST

START_TEST(one_bit_flipped)
{
	with_keyring(fixture.keyring_alice, "", fixture.flipped);
	refused(4, fixture.flipped);
}
END_TEST

START_TEST(keyring_that_is_none)
{
	with_keyring(fixture.garbage, "", fixture.signed_alice);
	ck_assert_int_ne(r.status, 0);
	ck_assert_uint_eq(fake.uploads, 0);
}
END_TEST

START_TEST(keyring_that_is_not_there)
{
	with_keyring("/nowhere/keyring.gpg", "", fixture.signed_alice);
	ck_assert_int_ne(r.status, 0);
	ck_assert_uint_eq(fake.uploads, 0);
}
END_TEST

START_TEST(for_another_base)
{
	upload("upload --no-verify", "n", fixture.other_base);
	refused(3, "4142434445464748494a4142434445464748494a");
	ck_assert_ptr_nonnull(strstr(r.err, "303132333435363738396162636465666768696a"));
}
END_TEST

START_TEST(xen_without_a_build_id)
{
	fake.build_id = NULL;
	upload("upload --no-verify", "n", fixture.payload);
	taken("uploaded");
}
END_TEST

START_TEST(files_that_are_no_payloads)
{
	upload("upload --no-verify", "n", fixture.no_payload);
	refused(5, fixture.no_payload);
	upload("upload --no-verify", "n", fixture.garbage);
	refused(5, fixture.garbage);
	upload("upload --no-verify", "n", fixture.empty);
	refused(5, "0 bytes");
	upload("upload --no-verify", "n", fixture.big);
	refused(5, "2 MiB");
	/* Not read whole: no memory has room for it. */
	ck_assert_int_eq(truncate(fixture.big, 1ll << 40), 0);
	upload("upload --no-verify", "n", fixture.big);
	refused(5, "2 MiB");
	upload("upload --no-verify", "n", fixture.dir);
	refused(1, fixture.dir);
	upload("upload --no-verify", "n", "/nowhere/p.livepatch");
	refused(1, "/nowhere/p.livepatch");
}
END_TEST

START_TEST(upload_errors_are_explained)
{
	static const struct {
		int errnum;
		int status;
		const char *text;
	} cases[] = {
		{EINVAL, 5, "made for another build"},
		{EEXIST, 5, "same symbol"},
		{ENOENT, 5, "symbol that neither"},
		{EOPNOTSUPP, 5, "another architecture"},
		{EOVERFLOW, 5, "too far"},
		{ENODATA, 3, "without a build-id"},
		{ENOMEM, 1, "memory"},
		{EPERM, 1, "dom0"},
		{77, 5, "refuses the payload"},
	};

	fake.errno_of[0] = cases[_i].errnum;
	upload("upload --no-verify", "n", fixture.payload);
	refused(cases[_i].status, cases[_i].text);
}
END_TEST

/* Gives the loaded payload "p" the metadata of fixture.payload. */
static void same_metadata(struct fake_payload *p)
{
	static const char info[] = "name=p\0digest=11";

	memcpy(p->metadata, info, sizeof(info));
	p->metadata_len = sizeof(info);
}

START_TEST(loaded_already)
{
	same_metadata(fake_add("p", LP_CHECKED));
	upload("upload --no-verify", "p", fixture.payload);
	taken("nothing to do");
	ck_assert_uint_eq(fake.uploads, 0);
}
END_TEST

START_TEST(another_of_that_name)
{
	same_metadata(fake_add("p", LP_CHECKED));
	upload("upload --no-verify", "p", fixture.twin);
	refused(6, "another payload of this name");
}
END_TEST

/* Equal metadata that names no digest proves nothing. */
START_TEST(metadata_without_a_digest)
{
	struct fake_payload *p = fake_add("p", LP_CHECKED);

	p->metadata_len = 16;
	memcpy(p->metadata, "LIVEPATCH_RULEZ", 16);
	upload("upload --no-verify", "p", fixture.anonymous);
	refused(6, "another payload of this name");
}
END_TEST

START_TEST(load)
{
	upload("load --no-verify", "", fixture.payload);
	taken("p: uploaded");
	ck_assert_uint_eq(fake_find("p")->state, LP_APPLIED);
	same_metadata(fake_find("p"));
	upload("load --no-verify", "", fixture.payload);
	taken("nothing to do");
	ck_assert_uint_eq(fake.uploads, 1);
	ck_assert_uint_eq(fake.actions, 1);
}
END_TEST

START_TEST(load_of_a_loaded_one)
{
	same_metadata(fake_add("p", LP_CHECKED));
	upload("load --no-verify", "", fixture.payload);
	taken("p: applied");
	ck_assert_uint_eq(fake.uploads, 0);
}
END_TEST

static void load_verified(void)
{
	char options[1024];

	snprintf(options, sizeof(options), "load --json --name p --keyring %s",
		 fixture.keyring_alice);
	upload(options, "", fixture.signed_alice);
}

/* The document says that of its verification. */
static void says_verified(const char *by)
{
	struct err e = ERR_INIT;
	struct json *j;

	ck_assert_msg(r.status == 0, "%s", r.err);
	j = json_parse(r.out, strlen(r.out), "output", &e);
	ck_assert_msg(j != NULL, "%s", e.text);
	ck_assert_int_eq(json_get_bool(j, "verified", !by), by != NULL);
	ck_assert_pstr_eq(json_get_str(j, "verified_by"), by);
	ck_assert_uint_eq(json_size(json_get(j, "signers")), 0);
	json_unref(j);
	ck_assert_uint_eq(fake.uploads, 0);
}

/* Metadata can be copied: what is loaded need not be the file that was verified. */
START_TEST(load_does_not_apply_what_it_did_not_verify)
{
	same_metadata(fake_add("p", LP_CHECKED));
	load_verified();
	refused(6, "unload it first");
	ck_assert_uint_eq(fake_find("p")->state, LP_CHECKED);
}
END_TEST

START_TEST(loaded_before_is_not_called_verified)
{
	char options[1024];

	same_metadata(fake_add("p", _i ? LP_APPLIED : LP_CHECKED));
	snprintf(options, sizeof(options), "upload --json --keyring %s", fixture.keyring_alice);
	upload(options, "p", fixture.signed_alice);
	says_verified(NULL);
	if (_i) {
		load_verified();
		says_verified(NULL);
	}
	ck_assert_uint_eq(fake.actions, 0);
}
END_TEST

/* A loader that enforces signatures has verified what is in it. */
START_TEST(loaded_before_and_verified_by_xen)
{
	same_metadata(fake_add("p", LP_CHECKED));
	fake.loader = (struct fake_loader){.ours = true, .mode = 2, .nkeys = 2};
	load_verified();
	says_verified("hypervisor");
	ck_assert_uint_eq(fake_find("p")->state, LP_APPLIED);
}
END_TEST

START_TEST(load_under_another_name)
{
	upload("load --no-verify --name other", "", fixture.payload);
	taken("other: uploaded");
	ck_assert_uint_eq(fake_find("other")->state, LP_APPLIED);
}
END_TEST

START_TEST(load_takes_back_what_fails)
{
	fake.result = EINVAL;
	upload("load --no-verify", "", fixture.payload);
	ck_assert_int_eq(r.status, 5);
	ck_assert_ptr_null(fake_find("p"));
}
END_TEST

/* What was there before is left there. */
START_TEST(load_leaves_what_was_there)
{
	same_metadata(fake_add("p", LP_CHECKED));
	fake.result = EBUSY;
	upload("load --no-verify", "", fixture.payload);
	ck_assert_int_eq(r.status, 2);
	ck_assert_ptr_nonnull(fake_find("p"));
}
END_TEST

START_TEST(load_tells_what_stays)
{
	fake.polls = ~0u;
	upload("load --no-verify", "", fixture.payload);
	ck_assert_int_eq(r.status, 2);
	ck_assert_ptr_nonnull(strstr(r.err, "still going on"));
}
END_TEST

START_TEST(upload_as_json)
{
	struct err e = ERR_INIT;
	struct json *j;

	with_keyring(fixture.keyring_alice, "--json", fixture.signed_alice);
	ck_assert_msg(r.status == 0, "%s", r.err);
	j = json_parse(r.out, strlen(r.out), "output", &e);
	ck_assert_msg(j != NULL, "%s", e.text);
	ck_assert_int_eq(json_get_int(j, "schema", 0), 1);
	ck_assert_str_eq(json_get_str(j, "name"), "n");
	ck_assert_str_eq(json_get_str(j, "state"), "CHECKED");
	ck_assert(json_get_bool(j, "changed", false));
	ck_assert(json_get_bool(j, "verified", false));
	ck_assert_str_eq(json_get_str(j, "build_id"), "6262626262626262626262626262626262626262");
	ck_assert_uint_eq(json_size(json_get(j, "signers")), 1);
	ck_assert_str_eq(json_get_str(json_at(json_get(j, "signers"), 0), "user"),
			 "Alice <alice@example.org>");
	json_unref(j);
}
END_TEST

Suite *suite_payloads(void)
{
	Suite *s = suite_create("ctl: payload files");
	TCase *tc = tcase_create("payloads");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, fake_reset, NULL);
	tcase_add_test(tc, without_a_check);
	tcase_add_test(tc, without_a_check_but_with_a_keyring);
	tcase_add_test(tc, no_keyring);
	tcase_add_test(tc, keyring_that_cannot_be_seen);
	tcase_add_test(tc, signed_by_a_known_key);
	tcase_add_test(tc, signed_by_two);
	tcase_add_test(tc, signed_by_one_of_two);
	tcase_add_test(tc, signed_by_an_unknown_key);
	tcase_add_test(tc, not_signed);
	tcase_add_test(tc, one_bit_flipped);
	tcase_add_test(tc, keyring_that_is_none);
	tcase_add_test(tc, keyring_that_is_not_there);
	tcase_add_test(tc, for_another_base);
	tcase_add_test(tc, xen_without_a_build_id);
	tcase_add_test(tc, files_that_are_no_payloads);
	tcase_add_loop_test(tc, upload_errors_are_explained, 0, 9);
	tcase_add_test(tc, loaded_already);
	tcase_add_test(tc, another_of_that_name);
	tcase_add_test(tc, metadata_without_a_digest);
	tcase_add_test(tc, load);
	tcase_add_test(tc, load_of_a_loaded_one);
	tcase_add_test(tc, load_does_not_apply_what_it_did_not_verify);
	tcase_add_loop_test(tc, loaded_before_is_not_called_verified, 0, 2);
	tcase_add_test(tc, loaded_before_and_verified_by_xen);
	tcase_add_test(tc, load_under_another_name);
	tcase_add_test(tc, load_takes_back_what_fails);
	tcase_add_test(tc, load_leaves_what_was_there);
	tcase_add_test(tc, load_tells_what_stays);
	tcase_add_test(tc, upload_as_json);
	suite_add_tcase(s, tc);
	return s;
}
