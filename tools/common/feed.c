// SPDX-License-Identifier: GPL-2.0-or-later
/* What a host checks of a feed: who signed, when, what was seen before, each payload. */
#include "common/feed.h"

#include "common/json.h"
#include "common/payload_sig.h"
#include "common/text.h"

#include "xsplice/xsplice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_FORMAT "xsplice-feed-state-1"
#define STATE_MAX    ((size_t)64 << 10)

#define DAY  ((int64_t)24 * 60 * 60)
#define YEAR (366 * DAY)

static const char *const problem_names[] = {
	[FEED_FINE] = "fine",	    [FEED_UNKNOWN] = "unknown",
	[FEED_FORM] = "form",	    [FEED_WRONG_SIGNATURE] = "signature",
	[FEED_REPLAY] = "replay",   [FEED_EQUIVOCATION] = "equivocation",
	[FEED_FREEZE] = "freeze",   [FEED_CLOCK] = "clock",
	[FEED_MISSING] = "missing", [FEED_TRUNCATION] = "truncation",
	[FEED_MIX] = "mix",
};

const char *feed_problem_name(enum feed_problem p)
{
	return problem_names[p];
}

const struct feed_build *feed_find(const struct feed *f, const char *build_id)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->builds[i].id, build_id))
			return &f->builds[i];
	return NULL;
}

bool feed_row_due(const struct feed_row *row, const char *ring, int64_t now)
{
	return (!row->ring || (ring && !strcmp(row->ring, ring))) && now >= row->not_before;
}

/* --- who signed ---------------------------------------------------------------- */

/* Length of the packet at @p by its header, 0 if that is none of ours. RFC 4880, 4.2.1. */
static size_t packet_size(const unsigned char *p, size_t left)
{
	if (left >= 2 && p[0] == 0x88)
		return 2 + (size_t)p[1];
	if (left >= 3 && p[0] == 0x89)
		return 3 + ((size_t)p[1] << 8 | p[2]);
	return 0;
}

int feed_packet_next(const char *name, const struct file_data *sigs, size_t *pos,
		     struct feed_packet *out, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	size_t left = sigs->size - *pos;
	struct xsp_pgp_sig sig;

	if (!left)
		return 0;
	out->data = sigs->data + *pos;
	out->size = packet_size(out->data, left);
	if (!out->size)
		return err_set(
			e, ERR_SIGNATURE,
			"%s: is no row of binary OpenPGP signatures (at byte %zu)%s", name, *pos,
			*out->data == '-' ? ": it is armored: make it with `feed sign`" : "");
	if (out->size > left)
		return err_set(e, ERR_SIGNATURE, "%s: is cut off within a signature", name);
	if (xsp_pgp_parse(out->data, out->size, *pos, &sig, &cause))
		return payload_cause(name, &cause, e);
	*pos += out->size;
	return 1;
}

/* Where one signature's verdict goes. */
struct judge {
	const char *name;
	const struct file_data *index;
	struct pgp_keyring *k;
	int64_t now;
};

/* Facts of a good signature by a known key: does it count? */
static void weigh(const struct judge *j, const struct pgp_facts *f, struct feed_signer *out)
{
	struct err why = ERR_INIT;

	memcpy(out->primary, f->primary, sizeof(out->primary));
	out->uid = f->uids && f->uids[0] ? mem_strdup(f->uids[0]) : NULL;
	out->counts = !pgp_judge(f, j->now, "signature", &why);
	out->why = out->counts ? NULL : mem_strdup(why.text);
}

static enum feed_problem is_wrong(const char *name, struct feed_signer *s, struct err *e)
{
	s->why = mem_strdup("is wrong");
	err_set(e, ERR_SIGNATURE,
		"%s: the signature by key %s is wrong: index or signature was changed, or they "
		"belong to different versions",
		name, s->fingerprint);
	return FEED_WRONG_SIGNATURE;
}

