/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - a folder of bases
 */
#ifndef PATCHBUILD_STORE_H
#define PATCHBUILD_STORE_H

#include "common/err.h"

#include <stddef.h>

/*
 * The full build-id of the one base whose build-id begins with @id (at least six
 * hexadecimal digits, either case); NULL and a cause if there is none or more than one.
 * The caller frees.
 */
char *store_find(const char *store, const char *id, struct err *e);

/* Build-ids of all bases, sorted; each and the array are the caller's. */
int store_list(const char *store, char ***ids, size_t *n, struct err *e);

/* Absolute path of a base's folder; the caller frees. */
char *store_path(const char *store, const char *build_id, struct err *e);

/*
 * Makes a base of the built tree @dir in @store. @shipped (or NULL) is the image that
 * hosts boot, to be compared. *build_id (the caller frees) is set on success. The store
 * is as before after a failure; any number may run at once.
 */
int store_make(const char *store, const char *dir, const char *shipped, char **build_id,
	       struct err *e);

#endif
