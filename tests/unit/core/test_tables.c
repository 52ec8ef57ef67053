// SPDX-License-Identifier: GPL-2.0-or-later
/* Hooks, exception table, bug frames. */
#include "rig.h"
#include "suites.h"

#include "xsplice/core.h"

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

/* With relocation @i by symbol @symbol and @addend the payload is refused with @code. */
static void with(enum make_reloc_index i, uint32_t symbol, int64_t addend, enum xsp_code code)
{
	struct make_reloc before = r.make.relocs[i];

	r.make.relocs[i].symbol = symbol;
	r.make.relocs[i].addend = addend;
	rig_refused(&r, code);
	r.make.relocs[i] = before;
}

START_TEST(hooks)
{
	rig_taken(&r);
	ck_assert_uint_eq(r.module->hooks[XSP_HOOK_LOAD].addr, rig_section_addr(&r, MAKE_HOOK));
	ck_assert_uint_eq(r.module->hooks[XSP_HOOK_LOAD].count, 1);
	ck_assert_uint_eq(r.module->hooks[XSP_HOOK_APPLY].count, 0);
	with(5, 2, 64 + 7, XSP_OK);
	with(5, 2, 64 + 8, XSP_HOOK_TARGET);
	with(5, 1, 0, XSP_HOOK_TARGET); /* constants */
	with(5, 4, 0, XSP_HOOK_TARGET); /* the hypervisor */
	r.make.sections[MAKE_HOOK - 1].size = 16; /* the second is 0 */
	rig_refused(&r, XSP_HOOK_TARGET);
	ck_assert_str_eq(r.cause.what, ".livepatch.hooks.load");
}
END_TEST

static bool tracked;

static bool has_ibt(void *ctx)
{
	(void)ctx;
	return tracked;
}

START_TEST(hooks_on_a_cpu_that_tracks_branches)
{
	r.host.has_ibt = has_ibt;
	tracked = false;
	rig_taken(&r);
	tracked = true;
	rig_refused(&r, XSP_HOOK_ENDBR);
	ck_assert_str_eq(r.cause.what, ".livepatch.hooks.load");
	ck_assert_int_eq(rig_load_file(&r), XSP_HOOK_ENDBR);
	rig_drop(&r);
	memcpy(r.file.data + make_shdr(&r.file, ".text.new")->sh_offset, "\xf3\x0f\x1e\xfa", 4);
	ck_assert_int_eq(rig_load_file(&r), XSP_OK);
}
END_TEST

START_TEST(exceptions)
{
	const int64_t end = 64 + 8;

	with(MAKE_REL_EX, MAKE_SYM_TEXT, end - 1, XSP_OK);
	with(MAKE_REL_EX, MAKE_SYM_TEXT, end, XSP_EX_ENTRY);
	with(MAKE_REL_EX, MAKE_SYM_TEXT, -1, XSP_EX_ENTRY);
	with(MAKE_REL_CONT, MAKE_SYM_TEXT, end - 1, XSP_OK);
	with(MAKE_REL_CONT, MAKE_SYM_TEXT, end, XSP_EX_ENTRY);
	with(MAKE_REL_CONT, 4, 0, XSP_EX_ENTRY);
}
END_TEST

START_TEST(no_exceptions)
{
	r.make.sections[MAKE_EX - 1].size = 0;
	r.make.nrelocs = MAKE_REL_EX;
	rig_taken(&r);
	ck_assert_uint_eq(r.module->ex_table.count, 0);
	ck_assert_uint_eq(r.module->ex_table.addr, 0);
}
END_TEST

#define ENTRIES 9

/* Addresses of the table's entry @i as Xen will read them. */
static uint64_t ex_addr(uint32_t i, uint32_t field)
{
	uint64_t at = r.module->ex_table.addr + 8 * i + field;
	int32_t v = (int32_t)xsp_le32(rig_section(&r, MAKE_EX) + 8 * i + field);

	return at + (uint64_t)(int64_t)v;
}