static enum feed_problem weigh_facts(const struct judge *j, const struct pgp_facts *f,
				     const struct xsp_pgp_sig *sig, struct feed_signer *out,
				     struct err *e)
{
	switch (f->state) {
	case PGP_BAD:
		return is_wrong(j->name, out, e);
	case PGP_UNKNOWN_KEY:
		out->why = mem_printf("key %s is not in the keyring", out->fingerprint);
		return FEED_FINE;
	case PGP_UNUSABLE:
		out->why = mem_printf("gpg has no verdict: %s", f->problem);
		return FEED_FINE;
	case PGP_GOOD:
		break;
	}
	if (strcmp(f->fingerprint, out->fingerprint) != 0 || f->made != sig->created) {
		err_set(e, ERR_SIGNATURE, "%s: gpg reads another key or time in a signature",
			j->name);
		return FEED_WRONG_SIGNATURE;
	}
	weigh(j, f, out);
	return FEED_FINE;
}

static enum feed_problem judge_one(const struct judge *j, const struct feed_packet *p,
				   struct feed_signer *out, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	enum feed_problem ret;
	struct xsp_pgp_sig sig;
	struct pgp_facts f;

	if (xsp_pgp_parse(p->data, p->size, 0, &sig, &cause)) {
		payload_cause(j->name, &cause, e);
		return FEED_WRONG_SIGNATURE;
	}
	payload_fingerprint(out->fingerprint, sig.fingerprint);
	out->made = sig.created;
	/* Nearly all damage is seen without gpg. */
	if (!payload_digest_fits(&sig, j->index->data, j->index->size))
		return is_wrong(j->name, out, e);
	if (pgp_examine(j->k, p->data, p->size, j->index->data, j->index->size, &f, e))
		return FEED_UNKNOWN;
	ret = weigh_facts(j, &f, &sig, out, e);
	pgp_facts_free(&f);
	return ret;
}

static enum feed_problem judge_all(const struct judge *j, const struct file_data *sigs,
				   struct feed_signers *out, struct err *e)
{
	enum feed_problem ret = FEED_FINE;
	struct feed_packet p;
	size_t pos = 0;
	int more;

	while (!ret && (more = feed_packet_next(j->name, sigs, &pos, &p, e))) {
		if (more < 0)
			return FEED_WRONG_SIGNATURE;
		if (out->n == ABI_SIG_MAX) {
			err_set(e, ERR_SIGNATURE, "%s: more than %d signatures", j->name,
				ABI_SIG_MAX);
			return FEED_WRONG_SIGNATURE;
		}
		out->v = mem_grow(out->v, out->n, sizeof(*out->v));
		memset(&out->v[out->n], 0, sizeof(*out->v));
		out->n++;
		ret = judge_one(j, &p, &out->v[out->n - 1], e);
	}
	return ret;
}

/* Different primary keys: two signatures by one person are one. */
static void count(struct feed_signers *s)
{
	size_t i, k;

	for (i = 0; i < s->n; i++) {
		for (k = 0; k < i; k++)
			if (s->v[k].counts && !strcmp(s->v[k].primary, s->v[i].primary))
				break;
		s->counted += s->v[i].counts && k == i;
	}
}

static const char *first_why(const struct feed_signers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!s->v[i].counts)
			return s->v[i].why;
	return "sign it with `xsplice-release feed sign`";
}

enum feed_problem feed_verify(const char *name, const struct file_data *index,
			      const struct file_data *sigs, struct pgp_keyring *k,
			      unsigned int require, int64_t now, struct feed_signers *out,
			      struct err *e)
{
	const struct judge j = {name, index, k, now};
	enum feed_problem ret;

	memset(out, 0, sizeof(*out));
	require = require ? require : 1;
	ret = judge_all(&j, sigs, out, e);
	if (ret)
		return ret;
	count(out);
	if (out->counted >= require)
		return FEED_FINE;
	err_set(e, ERR_SIGNATURE, "%s: is signed by %zu key%s that count%s, %u are required: %s",
		name, out->counted, out->counted == 1 ? "" : "s", out->counted == 1 ? "s" : "",
		require, first_why(out));
	return FEED_WRONG_SIGNATURE;
}

void feed_signers_free(struct feed_signers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->v[i].uid);
		free(s->v[i].why);
	}
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* --- when ----------------------------------------------------------------------- */

enum feed_problem feed_fresh(const struct feed *f, const char *name, int64_t now, struct err *e)
{
	char made[FEED_TIME_LEN], expires[FEED_TIME_LEN], clock[FEED_TIME_LEN];

