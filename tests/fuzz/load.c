// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening and linking: whatever is taken leads where it may, and what is refused
 * leaves nothing behind. The hypervisor has every symbol; the file says which machine
 * and which build-id it is for, so that both are right.
 */
#include "xsplice/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT 0xffff82d040200000u
#define DATA 0xffff82d040600000u
#define BASE 0xffff82d040800000u

struct xen {
	size_t live;
	size_t allocations;
	size_t fail;
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

/* Every second function begins with an endbr64. */
static void read_text(void *ctx, uint64_t addr, void *to, size_t size)
{
	require(is_text(ctx, addr, size));
	memset(to, 0x90, size);
	if ((addr & 64) && size >= 4)
		memcpy(to, "\xf3\x0f\x1e\xfa", 4);
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

/* The file for a loader of its machine and build-id; allocation @fail fails, 0: none. */
static void load(const uint8_t *data, size_t size, const struct xsp_payload *known, size_t fail)
{
	struct xen x = {0, 0, fail};
	const struct xsp_host host = {&x,	 get,	    release,   symbol, is_text,
				      is_denied, read_text, read_data, digest, check_signature,
				      now};
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
	load(data, size, &known, 1 + size % 9);
	return 0;
}
