// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/store.h"
#include "patchbuild/base_int.h"

#include "common/temp.h"
#include "common/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_DIGITS 40
#define ID_LEAST  6

static bool is_hex(const char *s)
{
	for (; *s; s++)
		if (!isxdigit((unsigned char)*s))
			return false;
	return true;
}

static bool is_id(const char *name)
{
	return strlen(name) == ID_DIGITS && is_hex(name);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int store_list(const char *store, char ***ids, size_t *n, struct err *e)
{
	DIR *d = opendir(store);
	struct dirent *de;

	*ids = NULL;
	*n = 0;
	if (!d)
		return err_sys(e, errno, "%s: cannot open the store", store);
	while ((de = readdir(d)) != NULL) {
		autofree char *path = mem_printf("%s/%s/manifest.json", store, de->d_name);

		if (!is_id(de->d_name) || !file_exists(path))
			continue;
		*ids = mem_grow(*ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = mem_strdup(de->d_name);
	}
	closedir(d);
	if (*n)
		qsort(*ids, *n, sizeof(**ids), by_text);
	return 0;
}

static char *take_match(char **ids, size_t n, const char *store, const char *id, struct err *e)
{
	char *found = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strncasecmp(ids[i], id, strlen(id)))
			continue;
		if (found) {
			err_set(e, ERR_USAGE, "%s: more than one base begins so: give more digits",
				id);
			free(found);
			return NULL;
		}
		found = mem_strdup(ids[i]);
	}
	if (!found)
		err_fail(e, "%s: no base of that build-id in %s: `base --list` shows all", id,
			 store);
	return found;
}

char *store_find(const char *store, const char *id, struct err *e)
{
	char **ids, *found;
	size_t i, n;

	if (strlen(id) < ID_LEAST || strlen(id) > ID_DIGITS || !is_hex(id)) {
		err_set(e, ERR_USAGE, "%s: not a build-id: give 6 to 40 hexadecimal digits", id);
		return NULL;
	}
	if (store_list(store, &ids, &n, e))
		return NULL;
	found = take_match(ids, n, store, id, e);
	for (i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
	return found;
}

char *store_path(const char *store, const char *build_id, struct err *e)
{
	autofree char *joined = path_join(store, build_id);
	char real[PATH_MAX];

	if (!realpath(joined, real)) {
		err_sys(e, errno, "%s: cannot find the base", joined);
		return NULL;
	}
	return mem_strdup(real);
}

/* --- making --- */

struct maker {
	struct tree tree;
	char *tmp; /* folder of the base while it grows */
	struct json *manifest;
	struct json *files;
	struct json *links;
	bool own_obj; /* the object folder is not below the tree's top */
};

static const char *below(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	if (strncmp(path, dir, len))
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] ? NULL : "";
}

static void add_root(struct json *roots, const char *name, const char *orig)
{
	struct json *r = json_new_object();

	json_put_str(r, "name", name);
	json_put_str(r, "orig", orig);
	json_add(roots, r);
}

static void describe(struct maker *m)
{
	struct json *roots = json_new_array();
	autofree char *src = path_join("tree", below(m->tree.top, m->tree.src));
	autofree char *obj =
		m->own_obj ? mem_strdup("obj") : path_join("tree", below(m->tree.top, m->tree.obj));

	json_put_int(m->manifest, "schema", BASE_SCHEMA);
	json_put_str(m->manifest, "build_id", m->tree.build_id);
	json_put_str(m->manifest, "version", m->tree.version);
	json_put_str(m->manifest, "src", src);
	json_put_str(m->manifest, "obj", obj);
	add_root(roots, "tree", m->tree.top);
	if (m->own_obj)
		add_root(roots, "obj", m->tree.obj);
	json_put(m->manifest, "roots", roots);
}

static int compare_shipped(struct maker *m, const char *shipped, struct err *e)
{
	struct image_match match;
	struct json *j;

	if (!shipped)
		return 0;
	if (image_match(&match, &m->tree, shipped, e))
		return -1;
	j = json_new_object();
	json_put_str(j, "file", match.file);
	json_put_str(j, "sha256", match.sha256);
	json_put_str(j, "same_as", match.same_as);
	json_put(m->manifest, "shipped", j);
	image_match_free(&match);
	return 0;
}

static int copy_one(struct maker *m, const char *from, const char *name, struct err *e)
{
	autofree char *to = path_join(m->tmp, name);

	return dir_make(to, e) || copy_tree(&m->tree, from, to, name, m->files, m->links, e);
}

static int copy_all(struct maker *m, struct err *e)
{
	const char *src = json_get_str(m->manifest, "src");
	const char *obj = json_get_str(m->manifest, "obj");

	m->files = json_new_object();
	m->links = json_new_object();
	json_put(m->manifest, "files", m->files);
	json_put(m->manifest, "links", m->links);
	if (copy_one(m, m->tree.src, src, e))
		return -1;
	return below(m->tree.src, m->tree.obj) ? 0 : copy_one(m, m->tree.obj, obj, e);
}

/* The compiler that made the first object. */
static struct json *identify(const char *obj_dir, const struct json *objects, struct err *e)
{
	const char *object = json_get_str(json_at(objects, 0), "object");
	autofree char *cmd = object ? kcmd_path(object) : NULL;
	autofree char *path = cmd ? path_join(obj_dir, cmd) : NULL;
	struct json *id = NULL;
	const char *cc;
	struct kcmd k;

