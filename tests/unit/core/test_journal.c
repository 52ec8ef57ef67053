// SPDX-License-Identifier: GPL-2.0-or-later
/* No record can be changed, dropped, inserted or moved unseen. */
#include "rig.h"
#include "suites.h"

#include <string.h>

#define RING 8

static struct rig r;
static struct xsp_journal j;
static struct abi_journal_record ring[RING];
static struct abi_journal_record copy[RING + 1];

static void add(const char *name, uint16_t operation)
{
	struct xsp_event e = {.operation = operation, .name = name, .pause = 42, .mode = 2};

	xsp_journal_add(&j, &e);
}

static void setup(void)
{
	rig_init(&r);
	memset(ring, 0xee, sizeof(ring));
	xsp_journal_init(&j, &r.host, ring, RING);
	add("", ABI_JOURNAL_BOOT);
	for (int i = 0; i < 4; i++)
		add("one", ABI_JOURNAL_APPLY);
	memcpy(copy, ring, sizeof(ring));
}

static void teardown(void)
{
	rig_free(&r);
}

/* Index of the first bad record of @n in @copy, or @n. */
static size_t bad(size_t n, const uint8_t *before)
{
	size_t index = 0;

	return xsp_journal_check(&r.host, copy, n, before, &index) ? n : index;
}

START_TEST(what_a_record_holds)
{
	static const uint8_t file[32] = {1, 2, 3};
	struct xsp_key key = {.fingerprint = {9, 8, 7}};
	uint8_t id[20] = {4, 5, 6};
	struct xsp_module m = {.build_id = {id, sizeof(id)},
			       .digest = {7},
			       .verdict = {.trusted = true, .good = 2, .signer = &key}};
	struct xsp_event e = {.operation = ABI_JOURNAL_REVERT,
			      .result = -16,
			      .code = XSP_STATE_NOT_TOP,
			      .pause = 1234,
			      .mode = 1,
			      .name = "name",
			      .module = &m};
	const struct abi_journal_record *rec;

	xsp_journal_add(&j, &e);
	rec = xsp_journal_get(&j, 5);
	ck_assert_ptr_nonnull(rec);
	ck_assert_uint_eq(rec->number, 5);
	ck_assert_uint_eq(rec->operation, ABI_JOURNAL_REVERT);
	ck_assert_int_eq(rec->result, -16);
	ck_assert_uint_eq(rec->code, XSP_STATE_NOT_TOP);
	ck_assert_uint_eq(rec->pause, 1234);
	ck_assert_uint_eq(rec->mode, 1);
	ck_assert_uint_eq(rec->flags, ABI_JOURNAL_TRUSTED);
	ck_assert_uint_eq(rec->signatures, 2);
	ck_assert_str_eq(rec->name, "name");
	ck_assert_uint_eq(rec->file_digest[0], 7);
	ck_assert_int_eq(memcmp(rec->build_id, id, sizeof(id)), 0);
	ck_assert_int_eq(memcmp(rec->signer, key.fingerprint, 20), 0);
	e.module = NULL;
	e.digest = file;
	xsp_journal_add(&j, &e);
	rec = xsp_journal_get(&j, 6);
	ck_assert_int_eq(memcmp(rec->file_digest, file, sizeof(file)), 0);
	ck_assert_uint_eq(rec->flags, 0);
}
END_TEST

/* Of a module that nobody signed, in a mode that takes it. */
START_TEST(nobody_signed)
{
	static const uint8_t none[20];
	static const uint8_t id[20] = {4, 5, 6};
	struct xsp_module m = {.build_id = {id, sizeof(id)}, .digest = {7}};
	struct xsp_event e = {.operation = ABI_JOURNAL_UPLOAD, .name = "name", .module = &m};
	const struct abi_journal_record *rec;

	xsp_journal_add(&j, &e);
	rec = xsp_journal_get(&j, 5);
	ck_assert_ptr_nonnull(rec);
	ck_assert_uint_eq(rec->file_digest[0], 7);
	ck_assert_mem_eq(rec->signer, none, sizeof(none));
	ck_assert_uint_eq(rec->flags, 0);
	ck_assert_uint_eq(rec->signatures, 0);
}
END_TEST

