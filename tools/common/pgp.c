// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/pgp.h"

#include "common/io.h"
#include "common/mem.h"
#include "common/temp.h"
#include "common/text.h"

#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYRING_MAX ((size_t)4 << 20)

/*
 * For the private folder: no agent or other helper is started for it (nothing to
 * end afterwards), no network, no trust to compute.
 */
static const char gpg_conf[] = "no-autostart\n"
			       "no-auto-key-retrieve\n"
			       "no-auto-check-trustdb\n"
			       "trust-model always\n";

struct pgp_keyring {
	gpgme_ctx_t ctx;
	char *home;
	char *path; /* of the file that was read */
};

static int fail_gpg(struct err *e, enum err_kind kind, gpgme_error_t g, const char *what)
{
	char text[128];

	if (gpgme_err_code(g) == GPG_ERR_INV_ENGINE)
		return err_set(e, kind,
			       "%s: gpg is not there: install GnuPG (Debian package gnupg)", what);
	gpgme_strerror_r(g, text, sizeof(text));
	return err_set(e, kind, "%s: %s", what, text);
}

#define GPG "/usr/bin/gpg" /* of Debian's package gpg */

/* A GPGME context; @home NULL: the caller's. */
static gpgme_ctx_t new_ctx(const char *home, struct err *e)
{
	gpgme_ctx_t ctx = NULL;
	gpgme_error_t g;

	/*
	 * By its full name: left alone, GPGME takes the first gpgconf or gpg on the
	 * caller's PATH, which then could say of any signature that it is good. (It
	 * still asks the first gpg on it for its version, once, and makes no use of it.)
	 */
	gpgme_set_global_flag("disable-gpgconf", "1");
	gpgme_check_version(NULL);
	g = gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, GPG, NULL);
	if (!g)
		g = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (!g)
		g = gpgme_new(&ctx);
	if (!g)
		g = gpgme_set_protocol(ctx, GPGME_PROTOCOL_OpenPGP);
	if (!g && home)
		g = gpgme_ctx_set_engine_info(ctx, GPGME_PROTOCOL_OpenPGP, GPG, home);
	if (g) {
		fail_gpg(e, ERR_FAIL, g, "GnuPG");
		gpgme_release(ctx);
		return NULL;
	}
	return ctx;
}

static void copy_fpr(char out[PGP_FINGERPRINT_HEX], const char *fpr)
{
	size_t n = fpr ? strnlen(fpr, PGP_FINGERPRINT_HEX - 1) : 0;

	memcpy(out, fpr ? fpr : "", n);
	out[n] = '\0';
}

/* --- signing -------------------------------------------------------------------- */

static const char *main_uid(gpgme_key_t key)
{
	gpgme_user_id_t u;

	for (u = key->uids; u; u = u->next)
		if (!u->revoked && !u->invalid)
			return u->uid;
	return NULL;
}

/* The key that @spec names: exactly one, or NULL without or with a failure. */
static gpgme_key_t lookup(gpgme_ctx_t ctx, const char *spec, bool secret, struct err *e)
{
	gpgme_key_t key = NULL;
	gpgme_key_t more = NULL;
	bool several = false;
	gpgme_error_t g = gpgme_op_keylist_start(ctx, spec, secret);

	if (!g)
		g = gpgme_op_keylist_next(ctx, &key);
	/* To the list's end: GPGME 1.18 leaks what it has read and not handed out. */
	while (!g && gpgme_op_keylist_next(ctx, &more) == 0) {
		err_set(e, ERR_SIGNATURE, "key %s: means more than one key: give the fingerprint",
			spec);
		gpgme_key_unref(more);
		several = true;
	}
	if (several) {
		gpgme_key_unref(key);
		key = NULL;
	}
	if (g && gpgme_err_code(g) != GPG_ERR_EOF && gpgme_err_code(g) != GPG_ERR_AMBIGUOUS_NAME)
		fail_gpg(e, ERR_FAIL, g, "GnuPG: cannot list keys");
	gpgme_op_keylist_end(ctx);
	return key;
}

