// SPDX-License-Identifier: GPL-2.0-or-later
#include "make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCS 3

static struct abi_func funcs[FUNCS];
static uint8_t text[64];

static const struct {
	struct abi_note head;
	char name[4];
	uint8_t id[20];
} build_id = {{4, 20, 3}, "GNU", {1, 2, 3}}, xen_id = {{4, 20, 3}, "GNU", {0xaa, 0xbb}};

static const char rodata[] = "one\0do_two\0do_three";
static const char modinfo[] = "name=test\0plain\0empty=";
static const uint8_t zeros[128];

static void fill_funcs(void)
{
	memset(funcs, 0, sizeof(funcs));
	for (int i = 0; i < FUNCS; i++) {
		funcs[i].version = ABI_FUNC_VERSION;
		funcs[i].new_size = 16;
		funcs[i].old_size = 32;
	}
	funcs[0].expect = ABI_EXPECT(4);
	memcpy(funcs[0].expect_data, "\xf3\x0f\x1e\xfa", 4);
	funcs[2].old_addr = 0xffff82d040200000;
	memset(text, 0x90, sizeof(text));
}

static void add_relocs(struct make *m)
{
	const size_t size = sizeof(struct abi_func);
	const uint32_t type = m->machine == ABI_EM_X86_64 ? ABI_R_X86_64_64 : ABI_R_AARCH64_ABS64;
	/* Symbols: 1 rodata (section), 2 new_one, 3 new_two, 4 one (undefined). */
	const struct make_reloc relocs[] = {
		{MAKE_FUNCS, 8, type, 2, 0},
		{MAKE_FUNCS, 0, type, 1, 0},
		{MAKE_FUNCS, 16, type, 4, 0},
		{MAKE_FUNCS, size, type, 1, 4},
		{MAKE_FUNCS, size + 8, type, 3, 0},
		{MAKE_HOOK, 0, type, 2, 0},
		{MAKE_TEXT, 4, ABI_R_X86_64_PC32, 1, -4},
	};

	memcpy(m->relocs, relocs, sizeof(relocs));
	m->nrelocs = sizeof(relocs) / sizeof(*relocs);
}

void make_payload(struct make *m)
{
	const struct make_section sections[] = {
		{".note.gnu.build-id", ABI_SHT_NOTE, ABI_SHF_ALLOC, 4, &build_id, sizeof(build_id)},
		{".text.new", ABI_SHT_PROGBITS, ABI_SHF_ALLOC | ABI_SHF_EXECINSTR, 16, text,
		 sizeof(text)},
		{".rodata", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, rodata, sizeof(rodata)},
		{".livepatch.funcs", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 8, funcs, sizeof(funcs)},
		{".livepatch.depends", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, &xen_id, sizeof(xen_id)},
		{".livepatch.xen_depends", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, &xen_id,
		 sizeof(xen_id)},
		{".modinfo", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, modinfo, sizeof(modinfo)},
		{".livepatch.hooks.load", ABI_SHT_PROGBITS, ABI_SHF_ALLOC | ABI_SHF_WRITE, 8, zeros,
		 8},
		{".altinstructions", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 1, zeros, 28},
		{".altinstr_replacement", ABI_SHT_PROGBITS, ABI_SHF_ALLOC | ABI_SHF_EXECINSTR, 1,
		 zeros, 8},
		{".bug_frames.2", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 4, zeros, 16},
		{".ex_table", ABI_SHT_PROGBITS, ABI_SHF_ALLOC, 4, zeros, 8},
		{".bss", ABI_SHT_NOBITS, ABI_SHF_ALLOC | ABI_SHF_WRITE, 8, NULL, 32},
		{".comment", ABI_SHT_PROGBITS, 0, 1, zeros, 5},
	};
	const struct make_symbol symbols[] = {
		{"", ABI_STB_LOCAL, ABI_STT_SECTION, MAKE_RODATA, 0, 0},
		{"new_one", ABI_STB_GLOBAL, ABI_STT_FUNC, MAKE_TEXT, 0, 16},
		{"new_two", ABI_STB_GLOBAL, ABI_STT_FUNC, MAKE_TEXT, 32, 8},
		{"one", ABI_STB_GLOBAL, ABI_STT_NOTYPE, ABI_SHN_UNDEF, 0, 0},
	};

	memset(m, 0, sizeof(*m));
	fill_funcs();
	m->machine = ABI_EM_X86_64;
	memcpy(m->sections, sections, sizeof(sections));
	m->nsections = sizeof(sections) / sizeof(*sections);
	memcpy(m->symbols, symbols, sizeof(symbols));
	m->nsymbols = sizeof(symbols) / sizeof(*symbols);
	add_relocs(m);
}

