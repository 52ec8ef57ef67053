// SPDX-License-Identifier: GPL-2.0-or-later
#include "mini.h"

#include "patchbuild/obj.h"

#include "common/io.h"
#include "common/proc.h"
#include "common/temp.h"
#include "common/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian's flags for Xen 4.17 on x86, but for warnings and probes of the assembler. */
#define FLAGS                                                                                      \
	"-m64 -fno-strict-aliasing -std=gnu99 -O2 -fomit-frame-pointer -nostdinc -fno-builtin "    \
	"-fno-common -pipe -D__XEN__ -ffunction-sections -fdata-sections "                         \
	"-mindirect-branch=thunk-extern -mindirect-branch-register -fno-jump-tables "              \
	"-mfunction-return=thunk-extern -I./include -msoft-float -fno-pie -fno-stack-protector "   \
	"-fno-exceptions -fno-asynchronous-unwind-tables -mno-red-zone -fpic -mno-mmx -mno-sse "   \
	"-mskip-rax-setup -fcf-protection=branch -mmanual-endbr -mpreferred-stack-boundary=3"
#define C_FLAGS " -include ./include/xen/config.h"

int mini_run(const char *cwd, const char *const *argv, int fine, struct err *e)
{
	struct proc p = {.argv = argv, .cwd = cwd};
	int ret = proc_run(&p, e);

	if (ret == 0 && p.status && p.status != fine)
		ret = err_fail(e, "%s: status %d: %s", argv[0], p.status,
			       p.errors.data ? p.errors.data : "");
	proc_free(&p);
	return ret;
}

static int put_text(const char *dir, const char *name, const char *text, struct err *e)
{
	autofree char *path = path_join(dir, name);
	autofree char *folder = path_dir(path);

	return dir_make(folder, e) || file_create(path, text, strlen(text), 0644, e) ? -1 : 0;
}

static int copy(const char *from, const char *dir, const char *name, struct err *e)
{
	struct file_data f;
	int ret;

	if (file_read(from, 0, &f, e))
		return -1;
	ret = put_text(dir, name, (const char *)f.data, e);
	file_free(&f);
	return ret;
}

/* --- the sources --- */

