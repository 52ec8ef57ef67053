// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/chain.h"

#include "release/message.h"

#include <stdlib.h>
#include <string.h>

/* One fate while it is found out. */
struct finder {
	struct chain *c;
	const struct record *r;
	struct track *track;
	struct fate *f;
	const struct commit **wanted; /* on the main branch */
	size_t wanted_count;
	bool stated; /* the record lists the commits of this series */
};

static const struct track *main_track(const struct chain *c)
{
	return &c->tracks.v[0];
}

const char *fate_word(enum fate_state s)
{
	static const char *const words[] = {"fixed", "incomplete", "not fixed", "not affected",
					    "unknown"};

	return words[s];
}

void fate_cell(struct report *r, struct table *t, enum fate_state s, const char *why)
{
	if (s == FATE_UNKNOWN) {
		cell_unknown(t, "%s", why);
		report_undetermined(r);
		return;
	}
	if (s == FATE_INCOMPLETE || s == FATE_OPEN)
		report_finding(r);
	cell_text(t, "%s", fate_word(s));
}

/* --- which commits it takes --------------------------------------------------------------- */
static bool says(const char *message, unsigned int number)
{
	unsigned int n;

	while (message_advisory(&message, &n))
		if (n == number)
			return true;
	return false;
}

/* A revert quotes the words of what it takes back; that of a fix is none. */
static bool takes_back(const struct finder *w, const struct commit *c)
{
	const char *at = c->message;
	char id[GIT_ID_LEN];

	while (message_link(&at, LINK_REVERTS, id)) {
		const struct commit *target = tracks_commit(&w->c->tracks, w->track, id);

		if (target && says(target->message, w->r->number))
			return true;
	}
	return false;
}

/* What the message has besides the quoted subject of a revert. */
static const char *own_text(const struct commit *c)
{
	if (!text_starts(c->subject, "Revert \""))
		return c->message;
	return c->message + strcspn(c->message, "\n");
}

/* Every advisory that a commit of @h names, the oldest commit first. */
static void find_names(struct names *names, const struct history *h)
{
	unsigned int number;
	bool sure;
	size_t i;

	for (i = h->n; i-- > 0;) {
		const char *at = own_text(&h->v[i]);

		if (h->v[i].parent_count > 1)
			continue;
		while (message_naming(&at, &number, &sure)) {
			names->v = mem_grow(names->v, names->n, sizeof(*names->v));
			names->v[names->n++] = (struct naming){number, sure, &h->v[i]};
		}
	}
}

/* The next commit from @*i on that names this advisory, surely or not, or NULL. */
static const struct naming *next_naming(const struct finder *w, const struct names *names,
					size_t *i)
{
	while (*i < names->n) {
		const struct naming *one = &names->v[(*i)++];

		if (one->number == w->r->number && !takes_back(w, one->commit))
			return one;
	}
	return NULL;
}

/* The next one that surely does. */
static const struct commit *next_name(const struct finder *w, const struct names *names, size_t *i)
{
	const struct naming *one;

	while ((one = next_naming(w, names, i)))
		if (one->sure)
			return one->commit;
	return NULL;
}

static bool is_wanted(const struct finder *w, const struct commit *c)
{
	size_t i;

	for (i = 0; i < w->wanted_count; i++)
		if (w->wanted[i] == c)
			return true;
	return false;
}

static void want(struct finder *w, const struct commit *c)
{
	if (is_wanted(w, c))
		return;
	w->wanted = mem_grow(w->wanted, w->wanted_count, sizeof(*w->wanted));
	w->wanted[w->wanted_count++] = c;
}

/* @c was reverted, and another of those wanted, later and of the same words, was not. */
static bool is_relanded(const struct finder *w, const struct commit *c)
{
	const struct track *t = main_track(w->c);
	size_t i;

	if (track_in_force(&w->c->tracks, t, &t->head, c))
		return false;
	for (i = 0; i < w->wanted_count; i++)
		if (w->wanted[i] != c && !strcmp(w->wanted[i]->subject, c->subject) &&
		    track_in_force(&w->c->tracks, t, &t->head, w->wanted[i]))
			return true;
	return false;
}

static void drop_relanded(struct finder *w)
{
	size_t i, n = 0;
	const struct commit **keep = mem_zalloc(w->wanted_count + 1, sizeof(*keep));

	for (i = 0; i < w->wanted_count; i++)
		if (!is_relanded(w, w->wanted[i]))
			keep[n++] = w->wanted[i];
	free(w->wanted);
	w->wanted = keep;
	w->wanted_count = n;
}

