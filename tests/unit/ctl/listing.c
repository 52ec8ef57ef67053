// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding the interface version, and reading the list of payloads. */
#include "fake.h"
#include "suites.h"

#include "common/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct lp lp;
static struct lp_list list;
static struct err e;

static void setup(void)
{
	fake_reset();
	e = (struct err)ERR_INIT;
}

static void must_open(void)
{
	ck_assert_msg(lp_open(&lp, &e) == 0, "%s", e.text);
}

/* lp_open() fails with @kind and says @text. */
static void must_not_open(enum err_kind kind, const char *text)
{
	ck_assert_int_eq(lp_open(&lp, &e), -1);
	ck_assert_msg(e.kind == kind && strstr(e.text, text), "kind %d: %s", e.kind, e.text);
	ck_assert_ptr_null(lp.sysctl);
}

START_TEST(every_interface_version)
{
	fake.interface = (uint32_t)_i;
	fake_add("one", LP_APPLIED);
	must_open();
	ck_assert_uint_eq(lp.interface, (uint32_t)_i);
	ck_assert_int_eq(lp.new_layout, _i >= 0x13);
	ck_assert_int_eq(lp_list(&lp, &list, &e), 0);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].name, "one");
	lp_list_free(&list);
	lp_close(&lp);
}
END_TEST

START_TEST(no_xen_at_all)
{
	fake.no_xen = true;
	must_not_open(ERR_UNSUPPORTED, "does not run on Xen");
}
END_TEST

START_TEST(version_of_the_future)
{
	fake.interface = 0x17;
	fake.version = 4 << 16 | 24;
	must_not_open(ERR_UNSUPPORTED, "another xsplice-ctl");
}
END_TEST

START_TEST(denied_by_policy)
{
	fake.interface = 0; /* no candidate is accepted, as FLASK does */
	must_not_open(ERR_FAIL, "FLASK");
}
END_TEST

START_TEST(not_the_control_domain)
{
	fake.all_errno = EPERM;
	must_not_open(ERR_FAIL, "only the control domain");
}
END_TEST

START_TEST(built_without_live_patching)
{
	fake.all_errno = ENOSYS;
	must_not_open(ERR_UNSUPPORTED, "without live patching");
}
END_TEST

static void add_many(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char name[32];
		struct fake_payload *p;

		snprintf(name, sizeof(name), "payload-%zu", i);
		p = fake_add(name, i % 2 ? LP_APPLIED : LP_CHECKED);
		p->metadata_len =
			(unsigned int)snprintf(p->metadata, sizeof(p->metadata), "number=%zu", i) +
			1;
	}
}

static void check_many(size_t n, bool metadata)
{
	size_t i;

	ck_assert_uint_eq(list.n, n);
	for (i = 0; i < n; i++) {
		char name[32];
		char text[32];

		snprintf(name, sizeof(name), "payload-%zu", i);
		snprintf(text, sizeof(text), "number=%zu", i);
		ck_assert_str_eq(list.v[i].name, name);
		ck_assert_uint_eq(list.v[i].status.state, i % 2 ? LP_APPLIED : LP_CHECKED);
		if (metadata)
			ck_assert_str_eq((const char *)list.v[i].metadata, text);
		else
			ck_assert_uint_eq(list.v[i].metadata_len, 0);
	}
}

/* More than fit one call, in both layouts. */
START_TEST(list_of_many)
{
	static const uint32_t interfaces[] = {0x12, 0x13, 0x16};

	fake.interface = interfaces[_i];
	add_many(150);
	must_open();
	ck_assert_msg(lp_list(&lp, &list, &e) == 0, "%s", e.text);
	check_many(150, fake.interface > 0x12);
	ck_assert_ptr_nonnull(lp_list_find(&list, "payload-149"));
	ck_assert_ptr_null(lp_list_find(&list, "payload-150"));
	lp_list_free(&list);
	lp_close(&lp);
}
END_TEST

