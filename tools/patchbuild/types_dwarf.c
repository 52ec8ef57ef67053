// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * types_dwarf.c - debug information, read by libdwarf
 *
 * libdwarf can relocate the debug sections of an object file itself, but then an
 * address is only an offset: in which section is lost. So it is given the sections
 * by us, relocated, with every address as (section index << 32 | offset).
 */
#include "patchbuild/types_dwarf.h"

#include "patchbuild/obj.h"

#include <elf.h>
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_DIES  (16u << 20)

/* --- ELF: the debug sections, relocated --- */

static const char *const wanted_sections[] = {
	"",
	".debug_info",
	".debug_abbrev",
	".debug_str",
	".debug_line",
	".debug_line_str",
	".debug_str_offsets",
	".debug_addr",
};

#define NWANTED (sizeof(wanted_sections) / sizeof(wanted_sections[0]))

struct elf_view {
	const char *name;
	uint8_t *data; /* the whole file */
	size_t size;
	Elf64_Ehdr hdr;
	Elf64_Shdr *sh;
	struct {
		uint8_t *data;
		size_t size;
	} sec[NWANTED];
};

static bool inside(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

static int read_headers(struct elf_view *v, struct err *e)
{
	if (v->size < sizeof(v->hdr) || memcmp(v->data, ELFMAG, SELFMAG))
		return err_fail(e, "%s: not an ELF file: give a compiled object", v->name);
	memcpy(&v->hdr, v->data, sizeof(v->hdr));
	if (v->hdr.e_ident[EI_CLASS] != ELFCLASS64 || v->hdr.e_ident[EI_DATA] != ELFDATA2LSB ||
	    v->hdr.e_type != ET_REL)
		return err_fail(e, "%s: not a relocatable 64-bit little-endian object", v->name);
	if (v->hdr.e_shentsize != sizeof(Elf64_Shdr) || !v->hdr.e_shnum ||
	    v->hdr.e_shstrndx >= v->hdr.e_shnum ||
	    !inside(v->hdr.e_shoff, (uint64_t)v->hdr.e_shnum * sizeof(Elf64_Shdr), v->size))
		return err_fail(e, "%s: damaged: bad section headers: compile it again", v->name);
	v->sh = mem_zalloc(v->hdr.e_shnum, sizeof(*v->sh));
	memcpy(v->sh, v->data + v->hdr.e_shoff, v->hdr.e_shnum * sizeof(*v->sh));
	return 0;
}

/* The section's bytes, NULL if they are not in the file. */
static uint8_t *sec_bytes(struct elf_view *v, const Elf64_Shdr *s)
{
	if (s->sh_type == SHT_NOBITS || !inside(s->sh_offset, s->sh_size, v->size))
		return NULL;
	return v->data + s->sh_offset;
}

/* Index in wanted_sections of section @i, 0 if it is none of them. */
static size_t wanted_index(struct elf_view *v, size_t i)
{
	const Elf64_Shdr *str = v->sh ? &v->sh[v->hdr.e_shstrndx] : NULL;
	const char *names = str ? (const char *)sec_bytes(v, str) : NULL;
	uint64_t at = v->sh ? v->sh[i].sh_name : 0;
	size_t w;

	if (!names || at >= str->sh_size || !memchr(names + at, 0, str->sh_size - at))
		return 0;
	for (w = 1; w < NWANTED; w++)
		if (!strcmp(names + at, wanted_sections[w]))
			return w;
	return 0;
}

static int find_sections(struct elf_view *v, struct err *e)
{
	size_t i, w;

	for (i = 1; i < v->hdr.e_shnum; i++) {
		w = wanted_index(v, i);
		if (!w)
			continue;
		if (v->sec[w].data)
			return err_fail(e, "%s: has more than one section %s", v->name,
					wanted_sections[w]);
		v->sec[w].data = sec_bytes(v, &v->sh[i]);
		v->sec[w].size = v->sh[i].sh_size;
		if (!v->sec[w].data || (v->sh[i].sh_flags & SHF_COMPRESSED))
			return err_fail(e,
					"%s: section %s is cut off or compressed: compile "
					"it again, without -gz",
					v->name, wanted_sections[w]);
	}
	if (!v->sec[1].data || !v->sec[2].data)
		return err_fail(e, "%s: has no debug information: compile it with -g", v->name);
	return 0;
}

/* Relocations that compilers make in debug sections. */
static const struct {
	uint16_t machine;
	uint16_t type;
	uint8_t width;
} debug_relocs[] = {
	{EM_X86_64, R_X86_64_NONE, 0},	  {EM_X86_64, R_X86_64_64, 8},
	{EM_X86_64, R_X86_64_32, 4},	  {EM_AARCH64, R_AARCH64_NONE, 0},
	{EM_AARCH64, R_AARCH64_ABS64, 8}, {EM_AARCH64, R_AARCH64_ABS32, 4},
};

static int reloc_width(uint16_t machine, uint64_t type)
{
	size_t i;

	for (i = 0; i < sizeof(debug_relocs) / sizeof(debug_relocs[0]); i++)
		if (debug_relocs[i].machine == machine && debug_relocs[i].type == type)
			return debug_relocs[i].width;
	return -1;
}

static int apply_one(struct elf_view *v, uint8_t *data, size_t size, const Elf64_Rela *r,
		     const Elf64_Sym *sym, struct err *e)
{
	int width = reloc_width(v->hdr.e_machine, ELF64_R_TYPE(r->r_info));
	uint64_t value = sym->st_value + (uint64_t)r->r_addend;

	if (width < 0)
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: relocation type %u in debug information is not known", v->name,
			       (unsigned int)ELF64_R_TYPE(r->r_info));
	if (!inside(r->r_offset, width, size) || value > UINT32_MAX)
		return err_fail(e, "%s: damaged: debug relocation out of range", v->name);
	if (width == 8 && sym->st_shndx < SHN_LORESERVE)
		value |= (uint64_t)sym->st_shndx << 32;
	memcpy(data + r->r_offset, &value, width);
	return 0;
}

