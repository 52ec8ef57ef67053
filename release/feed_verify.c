// SPDX-License-Identifier: GPL-2.0-or-later
/* feed verify: all that a host would check, and every problem by its name. */
#include "release/feed.h"

#include "xsplice/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct verify {
	struct feed_cmd *c;
	const char *dir;
	char *index_path, *sig_path;
	struct pgp_keyring *k; /* of the index */
	struct pgp_keyring *payload_k; /* of payloads, if it is another one */
	unsigned int require, payload_require;
	struct file_data index;
	struct feed feed;
	struct feed_state state;
	struct table *checks;
};

/* One line of the table; what went wrong counts. */
static void tell(struct verify *v, const char *check, const char *object, enum feed_problem p,
		 const struct err *why)
{
	cell_text(v->checks, "%s", check);
	cell_text(v->checks, "%s", object);
	if (p == FEED_UNKNOWN)
		cell_unknown(v->checks, "%s", why->text);
	else
		cell_text(v->checks, "%s", feed_problem_name(p));
	cell_text(v->checks, "%s", p ? why->text : "");
	if (p == FEED_UNKNOWN)
		report_undetermined(&v->c->rel.report);
	else if (p)
		report_finding(&v->c->rel.report);
}

/* --- the index ----------------------------------------------------------------------- */

static void show_signers(struct verify *v, const struct feed_signers *s)
{
	static const struct column columns[] = {{"key", "Key"},	    {"user", "User"},
						{"made", "Made"},   {"counts", "Counts"},
						{"why", "Why not"}, {0}};
	struct table *t = report_table(&v->c->rel.report, "signatures", "Signatures of the index",
				       columns, NULL);
	char made[FEED_TIME_LEN];
	size_t i;

	for (i = 0; i < s->n; i++) {
		cell_text(t, "%s", s->v[i].fingerprint);
		cell_text(t, "%s", s->v[i].uid ? s->v[i].uid : "");
		cell_text(t, "%s", feed_time_text(s->v[i].made, made));
		cell_bool(t, s->v[i].counts);
		cell_text(t, "%s", s->v[i].why ? s->v[i].why : "");
	}
}

static void check_signatures(struct verify *v)
{
	enum feed_problem p = FEED_WRONG_SIGNATURE;
	struct file_data sigs = {0};
	struct feed_signers s = {0};
	struct err why = ERR_INIT;

	if (!file_exists(v->sig_path))
		err_fail(&why, "%s: is missing: the index is not signed", v->sig_path);
	else if (file_read(v->sig_path, FEED_SIGNATURE_MAX, &sigs, &why))
		p = FEED_UNKNOWN;
	else
		p = feed_verify(v->sig_path, &v->index, &sigs, v->k, v->require, v->c->now, &s,
				&why);
	tell(v, "signatures", FEED_SIGNATURE, p, &why);
	show_signers(v, &s);
	feed_signers_free(&s);
	file_free(&sigs);
}

static void check_version(struct verify *v)
{
	struct err why = ERR_INIT;
	enum feed_problem p;

	if (v->c->o->state) {
		p = feed_seen(&v->feed, v->index_path, &v->state, &why);
		tell(v, "version", FEED_INDEX, p, &why);
		return;
	}
	cell_text(v->checks, "version");
	cell_text(v->checks, FEED_INDEX);
	cell_text(v->checks, "not asked");
	cell_text(v->checks, "whether an older index is served again: give --state");
}

/* Another feed of the same makers has their signatures, too. */
static void check_name(struct verify *v)
{
	const char *wanted = config_get(&v->c->rel.conf, "feed.name");
	enum feed_problem p = FEED_FINE;
	struct err why = ERR_INIT;

	if (!wanted)
		return;
	if (strcmp(v->feed.name, wanted) != 0) {
		p = FEED_MIX;
		err_set(&why, ERR_CHECK, "%s: is of the feed \"%s\", and feed.name is \"%s\"",
			v->index_path, v->feed.name, wanted);
	}
	tell(v, "name", FEED_INDEX, p, &why);
}

static void check_index(struct verify *v)
{
	struct err why = ERR_INIT;
	enum feed_problem p = FEED_FINE;

	if (feed_parse(&v->feed, v->index_path, v->index.data, v->index.size, &why))
		p = FEED_FORM;
	tell(v, "form", FEED_INDEX, p, &why);
	check_signatures(v);
	if (p)
		return;
	check_name(v);
	p = feed_fresh(&v->feed, v->index_path, v->c->now, &why);
	tell(v, "age", FEED_INDEX, p, &why);
	check_version(v);
}

