/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * people.h - who is who, and who worked for whom when
 *
 * Formats are gitdm's: an aliases file has lines "ADDRESS CANONICAL-ADDRESS" (an
 * address may be quoted, and the canonical one may have an alias of its own); a domain map has lines "ADDRESS-or-DOMAIN EMPLOYER
 * [< YYYY-MM-DD]", the date being the first day it no longer holds. "#" begins a
 * comment. The longest match counts: the address, its domain, then the domain
 * without its first label, and so on.
 */
#ifndef RELEASE_PEOPLE_H
#define RELEASE_PEOPLE_H

#include "common/err.h"
#include "common/mem.h"
#include "release/config.h"
#include "release/map.h"

#include <stddef.h>
#include <stdint.h>

struct employer {
	const char *key; /* address or domain, lower case */
	const char *name;
	int32_t until; /* first day it no longer holds, DAY_NONE: always */
};

struct people {
	struct arena arena;
	struct map canonical; /* address -> index into names */
	const char **names; /* canonical addresses */
	size_t name_count;
	struct employer *employers;
	size_t employer_count;
};

/* Reads the files that people.aliases and people.domains name. people_free() in any case. */
int people_load(struct people *p, const struct config *c, struct err *e);
void people_free(struct people *p);

int people_read_aliases(struct people *p, const char *text, const char *file, struct err *e);
int people_read_domains(struct people *p, const char *text, const char *file, struct err *e);

/* The canonical form of an address, lower case; lives as long as @p. */
const char *people_canonical(struct people *p, const char *mail);
/* Employer of a (canonical) address on a day; NULL: unknown. */
const char *people_employer(const struct people *p, const char *mail, int32_t day);

#endif
