// SPDX-License-Identifier: GPL-2.0-or-later
/* Every rule about the sections that mean something. */
#include "helper.h"
#include "suites.h"

#include <stddef.h>
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

static struct make_section *section(enum make_index i)
{
	return &m.sections[i - 1];
}

/* The payload with the section @i of @size bytes is refused with @code. */
static void with_size(enum make_index i, size_t size, enum xsp_code code)
{
	section(i)->size = size;
	remake();
	refused(&file, code);
	make_payload(&m);
}

START_TEST(sizes)
{
	with_size(MAKE_BUILD_ID, 0, XSP_SPECIAL_MISSING);
	with_size(MAKE_DEPENDS, 0, XSP_SPECIAL_MISSING);
	with_size(MAKE_XEN_DEPENDS, 0, XSP_SPECIAL_MISSING);
	with_size(MAKE_BUILD_ID, 15, XSP_NOTE_SIZE);
	with_size(MAKE_BUILD_ID, 35, XSP_NOTE_SIZE);
	with_size(MAKE_FUNCS, 103, XSP_SPECIAL_SIZE);
	with_size(MAKE_HOOK, 7, XSP_SPECIAL_SIZE);
	with_size(MAKE_HOOK, 16, XSP_OK);
	with_size(MAKE_ALT, 27, XSP_SPECIAL_SIZE);
	with_size(MAKE_ALT, 0, XSP_OK);
	with_size(MAKE_ALT_REPL, 0, XSP_OK);
	with_size(MAKE_BUG, 12, XSP_SPECIAL_SIZE);
	with_size(MAKE_EX, 4, XSP_SPECIAL_SIZE);
	with_size(MAKE_MODINFO, 0, XSP_MODINFO_EMPTY);
	with_size(MAKE_MODINFO, 3, XSP_MODINFO_END);
}
END_TEST

START_TEST(hooks_that_are_single)
{
	static const char *const names[] = {
		ABI_SEC_PREAPPLY,  ABI_SEC_APPLY,  ABI_SEC_POSTAPPLY,
		ABI_SEC_PREREVERT, ABI_SEC_REVERT, ABI_SEC_POSTREVERT,
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		section(MAKE_HOOK)->name = names[i];
		remake();
		taken(&file);
		section(MAKE_HOOK)->name = names[i];
		with_size(MAKE_HOOK, 16, XSP_SPECIAL_COUNT);
	}
}
END_TEST

START_TEST(hook_sections_have_names)
{
	ck_assert_str_eq(xsp_hook_section(XSP_HOOK_LOAD), ".livepatch.hooks.load");
	ck_assert_str_eq(xsp_hook_section(XSP_HOOK_POSTREVERT), ".livepatch.hooks.postrevert");
}
END_TEST

START_TEST(missing_sections)
{
	section(MAKE_XEN_DEPENDS)->name = ".livepatch.other";
	remake();
	refused(&file, XSP_SPECIAL_MISSING);
	make_payload(&m);
	section(MAKE_MODINFO)->name = ".other";
	section(MAKE_ALT)->name = ".other1";
	remake();
	taken(&file);
}
END_TEST

START_TEST(sections_are_there_once)
{
	section(MAKE_COMMENT)->name = ".modinfo";
	remake();
	refused(&file, XSP_SPECIAL_TWICE);
}
END_TEST

START_TEST(sections_are_loaded)
{
	section(MAKE_MODINFO)->flags = 0;
	remake();
	refused(&file, XSP_SPECIAL_ALLOC);
}
END_TEST

START_TEST(sections_have_content)
{
	section(MAKE_EX)->type = ABI_SHT_NOBITS;
	remake();
	refused(&file, XSP_SPECIAL_NOBITS);
	/* Where the cause is, is in the file even if the section claims otherwise. */
	make_shdr(&file, ".ex_table")->sh_offset = UINT64_MAX;
	refused(&file, XSP_SPECIAL_NOBITS);
}
END_TEST

START_TEST(notes_are_final)
{
	m.relocs[6].section = MAKE_DEPENDS;
	remake();
	refused(&file, XSP_SPECIAL_RELOC);
}
END_TEST

/* A section of relocations without any changes nothing. */
START_TEST(no_relocation_of_a_note)
{
	m.relocs[6].section = MAKE_DEPENDS;
	remake();
	make_shdr(&file, ".rela.livepatch.depends")->sh_size = 0;
	taken(&file);
}
END_TEST

START_TEST(not_on_arm)
{
	m.machine = ABI_EM_AARCH64;
	section(MAKE_ALT)->size = 24;
	remake();
	refused(&file, XSP_SPECIAL_MACHINE);
}
END_TEST

