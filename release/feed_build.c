// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * feed build: every payload is judged, put in its place, and only then is anything
 * written: copies first, under names that hold their digest, the index last.
 */
#include "release/feed.h"

#include "common/payload_sig.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct build {
	struct feed_cmd *c;
	struct feed_plan plan;
	struct pgp_keyring *k; /* of payloads */
	unsigned int require;
	struct pgp_keyring *index_k; /* NULL: no index was followed yet */
	unsigned int index_require;
	struct table *refused; /* NULL: nothing was refused */
	struct table *doubts; /* NULL: what [none] says is what the advisories say */
	char *text; /* of the index */
	struct feed index; /* as a host will read it */
};

/* --- refusals ---------------------------------------------------------------------- */

static void refuse(struct build *b, const char *object, struct err *why)
{
	static const struct column columns[] = {
		{"object", "What"}, {"problem", "What is wrong"}, {0}};

	if (!b->refused)
		b->refused = report_table(&b->c->rel.report, "refused", "Refused", columns,
					  "Nothing was written.");
	cell_text(b->refused, "%s", object);
	cell_text(b->refused, "%s", why->text);
	report_finding(&b->c->rel.report);
	err_clear(why);
}

/* What [none] says of @build, and an advisory. */
static void doubt(void *ctx, const char *build, bool open, const char *why)
{
	static const struct column columns[] = {{"build", "Build"}, {"advisory", "Advisory"}, {0}};
	struct build *b = ctx;
	autofree char *object = mem_printf("[none \"%s\"]", build);
	struct err e = ERR_INIT;

	if (open) {
		err_fail(&e, "%s", why);
		refuse(b, object, &e);
		return;
	}
	if (!b->doubts)
		b->doubts = report_table(&b->c->rel.report, "doubts", "Not affected, perhaps",
					 columns, NULL);
	cell_text(b->doubts, "%s", build);
	cell_unknown(b->doubts, "%s", why);
	report_undetermined(&b->c->rel.report);
}

/* The file's signatures count, and its notes name a build. */
static int judge(struct build *b, struct feed_item *item, struct err *e)
{
	const struct feed *f = &b->plan.feed;
	struct payload_signers signers;

	if (payload_verify(item->path, &item->file, b->k, b->require, b->c->now, &signers, e))
		return -1;
	payload_signers_free(&signers);
	if (feed_payload_read(&item->p, item->path, &item->file, e))
		return -1;
	for (item->build = 0; item->build < f->n; item->build++)
		if (!strcmp(f->builds[item->build].id, item->p.xen))
			return 0;
	return err_fail(
		e,
		"%s: is for the Xen of build-id %s, and no [build] has it: add one, or take "
		"the file away",
		item->path, item->p.xen);
}

/* Its name in the feed: content and name belong together for ever. */
static int name_file(struct feed_plan *plan, struct feed_item *item, struct err *e)
{
	item->p.row.file = arena_printf(&plan->feed.arena, "%s-%.16s.livepatch", item->name,
					item->p.row.sha256);
	if (feed_file_name(item->p.row.file))
		return 0;
	return err_fail(e, "%s: use letters, digits and \"._+-\" in its name, not too many",
			item->path);
}

static int judge_all(struct build *b, struct err *e)
{
	const struct config *conf = &b->c->rel.conf;
	size_t i;

	for (i = 0; i < b->plan.n; i++) {
		struct feed_item *item = &b->plan.v[i];
		struct err why = ERR_INIT;

		if (judge(b, item, &why) || name_file(&b->plan, item, &why)) {
			item->refused = true;
			refuse(b, item->name, &why);
		}
	}
	/* Names of others are known only now. */
	for (i = 0; i < b->plan.n; i++)
		if (!b->plan.v[i].refused && feed_item_settings(&b->plan, conf, &b->plan.v[i], e))
			return -1;
	return 0;
}

/* --- order ------------------------------------------------------------------------- */

static bool is_placed(const struct feed_build *b, const char *build_id)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (!strcmp(b->rows[i].build_id, build_id))
			return true;
	return false;
}

/* What it replaces stands before it, if that is in the feed. */
static bool after_replaced(const struct feed_plan *plan, const struct feed_build *b,
			   const struct feed_item *item)
{
	const struct feed_words *w = &item->p.row.replaces;
	size_t i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < plan->n; k++)
			if (!plan->v[k].refused && plan->v[k].build == item->build &&
			    !strcmp(plan->v[k].p.row.build_id, w->v[i]) && !is_placed(b, w->v[i]))
				return false;
	return true;
}

