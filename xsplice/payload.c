// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * payload.c - the sections that mean something to a loader
 *
 * Rules: docs/payload-format.md, "Sections".
 */
#include "core.h"
#include "payload.h"

/* What a special section must be. */
struct rule {
	const char *name;
	uint8_t entry; /* bytes of an entry on x86-64 */
	uint8_t entry_arm64; /* the same on arm64; 0: must not be there */
	bool mandatory;
	bool single; /* exactly one entry */
	bool final; /* no relocation may change it */
};

static const struct rule rules[] = {
	{ABI_SEC_BUILD_ID, 1, 1, true, false, true},
	{ABI_SEC_DEPENDS, 1, 1, true, false, true},
	{ABI_SEC_XEN_DEPENDS, 1, 1, true, false, true},
	{ABI_SEC_MODINFO, 1, 1, false, false, true},
	{ABI_SEC_FUNCS, sizeof(struct abi_func), sizeof(struct abi_func), false, false, false},
	{ABI_SEC_LOAD, 8, 8, false, false, false},
	{ABI_SEC_UNLOAD, 8, 8, false, false, false},
	{ABI_SEC_PREAPPLY, 8, 8, false, true, false},
	{ABI_SEC_APPLY, 8, 8, false, true, false},
	{ABI_SEC_POSTAPPLY, 8, 8, false, true, false},
	{ABI_SEC_PREREVERT, 8, 8, false, true, false},
	{ABI_SEC_REVERT, 8, 8, false, true, false},
	{ABI_SEC_POSTREVERT, 8, 8, false, true, false},
	{ABI_SEC_BUG_FRAMES "0", 8, 16, false, false, false},
	{ABI_SEC_BUG_FRAMES "1", 8, 16, false, false, false},
	{ABI_SEC_BUG_FRAMES "2", 8, 16, false, false, false},
	{ABI_SEC_BUG_FRAMES "3", 8, 16, false, false, false},
	{ABI_SEC_ALTINSTR, sizeof(struct abi_alt_instr), sizeof(struct abi_alt_instr_arm64), false,
	 false, false},
	{ABI_SEC_ALTINSTR_REP, 1, 1, false, false, false},
	{ABI_SEC_ALT_CALLS, sizeof(struct abi_alt_call), 0, false, false, false},
	{ABI_SEC_EX_TABLE, sizeof(struct abi_ex_entry), 0, false, false, false},
};

static const char *const hook_sections[XSP_HOOKS] = {
	[XSP_HOOK_LOAD] = ABI_SEC_LOAD,		  [XSP_HOOK_UNLOAD] = ABI_SEC_UNLOAD,
	[XSP_HOOK_PREAPPLY] = ABI_SEC_PREAPPLY,	  [XSP_HOOK_APPLY] = ABI_SEC_APPLY,
	[XSP_HOOK_POSTAPPLY] = ABI_SEC_POSTAPPLY, [XSP_HOOK_PREREVERT] = ABI_SEC_PREREVERT,
	[XSP_HOOK_REVERT] = ABI_SEC_REVERT,	  [XSP_HOOK_POSTREVERT] = ABI_SEC_POSTREVERT,
};

const char *xsp_hook_section(enum xsp_hook hook)
{
	return hook_sections[hook];
}

/* The rule's section is there at most once; *@found says which it is, 0 for none. */
static int check_once(const struct xsp_image *img, const char *name, uint32_t *found,
		      struct xsp_cause *c)
{
	struct xsp_section s;
	uint32_t i;

	*found = 0;
	for (i = 1; i < img->nsections; i++) {
		xsp_image_section(img, i, &s);
		if (!xsp_streq(s.name, name))
			continue;
		if (*found)
			return xsp_fail(c, XSP_SPECIAL_TWICE, s.pos, name);
		*found = i;
	}
	return 0;
}

