// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Alternatives: what passes cannot make the hypervisor's code for them fail.
 * XEN-FACTS 11: on 4.17 each of these entries is a crash, or worse.
 */
#include "rig.h"
#include "suites.h"

#include <stddef.h>
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

static struct abi_alt_instr *alt(unsigned int i)
{
	return (struct abi_alt_instr *)(uintptr_t)r.make.sections[MAKE_ALT - 1].data + i;
}

static uint8_t *text(void)
{
	return (uint8_t *)(uintptr_t)r.make.sections[MAKE_TEXT - 1].data;
}

static uint8_t *replacement(void)
{
	return (uint8_t *)(uintptr_t)r.make.sections[MAKE_ALT_REPL - 1].data;
}

static void with(enum make_reloc_index i, uint32_t symbol, int64_t addend, enum xsp_code code)
{
	struct make_reloc before = r.make.relocs[i];

	r.make.relocs[i].symbol = symbol;
	r.make.relocs[i].addend = addend;
	rig_refused(&r, code);
	r.make.relocs[i] = before;
}

START_TEST(are_found)
{
	rig_taken(&r);
	ck_assert_uint_eq(r.module->alternatives.addr, rig_section_addr(&r, MAKE_ALT));
	ck_assert_uint_eq(r.module->alternatives.count, 2);
	ck_assert_uint_eq(r.module->alt_calls.count, 0);
}
END_TEST

START_TEST(defect_11_places)
{
	const int64_t end = 64 + 8;

	with(MAKE_REL_ORIG, MAKE_SYM_TEXT, end - 5, XSP_OK);
	with(MAKE_REL_ORIG, MAKE_SYM_TEXT, end - 4, XSP_ALT_ORIGINAL);
	with(MAKE_REL_ORIG, MAKE_SYM_TEXT, -1, XSP_ALT_ORIGINAL);
	with(MAKE_REL_ORIG, 4, 0, XSP_ALT_ORIGINAL); /* the hypervisor's code */
	with(MAKE_REL_ORIG2, MAKE_SYM_TEXT, end - 5, XSP_OK);
	with(MAKE_REL_ORIG2, MAKE_SYM_TEXT, end - 4, XSP_ALT_ORIGINAL); /* padding counts */
	with(MAKE_REL_REPL, MAKE_SYM_REPL, 3, XSP_OK);
	with(MAKE_REL_REPL, MAKE_SYM_REPL, 4, XSP_ALT_REPLACEMENT);
	with(MAKE_REL_REPL, MAKE_SYM_REPL, -1, XSP_ALT_REPLACEMENT);
	with(MAKE_REL_REPL, MAKE_SYM_TEXT, 0, XSP_ALT_REPLACEMENT);
	with(MAKE_REL_REPL2, MAKE_SYM_REPL, 8, XSP_OK); /* empty, at the end */
	with(MAKE_REL_REPL2, MAKE_SYM_REPL, 9, XSP_ALT_REPLACEMENT);
	ck_assert_str_eq(r.cause.what, ".altinstructions");
}
END_TEST

START_TEST(defect_11_sizes)
{
	alt(0)->repl_len = 6;
	rig_refused(&r, XSP_ALT_SIZE);
	alt(0)->pad_len = 1;
	rig_taken(&r);
	r.make.sections[MAKE_TEXT - 1].size = 64;
	alt(0)->orig_len = 30;
	alt(0)->pad_len = 34;
	rig_taken(&r);
}
END_TEST

START_TEST(defect_11_longest)
{
	static uint8_t long_text[512];

	r.make.sections[MAKE_TEXT - 1].data = long_text;
	r.make.sections[MAKE_TEXT - 1].size = sizeof(long_text);
	alt(0)->pad_len = 249;
	rig_taken(&r);
	alt(0)->pad_len = 250;
	rig_refused(&r, XSP_ALT_SIZE);
}
END_TEST

START_TEST(defect_11_features)
{
	alt(0)->feature = 671;
	rig_taken(&r);
	alt(0)->feature = 672;
	rig_refused(&r, XSP_ALT_FEATURE);
	alt(0)->feature = ABI_ALT_NOT | 671;
	rig_taken(&r);
	alt(0)->feature = ABI_ALT_NOT | 672;
	rig_refused(&r, XSP_ALT_FEATURE);
	alt(0)->feature = 0;
	alt(0)->priv = 1;
	rig_refused(&r, XSP_ALT_APPLIED);
}
END_TEST