/* Two alternatives in new_one: a call that moves, and padding alone. */
static struct abi_alt_instr alts[2];
static uint8_t replacements[8];
static struct abi_bug_frame frames[2];
static struct abi_ex_entry ex;

static void fill_tables(void)
{
	memset(alts, 0, sizeof(alts));
	alts[0].orig_len = 5;
	alts[0].repl_len = 5;
	alts[0].feature = 3;
	alts[1].orig_len = 2;
	alts[1].pad_len = 3;
	alts[1].feature = ABI_ALT_NOT | 4;
	memset(replacements, 0, sizeof(replacements));
	replacements[0] = 0xe8;
	memset(frames, 0, sizeof(frames));
	memset(&ex, 0, sizeof(ex));
}

static void add_reloc(struct make *m, uint16_t section, uint64_t offset, uint32_t symbol,
		      int64_t addend)
{
	m->relocs[m->nrelocs++] =
		(struct make_reloc){section, offset, ABI_R_X86_64_PC32, symbol, addend};
}

void make_loadable(struct make *m)
{
	static const struct make_symbol more[] = {
		{"", ABI_STB_LOCAL, ABI_STT_SECTION, MAKE_TEXT, 0, 0},
		{"", ABI_STB_LOCAL, ABI_STT_SECTION, MAKE_ALT_REPL, 0, 0},
		{"helper", ABI_STB_LOCAL, ABI_STT_FUNC, MAKE_TEXT, 48, 0},
		{"counter", ABI_STB_GLOBAL, ABI_STT_OBJECT, MAKE_BSS, 8, 4},
	};

	make_payload(m);
	fill_tables();
	memcpy(m->symbols + m->nsymbols, more, sizeof(more));
	m->nsymbols += sizeof(more) / sizeof(*more);
	m->sections[MAKE_ALT - 1].data = alts;
	m->sections[MAKE_ALT_REPL - 1].data = replacements;
	m->sections[MAKE_BUG - 1].data = frames;
	m->sections[MAKE_EX - 1].data = &ex;
	add_reloc(m, MAKE_ALT_REPL, 1, 4, -4);
	add_reloc(m, MAKE_ALT, 0, MAKE_SYM_TEXT, 8);
	add_reloc(m, MAKE_ALT, 4, MAKE_SYM_REPL, 0);
	add_reloc(m, MAKE_ALT, 14, MAKE_SYM_TEXT, 14);
	add_reloc(m, MAKE_ALT, 18, MAKE_SYM_REPL, 5);
	add_reloc(m, MAKE_BUG, 0, MAKE_SYM_TEXT, 40 + (2 << 24));
	add_reloc(m, MAKE_BUG, 4, 1, 4 + 4 + (44 << 24));
	add_reloc(m, MAKE_BUG, 8, MAKE_SYM_TEXT, 42);
	add_reloc(m, MAKE_BUG, 12, 1, 4 + 4);
	add_reloc(m, MAKE_EX, 0, MAKE_SYM_TEXT, 44);
	add_reloc(m, MAKE_EX, 4, MAKE_SYM_TEXT, 46);
}

static struct abi_alt_instr_arm64 alts_arm64[2];
static struct abi_bug_frame_arm64 frame_arm64;

static void fill_tables_arm64(void)
{
	static const uint32_t code[2] = {0x94000000, 0xd503201f}; /* bl, nop */

	memset(alts_arm64, 0, sizeof(alts_arm64));
	memset(&frame_arm64, 0, sizeof(frame_arm64));
	alts_arm64[0].orig_len = alts_arm64[0].repl_len = 4;
	alts_arm64[1].orig_len = alts_arm64[1].repl_len = 4;
	memcpy(replacements, code, sizeof(code));
}

