/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - what differs between machines
 *
 * Chosen by the machine's number, not through pointers: indirect calls cost a
 * hypervisor dear, and must be marked.
 */
#ifndef XSP_ARCH_H
#define XSP_ARCH_H

#include "core.h"

/* A place that a relocation changes. */
struct xsp_fix {
	uint32_t type; /* R_* */
	uint64_t place; /* its run-time address: P */
	uint64_t value; /* symbol and addend: S + A */
	int64_t addend; /* A */
	uint8_t *bytes; /* where it can be written */
	uint64_t before; /* bytes of its section in front of it ... */
	uint64_t room; /* ... and from it to the section's end */
};

/* Checks the relocation; if @write, does it too. Why not, or XSP_OK. */
enum xsp_code xsp_x86_64_fix(const struct xsp_fix *f, bool write);
enum xsp_code xsp_arm64_fix(const struct xsp_fix *f, bool write);

/* Bytes at the beginning of @code that have to stay: an endbr64, or what took its place. */
uint32_t xsp_x86_64_landing(const uint8_t code[ABI_X86_ENDBR_SIZE]);
/* An indirect branch may land there, on a CPU that tracks them. */
bool xsp_x86_64_is_endbr(const uint8_t code[ABI_X86_ENDBR_SIZE]);

/* Writes the jump at @from to @to. False: too far away. */
bool xsp_x86_64_jump(uint64_t from, uint64_t to, uint8_t *out);
bool xsp_arm64_jump(uint64_t from, uint64_t to, uint8_t *out);

void xsp_x86_64_nops(uint8_t *out, uint32_t size);
void xsp_arm64_nops(uint8_t *out, uint32_t size);

/* Can the instruction @insn at @from be copied elsewhere as it is, but for a branch? */
enum xsp_arm64_kind {
	XSP_ARM64_PLAIN, /* yes */
	XSP_ARM64_BRANCH, /* has a displacement that can be changed: *target, *reach */
	XSP_ARM64_LITERAL, /* no: reads or makes an address near it */
};

enum xsp_arm64_kind xsp_arm64_insn(uint32_t insn, uint64_t from, uint64_t *target, uint64_t *reach);

static inline enum xsp_code xsp_arch_fix(uint16_t machine, const struct xsp_fix *f, bool write)
{
	return machine == ABI_EM_X86_64 ? xsp_x86_64_fix(f, write) : xsp_arm64_fix(f, write);
}

static inline uint32_t xsp_arch_landing(uint16_t machine, const uint8_t code[ABI_X86_ENDBR_SIZE])
{
	return machine == ABI_EM_X86_64 ? xsp_x86_64_landing(code) : 0;
}

static inline uint32_t xsp_arch_jump_size(uint16_t machine)
{
	return machine == ABI_EM_X86_64 ? ABI_X86_JUMP_SIZE : ABI_ARM64_JUMP_SIZE;
}

static inline bool xsp_arch_jump(uint16_t machine, uint64_t from, uint64_t to, uint8_t *out)
{
	return machine == ABI_EM_X86_64 ? xsp_x86_64_jump(from, to, out)
					: xsp_arm64_jump(from, to, out);
}

static inline void xsp_arch_nops(uint16_t machine, uint8_t *out, uint32_t size)
{
	if (machine == ABI_EM_X86_64)
		xsp_x86_64_nops(out, size);
	else
		xsp_arm64_nops(out, size);
}

/* Every instruction of the machine begins at a multiple of this. */
static inline uint32_t xsp_arch_unit(uint16_t machine)
{
	return machine == ABI_EM_X86_64 ? 1 : 4;
}

#endif
