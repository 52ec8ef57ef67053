// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * module.c - from a file to a module, and the list of them
 */
#include "link.h"

void xsp_loader_init(struct xsp_loader *l, const struct xsp_host *host)
{
	memset(l, 0, sizeof(*l));
	l->host = host;
	l->policy.mode = XSP_ENFORCE;
	l->policy.needed = 1;
}

struct xsp_module *xsp_loader_find(const struct xsp_loader *l, const char *name)
{
	struct xsp_module *m;

	for (m = l->first; m && !xsp_streq(m->name, name); m = m->next)
		;
	return m;
}

bool xsp_name_ok(const char *name)
{
	size_t n;

	for (n = 0; name[n]; n++)
		if (n >= XSP_NAME_MAX - 1 || (uint8_t)name[n] < 0x20 || name[n] == 0x7f)
			return false;
	return n > 0;
}

struct xsp_module *xsp_text_owner(const struct xsp_loader *l, uint64_t addr, uint64_t size)
{
	struct xsp_module *m;

	for (m = l->first; m && !xsp_in_region(m, XSP_TEXT, addr, size); m = m->next)
		;
	return m;
}

bool xsp_is_code(const struct xsp_loader *l, uint64_t addr, uint64_t size)
{
	return l->host->is_text(l->host->ctx, addr, size) || xsp_text_owner(l, addr, size);
}

void xsp_read_code(const struct xsp_loader *l, uint64_t addr, void *to, size_t size)
{
	const struct xsp_module *m = xsp_text_owner(l, addr, size);

	if (m)
		memcpy(to, xsp_at(m, addr), size);
	else
		l->host->read_text(l->host->ctx, addr, to, size);
}

/* --- opening ------------------------------------------------------------------------- */