START_TEST(names_are_cut_and_padded)
{
	char name[200];
	const struct abi_journal_record *rec;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	add(name, ABI_JOURNAL_UPLOAD);
	rec = xsp_journal_get(&j, 5);
	ck_assert_uint_eq(strlen(rec->name), sizeof(rec->name) - 1);
	rec = xsp_journal_get(&j, 1);
	for (size_t i = 3; i < sizeof(rec->name); i++)
		ck_assert_int_eq(rec->name[i], 0);
}
END_TEST

START_TEST(an_untouched_journal_is_in_order)
{
	ck_assert_uint_eq(bad(5, NULL), 5);
	ck_assert_uint_eq(bad(0, NULL), 0);
	memmove(copy, copy + 2, 3 * sizeof(*copy));
	ck_assert_uint_eq(bad(3, NULL), 3);
	ck_assert_uint_eq(bad(3, ring[1].digest), 3);
	ck_assert_uint_eq(bad(3, ring[0].digest), 0);
}
END_TEST

/* Every bit of every record: of itself, or of the chain to the next one. */
START_TEST(a_changed_bit)
{
	uint8_t *bytes = (uint8_t *)copy;

	for (size_t i = 0; i < 5 * sizeof(*copy); i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1 << bit);
			ck_assert_uint_lt(bad(5, NULL), 5);
			bytes[i] ^= (uint8_t)(1 << bit);
		}
	ck_assert_uint_eq(bad(5, NULL), 5);
}
END_TEST

START_TEST(a_dropped_record)
{
	for (size_t i = 1; i < 4; i++) {
		memcpy(copy, ring, sizeof(ring));
		memmove(copy + i, copy + i + 1, (4 - i) * sizeof(*copy));
		ck_assert_uint_eq(bad(4, NULL), i);
	}
}
END_TEST

START_TEST(an_inserted_record)
{
	memmove(copy + 3, copy + 2, 3 * sizeof(*copy));
	ck_assert_uint_eq(bad(6, NULL), 3);
	copy[2].number++;
	ck_assert_uint_lt(bad(6, NULL), 6);
}
END_TEST

START_TEST(exchanged_records)
{
	struct abi_journal_record tmp = copy[2];

	copy[2] = copy[3];
	copy[3] = tmp;
	ck_assert_uint_eq(bad(5, NULL), 2);
	copy[2].number = 2;
	copy[3].number = 3;
	ck_assert_uint_eq(bad(5, NULL), 2);
}
END_TEST

START_TEST(the_ring_goes_round)
{
	for (int i = 0; i < 20; i++)
		add("more", ABI_JOURNAL_APPLY);
	ck_assert_ptr_null(xsp_journal_get(&j, 25));
	ck_assert_ptr_null(xsp_journal_get(&j, 16));
	for (uint64_t n = 17; n < 25; n++) {
		const struct abi_journal_record *rec = xsp_journal_get(&j, n);

		ck_assert_ptr_nonnull(rec);
		ck_assert_uint_eq(rec->number, n);
		copy[n - 17] = *rec;
	}
	ck_assert_uint_eq(bad(8, NULL), 8);
}
END_TEST

Suite *suite_journal(void)
{
	Suite *s = suite_create("journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_a_record_holds);
	tcase_add_test(t, nobody_signed);
	tcase_add_test(t, names_are_cut_and_padded);
	tcase_add_test(t, an_untouched_journal_is_in_order);
	tcase_add_test(t, a_changed_bit);
	tcase_add_test(t, a_dropped_record);
	tcase_add_test(t, an_inserted_record);
	tcase_add_test(t, exchanged_records);
	tcase_add_test(t, the_ring_goes_round);
	suite_add_tcase(s, t);
	return s;
}
