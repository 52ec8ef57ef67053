// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arch-x86_64.c - relocations and instructions of x86-64
 *
 * Relocations: System V ABI, AMD64 supplement, table 4.9 and section B.2 (code
 * without a global offset table). What fits is judged as GNU ld does.
 */
#include "arch.h"

/* What of a number must survive in its field. */
enum fit {
	FIT_ALL, /* the field has 64 bits */
	FIT_SIGNED,
	FIT_UNSIGNED,
	FIT_EITHER, /* read as signed or as unsigned */
};

struct kind {
	uint8_t type;
	uint8_t size; /* bytes */
	bool relative; /* to the place */
	uint8_t fit;
};

static const struct kind kinds[] = {
	{ABI_R_X86_64_64, 8, false, FIT_ALL},	   {ABI_R_X86_64_PC32, 4, true, FIT_SIGNED},
	{ABI_R_X86_64_PLT32, 4, true, FIT_SIGNED}, {ABI_R_X86_64_32, 4, false, FIT_UNSIGNED},
	{ABI_R_X86_64_32S, 4, false, FIT_SIGNED},  {ABI_R_X86_64_16, 2, false, FIT_EITHER},
	{ABI_R_X86_64_PC16, 2, true, FIT_SIGNED},  {ABI_R_X86_64_8, 1, false, FIT_EITHER},
	{ABI_R_X86_64_PC8, 1, true, FIT_SIGNED},   {ABI_R_X86_64_PC64, 8, true, FIT_ALL},
};

static bool fits(uint64_t v, const struct kind *k)
{
	uint64_t half = (uint64_t)1 << (8 * k->size - 1);

	switch (k->fit) {
	case FIT_SIGNED:
		return v + half < 2 * half;
	case FIT_UNSIGNED:
		return v < 2 * half;
	case FIT_EITHER:
		return v + half < 3 * half;
	default:
		return true;
	}
}

static void put(uint8_t *p, uint64_t v, uint32_t size)
{
	while (size--) {
		*p++ = (uint8_t)v;
		v >>= 8;
	}
}

static enum xsp_code fix_field(const struct xsp_fix *f, const struct kind *k, bool write)
{
	uint64_t v = k->relative ? f->value - f->place : f->value;

	if (f->room < k->size)
		return XSP_RELOC_OFFSET;
	if (!fits(v, k))
		return XSP_RELOC_OVERFLOW;
	if (write)
		put(f->bytes, v, k->size);
	return XSP_OK;
}

/* The instruction that a *GOTPCRELX relocation is about, without the table. */
static void write_gotless(uint8_t *insn, uint32_t v)
{
	if (insn[0] == 0x8b) { /* mov sym@GOTPCREL(%rip), %reg: lea */
		insn[0] = 0x8d;
	} else if (insn[1] == 0x15) { /* call *sym@GOTPCREL(%rip): a prefix, call */
		insn[0] = 0x67;
		insn[1] = 0xe8;
	} else { /* jmp *: jmp, and a NOP; the field is one byte further to the front */
		insn[0] = 0xe9;
		xsp_put32(insn + 1, v + 1);
		insn[5] = 0x90;
		return;
	}
	xsp_put32(insn + 2, v);
}

/*
 * Address of the symbol by way of a table that live patches do not have. The
 * relocation promises an instruction of a known form, which can do without.
 */
static enum xsp_code fix_gotless(const struct xsp_fix *f, bool write)
{
	uint64_t v = f->value - f->place;
	uint8_t *insn;

	if (f->room < 4 || f->before < 2)
		return XSP_RELOC_OFFSET;
	insn = f->bytes - 2;
	if (f->addend != -4 ||
	    (insn[0] != 0x8b && (insn[0] != 0xff || (insn[1] != 0x15 && insn[1] != 0x25))))
		return XSP_RELOC_TYPE;
	if (!xsp_fits_s32(v) || !xsp_fits_s32(v + 1))
		return XSP_RELOC_OVERFLOW;
	if (write)
		write_gotless(insn, (uint32_t)v);
	return XSP_OK;
}

enum xsp_code xsp_x86_64_fix(const struct xsp_fix *f, bool write)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == f->type)
			return fix_field(f, &kinds[i], write);
	if (f->type == ABI_R_X86_64_GOTPCRELX || f->type == ABI_R_X86_64_REX_GOTPCRELX)
		return fix_gotless(f, write);
	return XSP_RELOC_TYPE;
}

/*
 * Is it an endbr64 (1), or the NOP that Xen puts in its place (2; asm/endbr.h)? Inverted,
 * so that their bytes are nowhere in the hypervisor where no branch may land.
 */
static uint32_t find_mark(const uint8_t code[ABI_X86_ENDBR_SIZE])
{
	static const uint8_t marks[2][ABI_X86_ENDBR_SIZE] = {
		{0x0c, 0xf0, 0xe1, 0x05}, /* f3 0f 1e fa */
		{0x99, 0xf0, 0xe0, 0xfe}, /* 66 0f 1f 01 */
	};
	uint32_t i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < ABI_X86_ENDBR_SIZE; k++) {
			uint8_t wanted = (uint8_t)~marks[i][k];

			if (code[k] != wanted)
				break;
		}
		if (k == ABI_X86_ENDBR_SIZE)
			return i + 1;
	}
	return 0;
}

uint32_t xsp_x86_64_landing(const uint8_t code[ABI_X86_ENDBR_SIZE])
{
	return find_mark(code) ? ABI_X86_ENDBR_SIZE : 0;
}

bool xsp_x86_64_is_endbr(const uint8_t code[ABI_X86_ENDBR_SIZE])
{
	return find_mark(code) == 1;
}

bool xsp_x86_64_jump(uint64_t from, uint64_t to, uint8_t *out)
{
	uint64_t v = to - (from + ABI_X86_JUMP_SIZE);

	if (!xsp_fits_s32(v))
		return false;
	out[0] = 0xe9;
	xsp_put32(out + 1, (uint32_t)v);
	return true;
}

/* The sequences that both vendors recommend (Intel SDM, NOP; AMD APM, NOP). */
void xsp_x86_64_nops(uint8_t *out, uint32_t size)
{
	static const uint8_t nops[9][9] = {
		{0x90},
		{0x66, 0x90},
		{0x0f, 0x1f, 0x00},
		{0x0f, 0x1f, 0x40, 0x00},
		{0x0f, 0x1f, 0x44, 0x00, 0x00},
		{0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
		{0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
		{0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
		{0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
	};

	while (size) {
		uint32_t n = size < sizeof(nops[0]) ? size : (uint32_t)sizeof(nops[0]);

		memcpy(out, nops[n - 1], n);
		out += n;
		size -= n;
	}
}
