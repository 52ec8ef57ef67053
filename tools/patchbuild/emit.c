// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/emit.h"

#include "common/digest.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xsplice/abi.h>

/* 64 zeros: in the metadata until the digest is known. */
#define ZEROS16	       "0000000000000000"
#define EMIT_NO_DIGEST ABI_INFO_DIGEST "=sha256:" ZEROS16 ZEROS16 ZEROS16 ZEROS16

/* A piece of .fixup or .altinstr_replacement that is in the payload already. */
struct placed {
	const struct sec *sec;
	uint64_t start;
	uint64_t size;
	uint64_t at;
};

struct emitter {
	struct selection *s;
	struct out_obj o;
	struct out_sec *strings;
	struct placed *placed;
	size_t nplaced;
	size_t failures; /* references that choose() had not seen: an error of ours */
};

/* --- names --- */

/*
 * A function that replaces another is called as that one: Xen exports no symbol whose
 * address is that of a replacement. Whatever is new gets the payload's name in front,
 * since two payloads with the same new symbol cannot be loaded side by side.
 */
static const char *symbol_name(struct emitter *em, const struct chosen *c)
{
	const char *name = hv_name(&em->o.arena, c->sym);

	if (c->kind == CHOSEN_PATCH)
		return name;
	return arena_printf(&em->o.arena, "%s:%s", em->s->name, name);
}

static const char *section_name(struct emitter *em, const struct chosen *c)
{
	const char *prefix = ".text";

	if (!c->sym)
		return c->sec->name;
	if (c->kind == CHOSEN_CONST)
		prefix = ".rodata";
	else if (c->kind == CHOSEN_DATA)
		prefix = c->sec->type == SHT_NOBITS ? ".bss" : ".data";
	return arena_printf(&em->o.arena, "%s.%s", prefix, c->sym->name);
}

/* --- contents --- */

static struct out_sec *table(struct emitter *em, const char *name, uint64_t flags, uint64_t align)
{
	struct out_sec *s = out_sec_find(&em->o, name);

	return s ? s : out_sec_new(&em->o, name, SHT_PROGBITS, flags, align);
}

/*
 * Strings and small constants, each content once: also where it lies within another one,
 * at a place as aligned as it has to be.
 */
static uint64_t add_bytes(struct emitter *em, const struct ref *ref)
{
	struct out_sec *s = table(em, ".rodata.str", SHF_ALLOC, 1);
	uint64_t at;

	if (ref->align > s->align)
		s->align = ref->align;
	for (at = 0; at + ref->len <= s->data.len; at += ref->align)
		if (!memcmp(s->data.data + at, ref->bytes, ref->len))
			return at;
	return out_sec_add(s, ref->bytes, ref->len, ref->align);
}

static void add_reloc(struct emitter *em, struct pair *p, struct sec *from, const struct rel *r,
		      struct out_sec *to, uint64_t at, const char *who)
{
	struct ref ref;

	if (choose_ref(em->s, p, from, r, who, &ref) < 0) {
		em->failures++;
		return;
	}
	switch (ref.kind) {
	case REF_HV:
		out_rel_add(to, at, r->type, out_sym_undef(&em->o, ref.name), ref.addend);
		break;
	case REF_CHOSEN:
		if (!ref.chosen->out)
			em->failures++;
		else
			out_rel_add(to, at, r->type, ref.chosen->out, ref.addend);
		break;
	case REF_BYTES:
		out_rel_add(to, at, r->type, table(em, ".rodata.str", SHF_ALLOC, 1)->self,
			    ref.addend + (int64_t)add_bytes(em, &ref));
		break;
	}
}

static void add_relocs(struct emitter *em, struct pair *p, struct sec *from, uint64_t start,
		       uint64_t size, struct out_sec *to, uint64_t at, const char *who)
{
	size_t i;

	for (i = sec_first_rel(from, start); i < from->nrels; i++) {
		const struct rel *r = &from->rels[i];

		if (r->offset - start >= size)
			break;
		add_reloc(em, p, from, r, to, at + (r->offset - start), who);
	}
}