/* @rs relocates wanted section @w. */
static int apply_section(struct elf_view *v, const Elf64_Shdr *rs, size_t w, struct err *e)
{
	const uint8_t *rels = sec_bytes(v, rs);
	const Elf64_Shdr *ss = rs->sh_link < v->hdr.e_shnum ? &v->sh[rs->sh_link] : v->sh;
	const uint8_t *syms = sec_bytes(v, ss);
	size_t nsyms = ss->sh_size / sizeof(Elf64_Sym);
	uint64_t off;

	if (!rels || !syms || ss->sh_type != SHT_SYMTAB)
		return err_fail(e, "%s: damaged: relocations of %s: compile it again", v->name,
				wanted_sections[w]);
	for (off = 0; inside(off, sizeof(Elf64_Rela), rs->sh_size); off += sizeof(Elf64_Rela)) {
		Elf64_Rela r;
		Elf64_Sym sym;

		memcpy(&r, rels + off, sizeof(r));
		if (ELF64_R_SYM(r.r_info) >= nsyms)
			return err_fail(e, "%s: damaged: debug relocation without a symbol",
					v->name);
		memcpy(&sym, syms + ELF64_R_SYM(r.r_info) * sizeof(sym), sizeof(sym));
		if (sym.st_shndx == SHN_XINDEX)
			return err_set(e, ERR_UNSUPPORTED, "%s: has more than 65,279 sections",
				       v->name);
		if (apply_one(v, v->sec[w].data, v->sec[w].size, &r, &sym, e))
			return -1;
	}
	return 0;
}

static int relocate(struct elf_view *v, struct err *e)
{
	size_t i, w;

	for (i = 1; v->sh && i < v->hdr.e_shnum; i++) {
		const Elf64_Shdr *s = &v->sh[i];

		if (s->sh_type != SHT_RELA || s->sh_info >= v->hdr.e_shnum)
			continue;
		w = wanted_index(v, s->sh_info);
		if (w && apply_section(v, s, w, e))
			return -1;
	}
	return 0;
}

/* --- what libdwarf calls for sections --- */

static int get_section_info(void *obj, Dwarf_Half i, Dwarf_Obj_Access_Section *out, int *error)
{
	const struct elf_view *v = obj;

	(void)error;
	if (i >= NWANTED)
		return DW_DLV_NO_ENTRY;
	memset(out, 0, sizeof(*out));
	out->type = i ? SHT_PROGBITS : SHT_NULL;
	out->name = wanted_sections[i];
	out->size = v->sec[i].size;
	return DW_DLV_OK;
}

static Dwarf_Endianness get_byte_order(void *obj)
{
	(void)obj;
	return DW_OBJECT_LSB;
}

