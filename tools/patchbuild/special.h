/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * special.h - alternatives, altcalls, exception table, bug frames: entry by entry
 *
 * Each entry belongs to the code that its first relocation points to. Comparing and
 * choosing go by entry, never by table.
 */
#ifndef PATCHBUILD_SPECIAL_H
#define PATCHBUILD_SPECIAL_H

#include "patchbuild/code.h"

/* A range of .altinstr_replacement or .fixup that an entry brings along. */
struct piece {
	struct sec *sec; /* NULL: none */
	uint64_t start;
	uint64_t size;
};

struct item {
	struct sec *table; /* .altinstructions, .alt_call_sites, .ex_table, .bug_frames.N */
	uint64_t at; /* of the entry in its table */
	struct sec *owner; /* code that the entry is about */
	uint64_t place; /* the instruction, in @owner */
	/*
	 * Alternatives: the replacement. Exception table: the fixup code, unless that
	 * is in the owner itself.
	 */
	struct piece piece;
};

struct special {
	struct item *items; /* by owner, then table, then place in the table */
	size_t n;
};

/* Reads all special sections of @o (classified). -1 if an entry is not understood. */
int special_read(struct code *c, struct obj *o, struct special *out, struct err *e);

/* The entries of @owner: the first, and their number in @n. */
struct item *special_of(const struct special *s, const struct sec *owner, size_t *n);

/* Bytes of the entry itself. */
static inline const uint8_t *item_bytes(const struct item *i)
{
	return i->table->data + i->at;
}

#endif