/* Makes section and symbol of a chosen thing; its relocations come later. */
static void add_chosen(struct emitter *em, struct chosen *c)
{
	bool object = c->sym && (c->kind == CHOSEN_DATA || c->kind == CHOSEN_CONST);
	uint64_t start = object ? c->sym->value : 0;
	uint64_t size = object ? c->sym->size : c->sec->size;
	uint64_t flags = c->sec->flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR);
	struct out_sec *s;

	if (c->kind == CHOSEN_CONST || c->kind == CHOSEN_HOOK)
		flags &= ~(uint64_t)SHF_WRITE;
	s = c->kind == CHOSEN_HOOK
		    ? table(em, c->sec->name, flags, c->sec->align)
		    : out_sec_new(&em->o, section_name(em, c),
				  c->sec->type == SHT_NOBITS && c->kind == CHOSEN_DATA
					  ? SHT_NOBITS
					  : SHT_PROGBITS,
				  flags, c->sec->align);
	if (s->type == SHT_NOBITS) {
		s->nobits = size;
		start = 0;
	} else if (c->sec->data) {
		start = out_sec_add(s, c->sec->data + start, size, c->sec->align);
	} else {
		while (s->data.len < size)
			strbuf_addc(&s->data, '\0');
		start = 0;
	}
	c->out = out_sym_new(&em->o, c->sym ? symbol_name(em, c) : "", s, start, size,
			     c->sym ? c->sym->type : STT_NOTYPE, STB_LOCAL);
}

static void fill_chosen(struct emitter *em, struct chosen *c)
{
	const char *who = c->sym ? c->sym->name : c->sec->name;
	bool object = c->sym && (c->kind == CHOSEN_DATA || c->kind == CHOSEN_CONST);

	add_relocs(em, c->pair, c->sec, object ? c->sym->value : 0,
		   object ? c->sym->size : c->sec->size, c->out->sec, c->out->value, who);
}

/* --- entries of special sections --- */

static uint64_t place_piece(struct emitter *em, struct pair *p, const struct piece *piece,
			    struct out_sec *to, const char *who)
{
	size_t i;
	uint64_t at;

	for (i = 0; i < em->nplaced; i++)
		if (em->placed[i].sec == piece->sec && em->placed[i].start == piece->start &&
		    em->placed[i].size == piece->size)
			return em->placed[i].at;
	at = out_sec_add(to, piece->sec->data + piece->start, piece->size, 1);
	em->placed = mem_grow(em->placed, em->nplaced, sizeof(*em->placed));
	em->placed[em->nplaced++] = (struct placed){piece->sec, piece->start, piece->size, at};
	add_relocs(em, p, piece->sec, piece->start, piece->size, to, at, who);
	return at;
}

/* The field at @off of the entry leads to @sym + @place, counted from itself. */
static void add_field(const struct item *it, uint64_t off, struct out_sec *to, uint64_t at,
		      struct out_sym *sym, uint64_t place)
{
	size_t i = sec_first_rel(it->table, it->at + off);

	out_rel_add(to, at + off, it->table->rels[i].type, sym, (int64_t)place);
}

static void add_item(struct emitter *em, struct chosen *c, const struct item *it)
{
	struct out_sec *to =
		table(em, it->table->name, it->table->flags & SHF_ALLOC, it->table->align);
	uint64_t at = out_sec_add(to, item_bytes(it), it->table->rule->entry, 1);
	const char *who = c->sym->name;
	struct out_sec *pieces;
	struct target t;
	struct err e = ERR_INIT;
	const struct rel *first = &it->table->rels[sec_first_rel(it->table, it->at)];

	if (target_of(&c->pair->cmp.code, it->table, first, &t, &e) < 0) {
		em->failures++;
		return;
	}
	/* Bug frames keep line number bits beside the distance: part of t.adjust. */
	out_rel_add(to, at, first->type, c->out, (int64_t)it->place + t.adjust);
	if (it->piece.sec) {
		pieces = table(em, it->piece.sec->name, SHF_ALLOC | SHF_EXECINSTR, 1);
		add_field(it, 4, to, at, pieces->self,
			  place_piece(em, c->pair, &it->piece, pieces, who));
	} else {
		add_relocs(em, c->pair, it->table, it->at + 4, it->table->rule->entry - 4, to,
			   at + 4, who);
	}
}