static Dwarf_Small get_width(void *obj)
{
	(void)obj;
	return 8;
}

static Dwarf_Unsigned get_section_count(void *obj)
{
	(void)obj;
	return NWANTED;
}

static int load_section(void *obj, Dwarf_Half i, Dwarf_Small **data, int *error)
{
	const struct elf_view *v = obj;

	(void)error;
	if (i >= NWANTED || !v->sec[i].data)
		return DW_DLV_NO_ENTRY;
	*data = v->sec[i].data;
	return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods methods = {
	.get_section_info = get_section_info,
	.get_byte_order = get_byte_order,
	.get_length_size = get_width,
	.get_pointer_size = get_width,
	.get_section_count = get_section_count,
	.load_section = load_section,
};

/* --- DIEs --- */

struct reader {
	struct dies *out;
	Dwarf_Debug dbg;
	struct err *e;
	const char **files; /* of the unit being read, by number */
	size_t nfiles;
	bool files_from_one; /* DWARF 4 and older */
	const char *unit_dir;
	const char *unit_name;
	size_t room;
	struct ref { /* links not yet followed */
		struct die **slot;
		uint64_t offset;
	} * refs;
	size_t nrefs;
	size_t refs_room;
};

/* Turns libdwarf's @error into ours. */
static int damaged(struct reader *r, Dwarf_Error error)
{
	err_fail(r->e, "%s: damaged debug information: %s: compile it again", r->out->name,
		 error ? dwarf_errmsg(error) : "something is missing");
	if (error)
		dwarf_dealloc_error(r->dbg, error);
	return -1;
}

static const struct {
	Dwarf_Half tag;
	enum die_kind kind;
} kinds[] = {
	{DW_TAG_compile_unit, DIE_UNIT},
	{DW_TAG_base_type, DIE_BASE},
	{DW_TAG_structure_type, DIE_STRUCT},
	{DW_TAG_union_type, DIE_UNION},
	{DW_TAG_enumeration_type, DIE_ENUM},
	{DW_TAG_enumerator, DIE_ENUMERATOR},
	{DW_TAG_member, DIE_MEMBER},
	{DW_TAG_typedef, DIE_TYPEDEF},
	{DW_TAG_const_type, DIE_QUALIFIER},
	{DW_TAG_volatile_type, DIE_QUALIFIER},
	{DW_TAG_restrict_type, DIE_QUALIFIER},
	{DW_TAG_atomic_type, DIE_QUALIFIER},
	{DW_TAG_pointer_type, DIE_POINTER},
	{DW_TAG_array_type, DIE_ARRAY},
	{DW_TAG_subrange_type, DIE_RANGE},
	{DW_TAG_subroutine_type, DIE_SIGNATURE},
	{DW_TAG_subprogram, DIE_FUNCTION},
	{DW_TAG_formal_parameter, DIE_PARAM},
	{DW_TAG_unspecified_parameters, DIE_DOTS},
	{DW_TAG_variable, DIE_VARIABLE},
	{DW_TAG_lexical_block, DIE_BLOCK},
};

static enum die_kind kind_of_tag(Dwarf_Half tag)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].tag == tag)
			return kinds[i].kind;
	return DIE_OTHER;
}

static int add_ref(struct reader *r, Dwarf_Attribute a, struct die **slot)
{
	Dwarf_Error error = NULL;
	Dwarf_Off off;

	if (dwarf_global_formref(a, &off, &error) != DW_DLV_OK)
		return damaged(r, error);
	if (r->nrefs == r->refs_room) {
		r->refs_room = r->refs_room ? 2 * r->refs_room : 4096;
		r->refs = mem_resize(r->refs, r->refs_room, sizeof(*r->refs));
	}
	r->refs[r->nrefs].slot = slot;
	r->refs[r->nrefs++].offset = off;
	return 0;
}

/* A constant of any form, the bits of a negative one in two's complement. */
static int get_number(struct reader *r, Dwarf_Attribute a, Dwarf_Half form, uint64_t *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Unsigned u;
	Dwarf_Signed s;

	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(a, &s, &error) != DW_DLV_OK)
			return damaged(r, error);
		*out = (uint64_t)s;
		return 0;
	}
	if (dwarf_formudata(a, &u, &error) != DW_DLV_OK)
		return damaged(r, error);
	*out = u;
	return 0;
}

