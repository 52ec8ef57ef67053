/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen.h - the way to the hypervisor, and the clock beside it
 *
 * Everything that leaves the process towards Xen goes through this table, so that
 * tests can put a hypervisor of their own behind it. xen_open() connects to the
 * real one through libxencall.
 */
#ifndef XSPLICE_CTL_XEN_H
#define XSPLICE_CTL_XEN_H

#include "common/err.h"

#include <stddef.h>
#include <stdint.h>

struct xen {
	void *ctx;
	/* A hypercall. Returns its value (0 or more) or a negative errno value. */
	long (*call)(void *ctx, unsigned int op, uint64_t arg1, uint64_t arg2);
	/*
	 * Memory that Xen may read and write at any time, for everything a hypercall
	 * points to; zeroed. NULL if there is none.
	 */
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *p);
	/* Nanoseconds of a clock that never goes back. */
	uint64_t (*now)(void *ctx);
	void (*sleep)(void *ctx, uint64_t ns);
	void (*close)(void *ctx);
};

/*
 * Connects. ERR_UNSUPPORTED: this is not a Xen host; ERR_FAIL: it is one (or may
 * be), and privilege or the kernel's module are missing.
 */
int xen_open(struct xen *x, struct err *e);

#endif
