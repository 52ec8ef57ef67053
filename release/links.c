// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/links.h"

#include "common/temp.h"
#include "release/message.h"

#include <stdlib.h>
#include <string.h>

#define SUBJECT_TWICE ((size_t)-1)

const char *const link_how_names[HOW_COUNT] = {"own", "master commit", "cherry picked", "patch-id",
					       "subject"};

static void link_stated(struct links *l, size_t i)
{
	static const enum message_link kinds[] = {LINK_MASTER, LINK_PICKED};
	struct link *one = &l->v[i];
	char id[GIT_ID_LEN];
	size_t k;

	for (k = 0; k < 2 && !one->from; k++) {
		const char *at = l->ours.v[i].message;

		/* The last one counts: a change picked twice names its nearest origin last. */
		while (message_link(&at, kinds[k], id)) {
			const struct commit *c = history_find(&l->theirs_by_id, id);

			one->how = k ? HOW_PICKED : HOW_EXPLICIT;
			if (c)
				one->from = c;
			else
				one->lost = arena_printf(
					&l->arena,
					"commit %.12s is not on the main branch after the fork",
					id);
		}
	}
	if (one->from)
		one->lost = NULL;
}

static void index_subjects(struct links *l)
{
	size_t *at;
	size_t i;

	for (i = l->theirs.n; i-- > 0;) {
		at = map_at(&l->subjects, l->theirs.v[i].subject);
		*at = *at ? SUBJECT_TWICE : i + 1;
	}
}

int links_load(struct links *l, const char *repo, const char *branch, const char *head,
	       const char *main, struct err *e)
{
	int found = history_base(repo, main, head, l->base, e);
	size_t i;

	if (!found)
		err_fail(e, "%s: has no commit in common with the main branch", branch);
	if (found < 1)
		return -1;
	if (history_load(&l->ours, repo, main, head, 0, e) < 0 ||
	    history_load(&l->theirs, repo, l->base, main, 0, e) < 0)
		return -1;
	history_index_make(&l->ours_by_id, &l->ours);
	history_index_make(&l->theirs_by_id, &l->theirs);
	index_subjects(l);
	l->v = mem_zalloc(l->ours.n + 1, sizeof(*l->v));
	for (i = 0; i < l->ours.n; i++)
		link_stated(l, i);
	return 0;
}

/* --- equal patches ------------------------------------------------------------------ */
/*
 * `git log -p | git patch-id` of some commits, as lines "PATCH-ID COMMIT". The first of
 * the two writes a file: both run without a shell. @which: more arguments of git log.
 */
static int patch_ids(const char *repo, const char *const *which, size_t n, struct strbuf *out,
		     struct err *e)
{
	static const char *const log[] = {"log",	   "-p",	  "--no-color",
					  "--no-ext-diff", "--no-merges", "--full-index"};
	size_t fixed = sizeof(log) / sizeof(*log);
	autofree char *dir = dir_temp("xsplice-release", e);
	autofree char *file = dir ? path_join(dir, "log") : NULL;
	autofree char *output = file ? mem_printf("--output=%s", file) : NULL;
	const char **argv = mem_zalloc(fixed + n + 6, sizeof(*argv));
	const char *ids[] = {"git", "-C", repo, "patch-id", "--stable", NULL};
	struct proc first = {.argv = argv};
	struct proc second = {.argv = ids, .input = file};
	int ret;

	argv[0] = "git";
	argv[1] = "-C";
	argv[2] = repo;
	memcpy(argv + 3, log, sizeof(log));
	argv[3 + fixed] = output;
	memcpy(argv + 4 + fixed, which, n * sizeof(*which));
	argv[4 + fixed + n] = "--";
	ret = dir ? proc_run(&first, e) : -1;
	if (!ret && first.status)
		ret = err_fail(e, "git log -p: %s",
			       first.errors.data ? first.errors.data : "failed");
	if (!ret)
		ret = proc_run(&second, e);
	if (!ret && second.status)
		ret = err_fail(e, "git patch-id: %s",
			       second.errors.data ? second.errors.data : "failed");
	*out = second.out;
	memset(&second.out, 0, sizeof(second.out));
	proc_free(&first);
	proc_free(&second);
	free(argv);
	if (dir)
		dir_remove(dir, e);
	return ret;
}

/* Cuts "PATCH-ID COMMIT\n" at *@at into its two words; false at the end. */
static bool next_patch(char **at, const char **patch, const char **id)
{
	char *s = *at;
	char *space = s ? strchr(s, ' ') : NULL;
	char *end = space ? strchr(space, '\n') : NULL;

	if (!end)
		return false;
	*space = *end = 0;
	*patch = s;
	*id = space + 1;
	*at = end + 1;
	return true;
}

static bool is_all_linked(const struct links *l)
{
	size_t i;

	for (i = 0; i < l->ours.n && l->v[i].how; i++)
		;
	return i == l->ours.n;
}

/* Patches of the main branch: all of it, or of those commits. */
static int their_patches(const struct links *l, const char *repo, const char *main,
			 const char *const *only, size_t n, struct strbuf *out, struct err *e)
{
	const char *const all[] = {main, "--not", l->base};
	const char **some;
	int ret;

	if (!only)
		return patch_ids(repo, all, 3, out, e);
	some = mem_zalloc(n + 1, sizeof(*some));
	some[0] = "--no-walk";
	memcpy(some + 1, only, n * sizeof(*only));
	ret = patch_ids(repo, some, n + 1, out, e);
	free(some);
	return ret;
}

int links_patches(struct links *l, const char *repo, const char *head, const char *main,
		  const char *const *only, size_t n, struct err *e)
{
	const char *const here[] = {head, "--not", l->base};
	struct strbuf ours = {0}, theirs = {0};
	struct map known = {0};
	const struct commit *c;
	const char *patch, *id;
	char *at;
	int ret;

	if (is_all_linked(l) || (only && !n))
		return 0;
	ret = their_patches(l, repo, main, only, n, &theirs, e);
	if (!ret)
		ret = patch_ids(repo, here, 3, &ours, e);
	for (at = theirs.data; !ret && next_patch(&at, &patch, &id);)
		if ((c = history_find(&l->theirs_by_id, id)))
			*map_at(&known, patch) = (size_t)(c - l->theirs.v);
	for (at = ours.data; !ret && next_patch(&at, &patch, &id);) {
		size_t *from = map_find(&known, patch);
		struct link *to;

		c = history_find(&l->ours_by_id, id);
		to = c ? &l->v[c - l->ours.v] : NULL;
		if (!from || !to || to->how)
			continue;
		to->how = HOW_PATCH;
		to->from = &l->theirs.v[*from];
	}
	map_free(&known);
	strbuf_free(&ours);
	strbuf_free(&theirs);
	return ret;
}

void links_subjects(struct links *l)
{
	size_t i;

	for (i = 0; i < l->ours.n; i++) {
		size_t *at = map_find(&l->subjects, l->ours.v[i].subject);

		if (l->v[i].how || !at || l->ours.v[i].parent_count > 1)
			continue;
		l->v[i].how = HOW_SUBJECT;
		if (*at == SUBJECT_TWICE)
			l->v[i].lost = "several commits on the main branch have this subject";
		else
			l->v[i].from = &l->theirs.v[*at - 1];
	}
}

void links_free(struct links *l)
{
	history_free(&l->ours);
	history_free(&l->theirs);
	history_index_free(&l->ours_by_id);
	history_index_free(&l->theirs_by_id);
	map_free(&l->subjects);
	free(l->v);
	arena_free(&l->arena);
	memset(l, 0, sizeof(*l));
}
