/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - counts by name
 */
#ifndef RELEASE_TALLY_H
#define RELEASE_TALLY_H

#include "release/map.h"

#include <stddef.h>

struct count {
	const char *name; /* borrowed */
	const char *label; /* borrowed; for people: the name as written last, or NULL */
	long n;
	long added, removed;
	size_t people; /* distinct ones, where that is counted */
	const void *last; /* who counts: to see somebody only once in a row */
};

struct tally {
	struct map map;
	struct count *v;
	size_t n;
};

/* The count of @name, made if need be; valid until the next is made. */
struct count *tally_at(struct tally *t, const char *name);
/* Most first, then by name. The map is of no use afterwards. */
void tally_sort(struct tally *t);
/* By name. */
void tally_sort_names(struct tally *t);
long tally_sum(const struct tally *t);
void tally_free(struct tally *t);

#endif