/* A subkey (or the primary) that could sign now. */
static bool has_signer(gpgme_key_t key)
{
	gpgme_subkey_t s;

	for (s = key->subkeys; s; s = s->next)
		if (s->can_sign && s->secret && !s->revoked && !s->expired && !s->disabled &&
		    !s->invalid)
			return true;
	return false;
}

static int check_signer(gpgme_key_t key, const char *spec, struct err *e)
{
	if (key->revoked)
		return err_set(e, ERR_SIGNATURE, "key %s: is revoked: sign with another one", spec);
	if (key->expired)
		return err_set(e, ERR_SIGNATURE,
			       "key %s: is expired: extend it (gpg --quick-set-expire) or "
			       "sign with another one",
			       spec);
	if (key->disabled || key->invalid || !main_uid(key))
		return err_set(e, ERR_SIGNATURE, "key %s: is disabled or not valid", spec);
	if (!has_signer(key))
		return err_set(e, ERR_SIGNATURE,
			       "key %s: has no part that may sign, is not expired or revoked, "
			       "and whose secret half is here",
			       spec);
	return 0;
}

static gpgme_key_t find_signer(gpgme_ctx_t ctx, const char *spec, struct err *e)
{
	gpgme_key_t key = lookup(ctx, spec, true, e);

	if (!key && e->kind == ERR_NONE) {
		key = lookup(ctx, spec, false, e);
		if (key)
			err_set(e, ERR_SIGNATURE,
				"key %s: its secret half is not here: sign where it is, or import "
				"it; if it should be here, see whether gpg-agent, which keeps it, "
				"runs (gpgconf --launch gpg-agent)",
				spec);
		else
			err_set(e, ERR_SIGNATURE,
				"key %s: no such secret key: `gpg --list-secret-keys` "
				"shows those that are here",
				spec);
		gpgme_key_unref(key);
		return NULL;
	}
	if (key && check_signer(key, spec, e)) {
		gpgme_key_unref(key);
		return NULL;
	}
	return key;
}

static int explain_sign(gpgme_error_t g, const char *spec, struct err *e)
{
	switch (gpgme_err_code(g)) {
	case GPG_ERR_BAD_PASSPHRASE:
		return err_set(e, ERR_SIGNATURE, "key %s: wrong passphrase", spec);
	case GPG_ERR_CANCELED:
	case GPG_ERR_FULLY_CANCELED:
		return err_set(e, ERR_SIGNATURE, "key %s: the passphrase was not given", spec);
	case GPG_ERR_NO_PIN_ENTRY:
	case GPG_ERR_PIN_ENTRY:
		return err_set(e, ERR_SIGNATURE,
			       "key %s: nothing can ask for the passphrase here: install a "
			       "pinentry, or unlock the key in gpg-agent before",
			       spec);
	case GPG_ERR_NO_AGENT:
	case GPG_ERR_AGENT:
	case GPG_ERR_ASS_CONNECT_FAILED:
		return err_set(e, ERR_SIGNATURE,
			       "key %s: gpg-agent does not answer: start it (gpgconf --launch "
			       "gpg-agent)",
			       spec);
	case GPG_ERR_NO_SECKEY:
	case GPG_ERR_UNUSABLE_SECKEY:
		return err_set(e, ERR_SIGNATURE, "key %s: its secret half cannot be used", spec);
	default:
		return fail_gpg(e, ERR_SIGNATURE, g, "GnuPG: cannot sign");
	}
}

/* Takes the result out of GPGME. */
static int collect(gpgme_ctx_t ctx, gpgme_data_t sig, gpgme_key_t key, const char *spec,
		   struct pgp_made *out, struct err *e)
{
	gpgme_sign_result_t r = gpgme_op_sign_result(ctx);
	const char *uid = main_uid(key);
	char *data;

	if (!r || !r->signatures || r->signatures->next)
		return err_fail(e, "key %s: GnuPG made no signature, or several", spec);
	copy_fpr(out->fingerprint, r->signatures->fpr);
	out->uid = mem_strdup(uid ? uid : "");
	data = gpgme_data_release_and_get_mem(sig, &out->size);
	out->packet = mem_dup(data ? data : "", data ? out->size : 0);
	gpgme_free(data);
	return 0;
}

