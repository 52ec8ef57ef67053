// SPDX-License-Identifier: GPL-2.0-or-later
/* Instruction lengths, kinds, branch fields and boundaries. */
#include "patchbuild/insn.h"

#include "common/mem.h"

#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

static struct insn_decoder *dec;

static void setup(void)
{
	struct err e = ERR_INIT;

	dec = insn_decoder_new(EM_X86_64, &e);
	ck_assert_msg(dec != NULL, "%s", e.text);
}

static void teardown(void)
{
	insn_decoder_free(dec);
}

struct row {
	const char *bytes; /* hexadecimal would hide the length: C string, @n bytes */
	size_t n;
	unsigned int length; /* 0: an error */
	enum insn_kind kind;
	unsigned int disp;
	unsigned int width;
	int64_t target;
	const char *text;
};

#define B(s) s, sizeof(s) - 1

static const struct row known[] = {
	{B("\x90"), 1, INSN_NOP, 0, 0, 0, "nop"},
	{B("\x66\x90"), 2, INSN_NOP, 0, 0, 0, "xchg %ax,%ax"},
	{B("\x0f\x1f\x44\x00\x00"), 5, INSN_NOP, 0, 0, 0, "nopl 0x0(%rax,%rax,1)"},
	{B("\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00"), 11, INSN_NOP, 0, 0, 0,
	 "data16 cs nopw 0x0(%rax,%rax,1)"},
	{B("\xf3\x90"), 2, INSN_PLAIN, 0, 0, 0, "pause"},
	{B("\xf3\x0f\x1e\xfa"), 4, INSN_PLAIN, 0, 0, 0, "endbr64"},
	{B("\x0f\x0b"), 2, INSN_UNDEFINED, 0, 0, 0, "ud2"},
	{B("\x0f\xb9\x4f\x18"), 4, INSN_UNDEFINED, 0, 0, 0, "ud1 0x18(%rdi),%ecx"},
	{B("\xe8\x00\x00\x00\x00"), 5, INSN_CALL, 1, 4, 5, "call 0x5"},
	{B("\xe8\xfb\xff\xff\xff"), 5, INSN_CALL, 1, 4, 0, "call 0x0"},
	{B("\xe9\xf0\xff\xff\xff"), 5, INSN_JUMP, 1, 4, -11, "jmp -0xb"},
	{B("\xeb\x02"), 2, INSN_JUMP, 1, 1, 4, "jmp 0x4"},
	{B("\x74\x10"), 2, INSN_COND_JUMP, 1, 1, 18, "je 0x12"},
	{B("\x3e\x74\x10"), 3, INSN_COND_JUMP, 2, 1, 19, "je,pt 0x13"},
	{B("\x0f\x84\x00\x01\x00\x00"), 6, INSN_COND_JUMP, 2, 4, 0x106, "je 0x106"},
	{B("\xe3\x05"), 2, INSN_COND_JUMP, 1, 1, 7, "jrcxz 0x7"},
	{B("\xe2\xfe"), 2, INSN_COND_JUMP, 1, 1, 0, "loop 0x0"},
	{B("\xc7\xf8\x00\x00\x00\x00"), 6, INSN_COND_JUMP, 2, 4, 6, "xbegin 0x6"},
	{B("\xf2\xe8\x00\x00\x00\x00"), 6, INSN_CALL, 2, 4, 6, "bnd call 0x6"},
	{B("\xff\xd0"), 2, INSN_CALL_INDIRECT, 0, 0, 0, "call *%rax"},
	{B("\xff\x15\x00\x00\x00\x00"), 6, INSN_CALL_INDIRECT, 0, 0, 0, "call *0x0(%rip)"},
	{B("\xff\xe0"), 2, INSN_JUMP_INDIRECT, 0, 0, 0, "jmp *%rax"},
	{B("\x3e\xff\xe0"), 3, INSN_JUMP_INDIRECT, 0, 0, 0, "notrack jmp *%rax"},
	{B("\xc3"), 1, INSN_RETURN, 0, 0, 0, "ret"},
	{B("\xf3\xc3"), 2, INSN_RETURN, 0, 0, 0, "repz ret"},
	{B("\x48\xcf"), 2, INSN_RETURN, 0, 0, 0, "iretq"},
	{B("\x48\x0f\x07"), 3, INSN_RETURN, 0, 0, 0, "sysretq"},
	{B("\xcc"), 1, INSN_PLAIN, 0, 0, 0, "int3"},
	{B("\x0f\x01\xca"), 3, INSN_PLAIN, 0, 0, 0, "clac"},
	{B("\x0f\x01\xcb"), 3, INSN_PLAIN, 0, 0, 0, "stac"},
	{B("\x0f\x01\xc2"), 3, INSN_PLAIN, 0, 0, 0, "vmlaunch"},
	{B("\x66\x0f\x38\x80\x08"), 5, INSN_PLAIN, 0, 0, 0, "invept (%rax),%rcx"},
	{B("\xf0\x0f\xb1\x0f"), 4, INSN_PLAIN, 0, 0, 0, "lock cmpxchg %ecx,(%rdi)"},
	{B("\xf3\x48\xa5"), 3, INSN_PLAIN, 0, 0, 0, "rep movsq %ds:(%rsi),%es:(%rdi)"},
	{B("\x48\x8b\x05\x00\x00\x00\x00"), 7, INSN_PLAIN, 0, 0, 0, "mov 0x0(%rip),%rax"},
	{B("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08"), 10, INSN_PLAIN, 0, 0, 0,
	 "movabs $0x807060504030201,%rax"},
	{B("\xc7\x05\x00\x00\x00\x00\x7b\x00\x00\x00"), 10, INSN_PLAIN, 0, 0, 0,
	 "movl $0x7b,0x0(%rip)"},
};

