// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.c - is this an ELF file that a payload may be?
 *
 * One function per fact, called in an order in which each finds proven what it
 * needs. The rules are those of Xen's loader (docs/payload-format.md, "The ELF
 * file") and stricter where Xen's trust what they should not: sums that wrap,
 * alignment 0, links to section 0.
 */
#include "core.h"

#define ALIGN_MAX 4096

static void get_ehdr(const struct xsp_image *img, struct abi_ehdr *h)
{
	memcpy(h, img->data, sizeof(*h));
}

static void get_shdr(const struct xsp_image *img, uint32_t index, struct abi_shdr *h)
{
	memcpy(h, img->data + img->headers + (size_t)index * sizeof(*h), sizeof(*h));
}

static uint64_t shdr_pos(const struct xsp_image *img, uint32_t index)
{
	return img->headers + (uint64_t)index * sizeof(struct abi_shdr);
}

static int bad_header(struct xsp_cause *c, enum xsp_code code, size_t pos)
{
	return xsp_fail(c, code, pos, "ELF header");
}

static int bad_section(const struct xsp_image *img, struct xsp_cause *c, enum xsp_code code,
		       uint32_t index)
{
	return xsp_fail(c, code, shdr_pos(img, index), "section");
}

/* The file is long enough for the header, and is ELF. */
static int check_magic(const struct xsp_image *img, struct xsp_cause *c)
{
	static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};

	if (!img->size)
		return xsp_fail(c, XSP_EMPTY, 0, "file");
	if (img->size > ABI_PAYLOAD_MAX)
		return xsp_fail(c, XSP_TOO_BIG, 0, "file");
	if (img->size < sizeof(magic) || memcmp(img->data, magic, sizeof(magic)))
		return xsp_fail(c, XSP_NOT_ELF, 0, "file");
	if (img->size < sizeof(struct abi_ehdr))
		return bad_header(c, XSP_TRUNCATED, img->size);
	return 0;
}

/* Class, byte order, version and ABI are ours. Needs check_magic(). */
static int check_ident(const struct xsp_image *img, struct xsp_cause *c)
{
	const uint8_t *id = img->data;

	if (id[ABI_EI_CLASS] != ABI_CLASS64)
		return bad_header(c, XSP_ELF_CLASS, ABI_EI_CLASS);
	if (id[ABI_EI_DATA] != ABI_DATA_LSB)
		return bad_header(c, XSP_ELF_DATA, ABI_EI_DATA);
	if (id[ABI_EI_VERSION] != ABI_EV_CURRENT)
		return bad_header(c, XSP_ELF_VERSION, ABI_EI_VERSION);
	if (id[ABI_EI_OSABI] != ABI_OSABI_NONE && id[ABI_EI_OSABI] != ABI_OSABI_FREEBSD)
		return bad_header(c, XSP_ELF_OSABI, ABI_EI_OSABI);
	if (id[ABI_EI_ABIVERSION])
		return bad_header(c, XSP_ELF_OSABI, ABI_EI_ABIVERSION);
	return 0;
}

/* A relocatable file for a machine we know. Needs check_ident(). */
static int check_type(const struct abi_ehdr *h, struct xsp_cause *c)
{
	if (h->e_type != ABI_ET_REL)
		return bad_header(c, XSP_ELF_TYPE, offsetof(struct abi_ehdr, e_type));
	if (h->e_machine != ABI_EM_X86_64 && h->e_machine != ABI_EM_AARCH64)
		return bad_header(c, XSP_ELF_MACHINE, offsetof(struct abi_ehdr, e_machine));
	if (h->e_version != ABI_EV_CURRENT)
		return bad_header(c, XSP_ELF_VERSION, offsetof(struct abi_ehdr, e_version));
	if (h->e_flags)
		return bad_header(c, XSP_ELF_FLAGS, offsetof(struct abi_ehdr, e_flags));
	if (h->e_phnum)
		return bad_header(c, XSP_ELF_SEGMENTS, offsetof(struct abi_ehdr, e_phnum));
	if (h->e_ehsize != sizeof(*h))
		return bad_header(c, XSP_ELF_HEADER_SIZE, offsetof(struct abi_ehdr, e_ehsize));
	return 0;
}