static bool is_case(const char *name)
{
	return text_starts(name, "payload-") || text_starts(name, "refuse-") ||
	       text_starts(name, "nochange-") || !strcmp(name, "core");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_cases(struct mini *m, struct err *e)
{
	DIR *d = opendir(m->data);
	struct dirent *de;

	if (!d)
		return err_fail(e, "%s: cannot open", m->data);
	while ((de = readdir(d))) {
		if (!is_case(de->d_name))
			continue;
		m->cases = mem_grow(m->cases, m->ncases, sizeof(*m->cases));
		m->cases[m->ncases++] = arena_strdup(&m->arena, de->d_name);
	}
	closedir(d);
	qsort(m->cases, m->ncases, sizeof(*m->cases), by_text);
	return 0;
}

static void add_unit(struct mini *m, const char *object, const char *source, const char *flags,
		     bool init_copy)
{
	struct mini_unit *u;

	m->units = mem_grow(m->units, m->nunits, sizeof(*m->units));
	u = &m->units[m->nunits++];
	u->object = object;
	u->source = source;
	u->flags = flags;
	u->init_copy = init_copy;
}

static bool has_source(const struct mini *m, const char *source)
{
	size_t i;

	for (i = 0; i < m->nunits; i++)
		if (!strcmp(m->units[i].source, source))
			return true;
	return false;
}

static int read_build(struct mini *m, const char *name, struct err *e)
{
	autofree char *path = mem_printf("%s/%s/build", m->data, name);
	struct file_data f;
	char *line, *lines, *word, *rest;

	if (!file_exists(path))
		return 0;
	if (file_read(path, 0, &f, e))
		return -1;
	for (line = strtok_r((char *)f.data, "\n", &lines); line;
	     line = strtok_r(NULL, "\n", &lines)) {
		bool init = text_starts(line, "init ");
		char *object = strtok_r(init ? line + strlen("init ") : line, " ", &word);

		rest = strtok_r(NULL, " ", &word);
		if (!object || !rest) {
			file_free(&f);
			return err_fail(e, "%s: not understood: %s", path, line);
		}
		add_unit(m, arena_printf(&m->arena, "common/%s/%s", name, object),
			 arena_printf(&m->arena, "common/%s/%s", name, rest),
			 arena_strdup(&m->arena, word ? word : ""), init);
	}
	file_free(&f);
	return 0;
}

/* Puts one file of a case where it belongs: old tree, trees for diff. */
static int place(struct mini *m, const char *name, const char *file, struct err *e)
{
	autofree char *from = mem_printf("%s/%s/%s", m->data, name, file);
	bool is_new = text_ends(file, ".new");
	autofree char *plain = mem_strndup(file, strlen(file) - (is_new ? 4 : 0));
	autofree char *to = mem_printf("xen/common/%s/%s", name, plain);
	autofree char *tree = path_join(m->dir, "tree");
	autofree char *side = mem_printf("%s/diff/%s/%s", m->dir, name, is_new ? "b" : "a");
	autofree char *twin = mem_printf("%s.new", from);
	autofree char *other = mem_printf("%s/diff/%s/b", m->dir, name);

	if (copy(from, side, to, e))
		return -1;
	if (is_new)
		return 0;
	if (!file_exists(twin) && !text_ends(file, ".gone") && copy(from, other, to, e))
		return -1;
	return copy(from, tree, to, e);
}

static int add_case(struct mini *m, const char *name, struct err *e)
{
	autofree char *dir = path_join(m->data, name);
	DIR *d;
	struct dirent *de;
	int ret = read_build(m, name, e);
	size_t first = m->nunits;
	size_t i;

	d = opendir(dir);
	if (!d)
		return err_fail(e, "%s: cannot open", dir);
	while (ret == 0 && (de = readdir(d))) {
		const char *file = de->d_name;

		if (*file == '.' || !strcmp(file, "expect") || !strcmp(file, "build"))
			continue;
		ret = place(m, name, file, e);
		if (text_ends(file, ".c") || text_ends(file, ".S")) {
			const char *source = arena_printf(&m->arena, "common/%s/%s", name, file);

			if (!has_source(m, source))
				add_unit(m,
					 arena_printf(&m->arena, "%.*s.o", (int)strlen(source) - 2,
						      source),
					 source, "", false);
		}
	}
	closedir(d);
	/* The order of a folder's entries is nobody's: that of names is. */
	for (i = first; i + 1 < m->nunits; i++) {
		size_t k;

		for (k = i + 1; k < m->nunits; k++) {
			struct mini_unit tmp = m->units[i];

			if (strcmp(tmp.object, m->units[k].object) <= 0)
				continue;
			m->units[i] = m->units[k];
			m->units[k] = tmp;
		}
	}
	return ret;
}

/* What a tree has besides its sources. */
static int add_frame(struct mini *m, struct err *e)
{
	autofree char *xen = path_join(m->dir, "tree/xen");
	autofree char *config = path_join(m->data, "include/xen/config.h");

	return put_text(xen, "Rules.mk", "", e) ||
	       put_text(xen, ".config", "CONFIG_LIVEPATCH=y\n", e) ||
	       put_text(xen, "include/config/auto.conf", "CONFIG_LIVEPATCH=y\n", e) ||
	       put_text(xen, "include/xen/compile.h",
			"#define XEN_VERSION 4\n#define XEN_SUBVERSION 17\n"
			"#define XEN_EXTRAVERSION \".5\"\n",
			e) ||
	       copy(config, xen, "include/xen/config.h", e);
}

/* --- objects --- */

static char *command_of(const char *source, const char *object, const char *flags)
{
	return mem_printf("gcc -MMD -MP -MF %s.d " FLAGS "%s%s%s -c %s -o %s", object,
			  text_ends(source, ".S") ? " -D__ASSEMBLY__" : C_FLAGS, *flags ? " " : "",
			  flags, source, object);
}

static const char *initcopy_of(struct arena *a, const char *object)
{
	return arena_printf(a, "%.*s.init.o", (int)strlen(object) - 2, object);
}

/* The dependencies that the compiler wrote, in the form of Xen's fixdep. */
static int add_deps(const char *xen, const char *object, struct strbuf *b, struct err *e)
{
	autofree char *path = mem_printf("%s/%s.d", xen, object);
	struct file_data f;
	char *end, *save, *w;

	if (file_read(path, 0, &f, e))
		return -1;
	end = strstr((char *)f.data, "\n\n");
	if (end)
		*end = '\0';
	strtok_r((char *)f.data, " \\\n", &save); /* the target */
	w = strtok_r(NULL, " \\\n", &save);
	strbuf_addf(b, "source_%s := %s\n\ndeps_%s := \\\n", object, w ? w : "", object);
	while ((w = strtok_r(NULL, " \\\n", &save)) && !text_ends(w, ":"))
		strbuf_addf(b, "  %s \\\n", w);
	strbuf_addf(b, "\n%s: $(deps_%s)\n\n$(deps_%s):\n", object, object, object);
	file_free(&f);
	return unlink(path) < 0 ? err_fail(e, "%s: cannot be removed", path) : 0;
}

static int record(const char *xen, const struct mini_unit *u, struct err *e)
{
	autofree char *folder = path_dir(u->object);
	autofree char *name = mem_printf("%s/.%s.cmd", folder, path_base(u->object));
	autofree char *command = command_of(u->source, u->object, u->flags);
	struct strbuf b = {0};
	int ret;

	strbuf_addf(&b, "cmd_%s := %s\n\n", u->object, command);
	ret = add_deps(xen, u->object, &b, e) || put_text(xen, name, b.data, e);
	strbuf_free(&b);
	return ret;
}

/* Runs one shell-like line for every unit, two at a time. */
static int for_units(struct mini *m, char *(*line)(const struct mini_unit *u), struct err *e)
{
	autofree char *xen = path_join(m->dir, "tree/xen");
	struct proc *p = mem_zalloc(m->nunits, sizeof(*p));
	size_t i, n = 0;
	int ret = 0;

	for (i = 0; i < m->nunits && ret == 0; i++) {
		autofree char *text = line(&m->units[i]);
		char **words = text ? proc_split(text, e) : NULL;

		if (!text)
			continue;
		if (!words)
			ret = -1;
		p[n].argv = (const char *const *)words;
		p[n++].cwd = xen;
	}
	if (ret == 0)
		ret = proc_run_all(p, n, 2, e);
	for (i = 0; i < n; i++) {
		if (ret == 0 && p[i].status)
			ret = err_fail(e, "%s: %s", p[i].argv[0],
				       p[i].errors.data ? p[i].errors.data : "failed");
		proc_free(&p[i]);
		free((void *)(size_t)p[i].argv);
	}
	free(p);
	return ret;
}

static char *compile_line(const struct mini_unit *u)
{
	return command_of(u->source, u->object, u->flags);
}

/* Xen's CONFIG_ENFORCE_UNIQUE_SYMBOLS: the file symbol gets the whole path. */
static char *rename_line(const struct mini_unit *u)
{
	if (text_ends(u->source, ".S"))
		return NULL;
	return mem_printf("objcopy --redefine-sym %s=%s %s", path_base(u->source), u->source,
			  u->object);
}

static char *init_line(const struct mini_unit *u)
{
	struct arena a = {0};
	char *line;

	if (!u->init_copy)
		return NULL;
	line = mem_printf("objcopy --rename-section .text=.init.text "
			  "--rename-section .rodata.str1.1=.init.rodata.str1.1 %s %s",
			  u->object, initcopy_of(&a, u->object));
	arena_free(&a);
	return line;
}

/* --- the table of hypercalls --- */

static bool is_called(const struct sym *s)
{
	return sym_is_func(s) && !sym_is_local(s) && s->sec && text_starts(s->sec->name, ".text") &&
	       !text_starts(s->name, "boot_") && !text_starts(s->name, "__x86");
}

static int add_calls(struct mini *m, const struct mini_unit *u, struct strbuf *b, struct err *e)
{
	autofree char *path = mem_printf("%s/tree/xen/%s", m->dir, u->object);
	struct obj *o = obj_load(path, u->object, e);
	size_t i;

	for (i = 1; o && i < o->nsyms; i++)
		if (is_called(&o->syms[i]))
			strbuf_addf(b, "\t.quad \"%s\"\n", o->syms[i].name);
	if (!o)
		return -1;
	obj_free(o);
	return 0;
}

/*
 * All global functions are called by somebody outside, but for those whose names begin
 * with "boot_".
 */
static int make_calls(struct mini *m, struct err *e)
{
	autofree char *xen = path_join(m->dir, "tree/xen");
	const char *source = "common/core/calls.S";
	struct mini_unit *u;
	struct strbuf b = {0};
	char **words = NULL;
	size_t i;
	int ret = 0;

	strbuf_adds(&b, "\t.section .data.rel.ro.calls, \"aw\", @progbits\n");
	for (i = 0; i < m->nunits && ret == 0; i++)
		if (!m->units[i].init_copy)
			ret = add_calls(m, &m->units[i], &b, e);
	strbuf_adds(&b, "\t.section .note.GNU-stack, \"\", @progbits\n");
	if (ret == 0)
		ret = put_text(xen, source, b.data, e);
	strbuf_free(&b);
	add_unit(m, "common/core/calls.o", source, "", false);
	u = &m->units[m->nunits - 1];
	if (ret == 0) {
		autofree char *line = command_of(u->source, u->object, u->flags);

		words = proc_split(line, e);
		ret = words ? mini_run(xen, (const char *const *)words, 0, e) : -1;
	}
	free(words);
	return ret;
}

/* What the linker takes, in order; and a record of how that came about. */
static int link_all(struct mini *m, struct err *e)
{
	autofree char *xen = path_join(m->dir, "tree/xen");
	const char **objects = arena_alloc(&m->arena, m->nunits, sizeof(*objects));
	struct strbuf b = {0};
	size_t i;
	int ret = 0;

	strbuf_adds(&b, "cmd_prelink.o := ld -melf_x86_64 -r -o prelink.o");
	for (i = 0; i < m->nunits && ret == 0; i++) {
		const struct mini_unit *u = &m->units[i];

		objects[i] = u->object;
		ret = record(xen, u, e);
		if (u->init_copy) {
			autofree char *folder = path_dir(u->object);
			autofree char *line = init_line(u);
			autofree char *text = NULL;
			autofree char *name = NULL;

			objects[i] = initcopy_of(&m->arena, u->object);
			text = mem_printf("cmd_%s := %s\n", objects[i], line);
			name = mem_printf("%s/.%s.cmd", folder, path_base(objects[i]));
			if (ret == 0)
				ret = put_text(xen, name, text, e);
		}
		strbuf_addf(&b, " %s", objects[i]);
	}
	strbuf_addc(&b, '\n');
	if (ret == 0)
		ret = put_text(xen, ".prelink.o.cmd", b.data, e);
	strbuf_free(&b);
	return ret || mini_link(xen, objects, m->nunits, e) ? -1 : 0;
}

int mini_compile(const char *source, const char *object, const char *flags, struct err *e)
{
	autofree char *line = mem_printf("gcc " FLAGS " %s -c %s -o %s", flags, source, object);
	char **words = proc_split(line, e);
	int ret = words ? mini_run(NULL, (const char *const *)words, 0, e) : -1;

	free(words);
	return ret;
}

const char *mini_patch(struct mini *m, const char *name, struct err *e)
{
	const char *path = arena_printf(&m->arena, "%s/diff/%s/fix.patch", m->dir, name);
	autofree char *cwd = mem_printf("%s/diff/%s", m->dir, name);
	const char *argv[] = {"diff", "-ruN", "a", "b", NULL};
	struct proc p = {.argv = argv, .cwd = cwd};
	int ret;

	if (file_exists(path))
		return path;
	ret = proc_run(&p, e);
	if (ret == 0 && p.status != 1)
		ret = err_fail(e, "%s: diff: status %d: install diffutils", name, p.status);
	if (ret == 0)
		ret = file_create(path, p.out.data, p.out.len, 0600, e);
	proc_free(&p);
	return ret == 0 ? path : NULL;
}

int mini_make(struct mini *m, const char *data, struct err *e)
{
	size_t i;

	memset(m, 0, sizeof(*m));
	m->data = mem_strdup(data);
	m->dir = dir_temp("builder", e);
	if (!m->dir || find_cases(m, e) || add_frame(m, e))
		return -1;
	for (i = 0; i < m->ncases; i++)
		if (add_case(m, m->cases[i], e))
			return -1;
	return for_units(m, compile_line, e) || make_calls(m, e) || for_units(m, rename_line, e) ||
			       for_units(m, init_line, e) || link_all(m, e)
		       ? -1
		       : 0;
}

void mini_free(struct mini *m)
{
	struct err e = ERR_INIT;

	if (m->dir)
		dir_remove(m->dir, &e);
	free(m->data);
	free(m->dir);
	free(m->store);
	free(m->build_id);
	free(m->cases);
	free(m->units);
	arena_free(&m->arena);
}
