// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/record.h"

#include "common/io.h"
#include "common/text.h"
#include "release/date.h"
#include "release/version.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_MAX   (1U << 20)
#define NUMBER_MAX 100000
#define LIST_MAX   4096

/* A file while it is read. */
struct reader {
	struct record *r;
	struct arena *a;
	const char *name; /* of the file */
	const char *tree;
	struct err *e;
};

bool strlist_has(const struct strlist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!strcmp(l->v[i], s))
			return true;
	return false;
}

void strlist_add(struct strlist *l, const char *s, struct arena *a)
{
	const char **v = l->v;

	if (strlist_has(l, s))
		return;
	/* Room for the next power of two: an arena does not give back. */
	if (!(l->n & (l->n - 1))) {
		v = arena_alloc(a, l->n ? 2 * l->n : 1, sizeof(*v));
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
	}
	v[l->n++] = arena_strdup(a, s);
	l->v = v;
}

unsigned int record_number(const char *s)
{
	unsigned int n = 0;

	if (!strncasecmp(s, "XSA", 3))
		s += 3 + (s[3] == '-');
	if (!*s || *s == '0')
		return 0;
	for (; *s >= '0' && *s <= '9' && n < NUMBER_MAX; s++)
		n = n * 10 + (unsigned int)(*s - '0');
	return *s || n >= NUMBER_MAX ? 0 : n;
}

struct record_series *record_find(const struct record *r, const char *series)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!strcmp(r->v[i].series, series))
			return &r->v[i];
	return NULL;
}

struct record_series *record_at(struct record *r, const char *series, struct arena *a)
{
	struct record_series *s = record_find(r, series);
	struct record_series *v;

	if (s)
		return s;
	v = arena_alloc(a, r->n + 1, sizeof(*v));
	if (r->n)
		memcpy(v, r->v, r->n * sizeof(*v));
	memset(&v[r->n], 0, sizeof(*v));
	v[r->n].series = arena_strdup(a, series);
	r->v = v;
	return &v[r->n++];
}

/* --- what strings may be -------------------------------------------------------------- */
typedef bool (*check_fn)(const char *s);

static bool is_text(const char *s)
{
	return *s != 0;
}

static bool is_commit(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return n >= 12 && n <= 40 && !s[n];
}

static bool is_series(const char *s)
{
	struct version v;

	return !strcmp(s, RECORD_MAIN) || (version_parse(s, &v) && v.n == 2 && !v.rc);
}

static bool is_advisory(const char *s)
{
	return text_starts(s, "XSA-") && record_number(s);
}

/* What a string that is wrong should have been. */
static const char *wanted(check_fn check)
{
	if (check == is_commit)
		return "the id of a commit, 12 to 40 hexadecimal digits";
	if (check == is_series)
		return "a series such as \"4.9\" or \"" RECORD_MAIN "\"";
	if (check == is_advisory)
		return "an advisory such as \"XSA-155\"";
	return "a text";
}

static int refuse(struct reader *rd, const char *key, const char *want)
{
	return err_fail(rd->e, "%s: \"%s\": is not %s", rd->name, key, want);
}

/* The string @j of member @key; NULL and the reason if it is none that fits. */
static const char *take(struct reader *rd, const char *key, const struct json *j, check_fn check)
{
	const char *s = j ? json_str(j) : NULL;

	if (!s) {
		err_fail(rd->e, "%s: \"%s\": must hold texts: %s, in quotes", rd->name, key,
			 wanted(check));
		return NULL;
	}
	if (!check(s)) {
		err_fail(rd->e, "%s: \"%s\": \"%s\" is not %s", rd->name, key, s, wanted(check));
		return NULL;
	}
	return arena_strdup(rd->a, s);
}

/* A member that is a list of strings, or missing. */
static int take_list(struct reader *rd, const struct json *obj, const char *key, check_fn check,
		     struct strlist *out)
{
	const struct json *list = json_get(obj, key);
	size_t i;

