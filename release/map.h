/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.h - from strings to numbers
 */
#ifndef RELEASE_MAP_H
#define RELEASE_MAP_H

#include <stddef.h>

struct map_slot {
	const char *key; /* NULL: free */
	size_t value;
};

/* Zeroed it is empty. Keys are borrowed and must outlive it. */
struct map {
	struct map_slot *slots;
	size_t room; /* a power of two */
	size_t n;
};

/* Where the value of @key is; NULL if it has none. */
size_t *map_find(const struct map *m, const char *key);
/* The same, added as 0 if it was not there. Valid until the next one is added. */
size_t *map_at(struct map *m, const char *key);
void map_free(struct map *m);

#endif
