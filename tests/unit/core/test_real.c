// SPDX-License-Identifier: GPL-2.0-or-later
/* A payload made by the compiler and linker: whole, cut, and with bytes changed. */
#include "helper.h"
#include "suites.h"

#include "common/io.h"
#include "common/proc.h"
#include "common/temp.h"

#include <string.h>

/* As Xen's own test payloads are made: one function, notes, modinfo, ld -r. */
static const char source[] = "	.section .text.new_func, \"ax\", @progbits\n"
			     "	.p2align 4\n"
			     "	.globl new_func\n"
			     "	.type new_func, @function\n"
			     "new_func:\n"
			     "	lea message(%rip), %rdi\n"
			     "	call printk@PLT\n"
			     "	ret\n"
			     "	.size new_func, . - new_func\n"
			     "	.section .rodata.message, \"aMS\", @progbits, 1\n"
			     "message: .asciz \"hello\"\n"
			     "	.section .rodata.name, \"a\", @progbits\n"
			     "name:	.asciz \"old_func\"\n"
			     "	.section .livepatch.funcs, \"aw\", @progbits\n"
			     "	.p2align 5\n"
			     "	.quad name, new_func, old_func\n"
			     "	.long 13, 64\n"
			     "	.byte 2\n"
			     "	.zero 71\n"
			     "	.macro note section\n"
			     "	.section \\section, \"a\", @progbits\n"
			     "	.long 4, 20, 3\n"
			     "	.asciz \"GNU\"\n"
			     "	.fill 20, 1, 0x5a\n"
			     "	.endm\n"
			     "	note .livepatch.depends\n"
			     "	note .livepatch.xen_depends\n"
			     "	.section .modinfo, \"a\", @progbits\n"
			     "	.asciz \"name=real\"\n"
			     "	.section .bss.counter, \"aw\", @nobits\n"
			     "	.zero 4\n"
			     "	.section .note.GNU-stack, \"\", @progbits\n";

static struct file_data real;
static char *dir;

static void run(const char *const *argv)
{
	struct proc p = {.argv = argv, .cwd = dir};
	struct err e = ERR_INIT;

	ck_assert_msg(proc_run(&p, &e) == 0, "%s (Debian package gcc)", e.text);
	ck_assert_msg(p.status == 0, "%s: %s", argv[0], p.errors.data ? p.errors.data : "");
	proc_free(&p);
}

static void setup(void)
{
	static const char *const assemble[] = {"gcc", "-c", "-o", "p.o", "p.s", NULL};
	static const char *const link[] = {"ld",  "-r", "--build-id=sha1", "-o", "p.livepatch",
					   "p.o", NULL};
	struct err e = ERR_INIT;
	char *path;

	dir = dir_temp("xsplice-test", &e);
	ck_assert_msg(dir != NULL, "%s", e.text);
	path = path_join(dir, "p.s");
	ck_assert_msg(file_write(path, source, sizeof(source) - 1, 0644, &e) == 0, "%s", e.text);
	free(path);
	run(assemble);
	run(link);
	path = path_join(dir, "p.livepatch");
	ck_assert_msg(file_read(path, 0, &real, &e) == 0, "%s", e.text);
	free(path);
}

static void teardown(void)
{
	struct err e = ERR_INIT;

	file_free(&real);
	dir_remove(dir, &e);
	free(dir);
}

START_TEST(is_taken)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload p;
	struct xsp_func f;

	ck_assert_msg(open_all(real.data, real.size, &c) == XSP_OK, "%s: %s", c.what,
		      xsp_code_text(c.code));
	ck_assert_int_eq(xsp_payload_open(&p, real.data, real.size, &c), 0);
	ck_assert_uint_eq(p.nfuncs, 1);
	xsp_payload_func(&p, 0, &f);
	ck_assert_str_eq(f.name, "old_func");
	ck_assert_str_eq(f.old_code.symbol, "old_func");
	ck_assert_str_eq(f.new_code.symbol, "new_func");
	ck_assert_uint_eq(f.new_size, 13);
	ck_assert_uint_eq(p.xen_depends.data[0], 0x5a);
}
END_TEST

/* The section headers are at the end: nothing may be missing. */
START_TEST(every_truncation_is_refused)
{
	for (size_t n = 0; n < real.size; n++) {
		struct xsp_cause c = {XSP_OK, 0, ""};

		ck_assert_msg(open_all(real.data, n, &c) != XSP_OK, "cut to %zu bytes", n);
	}
}
END_TEST

/* Every byte, set to values that sizes and offsets break on. ASan is the judge. */
START_TEST(every_byte_changed)
{
	static const unsigned char to[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	size_t refusals = 0;

	for (size_t i = 0; i < real.size; i++) {
		unsigned char old = real.data[i];

		for (size_t k = 0; k < sizeof(to) + 8; k++) {
			struct xsp_cause c = {XSP_OK, 0, ""};

			real.data[i] = k < 8 ? old ^ (unsigned char)(1 << k) : to[k - 8];
			refusals += open_all(real.data, real.size, &c) != XSP_OK;
		}
		real.data[i] = old;
	}
	ck_assert_uint_gt(refusals, real.size);
}
END_TEST

Suite *suite_real(void)
{
	Suite *s = suite_create("real");
	TCase *t = tcase_create("payload");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, is_taken);
	tcase_add_test(t, every_truncation_is_refused);
	tcase_add_test(t, every_byte_changed);
	suite_add_tcase(s, t);
	return s;
}
