// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/payload_sig.h"

#include "common/digest.h"
#include "common/mem.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int payload_cause(const char *name, const struct xsp_cause *c, struct err *e)
{
	enum err_kind kind =
		xsp_code_kind(c->code) == XSP_KIND_SIGNATURE ? ERR_SIGNATURE : ERR_CHECK;

	/* Not everything is about a place in the file. */
	if (!c->pos)
		return err_set(e, kind, "%s: %s: %s", name, c->what, xsp_code_text(c->code));
	return err_set(e, kind, "%s: %s: %s (at byte %llu)", name, c->what, xsp_code_text(c->code),
		       (unsigned long long)c->pos);
}

void payload_fingerprint(char out[PGP_FINGERPRINT_HEX], const uint8_t *fingerprint)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < XSP_FINGERPRINT_SIZE; i++) {
		out[2 * i] = digits[fingerprint[i] >> 4];
		out[2 * i + 1] = digits[fingerprint[i] & 15];
	}
	out[2 * i] = '\0';
}

const char *payload_hash_name(uint8_t hash)
{
	if (hash == XSP_PGP_SHA256)
		return "SHA-256";
	return hash == XSP_PGP_SHA384 ? "SHA-384" : "SHA-512";
}

const char *payload_algo_name(uint8_t algo)
{
	return algo == XSP_PGP_RSA ? "RSA" : "ECDSA";
}

static enum digest_kind digest_kind(uint8_t hash)
{
	if (hash == XSP_PGP_SHA256)
		return DIGEST_SHA256;
	return hash == XSP_PGP_SHA384 ? DIGEST_SHA384 : DIGEST_SHA512;
}

bool payload_digest_fits(const struct xsp_pgp_sig *sig, const void *data, size_t size)
{
	unsigned char digest[DIGEST_MAX];
	uint8_t suffix[6];
	struct digest_part parts[] = {
		{data, size},
		{sig->hashed.data, sig->hashed.size},
		{suffix, sizeof(suffix)},
	};

	xsp_pgp_suffix(sig, suffix);
	digest_parts(digest, digest_kind(sig->hash), parts, 3);
	return !memcmp(digest, sig->left16, sizeof(sig->left16));
}

/* The key that gpg names is the one that the packet names. */
static bool is_same_key(const struct pgp_facts *f, const struct xsp_pgp_sig *sig)
{
	unsigned char raw[XSP_FINGERPRINT_SIZE];

	return text_unhex(raw, sizeof(raw), f->fingerprint) &&
	       !memcmp(raw, sig->fingerprint, sizeof(raw));
}

static int judge(const struct pgp_facts *f, const struct xsp_sig *sig, int64_t now,
		 const char *what, struct err *e)
{
	if (pgp_judge(f, now, what, e))
		return -1;
	if (!is_same_key(f, &sig->pgp) || (uint64_t)f->made != sig->pgp.created)
		return err_set(e, ERR_SIGNATURE, "%s: gpg reads another key or time in it", what);
	if (!pgp_has_uid(f, sig->signer.data, sig->signer.size))
		return err_set(e, ERR_SIGNATURE, "%s: key %s has no user id \"%.*s\"", what,
			       f->fingerprint, (int)sig->signer.size,
			       (const char *)sig->signer.data);
	return 0;
}

static void keep(const struct pgp_facts *f, const struct xsp_sig *sig, struct payload_signer *out)
{
	memcpy(out->fingerprint, f->fingerprint, sizeof(out->fingerprint));
	memcpy(out->primary, f->primary, sizeof(out->primary));
	out->uid = mem_strndup((const char *)sig->signer.data, sig->signer.size);
	out->made = f->made;
	snprintf(out->algorithm, sizeof(out->algorithm), "%s %u %s",
		 payload_algo_name(sig->pgp.algo), f->bits, payload_hash_name(sig->pgp.hash));
}

/* One signature: gpg's word, then the policy. */
static int verify_one(const char *name, const struct xsp_trailer *t, uint32_t index,
		      struct pgp_keyring *k, int64_t now, struct payload_signer *out, struct err *e)
{
	autofree char *what = mem_printf("%s: signature %u", name, index + 1);
	struct pgp_facts f;
	struct xsp_sig sig;
	int ret;

