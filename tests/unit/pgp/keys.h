/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys.h - a throw-away GnuPG home with keys for tests
 *
 * Once made it is the GNUPGHOME of this process. Every key has the user id
 * "NAME Test <NAME@example.org>" and no passphrase unless said otherwise.
 */
#ifndef TEST_PGP_KEYS_H
#define TEST_PGP_KEYS_H

#include "common/io.h"

/* Makes a home whose gpg.conf holds @conf ("" for none). Fails the test if it cannot. */
char *keys_home(const char *conf);
/* Stops its agent and removes it. */
void keys_remove(char *home);

/* Makes a key: @algo as of gpg --quick-gen-key, @expire "never" or as there. */
void keys_add(const char *name, const char *algo, const char *expire, const char *passphrase);
/* Imports the revocation that gpg made together with the key. */
void keys_revoke(const char *home, const char *name);
/* Exports public keys (all, if @name is NULL) to @path; armored if so wanted. */
void keys_export(const char *path, const char *name, bool armor);

/* Runs gpg with these arguments (NULL at the end); returns its exit status. */
int keys_gpg(const char *const *args);
/* What it said on standard error then. */
const char *keys_said(void);

#endif
