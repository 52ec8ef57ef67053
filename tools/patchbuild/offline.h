/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline.h - what a hypervisor would do with a payload, tried on its image
 *
 * The loader's own code (xsplice/) opens, links and plans the payload in memory, on the
 * base's xen-syms in the place of the running Xen. What is known only at run time is
 * taken as the image has it: data as at boot, text before Xen patches it at boot.
 * Signatures are not looked at.
 */
#ifndef PATCHBUILD_OFFLINE_H
#define PATCHBUILD_OFFLINE_H

#include "patchbuild/hvsyms.h"
#include "xsplice/loader.h"

struct offline;

/* @hv must outlive it; @build_id: of that hypervisor, 40 hexadecimal digits. */
struct offline *offline_open(const struct hvsyms *hv, const char *build_id, struct err *e);
void offline_close(struct offline *o);

/* Bytes of the hypervisor, or of a payload below, that an action changes. */
struct offline_write {
	uint64_t addr;
	char *symbol; /* the function, "" if that has no name */
	uint64_t offset; /* from its begin */
	uint8_t size;
	uint8_t before[XSP_PATCH_MAX];
	uint8_t after[XSP_PATCH_MAX];
};

struct offline_result {
	uint32_t functions; /* that the payload patches */
	uint64_t memory; /* bytes that it takes in the hypervisor */
	struct offline_write *v; /* in the order of writing */
	size_t n;
};

/*
 * Uploads the file and carries @action (XSP_APPLY or XSP_REPLACE) out; it stays for
 * those that follow. @name: of the payload, in causes. That it could be reverted is tried, too. @flags:
 * XSP_NODEPS. ERR_CHECK: Xen would refuse it; nothing has changed then.
 */
int offline_try(struct offline *o, const char *name, const void *file, size_t size,
		enum xsp_action action, uint32_t flags, struct offline_result *out, struct err *e);
void offline_result_free(struct offline_result *r);

/* [{"address", "symbol", "offset", "old", "new"}] */
struct json *offline_writes_json(const struct offline_result *r);

#endif
