// SPDX-License-Identifier: GPL-2.0-or-later
/* From a file to a module: names, build-ids, memory; the list of modules. */
#include "rig.h"
#include "suites.h"

#include <nettle/sha2.h>
#include <string.h>

static struct rig r;

static void setup(void)
{
	rig_init(&r);
}

static void teardown(void)
{
	rig_free(&r);
}

START_TEST(starts_closed)
{
	struct xsp_loader l;

	xsp_loader_init(&l, &r.host);
	ck_assert_ptr_null(l.first);
	ck_assert_int_eq(l.policy.mode, XSP_ENFORCE);
	ck_assert_uint_eq(l.policy.needed, 1);
}
END_TEST

START_TEST(is_loaded)
{
	uint8_t sha[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	rig_taken(&r);
	sha256_init(&ctx);
	sha256_update(&ctx, r.file.len, (const uint8_t *)r.file.data);
	sha256_digest(&ctx, sizeof(sha), sha);
	ck_assert_mem_eq(r.module->digest, sha, sizeof(sha));
	ck_assert_str_eq(r.module->name, "rig");
	ck_assert_int_eq(r.module->state, XSP_CHECKED);
	ck_assert_uint_eq(r.module->build_id.size, 20);
	ck_assert_uint_eq(r.module->build_id.data[1], 2);
	ck_assert_uint_eq(r.module->depends.data[0], 0xaa);
	ck_assert_str_eq((const char *)r.module->info.data, "name=test");
	ck_assert_uint_eq(r.module->npatches, 3);
	ck_assert_uint_eq(r.module->hooks[XSP_HOOK_LOAD].count, 1);
	ck_assert_uint_eq(r.module->base, RIG_BASE);
}
END_TEST

/* What no section fills is zero, whatever the memory held. */
START_TEST(memory_is_cleared)
{
	rig_taken(&r);
	for (size_t i = 0; i < 32; i++)
		ck_assert_uint_eq(rig_section(&r, MAKE_BSS)[i], 0);
	ck_assert_uint_eq(r.memory[r.module->layout.size - 1], 0);
	ck_assert_uint_eq(rig_section(&r, MAKE_TEXT)[63], 0x90);
}
END_TEST

START_TEST(names)
{
	char name[XSP_NAME_MAX + 1];

	memset(name, 'x', sizeof(name));
	name[XSP_NAME_MAX] = '\0';
	ck_assert(!xsp_name_ok(name));
	name[XSP_NAME_MAX - 1] = '\0';
	ck_assert(xsp_name_ok(name));
	ck_assert(xsp_name_ok("xsa-506 \xc3\xa4"));
	ck_assert(!xsp_name_ok(""));
	ck_assert(!xsp_name_ok("a\nb"));
	ck_assert(!xsp_name_ok("a\x1b"));
	ck_assert(!xsp_name_ok("\x7f"));
}
END_TEST

/* XEN-FACTS 18: control characters in names. */
START_TEST(defect_18_control_characters)
{
	r.name = "a\033[2J";
	rig_refused(&r, XSP_NAME);
}
END_TEST

START_TEST(name_is_free)
{
	rig_add(&r, "first");
	r.make.sections[MAKE_BUILD_ID - 1].data = r.make.sections[MAKE_DEPENDS - 1].data;
	ck_assert_int_eq(rig_load(&r), XSP_NAME_TAKEN);
	ck_assert_ptr_nonnull(xsp_loader_find(&r.loader, "first"));
	ck_assert_ptr_null(xsp_loader_find(&r.loader, "firs"));
}
END_TEST

START_TEST(build_id_is_free)
{
	rig_add(&r, "first");
	r.name = "second";
	ck_assert_int_eq(rig_load(&r), XSP_ID_TAKEN);
	ck_assert_str_eq(r.cause.what, ".note.gnu.build-id");
}
END_TEST

START_TEST(right_hypervisor)
{
	static const uint8_t other[20] = {0xaa, 0xbc};

	r.loader.xen_build_id = (struct xsp_bytes){other, 20};
	rig_refused(&r, XSP_XEN_OTHER);
	r.loader.xen_build_id.size = 16;
	rig_refused(&r, XSP_XEN_OTHER);
	r.loader.xen_build_id.size = 0;
	rig_refused(&r, XSP_XEN_NO_ID);
}
END_TEST

/* XEN-FACTS 16: an id that reaches past its section is no id. */
START_TEST(defect_16_note_past_section)
{
	r.make.sections[MAKE_XEN_DEPENDS - 1].size = 33;
	rig_refused(&r, XSP_NOTE_SIZE);
}
END_TEST

/* XEN-FACTS 3: .modinfo of size 0. */
START_TEST(defect_3_empty_modinfo)
{
	r.make.sections[MAKE_MODINFO - 1].size = 0;
	rig_refused(&r, XSP_MODINFO_EMPTY);
}
END_TEST

START_TEST(right_machine)
{
	r.loader.machine = ABI_EM_AARCH64;
	rig_refused(&r, XSP_OTHER_MACHINE);
}
END_TEST

START_TEST(size_of_file)
{
	static uint8_t big[ABI_PAYLOAD_MAX + 1];
	struct xsp_cause c = {XSP_OK, 0, ""};

	ck_assert_ptr_null(xsp_module_open(&r.loader, "x", big, 0, &r.payload, &r.verdict, &c));
	ck_assert_int_eq(c.code, XSP_EMPTY);
	c.code = XSP_OK;
	ck_assert_ptr_null(
		xsp_module_open(&r.loader, "x", big, sizeof(big), &r.payload, &r.verdict, &c));
	ck_assert_int_eq(c.code, XSP_TOO_BIG);
}
END_TEST

/* What follows the ELF must be signatures, whatever the policy. */
START_TEST(damaged_trailer)
{
	rig_taken(&r);
	strbuf_add(&r.file, ABI_SIG_END_MAGIC "\xff\xff\xff\xff\1\0\0\0", 24);
	ck_assert_int_eq(rig_load_file(&r), XSP_TRAILER_SIZE);
	ck_assert_uint_eq(r.xen.live, 0);
}
END_TEST

/* Each allocation fails in turn: refused for that, and nothing is left behind. */
START_TEST(no_memory)
{
	size_t n;

	rig_add(&r, "below");
	make_next(&r.make);
	r.name = "next";
	n = r.xen.live;
	r.xen.allocations = 0;
	rig_taken(&r);
	rig_drop(&r);
	for (size_t i = r.xen.allocations; i > 0; i--) {
		r.xen.allocations = 0;
		r.xen.fail = i;
		ck_assert_int_eq(rig_load(&r), XSP_NO_MEMORY);
		ck_assert_uint_eq(r.xen.live, n);
	}
	r.xen.fail = 0;
	rig_taken(&r);
}
END_TEST

/* Every byte of the file, changed: taken or refused, never read or written astray (ASan). */
START_TEST(every_byte_changed)
{
	static const uint8_t changes[] = {0x01, 0x80, 0xff};
	size_t refusals = 0;

	rig_taken(&r);
	for (size_t i = 0; i < r.file.len * sizeof(changes); i++) {
		char *byte = &r.file.data[i / sizeof(changes)];
		char before = *byte;

		*byte = (char)(before ^ changes[i % sizeof(changes)]);
		refusals += rig_load_file(&r) != XSP_OK;
		rig_drop(&r);
		ck_assert_uint_eq(r.xen.live, 0);
		*byte = before;
	}
	ck_assert_uint_gt(refusals, r.file.len);
}
END_TEST

START_TEST(list_of_modules)
{
	struct xsp_module *a = rig_add(&r, "a");
	struct xsp_module *b;

	make_next(&r.make);
	b = rig_add(&r, "b");
	ck_assert_ptr_eq(r.loader.first, a);
	ck_assert_ptr_eq(a->next, b);
	ck_assert_uint_eq(r.loader.count, 2);
	ck_assert_uint_eq(r.loader.version, 2);
	ck_assert_ptr_eq(xsp_loader_find(&r.loader, "b"), b);
	xsp_module_remove(&r.loader, a);
	ck_assert_ptr_eq(r.loader.first, b);
	ck_assert_uint_eq(r.loader.count, 1);
	ck_assert_uint_eq(r.loader.version, 3);
	r.module = a;
	r.memory = a->memory;
}
END_TEST

/* XEN-FACTS 10: nothing that others use goes away. */
START_TEST(defect_10_unload_of_what_is_used)
{
	struct xsp_module *a = rig_add(&r, "a");
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_module *b;

	make_next(&r.make);
	r.make.symbols[3].name = "counter";
	/* Function 0 goes by its name; the symbol is used by the text. */
	r.make.relocs[2] = r.make.relocs[5];
	r.make.relocs[6] = (struct make_reloc){MAKE_TEXT, 12, ABI_R_X86_64_PC32, 4, -4};
	b = rig_add(&r, "b");
	ck_assert_uint_eq(b->nuses, 1);
	ck_assert_int_eq(xsp_module_removable(&r.loader, b, &c), 0);
	ck_assert_int_eq(xsp_module_removable(&r.loader, a, &c), -1);
	ck_assert_int_eq(c.code, XSP_IN_USE);
	xsp_module_remove(&r.loader, b);
	c.code = XSP_OK;
	ck_assert_int_eq(xsp_module_removable(&r.loader, a, &c), 0);
	a->state = XSP_APPLIED;
	ck_assert_int_eq(xsp_module_removable(&r.loader, a, &c), -1);
	ck_assert_int_eq(c.code, XSP_STATE_APPLIED);
	r.module = b;
	r.memory = b->memory;
}
END_TEST

/* One that uses several holds them all. */
START_TEST(defect_10_unload_of_two_that_are_used)
{
	struct xsp_module *a = rig_add(&r, "a");
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_module *b;
	struct xsp_module *user;

	make_next(&r.make);
	b = rig_add(&r, "b");
	make_next(&r.make);
	r.make.sections[MAKE_BUILD_ID - 1].data = r.make.sections[MAKE_DEPENDS - 1].data;
	r.make.symbols[1].name = "third_one";
	r.make.symbols[2].name = "third_two";
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "third_helper";
	r.make.symbols[3].name = "counter";
	r.make.symbols[MAKE_SYM_COUNTER - 1] = r.make.symbols[3];
	r.make.symbols[MAKE_SYM_COUNTER - 1].name = "next_counter";
	r.make.relocs[2] = r.make.relocs[5];
	user = rig_add(&r, "c");
	ck_assert_uint_eq(user->nuses, 2);
	ck_assert_int_eq(xsp_module_removable(&r.loader, a, &c), -1);
	ck_assert_int_eq(c.code, XSP_IN_USE);
	c.code = XSP_OK;
	ck_assert_int_eq(xsp_module_removable(&r.loader, b, &c), -1);
	ck_assert_int_eq(c.code, XSP_IN_USE);
}
END_TEST

static Suite *fill(Suite *s, TCase *t)
{
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, starts_closed);
	tcase_add_test(t, is_loaded);
	tcase_add_test(t, memory_is_cleared);
	tcase_add_test(t, names);
	tcase_add_test(t, defect_18_control_characters);
	tcase_add_test(t, name_is_free);
	tcase_add_test(t, build_id_is_free);
	tcase_add_test(t, right_hypervisor);
	tcase_add_test(t, defect_16_note_past_section);
	tcase_add_test(t, defect_3_empty_modinfo);
	tcase_add_test(t, right_machine);
	tcase_add_test(t, size_of_file);
	tcase_add_test(t, damaged_trailer);
	tcase_add_test(t, no_memory);
	tcase_add_test(t, every_byte_changed);
	tcase_add_test(t, list_of_modules);
	tcase_add_test(t, defect_10_unload_of_what_is_used);
	tcase_add_test(t, defect_10_unload_of_two_that_are_used);
	suite_add_tcase(s, t);
	return s;
}

Suite *suite_module(void)
{
	return fill(suite_create("module"), tcase_create("loading"));
}