	if (list && !json_is_array(list))
		return refuse(rd, key, "a list");
	if (list && json_size(list) > LIST_MAX)
		return refuse(rd, key, "a list of at most 4096 texts");
	for (i = 0; list && i < json_size(list); i++) {
		const char *s = take(rd, key, json_at(list, i), check);

		if (!s)
			return -1;
		strlist_add(out, s, rd->a);
	}
	return 0;
}

/* A member that is a string, or missing. */
static int take_str(struct reader *rd, const struct json *obj, const char *key, check_fn check,
		    const char **out)
{
	const struct json *j = json_get(obj, key);

	if (!j)
		return 0;
	*out = take(rd, key, j, check);
	return *out ? 0 : -1;
}

/* YYYY-MM-DD, or the same with a time behind it. */
static int take_day(struct reader *rd, const struct json *obj, const char *key, int32_t *day)
{
	const char *s = NULL;
	char date[11] = "";

	if (take_str(rd, obj, key, is_text, &s) < 0)
		return -1;
	if (!s)
		return 0;
	memcpy(date, s, strnlen(s, 10));
	if ((s[strlen(date)] && s[10] != 'T') || !day_parse(date, day))
		return refuse(rd, key, "a date, YYYY-MM-DD");
	return 0;
}

/* --- Xen's own form ------------------------------------------------------------------- */
static int recipe_of_tree(struct reader *rd, struct record_series *s, const struct json *tree)
{
	struct strlist prereqs = {0};
	const struct json *list = json_get(tree, "Prereqs");
	size_t i;

	if (!json_is_object(tree))
		return refuse(rd, "Recipes", "an object of trees");
	if (list && !json_is_array(list))
		return refuse(rd, "Prereqs", "a list");
	for (i = 0; list && i < json_size(list); i++) {
		const struct json *j = json_at(list, i);
		int64_t n = json_int(j, 0);

		if (n < 1 || n >= NUMBER_MAX)
			return refuse(rd, "Prereqs", "a list of numbers of advisories");
		strlist_add(&prereqs, arena_printf(rd->a, "XSA-%d", (int)n), rd->a);
	}
	s->prereqs = prereqs;
	s->recipe = true;
	if (take_str(rd, tree, "StableRef", is_commit, &s->ref) < 0)
		return -1;
	return take_list(rd, tree, "Patches", is_text, &s->patches);
}

static int recipes(struct reader *rd, const struct json *all)
{
	const char *series;
	struct json *one;
	void *iter = NULL;

	if (!json_is_object(all))
		return refuse(rd, "Recipes", "an object of versions");
	while (json_next(all, &iter, &series, &one)) {
		const struct json *trees = json_get(one, "Recipes");
		const struct json *tree = json_get(trees, rd->tree);

		if (!is_series(series))
			return err_fail(rd->e, "%s: \"Recipes\": \"%s\" is not %s", rd->name,
					series, wanted(is_series));
		if (!json_is_object(trees))
			return refuse(rd, "Recipes", "an object of trees");
		/* Other trees' patches are no commits of this one. */
		if (tree && recipe_of_tree(rd, record_at(rd->r, series, rd->a), tree) < 0)
			return -1;
	}
	return 0;
}

static int parse_xsa(struct reader *rd, const struct json *j)
{
	struct record *r = rd->r;
	int64_t n = json_get_int(j, "XSA", 0);

	if (n < 1 || n >= NUMBER_MAX)
		return refuse(rd, "XSA", "the number of an advisory");
	r->number = (unsigned int)n;
	r->id = arena_printf(rd->a, "XSA-%u", r->number);
	if (take_list(rd, j, "Trees", is_text, &r->trees) < 0 ||
	    take_list(rd, j, "SupportedVersions", is_series, &r->supported) < 0)
		return -1;
	return json_get(j, "Recipes") ? recipes(rd, json_get(j, "Recipes")) : 0;
}