START_TEST(longest_name)
{
	char name[128];

	memset(name, 'n', 127);
	name[127] = 0;
	fake.interface = (uint32_t)_i;
	fake_add(name, LP_CHECKED);
	must_open();
	ck_assert_int_eq(lp_list(&lp, &list, &e), 0);
	ck_assert_str_eq(list.v[0].name, name);
	lp_list_free(&list);
	lp_close(&lp);
}
END_TEST

START_TEST(list_that_changes_while_read)
{
	add_many(150);
	fake.changes = 5;
	must_open();
	ck_assert_msg(lp_list(&lp, &list, &e) == 0, "%s", e.text);
	check_many(150, true);
	lp_list_free(&list);
	lp_close(&lp);
}
END_TEST

START_TEST(list_that_never_rests)
{
	add_many(3);
	fake.changes = ~0u;
	must_open();
	ck_assert_int_eq(lp_list(&lp, &list, &e), -1);
	ck_assert_int_eq(e.kind, ERR_BUSY);
	ck_assert_uint_eq(list.n, 0);
	lp_close(&lp);
}
END_TEST

/* Each in turn says a size that would have the reader leave its buffers. */
START_TEST(list_of_a_mad_hypervisor)
{
	uint32_t *const lies[] = {&fake.list_total, &fake.list_metadata_total, &fake.list_returned,
				  &fake.list_len, &fake.list_metadata_len};

	add_many(3);
	*lies[_i] = lies[_i] == &fake.list_returned ? 4 : 0x7fffffff;
	must_open();
	ck_assert_int_eq(lp_list(&lp, &list, &e), -1);
	ck_assert_msg(e.kind == ERR_FAIL && strstr(e.text, "makes no sense"), "%s", e.text);
	ck_assert_ptr_null(list.v);
	lp_close(&lp);
}
END_TEST

/* It says more payloads than it has: the end is never reached. */
START_TEST(list_shorter_than_said)
{
	add_many(3);
	fake.list_total = 5;
	must_open();
	ck_assert_int_eq(lp_list(&lp, &list, &e), -1);
	ck_assert_int_eq(e.kind, ERR_BUSY);
	lp_close(&lp);
}
END_TEST

START_TEST(names_too_long_for_the_wire)
{
	char name[200];
	struct lp_status st;

	memset(name, 'n', 128);
	name[128] = 0;
	must_open();
	ck_assert_int_eq(lp_get(&lp, name, &st), -EINVAL);
	ck_assert_int_eq(lp_upload(&lp, name, "x", 1), -EINVAL);
	ck_assert_int_eq(lp_action(&lp, name, LP_APPLY, 0, 0), -EINVAL);
	ck_assert_int_eq(lp_upload(&lp, "x", "x", 0), -EINVAL);
	ck_assert_int_eq(lp_upload(&lp, "x", name, (2 << 20) + 1), -EINVAL);
	lp_close(&lp);
}
END_TEST

Suite *suite_listing(void)
{
	Suite *s = suite_create("ctl: interface and list");
	TCase *tc = tcase_create("listing");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, every_interface_version, 0x0D, 0x17);
	tcase_add_test(tc, no_xen_at_all);
	tcase_add_test(tc, version_of_the_future);
	tcase_add_test(tc, denied_by_policy);
	tcase_add_test(tc, not_the_control_domain);
	tcase_add_test(tc, built_without_live_patching);
	tcase_add_loop_test(tc, list_of_many, 0, 3);
	tcase_add_loop_test(tc, longest_name, 0x12, 0x14);
	tcase_add_test(tc, list_that_changes_while_read);
	tcase_add_test(tc, list_that_never_rests);
	tcase_add_loop_test(tc, list_of_a_mad_hypervisor, 0, 5);
	tcase_add_test(tc, list_shorter_than_said);
	tcase_add_test(tc, names_too_long_for_the_wire);
	suite_add_tcase(s, tc);
	return s;
}