static bool is_number(Dwarf_Half form)
{
	switch (form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		return true;
	}
	return false;
}

static int get_flag(struct reader *r, Dwarf_Attribute a, bool *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Bool b;

	if (dwarf_formflag(a, &b, &error) != DW_DLV_OK)
		return damaged(r, error);
	*out = b;
	return 0;
}

/*
 * An object in a section: DW_OP_addr or DW_OP_addrx, which clang follows by a
 * DW_OP_piece if parts of the object were optimised away.
 */
static int get_location(struct reader *r, Dwarf_Die die, Dwarf_Attribute a, Dwarf_Half form,
			struct die *d)
{
	Dwarf_Error error = NULL;
	Dwarf_Unsigned len, used;
	Dwarf_Addr address = 0;
	const uint8_t *op;
	Dwarf_Ptr block;

	if (form != DW_FORM_exprloc)
		return 0;
	if (dwarf_formexprloc(a, &len, &block, &error) != DW_DLV_OK)
		return damaged(r, error);
	op = block;
	if (len >= 9 && op[0] == DW_OP_addr) {
		used = 9;
		memcpy(&address, op + 1, 8);
	} else if (len >= 2 && op[0] == DW_OP_addrx && op[1] < 0x80) {
		used = 2;
		if (dwarf_debug_addr_index_to_addr(die, op[1], &address, &error) != DW_DLV_OK)
			return damaged(r, error);
	} else {
		return 0;
	}
	if (used < len && op[used] != DW_OP_piece)
		return 0;
	d->section = address >> 32;
	d->address = (uint32_t)address;
	return 0;
}

static void set_file(struct reader *r, struct die *d, uint64_t number)
{
	if (r->files_from_one && number-- == 0)
		return;
	if (number >= r->nfiles)
		return;
	d->file = r->files[number];
	d->in_main_file = r->unit_name && !strcmp(d->file, r->unit_name);
}

static int get_name(struct reader *r, Dwarf_Attribute a, const char **out)
{
	Dwarf_Error error = NULL;
	char *s;

	if (dwarf_formstring(a, &s, &error) != DW_DLV_OK)
		return damaged(r, error);
	*out = s;
	return 0;
}

/* Attributes whose value is a number, and where it goes. */
static int set_number(struct reader *r, struct die *d, Dwarf_Half at, uint64_t n)
{
	switch (at) {
	case DW_AT_byte_size:
		d->size = n;
		d->has_size = true;
		break;
	case DW_AT_alignment:
		d->align = n;
		break;
	case DW_AT_encoding:
		d->encoding = n;
		break;
	case DW_AT_decl_file:
		set_file(r, d, n);
		break;
	case DW_AT_decl_line:
		d->line = n;
		break;
	case DW_AT_data_member_location:
		d->place = n;
		break;
	case DW_AT_bit_size:
		d->bit_size = n;
		break;
	case DW_AT_data_bit_offset:
		d->bit_place = n;
		d->has_bit_place = true;
		break;
	case DW_AT_bit_offset:
		d->bit_place = n;
		d->has_old_bit_place = true;
		break;
	case DW_AT_const_value:
		d->value = (int64_t)n;
		break;
	case DW_AT_upper_bound:
		d->count = n + 1;
		d->has_count = true;
		break;
	case DW_AT_count:
		d->count = n;
		d->has_count = true;
		break;
	}
	return 0;
}

static int get_attribute(struct reader *r, Dwarf_Die die, Dwarf_Attribute a, struct die *d)
{
	Dwarf_Error error = NULL;
	Dwarf_Half at, form;
	uint64_t n = 0;

	if (dwarf_whatattr(a, &at, &error) != DW_DLV_OK ||
	    dwarf_whatform(a, &form, &error) != DW_DLV_OK)
		return damaged(r, error);
	switch (at) {
	case DW_AT_name:
		return get_name(r, a, &d->name);
	case DW_AT_comp_dir:
		return get_name(r, a, &r->unit_dir);
	case DW_AT_type:
		return add_ref(r, a, &d->type);
	case DW_AT_specification:
	case DW_AT_abstract_origin:
		return add_ref(r, a, &d->origin);
	case DW_AT_declaration:
		return get_flag(r, a, &d->declaration);
	case DW_AT_external:
		return get_flag(r, a, &d->external);
	case DW_AT_prototyped:
		return get_flag(r, a, &d->prototyped);
	case DW_AT_artificial:
		return get_flag(r, a, &d->artificial);
	case DW_AT_location:
		return get_location(r, die, a, form, d);
	case DW_AT_data_member_location:
		if (!is_number(form))
			return err_set(r->e, ERR_UNSUPPORTED,
				       "%s: a member's place is an expression: compile with "
				       "-gdwarf-5",
				       r->out->name);
		break;
	}
	if (!is_number(form))
		return 0;
	if (get_number(r, a, form, &n))
		return -1;
	return set_number(r, d, at, n);
}