/* The table of section headers is in the file, with names. */
static int check_table(struct xsp_image *img, const struct abi_ehdr *h, struct xsp_cause *c)
{
	if (h->e_shentsize != sizeof(struct abi_shdr))
		return bad_header(c, XSP_SHDR_SIZE, offsetof(struct abi_ehdr, e_shentsize));
	if (!h->e_shnum || h->e_shnum >= ABI_SHNUM_LIMIT)
		return bad_header(c, XSP_SHDR_COUNT, offsetof(struct abi_ehdr, e_shnum));
	if (!h->e_shstrndx || h->e_shstrndx >= h->e_shnum)
		return bad_header(c, XSP_SHSTRNDX, offsetof(struct abi_ehdr, e_shstrndx));
	if (h->e_shoff < sizeof(*h) ||
	    !xsp_in_range(h->e_shoff, (uint64_t)h->e_shnum * sizeof(struct abi_shdr), img->size))
		return xsp_fail(c, XSP_SHDR_RANGE, offsetof(struct abi_ehdr, e_shoff),
				"section headers");
	img->headers = (size_t)h->e_shoff;
	img->nsections = h->e_shnum;
	img->machine = h->e_machine;
	return 0;
}

/* Section 0 has no meaning here: extended numbering would put it there. */
static int check_section_zero(const struct xsp_image *img, struct xsp_cause *c)
{
	struct abi_shdr s;

	get_shdr(img, 0, &s);
	if (s.sh_type != ABI_SHT_NULL || s.sh_size || s.sh_link || s.sh_info)
		return bad_section(img, c, XSP_SECTION_ZERO, 0);
	return 0;
}

/* The section's bytes are in the file, behind the ELF header. */
static int check_bounds(const struct xsp_image *img, uint32_t i, const struct abi_shdr *s,
			struct xsp_cause *c)
{
	if (s->sh_offset < sizeof(struct abi_ehdr))
		return bad_section(img, c, XSP_SECTION_IN_HEADER, i);
	if (s->sh_type != ABI_SHT_NOBITS && !xsp_in_range(s->sh_offset, s->sh_size, img->size))
		return bad_section(img, c, XSP_SECTION_RANGE, i);
	if (s->sh_type == ABI_SHT_NOBITS && (s->sh_flags & (ABI_SHF_WRITE | ABI_SHF_ALLOC)) &&
	    s->sh_size > ABI_PAYLOAD_MAX)
		return bad_section(img, c, XSP_SECTION_NOBITS_SIZE, i);
	return 0;
}

/* Alignment 0 means 1, but Xen's loader places such sections over each other. */
static int check_align(const struct xsp_image *img, uint32_t i, const struct abi_shdr *s,
		       struct xsp_cause *c)
{
	uint64_t align = s->sh_addralign;
	bool loaded = s->sh_flags & ABI_SHF_ALLOC;

	if ((align & (align - 1)) || (loaded && (!align || align > ALIGN_MAX)))
		return bad_section(img, c, XSP_SECTION_ALIGN, i);
	if (align && (s->sh_addr & (align - 1)))
		return bad_section(img, c, XSP_SECTION_ADDR, i);
	return 0;
}

/* What is loaded is code, data or constants, and nothing that needs a linker. */
static int check_flags(const struct xsp_image *img, uint32_t i, const struct abi_shdr *s,
		       struct xsp_cause *c)
{
	const uint64_t wx = ABI_SHF_WRITE | ABI_SHF_EXECINSTR;

	if (!(s->sh_flags & ABI_SHF_ALLOC))
		return 0;
	if ((s->sh_flags & wx) == wx)
		return bad_section(img, c, XSP_SECTION_WRITE_EXEC, i);
	if (s->sh_flags & (ABI_SHF_TLS | ABI_SHF_COMPRESSED))
		return bad_section(img, c, XSP_SECTION_FLAGS, i);
	return 0;
}

static int check_sections(const struct xsp_image *img, struct xsp_cause *c)
{
	struct abi_shdr s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		get_shdr(img, i, &s);
		if (check_bounds(img, i, &s, c) || check_align(img, i, &s, c) ||
		    check_flags(img, i, &s, c))
			return -1;
	}
	return 0;
}

/*
 * Section @i is a string table whose every offset gives a terminated string.
 * Needs check_sections().
 */
static int check_strtab(const struct xsp_image *img, uint32_t i, struct xsp_bytes *out,
			struct xsp_cause *c)
{
	struct abi_shdr s;

	get_shdr(img, i, &s);
	if (s.sh_type != ABI_SHT_STRTAB)
		return bad_section(img, c, XSP_STRTAB_TYPE, i);
	if (!s.sh_size)
		return bad_section(img, c, XSP_STRTAB_EMPTY, i);
	out->data = img->data + s.sh_offset;
	out->size = (size_t)s.sh_size;
	if (out->data[0] || out->data[out->size - 1])
		return bad_section(img, c, XSP_STRTAB_BOUNDS, i);
	return 0;
}

