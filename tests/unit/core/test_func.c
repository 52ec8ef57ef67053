// SPDX-License-Identifier: GPL-2.0-or-later
/* Every rule about the functions to patch, and their pointers. */
#include "helper.h"
#include "suites.h"

#include <string.h>

static struct strbuf file;
static struct make m;

static void setup(void)
{
	make_payload(&m);
	make_write(&m, &file);
}

static void teardown(void)
{
	strbuf_free(&file);
}

static void remake(void)
{
	strbuf_free(&file);
	make_write(&m, &file);
}

#define FUNC(i, field, value, code)                                                                \
	{                                                                                          \
		i, code, offsetof(struct abi_func, field), sizeof(((struct abi_func *)0)->field),  \
			value                                                                      \
	}

/* Function 0: by symbol, with expected bytes; 1: by name; 2: NOPs at an address. */
static const struct field_case {
	unsigned int func;
	enum xsp_code code;
	size_t offset;
	size_t size;
	uint64_t value;
} field_cases[] = {
	FUNC(0, version, 1, XSP_FUNC_VERSION),
	FUNC(0, version, 3, XSP_FUNC_VERSION),
	FUNC(1, pad[0], 1, XSP_FUNC_PAD),
	FUNC(1, pad[38], 1, XSP_FUNC_PAD),
	FUNC(0, old_size, 0, XSP_FUNC_OLD_SIZE),
	FUNC(0, old_size, 4, XSP_FUNC_TOO_SMALL),
	FUNC(0, old_size, 5, XSP_OK),
	FUNC(2, old_size, 4, XSP_FUNC_NOP_SIZE),
	FUNC(2, new_size, 31, XSP_OK),
	FUNC(2, new_size, 32, XSP_FUNC_NOP_SIZE),
	FUNC(2, new_size, 33, XSP_FUNC_NOP_SIZE),
	FUNC(2, old_addr, 0, XSP_FUNC_NO_NAME),
	FUNC(2, name, 1, XSP_FUNC_NAME),
	FUNC(2, new_addr, 1, XSP_FUNC_NEW_RANGE),
	FUNC(0, expect, 0x40 | ABI_EXPECT(4), XSP_EXPECT_RESERVED),
	FUNC(0, expect, 0x80 | ABI_EXPECT(4), XSP_EXPECT_RESERVED),
	FUNC(0, expect, 0xc0, XSP_OK),
	FUNC(0, expect, ABI_EXPECT(31), XSP_OK),
};

START_TEST(field)
{
	const struct field_case *c = &field_cases[_i];

	memcpy((char *)make_func(&file, c->func) + c->offset, &c->value, c->size);
	refused(&file, c->code);
}
END_TEST

START_TEST(expects_no_more_than_there_is)
{
	make_func(&file, 0)->old_size = 10;
	make_func(&file, 0)->expect = ABI_EXPECT(10);
	taken(&file);
	make_func(&file, 0)->expect = ABI_EXPECT(11);
	refused(&file, XSP_EXPECT_SIZE);
}
END_TEST

/* With relocation @i (see make.c) changed, the payload is refused with @code. */
static void with_reloc(size_t i, struct make_reloc r, enum xsp_code code)
{
	make_payload(&m);
	m.relocs[i] = r;
	remake();
	refused(&file, code);
}

START_TEST(relocations)
{
	const uint32_t type = ABI_R_X86_64_64;

	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, ABI_R_X86_64_PC32, 2, 0},
		   XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 9, type, 2, 0}, XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 24, type, 2, 0}, XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 0, type, 2, 0}, XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 3 * 104, type, 2, 0}, XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, UINT64_MAX, type, 2, 0}, XSP_POINTER_RELOC);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 0, 0}, XSP_POINTER_SYMBOL);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 5, 0}, XSP_POINTER_SYMBOL);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 208, type, 2, 0}, XSP_POINTER_ORDER);
}
END_TEST

START_TEST(relocations_in_two_sections)
{
	struct abi_shdr *h = make_shdr(&file, ".rela.text.new");

	h->sh_info = MAKE_FUNCS;
	refused(&file, XSP_POINTER_ORDER);
}
END_TEST

START_TEST(symbol_that_is_not_loaded)
{
	m.symbols[1].section = MAKE_COMMENT;
	remake();
	refused(&file, XSP_POINTER_SYMBOL);
}
END_TEST

START_TEST(new_code)
{
	const uint32_t type = ABI_R_X86_64_64;

	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 2, 63}, XSP_OK);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 2, 64}, XSP_FUNC_NEW_RANGE);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 2, -1}, XSP_FUNC_NEW_RANGE);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 1, 0}, XSP_FUNC_NEW_RANGE);
	with_reloc(0, (struct make_reloc){MAKE_FUNCS, 8, type, 4, 0}, XSP_FUNC_NEW_RANGE);
}
END_TEST

