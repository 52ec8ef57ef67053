// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/workspace.h"
#include "patchbuild/lines.h"
#include "patchbuild/workspace_int.h"

#include "common/proc.h"
#include "common/temp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_MAX (64u << 20)

/* --- patching --- */

static int read_side(struct workspace *ws, enum side side, const char *path, struct file_data *f,
		     struct err *e)
{
	autofree char *full = path_join(workspace_src_dir(ws, side), path);

	return file_read(full, SOURCE_MAX, f, e);
}

static bool exists(struct workspace *ws, enum side side, const char *path)
{
	autofree char *full = path_join(workspace_src_dir(ws, side), path);

	return file_exists(full);
}

static int write_side(struct workspace *ws, const char *path, const void *data, size_t size,
		      struct err *e)
{
	autofree char *full = path_join(workspace_src_dir(ws, SIDE_NEW), path);
	autofree char *dir = path_dir(full);

	if (unlink(full) < 0 && errno != ENOENT)
		return err_sys(e, errno, "%s: cannot be replaced", full);
	return dir_make(dir, e) || file_create(full, data, size, 0644, e) ? -1 : 0;
}

/* Puts a copy where the link is, for patch to change. */
static int make_real(struct workspace *ws, const char *path, struct err *e)
{
	autofree char *full = path_join(workspace_src_dir(ws, SIDE_NEW), path);
	struct file_data f;
	struct stat st;
	int ret;

	if (lstat(full, &st) < 0 || !S_ISLNK(st.st_mode))
		return 0;
	if (file_read(full, SOURCE_MAX, &f, e))
		return -1;
	ret = write_side(ws, path, f.data, f.size, e);
	file_free(&f);
	return ret;
}

static struct patch_file *find_changed(struct workspace *ws, const char *path)
{
	size_t i;

	for (i = 0; i < ws->nchanged; i++)
		if (!strcmp(ws->changed[i].path, path))
			return &ws->changed[i];
	return NULL;
}

/*
 * A name that leads through a link to another file: what is made from that one would not
 * be found, and with a folder that is a link the base itself could be written to.
 */
static int check_links(struct workspace *ws, const struct patch *p, const char *path, struct err *e)
{
	autofree char *full = path_join(base_src_orig(ws->base), path);
	const char *canonical = base_canonical(ws->base, &ws->arena, full);
	const char *rel = canonical ? base_src_rel(ws->base, canonical) : NULL;

	if (rel && !strcmp(rel, path))
		return 0;
	return err_fail(
		e, "%s: %s: is reached through a link%s%s: the patch must name the file itself",
		p->name, path, rel ? " to " : "", rel ? rel : "");
}

static int touch(struct workspace *ws, const struct patch *p, const struct patch_file *f,
		 struct err *e)
{
	bool there = exists(ws, SIDE_NEW, f->path);

	if (check_links(ws, p, f->path, e))
		return -1;

	if (there && f->action == PATCH_ADD)
		return err_fail(e, "%s: does not apply: it makes %s, which is there already",
				p->name, f->path);
	if (!there && f->action != PATCH_ADD)
		return err_fail(e, "%s: does not apply: Xen %s has no %s", p->name,
				base_version(ws->base), f->path);
	if (!find_changed(ws, f->path)) {
		ws->changed = mem_grow(ws->changed, ws->nchanged, sizeof(*ws->changed));
		memset(&ws->changed[ws->nchanged], 0, sizeof(*ws->changed));
		ws->changed[ws->nchanged++].path = arena_strdup(&ws->arena, f->path);
	}
	return make_real(ws, f->path, e);
}

/* The hypervisor's part of a patch, with names below its source folder. */
static char *plain_patch(const struct patch *p)
{
	const struct patch_file *f;
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < p->nfiles; i++) {
		f = &p->files[i];
		strbuf_addf(&b, "--- %s%s\n", f->action == PATCH_ADD ? "" : "a/",
			    f->action == PATCH_ADD ? "/dev/null" : f->path);
		strbuf_addf(&b, "+++ %s%s\n", f->action == PATCH_REMOVE ? "" : "b/",
			    f->action == PATCH_REMOVE ? "/dev/null" : f->path);
		strbuf_add(&b, f->hunks, f->size);
		if (f->size && f->hunks[f->size - 1] != '\n')
			strbuf_addc(&b, '\n');
	}
	return strbuf_take(&b);
}

