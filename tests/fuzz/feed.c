// SPDX-License-Identifier: GPL-2.0-or-later
/* The index of a feed, and signature files: what is taken comes out again the same. */
#include "common/feed.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_index(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct feed f, again;
	char *text, *second;

	if (feed_parse(&f, "index", data, size, &e)) {
		if (e.kind != ERR_CHECK || f.n || f.version)
			abort();
		return;
	}
	if (e.kind != ERR_NONE)
		abort();
	text = feed_text(&f);
	if (feed_parse(&again, "again", text, strlen(text), &e))
		abort();
	second = feed_text(&again);
	if (strcmp(text, second) != 0)
		abort();
	(void)feed_fresh(&f, "index", 1500000000, &e);
	free(text);
	free(second);
	feed_free(&again);
	feed_free(&f);
}

static void try_signatures(const uint8_t *data, size_t size)
{
	struct file_data sigs = {(unsigned char *)mem_dup(data, size), size};
	struct err e = ERR_INIT;
	struct feed_packet p;
	size_t pos = 0;
	size_t sum = 0;
	int more;

	while ((more = feed_packet_next("sigs", &sigs, &pos, &p, &e)) > 0)
		sum += p.size;
	if (more ? e.kind == ERR_NONE : sum != size)
		abort();
	file_free(&sigs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_index(data, size);
	if (size)
		try_signatures(data, size);
	return 0;
}
