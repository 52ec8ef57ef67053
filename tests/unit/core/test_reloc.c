// SPDX-License-Identifier: GPL-2.0-or-later
/* Relocations: every type with the numbers around its limits, and the driver. */
#include "rig.h"
#include "suites.h"

#include "xsplice/arch.h"

#include <string.h>

#define P      0x1000000000u /* where all are */
#define X(t)   ABI_R_X86_64_##t
#define A(t)   ABI_R_AARCH64_##t
#define S32    0x80000000u
#define U32    0x100000000u
#define NEG(v) (0 - (uint64_t)(v))

#define CASE(type, value, code, result)                                                            \
	{                                                                                          \
		value, result, type, code                                                          \
	}

struct fix_case {
	uint64_t value;
	uint64_t result; /* the first 8 bytes, which were ff */
	uint32_t type;
	enum xsp_code code;
};

static const struct fix_case x86_cases[] = {
	CASE(X(64), 0x123456789abcdef0, XSP_OK, 0x123456789abcdef0),
	CASE(X(64), UINT64_MAX, XSP_OK, UINT64_MAX),
	CASE(X(PC64), P + 5, XSP_OK, 5),
	CASE(X(PC64), P - 5, XSP_OK, NEG(5)),
	CASE(X(PC32), P + S32 - 1, XSP_OK, 0xffffffff7fffffff),
	CASE(X(PC32), P + S32, XSP_RELOC_OVERFLOW, 0),
	CASE(X(PC32), P - S32, XSP_OK, 0xffffffff80000000),
	CASE(X(PC32), P - S32 - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(X(PLT32), P - 4, XSP_OK, 0xfffffffffffffffc),
	CASE(X(PLT32), 0, XSP_RELOC_OVERFLOW, 0),
	CASE(X(32), U32 - 1, XSP_OK, UINT64_MAX),
	CASE(X(32), 0, XSP_OK, 0xffffffff00000000),
	CASE(X(32), U32, XSP_RELOC_OVERFLOW, 0),
	CASE(X(32), NEG(1), XSP_RELOC_OVERFLOW, 0),
	CASE(X(32S), S32 - 1, XSP_OK, 0xffffffff7fffffff),
	CASE(X(32S), S32, XSP_RELOC_OVERFLOW, 0),
	CASE(X(32S), NEG(S32), XSP_OK, 0xffffffff80000000),
	CASE(X(32S), NEG(S32) - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(X(16), 0xffff, XSP_OK, UINT64_MAX),
	CASE(X(16), 0x10000, XSP_RELOC_OVERFLOW, 0),
	CASE(X(16), NEG(0x8000), XSP_OK, 0xffffffffffff8000),
	CASE(X(16), NEG(0x8001), XSP_RELOC_OVERFLOW, 0),
	CASE(X(PC16), P + 0x7fff, XSP_OK, 0xffffffffffff7fff),
	CASE(X(PC16), P + 0x8000, XSP_RELOC_OVERFLOW, 0),
	CASE(X(PC16), P - 0x8000, XSP_OK, 0xffffffffffff8000),
	CASE(X(PC16), P - 0x8001, XSP_RELOC_OVERFLOW, 0),
	CASE(X(8), 0xff, XSP_OK, UINT64_MAX),
	CASE(X(8), 0x100, XSP_RELOC_OVERFLOW, 0),
	CASE(X(8), NEG(0x80), XSP_OK, 0xffffffffffffff80),
	CASE(X(8), NEG(0x81), XSP_RELOC_OVERFLOW, 0),
	CASE(X(PC8), P + 0x7f, XSP_OK, 0xffffffffffffff7f),
	CASE(X(PC8), P + 0x80, XSP_RELOC_OVERFLOW, 0),
	CASE(X(PC8), P - 0x80, XSP_OK, 0xffffffffffffff80),
	CASE(X(PC8), P - 0x81, XSP_RELOC_OVERFLOW, 0),
	CASE(3, P, XSP_RELOC_TYPE, 0), /* GOT32 */
	CASE(9, P, XSP_RELOC_TYPE, 0), /* GOTPCREL, which promises no instruction */
	CASE(X(64) | 1u << 8, P, XSP_RELOC_TYPE, 0),
	CASE(UINT32_MAX, P, XSP_RELOC_TYPE, 0),
};

/* Instructions are all ones before: what is not the field stays so. */
static const struct fix_case arm64_cases[] = {
	CASE(A(ABS64), 0x123456789abcdef0, XSP_OK, 0x123456789abcdef0),
	CASE(A(ABS32), U32 - 1, XSP_OK, UINT64_MAX),
	CASE(A(ABS32), U32, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ABS32), NEG(S32), XSP_OK, 0xffffffff80000000),
	CASE(A(ABS32), NEG(S32) - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ABS16), 0xffff, XSP_OK, UINT64_MAX),
	CASE(A(ABS16), 0x10000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ABS16), NEG(0x8000), XSP_OK, 0xffffffffffff8000),
	CASE(A(ABS16), NEG(0x8001), XSP_RELOC_OVERFLOW, 0),
	CASE(A(PREL64), P + 1, XSP_OK, 1),
	CASE(A(PREL32), P + S32 - 1, XSP_OK, 0xffffffff7fffffff),
	CASE(A(PREL32), P + S32, XSP_RELOC_OVERFLOW, 0),
	CASE(A(PREL32), P - S32, XSP_OK, 0xffffffff80000000),
	CASE(A(PREL32), P - S32 - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(A(PREL16), P + 0x7fff, XSP_OK, 0xffffffffffff7fff),
	CASE(A(PREL16), P + 0x8000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(PREL16), P - 0x8001, XSP_RELOC_OVERFLOW, 0),

	CASE(A(MOVW_UABS_G0), 0xffff, XSP_OK, UINT64_MAX),
	CASE(A(MOVW_UABS_G0), 0x10000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_UABS_G0), NEG(1), XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_UABS_G0_NC), 0x12345678, XSP_OK, 0xffffffffffeacf1f),
	CASE(A(MOVW_UABS_G1), 0x12345678, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_UABS_G1), U32, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_UABS_G1_NC), 0x912345678, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_UABS_G2), 0x123400000000, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_UABS_G2), 0x1000000000000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_UABS_G2_NC), 0x5123400000000, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_UABS_G3), 0x1234000000000000, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_SABS_G0), 0x1234, XSP_OK, 0xffffffffdfe2469f),
	CASE(A(MOVW_SABS_G0), NEG(0x1235), XSP_OK, 0xffffffff9fe2469f),
	CASE(A(MOVW_SABS_G0), 0x10000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_SABS_G0), NEG(0x10000), XSP_OK, 0xffffffff9fffffff),
	CASE(A(MOVW_SABS_G0), NEG(0x10001), XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_SABS_G1), U32, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_SABS_G1), NEG(U32) - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_SABS_G2), 1ull << 48, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_PREL_G0), P + 0x1234, XSP_OK, 0xffffffffdfe2469f),
	CASE(A(MOVW_PREL_G0), P + 0x10000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(MOVW_PREL_G0_NC), P + 0x51234, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_PREL_G1), P + 0x12340000, XSP_OK, 0xffffffffdfe2469f),
	CASE(A(MOVW_PREL_G1_NC), P + 0x912340000, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_PREL_G2), P + 0x123400000000, XSP_OK, 0xffffffffdfe2469f),
	CASE(A(MOVW_PREL_G2_NC), P + 0x123400000000, XSP_OK, 0xffffffffffe2469f),
	CASE(A(MOVW_PREL_G3), P + 0x1234000000000000, XSP_OK, 0xffffffffdfe2469f),

	CASE(A(LD_PREL_LO19), P + 0xffffc, XSP_OK, 0xffffffffff7fffff),
	CASE(A(LD_PREL_LO19), P + 0x100000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(LD_PREL_LO19), P + 2, XSP_RELOC_MISALIGNED, 0),
	CASE(A(ADR_PREL_LO21), P + 0xfffff, XSP_OK, 0xffffffffff7fffff),
	CASE(A(ADR_PREL_LO21), P + 0x100000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ADR_PREL_LO21), P - 0x100000, XSP_OK, 0xffffffff9f80001f),
	CASE(A(ADR_PREL_LO21), P - 0x100001, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ADR_PREL_PG_HI21), P + 0xfffff000, XSP_OK, 0xffffffffff7fffff),
	CASE(A(ADR_PREL_PG_HI21), P + U32, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ADR_PREL_PG_HI21), P - U32 + 0xfff, XSP_OK, 0xffffffff9f80001f),
	CASE(A(ADR_PREL_PG_HI21), P - U32 - 1, XSP_RELOC_OVERFLOW, 0),
	CASE(A(ADR_PREL_PG_HI21_NC), P + U32 + 0x1fff, XSP_OK, 0xffffffffbf80001f),
	CASE(A(ADD_ABS_LO12_NC), 0x5abc, XSP_OK, 0xffffffffffeaf3ff),
	CASE(A(LDST8_ABS_LO12_NC), 0x5abc, XSP_OK, 0xffffffffffeaf3ff),
	CASE(A(LDST16_ABS_LO12_NC), 0x5abe, XSP_OK, 0xffffffffffd57fff),
	CASE(A(LDST16_ABS_LO12_NC), 0x5abf, XSP_RELOC_MISALIGNED, 0),
	CASE(A(LDST32_ABS_LO12_NC), 0x5abc, XSP_OK, 0xffffffffffcabfff),
	CASE(A(LDST32_ABS_LO12_NC), 0x5abe, XSP_RELOC_MISALIGNED, 0),
	CASE(A(LDST64_ABS_LO12_NC), 0x5ab8, XSP_OK, 0xffffffffffc55fff),
	CASE(A(LDST64_ABS_LO12_NC), 0x5abc, XSP_RELOC_MISALIGNED, 0),
	CASE(A(LDST128_ABS_LO12_NC), 0x5ab0, XSP_OK, 0xffffffffffc2afff),
	CASE(A(LDST128_ABS_LO12_NC), 0x5ab8, XSP_RELOC_MISALIGNED, 0),

	CASE(A(TSTBR14), P + 0x7ffc, XSP_OK, 0xfffffffffffbffff),
	CASE(A(TSTBR14), P + 0x8000, XSP_RELOC_OVERFLOW, 0), /* Xen's takes 19 bits here */
	CASE(A(TSTBR14), P - 0x8000, XSP_OK, 0xfffffffffffc001f),
	CASE(A(TSTBR14), P - 0x8004, XSP_RELOC_OVERFLOW, 0),
	CASE(A(CONDBR19), P + 0xffffc, XSP_OK, 0xffffffffff7fffff),
	CASE(A(CONDBR19), P + 0x100000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(CONDBR19), P - 0x100004, XSP_RELOC_OVERFLOW, 0),
	CASE(A(JUMP26), P + 0x7fffffc, XSP_OK, 0xfffffffffdffffff),
	CASE(A(JUMP26), P + 0x8000000, XSP_RELOC_OVERFLOW, 0),
	CASE(A(CALL26), P - 0x8000000, XSP_OK, 0xfffffffffe000000),
	CASE(A(CALL26), P - 0x8000004, XSP_RELOC_OVERFLOW, 0),
	CASE(A(CALL26), P + 1, XSP_RELOC_MISALIGNED, 0),
	CASE(311, P, XSP_RELOC_TYPE, 0), /* ADR_GOT_PAGE */
	CASE(UINT32_MAX, P, XSP_RELOC_TYPE, 0),
};

