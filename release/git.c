// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/git.h"

#include "common/text.h"
#include "release/map.h"

#include <errno.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct git {
	git_repository *repo;
};

static const char *reason(void)
{
	const git_error *last = git_error_last();

	return last && last->message ? last->message : "no reason given";
}

/* Settings that would change what git counts, or the form in which it tells of it. */
static const char *const pins[][2] = {
	{"advice.graftFileDeprecated", "false"},
	{"log.showRoot", "true"},
	{"log.showSignature", "false"},
	{"log.diffMerges", "separate"},
	{"log.follow", "false"},
	{"log.abbrevCommit", "false"},
	{"log.decorate", "false"},
	{"log.mailmap", "false"},
	{"format.pretty", "medium"},
	{"i18n.logOutputEncoding", "UTF-8"},
	{"diff.algorithm", "default"},
	{"diff.context", "3"},
	{"diff.interHunkContext", "0"},
	{"diff.indentHeuristic", "true"},
	{"diff.ignoreSubmodules", "none"},
	{"diff.mnemonicPrefix", "false"},
	{"diff.noprefix", "false"},
	{"diff.orderFile", "/dev/null"},
	{"diff.relative", "false"},
	{"diff.renameLimit", "1000"},
	{"diff.renames", "true"},
	{"diff.submodule", "short"},
};

/* `git rev-parse --local-env-vars`, and what else changes a diff. */
static const char *const foreign[] = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
				      "GIT_ATTR_SOURCE",
				      "GIT_COMMON_DIR",
				      "GIT_CONFIG",
				      "GIT_CONFIG_PARAMETERS",
				      "GIT_DIFF_OPTS",
				      "GIT_DIR",
				      "GIT_EXTERNAL_DIFF",
				      "GIT_GLOB_PATHSPECS",
				      "GIT_ICASE_PATHSPECS",
				      "GIT_IMPLICIT_WORK_TREE",
				      "GIT_INDEX_FILE",
				      "GIT_LITERAL_PATHSPECS",
				      "GIT_NAMESPACE",
				      "GIT_NOGLOB_PATHSPECS",
				      "GIT_OBJECT_DIRECTORY",
				      "GIT_PREFIX",
				      "GIT_REPLACE_REF_BASE",
				      "GIT_SHALLOW_FILE",
				      "GIT_WORK_TREE"};

void git_pin(void)
{
	size_t n = sizeof(pins) / sizeof(*pins);
	char name[32];
	size_t i;

	for (i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		unsetenv(foreign[i]);
	setenv("GIT_NO_REPLACE_OBJECTS", "1", 1);
	setenv("GIT_GRAFT_FILE", "/dev/null", 1);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "GIT_CONFIG_KEY_%zu", i);
		setenv(name, pins[i][0], 1);
		snprintf(name, sizeof(name), "GIT_CONFIG_VALUE_%zu", i);
		setenv(name, pins[i][1], 1);
	}
	snprintf(name, sizeof(name), "%zu", n);
	setenv("GIT_CONFIG_COUNT", name, 1);
}

/* Why @any, which a name leads to (NULL: to nothing), is no commit. */
static const char *no_commit(const git_object *any)
{
	if (any && git_object_type(any) == GIT_OBJECT_BLOB)
		return "it is a file";
	if (any && git_object_type(any) == GIT_OBJECT_TREE)
		return "it is a tree";
	return reason();
}

struct git *git_open(const char *path, struct err *e)
{
	struct git *g = mem_zalloc(1, sizeof(*g));
	int ret;

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	ret = git_repository_open_ext(&g->repo, path, 0, NULL);
	if (!ret)
		return g;
	if (ret == GIT_ENOTFOUND)
		err_fail(e, "%s: not a git repository: name one with -C", path);
	else if (ret == GIT_EOWNER)
		err_fail(e,
			 "%s: belongs to another user: if you trust it, "
			 "`git config --global --add safe.directory %s`",
			 path, path);
	else
		err_fail(e, "%s: cannot open the repository: %s", path, reason());
	git_close(g);
	return NULL;
}

void git_close(struct git *g)
{
	if (!g)
		return;
	git_repository_free(g->repo);
	git_libgit2_shutdown();
	free(g);
}

bool git_is_shallow(const struct git *g)
{
	return git_repository_is_shallow(g->repo) == 1;
}

/*
 * What a revision names. A name of a ref is looked up as such: git_revparse_single()
 * of libgit2 1.5 loses memory where a ref leads to an object that is not there.
 */
