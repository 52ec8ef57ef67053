// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/export.h"

#include <stdlib.h>
#include <string.h>

/* Room for "YYYY-MM-DDThh:mm:ssZ" (RFC 3339) and a NUL, of any int64_t within reason. */
#define STAMP_LEN 64

static const char *stamp(int64_t when, char out[STAMP_LEN])
{
	char day[DATE_LEN];
	int64_t s = ((when % 86400) + 86400) % 86400;

	snprintf(out, STAMP_LEN, "%sT%02d:%02d:%02dZ", day_text(day_of_instant(when), day),
		 (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	return out;
}

/* When something of it changed last: published, or the last fix on any branch. */
static int64_t modified(const struct chain *c, const struct record *r)
{
	int64_t when = (int64_t)r->published * 86400;
	size_t k;

	for (k = 0; k < c->tracks.n; k++)
		if (chain_fate(c, r, &c->tracks.v[k])->fixed > when)
			when = chain_fate(c, r, &c->tracks.v[k])->fixed;
	return when;
}

static int need_date(const struct record *r, struct err *e)
{
	if (r->published != DAY_NONE)
		return 0;
	return err_fail(e, "%s: has no date: add \"published\" to its record", r->id);
}

static void put_strings(struct json *j, const char *key, const struct strlist *l)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < l->n; i++)
		json_add_str(list, l->v[i]);
	json_put(j, key, list);
}

/* --- OSV ------------------------------------------------------------------------------ */
static struct json *event(const char *key, const char *id)
{
	struct json *j = json_new_object();

	json_put_str(j, key, id);
	return j;
}

/* @id has every commit of the fix. */
static bool has_all(const struct chain *c, const struct fate *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct commit *here = f->v[i].here;

		if (here && track_in_force(&c->tracks, f->track, &f->track->head, here) &&
		    git_contains(c->rel->git, id, here->id) != 1)
			return false;
	}
	return true;
}

/*
 * The commit from which on the fix is whole: the part that has all others, whatever the
 * dates say, else a merge of them.
 */
static const char *whole_since(const struct chain *c, const struct fate *f)
{
	const struct history *h = f->track->version.n ? &f->track->links.ours : &c->tracks.main;
	size_t first = h->n;
	size_t i, k;

	for (i = 0; i < f->n; i++) {
		if (!f->v[i].here)
			continue;
		if (has_all(c, f, f->v[i].here->id))
			return f->v[i].here->id;
		for (k = 0; k < first; k++)
			if (f->v[i].here == &h->v[k])
				first = k;
	}
	while (first-- > 0)
		if (has_all(c, f, h->v[first].id))
			return h->v[first].id;
	return f->track->head.id;
}

/* What made the hole, as this branch has it: the main branch's id says nothing here. */
static void add_introduced(struct json *events, const struct chain *c, const struct fate *f)
{
	const struct strlist *l = &f->record->introduced;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct commit *here = chain_here(c, f->track, l->v[i]);

		if (here)
			json_add(events, event("introduced", here->id));
	}
	if (!json_size(events))
		json_add(events, event("introduced", "0"));
}

static struct json *osv_range(const struct chain *c, const struct fate *f, const char *repo)
{
	struct json *j = json_new_object();
	struct json *events = json_new_array();

	add_introduced(events, c, f);
	if (f->state == FATE_FIXED)
		json_add(events, event("fixed", whole_since(c, f)));
	json_put_str(j, "type", "GIT");
	json_put_str(j, "repo", repo);
	json_put(j, "events", events);
	return j;
}

/* Releases of the series that lack a part of the fix. */
static struct json *osv_versions(const struct chain *c, const struct fate *f)
{
	struct json *list = json_new_array();
	const char *why;
	size_t i;

	for (i = 0; i < f->track->tag_count; i++) {
		enum fate_state s = chain_at(c, f, &f->track->tags[i], &why);

		if (s == FATE_OPEN || s == FATE_INCOMPLETE)
			json_add_str(list, f->track->tags[i].name);
	}
	return list;
}

/* Releases of which it is not known: left out of `versions`, they would look fixed. */
static void osv_unknown(struct json *unknown, const struct chain *c, const struct fate *f)
{
	const char *why;
	size_t i;

	for (i = 0; i < f->track->tag_count; i++)
		if (chain_at(c, f, &f->track->tags[i], &why) == FATE_UNKNOWN)
			json_put_str(unknown, f->track->tags[i].name, why);
}

static struct json *osv_affected(const struct chain *c, const struct fate *f, const char *repo)
{
	struct json *j = json_new_object();
	struct json *own = json_new_object();
	struct json *ranges = json_new_array();
	struct json *fixes = json_new_array();
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->v[i].here)
			json_add_str(fixes, f->v[i].here->id);
	json_add(ranges, osv_range(c, f, repo));
	json_put(j, "ranges", ranges);
	json_put(j, "versions", osv_versions(c, f));
	json_put_str(own, "series", f->track->series);
	json_put_str(own, "state", fate_word(f->state));
	json_put(own, "fixes", fixes);
	put_strings(own, "introduced", &f->record->introduced);
	json_put(j, "database_specific", own);
	return j;
}

