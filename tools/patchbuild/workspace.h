/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workspace.h - private copies of a base's sources: before and after the patches
 *
 * Sources are links to the base's files, so that a copy costs milliseconds; a file
 * that a patch touches is a copy. Objects go to folders of their own: nothing is
 * ever written through a link.
 */
#ifndef PATCHBUILD_WORKSPACE_H
#define PATCHBUILD_WORKSPACE_H

#include "patchbuild/base.h"
#include "patchbuild/patchfile.h"
#include "patchbuild/verdict.h"

struct workspace;

/*
 * Makes a workspace in a new private folder below $TMPDIR, applies the patches in
 * order to the new copy and inserts #line so that unchanged lines keep their
 * numbers. -1 and a cause if a patch does not apply (patch's own words in
 * workspace_messages()). *ws is set and to be freed also after a failure.
 */
int workspace_make(struct workspace **ws, const struct base *b, const struct patch_set *s,
		   struct verdict *v, struct err *e);

/* Removes the folder and frees. NULL is no error. */
void workspace_free(struct workspace *ws);

/* The folder of it all; later stages may put files there under names of their own. */
const char *workspace_dir(const struct workspace *ws);

/* Files below the hypervisor folder that changed, sorted by path. */
const struct patch_file *workspace_changed(const struct workspace *ws, size_t *n);

/*
 * What patch or the compiler said when it failed, in full, paths relative to the
 * hypervisor folder, escaped; "" if nothing. For standard error.
 */
const char *workspace_messages(const struct workspace *ws);

#endif
