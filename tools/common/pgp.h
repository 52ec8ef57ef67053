/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgp.h - OpenPGP signatures, through GPGME
 *
 * Signing uses the caller's GnuPG (GNUPGHOME, gpg-agent) and so whatever keys,
 * smart cards and passphrases are known there. Verifying uses a keyring file and
 * nothing else: it is imported into a private folder that is removed afterwards,
 * so the keys and the trust of whoever runs the program have no say.
 *
 * What a signature is (facts) and whether it counts (policy) are two functions.
 */
#ifndef COMMON_PGP_H
#define COMMON_PGP_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PGP_FINGERPRINT_HEX 41

/* A detached signature that was made. pgp_made_free() after. */
struct pgp_made {
	unsigned char *packet; /* the signature packet, or its armored form */
	size_t size;
	char fingerprint[PGP_FINGERPRINT_HEX]; /* of the key that signed; may be a subkey */
	char *uid; /* first valid user id of the primary key */
};

/*
 * Signs @data with the key that @key names as gpg's --local-user would: fingerprint,
 * key id, mail address, part of a user id. It must name one key. @armor: for a file
 * that people give to gpg. Failures say whether the key is unknown, expired,
 * revoked, without its secret part, or whether the agent or the passphrase failed.
 */
int pgp_sign(const char *key, const void *data, size_t size, bool armor, struct pgp_made *out,
	     struct err *e);
void pgp_made_free(struct pgp_made *m);

/* Public keys to verify with. */
struct pgp_keyring;

/*
 * Reads a file of OpenPGP public keys, armored or binary (gpg --export). Secret
 * keys are refused. Close with pgp_keyring_close(), which removes the private
 * folder.
 */
struct pgp_keyring *pgp_keyring_open(const char *path, struct err *e);
void pgp_keyring_close(struct pgp_keyring *k);

enum pgp_state {
	PGP_GOOD, /* mathematically right; the key may still be expired or revoked */
	PGP_BAD, /* not a signature of this data by this key */
	PGP_UNKNOWN_KEY, /* the keyring has no such key */
	PGP_UNUSABLE, /* gpg has no verdict: see @problem */
};

/* All there is to know of one signature. pgp_facts_free() after. */
struct pgp_facts {
	enum pgp_state state;
	char problem[128]; /* for PGP_UNUSABLE */
	char fingerprint[PGP_FINGERPRINT_HEX]; /* of the key that signed */
	int64_t made; /* seconds since 1970 */
	/* from here on: empty for an unknown key */
	char primary[PGP_FINGERPRINT_HEX]; /* of the primary key */
	char **uids; /* user ids of the primary key, NULL-terminated; the main one first */
	char algorithm[16]; /* "RSA", "ECDSA" ... */
	unsigned int bits;
	char curve[24]; /* "nistp256"; "" for RSA */
	int64_t created;
	int64_t expires; /* of the key or its primary, the earlier; 0: never */
	bool revoked; /* the key or its primary */
	bool invalid; /* no valid self-signature, or disabled */
	bool can_sign;
};

/*
 * Asks GnuPG for the facts of one detached signature over @data. -1 only if gpg
 * could not be asked.
 */
int pgp_examine(struct pgp_keyring *k, const void *packet, size_t packet_size, const void *data,
		size_t size, struct pgp_facts *out, struct err *e);
void pgp_facts_free(struct pgp_facts *f);

/*
 * The policy: a signature counts if it is good, by a known key that is RSA of 2048
 * to 4096 bits or ECDSA on a NIST curve, may sign, is not revoked, and was and is
 * (at @now, seconds since 1970) not expired. -1 with ERR_SIGNATURE and the reason;
 * @what begins the message.
 */
int pgp_judge(const struct pgp_facts *f, int64_t now, const char *what, struct err *e);

/*
 * Whether pgp_sign() could use this key, and pgp_judge() would take what it signs: 0, or
 * -1 and the reason. Nothing is signed, no passphrase asked for.
 */
int pgp_may_sign(const char *key, struct err *e);

/* True if @uid (of @len bytes) is one of the key's user ids. */
bool pgp_has_uid(const struct pgp_facts *f, const void *uid, size_t len);

#endif