START_TEST(exceptions_are_sorted)
{
	static const uint8_t zeros[8 * ENTRIES];
	uint64_t text;

	r.make.sections[MAKE_EX - 1].data = zeros;
	r.make.sections[MAKE_EX - 1].size = 8 * ENTRIES;
	r.make.nrelocs = MAKE_REL_EX;
	for (uint32_t i = 0; i < ENTRIES; i++) {
		uint32_t at = i * 5 % ENTRIES;

		r.make.relocs[r.make.nrelocs++] =
			(struct make_reloc){MAKE_EX, 8 * i, ABI_R_X86_64_PC32, MAKE_SYM_TEXT, at};
		r.make.relocs[r.make.nrelocs++] = (struct make_reloc){
			MAKE_EX, 8 * i + 4, ABI_R_X86_64_PC32, MAKE_SYM_TEXT, 40 + at};
	}
	rig_taken(&r);
	text = rig_section_addr(&r, MAKE_TEXT);
	ck_assert_uint_eq(r.module->ex_table.count, ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		ck_assert_uint_eq(ex_addr(i, 0), text + i);
		ck_assert_uint_eq(ex_addr(i, 4), text + 40 + i);
	}
}
END_TEST

START_TEST(frames)
{
	rig_taken(&r);
	ck_assert_uint_eq(r.module->bug_frames[2].addr, rig_section_addr(&r, MAKE_BUG));
	ck_assert_uint_eq(r.module->bug_frames[2].count, 2);
	with(MAKE_REL_BUG, MAKE_SYM_TEXT, 71, XSP_OK);
	with(MAKE_REL_BUG, MAKE_SYM_TEXT, 72, XSP_BUG_LOCATION);
	with(MAKE_REL_BUG2, 1, 0, XSP_BUG_LOCATION);
	with(MAKE_REL_FILE, MAKE_SYM_TEXT, 4, XSP_BUG_POINTER);
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_OK);
	with(MAKE_REL_FILE, 1, 1 << 20, XSP_BUG_POINTER);
	ck_assert_str_eq(r.cause.what, ".bug_frames.2");
}
END_TEST

/* Line numbers beside displacements do not disturb: all 14 bits, both signs. */
START_TEST(frames_with_lines)
{
	with(MAKE_REL_BUG, MAKE_SYM_TEXT, 40 + (127 << 24), XSP_OK);
	with(MAKE_REL_FILE, 1, 4 + 4 + (127 << 24), XSP_OK);
	with(MAKE_REL_FILE, 1, 4 + 4 + (1 << 24), XSP_OK);
}
END_TEST

/* Strings may be in the hypervisor's data, if that is near; never elsewhere. */
START_TEST(frames_and_the_hypervisor)
{
	r.make.symbols[3].section = ABI_SHN_ABS;
	r.make.symbols[3].value = RIG_TEXT + 0x100;
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = ABI_SHN_ABS;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = RIG_DATA;
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_OK);
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4 + RIG_DATA_SIZE, XSP_BUG_POINTER);
	r.make.sections[MAKE_BUG - 1].name = ".bug_frames.0";
	with(MAKE_REL_FILE, MAKE_SYM_TEXT, 4, XSP_BUG_POINTER); /* the other frame has a string */
	r.make.relocs[MAKE_REL_FILE2].symbol = MAKE_SYM_TEXT;
	with(MAKE_REL_FILE, MAKE_SYM_TEXT, 4, XSP_OK);
	with(MAKE_REL_FILE, 4, 4, XSP_OK);
	with(MAKE_REL_FILE, 1, 4, XSP_BUG_POINTER);
}
END_TEST

/* XEN-FACTS 12: 24 bits of displacement, cut off without notice. */
START_TEST(defect_12_displacement_of_24_bits)
{
	r.make.sections[r.make.nsections++] = (struct make_section){
		".far", ABI_SHT_NOBITS, ABI_SHF_ALLOC | ABI_SHF_WRITE, 1, NULL, 2u << 20};
	with(MAKE_REL_FILE, 1, 8, XSP_OK);
	for (size_t i = 0; i < 4; i++) {
		r.make.sections[r.make.nsections] = r.make.sections[r.make.nsections - 1];
		r.make.nsections++;
	}
	rig_refused(&r, XSP_BUG_LOCATION);
}
END_TEST

