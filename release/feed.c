// SPDX-License-Identifier: GPL-2.0-or-later
/* feed: what hosts pull: its first words, and the short ones of them. */
#include "release/feed.h"

#include "common/payload_sig.h"

#include "xsplice/abi.h"

#include <string.h>
#include <time.h>

int feed_open(const char *dir, struct feed *f, struct file_data *index, struct err *e)
{
	autofree char *path = file_is_dir(dir) ? path_join(dir, FEED_INDEX) : mem_strdup(dir);

	memset(f, 0, sizeof(*f));
	if (file_read(path, FEED_INDEX_MAX, index, e))
		return -1;
	return feed_parse(f, path, index->data, index->size, e);
}

int feed_keyring(const struct config *conf, const char *key, const char *whose,
		 struct pgp_keyring **out, struct err *e)
{
	const char *value = config_get(conf, key);
	autofree char *path = value ? config_path(conf, value) : NULL;

	if (!path)
		return err_fail(e, "%s: %s: is missing: the public keys that sign %s",
				conf->path ? conf->path : "settings", key, whose);
	*out = pgp_keyring_open(path, e);
	return *out ? 0 : -1;
}

int feed_payload_keyring(const struct config *conf, struct pgp_keyring **out, unsigned int *require,
			 struct err *e)
{
	if (config_uint(conf, "livepatch.require", 1, ABI_SIG_MAX, require, e))
		return -1;
	return feed_keyring(conf, "livepatch.keyring", "payloads", out, e);
}

/* --- show ------------------------------------------------------------------------ */

static void show(struct feed_cmd *c, const struct feed *f, const char *build_id)
{
	struct report *r = &c->rel.report;
	const struct feed_build *b = build_id ? feed_find(f, build_id) : NULL;

	r->title = "Feed of payloads";
	feed_show_facts(r, f);
	if (build_id && !b) {
		report_fact_unknown(r, "build", "Build",
				    "this feed says nothing about the build-id");
		report_undetermined(r);
		return;
	}
	feed_show_builds(r, f, b);
	if (b && b->reason == FEED_REASON_UNKNOWN)
		report_undetermined(r);
	report_note(r, "Shown as it is written there: `feed verify` tells whether it is true.");
}

static int cmd_show(struct feed_cmd *c, const char *dir, const char *build_id, struct err *e)
{
	struct file_data index = {0};
	struct feed f;
	int ret = feed_open(dir, &f, &index, e);

	if (!ret)
		show(c, &f, build_id);
	feed_free(&f);
	file_free(&index);
	return ret;
}

/* --- sign ------------------------------------------------------------------------- */

struct signing {
	const char *dir;
	const char *path; /* of the signatures */
	struct feed feed;
	struct file_data index;
	struct file_data sigs; /* those that are there */
	struct table *table;
	size_t count;
	struct pgp_keyring *k; /* of the index; NULL: the settings name none */
	struct pgp_keyring *payload_k;
	unsigned int payload_require;
	struct pgp_made made;
	bool again; /* the key has signed before */
};

/* What is signed is whole: every payload is there, fits its row and counts. */
static int check_whole(const struct signing *s, int64_t now, struct err *e)
{
	size_t i, k;

	for (i = 0; i < s->feed.n; i++) {
		const struct feed_build *b = &s->feed.builds[i];

		for (k = 0; k < b->n; k++) {
			autofree char *path = path_join(s->dir, b->rows[k].file);
			struct file_data file;
			enum feed_problem p;

			if (file_read(path, ABI_PAYLOAD_MAX, &file, e))
				return -1;
			p = feed_row_check(b, &b->rows[k], &file, s->payload_k, s->payload_require,
					   now, e);
			file_free(&file);
			if (p)
				return -1;
		}
	}
	return 0;
}