/* The check says @c->code and changes nothing; the write does what the check promised. */
static void try(uint16_t machine, const struct fix_case *c)
{
	uint64_t bytes = UINT64_MAX;
	struct xsp_fix f = {c->type, P, c->value, 0, (uint8_t *)&bytes, 0, sizeof(bytes)};

	ck_assert_msg(xsp_arch_fix(machine, &f, false) == c->code, "type %u, %#llx", c->type,
		      (unsigned long long)c->value);
	ck_assert_uint_eq(bytes, UINT64_MAX);
	ck_assert_int_eq(xsp_arch_fix(machine, &f, true), c->code);
	ck_assert_msg(bytes == (c->code == XSP_OK ? c->result : UINT64_MAX), "type %u: %#llx",
		      c->type, (unsigned long long)bytes);
}

START_TEST(x86)
{
	try(ABI_EM_X86_64, &x86_cases[_i]);
}
END_TEST

START_TEST(arm64)
{
	try(ABI_EM_AARCH64, &arm64_cases[_i]);
}
END_TEST

/* Each type needs so many bytes of room, and not one less. */
static void room(uint16_t machine, uint32_t type, uint64_t value, uint64_t size)
{
	uint64_t bytes[2] = {0, 0};
	struct xsp_fix f = {type, P, value, 0, (uint8_t *)bytes, 0, size};

	ck_assert_int_eq(xsp_arch_fix(machine, &f, false), XSP_OK);
	f.room--;
	ck_assert_int_eq(xsp_arch_fix(machine, &f, true), XSP_RELOC_OFFSET);
	ck_assert_uint_eq(bytes[0], 0);
}

