// SPDX-License-Identifier: GPL-2.0-or-later
/* Every rule about the ELF file: one field wrong at a time. */
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

/* Makes the file anew from @m. */
static void remake(void)
{
	strbuf_free(&file);
	make_write(&m, &file);
}

START_TEST(good_file_is_taken)
{
	taken(&file);
	m.machine = ABI_EM_AARCH64;
	m.sections[MAKE_ALT - 1].size = 24;
	m.sections[MAKE_EX - 1].size = 0;
	for (size_t i = 0; i < 6; i++)
		m.relocs[i].type = ABI_R_AARCH64_ABS64;
	remake();
	taken(&file);
}
END_TEST

#define EHDR(field, value, code)                                                                   \
	{                                                                                          \
		offsetof(struct abi_ehdr, field), sizeof(((struct abi_ehdr *)0)->field), value,    \
			code                                                                       \
	}
#define IDENT(index, value, code)                                                                  \
	{                                                                                          \
		index, 1, value, code                                                              \
	}

static const struct header_case {
	size_t offset;
	size_t size;
	uint64_t value;
	enum xsp_code code;
} header_cases[] = {
	IDENT(0, 0x7e, XSP_NOT_ELF),
	IDENT(ABI_EI_CLASS, 1, XSP_ELF_CLASS),
	IDENT(ABI_EI_DATA, 2, XSP_ELF_DATA),
	IDENT(ABI_EI_VERSION, 0, XSP_ELF_VERSION),
	IDENT(ABI_EI_OSABI, 3, XSP_ELF_OSABI),
	IDENT(ABI_EI_OSABI, ABI_OSABI_FREEBSD, XSP_OK),
	IDENT(ABI_EI_ABIVERSION, 1, XSP_ELF_OSABI),
	EHDR(e_type, 2, XSP_ELF_TYPE),
	EHDR(e_machine, 40, XSP_ELF_MACHINE),
	EHDR(e_version, 2, XSP_ELF_VERSION),
	EHDR(e_flags, 1, XSP_ELF_FLAGS),
	EHDR(e_phnum, 1, XSP_ELF_SEGMENTS),
	EHDR(e_ehsize, 63, XSP_ELF_HEADER_SIZE),
	EHDR(e_shentsize, 40, XSP_SHDR_SIZE),
	EHDR(e_shnum, 0, XSP_SHDR_COUNT),
	EHDR(e_shnum, ABI_SHNUM_LIMIT, XSP_SHDR_COUNT),
	EHDR(e_shnum, ABI_SHNUM_LIMIT - 1, XSP_SHDR_RANGE),
	EHDR(e_shstrndx, 0, XSP_SHSTRNDX),
	EHDR(e_shstrndx, 1000, XSP_SHSTRNDX),
	EHDR(e_shstrndx, MAKE_TEXT, XSP_STRTAB_TYPE),
	EHDR(e_shoff, 0, XSP_SHDR_RANGE),
	EHDR(e_shoff, 63, XSP_SHDR_RANGE),
	EHDR(e_shoff, UINT64_MAX, XSP_SHDR_RANGE),
	EHDR(e_shoff, UINT64_MAX - 63, XSP_SHDR_RANGE),
};

START_TEST(header_field)
{
	const struct header_case *c = &header_cases[_i];

	memcpy(file.data + c->offset, &c->value, c->size);
	refused(&file, c->code);
}
END_TEST

#define SHDR(name, field, value, code)                                                             \
	{                                                                                          \
		name, offsetof(struct abi_shdr, field), sizeof(((struct abi_shdr *)0)->field),     \
			value, code                                                                \
	}

