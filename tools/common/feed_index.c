// SPDX-License-Identifier: GPL-2.0-or-later
/* The index of a feed: from bytes, its rules, and to bytes. */
#include "common/feed.h"

#include "common/json.h"
#include "common/text.h"

#include "xsplice/abi.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_MAX_LEN 200
#define WHY_MAX_LEN  1000
#define WORDS_MAX    256

struct reader {
	struct feed *f;
	const char *name; /* of the file */
	struct err *e;
};

/* --- words ---------------------------------------------------------------------- */

static bool is_hex(const char *s, size_t min, size_t max)
{
	size_t len = strspn(s, "0123456789abcdef");

	return !s[len] && len >= min && len <= max && len % 2 == 0;
}

bool feed_build_id(const char *s)
{
	return is_hex(s, 2, (size_t)2 * ABI_BUILD_ID_MAX);
}

bool feed_file_name(const char *s)
{
	size_t len =
		strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-");

	return !s[len] && len && len <= NAME_MAX_LEN && *s != '.';
}

static bool is_digest(const char *s)
{
	return is_hex(s, DIGEST_HEX - 1, DIGEST_HEX - 1);
}

/*
 * Bytes of UTF-8 that are seen by terminals and browsers only: controls (U+0080 to 9F),
 * ends of line (U+2028, 2029), directions (U+061C, 200E, 200F, 202A to 202E, 2066 to 2069).
 */
static bool is_hidden(const unsigned char *s)
{
	if (s[0] == 0xc2)
		return s[1] < 0xa0;
	if (s[0] == 0xd8)
		return s[1] == 0x9c;
	if (s[0] != 0xe2 || (s[1] != 0x80 && s[1] != 0x81))
		return false;
	if (s[1] == 0x81)
		return s[2] >= 0xa6 && s[2] <= 0xa9;
	return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae);
}

/* One line that people can read. */
static bool is_line(const char *s, size_t max)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f ||
		    is_hidden((const unsigned char *)s + i))
			return false;
	return i && i <= max;
}

static bool is_name(const char *s)
{
	return is_line(s, NAME_MAX_LEN);
}

static bool is_why(const char *s)
{
	return is_line(s, WHY_MAX_LEN);
}

bool feed_time_parse(const char *s, int64_t *t)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	char back[FEED_TIME_LEN];
	struct tm tm = {0};
	size_t i;

	for (i = 0; i < sizeof(form); i++)
		if (form[i] == 'd' ? (s[i] < '0' || s[i] > '9') : s[i] != form[i])
			return false;
	tm.tm_year = (int)strtol(s, NULL, 10) - 1900;
	tm.tm_mon = (int)strtol(s + 5, NULL, 10) - 1;
	tm.tm_mday = (int)strtol(s + 8, NULL, 10);
	tm.tm_hour = (int)strtol(s + 11, NULL, 10);
	tm.tm_min = (int)strtol(s + 14, NULL, 10);
	tm.tm_sec = (int)strtol(s + 17, NULL, 10);
	*t = (int64_t)timegm(&tm);
	/* A day or second that does not exist comes back as another one. */
	return *t >= 0 && !strcmp(feed_time_text(*t, back), s);
}

const char *feed_time_text(int64_t t, char out[FEED_TIME_LEN])
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(out, FEED_TIME_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm))
		memcpy(out, "-", 2);
	return out;
}

static const char *const reasons[] = {
	[FEED_NOT_AFFECTED] = "not-affected",
	[FEED_REBOOT] = "reboot",
	[FEED_REASON_UNKNOWN] = "unknown",
};

const char *feed_reason_name(enum feed_reason r)
{
	return reasons[r];
}

enum feed_reason feed_reason_parse(const char *name)
{
	enum feed_reason r;

	for (r = FEED_NOT_AFFECTED; r <= FEED_REASON_UNKNOWN; r++)
		if (!strcmp(name, reasons[r]))
			return r;
	return FEED_HAS_PAYLOADS;
}

/* --- members ---------------------------------------------------------------------- */

static int bad(const struct reader *r, const char *where, const char *key, const char *what)
{
	return err_set(r->e, ERR_CHECK, "%s: %s%s%s%s", r->name, where, key, *key ? ": " : "",
		       what);
}

