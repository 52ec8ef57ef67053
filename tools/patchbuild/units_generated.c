// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units_int.h"

#include "common/proc.h"

#include <stdlib.h>
#include <string.h>

/* --- files that the preprocessor makes: "foo.i", "xen.lds" --- */

static const char *generated_code(const char *target)
{
	return text_ends(target, ".lds") ? "linker-script-changed" : "generated-header-changed";
}

static void refuse_generated(const char *target, struct verdict *v)
{
	if (text_ends(target, ".lds"))
		verdict_refuse(
			v, generated_code(target), target, NULL,
			"the linker script would be another one: a running hypervisor cannot "
			"be laid out anew: leave this change out");
	else
		verdict_refuse(v, generated_code(target), target, NULL,
			       "headers or tables are generated from it and would be different: "
			       "leave this change out, or make it in a source that is compiled "
			       "directly");
}

static bool is_preprocessing(const struct kcmd *k)
{
	return !text_ends(k->target, ".o") && kcmd_is_compile(k->command) &&
	       strstr(k->command, " -E ") != NULL;
}

static int check_preprocessed(struct workspace *ws, const struct recipes *r, struct unit_list *l,
			      struct verdict *v, struct err *e)
{
	const char **commands = mem_zalloc(r->n + 1, sizeof(*commands));
	const char **targets = mem_zalloc(r->n + 1, sizeof(*targets));
	bool *same = mem_zalloc(r->n + 1, sizeof(*same));
	size_t i, n = 0;
	int ret;

	for (i = 0; i < r->n; i++) {
		if (!is_preprocessing(&r->v[i].cmd))
			continue;
		targets[n] = r->v[i].cmd.target;
		commands[n++] = r->v[i].cmd.command;
	}
	ret = texts_compare(ws, commands, n, same, &l->cpu_seconds, e);
	for (i = 0; ret == 0 && i < n; i++)
		if (!same[i])
			refuse_generated(targets[i], v);
	free(commands);
	free(targets);
	free(same);
	return ret;
}

/* --- headers made by scripts from other headers --- */

static const struct {
	const char *input; /* prefix of the changed file ... */
	const char *output; /* ... which makes this one, with the same rest of the name */
	bool always; /* also if the base does not have it under this name */
} scripted[] = {
	{"include/public/arch-x86/cpufeatureset.h", "include/xen/lib/x86/cpuid-autogen.h", true},
	{"include/public/", "include/compat/", false},
};

/* The generated file that @path goes into, if this base has it; in @ws' arena. */
static const char *scripted_output(struct workspace *ws, const char *path)
{
	size_t i, len;

	for (i = 0; i < sizeof(scripted) / sizeof(*scripted); i++) {
		const char *out;
		autofree char *full = NULL;

		len = strlen(scripted[i].input);
		if (strncmp(path, scripted[i].input, len))
			continue;
		out = arena_printf(&ws->arena, "%s%s", scripted[i].output, path + len);
		full = path_join(base_obj_dir(ws->base), out);
		if (scripted[i].always || file_exists(full))
			return out;
	}
	return NULL;
}

/* The file without its comments, directives as they are. */
static void without_comments(struct workspace *ws, enum side side, const char *path, struct proc *p)
{
	const char **argv = arena_alloc(&ws->arena, 16, sizeof(*argv));
	size_t n = 0;

	argv[n++] = base_compiler(ws->base);
	argv[n++] = "-fpreprocessed";
	argv[n++] = "-dD";
	argv[n++] = "-E";
	argv[n++] = "-P";
	argv[n++] = "-w";
	argv[n++] = "-x";
	argv[n++] = "c";
	argv[n++] = arena_printf(&ws->arena, "%s/%s", workspace_src_dir(ws, side), path);
	memset(p, 0, sizeof(*p));
	p->argv = argv;
}

/* Lines that lines_keep() added are no change. */
static void drop_line_directives(struct strbuf *b)
{
	char *to = b->data, *from = b->data;
	size_t len;

	for (; from && *from; from += len) {
		len = strcspn(from, "\n");
		len += from[len] == '\n';
		if (text_starts(from, "#line ") || text_starts(from, "\n"))
			continue;
		memmove(to, from, len);
		to += len;
	}
	if (to) {
		*to = '\0';
		b->len = (size_t)(to - b->data);
	}
}

