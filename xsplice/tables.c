// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tables.c - hooks, exception table and bug frames, as linked
 *
 * The sections' sizes are whole entries (payload.c). What is read here are the
 * linked bytes: what Xen will read, whatever made them.
 */
#include "arch.h"
#include "link.h"
#include "sort.h"

void xsp_table_find(const struct xsp_link *k, const char *name, uint32_t entry,
		    struct xsp_table *out, struct xsp_section *s)
{
	out->addr = 0;
	out->count = 0;
	if (!xsp_image_find(&k->p->image, name, s) || !s->size)
		return;
	out->addr = xsp_section_addr(k->m, s->index);
	out->count = (uint32_t)(s->size / entry);
}

static uint64_t sign_extend(uint32_t v, uint32_t bits)
{
	uint32_t sign = 1u << (bits - 1);
	uint64_t low = v & (sign | (sign - 1));

	return (low ^ sign) - sign;
}

/* --- hooks ---------------------------------------------------------------------------- */

/* Where Xen runs with indirect branch tracking a call to anything else is its end. */
static bool may_be_called(const struct xsp_link *k, uint64_t addr)
{
	const struct xsp_host *host = k->loader->host;

	if (!host->has_ibt || !host->has_ibt(host->ctx))
		return true;
	return xsp_in_region(k->m, XSP_TEXT, addr, ABI_X86_ENDBR_SIZE) &&
	       xsp_x86_64_is_endbr(xsp_at(k->m, addr));
}

/* Hooks are pointers to code of the payload. */
static int check_hooks(struct xsp_link *k, enum xsp_hook hook)
{
	const struct xsp_section *s = &k->p->hooks[hook];
	struct xsp_table *t = &k->m->hooks[hook];
	uint64_t fn;
	uint32_t i;

	if (!s->size)
		return 0;
	t->addr = xsp_section_addr(k->m, s->index);
	t->count = (uint32_t)(s->size / 8);
	for (i = 0; i < t->count; i++) {
		fn = xsp_le64(xsp_at(k->m, t->addr + 8 * (uint64_t)i));
		if (!xsp_in_region(k->m, XSP_TEXT, fn, 1))
			return xsp_fail(k->cause, XSP_HOOK_TARGET, s->pos + 8 * (size_t)i,
					xsp_hook_section(hook));
		if (!may_be_called(k, fn))
			return xsp_fail(k->cause, XSP_HOOK_ENDBR, s->pos + 8 * (size_t)i,
					xsp_hook_section(hook));
	}
	return 0;
}

/* --- exception table --------------------------------------------------------------------- */

struct ex_bytes {
	uint8_t addr[4];
	uint8_t cont[4];
};

static bool ex_less(const struct ex_bytes *a, const struct ex_bytes *b)
{
	return (int32_t)xsp_le32(a->addr) < (int32_t)xsp_le32(b->addr);
}

XSP_SORT(sort_ex, struct ex_bytes, ex_less)

/* Entry @i leads from code of the payload to code of the payload. */
static bool ex_ok(const struct xsp_link *k, const struct ex_bytes *e, uint64_t at)
{
	uint64_t addr = at + sign_extend(xsp_le32(e->addr), 32);
	uint64_t cont = at + 4 + sign_extend(xsp_le32(e->cont), 32);

	return xsp_in_region(k->m, XSP_TEXT, addr, 1) && xsp_in_region(k->m, XSP_TEXT, cont, 1);
}

/* Adds @by times its offset in the table to each field: 1 makes displacements relative to
 * the table's beginning, -1 turns that back. All are within 16 MiB. */
static void ex_shift(struct ex_bytes *e, uint32_t n, uint32_t by)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		xsp_put32(e[i].addr, xsp_le32(e[i].addr) + by * 8 * i);
		xsp_put32(e[i].cont, xsp_le32(e[i].cont) + by * (8 * i + 4));
	}
}

/* Xen searches the table in halves: it is sorted by address. */
static int link_ex_table(struct xsp_link *k)
{
	struct xsp_table *t = &k->m->ex_table;
	struct xsp_section s;
	struct ex_bytes *e;
	uint32_t i;

	xsp_table_find(k, ABI_SEC_EX_TABLE, sizeof(*e), t, &s);
	if (!t->count)
		return 0;
	e = (struct ex_bytes *)(void *)xsp_at(k->m, t->addr);
	for (i = 0; i < t->count; i++)
		if (!ex_ok(k, &e[i], t->addr + sizeof(*e) * (uint64_t)i))
			return xsp_fail(k->cause, XSP_EX_ENTRY, s.pos + sizeof(*e) * (size_t)i,
					ABI_SEC_EX_TABLE);
	ex_shift(e, t->count, 1);
	sort_ex(e, t->count);
	ex_shift(e, t->count, (uint32_t)-1);
	return 0;
}

/* --- bug frames ------------------------------------------------------------------------------ */

/* Longest string that is looked through for its end. */
#define STRING_MAX 1024

/* Types that mean something else than "file name and line" (asm/bug.h). */
#define TYPE_RUN    0
#define TYPE_ASSERT 3

static const char *const bug_sections[ABI_BUG_TYPES] = {
	ABI_SEC_BUG_FRAMES "0",
	ABI_SEC_BUG_FRAMES "1",
	ABI_SEC_BUG_FRAMES "2",
	ABI_SEC_BUG_FRAMES "3",
};

