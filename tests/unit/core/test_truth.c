// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiled code, linked by the core and by ld to the same addresses: every byte of
 * every section is the same.
 */
#include "rig.h"
#include "suites.h"

#include "common/io.h"
#include "common/proc.h"
#include "common/temp.h"

#include <stdio.h>
#include <string.h>

/* What compilers make of this: calls, data, strings, tables of pointers and of jumps. */
static const char c_source[] =
	"#pragma GCC visibility push(hidden)\n"
	"extern int one(int), do_two(int, const char *), ops[];\n"
	"static int counter;\n"
	"int shared = 3;\n"
	"static short halves[8] = { 1, 2 };\n"
	"static char bytes[8] = { 1, 2 };\n"
	"static __int128 wide[2];\n"
	"int new_func(int);\n"
	"int (*const table[])(int) = { one, new_func };\n"
	"const char *words[] = { \"alpha\", \"beta\" };\n"
	"static __attribute__((noinline)) int helper(int x)\n"
	"{ return x < 3 ? do_two(x, \"less\") : one(x + counter++); }\n"
	"__attribute__((noinline)) int choose(int x)\n"
	"{ switch (x) { case 0: return one(1); case 1: return helper(7); case 2: return ops[3];\n"
	"  case 3: return shared; case 4: return do_two(x, words[1]); case 5: return ops[1] - 9;\n"
	"  case 6: return halves[x]++; case 7: return bytes[x & 7]--; } return -x; }\n"
	"int new_func(int x)\n"
	"{ wide[x & 1] += x; shared += x; halves[1] = x; bytes[1] = x; ops[2]++;\n"
	"  return choose(x) + table[x & 1](x) + words[x & 1][0] + (int)wide[0]; }\n";

/* The types that the compiler did not need, and what makes a payload of it. */
static const char x86_source[] = "	.section .data.kinds, \"aw\", @progbits\n"
				 "	.quad ops - ., ops, new_func + 5\n"
				 "	.long small, near - .\n"
				 "	.short small\n"
				 "	.byte small\n"
				 "	.section .text.kinds, \"ax\", @progbits\n"
				 "	mov $small, %rax\n"
				 "	mov $small, %eax\n"
				 "	call *one@GOTPCREL(%rip)\n"
				 "	jmp *one@GOTPCREL(%rip)\n"
				 "	.byte near - .\n"
				 "	.short near - .\n"
				 "	jmp one\n"
				 "	.section .text.near, \"ax\", @progbits\n"
				 "	.globl near\n"
				 "near:	ret\n";

static const char arm64_source[] = "	.section .data.kinds, \"aw\", %progbits\n"
				   "	.xword ops - ., ops, new_func + 5\n"
				   "	.word small, near - .\n"
				   "	.hword small\n"
				   "	.section .text.kinds, \"ax\", %progbits\n"
				   "	movz x0, #:abs_g3:ops\n"
				   "	movk x0, #:abs_g2_nc:ops\n"
				   "	movk x0, #:abs_g1_nc:ops\n"
				   "	movk x0, #:abs_g0_nc:ops\n"
				   "	movz x1, #:abs_g0:small\n"
				   "	movz x1, #:abs_g1:small\n"
				   "	movz x1, #:abs_g2:small\n"
				   "	movz x1, #:abs_g0_s:small\n"
				   "	movz x1, #:abs_g1_s:small\n"
				   "	movz x1, #:abs_g2_s:small\n"
				   "	movz x2, #:prel_g0:near\n"
				   "	movz x2, #:prel_g1:near\n"
				   "	movk x2, #:prel_g0_nc:near\n"
				   "	movk x2, #:prel_g1_nc:near\n"
				   "	movz x2, #:prel_g2:before\n"
				   "	movk x2, #:prel_g2_nc:near\n"
				   "	movz x2, #:prel_g3:before\n"
				   "	movz x2, #:prel_g1:before\n"
				   "	adr x3, near\n"
				   "	adr x3, before + 1\n"
				   "	ldr x4, near\n"
				   "	tbz x0, #3, near\n"
				   "	tbnz x0, #33, before\n"
				   "	cbz x0, near\n"
				   "	b.ne before\n"
				   "	adrp x5, ops\n"
				   "	adrp x5, before\n"
				   "	add x5, x5, #:lo12:ops + 5\n"
				   "	ldrb w6, [x5, #:lo12:ops + 5]\n"
				   "	ldrh w6, [x5, #:lo12:ops + 6]\n"
				   "	ldr w6, [x5, #:lo12:ops + 4]\n"
				   "	ldr x6, [x5, #:lo12:ops + 8]\n"
				   "	ldr q6, [x5, #:lo12:ops + 16]\n"
				   "	bl one\n"
				   "	b before\n"
				   "	.section .text.near, \"ax\", %progbits\n"
				   "	.globl near\n"
				   "near:	ret\n"
				   "	.section .text.before, \"ax\", %progbits\n"
				   "	.globl before\n"
				   "before:	ret\n";