static int look_up(struct git *g, git_object **out, const char *rev)
{
	git_reference *ref = NULL;
	git_reference *end = NULL;
	int ret;

	if (strspn(rev, "0123456789abcdef") == GIT_ID_LEN - 1 ||
	    git_reference_dwim(&ref, g->repo, rev))
		return git_revparse_single(out, g->repo, rev);
	ret = git_reference_resolve(&end, ref);
	if (!ret)
		ret = git_object_lookup(out, g->repo, git_reference_target(end), GIT_OBJECT_ANY);
	git_reference_free(end);
	git_reference_free(ref);
	return ret;
}

int git_resolve(struct git *g, const char *rev, char id[GIT_ID_LEN], struct err *e)
{
	git_object *any = NULL;
	git_object *commit = NULL;
	int ret = look_up(g, &any, rev);

	if (!ret)
		ret = git_object_peel(&commit, any, GIT_OBJECT_COMMIT);
	if (!ret)
		git_oid_tostr(id, GIT_ID_LEN, git_object_id(commit));
	else
		err_fail(e, "%s: leads to no commit: %s", rev, no_commit(any));
	git_object_free(any);
	git_object_free(commit);
	return ret ? -1 : 0;
}

static git_commit *commit_of(struct git *g, const char *id)
{
	git_commit *c = NULL;
	git_oid oid;

	if (git_oid_fromstr(&oid, id) || git_commit_lookup(&c, g->repo, &oid))
		return NULL;
	return c;
}

/* Commits that a walk has met, in the order it met them; the first @done were followed. */
struct walk {
	struct arena arena;
	struct map seen;
	const char **ids;
	size_t n, done;
};

static void walk_meet(struct walk *w, const git_oid *oid)
{
	char id[GIT_ID_LEN];

	git_oid_tostr(id, sizeof(id), oid);
	if (map_find(&w->seen, id))
		return;
	w->ids = mem_grow(w->ids, w->n, sizeof(*w->ids));
	w->ids[w->n] = arena_strdup(&w->arena, id);
	*map_at(&w->seen, w->ids[w->n++]) = 1;
}

static int walk_parents(struct git *g, struct walk *w, const char *id, struct err *e)
{
	git_commit *c = commit_of(g, id);
	unsigned int i;

	if (!c)
		return err_fail(e, "%.12s: cannot be read: %s", id, reason());
	for (i = 0; i < git_commit_parentcount(c); i++)
		walk_meet(w, git_commit_parent_id(c, i));
	git_commit_free(c);
	return 0;
}

int git_walk(struct git *g, const char *start, bool (*fn)(void *ctx, const char *id), void *ctx,
	     struct err *e)
{
	struct walk w = {0};
	git_oid oid;
	int ret = 0;

	if (git_oid_fromstr(&oid, start))
		return err_fail(e, "%s: is no id of a commit", start);
	walk_meet(&w, &oid);
	for (; w.done < w.n && !ret; w.done++)
		if (fn(ctx, w.ids[w.done]))
			ret = walk_parents(g, &w, w.ids[w.done], e);
	map_free(&w.seen);
	free(w.ids);
	arena_free(&w.arena);
	return ret;
}

int git_between(struct git *g, const char *from, const char *to,
		void (*fn)(void *ctx, const char *id), void *ctx, struct err *e)
{
	git_revwalk *walk = NULL;
	git_oid begin, end, oid;
	char id[GIT_ID_LEN];
	int ret;

	if ((*from && git_oid_fromstr(&begin, from)) || git_oid_fromstr(&end, to))
		return err_fail(e, "%s..%s: are no ids of commits", from, to);
	ret = git_revwalk_new(&walk, g->repo);
	if (!ret)
		ret = git_revwalk_push(walk, &end);
	if (!ret && *from)
		ret = git_revwalk_hide(walk, &begin);
	while (!ret && !(ret = git_revwalk_next(&oid, walk))) {
		git_oid_tostr(id, sizeof(id), &oid);
		fn(ctx, id);
	}
	git_revwalk_free(walk);
	if (ret != GIT_ITEROVER)
		return err_fail(e, "%.12s..%.12s: cannot be read: %s", from, to, reason());
	return 0;
}

