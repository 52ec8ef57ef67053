// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policy.c - who has signed, and is that enough?
 */
#include "core.h"
#include "xsplice/loader.h"

#define SIGNATURE "signature"

static const struct xsp_key *find_key(const struct xsp_policy *policy, const struct xsp_sig *s)
{
	uint32_t i;

	for (i = 0; i < policy->nkeys; i++)
		if (!memcmp(policy->keys[i].fingerprint, s->pgp.fingerprint, XSP_FINGERPRINT_SIZE))
			return &policy->keys[i];
	return NULL;
}

/* The record's name of the signer, which is not signed, is one that the key has. */
static bool is_owner(const struct xsp_key *key, const struct xsp_bytes *signer)
{
	uint32_t i;

	for (i = 0; i < key->nowners; i++)
		if (key->owners[i].size == signer->size &&
		    !memcmp(key->owners[i].data, signer->data, signer->size))
			return true;
	return false;
}

/* What the key is allows such a signature. */
static enum xsp_code check_key(const struct xsp_key *key, const struct xsp_sig *s)
{
	const struct xsp_pgp_sig *pgp = &s->pgp;

	if (!is_owner(key, &s->signer))
		return XSP_POLICY_SIGNER;
	if (key->algo != pgp->algo)
		return XSP_POLICY_KEY_ALGO;
	if (pgp->created < key->created || (key->expires && pgp->created >= key->expires))
		return XSP_POLICY_KEY_TIME;
	return XSP_OK;
}

/* The signature is the key's, over these bytes. */
static enum xsp_code check_made(const struct xsp_host *host, const struct xsp_key *key,
				const struct xsp_trailer *t, const struct xsp_pgp_sig *pgp)
{
	uint8_t suffix[6];
	uint8_t digest[64];
	struct xsp_bytes piece[3] = {
		{t->data, t->elf_size},
		pgp->hashed,
		{suffix, sizeof(suffix)},
	};

	xsp_pgp_suffix(pgp, suffix);
	host->digest(host->ctx, pgp->hash, piece, 3, digest);
	if (memcmp(digest, pgp->left16, sizeof(pgp->left16)) ||
	    !host->check_signature(host->ctx, key, pgp, digest))
		return XSP_POLICY_BAD_SIGNATURE;
	return XSP_OK;
}

static void blame(struct xsp_verdict *v, enum xsp_code code, uint64_t pos, const char *what)
{
	xsp_fail(&v->cause, code, pos, what);
}

/*
 * A record before number @index is of the same primary key: one person, who has counted.
 * (Had that one been wrong, nothing would count.) @room: for a record; the stack is small.
 */
static bool has_counted(const struct xsp_policy *policy, const struct xsp_trailer *t,
			uint32_t index, const struct xsp_key *key, struct xsp_sig *room)
{
	const struct xsp_key *other;
	uint32_t i;

	for (i = 0; i < index; i++) {
		xsp_trailer_sig(t, i, room);
		other = find_key(policy, room);
		if (other && !memcmp(other->primary, key->primary, XSP_FINGERPRINT_SIZE))
			return true;
	}
	return false;
}

/* One signature of the file. */
static void judge(const struct xsp_policy *policy, const struct xsp_host *host,
		  const struct xsp_trailer *t, uint32_t index, struct xsp_verdict *v, bool *damaged)
{
	const struct xsp_key *key;
	struct xsp_sig s;
	enum xsp_code code;

	xsp_trailer_sig(t, index, &s);
	key = find_key(policy, &s);
	if (!key) {
		blame(v, XSP_POLICY_UNKNOWN_KEY, s.pos, SIGNATURE);
		return;
	}
	code = check_key(key, &s);
	if (code == XSP_OK)
		code = check_made(host, key, t, &s.pgp);
	if (code != XSP_OK) {
		/* The first cause is to be this one, not that another key is unknown. */
		if (!*damaged)
			v->cause.code = XSP_OK;
		*damaged = true;
		blame(v, code, s.pos, SIGNATURE);
		return;
	}
	if (!has_counted(policy, t, index, key, &s))
		v->good++;
	if (!v->signer)
		v->signer = key;
}

static void find_facts(const struct xsp_policy *policy, const struct xsp_host *host,
		       const struct xsp_trailer *t, struct xsp_verdict *v)
{
	bool damaged = false;
	uint32_t i;

	v->count = t->count;
	if (!t->count) {
		blame(v, XSP_POLICY_UNSIGNED, 0, "payload");
		return;
	}
	if (!policy->nkeys)
		blame(v, XSP_POLICY_NO_KEYS, t->elf_size, SIGNATURE);
	for (i = 0; i < t->count; i++)
		judge(policy, host, t, i, v, &damaged);
	v->trusted = !damaged && v->good && v->good >= policy->needed;
	if (!v->trusted)
		blame(v, XSP_POLICY_TOO_FEW, t->elf_size, SIGNATURE);
}

int xsp_policy_check(const struct xsp_policy *policy, const struct xsp_host *host,
		     const struct xsp_trailer *t, struct xsp_verdict *v, struct xsp_cause *cause)
{
	memset(v, 0, sizeof(*v));
	v->cause.what = "";
	if (policy->mode == XSP_OFF)
		return 0;
	find_facts(policy, host, t, v);
	if (v->trusted)
		memset(&v->cause, 0, sizeof(v->cause));
	else if (policy->mode == XSP_ENFORCE)
		return xsp_fail(cause, v->cause.code, v->cause.pos, v->cause.what);
	return 0;
}
