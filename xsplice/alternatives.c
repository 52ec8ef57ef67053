// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * alternatives.c - can these alternatives be applied?
 *
 * The hypervisor applies them by its own code, which crashes on entries that make no
 * sense (up to 4.18 all of them, on arm64 still). So every entry is followed here the
 * way that code will go; what passes cannot make it fail. Read is linked memory.
 */
#include "arch.h"
#include "link.h"

#define NAME	   ABI_SEC_ALTINSTR
#define NAME_CALLS ABI_SEC_ALT_CALLS

/* Longest original with its padding: buf[] in Xen's _apply_alternatives(). */
#define TOTAL_MAX 254

/* Bytes of: an indirect call or jump through memory, a direct one. */
#define INDIRECT_SIZE 6
#define DIRECT_SIZE   5

/* One entry, with addresses. */
struct alt {
	uint64_t orig;
	uint64_t repl;
	uint32_t feature;
	uint32_t orig_len;
	uint32_t repl_len;
	uint32_t total; /* original and padding */
	uint8_t priv;
};

static uint64_t relative(const struct xsp_link *k, uint64_t field)
{
	return field + (((uint64_t)xsp_le32(xsp_at(k->m, field)) ^ 0x80000000u) - 0x80000000u);
}

static void read_entry(const struct xsp_link *k, uint64_t at, struct alt *a)
{
	const uint8_t *b = xsp_at(k->m, at);

	a->orig = relative(k, at + offsetof(struct abi_alt_instr, orig_offset));
	a->repl = relative(k, at + offsetof(struct abi_alt_instr, repl_offset));
	a->feature = (uint32_t)b[8] | (uint32_t)b[9] << 8;
	a->orig_len = b[10];
	a->repl_len = b[11];
	a->total = a->orig_len;
	a->priv = 0;
	if (k->p->image.machine == ABI_EM_X86_64) {
		a->feature &= ~(uint32_t)ABI_ALT_NOT;
		a->total += b[12];
		a->priv = b[13];
	}
}

/* --- indirect calls that become direct ones ---------------------------------------------- */

/* The pointer at @addr as it is now, in any memory that is known. */
static bool read_pointer(const struct xsp_link *k, uint64_t addr, uint64_t *out)
{
	const struct xsp_host *host = k->loader->host;
	const struct xsp_module *m = k->m;
	uint8_t raw[8];

	if (!xsp_in_module(m, addr, sizeof(raw)))
		for (m = k->loader->first; m && !xsp_in_module(m, addr, sizeof(raw)); m = m->next)
			;
	if (m)
		memcpy(raw, xsp_at(m, addr), sizeof(raw));
	else if (!host->read_data(host->ctx, addr, raw, sizeof(raw)))
		return false;
	*out = xsp_le64(raw);
	return true;
}

/*
 * A call or jump at @site through the pointer that @insn (ff 15 or ff 25) names: Xen
 * reads the pointer and what it leads to, steps over an endbr64 there, and stores the
 * distance in 32 bits. No pointer (0) becomes an undefined instruction.
 */
static bool pointer_ok(const struct xsp_link *k, uint64_t site)
{
	uint64_t addr = relative(k, site + 2) + 4;
	const struct xsp_module *owner;
	uint64_t dest;

	if (!read_pointer(k, addr, &dest))
		return false;
	if (!dest)
		return true;
	/* A direct call keeps what is called from being unloaded. */
	owner = xsp_text_owner(k->loader, dest, ABI_X86_ENDBR_SIZE);
	if (owner)
		xsp_module_uses(k->m, owner);
	return xsp_link_code(k, dest, ABI_X86_ENDBR_SIZE) &&
	       xsp_fits_s32(dest - (site + DIRECT_SIZE)) &&
	       xsp_fits_s32(dest + ABI_X86_ENDBR_SIZE - (site + DIRECT_SIZE));
}

static bool is_indirect(const uint8_t *insn, uint8_t modrm)
{
	return insn[0] == 0xff && insn[1] == modrm;
}

/*
 * A replacement that begins with a direct call or jump is moved: its displacement
 * changes. The displacement -5 stands for "what the original calls".
 */
static enum xsp_code check_branch(const struct xsp_link *k, const struct alt *a)
{
	const uint8_t *repl = xsp_at(k->m, a->repl);
	uint64_t target;

