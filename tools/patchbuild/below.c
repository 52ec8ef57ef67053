// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/below.h"

#include "common/payload_sig.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

#define ENDBR_SIZE 4
#define JUMP	   0xe9

/* --- files --- */

static int take_id(size_t n, const unsigned char id[20], const char *xen, struct err *e)
{
	unsigned char own[20];

	if (n == 1 && text_unhex(own, sizeof(own), xen) && !memcmp(own, id, sizeof(own)))
		return 0;
	return err_set(e, ERR_USAGE,
		       "--depends: a build-id does not tell what the payload below patches: give "
		       "its file");
}

static int read_payload(struct below_payload *p, const char *path, struct err *e)
{
	struct xsp_cause cause = {0};
	struct xsp_trailer t;

	p->path = path;
	if (file_read_start(path, ABI_PAYLOAD_MAX + 1, &p->file, e) < 0)
		return -1;
	if (xsp_trailer_open(&t, p->file.data, p->file.size, &cause) ||
	    xsp_payload_open(&p->payload, t.data, t.elf_size, &cause))
		return payload_cause(path, &cause, e);
	if (p->payload.hooks[XSP_HOOK_APPLY].size)
		return err_fail(e,
				"%s: applies itself, with a hook: what it writes is not known, and "
				"nothing can be built on top of it",
				path);
	if (p->payload.build_id.size != 20)
		return err_fail(e, "%s: its build-id has not 20 bytes", path);
	return 0;
}

int below_read(struct below *b, const char *const *depends, size_t n, const char *xen,
	       struct err *e)
{
	unsigned char id[20];
	size_t i;

	memcpy(b->id, xen, sizeof(b->id));
	for (i = 0; i < n; i++) {
		if (text_unhex(id, sizeof(id), depends[i]))
			return take_id(n, id, xen, e);
		b->v = mem_grow(b->v, b->n, sizeof(*b->v));
		memset(&b->v[b->n], 0, sizeof(*b->v));
		if (read_payload(&b->v[b->n++], depends[i], e) < 0)
			return -1;
		text_hex(b->id, b->v[i].payload.build_id.data, 20);
	}
	return 0;
}

int below_apply(struct below *b, struct offline *o, struct err *e)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (offline_try(o, b->v[i].path, b->v[i].file.data, b->v[i].file.size, XSP_APPLY, 0,
				&b->v[i].tried, e) < 0)
			return -1;
	return 0;
}

void below_free(struct below *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		file_free(&b->v[i].file);
		offline_result_free(&b->v[i].tried);
	}
	free(b->v);
	memset(b, 0, sizeof(*b));
}

/* --- functions of both --- */

static bool is_value(const struct xsp_bytes *b, const char *prefix, const char *text)
{
	size_t len = strlen(prefix);

	return b->size == len + strlen(text) && !memcmp(b->data, prefix, len) &&
	       !memcmp(b->data + len, text, strlen(text));
}

static bool has_patch(const struct patch_set *patches, const struct xsp_bytes *value)
{
	size_t i;

	for (i = 0; i < patches->npatches; i++)
		if (is_value(value, "sha256:", patches->patches[i].sha256))
			return true;
	return false;
}

/* All patches of the payload are among @patches; it says which they are. */
static bool is_contained(const struct below_payload *p, const struct patch_set *patches)
{
	struct xsp_info info;
	size_t known = 0;
	size_t pos = 0;

	while (xsp_payload_info(&p->payload, &pos, &info)) {
		if (!is_value(&info.key, "patch", ""))
			continue;
		if (!has_patch(patches, &info.value))
			return false;
		known++;
	}
	return known > 0;
}

static bool overlaps(const struct offline_write *w, const struct chosen *c)
{
	return w->addr < c->old_addr + c->old_size && c->old_addr < w->addr + w->size;
}

static void judge_write(struct selection *s, struct chosen *c, const struct below_payload *p,
			const struct offline_write *w, bool contained)
{
	const char *object = c->pair->unit->object;

	if (!contained)
		verdict_refuse(s->verdict, "depends", object, c->sym->name,
			       "%s patches it, too, and its fix would be taken back: give the "
			       "patches of that payload, too, as they were given for it",
			       p->path);
	else if (w->addr < c->old_addr || w->addr - c->old_addr > ENDBR_SIZE || w->after[0] != JUMP)
		verdict_refuse(s->verdict, "depends", object, c->sym->name,
			       "%s patches it otherwise than by a jump at its begin", p->path);
	c->below = true;
	c->jump = (uint8_t)(w->addr - c->old_addr);
}

static void judge_payload(struct selection *s, struct chosen *c, const struct below_payload *p,
			  bool contained)
{
	size_t i;

	for (i = 0; i < p->tried.n; i++)
		if (overlaps(&p->tried.v[i], c))
			judge_write(s, c, p, &p->tried.v[i], contained);
}

void below_judge(const struct below *b, struct selection *s, const struct patch_set *patches)
{
	size_t i;
	size_t k;

	for (i = 0; i < b->n; i++) {
		bool contained = is_contained(&b->v[i], patches);

		for (k = 0; k < s->n; k++)
			if (s->v[k]->kind == CHOSEN_PATCH)
				judge_payload(s, s->v[k], &b->v[i], contained);
	}
}