int git_contains(struct git *g, const char *newer, const char *older)
{
	git_oid new, old;

	if (git_oid_fromstr(&new, newer) || git_oid_fromstr(&old, older))
		return -1;
	return git_oid_equal(&new, &old) ? 1 : git_graph_descendant_of(g->repo, &new, &old);
}

int git_same_tree(struct git *g, const char *a, const char *b)
{
	git_commit *one = commit_of(g, a);
	git_commit *two = commit_of(g, b);
	int same = -1;

	if (one && two)
		same = git_oid_equal(git_commit_tree_id(one), git_commit_tree_id(two));

	git_commit_free(one);
	git_commit_free(two);
	return same;
}

/* A signature begins a line and ends the message; its words elsewhere are none. */
static bool holds_signature(const char *text)
{
	static const char *const kinds[] = {"PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		autofree char *begin = mem_printf("-----BEGIN %s-----\n", kinds[i]);
		autofree char *end = mem_printf("\n-----END %s-----", kinds[i]);
		const char *at = strstr(text, begin);
		const char *last = at ? strstr(at, end) : NULL;

		if (last && (at == text || at[-1] == '\n') &&
		    !last[strlen(end) + strspn(last + strlen(end), "\n")])
			return true;
	}
	return false;
}

/* @name: of the ref. A tag object that was made for another name signs nothing here. */
static void read_tag(struct git_ref *r, git_object *o, const char *name)
{
	const git_tag *tag = (const git_tag *)o;
	const git_signature *who = git_tag_tagger(tag);
	const char *text = git_tag_message(tag);

	r->has_tagger = who != NULL;
	r->tagged = who ? who->when.time : 0;
	r->is_signed = text && holds_signature(text) && !strcmp(git_tag_name(tag), name);
}

static void read_ref(struct git *g, struct arena *a, struct git_ref *r, const char *full)
{
	git_object *top = NULL;
	git_object *commit = NULL;

	if (look_up(g, &top, full) || git_object_peel(&commit, top, GIT_OBJECT_COMMIT)) {
		r->broken = arena_strdup(a, no_commit(top));
	} else {
		git_oid_tostr(r->id, GIT_ID_LEN, git_object_id(commit));
		r->committed = git_commit_time((const git_commit *)commit);
		if (git_object_type(top) == GIT_OBJECT_TAG)
			read_tag(r, top, text_starts(full, "refs/tags/") ? full + 10 : full);
	}
	git_object_free(top);
	git_object_free(commit);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int git_refs(struct git *g, struct arena *a, struct git_ref **out, size_t *n, struct err *e)
{
	static const char *const kinds[] = {"refs/tags/", "refs/heads/", "refs/remotes/"};
	git_strarray names = {0};
	size_t i, k;

	*out = NULL;
	*n = 0;
	if (git_reference_list(&names, g->repo))
		return err_fail(e, "refs: cannot be listed: %s", reason());
	if (names.count)
		qsort(names.strings, names.count, sizeof(*names.strings), by_name);
	for (i = 0; i < names.count; i++) {
		for (k = 0; k < 3 && !text_starts(names.strings[i], kinds[k]); k++)
			;
		if (k == 3)
			continue;
		*out = mem_grow(*out, *n, sizeof(**out));
		memset(&(*out)[*n], 0, sizeof(**out));
		(*out)[*n].name = arena_strdup(a, names.strings[i] + strlen(kinds[k]));
		(*out)[*n].is_tag = k == 0;
		read_ref(g, a, &(*out)[(*n)++], names.strings[i]);
	}
	git_strarray_dispose(&names);
	return 0;
}

static git_blob *blob_of(struct git *g, const char *commit, const char *path)
{
	git_commit *c = commit_of(g, commit);
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	git_blob *b = NULL;

	if (c && !git_commit_tree(&tree, c) && !git_tree_entry_bypath(&entry, tree, path) &&
	    git_blob_lookup(&b, g->repo, git_tree_entry_id(entry)))
		b = NULL;
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_commit_free(c);
	return b;
}

int git_file(struct git *g, const char *commit, const char *path, size_t max, struct file_data *out,
	     struct err *e)
{
	git_blob *b = blob_of(g, commit, path);
	size_t size = b ? (size_t)git_blob_rawsize(b) : 0;

	if (!b)
		return 0;
	if (max && size > max) {
		git_blob_free(b);
		return err_fail(e, "%.12s:%s: is larger than %zu bytes", commit, path, max);
	}
	out->data = (unsigned char *)mem_strndup("", 0);
	out->data = mem_resize(out->data, size + 1, 1);
	memcpy(out->data, git_blob_rawcontent(b), size);
	out->data[size] = 0;
	out->size = size;
	git_blob_free(b);
	return 1;
}

long git_lines(struct git *g, const char *blob)
{
	git_blob *b = NULL;
	const char *p, *end;
	git_oid oid;
	long n = 0;

	if (git_oid_fromstr(&oid, blob) || git_blob_lookup(&b, g->repo, &oid))
		return -1;
	p = git_blob_rawcontent(b);
	end = p + git_blob_rawsize(b);
	while (p < end) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : end;
		n++;
	}
	git_blob_free(b);
	return n;
}

