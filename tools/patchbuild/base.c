// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/base.h"
#include "patchbuild/base_int.h"
#include "patchbuild/store.h"

#include "common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_MAX (64u << 20)

static int load_manifest(struct base *b, struct err *e)
{
	autofree char *path = path_join(b->dir, "manifest.json");
	struct file_data f;

	if (file_read(path, MANIFEST_MAX, &f, e))
		return -1;
	b->manifest = json_parse((const char *)f.data, f.size, path, e);
	file_free(&f);
	if (!b->manifest)
		return -1;
	if (json_get_int(b->manifest, "schema", -1) != BASE_SCHEMA)
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: schema is not %d: make the base again with this version", path,
			       BASE_SCHEMA);
	return 0;
}

static int damaged(const struct base *b, const char *what, struct err *e)
{
	return err_fail(e, "%s/manifest.json: %s is missing or wrong: make the base again", b->dir,
			what);
}

/* A path that stays below the base. */
static bool is_inside(const char *rel)
{
	autofree char *normal = rel ? path_normal(rel) : NULL;

	return normal && *rel && *rel != '/' && !strcmp(normal, rel) && strcmp(rel, "..") &&
	       !text_starts(rel, "../");
}

/* No name leads out of the base. */
static int check_names(const struct base *b, const char *list, struct err *e)
{
	const struct json *names = json_get(b->manifest, list);
	struct json *value;
	const char *key;
	void *it = NULL;

	if (!json_is_object(names))
		return damaged(b, "the list of files", e);
	while (json_next(names, &it, &key, &value))
		if (!is_inside(key) || !json_str(value))
			return damaged(b, key, e);
	return 0;
}

static int load_roots(struct base *b, struct err *e)
{
	const struct json *roots = json_get(b->manifest, "roots");
	size_t i;

	b->nroots = json_is_array(roots) ? json_size(roots) : 0;
	if (b->nroots < 1 || b->nroots > 2)
		return damaged(b, "\"roots\"", e);
	for (i = 0; i < b->nroots; i++) {
		b->roots[i].name = json_get_str(json_at(roots, i), "name");
		b->roots[i].orig = json_get_str(json_at(roots, i), "orig");
		if (!is_inside(b->roots[i].name) || !b->roots[i].orig || *b->roots[i].orig != '/')
			return damaged(b, "\"roots\"", e);
	}
	return 0;
}

static int load_identity(struct base *b, const char *id, struct err *e)
{
	const char *build_id = json_get_str(b->manifest, "build_id");
	const struct json *cc = json_get(b->manifest, "compiler");

	if (!build_id || strcmp(build_id, id))
		return damaged(b, "\"build_id\"", e);
	if (!json_get_str(b->manifest, "version"))
		return damaged(b, "\"version\"", e);
	if (!json_get_str(cc, "command") || !json_get_str(cc, "version") ||
	    !json_get_str(cc, "target") || !json_get_str(cc, "assembler"))
		return damaged(b, "\"compiler\"", e);
	if (!json_is_array(json_get(b->manifest, "objects")))
		return damaged(b, "\"objects\"", e);
	return check_names(b, "files", e) || check_names(b, "links", e) ? -1 : 0;
}

static int load_places(struct base *b, struct err *e)
{
	const char *obj = json_get_str(b->manifest, "obj");
	const char *src = json_get_str(b->manifest, "src");
	autofree char *config = NULL;

	if (!is_inside(obj) || !is_inside(src))
		return damaged(b, "\"obj\" or \"src\"", e);
	b->obj_dir = path_join(b->dir, obj);
	b->src_dir = path_join(b->dir, src);
	b->xen_syms = path_join(b->obj_dir, "xen-syms");
	config = path_join(b->obj_dir, "include/config/auto.conf");
	return file_read(config, 1u << 20, &b->config, e);
}

struct base *base_open(const char *store, const char *id, struct err *e)
{
	struct base *b = mem_zalloc(1, sizeof(*b));
	autofree char *full = store_find(store, id, e);

	if (!full)
		goto fail;
	b->dir = store_path(store, full, e);
	if (!b->dir || load_manifest(b, e) || load_identity(b, full, e) || load_roots(b, e) ||
	    load_places(b, e))
		goto fail;
	return b;
fail:
	base_close(b);
	return NULL;
}