/* Commits of the main branch: those that the record lists, else those that name it. */
static void find_wanted(struct finder *w)
{
	const struct record_series *s = record_find(w->r, RECORD_MAIN);
	const struct commit *c;
	size_t i;

	for (i = 0; s && i < s->fixes.n; i++) {
		c = tracks_commit(&w->c->tracks, NULL, s->fixes.v[i]);
		if (c)
			want(w, c);
		else
			w->f->why = arena_printf(w->c->arena,
						 "the record's commit %.12s is not on the main "
						 "branch",
						 s->fixes.v[i]);
	}
	if (s && s->fixes.n)
		return;
	for (i = 0; (c = next_name(w, &w->c->names[0], &i));)
		want(w, c);
	drop_relanded(w);
}

/* --- what the branch has -------------------------------------------------------------------- */
static struct fix *add_fix(struct finder *w, const struct commit *main, const struct commit *here,
			   const char *how)
{
	struct fate *f = w->f;

	f->v = mem_grow(f->v, f->n, sizeof(*f->v));
	f->v[f->n] = (struct fix){main, here, how};
	return &f->v[f->n++];
}

/* Two histories hold the same commit. */
static bool is_same(const struct commit *a, const struct commit *b)
{
	return a && b && !strcmp(a->id, b->id);
}

/* The commit of this branch that came from @main: one in force, or the last that was. */
static const struct commit *equivalent(const struct chain *c, const struct track *track,
				       const struct commit *main, const char **how)
{
	const struct tracks *ts = &c->tracks;
	const struct links *l = &track->links;
	const struct commit *best = NULL;
	size_t i;

	if (track_has(ts, track, &track->head, main)) {
		*how = track->version.n ? "before the branch parted" : "on the main branch";
		return main;
	}
	for (i = 0; i < l->ours.n; i++) {
		if (!is_same(l->v[i].from, main))
			continue;
		/* git log gives the newest first. */
		if (!best || track_in_force(ts, track, &track->head, &l->ours.v[i])) {
			best = &l->ours.v[i];
			*how = link_how_names[l->v[i].how];
		}
		if (track_in_force(ts, track, &track->head, best))
			break;
	}
	return best;
}

static bool is_used(const struct fate *f, const struct commit *c)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->v[i].here == c)
			return true;
	return false;
}

/*
 * A commit of this branch alone that is linked to none of the main branch and says that it
 * fixes the advisory; not @declared: that only names it.
 */
static const struct commit *own_words(const struct finder *w, bool declared)
{
	const struct links *l = &w->track->links;
	const struct names *names = &w->c->names[w->track - w->c->tracks.v];
	const struct commit *c;
	size_t i = 0;

	/* The main branch has all that is wanted from itself. */
	if (!w->track->version.n)
		return NULL;
	while ((c = next_name(w, names, &i)))
		if (!l->v[c - l->ours.v].from && !is_used(w->f, c) &&
		    message_declares(own_text(c), w->r->number) == declared &&
		    track_in_force(&w->c->tracks, w->track, &w->track->head, c))
			return c;
	return NULL;
}

static void find_stated(struct finder *w, const struct record_series *s)
{
	size_t i;

	w->stated = true;
	for (i = 0; i < s->fixes.n; i++) {
		const struct commit *c = tracks_commit(&w->c->tracks, w->track, s->fixes.v[i]);

		add_fix(w, NULL, c, "listed in the record");
	}
}

static void find_fixes(struct finder *w)
{
	const struct record_series *s = record_find(w->r, w->track->series);
	const struct commit *c;
	size_t i;

	if (s && s->fixes.n && w->track->version.n) {
		find_stated(w, s);
		return;
	}
	for (i = 0; i < w->wanted_count; i++) {
		const char *how = "missing";

		c = equivalent(w->c, w->track, w->wanted[i], &how);
		add_fix(w, w->wanted[i], c, how);
	}
	for (i = 0; i < w->f->n; i++) {
		if (w->f->v[i].here || !(c = own_words(w, true)))
			continue;
		w->f->v[i].here = c;
		w->f->v[i].how = "names the advisory, in other words";
	}
	while ((c = own_words(w, true)))
		add_fix(w, NULL, c, "names the advisory");
}

