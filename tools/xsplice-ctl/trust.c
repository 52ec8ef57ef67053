// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/trust.h"

#include "common/mem.h"
#include "common/payload_sig.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The folder of @path is a link that leads nowhere. */
static bool in_lost_folder(const char *path)
{
	autofree char *dir = path_dir(path);
	struct stat st;

	return lstat(dir, &st) == 0 && stat(dir, &st) < 0;
}

/* Nothing but a name that does not exist is no keyring: what cannot be seen may hold keys. */
int trust_installed(const char **keyring, struct err *e)
{
	const char *path = trust_keyring();
	struct stat st;
	int why;

	*keyring = NULL;
	why = lstat(path, &st) ? errno : 0;
	if (!why)
		*keyring = path;
	else if ((why != ENOENT && why != ENOTDIR) || in_lost_folder(path))
		return err_set(e, ERR_SIGNATURE,
			       "%s: cannot be looked at, so nothing can be verified: %s", path,
			       strerror(why));
	return 0;
}

static int find_keyring(const struct trust *t, const char **keyring, struct err *e)
{
	*keyring = t->keyring;
	return t->keyring ? 0 : trust_installed(keyring, e);
}

int trust_check(const struct trust *t, const char *path, const struct file_data *file,
		struct trust_result *out, struct err *e)
{
	struct payload_signers signers;
	const char *keyring;

	*out = (struct trust_result){.require = t->require ? t->require : 1};
	if (t->no_verify && (t->keyring || t->require))
		return err_set(e, ERR_USAGE,
			       "--no-verify looks at no signature: it cannot be given together "
			       "with --keyring or --require");
	if (t->no_verify)
		return 0;
	if (find_keyring(t, &keyring, e))
		return -1;
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

void trust_loaded_before(struct trust_result *r, unsigned int needed)
{
	bool asked = r->verified || r->left_to_xen;

	r->verified = false;
	r->left_to_xen = asked && needed >= r->require;
	r->other_loaded = asked && !r->left_to_xen;
	if (r->signers)
		json_unref(r->signers);
	r->signers = NULL;
}

void trust_result_free(struct trust_result *r)
{
	if (r->signers)
		json_unref(r->signers);
	*r = (struct trust_result){0};
}
