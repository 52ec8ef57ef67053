// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arch-arm64.c - relocations and instructions of arm64
 *
 * Relocations: ELF for the Arm 64-bit Architecture (AAELF64), section 5.7.
 * Instructions: Arm Architecture Reference Manual (DDI 0487), section C4.1.
 */
#include "arch.h"

/* What is computed from S + A, and P. */
enum from {
	FROM_ABS, /* S + A */
	FROM_PLACE, /* S + A - P */
	FROM_PAGE, /* Page(S + A) - Page(P) */
};

/* Where bits of it go. */
enum field {
	FIELD_DATA, /* a number that is no part of an instruction */
	FIELD_MOVW, /* 16 bits of a movz or movk */
	FIELD_MOVS, /* the same, and the instruction becomes movz or movn by the sign */
	FIELD_ADR, /* 21 bits, the lowest two at bit 29, the others at bit 5 */
	FIELD_IMM12, /* at bit 10 */
	FIELD_IMM14, /* at bit 5 */
	FIELD_IMM19, /* at bit 5 */
	FIELD_IMM26, /* at bit 0 */
};

struct kind {
	uint16_t type;
	uint8_t from;
	uint8_t field;
	uint8_t low; /* lowest bits that are left out; FIELD_DATA: size in bits */
	uint8_t min_bits; /* -(1 << min_bits) <= number; 0: from 0 up */
	uint8_t max_bits; /* number < 1 << max_bits; 64: no check */
	uint8_t align; /* must be a multiple of this */
};

#define R(name) ABI_R_AARCH64_##name

