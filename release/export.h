/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export.h - advisories in the forms that other tools read
 */
#ifndef RELEASE_EXPORT_H
#define RELEASE_EXPORT_H

#include "release/chain.h"

/*
 * OSV, schema 1.6.0 (ossf.github.io/osv-schema): one element of "affected" for each
 * branch, with its commits as a GIT range and its release tags that are affected.
 * NULL: something that the schema demands is not known.
 */
struct json *export_osv(const struct chain *c, const struct record *r, struct err *e);

/*
 * CSAF 2.0 (OASIS), profile "Security Advisory": products are the shipped builds and
 * the release tags. NULL as above.
 */
struct json *export_csaf(const struct chain *c, const struct record *r, struct err *e);

#endif