struct each {
	void (*fn)(void *ctx, const char *key, const char *value);
	void *ctx;
};

static int one_setting(const git_config_entry *entry, void *p)
{
	struct each *each = p;

	each->fn(each->ctx, entry->name, entry->value ? entry->value : "true");
	return 0;
}

int git_config_each(const char *path, void (*fn)(void *ctx, const char *key, const char *value),
		    void *ctx, struct err *e)
{
	struct each each = {fn, ctx};
	git_config *c = NULL;
	struct stat st;
	int ret = 0;

	if (!file_exists(path))
		return err_fail(e, "%s: no such file", path);
	/* libgit2 takes a pipe for an empty file. */
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return err_fail(e, "%s: is not a regular file", path);
	git_libgit2_init();
	if (git_config_new(&c) ||
	    git_config_add_file_ondisk(c, path, GIT_CONFIG_LEVEL_APP, NULL, 0) ||
	    git_config_foreach(c, one_setting, &each))
		ret = err_fail(e, "%s: not in git's configuration syntax: %s", path, reason());
	git_config_free(c);
	git_libgit2_shutdown();
	return ret;
}

/* --- writing ------------------------------------------------------------------------- */

/* Before every other place that objects are written to. */
#define MEMORY_FIRST 1000

int git_keep_nothing(struct git *g, struct err *e)
{
	git_odb_backend *memory = NULL;
	git_odb *odb = NULL;
	int ret = git_repository_odb(&odb, g->repo);

	if (!ret)
		ret = git_mempack_new(&memory);
	if (!ret)
		ret = git_odb_add_backend(odb, memory, MEMORY_FIRST);
	git_odb_free(odb);
	return ret ? err_fail(e, "repository: cannot keep objects in memory: %s", reason()) : 0;
}

bool git_person_default(struct git *g, struct arena *a, struct git_person *who)
{
	git_signature *s = NULL;

	if (git_signature_default(&s, g->repo))
		return false;
	who->name = arena_strdup(a, s->name);
	who->mail = arena_strdup(a, s->email);
	git_signature_free(s);
	return true;
}

const char *git_folder(const struct git *g)
{
	return git_repository_commondir(g->repo);
}

int git_ref_id(struct git *g, const char *name, char id[GIT_ID_LEN], struct err *e)
{
	git_oid oid;
	int ret = git_reference_name_to_id(&oid, g->repo, name);

	if (ret == GIT_ENOTFOUND)
		return 0;
	if (ret)
		return err_fail(e, "%s: cannot be read: %s", name, reason());
	git_oid_tostr(id, GIT_ID_LEN, &oid);
	return 1;
}

/* Seconds after which nobody is about to write into a lock that is still empty. */
#define LOCK_PATIENCE 2

/*
 * A lock file that a process has left which was to write @text: it holds that, or, killed
 * earlier, nothing for a while.
 */
static bool is_left_over(const char *path, const char *text)
{
	struct file_data f = {0};
	struct err e = ERR_INIT;
	struct stat st;
	bool left = false;

	if (stat(path, &st) || file_read(path, 4096, &f, &e))
		return false;
	if (f.size)
		left = f.size >= strlen(text) && text_starts((const char *)f.data, text);
	else
		left = time(NULL) - st.st_mtime >= LOCK_PATIENCE;
	file_free(&f);
	return left;
}

/* Takes such a lock away; gives one that may be somebody's the time to go. */
static void clear_lock(const char *path, const char *text)
{
	int tries;

	for (tries = 0; tries < 10 * (LOCK_PATIENCE + 1) && file_exists(path); tries++) {
		if (is_left_over(path, text)) {
			unlink(path);
			return;
		}
		usleep(100 * 1000);
	}
}