void make_loadable_arm64(struct make *m)
{
	make_loadable(m);
	fill_tables_arm64();
	m->machine = ABI_EM_AARCH64;
	m->nrelocs = MAKE_REL_EX;
	for (size_t i = 0; i < m->nrelocs; i++)
		m->relocs[i].type = m->relocs[i].type == ABI_R_X86_64_64 ? ABI_R_AARCH64_ABS64
									 : ABI_R_AARCH64_PREL32;
	m->relocs[MAKE_REL_CALL] =
		(struct make_reloc){MAKE_ALT_REPL, 0, ABI_R_AARCH64_CALL26, 4, 0};
	m->relocs[MAKE_REL_ORIG2].offset = 12;
	m->relocs[MAKE_REL_ORIG2].addend = 12;
	m->relocs[MAKE_REL_REPL2].offset = 16;
	m->relocs[MAKE_REL_REPL2].addend = 4;
	m->relocs[MAKE_REL_BUG].addend = 40;
	m->relocs[MAKE_REL_FILE].addend = 4 + 4;
	m->relocs[MAKE_REL_BUG2].symbol = 1;
	m->relocs[MAKE_REL_BUG2].addend = 8 + 11;
	m->relocs[MAKE_REL_FILE2] = m->relocs[MAKE_REL_TEXT];
	m->relocs[MAKE_REL_FILE2].offset = 8;
	m->sections[MAKE_ALT - 1].data = alts_arm64;
	m->sections[MAKE_ALT - 1].size = sizeof(alts_arm64);
	m->sections[MAKE_ALT_REPL - 1].align = 4;
	m->sections[MAKE_BUG - 1].data = &frame_arm64;
	m->sections[MAKE_EX - 1].name = ".other";
}

void make_next(struct make *m)
{
	static const struct {
		struct abi_note head;
		char name[4];
		uint8_t id[20];
	} next_id = {{4, 20, 3}, "GNU", {7, 7, 7}};
	static const char *const names[] = {"next_one", "next_two"};

	make_loadable(m);
	m->sections[MAKE_BUILD_ID - 1].data = &next_id;
	m->symbols[1].name = names[0];
	m->symbols[2].name = names[1];
	m->symbols[MAKE_SYM_HELPER - 1].name = "next_helper";
	m->symbols[MAKE_SYM_COUNTER - 1].name = "next_counter";
}

/* A file being written: headers are collected and come last. */
struct writer {
	struct strbuf *out;
	struct strbuf names;
	struct abi_shdr headers[2 * MAKE_MAX + 4];
	uint16_t n;
};

static void pad(struct strbuf *b, size_t align)
{
	while (align && b->len % align)
		strbuf_addc(b, '\0');
}

static struct abi_shdr *begin(struct writer *w, const char *name, uint32_t type, uint64_t align)
{
	struct abi_shdr *h = &w->headers[w->n++];

	pad(w->out, align);
	h->sh_name = (uint32_t)w->names.len;
	strbuf_add(&w->names, name, strlen(name) + 1);
	h->sh_type = type;
	h->sh_addralign = align;
	h->sh_offset = w->out->len;
	return h;
}

static void finish(struct writer *w, struct abi_shdr *h)
{
	h->sh_size = w->out->len - h->sh_offset;
}

static void write_section(struct writer *w, const struct make_section *s)
{
	struct abi_shdr *h = begin(w, s->name, s->type, s->align);

	h->sh_flags = s->flags;
	if (s->type != ABI_SHT_NOBITS)
		strbuf_add(w->out, s->data, s->size);
	h->sh_size = s->size;
}

/* The relocations of section @index; its symbol table will be section @symtab. */
static void write_relocs(struct writer *w, const struct make *m, uint16_t index, uint16_t symtab)
{
	struct abi_shdr *h = NULL;
	char name[64];

	for (size_t i = 0; i < m->nrelocs; i++) {
		const struct make_reloc *r = &m->relocs[i];
		struct abi_rela raw = {r->offset, ABI_RELA_INFO(r->symbol, r->type), r->addend};

		if (r->section != index)
			continue;
		snprintf(name, sizeof(name), ".rela%s", m->sections[index - 1].name);
		if (!h)
			h = begin(w, name, ABI_SHT_RELA, 8);
		strbuf_add(w->out, (const char *)&raw, sizeof(raw));
	}
	if (!h)
		return;
	finish(w, h);
	h->sh_flags = ABI_SHF_INFO_LINK;
	h->sh_entsize = sizeof(struct abi_rela);
	h->sh_info = index;
	h->sh_link = symtab;
}

