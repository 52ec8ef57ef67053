/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * below.h - the payloads that are applied below a new one
 */
#ifndef PATCHBUILD_BELOW_H
#define PATCHBUILD_BELOW_H

#include "patchbuild/choose.h"
#include "patchbuild/offline.h"
#include "patchbuild/patchfile.h"

#include "common/io.h"

#include "xsplice/xsplice.h"

struct below_payload {
	const char *path;
	struct file_data file;
	struct xsp_payload payload; /* points into @file */
	struct offline_result tried; /* what it wrote */
};

/* Zero it; below_free() in any case. */
struct below {
	struct below_payload *v; /* in the order they are applied */
	size_t n;
	char id[41]; /* build-id that the new one depends on */
};

/*
 * Reads the files @depends, the lowest first. The hypervisor's own build-id @xen is
 * taken, too, for none; any other build-id does not tell what is there: refused.
 */
int below_read(struct below *b, const char *const *depends, size_t n, const char *xen,
	       struct err *e);

/* Applies them in @o. */
int below_apply(struct below *b, struct offline *o, struct err *e);

/*
 * A function that one of them patches and the new one, too: only with the patches of the
 * lower one among @patches, or its fix would be taken back.
 */
void below_judge(const struct below *b, struct selection *s, const struct patch_set *patches);

void below_free(struct below *b);

#endif