/* The line of @text that @at is in, for one line of a message. */
static char *line_around(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return mem_strndup(at, strcspn(at, "\n"));
}

/* First line of @text with @word in it. */
static char *line_with(const char *text, const char *word)
{
	const char *at = text ? strstr(text, word) : NULL;

	return at ? line_around(text, at) : NULL;
}

/* The file that patch was at when it said what is at @stop. */
static char *file_before(const char *text, const char *stop)
{
	static const char *const lead = "patching file ";
	const char *at = text, *found = NULL;

	while ((at = strstr(at, lead)) != NULL && at < stop)
		found = at += strlen(lead);
	return found ? mem_strndup(found, strcspn(found, "\n")) : NULL;
}

/* The file that patch was at when it said the first @word. */
static char *file_at(const char *text, const char *word)
{
	const char *stop = text ? strstr(text, word) : NULL;

	return stop ? file_before(text, stop) : NULL;
}

static int refused(struct workspace *ws, const struct patch *p, const struct proc *run,
		   struct err *e)
{
	autofree char *file = file_at(run->out.data, "FAILED");
	autofree char *line = line_with(run->out.data, "FAILED");

	workspace_say(ws, run->out.data);
	workspace_say(ws, run->errors.data);
	return err_fail(e, "%s: does not apply to Xen %s: %s: %s: adapt it to this version",
			p->name, base_version(ws->base), file ? file : "patch",
			line ? line : "see above");
}

/* patch(1) says by status 1 that hunks do not fit; by others, that it could not work. */
static int in_trouble(struct workspace *ws, const struct patch *p, const struct proc *run,
		      struct err *e)
{
	const char *said = run->errors.len ? run->errors.data : run->out.data;
	autofree char *line = line_with(said, "");

	workspace_say(ws, run->out.data);
	workspace_say(ws, run->errors.data);
	return err_fail(e, "%s: patch(1) could not do its work (status %d): %s", p->name,
			run->status, line && *line ? line : "it says nothing");
}

/* Every hunk: a later one may have landed in a function that looks alike. */
static void note_offsets(const struct patch *p, const char *said, struct verdict *v)
{
	static const char word[] = " (offset ";
	const char *at = said;

	while (at && (at = strstr(at, word)) != NULL) {
		autofree char *file = file_before(said, at);
		autofree char *line = line_around(said, at);

		verdict_note(v, "patch-offset", file, NULL,
			     "%s: applies, but not at the lines it names: %s", p->name, line);
		at += strlen(word);
	}
}

static const char *const plain_env[] = {"LC_ALL=C",
					"PATCH_GET=0",
					"VERSION_CONTROL=none",
					"PATCH_VERSION_CONTROL",
					"POSIXLY_CORRECT",
					"QUOTING_STYLE=literal",
					NULL};

static int run_patch(struct workspace *ws, const struct patch *p, const char *file,
		     struct verdict *v, struct err *e)
{
	const char *argv[] = {"patch",	 "-p1", "-u", "--fuzz=0",
			      "--force", "-r",	"-",  "--no-backup-if-mismatch",
			      "-i",	 file,	NULL};
	struct proc run = {.argv = argv, .cwd = workspace_src_dir(ws, SIDE_NEW), .env = plain_env};
	int ret = proc_run(&run, e);

	if (ret == 0 && run.status > 1)
		ret = in_trouble(ws, p, &run, e);
	else if (ret == 0 && run.status)
		ret = refused(ws, p, &run, e);
	else if (ret == 0)
		note_offsets(p, run.out.data, v);
	proc_free(&run);
	return ret;
}

static int apply(struct workspace *ws, const struct patch *p, size_t number, struct verdict *v,
		 struct err *e)
{
	autofree char *file = mem_printf("%s/%zu.patch", ws->dir, number);
	autofree char *text = NULL;
	size_t i;

	for (i = 0; i < p->nfiles; i++)
		if (touch(ws, p, &p->files[i], e))
			return -1;
	if (!p->nfiles)
		return 0;
	text = plain_patch(p);
	if (file_create(file, text, strlen(text), 0600, e))
		return -1;
	return run_patch(ws, p, file, v, e);
}

/* --- after patching --- */