/* No section of relocations with entries changes section @index. */
static int check_final(const struct xsp_image *img, uint32_t index, const char *name,
		       struct xsp_cause *c)
{
	struct xsp_section relocs;
	uint32_t at = 0;

	while (xsp_image_relocs(img, at, &relocs)) {
		at = relocs.index;
		if (relocs.info == index && relocs.size)
			return xsp_fail(c, XSP_SPECIAL_RELOC, relocs.pos, name);
	}
	return 0;
}

/* A section that is there and not empty has the form of its rule. */
static int check_form(const struct xsp_image *img, const struct rule *r,
		      const struct xsp_section *s, struct xsp_cause *c)
{
	uint8_t entry = img->machine == ABI_EM_X86_64 ? r->entry : r->entry_arm64;

	if (!entry)
		return xsp_fail(c, XSP_SPECIAL_MACHINE, s->pos, r->name);
	if (!(s->flags & ABI_SHF_ALLOC))
		return xsp_fail(c, XSP_SPECIAL_ALLOC, s->pos, r->name);
	if (!s->data)
		return xsp_fail(c, XSP_SPECIAL_NOBITS, s->pos, r->name);
	if (s->size % entry)
		return xsp_fail(c, XSP_SPECIAL_SIZE, s->pos, r->name);
	if (r->single && s->size != entry)
		return xsp_fail(c, XSP_SPECIAL_COUNT, s->pos, r->name);
	return r->final ? check_final(img, s->index, r->name, c) : 0;
}

static int check_rule(const struct xsp_image *img, const struct rule *r, struct xsp_cause *c)
{
	struct xsp_section s;
	uint32_t found;

	if (check_once(img, r->name, &found, c))
		return -1;
	if (found)
		xsp_image_section(img, found, &s);
	if (found && s.size)
		return check_form(img, r, &s, c);
	if (r->mandatory)
		return xsp_fail(c, XSP_SPECIAL_MISSING, found ? s.pos : img->headers, r->name);
	return 0;
}

static int check_rules(const struct xsp_image *img, struct xsp_cause *c)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (check_rule(img, &rules[i], c))
			return -1;
	return 0;
}

/*
 * Section @name is one complete build-id note. Needs check_rules(). The note may
 * or may not be padded to 4 bytes at its end.
 */
static int read_note(const struct xsp_image *img, const char *name, struct xsp_bytes *out,
		     struct xsp_cause *c)
{
	const size_t fixed = sizeof(struct abi_note) + sizeof(ABI_NOTE_GNU);
	struct xsp_section s;
	struct abi_note n;

	(void)xsp_image_find(img, name, &s);
	if (s.size < fixed)
		return xsp_fail(c, XSP_NOTE_SIZE, s.pos, name);
	memcpy(&n, s.data, sizeof(n));
	if (n.type != ABI_NT_GNU_BUILD_ID)
		return xsp_fail(c, XSP_NOTE_TYPE, s.pos, name);
	if (n.namesz != sizeof(ABI_NOTE_GNU) ||
	    memcmp(s.data + sizeof(n), ABI_NOTE_GNU, sizeof(ABI_NOTE_GNU)))
		return xsp_fail(c, XSP_NOTE_NAME, s.pos, name);
	if (!n.descsz || n.descsz > ABI_BUILD_ID_MAX)
		return xsp_fail(c, XSP_NOTE_ID_SIZE, s.pos, name);
	if (s.size != fixed + n.descsz && s.size != fixed + ((n.descsz + 3) & ~3u))
		return xsp_fail(c, XSP_NOTE_SIZE, s.pos, name);
	out->data = s.data + fixed;
	out->size = n.descsz;
	return 0;
}

