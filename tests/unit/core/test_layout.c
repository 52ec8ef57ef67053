// SPDX-License-Identifier: GPL-2.0-or-later
/* Where sections go, and how much there may be. */
#include "rig.h"
#include "suites.h"

static struct rig r;

static void setup(void)
{
	rig_init(&r);
}

static void teardown(void)
{
	rig_free(&r);
}

static struct make_section *section(enum make_index i)
{
	return &r.make.sections[i - 1];
}

START_TEST(regions)
{
	const struct xsp_layout *l;

	rig_taken(&r);
	l = &r.module->layout;
	ck_assert_uint_eq(l->region[XSP_TEXT].start, 0);
	ck_assert_uint_eq(l->region[XSP_TEXT].size, 64 + 8);
	ck_assert_uint_eq(l->region[XSP_RW].start, 4096);
	ck_assert_uint_eq(l->region[XSP_RW].size, 8 + 32);
	ck_assert_uint_eq(l->region[XSP_RO].start, 8192);
	ck_assert_uint_eq(l->size, 12288);
	ck_assert_uint_eq(l->at[0], XSP_NOT_LOADED);
	ck_assert_uint_eq(l->at[MAKE_TEXT], 0);
	ck_assert_uint_eq(l->at[MAKE_ALT_REPL], 64);
	ck_assert_uint_eq(l->at[MAKE_BSS], 4096 + 8);
	ck_assert_uint_eq(l->at[MAKE_BUILD_ID], 8192);
	ck_assert_uint_eq(l->at[MAKE_FUNCS] % 8, 0);
	ck_assert_uint_eq(l->at[MAKE_COMMENT], XSP_NOT_LOADED);
}
END_TEST

START_TEST(alignment)
{
	section(MAKE_ALT_REPL)->align = 4096;
	section(MAKE_HOOK)->align = 64;
	rig_taken(&r);
	ck_assert_uint_eq(r.module->layout.at[MAKE_ALT_REPL], 4096);
	ck_assert_uint_eq(r.module->layout.region[XSP_RW].start, 8192);
}
END_TEST

/* XEN-FACTS 1: alignment 0 would place sections over each other. */
START_TEST(defect_1_alignment_0)
{
	section(MAKE_TEXT)->align = 0;
	rig_refused(&r, XSP_SECTION_ALIGN);
}
END_TEST

/* XEN-FACTS 1: offset and size that wrap. */
START_TEST(defect_1_size_that_wraps)
{
	rig_taken(&r);
	make_shdr(&r.file, ".rodata")->sh_size = UINT64_MAX - 64;
	ck_assert_int_eq(rig_load_file(&r), XSP_SECTION_RANGE);
}
END_TEST

/* XEN-FACTS 2: links to section 0. */
START_TEST(defect_2_links_to_section_0)
{
	rig_taken(&r);
	make_shdr(&r.file, ".symtab")->sh_link = 0;
	ck_assert_int_eq(rig_load_file(&r), XSP_SYMTAB_LINK);
	rig_taken(&r);
	make_shdr(&r.file, ".rela.text.new")->sh_info = 0;
	ck_assert_int_eq(rig_load_file(&r), XSP_RELOC_TARGET);
}
END_TEST

/* @n sections of zeros with 2 MiB each. */
static void with_zeros(size_t n, uint64_t flags)
{
	make_loadable(&r.make);
	section(MAKE_BUG)->name = ".other"; /* 24 bits do not reach so far */
	for (size_t i = 0; i < n; i++)
		r.make.sections[r.make.nsections++] =
			(struct make_section){".zeros", ABI_SHT_NOBITS, flags, 1, NULL, 2u << 20};
}

START_TEST(too_large)
{
	const uint64_t rw = ABI_SHF_ALLOC | ABI_SHF_WRITE;

	with_zeros(8, rw);
	rig_refused(&r, XSP_LAYOUT_SIZE);
	with_zeros(7, rw);
	rig_taken(&r);
	section(MAKE_BSS)->size = 2u << 20; /* 16 MiB with two pages of the other regions */
	rig_refused(&r, XSP_LAYOUT_SIZE);
	with_zeros(20, ABI_SHF_ALLOC);
	rig_refused(&r, XSP_LAYOUT_SIZE);
	with_zeros(7, rw); /* each region has room, all together have not */
	section(MAKE_BSS)->flags = ABI_SHF_ALLOC;
	section(MAKE_BSS)->size = 2u << 20;
	rig_refused(&r, XSP_LAYOUT_SIZE);
}
END_TEST

START_TEST(applied_again)
{
	section(MAKE_HOOK)->flags = ABI_SHF_ALLOC;
	section(MAKE_BSS)->size = 0;
	r.make.nsymbols--;
	rig_taken(&r);
	ck_assert(r.module->layout.reapply);
	section(MAKE_FUNCS)->flags |= ABI_SHF_WRITE;
	rig_taken(&r);
	ck_assert(r.module->layout.reapply);
	section(MAKE_BSS)->size = 1;
	rig_taken(&r);
	ck_assert(!r.module->layout.reapply);
}
END_TEST

Suite *suite_layout(void)
{
	Suite *s = suite_create("layout");
	TCase *t = tcase_create("places");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, regions);
	tcase_add_test(t, alignment);
	tcase_add_test(t, defect_1_alignment_0);
	tcase_add_test(t, defect_1_size_that_wraps);
	tcase_add_test(t, defect_2_links_to_section_0);
	tcase_add_test(t, too_large);
	tcase_add_test(t, applied_again);
	suite_add_tcase(s, t);
	return s;
}
