// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/offline.h"

#include "common/digest.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/payload_sig.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u

/* Bytes written so far: what is read there is no longer the image's. */
struct written {
	uint64_t addr;
	uint8_t byte;
};

struct span {
	uint64_t start, end;
};

struct offline {
	const struct hvsyms *hv;
	struct xsp_host host;
	struct xsp_loader loader;
	uint8_t build_id[20];
	struct span text, init, rodata, data;
	uint64_t room; /* where the next payload goes */
	struct written *written;
	size_t nwritten;
};

static bool covers(const struct span *s, uint64_t addr, uint64_t size)
{
	return addr >= s->start && addr < s->end && size <= s->end - addr;
}

/* --- struct xsp_host ------------------------------------------------------------------- */

static void *host_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return mem_zalloc(size ? size : 1, 1);
}

static void host_free(void *ctx, void *memory)
{
	(void)ctx;
	free(memory);
}

/*
 * A name that is there more than once means the first one to Xen, which one that is
 * nobody sees: taken as missing.
 */
static bool host_symbol(void *ctx, const char *name, uint64_t *addr)
{
	const struct offline *o = ctx;

	return hvsyms_count(o->hv, name, addr) == 1 && !covers(&o->init, *addr, 1);
}

static bool host_is_text(void *ctx, uint64_t addr, uint64_t size)
{
	const struct offline *o = ctx;

	return covers(&o->text, addr, size) && hvsyms_bytes(o->hv, addr, size);
}

static bool host_is_denied(void *ctx, uint64_t addr, uint64_t size)
{
	const struct offline *o = ctx;
	uint64_t end = addr + size;
	uint64_t offset;

	/* Every function that begins in there or goes on. */
	do {
		const char *name = hvsyms_name_at(o->hv, addr, &offset);

		if (name && xsp_is_denied(name))
			return true;
	} while (++addr < end);
	return false;
}

static void host_read_text(void *ctx, uint64_t addr, void *to, size_t size)
{
	const struct offline *o = ctx;
	size_t i;

	memcpy(to, hvsyms_bytes(o->hv, addr, size), size);
	for (i = 0; i < o->nwritten; i++)
		if (o->written[i].addr - addr < size)
			((uint8_t *)to)[o->written[i].addr - addr] = o->written[i].byte;
}

/* Variables without an initial value are zeros. */
static bool host_read_data(void *ctx, uint64_t addr, void *to, size_t size)
{
	const struct offline *o = ctx;
	const uint8_t *bytes = hvsyms_bytes(o->hv, addr, size);

	if (!covers(&o->rodata, addr, size) && !covers(&o->data, addr, size))
		return false;
	if (bytes)
		memcpy(to, bytes, size);
	else
		memset(to, 0, size);
	return true;
}

static void host_digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
			uint8_t *out)
{
	static const enum digest_kind kinds[] = {
		[XSP_PGP_SHA256] = DIGEST_SHA256,
		[XSP_PGP_SHA384] = DIGEST_SHA384,
		[XSP_PGP_SHA512] = DIGEST_SHA512,
	};
	struct digest_part *parts = mem_zalloc(count, sizeof(*parts));
	uint32_t i;

	(void)ctx;
	for (i = 0; i < count; i++)
		parts[i] = (struct digest_part){piece[i].data, piece[i].size};
	digest_parts(out, kinds[hash], parts, count);
	free(parts);
}

/* The policy is off, so it is never asked. */
static bool host_check_signature(void *ctx, const struct xsp_key *key,
				 const struct xsp_pgp_sig *sig, const uint8_t *digest)
{
	(void)ctx;
	(void)key;
	(void)sig;
	(void)digest;
	return false;
}

static uint64_t host_now(void *ctx)
{
	(void)ctx;
	return 0;
}

/* --- the hypervisor --------------------------------------------------------------------- */

static int find_span(const struct hvsyms *hv, const char *start, const char *end, struct span *out,
		     struct err *e)
{
	const struct sym *first = hvsyms_global(hv, start);
	const struct sym *last = hvsyms_global(hv, end);