/* Cut off so that it leads into the hypervisor's data by chance. */
START_TEST(defect_12_into_the_hypervisor)
{
	uint64_t frame;

	r.make.symbols[3].section = ABI_SHN_ABS;
	r.make.symbols[3].value = RIG_TEXT + 0x100;
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = ABI_SHN_ABS;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = RIG_DATA + (1u << 24);
	rig_taken(&r);
	frame = rig_section_addr(&r, MAKE_BUG);
	ck_assert_uint_lt(frame - RIG_DATA, 1u << 23);
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_BUG_POINTER);
}
END_TEST

START_TEST(frames_are_relocated_as_they_should)
{
	r.make.relocs[MAKE_REL_FILE].type = ABI_R_X86_64_PC16;
	rig_refused(&r, XSP_RELOC_OVERFLOW);
	r.make.relocs[MAKE_REL_FILE].type = ABI_R_X86_64_NONE;
	rig_refused(&r, XSP_OK); /* leads to the frame itself, which is data */
	make_loadable(&r.make);
	r.make.relocs[r.make.nrelocs++] =
		(struct make_reloc){MAKE_BUG, 11, ABI_R_X86_64_8, MAKE_SYM_COUNTER, 0};
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = ABI_SHN_ABS;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = 0xff;
	rig_refused(&r, XSP_BUG_POINTER);
}
END_TEST

/* One frame of type 3, with a message in its second half. */
static void make_assertion(int64_t message)
{
	make_loadable(&r.make);
	r.make.sections[MAKE_BUG - 1].name = ".bug_frames.3";
	r.make.relocs[MAKE_REL_BUG2] =
		(struct make_reloc){MAKE_BUG, 12, ABI_R_X86_64_PC32, 1, message};
	r.make.relocs[MAKE_REL_FILE2] = r.make.relocs[MAKE_REL_TEXT];
}

START_TEST(assertions)
{
	make_assertion(12 + 11);
	rig_taken(&r);
	ck_assert_uint_eq(r.module->bug_frames[3].count, 2);
	make_assertion(12 + (1 << 20));
	rig_refused(&r, XSP_BUG_POINTER);
	make_assertion(12 + 11);
	r.make.relocs[MAKE_REL_FILE2] = r.make.relocs[MAKE_REL_BUG2];
	r.make.relocs[MAKE_REL_FILE2].offset = 8;
	rig_refused(&r, XSP_BUG_POINTER);
	make_assertion(12 + 11);
	r.make.relocs[MAKE_REL_BUG2] = r.make.relocs[MAKE_REL_TEXT];
	r.make.sections[MAKE_BUG - 1].size = 8;
	rig_refused(&r, XSP_SPECIAL_SIZE);
}
END_TEST

/* A string has to end before the payload's memory does, and not only after pages. */
START_TEST(strings_end)
{
	static uint8_t letters[3 * 4096];
	struct make_section *s = &r.make.sections[r.make.nsections++];

	memset(letters, 'x', sizeof(letters));
	*s = (struct make_section){".strings", ABI_SHT_PROGBITS, ABI_SHF_ALLOC,
				   4096,       letters,		 sizeof(letters)};
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = (uint16_t)r.make.nsections;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = 3 * 4096 - 8;
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_BUG_POINTER);
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = 0;
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_BUG_POINTER);
	letters[1023] = 0;
	with(MAKE_REL_FILE, MAKE_SYM_COUNTER, 4, XSP_OK);
}
END_TEST

static void make_arm64(void)
{
	r.loader.machine = ABI_EM_AARCH64;
	make_loadable_arm64(&r.make);
}

