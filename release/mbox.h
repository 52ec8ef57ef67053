/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbox.h - mail archives (mboxrd, RFC 4155): only the headers that tie mails together
 */
#ifndef RELEASE_MBOX_H
#define RELEASE_MBOX_H

#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail {
	const char *id; /* Message-ID without brackets, "" if there is none */
	const char *parent; /* In-Reply-To, else the last of References; "" for a first mail */
	const char *subject; /* decoded (RFC 2047), in one line */
	const char *from_name, *from_mail;
	int64_t date; /* seconds since 1970 */
	bool has_date;
};

struct mbox {
	struct arena arena;
	struct mail *v;
	size_t n;
	size_t broken; /* mails without Message-ID or date */
};

/* Adds the mails of an archive; never fails: what cannot be read is counted in @broken. */
void mbox_read(struct mbox *m, const char *text, size_t len);
void mbox_free(struct mbox *m);

/* What a subject says of a patch. */
struct patch_subject {
	unsigned int version; /* 1 unless it says "v3" */
	unsigned int number, total; /* "2/5"; 0/0: not said */
	const char *title; /* after the brackets; points into the subject */
};

/* True if the subject is that of a patch ("[PATCH v3 2/5] title"), not of a reply. */
bool patch_subject_parse(const char *subject, struct patch_subject *p);

/* Reads a date of RFC 5322: "Tue, 4 Jul 2017 09:00:00 +0200 (CEST)". */
bool mail_date_parse(const char *s, int64_t *when);

#endif