/* Every section's name is in the table of names. */
static int check_names(struct xsp_image *img, uint32_t shstrndx, struct xsp_cause *c)
{
	struct abi_shdr s;
	uint32_t i;

	if (check_strtab(img, shstrndx, &img->names, c))
		return -1;
	for (i = 0; i < img->nsections; i++) {
		get_shdr(img, i, &s);
		if (s.sh_name >= img->names.size)
			return bad_section(img, c, XSP_SECTION_NAME, i);
	}
	return 0;
}

/* There is one symbol table, made of whole entries, with strings. */
static int check_symtab(struct xsp_image *img, struct xsp_cause *c)
{
	struct abi_shdr s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		get_shdr(img, i, &s);
		if (s.sh_type == ABI_SHT_SYMTAB_SHNDX)
			return bad_section(img, c, XSP_SYMTAB_INDEX, i);
		if (s.sh_type != ABI_SHT_SYMTAB)
			continue;
		if (img->symtab)
			return xsp_fail(c, XSP_SYMTAB_TWICE, shdr_pos(img, i), "symbol table");
		img->symtab = i;
	}
	if (!img->symtab)
		return xsp_fail(c, XSP_SYMTAB_MISSING, img->headers, "symbol table");
	get_shdr(img, img->symtab, &s);
	if (s.sh_entsize != sizeof(struct abi_sym) || !s.sh_size ||
	    s.sh_size % sizeof(struct abi_sym))
		return xsp_fail(c, XSP_SYMTAB_ENTRY, shdr_pos(img, img->symtab), "symbol table");
	if (!s.sh_link || s.sh_link >= img->nsections)
		return xsp_fail(c, XSP_SYMTAB_LINK, shdr_pos(img, img->symtab), "symbol table");
	img->symbols.data = img->data + s.sh_offset;
	img->symbols.size = (size_t)s.sh_size;
	img->nsymbols = (uint32_t)(img->symbols.size / sizeof(struct abi_sym));
	return check_strtab(img, s.sh_link, &img->strings, c);
}

/* Every symbol has a name in bounds and is undefined, absolute or in a section. */
static int check_symbols(const struct xsp_image *img, struct xsp_cause *c)
{
	struct abi_sym sym;
	uint32_t i;

	for (i = 0; i < img->nsymbols; i++) {
		const uint8_t *p = img->symbols.data + (size_t)i * sizeof(sym);
		enum xsp_code code = XSP_OK;

		memcpy(&sym, p, sizeof(sym));
		if (sym.st_name >= img->strings.size)
			code = XSP_SYMBOL_NAME;
		else if (sym.st_shndx == ABI_SHN_COMMON)
			code = XSP_SYMBOL_COMMON;
		else if (sym.st_shndx != ABI_SHN_ABS && sym.st_shndx >= img->nsections)
			code = XSP_SYMBOL_SECTION;
		if (code != XSP_OK)
			return xsp_fail(c, code, (uint64_t)(p - img->data), "symbol");
	}
	return 0;
}

/* A section of relocations that would be applied. Needs check_symtab(). */
static int check_reloc_section(const struct xsp_image *img, uint32_t i, const struct abi_shdr *s,
			       struct xsp_cause *c)
{
	struct abi_shdr target;

	if (!s->sh_info || s->sh_info >= img->nsections)
		return bad_section(img, c, XSP_RELOC_TARGET, i);
	get_shdr(img, s->sh_info, &target);
	if (!(target.sh_flags & ABI_SHF_ALLOC))
		return 0;
	if (s->sh_type != ABI_SHT_RELA)
		return bad_section(img, c, XSP_RELOC_KIND, i);
	if (target.sh_type == ABI_SHT_NOBITS)
		return bad_section(img, c, XSP_RELOC_TARGET, i);
	if (s->sh_link != img->symtab)
		return bad_section(img, c, XSP_RELOC_LINK, i);
	if (s->sh_entsize != sizeof(struct abi_rela) || s->sh_size % sizeof(struct abi_rela))
		return bad_section(img, c, XSP_RELOC_ENTRY, i);
	return 0;
}

static int check_relocs(const struct xsp_image *img, struct xsp_cause *c)
{
	struct abi_shdr s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		get_shdr(img, i, &s);
		if ((s.sh_type == ABI_SHT_RELA || s.sh_type == ABI_SHT_REL) &&
		    check_reloc_section(img, i, &s, c))
			return -1;
	}
	return 0;
}

/* The file ends where the last section or the section headers end. */
static int check_tail(const struct xsp_image *img, struct xsp_cause *c)
{
	uint64_t end = shdr_pos(img, img->nsections);
	struct abi_shdr s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		get_shdr(img, i, &s);
		if (s.sh_type != ABI_SHT_NOBITS && s.sh_offset + s.sh_size > end)
			end = s.sh_offset + s.sh_size;
	}
	if (end != img->size)
		return xsp_fail(c, XSP_TAIL, end, "file");
	return 0;
}

