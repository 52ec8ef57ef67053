// SPDX-License-Identifier: GPL-2.0-or-later
/* From names to addresses, and a module's own names. */
#include "rig.h"
#include "suites.h"

#include "xsplice/core.h"

#include <stdio.h>
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

/* The undefined symbol has this name; where its address comes out (old_addr of function 0). */
static uint64_t resolved(const char *name)
{
	r.make.symbols[3].name = name;
	rig_taken(&r);
	return r.module->patches[0].old_addr;
}

START_TEST(of_the_hypervisor)
{
	ck_assert_uint_eq(resolved("one"), RIG_TEXT + 0x100);
	rig_symbol(&r, "common/livepatch.c#get_name", RIG_TEXT + 0x500);
	ck_assert_uint_eq(resolved("common/livepatch.c#get_name"), RIG_TEXT + 0x500);
}
END_TEST

START_TEST(and_an_offset)
{
	ck_assert_uint_eq(resolved("one+0x12"), RIG_TEXT + 0x112);
	ck_assert_uint_eq(resolved("one+0xef"), RIG_TEXT + 0x1ef);
	rig_symbol(&r, "a+0x1", RIG_TEXT + 0x700);
	ck_assert_uint_eq(resolved("a+0x1"), RIG_TEXT + 0x700);
	ck_assert_uint_eq(resolved("a+0x1+0x2"), RIG_TEXT + 0x702);
}
END_TEST

START_TEST(unresolved)
{
	static const char *const names[] = {
		"",	   "none",    "two+0x10", "one+",    "one+0x",		"one+12",
		"one+0xg", "one+0xA", "one+0x1 ", "+0x1",    "one+0x123456789", "one-0x1",
		"One",	   "one ",    "one+1x1",  "one+0y1",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		r.make.symbols[3].name = names[i];
		rig_refused(&r, XSP_SYMBOL_UNRESOLVED);
		ck_assert_str_eq(r.cause.what, "symbol");
	}
}
END_TEST

/* Else a file could make all its names one long string, and comparing them take for ever. */
START_TEST(long_names)
{
	char name[XSP_SYMBOL_MAX + 2];

	memset(name, 'x', sizeof(name));
	name[XSP_SYMBOL_MAX + 1] = '\0';
	r.make.symbols[MAKE_SYM_HELPER - 1].name = name;
	rig_refused(&r, XSP_SYMBOL_LONG);
	name[XSP_SYMBOL_MAX] = '\0';
	rig_taken(&r);
	memcpy(name + XSP_SYMBOL_MAX - 4, "+0x1", 4);
	r.make.symbols[3].name = name;
	rig_refused(&r, XSP_SYMBOL_UNRESOLVED);
}
END_TEST

/* Messages name the symbol that the position is of. */
START_TEST(unresolved_is_named)
{
	struct xsp_image img;
	struct xsp_cause c = {XSP_OK, 0, ""};

	r.make.symbols[3].name = "missing";
	rig_refused(&r, XSP_SYMBOL_UNRESOLVED);
	ck_assert_int_eq(xsp_image_open(&img, r.file.data, r.file.len, &c), 0);
	ck_assert_str_eq(xsp_image_name_at(&img, r.cause.pos), "missing");
	ck_assert_ptr_null(xsp_image_name_at(&img, r.cause.pos + 1));
	ck_assert_ptr_null(xsp_image_name_at(&img, 0));
	ck_assert_ptr_null(xsp_image_name_at(&img, r.file.len));
}
END_TEST

/* A cause that is about a relocation has the name of its symbol. */
START_TEST(relocation_is_named)
{
	struct xsp_image img;
	struct xsp_cause c = {XSP_OK, 0, ""};

	r.make.relocs[6].symbol = 3;
	r.make.relocs[6].type = 999;
	rig_refused(&r, XSP_RELOC_TYPE);
	ck_assert_int_eq(xsp_image_open(&img, r.file.data, r.file.len, &c), 0);
	ck_assert_str_eq(xsp_image_name_at(&img, r.cause.pos), "new_two");
	ck_assert_ptr_null(xsp_image_name_at(&img, r.cause.pos + 8));
	r.make.relocs[6].symbol = 99;
	rig_refused(&r, XSP_RELOC_SYMBOL);
	ck_assert_int_eq(xsp_image_open(&img, r.file.data, r.file.len, &c), 0);
	ck_assert_ptr_null(xsp_image_name_at(&img, r.cause.pos));
}
END_TEST

