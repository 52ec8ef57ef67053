// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reloc.c - relocations
 *
 * Twice over all of them: the first time only checks, so that nothing is written
 * for a payload that is refused. The second checks again, as a relocation may
 * change the instruction that another one looks at.
 */
#include "arch.h"
#include "link.h"

/* The numbers of "nothing" (psABI table 4.9; AAELF64, section 5.7.2, two of them). */
static bool does_nothing(uint16_t machine, uint32_t type)
{
	return type == ABI_R_X86_64_NONE ||
	       (machine == ABI_EM_AARCH64 && type == ABI_R_AARCH64_NONE_OLD);
}

/* Relocation @r of section @target. */
static int fix(struct xsp_link *k, const struct xsp_section *target, const struct xsp_reloc *r,
	       bool write)
{
	uint16_t machine = k->p->image.machine;
	enum xsp_code code = XSP_OK;
	struct xsp_fix f;

	if (r->symbol >= k->p->image.nsymbols)
		return xsp_fail(k->cause, XSP_RELOC_SYMBOL, r->pos, "relocation");
	if (does_nothing(machine, r->type))
		return 0;
	if (!r->symbol)
		return xsp_fail(k->cause, XSP_RELOC_SYMBOL, r->pos, "relocation");
	if (!k->targets[r->symbol].known)
		return xsp_fail(k->cause, XSP_RELOC_NOT_LOADED, r->pos, "relocation");
	if (r->offset > target->size)
		return xsp_fail(k->cause, XSP_RELOC_OFFSET, r->pos, "relocation");
	f.type = r->type;
	f.place = xsp_section_addr(k->m, target->index) + r->offset;
	f.value = k->targets[r->symbol].addr + (uint64_t)r->addend;
	f.addend = r->addend;
	f.bytes = xsp_at(k->m, f.place);
	f.before = r->offset;
	f.room = target->size - r->offset;
	code = xsp_arch_fix(machine, &f, write);
	return code == XSP_OK ? 0 : xsp_fail(k->cause, code, r->pos, "relocation");
}

static int fix_section(struct xsp_link *k, const struct xsp_section *relocs, bool write)
{
	uint32_t n = xsp_reloc_count(relocs);
	struct xsp_section target;
	struct xsp_reloc r;
	uint32_t i;

	xsp_image_section(&k->p->image, relocs->info, &target);
	for (i = 0; i < n; i++) {
		xsp_image_reloc(relocs, i, &r);
		if (fix(k, &target, &r, write))
			return -1;
	}
	return 0;
}

static int fix_all(struct xsp_link *k, bool write)
{
	struct xsp_section relocs;
	uint32_t at = 0;

	while (xsp_image_relocs(&k->p->image, at, &relocs)) {
		at = relocs.index;
		if (fix_section(k, &relocs, write))
			return -1;
	}
	return 0;
}

int xsp_relocate(struct xsp_link *k)
{
	return fix_all(k, false) || fix_all(k, true) ? -1 : 0;
}