/* .modinfo is there with at least one byte, the last of which is 0; or not there. */
static int read_modinfo(struct xsp_payload *p, struct xsp_cause *c)
{
	struct xsp_section *s = &p->modinfo;

	if (!xsp_image_find(&p->image, ABI_SEC_MODINFO, s))
		return 0;
	if (!s->size)
		return xsp_fail(c, XSP_MODINFO_EMPTY, s->pos, ABI_SEC_MODINFO);
	if (s->data[s->size - 1])
		return xsp_fail(c, XSP_MODINFO_END, s->pos + s->size - 1, ABI_SEC_MODINFO);
	return 0;
}

/*
 * Alternatives need code that they change and a section of replacements, which may
 * be empty: an entry may replace by nothing (xen/common/livepatch.c, prepare_payload).
 */
static int check_alternatives(const struct xsp_image *img, struct xsp_cause *c)
{
	struct xsp_section s;
	struct xsp_section other;
	bool text = false;
	uint32_t i;

	if (!xsp_image_find(img, ABI_SEC_ALTINSTR, &s) || !s.size)
		return 0;
	for (i = 1; i < img->nsections && !text; i++) {
		xsp_image_section(img, i, &other);
		text = (other.flags & ABI_SHF_ALLOC) && (other.flags & ABI_SHF_EXECINSTR) &&
		       other.size;
	}
	if (!text || !xsp_image_find(img, ABI_SEC_ALTINSTR_REP, &other))
		return xsp_fail(c, XSP_ALT_NO_TEXT, s.pos, ABI_SEC_ALTINSTR);
	return 0;
}

/* The functions and their relocations, which are in one section. */
static int find_funcs(struct xsp_payload *p, struct xsp_cause *c)
{
	struct xsp_section s;
	uint32_t at = 0;

	(void)xsp_image_find(&p->image, ABI_SEC_FUNCS, &p->funcs);
	p->nfuncs = (uint32_t)(p->funcs.size / sizeof(struct abi_func));
	while (p->nfuncs && xsp_image_relocs(&p->image, at, &s)) {
		at = s.index;
		if (s.info != p->funcs.index)
			continue;
		if (p->func_relocs.size)
			return xsp_fail(c, XSP_POINTER_ORDER, s.pos, ABI_SEC_FUNCS);
		p->func_relocs = s;
	}
	return 0;
}

static int find_work(struct xsp_payload *p, struct xsp_cause *c)
{
	size_t work = p->funcs.size;
	int i;

	for (i = 0; i < XSP_HOOKS; i++) {
		(void)xsp_image_find(&p->image, hook_sections[i], &p->hooks[i]);
		work |= p->hooks[i].size;
	}
	if (!work)
		return xsp_fail(c, XSP_NOTHING_TO_DO, p->image.headers, "file");
	return 0;
}

int xsp_payload_open(struct xsp_payload *p, const void *elf, size_t size, struct xsp_cause *c)
{
	memset(p, 0, sizeof(*p));
	if (xsp_image_open(&p->image, elf, size, c) || check_rules(&p->image, c) ||
	    read_note(&p->image, ABI_SEC_BUILD_ID, &p->build_id, c) ||
	    read_note(&p->image, ABI_SEC_DEPENDS, &p->depends, c) ||
	    read_note(&p->image, ABI_SEC_XEN_DEPENDS, &p->xen_depends, c) || read_modinfo(p, c) ||
	    check_alternatives(&p->image, c) || find_funcs(p, c) || find_work(p, c))
		return -1;
	return xsp_check_funcs(p, c);
}

bool xsp_payload_info(const struct xsp_payload *p, size_t *pos, struct xsp_info *out)
{
	const uint8_t *s;
	size_t len = 0;
	size_t key = 0;

	if (*pos >= p->modinfo.size)
		return false;
	s = p->modinfo.data + *pos;
	while (s[len])
		len++;
	while (key < len && s[key] != '=')
		key++;
	*pos += len + 1;
	out->key.data = s;
	out->key.size = key < len ? key : 0;
	out->value.data = key < len ? s + key + 1 : s;
	out->value.size = key < len ? len - key - 1 : len;
	return true;
}