/* An object of these members (NULL at the end), all of them and no other. */
static int check_members(const struct reader *r, const struct json *obj, const char *where,
			 const char *const *members)
{
	struct json *value;
	const char *key;
	void *iter = NULL;
	size_t i;

	if (!json_is_object(obj))
		return bad(r, where, "", "not an object");
	for (i = 0; members[i]; i++)
		if (!json_get(obj, members[i]))
			return bad(r, where, members[i], "is missing");
	while (json_next(obj, &iter, &key, &value)) {
		for (i = 0; members[i] && strcmp(key, members[i]) != 0; i++)
			;
		if (!members[i])
			return bad(r, where, key,
				   "unknown: made by a newer program? Update this one");
	}
	return 0;
}

/* A string that @fits. */
static int take(const struct reader *r, const struct json *obj, const char *where, const char *key,
		bool (*fits)(const char *), const char **out)
{
	const char *s = json_get_str(obj, key);

	if (!s)
		return bad(r, where, key, "not a string");
	if (!fits(s))
		return bad(r, where, key, "not of the form that it must have");
	*out = arena_strdup(&r->f->arena, s);
	return 0;
}

/* The same, or null. */
static int take_or_null(const struct reader *r, const struct json *obj, const char *where,
			const char *key, bool (*fits)(const char *), const char **out)
{
	*out = NULL;
	return json_is_null(json_get(obj, key)) ? 0 : take(r, obj, where, key, fits, out);
}

static int take_int(const struct reader *r, const struct json *obj, const char *where,
		    const char *key, int64_t max, int64_t *out)
{
	*out = json_get_int(obj, key, -1);
	if (*out < 1 || *out > max)
		return bad(r, where, key, "not a whole number in its range");
	return 0;
}

static bool is_time(const char *s)
{
	int64_t t;

	return feed_time_parse(s, &t);
}

static int take_time(const struct reader *r, const struct json *obj, const char *where,
		     const char *key, int64_t *out)
{
	const char *s = "";

	if (take(r, obj, where, key, is_time, &s))
		return -1;
	feed_time_parse(s, out);
	return 0;
}

/* An array of different strings that fit. */
static int take_words(const struct reader *r, const struct json *obj, const char *where,
		      const char *key, bool (*fits)(const char *), struct feed_words *out)
{
	const struct json *list = json_get(obj, key);
	size_t n = json_size(list);
	size_t i, k;

	if (!json_is_array(list))
		return bad(r, where, key, "not an array");
	if (n > WORDS_MAX)
		return bad(r, where, key, "too many");
	out->v = arena_alloc(&r->f->arena, n, sizeof(*out->v));
	for (i = 0; i < n; i++) {
		const char *s = json_str(json_at(list, i));

		if (!s || !fits(s))
			return bad(r, where, key,
				   "an element is not of the form that it must have");
		for (k = 0; k < i; k++)
			if (!strcmp(out->v[k], s))
				return bad(r, where, key, "an element is there twice");
		out->v[out->n++] = arena_strdup(&r->f->arena, s);
	}
	return 0;
}

/* --- parts ---------------------------------------------------------------------- */

static int read_row(const struct reader *r, const struct json *j, const char *where,
		    struct feed_row *row)
{
	static const char *const members[] = {"file",	    "size",	  "sha256",   "build_id",
					      "depends",    "advisories", "replaces", "ring",
					      "not_before", NULL};

	if (check_members(r, j, where, members) ||
	    take(r, j, where, "file", feed_file_name, &row->file) ||
	    take_int(r, j, where, "size", ABI_PAYLOAD_MAX, &row->size) ||
	    take(r, j, where, "sha256", is_digest, &row->sha256) ||
	    take(r, j, where, "build_id", feed_build_id, &row->build_id) ||
	    take(r, j, where, "depends", feed_build_id, &row->depends) ||
	    take_words(r, j, where, "advisories", is_name, &row->advisories) ||
	    take_words(r, j, where, "replaces", feed_build_id, &row->replaces) ||
	    take_or_null(r, j, where, "ring", is_name, &row->ring))
		return -1;
	if (json_is_null(json_get(j, "not_before")))
		return 0;
	return take_time(r, j, where, "not_before", &row->not_before);
}

static int read_rows(const struct reader *r, const struct json *list, const char *where,
		     struct feed_build *b)
{
	size_t n = json_size(list);

	if (!json_is_array(list))
		return bad(r, where, "payloads", "not an array");
	if (n > FEED_ROWS_MAX)
		return bad(r, where, "payloads", "more than 128");
	b->rows = arena_alloc(&r->f->arena, n, sizeof(*b->rows));
	for (; b->n < n; b->n++) {
		autofree char *at = mem_printf("%spayloads: %zu: ", where, b->n + 1);

		if (read_row(r, json_at(list, b->n), at, &b->rows[b->n]))
			return -1;
	}
	return 0;
}