static void check_row(const struct row *r, const uint8_t *code, size_t size)
{
	char text[128];
	struct insn i;

	ck_assert_msg(insn_at(dec, code, size, 0, &i) == 0, "%s", r->text);
	ck_assert_msg(i.length == r->length, "%s: length %u", r->text, i.length);
	ck_assert_msg(i.kind == r->kind, "%s: kind %d", r->text, i.kind);
	ck_assert_msg(i.disp == r->disp && i.disp_width == r->width, "%s: field %u+%u", r->text,
		      i.disp, i.disp_width);
	ck_assert_int_eq(i.target, r->target);
	insn_text(dec, code, size, 0, text, sizeof(text));
	ck_assert_str_eq(text, r->text);
}

START_TEST(one_instruction)
{
	const struct row *r = &known[_i];
	uint8_t *exact = mem_dup(r->bytes, r->n);
	uint8_t more[32];

	check_row(r, exact, r->n);
	memset(more, 0x90, sizeof(more));
	memcpy(more, r->bytes, r->n);
	check_row(r, more, sizeof(more));
	free(exact);
}
END_TEST

/* An instruction that the end cuts off must not become a shorter one. */
START_TEST(cut_instruction)
{
	const struct row *r = &known[_i];
	struct insn i;
	size_t n;

	for (n = 0; n < r->n; n++) {
		uint8_t *part = mem_dup(r->bytes, n);
		int ret = insn_at(dec, part, n, 0, &i);

		ck_assert_msg(ret == -1 && i.length == 0, "%s cut to %zu bytes", r->text, n);
		free(part);
	}
}
END_TEST

static const struct row unknown[] = {
	{B("\x06"), 0, 0, 0, 0, 0, "not in 64-bit mode"},
	{B("\x0f\x04"), 0, 0, 0, 0, 0, "reserved opcode"},
	{B("\xff\xff"), 0, 0, 0, 0, 0, "reserved group"},
	{B("\x48"), 0, 0, 0, 0, 0, "only a prefix"},
	{B("\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\x90"), 0, 0, 0, 0, 0,
	 "over 15 bytes"},
	{B(""), 0, 0, 0, 0, 0, "nothing"},
};

START_TEST(no_instruction)
{
	const struct row *r = &unknown[_i];
	uint8_t *code = mem_dup(r->bytes, r->n);
	char text[64];
	struct insn i;

	ck_assert_msg(insn_at(dec, code, r->n, 0, &i) == -1, "%s", r->text);
	insn_text(dec, code, r->n, 0, text, sizeof(text));
	ck_assert_msg(r->n ? !strncmp(text, ".byte 0x", 8) : !text[0], "%s", text);
	ck_assert_int_eq(insn_at(dec, code, r->n, r->n + 1, &i), -1);
	free(code);
}
END_TEST

