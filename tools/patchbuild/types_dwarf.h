/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types_dwarf.h - the debug information of one object as a tree in memory
 *
 * Private to types*.c. The tree holds what types, variables and
 * functions are, not where code is: inlined bodies, call sites and labels are left
 * out. Numbers and names are those of the DWARF 5 standard.
 */
#ifndef PATCHBUILD_TYPES_DWARF_H
#define PATCHBUILD_TYPES_DWARF_H

#include "common/err.h"
#include "common/io.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum die_kind {
	DIE_OTHER,
	DIE_UNIT,
	DIE_BASE,
	DIE_STRUCT,
	DIE_UNION,
	DIE_ENUM,
	DIE_ENUMERATOR,
	DIE_MEMBER,
	DIE_TYPEDEF,
	DIE_QUALIFIER, /* const, volatile, restrict, _Atomic */
	DIE_POINTER,
	DIE_ARRAY,
	DIE_RANGE, /* one dimension of an array */
	DIE_SIGNATURE, /* the type of a function */
	DIE_FUNCTION,
	DIE_PARAM,
	DIE_DOTS, /* "..." */
	DIE_VARIABLE,
	DIE_BLOCK,
};

/* One debugging information entry. */
struct die {
	struct die *parent;
	struct die *child; /* the first */
	struct die *next; /* sibling */
	struct die *type;
	/* What this one completes: DW_AT_specification or DW_AT_abstract_origin. */
	struct die *origin;
	const char *name; /* NULL if it has none */
	const char *file; /* where it is declared, NULL if unknown */
	unsigned int line;
	uint64_t offset; /* in .debug_info; for look-ups */
	uint64_t size; /* of a type in bytes; of a bit-field's storage (DWARF 4) */
	uint64_t align; /* asked for by an attribute, or 0 */
	uint64_t place; /* of a member in bytes */
	uint64_t bit_place; /* of a bit-field */
	uint64_t bit_size; /* 0: not a bit-field */
	uint64_t count; /* of a dimension: number of elements */
	int64_t value; /* of an enumerator */
	uint64_t address; /* of a variable, in section @section */
	uint32_t section; /* index in the object, 0: has no place in a section */
	uint16_t encoding; /* DW_ATE_* of a base type */
	uint8_t kind; /* enum die_kind */
	bool has_size;
	bool has_count;
	bool has_bit_place; /* counted from the start of the type, as DWARF 5 does */
	bool has_old_bit_place; /* counted from the most significant bit (DWARF 4) */
	bool declaration;
	bool external;
	bool prototyped;
	bool artificial;
	bool in_main_file; /* declared in the file that was compiled, not in a header */
};

struct dies {
	struct file_data file; /* names point into it */
	struct arena arena;
	struct die **all; /* in order of offset */
	size_t n;
	const char *name; /* of the object, for messages */
};

/*
 * Reads the relocatable object @path. -1 and a cause if it is not ELF64 x86-64 or
 * arm64, has no debug information, or that is damaged. dies_free() in any case.
 */
int dies_read(const char *path, struct dies *out, struct err *e);
void dies_free(struct dies *d);

/* Encodings of base types: DWARF 5, table 7.11. */
enum {
	ENC_BOOLEAN = 0x02,
	ENC_FLOAT = 0x04,
	ENC_SIGNED = 0x05,
	ENC_SIGNED_CHAR = 0x06,
};

#endif
