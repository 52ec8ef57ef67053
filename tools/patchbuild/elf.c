// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * elf.c - objects from and to ELF files, on libelf (its only user)
 */
#include "patchbuild/obj.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Sizes and addends may be added up without overflow: no address needs as much. */
#define MAX_NUMBER (INT64_MAX / 16)

/* Everything one load needs; gone when it ends. */
struct loader {
	struct obj *o;
	Elf *elf;
	struct err *e;
};

static int bad(struct loader *l, const char *what)
{
	return err_fail(l->e, "%s: not a sound ELF object: %s", l->o->name, what);
}

static int bad_elf(struct loader *l)
{
	return bad(l, elf_errmsg(-1));
}

/* What is loaded is no debug information, whatever its name. */
static bool is_debug(const struct sec *s)
{
	return !(s->flags & SHF_ALLOC) &&
	       (text_starts(s->name, ".debug_") || text_starts(s->name, ".rela.debug_"));
}

static int load_header(struct loader *l)
{
	GElf_Ehdr eh;

	if (elf_kind(l->elf) != ELF_K_ELF || gelf_getclass(l->elf) != ELFCLASS64 ||
	    !gelf_getehdr(l->elf, &eh))
		return err_set(l->e, ERR_UNSUPPORTED, "%s: not a 64-bit ELF object", l->o->name);
	if (eh.e_ident[EI_DATA] != ELFDATA2LSB)
		return bad(l, "not little-endian");
	if (eh.e_machine != EM_X86_64 && eh.e_machine != EM_AARCH64)
		return err_set(l->e, ERR_UNSUPPORTED, "%s: machine %u is not supported", l->o->name,
			       eh.e_machine);
	l->o->machine = eh.e_machine;
	l->o->type = eh.e_type;
	return 0;
}

static int load_section(struct loader *l, Elf_Scn *scn, struct sec *s, size_t names)
{
	GElf_Shdr sh;
	Elf_Data *d;

	if (!gelf_getshdr(scn, &sh))
		return bad_elf(l);
	s->name = elf_strptr(l->elf, names, sh.sh_name);
	if (!s->name)
		return bad(l, "section name outside its table");
	s->type = sh.sh_type;
	s->flags = sh.sh_flags;
	s->addr = sh.sh_addr;
	s->size = sh.sh_size;
	s->align = sh.sh_addralign ? sh.sh_addralign : 1;
	s->entsize = sh.sh_entsize;
	if (s->size > MAX_NUMBER || s->align > MAX_NUMBER)
		return bad(l, "section of a size beyond all addresses");
	if (s->align & (s->align - 1))
		return bad(l, "alignment of a section is not a power of two");
	if ((s->type == SHT_NOBITS || s->type == SHT_NULL) && (s->flags & SHF_EXECINSTR) && s->size)
		return bad(l, "code without content");
	if (sh.sh_flags & SHF_COMPRESSED)
		return is_debug(s) ? 0 : bad(l, "compressed section");
	if (s->type == SHT_NOBITS && l->o->type == ET_REL && s->size &&
	    (s->flags & (SHF_EXECINSTR | SHF_MERGE)))
		return bad(l, "code or strings without content");
	if (s->type == SHT_NOBITS || s->type == SHT_NULL || !s->size || is_debug(s))
		return 0;
	if (sh.sh_offset > l->o->file.size || sh.sh_size > l->o->file.size - sh.sh_offset)
		return bad(l, "section outside the file");
	d = elf_rawdata(scn, NULL);
	if (!d || !d->d_buf || d->d_size != sh.sh_size)
		return bad(l, "section cannot be read");
	s->data = d->d_buf;
	return 0;
}

static int load_sections(struct loader *l)
{
	Elf_Scn *scn = NULL;
	size_t names;
	size_t n;

	if (elf_getshdrnum(l->elf, &n) < 0 || elf_getshdrstrndx(l->elf, &names) < 0)
		return bad_elf(l);
	if (!n)
		return bad(l, "no sections");
	l->o->secs = arena_alloc(&l->o->arena, n, sizeof(*l->o->secs));
	l->o->nsecs = n;
	l->o->secs[0].name = "";
	l->o->secs[0].align = 1;
	while ((scn = elf_nextscn(l->elf, scn))) {
		size_t i = elf_ndxscn(scn);

		if (i >= n)
			return bad(l, "section number out of range");
		l->o->secs[i].index = (uint32_t)i;
		if (load_section(l, scn, &l->o->secs[i], names) < 0)
			return -1;
	}
	return 0;
}

