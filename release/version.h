/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * version.h - version numbers: 4.9 < 4.10, and no floating point anywhere
 */
#ifndef RELEASE_VERSION_H
#define RELEASE_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#define VERSION_PARTS 4

struct version {
	unsigned int n; /* parts given: 4.10 has 2 */
	unsigned int part[VERSION_PARTS];
	unsigned int rc; /* 0: the release itself */
};

/*
 * Reads "4.10", "4.6.0", "4.6.0-rc1" (also "-rc.1") and nothing else: no blanks, no
 * sign, no leading zero, no exponent, parts below 100,000, at least two of them.
 */
bool version_parse(const char *s, struct version *v);

/* Orders them; missing parts count as 0; a candidate comes before its release. */
int version_cmp(const struct version *a, const struct version *b);
/* Equal in the first two parts: of one series. */
bool version_same_series(const struct version *a, const struct version *b);

#define VERSION_LEN 64
/* Writes to @out (VERSION_LEN) and returns it. */
const char *version_text(const struct version *v, char *out);
const char *version_series(const struct version *v, char *out);

#endif