static const struct section_case {
	const char *section;
	size_t offset;
	size_t size;
	uint64_t value;
	enum xsp_code code;
} section_cases[] = {
	SHDR("", sh_type, 1, XSP_SECTION_ZERO),
	SHDR("", sh_size, 1, XSP_SECTION_ZERO),
	SHDR("", sh_link, 1, XSP_SECTION_ZERO),
	SHDR("", sh_info, 1, XSP_SECTION_ZERO),
	SHDR(".text.new", sh_offset, 63, XSP_SECTION_IN_HEADER),
	SHDR(".bss", sh_offset, 63, XSP_SECTION_IN_HEADER),
	SHDR(".bss", sh_offset, UINT64_MAX, XSP_OK),
	SHDR(".text.new", sh_offset, UINT64_MAX - 8, XSP_SECTION_RANGE),
	SHDR(".text.new", sh_size, UINT64_MAX, XSP_SECTION_RANGE),
	SHDR(".text.new", sh_size, UINT64_MAX - 63, XSP_SECTION_RANGE),
	SHDR(".comment", sh_size, 1 << 20, XSP_SECTION_RANGE),
	SHDR(".bss", sh_size, ABI_PAYLOAD_MAX, XSP_OK),
	SHDR(".bss", sh_size, ABI_PAYLOAD_MAX + 1, XSP_SECTION_NOBITS_SIZE),
	SHDR(".text.new", sh_addralign, 0, XSP_SECTION_ALIGN),
	SHDR(".text.new", sh_addralign, 3, XSP_SECTION_ALIGN),
	SHDR(".text.new", sh_addralign, 4096, XSP_OK),
	SHDR(".text.new", sh_addralign, 8192, XSP_SECTION_ALIGN),
	SHDR(".comment", sh_addralign, 0, XSP_OK),
	SHDR(".comment", sh_addralign, 6, XSP_SECTION_ALIGN),
	SHDR(".text.new", sh_addr, 8, XSP_SECTION_ADDR),
	SHDR(".text.new", sh_addr, 32, XSP_OK),
	SHDR(".text.new", sh_flags, 7, XSP_SECTION_WRITE_EXEC),
	SHDR(".comment", sh_flags, 5, XSP_OK),
	SHDR(".text.new", sh_flags, ABI_SHF_ALLOC | ABI_SHF_TLS, XSP_SECTION_FLAGS),
	SHDR(".text.new", sh_flags, ABI_SHF_ALLOC | ABI_SHF_COMPRESSED, XSP_SECTION_FLAGS),
	SHDR(".comment", sh_name, 1 << 20, XSP_SECTION_NAME),
	SHDR(".comment", sh_name, UINT32_MAX, XSP_SECTION_NAME),
	SHDR(".comment", sh_type, ABI_SHT_SYMTAB, XSP_SYMTAB_TWICE),
	SHDR(".comment", sh_type, ABI_SHT_SYMTAB_SHNDX, XSP_SYMTAB_INDEX),
	SHDR(".comment", sh_type, ABI_SHT_REL, XSP_RELOC_TARGET),
	SHDR(".symtab", sh_type, ABI_SHT_PROGBITS, XSP_SYMTAB_MISSING),
	SHDR(".symtab", sh_entsize, 0, XSP_SYMTAB_ENTRY),
	SHDR(".symtab", sh_entsize, 32, XSP_SYMTAB_ENTRY),
	SHDR(".symtab", sh_size, 0, XSP_SYMTAB_ENTRY),
	SHDR(".symtab", sh_size, 25, XSP_SYMTAB_ENTRY),
	SHDR(".symtab", sh_link, 0, XSP_SYMTAB_LINK),
	SHDR(".symtab", sh_link, 1000, XSP_SYMTAB_LINK),
	SHDR(".symtab", sh_link, MAKE_TEXT, XSP_STRTAB_TYPE),
	SHDR(".strtab", sh_size, 0, XSP_STRTAB_EMPTY),
	SHDR(".strtab", sh_size, 4, XSP_STRTAB_BOUNDS),
	SHDR(".shstrtab", sh_size, 0, XSP_STRTAB_EMPTY),
	SHDR(".shstrtab", sh_size, 4, XSP_STRTAB_BOUNDS),
	SHDR(".rela.text.new", sh_type, ABI_SHT_REL, XSP_RELOC_KIND),
	SHDR(".rela.text.new", sh_info, 0, XSP_RELOC_TARGET),
	SHDR(".rela.text.new", sh_info, 1000, XSP_RELOC_TARGET),
	SHDR(".rela.text.new", sh_info, MAKE_BSS, XSP_RELOC_TARGET),
	SHDR(".rela.text.new", sh_info, MAKE_COMMENT, XSP_OK),
	SHDR(".rela.text.new", sh_link, 0, XSP_RELOC_LINK),
	SHDR(".rela.text.new", sh_link, MAKE_TEXT, XSP_RELOC_LINK),
	SHDR(".rela.text.new", sh_entsize, 0, XSP_RELOC_ENTRY),
	SHDR(".rela.text.new", sh_entsize, 12, XSP_RELOC_ENTRY),
	SHDR(".rela.text.new", sh_size, 25, XSP_RELOC_ENTRY),
};