/* Not another index of a version that is published, nor an older one. */
static int check_published(const struct feed_cmd *c, const struct signing *s, struct err *e)
{
	const char *value = config_get(&c->rel.conf, "feed.path");
	autofree char *dir = value ? config_path(&c->rel.conf, value) : NULL;
	autofree char *path = dir ? path_join(dir, FEED_INDEX) : NULL;
	struct file_data index = {0};
	struct feed_state seen = {0};
	struct feed old = {0};
	int ret = 0;

	if (!path || !file_exists(path))
		return 0;
	ret = feed_open(path, &old, &index, e);
	if (!ret) {
		feed_state_of(&seen, &old);
		ret = feed_seen(&s->feed, s->dir, &seen, e) != FEED_FINE ? -1 : 0;
	}
	feed_free(&old);
	file_free(&index);
	return ret;
}

/* The same against what this signer has signed before. */
static int check_signed(const struct feed_cmd *c, const struct signing *s, struct err *e)
{
	struct feed_state seen = {0};

	if (!c->o->state)
		return 0;
	if (feed_state_read(&seen, c->o->state, e))
		return -1;
	return feed_seen(&s->feed, s->dir, &seen, e) != FEED_FINE ? -1 : 0;
}

/* With the keys at hand: a digest's first two bytes, which are told by all, fit by chance, too. */
static int check_other(const struct signing *s, const struct feed_packet *p,
		       const struct xsp_pgp_sig *sig, struct err *e)
{
	bool stale = !payload_digest_fits(sig, s->index.data, s->index.size);
	struct pgp_facts f;

	if (!stale && s->k) {
		if (pgp_examine(s->k, p->data, p->size, s->index.data, s->index.size, &f, e))
			return -1;
		stale = f.state == PGP_BAD;
		pgp_facts_free(&f);
	}
	return stale ? err_set(e, ERR_SIGNATURE,
			       "%s: holds a signature of another index: remove it", s->path)
		     : 0;
}

static void show_signature(struct signing *s, const char *fingerprint, int64_t made, bool is_new)
{
	char text[FEED_TIME_LEN];

	cell_text(s->table, "%s", fingerprint);
	cell_text(s->table, "%s", feed_time_text(made, text));
	cell_bool(s->table, is_new);
	s->count++;
}

/* Signatures that are there are of this index; is there one by the same key? */
static int check_others(struct signing *s, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	char fingerprint[PGP_FINGERPRINT_HEX];
	struct feed_packet p;
	struct xsp_pgp_sig sig;
	size_t pos = 0;
	int more;

	while ((more = feed_packet_next(s->path, &s->sigs, &pos, &p, e)) > 0) {
		if (xsp_pgp_parse(p.data, p.size, 0, &sig, &cause))
			return payload_cause(s->path, &cause, e);
		if (check_other(s, &p, &sig, e))
			return -1;
		payload_fingerprint(fingerprint, sig.fingerprint);
		s->again |= !strcmp(fingerprint, s->made.fingerprint);
		show_signature(s, fingerprint, sig.created, false);
	}
	return more;
}

static int add_signature(struct signing *s, const char *key, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct strbuf out = {0};
	struct xsp_pgp_sig sig;
	int ret;

	if (pgp_sign(key, s->index.data, s->index.size, false, &s->made, e))
		return -1;
	if (xsp_pgp_parse(s->made.packet, s->made.size, 0, &sig, &cause))
		return err_fail(e,
				"key %s: its signature %s: RSA of 2048 to 4096 bits or ECDSA on a "
				"NIST curve is needed",
				key, xsp_code_text(cause.code));
	if (check_others(s, e))
		return -1;
	if (s->again)
		return 0;
	strbuf_add(&out, (const char *)s->sigs.data, s->sigs.size);
	strbuf_add(&out, (const char *)s->made.packet, s->made.size);
	show_signature(s, s->made.fingerprint, sig.created, true);
	ret = file_write(s->path, out.data, out.len, 0644, e);
	strbuf_free(&out);
	return ret;
}