struct json *export_osv(const struct chain *c, const struct record *r, struct err *e)
{
	const char *repo = config_get(&c->rel->conf, "project.git");
	struct json *j, *affected, *unknown;
	char text[STAMP_LEN];
	size_t k;

	if (need_date(r, e) < 0)
		return NULL;
	if (!repo) {
		err_fail(e, "project.git: is not set: OSV needs the repository's address");
		return NULL;
	}
	j = json_new_object();
	affected = json_new_array();
	unknown = json_new_object();
	json_put_str(j, "schema_version", "1.6.0");
	json_put_str(j, "id", r->id);
	json_put_str(j, "modified", stamp(modified(c, r), text));
	json_put_str(j, "published", stamp((int64_t)r->published * 86400, text));
	put_strings(j, "aliases", &r->aliases);
	if (r->title)
		json_put_str(j, "summary", r->title);
	for (k = 0; k < c->tracks.n; k++) {
		const struct fate *f = chain_fate(c, r, &c->tracks.v[k]);

		if (f->state == FATE_UNKNOWN) {
			json_put_str(unknown, f->track->series, f->why);
		} else if (f->state != FATE_NOT_AFFECTED) {
			json_add(affected, osv_affected(c, f, repo));
			osv_unknown(unknown, c, f);
		}
	}
	json_put(j, "affected", affected);
	json_put(j, "database_specific", json_new_object());
	json_put(json_get(j, "database_specific"), "unknown", unknown);
	return j;
}

/* --- CSAF ------------------------------------------------------------------------------- */
/* Products of each status; a product is in one of them (CSAF 2.0, 6.1.6). */
struct products {
	struct json *tree; /* full product names */
	struct json *status[5]; /* by enum fate_state */
	struct json *remediations;
	struct json *threats;
};

static const char *const status_keys[] = {"fixed", "known_affected", "known_affected",
					  "known_not_affected", "under_investigation"};

static struct json *note(const char *category, const char *title, const char *text)
{
	struct json *j = json_new_object();

	json_put_str(j, "category", category);
	json_put_str(j, "title", title);
	json_put_str(j, "text", text);
	return j;
}

/* {"category", "details", "product_ids": [id]} */
static struct json *about(const char *category, const char *details, const char *id)
{
	struct json *j = json_new_object();
	struct json *ids = json_new_array();

	json_add_str(ids, id);
	json_put_str(j, "category", category);
	json_put_str(j, "details", details);
	json_put(j, "product_ids", ids);
	return j;
}

static void add_product(struct products *p, const char *name, const char *id, enum fate_state s,
			const char *why, const char *fix)
{
	struct json *j = json_new_object();
	enum fate_state at = s == FATE_INCOMPLETE ? FATE_OPEN : s;

	json_put_str(j, "name", name);
	json_put_str(j, "product_id", id);
	json_add(p->tree, j);
	if (!p->status[at])
		p->status[at] = json_new_array();
	json_add_str(p->status[at], id);
	if (at == FATE_NOT_AFFECTED)
		json_add(p->threats, about("impact", why, id));
	if (at == FATE_OPEN)
		json_add(p->remediations, about(fix ? "vendor_fix" : "none_available",
						fix ? fix : "No release has the fix yet.", id));
}

static void add_tags(struct products *p, const struct chain *c, const struct fate *f,
		     const char *project)
{
	char version[VERSION_LEN];
	const char *why;
	size_t i;

	for (i = 0; i < f->track->tag_count; i++) {
		const struct point *tag = &f->track->tags[i];
		enum fate_state s = chain_at(c, f, tag, &why);
		autofree char *name =
			mem_printf("%s %s", project, version_text(&tag->version, version));
		autofree char *fix = f->first ? mem_printf("Update to %s.", f->first->name) : NULL;

		/* A later release is no help to an earlier place in the line. */
		add_product(p, name, tag->name, s, why,
			    f->first && version_cmp(&f->first->version, &tag->version) > 0 ? fix
											   : NULL);
	}
}

/* What closes the hole of a build by a release: the first of its series that has the fix. */
static char *build_fix(const struct chain *c, const struct record *r, const struct build *b)
{
	const struct fate *f = b->track ? chain_fate(c, r, b->track) : NULL;

	return f && f->first ? mem_printf("Update to %s.", f->first->name) : NULL;
}

