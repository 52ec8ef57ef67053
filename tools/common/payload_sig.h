/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * payload_sig.h - who signed this payload file, and does it count?
 *
 * What `patchbuild verify` and the upload of `xsplice-ctl` decide by. Both judge
 * bytes in memory, so that what was judged is what is used.
 */
#ifndef COMMON_PAYLOAD_SIG_H
#define COMMON_PAYLOAD_SIG_H

#include "common/io.h"
#include "common/json.h"
#include "common/pgp.h"

#include "xsplice/xsplice.h"

/* One signature of a payload that was accepted. */
struct payload_signer {
	char fingerprint[PGP_FINGERPRINT_HEX]; /* of the key that signed */
	char primary[PGP_FINGERPRINT_HEX]; /* of its primary key: the signer's identity */
	char *uid; /* as the payload and the key say */
	int64_t made; /* seconds since 1970 */
	char algorithm[32]; /* "RSA 3072 SHA-512" */
};

struct payload_signers {
	struct payload_signer *v; /* one for each signature in the file */
	size_t n;
	size_t distinct; /* different primary keys among them */
	size_t elf_size; /* bytes that are signed: the first of the file */
};

/*
 * Verifies a payload file. All must hold: the file is ELF and signature records
 * without anything between, behind or left over, and the ELF is a payload that the
 * core takes; every signature in it is good, by a key of @k that pgp_judge() takes
 * at @now, with the key's user id as signer; at least @require (0: one) different
 * keys signed. @name is the file's, for messages. ERR_SIGNATURE, also for a
 * file without signatures, or the kind of payload_cause().
 */
int payload_verify(const char *name, const struct file_data *file, struct pgp_keyring *k,
		   unsigned int require, int64_t now, struct payload_signers *out, struct err *e);
/* payload_verify() now, with the keyring in file @keyring. */
int payload_verify_file(const char *name, const struct file_data *file, const char *keyring,
			unsigned int require, struct payload_signers *out, struct err *e);
void payload_signers_free(struct payload_signers *s);

/* {"fingerprint", "primary", "user", "made", "algorithm"} for each. */
struct json *payload_signers_json(const struct payload_signers *s);

/*
 * True if the digest that @sig's packet states in short (16 bits) is that of
 * @data. Cheap, and refuses nearly all damage before gpg is asked.
 */
bool payload_digest_fits(const struct xsp_pgp_sig *sig, const void *data, size_t size);

/* A fingerprint's bytes as gpg writes it. */
void payload_fingerprint(char out[PGP_FINGERPRINT_HEX], const uint8_t *fingerprint);

/* "SHA-256" ... for XSP_PGP_SHA*; "RSA" or "ECDSA" for XSP_PGP_*. */
const char *payload_hash_name(uint8_t hash);
const char *payload_algo_name(uint8_t algo);

/*
 * Turns a cause of the core into a failure: "@name: what: text (at byte N)".
 * Signatures are ERR_SIGNATURE, all others ERR_CHECK.
 */
int payload_cause(const char *name, const struct xsp_cause *c, struct err *e);

#endif