struct base *base_open_any(const char *store, const char *where, struct err *e)
{
	autofree char *plain = mem_strdup(where);
	size_t len = strlen(plain);
	autofree char *dir = NULL;

	if (strchr(plain, '/')) {
		while (len > 1 && plain[len - 1] == '/')
			plain[--len] = '\0';
		dir = path_dir(plain);
		return base_open(dir, path_base(plain), e);
	}
	if (store)
		return base_open(store, where, e);
	err_set(e, ERR_USAGE, "--store DIR (or $XSPLICE_STORE) is needed to find base %s", where);
	return NULL;
}

void base_close(struct base *b)
{
	if (!b)
		return;
	json_unref(b->manifest);
	file_free(&b->config);
	free(b->dir);
	free(b->obj_dir);
	free(b->src_dir);
	free(b->xen_syms);
	arena_free(&b->arena);
	free(b);
}

static int check_file(const struct base *b, const char *rel, const char *want, struct err *e)
{
	autofree char *path = path_join(b->dir, rel);
	char have[DIGEST_HEX];
	struct file_data f;

	if (!want || !is_inside(rel))
		return damaged(b, rel, e);
	if (file_read(path, 0, &f, e))
		return -1;
	digest_hex(have, f.data, f.size);
	file_free(&f);
	if (strcmp(have, want))
		return err_set(e, ERR_CHECK,
			       "%s: not what it was when the base was made: make the base again",
			       path);
	return 0;
}

static int check_link(const struct base *b, const char *rel, const char *want, struct err *e)
{
	autofree char *path = path_join(b->dir, rel);
	char have[4096];
	ssize_t n;

	if (!want || !is_inside(rel))
		return damaged(b, rel, e);
	n = readlink(path, have, sizeof(have));
	if (n < 0 || (size_t)n != strlen(want) || memcmp(have, want, (size_t)n))
		return err_set(e, ERR_CHECK, "%s: not the link to %s that it was", path, want);
	return 0;
}

int base_check(const struct base *b, struct err *e)
{
	struct json *value;
	const char *key;
	void *it = NULL;

	while (json_next(json_get(b->manifest, "files"), &it, &key, &value))
		if (check_file(b, key, json_str(value), e))
			return -1;
	it = NULL;
	while (json_next(json_get(b->manifest, "links"), &it, &key, &value))
		if (check_link(b, key, json_str(value), e))
			return -1;
	return 0;
}

int base_check_image(const struct base *b, struct err *e)
{
	autofree char *rel = path_join(json_get_str(b->manifest, "obj"), "xen-syms");

	return check_file(b, rel, json_get_str(json_get(b->manifest, "files"), rel), e);
}

const char *base_dir(const struct base *b)
{
	return b->dir;
}

const char *base_build_id(const struct base *b)
{
	return json_get_str(b->manifest, "build_id");
}

const char *base_version(const struct base *b)
{
	return json_get_str(b->manifest, "version");
}

const char *base_xen_syms(const struct base *b)
{
	return b->xen_syms;
}

const char *base_compiler(const struct base *b)
{
	return json_get_str(json_get(b->manifest, "compiler"), "command");
}

const char *base_obj_dir(const struct base *b)
{
	return b->obj_dir;
}

const char *base_src_dir(const struct base *b)
{
	return b->src_dir;
}

const struct json *base_manifest(const struct base *b)
{
	return b->manifest;
}

bool base_config_has(const struct base *b, const char *option)
{
	const char *at = (const char *)b->config.data;
	size_t len = strlen(option);

	while ((at = strstr(at, option)) != NULL) {
		if ((at == (const char *)b->config.data || at[-1] == '\n') &&
		    !strncmp(at + len, "=y", 2) && (at[len + 2] == '\n' || !at[len + 2]))
			return true;
		at += len;
	}
	return false;
}

/* --- names --- */

/* The place of @name's root, and what follows it. */
static const struct base_root *root_of(const struct base *b, const char *abs, const char **rest)
{
	const struct base_root *best = NULL;
	size_t i, len;

	for (i = 0; i < b->nroots; i++) {
		len = strlen(b->roots[i].orig);
		if (strncmp(abs, b->roots[i].orig, len) || (abs[len] != '/' && abs[len]))
			continue;
		if (!best || len > strlen(best->orig)) {
			best = &b->roots[i];
			*rest = abs + len + (abs[len] == '/');
		}
	}
	return best;
}