static uint16_t count_reloc_sections(const struct make *m)
{
	uint16_t n = 0;

	for (size_t s = 1; s <= m->nsections; s++) {
		bool any = false;

		for (size_t i = 0; i < m->nrelocs; i++)
			any |= m->relocs[i].section == s;
		n += any;
	}
	return n;
}

static void write_symbols(struct writer *w, const struct make *m)
{
	struct abi_shdr *h = begin(w, ".symtab", ABI_SHT_SYMTAB, 8);
	struct strbuf strings = {0};
	struct abi_sym sym = {0};

	strbuf_addc(&strings, '\0');
	strbuf_add(w->out, (const char *)&sym, sizeof(sym));
	for (size_t i = 0; i < m->nsymbols; i++) {
		const struct make_symbol *s = &m->symbols[i];

		sym.st_name = *s->name ? (uint32_t)strings.len : 0;
		if (*s->name)
			strbuf_add(&strings, s->name, strlen(s->name) + 1);
		sym.st_info = ABI_SYM_INFO(s->bind, s->type);
		sym.st_shndx = s->section;
		sym.st_value = s->value;
		sym.st_size = s->size;
		strbuf_add(w->out, (const char *)&sym, sizeof(sym));
	}
	finish(w, h);
	h->sh_entsize = sizeof(sym);
	h->sh_link = w->n;
	h->sh_info = 2;
	h = begin(w, ".strtab", ABI_SHT_STRTAB, 1);
	strbuf_add(w->out, strings.data, strings.len);
	finish(w, h);
	strbuf_free(&strings);
}

void make_write(const struct make *m, struct strbuf *out)
{
	uint16_t symtab = (uint16_t)(1 + m->nsections + count_reloc_sections(m));
	struct abi_ehdr e = {
		.e_ident = {0x7f, 'E', 'L', 'F', ABI_CLASS64, ABI_DATA_LSB, ABI_EV_CURRENT},
		.e_type = ABI_ET_REL,
		.e_machine = m->machine,
		.e_version = ABI_EV_CURRENT,
		.e_ehsize = sizeof(e),
		.e_shentsize = sizeof(struct abi_shdr),
	};
	struct writer w = {.out = out, .n = 1};
	struct abi_shdr *h;

	strbuf_addc(&w.names, '\0');
	strbuf_add(out, (const char *)&e, sizeof(e));
	for (size_t i = 0; i < m->nsections; i++)
		write_section(&w, &m->sections[i]);
	for (uint16_t i = 1; i <= m->nsections; i++)
		write_relocs(&w, m, i, symtab);
	write_symbols(&w, m);
	h = begin(&w, ".shstrtab", ABI_SHT_STRTAB, 1);
	strbuf_add(out, w.names.data, w.names.len);
	finish(&w, h);
	pad(out, 8);
	e.e_shoff = out->len;
	e.e_shnum = w.n;
	e.e_shstrndx = (uint16_t)(w.n - 1);
	strbuf_add(out, (const char *)w.headers, w.n * sizeof(*w.headers));
	memcpy(out->data, &e, sizeof(e));
	strbuf_free(&w.names);
}

struct abi_ehdr *make_ehdr(struct strbuf *file)
{
	return (struct abi_ehdr *)(void *)file->data;
}

struct abi_shdr *make_shdr(struct strbuf *file, const char *name)
{
	struct abi_ehdr *e = make_ehdr(file);
	struct abi_shdr *h = (struct abi_shdr *)(void *)(file->data + e->e_shoff);
	const char *names = file->data + h[e->e_shstrndx].sh_offset;

	for (uint16_t i = 0; i < e->e_shnum; i++)
		if (!strcmp(names + h[i].sh_name, name))
			return &h[i];
	abort();
}

struct abi_func *make_func(struct strbuf *file, unsigned int i)
{
	struct abi_shdr *h = make_shdr(file, ".livepatch.funcs");

	return (struct abi_func *)(void *)(file->data + h->sh_offset) + i;
}