/* --- OSV ------------------------------------------------------------------------------ */
/* @own: an own file, which has lists besides; what is on its branch is none for others. */
static int osv_events(struct reader *rd, const struct json *events, bool own)
{
	size_t i;

	if (!json_is_array(events))
		return refuse(rd, "events", "a list");
	for (i = 0; i < json_size(events); i++) {
		const struct json *one = json_at(events, i);
		const char *introduced = json_get_str(one, "introduced");
		const char *fixed = NULL;
		bool named = introduced && strcmp(introduced, "0") != 0;

		if (named && take_str(rd, one, "introduced", is_commit, &introduced) < 0)
			return -1;
		if (named && !own)
			strlist_add(&rd->r->introduced, introduced, rd->a);
		/* From here on it is whole, on any branch: no list of what it is made of. */
		if (take_str(rd, one, "fixed", is_commit, &fixed) < 0)
			return -1;
	}
	return 0;
}

static int osv_own(struct reader *rd, const struct json *own)
{
	const char *series = RECORD_MAIN;
	const char *state = "fixed";

	if (take_str(rd, own, "series", is_series, &series) < 0 ||
	    take_str(rd, own, "state", is_text, &state) < 0 ||
	    take_list(rd, own, "introduced", is_commit, &rd->r->introduced) < 0)
		return -1;
	/* A list in a record is whole; what is there of an incomplete fix is none. */
	return strcmp(state, "fixed") ? 0
				      : take_list(rd, own, "fixes", is_commit,
						  &record_at(rd->r, series, rd->a)->fixes);
}

static int osv_affected(struct reader *rd, const struct json *one)
{
	const struct json *own = json_get(one, "database_specific");
	bool is_own = json_get_str(own, "series") && json_get_str(own, "state");
	const struct json *ranges = json_get(one, "ranges");
	size_t i;

	if (is_own && osv_own(rd, own) < 0)
		return -1;
	if (ranges && !json_is_array(ranges))
		return refuse(rd, "ranges", "a list");
	for (i = 0; ranges && i < json_size(ranges); i++) {
		const struct json *range = json_at(ranges, i);
		const char *type = json_get_str(range, "type");

		if (type && !strcmp(type, "GIT") &&
		    osv_events(rd, json_get(range, "events"),
			       is_own && json_get(own, "introduced")) < 0)
			return -1;
	}
	return 0;
}

static int parse_osv(struct reader *rd, const struct json *j)
{
	const struct json *affected = json_get(j, "affected");
	struct record *r = rd->r;
	size_t i;

	if (!json_is_array(affected))
		return refuse(rd, "affected", "a list");
	if (take_str(rd, j, "id", is_advisory, &r->id) < 0 ||
	    take_str(rd, j, "summary", is_text, &r->title) < 0 ||
	    take_list(rd, j, "aliases", is_text, &r->aliases) < 0 ||
	    take_day(rd, j, "published", &r->published) < 0)
		return -1;
	if (!r->id)
		return refuse(rd, "id", "there");
	r->number = record_number(r->id);
	for (i = 0; i < json_size(affected); i++)
		if (osv_affected(rd, json_at(affected, i)) < 0)
			return -1;
	return 0;
}

/* --- this tool's form ------------------------------------------------------------------- */
static int known_members(struct reader *rd, const struct json *j, const char *const *known)
{
	const char *key;
	struct json *value;
	void *iter = NULL;
	size_t i;

	while (json_next(j, &iter, &key, &value)) {
		for (i = 0; known[i] && strcmp(known[i], key); i++)
			;
		if (!known[i])
			return err_fail(rd->e, "%s: \"%s\": is no member that is known here",
					rd->name, key);
	}
	return 0;
}