	xsp_trailer_sig(t, index, &sig);
	if (pgp_examine(k, sig.packet.data, sig.packet.size, t->data, t->elf_size, &f, e))
		return -1;
	ret = judge(&f, &sig, now, what, e);
	if (!ret)
		keep(&f, &sig, out);
	pgp_facts_free(&f);
	return ret;
}

static int count_distinct(const char *name, struct payload_signers *s, unsigned int require,
			  struct err *e)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n; i++) {
		for (j = 0; j < i && strcmp(s->v[i].primary, s->v[j].primary); j++)
			;
		s->distinct += j == i;
	}
	if (s->distinct < require)
		return err_set(e, ERR_SIGNATURE, "%s: is signed by %zu key%s, %u are required",
			       name, s->distinct, s->distinct == 1 ? "" : "s", require);
	return 0;
}

static int verify_all(const char *name, const struct xsp_trailer *t, struct pgp_keyring *k,
		      unsigned int require, int64_t now, struct payload_signers *out, struct err *e)
{
	uint32_t i;

	out->v = mem_zalloc(t->count, sizeof(*out->v));
	out->elf_size = t->elf_size;
	for (i = 0; i < t->count; i++) {
		if (verify_one(name, t, i, k, now, &out->v[i], e))
			return -1;
		out->n++;
	}
	return count_distinct(name, out, require, e);
}

/* Without a signature; says so, unless there is a better reason. */
static int refuse_unsigned(const char *name, const struct xsp_trailer *t, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_payload p;

	if (xsp_payload_open(&p, t->data, t->elf_size, &cause))
		return payload_cause(name, &cause, e);
	return err_set(e, ERR_SIGNATURE, "%s: is not signed: sign it with `patchbuild sign`", name);
}

/* All that can be told without a key: form, and digests that are far off. */
static int open_signed(const char *name, const struct file_data *file, struct xsp_trailer *t,
		       struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_sig sig;
	uint32_t i;

	if (xsp_trailer_open(t, file->data, file->size, &cause))
		return payload_cause(name, &cause, e);
	if (!t->count)
		return refuse_unsigned(name, t, e);
	for (i = 0; i < t->count; i++) {
		xsp_trailer_sig(t, i, &sig);
		if (!payload_digest_fits(&sig.pgp, t->data, t->elf_size))
			return err_set(
				e, ERR_SIGNATURE,
				"%s: signature %u: is wrong: the payload or the signature was "
				"changed",
				name, i + 1);
	}
	return 0;
}

int payload_verify(const char *name, const struct file_data *file, struct pgp_keyring *k,
		   unsigned int require, int64_t now, struct payload_signers *out, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_payload p;
	int ret;

	memset(out, 0, sizeof(*out));
	if (open_signed(name, file, &t, e))
		return -1;
	ret = verify_all(name, &t, k, require ? require : 1, now, out, e);
	if (!ret && xsp_payload_open(&p, t.data, t.elf_size, &cause))
		ret = payload_cause(name, &cause, e);
	if (ret)
		payload_signers_free(out);
	return ret;
}

int payload_verify_file(const char *name, const struct file_data *file, const char *keyring,
			unsigned int require, struct payload_signers *out, struct err *e)
{
	struct pgp_keyring *k;
	struct xsp_trailer t;
	int ret;

	memset(out, 0, sizeof(*out));
	/* A keyring costs several runs of gpg: not for what is plainly wrong. */
	if (open_signed(name, file, &t, e))
		return -1;
	k = pgp_keyring_open(keyring, e);
	if (!k)
		return -1;
	ret = payload_verify(name, file, k, require, (int64_t)time(NULL), out, e);
	pgp_keyring_close(k);
	return ret;
}

void payload_signers_free(struct payload_signers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->v[i].uid);
	free(s->v);
	memset(s, 0, sizeof(*s));
}

struct json *payload_signers_json(const struct payload_signers *s)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < s->n; i++) {
		struct json *j = json_new_object();

		json_put_str(j, "fingerprint", s->v[i].fingerprint);
		json_put_str(j, "primary", s->v[i].primary);
		json_put_str(j, "user", s->v[i].uid);
		json_put_int(j, "made", s->v[i].made);
		json_put_str(j, "algorithm", s->v[i].algorithm);
		json_add(list, j);
	}
	return list;
}