int xsp_image_open(struct xsp_image *img, const void *data, size_t size, struct xsp_cause *c)
{
	struct abi_ehdr h;

	memset(img, 0, sizeof(*img));
	img->data = data;
	img->size = size;
	if (check_magic(img, c) || check_ident(img, c))
		return -1;
	get_ehdr(img, &h);
	if (check_type(&h, c) || check_table(img, &h, c) || check_section_zero(img, c) ||
	    check_sections(img, c) || check_names(img, h.e_shstrndx, c) || check_symtab(img, c) ||
	    check_symbols(img, c) || check_relocs(img, c))
		return -1;
	return check_tail(img, c);
}

void xsp_image_section(const struct xsp_image *img, uint32_t index, struct xsp_section *out)
{
	struct abi_shdr s;

	get_shdr(img, index, &s);
	memset(out, 0, sizeof(*out));
	out->name = (const char *)img->names.data + s.sh_name;
	out->index = index;
	out->type = s.sh_type;
	out->flags = s.sh_flags;
	out->addr = s.sh_addr;
	/* Without content a section may claim to begin anywhere. */
	out->pos = s.sh_offset < img->size ? (size_t)s.sh_offset : img->size;
	out->size = (size_t)s.sh_size;
	out->data = s.sh_type == ABI_SHT_NOBITS || !index ? NULL : img->data + s.sh_offset;
	out->align = s.sh_addralign;
	out->entsize = s.sh_entsize;
	out->link = s.sh_link;
	out->info = s.sh_info;
}

bool xsp_image_find(const struct xsp_image *img, const char *name, struct xsp_section *out)
{
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		xsp_image_section(img, i, out);
		if (xsp_streq(out->name, name))
			return true;
	}
	memset(out, 0, sizeof(*out));
	return false;
}

void xsp_image_symbol(const struct xsp_image *img, uint32_t index, struct xsp_symbol *out)
{
	struct abi_sym s;

	memcpy(&s, img->symbols.data + (size_t)index * sizeof(s), sizeof(s));
	out->name = (const char *)img->strings.data + s.st_name;
	out->bind = ABI_SYM_BIND(s.st_info);
	out->type = ABI_SYM_TYPE(s.st_info);
	out->shndx = s.st_shndx;
	out->value = s.st_value;
	out->size = s.st_size;
}

bool xsp_image_relocs(const struct xsp_image *img, uint32_t after, struct xsp_section *out)
{
	struct abi_shdr target;
	uint32_t i;

	for (i = after + 1; i < img->nsections; i++) {
		xsp_image_section(img, i, out);
		if (out->type != ABI_SHT_RELA)
			continue;
		get_shdr(img, out->info, &target);
		if (target.sh_flags & ABI_SHF_ALLOC)
			return true;
	}
	return false;
}

uint32_t xsp_reloc_count(const struct xsp_section *relocs)
{
	return (uint32_t)(relocs->size / sizeof(struct abi_rela));
}

void xsp_image_reloc(const struct xsp_section *relocs, uint32_t index, struct xsp_reloc *out)
{
	size_t at = (size_t)index * sizeof(struct abi_rela);
	struct abi_rela r;

	memcpy(&r, relocs->data + at, sizeof(r));
	out->pos = relocs->pos + at;
	out->offset = r.r_offset;
	out->type = ABI_RELA_TYPE(r.r_info);
	out->symbol = ABI_RELA_SYM(r.r_info);
	out->addend = r.r_addend;
}

/* The number of the entry of @size bytes that begins at @pos, in @total bytes at @start. */
static bool entry_at(uint64_t pos, uint64_t start, uint64_t total, size_t size, uint32_t *index)
{
	if (pos < start || !xsp_in_range(pos - start, size, total) || (pos - start) % size)
		return false;
	*index = (uint32_t)((pos - start) / size);
	return true;
}

const char *xsp_image_name_at(const struct xsp_image *img, uint64_t pos)
{
	struct xsp_section relocs;
	struct xsp_symbol sym;
	struct xsp_reloc r;
	uint32_t at = 0;
	uint32_t index;

	if (entry_at(pos, (uint64_t)(img->symbols.data - img->data), img->symbols.size,
		     sizeof(struct abi_sym), &index)) {
		xsp_image_symbol(img, index, &sym);
		return sym.name;
	}
	while (xsp_image_relocs(img, at, &relocs)) {
		at = relocs.index;
		if (!entry_at(pos, relocs.pos, relocs.size, sizeof(struct abi_rela), &index))
			continue;
		xsp_image_reloc(&relocs, index, &r);
		if (r.symbol >= img->nsymbols)
			return NULL;
		xsp_image_symbol(img, r.symbol, &sym);
		return sym.name;
	}
	return NULL;
}
