/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insn.h - machine instructions: where each ends, where branches lead (libopcodes)
 *
 * Nothing here guesses. Bytes that are not exactly one whole instruction within
 * the code given (unknown opcodes, prefixes without an instruction, an instruction
 * cut off by the end) are an error.
 */
#ifndef PATCHBUILD_INSN_H
#define PATCHBUILD_INSN_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_kind {
	INSN_PLAIN,
	INSN_CALL, /* of an address in the instruction */
	INSN_CALL_INDIRECT, /* through a register or memory; also far calls */
	INSN_JUMP,
	INSN_COND_JUMP, /* may go on behind it; also loop and xbegin */
	INSN_JUMP_INDIRECT,
	INSN_RETURN, /* also from interrupts and system calls */
	INSN_NOP, /* of any length */
	INSN_UNDEFINED, /* defined to fault: ud0, ud1, ud2 */
};

struct insn {
	unsigned int length; /* bytes */
	enum insn_kind kind;
	/*
	 * INSN_CALL, INSN_JUMP, INSN_COND_JUMP: the displacement begins @disp bytes
	 * into the instruction and is @disp_width bytes wide; with the value that the
	 * bytes have now the branch leads to @target, an offset from the start of the
	 * code, negative or behind its end if it leaves it. 0 for all others.
	 */
	unsigned int disp;
	unsigned int disp_width;
	int64_t target;
};

struct insn_decoder;

/*
 * A decoder for code of @machine (EM_* of <elf.h>). One decoder is for one thread at
 * a time. NULL and a cause if libopcodes has none for that machine.
 */
struct insn_decoder *insn_decoder_new(uint16_t machine, struct err *e);
void insn_decoder_free(struct insn_decoder *d);

/*
 * Decodes the instruction at @offset of @code (@size bytes). 0, or -1 if there is
 * no whole, known instruction; @out is then zeroed.
 */
int insn_at(struct insn_decoder *d, const uint8_t *code, size_t size, size_t offset,
	    struct insn *out);

/*
 * Writes the instruction at @offset as objdump prints it (AT&T syntax, one blank
 * between mnemonic and operands) to @buf, always terminated. Branch targets are
 * offsets from the start of @code; the note of what a %rip operand means is left
 * out. Where nothing can be decoded the first byte is written as ".byte 0xNN".
 */
void insn_text(struct insn_decoder *d, const uint8_t *code, size_t size, size_t offset, char *buf,
	       size_t room);

/*
 * The instruction boundaries of one run of code, decoded once, for many questions.
 * Decoding begins at its first byte and goes on without a gap to its last.
 */
struct insn_map;

/* @name stands in the cause. The map keeps no pointer to @code. */
struct insn_map *insn_map_new(struct insn_decoder *d, const uint8_t *code, size_t size,
			      const char *name, struct err *e);
/* The same map for other code of the same bytes; each user frees it. */
struct insn_map *insn_map_share(struct insn_map *m);
void insn_map_free(struct insn_map *m);

/* An instruction begins at @offset (the end of the code counts as a boundary). */
bool insn_map_boundary(const struct insn_map *m, size_t offset);

/* First byte of the instruction that byte @offset belongs to; @offset < size. */
size_t insn_map_start(const struct insn_map *m, size_t offset);

/*
 * The end of the instruction that holds the field of @width bytes at @offset: what
 * a displacement counts from. With the addend of a PC-relative relocation there,
 * the place meant is symbol + addend + (*end - @offset).
 * -1 if no single instruction holds all of it behind its first byte.
 */
int insn_map_field_end(const struct insn_map *m, size_t offset, unsigned int width, size_t *end);

#endif
