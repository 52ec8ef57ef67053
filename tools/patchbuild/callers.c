// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/callers.h"

#include "patchbuild/code.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* A function, known by "name" if global, else by "object:name". */
struct node {
	const char *key;
	size_t hash_next;
	size_t edges; /* index + 1 of its first edge */
	bool defined; /* its code was seen */
	bool live;
};

struct edge {
	size_t to;
	size_t next; /* index + 1 */
};

#define BUCKETS 4096

struct callers {
	struct arena arena;
	struct node *nodes;
	size_t n;
	struct edge *edges;
	size_t nedges;
	size_t buckets[BUCKETS]; /* index + 1 */
};

static size_t bucket_of(const char *key)
{
	uint32_t h = 2166136261u;

	while (*key)
		h = (h ^ (uint8_t)*key++) * 16777619u;
	return h % BUCKETS;
}

static size_t find(const struct callers *c, const char *key)
{
	size_t i = c->buckets[bucket_of(key)];

	while (i && strcmp(c->nodes[i - 1].key, key))
		i = c->nodes[i - 1].hash_next;
	return i;
}

static size_t node_of(struct callers *c, const char *object, const struct sym *s)
{
	autofree char *key =
		sym_is_local(s) ? mem_printf("%s:%s", object, s->name) : mem_strdup(s->name);
	size_t i = find(c, key);
	size_t b = bucket_of(key);

	if (i)
		return i - 1;
	c->nodes = mem_grow(c->nodes, c->n, sizeof(*c->nodes));
	c->nodes[c->n] =
		(struct node){.key = arena_strdup(&c->arena, key), .hash_next = c->buckets[b]};
	c->buckets[b] = ++c->n;
	return c->n - 1;
}

static void add_edge(struct callers *c, size_t from, size_t to)
{
	c->edges = mem_grow(c->edges, c->nedges, sizeof(*c->edges));
	c->edges[c->nedges] = (struct edge){to, c->nodes[from].edges};
	c->nodes[from].edges = ++c->nedges;
}

/* The function a section of code belongs to, if it is separated; NULL: assembly. */
static const struct sym *function_of(const struct sec *s)
{
	const struct sym *f = s->nsyms ? sec_owner(s, 0) : NULL;

	return f && sym_is_func(f) && !f->value && f->size && strcmp(s->name, ".text") ? f : NULL;
}

/* The function a relocation leads to, or NULL. */
static const struct sym *goal(const struct rel *r)
{
	const struct sec *s = r->sym->sec;

	if (!s)
		return *r->sym->name ? r->sym : NULL;
	if (sec_kind(s) != SEC_TEXT)
		return NULL;
	return sym_is_section(r->sym) ? function_of(s) : r->sym;
}

static bool is_boot_table(const char *name)
{
	return text_starts(name, ".initcall") || text_starts(name, ".init.setup");
}

/* Entries about code do not call it. */
static bool is_about_code(const struct sec *s)
{
	return sec_kind(s) == SEC_ALT || sec_kind(s) == SEC_EXTABLE || sec_kind(s) == SEC_SKIP;
}

static void read_section(struct callers *c, const char *object, const struct sec *s)
{
	const struct sym *f = sec_kind(s) == SEC_TEXT ? function_of(s) : NULL;
	bool init_code = sec_kind(s) == SEC_INIT && (s->flags & SHF_EXECINSTR);
	size_t from = f ? node_of(c, object, f) : 0;
	size_t i;

	if (f)
		c->nodes[from].defined = true;
	if (!s->nrels || is_boot_table(s->name) || is_about_code(s))
		return;
	for (i = 0; i < s->nrels; i++) {
		const struct rel *r = &s->rels[i];
		const struct sym *to = goal(r);
		size_t at;

		/* The first word of a bug frame says where it is, no more. */
		if (sec_kind(s) == SEC_BUG && r->offset % s->rule->entry == 0)
			continue;
		if (!to || (init_code && rel_is_branch(s, r)))
			continue;
		at = node_of(c, object, to);
		if (f)
			add_edge(c, from, at);
		else
			c->nodes[at].live = true;
	}
}

static int read_object(const char *object, const char *path, void *ctx, struct err *e)
{
	struct callers *c = ctx;
	struct err ignored = ERR_INIT;
	struct obj *o = obj_load(path, object, &ignored);
	size_t i;

	/* Boot code of other formats refers to nothing that stays. */
	if (!o && ignored.kind == ERR_UNSUPPORTED)
		return 0;
	if (!o)
		return err_fail(e, "%s", ignored.text);
	sections_classify(o);
	for (i = 1; i < o->nsecs; i++)
		read_section(c, object, &o->secs[i]);
	obj_free(o);
	return 0;
}

static void spread(struct callers *c)
{
	size_t *queue = mem_zalloc(c->n, sizeof(*queue));
	size_t head = 0;
	size_t tail = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->nodes[i].live)
			queue[tail++] = i;
	while (head < tail) {
		for (i = c->nodes[queue[head++]].edges; i; i = c->edges[i - 1].next) {
			struct node *to = &c->nodes[c->edges[i - 1].to];

			if (!to->live)
				queue[tail++] = c->edges[i - 1].to;
			to->live = true;
		}
	}
	free(queue);
}

struct callers *callers_read(const struct base *b, struct err *e)
{
	struct callers *c = mem_zalloc(1, sizeof(*c));

	if (base_each_object(b, read_object, c, e) < 0) {
		callers_free(c);
		return NULL;
	}
	spread(c);
	return c;
}

void callers_free(struct callers *c)
{
	if (!c)
		return;
	free(c->nodes);
	free(c->edges);
	arena_free(&c->arena);
	free(c);
}

bool callers_boot_only(const struct callers *c, const char *object, const struct sym *s)
{
	autofree char *key =
		sym_is_local(s) ? mem_printf("%s:%s", object, s->name) : mem_strdup(s->name);
	size_t i = find(c, key);

	return i && c->nodes[i - 1].defined && !c->nodes[i - 1].live;
}
