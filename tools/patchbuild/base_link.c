// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base_link.c - what the hypervisor was linked from
 */
#include "patchbuild/base_int.h"
#include "patchbuild/code.h"
#include "patchbuild/obj.h"

#include "common/text.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct product {
	const char *name;
	const char *command;
	bool is_compile;
	bool is_asm;
	bool linked; /* part of the hypervisor ... */
	bool linked_plain; /* ... as it is, not only renamed to .init */
	bool in_archive; /* only linked if something needs it */
};

struct linker {
	const char *obj_dir;
	struct product *v; /* sorted by name */
	size_t n;
	struct arena arena;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct product *)a)->name, ((const struct product *)b)->name);
}

static int add_target(struct linker *l, const char *cmd_file, struct err *e)
{
	autofree char *path = path_join(l->obj_dir, cmd_file);
	const char *source;
	struct product *t;
	struct kcmd k;

	if (kcmd_load(&k, path, cmd_file, e)) {
		kcmd_free(&k);
		return -1;
	}
	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	t = &l->v[l->n++];
	memset(t, 0, sizeof(*t));
	t->name = arena_strdup(&l->arena, k.target);
	t->command = arena_strdup(&l->arena, k.command);
	t->is_compile = text_ends(k.target, ".o") && kcmd_is_compile(k.command);
	source = t->is_compile ? kcmd_source(&l->arena, k.command) : NULL;
	t->is_asm = source && (text_ends(source, ".S") || text_ends(source, ".s"));
	kcmd_free(&k);
	return 0;
}

/* "common/.dm.o.cmd": the command of an object or archive. */
static bool is_object_cmd(const char *rel)
{
	return path_base(rel)[0] == '.' && (text_ends(rel, ".o.cmd") || text_ends(rel, ".a.cmd"));
}

static int load_targets(struct linker *l, const struct json *files, const char *prefix,
			struct err *e)
{
	size_t len = strlen(prefix);
	struct json *value;
	const char *key;
	void *it = NULL;

	while (json_next(files, &it, &key, &value)) {
		if (strncmp(key, prefix, len) || key[len] != '/' || !is_object_cmd(key + len + 1) ||
		    text_starts(key + len + 1, "tools/"))
			continue;
		if (add_target(l, key + len + 1, e))
			return -1;
	}
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_name);
	return 0;
}

static struct product *find(struct linker *l, const char *name)
{
	struct product key = {.name = name};

	return l->n ? bsearch(&key, l->v, l->n, sizeof(*l->v), by_name) : NULL;
}

/* The command makes a copy in which everything is .init. */
static bool is_init_copy(const struct product *t)
{
	return text_ends(t->name, ".init.o") ||
	       strstr(t->command, "--rename-section .text=.init.text") != NULL;
}

/*
 * Marks all that @t is made of. The commands of links, archives and copies are shell
 * lines; their inputs are the words that are names of targets.
 */
static void mark(struct linker *l, struct product *t, bool plain)
{
	autofree char *words = NULL;
	struct product *in;
	char *save, *w;

	if (t->linked && (t->linked_plain || !plain))
		return;
	t->linked = true;
	t->linked_plain = plain;
	if (t->is_compile)
		return;
	plain = plain && !is_init_copy(t);
	words = mem_strdup(t->command);
	for (w = strtok_r(words, " \t;", &save); w; w = strtok_r(NULL, " \t;", &save)) {
		in = find(l, w);
		if (!in || in == t)
			continue;
		in->in_archive = text_ends(t->name, ".a");
		mark(l, in, plain);
	}
}

static struct json *describe(const struct linker *l)
{
	struct json *list = json_new_array();
	const struct product *t;
	struct json *o;
	size_t i;

	for (i = 0; i < l->n; i++) {
		t = &l->v[i];
		if (!t->is_compile)
			continue;
		o = json_new_object();
		json_put_str(o, "object", t->name);
		if (t->is_asm)
			json_put_bool(o, "asm", true);
		if (!t->linked)
			json_put_bool(o, "helper", true);
		else if (!t->linked_plain)
			json_put_bool(o, "init", true);
		json_add(list, o);
	}
	return list;
}

/* --- are these the objects that are in xen-syms? --- */

struct image {
	struct obj *file;
	struct sym **syms; /* what is in it, sorted by name */
	size_t n;
};

static int by_sym(const void *a, const void *b)
{
	return strcmp((*(struct sym *const *)a)->name, (*(struct sym *const *)b)->name);
}

static int image_open(struct image *im, const char *obj_dir, struct err *e)
{
	autofree char *path = path_join(obj_dir, "xen-syms");
	struct sym *s;
	size_t i;

	memset(im, 0, sizeof(*im));
	im->file = obj_load(path, "xen-syms", e);
	if (!im->file)
		return -1;
	im->syms = mem_zalloc(im->file->nsyms + 1, sizeof(struct sym *));
	for (i = 0; i < im->file->nsyms; i++) {
		s = &im->file->syms[i];
		if (s->sec && *s->name)
			im->syms[im->n++] = s;
	}
	qsort(im->syms, im->n, sizeof(struct sym *), by_sym);
	return 0;
}

