// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of a release as data: JSON in and out, each member checked. */
#include "release/runbook.h"

#include "common/json.h"
#include "release/edit.h"
#include "release/pack.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA 1

static const char *const kind_names[] = {"rc", "release", "point", "branch"};

const char *cut_kind_name(enum cut_kind kind)
{
	return kind_names[kind];
}

bool cut_kind_parse(const char *name, enum cut_kind *kind)
{
	size_t i;

	for (i = 0; i < sizeof(kind_names) / sizeof(*kind_names); i++) {
		if (strcmp(kind_names[i], name) != 0)
			continue;
		*kind = (enum cut_kind)i;
		return true;
	}
	return false;
}

bool cut_kind_fits(enum cut_kind kind, const struct version *v)
{
	if (kind == CUT_BRANCH)
		return v->n == 2 && !v->rc;
	return v->n == 3 && (v->rc != 0) == (kind == CUT_RC) &&
	       (v->part[2] != 0) == (kind == CUT_POINT);
}

void runbook_free(struct runbook *b)
{
	free(b->tags);
	free(b->edits);
	free((void *)b->tarballs);
	free((void *)b->publish);
	free(b->checks);
	free(b->steps);
	arena_free(&b->arena);
	memset(b, 0, sizeof(*b));
}

int runbook_expand(const struct runbook *b, const char *text, const char **out, struct err *e)
{
	const struct version *v = &b->version;
	char series[VERSION_LEN], n[4][16];
	struct strbuf made = {0};
	const struct word words[] = {{"version", b->version_text},
				     {"series", version_series(v, series)},
				     {"major", n[0]},
				     {"minor", n[1]},
				     {"patch", n[2]},
				     {"rc", v->rc ? n[3] + 3 : ""},
				     {"-rc", v->rc ? n[3] : ""},
				     {"name", b->name ? b->name : ""},
				     {"output", b->output ? b->output : ""},
				     {"tag", b->tag ? b->tag : ""},
				     {"branch", b->branch ? b->branch : ""},
				     {NULL, NULL}};
	size_t i;
	int ret;

	for (i = 0; i < 3; i++)
		snprintf(n[i], sizeof(n[i]), "%u", v->part[i]);
	snprintf(n[3], sizeof(n[3]), "-rc%u", v->rc);
	ret = edit_expand(text, words, &made, e);
	if (!ret)
		*out = arena_strdup((struct arena *)(uintptr_t)&b->arena, made.data);
	strbuf_free(&made);
	return ret;
}

/* Members that are strings. @must: in a plan of every kind. */
static const struct member {
	const char *key;
	size_t offset;
	bool must;
} members[] = {
	{"version", offsetof(struct runbook, version_text), true},
	{"project", offsetof(struct runbook, project), true},
	{"name", offsetof(struct runbook, name), false},
	{"tag", offsetof(struct runbook, tag), false},
	{"branch", offsetof(struct runbook, branch), true},
	{"date", offsetof(struct runbook, date), true},
	{"key", offsetof(struct runbook, key), false},
	{"output", offsetof(struct runbook, output), false},
	{"message", offsetof(struct runbook, message), false},
	{"changelog", offsetof(struct runbook, changelog), false},
	{"tag_prefix", offsetof(struct runbook, tag_prefix), false},
};

static const char **member(const struct runbook *b, size_t i)
{
	return (const char **)((uintptr_t)b + members[i].offset);
}

/* --- writing ----------------------------------------------------------------------------- */
static void put_strings(struct json *j, const char *key, const char **v, size_t n)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_add_str(list, v[i]);
	json_put(j, key, list);
}

static void put_items(struct json *j, const char *key, const struct item *v, size_t n, bool steps)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < n; i++) {
		struct json *one = json_new_object();

		json_put_str(one, "name", v[i].name);
		if (steps)
			json_put_str(one, "mode", v[i].manual ? "manual" : "auto");
		json_put_str(one, "what", v[i].what);
		json_add(list, one);
	}
	json_put(j, key, list);
}

static void put_tags(struct json *j, const struct runbook *b)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < b->tag_count; i++) {
		struct json *one = json_new_object();

		json_put_str(one, "name", b->tags[i].name);
		json_put_str(one, "id", b->tags[i].id);
		json_add(list, one);
	}
	json_put(j, "tags", list);
}

