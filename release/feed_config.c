// SPDX-License-Identifier: GPL-2.0-or-later
/* What the settings say of a feed, and which payload files there are. */
#include "release/feed.h"

#include "xsplice/abi.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX	 ".livepatch"
#define DAYS_MAX 3650

static const char *source(const struct config *conf)
{
	return conf->path ? conf->path : "settings";
}

static const char *keep(struct feed_plan *plan, const char *s)
{
	return s ? arena_strdup(&plan->feed.arena, s) : NULL;
}

/* --- builds ----------------------------------------------------------------------- */

static int read_none(struct feed_plan *plan, const struct config *conf, struct feed_build *b,
		     struct err *e)
{
	const char *reason = config_sub(conf, "none", b->name, "reason");

	b->to = keep(plan, config_sub(conf, "none", b->name, "to"));
	b->why = keep(plan, config_sub(conf, "none", b->name, "why"));
	if (!reason && (b->to || b->why))
		return err_fail(e, "%s: [none \"%s\"] reason: is missing", source(conf), b->name);
	if (!reason)
		return 0;
	b->reason = feed_reason_parse(reason);
	if (b->reason == FEED_HAS_PAYLOADS)
		return err_fail(e,
				"%s: [none \"%s\"] reason = %s: one of not-affected, reboot, "
				"unknown",
				source(conf), b->name, reason);
	return 0;
}

static int read_build(struct feed_plan *plan, const struct config *conf, const char *name,
		      struct err *e)
{
	struct feed_build *b = &plan->feed.builds[plan->feed.n];
	const char *id = config_sub(conf, "build", name, "build-id");

	if (!id || !feed_build_id(id))
		return err_fail(e,
				"%s: [build \"%s\"] build-id: write the build-id of that Xen in "
				"lower-case hexadecimal",
				source(conf), name);
	if (feed_find(&plan->feed, id))
		return err_fail(e, "%s: [build \"%s\"] build-id: is that of another build, too",
				source(conf), name);
	b->id = keep(plan, id);
	b->name = keep(plan, name);
	plan->feed.n++;
	return read_none(plan, conf, b, e);
}

static int by_id(const void *a, const void *b)
{
	const struct feed_build *x = a;
	const struct feed_build *y = b;

	return strcmp(x->id, y->id);
}

/* A reason for a build that is none would never be seen. */
static int check_none(const struct feed_plan *plan, const struct config *conf, struct err *e)
{
	size_t n, i, k;
	const char **names = config_subs(conf, "none", &n);
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		for (k = 0; k < plan->feed.n; k++)
			if (!strcmp(plan->feed.builds[k].name, names[i]))
				break;
		if (k == plan->feed.n)
			ret = err_fail(e, "%s: [none \"%s\"]: there is no [build \"%s\"]",
				       source(conf), names[i], names[i]);
	}
	free(names);
	return ret;
}

static int read_builds(struct feed_plan *plan, const struct config *conf, struct err *e)
{
	size_t n, i;
	const char **names = config_subs(conf, "build", &n);
	int ret = 0;

	plan->feed.builds = arena_alloc(&plan->feed.arena, n, sizeof(*plan->feed.builds));
	for (i = 0; i < n && !ret; i++)
		ret = read_build(plan, conf, names[i], e);
	free(names);
	if (ret)
		return ret;
	if (!n)
		return err_fail(e, "%s: no [build \"NAME\"] with the build-id of a shipped Xen",
				source(conf));
	qsort(plan->feed.builds, n, sizeof(*plan->feed.builds), by_id);
	return check_none(plan, conf, e);
}

/* --- payloads ---------------------------------------------------------------------- */

static void add_item(struct feed_plan *plan, const char *path)
{
	const char *base = path_base(path);
	size_t len = strlen(base) - (text_ends(base, SUFFIX) ? strlen(SUFFIX) : 0);
	struct feed_item *item;

	plan->v = mem_grow(plan->v, plan->n, sizeof(*plan->v));
	item = &plan->v[plan->n++];
	memset(item, 0, sizeof(*item));
	item->path = keep(plan, path);
	item->name = arena_strndup(&plan->feed.arena, base, len);
}

struct folder {
	struct feed_plan *plan;
	const char *path;
};