static int own_series(struct reader *rd, const char *series, const struct json *j)
{
	static const char *const known[] = {"fixes",   "not_affected", "patches",
					    "prereqs", "ref",	       NULL};
	struct record_series *s;

	if (!is_series(series))
		return err_fail(rd->e, "%s: \"series\": \"%s\" is not %s", rd->name, series,
				wanted(is_series));
	if (!json_is_object(j))
		return refuse(rd, series, "an object");
	s = record_at(rd->r, series, rd->a);
	s->recipe = json_get(j, "patches") != NULL;
	if (known_members(rd, j, known) < 0 ||
	    take_list(rd, j, "fixes", is_commit, &s->fixes) < 0 ||
	    take_list(rd, j, "patches", is_text, &s->patches) < 0 ||
	    take_list(rd, j, "prereqs", is_advisory, &s->prereqs) < 0 ||
	    take_str(rd, j, "ref", is_commit, &s->ref) < 0)
		return -1;
	return take_str(rd, j, "not_affected", is_text, &s->not_affected);
}

static int parse_own(struct reader *rd, const struct json *j)
{
	static const char *const known[] = {"advisory",	 "aliases", "introduced",
					    "published", "series",  "supported",
					    "title",	 "trees",   NULL};
	const struct json *series = json_get(j, "series");
	struct record *r = rd->r;
	const char *key;
	struct json *one;
	void *iter = NULL;

	if (known_members(rd, j, known) < 0 ||
	    take_str(rd, j, "advisory", is_advisory, &r->id) < 0 ||
	    take_str(rd, j, "title", is_text, &r->title) < 0 ||
	    take_day(rd, j, "published", &r->published) < 0 ||
	    take_list(rd, j, "aliases", is_text, &r->aliases) < 0 ||
	    take_list(rd, j, "trees", is_text, &r->trees) < 0 ||
	    take_list(rd, j, "supported", is_series, &r->supported) < 0 ||
	    take_list(rd, j, "introduced", is_commit, &r->introduced) < 0)
		return -1;
	if (!r->id)
		return refuse(rd, "advisory", "there");
	r->number = record_number(r->id);
	if (series && !json_is_object(series))
		return refuse(rd, "series", "an object");
	while (series && json_next(series, &iter, &key, &one))
		if (own_series(rd, key, one) < 0)
			return -1;
	return 0;
}

int record_parse(struct record *r, const char *text, size_t len, const char *name, const char *tree,
		 struct arena *a, struct err *e)
{
	struct reader rd = {r, a, name, tree, e};
	struct json *j = json_parse(text, len, name, e);
	int ret = -1;

	memset(r, 0, sizeof(*r));
	r->published = DAY_NONE;
	if (!j)
		return -1;
	if (json_get(j, "advisory"))
		ret = parse_own(&rd, j);
	else if (json_get(j, "XSA"))
		ret = parse_xsa(&rd, j);
	else if (json_get(j, "affected"))
		ret = parse_osv(&rd, j);
	else
		err_fail(e,
			 "%s: is no advisory: it has none of the members \"advisory\", \"XSA\", "
			 "\"affected\"",
			 name);
	json_unref(j);
	return ret ? ret : record_conflict(r, name, e);
}

/* --- writing ---------------------------------------------------------------------------- */
static void over(struct strlist *out, const struct strlist *old, const struct strlist *new)
{
	*out = new->n ? *new : *old;
}

void record_merge(struct record *r, const struct record *old, const struct record *new,
		  struct arena *a)
{
	size_t i, k;

	*r = *old;
	r->id = new->id;
	r->number = new->number;
	r->title = new->title ? new->title : old->title;
	r->published = new->published != DAY_NONE ? new->published : old->published;
	over(&r->aliases, &old->aliases, &new->aliases);
	over(&r->trees, &old->trees, &new->trees);
	over(&r->supported, &old->supported, &new->supported);
	over(&r->introduced, &old->introduced, &new->introduced);
	for (i = 0; i < new->n; i++) {
		const struct record_series *from = &new->v[i];
		struct record_series *to = record_at(r, from->series, a);

		if (from->recipe) {
			to->recipe = true;
			to->ref = from->ref;
			to->patches = from->patches;
			to->prereqs = from->prereqs;
		}
		for (k = 0; k < from->fixes.n; k++)
			strlist_add(&to->fixes, from->fixes.v[k], a);
		if (from->not_affected)
			to->not_affected = from->not_affected;
	}
}

