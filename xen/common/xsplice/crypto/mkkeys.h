/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkkeys.h - an OpenPGP keyring, read
 */
#ifndef XSPLICE_MKKEYS_H
#define XSPLICE_MKKEYS_H

#include "xsplice/loader.h"

#define KEYRING_MAX   256
#define KEYRING_USERS 16

struct keyring_key {
    struct xsp_key key;      /* its bytes are in the caller's data */
    struct xsp_bytes users[KEYRING_USERS]; /* user ids of the primary key */
    size_t nusers;
    bool primary;
    bool old;                /* not version 4 */
    bool revoked;
    bool claimed, has_flags; /* what the newest self-signature says */
    uint8_t flags;
    uint32_t claim_made;
};

struct keyring {
    struct keyring_key keys[KEYRING_MAX];
    size_t nkeys;
    size_t left_out;
    const char *error;       /* constant; NULL: none */
};

/* Takes off ASCII armor, in place, if there is one. -1: it is damaged. */
int keyring_dearmor(uint8_t *data, size_t *size);
/* The keys that may sign; -1: see @k->error. @data stays in use. */
int keyring_read(struct keyring *k, const uint8_t *data, size_t size);
/* As C, to standard output. */
void keyring_print(const struct keyring *k);

#endif /* XSPLICE_MKKEYS_H */