START_TEST(section_field)
{
	const struct section_case *c = &section_cases[_i];

	memcpy((char *)make_shdr(&file, c->section) + c->offset, &c->value, c->size);
	refused(&file, c->code);
}
END_TEST

static struct abi_sym *symbol(unsigned int i)
{
	return (struct abi_sym *)(void *)(file.data + make_shdr(&file, ".symtab")->sh_offset) + i;
}

START_TEST(symbol_name_outside)
{
	symbol(1)->st_name = (uint32_t)make_shdr(&file, ".strtab")->sh_size;
	refused(&file, XSP_SYMBOL_NAME);
}
END_TEST

START_TEST(symbol_sections)
{
	static const struct {
		uint16_t shndx;
		enum xsp_code code;
	} cases[] = {
		{ABI_SHN_COMMON, XSP_SYMBOL_COMMON},
		{ABI_SHN_LORESERVE, XSP_SYMBOL_SECTION},
		{0xffff, XSP_SYMBOL_SECTION},
		{1000, XSP_SYMBOL_SECTION},
		{ABI_SHN_ABS, XSP_OK},
		{ABI_SHN_UNDEF, XSP_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		symbol(4)->st_shndx = cases[i].shndx;
		refused(&file, cases[i].code);
	}
}
END_TEST

START_TEST(string_table_begins_with_zero)
{
	file.data[make_shdr(&file, ".strtab")->sh_offset] = 'x';
	refused(&file, XSP_STRTAB_BOUNDS);
}
END_TEST

START_TEST(nothing_behind_the_end)
{
	strbuf_addc(&file, '\0');
	refused(&file, XSP_TAIL);
}
END_TEST

START_TEST(sections_may_be_behind_the_headers)
{
	struct abi_shdr *h;
	uint64_t end = file.len;

	strbuf_adds(&file, "12345");
	h = make_shdr(&file, ".comment");
	h->sh_offset = end;
	taken(&file);
	h->sh_size = 4;
	refused(&file, XSP_TAIL);
}
END_TEST

START_TEST(sizes_of_the_file)
{
	struct xsp_cause c = {XSP_OK, 0, ""};

	ck_assert_int_eq(open_all("", 0, &c), XSP_EMPTY);
	file.len = 63;
	refused(&file, XSP_TRUNCATED);
	file.len = 3;
	refused(&file, XSP_NOT_ELF);
}
END_TEST

START_TEST(too_big)
{
	struct strbuf big = {0};

	strbuf_add(&big, file.data, file.len);
	while (big.len <= ABI_PAYLOAD_MAX)
		strbuf_add(&big, file.data, file.len);
	refused(&big, XSP_TOO_BIG);
	strbuf_free(&big);
}
END_TEST

START_TEST(find_gives_the_first_of_a_name)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_section s;
	struct xsp_image img;

	ck_assert_int_eq(xsp_image_open(&img, file.data, file.len, &c), 0);
	ck_assert(xsp_image_find(&img, ".text.new", &s));
	ck_assert_uint_eq(s.index, MAKE_TEXT);
	ck_assert_uint_eq(s.size, 64);
	ck_assert(!xsp_image_find(&img, ".text.ne", &s));
	ck_assert(!xsp_image_find(&img, ".text.new.x", &s));
	ck_assert_uint_eq(s.size, 0);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

Suite *suite_image(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, good_file_is_taken);
	tcase_add_loop_test(t, header_field, 0, COUNT(header_cases));
	tcase_add_loop_test(t, section_field, 0, COUNT(section_cases));
	tcase_add_test(t, symbol_name_outside);
	tcase_add_test(t, symbol_sections);
	tcase_add_test(t, string_table_begins_with_zero);
	tcase_add_test(t, nothing_behind_the_end);
	tcase_add_test(t, sections_may_be_behind_the_headers);
	tcase_add_test(t, sizes_of_the_file);
	tcase_add_test(t, too_big);
	tcase_add_test(t, find_gives_the_first_of_a_name);
	suite_add_tcase(s, t);
	return s;
}
