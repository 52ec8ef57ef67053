// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units_int.h"

#include <stdlib.h>
#include <string.h>

struct finder {
	struct workspace *ws;
	struct recipes *r;
	const char **names; /* canonical, of each changed file */
	struct arena scratch;
};

static int name_changed(struct finder *f)
{
	const char *src = json_get_str(base_manifest(f->ws->base), "src");
	size_t i;

	f->names = mem_zalloc(f->ws->nchanged + 1, sizeof(*f->names));
	for (i = 0; i < f->ws->nchanged; i++)
		f->names[i] = arena_printf(&f->ws->arena, "%s/%s", src, f->ws->changed[i].path);
	return 0;
}

/* Cheap test that rules out nearly all names before links and ".." are resolved. */
static bool same_end(const char *path, const char *name)
{
	return !strcmp(path_base(path), path_base(name));
}

/* Index of the changed file that a command calls @path, or -1. */
static long changed_index(struct finder *f, const char *path)
{
	const char *canonical = NULL;
	size_t i;

	for (i = 0; i < f->ws->nchanged; i++) {
		if (!same_end(path, f->names[i]))
			continue;
		if (!canonical)
			canonical = base_canonical(f->ws->base, &f->scratch, path);
		if (!canonical || strcmp(canonical, f->names[i]))
			continue;
		if (strstr(path, "/../") &&
		    !workspace_is_sound(f->ws, workspace_new_path(f->ws, path)))
			f->r->unsound = true;
		return (long)i;
	}
	return -1;
}

/*
 * A new header can be found in the place of another of its name. Whoever reads any of that
 * name is looked at; most see the same text as before.
 */
static bool could_be_shadowed(const struct finder *f, const char *dep)
{
	size_t i;

	for (i = 0; i < f->ws->nchanged; i++)
		if (f->ws->changed[i].action == PATCH_ADD && same_end(dep, f->names[i]))
			return true;
	return false;
}

/* True if a changed file goes into @k; all of them are marked as used. */
static bool is_affected(struct finder *f, const struct kcmd *k, bool *own_source)
{
	long at = k->source ? changed_index(f, k->source) : -1;
	bool hit = at >= 0;
	size_t i;

	*own_source = hit;
	if (hit)
		f->r->used[at] = true;
	for (i = 0; i < k->ndeps; i++) {
		at = changed_index(f, k->deps[i]);
		if (at >= 0) {
			f->r->used[at] = true;
			hit = true;
		}
		hit = hit || could_be_shadowed(f, k->deps[i]);
	}
	return hit;
}

static int look_at(struct finder *f, const char *rel, struct err *e)
{
	autofree char *path = path_join(base_obj_dir(f->ws->base), rel);
	struct recipe one = {0};

	if (kcmd_load(&one.cmd, path, rel, e)) {
		kcmd_free(&one.cmd);
		return -1;
	}
	if (!is_affected(f, &one.cmd, &one.own_source)) {
		kcmd_free(&one.cmd);
		return 0;
	}
	f->r->v = mem_grow(f->r->v, f->r->n, sizeof(*f->r->v));
	f->r->v[f->r->n++] = one;
	return 0;
}

static int by_target(const void *a, const void *b)
{
	return strcmp(((const struct recipe *)a)->cmd.target,
		      ((const struct recipe *)b)->cmd.target);
}

static int look_at_all(struct finder *f, struct err *e)
{
	const struct json *m = base_manifest(f->ws->base);
	const char *obj = json_get_str(m, "obj");
	size_t len = strlen(obj);
	struct json *value;
	const char *key, *rel;
	void *it = NULL;

	while (json_next(json_get(m, "files"), &it, &key, &value)) {
		if (!text_ends(key, ".cmd") || strncmp(key, obj, len) || key[len] != '/')
			continue;
		rel = key + len + 1;
		if (path_base(rel)[0] != '.')
			continue;
		/* The build's own tools run on the machine that builds. */
		if (!text_starts(rel, "tools/") && look_at(f, rel, e))
			return -1;
	}
	if (f->r->n)
		qsort(f->r->v, f->r->n, sizeof(*f->r->v), by_target);
	return 0;
}

int recipes_load(struct workspace *ws, struct recipes *r, struct err *e)
{
	struct finder f = {.ws = ws, .r = r};
	int ret;

	memset(r, 0, sizeof(*r));
	r->used = mem_zalloc(ws->nchanged + 1, sizeof(*r->used));
	ret = name_changed(&f) || look_at_all(&f, e) ? -1 : 0;
	free(f.names);
	arena_free(&f.scratch);
	return ret;
}

void recipes_free(struct recipes *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		kcmd_free(&r->v[i].cmd);
	free(r->v);
	free(r->used);
	memset(r, 0, sizeof(*r));
}