static int add_found(const char *rel, void *ctx, struct err *e)
{
	const struct folder *d = ctx;
	autofree char *path = path_join(d->path, rel);

	(void)e;
	if (text_ends(rel, SUFFIX))
		add_item(d->plan, path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct feed_item *x = a;
	const struct feed_item *y = b;

	return strcmp(x->name, y->name);
}

static int list_folder(struct feed_plan *plan, const struct config *conf, struct err *e)
{
	const char *value = config_get(conf, "livepatch.path");
	autofree char *path = value ? config_path(conf, value) : NULL;

	return path ? dir_walk(path, add_found, &(struct folder){plan, path}, e) : 0;
}

static int read_items(struct feed_plan *plan, const struct config *conf, int argc, char **argv,
		      struct err *e)
{
	size_t i;
	int k;

	for (k = 0; k < argc; k++)
		add_item(plan, argv[k]);
	if (!argc && list_folder(plan, conf, e))
		return -1;
	if (plan->n)
		qsort(plan->v, plan->n, sizeof(*plan->v), by_name);
	for (i = 0; i < plan->n; i++) {
		if (i && !strcmp(plan->v[i].name, plan->v[i - 1].name))
			return err_fail(e, "%s: another payload has this name: rename one",
					plan->v[i].path);
		if (file_read(plan->v[i].path, ABI_PAYLOAD_MAX, &plan->v[i].file, e))
			return -1;
	}
	return 0;
}

/* What is said of a payload that is not in the folder is a mistake. */
static int check_said(const struct feed_plan *plan, const struct config *conf, struct err *e)
{
	size_t n, i, k;
	const char **names = config_subs(conf, "payload", &n);
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		for (k = 0; k < plan->n && strcmp(plan->v[k].name, names[i]) != 0; k++)
			;
		if (k == plan->n)
			ret = err_fail(e, "%s: [payload \"%s\"]: there is no %s" SUFFIX,
				       source(conf), names[i], names[i]);
	}
	free(names);
	return ret;
}

/* A day, or a second of it. */
static bool parse_when(const char *s, int64_t *t)
{
	autofree char *midnight = mem_printf("%sT00:00:00Z", s);

	return feed_time_parse(s, t) || feed_time_parse(midnight, t);
}

/* Build-id of a payload of the feed by its name; else @s must be one. */
static const char *find_replaced(const struct feed_plan *plan, const char *s)
{
	size_t i;

	for (i = 0; i < plan->n; i++)
		if (!strcmp(plan->v[i].name, s))
			return plan->v[i].p.row.build_id;
	return feed_build_id(s) ? s : NULL;
}

static int read_replaces(const struct feed_plan *plan, const struct config *conf,
			 struct feed_item *item, struct err *e)
{
	struct feed_words *w = &item->p.row.replaces;
	const char *value;
	size_t i = 0;
	size_t n = 0;

	while (config_sub_next(conf, "payload", item->name, "replaces", &i))
		n++;
	w->v = arena_alloc(&item->p.arena, n, sizeof(*w->v));
	for (i = 0; (value = config_sub_next(conf, "payload", item->name, "replaces", &i));) {
		const char *id = find_replaced(plan, value);

		if (!id)
			return err_fail(e,
					"%s: [payload \"%s\"] replaces = %s: neither a payload of "
					"this feed nor a build-id",
					source(conf), item->name, value);
		w->v[w->n++] = id;
	}
	return 0;
}

int feed_item_settings(const struct feed_plan *plan, const struct config *conf,
		       struct feed_item *item, struct err *e)
{
	const char *when = config_sub(conf, "payload", item->name, "not-before");

	item->p.row.ring = config_sub(conf, "payload", item->name, "ring");
	if (when && !parse_when(when, &item->p.row.not_before))
		return err_fail(e, "%s: [payload \"%s\"] not-before = %s: write YYYY-MM-DD",
				source(conf), item->name, when);
	return read_replaces(plan, conf, item, e);
}

/* --- all of it ------------------------------------------------------------------------ */

int feed_plan_read(struct feed_plan *plan, struct feed_cmd *c, int argc, char **argv, struct err *e)
{
	const struct config *conf = &c->rel.conf;
	const char *name = config_get(conf, "feed.name");
	unsigned int days;

	memset(plan, 0, sizeof(*plan));
	if (!name)
		return err_fail(e, "%s: feed.name: is missing: name the feed", source(conf));
	if (config_uint(conf, "feed.days", 0, DAYS_MAX, &days, e))
		return -1;
	plan->feed.name = keep(plan, name);
	plan->feed.made = c->now;
	plan->feed.expires = c->now + (int64_t)days * 24 * 60 * 60;
	if (read_builds(plan, conf, e) || read_items(plan, conf, argc, argv, e))
		return -1;
	return argc ? 0 : check_said(plan, conf, e);
}

void feed_plan_free(struct feed_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n; i++) {
		file_free(&plan->v[i].file);
		feed_payload_free(&plan->v[i].p);
	}
	free(plan->v);
	feed_free(&plan->feed);
}
