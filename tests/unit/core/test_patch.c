// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions to patch: found, allowed, and what is written over them. */
#include "rig.h"
#include "suites.h"

#include "xsplice/arch.h"

#include <stddef.h>
#include <string.h>

#define ENDBR64 "\xf3\x0f\x1e\xfa"
#define POISON	"\x66\x0f\x1f\x01"

static struct rig r;

static void setup(void)
{
	rig_init(&r);
}

static void teardown(void)
{
	rig_free(&r);
}

/* The functions of make_payload(), as its elements are before linking. */
static struct abi_func *func(unsigned int i)
{
	return (struct abi_func *)(uintptr_t)r.make.sections[MAKE_FUNCS - 1].data + i;
}

static const struct xsp_patch *patch(unsigned int i)
{
	return &r.module->patches[i];
}

START_TEST(by_symbol)
{
	const struct xsp_patch *t;
	uint8_t jump[5];

	memcpy(r.xen.text + 0x100, ENDBR64, 4);
	rig_taken(&r);
	t = patch(0);
	ck_assert_str_eq(t->name, "one");
	ck_assert_uint_eq(t->old_addr, RIG_TEXT + 0x100);
	ck_assert_uint_eq(t->addr, RIG_TEXT + 0x104);
	ck_assert_uint_eq(t->new_addr, rig_section_addr(&r, MAKE_TEXT));
	ck_assert_uint_eq(t->size, 5);
	ck_assert(xsp_x86_64_jump(t->addr, t->new_addr, jump));
	ck_assert_mem_eq(t->code, jump, 5);
	ck_assert_uint_eq(t->nexpect, 4);
	ck_assert_mem_eq(t->expect, ENDBR64, 4);
}
END_TEST

START_TEST(by_name)
{
	struct abi_func linked;
	const struct xsp_patch *t;

	rig_taken(&r);
	t = patch(1);
	ck_assert_str_eq(t->name, "do_two");
	ck_assert_uint_eq(t->old_addr, RIG_TEXT + 0x200);
	ck_assert_uint_eq(t->addr, RIG_TEXT + 0x200);
	ck_assert_uint_eq(t->nexpect, 0);
	memcpy(&linked, rig_section(&r, MAKE_FUNCS) + sizeof(linked), sizeof(linked));
	ck_assert_uint_eq(linked.old_addr, t->old_addr);
	ck_assert_uint_eq(linked.new_addr, t->new_addr);
	ck_assert_uint_eq(linked.name, rig_section_addr(&r, MAKE_RODATA) + 4);
	ck_assert_uint_eq(r.module->funcs.addr, rig_section_addr(&r, MAKE_FUNCS));
	ck_assert_uint_eq(r.module->funcs.count, 3);
}
END_TEST

START_TEST(by_name_and_offset)
{
	r.make.sections[MAKE_RODATA - 1].data = "one\0do_two+0x20\0\0\0\0";
	rig_taken(&r);
	ck_assert_uint_eq(patch(1)->old_addr, RIG_TEXT + 0x220);
	r.make.sections[MAKE_RODATA - 1].data = "one\0do_two-0x20\0\0\0\0";
	rig_refused(&r, XSP_FUNC_NOT_FOUND);
}
END_TEST

START_TEST(nops)
{
	const struct xsp_patch *t;
	uint8_t nop[31];

	rig_taken(&r);
	t = patch(2);
	ck_assert_str_eq(t->name, "");
	ck_assert_uint_eq(t->new_addr, 0);
	ck_assert_uint_eq(t->addr, RIG_TEXT);
	ck_assert_uint_eq(t->size, 16);
	xsp_x86_64_nops(nop, 16);
	ck_assert_mem_eq(t->code, nop, 16);
	func(2)->new_size = 0;
	rig_taken(&r);
	ck_assert_uint_eq(patch(2)->size, 0);
}
END_TEST

