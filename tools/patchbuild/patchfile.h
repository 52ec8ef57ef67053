/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patchfile.h - source patches, in the form that diff -u and git make
 */
#ifndef PATCHBUILD_PATCHFILE_H
#define PATCHBUILD_PATCHFILE_H

#include "common/digest.h"
#include "common/err.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum patch_action {
	PATCH_CHANGE,
	PATCH_ADD,
	PATCH_REMOVE,
};

/* What is done to one file. */
struct patch_file {
	const char *path; /* relative to the hypervisor folder: "common/dm.c" */
	enum patch_action action;
	const char *hunks; /* from the first "@@" to the end of the last hunk */
	size_t size; /* of @hunks */
};

/* One patch, read whole. */
struct patch {
	const char *name; /* of its file, as given */
	const char *data; /* as it was read */
	size_t size;
	char sha256[DIGEST_HEX]; /* of @data */
	struct patch_file *files; /* those of the hypervisor, in order */
	size_t nfiles;
};

struct patch_set {
	struct patch *patches; /* in the order they are applied */
	size_t npatches;
	const char **outside; /* files outside of the hypervisor that patches touch */
	size_t noutside;
	struct arena arena;
};

/*
 * Reads @n patches; their names are relative to the top of a Xen tree ("a/xen/common/
 * dm.c") or to the hypervisor folder ("a/common/dm.c"), per patch. Refuses what no
 * source fix needs: absolute paths, "..", control characters in names, links, devices,
 * binary hunks, renames, copies, a hunk that is cut short. The set is to be freed also
 * after a failure.
 */
int patch_set_load(struct patch_set *s, const char *const *paths, size_t n, struct err *e);
void patch_set_free(struct patch_set *s);

/* The same for one patch from memory; @data is copied. */
int patch_set_add(struct patch_set *s, const char *name, const char *data, size_t size,
		  struct err *e);

#endif
