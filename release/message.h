/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - what a commit message says beside its words
 */
#ifndef RELEASE_MESSAGE_H
#define RELEASE_MESSAGE_H

#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>

/* One "Key: value" line; not terminated: lengths count. */
struct trailer {
	const char *key;
	size_t key_len;
	const char *value;
	size_t value_len;
};

/*
 * Finds the next trailer at or after *@at (set it to the message first): a line of
 * a one-word key (letters, digits, dashes), ":" and a value. Unlike git, not only
 * those of the last paragraph count: real histories have them further up.
 */
bool message_trailer(const char **at, struct trailer *t);
bool trailer_is(const struct trailer *t, const char *key);

/*
 * The last paragraph, where git looks for trailers; one of nothing but where the commit was
 * picked from does not count as that.
 */
const char *message_last_paragraph(const char *message);

/* The address in "Name <address>", else all of it; the arena owns it. */
const char *trailer_mail(const struct trailer *t, struct arena *a);
/* The name before the address. */
const char *trailer_name(const struct trailer *t, struct arena *a);
/* The message has a trailer of this key. */
bool message_has(const char *message, const char *key);

enum message_link {
	LINK_FIXES, /* Fixes: ID ("subject") */
	LINK_MASTER, /* master commit: ID */
	LINK_PICKED, /* (cherry picked from commit ID) */
	LINK_REVERTS, /* This reverts commit ID. */
};

/*
 * The next commit id of a kind at or after *@at, in @id: 7 to 40 hexadecimal digits, in
 * lower case.
 */
bool message_link(const char **at, enum message_link kind, char id[41]);

/* SUBJECT (of @len bytes, not terminated) of a subject 'Revert "SUBJECT"', or NULL. */
const char *message_reverted(const char *subject, size_t *len);

/*
 * The next advisory number that the message says it *is*, not one that it mentions
 * as a cause: "This is part of XSA-155", "XSA155", but not "introduced by XSA-346".
 */
bool message_advisory(const char **at, unsigned int *number);
/*
 * The same, and also those (not @sure) of which the words do not tell: a sentence about a
 * cause ("complete the fix of XSA-155: it was missing since 4.5"), "follow-up to XSA-155".
 */
bool message_naming(const char **at, unsigned int *number, bool *sure);
/* It says so in so many words, and does not only name it. */
bool message_declares(const char *message, unsigned int number);

#endif