/* XEN-FACTS 5: the length of NOPs behind an endbr64 wraps. */
START_TEST(defect_5_nops_shorter_than_endbr)
{
	memcpy(r.xen.text, ENDBR64, 4);
	for (uint32_t i = 0; i < 4; i++) {
		func(2)->new_size = i;
		rig_refused(&r, XSP_FUNC_ENDBR);
		ck_assert_uint_eq(r.cause.pos, make_shdr(&r.file, ".livepatch.funcs")->sh_offset +
						       2 * sizeof(struct abi_func) +
						       offsetof(struct abi_func, new_size));
	}
	func(2)->new_size = 4;
	rig_taken(&r);
	ck_assert_uint_eq(patch(2)->size, 0);
	memcpy(r.xen.text, POISON, 4);
	func(2)->new_size = 7;
	rig_taken(&r);
	ck_assert_uint_eq(patch(2)->addr, RIG_TEXT + 4);
	ck_assert_uint_eq(patch(2)->size, 3);
	func(2)->old_size = func(2)->new_size = 3;
	rig_refused(&r, XSP_FUNC_ENDBR);
	memcpy(r.xen.text, "\x90\x90\x90\x90", 4);
	rig_taken(&r);
}
END_TEST

START_TEST(jump_behind_endbr)
{
	func(0)->old_size = 8;
	rig_taken(&r);
	memcpy(r.xen.text + 0x100, ENDBR64, 4);
	rig_refused(&r, XSP_FUNC_ENDBR);
	func(0)->old_size = 9;
	rig_taken(&r);
	ck_assert_uint_eq(patch(0)->addr, RIG_TEXT + 0x104);
}
END_TEST

/* XEN-FACTS 4: old_addr is not used before it is known to be code. */
START_TEST(defect_4_old_code_anywhere)
{
	static const uint64_t bad[] = {1, UINT64_MAX, RIG_TEXT - 1, RIG_TEXT + RIG_TEXT_SIZE - 31,
				       RIG_DATA};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		func(2)->old_addr = bad[i];
		rig_refused(&r, XSP_FUNC_OLD_TEXT);
		ck_assert_str_eq(r.cause.what, ".livepatch.funcs");
	}
	func(2)->old_addr = RIG_TEXT + RIG_TEXT_SIZE - 32;
	rig_taken(&r);
}
END_TEST

/* XEN-FACTS 4: a name, or new code, that leads anywhere. */
START_TEST(defect_4_pointers_anywhere)
{
	func(2)->name = 0xdead;
	rig_refused(&r, XSP_FUNC_NAME);
	make_loadable(&r.make);
	func(2)->new_addr = RIG_TEXT;
	rig_refused(&r, XSP_FUNC_NEW_RANGE);
}
END_TEST

/* XEN-FACTS 4: functions over each other. */
START_TEST(defect_4_overlap)
{
	func(2)->old_addr = RIG_TEXT + 0x104;
	rig_refused(&r, XSP_FUNC_OVERLAP);
	func(2)->old_addr = RIG_TEXT + 0x105;
	rig_taken(&r);
	func(2)->old_addr = RIG_TEXT + 0x200 - 15;
	rig_refused(&r, XSP_FUNC_OVERLAP);
	func(2)->old_addr = RIG_TEXT + 0x200 - 16;
	rig_taken(&r);
	func(2)->old_addr = RIG_TEXT + 0x200;
	rig_refused(&r, XSP_FUNC_OVERLAP);
	func(2)->new_size = 0;
	rig_taken(&r);
}
END_TEST

START_TEST(denied)
{
	r.xen.denied = RIG_TEXT + 0x100 + 31;
	rig_refused(&r, XSP_FUNC_DENIED);
	r.xen.denied = RIG_TEXT + 0x100 + 32;
	rig_taken(&r);
}
END_TEST

START_TEST(too_far)
{
	r.make.relocs[6].symbol = 2; /* nothing else leads far away */
	r.make.symbols[3].section = ABI_SHN_ABS;
	r.make.symbols[3].value = RIG_TEXT + 0x100;
	r.make.relocs[7] = (struct make_reloc){MAKE_HOOK, 0, ABI_R_X86_64_64, 2, 0};
	r.base = RIG_TEXT + 0x105 + 0x7fffffff;
	r.base &= ~(uint64_t)4095;
	rig_taken(&r);
	r.base += 4096;
	rig_refused(&r, XSP_FUNC_DISTANCE);
}
END_TEST