/* Text that the C preprocessor reads. */
static bool is_preprocessed(const char *path)
{
	return text_ends(path, ".c") || text_ends(path, ".h") || text_ends(path, ".S") ||
	       text_ends(path, ".inc");
}

/* Saves the patched text as it is, without our #line. */
static int keep_plain(struct workspace *ws, const char *path, const struct file_data *f,
		      struct err *e)
{
	autofree char *to = mem_printf("%s/plain/%s", ws->dir, path);
	autofree char *dir = path_dir(to);

	return dir_make(dir, e) || file_create(to, f->data, f->size, 0600, e) ? -1 : 0;
}

int workspace_use_plain(struct workspace *ws, struct err *e)
{
	struct file_data f;
	size_t i;
	int ret = 0;

	for (i = 0; i < ws->nchanged && ret == 0; i++) {
		autofree char *from = mem_printf("%s/plain/%s", ws->dir, ws->changed[i].path);

		if (!file_exists(from))
			continue;
		if (file_read(from, SOURCE_MAX, &f, e))
			return -1;
		ret = write_side(ws, ws->changed[i].path, f.data, f.size, e);
		file_free(&f);
	}
	return ret;
}

/* Finds out what became of a touched file; *same if nothing. */
static int settle_file(struct workspace *ws, struct patch_file *f, bool *same, struct err *e)
{
	struct file_data was = {0}, now = {0};
	bool before = exists(ws, SIDE_OLD, f->path);
	bool after = exists(ws, SIDE_NEW, f->path);
	char *kept = NULL;
	size_t len;
	int ret = -1;

	f->action = !before ? PATCH_ADD : after ? PATCH_CHANGE : PATCH_REMOVE;
	*same = !before && !after;
	if (!before || !after)
		return 0;
	if (read_side(ws, SIDE_OLD, f->path, &was, e) || read_side(ws, SIDE_NEW, f->path, &now, e))
		goto out;
	*same = was.size == now.size && !memcmp(was.data, now.data, was.size);
	ret = 0;
	if (*same || !is_preprocessed(f->path))
		goto out;
	kept = lines_keep((char *)was.data, was.size, (char *)now.data, now.size, &len, e);
	ret = kept && keep_plain(ws, f->path, &now, e) == 0 ? write_side(ws, f->path, kept, len, e)
							    : -1;
	free(kept);
out:
	file_free(&was);
	file_free(&now);
	return ret;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct patch_file *)a)->path, ((const struct patch_file *)b)->path);
}

static int settle(struct workspace *ws, struct err *e)
{
	size_t i, n = 0;
	bool same;

	for (i = 0; i < ws->nchanged; i++) {
		if (settle_file(ws, &ws->changed[i], &same, e))
			return -1;
		if (!same)
			ws->changed[n++] = ws->changed[i];
	}
	ws->nchanged = n;
	if (n)
		qsort(ws->changed, n, sizeof(*ws->changed), by_path);
	return 0;
}

/* The top's own make files have a say in how the hypervisor is compiled. */
static bool is_build_rule(const char *path)
{
	return !strcmp(path, "Config.mk") ||
	       (text_starts(path, "config/") && text_ends(path, ".mk"));
}

static void judge_outside(const char *path, struct verdict *v)
{
	if (is_build_rule(path))
		verdict_refuse(v, "makefile-changed", path, NULL,
			       "build rules can change every object: patch sources only");
	else
		verdict_note(v, "outside", path, NULL,
			     "not part of the hypervisor: the payload does not contain this "
			     "change");
}

static int fill(struct workspace *ws, const struct patch_set *s, struct verdict *v, struct err *e)
{
	size_t i;

	ws->dir = dir_temp("patchbuild", e);
	if (!ws->dir)
		return -1;
	ws->new_dir = path_join(ws->dir, "new");
	if (dir_make(ws->new_dir, e) || workspace_link(ws, s, e))
		return -1;
	for (i = 0; i < s->noutside; i++)
		judge_outside(s->outside[i], v);
	for (i = 0; i < s->npatches; i++)
		if (apply(ws, &s->patches[i], i + 1, v, e))
			return -1;
	return settle(ws, e);
}