/* --- what may be a part of it, too ---------------------------------------------------------- */
static bool says_how_many(const struct record_series *s)
{
	return s && (s->fixes.n || (s->recipe && s->patches.n && !record_is_pattern(s)));
}

static void add_maybe(struct fate *f, const struct commit *main, const struct commit *here)
{
	size_t i;

	for (i = 0; i < f->maybe_count; i++)
		if (f->maybe[i].main == main && f->maybe[i].here == here)
			return;
	f->maybe = mem_grow(f->maybe, f->maybe_count, sizeof(*f->maybe));
	f->maybe[f->maybe_count++] = (struct fix){main, here, "names the advisory"};
}

static bool is_of(const struct commit *from, const struct fix *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_same(from, v[i].main))
			return true;
	return false;
}

/* @c, of the branch alone, is known already: used, or a back-port of one of these. */
static bool is_known(const struct finder *w, const struct commit *c)
{
	const struct links *l = &w->track->links;
	const struct commit *from = l->v[c - l->ours.v].from;

	return is_of(from, w->f->maybe, w->f->maybe_count) || is_of(from, w->f->v, w->f->n) ||
	       is_used(w->f, c);
}

/* Commits that name it in words that do not tell, and what only this branch has of it. */
static void find_maybe(struct finder *w)
{
	const struct names *main = &w->c->names[0];
	const struct names *own = &w->c->names[w->track - w->c->tracks.v];
	const struct naming *one;
	const char *how;
	size_t i = 0;

	w->f->listed = w->stated || says_how_many(record_find(w->r, RECORD_MAIN)) ||
		       says_how_many(record_find(w->r, w->track->series));
	while ((one = next_naming(w, main, &i)))
		if (!one->sure && !is_wanted(w, one->commit))
			add_maybe(w->f, one->commit, equivalent(w->c, w->track, one->commit, &how));
	for (i = 0; w->track->version.n && (one = next_naming(w, own, &i));)
		if (!is_known(w, one->commit) &&
		    track_in_force(&w->c->tracks, w->track, &w->track->head, one->commit))
			add_maybe(w->f, NULL, one->commit);
}

static size_t count_required(const struct finder *w)
{
	const struct record_series *s = record_find(w->r, w->track->series);
	size_t n = w->stated ? w->f->n : w->wanted_count;

	/* Both have a word: neither may be short. */
	if (!w->stated && s && s->recipe && s->patches.n > n)
		n = s->patches.n;
	return n;
}

/* --- the verdict ---------------------------------------------------------------------------- */
/* In force at @p, itself or another back-port of the same commit, as before it landed again. */
static bool is_in_force(const struct chain *c, const struct fate *f, const struct fix *fix,
			const struct point *p)
{
	const struct links *l = &f->track->links;
	size_t i;

	if (fix->here && track_in_force(&c->tracks, f->track, p, fix->here))
		return true;
	for (i = 0; fix->main && i < l->ours.n; i++)
		if (is_same(l->v[i].from, fix->main) &&
		    track_in_force(&c->tracks, f->track, p, &l->ours.v[i]))
			return true;
	return false;
}

static size_t count_at(const struct chain *c, const struct fate *f, const struct point *p)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < f->n; i++)
		n += is_in_force(c, f, &f->v[i], p);
	return n;
}

/* Every commit of the main branch has its equivalent in force. */
static bool is_whole_at(const struct chain *c, const struct fate *f, const struct point *p)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if ((f->v[i].main || !f->v[i].here) && !is_in_force(c, f, &f->v[i], p))
			return false;
	return true;
}

static const char *why_short(const struct chain *c, const struct fate *f, const struct point *p,
			     size_t have)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct commit *here = f->v[i].here;
		const struct commit *undone =
			here ? track_reverted_by(&c->tracks, f->track, p, here) : NULL;

		if (undone)
			return arena_printf(c->arena, "%zu of %zu: %.12s was reverted by %.12s",
					    have, f->required, here->id, undone->id);
		if (!here && f->v[i].main)
			return arena_printf(c->arena, "%zu of %zu: %.12s is missing", have,
					    f->required, f->v[i].main->id);
	}
	return arena_printf(c->arena, "%zu of %zu commits", have, f->required);
}