static const char payload_source[] = "	.section .livepatch.funcs, \"a\"\n"
				     "	.p2align 3\n"
				     "	.quad 0, new_func, one\n"
				     "	.long 16, 32\n"
				     "	.byte 2\n"
				     "	.zero 71\n"
				     "	.macro note section\n"
				     "	.section \\section, \"a\"\n"
				     "	.long 4, 20, 3\n"
				     "	.asciz \"GNU\"\n"
				     "	.byte 0xaa, 0xbb\n"
				     "	.zero 18\n"
				     "	.endm\n"
				     "	note .livepatch.depends\n"
				     "	note .livepatch.xen_depends\n";

/* In sections, as ld does other things with absolute symbols. */
static const char xen[] = "small = 0x7f;\n"
			  "SECTIONS {\n"
			  ".xen.text 0xffff82d040200000 : {\n"
			  "  one = . + 0x100; do_two = . + 0x200; BYTE(0) }\n"
			  ".xen.data 0xffff82d040600000 : { ops = .; BYTE(0) }\n"
			  ".xen.got 0xffff82d040700000 : { *(.got .got.plt) }\n";

static struct rig r;
static char *dir;

static void setup(void)
{
	struct err e = ERR_INIT;

	rig_init(&r);
	rig_symbol(&r, "small", 0x7f);
	dir = dir_temp("xsplice-test", &e);
	ck_assert_msg(dir != NULL, "%s", e.text);
}

static void teardown(void)
{
	struct err e = ERR_INIT;

	rig_free(&r);
	dir_remove(dir, &e);
	free(dir);
}

static void run(const char *const *argv, const char *package)
{
	struct proc p = {.argv = argv, .cwd = dir};
	struct err e = ERR_INIT;

	ck_assert_msg(proc_run(&p, &e) == 0, "%s (Debian package %s)", e.text, package);
	ck_assert_msg(p.status == 0, "%s: %s", argv[0], p.errors.data ? p.errors.data : "");
	proc_free(&p);
}

static void put(const char *name, const char *text)
{
	struct err e = ERR_INIT;
	char *path = path_join(dir, name);

	ck_assert_msg(file_write(path, text, strlen(text), 0644, &e) == 0, "%s", e.text);
	free(path);
}

static void get(const char *name, struct strbuf *out)
{
	struct file_data data = {0};
	struct err e = ERR_INIT;
	char *path = path_join(dir, name);

	ck_assert_msg(file_read(path, 0, &data, &e) == 0, "%s", e.text);
	strbuf_free(out);
	strbuf_add(out, (const char *)data.data, data.size);
	file_free(&data);
	free(path);
}

/* A linker script that puts every loaded section where the core put it. */
static void put_script(void)
{
	struct strbuf script = {0};
	struct xsp_payload p;
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_section s;
	char line[256];

	ck_assert_int_eq(xsp_payload_open(&p, r.file.data, r.file.len, &c), 0);
	strbuf_add(&script, xen, strlen(xen));
	for (uint32_t i = 1; i < p.image.nsections; i++) {
		xsp_image_section(&p.image, i, &s);
		if (!(s.flags & ABI_SHF_ALLOC) || !s.size)
			continue;
		snprintf(line, sizeof(line), "%s %#llx : { *(%s) }\n", s.name,
			 (unsigned long long)rig_section_addr(&r, i), s.name);
		strbuf_add(&script, line, strlen(line));
	}
	strbuf_add(&script, "/DISCARD/ : { *(*) }\n}\n", 24);
	put("script", script.data);
	strbuf_free(&script);
}