static int place_symbol(struct loader *l, struct sym *s, const GElf_Sym *gs, Elf32_Word xndx)
{
	size_t ndx = gs->st_shndx == SHN_XINDEX ? xndx : gs->st_shndx;

	s->undef = gs->st_shndx == SHN_UNDEF;
	s->absolute = gs->st_shndx == SHN_ABS;
	if (s->undef || s->absolute)
		return 0;
	if (gs->st_shndx == SHN_COMMON)
		return bad(l, "common symbol (built without -fno-common)");
	if ((gs->st_shndx >= SHN_LORESERVE && gs->st_shndx != SHN_XINDEX) || ndx >= l->o->nsecs)
		return bad(l, "symbol in a section that does not exist");
	s->sec = &l->o->secs[ndx];
	if (l->o->type == ET_REL && !is_debug(s->sec) &&
	    (s->value > s->sec->size || s->size > s->sec->size - s->value))
		return bad(l, "symbol outside its section");
	return 0;
}

static int load_symbol(struct loader *l, Elf_Data *d, Elf_Data *xd, size_t i, size_t names,
		       const char **file)
{
	struct sym *s = &l->o->syms[i];
	Elf32_Word xndx = 0;
	GElf_Sym gs;

	if (!gelf_getsymshndx(d, xd, (int)i, &gs, &xndx))
		return bad_elf(l);
	s->name = elf_strptr(l->elf, names, gs.st_name);
	if (!s->name)
		return bad(l, "symbol name outside its table");
	s->index = (uint32_t)i;
	s->value = gs.st_value;
	s->size = gs.st_size;
	s->type = GELF_ST_TYPE(gs.st_info);
	s->bind = GELF_ST_BIND(gs.st_info);
	if (place_symbol(l, s, &gs, xndx) < 0)
		return -1;
	if (s->type == STT_FILE)
		*file = s->name;
	else if (s->bind == STB_LOCAL)
		s->file = *file;
	if (s->type == STT_SECTION && s->sec)
		s->sec->self = s;
	return 0;
}

static Elf_Data *find_xindex(Elf *elf)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB_SHNDX)
			return elf_getdata(scn, NULL);
	return NULL;
}

