/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * markdown.h - headings, links and words of a Markdown file (on cmark)
 */
#ifndef RELEASE_MARKDOWN_H
#define RELEASE_MARKDOWN_H

#include "common/mem.h"

#include <stddef.h>

enum md_kind { MD_HEADING, MD_LINK, MD_WORDS, MD_CODE };

struct md_item {
	enum md_kind kind;
	int level; /* of a heading */
	int line; /* of the block it stands in, from 1 */
	const char *text; /* of the heading, the link's address, the paragraph's or code's words */
};

/* In order of the file. Strings live in @a; free() the array. */
struct md_item *md_read(const char *text, size_t len, struct arena *a, size_t *n);

#endif