static bool same(struct xsp_bytes a, struct xsp_bytes b)
{
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

static int check_name(const struct xsp_loader *l, const char *name, struct xsp_cause *c)
{
	if (!xsp_name_ok(name))
		return xsp_fail(c, XSP_NAME, 0, "name");
	if (xsp_loader_find(l, name))
		return xsp_fail(c, XSP_NAME_TAKEN, 0, "name");
	return 0;
}

/* Size, signatures, policy: nothing of the ELF is believed before. */
static int check_trust(const struct xsp_loader *l, const void *file, size_t size,
		       struct xsp_trailer *t, struct xsp_verdict *verdict, struct xsp_cause *c)
{
	if (!size)
		return xsp_fail(c, XSP_EMPTY, 0, "file");
	if (size > ABI_PAYLOAD_MAX)
		return xsp_fail(c, XSP_TOO_BIG, 0, "file");
	if (xsp_trailer_open(t, file, size, c))
		return -1;
	return xsp_policy_check(&l->policy, l->host, t, verdict, c);
}

/* Where the payload's content @b is in the file. */
static uint64_t pos_of(const struct xsp_payload *p, struct xsp_bytes b)
{
	return (uint64_t)(b.data - p->image.data);
}

/* Made for this machine and this hypervisor, and not loaded yet. */
static int check_place(const struct xsp_loader *l, const struct xsp_payload *p, struct xsp_cause *c)
{
	const struct xsp_module *m;

	if (p->image.machine != l->machine)
		return xsp_fail(c, XSP_OTHER_MACHINE, offsetof(struct abi_ehdr, e_machine),
				"ELF header");
	if (!l->xen_build_id.size)
		return xsp_fail(c, XSP_XEN_NO_ID, pos_of(p, p->xen_depends), ABI_SEC_XEN_DEPENDS);
	if (!same(p->xen_depends, l->xen_build_id))
		return xsp_fail(c, XSP_XEN_OTHER, pos_of(p, p->xen_depends), ABI_SEC_XEN_DEPENDS);
	for (m = l->first; m; m = m->next)
		if (same(m->build_id, p->build_id))
			return xsp_fail(c, XSP_ID_TAKEN, pos_of(p, p->build_id), ABI_SEC_BUILD_ID);
	return 0;
}

/* Copies @from to *@at, which moves on. */
static void keep(uint8_t **at, const void *from, size_t size, struct xsp_bytes *out)
{
	if (size)
		memcpy(*at, from, size);
	out->data = *at;
	out->size = size;
	*at += size;
}

/* The module with what it keeps of the file behind it, in one piece of memory. */
static struct xsp_module *new_module(const struct xsp_loader *l, const struct xsp_payload *p)
{
	size_t size =
		sizeof(struct xsp_module) + p->build_id.size + p->depends.size + p->modinfo.size;
	struct xsp_module *m = xsp_alloc(l->host, size, 1);
	uint8_t *at;

	if (!m)
		return NULL;
	at = (uint8_t *)(m + 1);
	keep(&at, p->build_id.data, p->build_id.size, &m->build_id);
	keep(&at, p->depends.data, p->depends.size, &m->depends);
	keep(&at, p->modinfo.data, p->modinfo.size, &m->info);
	m->state = XSP_CHECKED;
	return m;
}

static void set_name(struct xsp_module *m, const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		m->name[i] = name[i];
}

static struct xsp_module *make_module(const struct xsp_loader *l, const char *name,
				      struct xsp_bytes file, const struct xsp_payload *p,
				      const struct xsp_verdict *verdict, struct xsp_cause *c)
{
	struct xsp_module *m = new_module(l, p);

	if (!m) {
		xsp_fail(c, XSP_NO_MEMORY, 0, "module");
		return NULL;
	}
	set_name(m, name);
	m->verdict = *verdict;
	l->host->digest(l->host->ctx, XSP_PGP_SHA256, &file, 1, m->digest);
	if (!xsp_layout_make(&p->image, l->host, &m->layout, c))
		return m;
	xsp_module_free(l, m);
	return NULL;
}

struct xsp_module *xsp_module_open(const struct xsp_loader *l, const char *name, const void *file,
				   size_t size, struct xsp_payload *p, struct xsp_verdict *verdict,
				   struct xsp_cause *c)
{
	struct xsp_bytes whole = {file, size};
	struct xsp_trailer t;

	memset(verdict, 0, sizeof(*verdict));
	verdict->cause.what = "";
	if (check_name(l, name, c) || check_trust(l, file, size, &t, verdict, c) ||
	    xsp_payload_open(p, file, t.elf_size, c) || check_place(l, p, c))
		return NULL;
	return make_module(l, name, whole, p, verdict, c);
}

/* --- linking ----------------------------------------------------------------------------- */

void xsp_module_uses(struct xsp_module *m, const struct xsp_module *other)
{
	uint32_t i;

	for (i = 0; i < m->nuses; i++)
		if (m->uses[i] == other)
			return;
	m->uses[m->nuses++] = other;
}

static void copy_sections(struct xsp_module *m, const struct xsp_image *img)
{
	struct xsp_section s;
	uint32_t i;

	memset(m->memory, 0, m->layout.size);
	for (i = 1; i < img->nsections; i++) {
		xsp_image_section(img, i, &s);
		if (m->layout.at[i] != XSP_NOT_LOADED && s.data && s.size)
			memcpy(m->memory + m->layout.at[i], s.data, s.size);
	}
}

/* Memory whose size is known from the beginning: names, and the modules that may be used. */
static int prepare(const struct xsp_link *k)
{
	const struct xsp_host *host = k->loader->host;
	struct xsp_module *m = k->m;

	m->strings = xsp_alloc(host, k->p->image.strings.size, 1);
	m->uses = xsp_alloc(host, (uint64_t)k->loader->count + 1, sizeof(*m->uses));
	if (!m->strings || !m->uses)
		return xsp_fail(k->cause, XSP_NO_MEMORY, 0, "symbols");
	memcpy(m->strings, k->p->image.strings.data, k->p->image.strings.size);
	return 0;
}

static int link_all(struct xsp_link *k)
{
	if (prepare(k) || xsp_resolve(k) || xsp_relocate(k) || xsp_link_patches(k) ||
	    xsp_own_symbols(k) || xsp_link_tables(k))
		return -1;
	return xsp_link_alternatives(k);
}

int xsp_module_link(const struct xsp_loader *l, struct xsp_module *m, const struct xsp_payload *p,
		    uint64_t base, void *memory, struct xsp_cause *c)
{
	struct xsp_link k = {l, m, p, NULL, c};
	int status;

	m->base = base;
	m->memory = memory;
	copy_sections(m, &p->image);
	k.targets = xsp_alloc(l->host, p->image.nsymbols, sizeof(*k.targets));
	if (!k.targets)
		return xsp_fail(c, XSP_NO_MEMORY, 0, "symbols");
	status = link_all(&k);
	xsp_free(l->host, k.targets);
	return status;
}

void xsp_module_free(const struct xsp_loader *l, struct xsp_module *m)
{
	xsp_layout_free(&m->layout, l->host);
	xsp_free(l->host, m->patches);
	xsp_free(l->host, m->symbols);
	xsp_free(l->host, m->exports);
	xsp_free(l->host, m->strings);
	xsp_free(l->host, m->uses);
	xsp_free(l->host, m);
}

/* --- the list ------------------------------------------------------------------------------ */

void xsp_module_add(struct xsp_loader *l, struct xsp_module *m)
{
	struct xsp_module **at = &l->first;

	while (*at)
		at = &(*at)->next;
	*at = m;
	m->next = NULL;
	l->count++;
	l->version++;
}

static bool uses(const struct xsp_module *m, const struct xsp_module *other)
{
	uint32_t i;

	for (i = 0; i < m->nuses; i++)
		if (m->uses[i] == other)
			return true;
	return false;
}

int xsp_module_removable(const struct xsp_loader *l, const struct xsp_module *m,
			 struct xsp_cause *c)
{
	const struct xsp_module *other;

	if (m->state == XSP_APPLIED)
		return xsp_fail(c, XSP_STATE_APPLIED, 0, "payload");
	for (other = l->first; other; other = other->next)
		if (uses(other, m))
			return xsp_fail(c, XSP_IN_USE, 0, "payload");
	return 0;
}

void xsp_module_remove(struct xsp_loader *l, struct xsp_module *m)
{
	struct xsp_module **at = &l->first;

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	m->next = NULL;
	l->count--;
	l->version++;
}