static int get_attributes(struct reader *r, Dwarf_Die die, struct die *d)
{
	Dwarf_Error error = NULL;
	Dwarf_Attribute *list;
	Dwarf_Signed n, i;
	int ret;

	ret = dwarf_attrlist(die, &list, &n, &error);
	if (ret == DW_DLV_NO_ENTRY)
		return 0;
	if (ret != DW_DLV_OK)
		return damaged(r, error);
	for (i = 0, ret = 0; i < n; i++) {
		if (!ret)
			ret = get_attribute(r, die, list[i], d);
		dwarf_dealloc_attribute(list[i]);
	}
	dwarf_dealloc(r->dbg, list, DW_DLA_LIST);
	return ret;
}

static bool is_left_out(Dwarf_Half tag)
{
	switch (tag) {
	case DW_TAG_inlined_subroutine:
	case DW_TAG_call_site:
	case DW_TAG_call_site_parameter:
	case DW_TAG_GNU_call_site:
	case DW_TAG_GNU_call_site_parameter:
	case DW_TAG_label:
		return true;
	}
	return false;
}

static struct die *new_die(struct reader *r, struct die *parent, struct die **link)
{
	struct die *d = arena_alloc(&r->out->arena, 1, sizeof(*d));

	if (r->out->n == r->room) {
		r->room = r->room ? 2 * r->room : 4096;
		r->out->all = mem_resize(r->out->all, r->room, sizeof(*r->out->all));
	}
	r->out->all[r->out->n++] = d;
	d->parent = parent;
	*link = d;
	return d;
}

/* Reads @die into a new entry at *@link. *@out is NULL if it is left out. */
static int read_die(struct reader *r, Dwarf_Die die, struct die *parent, struct die **link,
		    struct die **out)
{
	Dwarf_Error error = NULL;
	Dwarf_Half tag;
	Dwarf_Off off;
	struct die *d;

	*out = NULL;
	if (dwarf_tag(die, &tag, &error) != DW_DLV_OK ||
	    dwarf_dieoffset(die, &off, &error) != DW_DLV_OK)
		return damaged(r, error);
	if (is_left_out(tag))
		return 0;
	if (r->out->n >= MAX_DIES || (r->out->n && off <= r->out->all[r->out->n - 1]->offset))
		return damaged(r, NULL);
	d = new_die(r, parent, link);
	d->kind = kind_of_tag(tag);
	d->offset = off;
	*out = d;
	return get_attributes(r, die, d);
}

static int read_children(struct reader *r, Dwarf_Die die, struct die *parent, unsigned int depth)
{
	struct die **link = &parent->child;
	Dwarf_Error error = NULL;
	Dwarf_Die c, after;
	struct die *d;
	int ret, fail;

	if (depth > MAX_DEPTH)
		return damaged(r, NULL);
	ret = dwarf_child(die, &c, &error);
	while (ret == DW_DLV_OK) {
		fail = read_die(r, c, parent, link, &d);
		if (!fail && d) {
			link = &d->next;
			fail = read_children(r, c, d, depth + 1);
		}
		if (!fail)
			ret = dwarf_siblingof_b(r->dbg, c, true, &after, &error);
		dwarf_dealloc_die(c);
		if (fail)
			return -1;
		c = after;
	}
	return ret == DW_DLV_ERROR ? damaged(r, error) : 0;
}

/* @name as people write it: below the unit's folder relative, without "./". */
static const char *short_name(const struct reader *r, const char *name)
{
	size_t dir = r->unit_dir ? strlen(r->unit_dir) : 0;

	if (dir && !strncmp(name, r->unit_dir, dir) && name[dir] == '/')
		name += dir + 1;
	while (!strncmp(name, "./", 2))
		name += 2;
	return name;
}

