/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base.h - a base: all that is needed to build payloads for one hypervisor
 *
 * A base is a folder named by the build-id of the hypervisor it was made from:
 *
 *   manifest.json   schema number, identity, SHA-256 of every file
 *   tree/           the source tree, from its top; only xen/ below it is kept
 *   obj/            the object tree, if it was built outside of the source tree
 *
 * It does not change once made, and needs nothing of the tree it was made from.
 */
#ifndef PATCHBUILD_BASE_H
#define PATCHBUILD_BASE_H

#include "common/err.h"
#include "common/json.h"

#include <stdbool.h>
#include <stddef.h>

#define BASE_SCHEMA 1

struct base;

/*
 * Opens base @id (a build-id or at least six digits of it that only one base has)
 * of folder @store. Only the manifest is checked. NULL and a cause on failure; end
 * with base_close().
 */
struct base *base_open(const char *store, const char *id, struct err *e);
/* The same for what users give: an id in folder @store (NULL: none), or a base's path. */
struct base *base_open_any(const char *store, const char *where, struct err *e);
void base_close(struct base *b);

/* Reads every file and compares it with the manifest; names the first that differs. */
int base_check(const struct base *b, struct err *e);

/* The same for the linked image alone: no compilation would show that it was changed. */
int base_check_image(const struct base *b, struct err *e);

/* All strings belong to the base. */
const char *base_dir(const struct base *b); /* its folder */
const char *base_build_id(const struct base *b); /* 40 hexadecimal digits */
const char *base_version(const struct base *b); /* "4.17.5" with extra version */
const char *base_xen_syms(const struct base *b); /* path of the linked image */
const char *base_compiler(const struct base *b); /* command word: "x86_64-linux-gnu-gcc" */
/* Folder of objects and recorded commands; folder of sources ("xen" in a tree). */
const char *base_obj_dir(const struct base *b);
const char *base_src_dir(const struct base *b);
/* Where these two were when the base was made (absolute). */
const char *base_obj_orig(const struct base *b);
const char *base_src_orig(const struct base *b);
/* The manifest, to be printed. */
const struct json *base_manifest(const struct base *b);

/* True if the configuration sets @option ("CONFIG_XEN_IBT") to y. */
bool base_config_has(const struct base *b, const char *option);

/*
 * Calls @fn for every compiled object that is part of the linked hypervisor, in
 * byte order of the names: @object "common/dm.o" (of "x.init.o" the object it was
 * made from), @path its file. Ends early when @fn returns other than 0, with that.
 */
int base_each_object(const struct base *b,
		     int (*fn)(const char *object, const char *path, void *ctx, struct err *e),
		     void *ctx, struct err *e);

#endif
