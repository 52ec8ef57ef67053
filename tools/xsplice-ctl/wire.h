/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - what goes over the wire to Xen
 *
 * Two layouts are in use: the one of Xen 4.7 to 4.13 (interface versions 0x0D to
 * 0x12, here "old") and the one since Xen 4.14 (0x13 and up, here "new"). Both are
 * little-endian, have 64-bit handles and no other form for 32-bit callers.
 * Source: xen/include/public/sysctl.h and version.h of the releases 4.7 to 4.22.
 */
#ifndef XSPLICE_CTL_WIRE_H
#define XSPLICE_CTL_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "xsplice/hypercall.h"

#define HYPERVISOR_XEN_VERSION 17
#define HYPERVISOR_SYSCTL      35

/* Commands of HYPERVISOR_XEN_VERSION. */
#define XENVER_VERSION	    0 /* returns major << 16 | minor */
#define XENVER_EXTRAVERSION 1 /* char[16] */
#define XENVER_CHANGESET    4 /* char[64] */
#define XENVER_BUILD_ID	    10 /* struct wire_build_id; NULL: returns the length */

#define SYSCTL_LIVEPATCH 27

#define INTERFACE_OLDEST     0x0D /* Xen 4.7 */
#define INTERFACE_NEW_LAYOUT 0x13 /* Xen 4.14 */
#define INTERFACE_NEWEST     0x16 /* Xen 4.21 */

#define LP_NAME_MAX    128 /* with the NUL */
#define LP_PAYLOAD_MAX (2u << 20)

enum wire_op {
	WIRE_UPLOAD = 0,
	WIRE_GET = 1,
	WIRE_LIST = 2,
	WIRE_ACTION = 3,
};

struct wire_build_id {
	uint32_t len; /* room in @buf */
	unsigned char buf[124];
};

struct wire_name {
	uint64_t name;
	uint16_t size; /* with the NUL */
	uint16_t pad[3];
};

struct wire_status {
	uint32_t state;
	int32_t rc;
};

struct wire_upload {
	struct wire_name name;
	uint64_t size;
	uint64_t payload;
};

struct wire_get {
	struct wire_name name;
	struct wire_status status;
};

struct wire_list_old {
	uint32_t version;
	uint32_t idx;
	uint32_t nr;
	uint32_t pad;
	uint64_t status;
	uint64_t name; /* LP_NAME_MAX bytes for each */
	uint64_t len;
};

struct wire_list_new {
	uint32_t version;
	uint32_t idx;
	uint32_t nr;
	uint32_t pad;
	uint32_t name_total;
	uint32_t metadata_total;
	uint64_t status;
	uint64_t name; /* back to back */
	uint64_t len;
	uint64_t metadata; /* back to back */
	uint64_t metadata_len;
};

/* The old layout ends before @flags. */
struct wire_action {
	struct wire_name name;
	uint32_t cmd;
	uint32_t timeout; /* ns */
	uint32_t flags;
	uint32_t pad;
};

struct wire_sysctl {
	uint32_t cmd;
	uint32_t interface_version;
	uint32_t op; /* enum wire_op, or XSPLICE_OP_* */
	uint32_t pad; /* flags since Xen 4.19 */
	union {
		struct wire_upload upload;
		struct wire_get get;
		struct wire_list_old list_old;
		struct wire_list_new list;
		struct wire_action action;
		struct xsplice_op_info info;
		struct xsplice_op_check check;
		struct xsplice_op_functions functions;
		struct xsplice_op_journal journal;
		unsigned char room[120];
	} u;
};

_Static_assert(sizeof(struct wire_name) == 16, "xen_livepatch_name");
_Static_assert(sizeof(struct wire_upload) == 32, "upload");
_Static_assert(sizeof(struct wire_get) == 24, "get");
_Static_assert(sizeof(struct wire_list_old) == 40, "list, old");
_Static_assert(sizeof(struct wire_list_new) == 64, "list, new");
_Static_assert(offsetof(struct wire_list_old, status) == 16, "list, old");
_Static_assert(offsetof(struct wire_list_new, status) == 24, "list, new");
_Static_assert(offsetof(struct wire_list_new, metadata_len) == 56, "list, new");
_Static_assert(sizeof(struct wire_action) == 32, "action, new");
_Static_assert(offsetof(struct wire_action, flags) == 24, "action, old");
_Static_assert(sizeof(struct wire_sysctl) == 136, "xen_sysctl");
_Static_assert(offsetof(struct wire_sysctl, u) == 16, "livepatch_op.u");

#endif