	if (a->repl_len < DIRECT_SIZE || (repl[0] & 0xfe) != 0xe8)
		return XSP_OK;
	target = relative(k, a->repl + 1) + 4;
	if (target == a->repl) {
		if (a->orig_len < INDIRECT_SIZE ||
		    !is_indirect(xsp_at(k->m, a->orig), repl[0] & 1 ? 0x25 : 0x15) ||
		    !pointer_ok(k, a->orig))
			return XSP_ALT_CALL;
		return XSP_OK;
	}
	return xsp_fits_s32(target - (a->orig + DIRECT_SIZE)) ? XSP_OK : XSP_ALT_BRANCH;
}

/* --- entries --------------------------------------------------------------------------------- */

static enum xsp_code check_x86(const struct xsp_link *k, const struct alt *a)
{
	if (a->repl_len > a->total || a->total > TOTAL_MAX)
		return XSP_ALT_SIZE;
	if (a->priv)
		return XSP_ALT_APPLIED;
	return check_branch(k, a);
}

/*
 * Instruction @insn of a replacement, at @from, is copied to @to: a branch to the
 * replacement itself stays as it is, one to code that Xen knows by now is changed.
 * Xen does not know the payload's, and stops the machine.
 */
static bool insn_ok(const struct xsp_link *k, const struct alt *a, uint32_t offset)
{
	uint64_t target, reach;
	uint64_t from = a->repl + offset;
	enum xsp_arm64_kind kind;

	kind = xsp_arm64_insn(xsp_le32(xsp_at(k->m, from)), from, &target, &reach);
	if (kind != XSP_ARM64_BRANCH)
		return kind == XSP_ARM64_PLAIN;
	if (xsp_is_code(k->loader, target, 4))
		return target - (a->orig + offset) + reach < 2 * reach;
	return xsp_covers(a->repl, a->repl_len, target, 4);
}

static enum xsp_code check_arm64(const struct xsp_link *k, const struct alt *a)
{
	uint32_t i;

	if (a->repl_len != a->orig_len || ((a->orig | a->repl | a->orig_len) & 3))
		return XSP_ALT_SIZE;
	for (i = 0; i < a->repl_len; i += 4)
		if (!insn_ok(k, a, i))
			return XSP_ALT_BRANCH;
	return XSP_OK;
}

static enum xsp_code check_entry(const struct xsp_link *k, const struct alt *a,
				 const struct xsp_section *repl)
{
	uint64_t start = xsp_section_addr(k->m, repl->index);

	if (!xsp_in_region(k->m, XSP_TEXT, a->orig, a->total))
		return XSP_ALT_ORIGINAL;
	if (!xsp_covers(start, repl->size, a->repl, a->repl_len))
		return XSP_ALT_REPLACEMENT;
	if (a->feature >= k->loader->features)
		return XSP_ALT_FEATURE;
	return k->p->image.machine == ABI_EM_X86_64 ? check_x86(k, a) : check_arm64(k, a);
}

static int link_entries(struct xsp_link *k)
{
	bool x86 = k->p->image.machine == ABI_EM_X86_64;
	uint32_t size = x86 ? sizeof(struct abi_alt_instr) : sizeof(struct abi_alt_instr_arm64);
	struct xsp_table *t = &k->m->alternatives;
	struct xsp_section repl;
	struct xsp_section s;
	uint32_t i;

	xsp_table_find(k, NAME, size, t, &s);
	/* It is there if there are entries: payload.c. */
	(void)xsp_image_find(&k->p->image, ABI_SEC_ALTINSTR_REP, &repl);
	for (i = 0; i < t->count; i++) {
		enum xsp_code code;
		struct alt a;

		read_entry(k, t->addr + (uint64_t)i * size, &a);
		code = check_entry(k, &a, &repl);
		if (code != XSP_OK)
			return xsp_fail(k->cause, code, s.pos + (size_t)i * size, NAME);
	}
	return 0;
}

/* Xen 4.21: places of indirect calls, each 6 bytes. */
static int link_calls(struct xsp_link *k)
{
	struct xsp_table *t = &k->m->alt_calls;
	struct xsp_section s;
	uint32_t i;

	xsp_table_find(k, NAME_CALLS, sizeof(struct abi_alt_call), t, &s);
	for (i = 0; i < t->count; i++) {
		uint64_t site = relative(k, t->addr + sizeof(struct abi_alt_call) * (uint64_t)i);

		if (!xsp_in_region(k->m, XSP_TEXT, site, INDIRECT_SIZE) ||
		    !is_indirect(xsp_at(k->m, site), 0x15) || !pointer_ok(k, site))
			return xsp_fail(k->cause, XSP_ALT_CALL,
					s.pos + sizeof(struct abi_alt_call) * (size_t)i,
					NAME_CALLS);
	}
	return 0;
}

int xsp_link_alternatives(struct xsp_link *k)
{
	return link_entries(k) || link_calls(k) ? -1 : 0;
}