/* The first of these that is not there, or NULL. */
static const struct commit *first_lacking(const struct chain *c, const struct fate *f,
					  const struct fix *v, size_t n, const struct point *p)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_in_force(c, f, &v[i], p))
			return v[i].main ? v[i].main : v[i].here;
	return NULL;
}

/* One that may be a part and is not there; NULL: none, or a record says that it is none. */
static const struct commit *lacking(const struct chain *c, const struct fate *f,
				    const struct point *p)
{
	const struct commit *one;

	if (f->listed)
		return NULL;
	one = first_lacking(c, f, f->v, f->n, p);
	return one ? one : first_lacking(c, f, f->maybe, f->maybe_count, p);
}

enum fate_state chain_at(const struct chain *c, const struct fate *f, const struct point *p,
			 const char **why)
{
	const struct commit *maybe;
	size_t have;

	*why = f->why;
	if (p->lost) {
		*why = p->lost;
		return FATE_UNKNOWN;
	}
	if (!f->counted)
		return f->state;
	have = count_at(c, f, p);
	if (have >= f->required && is_whole_at(c, f, p)) {
		*why = f->required == 1 ? "its commit is there"
					: arena_printf(c->arena, "all %zu commits", f->required);
		maybe = lacking(c, f, p);
		if (!maybe)
			return FATE_FIXED;
		*why = arena_printf(c->arena,
				    "%s; but %.12s names it, too, and is not: list the commits of "
				    "the fix in the record",
				    *why, maybe->id);
		return FATE_UNKNOWN;
	}
	*why = why_short(c, f, p, have);
	return have ? FATE_INCOMPLETE : FATE_OPEN;
}

/* The hole came after the branch and was not back-ported to it: 1, 0, -1 not known. */
static int is_newer_hole(const struct finder *w)
{
	size_t i;

	for (i = 0; i < w->r->introduced.n; i++) {
		const char *id = w->r->introduced.v[i];
		const struct commit *c = tracks_commit(&w->c->tracks, w->track, id);
		const char *how;

		if (!c) {
			w->f->why = arena_printf(w->c->arena,
						 "commit %.12s, which made the hole, is not in "
						 "this history",
						 id);
			return -1;
		}
		if (equivalent(w->c, w->track, c, &how))
			return 0;
	}
	if (!w->r->introduced.n)
		return 0;
	w->f->why = arena_printf(w->c->arena, "the hole came with %.12s, after the branch parted",
				 w->r->introduced.v[0]);
	return 1;
}

/* States that do not depend on counting; true if there is one. */
static bool judge_stated(struct finder *w)
{
	const struct record_series *s = record_find(w->r, w->track->series);
	struct fate *f = w->f;
	int newer;

	if (s && s->not_affected) {
		f->state = FATE_NOT_AFFECTED;
		f->why = s->not_affected;
		return true;
	}
	f->state = FATE_UNKNOWN;
	if (w->track->lost)
		f->why = w->track->lost;
	if (f->why)
		return true;
	newer = is_newer_hole(w);
	if (newer > 0)
		f->state = FATE_NOT_AFFECTED;
	return newer != 0;
}

static void judge(struct finder *w)
{
	const struct record_series *s = record_find(w->r, w->track->series);
	const struct commit *c;
	struct fate *f = w->f;

	f->required = count_required(w);
	f->state = FATE_UNKNOWN;
	if (!w->stated && s && record_is_pattern(s)) {
		f->why =
			"the recipe names its patches by a pattern: list the commits in the record";
		return;
	}
	if (!f->required) {
		f->why = f->n ? "commits name it, but nothing says how many it takes"
			      : "no commit names it and no record lists one";
		return;
	}
	f->counted = true;
	f->state = chain_at(w->c, f, &w->track->head, &f->why);
	c = own_words(w, false);
	if ((f->state == FATE_OPEN || f->state == FATE_INCOMPLETE) && c) {
		f->counted = false;
		f->state = FATE_UNKNOWN;
		f->why = arena_printf(w->c->arena,
				      "%s; %.12s names it and may be it: list the commits in the "
				      "record",
				      f->why, c->id);
	}
}

/* When the last of its commits came, and the first tag that has all. */
static void find_dates(const struct finder *w)
{
	struct fate *f = w->f;
	const char *why;
	size_t i;

	for (i = 0; i < f->n && f->state == FATE_FIXED; i++)
		if (f->v[i].here && f->v[i].here->has_date && f->v[i].here->committed > f->fixed)
			f->fixed = f->v[i].here->committed;
	if (!f->counted)
		return;
	for (i = 0; w->track->tags && i < w->track->tag_count && !f->first; i++)
		if (chain_at(w->c, f, &w->track->tags[i], &why) == FATE_FIXED)
			f->first = &w->track->tags[i];
}

