// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/lp.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/lp-priv.h"
#include "common/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ENTRIES 64u
#define TRIES	     16
#define METADATA_MAX (256u << 20)
#define ENTRIES_MAX  65536u
/*
 * Before 4.21 Xen writes metadata without looking at the size of the buffer, and a
 * payload may be exchanged for another between asking for the size and reading.
 */
#define METADATA_SPARE (256u << 10)

/* The buffers of one call. */
struct page {
	struct wire_status *status;
	uint32_t *len;
	uint32_t *metadata_len;
	char *names; /* PAGE_ENTRIES * LP_NAME_MAX: no names need more */
	char *metadata;
	uint32_t metadata_room;
};

/* What a try to read the list came to. */
enum outcome {
	DONE,
	CHANGED, /* begin anew */
	FAILED,
};

static void free_page(struct lp *lp, struct page *p)
{
	void *const parts[] = {p->status, p->len, p->metadata_len, p->names, p->metadata};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i])
			lp->xen.free(lp->xen.ctx, parts[i]);
}

static int alloc_page(struct lp *lp, struct page *p, uint32_t metadata_total, struct err *e)
{
	const struct xen *x = &lp->xen;

	*p = (struct page){.metadata_room = metadata_total + METADATA_SPARE};
	p->status = x->alloc(x->ctx, PAGE_ENTRIES * sizeof(*p->status));
	p->len = x->alloc(x->ctx, PAGE_ENTRIES * sizeof(*p->len));
	p->metadata_len = x->alloc(x->ctx, PAGE_ENTRIES * sizeof(*p->metadata_len));
	p->names = x->alloc(x->ctx, (size_t)PAGE_ENTRIES * LP_NAME_MAX);
	p->metadata = x->alloc(x->ctx, p->metadata_room);
	if (p->status && p->len && p->metadata_len && p->names && p->metadata)
		return 0;
	free_page(lp, p);
	return err_fail(e, "no memory that can be shared with Xen");
}

static struct wire_sysctl page_request(const struct lp *lp, const struct page *p, uint32_t idx,
				       uint32_t nr)
{
	struct wire_sysctl s = {.op = WIRE_LIST};

	s.u.list.idx = idx;
	s.u.list.nr = nr;
	if (lp->new_layout) {
		s.u.list.name_total = PAGE_ENTRIES * LP_NAME_MAX;
		s.u.list.metadata_total = p->metadata_room;
		s.u.list.status = (uintptr_t)p->status;
		s.u.list.name = (uintptr_t)p->names;
		s.u.list.len = (uintptr_t)p->len;
		s.u.list.metadata = (uintptr_t)p->metadata;
		s.u.list.metadata_len = (uintptr_t)p->metadata_len;
	} else {
		s.u.list_old.status = (uintptr_t)p->status;
		s.u.list_old.name = (uintptr_t)p->names;
		s.u.list_old.len = (uintptr_t)p->len;
	}
	return s;
}

static int senseless(struct err *e)
{
	return err_fail(e, "Xen's list of payloads makes no sense (sizes beyond what was asked "
			   "for): this hypervisor cannot be spoken to");
}

/* Takes the @n entries of a page over into @out. */
static int take_page(const struct lp *lp, const struct page *p, uint32_t n, struct lp_list *out,
		     struct err *e)
{
	size_t name_at = 0;
	size_t metadata_at = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t len = p->len[i];
		uint32_t metadata_len = lp->new_layout ? p->metadata_len[i] : 0;
		struct lp_entry *entry;

		if (len > LP_NAME_MAX || metadata_len > p->metadata_room - metadata_at)
			return senseless(e);
		if (!lp->new_layout)
			name_at = (size_t)i * LP_NAME_MAX;
		out->v = mem_grow(out->v, out->n, sizeof(*out->v));
		entry = &out->v[out->n++];
		entry->name = mem_strndup(p->names + name_at, strnlen(p->names + name_at, len));
		entry->status.state = p->status[i].state;
		entry->status.rc = p->status[i].rc;
		entry->metadata = mem_dup(p->metadata + metadata_at, metadata_len);
		entry->metadata_len = metadata_len;
		name_at += len;
		metadata_at += metadata_len;
	}
	return 0;
}

/* Reads all @total entries, a page after the other. */
static enum outcome read_pages(struct lp *lp, const struct page *p, uint32_t total,
			       struct lp_list *out, struct err *e)
{
	while (out->n < total) {
		uint32_t left = total - (uint32_t)out->n;
		uint32_t nr = left < PAGE_ENTRIES ? left : PAGE_ENTRIES;
		struct wire_sysctl s = page_request(lp, p, (uint32_t)out->n, nr);
		long rc = lp_sysctl(lp, &s);

		/* EINVAL: there are not as many any more. */
		if (rc == -EINVAL || rc == -ENOBUFS || rc == 0)
			return CHANGED;
		if (rc < 0) {
			explain(e, OP_LIST, WHEN_ASKED, NULL, (int)rc);
			return FAILED;
		}
		if (lp->sysctl->u.list.version != out->version)
			return CHANGED;
		if (rc > (long)nr) {
			senseless(e);
			return FAILED;
		}
		if (take_page(lp, p, (uint32_t)rc, out, e))
			return FAILED;
	}
	return DONE;
}

static enum outcome read_list(struct lp *lp, struct lp_list *out, struct err *e)
{
	const struct wire_sysctl ask = {.op = WIRE_LIST};
	long rc = lp_sysctl(lp, &ask);
	uint32_t total = lp->sysctl->u.list.nr;
	uint32_t metadata = lp->new_layout ? lp->sysctl->u.list.metadata_total : 0;
	struct page p;
	enum outcome o;

	if (rc < 0) {
		explain(e, OP_LIST, WHEN_ASKED, NULL, (int)rc);
		return FAILED;
	}
	out->version = lp->sysctl->u.list.version;
	if (!total)
		return DONE;
	if (metadata > METADATA_MAX || total > ENTRIES_MAX) {
		senseless(e);
		return FAILED;
	}
	if (alloc_page(lp, &p, metadata, e))
		return FAILED;
	o = read_pages(lp, &p, total, out, e);
	free_page(lp, &p);
	return o;
}

int lp_list(struct lp *lp, struct lp_list *out, struct err *e)
{
	int i;

	*out = (struct lp_list){0};
	for (i = 0; i < TRIES; i++) {
		switch (read_list(lp, out, e)) {
		case DONE:
			return 0;
		case FAILED:
			lp_list_free(out);
			return -1;
		case CHANGED:
			lp_list_free(out);
			lp->xen.sleep(lp->xen.ctx, 1000000);
			break;
		}
	}
	return err_set(e, ERR_BUSY, "the list of payloads keeps changing: try again");
}

void lp_list_free(struct lp_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		free(list->v[i].name);
		free(list->v[i].metadata);
	}
	free(list->v);
	*list = (struct lp_list){0};
}

const struct lp_entry *lp_list_find(const struct lp_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!strcmp(list->v[i].name, name))
			return &list->v[i];
	return NULL;
}

int lp_list_possible(struct lp *lp)
{
	const struct wire_sysctl ask = {.op = WIRE_LIST};
	long rc = lp_sysctl(lp, &ask);

	return rc < 0 ? (int)rc : 0;
}