int workspace_make(struct workspace **ws, const struct base *b, const struct patch_set *s,
		   struct verdict *v, struct err *e)
{
	*ws = mem_zalloc(1, sizeof(**ws));
	(*ws)->base = b;
	return fill(*ws, s, v, e);
}

void workspace_free(struct workspace *ws)
{
	struct err ignored = ERR_INIT;

	if (!ws)
		return;
	if (ws->dir)
		dir_remove(ws->dir, &ignored);
	free(ws->dir);
	free(ws->new_dir);
	free(ws->changed);
	strbuf_free(&ws->messages);
	arena_free(&ws->arena);
	free(ws);
}

/* --- access --- */

const char *workspace_dir(const struct workspace *ws)
{
	return ws->dir;
}

const struct patch_file *workspace_changed(const struct workspace *ws, size_t *n)
{
	*n = ws->nchanged;
	return ws->changed;
}

const char *workspace_messages(const struct workspace *ws)
{
	return ws->messages.data ? ws->messages.data : "";
}

const char *workspace_obj_dir(struct workspace *ws, enum side side)
{
	const char *obj = json_get_str(base_manifest(ws->base), "obj");

	return side == SIDE_OLD ? base_obj_dir(ws->base)
				: arena_printf(&ws->arena, "%s/%s", ws->new_dir, obj);
}

const char *workspace_src_dir(struct workspace *ws, enum side side)
{
	const char *src = json_get_str(base_manifest(ws->base), "src");

	return side == SIDE_OLD ? base_src_dir(ws->base)
				: arena_printf(&ws->arena, "%s/%s", ws->new_dir, src);
}

const char *workspace_new_path(struct workspace *ws, const char *recorded)
{
	size_t n;
	const struct kcmd_root *r = base_roots_at(ws->base, &ws->arena, ws->new_dir, &n);
	size_t i, len;

	for (i = 0; *recorded == '/' && i < n; i++) {
		len = strlen(r[i].from);
		if (!strncmp(recorded, r[i].from, len) && recorded[len] == '/')
			return arena_printf(&ws->arena, "%s%s", r[i].to, recorded + len);
	}
	return arena_printf(&ws->arena, "%s%s%s",
			    *recorded == '/' ? "" : workspace_obj_dir(ws, SIDE_NEW),
			    *recorded == '/' ? "" : "/", recorded);
}

/* Folders that say nothing to a reader. */
static const char *place_at(struct workspace *ws, const char *s, size_t *skip)
{
	const char *const places[] = {
		workspace_obj_dir(ws, SIDE_NEW),
		workspace_obj_dir(ws, SIDE_OLD),
		workspace_src_dir(ws, SIDE_NEW),
		workspace_src_dir(ws, SIDE_OLD),
		ws->new_dir,
		base_dir(ws->base),
		ws->dir,
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		*skip = strlen(places[i]);
		if (!strncmp(s, places[i], *skip) && s[*skip] == '/') {
			*skip += 1;
			return places[i];
		}
	}
	return NULL;
}

void workspace_say(struct workspace *ws, const char *text)
{
	const char *from;
	size_t skip;

	for (; text && *text;) {
		if (*text == '/' && place_at(ws, text, &skip)) {
			text += skip;
		} else if (*text == '\n') {
			strbuf_addc(&ws->messages, *text++);
		} else {
			from = text++;
			text += strcspn(text, "/\n");
			strbuf_add_escaped(&ws->messages, from, (size_t)(text - from));
		}
	}
	if (ws->messages.len && ws->messages.data[ws->messages.len - 1] != '\n')
		strbuf_addc(&ws->messages, '\n');
}

const char *workspace_subdir(struct workspace *ws, const char *name, struct err *e)
{
	const char *dir = arena_printf(&ws->arena, "%s/%s", ws->dir, name);

	return dir_make(dir, e) ? NULL : dir;
}

int workspace_proc(struct workspace *ws, enum side side, const char *command, struct kcmd_how how,
		   struct proc *p, struct err *e)
{
	how.roots = base_roots_at(ws->base, &ws->arena,
				  side == SIDE_OLD ? base_dir(ws->base) : ws->new_dir, &how.nroots);
	memset(p, 0, sizeof(*p));
	p->argv = kcmd_words(&ws->arena, command, &how, e);
	p->cwd = workspace_obj_dir(ws, side);
	p->env = compile_env;
	return p->argv ? 0 : -1;
}