static void find_fate(struct chain *c, const struct record *r, struct track *track, struct fate *f)
{
	struct finder w = {.c = c, .r = r, .track = track, .f = f};

	f->record = r;
	f->track = track;
	if (!track->lost)
		find_wanted(&w);
	if (!judge_stated(&w)) {
		find_fixes(&w);
		find_maybe(&w);
		judge(&w);
		find_dates(&w);
	}
	free(w.wanted);
}

/* --- builds --------------------------------------------------------------------------------- */
enum fate_state chain_build(const struct chain *c, const struct record *r, const struct build *b,
			    const char **why)
{
	if (strlist_has(&b->patched, r->id)) {
		*why = "its patch was put on top, as the settings say";
		return FATE_FIXED;
	}
	if (b->at.lost) {
		*why = b->at.lost;
		return FATE_UNKNOWN;
	}
	if (b->track)
		return chain_at(c, chain_fate(c, r, b->track), &b->at, why);
	*why = "it is of no branch that is here";
	return FATE_UNKNOWN;
}

static int read_build_id(const char *name, const char *s, struct err *e)
{
	size_t n = strspn(s, "0123456789abcdef");

	if (s[n] || n < 8 || n > 128 || n % 2)
		return err_fail(e, "[build \"%s\"]: build-id \"%s\": is not lower-case hexadecimal",
				name, s);
	return 0;
}

static int load_build(struct chain *c, const char *name, struct err *e)
{
	const struct config *conf = &c->rel->conf;
	struct build *b = &c->builds[c->build_count++];
	const char *version = config_sub(conf, "build", name, "version");
	const char *commit = config_sub(conf, "build", name, "commit");
	const char *s;
	char series[VERSION_LEN];
	size_t i = 0;

	b->name = b->at.name = name;
	b->build_id = config_sub(conf, "build", name, "build-id");
	b->shipped = DAY_NONE;
	if (!version || !commit || !b->build_id)
		return err_fail(e, "[build \"%s\"]: needs version, commit and build-id", name);
	if (!version_parse(version, &b->at.version))
		return err_fail(e, "[build \"%s\"]: version \"%s\": is no version", name, version);
	if (read_build_id(name, b->build_id, e) < 0 ||
	    config_day(conf, "build", name, "shipped", &b->shipped, e) < 0)
		return -1;
	for (i = 0; i + 1 < c->build_count; i++)
		if (!strcmp(c->builds[i].build_id, b->build_id))
			return err_fail(e, "[build \"%s\"]: has the build-id of [build \"%s\"]",
					name, c->builds[i].name);
	for (i = 0; (s = config_sub_next(conf, "build", name, "patched", &i));) {
		if (!chain_record(c, record_number(s)))
			return err_fail(e,
					"[build \"%s\"]: patched \"%s\": no such advisory is here",
					name, s);
		strlist_add(&b->patched, chain_record(c, record_number(s))->id, c->arena);
	}
	b->track = tracks_find(&c->tracks, version_series(&b->at.version, series));
	if (b->track && b->track->lost)
		b->at.lost = b->track->lost;
	else if (b->track)
		return track_point(&c->tracks, b->track, commit, &b->at, e);
	return 0;
}

static int load_builds(struct chain *c, struct err *e)
{
	size_t n, i;
	const char **names = config_subs(&c->rel->conf, "build", &n);
	int ret = 0;

	c->builds = mem_zalloc(n + 1, sizeof(*c->builds));
	for (i = 0; !ret && i < n; i++)
		ret = load_build(c, names[i], e);
	free(names);
	return ret;
}

/* --- all of it -------------------------------------------------------------------------------- */
const struct fate *chain_fate(const struct chain *c, const struct record *r,
			      const struct track *track)
{
	return &c->fates[(size_t)(r - c->records.v) * c->tracks.n + (size_t)(track - c->tracks.v)];
}

const struct commit *chain_here(const struct chain *c, const struct track *track, const char *id)
{
	const struct commit *one = tracks_commit(&c->tracks, track, id);
	const char *how;

	return one ? equivalent(c, track, one, &how) : NULL;
}

