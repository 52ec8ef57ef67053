/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixture.h - payload files and keys for tests, made by the assembler and by GnuPG
 */
#ifndef TEST_CTL_FIXTURE_H
#define TEST_CTL_FIXTURE_H

/*
 * Made once for the whole program in a folder that fixture_done() removes; needs
 * gcc and gpg.
 */
struct fixture {
	char *dir; /* also has the links "dangling" and "loop", which lead nowhere */
	char *payload; /* p.livepatch: for the build-id that the fake has */
	char *twin; /* twin/p.livepatch: other code and metadata */
	char *anonymous; /* without a digest in its metadata */
	char *other_base; /* for another Xen */
	char *no_payload; /* an object file without the sections of one */
	char *garbage; /* no ELF file */
	char *empty;
	char *big; /* 2 MiB and a byte */
	char *signed_alice; /* p.livepatch with a signature */
	char *signed_both;
	char *flipped; /* signed_alice with one bit of its code changed */
	char *keyring_alice; /* public keys */
	char *keyring_both;
};

extern struct fixture fixture;

void fixture_make(void);
void fixture_done(void);

#endif