static bool is_reason(const char *s)
{
	return feed_reason_parse(s) != FEED_HAS_PAYLOADS;
}

static int read_none(const struct reader *r, const struct json *j, const char *where,
		     struct feed_build *b)
{
	static const char *const members[] = {"reason", "to", "why", NULL};
	const char *reason = "";

	if (check_members(r, j, where, members) ||
	    take(r, j, where, "reason", is_reason, &reason) ||
	    take_or_null(r, j, where, "to", is_name, &b->to) ||
	    take_or_null(r, j, where, "why", is_why, &b->why))
		return -1;
	b->reason = feed_reason_parse(reason);
	return 0;
}

static int read_build(const struct reader *r, const char *id, const struct json *j,
		      struct feed_build *b)
{
	static const char *const members[] = {"name", "payloads", "none", NULL};
	autofree char *where = mem_printf("builds: %s: ", id);
	autofree char *none = mem_printf("%snone: ", where);

	if (!feed_build_id(id))
		return bad(r, where, "", "not a build-id in lower-case hexadecimal");
	b->id = arena_strdup(&r->f->arena, id);
	if (check_members(r, j, where, members) || take(r, j, where, "name", is_name, &b->name) ||
	    read_rows(r, json_get(j, "payloads"), where, b))
		return -1;
	return json_is_null(json_get(j, "none")) ? 0 : read_none(r, json_get(j, "none"), none, b);
}

static int by_id(const void *a, const void *b)
{
	const struct feed_build *x = a;
	const struct feed_build *y = b;

	return strcmp(x->id, y->id);
}

static int read_builds(const struct reader *r, const struct json *obj)
{
	struct feed *f = r->f;
	struct json *value;
	const char *key;
	void *iter = NULL;
	size_t n = 0;

	if (!json_is_object(obj))
		return bad(r, "", "builds", "not an object");
	while (json_next(obj, &iter, &key, &value))
		n++;
	f->builds = arena_alloc(&f->arena, n, sizeof(*f->builds));
	while (json_next(obj, &iter, &key, &value))
		if (read_build(r, key, value, &f->builds[f->n++]))
			return -1;
	if (f->n)
		qsort(f->builds, f->n, sizeof(*f->builds), by_id);
	return 0;
}

static bool is_format(const char *s)
{
	return !strcmp(s, FEED_FORMAT);
}

static int read_index(const struct reader *r, const struct json *j)
{
	static const char *const members[] = {"format",	 "name",   "version", "made",
					      "expires", "builds", NULL};
	const char *format = json_is_object(j) ? json_get_str(j, "format") : NULL;
	struct feed *f = r->f;

	if (format && !is_format(format))
		return err_set(r->e, ERR_CHECK,
			       "%s: format: is \"%s\", and only \"" FEED_FORMAT
			       "\" is understood: update this program",
			       r->name, format);
	return check_members(r, j, "", members) || take(r, j, "", "format", is_format, &format) ||
			       take(r, j, "", "name", is_name, &f->name) ||
			       take_int(r, j, "", "version", FEED_VERSION_MAX, &f->version) ||
			       take_time(r, j, "", "made", &f->made) ||
			       take_time(r, j, "", "expires", &f->expires) ||
			       read_builds(r, json_get(j, "builds"))
		       ? -1
		       : 0;
}

int feed_parse(struct feed *f, const char *name, const void *data, size_t size, struct err *e)
{
	struct reader r;
	struct json *j;
	int ret;

	memset(f, 0, sizeof(*f));
	r = (struct reader){f, name, e};
	digest_hex(f->sha256, data, size);
	j = json_parse(data, size, name, e);
	if (!j) {
		e->kind = ERR_CHECK;
		return -1;
	}
	ret = read_index(&r, j) || feed_check(f, name, e) ? -1 : 0;
	json_unref(j);
	if (ret)
		feed_free(f);
	return ret;
}

void feed_free(struct feed *f)
{
	arena_free(&f->arena);
	memset(f, 0, sizeof(*f));
}

/* --- rules between rows -------------------------------------------------------------- */

/* Which row replaces which, then also by way of others. */
struct reach {
	bool to[FEED_ROWS_MAX][FEED_ROWS_MAX];
};

