// SPDX-License-Identifier: GPL-2.0-or-later
/* Called as xen-livepatch: that tool's words and exit status. */
#include "fake.h"
#include "fixture.h"
#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct run r;

static void want(const char *words, int status, const char *out, const char *err)
{
	char line[1024];

	snprintf(line, sizeof(line), "/usr/sbin/xen-livepatch %s", words);
	run(&r, line);
	ck_assert_msg(r.status == status, "%s: status %d: %s%s", words, r.status, r.out, r.err);
	ck_assert_str_eq(r.out, out);
	ck_assert_str_eq(r.err, err);
}

START_TEST(life)
{
	fake_add("p", LP_CHECKED);
	want("apply p", 0, "Applying p... completed\n", "");
	want("apply p", 0, "No action needed.\n", "");
	want("revert p", 0, "Reverting p... completed\n", "");
	want("replace p", 0, "Replacing all live patches with p... completed\n", "");
	want("unload p", 1, "",
	     "p is in the wrong state.\nCurrent state: APPLIED\nExpected state: CHECKED\n");
	want("revert p", 0, "Reverting p... completed\n", "");
	want("unload p", 0, "Unloading p... completed\n", "");
	want("unload p", 1, "", "Failed to get status of p.\nError 2: No such file or directory\n");
}
END_TEST

START_TEST(nodeps)
{
	fake_add("p", LP_CHECKED);
	want("apply p --nodeps", 0, "Applying p... completed\n", "");
	ck_assert_uint_eq(fake.last_flags, 1);
	ck_assert_uint_eq(fake.last_timeout, 30000000);
	want("revert p --nodeps", 1, "", "Unsupported flag: --nodeps.\n");
	want("apply p --what", 1, "", "Unsupported flag: --what.\n");
}
END_TEST

START_TEST(failures)
{
	fake_add("p", LP_CHECKED);
	fake.action_errno = EBUSY;
	want("apply p", 2, "Applying p... failed\n", "Error 16: Device or resource busy\n");
	fake.action_errno = EINVAL;
	want("apply p", 1, "Applying p... failed\n", "Error 22: Invalid argument\n");
	fake.action_errno = 0;
	fake.result = EINVAL;
	want("apply p", 1, "Applying p... failed\n", "Error 22: Invalid argument\n");
	fake.result = EBUSY;
	want("apply p", 2, "Applying p... failed\n", "Error 16: Device or resource busy\n");
	fake.result = 0;
	fake.polls = ~0u;
	want("apply p", 2, "Applying p... failed\n", "Operation didn't complete.\n");
	want("apply p", 2, "", "Cannot execute apply.\nOperation already in progress.\n");
}
END_TEST

START_TEST(list_of_payloads)
{
	struct fake_payload *p = fake_add("xen_hello_world", LP_APPLIED);

	p->metadata_len = 8;
	memcpy(p->metadata, "a=1\0b=2", 8);
	fake_add("second", LP_CHECKED)->rc = -EINVAL;
	want("list", 0,
	     " ID                                     | status     | metadata\n"
	     "----------------------------------------+------------+---------------\n"
	     "xen_hello_world                         | APPLIED    | a=1;b=2\n"
	     "second                                  | CHECKED (22, Invalid argument)    | \n",
	     "");
}
END_TEST

START_TEST(list_of_none)
{
	want("list", 0, "Nothing to list\n", "");
	want("l", 0, "Nothing to list\n", "");
	fake.all_errno = EPERM;
	want("list", 1, "", "Failed to get list sizes.\nError 1: Operation not permitted\n");
}
END_TEST

START_TEST(loading)
{
	char words[512];
	char out[512];

	snprintf(words, sizeof(words), "load %s", fixture.payload);
	snprintf(out, sizeof(out), "Uploading %s... completed\nApplying p... completed\n",
		 fixture.payload);
	want(words, 0, out, "");
	snprintf(out, sizeof(out), "Uploading %s... failed\n", fixture.payload);
	want(words, 1, out, "Error 17: File exists\n");
	snprintf(words, sizeof(words), "load %s --force", fixture.twin);
	fake_reset();
	snprintf(out, sizeof(out), "Uploading %s... completed\nUnloading p... completed\n",
		 fixture.twin);
	want(words, 1, out, "Unsupported flag: --force.\n");
}
END_TEST

/* "upload p" of @file ends with @status; nothing is uploaded if that is not 0. */
static void upload_gives(int status, const char *file)
{
	char words[512];

	snprintf(words, sizeof(words), "/x/xen-livepatch upload p %s", file);
	run(&r, words);
	ck_assert_msg(r.status == status, "status %d: %s%s", r.status, r.out, r.err);
	ck_assert_int_eq(!fake.uploads, status != 0);
	ck_assert_int_eq(strstr(r.err, "Error 129:") != NULL, status != 0);
}

START_TEST(keyring_of_the_host)
{
	fake.keyring = fixture.keyring_alice;
	upload_gives(1, fixture.payload);
	upload_gives(0, fixture.signed_alice);
}
END_TEST

/* Only a keyring that does not exist is none. */
START_TEST(keyring_that_cannot_be_seen)
{
	static const char *const behind[] = {"dangling", "loop", "dangling/k", "loop/k"};
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", fixture.dir, behind[_i]);
	fake.keyring = path;
	upload_gives(1, fixture.signed_alice);
	ck_assert_ptr_nonnull(strstr(r.err, path));
	snprintf(path, sizeof(path), "%s/none", fixture.dir);
	upload_gives(0, fixture.payload);
}
END_TEST

START_TEST(files)
{
	char words[512];

	want("upload x /nowhere", 1, "",
	     "Could not open /nowhere.\nError 2: No such file or directory\n");
	want("upload x /", 1, "", "Could not map /.\nError 19: No such device\n");
	snprintf(words, sizeof(words), "/x/xen-livepatch upload x %s", fixture.big);
	run(&r, words);
	ck_assert_int_eq(r.status, 1);
	ck_assert_ptr_nonnull(strstr(r.err, "Error 22"));
	ck_assert_int_eq(truncate(fixture.big, 1ll << 40), 0);
	run(&r, words);
	ck_assert_int_eq(r.status, 1);
	ck_assert_ptr_nonnull(strstr(r.err, "Error 22"));
}
END_TEST

START_TEST(usage)
{
	run(&r, "xen-livepatch");
	ck_assert_int_eq(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.err, "Usage: xen-livepatch"));
	run(&r, "xen-livepatch help");
	ck_assert_int_eq(r.status, 0);
	run(&r, "xen-livepatch apply");
	ck_assert_int_eq(r.status, 1);
	want("nonsense", 1, "", "Unrecognised command 'nonsense' -- try 'xen-livepatch help'\n");
	fake.no_xen = true;
	want("list", 0, "", "failed to get the handler\n");
}
END_TEST

Suite *suite_compat(void)
{
	Suite *s = suite_create("ctl: as xen-livepatch");
	TCase *tc = tcase_create("compat");

	tcase_add_checked_fixture(tc, fake_reset, NULL);
	tcase_add_test(tc, life);
	tcase_add_test(tc, nodeps);
	tcase_add_test(tc, failures);
	tcase_add_test(tc, list_of_payloads);
	tcase_add_test(tc, list_of_none);
	tcase_add_test(tc, loading);
	tcase_add_test(tc, keyring_of_the_host);
	tcase_add_loop_test(tc, keyring_that_cannot_be_seen, 0, 4);
	tcase_add_test(tc, files);
	tcase_add_test(tc, usage);
	suite_add_tcase(s, tc);
	return s;
}
