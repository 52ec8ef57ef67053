/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sign.h - putting signatures behind a payload
 */
#ifndef PATCHBUILD_SIGN_H
#define PATCHBUILD_SIGN_H

#include "common/err.h"
#include "common/io.h"
#include "common/text.h"

/*
 * Adds a signature by @key (as of gpg's --local-user) to the payload in @file,
 * which may have others already: *@out becomes the new file. Every signature is
 * over the ELF bytes alone. *@asc becomes an armored detached signature by the
 * same key over the whole of *@out, so that `gpg --verify FILE.asc FILE` works
 * for people without our tools. @name is for messages. What the core would not take
 * is refused before the key is used.
 */
int payload_sign(const char *name, const char *key, const struct file_data *file,
		 struct strbuf *out, struct strbuf *asc, struct err *e);

/*
 * Writes a signed payload and its PATH.asc. Whatever fails, no PATH.asc is left
 * that belongs to another PATH.
 */
int payload_write_signed(const char *path, const struct strbuf *payload, const struct strbuf *asc,
			 struct err *e);

/* The same for one without signatures: there is no PATH.asc of it. */
int payload_write_unsigned(const char *path, const struct strbuf *payload, struct err *e);

#endif