/* A string that ends, in the payload's data or the hypervisor's. */
static bool is_string(const struct xsp_link *k, uint64_t addr)
{
	const struct xsp_host *host = k->loader->host;
	uint64_t room;
	uint8_t byte;
	uint64_t i;

	if (!xsp_in_module(k->m, addr, 1))
		return host->read_data(host->ctx, addr, &byte, 1);
	if (xsp_in_region(k->m, XSP_TEXT, addr, 1))
		return false;
	room = k->m->base + k->m->layout.size - addr;
	for (i = 0; i < room && i < STRING_MAX; i++)
		if (!*xsp_at(k->m, addr + i))
			return true;
	return false;
}

/* A frame of x86, of @type, at @at: 24 bits of displacement from its beginning. */
static enum xsp_code check_frame_x86(const struct xsp_link *k, uint32_t type, uint64_t at)
{
	const uint8_t *b = xsp_at(k->m, at);
	uint64_t ptr = at + sign_extend(xsp_le32(b + 4), 24);

	if (!xsp_in_region(k->m, XSP_TEXT, at + sign_extend(xsp_le32(b), 24), 1))
		return XSP_BUG_LOCATION;
	if (type == TYPE_RUN)
		return xsp_link_code(k, ptr, 1) ? XSP_OK : XSP_BUG_POINTER;
	if (!is_string(k, ptr))
		return XSP_BUG_POINTER;
	if (type != TYPE_ASSERT)
		return XSP_OK;
	/* The message is in a second frame, which has no location. */
	if (xsp_le32(b + 8) || !is_string(k, at + sign_extend(xsp_le32(b + 12), 32)))
		return XSP_BUG_POINTER;
	return XSP_OK;
}

/* The same of arm64, where type 0 has its function in a register. */
static enum xsp_code check_frame_arm64(const struct xsp_link *k, uint32_t type, uint64_t at)
{
	const uint8_t *b = xsp_at(k->m, at);

	if (!xsp_in_region(k->m, XSP_TEXT, at + sign_extend(xsp_le32(b), 32), 4))
		return XSP_BUG_LOCATION;
	if (type != TYPE_RUN && !is_string(k, at + sign_extend(xsp_le32(b + 4), 32)))
		return XSP_BUG_POINTER;
	if (type == TYPE_ASSERT && !is_string(k, at + sign_extend(xsp_le32(b + 8), 32)))
		return XSP_BUG_POINTER;
	return XSP_OK;
}

/*
 * A relocation of a frame of x86: what it leads to, as the relocation has it, is what
 * Xen will find through the 24 bits that are left of it beside the line number. The
 * addend is the place in the section, the word's offset in the frame, and the line.
 */
static bool word_ok(const struct xsp_link *k, const struct xsp_reloc *r, uint64_t section)
{
	uint32_t word = (uint32_t)(r->offset % 8);
	uint64_t frame = section + r->offset - word;
	uint64_t wanted = k->targets[r->symbol].addr + sign_extend((uint32_t)r->addend, 24) - word;

	if (r->type != ABI_R_X86_64_PC32 || word % 4)
		return false;
	return wanted == frame + sign_extend(xsp_le32(xsp_at(k->m, section + r->offset)), 24);
}

/* No displacement of a frame was cut off. A message's (type 3) has all 32 bits. */
static int check_words(struct xsp_link *k, uint32_t type, const struct xsp_section *s)
{
	struct xsp_section relocs;
	struct xsp_reloc r;
	uint32_t at = 0;
	uint32_t i;

	while (xsp_image_relocs(&k->p->image, at, &relocs)) {
		at = relocs.index;
		if (relocs.info != s->index)
			continue;
		for (i = 0; i < xsp_reloc_count(&relocs); i++) {
			xsp_image_reloc(&relocs, i, &r);
			if (r.type == ABI_R_X86_64_NONE ||
			    (type == TYPE_ASSERT && r.offset % 16 >= 8))
				continue;
			if (!word_ok(k, &r, xsp_section_addr(k->m, s->index)))
				return xsp_fail(k->cause, XSP_BUG_POINTER, r.pos,
						bug_sections[type]);
		}
	}
	return 0;
}

static int check_frames(struct xsp_link *k, uint32_t type, const struct xsp_section *s)
{
	bool x86 = k->p->image.machine == ABI_EM_X86_64;
	uint32_t size = x86 && type != TYPE_ASSERT ? sizeof(struct abi_bug_frame) : 16;
	uint64_t start = xsp_section_addr(k->m, s->index);
	uint32_t at;

	if (s->size % size)
		return xsp_fail(k->cause, XSP_SPECIAL_SIZE, s->pos, bug_sections[type]);
	for (at = 0; at < s->size; at += size) {
		enum xsp_code code = x86 ? check_frame_x86(k, type, start + at)
					 : check_frame_arm64(k, type, start + at);

		if (code != XSP_OK)
			return xsp_fail(k->cause, code, s->pos + at, bug_sections[type]);
	}
	return x86 ? check_words(k, type, s) : 0;
}

static int link_bug_frames(struct xsp_link *k, uint32_t type)
{
	bool x86 = k->p->image.machine == ABI_EM_X86_64;
	struct xsp_table *t = &k->m->bug_frames[type];
	struct xsp_section s;

	xsp_table_find(k, bug_sections[type],
		       x86 ? sizeof(struct abi_bug_frame) : sizeof(struct abi_bug_frame_arm64), t,
		       &s);
	return t->count ? check_frames(k, type, &s) : 0;
}

int xsp_link_tables(struct xsp_link *k)
{
	uint32_t i;

	for (i = 0; i < XSP_HOOKS; i++)
		if (check_hooks(k, (enum xsp_hook)i))
			return -1;
	for (i = 0; i < ABI_BUG_TYPES; i++)
		if (link_bug_frames(k, i))
			return -1;
	return link_ex_table(k);
}