START_TEST(x86_room)
{
	room(ABI_EM_X86_64, X(64), P, 8);
	room(ABI_EM_X86_64, X(PC64), P, 8);
	room(ABI_EM_X86_64, X(PC32), P, 4);
	room(ABI_EM_X86_64, X(32), 0, 4);
	room(ABI_EM_X86_64, X(16), 0, 2);
	room(ABI_EM_X86_64, X(8), 0, 1);
}
END_TEST

START_TEST(arm64_room)
{
	room(ABI_EM_AARCH64, A(ABS64), P, 8);
	room(ABI_EM_AARCH64, A(PREL32), P, 4);
	room(ABI_EM_AARCH64, A(ABS16), 0, 2);
	room(ABI_EM_AARCH64, A(CALL26), P, 4);
}
END_TEST

START_TEST(arm64_instructions_are_aligned)
{
	uint64_t bytes = 0;
	struct xsp_fix f = {A(CALL26), P + 2, P + 2, 0, (uint8_t *)&bytes, 0, 4};

	ck_assert_int_eq(xsp_arm64_fix(&f, true), XSP_RELOC_MISALIGNED);
	f.type = A(ABS32);
	f.value = 0;
	ck_assert_int_eq(xsp_arm64_fix(&f, true), XSP_OK);
}
END_TEST