/* --- payloads ----------------------------------------------------------------------- */

/* Not to be read at all: whoever put it there chose its size. */
static bool is_too_large(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_size > ABI_PAYLOAD_MAX;
}

static enum feed_problem check_row(struct verify *v, const struct feed_build *b,
				   const struct feed_row *row, struct err *why)
{
	autofree char *path = path_join(v->dir, row->file);
	struct file_data file;
	enum feed_problem p;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		err_fail(why, "%s: is missing", path);
		return FEED_MISSING;
	}
	if (is_too_large(path)) {
		err_fail(why, "%s: is larger than any payload", path);
		return FEED_MIX;
	}
	if (file_read(path, ABI_PAYLOAD_MAX, &file, why))
		return FEED_UNKNOWN;
	p = feed_row_check(b, row, &file, v->payload_k ? v->payload_k : v->k, v->payload_require,
			   v->c->now, why);
	file_free(&file);
	return p;
}

static void check_payloads(struct verify *v)
{
	size_t i, k;

	for (i = 0; i < v->feed.n; i++) {
		const struct feed_build *b = &v->feed.builds[i];

		for (k = 0; k < b->n; k++) {
			struct err why = ERR_INIT;
			enum feed_problem p = check_row(v, b, &b->rows[k], &why);

			tell(v, "payload", b->rows[k].file, p, &why);
		}
	}
}

/* --- all of it ------------------------------------------------------------------------ */

/* A keyring that the settings name. */
static int open_keyring(struct feed_cmd *c, const char *key, struct pgp_keyring **out,
			struct err *e)
{
	const char *value = config_get(&c->rel.conf, key);
	autofree char *path = value ? config_path(&c->rel.conf, value) : NULL;

	if (!path)
		return 0;
	*out = pgp_keyring_open(path, e);
	return *out ? 0 : -1;
}

/* One keyring for both is opened once: that costs several runs of gpg. */
static bool same_keyring(const struct feed_cmd *c)
{
	const char *index = config_get(&c->rel.conf, "feed.keyring");
	const char *payloads = config_get(&c->rel.conf, "livepatch.keyring");

	return !c->o->keyring && index && payloads && !strcmp(index, payloads);
}

static int open_keyrings(struct verify *v, struct err *e)
{
	struct feed_cmd *c = v->c;

	if (config_uint(&c->rel.conf, "feed.require", 1, ABI_SIG_MAX, &v->require, e) ||
	    config_uint(&c->rel.conf, "livepatch.require", 1, ABI_SIG_MAX, &v->payload_require, e))
		return -1;
	if (c->o->require)
		v->require = c->o->require;
	if (c->o->keyring) {
		v->k = pgp_keyring_open(c->o->keyring, e);
		if (!v->k)
			return -1;
	} else if (open_keyring(c, "feed.keyring", &v->k, e)) {
		return -1;
	}
	if (!v->k)
		return err_set(e, ERR_USAGE,
			       "feed verify: whose signatures count? Give --keyring, or set "
			       "feed.keyring");
	return same_keyring(c) ? 0 : open_keyring(c, "livepatch.keyring", &v->payload_k, e);
}

static int verify(struct verify *v, struct err *e)
{
	static const struct column columns[] = {{"check", "Check"},
						{"object", "Of"},
						{"result", "Result"},
						{"detail", "What is wrong"},
						{0}};
	struct report *r = &v->c->rel.report;
	const char *state = v->c->o->state;

	r->title = "Check of a feed";
	if ((state && feed_state_read(&v->state, state, e)) || open_keyrings(v, e) ||
	    file_read(v->index_path, FEED_INDEX_MAX, &v->index, e))
		return -1;
	v->checks = report_table(r, "checks", "Checks", columns, NULL);
	check_index(v);
	/* Before payloads: one that is kept back must not keep the state back. */
	if (state && !r->status && feed_state_write(state, &v->feed, e))
		return -1;
	check_payloads(v);
	if (v->feed.version)
		feed_show_facts(r, &v->feed);
	return 0;
}

int feed_cmd_verify(struct feed_cmd *c, const char *dir, struct err *e)
{
	struct verify v = {.c = c, .dir = dir};
	int ret;

	v.index_path = path_join(dir, FEED_INDEX);
	v.sig_path = path_join(dir, FEED_SIGNATURE);
	ret = verify(&v, e);
	pgp_keyring_close(v.k);
	pgp_keyring_close(v.payload_k);
	feed_free(&v.feed);
	file_free(&v.index);
	free(v.index_path);
	free(v.sig_path);
	return ret;
}
