// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units_int.h"

#include "common/proc.h"

#include <stdlib.h>
#include <string.h>

struct compiler {
	const struct base *base;
	struct workspace *ws;
	struct unit_list *l;
	struct verdict *v;
	struct proc *p; /* SIDES for each unit */
	size_t n; /* of @p */
	struct err *e;
};

static const char *side_name(enum side side)
{
	return side == SIDE_OLD ? "old" : "new";
}

static const char **path_of(struct unit *u, enum side side)
{
	return side == SIDE_OLD ? &u->old_path : &u->new_path;
}

/* Where the object goes, its folder made. */
static const char *output_of(struct compiler *c, const struct unit *u, enum side side)
{
	autofree char *name = mem_printf("objects/%s/%s", side_name(side), u->object);
	autofree char *dir = path_dir(name);

	if (!workspace_subdir(c->ws, dir, c->e))
		return NULL;
	return arena_printf(&c->l->arena, "%s/%s", workspace_dir(c->ws), name);
}

static int prepare(struct compiler *c)
{
	struct kcmd_how how = {0};
	enum side side;
	struct unit *u;
	size_t i;

	for (i = 0; i < c->n; i++) {
		u = &c->l->v[i / SIDES];
		side = i % SIDES;
		how.mode = u->is_asm || u->is_helper ? KCMD_COMPILE : KCMD_DEBUG;
		how.output = *path_of(u, side) = output_of(c, u, side);
		if (!how.output || workspace_proc(c->ws, side, u->command, how, &c->p[i], c->e))
			return -1;
	}
	return 0;
}

/* First line with "error" in it, else the first one; the caller frees. */
static char *first_error(const char *said)
{
	const char *at = strstr(said, "error:");

	if (!at)
		at = said;
	while (at > said && at[-1] != '\n')
		at--;
	return mem_strndup(at, strcspn(at, "\n"));
}

static int failed(struct compiler *c, const struct unit *u, enum side side, const struct proc *p)
{
	const char *said = p->errors.data ? p->errors.data : "";
	autofree char *line = first_error(said);

	workspace_say(c->ws, said);
	if (side == SIDE_OLD)
		return err_fail(c->e, "%s: the base's own source does not compile: %s", u->source,
				*line ? line : "the compiler gave no reason");
	return err_fail(c->e, "%s: does not compile with the patch: %s", u->object,
			*line ? line : "the compiler gave no reason");
}

static int judge(struct compiler *c)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		c->l->v[i / SIDES].cpu_seconds += c->p[i].cpu_seconds;
		c->l->cpu_seconds += c->p[i].cpu_seconds;
		if (c->p[i].status)
			ret = failed(c, &c->l->v[i / SIDES], i % SIDES, &c->p[i]);
	}
	return ret;
}

static void free_procs(struct compiler *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		proc_free(&c->p[i]);
	free(c->p);
	c->p = NULL;
	c->n = 0;
}

static int compile_all(struct compiler *c)
{
	int ret;

	c->n = c->l->n * SIDES;
	c->p = mem_zalloc(c->n + 1, sizeof(*c->p));
	ret = prepare(c) || proc_run_all(c->p, c->n, 0, c->e) || judge(c) ? -1 : 0;
	free_procs(c);
	return ret;
}

/* --- the name of the source in the symbol table --- */

/*
 * Xen's build gives the file symbol of an object the path of its source instead of its
 * bare name, so that local symbols can be told apart. Whether it did is seen in the
 * base's object.
 */
static char *wanted_name(const struct unit *u, char **have)
{
	char *want = object_file_name(u->base_path);

	*have = object_file_name(u->old_path);
	if (want && *have && strcmp(want, *have) && !strcmp(path_base(want), path_base(*have)))
		return want;
	free(want);
	return NULL;
}