/* The field is at bytes[3]; what is before it is the instruction. */
static enum xsp_code gotless(uint8_t *bytes, uint32_t type, uint64_t target)
{
	struct xsp_fix f = {type, P, target - 4, -4, bytes + 3, 3, 4};
	uint8_t before[8];

	memcpy(before, bytes, sizeof(before));
	if (xsp_x86_64_fix(&f, false) != XSP_OK)
		return xsp_x86_64_fix(&f, true);
	ck_assert_mem_eq(bytes, before, sizeof(before));
	return xsp_x86_64_fix(&f, true);
}

START_TEST(x86_without_table)
{
	uint8_t mov[8] = {0x48, 0x8b, 0x3d}, call[8] = {0x90, 0xff, 0x15};
	uint8_t jmp[8] = {0x90, 0xff, 0x25}, cmp[8] = {0x48, 0x3b, 0x3d};
	uint8_t push[8] = {0x90, 0xff, 0x35};

	ck_assert_int_eq(gotless(mov, X(REX_GOTPCRELX), P + 4 + 0x1234), XSP_OK);
	ck_assert_mem_eq(mov, "\x48\x8d\x3d\x34\x12\0\0\0", 8); /* lea */
	ck_assert_int_eq(gotless(call, X(GOTPCRELX), P + 4 + 0x1234), XSP_OK);
	ck_assert_mem_eq(call, "\x90\x67\xe8\x34\x12\0\0\0", 8); /* addr32 call */
	ck_assert_int_eq(gotless(jmp, X(GOTPCRELX), P + 4 + 0x1234), XSP_OK);
	ck_assert_mem_eq(jmp, "\x90\xe9\x35\x12\0\0\x90\0", 8); /* jmp; nop */
	ck_assert_int_eq(gotless(cmp, X(REX_GOTPCRELX), P), XSP_RELOC_TYPE);
	ck_assert_int_eq(gotless(push, X(GOTPCRELX), P), XSP_RELOC_TYPE);
}
END_TEST

START_TEST(x86_without_table_limits)
{
	uint8_t mov[8] = {0x48, 0x8b, 0x3d};
	struct xsp_fix f = {X(GOTPCRELX), P, P, -4, mov + 3, 3, 4};

	ck_assert_int_eq(gotless(mov, X(REX_GOTPCRELX), P + 4 + S32), XSP_RELOC_OVERFLOW);
	ck_assert_int_eq(gotless(mov, X(REX_GOTPCRELX), P + 3 + S32), XSP_RELOC_OVERFLOW);
	ck_assert_int_eq(xsp_x86_64_fix(&f, false), XSP_OK);
	f.addend = -3;
	ck_assert_int_eq(xsp_x86_64_fix(&f, false), XSP_RELOC_TYPE);
	f.addend = -4;
	f.before = 1;
	ck_assert_int_eq(xsp_x86_64_fix(&f, false), XSP_RELOC_OFFSET);
	f.before = 3;
	f.room = 3;
	ck_assert_int_eq(xsp_x86_64_fix(&f, false), XSP_RELOC_OFFSET);
}
END_TEST

static struct rig r;

static void setup(void)
{
	rig_init(&r);
}

static void teardown(void)
{
	rig_free(&r);
}

