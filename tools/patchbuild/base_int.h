/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base_int.h - inside of bases: for base*.c, store.c, workspace.c, units.c, compile.c
 */
#ifndef PATCHBUILD_BASE_INT_H
#define PATCHBUILD_BASE_INT_H

#include "patchbuild/base.h"
#include "patchbuild/kcmd.h"

#include "common/digest.h"
#include "common/io.h"
#include "common/mem.h"

/* A folder tree that was copied. */
struct base_root {
	const char *name; /* folder below the base: "tree", "obj" */
	const char *orig; /* where it was, absolute, links resolved */
};

struct base {
	char *dir;
	struct json *manifest;
	struct base_root roots[2];
	size_t nroots;
	char *obj_dir;
	char *src_dir;
	char *xen_syms;
	struct file_data config;
	struct arena arena;
};

/* One compiled object. */
struct base_object {
	const char *object;
	bool is_asm;
	bool is_init;
	bool is_helper; /* not linked into the hypervisor */
};

/* --- base.c --- */

/*
 * Name below the base ("tree/xen/common/dm.c") of a file that a recorded command calls
 * @path, seen from the object folder; links inside the base are followed. NULL if it
 * is outside of the base. In @a.
 */
const char *base_canonical(const struct base *b, struct arena *a, const char *path);

/* Path below the source folder of a canonical name, NULL if it is elsewhere. */
const char *base_src_rel(const struct base *b, const char *canonical);

/* Element @i of the objects; false at the end. Borrowed strings. */
bool base_object_at(const struct base *b, size_t i, struct base_object *o);

/* Where each root is below @dir, for kcmd_words(); longest @from first; in @a. */
struct kcmd_root *base_roots_at(const struct base *b, struct arena *a, const char *dir, size_t *n);

/* --- base_tree.c: a built tree, before it becomes a base --- */

struct tree {
	char *top; /* folder that holds xen/ */
	char *src; /* the hypervisor's sources */
	char *obj; /* where it was built; often the same */
	char *version;
	char build_id[2 * 20 + 1];
};

/* Finds out what @dir is and refuses what cannot become a base. */
int tree_open(struct tree *t, const char *dir, struct err *e);
void tree_close(struct tree *t);

/* --- base_image.c: what hosts boot --- */

struct image_match {
	char *file; /* name of the shipped file */
	char sha256[DIGEST_HEX]; /* of it as given */
	const char *same_as; /* file of the tree: "xen" */
};

/*
 * Compares @path, compressed or not, with the images in the tree, and what the tree's
 * xen-syms has in memory with it. Anything but equality in all bytes is an error that
 * says how close it came.
 */
int image_match(struct image_match *m, const struct tree *t, const char *path, struct err *e);
void image_match_free(struct image_match *m);

/* --- base_copy.c --- */

/* Copies what compiling may read from @from to @to; adds to @files and @links. */
int copy_tree(const struct tree *t, const char *from, const char *to, const char *name,
	      struct json *files, struct json *links, struct err *e);

/* --- base_link.c: which objects the hypervisor was linked from --- */

/*
 * Follows the recorded commands from prelink.o down and gives an array of objects as in
 * the manifest; compares them with xen-syms.
 */
struct json *link_objects(const char *obj_dir, const struct json *files, const char *prefix,
			  struct err *e);

/* --- base_cc.c --- */

/*
 * Who compiles: "command", "version", "target", "assembler", "linker". The same
 * program under another path or name gives the same answers but for the command.
 */
struct json *compiler_identity(const char *cc, struct err *e);

/* What every compiler is called with, for struct proc. */
extern const char *const compile_env[];

/* Refuses if @cc is now another compiler or assembler than @recorded. */
int compiler_same(const struct json *recorded, struct err *e);

#endif
