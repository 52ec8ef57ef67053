/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code.h - what a relocation means
 *
 * The assembler turns references to local symbols into "section + number". With a
 * function or variable per section the number says enough; where a section holds
 * several, the instruction around the field is decoded to get the exact byte.
 */
#ifndef PATCHBUILD_CODE_H
#define PATCHBUILD_CODE_H

#include "patchbuild/insn.h"
#include "patchbuild/sections.h"

struct code {
	struct insn_decoder *decoder; /* made when first needed */
};

/* What a relocation leads to. */
struct target {
	struct sym *sym; /* of the relocation */
	struct sec *sec; /* NULL: undefined or absolute */
	/*
	 * The symbol that owns the byte meant; NULL: none, or undefined. A byte at the
	 * very end of an object belongs to that object if its section holds no other.
	 */
	struct sym *owner;
	int64_t delta; /* byte meant, from @owner (or from @sym if that is undefined) */
	/*
	 * A relocation of another symbol X in the same place that shall mean X + D
	 * has the addend D + @adjust.
	 */
	int64_t adjust;
	bool exact; /* @delta is the byte meant; else it may be some bytes below */
	bool branch; /* the field belongs to a direct call or jump */
	bool boundary; /* begins @owner where another symbol ends: could mean either */
};

/* Width in bytes of a relocated field, 0 if the type is not understood. */
unsigned int rel_width(uint32_t type);

/* The field holds a distance from its own place. */
bool rel_is_relative(uint32_t type);

/*
 * @r is the field of a direct call or jump. The assembler gives those that lead to
 * local functions the type that operands have.
 */
bool rel_is_branch(const struct sec *s, const struct rel *r);

/*
 * Finds out what @r, a relocation of section @s, means. Entries of .bug_frames keep
 * line numbers above bit 23 of the displacement (arch/x86/include/asm/bug.h): these
 * bits are part of @adjust. -1 if it cannot be known.
 */
int target_of(struct code *c, struct sec *s, const struct rel *r, struct target *t, struct err *e);

/* What was decoded of section @a need not be decoded of @b again, if that has its bytes. */
void code_share(struct sec *a, struct sec *b);

/* First relocation of @s at or behind @off; @s->nrels if there is none. */
size_t sec_first_rel(const struct sec *s, uint64_t off);

/* One line that says where two pieces of code differ first; from @a. */
char *code_first_difference(struct code *c, struct arena *a, const struct sec *olds,
			    const struct sec *news);

void code_free(struct code *c);

#endif