/* Section @s, which the core linked to @at, is the same in what ld made. Its size. */
static size_t compare(struct strbuf *truth, const struct abi_shdr *h, const char *name)
{
	const uint8_t *ours = r.memory + (h->sh_addr - r.module->base);
	const uint8_t *theirs = (const uint8_t *)truth->data + h->sh_offset;

	ck_assert_uint_ge(h->sh_addr, r.module->base);
	ck_assert_uint_le(h->sh_addr + h->sh_size, r.module->base + r.module->layout.size);
	for (size_t i = 0; i < h->sh_size; i++)
		ck_assert_msg(ours[i] == theirs[i], "%s + %#zx: %02x, ld has %02x", name, i,
			      ours[i], theirs[i]);
	return h->sh_size;
}

/* Every section with content that ld placed. */
static void compare_all(struct strbuf *truth)
{
	const struct abi_ehdr *e = make_ehdr(truth);
	const struct abi_shdr *h = (const struct abi_shdr *)(void *)(truth->data + e->e_shoff);
	const char *names = truth->data + h[e->e_shstrndx].sh_offset;
	size_t size = 0;

	for (uint16_t i = 1; i < e->e_shnum; i++)
		if ((h[i].sh_flags & ABI_SHF_ALLOC) && h[i].sh_type != ABI_SHT_NOBITS &&
		    !text_starts(names + h[i].sh_name, ".xen."))
			size += compare(truth, &h[i], names + h[i].sh_name);
	ck_assert_uint_gt(size, 600);
}

/* Compiles with @cc, links with @ld and with the core. */
static void check(const char *const *cc, const char *ld, const char *package)
{
	const char *const merge[] = {
		ld, "-r", "--build-id=sha1", "-o", "p.livepatch", "c.o", "a.o", "p.o", NULL};
	const char *const truth[] = {ld,      "-T", "script",	       "-e",	      "0", "-o",
				     "truth", "-z", "noseparate-code", "p.livepatch", NULL};
	struct strbuf linked = {0};

	put("c.c", c_source);
	put("p.s", payload_source);
	run(cc, "gcc, clang");
	run(merge, package);
	get("p.livepatch", &r.file);
	ck_assert_msg(rig_load_file(&r) == XSP_OK, "%s: %s at %#llx", r.cause.what,
		      xsp_code_text(r.cause.code), (unsigned long long)r.cause.pos);
	put_script();
	run(truth, package);
	get("truth", &linked);
	compare_all(&linked);
	strbuf_free(&linked);
}

#define FLAGS                                                                                      \
	"-O2", "-ffunction-sections", "-fdata-sections", "-fno-asynchronous-unwind-tables",        \
		"-fno-stack-protector"

START_TEST(x86_large)
{
	static const char *const cc[] = {"gcc",
					 FLAGS,
					 "-fcf-protection=none",
					 "-fno-pic",
					 "-mcmodel=large",
					 "-c",
					 "c.c",
					 "a.s",
					 "p.s",
					 NULL};

	put("a.s", x86_source);
	check(cc, "ld", "binutils");
}
END_TEST

/*
 * As Xen compiles: position independent, all hidden. (Where a table is avoided ld takes
 * another instruction than ours for mov: see test_reloc.c.)
 */
START_TEST(x86_pic)
{
	static const char *const cc[] = {
		"gcc", FLAGS, "-fcf-protection=none", "-fpic", "-c", "c.c", "a.s", "p.s", NULL};

	put("a.s", x86_source);
	check(cc, "ld", "binutils");
}
END_TEST

START_TEST(arm64)
{
	static const char *const cc[] = {
		"clang", "--target=aarch64-linux-gnu", FLAGS, "-fno-pic", "-c", "c.c", "a.s", "p.s",
		NULL};

	r.loader.machine = ABI_EM_AARCH64;
	put("a.s", arm64_source);
	check(cc, "aarch64-linux-gnu-ld", "binutils-aarch64-linux-gnu");
}
END_TEST

START_TEST(arm64_large)
{
	static const char *const cc[] = {"clang",    "--target=aarch64-linux-gnu",
					 FLAGS,	     "-mcmodel=large",
					 "-fno-pic", "-c",
					 "c.c",	     "a.s",
					 "p.s",	     NULL};

	r.loader.machine = ABI_EM_AARCH64;
	put("a.s", arm64_source);
	check(cc, "aarch64-linux-gnu-ld", "binutils-aarch64-linux-gnu");
}
END_TEST

Suite *suite_truth(void)
{
	Suite *s = suite_create("truth");
	TCase *t = tcase_create("ld");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, x86_large);
	tcase_add_test(t, x86_pic);
	tcase_add_test(t, arm64);
	tcase_add_test(t, arm64_large);
	suite_add_tcase(s, t);
	return s;
}
