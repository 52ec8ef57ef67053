// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/git.h"

#include "common/text.h"
#include "release/map.h"

#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	int ret = 0;

	if (!file_exists(path))
		return err_fail(e, "%s: no such file", path);
	git_libgit2_init();
	if (git_config_new(&c) ||
	    git_config_add_file_ondisk(c, path, GIT_CONFIG_LEVEL_APP, NULL, 0) ||
	    git_config_foreach(c, one_setting, &each))
		ret = err_fail(e, "%s: not in git's configuration syntax: %s", path, reason());
	git_config_free(c);
	git_libgit2_shutdown();
	return ret;
}