/* @strictness 2: what it depends on and what it replaces come first; 1: the former; 0: any. */
static bool is_next(const struct feed_plan *plan, size_t build, const struct feed_item *item,
		    int strictness)
{
	const struct feed_build *b = &plan->feed.builds[build];
	const char *depends = item->p.row.depends;

	if (item->refused || item->placed || item->build != build)
		return false;
	if (strictness && strcmp(depends, b->id) != 0 && !is_placed(b, depends))
		return false;
	return strictness < 2 || after_replaced(plan, b, item);
}

static struct feed_item *find_next(struct feed_plan *plan, size_t build)
{
	int strictness;
	size_t i;

	for (strictness = 2; strictness >= 0; strictness--)
		for (i = 0; i < plan->n; i++)
			if (is_next(plan, build, &plan->v[i], strictness))
				return &plan->v[i];
	return NULL;
}

/* The rows of one build in the order to apply; what cannot be is left to feed_check(). */
static int place(struct feed_plan *plan, size_t build, struct err *e)
{
	struct feed_build *b = &plan->feed.builds[build];
	struct feed_item *item;

	b->rows = arena_alloc(&plan->feed.arena, FEED_ROWS_MAX, sizeof(*b->rows));
	while ((item = find_next(plan, build))) {
		if (b->n == FEED_ROWS_MAX)
			return err_fail(e, "build %s: more than %d payloads", b->name,
					FEED_ROWS_MAX);
		b->rows[b->n++] = item->p.row;
		item->placed = true;
	}
	if (!b->n && b->reason == FEED_HAS_PAYLOADS) {
		b->reason = FEED_REASON_UNKNOWN;
		b->why = "there is no payload, and nobody said why";
	}
	return 0;
}

/* --- version ------------------------------------------------------------------------ */

static int open_index_keyring(struct build *b, struct err *e)
{
	const struct config *conf = &b->c->rel.conf;

	if (b->index_k)
		return 0;
	if (config_uint(conf, "feed.require", 1, ABI_SIG_MAX, &b->index_require, e))
		return -1;
	return feed_keyring(conf, "feed.keyring", "the index before (or --unsigned)", &b->index_k,
			    e);
}

/* Anybody's number would be the end of all later ones, and signed by us. */
static int check_signed(struct build *b, const char *path, const struct file_data *index,
			struct err *e)
{
	autofree char *sig_path = mem_printf("%s.sig", path);
	struct feed_signers signers = {0};
	struct file_data sigs = {0};
	int ret;

	if (b->c->o->unsigned_previous)
		return 0;
	if (open_index_keyring(b, e))
		return -1;
	if (!file_exists(sig_path))
		return err_set(e, ERR_SIGNATURE,
			       "%s: is missing: sign the index before, or take its version "
			       "unsigned with --unsigned",
			       sig_path);
	ret = file_read(sig_path, FEED_SIGNATURE_MAX, &sigs, e);
	if (!ret && feed_verify(sig_path, index, &sigs, b->index_k, b->index_require, b->c->now,
				&signers, e))
		ret = -1;
	feed_signers_free(&signers);
	file_free(&sigs);
	return ret;
}

static int follow(struct build *b, const char *from, struct err *e)
{
	autofree char *path = file_is_dir(from) ? path_join(from, FEED_INDEX) : mem_strdup(from);
	struct feed *f = &b->plan.feed;
	struct file_data bytes = {0};
	struct feed old;
	int ret = feed_open(path, &old, &bytes, e);

	if (!ret && strcmp(old.name, f->name) != 0)
		ret = err_fail(e, "%s: is of the feed \"%s\", not of \"%s\"", path, old.name,
			       f->name);
	else if (!ret && old.made > f->made)
		ret = err_fail(e,
			       "%s: was made later than this one would be: check the clock, or "
			       "--at",
			       path);
	else if (!ret)
		ret = check_signed(b, path, &bytes, e);
	if (!ret && old.version >= FEED_VERSION_MAX)
		ret = err_fail(e, "%s: its version cannot grow", path);
	else if (!ret && f->version <= old.version)
		f->version = old.version + 1;
	feed_free(&old);
	file_free(&bytes);
	return ret;
}

/* The index in the folder @dir, if one is there. */
static int follow_folder(struct build *b, const char *dir, struct err *e)
{
	autofree char *path = path_join(dir, FEED_INDEX);

	return file_exists(path) ? follow(b, path, e) : 0;
}