int record_conflict(const struct record *r, const char *name, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->v[i].not_affected && (r->v[i].fixes.n || r->v[i].patches.n))
			return err_fail(e,
					"%s: series %s is said not to be affected, and has fixes "
					"or patches: take one of them out of the record",
					name, r->v[i].series);
	return 0;
}

bool record_is_pattern(const struct record_series *s)
{
	size_t i;

	for (i = 0; i < s->patches.n; i++)
		if (strpbrk(s->patches.v[i], "*?["))
			return true;
	return false;
}

static void put_list(struct json *j, const char *key, const struct strlist *l, bool even_empty)
{
	struct json *list;
	size_t i;

	if (!l->n && !even_empty)
		return;
	list = json_new_array();
	for (i = 0; i < l->n; i++)
		json_add_str(list, l->v[i]);
	json_put(j, key, list);
}

static struct json *series_json(const struct record_series *s)
{
	struct json *j = json_new_object();

	put_list(j, "fixes", &s->fixes, false);
	if (s->ref)
		json_put_str(j, "ref", s->ref);
	put_list(j, "prereqs", &s->prereqs, false);
	put_list(j, "patches", &s->patches, s->recipe);
	if (s->not_affected)
		json_put_str(j, "not_affected", s->not_affected);
	return j;
}

struct json *record_json(const struct record *r)
{
	struct json *j = json_new_object();
	struct json *series = json_new_object();
	char day[DATE_LEN];
	size_t i;

	json_put_str(j, "advisory", r->id);
	put_list(j, "aliases", &r->aliases, false);
	if (r->title)
		json_put_str(j, "title", r->title);
	if (r->published != DAY_NONE)
		json_put_str(j, "published", day_text(r->published, day));
	put_list(j, "trees", &r->trees, false);
	put_list(j, "supported", &r->supported, false);
	put_list(j, "introduced", &r->introduced, false);
	for (i = 0; i < r->n; i++)
		json_put(series, r->v[i].series, series_json(&r->v[i]));
	json_put(j, "series", series);
	return j;
}

/* --- a folder of them ------------------------------------------------------------------- */
struct folder {
	struct records *all;
	const char *dir;
	const char *tree;
};

static int read_one(const char *rel, bool regular, void *ctx, struct err *e)
{
	struct folder *f = ctx;
	struct records *all = f->all;
	autofree char *path = path_join(f->dir, rel);
	struct file_data data = {0};
	struct record r = {0};
	size_t i;
	int ret;

	if (!text_ends(rel, ".json"))
		return 0;
	if (!regular)
		return err_fail(e, "%s: is a link or no file: copy the record there", path);
	ret = file_read(path, FILE_MAX, &data, e);
	if (!ret)
		ret = record_parse(&r, (const char *)data.data, data.size, path, f->tree,
				   &all->arena, e);
	file_free(&data);
	for (i = 0; !ret && i < all->n; i++)
		if (all->v[i].number == r.number)
			ret = err_fail(e, "%s: is a second file of %s", path, r.id);
	if (ret)
		return ret;
	all->v = mem_grow(all->v, all->n, sizeof(*all->v));
	all->v[all->n++] = r;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct record *x = a;
	const struct record *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

int records_load(struct records *r, const char *dir, const char *tree, struct err *e)
{
	struct folder f = {r, dir, tree};

	if (!file_is_dir(dir))
		return err_fail(e,
				"%s: is no folder: set advisory.path in the settings, and fill it "
				"with `advisory import`",
				dir);
	if (dir_walk_all(dir, read_one, &f, e) < 0)
		return -1;
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_number);
	return 0;
}

void records_free(struct records *r)
{
	free(r->v);
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}
