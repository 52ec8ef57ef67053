/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trust.h - is this payload file signed by somebody whom the operator trusts?
 */
#ifndef XSPLICE_CTL_TRUST_H
#define XSPLICE_CTL_TRUST_H

#include "common/err.h"
#include "common/io.h"
#include "common/json.h"

#include <stdbool.h>

/* Used if no other keyring is named and this one exists. */
#define TRUST_KEYRING "/etc/xsplice/keyring.gpg"

/* What is asked of a payload. Zeroed: one signer from TRUST_KEYRING. */
struct trust {
	const char *keyring; /* NULL: TRUST_KEYRING */
	unsigned int require; /* signers, each with a key of its own; 0: 1 */
	bool no_verify; /* take anything */
};

struct trust_result {
	bool verified;
	bool left_to_xen; /* there is no keyring here: Xen must verify it, or nobody does */
	unsigned int require; /* signers that were asked for */
	bool other_loaded; /* what is loaded is not what was verified, nor did Xen do so */
	struct json *signers; /* as of payload_signers_json(); NULL: not looked at */
};

/* The path of TRUST_KEYRING. */
const char *trust_keyring(void);
/*
 * @keyring: that path, NULL if nothing is there. ERR_SIGNATURE: it cannot be told, as a
 * folder on the way cannot be looked at.
 */
int trust_installed(const char **keyring, struct err *e);

/*
 * Judges the bytes in memory, which are what is uploaded then. ERR_SIGNATURE: not
 * signed as asked, or --keyring names none. Nothing is asked with no_verify. Without
 * a keyring that is left to Xen: trust_by_xen() must be called before uploading.
 */
int trust_check(const struct trust *t, const char *path, const struct file_data *file,
		struct trust_result *out, struct err *e);
/*
 * @needed: signatures without which this Xen takes nothing, 0 if it takes anything.
 * ERR_SIGNATURE: nobody would verify it, or not as many signatures as asked for.
 */
int trust_by_xen(const struct trust_result *r, const char *path, unsigned int needed,
		 struct err *e);
/*
 * Not these bytes are in Xen, but what somebody has uploaded before, which may differ: of
 * the verdict stays what a Xen that demands @needed signatures has seen to.
 */
void trust_loaded_before(struct trust_result *r, unsigned int needed);
void trust_result_free(struct trust_result *r);

#endif