/* A branch that is moved must still reach. */
START_TEST(branches)
{
	r.make.symbols[3].section = ABI_SHN_ABS;
	r.make.symbols[3].value = RIG_TEXT + 0x100;
	rig_taken(&r);
	r.make.relocs[0] = r.make.relocs[3]; /* the other function's new code will do */
	make_loadable(&r.make);
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = ABI_SHN_ABS;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = RIG_BASE + 64 + 5 + 0x7fffffff;
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, -4, XSP_ALT_BRANCH);
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = RIG_BASE + 8 + 5 + 0x7fffffff;
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, -4, XSP_OK);
	replacement()[0] = 0xe9;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value++;
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, -4, XSP_ALT_BRANCH);
	replacement()[0] = 0xea; /* no branch that Xen moves */
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, -4, XSP_OK);
}
END_TEST

/* The first alternative is a call through a pointer: at text + 8, of "ops" or so. */
static void make_call(uint8_t modrm, uint8_t direct, uint32_t symbol, int64_t addend)
{
	make_loadable(&r.make);
	memset(text(), 0x90, 64);
	text()[8] = 0xff;
	text()[9] = modrm;
	replacement()[0] = direct;
	alt(0)->orig_len = 6;
	r.make.relocs[MAKE_REL_TEXT] =
		(struct make_reloc){MAKE_TEXT, 10, ABI_R_X86_64_PC32, symbol, addend};
	r.make.relocs[MAKE_REL_CALL].symbol = MAKE_SYM_REPL;
	r.make.relocs[MAKE_REL_CALL].addend = -4; /* -5 from the instruction's end */
	r.make.symbols[3].name = "ops";
	r.make.relocs[2] = r.make.relocs[5]; /* function 0 goes by its name */
}

static void set_pointer(uint64_t v)
{
	memcpy(r.xen.data, &v, sizeof(v));
}

START_TEST(call_through_the_hypervisor)
{
	make_call(0x15, 0xe8, 4, -4);
	rig_taken(&r); /* 0: Xen makes it trap */
	set_pointer(RIG_TEXT + 0x300);
	rig_taken(&r);
	set_pointer(RIG_TEXT + RIG_TEXT_SIZE - 3);
	rig_refused(&r, XSP_ALT_CALL);
	set_pointer(0x1234);
	rig_refused(&r, XSP_ALT_CALL);
	make_call(0x15, 0xe8, 4, -4 + RIG_DATA_SIZE - 8);
	rig_taken(&r);
	make_call(0x15, 0xe8, 4, -4 + RIG_DATA_SIZE - 7);
	rig_refused(&r, XSP_ALT_CALL);
}
END_TEST

START_TEST(call_that_is_none)
{
	make_call(0x25, 0xe9, 4, -4);
	rig_taken(&r);
	make_call(0x15, 0xe9, 4, -4);
	rig_refused(&r, XSP_ALT_CALL);
	make_call(0x25, 0xe8, 4, -4);
	rig_refused(&r, XSP_ALT_CALL);
	make_call(0x35, 0xe8, 4, -4);
	rig_refused(&r, XSP_ALT_CALL);
	make_call(0x15, 0xe8, 4, -4);
	alt(0)->orig_len = 5;
	rig_refused(&r, XSP_ALT_CALL);
	make_call(0x15, 0xe8, 4, -4);
	text()[8] = 0xfe;
	rig_refused(&r, XSP_ALT_CALL);
}
END_TEST

/* The pointer is the payload's own: the hook leads to its code, .bss is 0. */
START_TEST(call_through_the_payload)
{
	make_call(0x15, 0xe8, MAKE_SYM_COUNTER, -4);
	rig_taken(&r);
	make_call(0x15, 0xe8, MAKE_SYM_COUNTER, -4 - 8 - 8);
	rig_taken(&r);
	make_call(0x15, 0xe8, MAKE_SYM_COUNTER, -4 - 8 - 12); /* in the middle of it */
	rig_refused(&r, XSP_ALT_CALL);
}
END_TEST

/* The call becomes a direct one: what it leads to must not go before it. */
START_TEST(call_of_another_payload)
{
	struct xsp_module *a;

	make_next(&r.make);
	a = rig_add(&r, "a");
	make_call(0x15, 0xe8, 4, -4);
	r.name = "b";
	set_pointer(a->base);
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nuses, 1);
	ck_assert_ptr_eq(r.module->uses[0], a);
}
END_TEST

START_TEST(call_too_far)
{
	make_call(0x15, 0xe8, 4, -4);
	set_pointer(RIG_TEXT);
	r.make.relocs[0] = r.make.relocs[3]; /* function 1's new code is function 0's ... */
	r.make.sections[MAKE_FUNCS - 1].size = 0; /* ... or rather none at all */
	for (size_t i = 0; i < 5; i++)
		r.make.relocs[i] = r.make.relocs[5];
	r.base = (RIG_DATA + 0x80000000u - 0x2000) & ~(uint64_t)4095;
	rig_refused(&r, XSP_ALT_CALL);
	set_pointer(RIG_TEXT + RIG_TEXT_SIZE - 4);
	rig_taken(&r);
}
END_TEST