static const struct kind kinds[] = {
	{R(ABS64), FROM_ABS, FIELD_DATA, 64, 0, 64, 1},
	{R(ABS32), FROM_ABS, FIELD_DATA, 32, 31, 32, 1},
	{R(ABS16), FROM_ABS, FIELD_DATA, 16, 15, 16, 1},
	{R(PREL64), FROM_PLACE, FIELD_DATA, 64, 0, 64, 1},
	{R(PREL32), FROM_PLACE, FIELD_DATA, 32, 31, 31, 1},
	{R(PREL16), FROM_PLACE, FIELD_DATA, 16, 15, 15, 1},

	{R(MOVW_UABS_G0), FROM_ABS, FIELD_MOVW, 0, 0, 16, 1},
	{R(MOVW_UABS_G0_NC), FROM_ABS, FIELD_MOVW, 0, 0, 64, 1},
	{R(MOVW_UABS_G1), FROM_ABS, FIELD_MOVW, 16, 0, 32, 1},
	{R(MOVW_UABS_G1_NC), FROM_ABS, FIELD_MOVW, 16, 0, 64, 1},
	{R(MOVW_UABS_G2), FROM_ABS, FIELD_MOVW, 32, 0, 48, 1},
	{R(MOVW_UABS_G2_NC), FROM_ABS, FIELD_MOVW, 32, 0, 64, 1},
	{R(MOVW_UABS_G3), FROM_ABS, FIELD_MOVW, 48, 0, 64, 1},
	{R(MOVW_SABS_G0), FROM_ABS, FIELD_MOVS, 0, 16, 16, 1},
	{R(MOVW_SABS_G1), FROM_ABS, FIELD_MOVS, 16, 32, 32, 1},
	{R(MOVW_SABS_G2), FROM_ABS, FIELD_MOVS, 32, 48, 48, 1},
	{R(MOVW_PREL_G0), FROM_PLACE, FIELD_MOVS, 0, 16, 16, 1},
	{R(MOVW_PREL_G0_NC), FROM_PLACE, FIELD_MOVW, 0, 0, 64, 1},
	{R(MOVW_PREL_G1), FROM_PLACE, FIELD_MOVS, 16, 32, 32, 1},
	{R(MOVW_PREL_G1_NC), FROM_PLACE, FIELD_MOVW, 16, 0, 64, 1},
	{R(MOVW_PREL_G2), FROM_PLACE, FIELD_MOVS, 32, 48, 48, 1},
	{R(MOVW_PREL_G2_NC), FROM_PLACE, FIELD_MOVW, 32, 0, 64, 1},
	{R(MOVW_PREL_G3), FROM_PLACE, FIELD_MOVS, 48, 0, 64, 1},

	{R(LD_PREL_LO19), FROM_PLACE, FIELD_IMM19, 2, 20, 20, 4},
	{R(ADR_PREL_LO21), FROM_PLACE, FIELD_ADR, 0, 20, 20, 1},
	{R(ADR_PREL_PG_HI21), FROM_PAGE, FIELD_ADR, 12, 32, 32, 1},
	{R(ADR_PREL_PG_HI21_NC), FROM_PAGE, FIELD_ADR, 12, 0, 64, 1},
	{R(ADD_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 0, 0, 64, 1},
	{R(LDST8_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 0, 0, 64, 1},
	{R(LDST16_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 1, 0, 64, 2},
	{R(LDST32_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 2, 0, 64, 4},
	{R(LDST64_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 3, 0, 64, 8},
	{R(LDST128_ABS_LO12_NC), FROM_ABS, FIELD_IMM12, 4, 0, 64, 16},

	{R(TSTBR14), FROM_PLACE, FIELD_IMM14, 2, 15, 15, 4},
	{R(CONDBR19), FROM_PLACE, FIELD_IMM19, 2, 20, 20, 4},
	{R(JUMP26), FROM_PLACE, FIELD_IMM26, 2, 27, 27, 4},
	{R(CALL26), FROM_PLACE, FIELD_IMM26, 2, 27, 27, 4},
};

static uint64_t compute(const struct xsp_fix *f, uint8_t from)
{
	const uint64_t page = ~(uint64_t)0xfff;

	if (from == FROM_ABS)
		return f->value;
	return from == FROM_PLACE ? f->value - f->place : (f->value & page) - (f->place & page);
}

static bool fits(uint64_t v, const struct kind *k)
{
	uint64_t below = k->min_bits ? (uint64_t)1 << k->min_bits : 0;

	return k->max_bits == 64 || v + below < ((uint64_t)1 << k->max_bits) + below;
}

/* Replaces @count bits of @insn from bit @at on. */
static uint32_t set(uint32_t insn, uint32_t at, uint32_t count, uint64_t v)
{
	uint32_t mask = ((1u << count) - 1) << at;

	return (insn & ~mask) | ((uint32_t)(v << at) & mask);
}

/* movz for numbers from 0 up, movn with all bits inverted below. */
static uint32_t set_signed(uint32_t insn, uint64_t v, uint32_t low)
{
	bool negative = v >> 63;

	insn = set(insn, 29, 2, negative ? 0 : 2);
	return set(insn, 5, 16, (negative ? ~v : v) >> low);
}

static uint32_t set_field(uint32_t insn, uint64_t v, const struct kind *k)
{
	uint64_t shifted = v >> k->low;

	switch (k->field) {
	case FIELD_MOVW:
		return set(insn, 5, 16, shifted);
	case FIELD_MOVS:
		return set_signed(insn, v, k->low);
	case FIELD_ADR:
		return set(set(insn, 29, 2, shifted), 5, 19, shifted >> 2);
	case FIELD_IMM12:
		return set(insn, 10, 12, (v & 0xfff) >> k->low);
	case FIELD_IMM14:
		return set(insn, 5, 14, shifted);
	case FIELD_IMM19:
		return set(insn, 5, 19, shifted);
	default:
		return set(insn, 0, 26, shifted);
	}
}

static enum xsp_code fix_data(const struct xsp_fix *f, const struct kind *k, bool write)
{
	uint64_t v = compute(f, k->from);
	uint32_t i;

	if (f->room < k->low / 8)
		return XSP_RELOC_OFFSET;
	if (!fits(v, k))
		return XSP_RELOC_OVERFLOW;
	for (i = 0; write && i < k->low / 8; i++)
		f->bytes[i] = (uint8_t)(v >> 8 * i);
	return XSP_OK;
}

static enum xsp_code fix_insn(const struct xsp_fix *f, const struct kind *k, bool write)
{
	uint64_t v = compute(f, k->from);

	if (f->room < 4)
		return XSP_RELOC_OFFSET;
	if ((f->place & 3) || (v & (k->align - 1u)))
		return XSP_RELOC_MISALIGNED;
	if (!fits(v, k))
		return XSP_RELOC_OVERFLOW;
	if (write)
		xsp_put32(f->bytes, set_field(xsp_le32(f->bytes), v, k));
	return XSP_OK;
}

enum xsp_code xsp_arm64_fix(const struct xsp_fix *f, bool write)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == f->type)
			return kinds[i].field == FIELD_DATA ? fix_data(f, &kinds[i], write)
							    : fix_insn(f, &kinds[i], write);
	return XSP_RELOC_TYPE;
}

bool xsp_arm64_jump(uint64_t from, uint64_t to, uint8_t *out)
{
	uint64_t v = to - from;

	if ((v & 3) || v + (1u << 27) >= 1u << 28)
		return false;
	xsp_put32(out, set(0x14000000, 0, 26, v >> 2));
	return true;
}

void xsp_arm64_nops(uint8_t *out, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size; i += 4)
		xsp_put32(out + i, 0xd503201f);
}

/* The displacement in @count bits of @insn from bit @at on, in units of 4 bytes. */
static uint64_t displacement(uint32_t insn, uint32_t at, uint32_t count)
{
	uint64_t v = (insn >> at) & ((1u << count) - 1);
	uint64_t sign = (uint64_t)1 << (count - 1);

	return ((v ^ sign) - sign) * 4;
}

enum xsp_arm64_kind xsp_arm64_insn(uint32_t insn, uint64_t from, uint64_t *target, uint64_t *reach)
{
	static const struct {
		uint32_t mask, bits;
		uint8_t at, count; /* 0: no branch */
	} forms[] = {
		{0x7c000000, 0x14000000, 0, 26}, /* b, bl */
		{0xff000000, 0x54000000, 5, 19}, /* b.cond, bc.cond */
		{0x7e000000, 0x34000000, 5, 19}, /* cbz, cbnz */
		{0x7e000000, 0x36000000, 5, 14}, /* tbz, tbnz */
		{0x1f000000, 0x10000000, 0, 0}, /* adr, adrp */
		{0x3b000000, 0x18000000, 0, 0}, /* ldr, ldrsw, prfm (literal) */
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if ((insn & forms[i].mask) != forms[i].bits)
			continue;
		if (!forms[i].count)
			return XSP_ARM64_LITERAL;
		*target = from + displacement(insn, forms[i].at, forms[i].count);
		*reach = (uint64_t)1 << (forms[i].count + 1);
		return XSP_ARM64_BRANCH;
	}
	return XSP_ARM64_PLAIN;
}
