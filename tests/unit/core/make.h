/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.h - small payloads for tests, made in memory
 */
#ifndef TEST_CORE_MAKE_H
#define TEST_CORE_MAKE_H

#include "common/text.h"
#include "xsplice/abi.h"

#define MAKE_MAX 40

struct make_section {
	const char *name;
	uint32_t type;
	uint64_t flags;
	uint64_t align;
	const void *data; /* NULL: zeros */
	size_t size;
};

struct make_symbol {
	const char *name;
	unsigned int bind;
	unsigned int type;
	uint16_t section; /* 1 is the first one given */
	uint64_t value;
	uint64_t size;
};

struct make_reloc {
	uint16_t section;
	uint64_t offset;
	uint32_t type;
	uint32_t symbol; /* 1 is the first one given */
	int64_t addend;
};

/* What an ELF file is made of; symbol table and names come by themselves. */
struct make {
	uint16_t machine;
	struct make_section sections[MAKE_MAX];
	size_t nsections;
	struct make_symbol symbols[MAKE_MAX];
	size_t nsymbols;
	struct make_reloc relocs[MAKE_MAX];
	size_t nrelocs;
};

/*
 * A payload that is in order: one function by symbol with expected bytes, one by
 * name, one of NOPs; notes, modinfo, a hook, alternatives, bug frames, exception
 * table, .bss. The sections are in the order of enum make_index.
 */
void make_payload(struct make *m);

enum make_index {
	MAKE_BUILD_ID = 1,
	MAKE_TEXT,
	MAKE_RODATA,
	MAKE_FUNCS,
	MAKE_DEPENDS,
	MAKE_XEN_DEPENDS,
	MAKE_MODINFO,
	MAKE_HOOK,
	MAKE_ALT,
	MAKE_ALT_REPL,
	MAKE_BUG,
	MAKE_EX,
	MAKE_BSS,
	MAKE_COMMENT,
};

/* Symbols that make_loadable() adds. */
enum make_symbol_index {
	MAKE_SYM_TEXT = 5,
	MAKE_SYM_REPL,
	MAKE_SYM_HELPER,
	MAKE_SYM_COUNTER,
};

/*
 * The same, whose tables lead where they should: it can be linked where "one" and
 * "do_two" are functions of at least 32 bytes, and code is at the third one's address.
 */
void make_loadable(struct make *m);

/* The relocations that it adds: which word leads where. */
enum make_reloc_index {
	MAKE_REL_TEXT = 6,
	MAKE_REL_CALL, /* in the replacement */
	MAKE_REL_ORIG,
	MAKE_REL_REPL,
	MAKE_REL_ORIG2,
	MAKE_REL_REPL2,
	MAKE_REL_BUG,
	MAKE_REL_FILE,
	MAKE_REL_BUG2,
	MAKE_REL_FILE2,
	MAKE_REL_EX,
	MAKE_REL_CONT,
};

/* The same for arm64: one bug frame with a message (MAKE_REL_BUG2), no exception table. */
void make_loadable_arm64(struct make *m);

/* Makes of it another payload for the same functions: other names and build-id. */
void make_next(struct make *m);

/* Appends the file to @out. */
void make_write(const struct make *m, struct strbuf *out);

/* Header of the section called @name in a file made so. */
struct abi_shdr *make_shdr(struct strbuf *file, const char *name);
struct abi_ehdr *make_ehdr(struct strbuf *file);
/* Element @i of .livepatch.funcs. */
struct abi_func *make_func(struct strbuf *file, unsigned int i);

#endif
