// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Damaged objects: cut short at every length, and with bytes changed. Reading and
 * comparing them ends with an error or a result, in bounded time.
 */
#include "mini.h"

#include "patchbuild/compare.h"

#include "common/io.h"
#include "common/temp.h"
#include "common/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA  "tests/data/builder"
#define FLAGS "-I " DATA "/include -include " DATA "/include/xen/config.h"

/* Sources with all kinds of special sections, strings and tables. */
static const char *const names[] = {"payload-everything",	 "payload-fixup-only",
				    "payload-assert-message",	 "payload-two-statics-of-one-name",
				    "payload-const-table-grows", "payload-init-merely-moved"};
#define NNAMES (sizeof(names) / sizeof(names[0]))

static char *dir;
static char *sound; /* path of the object as compiled */
static char *damaged;
static struct file_data image;

static void setup(void)
{
	struct err e = ERR_INIT;

	dir = dir_temp("objects", &e);
	ck_assert_msg(dir != NULL, "%s", e.text);
	sound = path_join(dir, "sound.o");
	damaged = path_join(dir, "damaged.o");
}

static void teardown(void)
{
	struct err e = ERR_INIT;

	file_free(&image);
	ck_assert_int_eq(dir_remove(dir, &e), 0);
	free(sound);
	free(damaged);
	free(dir);
}

static void load(const char *name)
{
	autofree char *source = mem_printf(DATA "/%s/a.c", name);
	struct err e = ERR_INIT;

	ck_assert_msg(mini_compile(source, sound, FLAGS, &e) == 0, "%s: install gcc", e.text);
	ck_assert_msg(file_read(sound, 0, &image, &e) == 0, "%s", e.text);
}

/* Compares both ways; whatever comes out, it has to be said if it is an error. */
static bool compares(const unsigned char *data, size_t size)
{
	struct err e = ERR_INIT;
	struct err back = ERR_INIT;
	FILE *f = fopen(damaged, "wb");
	const char *why;
	size_t iter = 0;
	struct cmp c;
	bool ok;

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
	ok = cmp_open(&c, sound, damaged, "a.o", NULL, NULL, &e) == 0;
	while (ok && cmp_next_init_change(&c, &iter, &why))
		;
	ck_assert(ok == (e.kind == ERR_NONE));
	cmp_free(&c);
	ck_assert((cmp_open(&c, damaged, sound, "a.o", NULL, NULL, &back) == 0) ==
		  (back.kind == ERR_NONE));
	cmp_free(&c);
	return ok;
}

START_TEST(cut_short)
{
	size_t len;
	size_t good = 0;

	load(names[_i]);
	ck_assert(compares(image.data, image.size));
	for (len = 0; len < image.size; len += 7)
		good += compares(image.data, len);
	/* The section headers end the file. */
	ck_assert_uint_eq(good, 0);
}
END_TEST

#define ROUNDS 1500

/* The same sequence on every run: x -> 6364136223846793005 x + 1442695040888963407. */
static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

START_TEST(changed_bytes)
{
	uint64_t seed = (uint64_t)_i + 1;
	size_t bad = 0;
	size_t i;

	load(names[_i]);
	for (i = 0; i < ROUNDS; i++) {
		unsigned char *copy = mem_dup(image.data, image.size);
		size_t n = 1 + next(&seed) % 4;

		while (n--)
			copy[next(&seed) % image.size] = (unsigned char)next(&seed);
		bad += !compares(copy, image.size);
		free(copy);
	}
	ck_assert_uint_gt(bad, 0);
}
END_TEST

/* Every field of every header and table in turn, with values that do harm. */
START_TEST(bad_words)
{
	static const uint32_t values[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff8};
	size_t at;
	size_t k;

	load(names[_i]);
	for (at = 0; at + 4 <= image.size; at += 4 * (1 + _i)) {
		unsigned char *copy = mem_dup(image.data, image.size);

		for (k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
			memcpy(copy + at, &values[k], sizeof(values[k]));
			compares(copy, image.size);
		}
		free(copy);
	}
}
END_TEST