static int load_symbols(struct loader *l)
{
	Elf_Data *xd = find_xindex(l->elf);
	const char *file = NULL;
	Elf_Scn *scn = NULL;
	Elf_Data *d;
	GElf_Shdr sh;
	size_t i;

	while ((scn = elf_nextscn(l->elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			break;
	if (!scn)
		return bad(l, "no symbol table");
	d = elf_getdata(scn, NULL);
	if (!d || sh.sh_entsize != sizeof(Elf64_Sym) || d->d_size < sizeof(Elf64_Sym))
		return bad(l, "symbol table cannot be read");
	l->o->nsyms = d->d_size / sizeof(Elf64_Sym);
	l->o->syms = arena_alloc(&l->o->arena, l->o->nsyms, sizeof(*l->o->syms));
	for (i = 0; i < l->o->nsyms; i++)
		if (load_symbol(l, d, xd, i, sh.sh_link, &file) < 0)
			return -1;
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct rel *x = a;
	const struct rel *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int load_rela(struct loader *l, Elf_Scn *scn, const GElf_Shdr *sh)
{
	struct sec *target;
	Elf_Data *d;
	bool sorted = true;
	size_t i;

	if (!sh->sh_info || sh->sh_info >= l->o->nsecs)
		return bad(l, "relocations of a section that does not exist");
	target = &l->o->secs[sh->sh_info];
	if (is_debug(target) || !sh->sh_size)
		return 0;
	d = elf_getdata(scn, NULL);
	if (!d || sh->sh_entsize != sizeof(Elf64_Rela) || d->d_size % sizeof(Elf64_Rela))
		return bad(l, "relocations cannot be read");
	if (target->rels)
		return bad(l, "two relocation tables for one section");
	target->nrels = d->d_size / sizeof(Elf64_Rela);
	target->rels = arena_alloc(&l->o->arena, target->nrels, sizeof(*target->rels));
	for (i = 0; i < target->nrels; i++) {
		struct rel *r = &target->rels[i];
		GElf_Rela gr;

		if (!gelf_getrela(d, (int)i, &gr))
			return bad_elf(l);
		if (GELF_R_SYM(gr.r_info) >= l->o->nsyms)
			return bad(l, "relocation names a symbol that does not exist");
		if (gr.r_offset >= target->size)
			return bad(l, "relocation outside its section");
		if (gr.r_addend > MAX_NUMBER || gr.r_addend < -MAX_NUMBER)
			return bad(l, "relocation with an addend beyond all addresses");
		r->offset = gr.r_offset;
		r->addend = gr.r_addend;
		r->type = (uint32_t)GELF_R_TYPE(gr.r_info);
		r->sym = &l->o->syms[GELF_R_SYM(gr.r_info)];
		sorted &= !i || r->offset >= r[-1].offset;
	}
	if (!sorted)
		qsort(target->rels, target->nrels, sizeof(*target->rels), by_offset);
	return 0;
}

static int load_relocations(struct loader *l)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	/* Linked files may carry relocations of the boot trampoline: not ours. */
	if (l->o->type != ET_REL)
		return 0;
	while ((scn = elf_nextscn(l->elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			return bad_elf(l);
		if (sh.sh_type == SHT_REL && sh.sh_size)
			return err_set(l->e, ERR_UNSUPPORTED,
				       "%s: relocations without addend are not supported",
				       l->o->name);
		if (sh.sh_type == SHT_RELA && load_rela(l, scn, &sh) < 0)
			return -1;
	}
	return 0;
}

/* Order inside a section: by value; at one place, what owns more comes last. */
static int by_place(const void *a, const void *b)
{
	const struct sym *x = *(struct sym *const *)a;
	const struct sym *y = *(struct sym *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (sym_is_func(x) != sym_is_func(y))
		return sym_is_func(x) ? 1 : -1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->bind != y->bind)
		return x->bind < y->bind ? -1 : 1;
	return strcmp(y->name, x->name);
}

static bool is_listed(const struct sym *s)
{
	return s->sec && s->type != STT_SECTION && s->type != STT_FILE;
}

static void index_symbols(struct obj *o)
{
	struct sym **all = arena_alloc(&o->arena, o->nsyms + 1, sizeof(struct sym *));
	size_t i;

	for (i = 0; i < o->nsyms; i++)
		if (is_listed(&o->syms[i]))
			o->syms[i].sec->nsyms++;
	for (i = 0; i < o->nsecs; i++) {
		o->secs[i].syms = all;
		all += o->secs[i].nsyms;
		o->secs[i].nsyms = 0;
	}
	for (i = 0; i < o->nsyms; i++)
		if (is_listed(&o->syms[i]))
			o->syms[i].sec->syms[o->syms[i].sec->nsyms++] = &o->syms[i];
	for (i = 0; i < o->nsecs; i++)
		if (o->secs[i].nsyms > 1)
			qsort(o->secs[i].syms, o->secs[i].nsyms, sizeof(struct sym *), by_place);
}

struct obj *obj_load_data(struct file_data *file, const char *name, struct err *e)
{
	struct obj *o = mem_zalloc(1, sizeof(*o));
	struct loader l = {.o = o, .e = e};
	int ret = -1;

	o->file = *file;
	memset(file, 0, sizeof(*file));
	o->name = arena_strdup(&o->arena, name);
	elf_version(EV_CURRENT);
	l.elf = elf_memory((char *)o->file.data, o->file.size);
	if (!l.elf)
		bad_elf(&l);
	else if (load_header(&l) == 0 && load_sections(&l) == 0 && load_symbols(&l) == 0 &&
		 load_relocations(&l) == 0)
		ret = 0;
	if (ret < 0) {
		elf_end(l.elf);
		obj_free(o);
		return NULL;
	}
	index_symbols(o);
	/*
	 * Raw data and names lie in the file image, which outlives the handle;
	 * elf_memory() copies nothing for a file of this machine's byte order.
	 */
	elf_end(l.elf);
	return o;
}

struct obj *obj_load(const char *path, const char *name, struct err *e)
{
	struct file_data file;

	if (file_read(path, OBJ_MAX, &file, e) < 0)
		return NULL;
	return obj_load_data(&file, name, e);
}

void obj_free(struct obj *o)
{
	if (!o)
		return;
	file_free(&o->file);
	arena_free(&o->arena);
	free(o);
}

struct sec *obj_sec(const struct obj *o, const char *name)
{
	size_t i;

	for (i = 1; i < o->nsecs; i++)
		if (!strcmp(o->secs[i].name, name))
			return &o->secs[i];
	return NULL;
}

struct sym *sec_owner(const struct sec *s, uint64_t off)
{
	struct sym *found = NULL;
	size_t low = 0;
	size_t high = s->nsyms;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->syms[mid]->value <= off)
			low = mid + 1;
		else
			high = mid;
	}
	while (low--) {
		if (s->syms[low]->size)
			return s->syms[low];
		if (!found)
			found = s->syms[low];
	}
	return found;
}

/* --- writing --- */

struct out_sec *out_sec_new(struct out_obj *o, const char *name, uint32_t type, uint64_t flags,
			    uint64_t align)
{
	struct out_sec *s = arena_alloc(&o->arena, 1, sizeof(*s));

	s->name = arena_strdup(&o->arena, name);
	s->type = type;
	s->flags = flags;
	s->align = align ? align : 1;
	o->secs = mem_grow(o->secs, o->nsecs, sizeof(struct out_sec *));
	o->secs[o->nsecs++] = s;
	s->self = out_sym_new(o, "", s, 0, 0, STT_SECTION, STB_LOCAL);
	return s;
}

struct out_sec *out_sec_find(const struct out_obj *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->nsecs; i++)
		if (!strcmp(o->secs[i]->name, name))
			return o->secs[i];
	return NULL;
}

uint64_t out_sec_add(struct out_sec *s, const void *data, size_t len, uint64_t align)
{
	uint64_t at;

	while (align > 1 && s->data.len & (align - 1))
		strbuf_addc(&s->data, '\0');
	if (align > s->align)
		s->align = align;
	at = s->data.len;
	strbuf_add(&s->data, data, len);
	return at;
}

struct out_sym *out_sym_new(struct out_obj *o, const char *name, struct out_sec *sec,
			    uint64_t value, uint64_t size, uint8_t type, uint8_t bind)
{
	struct out_sym *s = arena_alloc(&o->arena, 1, sizeof(*s));

	s->name = arena_strdup(&o->arena, name);
	s->sec = sec;
	s->value = value;
	s->size = size;
	s->type = type;
	s->bind = bind;
	o->syms = mem_grow(o->syms, o->nsyms, sizeof(struct out_sym *));
	o->syms[o->nsyms++] = s;
	return s;
}

struct out_sym *out_sym_undef(struct out_obj *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->nsyms; i++)
		if (!o->syms[i]->sec && !strcmp(o->syms[i]->name, name))
			return o->syms[i];
	return out_sym_new(o, name, NULL, 0, 0, STT_NOTYPE, STB_GLOBAL);
}

void out_rel_add(struct out_sec *s, uint64_t offset, uint32_t type, struct out_sym *sym,
		 int64_t addend)
{
	s->rels = mem_grow(s->rels, s->nrels, sizeof(*s->rels));
	s->rels[s->nrels++] = (struct out_rel){offset, addend, sym, type};
}

/* What is being written: libelf's handle, and the tables that fill up meanwhile. */
struct writer {
	Elf *elf;
	struct strbuf section_names;
	struct strbuf symbols;
	struct strbuf symbol_names;
	struct strbuf *relocations; /* one per section of the object */
	size_t failures;
};

/* @data must live until elf_update(). Returns the section's index. */
static size_t add_section(struct writer *w, const char *name, GElf_Shdr sh, void *data)
{
	Elf_Scn *scn = elf_newscn(w->elf);
	Elf_Data *d = scn ? elf_newdata(scn) : NULL;
	GElf_Shdr now;

	if (!d || !gelf_getshdr(scn, &now)) {
		w->failures++;
		return 0;
	}
	sh.sh_name = (Elf64_Word)w->section_names.len;
	strbuf_add(&w->section_names, name, strlen(name) + 1);
	d->d_buf = sh.sh_type == SHT_NOBITS ? NULL : data;
	d->d_size = sh.sh_size;
	d->d_align = sh.sh_addralign ? sh.sh_addralign : 1;
	d->d_type = ELF_T_BYTE;
	d->d_version = EV_CURRENT;
	if (!gelf_update_shdr(scn, &sh))
		w->failures++;
	return elf_ndxscn(scn);
}

static void add_contents(struct writer *w, const struct out_obj *o)
{
	size_t i;

	for (i = 0; i < o->nsecs; i++) {
		struct out_sec *s = o->secs[i];
		GElf_Shdr sh = {.sh_type = s->type,
				.sh_flags = s->flags,
				.sh_addralign = s->align,
				.sh_entsize = s->entsize,
				.sh_size = s->type == SHT_NOBITS ? s->nobits : s->data.len};

		s->index = (uint32_t)add_section(w, s->name, sh, s->data.data);
	}
}

/* Local symbols first, as the gABI wants; the rest makes the order certain. */
static int sym_order(const void *a, const void *b)
{
	const struct out_sym *x = *(struct out_sym *const *)a;
	const struct out_sym *y = *(struct out_sym *const *)b;
	uint32_t xi = x->sec ? x->sec->index : 0;
	uint32_t yi = y->sec ? y->sec->index : 0;

	if (x->bind != y->bind)
		return x->bind < y->bind ? -1 : 1;
	if ((x->type == STT_SECTION) != (y->type == STT_SECTION))
		return x->type == STT_SECTION ? -1 : 1;
	if (xi != yi)
		return xi < yi ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return strcmp(x->name, y->name);
}

static size_t add_symbols(struct writer *w, struct out_obj *o)
{
	const Elf64_Sym none = {0};
	size_t locals = 1;
	size_t strtab;
	size_t i;

	if (o->nsyms)
		qsort(o->syms, o->nsyms, sizeof(struct out_sym *), sym_order);
	strbuf_addc(&w->symbol_names, '\0');
	strbuf_add(&w->symbols, (const char *)&none, sizeof(none));
	for (i = 0; i < o->nsyms; i++) {
		struct out_sym *s = o->syms[i];
		Elf64_Sym es = {.st_name = *s->name ? (Elf64_Word)w->symbol_names.len : 0,
				.st_info = ELF64_ST_INFO(s->bind, s->type),
				.st_shndx = (Elf64_Half)(s->sec ? s->sec->index : SHN_UNDEF),
				.st_value = s->value,
				.st_size = s->size};

		if (*s->name)
			strbuf_add(&w->symbol_names, s->name, strlen(s->name) + 1);
		s->index = (uint32_t)(i + 1);
		locals += s->bind == STB_LOCAL;
		strbuf_add(&w->symbols, (const char *)&es, sizeof(es));
	}
	strtab = add_section(w, ".strtab",
			     (GElf_Shdr){.sh_type = SHT_STRTAB,
					 .sh_size = w->symbol_names.len,
					 .sh_addralign = 1},
			     w->symbol_names.data);
	return add_section(w, ".symtab",
			   (GElf_Shdr){.sh_type = SHT_SYMTAB,
				       .sh_size = w->symbols.len,
				       .sh_link = (Elf64_Word)strtab,
				       .sh_info = (Elf64_Word)locals,
				       .sh_addralign = 8,
				       .sh_entsize = sizeof(Elf64_Sym)},
			   w->symbols.data);
}

static int rel_order(const void *a, const void *b)
{
	const struct out_rel *x = a;
	const struct out_rel *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void add_relocations(struct writer *w, const struct out_obj *o, size_t symtab)
{
	size_t i;
	size_t k;

	for (i = 0; i < o->nsecs; i++) {
		struct out_sec *s = o->secs[i];
		autofree char *name = mem_printf(".rela%s", s->name);
		struct strbuf *table = &w->relocations[i];

		if (!s->nrels)
			continue;
		qsort(s->rels, s->nrels, sizeof(*s->rels), rel_order);
		for (k = 0; k < s->nrels; k++) {
			const struct out_rel *r = &s->rels[k];
			Elf64_Rela er = {.r_offset = r->offset,
					 .r_info = ELF64_R_INFO((uint64_t)r->sym->index, r->type),
					 .r_addend = r->addend};

			strbuf_add(table, (const char *)&er, sizeof(er));
		}
		add_section(w, name,
			    (GElf_Shdr){.sh_type = SHT_RELA,
					.sh_flags = SHF_INFO_LINK,
					.sh_size = table->len,
					.sh_link = (Elf64_Word)symtab,
					.sh_info = s->index,
					.sh_addralign = 8,
					.sh_entsize = sizeof(Elf64_Rela)},
			    table->data);
	}
}

/* The table of section names holds its own name too: size first, bytes last. */
static size_t add_names(struct writer *w)
{
	size_t size = w->section_names.len + sizeof(".shstrtab");
	size_t index = add_section(
		w, ".shstrtab",
		(GElf_Shdr){.sh_type = SHT_STRTAB, .sh_size = size, .sh_addralign = 1}, NULL);
	Elf_Data *d = elf_getdata(elf_getscn(w->elf, index), NULL);

	if (d)
		d->d_buf = w->section_names.data;
	else
		w->failures++;
	return index;
}

static void fill(struct writer *w, struct out_obj *o)
{
	GElf_Ehdr eh;

	if (!gelf_newehdr(w->elf, ELFCLASS64) || !gelf_getehdr(w->elf, &eh)) {
		w->failures++;
		return;
	}
	strbuf_addc(&w->section_names, '\0');
	add_contents(w, o);
	add_relocations(w, o, add_symbols(w, o));
	if (!gelf_getehdr(w->elf, &eh))
		w->failures++;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_type = ET_REL;
	eh.e_machine = o->machine;
	eh.e_version = EV_CURRENT;
	eh.e_shstrndx = (Elf64_Half)add_names(w);
	if (!gelf_update_ehdr(w->elf, &eh))
		w->failures++;
}

/* libelf writes to a descriptor: one that is memory. */
static int write_to(int fd, struct out_obj *o, struct strbuf *to, struct err *e)
{
	struct writer w = {.elf = elf_begin(fd, ELF_C_WRITE, NULL)};
	char buf[65536];
	ssize_t n;
	size_t i;

	if (!w.elf)
		return err_fail(e, "payload: cannot write ELF: %s", elf_errmsg(-1));
	w.relocations = mem_zalloc(o->nsecs, sizeof(*w.relocations));
	fill(&w, o);
	if (w.failures || elf_update(w.elf, ELF_C_WRITE) < 0)
		err_fail(e, "payload: cannot write ELF: %s", elf_errmsg(-1));
	elf_end(w.elf);
	for (i = 0; i < o->nsecs; i++)
		strbuf_free(&w.relocations[i]);
	free(w.relocations);
	strbuf_free(&w.section_names);
	strbuf_free(&w.symbols);
	strbuf_free(&w.symbol_names);
	if (e->kind != ERR_NONE)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "payload: cannot read back");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		strbuf_add(to, buf, (size_t)n);
	return n < 0 ? err_sys(e, errno, "payload: cannot read back") : 0;
}

int out_write(struct out_obj *o, struct strbuf *to, struct err *e)
{
	int fd = memfd_create("payload", MFD_CLOEXEC);
	int ret;

	elf_version(EV_CURRENT);
	if (fd < 0)
		return err_sys(e, errno, "payload: no memory file");
	ret = write_to(fd, o, to, e);
	close(fd);
	return ret;
}

void out_free(struct out_obj *o)
{
	size_t i;

	for (i = 0; i < o->nsecs; i++) {
		strbuf_free(&o->secs[i]->data);
		free(o->secs[i]->rels);
	}
	free(o->secs);
	free(o->syms);
	arena_free(&o->arena);
	memset(o, 0, sizeof(*o));
}
