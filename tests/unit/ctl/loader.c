// SPDX-License-Identifier: GPL-2.0-or-later
/* What is only to be had where our loader runs, and what is said where it does not. */
#include "fake.h"
#include "fixture.h"
#include "suites.h"

#include "common/json.h"
#include "xsplice/abi.h"
#include "xsplice/xsplice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct run r;

static void setup(void)
{
	fake_reset();
	fake.loader = (struct fake_loader){.ours = true, .mode = 2, .nkeys = 2};
	fake_record(ABI_JOURNAL_BOOT, "", 0, 0);
}

static void want(int status, const char *words, const char *text)
{
	run(&r, words);
	ck_assert_msg(r.status == status, "%s: status %d: %s%s", words, r.status, r.out, r.err);
	ck_assert_msg(strstr(status ? r.err : r.out, text), "%s: no \"%s\" in: %s%s", words, text,
		      r.out, r.err);
	ck_assert_msg(!*(status ? r.out : r.err), "%s: %s%s", words, r.out, r.err);
}

static struct json *document(const char *words)
{
	struct err e = ERR_INIT;
	struct json *j;

	run(&r, words);
	ck_assert_msg(r.status == 0, "%s: status %d: %s", words, r.status, r.err);
	j = json_parse(r.out, strlen(r.out), "output", &e);
	ck_assert_msg(j != NULL, "%s: %s", e.text, r.out);
	return j;
}

/* --- info --------------------------------------------------------------------- */

START_TEST(info_of_ours)
{
	struct json *j;

	want(0, "xsplice-ctl info",
	     "loader       xSplice, policy enforce; keys 2, signatures needed 1\n"
	     "             a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0\n"
	     "             a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\n"
	     "journal      records 0 to 0\n");
	j = document("xsplice-ctl info --json");
	ck_assert_str_eq(json_get_str(j, "loader"), "xsplice");
	ck_assert_str_eq(json_get_str(json_get(j, "policy"), "mode"), "enforce");
	ck_assert_uint_eq(json_size(json_get(json_get(j, "policy"), "keys")), 2);
	json_unref(j);
	fake.loader.nkeys = 1000; /* as a newer one may have: the first 64 are shown */
	j = document("xsplice-ctl info --json");
	ck_assert_uint_eq(json_size(json_get(json_get(j, "policy"), "keys")), 64);
	json_unref(j);
}
END_TEST

START_TEST(info_of_xens)
{
	struct json *j;

	fake.loader.ours = false;
	want(0, "xsplice-ctl info", "Xen's own (does not verify signatures)");
	j = document("xsplice-ctl info --json");
	ck_assert_str_eq(json_get_str(j, "loader"), "xen");
	ck_assert_ptr_null(json_get_str(json_get(j, "policy"), "mode"));
	json_unref(j);
}
END_TEST

START_TEST(info_is_refused)
{
	fake.loader.errno_of[1] = EFAULT;
	want(1, "xsplice-ctl info", "error 14");
}
END_TEST

/* --- functions ------------------------------------------------------------------ */

START_TEST(functions_of_ours)
{
	struct json *j;

	fake_add("p", LP_APPLIED);
	fake.loader.functions = 2;
	want(0, "xsplice-ctl functions p",
	     "ADDRESS              SIZE  NEW ADDRESS          SIZE  WRITTEN   FUNCTION\n"
	     "ffff82d040200000      100  ffff82d041000000      120   5 at +0  function_0\n"
	     "ffff82d040200010      100  NOPs                    -   5 at +0  function_1\n");
	fake.loader.functions = 100; /* more than one call fetches */
	j = document("xsplice-ctl functions --json p");
	ck_assert_uint_eq(json_size(json_get(j, "functions")), 100);
	ck_assert_str_eq(json_get_str(json_at(json_get(j, "functions"), 99), "name"),
			 "function_99");
	ck_assert_str_eq(json_get_str(j, "source"), "loader");
	ck_assert_str_eq(json_get_str(j, "state"), "APPLIED");
	json_unref(j);
	want(6, "xsplice-ctl functions q", "no payload of this name");
	want(64, "xsplice-ctl functions", "takes one name");
	fake.loader.functions = 1u << 30;
	want(1, "xsplice-ctl functions p", "error 7");
}
END_TEST

START_TEST(functions_of_xens)
{
	static const char metadata[] = "name=p\0function=do_\033x\0function=b";
	struct fake_payload *p = fake_add("p", LP_APPLIED);
	struct json *j;

	fake.loader.ours = false;
	memcpy(p->metadata, metadata, sizeof(metadata));
	p->metadata_len = sizeof(metadata);
	fake_add("q", LP_CHECKED);
	want(0, "xsplice-ctl functions p", "do_\\x1bx\nb\n");
	j = document("xsplice-ctl functions --json p");
	ck_assert_str_eq(json_get_str(j, "source"), "metadata");
	ck_assert_uint_eq(json_size(json_get(j, "functions")), 2);
	json_unref(j);
	want(3, "xsplice-ctl functions q", "does not tell");
	want(6, "xsplice-ctl functions nobody", "no payload of this name");
}
END_TEST