static int write_ref(struct git *g, const char *name, const char *old, const char *id,
		     const char *why, struct err *e)
{
	autofree char *lock = mem_printf("%s%s.lock", git_folder(g), name);
	git_reference *ref = NULL;
	git_oid from, to;
	int ret;

	clear_lock(lock, id);
	if (git_oid_fromstr(&to, id) || (old && git_oid_fromstr(&from, old)))
		return err_fail(e, "%s: is no id", id);
	ret = git_reference_create_matching(&ref, g->repo, name, &to, old != NULL,
					    old ? &from : NULL, why);
	git_reference_free(ref);
	if (ret == GIT_EMODIFIED || ret == GIT_EEXISTS)
		return err_set(e, ERR_STATE, "%s: was moved this very moment: look who did it",
			       name);
	if (ret == GIT_ELOCKED)
		return err_set(e, ERR_BUSY,
			       "%s: is locked: if no other git is at work, remove %s and go on",
			       name, lock);
	return ret ? err_fail(e, "%s: cannot be written: %s", name, reason()) : 0;
}

int git_ref_set(struct git *g, const char *name, const char *old, const char *id, const char *why,
		struct err *e)
{
	char now[GIT_ID_LEN];
	int ret = git_ref_id(g, name, now, e);

	if (ret < 0)
		return -1;
	if (ret && !strcmp(now, id))
		return 0;
	if (ret && !old)
		return err_set(e, ERR_STATE, "%s: exists already, at %.12s", name, now);
	if (ret && strcmp(now, old) != 0)
		return err_set(e, ERR_STATE,
			       "%s: has moved: it is at %.12s, not at %.12s: make a new plan", name,
			       now, old);
	if (!ret && old)
		return err_set(e, ERR_STATE, "%s: is gone: make a new plan", name);
	return write_ref(g, name, old, id, why, e);
}

int git_object_get(struct git *g, const char *kind, const char *id, struct file_data *out,
		   struct err *e)
{
	git_odb_object *o = NULL;
	git_odb *odb = NULL;
	git_oid oid;
	int ret = 0;

	if (git_oid_fromstr(&oid, id) || git_repository_odb(&odb, g->repo))
		return err_fail(e, "%s: cannot be read: %s", id, reason());
	ret = git_odb_read(&o, odb, &oid);
	git_odb_free(odb);
	if (ret == GIT_ENOTFOUND)
		return 0;
	if (ret)
		return err_fail(e, "%s: cannot be read: %s", id, reason());
	ret = git_odb_object_type(o) == git_object_string2type(kind);
	if (ret) {
		out->size = git_odb_object_size(o);
		out->data = mem_resize(NULL, out->size + 1, 1);
		memcpy(out->data, git_odb_object_data(o), out->size);
		out->data[out->size] = 0;
	}
	git_odb_object_free(o);
	return ret;
}

int git_object_put(struct git *g, const char *kind, const void *data, size_t size,
		   char id[GIT_ID_LEN], struct err *e)
{
	git_odb *odb = NULL;
	git_oid oid;
	int ret = git_repository_odb(&odb, g->repo);

	if (!ret)
		ret = git_odb_write(&oid, odb, data, size, git_object_string2type(kind));
	git_odb_free(odb);
	if (ret)
		return err_fail(e, "%s: cannot be written: %s", kind, reason());
	git_oid_tostr(id, GIT_ID_LEN, &oid);
	return 0;
}

/* One edit as a change of @base; the file keeps its mode. */
static int prepare_edit(struct git *g, const git_tree *base, const struct git_edit *edit,
			git_tree_update *update, struct err *e)
{
	char id[GIT_ID_LEN];
	git_tree_entry *entry = NULL;
	git_filemode_t mode;

	if (git_tree_entry_bypath(&entry, base, edit->path))
		return err_fail(e, "%s: no such file in the commit", edit->path);
	mode = git_tree_entry_filemode(entry);
	git_tree_entry_free(entry);
	if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return err_fail(e, "%s: is no plain file in the commit", edit->path);
	update->action = GIT_TREE_UPDATE_UPSERT;
	update->filemode = mode;
	update->path = edit->path;
	if (git_object_put(g, "blob", edit->data, edit->size, id, e))
		return -1;
	return git_oid_fromstr(&update->id, id) ? -1 : 0;
}