START_TEST(frames_of_arm64)
{
	make_arm64();
	with(MAKE_REL_BUG, MAKE_SYM_TEXT, 72 - 4, XSP_OK);
	with(MAKE_REL_BUG, MAKE_SYM_TEXT, 72 - 3, XSP_BUG_LOCATION);
	with(MAKE_REL_FILE, MAKE_SYM_TEXT, 4, XSP_BUG_POINTER);
	with(MAKE_REL_BUG2, MAKE_SYM_TEXT, 8, XSP_OK); /* no message in type 2 */
	r.make.sections[MAKE_BUG - 1].name = ".bug_frames.3";
	with(MAKE_REL_BUG2, 1, 8, XSP_OK);
	with(MAKE_REL_BUG2, MAKE_SYM_TEXT, 8, XSP_BUG_POINTER);
	r.make.sections[MAKE_BUG - 1].name = ".bug_frames.0";
	with(MAKE_REL_FILE, MAKE_SYM_TEXT, 4, XSP_OK);
}
END_TEST

/* XEN-FACTS 15: what arm64's loader leaves to chance. */
START_TEST(defect_15_arm64)
{
	make_arm64();
	r.make.relocs[MAKE_REL_FILE2].type = ABI_R_AARCH64_NONE_OLD;
	rig_taken(&r);
	ck_assert_uint_eq(r.module->patches[0].size, 4);
	ck_assert_uint_eq(r.module->patches[0].addr, RIG_TEXT + 0x100);
	ck_assert_uint_eq(r.module->patches[0].code[3] & 0xfc, 0x14);
	r.make.relocs[2].addend = 2;
	rig_refused(&r, XSP_RELOC_MISALIGNED);
	r.make.relocs[2].addend = 0;
	r.make.relocs[MAKE_REL_TEXT].offset = 62;
	rig_refused(&r, XSP_RELOC_OFFSET);
	make_arm64();
	r.base = RIG_TEXT + (130u << 20);
	r.make.relocs[MAKE_REL_CALL] = r.make.relocs[MAKE_REL_FILE2];
	rig_refused(&r, XSP_FUNC_DISTANCE);
}
END_TEST

/* Only the image can be written on arm64: no payload over a payload. */
START_TEST(arm64_payload_over_payload)
{
	struct abi_func *f;
	struct xsp_module *a;

	make_arm64();
	a = rig_add(&r, "a");
	make_next(&r.make);
	make_loadable_arm64(&r.make);
	f = (struct abi_func *)(uintptr_t)r.make.sections[MAKE_FUNCS - 1].data;
	f[2].old_addr = a->base + 32;
	r.name = "b";
	r.make.sections[MAKE_BUILD_ID - 1].data = r.make.sections[MAKE_DEPENDS - 1].data;
	ck_assert_int_eq(rig_load(&r), XSP_FUNC_OLD_TEXT);
}
END_TEST

/* Arm's marks of code and data are no symbols. */
START_TEST(arm64_mapping_symbols)
{
	static const char *const marks[] = {"$x", "$d", "$a", "$x.12", "$d.realdata"};
	uint32_t n;

	make_arm64();
	rig_taken(&r);
	n = r.module->nsymbols;
	for (size_t i = 0; i < 5; i++) {
		r.make.symbols[MAKE_SYM_HELPER - 1].name = marks[i];
		rig_taken(&r);
		ck_assert_uint_eq(r.module->nsymbols, n - 1);
	}
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "$xy";
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nsymbols, n);
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "$t";
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nsymbols, n);
}
END_TEST

Suite *suite_tables(void)
{
	Suite *s = suite_create("tables");
	TCase *t = tcase_create("entries");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, hooks);
	tcase_add_test(t, hooks_on_a_cpu_that_tracks_branches);
	tcase_add_test(t, exceptions);
	tcase_add_test(t, no_exceptions);
	tcase_add_test(t, exceptions_are_sorted);
	tcase_add_test(t, frames);
	tcase_add_test(t, frames_with_lines);
	tcase_add_test(t, frames_and_the_hypervisor);
	tcase_add_test(t, defect_12_displacement_of_24_bits);
	tcase_add_test(t, defect_12_into_the_hypervisor);
	tcase_add_test(t, frames_are_relocated_as_they_should);
	tcase_add_test(t, assertions);
	tcase_add_test(t, strings_end);
	tcase_add_test(t, frames_of_arm64);
	tcase_add_test(t, defect_15_arm64);
	tcase_add_test(t, arm64_payload_over_payload);
	tcase_add_test(t, arm64_mapping_symbols);
	suite_add_tcase(s, t);
	return s;
}