/* --- journal ---------------------------------------------------------------------- */

static void some_records(void)
{
	fake_record(ABI_JOURNAL_UPLOAD, "xsa-506", 0, 0);
	fake_record(ABI_JOURNAL_APPLY, "xsa-506", 0, 0);
	fake_record(ABI_JOURNAL_UPLOAD, "evil\033[2J", -EBADMSG, XSP_POLICY_UNSIGNED);
}

START_TEST(journal_as_text)
{
	some_records();
	want(0, "xsplice-ctl journal",
	     "    0  2026-11-27T12:00:00Z  boot     policy enforce\n"
	     "    1  2026-11-27T12:00:01Z  upload   xsa-506: done; NOT TRUSTED\n"
	     "    2  2026-11-27T12:00:02Z  apply    xsa-506: done; CPUs stood still 460 us\n"
	     "    3  2026-11-27T12:00:03Z  upload   evil\\x1b[2J: refused: is not signed "
	     "[error 74]\n");
	want(0, "xsplice-ctl journal --since 3", "    3  ");
	ck_assert_ptr_null(strstr(r.out, "    2  "));
}
END_TEST

START_TEST(journal_as_json)
{
	struct json *j, *record;

	some_records();
	j = document("xsplice-ctl journal --json");
	ck_assert_uint_eq(json_size(json_get(j, "records")), 4);
	ck_assert_int_eq(json_get_int(j, "next", -1), 4);
	ck_assert(!json_get_bool(j, "verified", true));
	record = json_at(json_get(j, "records"), 3);
	ck_assert_str_eq(json_get_str(record, "operation"), "upload");
	ck_assert_str_eq(json_get_str(record, "cause"), "is not signed");
	ck_assert_int_eq(json_get_int(record, "result", 0), -EBADMSG);
	json_unref(j);
}
END_TEST

/* "NUMBER:DIGEST" of the last line. */
static void verified(char known[128])
{
	const char *at;

	want(0, "xsplice-ctl journal --verify", "\nlast: ");
	at = strstr(r.out, "\nlast: ") + 7;
	ck_assert_uint_lt(strlen(at), 128);
	memcpy(known, at, strlen(at) + 1);
	known[strcspn(known, "\n")] = 0;
}

static void want_known(int status, const char *known, const char *text)
{
	char words[256];

	snprintf(words, sizeof(words), "xsplice-ctl journal --known %s", known);
	want(status, words, text);
}

START_TEST(journal_is_verified)
{
	char known[128], changed[128];

	some_records();
	verified(known);
	ck_assert_ptr_nonnull(strstr(r.out, "4 records, each fits the one before\n"));
	fake_record(ABI_JOURNAL_REVERT, "xsa-506", 0, 0);
	want_known(0, known, "record 3 is the one that was kept");
	memcpy(changed, known, sizeof(changed));
	changed[10] = changed[10] == '0' ? '1' : '0';
	want_known(5, changed, "record 3 is not the one");
	fake.loader.break_record = 3;
	want(5, "xsplice-ctl journal --verify", "record 3 was changed");
	fake.loader.break_record = 0;
	fake_record(ABI_JOURNAL_BOOT, "", 0, 0);
	want_known(5, known, "has no record 3");
}
END_TEST

/* Older records go; what was kept of the last of them still ties the rest. */
START_TEST(journal_is_a_ring)
{
	char known[128], old[128];
	unsigned int i;

	fake.loader.journal_size = 100;
	fake_record(ABI_JOURNAL_BOOT, "", 0, 0);
	verified(old);
	for (i = 1; i < 50; i++)
		fake_record(ABI_JOURNAL_APPLY, "p", 0, 0);
	verified(known);
	for (i = 0; i < 100; i++)
		fake_record(ABI_JOURNAL_APPLY, "p", 0, 0);
	want_known(0, known,
		   "100 records, each fits the one before (50 older ones are no longer "
		   "kept); record 49 is the one that was kept");
	want_known(6, old, "record 0 is no longer kept");
	fake.loader.break_record = 50;
	want_known(5, known, "record 50 was changed");
}
END_TEST

START_TEST(journal_is_asked_wrongly)
{
	want(64, "xsplice-ctl journal x", "takes no operand");
	want_known(64, "12", "NUMBER:DIGEST");
	want_known(64, "x:00", "NUMBER:DIGEST");
	want_known(64, "1:00", "NUMBER:DIGEST");
	want(6, "xsplice-ctl journal --verify --since 7", "no such records");
	fake.loader.errno_of[4] = ENOMEM;
	want(1, "xsplice-ctl journal", "error 12");
	fake.loader.ours = false;
	want(3, "xsplice-ctl journal", "keeps no journal");
}
END_TEST

/* --- check ------------------------------------------------------------------------- */