/* The endbr64 that Xen may step over must not lead out of reach, either. */
START_TEST(call_just_near)
{
	static uint64_t pointer;

	make_call(0x15, 0xe8, MAKE_SYM_COUNTER, -4);
	r.make.sections[MAKE_FUNCS - 1].size = 0;
	for (size_t i = 0; i < 5; i++)
		r.make.relocs[i] = r.make.relocs[5];
	r.make.sections[MAKE_COMMENT - 1] = (struct make_section){
		".data", ABI_SHT_PROGBITS, ABI_SHF_ALLOC | ABI_SHF_WRITE, 8, &pointer, 8};
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = MAKE_COMMENT;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = 0;
	r.base = RIG_TEXT + 0x1000 - 0x80000000u;
	pointer = r.base + 8 + 5 + 0x7fffffff - 4;
	rig_taken(&r);
	pointer++;
	rig_refused(&r, XSP_ALT_CALL);
}
END_TEST

/* In another payload's memory. */
START_TEST(call_through_another_payload)
{
	struct xsp_module *a = rig_add(&r, "a");

	set_pointer(a->base + 32);
	make_call(0x15, 0xe8, 4, -4);
	rig_drop(&r);
	r.name = "b";
	make_next(&r.make);
	memset(text(), 0x90, 64);
	memcpy(text() + 8, "\xff\x15", 2);
	r.make.symbols[3].name = "counter";
	r.make.relocs[2] = r.make.relocs[5];
	alt(0)->orig_len = 6;
	r.make.relocs[MAKE_REL_CALL].symbol = MAKE_SYM_REPL;
	r.make.relocs[MAKE_REL_TEXT] = (struct make_reloc){MAKE_TEXT, 10, ABI_R_X86_64_PC32, 4, -4};
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nuses, 1);
	r.make.symbols[3].name = "ops";
	rig_taken(&r); /* the hypervisor's pointer to the other payload's code */
}
END_TEST

START_TEST(call_sites)
{
	static struct abi_alt_call sites[2];
	struct make_section *s = &r.make.sections[MAKE_COMMENT - 1];
	struct make_reloc *site;

	make_call(0x15, 0xe8, 4, -4);
	*s = (struct make_section){".alt_call_sites", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, sites, 4};
	site = &r.make.relocs[r.make.nrelocs++];
	*site = (struct make_reloc){MAKE_COMMENT, 0, ABI_R_X86_64_PC32, MAKE_SYM_TEXT, 8};
	set_pointer(RIG_TEXT);
	rig_taken(&r);
	ck_assert_uint_eq(r.module->alt_calls.addr, rig_section_addr(&r, MAKE_COMMENT));
	ck_assert_uint_eq(r.module->alt_calls.count, 1);
	site->addend = 9;
	rig_refused(&r, XSP_ALT_CALL);
	site->addend = 72 - 5;
	rig_refused(&r, XSP_ALT_CALL);
	ck_assert_str_eq(r.cause.what, ".alt_call_sites");
	/* One that no alternative is at. */
	memcpy(text() + 24, "\xff\x15", 2);
	site->addend = 24;
	site[1] = (struct make_reloc){MAKE_TEXT, 26, ABI_R_X86_64_PC32, 4, -4};
	r.make.nrelocs++;
	rig_taken(&r);
	text()[25] = 0x25;
	rig_refused(&r, XSP_ALT_CALL);
	ck_assert_str_eq(r.cause.what, ".alt_call_sites");
	text()[25] = 0x15;
	site[1].addend += RIG_DATA_SIZE;
	rig_refused(&r, XSP_ALT_CALL);
	ck_assert_str_eq(r.cause.what, ".alt_call_sites");
}
END_TEST

/* --- arm64 --------------------------------------------------------------------------- */

static struct abi_alt_instr_arm64 *alt_arm64(unsigned int i)
{
	return (struct abi_alt_instr_arm64 *)(uintptr_t)r.make.sections[MAKE_ALT - 1].data + i;
}

static void setup_arm64(void)
{
	rig_init(&r);
	r.loader.machine = ABI_EM_AARCH64;
	make_loadable_arm64(&r.make);
}

/* The second replacement is this instruction. */
static void with_insn(uint32_t insn, enum xsp_code code)
{
	memcpy(replacement() + 4, &insn, sizeof(insn));
	rig_refused(&r, code);
}

START_TEST(arm64_are_found)
{
	rig_taken(&r);
	ck_assert_uint_eq(r.module->alternatives.count, 2);
}
END_TEST