static int differs_but_for_comments(struct workspace *ws, const char *path, bool *differs,
				    struct err *e)
{
	struct proc p[SIDES];
	int ret;

	without_comments(ws, SIDE_OLD, path, &p[SIDE_OLD]);
	without_comments(ws, SIDE_NEW, path, &p[SIDE_NEW]);
	ret = proc_run_all(p, SIDES, 0, e);
	drop_line_directives(&p[SIDE_OLD].out);
	drop_line_directives(&p[SIDE_NEW].out);
	*differs = p[SIDE_OLD].status || p[SIDE_NEW].status ||
		   p[SIDE_OLD].out.len != p[SIDE_NEW].out.len ||
		   (p[SIDE_OLD].out.len &&
		    memcmp(p[SIDE_OLD].out.data, p[SIDE_NEW].out.data, p[SIDE_OLD].out.len));
	proc_free(&p[SIDE_OLD]);
	proc_free(&p[SIDE_NEW]);
	return ret;
}

static int check_scripted(struct workspace *ws, struct verdict *v, struct err *e)
{
	const char *out;
	bool differs;
	size_t i;

	for (i = 0; i < ws->nchanged; i++) {
		out = scripted_output(ws, ws->changed[i].path);
		if (!out)
			continue;
		differs = true;
		if (ws->changed[i].action == PATCH_CHANGE &&
		    differs_but_for_comments(ws, ws->changed[i].path, &differs, e))
			return -1;
		if (differs)
			verdict_refuse(v, "generated-header-changed", ws->changed[i].path, NULL,
				       "%s is generated from it: put what is new into a header or "
				       "source that is not part of the public interface",
				       out);
	}
	return 0;
}

/* --- offsets for assembly: asm-offsets.h --- */

/* A changed file, or a new one that can be found in its place. */
static bool is_changed(const struct workspace *ws, const char *canonical)
{
	const char *rel = base_src_rel(ws->base, canonical);
	size_t i;

	for (i = 0; rel && i < ws->nchanged; i++)
		if (!strcmp(rel, ws->changed[i].path) ||
		    (ws->changed[i].action == PATCH_ADD &&
		     !strcmp(path_base(rel), path_base(ws->changed[i].path))))
			return true;
	return false;
}

/* True if the make rule in .asm-offsets.s.d names a changed file. */
static bool offsets_affected(struct workspace *ws)
{
	autofree char *path = path_join(base_obj_dir(ws->base), ".asm-offsets.s.d");
	struct err ignored = ERR_INIT;
	struct arena scratch = {0};
	struct file_data f;
	bool hit = false;
	char *save, *w;

	if (file_read(path, 1u << 20, &f, &ignored))
		return false;
	for (w = strtok_r((char *)f.data, " \\\n", &save); w && !hit;
	     w = strtok_r(NULL, " \\\n", &save)) {
		const char *canonical = base_canonical(ws->base, &scratch, w);

		hit = canonical && is_changed(ws, canonical);
	}
	file_free(&f);
	arena_free(&scratch);
	return hit;
}

/* There are offsets, but not the rule that tells what goes into them. */
static bool offsets_unknown(struct workspace *ws)
{
	autofree char *offsets = path_join(base_obj_dir(ws->base), "asm-offsets.s");
	autofree char *rule = path_join(base_obj_dir(ws->base), ".asm-offsets.s.d");
	bool header = false;
	size_t i;

	for (i = 0; i < ws->nchanged; i++)
		header = header || text_ends(ws->changed[i].path, ".h") ||
			 text_ends(ws->changed[i].path, "asm-offsets.c");
	return header && file_exists(offsets) && !file_exists(rule);
}

/* The source of the offsets, as the rule names it; in @ws' arena, or NULL. */
static const char *offsets_source(struct workspace *ws)
{
	autofree char *path = path_join(base_obj_dir(ws->base), ".asm-offsets.s.d");
	struct err ignored = ERR_INIT;
	const char *source = NULL;
	struct file_data f;
	char *save, *w;

	if (file_read(path, 1u << 20, &f, &ignored))
		return NULL;
	for (w = strtok_r((char *)f.data, " \\\n", &save); w && !source;
	     w = strtok_r(NULL, " \\\n", &save))
		if (text_ends(w, "asm-offsets.c"))
			source = arena_strdup(&ws->arena, w);
	file_free(&f);
	return source;
}

