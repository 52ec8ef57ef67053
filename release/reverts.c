// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/reverts.h"

#include "common/text.h"
#include "release/map.h"
#include "release/message.h"

#include <stdlib.h>
#include <string.h>

struct place {
	const char *id;
	size_t at; /* in the history */
};

struct search {
	const struct history *h;
	struct place *by_id;
	struct map wanted; /* subjects of which the next older commit is dead -> how many */
	struct arena arena;
	struct commit_fate *fates;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->id, ((const struct place *)b)->id);
}

/* The commit whose id begins with @id, if it is only one and older than @than. */
static bool find(const struct search *s, const char *id, size_t than, size_t *at)
{
	size_t low = 0, high = s->h->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(s->by_id[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->h->n || !text_starts(s->by_id[low].id, id) || s->by_id[low].at <= than)
		return false;
	if (low + 1 < s->h->n && text_starts(s->by_id[low + 1].id, id))
		return false;
	*at = s->by_id[low].at;
	return true;
}

/* SUBJECT in 'Revert "SUBJECT"', or NULL. */
static const char *subject_of(struct search *s, const char *subject)
{
	size_t len = strlen(subject);

	if (!text_starts(subject, "Revert \"") || len < strlen("Revert \"\"x") ||
	    subject[len - 1] != '"')
		return NULL;
	return arena_strndup(&s->arena, subject + strlen("Revert \""), len - strlen("Revert \"\""));
}

/* What the commit at @i takes back, if its own revert does not stand. */
static void apply(struct search *s, size_t i)
{
	const struct commit *c = &s->h->v[i];
	struct commit_fate *fate = &s->fates[i];
	const char *subject = subject_of(s, c->subject);
	const char *at = c->message;
	bool says =
		text_starts(c->subject, "Revert ") && !text_starts(c->subject, "Revert \"Revert ");
	bool named = false, found = false;
	char id[GIT_ID_LEN];

	while (message_link(&at, LINK_REVERTS, id)) {
		size_t target;

		named = true;
		if (!find(s, id, i, &target))
			continue;
		found = s->fates[target].touched = true;
		s->fates[target].dead |= !fate->dead;
	}
	if (!named && subject)
		*map_at(&s->wanted, subject) += fate->dead ? 0 : 1;
	/* What takes back a revert that is older than the history lands here anew. */
	fate->is_revert = found || says;
}

struct commit_fate *reverts_find(const struct history *h)
{
	struct search s = {.h = h};
	size_t i;

	s.fates = mem_zalloc(h->n + 1, sizeof(*s.fates));
	s.by_id = mem_zalloc(h->n + 1, sizeof(*s.by_id));
	for (i = 0; i < h->n; i++)
		s.by_id[i] = (struct place){h->v[i].id, i};
	qsort(s.by_id, h->n, sizeof(*s.by_id), by_id);
	for (i = 0; i < h->n; i++) {
		size_t *wanted = map_find(&s.wanted, h->v[i].subject);

		if (wanted && *wanted) {
			--*wanted;
			s.fates[i].dead = s.fates[i].touched = true;
		}
		apply(&s, i);
	}
	map_free(&s.wanted);
	arena_free(&s.arena);
	free(s.by_id);
	return s.fates;
}