/* The row of that build-id, or @b->n. */
static size_t find_row(const struct feed_build *b, const char *build_id)
{
	size_t i;

	for (i = 0; i < b->n && strcmp(b->rows[i].build_id, build_id) != 0; i++)
		;
	return i;
}

/* True if any row of the feed replaces another one of it. */
static bool mark_replaced(const struct feed_build *b, struct reach *m)
{
	bool any = false;
	size_t i, k, to;

	for (i = 0; i < b->n; i++) {
		for (k = 0; k < b->rows[i].replaces.n; k++) {
			to = find_row(b, b->rows[i].replaces.v[k]);
			if (to == b->n)
				continue;
			m->to[i][to] = true;
			any = true;
		}
	}
	return any;
}

/* Transitive closure (Warshall). */
static void close_reach(const struct feed_build *b, struct reach *m)
{
	size_t i, k, via;

	for (via = 0; via < b->n; via++)
		for (i = 0; i < b->n; i++)
			for (k = 0; m->to[i][via] && k < b->n; k++)
				m->to[i][k] |= m->to[via][k];
}

static int bad_row(const char *name, const struct feed_build *b, size_t row, const char *what,
		   const char *other, struct err *e)
{
	return err_set(e, ERR_CHECK, "%s: build %s: %s: %s %s", name, b->id, b->rows[row].file,
		       what, other);
}

static int check_twins(const char *name, const struct feed_build *b, size_t i, struct err *e)
{
	const struct feed_row *row = &b->rows[i];
	size_t k;

	for (k = 0; k < i; k++) {
		const struct feed_row *other = &b->rows[k];

		if (!strcmp(row->build_id, other->build_id))
			return bad_row(name, b, i, "has the same build-id as", other->file, e);
		if (!strcmp(row->sha256, other->sha256))
			return bad_row(name, b, i, "is the same file as", other->file, e);
	}
	return 0;
}

static int check_depends(const char *name, const struct feed_build *b, size_t i, struct err *e)
{
	const char *depends = b->rows[i].depends;

	if (!strcmp(depends, b->id) || find_row(b, depends) < i)
		return 0;
	return bad_row(name, b, i,
		       "depends on what is neither this build nor a payload before it:", depends,
		       e);
}

static int check_place(const char *name, const struct feed_build *b, size_t i,
		       const struct reach *m, struct err *e)
{
	size_t k;

	if (m->to[i][i])
		return bad_row(name, b, i, "replaces itself, perhaps by way of others:",
			       "take one \"replaces\" away", e);
	for (k = 0; k < i; k++)
		if (!strcmp(b->rows[i].depends, b->rows[k].depends) && !m->to[i][k] && !m->to[k][i])
			return bad_row(
				name, b, i,
				"has the same place (depends) and neither replaces the other:",
				b->rows[k].file, e);
	return 0;
}

bool feed_has_word(const struct feed_words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->n && strcmp(w->v[i], word) != 0; i++)
		;
	return i < w->n;
}

/* Who follows "replaces" opens no hole again. */
static int check_covers(const char *name, const struct feed_build *b, size_t i,
			const struct reach *m, struct err *e)
{
	const struct feed_words *old;
	size_t k, w;

	for (k = 0; k < b->n; k++) {
		old = &b->rows[k].advisories;
		for (w = 0; m->to[i][k] && w < old->n; w++)
			if (!feed_has_word(&b->rows[i].advisories, old->v[w]))
				return bad_row(name, b, i,
					       "replaces a payload and lacks its advisory",
					       old->v[w], e);
	}
	return 0;
}

/* What it depends on is still there when its turn comes. */
static int check_lost(const char *name, const struct feed_build *b, size_t i, const struct reach *m,
		      struct err *e)
{
	size_t on = find_row(b, b->rows[i].depends);
	size_t k;

	for (k = 0; k < i && on < b->n; k++)
		if (m->to[k][on])
			return bad_row(name, b, i, "depends on what is replaced before its turn by",
				       b->rows[k].file, e);
	return 0;
}

static int check_rows(const char *name, const struct feed_build *b, struct err *e)
{
	struct reach *m = mem_zalloc(1, sizeof(*m));
	size_t i;
	int ret = 0;

	if (mark_replaced(b, m))
		close_reach(b, m);
	for (i = 0; i < b->n && !ret; i++)
		ret = check_twins(name, b, i, e) || check_depends(name, b, i, e) ||
		      check_place(name, b, i, m, e) || check_covers(name, b, i, m, e) ||
		      check_lost(name, b, i, m, e);
	free(m);
	return ret ? -1 : 0;
}

