// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/tally.h"

#include "common/mem.h"

#include <stdlib.h>
#include <string.h>

struct count *tally_at(struct tally *t, const char *name)
{
	size_t *i = map_at(&t->map, name);

	if (!*i) {
		t->v = mem_grow(t->v, t->n, sizeof(*t->v));
		memset(&t->v[t->n], 0, sizeof(*t->v));
		t->v[t->n++].name = name;
		*i = t->n;
	}
	return &t->v[*i - 1];
}

static int by_name(const void *a, const void *b)
{
	const struct count *x = a;
	const struct count *y = b;

	return strcmp(x->name, y->name);
}

static int by_count(const void *a, const void *b)
{
	const struct count *x = a;
	const struct count *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return by_name(a, b);
}

void tally_sort(struct tally *t)
{
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_count);
}

void tally_sort_names(struct tally *t)
{
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_name);
}

long tally_sum(const struct tally *t)
{
	long sum = 0;
	size_t i;

	for (i = 0; i < t->n; i++)
		sum += t->v[i].n;
	return sum;
}

void tally_free(struct tally *t)
{
	map_free(&t->map);
	free(t->v);
	memset(t, 0, sizeof(*t));
}