/* Assemblers name a table that is not there; only its use is refused. */
START_TEST(table_of_addresses)
{
	r.make.symbols[r.make.nsymbols++] = (struct make_symbol){
		"_GLOBAL_OFFSET_TABLE_", ABI_STB_GLOBAL, ABI_STT_NOTYPE, ABI_SHN_UNDEF, 0, 0};
	rig_taken(&r);
	r.make.relocs[6].symbol = (uint32_t)r.make.nsymbols;
	rig_refused(&r, XSP_RELOC_NOT_LOADED);
}
END_TEST

START_TEST(of_another_module)
{
	struct xsp_module *a = rig_add(&r, "a");
	uint64_t counter = a->base + a->layout.at[MAKE_BSS] + 8;

	make_next(&r.make);
	r.name = "b";
	r.make.symbols[3].name = "counter";
	/* Old code in data is refused, but only after it was found. */
	ck_assert_int_eq(rig_load(&r), XSP_FUNC_OLD_TEXT);
	r.make.relocs[2] = (struct make_reloc){MAKE_HOOK, 0, ABI_R_X86_64_64, 2, 0};
	r.make.relocs[6] = (struct make_reloc){MAKE_TEXT, 48, ABI_R_X86_64_64, 4, 4};
	r.make.symbols[MAKE_SYM_COUNTER - 1] = r.make.symbols[3]; /* used twice, counts once */
	rig_taken(&r);
	ck_assert_mem_eq(rig_section(&r, MAKE_TEXT) + 48, &(uint64_t){counter + 4}, 8);
	ck_assert_uint_eq(r.module->nuses, 1);
	ck_assert_ptr_eq(r.module->uses[0], a);
}
END_TEST

/* Which of two is meant nobody has said. */
START_TEST(two_of_another_module)
{
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "counter";
	rig_add(&r, "a");
	make_next(&r.make);
	r.name = "b";
	r.make.symbols[3].name = "counter";
	ck_assert_int_eq(rig_load(&r), XSP_SYMBOL_UNRESOLVED);
}
END_TEST

/* What takes a function's place is no new symbol: nobody may link to it. */
START_TEST(overriding_is_not_exported)
{
	rig_add(&r, "a");
	make_next(&r.make);
	r.name = "b";
	r.make.symbols[3].name = "new_one";
	ck_assert_int_eq(rig_load(&r), XSP_SYMBOL_UNRESOLVED);
	make_next(&r.make);
	r.make.symbols[1].name = "new_one";
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nuses, 0);
}
END_TEST

/* In whatever order new code comes, all of it overrides. */
START_TEST(overriding_in_any_order)
{
	static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	static const uint32_t code[3] = {2, 3, MAKE_SYM_HELPER};
	struct make_reloc *third = &r.make.relocs[r.make.nrelocs++];

	*third = (struct make_reloc){MAKE_FUNCS, 2 * sizeof(struct abi_func) + 8, ABI_R_X86_64_64,
				     0, 0};
	r.make.relocs[0].symbol = code[orders[_i][0]];
	r.make.relocs[4].symbol = code[orders[_i][1]];
	third->symbol = code[orders[_i][2]];
	rig_taken(&r);
	ck_assert_uint_eq(r.module->nsymbols, 4);
	ck_assert_uint_eq(r.module->nexports, 1);
	ck_assert_str_eq(r.module->exports[0]->name, "counter");
}
END_TEST

START_TEST(absolute)
{
	r.make.symbols[3].section = ABI_SHN_ABS;
	r.make.symbols[3].value = RIG_TEXT + 0x900;
	rig_taken(&r);
	ck_assert_uint_eq(r.module->patches[0].old_addr, RIG_TEXT + 0x900);
}
END_TEST

/* New names are new: in the hypervisor and in all that is loaded, local ones too. */
START_TEST(duplicates)
{
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "do_two";
	rig_refused(&r, XSP_SYMBOL_DUPLICATE);
	make_loadable(&r.make);
	rig_add(&r, "a");
	make_next(&r.make);
	r.name = "b";
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "helper";
	ck_assert_int_eq(rig_load(&r), XSP_SYMBOL_DUPLICATE);
	/* Not where it overrides, nor in what is not loaded. */
	make_next(&r.make);
	r.make.symbols[1].name = "do_two";
	rig_taken(&r);
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "helper";
	r.make.symbols[MAKE_SYM_HELPER - 1].section = MAKE_COMMENT;
	rig_taken(&r);
}
END_TEST

static bool has(const char *name)
{
	for (uint32_t i = 0; i < r.module->nsymbols; i++)
		if (!strcmp(r.module->symbols[i].name, name))
			return true;
	return false;
}