START_TEST(defect_11_arm64_sizes)
{
	alt_arm64(1)->orig_len = 8;
	rig_refused(&r, XSP_ALT_SIZE);
	alt_arm64(1)->orig_len = 3;
	alt_arm64(1)->repl_len = 3;
	rig_refused(&r, XSP_ALT_SIZE);
	alt_arm64(1)->orig_len = 4;
	alt_arm64(1)->repl_len = 4;
	with(MAKE_REL_ORIG2, MAKE_SYM_TEXT, 14, XSP_ALT_SIZE);
	with(MAKE_REL_REPL2, MAKE_SYM_REPL, 4 + 4, XSP_ALT_REPLACEMENT);
	with(MAKE_REL_REPL2, MAKE_SYM_REPL, 2 + 1, XSP_ALT_SIZE);
	alt_arm64(1)->feature = 672;
	rig_refused(&r, XSP_ALT_FEATURE);
}
END_TEST

START_TEST(defect_11_arm64_branches)
{
	with_insn(0x14000000, XSP_OK); /* b to itself */
	with_insn(0x14000001, XSP_ALT_BRANCH); /* behind it */
	with_insn(0x17ffffff, XSP_ALT_BRANCH); /* to the other replacement */
	with_insn(0x54000000, XSP_OK); /* b.eq . */
	with_insn(0x54000020, XSP_ALT_BRANCH);
	with_insn(0xb4000003, XSP_OK); /* cbz x3, . */
	with_insn(0xb5ffffe3, XSP_ALT_BRANCH); /* cbnz x3, . - 4 */
	with_insn(0x36000005, XSP_OK); /* tbz w5, #0, . */
	with_insn(0x37080025, XSP_ALT_BRANCH); /* tbnz w5, #1, . + 4 */
	with_insn(0x10000001, XSP_ALT_BRANCH); /* adr x1, . */
	with_insn(0x90000001, XSP_ALT_BRANCH); /* adrp x1, . */
	with_insn(0x58000001, XSP_ALT_BRANCH); /* ldr x1, . */
	with_insn(0x94000000, XSP_OK); /* bl . */
	with_insn(0xd65f03c0, XSP_OK); /* ret */
	with_insn(0x91000421, XSP_OK); /* add x1, x1, #1 */
	with_insn(0xf9400021, XSP_OK); /* ldr x1, [x1] */
}
END_TEST

/* To the payload's own code: Xen stops the machine (BUG in alternative.c). */
START_TEST(defect_11_arm64_branch_into_the_payload)
{
	r.make.relocs[MAKE_REL_CALL].symbol = MAKE_SYM_TEXT;
	rig_refused(&r, XSP_ALT_BRANCH);
}
END_TEST

/* What reaches from the replacement must reach from the original too. */
START_TEST(arm64_branch_that_reaches)
{
	static uint8_t long_text[40000];

	r.make.sections[MAKE_TEXT - 1].data = long_text;
	r.make.sections[MAKE_TEXT - 1].size = sizeof(long_text);
	r.make.relocs[MAKE_REL_CALL].type = ABI_R_AARCH64_TSTBR14;
	memcpy(replacement(), "\5\0\0\x36", 4);
	r.base = RIG_TEXT + RIG_TEXT_SIZE;
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = ABI_SHN_ABS;
	r.make.symbols[MAKE_SYM_COUNTER - 1].value = RIG_TEXT + RIG_TEXT_SIZE - 4;
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, 0, XSP_RELOC_OVERFLOW);
	r.base = (RIG_TEXT + RIG_TEXT_SIZE - 40000) & ~(uint64_t)4095;
	/* From the replacement it is near, from the original 40000 bytes. */
	with(MAKE_REL_CALL, MAKE_SYM_COUNTER, 0, XSP_ALT_BRANCH);
}
END_TEST

Suite *suite_alternatives(void)
{
	Suite *s = suite_create("alternatives");
	TCase *t = tcase_create("x86");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, are_found);
	tcase_add_test(t, defect_11_places);
	tcase_add_test(t, defect_11_sizes);
	tcase_add_test(t, defect_11_longest);
	tcase_add_test(t, defect_11_features);
	tcase_add_test(t, branches);
	tcase_add_test(t, call_through_the_hypervisor);
	tcase_add_test(t, call_that_is_none);
	tcase_add_test(t, call_through_the_payload);
	tcase_add_test(t, call_of_another_payload);
	tcase_add_test(t, call_too_far);
	tcase_add_test(t, call_just_near);
	tcase_add_test(t, call_through_another_payload);
	tcase_add_test(t, call_sites);
	suite_add_tcase(s, t);
	t = tcase_create("arm64");
	tcase_add_checked_fixture(t, setup_arm64, teardown);
	tcase_add_test(t, arm64_are_found);
	tcase_add_test(t, defect_11_arm64_sizes);
	tcase_add_test(t, defect_11_arm64_branches);
	tcase_add_test(t, defect_11_arm64_branch_into_the_payload);
	tcase_add_test(t, arm64_branch_that_reaches);
	suite_add_tcase(s, t);
	return s;
}