	if (!path) {
		err_fail(e, "%s: no compiled object found", obj_dir);
		return NULL;
	}
	if (kcmd_load(&k, path, cmd, e) == 0) {
		cc = kcmd_compiler(&k.arena, k.command, e);
		id = cc ? compiler_identity(cc, e) : NULL;
	}
	kcmd_free(&k);
	return id;
}

static int examine(struct maker *m, struct err *e)
{
	const char *obj = json_get_str(m->manifest, "obj");
	autofree char *obj_dir = path_join(m->tmp, obj);
	struct json *objects, *id;

	objects = link_objects(obj_dir, m->files, obj, e);
	if (!objects)
		return -1;
	json_put(m->manifest, "objects", objects);
	id = identify(obj_dir, objects, e);
	if (!id)
		return -1;
	json_put(m->manifest, "compiler", id);
	return 0;
}

static int write_manifest(struct maker *m, struct err *e)
{
	autofree char *path = path_join(m->tmp, "manifest.json");
	autofree char *text = json_text(m->manifest);

	return file_write(path, text, strlen(text), 0644, e);
}

/*
 * A base of that build-id is there already. The same one is as good; a manifest that
 * differs only in what was shipped is replaced.
 */
static int merge(struct maker *m, const char *store, struct err *e)
{
	struct base *old = base_open(store, m->tree.build_id, e);
	autofree char *path = NULL;
	autofree char *text = NULL;
	autofree char *was = NULL;
	autofree char *is = NULL;
	int ret = 0;

	if (!old)
		return -1;
	was = json_canonical(json_get(old->manifest, "files"));
	is = json_canonical(m->files);
	path = path_join(old->dir, "manifest.json");
	if (strcmp(was, is))
		ret = err_set(e, ERR_STATE,
			      "%s: a base of that build-id with other files is there: remove it "
			      "first",
			      old->dir);
	else if (json_get(m->manifest, "shipped")) {
		text = json_text(m->manifest);
		ret = file_write(path, text, strlen(text), 0644, e);
	}
	base_close(old);
	return ret;
}

static int settle(struct maker *m, const char *store, struct err *e)
{
	autofree char *final = path_join(store, m->tree.build_id);

	if (chmod(m->tmp, 0755) < 0)
		return err_sys(e, errno, "%s: cannot set its mode", m->tmp);
	if (rename(m->tmp, final) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(e, errno, "%s: cannot put the base in place", final);
	if (merge(m, store, e))
		return -1;
	return dir_remove(m->tmp, e);
}

/* The real path of what need not exist yet. The caller frees; NULL if there is none. */
static char *future_path(const char *path)
{
	autofree char *dir = NULL;
	autofree char *real = NULL;
	char known[PATH_MAX];

	if (realpath(path, known))
		return mem_strdup(known);
	dir = path_dir(path);
	if (errno != ENOENT || !strcmp(dir, path))
		return NULL;
	real = future_path(dir);
	return real ? path_join(real, path_base(path)) : NULL;
}

/* What a base keeps of a tree is less than the tree, and at another place than it was built. */
static bool is_in_base(const struct tree *t)
{
	autofree char *parent = path_dir(t->top);
	autofree char *manifest = path_join(parent, "manifest.json");

	return is_id(path_base(parent)) && file_exists(manifest);
}

/* A base that grows inside of what is copied would be copied into itself. */
static int check_places(const struct tree *t, const char *store, struct err *e)
{
	autofree char *real = future_path(store);

	if (is_in_base(t))
		return err_fail(e, "%s: is part of a base: give the tree in which Xen was built",
				t->top);
	if (real && (below(t->src, real) || below(t->obj, real)))
		return err_fail(e, "%s: is inside of %s, which is copied: give a store elsewhere",
				store, below(t->src, real) ? t->src : t->obj);
	return 0;
}

static int make(struct maker *m, const char *store, const char *shipped, struct err *e)
{
	m->manifest = json_new_object();
	m->own_obj = !below(m->tree.top, m->tree.obj);
	describe(m);
	if (check_places(&m->tree, store, e) || compare_shipped(m, shipped, e) ||
	    dir_make(store, e))
		return -1;
	m->tmp = dir_temp_in(store, ".new-", e);
	/* Again: of a path with ".." behind what did not exist only now the place is known. */
	if (!m->tmp || check_places(&m->tree, m->tmp, e))
		return -1;
	if (copy_all(m, e) || examine(m, e) || write_manifest(m, e))
		return -1;
	return settle(m, store, e);
}

int store_make(const char *store, const char *dir, const char *shipped, char **build_id,
	       struct err *e)
{
	struct err ignored = ERR_INIT;
	struct maker m = {0};
	int ret;

	ret = tree_open(&m.tree, dir, e);
	if (ret == 0)
		ret = make(&m, store, shipped, e);
	if (ret && m.tmp)
		dir_remove(m.tmp, &ignored);
	if (ret == 0)
		*build_id = mem_strdup(m.tree.build_id);
	json_unref(m.manifest);
	free(m.tmp);
	tree_close(&m.tree);
	return ret;
}
