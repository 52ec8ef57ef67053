// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/payloads.h"

#include "release/feed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAYLOAD_MAX (64U << 20)

struct loader {
	struct payloads *p;
	struct rel *r;
	struct pgp_keyring *keyring; /* NULL: none is named */
	unsigned int require;
	int64_t now;
};

static void read_signers(struct loader *ld, struct live_payload *l, const struct file_data *f,
			 struct arena *a)
{
	struct payload_signers s;
	struct err why = ERR_INIT;
	struct strbuf b = {0};
	size_t i;

	if (!ld->keyring) {
		l->unverified = "no keyring to verify it with: set livepatch.keyring";
		return;
	}
	if (payload_verify(l->file, f, ld->keyring, ld->require, ld->now, &s, &why) < 0) {
		l->unverified = arena_strdup(a, why.text);
		return;
	}
	for (i = 0; i < s.n; i++) {
		strbuf_addf(&b, "%s%s (%s)", i ? ", " : "", s.v[i].uid, s.v[i].primary);
		if (s.v[i].made > l->made)
			l->made = s.v[i].made;
	}
	l->signers = arena_strdup(a, b.data);
	strbuf_free(&b);
	payload_signers_free(&s);
}

static void read_payload(struct loader *ld, struct live_payload *l, const struct file_data *f)
{
	struct arena *a = &ld->r->report.arena;
	struct err why = ERR_INIT;

	if (feed_payload_read(&l->of, l->file, f, &why)) {
		l->flaw = arena_strdup(a, why.text);
		return;
	}
	l->name = l->of.name ? l->of.name : l->file;
	read_signers(ld, l, f, a);
}

static int read_file(const char *rel, void *ctx, struct err *e)
{
	struct loader *ld = ctx;
	autofree char *path = path_join(ld->p->dir, rel);
	struct file_data f = {0};
	struct live_payload *l;

	if (text_ends(rel, ".asc") || text_ends(rel, ".sig") || text_ends(rel, ".json"))
		return 0;
	if (file_read(path, PAYLOAD_MAX, &f, e) < 0)
		return -1;
	ld->p->v = mem_grow(ld->p->v, ld->p->n, sizeof(*ld->p->v));
	l = &ld->p->v[ld->p->n++];
	memset(l, 0, sizeof(*l));
	l->file = arena_strdup(&ld->r->report.arena, rel);
	read_payload(ld, l, &f);
	file_free(&f);
	return 0;
}

static int load_feed(struct payloads *p, const struct config *c, struct err *e)
{
	const char *dir = config_get(c, "feed.path");
	autofree char *path = dir ? config_path(c, dir) : NULL;
	struct file_data index = {0};
	int ret = path ? feed_open(path, &p->feed, &index, e) : 0;

	file_free(&index);
	return ret;
}

int payloads_load(struct payloads *p, struct rel *r, struct err *e)
{
	const char *dir = config_get(&r->conf, "livepatch.path");
	const char *keyring = config_get(&r->conf, "livepatch.keyring");
	autofree char *path = dir ? config_path(&r->conf, dir) : NULL;
	autofree char *keys = keyring ? config_path(&r->conf, keyring) : NULL;
	struct loader ld = {.p = p, .r = r};
	int ret;

	memset(p, 0, sizeof(*p));
	if (load_feed(p, &r->conf, e) < 0)
		return -1;
	if (!path)
		return 0;
	p->dir = arena_strdup(&r->report.arena, path);
	/* The end of the day that was asked for. */
	ld.now = r->opts->at ? (int64_t)r->today * 86400 + 86399 : (int64_t)time(NULL);
	if (config_uint(&r->conf, "livepatch.require", 1, 64, &ld.require, e) < 0)
		return -1;
	if (!file_is_dir(p->dir))
		return err_fail(e, "%s: is no folder: livepatch.path names it", p->dir);
	if (keys && !(ld.keyring = pgp_keyring_open(keys, e)))
		return -1;
	ret = dir_walk(p->dir, read_file, &ld, e);
	if (ld.keyring)
		pgp_keyring_close(ld.keyring);
	return ret;
}

void payloads_free(struct payloads *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		feed_payload_free(&p->v[i].of);
	free(p->v);
	feed_free(&p->feed);
	memset(p, 0, sizeof(*p));
}

const struct feed_row *payloads_offer(const struct payloads *p, const struct live_payload *l)
{
	const struct feed_build *b = p->feed.version ? feed_find(&p->feed, l->of.xen) : NULL;
	size_t i;

	for (i = 0; b && i < b->n; i++)
		if (!strcmp(b->rows[i].sha256, l->of.row.sha256))
			return &b->rows[i];
	return NULL;
}

const struct live_payload *payloads_find(const struct payloads *p, const char *advisory,
					 const char *build_id)
{
	const struct live_payload *found = NULL;
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct live_payload *l = &p->v[i];

		if (l->flaw || strcmp(l->of.xen, build_id) != 0 ||
		    !feed_has_word(&l->of.row.advisories, advisory))
			continue;
		if (!found || (!found->signers && l->signers))
			found = l;
	}
	return found;
}
