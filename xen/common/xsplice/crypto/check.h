/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.h - signatures inside Xen
 */
#ifndef XSPLICE_CHECK_H
#define XSPLICE_CHECK_H

#include "pubkey.h"

/* xsplice_pubkey_check() with memory of its own; false, too, if there is none. */
bool xsplice_check_signature(const struct xsp_key *key, const struct xsp_pgp_sig *sig,
                             const uint8_t *digest);

#endif /* XSPLICE_CHECK_H */