/* One link on the way of @name followed; NULL if there is none. */
static char *follow_link(const struct base *b, const char *name)
{
	const struct json *links = json_get(b->manifest, "links");
	autofree char *joined = NULL;
	autofree char *dir = NULL;
	struct json *value;
	const char *key;
	void *it = NULL;
	size_t len;

	while (json_next(links, &it, &key, &value)) {
		len = strlen(key);
		if (!json_str(value) || strncmp(name, key, len) || (name[len] != '/' && name[len]))
			continue;
		dir = path_dir(key);
		joined = mem_printf("%s/%s%s", dir, json_str(value), name + len);
		return path_normal(joined);
	}
	return NULL;
}

#define MAX_LINKS 16

const char *base_canonical(const struct base *b, struct arena *a, const char *path)
{
	const char *obj = json_get_str(b->manifest, "obj");
	const struct base_root *root;
	const char *rest = NULL;
	char *name, *next;
	const char *out;
	int i;

	if (*path == '/') {
		autofree char *normal = path_normal(path);

		root = root_of(b, normal, &rest);
		if (!root)
			return NULL;
		name = path_join(root->name, rest);
	} else {
		autofree char *joined = path_join(obj, path);

		name = path_normal(joined);
	}
	for (i = 0; i < MAX_LINKS && (next = follow_link(b, name)) != NULL; i++) {
		free(name);
		name = next;
	}
	out = is_inside(name) ? arena_strdup(a, name) : NULL;
	free(name);
	return out;
}

const char *base_src_rel(const struct base *b, const char *canonical)
{
	const char *src = json_get_str(b->manifest, "src");
	size_t len = strlen(src);

	return !strncmp(canonical, src, len) && canonical[len] == '/' ? canonical + len + 1 : NULL;
}

static const char *orig_of(const struct base *b, const char *rel)
{
	size_t i, len;

	for (i = 0; i < b->nroots; i++) {
		len = strlen(b->roots[i].name);
		if (!strncmp(rel, b->roots[i].name, len) && (rel[len] == '/' || !rel[len]))
			return arena_printf((struct arena *)&b->arena, "%s%s", b->roots[i].orig,
					    rel + len);
	}
	return "";
}

const char *base_obj_orig(const struct base *b)
{
	return orig_of(b, json_get_str(b->manifest, "obj"));
}

const char *base_src_orig(const struct base *b)
{
	return orig_of(b, json_get_str(b->manifest, "src"));
}

struct kcmd_root *base_roots_at(const struct base *b, struct arena *a, const char *dir, size_t *n)
{
	struct kcmd_root *r = arena_alloc(a, b->nroots, sizeof(*r));
	struct kcmd_root tmp;
	size_t i;

	for (i = 0; i < b->nroots; i++) {
		r[i].from = b->roots[i].orig;
		r[i].to = arena_printf(a, "%s/%s", dir, b->roots[i].name);
	}
	if (b->nroots == 2 && strlen(r[1].from) > strlen(r[0].from)) {
		tmp = r[0];
		r[0] = r[1];
		r[1] = tmp;
	}
	*n = b->nroots;
	return r;
}

/* --- objects --- */

bool base_object_at(const struct base *b, size_t i, struct base_object *o)
{
	const struct json *list = json_get(b->manifest, "objects");
	const struct json *j;

	if (i >= json_size(list))
		return false;
	j = json_at(list, i);
	o->object = json_get_str(j, "object");
	o->is_asm = json_get_bool(j, "asm", false);
	o->is_init = json_get_bool(j, "init", false);
	o->is_helper = json_get_bool(j, "helper", false);
	return o->object != NULL;
}

int base_each_object(const struct base *b,
		     int (*fn)(const char *object, const char *path, void *ctx, struct err *e),
		     void *ctx, struct err *e)
{
	struct base_object o;
	size_t i;
	int ret;

	for (i = 0; base_object_at(b, i, &o); i++) {
		autofree char *path = path_join(b->obj_dir, o.object);

		if (o.is_helper)
			continue;
		ret = fn(o.object, path, ctx, e);
		if (ret)
			return ret;
	}
	return 0;
}