/*
 * The command for the offsets is not recorded; it has the flags that all objects have.
 * Of the objects, the one with the shortest command has the fewest of its own.
 */
static char *typical_command(const struct base *b)
{
	struct base_object o;
	char *best = NULL;
	size_t i;

	for (i = 0; base_object_at(b, i, &o); i++) {
		struct err ignored = ERR_INIT;
		autofree char *rel = kcmd_path(o.object);
		autofree char *path = path_join(base_obj_dir(b), rel);
		struct kcmd k;

		if (o.is_asm || o.is_init || o.is_helper || !text_starts(o.object, "common/"))
			continue;
		if (kcmd_load(&k, path, rel, &ignored) == 0 &&
		    (!best || strlen(k.command) < strlen(best))) {
			free(best);
			best = mem_strdup(k.command);
		}
		kcmd_free(&k);
	}
	return best;
}

/* What the build takes of the assembler text: all between "==>" and "<==". */
static char *offsets_of(const char *text)
{
	struct strbuf b = {0};
	const char *at = text, *stop;

	while (at && (at = strstr(at, "==>")) != NULL) {
		stop = strstr(at, "<==");
		if (!stop)
			break;
		strbuf_add(&b, at + 3, (size_t)(stop - at - 3));
		strbuf_addc(&b, '\n');
		at = stop;
	}
	return strbuf_take(&b);
}

static int compare_offsets(struct workspace *ws, struct proc *p, struct verdict *v, struct err *e)
{
	autofree char *old = NULL;
	autofree char *new = NULL;

	if (p[SIDE_NEW].status) {
		workspace_say(ws, p[SIDE_NEW].errors.data);
		return err_fail(e, "asm-offsets.c: does not compile with the patch");
	}
	old = offsets_of(p[SIDE_OLD].out.data);
	new = offsets_of(p[SIDE_NEW].out.data);
	if (!*old)
		return err_fail(e,
				"asm-offsets.c: no offsets come out of it: this Xen makes them in "
				"a way that is not known");
	if (strcmp(old, new))
		verdict_refuse(
			v, "asm-offsets-changed", "asm-offsets.h", NULL,
			"offsets that assembly code uses would change: keep the layout of the "
			"types named in asm-offsets.c, put new members where nothing moves");
	return 0;
}

static int check_offsets(struct workspace *ws, struct unit_list *l, struct verdict *v,
			 struct err *e)
{
	const char *source = offsets_affected(ws) ? offsets_source(ws) : NULL;
	autofree char *command = source ? typical_command(ws->base) : NULL;
	struct kcmd_how how = {.mode = KCMD_ASM, .output = "-", .source = source};
	struct proc p[SIDES];
	int ret;

	if (offsets_unknown(ws))
		verdict_refuse(v, "asm-offsets-unknown", "asm-offsets.s", NULL,
			       "what its offsets are made from is not recorded (.asm-offsets.s.d): "
			       "build the tree again, or change no header");
	if (!command)
		return 0;
	memset(p, 0, sizeof(p));
	ret = workspace_proc(ws, SIDE_OLD, command, how, &p[SIDE_OLD], e) ||
	      workspace_proc(ws, SIDE_NEW, command, how, &p[SIDE_NEW], e) ||
	      proc_run_all(p, SIDES, 0, e);
	if (ret == 0)
		ret = compare_offsets(ws, p, v, e);
	l->cpu_seconds += p[SIDE_OLD].cpu_seconds + p[SIDE_NEW].cpu_seconds;
	proc_free(&p[SIDE_OLD]);
	proc_free(&p[SIDE_NEW]);
	return ret ? -1 : 0;
}

int generated_check(struct workspace *ws, const struct recipes *r, struct unit_list *l,
		    struct verdict *v, struct err *e)
{
	return check_preprocessed(ws, r, l, v, e) || check_scripted(ws, v, e) ||
			       check_offsets(ws, l, v, e)
		       ? -1
		       : 0;
}