/*
 * Two constants of one stem that point to themselves, and two functions that use them,
 * @f and @g in which order. Votes of equal functions that contradict each other leave
 * them without twins, and they are compared by content.
 */
static void make_rings(const char *path, const char *f, const char *g, const char *more)
{
	autofree char *source = mem_printf("%s.S", path);
	autofree char *text =
		mem_printf(".macro fn name, one, two\n"
			   ".section .text.\\name, \"ax\", @progbits\n"
			   ".globl \\name\n.type \\name, @function\n"
			   "\\name: lea \\one(%%rip), %%rax\nlea \\two(%%rip), %%rdx\nret\n"
			   ".size \\name, . - \\name\n.endm\n"
			   ".macro ring name, more\n"
			   ".section .rodata.\\name, \"a\", @progbits\n"
			   ".type \\name, @object\n\\name: .quad \\name\n.quad \\more\n"
			   ".size \\name, . - \\name\n.endm\n"
			   "ring x.0, 1\nring x.1, %s\nfn f, %s\nfn g, %s\n",
			   more, f, g);
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_create(source, text, strlen(text), 0600, &e), 0);
	ck_assert_msg(mini_compile(source, path, "-D__ASSEMBLY__", &e) == 0, "%s", e.text);
}

static bool ring_differs(const char *was, const char *is, const char *function)
{
	struct err e = ERR_INIT;
	struct cmp c;
	bool differs;

	ck_assert_msg(cmp_open(&c, was, is, "ring.o", NULL, NULL, &e) == 0, "%s", e.text);
	differs = obj_sec(c.news, function)->differs;
	cmp_free(&c);
	return differs;
}

START_TEST(constants_in_rings)
{
	autofree char *a = path_join(dir, "a.o");
	autofree char *b = path_join(dir, "b.o");
	autofree char *d = path_join(dir, "d.o");

	make_rings(a, "x.0, x.1", "x.1, x.0", "1");
	make_rings(b, "x.0, x.1", "x.0, x.1", "1");
	make_rings(d, "x.0, x.1", "x.0, x.1", "2");
	ck_assert(!ring_differs(a, b, ".text.f"));
	ck_assert(!ring_differs(a, b, ".text.g"));
	ck_assert(ring_differs(a, d, ".text.f"));
	ck_assert(ring_differs(a, d, ".text.g"));
}
END_TEST

/* A section that is loaded is no debug information, whatever its name. */
START_TEST(strings_in_a_loaded_debug_section)
{
	static const char text[] = ".section .debug_str, \"aMS\", @progbits, 1\n"
				   ".globl foo\n.type foo, @object\nfoo: .asciz \"hello\"\n"
				   ".section .data.v.1, \"aw\", @progbits\n"
				   ".type v.1, @object\n.size v.1, 8\nv.1: .quad foo\n"
				   ".section .text.f, \"ax\", @progbits\n.type f, @function\n"
				   "f: ret\n.size f, 1\n";
	autofree char *source = path_join(dir, "d.S");
	struct err e = ERR_INIT;
	struct cmp c;

	ck_assert_int_eq(file_create(source, text, strlen(text), 0600, &e), 0);
	ck_assert_msg(mini_compile(source, sound, "-D__ASSEMBLY__", &e) == 0, "%s", e.text);
	ck_assert_msg(cmp_open(&c, sound, sound, "d.o", NULL, NULL, &e) == 0, "%s", e.text);
	ck_assert_ptr_nonnull(obj_sec(c.news, ".debug_str")->data);
	cmp_free(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("objects");
	TCase *tc = tcase_create("damaged");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, cut_short, 0, NNAMES);
	tcase_add_loop_test(tc, changed_bytes, 0, NNAMES);
	tcase_add_loop_test(tc, bad_words, 0, NNAMES);
	tcase_add_test(tc, constants_in_rings);
	tcase_add_test(tc, strings_in_a_loaded_debug_section);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