static void image_close(struct image *im)
{
	free(im->syms);
	obj_free(im->file);
}

/* First of the symbols of that name; im->n if there is none. */
static size_t image_find(const struct image *im, const char *name)
{
	size_t low = 0;
	size_t high = im->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(im->syms[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < im->n && !strcmp(im->syms[low]->name, name) ? low : im->n;
}

/* Bytes of a field; of one that no payload can have, the most. */
static uint64_t width_of(const struct rel *r)
{
	unsigned int width = rel_width(r->type);

	return width ? width : 8;
}

/* True if byte @at of a section is filled in by the linker. */
static bool is_field(const struct sec *s, uint64_t at, size_t *next)
{
	const struct rel *r = s->rels;

	while (*next < s->nrels && r[*next].offset + width_of(&r[*next]) <= at)
		(*next)++;
	return *next < s->nrels && at >= r[*next].offset;
}

/* Compares the bytes of a symbol but for what the linker fills in. */
static bool same_bytes(const struct sym *in_obj, const struct sym *in_image)
{
	const struct sec *a = in_obj->sec;
	const struct sec *b = in_image->sec;
	uint64_t off = in_image->value - b->addr;
	size_t next = 0;
	uint64_t i;

	/* Variables that begin as zero may be in the file or not. */
	if (!a->data)
		return true;
	if (!b->data || off > b->size || in_obj->size > b->size - off)
		return false;
	for (i = 0; i < in_obj->size; i++)
		if (a->data[in_obj->value + i] != b->data[off + i] &&
		    !is_field(a, in_obj->value + i, &next))
			return false;
	return true;
}

/* What stays in the image as it is in the object, and under its name; of weak ones who knows. */
static bool is_compared(const struct sym *s)
{
	return s->bind != STB_WEAK && s->sec && (s->sec->flags & SHF_ALLOC) && s->size &&
	       *s->name && (sym_is_func(s) || s->type == STT_OBJECT) &&
	       !text_starts(s->name, ".L") && !text_starts(s->sec->name, ".discard");
}

/* Objects of assembly name no file. */
static bool same_origin(const struct sym *in_obj, const struct sym *in_image)
{
	if (sym_is_local(in_obj) != sym_is_local(in_image))
		return false;
	return !sym_is_local(in_obj) || !in_obj->file ||
	       (in_image->file && !strcmp(in_obj->file, in_image->file));
}

/* One of several of that name is enough: a file may be compiled more than once. */
static bool is_in_image(const struct image *im, const struct sym *s)
{
	size_t i;

	for (i = image_find(im, s->name); i < im->n && !strcmp(im->syms[i]->name, s->name); i++)
		if (im->syms[i]->size == s->size && same_origin(s, im->syms[i]) &&
		    same_bytes(s, im->syms[i]))
			return true;
	return false;
}

static int compare(const struct image *im, const struct obj *o, struct err *e)
{
	const struct sym *s;
	size_t i;

	for (i = 0; i < o->nsyms; i++) {
		s = &o->syms[i];
		if (is_compared(s) && !is_in_image(im, s))
			return err_set(e, ERR_CHECK,
				       "%s: %s %s is not the one in xen-syms: build the tree "
				       "again, completely",
				       o->name, sym_is_func(s) ? "function" : "variable", s->name);
	}
	return 0;
}

/*
 * A member of an archive may have been left out by the linker: nothing called it, or
 * an object had the function before.
 */
static int check_object(const struct image *im, const char *path, struct product *t, struct err *e)
{
	struct obj *o = obj_load(path, t->name, e);
	struct err ignored = ERR_INIT;
	int ret = 0;

	if (!o)
		return -1;
	if (!t->in_archive)
		ret = compare(im, o, e);
	else if (compare(im, o, &ignored))
		t->linked = false;
	obj_free(o);
	return ret;
}

static int check_objects(const struct linker *l, const char *obj_dir, struct err *e)
{
	struct image im;
	size_t i;
	int ret = image_open(&im, obj_dir, e);

	for (i = 0; i < l->n && ret == 0; i++) {
		autofree char *path = path_join(obj_dir, l->v[i].name);

		if (!l->v[i].is_compile)
			continue;
		if (!file_exists(path))
			ret = err_fail(e, "%s: recorded, but not there: build the tree again",
				       path);
		else if (l->v[i].linked)
			ret = check_object(&im, path, &l->v[i], e);
	}
	image_close(&im);
	return ret;
}

struct json *link_objects(const char *obj_dir, const struct json *files, const char *prefix,
			  struct err *e)
{
	struct linker l = {.obj_dir = obj_dir};
	struct json *list = NULL;
	struct product *root;

	if (load_targets(&l, files, prefix, e))
		goto out;
	root = find(&l, "prelink.o");
	if (!root) {
		err_fail(e,
			 "%s: no recorded command for prelink.o: build the tree with its own make "
			 "files",
			 obj_dir);
		goto out;
	}
	mark(&l, root, true);
	if (check_objects(&l, obj_dir, e))
		goto out;
	list = describe(&l);
out:
	free(l.v);
	arena_free(&l.arena);
	return list;
}