static int sign_with(gpgme_ctx_t ctx, gpgme_key_t key, const char *spec, const void *data,
		     size_t size, struct pgp_made *out, struct err *e)
{
	gpgme_data_t in = NULL;
	gpgme_data_t sig = NULL;
	gpgme_error_t g = gpgme_data_new_from_mem(&in, data, size, 0);
	int ret = -1;

	if (!g)
		g = gpgme_data_new(&sig);
	if (!g)
		g = gpgme_signers_add(ctx, key);
	if (!g)
		g = gpgme_op_sign(ctx, in, sig, GPGME_SIG_MODE_DETACH);
	if (g)
		explain_sign(g, spec, e);
	else {
		ret = collect(ctx, sig, key, spec, out, e);
		sig = ret ? sig : NULL;
	}
	gpgme_data_release(in);
	gpgme_data_release(sig);
	return ret;
}

int pgp_sign(const char *spec, const void *data, size_t size, bool armor, struct pgp_made *out,
	     struct err *e)
{
	gpgme_ctx_t ctx = new_ctx(NULL, e);
	gpgme_key_t key;
	int ret = -1;

	memset(out, 0, sizeof(*out));
	if (!ctx)
		return -1;
	gpgme_set_armor(ctx, armor);
	key = find_signer(ctx, spec, e);
	if (key)
		ret = sign_with(ctx, key, spec, data, size, out, e);
	gpgme_key_unref(key);
	gpgme_release(ctx);
	return ret;
}

void pgp_made_free(struct pgp_made *m)
{
	free(m->packet);
	free(m->uid);
	memset(m, 0, sizeof(*m));
}

/* --- the keyring ------------------------------------------------------------------ */

static int import(struct pgp_keyring *k, const struct file_data *f, struct err *e)
{
	gpgme_data_t data = NULL;
	gpgme_import_result_t r = NULL;
	gpgme_error_t g = gpgme_data_new_from_mem(&data, (const char *)f->data, f->size, 0);

	if (!g)
		g = gpgme_op_import(k->ctx, data);
	r = gpgme_op_import_result(k->ctx);
	gpgme_data_release(data);
	if (r && r->secret_read)
		return err_fail(e,
				"%s: holds a secret key: verifying needs public ones only "
				"(gpg --export)",
				k->path);
	if (!g && r && r->considered && r->imported)
		return 0;
	return err_fail(e,
			"%s: holds no OpenPGP public key that can be used: make it with "
			"`gpg --export KEY... > FILE`",
			k->path);
}

static int fill_home(struct pgp_keyring *k, const struct file_data *f, struct err *e)
{
	autofree char *conf = path_join(k->home, "gpg.conf");

	if (file_write(conf, gpg_conf, sizeof(gpg_conf) - 1, 0600, e))
		return -1;
	k->ctx = new_ctx(k->home, e);
	if (!k->ctx)
		return -1;
	gpgme_set_offline(k->ctx, 1);
	return import(k, f, e);
}

struct pgp_keyring *pgp_keyring_open(const char *path, struct err *e)
{
	struct pgp_keyring *k;
	struct file_data f;

	if (file_read(path, KEYRING_MAX, &f, e))
		return NULL;
	k = mem_zalloc(1, sizeof(*k));
	k->path = mem_strdup(path);
	k->home = dir_temp("xsplice-keyring", e);
	if (!k->home || fill_home(k, &f, e)) {
		pgp_keyring_close(k);
		k = NULL;
	}
	file_free(&f);
	return k;
}

void pgp_keyring_close(struct pgp_keyring *k)
{
	struct err ignored = ERR_INIT;

	if (!k)
		return;
	gpgme_release(k->ctx);
	if (k->home)
		(void)dir_remove(k->home, &ignored);
	free(k->home);
	free(k->path);
	free(k);
}

/* --- verifying ---------------------------------------------------------------------- */

static void read_status(const gpgme_signature_t sig, struct pgp_facts *out)
{
	switch (gpgme_err_code(sig->status)) {
	case GPG_ERR_NO_ERROR:
	case GPG_ERR_SIG_EXPIRED:
	case GPG_ERR_KEY_EXPIRED:
	case GPG_ERR_CERT_REVOKED:
		out->state = PGP_GOOD;
		break;
	case GPG_ERR_BAD_SIGNATURE:
		out->state = PGP_BAD;
		break;
	case GPG_ERR_NO_PUBKEY:
		out->state = PGP_UNKNOWN_KEY;
		break;
	default:
		out->state = PGP_UNUSABLE;
		gpgme_strerror_r(sig->status, out->problem, sizeof(out->problem));
	}
	out->made = (int64_t)sig->timestamp;
	copy_fpr(out->fingerprint, sig->fpr);
}

