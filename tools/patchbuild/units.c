// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units.h"
#include "patchbuild/units_int.h"

#include <stdlib.h>
#include <string.h>

static const char *rel_source(const struct base *b, struct arena *a, const char *source)
{
	const char *canonical = base_canonical(b, a, source);
	const char *rel = canonical ? base_src_rel(b, canonical) : NULL;

	return rel ? rel : source;
}

static void add_unit(const struct base *b, struct unit_list *l, const struct recipe *r,
		     const struct base_object *o)
{
	struct unit *u;

	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	u = &l->v[l->n++];
	memset(u, 0, sizeof(*u));
	u->object = arena_strdup(&l->arena, o->object);
	u->command = arena_strdup(&l->arena, r->cmd.command);
	u->source = rel_source(b, &l->arena, kcmd_source(&l->arena, r->cmd.command));
	u->base_path = arena_printf(&l->arena, "%s/%s", base_obj_dir(b), o->object);
	u->is_asm = o->is_asm;
	u->is_init = o->is_init;
	u->is_helper = o->is_helper;
	u->own_source = r->own_source;
}

static const struct recipe *recipe_of(const struct recipes *r, const char *object)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!strcmp(r->v[i].cmd.target, object))
			return &r->v[i];
	return NULL;
}

/* Its source was removed: rules_check() has said so. */
static bool is_gone(struct workspace *ws, struct arena *a, const struct recipe *r)
{
	const char *source = r->own_source ? rel_source(ws->base, a, r->cmd.source) : NULL;
	size_t i;

	for (i = 0; source && i < ws->nchanged; i++)
		if (!strcmp(ws->changed[i].path, source))
			return ws->changed[i].action == PATCH_REMOVE;
	return false;
}

static void add_units(struct workspace *ws, const struct recipes *r, struct unit_list *l)
{
	const struct recipe *one;
	struct base_object o;
	size_t i;

	for (i = 0; base_object_at(ws->base, i, &o); i++) {
		one = recipe_of(r, o.object);
		if (one && !is_gone(ws, &l->arena, one))
			add_unit(ws->base, l, one, &o);
	}
	l->considered = l->n;
}

/*
 * Leaves out units that the compiler would see unchanged. One whose own source changed
 * is compiled at once: that its text differs is all but certain.
 */
static int drop_same_text(struct workspace *ws, struct unit_list *l, struct err *e)
{
	const char **commands = mem_zalloc(l->n + 1, sizeof(*commands));
	bool *same = mem_zalloc(l->n + 1, sizeof(*same));
	size_t i, n = 0, kept = 0;
	int ret;

	for (i = 0; i < l->n; i++)
		if (!l->v[i].own_source)
			commands[n++] = l->v[i].command;
	ret = texts_compare(ws, commands, n, same, &l->cpu_seconds, e);
	for (i = 0, n = 0; ret == 0 && i < l->n; i++) {
		if (!l->v[i].own_source && same[n++])
			l->same_text++;
		else
			l->v[kept++] = l->v[i];
	}
	if (ret == 0)
		l->n = kept;
	free(commands);
	free(same);
	return ret;
}

/*
 * A source that includes itself (arch/x86/usercopy.c) by the name that the compiler is
 * given. From an absolute one, as builds with O= have, it would read the file of the tree
 * that the base was made from: gone by now, or not patched.
 */
static bool includes_itself(struct workspace *ws, const struct unit *u)
{
	struct arena a = {0};
	const char *given = kcmd_source(&a, u->command);
	autofree char *path = path_join(base_src_dir(ws->base), u->source);
	struct err ignored = ERR_INIT;
	struct file_data f = {0};
	bool found = given && *given == '/' && file_read(path, 0, &f, &ignored) == 0 &&
		     strstr((const char *)f.data, "include __FILE__");

	file_free(&f);
	arena_free(&a);
	return found;
}

static void refuse_own_includes(struct workspace *ws, struct unit_list *l, struct verdict *v)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++) {
		if (includes_itself(ws, &l->v[i]))
			verdict_refuse(
				v, "includes-itself", l->v[i].object, NULL,
				"its source includes itself by an absolute name: only a base "
				"built inside of the source tree, without O=, can be patched "
				"there");
		else
			l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

int units_affected(const struct base *b, const struct patch_set *s, struct workspace *ws,
		   struct unit_list *l, struct verdict *v, struct err *e)
{
	struct recipes r;
	int ret = -1;

	/* The workspace was made of both. */
	(void)b;
	(void)s;
	memset(l, 0, sizeof(*l));
	if (recipes_load(ws, &r, e) || (r.unsound && workspace_unfold(ws, e)))
		goto out;
	rules_check(ws, &r, v);
	if (generated_check(ws, &r, l, v, e))
		goto out;
	add_units(ws, &r, l);
	ret = drop_same_text(ws, l, e);
	refuse_own_includes(ws, l, v);
out:
	recipes_free(&r);
	return ret;
}

void unit_list_free(struct unit_list *l)
{
	free(l->v);
	arena_free(&l->arena);
	memset(l, 0, sizeof(*l));
}