/* With this relocation of the text the payload is refused. */
static void with(struct make_reloc reloc, enum xsp_code code)
{
	make_loadable(&r.make);
	r.make.relocs[6] = reloc;
	rig_refused(&r, code);
	if (code != XSP_OK)
		ck_assert_str_eq(r.cause.what, "relocation");
}

START_TEST(driver)
{
	with((struct make_reloc){MAKE_TEXT, 60, X(PC32), 1, 0}, XSP_OK);
	with((struct make_reloc){MAKE_TEXT, 61, X(PC32), 1, 0}, XSP_RELOC_OFFSET);
	with((struct make_reloc){MAKE_TEXT, 64, X(8), 4, 0}, XSP_RELOC_OFFSET);
	with((struct make_reloc){MAKE_TEXT, 65, X(8), 4, 0}, XSP_RELOC_OFFSET);
	with((struct make_reloc){MAKE_TEXT, UINT64_MAX, X(64), 1, 0}, XSP_RELOC_OFFSET);
	with((struct make_reloc){MAKE_TEXT, 0, X(64), 9, 0}, XSP_RELOC_SYMBOL);
	with((struct make_reloc){MAKE_TEXT, 0, X(64), 0, 0}, XSP_RELOC_SYMBOL);
	with((struct make_reloc){MAKE_TEXT, 0, X(32), 1, 0}, XSP_RELOC_OVERFLOW);
	with((struct make_reloc){MAKE_TEXT, 0, 200, 1, 0}, XSP_RELOC_TYPE);
	with((struct make_reloc){MAKE_TEXT, 999, X(NONE), 0, 0}, XSP_OK);
	with((struct make_reloc){MAKE_TEXT, 0, X(NONE), 9, 0}, XSP_RELOC_SYMBOL);
}
END_TEST

START_TEST(what_is_not_loaded)
{
	r.make.symbols[MAKE_SYM_COUNTER - 1].section = MAKE_COMMENT;
	rig_refused(&r, XSP_OK);
	r.make.relocs[6].symbol = MAKE_SYM_COUNTER;
	rig_refused(&r, XSP_RELOC_NOT_LOADED);
}
END_TEST

/* Nothing is written before everything was checked. */
START_TEST(checked_first)
{
	const struct xsp_section *s = NULL;
	uint8_t *memory;

	r.make.relocs[r.make.nrelocs++] = (struct make_reloc){MAKE_EX, 5, X(64), 1, 0};
	strbuf_free(&r.file);
	make_write(&r.make, &r.file);
	r.module = xsp_module_open(&r.loader, "x", r.file.data, r.file.len, &r.payload, &r.verdict,
				   &r.cause);
	ck_assert_ptr_nonnull(r.module);
	r.memory = memory = malloc(r.module->layout.size);
	ck_assert_int_eq(
		xsp_module_link(&r.loader, r.module, &r.payload, RIG_BASE, memory, &r.cause), -1);
	ck_assert_int_eq(r.cause.code, XSP_RELOC_OFFSET);
	s = &r.payload.funcs;
	ck_assert_mem_eq(rig_section(&r, MAKE_FUNCS), s->data, s->size);
}
END_TEST

/* A relocation that spoils another one's instruction is seen when that is written. */
START_TEST(checked_again)
{
	static uint8_t text[64] = {0x48, 0x8b, 0x3d};

	r.make.sections[MAKE_TEXT - 1].data = text;
	r.make.relocs[6] = (struct make_reloc){MAKE_TEXT, 0, X(64), 1, 0};
	r.make.relocs[r.make.nrelocs++] =
		(struct make_reloc){MAKE_TEXT, 3, X(REX_GOTPCRELX), 1, -4};
	rig_refused(&r, XSP_RELOC_TYPE);
}
END_TEST

Suite *suite_reloc(void)
{
	Suite *s = suite_create("reloc");
	TCase *t = tcase_create("types");

	tcase_add_loop_test(t, x86, 0, sizeof(x86_cases) / sizeof(*x86_cases));
	tcase_add_loop_test(t, arm64, 0, sizeof(arm64_cases) / sizeof(*arm64_cases));
	tcase_add_test(t, x86_room);
	tcase_add_test(t, arm64_room);
	tcase_add_test(t, arm64_instructions_are_aligned);
	tcase_add_test(t, x86_without_table);
	tcase_add_test(t, x86_without_table_limits);
	suite_add_tcase(s, t);
	t = tcase_create("driver");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, driver);
	tcase_add_test(t, what_is_not_loaded);
	tcase_add_test(t, checked_first);
	tcase_add_test(t, checked_again);
	suite_add_tcase(s, t);
	return s;
}