	feed_time_text(f->made, made);
	feed_time_text(f->expires, expires);
	feed_time_text(now, clock);
	if (now < f->made - YEAR) {
		err_set(e, ERR_CHECK,
			"%s: was made at %s and this clock says %s: the clock is wrong by years: "
			"set it",
			name, made, clock);
		return FEED_CLOCK;
	}
	if (now < f->made - DAY) {
		err_set(e, ERR_CHECK, "%s: was made at %s, after this clock's %s: check the clock",
			name, made, clock);
		return FEED_CLOCK;
	}
	if (now >= f->expires + YEAR) {
		err_set(e, ERR_CHECK,
			"%s: expired at %s and this clock says %s: the clock is wrong by years, or "
			"nobody renews this feed",
			name, expires, clock);
		return FEED_CLOCK;
	}
	if (now >= f->expires) {
		err_set(e, ERR_CHECK,
			"%s: expired at %s: somebody keeps newer ones back, or its maker has to "
			"publish one",
			name, expires);
		return FEED_FREEZE;
	}
	return FEED_FINE;
}

static int read_state(struct feed_state *s, const char *path, const struct json *j, struct err *e)
{
	const char *format = json_is_object(j) ? json_get_str(j, "format") : NULL;
	const char *name = format ? json_get_str(j, "name") : NULL;
	const char *sha256 = format ? json_get_str(j, "sha256") : NULL;
	unsigned char raw[DIGEST_SIZE];

	if (format)
		s->version = json_get_int(j, "version", 0);
	if (!format || strcmp(format, STATE_FORMAT) != 0 || !name ||
	    strlen(name) >= sizeof(s->name) || !sha256 || !text_unhex(raw, sizeof(raw), sha256) ||
	    s->version < 1)
		return err_fail(e,
				"%s: is not the state of a feed: remove it only if you know which "
				"version was the newest",
				path);
	memcpy(s->name, name, strlen(name) + 1);
	text_hex(s->sha256, raw, sizeof(raw));
	return 0;
}

int feed_state_read(struct feed_state *s, const char *path, struct err *e)
{
	struct file_data file;
	struct json *j;
	int ret;

	memset(s, 0, sizeof(*s));
	/* A state that cannot be reached is not one that says nothing. */
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	if (file_read(path, STATE_MAX, &file, e))
		return -1;
	j = json_parse((const char *)file.data, file.size, path, e);
	file_free(&file);
	if (!j)
		return -1;
	ret = read_state(s, path, j, e);
	json_unref(j);
	return ret;
}

void feed_state_of(struct feed_state *s, const struct feed *f)
{
	snprintf(s->name, sizeof(s->name), "%s", f->name);
	s->version = f->version;
	memcpy(s->sha256, f->sha256, sizeof(s->sha256));
}

int feed_state_write(const char *path, const struct feed *f, struct err *e)
{
	struct json *j = json_new_object();
	autofree char *text = NULL;

	json_put_str(j, "format", STATE_FORMAT);
	json_put_str(j, "name", f->name);
	json_put_int(j, "version", f->version);
	json_put_str(j, "sha256", f->sha256);
	text = json_text(j);
	json_unref(j);
	return file_write(path, text, strlen(text), 0644, e);
}

enum feed_problem feed_seen(const struct feed *f, const char *name, const struct feed_state *s,
			    struct err *e)
{
	if (!s->version)
		return FEED_FINE;
	if (strcmp(f->name, s->name) != 0) {
		err_set(e, ERR_CHECK, "%s: is of the feed \"%s\", and the state of \"%s\"", name,
			f->name, s->name);
		return FEED_MIX;
	}
	if (f->version < s->version) {
		err_set(e, ERR_CHECK,
			"%s: version %lld, and %lld was seen before: an old index is served again",
			name, (long long)f->version, (long long)s->version);
		return FEED_REPLAY;
	}
	if (f->version == s->version && strcmp(f->sha256, s->sha256) != 0) {
		err_set(e, ERR_CHECK,
			"%s: version %lld is another one than the version %lld seen before: its "
			"makers signed two",
			name, (long long)f->version, (long long)s->version);
		return FEED_EQUIVOCATION;
	}
	return FEED_FINE;
}

/* --- payloads ---------------------------------------------------------------------- */

static const char *hex_of(struct arena *a, const struct xsp_bytes *b)
{
	char *s = arena_alloc(a, 2 * b->size + 1, 1);

	text_hex(s, b->data, b->size);
	return s;
}