START_TEST(what_is_no_symbol)
{
	r.make.sections[MAKE_RODATA - 1].flags |= ABI_SHF_MERGE | ABI_SHF_STRINGS;
	r.make.symbols[MAKE_SYM_HELPER - 1].section = MAKE_RODATA;
	r.make.symbols[MAKE_SYM_HELPER - 1].name = ".LC0";
	rig_taken(&r);
	ck_assert(!has(".LC0"));
	ck_assert(has("counter") && has("new_one") && !has("one") && !has(""));
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "xLC0";
	rig_taken(&r);
	ck_assert(has("xLC0"));
	r.make.symbols[MAKE_SYM_HELPER - 1].name = ".rodata.x";
	rig_taken(&r);
	ck_assert(has(".rodata.x"));
	r.make.symbols[MAKE_SYM_HELPER - 1].name = ".LC0";
	r.make.symbols[MAKE_SYM_HELPER - 1].section = MAKE_TEXT;
	rig_taken(&r);
	ck_assert(has(".LC0"));
	r.make.symbols[MAKE_SYM_HELPER - 1].name = "$x";
	rig_taken(&r);
	ck_assert(has("$x"));
}
END_TEST

static const char *name_at(uint64_t addr)
{
	const struct xsp_modsym *s = xsp_module_symbol(r.module, addr);

	return s ? s->name : "none";
}

START_TEST(by_address)
{
	uint64_t text;

	rig_taken(&r);
	text = rig_section_addr(&r, MAKE_TEXT);
	ck_assert_str_eq(name_at(text), "new_one");
	ck_assert_str_eq(name_at(text + 15), "new_one");
	ck_assert_str_eq(name_at(text + 16), "none"); /* behind its end */
	ck_assert_str_eq(name_at(text + 32), "new_two");
	ck_assert_str_eq(name_at(text + 48), "helper");
	ck_assert_str_eq(name_at(text + 60), "helper"); /* has no size */
	ck_assert_str_eq(name_at(text - 1), "none");
	ck_assert_str_eq(name_at(rig_section_addr(&r, MAKE_BSS) + 11), "counter");
	ck_assert_str_eq(name_at(r.module->base + r.module->layout.size), "none");
}
END_TEST

/* Of two symbols at an address the one with a size is found. */
START_TEST(label_and_function)
{
	r.make.symbols[MAKE_SYM_HELPER - 1].value = 32;
	rig_taken(&r);
	ck_assert_str_eq(name_at(rig_section_addr(&r, MAKE_TEXT) + 32), "new_two");
	r.make.symbols[2].size = UINT64_MAX;
	rig_taken(&r);
	for (uint32_t i = 0; i < r.module->nsymbols; i++)
		ck_assert_uint_lt(r.module->symbols[i].size, r.module->layout.size);
}
END_TEST

/* Enough symbols that sorting has something to do. */
START_TEST(many_are_sorted)
{
	static char names[MAKE_MAX][16];
	struct make_symbol *s;

	for (size_t i = 0; r.make.nsymbols < MAKE_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "s%zu", i * 7919 % 1000);
		s = &r.make.symbols[r.make.nsymbols++];
		*s = (struct make_symbol){names[i],  ABI_STB_LOCAL, ABI_STT_FUNC,
					  MAKE_TEXT, i * 13 % 64,   1};
	}
	rig_taken(&r);
	for (uint32_t i = 1; i < r.module->nsymbols; i++)
		ck_assert_uint_le(r.module->symbols[i - 1].addr, r.module->symbols[i].addr);
	ck_assert_uint_gt(r.module->nexports, 20);
	for (uint32_t i = 1; i < r.module->nexports; i++)
		ck_assert_int_lt(strcmp(r.module->exports[i - 1]->name, r.module->exports[i]->name),
				 0);
}
END_TEST

Suite *suite_symbols(void)
{
	Suite *s = suite_create("symbols");
	TCase *t = tcase_create("names");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, of_the_hypervisor);
	tcase_add_test(t, and_an_offset);
	tcase_add_test(t, unresolved);
	tcase_add_test(t, long_names);
	tcase_add_test(t, unresolved_is_named);
	tcase_add_test(t, relocation_is_named);
	tcase_add_test(t, table_of_addresses);
	tcase_add_test(t, of_another_module);
	tcase_add_test(t, two_of_another_module);
	tcase_add_test(t, overriding_is_not_exported);
	tcase_add_loop_test(t, overriding_in_any_order, 0, 6);
	tcase_add_test(t, absolute);
	tcase_add_test(t, duplicates);
	tcase_add_test(t, what_is_no_symbol);
	tcase_add_test(t, by_address);
	tcase_add_test(t, label_and_function);
	tcase_add_test(t, many_are_sorted);
	suite_add_tcase(s, t);
	return s;
}