START_TEST(nothing_to_do)
{
	section(MAKE_FUNCS)->size = 0;
	m.nrelocs = 0;
	remake();
	taken(&file);
	section(MAKE_HOOK)->size = 0;
	remake();
	refused(&file, XSP_NOTHING_TO_DO);
}
END_TEST

START_TEST(alternatives_need_code)
{
	section(MAKE_TEXT)->flags = ABI_SHF_ALLOC;
	section(MAKE_ALT_REPL)->flags = ABI_SHF_ALLOC;
	remake();
	refused(&file, XSP_ALT_NO_TEXT);
	make_payload(&m);
	section(MAKE_ALT_REPL)->name = ".other";
	remake();
	refused(&file, XSP_ALT_NO_TEXT);
	/* Sections for code, but none in them. */
	make_payload(&m);
	section(MAKE_FUNCS)->size = 0;
	section(MAKE_TEXT)->size = 0;
	section(MAKE_ALT_REPL)->size = 0;
	m.nrelocs = 0;
	remake();
	refused(&file, XSP_ALT_NO_TEXT);
}
END_TEST

static struct abi_note *note(const char *name)
{
	return (struct abi_note *)(void *)(file.data + make_shdr(&file, name)->sh_offset);
}

START_TEST(note_fields)
{
	static const struct {
		size_t offset;
		uint32_t value;
		enum xsp_code code;
	} cases[] = {
		{offsetof(struct abi_note, type), 1, XSP_NOTE_TYPE},
		{offsetof(struct abi_note, namesz), 5, XSP_NOTE_NAME},
		{offsetof(struct abi_note, namesz), 0, XSP_NOTE_NAME},
		{sizeof(struct abi_note), 0x00554e58, XSP_NOTE_NAME},
		{offsetof(struct abi_note, descsz), 0, XSP_NOTE_ID_SIZE},
		{offsetof(struct abi_note, descsz), 65, XSP_NOTE_ID_SIZE},
		{offsetof(struct abi_note, descsz), UINT32_MAX, XSP_NOTE_ID_SIZE},
		{offsetof(struct abi_note, descsz), 16, XSP_NOTE_SIZE},
		{offsetof(struct abi_note, descsz), 21, XSP_NOTE_SIZE},
		{offsetof(struct abi_note, descsz), 19, XSP_OK}, /* padded */
	};
	static const char *const names[] = {".note.gnu.build-id", ".livepatch.depends",
					    ".livepatch.xen_depends"};

	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(*cases); i++) {
		remake();
		memcpy((char *)note(names[i % 3]) + cases[i / 3].offset, &cases[i / 3].value, 4);
		refused(&file, cases[i / 3].code);
	}
}
END_TEST

static bool is(struct xsp_bytes b, const char *s)
{
	return b.size == strlen(s) && !memcmp(b.data, s, b.size);
}

START_TEST(what_is_read)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload p;
	struct xsp_info info;
	size_t pos = 0;

	ck_assert_int_eq(xsp_payload_open(&p, file.data, file.len, &c), 0);
	ck_assert_uint_eq(p.build_id.size, 20);
	ck_assert_uint_eq(p.build_id.data[1], 2);
	ck_assert_uint_eq(p.xen_depends.data[0], 0xaa);
	ck_assert_uint_eq(p.depends.data[0], 0xaa);
	ck_assert_uint_eq(p.nfuncs, 3);
	ck_assert_uint_eq(p.hooks[XSP_HOOK_LOAD].size, 8);
	ck_assert_uint_eq(p.hooks[XSP_HOOK_UNLOAD].size, 0);
	ck_assert(xsp_payload_info(&p, &pos, &info));
	ck_assert(is(info.key, "name") && is(info.value, "test"));
	ck_assert(xsp_payload_info(&p, &pos, &info));
	ck_assert(is(info.key, "") && is(info.value, "plain"));
	ck_assert(xsp_payload_info(&p, &pos, &info));
	ck_assert(is(info.key, "empty") && is(info.value, ""));
	ck_assert(!xsp_payload_info(&p, &pos, &info));
}
END_TEST

Suite *suite_payload(void)
{
	Suite *s = suite_create("payload");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sizes);
	tcase_add_test(t, hooks_that_are_single);
	tcase_add_test(t, hook_sections_have_names);
	tcase_add_test(t, missing_sections);
	tcase_add_test(t, sections_are_there_once);
	tcase_add_test(t, sections_are_loaded);
	tcase_add_test(t, sections_have_content);
	tcase_add_test(t, notes_are_final);
	tcase_add_test(t, no_relocation_of_a_note);
	tcase_add_test(t, not_on_arm);
	tcase_add_test(t, nothing_to_do);
	tcase_add_test(t, alternatives_need_code);
	tcase_add_test(t, note_fields);
	tcase_add_test(t, what_is_read);
	suite_add_tcase(s, t);
	return s;
}
