/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.h - between the files that link a module
 *
 * Order of work, each finding proven what it needs: sections copied (module.c),
 * symbols of the file resolved (symbols.c), relocations (reloc.c), functions to
 * patch (patch.c), the module's own symbols (symbols.c), tables (tables.c,
 * alternatives.c). Tables are read from the linked memory.
 */
#ifndef XSP_LINK_H
#define XSP_LINK_H

#include "core.h"

#include "xsplice/loader.h"

/* Where a symbol of the file is at run time. */
struct xsp_target {
	uint64_t addr;
	bool known; /* false: its section is not loaded */
};

/* A payload being linked. */
struct xsp_link {
	const struct xsp_loader *loader;
	struct xsp_module *m;
	const struct xsp_payload *p;
	struct xsp_target *targets; /* of each symbol of the file */
	struct xsp_cause *cause;
};

static inline void *xsp_alloc(const struct xsp_host *host, uint64_t count, size_t size)
{
	return count > (size_t)-1 / size ? NULL : host->alloc(host->ctx, (size_t)count * size);
}

static inline void xsp_free(const struct xsp_host *host, const void *memory)
{
	host->free(host->ctx, (void *)memory);
}

/* @size bytes at @addr lie within @total bytes at @start. */
static inline bool xsp_covers(uint64_t start, uint64_t total, uint64_t addr, uint64_t size)
{
	return addr >= start && xsp_in_range(addr - start, size, total);
}

static inline bool xsp_in_region(const struct xsp_module *m, enum xsp_region r, uint64_t addr,
				 uint64_t size)
{
	return xsp_covers(m->base + m->layout.region[r].start, m->layout.region[r].size, addr,
			  size);
}

static inline bool xsp_in_module(const struct xsp_module *m, uint64_t addr, uint64_t size)
{
	return xsp_covers(m->base, m->layout.size, addr, size);
}

/* Where the core finds what runs at @addr. Needs xsp_in_module(). */
static inline uint8_t *xsp_at(const struct xsp_module *m, uint64_t addr)
{
	return m->memory + (addr - m->base);
}

/* Run-time address of section @index, which is loaded. */
static inline uint64_t xsp_section_addr(const struct xsp_module *m, uint32_t index)
{
	return m->base + m->layout.at[index];
}

/* --- module.c ------------------------------------------------------------------ */

/* The loaded module whose code has all @size bytes at @addr, or NULL. */
struct xsp_module *xsp_text_owner(const struct xsp_loader *l, uint64_t addr, uint64_t size);

/* Code of the hypervisor or of a loaded module. */
bool xsp_is_code(const struct xsp_loader *l, uint64_t addr, uint64_t size);

/* The same, or of the module being linked. */
static inline bool xsp_link_code(const struct xsp_link *k, uint64_t addr, uint64_t size)
{
	return xsp_in_region(k->m, XSP_TEXT, addr, size) || xsp_is_code(k->loader, addr, size);
}

/* Copies code as it is now. Needs xsp_is_code(). */
void xsp_read_code(const struct xsp_loader *l, uint64_t addr, void *to, size_t size);

/* @m uses something of @other. Needs room in @m->uses. */
void xsp_module_uses(struct xsp_module *m, const struct xsp_module *other);

/* --- symbols.c ------------------------------------------------------------------- */

/*
 * Address of @name: a symbol of the hypervisor, else one that a loaded module
 * exports (which @m then uses), else "symbol+0x12". False: there is none. Needs a name
 * of XSP_SYMBOL_MAX bytes at most.
 */
bool xsp_lookup(const struct xsp_loader *l, struct xsp_module *m, const char *name, uint64_t *addr);

/* Fills k->targets. Needs the layout and base. */
int xsp_resolve(struct xsp_link *k);
/* Makes the module's own symbols. Needs xsp_link_patches(). */
int xsp_own_symbols(struct xsp_link *k);

/* --- reloc.c ---------------------------------------------------------------------- */

/* All relocations: checked, then written. Needs xsp_resolve(). */
int xsp_relocate(struct xsp_link *k);

/* --- patch.c ---------------------------------------------------------------------- */

/* Functions to patch. Needs xsp_relocate(). */
int xsp_link_patches(struct xsp_link *k);

/* --- tables.c, alternatives.c ------------------------------------------------------ */

/* Hooks, exception table, bug frames, alternatives. Needs xsp_relocate(). */
int xsp_link_tables(struct xsp_link *k);
int xsp_link_alternatives(struct xsp_link *k);

/* The table in the section called @name, of entries of @entry bytes; empty if none. */
void xsp_table_find(const struct xsp_link *k, const char *name, uint32_t entry,
		    struct xsp_table *out, struct xsp_section *s);

#endif