static int edited_tree(struct git *g, const git_commit *parent, const struct git_edit *edits,
		       size_t n, git_tree **out, struct err *e)
{
	git_tree_update *updates = mem_zalloc(n, sizeof(*updates));
	git_tree *base = NULL;
	git_oid oid;
	size_t i;
	int ret = git_commit_tree(&base, parent);

	for (i = 0; i < n && !ret; i++)
		ret = prepare_edit(g, base, &edits[i], &updates[i], e);
	if (!ret)
		ret = git_tree_create_updated(&oid, g->repo, base, n, updates);
	if (!ret)
		ret = git_tree_lookup(out, g->repo, &oid);
	git_tree_free(base);
	free(updates);
	return ret ? err_fail(e, "tree: cannot be written: %s", reason()) : 0;
}

int git_commit_put(struct git *g, const char *parent, const struct git_edit *edits, size_t n,
		   const struct git_person *who, const char *message, char id[GIT_ID_LEN],
		   struct err *e)
{
	git_commit *from = commit_of(g, parent);
	const git_commit *parents[] = {from};
	git_signature *by = NULL;
	git_tree *tree = NULL;
	git_oid oid;
	int ret = 0;

	if (!from)
		return err_fail(e, "%.12s: cannot be read: %s", parent, reason());
	ret = edited_tree(g, from, edits, n, &tree, e);
	if (!ret)
		ret = git_signature_new(&by, who->name, who->mail, who->when, 0);
	if (!ret)
		ret = git_commit_create(&oid, g->repo, NULL, by, by, NULL, message, tree, 1,
					parents);
	if (ret)
		err_fail(e, "commit: cannot be written: %s", reason());
	else
		git_oid_tostr(id, GIT_ID_LEN, &oid);
	git_signature_free(by);
	git_tree_free(tree);
	git_commit_free(from);
	return ret ? -1 : 0;
}

int64_t git_commit_date(struct git *g, const char *id)
{
	git_commit *c = commit_of(g, id);
	int64_t when = c ? git_commit_time(c) : -1;

	git_commit_free(c);
	return when;
}

/* --- the work tree ---------------------------------------------------------------------- */

static bool is_head(struct git *g, const char *branch)
{
	git_reference *head = NULL;
	bool is = false;

	if (!git_reference_lookup(&head, g->repo, "HEAD"))
		is = git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
		     !strcmp(git_reference_symbolic_target(head), branch);
	git_reference_free(head);
	return is;
}

enum git_checkout git_checked_out(struct git *g, const char *branch)
{
	git_reference *ref = NULL;
	bool out = false;

	if (!git_repository_is_bare(g->repo) && is_head(g, branch))
		return GIT_OUT_HERE;
	if (!git_reference_lookup(&ref, g->repo, branch))
		out = git_branch_is_checked_out(ref) == 1 && !git_repository_is_bare(g->repo);
	git_reference_free(ref);
	return out ? GIT_OUT_ELSEWHERE : GIT_OUT_NOWHERE;
}

/* What git would call the content of an edit, and the content that the commit has. */
static bool edit_ids(struct git *g, const char *parent, const struct git_edit *edit, git_oid out[2])
{
	git_blob *b = blob_of(g, parent, edit->path);

	if (!b || git_odb_hash(&out[1], edit->data, edit->size, GIT_OBJECT_BLOB)) {
		git_blob_free(b);
		return false;
	}
	git_oid_cpy(&out[0], git_blob_id(b));
	git_blob_free(b);
	return true;
}

/* The file's state in index and work tree is one of the two that are ours. */
static bool is_ours(struct git *g, git_index *index, const char *parent,
		    const struct git_edit *edit)
{
	const git_index_entry *entry = git_index_get_bypath(index, edit->path, 0);
	git_oid ids[2], file;

	if (!entry || !edit_ids(g, parent, edit, ids) ||
	    git_repository_hashfile(&file, g->repo, edit->path, GIT_OBJECT_BLOB, NULL))
		return false;
	return (git_oid_equal(&entry->id, &ids[0]) || git_oid_equal(&entry->id, &ids[1])) &&
	       (git_oid_equal(&file, &ids[0]) || git_oid_equal(&file, &ids[1]));
}

static const char *status_path(const git_status_entry *s)
{
	const git_diff_delta *d = s->head_to_index ? s->head_to_index : s->index_to_workdir;

	return d->new_file.path ? d->new_file.path : d->old_file.path;
}

