/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ops.h - between sysctl.c (Xen's operations) and extra.c (ours)
 */
#ifndef XSPLICE_OPS_H
#define XSPLICE_OPS_H

#include <xen/guest_access.h>
#include <public/sysctl.h>

/* A name of the caller's that payloads may have, to @out (XEN_LIVEPATCH_NAME_SIZE). */
int xsplice_get_name(const struct xen_livepatch_name *name, char *out);

/* The module of that name, with the lock held; NULL: *@rc says why, no lock. */
struct xsp_module *xsplice_lock_module(const struct xen_livepatch_name *name, int *rc);

/* A file of the caller's, 1 byte to 2 MiB, in new memory: vfree(). */
int xsplice_copy_file(XEN_GUEST_HANDLE_64(uint8) from, uint64_t size, void **out);

/* What Xen's loader does not have; -EOPNOTSUPP as Xen's for what nobody has. */
int xsplice_extra_op(struct xen_sysctl_livepatch_op *op);

#endif /* XSPLICE_OPS_H */