START_TEST(old_code)
{
	const uint32_t type = ABI_R_X86_64_64;

	with_reloc(2, (struct make_reloc){MAKE_FUNCS, 16, type, 4, 8}, XSP_OK);
	with_reloc(2, (struct make_reloc){MAKE_FUNCS, 16, type, 2, 0}, XSP_FUNC_OLD_LOCAL);
}
END_TEST

START_TEST(names)
{
	const uint32_t type = ABI_R_X86_64_64;

	/* "one\0do_two\0do_three\0" */
	with_reloc(1, (struct make_reloc){MAKE_FUNCS, 0, type, 1, 3}, XSP_FUNC_NAME);
	with_reloc(1, (struct make_reloc){MAKE_FUNCS, 0, type, 1, 20}, XSP_FUNC_NAME);
	with_reloc(1, (struct make_reloc){MAKE_FUNCS, 0, type, 1, -1}, XSP_FUNC_NAME);
	with_reloc(1, (struct make_reloc){MAKE_FUNCS, 0, type, 4, 0}, XSP_FUNC_NAME);
	make_payload(&m);
	m.sections[MAKE_RODATA - 1].size = 19;
	m.relocs[1].addend = 11;
	remake();
	refused(&file, XSP_FUNC_NAME);
}
END_TEST

/* Names of 255 bytes are taken, as docs/payload-format.md has it; longer ones are not. */
START_TEST(longest_name)
{
	static char strings[300];

	memcpy(strings, "one\0do_two", 11);
	m.sections[MAKE_RODATA - 1].data = strings;
	m.sections[MAKE_RODATA - 1].size = sizeof(strings);
	m.relocs[1].addend = 11;
	memset(strings + 11, 'x', 255);
	remake();
	taken(&file);
	strings[11 + 255] = 'x';
	remake();
	refused(&file, XSP_FUNC_NAME);
}
END_TEST

/* Instructions of arm64 have 4 bytes: nothing less becomes NOPs. */
START_TEST(nops_of_arm64)
{
	make_loadable_arm64(&m);
	remake();
	make_func(&file, 2)->new_size = 12;
	taken(&file);
	make_func(&file, 2)->new_size = 14;
	refused(&file, XSP_FUNC_NOP_SIZE);
}
END_TEST

START_TEST(name_in_zeros)
{
	m.symbols[0].section = MAKE_BSS;
	remake();
	refused(&file, XSP_FUNC_NAME);
}
END_TEST

START_TEST(what_is_read)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload p;
	struct xsp_func f;

	ck_assert_int_eq(xsp_payload_open(&p, file.data, file.len, &c), 0);
	xsp_payload_func(&p, 0, &f);
	ck_assert_str_eq(f.name, "one");
	ck_assert_int_eq(f.old_code.kind, XSP_REF_EXTERN);
	ck_assert_str_eq(f.old_code.symbol, "one");
	ck_assert_int_eq(f.new_code.kind, XSP_REF_LOCAL);
	ck_assert_uint_eq(f.new_code.shndx, MAKE_TEXT);
	ck_assert(f.expect);
	ck_assert_mem_eq(f.expected.data, "\xf3\x0f\x1e\xfa", 4);
	xsp_payload_func(&p, 1, &f);
	ck_assert_str_eq(f.name, "do_two");
	ck_assert_int_eq(f.old_code.kind, XSP_REF_NULL);
	ck_assert_uint_eq(f.new_code.value, 32);
	ck_assert(!f.expect);
	xsp_payload_func(&p, 2, &f);
	ck_assert_ptr_null(f.name);
	ck_assert_int_eq(f.new_code.kind, XSP_REF_NULL);
	ck_assert_int_eq(f.old_code.kind, XSP_REF_VALUE);
	ck_assert_uint_eq(f.old_code.value, 0xffff82d040200000);
}
END_TEST

START_TEST(absolute_symbol)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload p;
	struct xsp_func f;

	m.symbols[3].section = ABI_SHN_ABS;
	m.symbols[3].value = 0x1000;
	m.relocs[2].addend = 4;
	remake();
	ck_assert_int_eq(xsp_payload_open(&p, file.data, file.len, &c), 0);
	xsp_payload_func(&p, 0, &f);
	ck_assert_int_eq(f.old_code.kind, XSP_REF_VALUE);
	ck_assert_uint_eq(f.old_code.value, 0x1004);
}
END_TEST

Suite *suite_func(void)
{
	Suite *s = suite_create("func");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, field, 0, (int)(sizeof(field_cases) / sizeof(*field_cases)));
	tcase_add_test(t, expects_no_more_than_there_is);
	tcase_add_test(t, relocations);
	tcase_add_test(t, relocations_in_two_sections);
	tcase_add_test(t, symbol_that_is_not_loaded);
	tcase_add_test(t, new_code);
	tcase_add_test(t, old_code);
	tcase_add_test(t, names);
	tcase_add_test(t, longest_name);
	tcase_add_test(t, nops_of_arm64);
	tcase_add_test(t, name_in_zeros);
	tcase_add_test(t, what_is_read);
	tcase_add_test(t, absolute_symbol);
	suite_add_tcase(s, t);
	return s;
}