/* Rows, or a reason that says what it must. */
static int check_reason(const char *name, const struct feed_build *b, struct err *e)
{
	const char *what = NULL;

	if (b->n && b->reason != FEED_HAS_PAYLOADS)
		what = "has payloads and a reason for none";
	else if (!b->n && b->reason == FEED_HAS_PAYLOADS)
		what = "has neither payloads nor a reason for none";
	else if ((b->reason == FEED_REBOOT) != (b->to != NULL))
		what = "\"to\" belongs to a reboot, and only to one";
	else if (b->reason == FEED_REASON_UNKNOWN && !b->why)
		what = "unknown, and does not say why";
	return what ? err_set(e, ERR_CHECK, "%s: build %s: %s", name, b->id, what) : 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A file belongs to one row. */
static int check_files(const struct feed *f, const char *name, struct err *e)
{
	const char **v = NULL;
	size_t i, k, n = 0;
	int ret = 0;

	for (i = 0; i < f->n; i++) {
		for (k = 0; k < f->builds[i].n; k++) {
			v = mem_grow(v, n, sizeof(*v));
			v[n++] = f->builds[i].rows[k].file;
		}
	}
	if (n)
		qsort(v, n, sizeof(*v), by_text);
	for (i = 1; i < n && !ret; i++)
		if (!strcmp(v[i - 1], v[i]))
			ret = err_set(e, ERR_CHECK, "%s: file %s: is that of two payloads", name,
				      v[i]);
	free(v);
	return ret;
}

int feed_check(const struct feed *f, const char *name, struct err *e)
{
	size_t i;

	if (f->expires <= f->made)
		return err_set(e, ERR_CHECK, "%s: expires: not later than made", name);
	for (i = 0; i < f->n; i++)
		if (check_reason(name, &f->builds[i], e) || check_rows(name, &f->builds[i], e))
			return -1;
	return check_files(f, name, e);
}

/* --- to bytes ------------------------------------------------------------------------ */

static void put_time(struct json *j, const char *key, int64_t t)
{
	char text[FEED_TIME_LEN];

	json_put_str(j, key, feed_time_text(t, text));
}

static void put_words(struct json *j, const char *key, const struct feed_words *w)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < w->n; i++)
		json_add_str(list, w->v[i]);
	json_put(j, key, list);
}

static struct json *row_json(const struct feed_row *row)
{
	struct json *j = json_new_object();

	json_put_str(j, "file", row->file);
	json_put_int(j, "size", row->size);
	json_put_str(j, "sha256", row->sha256);
	json_put_str(j, "build_id", row->build_id);
	json_put_str(j, "depends", row->depends);
	put_words(j, "advisories", &row->advisories);
	put_words(j, "replaces", &row->replaces);
	json_put_str(j, "ring", row->ring);
	if (row->not_before)
		put_time(j, "not_before", row->not_before);
	else
		json_put_str(j, "not_before", NULL);
	return j;
}

static struct json *none_json(const struct feed_build *b)
{
	struct json *j = json_new_object();

	json_put_str(j, "reason", feed_reason_name(b->reason));
	json_put_str(j, "to", b->to);
	json_put_str(j, "why", b->why);
	return j;
}

static struct json *build_json(const struct feed_build *b)
{
	struct json *j = json_new_object();
	struct json *rows = json_new_array();
	size_t i;

	json_put_str(j, "name", b->name);
	for (i = 0; i < b->n; i++)
		json_add(rows, row_json(&b->rows[i]));
	json_put(j, "payloads", rows);
	json_put(j, "none", b->reason == FEED_HAS_PAYLOADS ? json_new_str(NULL) : none_json(b));
	return j;
}

char *feed_text(const struct feed *f)
{
	struct json *j = json_new_object();
	struct json *builds = json_new_object();
	char *text;
	size_t i;

	json_put_str(j, "format", FEED_FORMAT);
	json_put_str(j, "name", f->name);
	json_put_int(j, "version", f->version);
	put_time(j, "made", f->made);
	put_time(j, "expires", f->expires);
	for (i = 0; i < f->n; i++)
		json_put(builds, f->builds[i].id, build_json(&f->builds[i]));
	json_put(j, "builds", builds);
	text = json_text(j);
	json_unref(j);
	return text;
}