/* One more than the newest of --previous, feed.path and --output; 1 only if asked for. */
static int set_version(struct build *b, struct err *e)
{
	const struct feed_opts *o = b->c->o;
	const struct config *conf = &b->c->rel.conf;
	const char *value = config_get(conf, "feed.path");
	autofree char *published = value ? config_path(conf, value) : NULL;
	struct feed *f = &b->plan.feed;

	if ((o->previous && follow(b, o->previous, e)) || follow_folder(b, o->output, e) ||
	    (published && follow_folder(b, published, e)))
		return -1;
	if (o->first && f->version)
		return err_fail(e, "--first: there is an index before it, of version %lld",
				(long long)f->version - 1);
	if (!o->first && !f->version)
		return err_fail(e,
				"there is no index before it, neither in feed.path nor in %s: give "
				"it with --previous, or --first if hosts have seen none",
				o->output);
	f->version = f->version ? f->version : 1;
	return 0;
}

/* --- writing ------------------------------------------------------------------------- */

static int write_copies(struct build *b, struct err *e)
{
	size_t i;

	for (i = 0; i < b->plan.n; i++) {
		const struct feed_item *item = &b->plan.v[i];
		autofree char *path = path_join(b->c->o->output, item->p.row.file);

		if (file_write(path, item->file.data, item->file.size, 0644, e))
			return -1;
	}
	return 0;
}

static int publish(struct build *b, struct err *e)
{
	const char *dir = b->c->o->output;
	autofree char *index = path_join(dir, FEED_INDEX);
	autofree char *sigs = path_join(dir, FEED_SIGNATURE);

	if (dir_make(dir, e) || write_copies(b, e) ||
	    file_write(index, b->text, strlen(b->text), 0644, e))
		return -1;
	/* Those of the index before; a host that sees them beside the new one refuses. */
	if (unlink(sigs) < 0 && file_exists(sigs))
		return err_fail(e, "%s: cannot be removed: is of the index before", sigs);
	return 0;
}

/* What will be written is what a host takes: rows, rules, and every file by its row. */
static int check_own(struct build *b, struct err *e)
{
	const struct feed *f = &b->index;
	size_t i, k;

	b->text = feed_text(&b->plan.feed);
	if (feed_parse(&b->index, FEED_INDEX, b->text, strlen(b->text), e))
		return -1;
	for (i = 0; i < b->plan.n; i++) {
		const struct feed_item *item = &b->plan.v[i];
		const struct feed_build *build = &f->builds[item->build];

		for (k = 0; k < build->n && strcmp(build->rows[k].file, item->p.row.file); k++)
			;
		if (k == build->n)
			return err_fail(e, "%s: is in no row", item->path);
		if (feed_row_check(build, &build->rows[k], &item->file, b->k, b->require, b->c->now,
				   e))
			return -1;
	}
	return 0;
}

static void tell(struct build *b)
{
	struct report *r = &b->c->rel.report;
	size_t i;

	feed_show_facts(r, &b->index);
	feed_show_builds(r, &b->index, NULL);
	for (i = 0; i < b->index.n; i++)
		if (b->index.builds[i].reason == FEED_REASON_UNKNOWN)
			report_undetermined(r);
	report_note(r, "Not signed yet: `feed sign %s --key KEY`.", b->c->o->output);
}

static int build(struct build *b, struct err *e)
{
	struct err why = ERR_INIT;
	size_t i;

	b->c->rel.report.title = "Feed of payloads";
	if (judge_all(b, e))
		return -1;
	for (i = 0; i < b->plan.feed.n; i++)
		if (place(&b->plan, i, e))
			return -1;
	if (feed_ask_chain(b->c, &b->plan.feed, doubt, b, e) || set_version(b, e))
		return -1;
	if (!b->refused && check_own(b, &why))
		refuse(b, FEED_INDEX, &why);
	if (b->refused)
		return 0;
	if (publish(b, e))
		return -1;
	tell(b);
	return 0;
}

int feed_cmd_build(struct feed_cmd *c, int argc, char **argv, struct err *e)
{
	struct build b = {.c = c};
	int ret = -1;

	if (!c->o->output)
		return err_set(e, ERR_USAGE, "feed build: give the folder with --output");
	if (!feed_plan_read(&b.plan, c, argc, argv, e) &&
	    !feed_payload_keyring(&c->rel.conf, &b.k, &b.require, e))
		ret = build(&b, e);
	pgp_keyring_close(b.k);
	pgp_keyring_close(b.index_k);
	feed_plan_free(&b.plan);
	feed_free(&b.index);
	free(b.text);
	return ret;
}