static void add_builds(struct products *p, const struct chain *c, const struct record *r)
{
	const char *why;
	size_t i;

	for (i = 0; i < c->build_count; i++) {
		const struct build *b = &c->builds[i];
		enum fate_state s = chain_build(c, r, b, &why);
		autofree char *name = mem_printf("%s (build-id %s)", b->name, b->build_id);

		autofree char *fix = build_fix(c, r, b);

		add_product(p, name, b->build_id, s, why, fix);
	}
}

static struct json *csaf_tracking(const struct chain *c, const struct record *r)
{
	struct json *j = json_new_object();
	struct json *revisions = json_new_array();
	struct json *one = json_new_object();
	struct json *engine = json_new_object();
	struct json *generator = json_new_object();
	char first[STAMP_LEN], last[STAMP_LEN];

	stamp((int64_t)r->published * 86400, first);
	stamp(modified(c, r), last);
	json_put_str(one, "number", "1");
	json_put_str(one, "date", last);
	json_put_str(one, "summary", "State of the branches, releases and builds at this date.");
	json_add(revisions, one);
	json_put_str(engine, "name", "xsplice-release");
	json_put_str(engine, "version", XSP_VERSION);
	json_put(generator, "engine", engine);
	json_put_str(generator, "date", last);
	json_put_str(j, "id", r->id);
	json_put_str(j, "status", "final");
	json_put_str(j, "version", "1");
	json_put_str(j, "initial_release_date", first);
	json_put_str(j, "current_release_date", last);
	json_put(j, "revision_history", revisions);
	json_put(j, "generator", generator);
	return j;
}

static struct json *csaf_document(const struct chain *c, const struct record *r, const char *url)
{
	const struct config *conf = &c->rel->conf;
	const char *title = r->title ? r->title : r->id;
	struct json *j = json_new_object();
	struct json *publisher = json_new_object();
	struct json *notes = json_new_array();
	struct json *refs = json_new_array();
	struct json *self = json_new_object();
	autofree char *name = mem_printf("%s: %s", r->id, title);

	json_put_str(publisher, "category", "vendor");
	json_put_str(publisher, "name", config_get(conf, "project.name"));
	json_put_str(publisher, "namespace", url);
	json_add(notes, note("summary", "Summary", title));
	json_put_str(self, "category", "self");
	json_put_str(self, "summary", "The project");
	json_put_str(self, "url", url);
	json_add(refs, self);
	json_put_str(j, "category", "csaf_security_advisory");
	json_put_str(j, "csaf_version", "2.0");
	json_put(j, "publisher", publisher);
	json_put_str(j, "title", name);
	json_put(j, "tracking", csaf_tracking(c, r));
	json_put(j, "notes", notes);
	json_put(j, "references", refs);
	return j;
}

static struct json *csaf_vulnerability(const struct record *r, struct products *p)
{
	struct json *j = json_new_object();
	struct json *status = json_new_object();
	struct json *notes = json_new_array();
	struct json *ids = json_new_array();
	struct json *id = json_new_object();
	size_t i;

	for (i = 0; i < r->aliases.n; i++)
		if (text_starts(r->aliases.v[i], "CVE-") && !json_get(j, "cve"))
			json_put_str(j, "cve", r->aliases.v[i]);
	json_put_str(id, "system_name", "Advisory");
	json_put_str(id, "text", r->id);
	json_add(ids, id);
	json_put(j, "ids", ids);
	json_add(notes, note("description", "Description", r->title ? r->title : r->id));
	json_put(j, "notes", notes);
	for (i = 0; i < 5; i++)
		if (p->status[i])
			json_put(status, status_keys[i], p->status[i]);
	json_put(j, "product_status", status);
	if (json_size(p->remediations))
		json_put(j, "remediations", p->remediations);
	else
		json_unref(p->remediations);
	if (json_size(p->threats))
		json_put(j, "threats", p->threats);
	else
		json_unref(p->threats);
	return j;
}

struct json *export_csaf(const struct chain *c, const struct record *r, struct err *e)
{
	const char *url = config_get(&c->rel->conf, "project.git");
	struct products p = {0};
	struct json *j, *tree, *list;
	size_t k;

	if (need_date(r, e) < 0)
		return NULL;
	if (!url) {
		err_fail(e, "project.git: is not set: CSAF needs an address of the publisher");
		return NULL;
	}
	p.tree = json_new_array();
	p.remediations = json_new_array();
	p.threats = json_new_array();
	for (k = 0; k < c->tracks.n; k++)
		add_tags(&p, c, chain_fate(c, r, &c->tracks.v[k]),
			 config_get(&c->rel->conf, "project.name"));
	add_builds(&p, c, r);
	j = json_new_object();
	tree = json_new_object();
	list = json_new_array();
	json_put(j, "document", csaf_document(c, r, url));
	json_put(tree, "full_product_names", p.tree);
	json_put(j, "product_tree", tree);
	json_add(list, csaf_vulnerability(r, &p));
	json_put(j, "vulnerabilities", list);
	return j;
}