static int sign(struct feed_cmd *c, struct signing *s, unsigned int require, struct err *e)
{
	static const struct column columns[] = {
		{"key", "Key"}, {"made", "Made"}, {"new", "New"}, {0}};
	struct report *r = &c->rel.report;
	autofree char *index = path_join(s->dir, FEED_INDEX);

	if (feed_open(s->dir, &s->feed, &s->index, e) ||
	    feed_fresh(&s->feed, index, c->now, e) != FEED_FINE || check_whole(s, c->now, e) ||
	    check_published(c, s, e) || check_signed(c, s, e))
		return -1;
	if (file_exists(s->path) && file_read(s->path, FEED_SIGNATURE_MAX, &s->sigs, e))
		return -1;
	s->table = report_table(r, "signatures", "Signatures", columns, NULL);
	/* First the state: of what may have been signed there is to be no second one. */
	if ((c->o->state && feed_state_write(c->o->state, &s->feed, e)) ||
	    add_signature(s, c->o->key, e))
		return -1;
	r->title = "Signature of a feed";
	feed_show_facts(r, &s->feed);
	report_fact(r, "key", "Key", "%s", s->made.fingerprint);
	report_fact(r, "user", "User", "%s", s->made.uid);
	report_fact_int(r, "signatures", "Signatures", (int64_t)s->count);
	report_fact_int(r, "require", "Required keys", require);
	if (s->again)
		report_note(r, "This key had signed it before: nothing was changed.");
	if (!c->o->state && !config_get(&c->rel.conf, "feed.path"))
		report_note(r, "Not asked whether another index of this version was signed: give "
			       "--state, or set feed.path.");
	return 0;
}

static int cmd_sign(struct feed_cmd *c, const char *dir, struct err *e)
{
	autofree char *path = path_join(dir, FEED_SIGNATURE);
	struct signing s = {.dir = dir, .path = path};
	const struct config *conf = &c->rel.conf;
	const char *value = config_get(conf, "feed.keyring");
	autofree char *keyring = value ? config_path(conf, value) : NULL;
	unsigned int require;
	int ret = -1;

	if (!c->o->key)
		return err_set(e, ERR_USAGE, "feed sign: give the key with --key");
	if (!config_uint(conf, "feed.require", 1, ABI_SIG_MAX, &require, e) &&
	    !feed_payload_keyring(conf, &s.payload_k, &s.payload_require, e) &&
	    (!keyring || (s.k = pgp_keyring_open(keyring, e))))
		ret = sign(c, &s, require, e);
	pgp_keyring_close(s.k);
	pgp_keyring_close(s.payload_k);
	pgp_made_free(&s.made);
	file_free(&s.sigs);
	file_free(&s.index);
	feed_free(&s.feed);
	return ret;
}

/* --- the command -------------------------------------------------------------------- */

static int dispatch(struct feed_cmd *c, int argc, char **argv, struct err *e)
{
	const char *what = argc ? argv[0] : "";

	if (!strcmp(what, "build"))
		return feed_cmd_build(c, argc - 1, argv + 1, e);
	if (!strcmp(what, "sign") && argc == 2)
		return cmd_sign(c, argv[1], e);
	if (!strcmp(what, "verify") && argc == 2)
		return feed_cmd_verify(c, argv[1], e);
	if (!strcmp(what, "show") && (argc == 2 || argc == 3))
		return cmd_show(c, argv[1], argv[2], e);
	return err_set(e, ERR_USAGE,
		       "one of: build -o DIR [PAYLOAD...], sign DIR --key KEY, verify DIR, "
		       "show DIR [BUILD-ID]");
}

int feed_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct feed_cmd c = {.o = opts};
	int ret = rel_begin(&c.rel, cli, &c.o->rel, 0);

	c.now = c.o->rel.at ? (int64_t)c.rel.today * 24 * 60 * 60 : (int64_t)time(NULL);
	if (!ret)
		ret = dispatch(&c, argc, argv, &cli->err);
	return rel_end(&c.rel, ret);
}
