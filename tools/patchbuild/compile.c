// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units_int.h"

#include "common/proc.h"

#include <stdlib.h>
#include <string.h>

/* One object to be made. */
struct job {
	struct unit *unit;
	enum side side;
};

struct compiler {
	const struct base *base;
	struct workspace *ws;
	struct unit_list *l;
	struct verdict *v;
	struct job *jobs;
	struct proc *p; /* one for each job */
	size_t n;
	const char *objcopy;
	size_t failures;
	bool unsound; /* the compiler read an old file for a new one */
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
	struct unit *u;
	size_t i;

	c->p = mem_zalloc(c->n + 1, sizeof(*c->p));
	for (i = 0; i < c->n; i++) {
		u = c->jobs[i].unit;
		how.mode = u->is_asm || u->is_helper ? KCMD_COMPILE : KCMD_DEBUG;
		how.output = *path_of(u, c->jobs[i].side) = output_of(c, u, c->jobs[i].side);
		if (!how.output)
			return -1;
		how.deps = arena_printf(&c->l->arena, "%s.d", how.output);
		if (workspace_proc(c->ws, c->jobs[i].side, u->command, how, &c->p[i], c->e))
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

/* Compiles the plain patched source once more for the sake of the message. */
static char *explain(struct compiler *c, const struct unit *u, const struct proc *p)
{
	const char *said = p->errors.data ? p->errors.data : "";
	struct kcmd_how how = {.mode = KCMD_COMPILE, .output = "/dev/null"};
	struct err ignored = ERR_INIT;
	struct proc again = {0};
	char *text = NULL;

	if (workspace_use_plain(c->ws, &ignored) == 0 &&
	    workspace_proc(c->ws, SIDE_NEW, u->command, how, &again, &ignored) == 0 &&
	    proc_run(&again, &ignored) == 0 && again.status && again.errors.len)
		text = strbuf_take(&again.errors);
	proc_free(&again);
	return text ? text : mem_strdup(said);
}

static int failed(struct compiler *c, const struct unit *u, enum side side, const struct proc *p)
{
	autofree char *said = NULL;
	autofree char *line = NULL;

	/* The first is enough: a header's mistake is repeated for every unit. */
	if (c->failures++)
		return -1;
	said = side == SIDE_NEW ? explain(c, u, p)
				: mem_strdup(p->errors.data ? p->errors.data : "");
	line = first_error(said);
	workspace_say(c->ws, said);
	if (side == SIDE_OLD)
		return err_fail(c->e, "%s: the base's own source does not compile: %s", u->source,
				*line ? line : "the compiler gave no reason");
	return err_fail(c->e, "%s: does not compile with the patch: %s", u->object,
			*line ? line : "the compiler gave no reason");
}

/* Looks through the make rule that the compiler wrote. */
static bool read_sound(struct compiler *c, const struct unit *u)
{
	autofree char *path = mem_printf("%s.d", u->new_path);
	struct err ignored = ERR_INIT;
	struct file_data f;
	bool sound = true;
	char *save, *w;

	if (file_read(path, 0, &f, &ignored))
		return false;
	for (w = strtok_r((char *)f.data, " \\\n", &save); w && sound;
	     w = strtok_r(NULL, " \\\n", &save))
		sound = (!strstr(w, "/../") && *w != '/') || workspace_is_sound(c->ws, w);
	file_free(&f);
	return sound;
}

static int judge(struct compiler *c)
{
	struct unit *u;
	int ret = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		u = c->jobs[i].unit;
		u->cpu_seconds += c->p[i].cpu_seconds;
		c->l->cpu_seconds += c->p[i].cpu_seconds;
		if (c->p[i].status)
			ret = failed(c, u, c->jobs[i].side, &c->p[i]);
		else if (c->jobs[i].side == SIDE_NEW && !read_sound(c, u))
			c->unsound = true;
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
}

static int run_jobs(struct compiler *c)
{
	int ret = prepare(c) || proc_run_all(c->p, c->n, 0, c->e) || judge(c) ? -1 : 0;

	free_procs(c);
	return ret;
}

/* Runs the jobs, again in a copy without links to folders if that made a difference. */
static int compile_jobs(struct compiler *c)
{
	if (run_jobs(c))
		return -1;
	if (!c->unsound)
		return 0;
	c->unsound = false;
	if (workspace_unfold(c->ws, c->e) || run_jobs(c))
		return -1;
	return c->unsound ? err_fail(c->e, "the patched copy of the sources is not sound") : 0;
}

/* --- the name of the source in the symbol table --- */

/*
 * Xen's build gives the file symbol of an object the path of its source instead of its
 * bare name, so that local symbols can be told apart. Whether it did is seen in the
 * base's object. Gives "have=want", in the list's arena, or NULL.
 */
static const char *renaming(struct compiler *c, const struct unit *u, const char *path)
{
	autofree char *want = object_file_name(u->base_path);
	autofree char *have = object_file_name(path);

	if (!want || !have || !strcmp(want, have) || strcmp(path_base(want), path_base(have)))
		return NULL;
	return arena_printf(&c->l->arena, "%s=%s", have, want);
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

static void rename_file_symbol(struct compiler *c, struct proc *p, const struct job *job)
{
	const char *path = *path_of(job->unit, job->side);
	const char *rename = job->unit->is_helper ? NULL : renaming(c, job->unit, path);
	const char **argv;

	if (!rename)
		return;
	argv = arena_alloc(&c->l->arena, 5, sizeof(*argv));
	argv[0] = c->objcopy;
	argv[1] = "--redefine-sym";
	argv[2] = rename;
	argv[3] = path;
	p->argv = argv;
}

static int rename_all(struct compiler *c)
{
	struct proc *p = mem_zalloc(c->n + 1, sizeof(*p));
	size_t i, n = 0;
	int ret;

	for (i = 0; i < c->n; i++) {
		rename_file_symbol(c, &p[n], &c->jobs[i]);
		n += p[n].argv != NULL;
	}
	ret = proc_run_all(p, n, 0, c->e);
	for (i = 0; i < n; i++) {
		if (ret == 0 && p[i].status)
			ret = err_fail(c->e, "%s: %s: failed: %s", p[i].argv[0], p[i].argv[3],
				       p[i].errors.data ? p[i].errors.data : "");
		proc_free(&p[i]);
	}
	free(p);
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

/* Did the compiler make the base's object again? */
static int verify_old(struct compiler *c, struct unit *u)
{
	char *where;

	if (u->is_helper)
		return 0;
	if (objects_compare(u->base_path, u->old_path, u->object, &where, c->e))
		return -1;
	if (where)
		verdict_refuse(c->v, "not-reproducible", u->object, NULL,
			       "compiled again from the base's sources it is another object (%s): "
			       "nothing can be said about what the patch changes: make the base of "
			       "the tree and with the tools that the hypervisor was built from",
			       where);
	free(where);
	return 0;
}

static int compare_with(struct compiler *c, struct unit *u, const char *old)
{
	char *where;

	if (objects_compare(old, u->new_path, u->object, &where, c->e))
		return -1;
	u->is_identical = !where;
	free(where);
	return 0;
}

static int make_jobs(struct compiler *c)
{
	return compile_jobs(c) || rename_all(c) ? -1 : 0;
}

static void add_job(struct compiler *c, struct unit *u, enum side side)
{
	c->jobs[c->n].unit = u;
	c->jobs[c->n++].side = side;
}

/* So many units: most of them only see a header that changes nothing for them. */
#define MANY 8

/*
 * New objects first; where one is the base's object, its old source need not be compiled
 * to know that.
 */
static int new_first(struct compiler *c)
{
	struct unit *u;
	size_t i;

	c->n = 0;
	for (i = 0; i < c->l->n; i++)
		if (!c->l->v[i].is_helper)
			add_job(c, &c->l->v[i], SIDE_NEW);
	if (make_jobs(c))
		return -1;
	for (i = 0; i < c->l->n; i++) {
		u = &c->l->v[i];
		if (!u->is_helper && compare_with(c, u, u->base_path))
			return -1;
		if (u->is_identical)
			u->old_path = u->base_path;
	}
	return 0;
}

/* Whatever is not there yet. */
static int the_rest(struct compiler *c)
{
	struct unit *u;
	size_t i;

	c->n = 0;
	for (i = 0; i < c->l->n; i++) {
		u = &c->l->v[i];
		if (!u->old_path)
			add_job(c, u, SIDE_OLD);
		if (!u->new_path)
			add_job(c, u, SIDE_NEW);
	}
	if (make_jobs(c))
		return -1;
	for (i = 0; i < c->n; i++) {
		u = c->jobs[i].unit;
		if (c->jobs[i].side != SIDE_OLD)
			continue;
		if (verify_old(c, u) ||
		    (u->is_helper ? compare_helper(c, u) : compare_with(c, u, u->old_path)))
			return -1;
	}
	return 0;
}

static void drop_helpers(struct unit_list *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++)
		if (!l->v[i].is_helper)
			l->v[kept++] = l->v[i];
	l->n = kept;
}

/*
 * What the earlier stage refused (a generated header that would be another one) may be
 * why something does not compile: the refusal is the answer then.
 */
static bool is_answered(struct compiler *c)
{
	return c->v->nrefusals && c->failures;
}

static int compile_list(struct compiler *c)
{
	if (compiler_same(json_get(base_manifest(c->base), "compiler"), c->e))
		return -1;
	c->objcopy = find_objcopy(c);
	if (!c->objcopy)
		return -1;
	return (c->l->n >= MANY && new_first(c)) || the_rest(c) ? -1 : 0;
}

int units_compile(const struct base *b, struct workspace *ws, struct unit_list *l,
		  struct verdict *v, struct err *e)
{
	struct compiler c = {.base = b, .ws = ws, .l = l, .v = v, .e = e};
	int ret;

	if (l->n >= MANY && v->nrefusals) {
		verdict_note(v, "not-compiled", NULL, NULL,
			     "%zu objects were not looked at, as there can be no payload anyway",
			     l->n);
		l->n = 0;
	}
	if (!l->n)
		return 0;
	c.jobs = mem_zalloc(l->n * SIDES, sizeof(*c.jobs));
	ret = compile_list(&c);
	free(c.jobs);
	drop_helpers(l);
	if (ret && is_answered(&c)) {
		err_clear(e);
		l->n = 0;
		ret = 0;
	}
	return ret;
}