static int judge_status(struct git *g, git_status_list *list, git_index *index, const char *parent,
			const struct git_edit *edits, size_t n, struct err *e)
{
	size_t i, k;

	for (i = 0; i < git_status_list_entrycount(list); i++) {
		const char *path = status_path(git_status_byindex(list, i));

		for (k = 0; k < n && strcmp(edits[k].path, path) != 0; k++)
			;
		if (k == n || !is_ours(g, index, parent, &edits[k]))
			return err_set(
				e, ERR_STATE,
				"%s: is changed in the work tree: commit or stash it (git status)",
				path);
	}
	return 0;
}

int git_files_clean(struct git *g, const char *parent, const struct git_edit *edits, size_t n,
		    struct err *e)
{
	git_status_options options;
	git_status_list *list = NULL;
	git_index *index = NULL;
	int ret;

	if (git_repository_state(g->repo) != GIT_REPOSITORY_STATE_NONE)
		return err_set(e, ERR_STATE,
			       "work tree: a merge, rebase or the like is not finished: finish or "
			       "abort it");
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (git_repository_index(&index, g->repo) ||
	    git_status_list_new(&list, g->repo, &options)) {
		git_index_free(index);
		return err_fail(e, "work tree: cannot be compared: %s", reason());
	}
	ret = judge_status(g, list, index, parent, edits, n, e);
	git_status_list_free(list);
	git_index_free(index);
	return ret;
}

/* One file as git would check it out, put there in one piece. */
static int update_file(struct git *g, const char *commit, const char *path, struct err *e)
{
	autofree char *full = path_join(git_repository_workdir(g->repo), path);
	git_blob *b = blob_of(g, commit, path);
	git_filter_list *filters = NULL;
	git_buf text = {0};
	struct stat st;
	int ret = -1;

	file_sweep(full);
	if (!b || lstat(full, &st) || !S_ISREG(st.st_mode) ||
	    git_filter_list_load(&filters, g->repo, b, path, GIT_FILTER_TO_WORKTREE, 0) ||
	    git_filter_list_apply_to_blob(&text, filters, b))
		err_fail(e, "%s: cannot be checked out: %s", full, reason());
	else
		ret = file_write(full, text.ptr, text.size, st.st_mode & 0777, e);
	git_buf_dispose(&text);
	git_filter_list_free(filters);
	git_blob_free(b);
	return ret;
}

/* The index in this file has the files of the commit. */
static bool is_index_of(struct git *g, const char *path, const char *commit)
{
	git_commit *c = commit_of(g, commit);
	git_index *index = NULL;
	git_oid tree;
	bool is = c && !git_index_open(&index, path) &&
		  !git_index_write_tree_to(&tree, index, g->repo) &&
		  git_oid_equal(&tree, git_commit_tree_id(c));

	git_index_free(index);
	git_commit_free(c);
	return is;
}

static int index_busy(struct git *g, struct err *e)
{
	return err_set(e, ERR_BUSY,
		       "index: is locked: if no other git is at work, remove %sindex.lock and go "
		       "on",
		       git_repository_path(g->repo));
}

/*
 * A lock that holds what we were to write was left by us. Any other, an empty one too, is
 * somebody's who is at work: it gets the time to go.
 */
static int unlock_index(struct git *g, const char *commit, struct err *e)
{
	autofree char *lock = path_join(git_repository_path(g->repo), "index.lock");
	int tries;

	for (tries = 0; file_exists(lock); tries++) {
		if (is_index_of(g, lock, commit))
			return unlink(lock) ? err_sys(e, errno, "%s: cannot be removed", lock) : 0;
		if (tries == 10 * LOCK_PATIENCE)
			return index_busy(g, e);
		usleep(100 * 1000);
	}
	return 0;
}

int git_files_update(struct git *g, const char *commit, const struct git_edit *edits, size_t n,
		     struct err *e)
{
	git_index *index = NULL;
	size_t i;
	int ret = unlock_index(g, commit, e);

	for (i = 0; i < n && !ret; i++)
		ret = update_file(g, commit, edits[i].path, e);
	if (ret)
		return -1;
	ret = git_repository_index(&index, g->repo);
	for (i = 0; i < n && !ret; i++)
		ret = git_index_add_bypath(index, edits[i].path);
	if (!ret)
		ret = git_index_write(index);
	if (ret == GIT_ELOCKED)
		index_busy(g, e);
	else if (ret)
		err_fail(e, "index: cannot be written: %s", reason());
	git_index_free(index);
	return ret ? -1 : 0;
}