	if (!first || !last || last->value < first->value)
		return err_set(e, ERR_UNSUPPORTED,
			       "the base's xen-syms does not tell where %s to %s is", start, end);
	*out = (struct span){first->value, last->value};
	return 0;
}

static int find_spans(struct offline *o, struct err *e)
{
	if (find_span(o->hv, "_stext", "_etext", &o->text, e) ||
	    find_span(o->hv, "__2M_init_start", "__2M_init_end", &o->init, e) ||
	    find_span(o->hv, "__2M_rodata_start", "__2M_rodata_end", &o->rodata, e) ||
	    find_span(o->hv, "__2M_rwdata_start", "__2M_rwdata_end", &o->data, e))
		return -1;
	o->room = (o->data.end + PAGE - 1) / PAGE * PAGE;
	return 0;
}

struct offline *offline_open(const struct hvsyms *hv, const char *build_id, struct err *e)
{
	struct offline *o = mem_zalloc(1, sizeof(*o));

	o->hv = hv;
	if (find_spans(o, e) || !text_unhex(o->build_id, sizeof(o->build_id), build_id)) {
		free(o);
		return NULL;
	}
	o->host = (struct xsp_host){
		.ctx = o,
		.alloc = host_alloc,
		.free = host_free,
		.symbol = host_symbol,
		.is_text = host_is_text,
		.is_denied = host_is_denied,
		.read_text = host_read_text,
		.read_data = host_read_data,
		.digest = host_digest,
		.check_signature = host_check_signature,
		.now = host_now,
	};
	xsp_loader_init(&o->loader, &o->host);
	o->loader.policy.mode = XSP_OFF;
	o->loader.xen_build_id = (struct xsp_bytes){o->build_id, sizeof(o->build_id)};
	o->loader.machine = hvsyms_machine(hv);
	/* How many Xen knows is not in the image; a payload built from its source fits. */
	o->loader.features = UINT32_MAX;
	return o;
}

static void free_module(struct offline *o, struct xsp_module *m)
{
	free(m->memory);
	xsp_module_free(&o->loader, m);
}

void offline_close(struct offline *o)
{
	if (!o)
		return;
	while (o->loader.first) {
		struct xsp_module *m = o->loader.first;

		xsp_module_remove(&o->loader, m);
		free_module(o, m);
	}
	free(o->written);
	free(o);
}

/* --- trying --------------------------------------------------------------------------------- */

static void put_byte(struct offline *o, uint64_t addr, uint8_t byte)
{
	size_t i;

	for (i = 0; i < o->nwritten && o->written[i].addr != addr; i++)
		;
	if (i == o->nwritten)
		o->written = mem_grow(o->written, o->nwritten++, sizeof(*o->written));
	o->written[i] = (struct written){addr, byte};
}

/* Into a payload's own memory, or beside the image. */
static void put_bytes(struct offline *o, uint64_t addr, const uint8_t *bytes, uint32_t size)
{
	const struct xsp_module *m;
	uint32_t i;

	for (m = o->loader.first; m; m = m->next)
		if (addr >= m->base && addr - m->base < m->layout.size) {
			memcpy(m->memory + (addr - m->base), bytes, size);
			return;
		}
	for (i = 0; i < size; i++)
		put_byte(o, addr + i, bytes[i]);
}

/* The function that is written to: of the hypervisor, or of a payload below. */
static char *name_of(const struct offline *o, uint64_t addr, uint64_t *offset)
{
	const struct xsp_module *m;
	const char *name = hvsyms_name_at(o->hv, addr, offset);

	for (m = o->loader.first; m; m = m->next) {
		const struct xsp_modsym *s = xsp_module_symbol(m, addr);

		if (!s)
			continue;
		*offset = addr - s->addr;
		return mem_strdup(s->name);
	}
	return mem_strdup(name ? name : "");
}

static void add_write(struct offline *o, const struct xsp_plan *plan, const struct xsp_step *s,
		      struct offline_result *out)
{
	struct offline_write *w;