/* On x86 another payload's function may be patched; it then is in use. */
START_TEST(of_another_payload)
{
	struct xsp_module *a = rig_add(&r, "a");

	make_next(&r.make);
	r.name = "b";
	func(2)->old_addr = a->base + 32;
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nuses, 1);
	func(2)->old_addr = a->base + 60; /* leaves the code */
	func(2)->old_size = 32;
	ck_assert_int_eq(rig_load(&r), XSP_FUNC_OLD_TEXT);
}
END_TEST

/* A relocation that changes the bytes of a name is not overlooked. */
START_TEST(name_that_changes)
{
	r.make.relocs[6] = (struct make_reloc){MAKE_RODATA, 4, ABI_R_X86_64_64, 4, 0};
	rig_refused(&r, XSP_FUNC_NAME);
}
END_TEST

START_TEST(name_of_the_symbol)
{
	r.make.relocs[1] = (struct make_reloc){MAKE_HOOK, 0, ABI_R_X86_64_64, 2, 0};
	rig_taken(&r);
	ck_assert_str_eq(patch(0)->name, "one");
	ck_assert_ptr_eq(patch(0)->name, r.module->strings + (patch(0)->name - r.module->strings));
}
END_TEST

START_TEST(only_hooks)
{
	r.make.sections[MAKE_FUNCS - 1].size = 0;
	for (size_t i = 0; i < 5; i++)
		r.make.relocs[i] = r.make.relocs[5];
	rig_taken(&r);
	ck_assert_uint_eq(r.module->npatches, 0);
	ck_assert_uint_eq(r.module->funcs.count, 0);
}
END_TEST

START_TEST(nop_sequences)
{
	uint8_t code[32];

	memset(code, 0, sizeof(code));
	xsp_x86_64_nops(code, 9);
	ck_assert_mem_eq(code, "\x66\x0f\x1f\x84\0\0\0\0\0\0", 10);
	xsp_x86_64_nops(code, 11);
	ck_assert_mem_eq(code + 9, "\x66\x90\0", 3);
	memset(code, 0, sizeof(code));
	xsp_arch_nops(ABI_EM_AARCH64, code, 8);
	ck_assert_mem_eq(code, "\x1f\x20\x03\xd5\x1f\x20\x03\xd5\0", 9);
}
END_TEST

START_TEST(arm64_jumps)
{
	const uint64_t from = 0x40000000;
	uint8_t code[4];

	ck_assert(xsp_arch_jump(ABI_EM_AARCH64, from, from + 8, code));
	ck_assert_mem_eq(code, "\x02\0\0\x14", 4);
	ck_assert(xsp_arch_jump(ABI_EM_AARCH64, from, from - 4, code));
	ck_assert_mem_eq(code, "\xff\xff\xff\x17", 4);
	ck_assert(xsp_arm64_jump(from, from + (128u << 20) - 4, code));
	ck_assert(!xsp_arm64_jump(from, from + (128u << 20), code));
	ck_assert(xsp_arm64_jump(from, from - (128u << 20), code));
	ck_assert(!xsp_arm64_jump(from, from - (128u << 20) - 4, code));
	ck_assert(!xsp_arm64_jump(from, from + 2, code));
	ck_assert_uint_eq(xsp_arch_landing(ABI_EM_AARCH64, (const uint8_t *)ENDBR64), 0);
	ck_assert_uint_eq(xsp_arch_jump_size(ABI_EM_AARCH64), 4);
}
END_TEST

Suite *suite_patch(void)
{
	Suite *s = suite_create("patch");
	TCase *t = tcase_create("functions");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, by_symbol);
	tcase_add_test(t, by_name);
	tcase_add_test(t, by_name_and_offset);
	tcase_add_test(t, nops);
	tcase_add_test(t, defect_5_nops_shorter_than_endbr);
	tcase_add_test(t, jump_behind_endbr);
	tcase_add_test(t, defect_4_old_code_anywhere);
	tcase_add_test(t, defect_4_pointers_anywhere);
	tcase_add_test(t, defect_4_overlap);
	tcase_add_test(t, denied);
	tcase_add_test(t, too_far);
	tcase_add_test(t, of_another_payload);
	tcase_add_test(t, name_that_changes);
	tcase_add_test(t, name_of_the_symbol);
	tcase_add_test(t, only_hooks);
	tcase_add_test(t, nop_sequences);
	tcase_add_test(t, arm64_jumps);
	suite_add_tcase(s, t);
	return s;
}