static void want_check(int status, const char *options, const char *path, const char *text)
{
	char words[2048];

	snprintf(words, sizeof(words), "xsplice-ctl check %s %s", options, path);
	want(status, words, text);
	ck_assert_uint_eq(fake.uploads, 0);
}

START_TEST(check_by_ours)
{
	fake.loader.check =
		(struct xsplice_op_check){.functions = 3, .bytes = 15, .good = 1, .trusted = 1};
	want_check(0, "", fixture.payload, "would take it and apply it: 3 functions, 15 bytes");
	ck_assert_uint_eq(fake.last_flags, 0);
	want_check(0, "--replace --nodeps", fixture.payload, "replace all others by it");
	ck_assert_uint_eq(fake.last_flags, XSPLICE_CHECK_REPLACE | XSPLICE_CHECK_NODEPS);
	want_check(0, "--upload", fixture.payload, "would take it: 3 functions");
	ck_assert_uint_eq(fake.last_flags, XSPLICE_CHECK_UPLOAD);
	want_check(0, "--json", fixture.payload, "\"checked_by\": \"hypervisor\"");
	want_check(64, "--upload --replace", fixture.payload, "--upload goes with");
	want_check(3, "", fixture.other_base, "is made for Xen with build-id");
	want_check(5, "", fixture.garbage, "garbage");
	want_check(1, "", "/nonexistent", "/nonexistent");
}
END_TEST

START_TEST(check_is_refused_by_ours)
{
	static const struct {
		uint32_t code;
		int status;
	} cases[] = {
		{XSP_POLICY_UNSIGNED, 4}, {XSP_FUNC_DENIED, 4}, {XSP_XEN_OTHER, 3},
		{XSP_NO_MEMORY, 1},	  {XSP_DEPENDS_TOP, 5}, {XSP_CODES, 5},
	};
	size_t i;

	fake.loader.message = "bad \033[2J section";
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		fake.loader.check = (struct xsplice_op_check){
			.result = -EINVAL, .code = cases[i].code, .pos = 77};
		want_check(cases[i].status, "", fixture.payload,
			   "Xen would refuse it: bad \\x1b[2J section (byte 77)");
	}
	fake.loader.errno_of[2] = ENOMEM;
	want_check(1, "", fixture.payload, "error 12");
}
END_TEST

START_TEST(check_by_xens)
{
	fake.loader.ours = false;
	want_check(4, "", fixture.payload, "--keyring");
	want_check(0, "--no-verify", fixture.payload, "Xen's own loader cannot be asked");
	want_check(0, "--no-verify --json", fixture.payload, "\"checked_by\": \"xsplice-ctl\"");
}
END_TEST

/* --- upload -------------------------------------------------------------------------- */

static void want_upload(int status, const char *text)
{
	char words[2048];

	snprintf(words, sizeof(words), "xsplice-ctl upload n %s", fixture.payload);
	want(status, words, text);
}

/* Without a keyring here it is left to a loader that takes only what is signed. */
START_TEST(upload_is_verified_by_ours)
{
	char words[2048];

	want_upload(0, "verified by Xen");
	snprintf(words, sizeof(words), "xsplice-ctl upload --require 2 m %s", fixture.payload);
	want(4, words, "this Xen demands 1 signature, not 2");
	fake_reset();
	fake.loader = (struct fake_loader){.ours = true, .mode = 1};
	want_upload(4, "--keyring");
	fake.loader.ours = false;
	want_upload(4, "--keyring");
	ck_assert_uint_eq(fake.uploads, 0);
}
END_TEST

START_TEST(upload_is_refused_by_ours)
{
	fake.errno_of[0] = EBADMSG;
	fake_record(ABI_JOURNAL_UPLOAD, "n", -EBADMSG, XSP_POLICY_UNSIGNED);
	want_upload(4, "as it or a part of it is not signed;");
	fake_record(ABI_JOURNAL_UPLOAD, "m", -EBADMSG, XSP_POLICY_UNSIGNED);
	want_upload(4, "not signed as the keys built into this Xen");
	fake.loader.errno_of[4] = EFAULT;
	want_upload(4, "not signed as the keys built into this Xen");
}
END_TEST

Suite *suite_loader(void)
{
	Suite *s = suite_create("loader");
	TCase *tc = tcase_create("loader");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, info_of_ours);
	tcase_add_test(tc, info_of_xens);
	tcase_add_test(tc, info_is_refused);
	tcase_add_test(tc, functions_of_ours);
	tcase_add_test(tc, functions_of_xens);
	tcase_add_test(tc, journal_as_text);
	tcase_add_test(tc, journal_as_json);
	tcase_add_test(tc, journal_is_verified);
	tcase_add_test(tc, journal_is_a_ring);
	tcase_add_test(tc, journal_is_asked_wrongly);
	tcase_add_test(tc, check_by_ours);
	tcase_add_test(tc, check_is_refused_by_ours);
	tcase_add_test(tc, check_by_xens);
	tcase_add_test(tc, upload_is_verified_by_ours);
	tcase_add_test(tc, upload_is_refused_by_ours);
	suite_add_tcase(s, tc);
	return s;
}
