// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/map.h"

#include "common/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static size_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3ULL;
	return (size_t)(h ^ h >> 32);
}

static struct map_slot *slot(const struct map *m, const char *key)
{
	size_t i = hash(key) & (m->room - 1);

	while (m->slots[i].key && strcmp(m->slots[i].key, key))
		i = (i + 1) & (m->room - 1);
	return &m->slots[i];
}

size_t *map_find(const struct map *m, const char *key)
{
	struct map_slot *s = m->room ? slot(m, key) : NULL;

	return s && s->key ? &s->value : NULL;
}

static void widen(struct map *m)
{
	struct map old = *m;
	size_t i;

	m->room = old.room ? 2 * old.room : 64;
	m->slots = mem_zalloc(m->room, sizeof(*m->slots));
	for (i = 0; i < old.room; i++)
		if (old.slots[i].key)
			*slot(m, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

size_t *map_at(struct map *m, const char *key)
{
	struct map_slot *s;

	if (2 * m->n >= m->room)
		widen(m);
	s = slot(m, key);
	if (!s->key) {
		s->key = key;
		s->value = 0;
		m->n++;
	}
	return &s->value;
}

void map_free(struct map *m)
{
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
