// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening, linking, planning: whatever is taken leads where it may, what is refused
 * leaves nothing behind, and what is applied and reverted leaves the code as it was. The hypervisor has every symbol; the file says which machine
 * and which build-id it is for, so that both are right.
 */
#include "xsplice/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT 0xffff82d040200000u
#define DATA 0xffff82d040600000u
#define BASE 0xffff82d040800000u

/* Code that was written, each byte once. */
struct written {
	uint64_t addr;
	uint8_t byte;
};

#define WRITTEN_MAX 65536

struct xen {
	size_t live;
	size_t allocations;
	size_t fail;
	struct written *written;
	size_t nwritten;
};

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void *get(void *ctx, size_t size)
{
	struct xen *x = ctx;

	if (++x->allocations == x->fail)
		return NULL;
	x->live++;
	return calloc(1, size ? size : 1);
}

static void release(void *ctx, void *memory)
{
	struct xen *x = ctx;

	x->live -= memory != NULL;
	free(memory);
}

/* "none..." is not there; "data..." is data, all else functions 64 bytes apart. */
static bool symbol(void *ctx, const char *name, uint64_t *addr)
{
	uint64_t hash = 0;

	(void)ctx;
	require(*name);
	if (strncmp(name, "none", 4) && strncmp(name, "new", 3) && strcmp(name, "helper") &&
	    strcmp(name, "counter")) {
		for (const char *p = name; *p; p++)
			hash = hash * 31 + (uint8_t)*p;
		*addr = strncmp(name, "data", 4) ? TEXT + hash % 65536 * 64 : DATA;
		return true;
	}
	return false;
}

static bool is_text(void *ctx, uint64_t addr, uint64_t size)
{
	(void)ctx;
	return xsp_covers(TEXT, 4u << 20, addr, size);
}

static bool is_denied(void *ctx, uint64_t addr, uint64_t size)
{
	require(is_text(ctx, addr, size));
	return xsp_covers(addr, size, TEXT + 0x300000, 1);
}

/* As booted: every second function begins with an endbr64. */
static uint8_t booted(uint64_t addr)
{
	static const uint8_t endbr[4] = {0xf3, 0x0f, 0x1e, 0xfa};

	return !(addr & 64) && (addr & 63) < sizeof(endbr) ? endbr[addr & 63] : 0x90;
}

static void read_text(void *ctx, uint64_t addr, void *to, size_t size)
{
	const struct xen *x = ctx;

	require(is_text(ctx, addr, size));
	for (size_t i = 0; i < size; i++)
		((uint8_t *)to)[i] = booted(addr + i);
	for (size_t i = 0; i < x->nwritten; i++)
		if (x->written[i].addr - addr < size)
			((uint8_t *)to)[x->written[i].addr - addr] = x->written[i].byte;
}

static void write_byte(struct xen *x, uint64_t addr, uint8_t byte)
{
	size_t i;

	for (i = 0; i < x->nwritten && x->written[i].addr != addr; i++)
		;
	if (i == x->nwritten)
		x->nwritten++;
	require(i < WRITTEN_MAX);
	x->written[i] = (struct written){addr, byte};
}

static bool read_data(void *ctx, uint64_t addr, void *to, size_t size)
{
	(void)ctx;
	if (!xsp_covers(DATA, 4096, addr, size))
		return false;
	memset(to, 0, size);
	return true;
}

static void digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	(void)ctx;
	(void)hash;
	(void)piece;
	(void)count;
	memset(out, 0, 64);
}

static bool check_signature(void *ctx, const struct xsp_key *key, const struct xsp_pgp_sig *sig,
			    const uint8_t *d)
{
	(void)ctx;
	(void)key;
	(void)sig;
	(void)d;
	return false;
}

/* Half of the inputs are for a CPU that tracks branches: which ones does not matter. */
static bool has_ibt(void *ctx)
{
	return ((struct xen *)ctx)->fail & 1;
}

