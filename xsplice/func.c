// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * func.c - the functions that a payload patches
 *
 * In a file the pointers of .livepatch.funcs are still relocations. They are
 * followed here as far as the file itself tells.
 */
#include "payload.h"

#define NAME ABI_SEC_FUNCS

/* Where one function's element is, for short. */
struct place {
	const struct xsp_payload *p;
	size_t offset; /* in the section */
	struct xsp_cause *cause;
};

static int fail(const struct place *at, enum xsp_code code, size_t field)
{
	return xsp_fail(at->cause, code, at->p->funcs.pos + at->offset + field, NAME);
}

static uint32_t pointer_type(const struct xsp_image *img)
{
	return img->machine == ABI_EM_X86_64 ? ABI_R_X86_64_64 : ABI_R_AARCH64_ABS64;
}

static uint64_t element_of(const struct xsp_payload *p, uint32_t reloc)
{
	struct xsp_reloc r;

	xsp_image_reloc(&p->func_relocs, reloc, &r);
	return r.offset / sizeof(struct abi_func);
}

/* The first relocation that belongs to @element or to one behind it. */
static uint32_t first_reloc(const struct xsp_payload *p, uint64_t element)
{
	uint32_t high = xsp_reloc_count(&p->func_relocs);
	uint32_t low = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (element_of(p, mid) < element)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * The relocation of the pointer at @offset of .livepatch.funcs; false: none.
 * Needs check_relocs().
 */
static bool find_reloc(const struct xsp_payload *p, uint64_t offset, struct xsp_reloc *out)
{
	uint32_t n = xsp_reloc_count(&p->func_relocs);
	uint64_t element = offset / sizeof(struct abi_func);
	uint32_t i;

	for (i = first_reloc(p, element); i < n && element_of(p, i) == element; i++) {
		xsp_image_reloc(&p->func_relocs, i, out);
		if (out->offset == offset)
			return true;
	}
	return false;
}

/* One relocation: makes one of the three pointers of an element, fully. */
static int check_reloc(const struct xsp_payload *p, const struct xsp_reloc *r, struct xsp_cause *c)
{
	uint64_t field = r->offset % sizeof(struct abi_func);
	struct xsp_symbol sym;
	struct xsp_section s;

	if (r->offset >= p->funcs.size || r->type != pointer_type(&p->image) ||
	    (field != offsetof(struct abi_func, name) &&
	     field != offsetof(struct abi_func, new_addr) &&
	     field != offsetof(struct abi_func, old_addr)))
		return xsp_fail(c, XSP_POINTER_RELOC, r->pos, NAME);
	if (!r->symbol || r->symbol >= p->image.nsymbols)
		return xsp_fail(c, XSP_POINTER_SYMBOL, r->pos, NAME);
	xsp_image_symbol(&p->image, r->symbol, &sym);
	if (sym.shndx == ABI_SHN_UNDEF || sym.shndx == ABI_SHN_ABS)
		return 0;
	xsp_image_section(&p->image, sym.shndx, &s);
	if (!(s.flags & ABI_SHF_ALLOC))
		return xsp_fail(c, XSP_POINTER_SYMBOL, r->pos, NAME);
	return 0;
}

/*
 * All relocations of the section: those of an element behind those of the one
 * before it (so that one can be found fast), no place changed by two.
 */
static int check_relocs(const struct xsp_payload *p, struct xsp_cause *c)
{
	uint32_t n = xsp_reloc_count(&p->func_relocs);
	uint64_t element = 0;
	uint32_t seen = 0;
	struct xsp_reloc r;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t field;

		xsp_image_reloc(&p->func_relocs, i, &r);
		if (check_reloc(p, &r, c))
			return -1;
		if (r.offset / sizeof(struct abi_func) < element)
			return xsp_fail(c, XSP_POINTER_ORDER, r.pos, NAME);
		if (r.offset / sizeof(struct abi_func) > element)
			seen = 0;
		element = r.offset / sizeof(struct abi_func);
		field = 1u << (r.offset % sizeof(struct abi_func));
		if (seen & field)
			return xsp_fail(c, XSP_POINTER_RELOC, r.pos, NAME);
		seen |= field;
	}
	return 0;
}

/* Follows the pointer at @offset of the section, whose bytes in the file are @raw. */
static void read_ref(const struct xsp_payload *p, uint64_t offset, uint64_t raw,
		     struct xsp_ref *out)
{
	struct xsp_symbol sym;
	struct xsp_reloc r;

	memset(out, 0, sizeof(*out));
	out->symbol = "";
	out->value = raw;
	out->kind = raw ? XSP_REF_VALUE : XSP_REF_NULL;
	if (!find_reloc(p, offset, &r))
		return;
	xsp_image_symbol(&p->image, r.symbol, &sym);
	out->symbol = sym.name;
	out->value = sym.value + (uint64_t)r.addend;
	out->addend = r.addend;
	out->shndx = sym.shndx;
	if (sym.shndx == ABI_SHN_UNDEF)
		out->kind = XSP_REF_EXTERN;
	else
		out->kind = sym.shndx == ABI_SHN_ABS ? XSP_REF_VALUE : XSP_REF_LOCAL;
}

/* The string that @ref leads to, or NULL if it is not one inside a section, not too long. */
static const char *ref_string(const struct xsp_payload *p, const struct xsp_ref *ref)
{
	struct xsp_section s;
	const uint8_t *name;
	size_t i, n;

	if (ref->kind != XSP_REF_LOCAL)
		return NULL;
	xsp_image_section(&p->image, ref->shndx, &s);
	if (!s.data || ref->value >= s.size)
		return NULL;
	name = s.data + ref->value;
	n = s.size - (size_t)ref->value;
	for (i = 0; i < n && i <= XSP_SYMBOL_MAX; i++)
		if (!name[i])
			return i ? (const char *)name : NULL;
	return NULL;
}

