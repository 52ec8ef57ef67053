/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obj.h - an ELF object as the builder sees it: sections, symbols, relocations
 *
 * obj_load() proves what everything below takes for granted: indexes are turned
 * into pointers, every offset lies inside its section. The comparing, choosing
 * and emitting stages add their findings to the fields marked so.
 */
#ifndef PATCHBUILD_OBJ_H
#define PATCHBUILD_OBJ_H

#include "common/err.h"
#include "common/io.h"
#include "common/mem.h"
#include "common/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBJ_MAX (256u << 20) /* bytes of a file; xen-syms has some 50 MiB */

struct sec;
struct sym;
struct sec_rule;
struct insn_map;
struct chosen;

struct rel {
	uint64_t offset; /* of the field, from the start of its section */
	int64_t addend;
	struct sym *sym; /* never NULL; may be the null symbol */
	uint32_t type; /* R_X86_64_* */
};

struct sec {
	const char *name;
	uint32_t index; /* in the section header table */
	uint32_t type; /* SHT_* */
	uint64_t flags; /* SHF_* */
	uint64_t addr;
	uint64_t size;
	uint64_t align; /* at least 1 */
	uint64_t entsize;
	const uint8_t *data; /* @size bytes; NULL for SHT_NOBITS */
	struct rel *rels; /* in order of offset */
	size_t nrels;
	struct sym *self; /* its section symbol, or NULL */
	struct sym **syms; /* other symbols defined in it, in order of value */
	size_t nsyms;

	/* classify.c */
	const struct sec_rule *rule;

	/* pair.c: the section of the other object that holds the same thing */
	struct sec *twin;
	bool has_free; /* while pairing: holds a symbol that has no twin yet */

	/* compare.c: of code in the new object */
	bool compared;
	bool differs;
	const char *why; /* first difference, for people */

	/* choose.c: code, or a section of hooks, that goes into the payload */
	struct chosen *chosen;

	/* insn_map of its code, decoded when first needed; see code.h */
	struct insn_map *insns;
};

struct sym {
	const char *name; /* "" if it has none */
	uint64_t value; /* from the start of @sec in ET_REL, else an address */
	uint64_t size;
	uint32_t index;
	uint8_t type; /* STT_* */
	uint8_t bind; /* STB_* */
	bool undef;
	bool absolute;
	struct sec *sec; /* NULL if undefined or absolute */
	const char *file; /* of a local symbol: the STT_FILE above it, or NULL */

	/* pair.c: the symbol of the other object that means the same */
	struct sym *twin;
	bool ambiguous; /* could be one of several: no twin by proof */
	bool unproven; /* the twin looks the same, or was the only one left: no more */
	struct sym *vote; /* while pairing: what code that did not change says */
	bool split_vote;

	/* compare.c: of data in the new object */
	bool compared;
	bool differs;
	const char *why;

	/* choose.c: a variable or constant that goes into the payload */
	struct chosen *chosen;
};

struct obj {
	const char *name; /* "common/dm.o", as reports call it */
	struct file_data file;
	struct arena arena;
	uint16_t machine; /* EM_* */
	uint16_t type; /* ET_REL, ET_EXEC */
	struct sec *secs; /* [0] is the null section */
	size_t nsecs;
	struct sym *syms; /* [0] is the null symbol */
	size_t nsyms;
};

/*
 * Reads the ELF64 little-endian file @path. @name (copied) is how messages call it.
 * Debug sections are skipped: they get no data and no relocations. NULL and a
 * cause if the file is not such an object, or any part of it lies outside.
 */
struct obj *obj_load(const char *path, const char *name, struct err *e);
/* The same from memory; @file is taken over, also on failure. */
struct obj *obj_load_data(struct file_data *file, const char *name, struct err *e);
void obj_free(struct obj *o);

/* First section of that name, or NULL. */
struct sec *obj_sec(const struct obj *o, const char *name);

static inline bool sym_is_section(const struct sym *s)
{
	return s->type == 3 /* STT_SECTION */;
}

static inline bool sym_is_func(const struct sym *s)
{
	return s->type == 2 /* STT_FUNC */;
}

static inline bool sym_is_local(const struct sym *s)
{
	return s->bind == 0 /* STB_LOCAL */;
}

/*
 * The symbol that owns byte @off of @s: the last one that begins at or before it
 * (a function before a label, a bigger one before a smaller). Zero-sized labels
 * (.Lxx, .LCn) own nothing unless the section holds no other symbol at or before
 * @off. NULL if there is none.
 */
struct sym *sec_owner(const struct sec *s, uint64_t off);

/* --- writing --- */

/*
 * An object under construction. Sections are written in the order of their making,
 * then the symbol and string tables. All memory is the builder's arena.
 */
struct out_sec;
struct out_sym;

struct out_rel {
	uint64_t offset;
	int64_t addend;
	struct out_sym *sym;
	uint32_t type;
};

struct out_sec {
	const char *name;
	uint32_t type;
	uint64_t flags;
	uint64_t align;
	uint64_t entsize;
	struct strbuf data; /* of SHT_NOBITS: empty, @nobits counts */
	uint64_t nobits;
	struct out_rel *rels;
	size_t nrels;
	uint32_t index; /* set by out_write() */
	struct out_sym *self;
};

struct out_sym {
	const char *name; /* "" for a section symbol */
	uint64_t value;
	uint64_t size;
	uint8_t type;
	uint8_t bind;
	struct out_sec *sec; /* NULL: undefined */
	uint32_t index; /* set by out_write() */
};

struct out_obj {
	struct arena arena;
	struct out_sec **secs;
	size_t nsecs;
	struct out_sym **syms;
	size_t nsyms;
	uint16_t machine;
};

struct out_sec *out_sec_new(struct out_obj *o, const char *name, uint32_t type, uint64_t flags,
			    uint64_t align);
struct out_sec *out_sec_find(const struct out_obj *o, const char *name);
/* Appends bytes at the next multiple of @align; returns their offset. */
uint64_t out_sec_add(struct out_sec *s, const void *data, size_t len, uint64_t align);
/* Makes a symbol; @sec NULL makes an undefined one (one per name). */
struct out_sym *out_sym_new(struct out_obj *o, const char *name, struct out_sec *sec,
			    uint64_t value, uint64_t size, uint8_t type, uint8_t bind);
/* The undefined global symbol @name, made if it is not there. */
struct out_sym *out_sym_undef(struct out_obj *o, const char *name);
void out_rel_add(struct out_sec *s, uint64_t offset, uint32_t type, struct out_sym *sym,
		 int64_t addend);
/*
 * Lays the object out and appends its bytes to @to. The same object gives the same
 * bytes.
 */
int out_write(struct out_obj *o, struct strbuf *to, struct err *e);
void out_free(struct out_obj *o);

#endif