const struct record *chain_record(const struct chain *c, unsigned int number)
{
	size_t i;

	for (i = 0; i < c->records.n; i++)
		if (c->records.v[i].number == number)
			return &c->records.v[i];
	return NULL;
}

/* The commit of @id, as far as it is on the main branch since @track parted from it. */
static void add_listed(const struct chain *c, const struct track *track, const struct strlist *l,
		       const char **ids, size_t *n)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct commit *one = tracks_commit(&c->tracks, NULL, l->v[i]);

		if (one && history_find(&track->links.theirs_by_id, one->id))
			ids[(*n)++] = one->id;
	}
}

/* Commits of the main branch whose patch may be on @track: fixes, and what made the holes. */
static size_t patch_ids(const struct chain *c, const struct track *track, const char **ids)
{
	const struct history *theirs = &track->links.theirs;
	size_t i, n = 0;

	for (i = 0; i < theirs->n; i++) {
		const char *at = theirs->v[i].message;
		unsigned int number;
		bool sure;

		while (message_naming(&at, &number, &sure))
			if (chain_record(c, number)) {
				ids[n++] = theirs->v[i].id;
				break;
			}
	}
	for (i = 0; i < c->records.n; i++) {
		const struct record *r = &c->records.v[i];
		const struct record_series *s = record_find(r, RECORD_MAIN);

		add_listed(c, track, &r->introduced, ids, &n);
		if (s)
			add_listed(c, track, &s->fixes, ids, &n);
	}
	return n;
}

/* Links by equal patch where a branch does not state the origin. */
static int link_patches(struct chain *c, struct err *e)
{
	const struct tracks *t = &c->tracks;
	const char **ids;
	size_t k, i, room = t->main.n + 1;
	int ret = 0;

	for (i = 0; i < c->records.n; i++) {
		const struct record_series *s = record_find(&c->records.v[i], RECORD_MAIN);

		room += c->records.v[i].introduced.n + (s ? s->fixes.n : 0);
	}
	ids = mem_zalloc(room, sizeof(*ids));
	for (k = 1; !ret && k < t->n; k++) {
		struct track *track = &t->v[k];

		if (track->lost)
			continue;
		ret = links_patches(&track->links, t->rel->repo_path, track->head.id, t->main_id,
				    ids, patch_ids(c, track, ids), e);
		links_subjects(&track->links);
	}
	free(ids);
	return ret;
}

char *chain_folder(const struct config *c, struct err *e)
{
	const char *dir = config_get(c, "advisory.path");

	if (dir)
		return config_path(c, dir);
	err_fail(e, "advisory.path: is not set: name the folder of the advisories in the settings");
	return NULL;
}

int chain_load(struct chain *c, struct rel *r, struct err *e)
{
	autofree char *path = chain_folder(&r->conf, e);
	size_t i, k;

	memset(c, 0, sizeof(*c));
	c->rel = r;
	c->arena = &r->report.arena;
	if (!path ||
	    records_load(&c->records, path, config_get(&r->conf, "advisory.tree"), e) < 0 ||
	    tracks_load(&c->tracks, r, e) < 0 || link_patches(c, e) < 0 || load_builds(c, e) < 0)
		return -1;
	c->names = mem_zalloc(c->tracks.n, sizeof(*c->names));
	for (k = 0; k < c->tracks.n; k++)
		find_names(&c->names[k], k ? &c->tracks.v[k].links.ours : &c->tracks.main);
	c->fates = mem_zalloc(c->records.n * c->tracks.n + 1, sizeof(*c->fates));
	for (i = 0; i < c->records.n; i++)
		for (k = 0; k < c->tracks.n; k++)
			find_fate(c, &c->records.v[i], &c->tracks.v[k],
				  &c->fates[i * c->tracks.n + k]);
	return 0;
}

void chain_free(struct chain *c)
{
	size_t i;

	for (i = 0; c->fates && i < c->records.n * c->tracks.n; i++) {
		free(c->fates[i].v);
		free(c->fates[i].maybe);
	}
	free(c->fates);
	for (i = 0; i < c->build_count; i++)
		point_free(&c->builds[i].at);
	free(c->builds);
	for (i = 0; c->names && i < c->tracks.n; i++)
		free(c->names[i].v);
	free(c->names);
	tracks_free(&c->tracks);
	records_free(&c->records);
	memset(c, 0, sizeof(*c));
}