static void put_edits(struct json *j, const struct runbook *b)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < b->edit_count; i++) {
		struct json *one = json_new_object();

		json_put_str(one, "path", b->edits[i].path);
		json_put_str(one, "match", b->edits[i].match);
		json_put_str(one, "line", b->edits[i].line);
		json_add(list, one);
	}
	json_put(j, "version_files", list);
}

char *runbook_text(const struct runbook *b)
{
	struct json *j = json_new_object();
	struct json *by = json_new_object();
	char *text;
	size_t i;

	json_put_int(j, "schema", SCHEMA);
	json_put_str(j, "kind", cut_kind_name(b->kind));
	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (*member(b, i))
			json_put_str(j, members[i].key, *member(b, i));
	json_put_str(j, "head", b->head);
	json_put_str(j, "commit", b->commit);
	json_put_int(j, "time", b->by.when);
	json_put_str(by, "name", b->by.name);
	json_put_str(by, "mail", b->by.mail);
	json_put(j, "by", by);
	put_tags(j, b);
	put_edits(j, b);
	put_strings(j, "tarballs", b->tarballs, b->tarball_count);
	put_strings(j, "publish", b->publish, b->publish_count);
	put_items(j, "preconditions", b->checks, b->check_count, false);
	put_items(j, "steps", b->steps, b->step_count, true);
	text = json_text(j);
	json_unref(j);
	return text;
}

/* --- reading ------------------------------------------------------------------------------- */
struct reader {
	struct runbook *b;
	const char *name; /* of the file */
	struct err *e;
};

static int bad(struct reader *r, const char *key, const char *want)
{
	return err_fail(r->e, "%s: \"%s\" is not %s: make the plan anew with `plan`", r->name, key,
			want);
}

/* A text without control characters: it is printed, and goes into objects. */
static bool is_clean(const char *s, bool lines)
{
	for (; *s; s++)
		if (((unsigned char)*s < ' ' && *s != '\t' && !(lines && *s == '\n')) || *s == 0x7f)
			return false;
	return true;
}

static int take(struct reader *r, const struct json *from, const char *key, bool must,
		const char **out)
{
	const char *s = json_get_str(from, key);

	if (!s && (must || json_get(from, key)))
		return bad(r, key, "a text");
	if (s && (!is_clean(s, !strcmp(key, "message")) || (must && !*s)))
		return bad(r, key, "a text of one line without control characters");
	*out = s ? arena_strdup(&r->b->arena, s) : NULL;
	return 0;
}

static int take_id(struct reader *r, const struct json *from, const char *key, char *out)
{
	const char *s = json_get_str(from, key);
	unsigned char raw[(GIT_ID_LEN - 1) / 2];

	if (!s || !text_unhex(raw, sizeof(raw), s))
		return bad(r, key, "an id of 40 digits");
	memcpy(out, s, GIT_ID_LEN);
	return 0;
}

static int take_strings(struct reader *r, const struct json *j, const char *key, const char ***v,
			size_t *n)
{
	const struct json *list = json_get(j, key);
	size_t i;

	if (!json_is_array(list))
		return bad(r, key, "a list");
	for (i = 0; i < json_size(list); i++) {
		const char *s = json_str(json_at(list, i));

		if (!s || !is_clean(s, false))
			return bad(r, key, "a list of texts");
		*v = mem_grow((void *)*v, *n, sizeof(**v));
		(*v)[(*n)++] = arena_strdup(&r->b->arena, s);
	}
	return 0;
}

static int take_items(struct reader *r, const struct json *j, const char *key, struct item **v,
		      size_t *n)
{
	const struct json *list = json_get(j, key);
	size_t i;

	if (!json_is_array(list))
		return bad(r, key, "a list");
	for (i = 0; i < json_size(list); i++) {
		const struct json *one = json_at(list, i);
		const char *mode = json_get_str(one, "mode");
		struct item item = {0};

		if (take(r, one, "name", true, &item.name) ||
		    take(r, one, "what", true, &item.what))
			return -1;
		if (mode && strcmp(mode, "manual") != 0 && strcmp(mode, "auto") != 0)
			return bad(r, "mode", "auto or manual");
		item.manual = mode && !strcmp(mode, "manual");
		*v = mem_grow(*v, *n, sizeof(**v));
		(*v)[(*n)++] = item;
	}
	return 0;
}

