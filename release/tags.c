// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/tags.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* The numbers in parentheses of a match, as a version; a candidate's number is last. */
static bool numbers(const char *s, const regmatch_t *m, size_t groups, bool rc, struct version *v)
{
	char text[VERSION_LEN] = "";
	size_t len = 0;
	size_t i;
	bool first = true;

	for (i = 1; i <= groups && i < 8; i++) {
		size_t n = m[i].rm_so < 0 ? 0 : (size_t)(m[i].rm_eo - m[i].rm_so);

		if (!n || strspn(s + m[i].rm_so, "0123456789") < n)
			continue;
		if (len + n + 4 >= sizeof(text))
			return false;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s",
					first		    ? ""
					: rc && i == groups ? "-rc"
							    : ".",
					(int)n, s + m[i].rm_so);
		first = false;
	}
	return version_parse(text, v);
}

static bool match(const struct config *c, const char *key, const char *s, bool rc,
		  struct version *v)
{
	const char *pattern;
	regmatch_t m[8];
	bool found = false;
	size_t i = 0;

	while (!found && (pattern = config_next(c, key, &i))) {
		regex_t re;

		if (regcomp(&re, pattern, REG_EXTENDED))
			continue;
		found = !regexec(&re, s, 8, m, 0) && numbers(s, m, re.re_nsub, rc, v);
		regfree(&re);
	}
	return found;
}

bool tags_branch_version(const struct rel *r, const char *branch, struct version *v)
{
	return match(&r->conf, "branch.stable", branch, false, v);
}

bool tag_version(const struct rel *r, const char *tag, struct version *v)
{
	return match(&r->conf, "tag.release", tag, false, v) ||
	       match(&r->conf, "tag.rc", tag, true, v);
}

int tags_check_patterns(const struct config *c, struct err *e)
{
	static const char *const keys[] = {"tag.release", "tag.rc", "branch.stable"};
	const char *pattern;
	char why[128];
	regex_t re;
	size_t k;

	for (k = 0; k < 3; k++) {
		size_t i = 0;

		while ((pattern = config_next(c, keys[k], &i))) {
			int ret = regcomp(&re, pattern, REG_EXTENDED);

			if (ret) {
				regerror(ret, &re, why, sizeof(why));
				return err_fail(e, "%s = %s: not a regular expression: %s", keys[k],
						pattern, why);
			}
			regfree(&re);
		}
	}
	return 0;
}

static int by_version(const void *a, const void *b)
{
	const struct release_tag *x = a;
	const struct release_tag *y = b;
	int d = version_cmp(&x->version, &y->version);

	if (d)
		return d;
	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return strcmp(x->ref->name, y->ref->name);
}

static void add(struct tags *t, const struct git_ref *ref, const struct version *v)
{
	struct release_tag *out;

	t->v = mem_grow(t->v, t->n, sizeof(*t->v));
	out = &t->v[t->n++];
	memset(out, 0, sizeof(*out));
	out->version = *v;
	out->ref = ref;
	out->early = ref->has_tagger && ref->tagged < ref->committed;
	out->when = ref->has_tagger && !out->early ? ref->tagged : ref->committed;
}

int tags_load(struct tags *t, struct rel *r, struct err *e)
{
	struct version v;
	size_t i;

	memset(t, 0, sizeof(*t));
	if (git_refs(r->git, &t->arena, &t->refs, &t->ref_count, e) < 0)
		return -1;
	for (i = 0; i < t->ref_count; i++) {
		const struct git_ref *ref = &t->refs[i];

		if (!ref->is_tag || !tag_version(r, ref->name, &v))
			continue;
		if (ref->broken)
			report_note(&r->report, "unknown: %s leads to no commit: %s", ref->name,
				    ref->broken);
		else
			add(t, ref, &v);
	}
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_version);
	for (i = 1; i < t->n; i++)
		t->v[i].second = !version_cmp(&t->v[i].version, &t->v[i - 1].version);
	return 0;
}

void tags_free(struct tags *t)
{
	free(t->refs);
	free(t->v);
	arena_free(&t->arena);
	memset(t, 0, sizeof(*t));
}

const struct release_tag *tags_find(const struct tags *t, const struct version *v)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!version_cmp(&t->v[i].version, v))
			return &t->v[i];
	return NULL;
}

int tags_release_at(struct rel *r, const char *id, const char *name, struct version *v,
		    struct err *e)
{
	struct tags t = {0};
	const char *found = NULL;
	int ret = git_refs(r->git, &t.arena, &t.refs, &t.ref_count, e);
	struct version one;
	size_t i;

	for (i = 0; !ret && i < t.ref_count; i++) {
		const struct git_ref *ref = &t.refs[i];

		if (!ref->is_tag || ref->broken || strcmp(ref->id, id) != 0 ||
		    !match(&r->conf, "tag.release", ref->name, false, &one))
			continue;
		if (found && strcmp(ref->name, name) != 0 && version_cmp(&one, v) != 0) {
			ret = err_fail(e, "%s: is both %s and %s: say which, with --as", name,
				       found, ref->name);
			break;
		}
		found = ref->name;
		*v = one;
		if (!strcmp(ref->name, name))
			break;
	}
	ret = ret ? -1 : found != NULL;
	tags_free(&t);
	return ret;
}

/* --- series ------------------------------------------------------------------------- */
static int rank(const char *name)
{
	return 2 * text_starts(name, "origin/") + (strstr(name, "staging") != NULL);
}

static int by_series(const void *a, const void *b)
{
	const struct stable *x = a;
	const struct stable *y = b;
	int d = version_cmp(&x->version, &y->version);

	return d ? d : rank(x->ref->name) - rank(y->ref->name);
}

/* @remote is origin's branch of the name @local, and has all of it and more. */
static bool is_ahead(const struct rel *r, const struct git_ref *local, const struct git_ref *remote)
{
	return text_starts(remote->name, "origin/") &&
	       !strcmp(remote->name + strlen("origin/"), local->name) && !local->broken &&
	       !remote->broken && strcmp(remote->id, local->id) != 0 &&
	       git_contains(r->git, remote->id, local->id) == 1;
}

struct stable *tags_stable(const struct tags *t, const struct rel *r, size_t *n)
{
	struct stable *v = mem_zalloc(t->ref_count + 1, sizeof(*v));
	struct version version;
	size_t all = 0;
	size_t i;

	for (i = 0; i < t->ref_count; i++) {
		const struct git_ref *ref = &t->refs[i];

		if (!ref->is_tag && tags_branch_version(r, ref->name, &version))
			v[all++] = (struct stable){version, ref};
	}
	qsort(v, all, sizeof(*v), by_series);
	for (*n = 0, i = 0; i < all; i++) {
		struct stable *last = *n ? &v[*n - 1] : NULL;

		if (!last || version_cmp(&v[i].version, &last->version))
			v[(*n)++] = v[i];
		else if (is_ahead(r, last->ref, v[i].ref))
			*last = v[i];
	}
	return v;
}