static void add_items(struct emitter *em, struct chosen *c)
{
	size_t n;
	struct item *items = special_of(&c->pair->cmp.new_special, c->sec, &n);
	size_t i;

	for (i = 0; i < n; i++)
		add_item(em, c, &items[i]);
}

/* --- Xen's own sections --- */

/* First byte of the old function that Xen patches at boot. */
static uint64_t first_alternative(const struct chosen *c)
{
	const struct sym *old = c->sym->twin;
	uint64_t first = old->size;
	size_t n;
	struct item *v = special_of(&c->pair->cmp.old_special, old->sec, &n);

	while (n--)
		if ((sec_kind(v[n].table) == SEC_ALT || sec_kind(v[n].table) == SEC_ALT_CALL) &&
		    v[n].place >= old->value && v[n].place - old->value < first)
			first = v[n].place - old->value;
	return first;
}

/*
 * Functions that alternative calls reach are listed between two symbols of the image;
 * with IBT Xen overwrites the ENDBR64 of those at boot (arch/x86/alternative.c).
 */
static bool is_listed(const struct selection *s, const char *from, const char *to, uint64_t addr)
{
	uint64_t at;
	uint64_t end;

	if (hvsyms_count(s->hv, from, &at) != 1 || hvsyms_count(s->hv, to, &end) != 1)
		return false;
	for (; at < end && end - at >= sizeof(addr); at += sizeof(addr)) {
		const uint8_t *p = hvsyms_bytes(s->hv, at, sizeof(addr));

		if (p && !memcmp(p, &addr, sizeof(addr)))
			return true;
	}
	return false;
}

static bool is_clobbered(const struct selection *s, const struct chosen *c)
{
	return is_listed(s, "__initdata_cf_clobber_start", "__initdata_cf_clobber_end",
			 c->old_addr) ||
	       is_listed(s, "__initrodata_cf_clobber_start", "__initrodata_cf_clobber_end",
			 c->old_addr);
}

size_t emit_expect_length(const struct selection *s, const struct chosen *c)
{
	uint64_t len = first_alternative(c);

	if (is_clobbered(s, c))
		return 0;
	if (len > c->old_size)
		len = c->old_size;
	return len > ABI_EXPECT_MAX ? ABI_EXPECT_MAX : len;
}

/* Where a payload below has its jump: that there is one; how far it goes nobody knows. */
static void set_expect(const struct emitter *em, const struct chosen *c, struct abi_func *f)
{
	size_t len = emit_expect_length(em->s, c);
	const uint8_t *code;

	if (c->below && len < c->jump)
		return;
	if (c->below)
		len = c->jump;
	code = hvsyms_bytes(em->s->hv, c->old_addr, len);
	if (len && !code)
		return;
	if (len)
		memcpy(f->expect_data, code, len);
	if (c->below)
		f->expect_data[len++] = 0xe9;
	if (len)
		f->expect = ABI_EXPECT(len);
}

static void add_function(struct emitter *em, struct out_sec *funcs, const struct chosen *c)
{
	const char *name = hv_name(&em->o.arena, c->sym->twin);
	struct abi_func f = {0};
	uint64_t at;

	f.old_addr = c->old_addr;
	f.old_size = (uint32_t)c->old_size;
	f.new_size = (uint32_t)c->out->size;
	f.version = ABI_FUNC_VERSION;
	set_expect(em, c, &f);
	at = out_sec_add(funcs, &f, sizeof(f), 8);
	out_rel_add(funcs, at + offsetof(struct abi_func, name), R_X86_64_64, em->strings->self,
		    (int64_t)out_sec_add(em->strings, name, strlen(name) + 1, 1));
	out_rel_add(funcs, at + offsetof(struct abi_func, new_addr), R_X86_64_64, c->out, 0);
}

static void add_functions(struct emitter *em)
{
	struct out_sec *funcs;
	size_t i;

	em->strings = out_sec_new(&em->o, ".livepatch.strings", SHT_PROGBITS, SHF_ALLOC, 1);
	funcs = out_sec_new(&em->o, ABI_SEC_FUNCS, SHT_PROGBITS, SHF_ALLOC, 8);
	for (i = 0; i < em->s->n; i++)
		if (em->s->v[i]->kind == CHOSEN_PATCH)
			add_function(em, funcs, em->s->v[i]);
}