static void read_uids(gpgme_key_t key, struct pgp_facts *out)
{
	gpgme_user_id_t u;
	size_t n = 0;

	for (u = key->uids; u; u = u->next) {
		if (!u->uid || u->invalid)
			continue;
		out->uids = mem_grow(out->uids, n, sizeof(*out->uids));
		out->uids[n++] = mem_strdup(u->uid);
	}
	out->uids = mem_grow(out->uids, n, sizeof(*out->uids));
	out->uids[n] = NULL;
}

static int64_t earlier(int64_t a, int64_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

static void read_key(gpgme_key_t key, struct pgp_facts *out)
{
	gpgme_subkey_t primary = key->subkeys;
	gpgme_subkey_t s = primary;
	const char *algo;

	while (s && (!s->fpr || strcmp(s->fpr, out->fingerprint)))
		s = s->next;
	if (!s)
		return;
	copy_fpr(out->primary, primary->fpr);
	read_uids(key, out);
	algo = gpgme_pubkey_algo_name(s->pubkey_algo);
	snprintf(out->algorithm, sizeof(out->algorithm), "%s", algo ? algo : "unknown");
	snprintf(out->curve, sizeof(out->curve), "%s", s->curve ? s->curve : "");
	out->bits = s->length;
	out->created = s->timestamp;
	out->expires = earlier(s->expires, primary->expires);
	out->revoked = s->revoked || primary->revoked;
	out->invalid = s->invalid || s->disabled || primary->invalid || primary->disabled;
	out->can_sign = s->can_sign;
}

/* Asks for the key; the name is a full fingerprint where the signature is good. */
static void find_key(struct pgp_keyring *k, struct pgp_facts *out)
{
	gpgme_key_t key = NULL;

	if (gpgme_get_key(k->ctx, out->fingerprint, &key, 0))
		return;
	read_key(key, out);
	gpgme_key_unref(key);
}

static gpgme_error_t verify(gpgme_ctx_t ctx, const void *packet, size_t packet_size,
			    const void *data, size_t size)
{
	gpgme_data_t sig = NULL;
	gpgme_data_t text = NULL;
	gpgme_error_t g = gpgme_data_new_from_mem(&sig, packet, packet_size, 0);

	if (!g)
		g = gpgme_data_new_from_mem(&text, data, size, 0);
	if (!g)
		g = gpgme_op_verify(ctx, sig, text, NULL);
	gpgme_data_release(sig);
	gpgme_data_release(text);
	return g;
}

int pgp_examine(struct pgp_keyring *k, const void *packet, size_t packet_size, const void *data,
		size_t size, struct pgp_facts *out, struct err *e)
{
	gpgme_error_t g = verify(k->ctx, packet, packet_size, data, size);
	gpgme_verify_result_t r;

	memset(out, 0, sizeof(*out));
	if (gpgme_err_code(g) == GPG_ERR_INV_ENGINE)
		return fail_gpg(e, ERR_FAIL, g, "GnuPG: cannot verify");
	r = gpgme_op_verify_result(k->ctx);
	if (g || !r || !r->signatures || r->signatures->next) {
		out->state = PGP_UNUSABLE;
		snprintf(out->problem, sizeof(out->problem), "gpg cannot read it");
		return 0;
	}
	read_status(r->signatures, out);
	if (out->state == PGP_GOOD)
		find_key(k, out);
	return 0;
}

void pgp_facts_free(struct pgp_facts *f)
{
	size_t i;

	for (i = 0; f->uids && f->uids[i]; i++)
		free(f->uids[i]);
	free(f->uids);
	memset(f, 0, sizeof(*f));
}

/* --- policy ---------------------------------------------------------------------------- */

static bool is_strong(const struct pgp_facts *f)
{
	static const char *const curves[] = {"nistp256", "nistp384", "nistp521"};
	size_t i;

	if (!strcmp(f->algorithm, "RSA"))
		return f->bits >= 2048 && f->bits <= 4096;
	if (strcmp(f->algorithm, "ECDSA") != 0)
		return false;
	for (i = 0; i < sizeof(curves) / sizeof(*curves); i++)
		if (!strcmp(f->curve, curves[i]))
			return true;
	return false;
}

/* Seconds that the clock of a host may be behind that of the signer. */
#define CLOCK_ALLOWANCE (24 * 60 * 60)

static int judge_key(const struct pgp_facts *f, int64_t now, const char *what, struct err *e)
{
	const char *fpr = f->fingerprint;

	if (f->revoked)
		return err_set(e, ERR_SIGNATURE, "%s: key %s is revoked", what, fpr);
	if (f->invalid || !f->primary[0] || !f->uids || !f->uids[0])
		return err_set(e, ERR_SIGNATURE, "%s: key %s is not valid", what, fpr);
	if (!f->can_sign)
		return err_set(e, ERR_SIGNATURE, "%s: key %s is not for signing", what, fpr);
	if (!is_strong(f))
		return err_set(e, ERR_SIGNATURE,
			       "%s: key %s is %s %s of %u bits: RSA of 2048 to 4096 bits or ECDSA "
			       "on a NIST curve is needed",
			       what, fpr, f->algorithm, f->curve, f->bits);
	if (f->made < f->created)
		return err_set(e, ERR_SIGNATURE, "%s: is older than its key %s", what, fpr);
	if (f->made > now + CLOCK_ALLOWANCE)
		return err_set(e, ERR_SIGNATURE, "%s: is dated in the future: check the clock",
			       what);
	if (f->expires && f->made >= f->expires)
		return err_set(e, ERR_SIGNATURE, "%s: key %s was expired already when it signed",
			       what, fpr);
	if (f->expires && now >= f->expires)
		return err_set(e, ERR_SIGNATURE,
			       "%s: key %s is expired: get the extended key from its owner, or a "
			       "new signature",
			       what, fpr);
	return 0;
}

int pgp_judge(const struct pgp_facts *f, int64_t now, const char *what, struct err *e)
{
	switch (f->state) {
	case PGP_UNKNOWN_KEY:
		return err_set(e, ERR_SIGNATURE, "%s: key %s is not in the keyring", what,
			       f->fingerprint);
	case PGP_BAD:
		return err_set(e, ERR_SIGNATURE,
			       "%s: is wrong: the payload or the signature was changed", what);
	case PGP_UNUSABLE:
		return err_set(e, ERR_SIGNATURE, "%s: cannot be verified: %s", what, f->problem);
	case PGP_GOOD:
		break;
	}
	return judge_key(f, now, what, e);
}

bool pgp_has_uid(const struct pgp_facts *f, const void *uid, size_t len)
{
	size_t i;

	for (i = 0; f->uids && f->uids[i]; i++)
		if (strlen(f->uids[i]) == len && !memcmp(f->uids[i], uid, len))
			return true;
	return false;
}

/* Some part of the key that may sign is of a kind that the policy takes. */
static bool has_strong_signer(gpgme_key_t key)
{
	bool strong = false;
	gpgme_subkey_t s;

	for (s = key->subkeys; s && !strong; s = s->next) {
		struct pgp_facts f = {0};

		if (!s->can_sign || !s->secret || s->revoked || s->expired)
			continue;
		copy_fpr(f.fingerprint, s->fpr);
		read_key(key, &f);
		strong = is_strong(&f);
		pgp_facts_free(&f);
	}
	return strong;
}

int pgp_may_sign(const char *spec, struct err *e)
{
	gpgme_ctx_t ctx = new_ctx(NULL, e);
	gpgme_key_t key = ctx ? find_signer(ctx, spec, e) : NULL;
	int ret = key ? 0 : -1;

	if (key && !has_strong_signer(key))
		ret = err_set(e, ERR_SIGNATURE,
			      "key %s: its signatures would be refused: RSA of 2048 to 4096 bits "
			      "or ECDSA on a NIST curve is needed",
			      spec);
	gpgme_key_unref(key);
	gpgme_release(ctx);
	return ret;
}