static uint64_t now(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Patches stay in code, within their size, and in what may be patched. */
static void check_patches(const struct xsp_module *m)
{
	for (uint32_t i = 0; i < m->npatches; i++) {
		const struct xsp_patch *t = &m->patches[i];

		require(t->size <= XSP_PATCH_MAX && is_text(NULL, t->addr, t->size));
		require(t->addr >= t->old_addr);
		require(t->addr - t->old_addr + t->size <= t->old_size);
		require(!is_denied(NULL, t->old_addr, t->old_size));
		require(!t->new_addr || xsp_in_region(m, XSP_TEXT, t->new_addr, 1));
		require(t->nexpect <= t->old_size);
		require(strlen(t->name) < 2u << 20);
	}
}

static void check_table(const struct xsp_module *m, const struct xsp_table *t, uint32_t entry)
{
	require(!t->count || xsp_in_module(m, t->addr, (uint64_t)t->count * entry));
}

static void check_tables(const struct xsp_module *m)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < XSP_HOOKS; i++)
		check_table(m, &m->hooks[i], 8);
	for (uint32_t i = 0; i < ABI_BUG_TYPES; i++)
		check_table(m, &m->bug_frames[i], 8);
	check_table(m, &m->alternatives, 12);
	check_table(m, &m->alt_calls, 4);
	check_table(m, &m->ex_table, 8);
	for (uint32_t i = 0; i < m->ex_table.count; i++) {
		uint64_t at = m->ex_table.addr + 8 * (uint64_t)i;
		uint64_t addr = at + (uint64_t)(int64_t)(int32_t)xsp_le32(xsp_at(m, at));

		require(addr >= last && xsp_in_region(m, XSP_TEXT, addr, 1));
		last = addr;
	}
	for (uint32_t i = 0; i < m->nsymbols; i++)
		require(!i || m->symbols[i - 1].addr <= m->symbols[i].addr);
	(void)xsp_module_symbol(m, m->base + 1);
}

static void carry_out(struct xen *x, const struct xsp_plan *plan)
{
	uint8_t now_there[XSP_PATCH_MAX];

	for (uint32_t i = 0; i < plan->nsteps; i++) {
		const struct xsp_step *s = &plan->steps[i];

		if (s->kind != XSP_WRITE) {
			require(s->module == plan->module);
			continue;
		}
		require(s->size && s->size <= XSP_PATCH_MAX && is_text(x, s->addr, s->size));
		read_text(x, s->addr, now_there, s->size);
		require(!memcmp(now_there, xsp_step_old(plan, s), s->size));
		for (uint32_t k = 0; k < s->size; k++)
			write_byte(x, s->addr + k, xsp_step_new(plan, s)[k]);
	}
}

/* True if it was done. */
static bool act(struct xsp_loader *l, struct xen *x, struct xsp_module *m, enum xsp_action action,
		struct xsp_cause *c)
{
	struct xsp_plan plan;

	if (xsp_plan_make(l, m, action, 0, &plan, c))
		return false;
	if (!plan.nothing) {
		require(xsp_plan_holds(l, &plan));
		carry_out(x, &plan);
		xsp_plan_commit(l, &plan);
	}
	xsp_plan_free(l, &plan);
	return true;
}

static void apply_and_revert(struct xsp_loader *l, struct xen *x, struct xsp_module *m,
			     enum xsp_action action, struct xsp_cause *c)
{
	if (m->npatches > 1024 || !act(l, x, m, action, c))
		return;
	require(m->state == XSP_APPLIED && l->top == m);
	/* Memory may have run out. */
	while (!act(l, x, m, XSP_REVERT, c)) {
		require(c->code == XSP_NO_MEMORY);
		c->code = XSP_OK;
	}
	require(m->state == XSP_CHECKED && !l->top);
	for (size_t i = 0; i < x->nwritten; i++)
		require(x->written[i].byte == booted(x->written[i].addr));
}

/* The file for a loader of its machine and build-id; allocation @fail fails, 0: none. */
static void load(const uint8_t *data, size_t size, const struct xsp_payload *known, size_t fail)
{
	static struct written written[WRITTEN_MAX];
	struct xen x = {.fail = fail, .written = written};
	const struct xsp_host host = {&x,	 get,	    release,   symbol, is_text,
				      is_denied, read_text, read_data, digest, check_signature,
				      now,	 has_ibt};
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_loader l;
	struct xsp_verdict verdict;
	struct xsp_payload p;
	struct xsp_module *m;
	uint8_t *memory = NULL;

	xsp_loader_init(&l, &host);
	l.policy.mode = XSP_OFF;
	l.machine = known->image.machine;
	l.features = 672;
	l.xen_build_id = known->xen_depends;
	m = xsp_module_open(&l, "fuzz", data, size, &p, &verdict, &c);
	if (m) {
		memory = malloc(m->layout.size);
		if (!xsp_module_link(&l, m, &p, BASE, memory, &c)) {
			require(c.code == XSP_OK);
			check_patches(m);
			check_tables(m);
			xsp_module_add(&l, m);
			apply_and_revert(&l, &x, m, fail & 1 ? XSP_REPLACE : XSP_APPLY, &c);
			xsp_module_remove(&l, m);
		}
		xsp_module_free(&l, m);
	}
	free(memory);
	require(x.live == 0 && c.code < XSP_CODES && c.pos <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload known;

	if (xsp_payload_open(&known, data, size, &c))
		return 0;
	load(data, size, &known, 0);
	load(data, size, &known, 1 + size % 16);
	return 0;
}