/* The objcopy that goes with the compiler; in the list's arena. */
static const char *find_objcopy(struct compiler *c)
{
	const char *argv[] = {base_compiler(c->base), "-print-prog-name=objcopy", NULL};
	struct proc p = {.argv = argv};
	const char *path = NULL;

	if (proc_run(&p, c->e) == 0 && p.out.len)
		path = arena_strndup(&c->l->arena, p.out.data, strcspn(p.out.data, "\n"));
	proc_free(&p);
	return path;
}

static void rename_file_symbol(struct compiler *c, const char *objcopy, const char *rename,
			       const char *path)
{
	const char **argv = arena_alloc(&c->l->arena, 8, sizeof(*argv));

	argv[0] = objcopy;
	argv[1] = "--redefine-sym";
	argv[2] = rename;
	argv[3] = path;
	c->p[c->n++].argv = argv;
}

static int rename_all(struct compiler *c)
{
	const char *objcopy = find_objcopy(c);
	size_t i;
	int ret = 0;

	c->p = mem_zalloc(c->l->n * SIDES + 1, sizeof(*c->p));
	for (i = 0; objcopy && i < c->l->n; i++) {
		struct unit *u = &c->l->v[i];
		autofree char *have = NULL;
		autofree char *want = u->is_helper ? NULL : wanted_name(u, &have);
		const char *rename;

		if (!want)
			continue;
		rename = arena_printf(&c->l->arena, "%s=%s", have, want);
		rename_file_symbol(c, objcopy, rename, u->old_path);
		rename_file_symbol(c, objcopy, rename, u->new_path);
	}
	ret = objcopy && proc_run_all(c->p, c->n, 0, c->e) == 0 ? 0 : -1;
	for (i = 0; ret == 0 && i < c->n; i++)
		if (c->p[i].status)
			ret = err_fail(c->e, "%s: %s: failed: %s", c->p[i].argv[0], c->p[i].argv[3],
				       c->p[i].errors.data ? c->p[i].errors.data : "");
	free_procs(c);
	return ret;
}

/* --- are they what they should be? --- */

static int compare_helper(struct compiler *c, struct unit *u)
{
	struct file_data a, b;

	if (file_read(u->old_path, 0, &a, c->e))
		return -1;
	if (file_read(u->new_path, 0, &b, c->e)) {
		file_free(&a);
		return -1;
	}
	u->is_identical = a.size == b.size && !memcmp(a.data, b.data, a.size);
	file_free(&a);
	file_free(&b);
	if (!u->is_identical)
		verdict_note(c->v, "not-linked", u->object, NULL,
			     "changes, but only takes part in booting or is not linked at all: a "
			     "payload cannot and need not contain it");
	return 0;
}

static int compare_unit(struct compiler *c, struct unit *u)
{
	char *where;

	if (u->is_helper)
		return compare_helper(c, u);
	if (objects_compare(u->base_path, u->old_path, u->object, &where, c->e))
		return -1;
	if (where)
		verdict_refuse(c->v, "not-reproducible", u->object, NULL,
			       "compiled again from the base's sources it is another object (%s): "
			       "nothing can be said about what the patch changes: make the base of "
			       "the tree and with the tools that the hypervisor was built from",
			       where);
	free(where);
	if (objects_compare(u->old_path, u->new_path, u->object, &where, c->e))
		return -1;
	u->is_identical = !where;
	free(where);
	return 0;
}

static int compare_all(struct compiler *c)
{
	size_t i, kept = 0;

	for (i = 0; i < c->l->n; i++) {
		if (compare_unit(c, &c->l->v[i]))
			return -1;
		if (!c->l->v[i].is_helper)
			c->l->v[kept++] = c->l->v[i];
	}
	c->l->n = kept;
	return 0;
}

int units_compile(const struct base *b, struct workspace *ws, struct unit_list *l,
		  struct verdict *v, struct err *e)
{
	struct compiler c = {.base = b, .ws = ws, .l = l, .v = v, .e = e};

	if (!l->n)
		return 0;
	if (compiler_same(json_get(base_manifest(b), "compiler"), e))
		return -1;
	return compile_all(&c) || rename_all(&c) || compare_all(&c) ? -1 : 0;
}
