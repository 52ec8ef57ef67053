// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/reverts.h"

#include "common/text.h"
#include "release/map.h"
#include "release/message.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct history *h;
	struct history_index by_id;
	struct map wanted; /* subjects of which the next older commit is dead -> how many */
	struct arena arena;
	struct commit_fate *fates;
};

/* What the commit at @i takes back, if its own revert does not stand. */
static void apply(struct search *s, size_t i)
{
	const struct commit *c = &s->h->v[i];
	struct commit_fate *fate = &s->fates[i];
	size_t len;
	const char *subject = message_reverted(c->subject, &len);
	const char *at = c->message;
	bool says =
		text_starts(c->subject, "Revert ") && !text_starts(c->subject, "Revert \"Revert ");
	bool named = false, found = false;
	char id[GIT_ID_LEN];

	while (message_link(&at, LINK_REVERTS, id)) {
		const struct commit *older = history_find(&s->by_id, id);
		size_t target = older ? (size_t)(older - s->h->v) : 0;

		named = true;
		if (!older || target <= i)
			continue;
		found = s->fates[target].touched = true;
		s->fates[target].dead |= !fate->dead;
	}
	if (!named && subject)
		*map_at(&s->wanted, arena_strndup(&s->arena, subject, len)) += fate->dead ? 0 : 1;
	/* What takes back a revert that is older than the history lands here anew. */
	fate->is_revert = found || says;
}

struct commit_fate *reverts_find(const struct history *h)
{
	struct search s = {.h = h};
	size_t i;

	s.fates = mem_zalloc(h->n + 1, sizeof(*s.fates));
	history_index_make(&s.by_id, h);
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
	history_index_free(&s.by_id);
	return s.fates;
}
