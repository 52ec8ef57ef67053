/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvsyms.h - the symbols of the running hypervisor, twice
 *
 * xen-syms has two symbol tables: the ELF one, with sizes, and the compressed one
 * that Xen carries along and searches when a payload is uploaded (made by
 * xen/tools/symbols.c, read by xen/common/symbols.c). What a payload refers to must be
 * in the second one exactly once, and where the first one says.
 */
#ifndef PATCHBUILD_HVSYMS_H
#define PATCHBUILD_HVSYMS_H

#include "patchbuild/obj.h"

struct hvsyms;

/* Opens the linked image xen-syms. NULL and a cause if either table is missing. */
struct hvsyms *hvsyms_open(const char *path, struct err *e);
void hvsyms_close(struct hvsyms *h);

/*
 * How often Xen's own table has @name ("dm_op", "common/dm.c#do_it"); *addr is the
 * address of one of them.
 */
size_t hvsyms_count(const struct hvsyms *h, const char *name, uint64_t *addr);

/*
 * Which run of local symbols in xen-syms came from the object @o. Several objects
 * may come from one source file; then the one whose local symbols are all there, with
 * the same sizes. Returns a number for hvsyms_find(), or -1.
 */
int hvsyms_group(const struct hvsyms *h, const struct obj *o);

/* Symbol @s of an object whose group is @group, as it is in xen-syms; NULL: not there. */
const struct sym *hvsyms_find(const struct hvsyms *h, int group, const struct sym *s);

/* A global symbol near @addr that Xen's table has once: for "symbol + number". */
const struct sym *hvsyms_anchor(const struct hvsyms *h, uint64_t addr);

/* The @len bytes of the image at @addr, or NULL if it has none. */
const uint8_t *hvsyms_bytes(const struct hvsyms *h, uint64_t addr, size_t len);

/* The global symbol of that name, or NULL. */
const struct sym *hvsyms_global(const struct hvsyms *h, const char *name);

/* The name in Xen's own table that stands last at or before @addr, as Xen tells it. */
const char *hvsyms_name_at(const struct hvsyms *h, uint64_t addr, uint64_t *offset);

uint16_t hvsyms_machine(const struct hvsyms *h); /* EM_* */

size_t hvsyms_total(const struct hvsyms *h);

#endif
