/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit.h - the payload's bytes
 */
#ifndef PATCHBUILD_EMIT_H
#define PATCHBUILD_EMIT_H

#include "patchbuild/choose.h"

/* What the payload says of itself. */
struct emit_info {
	const char *xen_build_id; /* 40 hexadecimal digits */
	const char *depends; /* build-id that must be on top when it is applied */
	const char *const *modinfo; /* "key=value", NULL at the end; "name=" first */
};

/*
 * Writes the payload of a selection without refusals. The build-id is taken over all
 * other bytes, so the same content has the same one. -1 and a cause on failure.
 */
int emit(struct selection *s, const struct emit_info *info, struct strbuf *out, char build_id[41],
	 struct err *e);

/*
 * How many of the first bytes of a function are the same in the image and in the
 * running hypervisor, at most 31: up to the first place that Xen patches at boot. 0 if
 * Xen may change the first instruction (a function in a .cf_clobber table).
 */
size_t emit_expect_length(const struct selection *s, const struct chosen *c);

#endif
