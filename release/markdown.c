// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/markdown.h"

#include "common/text.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

/* The words below a block, line breaks as blanks. */
static const char *words(cmark_node *block, struct arena *a)
{
	cmark_iter *it = cmark_iter_new(block);
	struct strbuf b = {0};
	cmark_event_type ev;
	const char *out;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(n);

		if (ev != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			strbuf_adds(&b, cmark_node_get_literal(n));
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
			strbuf_addc(&b, ' ');
	}
	cmark_iter_free(it);
	out = arena_strdup(a, b.data ? b.data : "");
	strbuf_free(&b);
	return out;
}

/* Inline nodes have no reliable line: that of their block counts. */
static int line_of(cmark_node *n)
{
	while (n && cmark_node_get_type(n) >= CMARK_NODE_FIRST_INLINE)
		n = cmark_node_parent(n);
	return n ? cmark_node_get_start_line(n) : 0;
}

static struct md_item *add(struct md_item *v, size_t *n, enum md_kind kind, cmark_node *node)
{
	v = mem_grow(v, *n, sizeof(*v));
	memset(&v[*n], 0, sizeof(*v));
	v[*n].kind = kind;
	v[(*n)++].line = line_of(node);
	return v;
}

struct md_item *md_read(const char *text, size_t len, struct arena *a, size_t *n)
{
	cmark_node *doc = cmark_parse_document(text, len, CMARK_OPT_DEFAULT);
	cmark_iter *it = cmark_iter_new(doc);
	struct md_item *v = NULL;
	cmark_event_type ev;

	*n = 0;
	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(it);

		if (ev != CMARK_EVENT_ENTER)
			continue;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_HEADING:
			v = add(v, n, MD_HEADING, node);
			v[*n - 1].level = cmark_node_get_heading_level(node);
			v[*n - 1].text = words(node, a);
			break;
		case CMARK_NODE_PARAGRAPH:
			v = add(v, n, MD_WORDS, node);
			v[*n - 1].text = words(node, a);
			break;
		case CMARK_NODE_CODE_BLOCK:
			v = add(v, n, MD_CODE, node);
			v[*n - 1].text = arena_strdup(a, cmark_node_get_literal(node));
			break;
		case CMARK_NODE_LINK:
			v = add(v, n, MD_LINK, node);
			v[*n - 1].text = arena_strdup(a, cmark_node_get_url(node));
			break;
		default:
			break;
		}
	}
	cmark_iter_free(it);
	cmark_node_free(doc);
	return v;
}