/* No two bytes begin something that reads outside or has an impossible length. */
START_TEST(any_bytes)
{
	uint8_t tail[14] = {0x05, 0x00, 0x80, 0xff, 0x24, 0x48, 0x90, 0x0f};
	unsigned int a, n;
	struct insn i;
	uint8_t *code;

	for (a = 0; a < 0x10000; a++) {
		n = 2 + a % 13;
		code = mem_dup(tail, n);
		code[0] = a >> 8;
		code[1] = a;
		if (!insn_at(dec, code, n, 0, &i))
			ck_assert(i.length >= 1 && i.length <= n && i.disp + i.disp_width <= n);
		free(code);
	}
}
END_TEST

START_TEST(text_is_cut_to_the_room)
{
	char text[8];

	insn_text(dec, (const uint8_t *)"\x0f\x01\xca", 3, 0, text, 3);
	ck_assert_str_eq(text, "cl");
}
END_TEST

START_TEST(other_machine_is_refused)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(insn_decoder_new(EM_S390, &e));
	ck_assert_int_eq(e.kind, ERR_UNSUPPORTED);
}
END_TEST

/* movl $0x7b,x(%rip); call; ret */
static const uint8_t code3[] = {0xc7, 0x05, 0, 0, 0, 0, 0x7b, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3};

START_TEST(map_of_fields)
{
	struct err e = ERR_INIT;
	struct insn_map *m = insn_map_new(dec, code3, sizeof(code3), "f", &e);
	size_t end = 0;

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(insn_map_field_end(m, 2, 4, &end), 0);
	ck_assert_uint_eq(end, 10); /* an immediate lies behind the displacement */
	ck_assert_int_eq(insn_map_field_end(m, 11, 4, &end), 0);
	ck_assert_uint_eq(end, 15);
	ck_assert_int_eq(insn_map_field_end(m, 10, 4, &end), -1); /* on an opcode */
	ck_assert_int_eq(insn_map_field_end(m, 8, 4, &end), -1); /* over the end */
	ck_assert_int_eq(insn_map_field_end(m, 16, 4, &end), -1);
	ck_assert_int_eq(insn_map_field_end(m, SIZE_MAX, 4, &end), -1);
	insn_map_free(m);
}
END_TEST

START_TEST(map_of_boundaries)
{
	struct err e = ERR_INIT;
	struct insn_map *m = insn_map_new(dec, code3, sizeof(code3), "f", &e);
	size_t i;

	for (i = 0; i <= sizeof(code3); i++)
		ck_assert_int_eq(insn_map_boundary(m, i), i == 0 || i == 10 || i == 15 || i == 16);
	ck_assert(!insn_map_boundary(m, 17));
	ck_assert_uint_eq(insn_map_start(m, 0), 0);
	ck_assert_uint_eq(insn_map_start(m, 9), 0);
	ck_assert_uint_eq(insn_map_start(m, 14), 10);
	ck_assert_uint_eq(insn_map_start(m, 15), 15);
	insn_map_free(m);
}
END_TEST

START_TEST(map_of_data_is_refused)
{
	static const uint8_t bad[] = {0x90, 0x90, 0x06, 0xc3};
	struct err e = ERR_INIT;

	ck_assert_ptr_null(insn_map_new(dec, bad, sizeof(bad), "table", &e));
	ck_assert_msg(strstr(e.text, "table+0x2: byte 0x06") != NULL, "%s", e.text);
}
END_TEST

START_TEST(map_of_nothing)
{
	struct err e = ERR_INIT;
	struct insn_map *m = insn_map_new(dec, NULL, 0, "empty", &e);

	ck_assert_ptr_nonnull(m);
	ck_assert(insn_map_boundary(m, 0) && !insn_map_boundary(m, 1));
	insn_map_free(m);
}
END_TEST

static Suite *insn_suite(void)
{
	Suite *s = suite_create("insn");
	TCase *t = tcase_create("decode");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, one_instruction, 0, sizeof(known) / sizeof(known[0]));
	tcase_add_loop_test(t, cut_instruction, 0, sizeof(known) / sizeof(known[0]));
	tcase_add_loop_test(t, no_instruction, 0, sizeof(unknown) / sizeof(unknown[0]));
	tcase_add_test(t, any_bytes);
	tcase_add_test(t, text_is_cut_to_the_room);
	tcase_add_test(t, other_machine_is_refused);
	suite_add_tcase(s, t);

	t = tcase_create("map");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, map_of_fields);
	tcase_add_test(t, map_of_boundaries);
	tcase_add_test(t, map_of_data_is_refused);
	tcase_add_test(t, map_of_nothing);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(insn_suite());
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
