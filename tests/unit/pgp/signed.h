/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signed.h - signed payloads for tests
 */
#ifndef TEST_PGP_SIGNED_H
#define TEST_PGP_SIGNED_H

#include "common/payload_sig.h"
#include "common/text.h"

/* A small payload, not signed. */
void unsigned_payload(struct strbuf *out);
/* Signs @file in place by @key; @asc (may be NULL) becomes the detached signature. */
void sign_payload(struct strbuf *file, const char *key, struct strbuf *asc);
/* Tries to; returns the failure's text, which must be one. */
const char *sign_fails(struct strbuf *file, const char *key);
/* payload_verify() of @file. */
int verify_payload(const struct strbuf *file, struct pgp_keyring *k, unsigned int require,
		   struct payload_signers *out, struct err *e);

#endif
