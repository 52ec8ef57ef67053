// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workspace_farm.c - a copy of a base that is made of links
 *
 * A folder in which nothing changes is one link. What is reached through such a link
 * and ".." is the base's file, not the copy's: right unless that file is a changed one.
 * So folders around changed files are real, and workspace_is_sound() looks at what the
 * compiler did read.
 */
#include "patchbuild/workspace_int.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct farm {
	struct workspace *ws;
	const char **real; /* sorted names, as in the manifest, of folders that are no links */
	size_t n;
	char *last; /* folder linked last */
	bool full; /* no folder is to be a link */
};

/* Files that are read by no compilation of a source. */
static bool is_left_out(const char *name)
{
	return text_ends(name, ".o") || text_ends(name, ".cmd") || text_ends(name, "/xen-syms");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_real(const struct farm *f, const char *dir)
{
	return f->n && bsearch(&dir, f->real, f->n, sizeof(*f->real), by_text);
}

/* Adds the folder of @name and all above it. */
static void add_real(struct farm *f, const char *name)
{
	char *dir = arena_strdup(&f->ws->arena, name);
	char *slash;

	while ((slash = strrchr(dir, '/')) != NULL) {
		*slash = '\0';
		f->real = mem_grow(f->real, f->n, sizeof(*f->real));
		f->real[f->n++] = arena_strdup(&f->ws->arena, dir);
	}
}

/* Folders below that of a header: what is in them may say "../header.h". */
static void add_below(struct farm *f, const char *header)
{
	const struct json *files = json_get(base_manifest(f->ws->base), "files");
	autofree char *dir = path_dir(header);
	size_t len = strlen(dir);
	struct json *value;
	const char *key;
	void *it = NULL;

	while (json_next(files, &it, &key, &value))
		if (!strncmp(key, dir, len) && key[len] == '/' && strchr(key + len + 1, '/') &&
		    text_ends(key, ".h"))
			add_real(f, key);
}

static void choose_real(struct farm *f, const struct patch_set *s)
{
	const struct json *m = base_manifest(f->ws->base);
	const char *src = json_get_str(m, "src");
	struct json *value;
	const char *key;
	void *it = NULL;
	size_t i, j;

	for (i = 0; i < s->npatches; i++) {
		for (j = 0; j < s->patches[i].nfiles; j++) {
			autofree char *name = path_join(src, s->patches[i].files[j].path);

			add_real(f, name);
			if (text_ends(name, ".h"))
				add_below(f, name);
		}
	}
	/* A link seen through the base would lead to the base. */
	while (json_next(json_get(m, "links"), &it, &key, &value))
		add_real(f, key);
	if (f->n)
		qsort(f->real, f->n, sizeof(*f->real), by_text);
}

static int make_link(const char *target, const char *path, struct err *e)
{
	autofree char *dir = NULL;

	if (symlink(target, path) == 0 || errno == EEXIST)
		return 0;
	if (errno == ENOENT) {
		dir = path_dir(path);
		if (dir_make(dir, e))
			return -1;
		if (symlink(target, path) == 0)
			return 0;
	}
	return err_sys(e, errno, "%s: cannot make the link", path);
}

/* Makes a real folder of one that is a link. */
static int unlink_dir(struct farm *f, const char *name, struct err *e)
{
	autofree char *path = path_join(f->ws->new_dir, name);
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
		return 0;
	return unlink(path) < 0 ? err_sys(e, errno, "%s: cannot be removed", path) : 0;
}

/* Links file @key, or the uppermost folder of it that may be a link. */
static int link_one(struct farm *f, const char *key, struct err *e)
{
	autofree char *name = mem_strdup(key);
	autofree char *from = NULL;
	autofree char *to = NULL;
	char *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!f->full && !is_real(f, name))
			break;
		if (f->full && unlink_dir(f, name, e))
			return -1;
		*slash = '/';
	}
	if (f->last && !strcmp(f->last, name))
		return 0;
	from = path_join(base_dir(f->ws->base), name);
	to = path_join(f->ws->new_dir, name);
	if (strcmp(name, key)) {
		free(f->last);
		f->last = mem_strdup(name);
	} else if (is_left_out(name)) {
		return 0;
	}
	return make_link(from, to, e);
}

static int link_all(struct farm *f, struct err *e)
{
	const struct json *m = base_manifest(f->ws->base);
	struct json *value;
	const char *key;
	void *it = NULL;
	int ret = 0;

	while (ret == 0 && json_next(json_get(m, "files"), &it, &key, &value))
		ret = link_one(f, key, e);
	it = NULL;
	while (ret == 0 && json_next(json_get(m, "links"), &it, &key, &value)) {
		autofree char *to = path_join(f->ws->new_dir, key);

		ret = json_str(value) ? make_link(json_str(value), to, e) : 0;
	}
	free(f->real);
	free(f->last);
	return ret;
}

int workspace_link(struct workspace *ws, const struct patch_set *s, struct err *e)
{
	struct farm f = {.ws = ws};

	choose_real(&f, s);
	return link_all(&f, e);
}

/* A removed file would come back as a link. */
static int remove_again(struct workspace *ws, struct err *e)
{
	size_t i;

	for (i = 0; i < ws->nchanged; i++) {
		autofree char *path =
			path_join(workspace_src_dir(ws, SIDE_NEW), ws->changed[i].path);

		if (ws->changed[i].action == PATCH_REMOVE && unlink(path) < 0 && errno != ENOENT)
			return err_sys(e, errno, "%s: cannot be removed", path);
	}
	return 0;
}

int workspace_unfold(struct workspace *ws, struct err *e)
{
	struct farm f = {.ws = ws, .full = true};

	return link_all(&f, e) || remove_again(ws, e) ? -1 : 0;
}

/* A file of the tree that the base was made from: not patched, perhaps changed since. */
static bool is_original(const struct workspace *ws, const char *real)
{
	size_t i, len;

	for (i = 0; i < ws->base->nroots; i++) {
		const char *orig = ws->base->roots[i].orig;

		len = strlen(orig);
		if (!strncmp(real, orig, len) && real[len] == '/')
			return !text_starts(real, base_dir(ws->base)) &&
			       !text_starts(real, ws->dir);
	}
	return false;
}

bool workspace_is_sound(struct workspace *ws, const char *path)
{
	const char *base = base_dir(ws->base);
	size_t len = strlen(base);
	autofree char *full = path_join(workspace_obj_dir(ws, SIDE_NEW), path);
	char real[PATH_MAX];
	const char *rel;
	size_t i;

	if (!realpath(full, real))
		return true;
	if (is_original(ws, real))
		return false;
	if (strncmp(real, base, len) || real[len] != '/')
		return true;
	rel = base_src_rel(ws->base, real + len + 1);
	for (i = 0; rel && i < ws->nchanged; i++)
		if (!strcmp(ws->changed[i].path, rel))
			return false;
	return true;
}