static int add_note(struct emitter *em, const char *section, const char *id, struct err *e)
{
	struct out_sec *s = out_sec_new(&em->o, section, SHT_NOTE, SHF_ALLOC, 4);
	const uint32_t head[3] = {4, 20, ABI_NT_GNU_BUILD_ID};
	uint8_t desc[20];

	if (!text_unhex(desc, sizeof(desc), id))
		return err_fail(e, "\"%s\": not a build-id of 40 hexadecimal digits", id);
	out_sec_add(s, head, sizeof(head), 1);
	out_sec_add(s, "GNU", 4, 1);
	out_sec_add(s, desc, sizeof(desc), 1);
	return 0;
}

static void add_modinfo(struct emitter *em, const char *const *lines)
{
	struct out_sec *s = out_sec_new(&em->o, ABI_SEC_MODINFO, SHT_PROGBITS, SHF_ALLOC, 1);

	for (; *lines; lines++)
		out_sec_add(s, *lines, strlen(*lines) + 1, 1);
	out_sec_add(s, EMIT_NO_DIGEST, sizeof(EMIT_NO_DIGEST), 1);
}

/* The last place of @what in @out, or NULL: metadata and notes come behind all code. */
static char *find_last(const struct strbuf *out, const void *what, size_t len)
{
	char *found = NULL;
	char *p = out->data;

	while ((p = memmem(p, out->len - (size_t)(p - out->data), what, len)))
		found = p++;
	return found;
}

/*
 * The payload is digested with zeros where its build-id and its digest will be. The
 * first 20 bytes are the build-id, all of them stand in the metadata: what Xen lists
 * tells one payload from another.
 */
static int set_identity(struct strbuf *out, char build_id[41], struct err *e)
{
	static const char note[36] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU";
	char *id = find_last(out, note, sizeof(note));
	char *info = find_last(out, EMIT_NO_DIGEST, sizeof(EMIT_NO_DIGEST));
	unsigned char sum[DIGEST_SIZE];
	char hex[DIGEST_HEX];

	if (!id || !info)
		return err_fail(e, "payload: its build-id is lost: an error in patchbuild");
	digest(sum, out->data, out->len);
	text_hex(hex, sum, sizeof(sum));
	text_hex(build_id, sum, 20);
	memcpy(id + 16, sum, 20);
	memcpy(info + strlen(EMIT_NO_DIGEST) - 2 * DIGEST_SIZE, hex, 2 * DIGEST_SIZE);
	return 0;
}

static int build(struct emitter *em, const struct emit_info *info, struct err *e)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	struct selection *s = em->s;
	size_t i;

	for (i = 0; i < s->n; i++)
		add_chosen(em, s->v[i]);
	for (i = 0; i < s->n; i++)
		fill_chosen(em, s->v[i]);
	for (i = 0; i < s->n; i++)
		if (s->v[i]->kind <= CHOSEN_NEW)
			add_items(em, s->v[i]);
	add_functions(em);
	add_modinfo(em, info->modinfo);
	if (add_note(em, ABI_SEC_DEPENDS, info->depends, e) < 0 ||
	    add_note(em, ABI_SEC_XEN_DEPENDS, info->xen_build_id, e) < 0 ||
	    add_note(em, ABI_SEC_BUILD_ID, zeros, e) < 0)
		return -1;
	if (em->failures)
		return err_fail(e, "payload: a reference changed its mind: an error in patchbuild");
	return 0;
}

int emit(struct selection *s, const struct emit_info *info, struct strbuf *out, char build_id[41],
	 struct err *e)
{
	struct emitter em = {.s = s, .o = {.machine = EM_X86_64}};
	size_t before = s->n;
	int ret = build(&em, info, e);

	if (ret == 0 && s->n != before)
		ret = err_fail(e, "payload: grew while written: an error in patchbuild");
	if (ret == 0)
		ret = out_write(&em.o, out, e);
	if (ret == 0)
		ret = set_identity(out, build_id, e);
	out_free(&em.o);
	free(em.placed);
	return ret;
}
