// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * patch.c - functions to patch: where is written, and what
 *
 * What the file alone tells about them has been checked (func.c). Here the old code
 * is found, and what is written over it is made.
 */
#include "arch.h"
#include "link.h"
#include "sort.h"

#define NAME ABI_SEC_FUNCS

/* One function's patch being made. */
struct work {
	struct xsp_link *k;
	struct xsp_patch *patch;
	uint64_t element; /* run-time address of its element of .livepatch.funcs */
	struct xsp_func f;
};

static int fail(const struct work *w, enum xsp_code code, size_t field)
{
	return xsp_fail(w->k->cause, code, w->f.pos + field, NAME);
}

static uint64_t read_pointer(const struct work *w, size_t field)
{
	return xsp_le64(xsp_at(w->k->m, w->element + field));
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/*
 * The name, as linked. A relocation may have changed its bytes, so they are compared
 * with those in the file, which are known to end.
 */
static int set_name(struct work *w)
{
	const struct xsp_image *img = &w->k->p->image;
	uint64_t addr;

	if (!w->f.name) {
		const char *symbol =
			w->f.old_code.kind == XSP_REF_EXTERN ? w->f.old_code.symbol : "";

		w->patch->name =
			*symbol ? w->k->m->strings + (symbol - (const char *)img->strings.data)
				: "";
		return 0;
	}
	addr = read_pointer(w, offsetof(struct abi_func, name));
	if (memcmp(xsp_at(w->k->m, addr), w->f.name, length(w->f.name) + 1))
		return fail(w, XSP_FUNC_NAME, offsetof(struct abi_func, name));
	w->patch->name = (const char *)xsp_at(w->k->m, addr);
	return 0;
}

/* The address given, as linked; or that of the name. */
static int find_old(struct work *w)
{
	struct xsp_patch *t = w->patch;
	uint8_t *field = xsp_at(w->k->m, w->element + offsetof(struct abi_func, old_addr));

	t->old_addr = xsp_le64(field);
	if (w->f.old_code.kind != XSP_REF_NULL)
		return 0;
	if (!xsp_lookup(w->k->loader, w->k->m, w->f.name, &t->old_addr))
		return fail(w, XSP_FUNC_NOT_FOUND, offsetof(struct abi_func, name));
	xsp_put32(field, (uint32_t)t->old_addr);
	xsp_put32(field + 4, (uint32_t)(t->old_addr >> 32));
	return 0;
}

/*
 * The old code is the hypervisor's, or a loaded module's on x86; on arm64 Xen can
 * write to its own image only.
 */
static int check_old(struct work *w)
{
	const struct xsp_host *host = w->k->loader->host;
	struct xsp_patch *t = w->patch;
	bool x86 = w->k->p->image.machine == ABI_EM_X86_64;
	const struct xsp_module *owner;

	if (t->old_addr & (xsp_arch_unit(w->k->p->image.machine) - 1))
		return fail(w, XSP_RELOC_MISALIGNED, offsetof(struct abi_func, old_addr));
	if (host->is_text(host->ctx, t->old_addr, t->old_size)) {
		if (host->is_denied(host->ctx, t->old_addr, t->old_size))
			return fail(w, XSP_FUNC_DENIED, offsetof(struct abi_func, old_addr));
		return 0;
	}
	owner = x86 ? xsp_text_owner(w->k->loader, t->old_addr, t->old_size) : NULL;
	if (!owner)
		return fail(w, XSP_FUNC_OLD_TEXT, offsetof(struct abi_func, old_addr));
	xsp_module_uses(w->k->m, owner);
	return 0;
}

/* An endbr64 stays where it is; what is written comes behind it. Needs check_old(). */
static uint32_t landing(const struct work *w)
{
	uint8_t code[ABI_X86_ENDBR_SIZE];

	/* All of it, however short the patch: half of one is other instructions. */
	if (!xsp_is_code(w->k->loader, w->patch->old_addr, sizeof(code)))
		return 0;
	xsp_read_code(w->k->loader, w->patch->old_addr, code, sizeof(code));
	return xsp_arch_landing(w->k->p->image.machine, code);
}

/* What is written, and where. */
static int make_code(struct work *w)
{
	uint16_t machine = w->k->p->image.machine;
	struct xsp_patch *t = w->patch;
	uint32_t skip = landing(w);
	uint32_t size = t->new_addr ? xsp_arch_jump_size(machine) : t->new_size - skip;

	/* Xen's loader lets the length of NOPs wrap here. */
	if (!t->new_addr && t->new_size < skip)
		return fail(w, XSP_FUNC_ENDBR, offsetof(struct abi_func, new_size));
	if (t->old_size < skip + size)
		return fail(w, XSP_FUNC_ENDBR, offsetof(struct abi_func, old_size));
	t->addr = t->old_addr + skip;
	t->size = (uint8_t)size;
	if (!t->new_addr)
		xsp_arch_nops(machine, t->code, size);
	else if (!xsp_arch_jump(machine, t->addr, t->new_addr, t->code))
		return fail(w, XSP_FUNC_DISTANCE, offsetof(struct abi_func, new_addr));
	return 0;
}

static int make_patch(struct xsp_link *k, uint32_t index)
{
	struct xsp_patch *t = &k->m->patches[index];
	struct work w;

	w.k = k;
	w.patch = t;
	w.element = k->m->funcs.addr + (uint64_t)index * sizeof(struct abi_func);
	xsp_payload_func(k->p, index, &w.f);
	t->new_addr = read_pointer(&w, offsetof(struct abi_func, new_addr));
	t->old_size = w.f.old_size;
	t->new_size = w.f.new_size;
	t->nexpect = (uint8_t)w.f.expected.size;
	memcpy(t->expect, w.f.expected.data, t->nexpect);
	return set_name(&w) || find_old(&w) || check_old(&w) || make_code(&w) ? -1 : 0;
}

/* Bytes that are written, for finding those that are written twice. */
struct range {
	uint64_t addr;
	uint32_t size;
	uint32_t index;
};

static bool range_less(const struct range *a, const struct range *b)
{
	return a->addr < b->addr;
}

XSP_SORT(sort_ranges, struct range, range_less)

/* No byte is written by two patches. Needs a[n], sorted. */
static int check_ranges(struct xsp_link *k, const struct range *a, uint32_t n)
{
	uint32_t i;

	for (i = 1; i < n; i++)
		if (a[i].addr - a[i - 1].addr < a[i - 1].size)
			return xsp_fail(k->cause, XSP_FUNC_OVERLAP,
					k->p->funcs.pos +
						(uint64_t)a[i].index * sizeof(struct abi_func),
					NAME);
	return 0;
}

static int check_overlap(struct xsp_link *k)
{
	const struct xsp_host *host = k->loader->host;
	struct range *a = xsp_alloc(host, k->m->npatches, sizeof(*a));
	uint32_t i, n = 0;
	int status;

	if (!a)
		return xsp_fail(k->cause, XSP_NO_MEMORY, 0, NAME);
	for (i = 0; i < k->m->npatches; i++) {
		if (!k->m->patches[i].size)
			continue;
		a[n].addr = k->m->patches[i].addr;
		a[n].size = k->m->patches[i].size;
		a[n++].index = i;
	}
	sort_ranges(a, n);
	status = check_ranges(k, a, n);
	xsp_free(host, a);
	return status;
}

int xsp_link_patches(struct xsp_link *k)
{
	struct xsp_module *m = k->m;
	uint32_t i;

	if (!k->p->nfuncs)
		return 0;
	m->funcs.addr = xsp_section_addr(m, k->p->funcs.index);
	m->funcs.count = k->p->nfuncs;
	m->patches = xsp_alloc(k->loader->host, k->p->nfuncs, sizeof(*m->patches));
	if (!m->patches)
		return xsp_fail(k->cause, XSP_NO_MEMORY, 0, NAME);
	for (i = 0; i < k->p->nfuncs; i++, m->npatches++)
		if (make_patch(k, i))
			return -1;
	return check_overlap(k);
}
