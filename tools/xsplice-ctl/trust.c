// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/trust.h"

#include "common/payload_sig.h"

static const char *find_keyring(const struct trust *t)
{
	if (t->keyring)
		return t->keyring;
	return file_exists(TRUST_KEYRING) ? TRUST_KEYRING : NULL;
}

int trust_check(const struct trust *t, const char *path, const struct file_data *file,
		struct trust_result *out, struct err *e)
{
	const char *keyring = find_keyring(t);
	struct payload_signers signers;

	*out = (struct trust_result){.require = t->require ? t->require : 1};
	if (t->no_verify)
		return 0;
	if (!keyring) {
		out->left_to_xen = true;
		return 0;
	}
	if (payload_verify_file(path, file, keyring, t->require, &signers, e))
		return -1;
	out->verified = true;
	out->signers = payload_signers_json(&signers);
	payload_signers_free(&signers);
	return 0;
}

int trust_by_xen(const struct trust_result *r, const char *path, unsigned int needed, struct err *e)
{
	if (!r->left_to_xen || needed >= r->require)
		return 0;
	if (needed)
		return err_set(
			e, ERR_SIGNATURE,
			"%s: cannot be verified as asked: this Xen demands %u signature%s, not "
			"%u, and there is no keyring: name one with --keyring FILE",
			path, needed, needed == 1 ? "" : "s", r->require);
	return err_set(e, ERR_SIGNATURE,
		       "%s: cannot be verified, as this Xen does not do so and there is no "
		       "keyring: name one with --keyring FILE or install it as " TRUST_KEYRING
		       " (--no-verify uploads without any check)",
		       path);
}

void trust_result_free(struct trust_result *r)
{
	if (r->signers)
		json_unref(r->signers);
	*r = (struct trust_result){0};
}
