// SPDX-License-Identifier: GPL-2.0-or-later
#include "rig.h"

#include "xsplice/link.h"

#include <nettle/sha2.h>
#include <string.h>

static void *rig_alloc(void *ctx, size_t size)
{
	struct rig_xen *x = ctx;
	void *memory;

	if (++x->allocations == x->fail)
		return NULL;
	memory = calloc(1, size ? size : 1);
	ck_assert_ptr_nonnull(memory);
	x->live++;
	return memory;
}

static void rig_release(void *ctx, void *memory)
{
	struct rig_xen *x = ctx;

	if (memory)
		x->live--;
	free(memory);
}

static bool find_symbol(void *ctx, const char *name, uint64_t *addr)
{
	const struct rig_xen *x = ctx;

	ck_assert(*name);
	for (size_t i = 0; i < RIG_SYMBOLS && x->symbols[i].name; i++) {
		if (strcmp(x->symbols[i].name, name))
			continue;
		*addr = x->symbols[i].addr;
		return true;
	}
	return false;
}

static bool is_text(void *ctx, uint64_t addr, uint64_t size)
{
	(void)ctx;
	return xsp_covers(RIG_TEXT, RIG_TEXT_SIZE, addr, size);
}

static bool is_denied(void *ctx, uint64_t addr, uint64_t size)
{
	const struct rig_xen *x = ctx;

	ck_assert(is_text(ctx, addr, size));
	return xsp_covers(addr, size, x->denied, 1);
}

static void read_text(void *ctx, uint64_t addr, void *to, size_t size)
{
	const struct rig_xen *x = ctx;

	ck_assert(is_text(ctx, addr, size));
	memcpy(to, x->text + (addr - RIG_TEXT), size);
}

static bool read_data(void *ctx, uint64_t addr, void *to, size_t size)
{
	const struct rig_xen *x = ctx;

	if (!xsp_covers(RIG_DATA, RIG_DATA_SIZE, addr, size))
		return false;
	memcpy(to, x->data + (addr - RIG_DATA), size);
	return true;
}

static void digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	struct sha256_ctx sha;

	(void)ctx;
	ck_assert_uint_eq(hash, XSP_PGP_SHA256);
	sha256_init(&sha);
	for (uint32_t i = 0; i < count; i++)
		sha256_update(&sha, piece[i].size, piece[i].data);
	sha256_digest(&sha, SHA256_DIGEST_SIZE, out);
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

void rig_init(struct rig *r)
{
	static const uint8_t xen_id[20] = {0xaa, 0xbb};

	memset(r, 0, sizeof(*r));
	r->host = (struct xsp_host){
		.ctx = &r->xen,
		.alloc = rig_alloc,
		.free = rig_release,
		.symbol = find_symbol,
		.is_text = is_text,
		.is_denied = is_denied,
		.read_text = read_text,
		.read_data = read_data,
		.digest = digest,
		.check_signature = check_signature,
		.now = now,
	};
	r->xen.text = calloc(1, RIG_TEXT_SIZE);
	ck_assert_ptr_nonnull(r->xen.text);
	rig_symbol(r, "one", RIG_TEXT + 0x100);
	rig_symbol(r, "do_two", RIG_TEXT + 0x200);
	rig_symbol(r, "ops", RIG_DATA);
	xsp_loader_init(&r->loader, &r->host);
	r->loader.policy.mode = XSP_OFF;
	r->loader.machine = ABI_EM_X86_64;
	r->loader.features = 672;
	r->loader.xen_build_id = (struct xsp_bytes){xen_id, sizeof(xen_id)};
	r->name = "rig";
	r->base = RIG_BASE;
	make_loadable(&r->make);
}

void rig_free(struct rig *r)
{
	rig_drop(r);
	while (r->loader.first) {
		struct xsp_module *m = r->loader.first;

		xsp_module_remove(&r->loader, m);
		free(m->memory);
		xsp_module_free(&r->loader, m);
	}
	ck_assert_uint_eq(r->xen.live, 0);
	free(r->xen.text);
	strbuf_free(&r->file);
}

void rig_symbol(struct rig *r, const char *name, uint64_t addr)
{
	size_t i = 0;

	while (r->xen.symbols[i].name)
		i++;
	ck_assert_uint_lt(i, RIG_SYMBOLS - 1);
	r->xen.symbols[i].name = name;
	r->xen.symbols[i].addr = addr;
}

enum xsp_code rig_load(struct rig *r)
{
	strbuf_free(&r->file);
	make_write(&r->make, &r->file);
	return rig_load_file(r);
}

enum xsp_code rig_load_file(struct rig *r)
{
	uint8_t *exact = malloc(r->file.len ? r->file.len : 1);

	rig_drop(r);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, r->file.data, r->file.len);
	r->cause = (struct xsp_cause){XSP_OK, 0, ""};
	r->module = xsp_module_open(&r->loader, r->name, exact, r->file.len, &r->payload,
				    &r->verdict, &r->cause);
	if (r->module) {
		r->memory = malloc(r->module->layout.size);
		ck_assert_ptr_nonnull(r->memory);
		memset(r->memory, 0xcc, r->module->layout.size);
		if (xsp_module_link(&r->loader, r->module, &r->payload, r->base, r->memory,
				    &r->cause))
			rig_drop(r);
	}
	free(exact);
	ck_assert(!r->module == (r->cause.code != XSP_OK));
	return r->cause.code;
}

struct xsp_module *rig_add(struct rig *r, const char *name)
{
	struct xsp_module *m;

	r->name = name;
	ck_assert_msg(rig_load(r) == XSP_OK, "%s: %s", r->cause.what, xsp_code_text(r->cause.code));
	m = r->module;
	xsp_module_add(&r->loader, m);
	r->module = NULL;
	r->memory = NULL;
	r->base += 1u << 20;
	return m;
}

void rig_drop(struct rig *r)
{
	if (r->module)
		xsp_module_free(&r->loader, r->module);
	free(r->memory);
	r->module = NULL;
	r->memory = NULL;
}

uint64_t rig_section_addr(const struct rig *r, unsigned int i)
{
	return r->module->base + r->module->layout.at[i];
}

uint8_t *rig_section(const struct rig *r, unsigned int i)
{
	return r->memory + r->module->layout.at[i];
}
