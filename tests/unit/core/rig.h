/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rig.h - a loader over a hypervisor that is not there
 */
#ifndef TEST_CORE_RIG_H
#define TEST_CORE_RIG_H

#include "helper.h"
#include "xsplice/loader.h"

#define RIG_TEXT      0xffff82d040200000u /* the hypervisor's code */
#define RIG_TEXT_SIZE (4u << 20)
#define RIG_DATA      0xffff82d040600000u /* and its data */
#define RIG_DATA_SIZE 4096
#define RIG_BASE      0xffff82d040800000u /* where payloads run */
#define RIG_SYMBOLS   16

/* The hypervisor, as the core sees it. */
struct rig_xen {
	uint8_t *text;
	uint8_t data[RIG_DATA_SIZE];
	struct {
		const char *name;
		uint64_t addr;
	} symbols[RIG_SYMBOLS];
	uint64_t denied; /* address that may not be patched */
	size_t allocations; /* so far */
	size_t fail; /* the one that fails; 0: none */
	size_t live; /* not freed yet */
};

/* A loader, and a payload for it (make.h) that tests change before they load it. */
struct rig {
	struct rig_xen xen;
	struct xsp_host host;
	struct xsp_loader loader;
	struct make make;
	struct strbuf file;
	const char *name; /* that it is loaded under */
	uint64_t base;
	struct xsp_payload payload;
	struct xsp_verdict verdict;
	struct xsp_cause cause;
	struct xsp_module *module; /* once loaded */
	uint8_t *memory;
};

/*
 * Symbols are "one" at RIG_TEXT + 0x100, "do_two" at RIG_TEXT + 0x200, "ops" at
 * RIG_DATA. Signatures are not looked at.
 */
void rig_init(struct rig *r);
void rig_free(struct rig *r);

/* The hypervisor has this symbol too. */
void rig_symbol(struct rig *r, const char *name, uint64_t addr);

/* Writes the file, opens and links it. Why not, or XSP_OK: then r->module is there. */
enum xsp_code rig_load(struct rig *r);
/* The same of the file as it is in r->file. */
enum xsp_code rig_load_file(struct rig *r);
/* Loads r->make, which must be in order, and adds it; the next one is loaded behind it. */
struct xsp_module *rig_add(struct rig *r, const char *name);

/* Frees r->module, if there is one. */
void rig_drop(struct rig *r);

/* Where the section @i of make.h is in the linked memory. */
uint8_t *rig_section(const struct rig *r, unsigned int i);
uint64_t rig_section_addr(const struct rig *r, unsigned int i);

/* The payload as it is now is refused with @code. */
#define rig_refused(r, want)                                                                       \
	do {                                                                                       \
		enum xsp_code got_ = rig_load(r);                                                  \
		ck_assert_msg(got_ == (want), "\"%s: %s\", not \"%s\"", (r)->cause.what,           \
			      xsp_code_text(got_), xsp_code_text(want));                           \
		ck_assert_uint_le((r)->cause.pos, (r)->file.len);                                  \
		rig_drop(r);                                                                       \
		ck_assert_uint_eq((r)->xen.live, 0);                                               \
	} while (0)

/* The payload as it is now is linked; it stays until rig_drop(). */
#define rig_taken(r)                                                                               \
	do {                                                                                       \
		enum xsp_code got_ = rig_load(r);                                                  \
		ck_assert_msg(got_ == XSP_OK, "\"%s: %s\" at %#llx", (r)->cause.what,              \
			      xsp_code_text(got_), (unsigned long long)(r)->cause.pos);            \
	} while (0)

#endif