	out->v = mem_grow(out->v, out->n, sizeof(*out->v));
	w = &out->v[out->n++];
	*w = (struct offline_write){.addr = s->addr, .size = (uint8_t)s->size};
	w->symbol = name_of(o, s->addr, &w->offset);
	memcpy(w->before, xsp_step_old(plan, s), s->size);
	memcpy(w->after, xsp_step_new(plan, s), s->size);
}

static void carry_out(struct offline *o, struct xsp_plan *plan, struct offline_result *out)
{
	uint32_t i;

	for (i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == XSP_WRITE)
			add_write(o, plan, &plan->steps[i], out);
	for (i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == XSP_WRITE)
			put_bytes(o, plan->steps[i].addr, xsp_step_new(plan, &plan->steps[i]),
				  plan->steps[i].size);
	xsp_plan_commit(&o->loader, plan);
}

/* Would it go back, too? Only planned. */
static int try_revert(struct offline *o, struct xsp_module *m, struct xsp_cause *cause)
{
	struct xsp_plan plan;
	int status = xsp_plan_make(&o->loader, m, XSP_REVERT, 0, &plan, cause);

	if (!status)
		xsp_plan_free(&o->loader, &plan);
	return status;
}

static int act(struct offline *o, struct xsp_module *m, enum xsp_action action, uint32_t flags,
	       struct offline_result *out, struct xsp_cause *cause)
{
	struct xsp_plan plan;

	if (xsp_plan_make(&o->loader, m, action, flags, &plan, cause))
		return -1;
	carry_out(o, &plan, out);
	xsp_plan_free(&o->loader, &plan);
	out->functions = m->npatches;
	out->memory = m->layout.size;
	return try_revert(o, m, cause);
}

static struct xsp_module *load(struct offline *o, const void *file, size_t size,
			       struct xsp_cause *cause)
{
	autofree char *name = mem_printf("payload-%u", o->loader.count);
	struct xsp_verdict verdict;
	struct xsp_payload payload;
	struct xsp_module *m =
		xsp_module_open(&o->loader, name, file, size, &payload, &verdict, cause);

	if (!m)
		return NULL;
	m->memory = mem_zalloc(m->layout.size + 1, 1);
	if (!xsp_module_link(&o->loader, m, &payload, o->room, m->memory, cause)) {
		xsp_module_add(&o->loader, m);
		o->room += (m->layout.size + PAGE - 1) / PAGE * PAGE + PAGE;
		return m;
	}
	free_module(o, m);
	return NULL;
}

int offline_try(struct offline *o, const char *name, const void *file, size_t size,
		enum xsp_action action, uint32_t flags, struct offline_result *out, struct err *e)
{
	struct xsp_cause cause = {0};
	struct xsp_module *m;

	memset(out, 0, sizeof(*out));
	m = load(o, file, size, &cause);
	if (m && !act(o, m, action, flags, out, &cause))
		return 0;
	offline_result_free(out);
	if (m && m->state != XSP_APPLIED) {
		xsp_module_remove(&o->loader, m);
		free_module(o, m);
	}
	return payload_cause(name, &cause, e);
}

void offline_result_free(struct offline_result *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free(r->v[i].symbol);
	free(r->v);
	memset(r, 0, sizeof(*r));
}

struct json *offline_writes_json(const struct offline_result *r)
{
	struct json *all = json_new_array();
	char hex[2 * XSP_PATCH_MAX + 1];
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct offline_write *w = &r->v[i];
		autofree char *addr = mem_printf("0x%" PRIx64, w->addr);
		struct json *j = json_new_object();

		json_put_str(j, "address", addr);
		json_put_str(j, "symbol", w->symbol);
		json_put_int(j, "offset", (int64_t)w->offset);
		text_hex(hex, w->before, w->size);
		json_put_str(j, "old", hex);
		text_hex(hex, w->after, w->size);
		json_put_str(j, "new", hex);
		json_add(all, j);
	}
	return all;
}