static bool is_key(const struct xsp_info *i, const char *key)
{
	return i->key.size == strlen(key) && !memcmp(i->key.data, key, i->key.size);
}

static void read_info(struct feed_payload *p, const struct xsp_payload *x)
{
	struct feed_words *w = &p->row.advisories;
	struct xsp_info info;
	size_t pos = 0;
	size_t n = 0;

	while (xsp_payload_info(x, &pos, &info))
		n++;
	w->v = arena_alloc(&p->arena, n, sizeof(*w->v));
	for (pos = 0; xsp_payload_info(x, &pos, &info);) {
		const char *value =
			arena_strndup(&p->arena, (const char *)info.value.data, info.value.size);

		if (is_key(&info, "advisory"))
			w->v[w->n++] = value;
		else if (is_key(&info, "name"))
			p->name = value;
	}
}

int feed_payload_read(struct feed_payload *p, const char *name, const struct file_data *file,
		      struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_payload x;
	char sha256[DIGEST_HEX];

	memset(p, 0, sizeof(*p));
	if (xsp_trailer_open(&t, file->data, file->size, &cause) ||
	    xsp_payload_open(&x, t.data, t.elf_size, &cause)) {
		payload_cause(name, &cause, e);
		return -1;
	}
	digest_hex(sha256, file->data, file->size);
	p->row.size = (int64_t)file->size;
	p->row.sha256 = arena_strdup(&p->arena, sha256);
	p->row.build_id = hex_of(&p->arena, &x.build_id);
	p->row.depends = hex_of(&p->arena, &x.depends);
	p->xen = hex_of(&p->arena, &x.xen_depends);
	p->functions = x.nfuncs;
	read_info(p, &x);
	return 0;
}

void feed_payload_free(struct feed_payload *p)
{
	arena_free(&p->arena);
	memset(p, 0, sizeof(*p));
}

static bool same_words(const struct feed_words *a, const struct feed_words *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n && !strcmp(a->v[i], b->v[i]); i++)
		;
	return i == a->n && i == b->n;
}

/* What the payload says of itself is what its row says. */
static enum feed_problem check_notes(const struct feed_build *b, const struct feed_row *row,
				     const struct file_data *file, struct err *e)
{
	struct feed_payload p;
	const char *what = NULL;

	if (feed_payload_read(&p, row->file, file, e)) {
		feed_payload_free(&p);
		return FEED_MIX;
	}
	if (strcmp(p.row.build_id, row->build_id) != 0)
		what = "build-id";
	else if (strcmp(p.xen, b->id) != 0)
		what = "Xen's build-id";
	else if (strcmp(p.row.depends, row->depends) != 0)
		what = "depends";
	else if (!same_words(&p.row.advisories, &row->advisories))
		what = "advisories";
	feed_payload_free(&p);
	if (!what)
		return FEED_FINE;
	err_set(e, ERR_CHECK, "%s: %s: the payload says something else than its row", row->file,
		what);
	return FEED_MIX;
}

static enum feed_problem check_bytes(const struct feed_row *row, const struct file_data *file,
				     struct err *e)
{
	char sha256[DIGEST_HEX];

	if (file->size < (size_t)row->size) {
		err_set(e, ERR_CHECK,
			"%s: %zu bytes of the %lld that the index says: it is cut off: get it "
			"again",
			row->file, file->size, (long long)row->size);
		return FEED_TRUNCATION;
	}
	digest_hex(sha256, file->data, file->size);
	if (file->size == (size_t)row->size && !strcmp(sha256, row->sha256))
		return FEED_FINE;
	err_set(e, ERR_CHECK,
		"%s: is not the file that the index means: of another index, or changed",
		row->file);
	return FEED_MIX;
}

enum feed_problem feed_row_check(const struct feed_build *b, const struct feed_row *row,
				 const struct file_data *file, struct pgp_keyring *k,
				 unsigned int require, int64_t now, struct err *e)
{
	struct payload_signers signers;
	enum feed_problem ret = check_bytes(row, file, e);

	if (!ret)
		ret = check_notes(b, row, file, e);
	if (ret || !k)
		return ret;
	if (payload_verify(row->file, file, k, require, now, &signers, e))
		return e->kind == ERR_FAIL ? FEED_UNKNOWN : FEED_WRONG_SIGNATURE;
	payload_signers_free(&signers);
	return FEED_FINE;
}