/* Copies the unit's table of files. */
static int read_files(struct reader *r, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Signed n, i;
	char **names;
	int ret;

	r->nfiles = 0;
	ret = dwarf_srcfiles(die, &names, &n, &error);
	if (ret == DW_DLV_ERROR)
		return damaged(r, error);
	if (ret == DW_DLV_NO_ENTRY)
		return 0;
	r->files = arena_alloc(&r->out->arena, n, sizeof(*r->files));
	for (i = 0; i < n; i++) {
		r->files[i] = arena_strdup(&r->out->arena, short_name(r, names[i]));
		dwarf_dealloc(r->dbg, names[i], DW_DLA_STRING);
	}
	dwarf_dealloc(r->dbg, names, DW_DLA_LIST);
	r->nfiles = n;
	return 0;
}

static int read_unit(struct reader *r, Dwarf_Die die, Dwarf_Half version, struct die **link)
{
	struct die *unit;

	r->files_from_one = version < 5;
	r->nfiles = 0;
	r->unit_dir = r->unit_name = NULL;
	if (read_die(r, die, NULL, link, &unit))
		return -1;
	if (!unit)
		return damaged(r, NULL);
	r->unit_name = unit->name ? short_name(r, unit->name) : NULL;
	return read_files(r, die) || read_children(r, die, unit, 0) ? -1 : 0;
}

static int read_units(struct reader *r)
{
	Dwarf_Unsigned len, type_off, next;
	Dwarf_Half version, addr, off_size, ext, unit_type;
	struct die *first, *last = NULL;
	Dwarf_Error error = NULL;
	Dwarf_Off abbrev;
	Dwarf_Sig8 sig;
	Dwarf_Die die;
	int ret;

	for (;;) {
		ret = dwarf_next_cu_header_d(r->dbg, true, &len, &version, &abbrev, &addr,
					     &off_size, &ext, &sig, &type_off, &next, &unit_type,
					     &error);
		if (ret == DW_DLV_NO_ENTRY)
			return last ? 0 : damaged(r, NULL);
		if (ret != DW_DLV_OK ||
		    dwarf_siblingof_b(r->dbg, NULL, true, &die, &error) != DW_DLV_OK)
			return damaged(r, error);
		ret = read_unit(r, die, version, &first);
		dwarf_dealloc_die(die);
		if (ret)
			return -1;
		if (last)
			last->next = first;
		last = first;
	}
}

static int by_offset(const void *key, const void *elem)
{
	uint64_t a = *(const uint64_t *)key, b = (*(struct die *const *)elem)->offset;

	return a < b ? -1 : a > b;
}

static int follow_refs(struct reader *r)
{
	struct dies *o = r->out;
	struct die **found;
	size_t i;

	for (i = 0; i < r->nrefs; i++) {
		found = bsearch(&r->refs[i].offset, o->all, o->n, sizeof(*o->all), by_offset);
		if (!found)
			return damaged(r, NULL);
		*r->refs[i].slot = *found;
	}
	return 0;
}

static int read_all(struct elf_view *v, struct dies *out, struct err *e)
{
	Dwarf_Obj_Access_Interface access = {v, &methods};
	struct reader r = {.out = out, .e = e};
	Dwarf_Error error = NULL;
	int ret;

	ret = dwarf_object_init_b(&access, NULL, NULL, DW_GROUPNUMBER_ANY, &r.dbg, &error);
	if (ret != DW_DLV_OK)
		return damaged(&r, ret == DW_DLV_ERROR ? error : NULL);
	ret = read_units(&r) || follow_refs(&r) ? -1 : 0;
	free(r.refs);
	dwarf_object_finish(r.dbg, NULL);
	return ret;
}

int dies_read(const char *path, struct dies *out, struct err *e)
{
	struct elf_view v = {.name = path};
	int ret;

	memset(out, 0, sizeof(*out));
	if (file_read(path, OBJ_MAX, &out->file, e))
		return -1;
	out->name = arena_strdup(&out->arena, path);
	v.data = out->file.data;
	v.size = out->file.size;
	ret = read_headers(&v, e) || find_sections(&v, e) || relocate(&v, e) || read_all(&v, out, e)
		      ? -1
		      : 0;
	free(v.sh);
	return ret;
}

void dies_free(struct dies *d)
{
	file_free(&d->file);
	arena_free(&d->arena);
	free(d->all);
	memset(d, 0, sizeof(*d));
}