static int take_tags(struct reader *r, const struct json *j)
{
	const struct json *list = json_get(j, "tags");
	struct runbook *b = r->b;
	size_t i;

	if (!json_is_array(list))
		return bad(r, "tags", "a list");
	for (i = 0; i < json_size(list); i++) {
		struct pinned tag = {0};

		if (take(r, json_at(list, i), "name", true, &tag.name) ||
		    take_id(r, json_at(list, i), "id", tag.id))
			return -1;
		b->tags = mem_grow(b->tags, b->tag_count, sizeof(*b->tags));
		b->tags[b->tag_count++] = tag;
	}
	return 0;
}

static int take_edits(struct reader *r, const struct json *j)
{
	const struct json *list = json_get(j, "version_files");
	struct runbook *b = r->b;
	size_t i;

	if (!json_is_array(list))
		return bad(r, "version_files", "a list");
	for (i = 0; i < json_size(list); i++) {
		struct line_edit edit = {0};
		const struct json *one = json_at(list, i);

		if (take(r, one, "path", true, &edit.path) ||
		    take(r, one, "match", true, &edit.match) ||
		    take(r, one, "line", true, &edit.line))
			return -1;
		b->edits = mem_grow(b->edits, b->edit_count, sizeof(*b->edits));
		b->edits[b->edit_count++] = edit;
	}
	return 0;
}

/* Names become names of files and refs; kinds and days are known ones. */
static int check_meaning(struct reader *r)
{
	struct runbook *b = r->b;
	int32_t day;
	size_t i;

	if (!version_parse(b->version_text, &b->version))
		return bad(r, "version", "a version");
	if (!cut_kind_fits(b->kind, &b->version))
		return bad(r, "version", "one of the kind of the plan");
	if (!text_starts(b->branch, "refs/heads/"))
		return bad(r, "branch", "the full name of a branch");
	if (!day_parse(b->date, &day))
		return bad(r, "date", "a date YYYY-MM-DD");
	if (b->kind != CUT_BRANCH && (!b->name || !b->tag || !b->key || !b->output))
		return bad(r, "name, tag, key and output", "all there");
	if (b->name && (strchr(b->name, '/') || *b->name == '.' || *b->name == '-' ||
			!text_ends(b->name, b->version_text)))
		return bad(r, "name", "the name of a file that ends in the version");
	for (i = 0; i < b->tarball_count; i++)
		if (!pack_known(b->tarballs[i]))
			return bad(r, "tarballs", "a list of gz, xz, zst");
	return 0;
}

static int read_members(struct reader *r, const struct json *j)
{
	struct runbook *b = r->b;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (take(r, j, members[i].key, members[i].must, member(b, i)))
			return -1;
	b->by.when = json_get_int(j, "time", -1);
	if (b->by.when < 0)
		return bad(r, "time", "a number of seconds");
	if (take_id(r, j, "head", b->head) || take_id(r, j, "commit", b->commit) ||
	    take(r, json_get(j, "by"), "name", true, &b->by.name) ||
	    take(r, json_get(j, "by"), "mail", true, &b->by.mail))
		return -1;
	if (take_tags(r, j) || take_edits(r, j) ||
	    take_strings(r, j, "tarballs", &b->tarballs, &b->tarball_count) ||
	    take_strings(r, j, "publish", &b->publish, &b->publish_count) ||
	    take_items(r, j, "preconditions", &b->checks, &b->check_count) ||
	    take_items(r, j, "steps", &b->steps, &b->step_count))
		return -1;
	return check_meaning(r);
}

int runbook_parse(struct runbook *b, const char *text, size_t len, const char *name, struct err *e)
{
	struct json *j = json_parse(text, len, name, e);
	struct reader r = {b, name, e};
	const char *kind;
	int ret;

	memset(b, 0, sizeof(*b));
	if (!j)
		return -1;
	kind = json_get_str(j, "kind");
	if (json_get_int(j, "schema", 0) != SCHEMA)
		ret = bad(&r, "schema", "1");
	else if (!kind || !cut_kind_parse(kind, &b->kind))
		ret = bad(&r, "kind", "rc, release, point or branch");
	else
		ret = read_members(&r, j);
	json_unref(j);
	return ret;
}