static void read_element(const struct xsp_payload *p, uint32_t index, struct abi_func *raw)
{
	memcpy(raw, p->funcs.data + (size_t)index * sizeof(*raw), sizeof(*raw));
}

/* Sizes, and what they say about a jump or NOPs. */
static int check_sizes(const struct place *at, const struct abi_func *raw, const struct xsp_func *f)
{
	bool x86 = at->p->image.machine == ABI_EM_X86_64;
	uint32_t jump = x86 ? ABI_X86_JUMP_SIZE : ABI_ARM64_JUMP_SIZE;
	uint32_t unit = x86 ? 1 : ABI_ARM64_JUMP_SIZE;

	if (!raw->old_size)
		return fail(at, XSP_FUNC_OLD_SIZE, offsetof(struct abi_func, old_size));
	if (f->new_code.kind != XSP_REF_NULL && raw->old_size < jump)
		return fail(at, XSP_FUNC_TOO_SMALL, offsetof(struct abi_func, old_size));
	if (f->new_code.kind == XSP_REF_NULL &&
	    (raw->new_size > ABI_NOP_MAX || raw->new_size > raw->old_size || raw->new_size % unit))
		return fail(at, XSP_FUNC_NOP_SIZE, offsetof(struct abi_func, new_size));
	return 0;
}

static int check_expect(const struct place *at, const struct abi_func *raw)
{
	if (!(raw->expect & ABI_EXPECT_ENABLED))
		return 0;
	if (raw->expect & ABI_EXPECT_RSV)
		return fail(at, XSP_EXPECT_RESERVED, offsetof(struct abi_func, expect));
	if (ABI_EXPECT_LEN(raw->expect) > raw->old_size)
		return fail(at, XSP_EXPECT_SIZE, offsetof(struct abi_func, expect));
	return 0;
}

/*
 * New code begins in code of the payload. Its size means nothing to Xen there, and
 * Xen's own test payloads state wrong ones.
 */
static int check_new_code(const struct place *at, const struct xsp_func *f)
{
	struct xsp_section s;

	if (f->new_code.kind == XSP_REF_NULL)
		return 0;
	memset(&s, 0, sizeof(s));
	if (f->new_code.kind == XSP_REF_LOCAL)
		xsp_image_section(&at->p->image, f->new_code.shndx, &s);
	if (!s.data || !(s.flags & ABI_SHF_EXECINSTR) || f->new_code.value >= s.size)
		return fail(at, XSP_FUNC_NEW_RANGE, offsetof(struct abi_func, new_addr));
	return 0;
}

/* The old code is found by its address or by a name. */
static int check_old_code(const struct place *at, const struct xsp_func *f,
			  const struct abi_func *raw)
{
	struct xsp_ref name;

	read_ref(at->p, at->offset + offsetof(struct abi_func, name), raw->name, &name);
	if (f->old_code.kind == XSP_REF_LOCAL)
		return fail(at, XSP_FUNC_OLD_LOCAL, offsetof(struct abi_func, old_addr));
	if (name.kind != XSP_REF_NULL && !f->name)
		return fail(at, XSP_FUNC_NAME, offsetof(struct abi_func, name));
	if (f->old_code.kind == XSP_REF_NULL && !f->name)
		return fail(at, XSP_FUNC_NO_NAME, offsetof(struct abi_func, name));
	return 0;
}

static int check_func(const struct xsp_payload *p, uint32_t index, struct xsp_cause *c)
{
	struct place at = {p, (size_t)index * sizeof(struct abi_func), c};
	struct abi_func raw;
	struct xsp_func f;

	read_element(p, index, &raw);
	xsp_payload_func(p, index, &f);
	if (raw.version != ABI_FUNC_VERSION)
		return fail(&at, XSP_FUNC_VERSION, offsetof(struct abi_func, version));
	if (!xsp_all_zero(raw.pad, sizeof(raw.pad)))
		return fail(&at, XSP_FUNC_PAD, offsetof(struct abi_func, pad));
	if (check_sizes(&at, &raw, &f) || check_expect(&at, &raw) || check_new_code(&at, &f))
		return -1;
	return check_old_code(&at, &f, &raw);
}

int xsp_check_funcs(const struct xsp_payload *p, struct xsp_cause *c)
{
	uint32_t i;

	if (!p->nfuncs)
		return 0;
	if (check_relocs(p, c))
		return -1;
	for (i = 0; i < p->nfuncs; i++)
		if (check_func(p, i, c))
			return -1;
	return 0;
}

void xsp_payload_func(const struct xsp_payload *p, uint32_t index, struct xsp_func *out)
{
	size_t offset = (size_t)index * sizeof(struct abi_func);
	struct abi_func raw;
	struct xsp_ref name;

	memset(out, 0, sizeof(*out));
	read_element(p, index, &raw);
	out->pos = p->funcs.pos + offset;
	read_ref(p, offset + offsetof(struct abi_func, name), raw.name, &name);
	out->name = ref_string(p, &name);
	read_ref(p, offset + offsetof(struct abi_func, new_addr), raw.new_addr, &out->new_code);
	read_ref(p, offset + offsetof(struct abi_func, old_addr), raw.old_addr, &out->old_code);
	out->new_size = raw.new_size;
	out->old_size = raw.old_size;
	out->expect = raw.expect & ABI_EXPECT_ENABLED;
	out->expected.data = p->funcs.data + offset + offsetof(struct abi_func, expect_data);
	out->expected.size = out->expect ? ABI_EXPECT_LEN(raw.expect) : 0;
}
