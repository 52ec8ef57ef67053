// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_inspect.c - patchbuild inspect PAYLOAD: what is in it
 *
 * One JSON document is made of what the core says; the text is made of that.
 */
#include "patchbuild/verbs.h"

#include "common/io.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/payload_sig.h"
#include "common/text.h"

#include "xsplice/xsplice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct cli_opt verb_inspect_opts[] = {
	{"elf", 0, CLI_STR, offsetof(struct inspect_opts, elf), "FILE",
	 "write the bytes that are signed to FILE and the signatures to FILE.sig: "
	 "`gpg --verify FILE.sig FILE`"},
	{"json", 'j', CLI_FLAG, offsetof(struct inspect_opts, json), NULL, "print JSON"},
	{0},
};

static void put_hex(struct json *j, const char *key, const uint8_t *data, size_t n)
{
	autofree char *hex = mem_zalloc(2 * n + 1, 1);

	text_hex(hex, data, n);
	json_put_str(j, key, hex);
}

static const char *ref_kind(const struct xsp_ref *r)
{
	static const char *const names[] = {
		[XSP_REF_NULL] = "none",
		[XSP_REF_VALUE] = "address",
		[XSP_REF_LOCAL] = "payload",
		[XSP_REF_EXTERN] = "symbol",
	};

	return names[r->kind];
}

static struct json *describe_ref(const struct xsp_payload *p, const struct xsp_ref *r)
{
	struct json *j = json_new_object();
	struct xsp_section s;
	char text[32];

	json_put_str(j, "kind", ref_kind(r));
	if (*r->symbol)
		json_put_str(j, "symbol", r->symbol);
	if (r->kind == XSP_REF_LOCAL) {
		xsp_image_section(&p->image, r->shndx, &s);
		json_put_str(j, "section", s.name);
	}
	if (r->kind == XSP_REF_VALUE || r->kind == XSP_REF_LOCAL) {
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)r->value);
		json_put_str(j, r->kind == XSP_REF_VALUE ? "address" : "offset", text);
	}
	if (r->kind == XSP_REF_EXTERN && r->addend)
		json_put_int(j, "addend", r->addend);
	return j;
}

static struct json *describe_funcs(const struct xsp_payload *p)
{
	struct json *list = json_new_array();
	uint32_t i;

	for (i = 0; i < p->nfuncs; i++) {
		struct json *j = json_new_object();
		struct xsp_func f;

		xsp_payload_func(p, i, &f);
		json_put_str(j, "name", f.name);
		json_put(j, "old", describe_ref(p, &f.old_code));
		json_put_int(j, "old_size", f.old_size);
		json_put(j, "new", describe_ref(p, &f.new_code));
		json_put_int(j, "new_size", f.new_size);
		if (f.expect)
			put_hex(j, "expect", f.expected.data, f.expected.size);
		json_add(list, j);
	}
	return list;
}

static struct json *describe_hooks(const struct xsp_payload *p)
{
	struct json *j = json_new_object();
	int i;

	for (i = 0; i < XSP_HOOKS; i++)
		if (p->hooks[i].size)
			json_put_int(j, strrchr(xsp_hook_section(i), '.') + 1,
				     (int64_t)(p->hooks[i].size / 8));
	return j;
}

static struct json *describe_modinfo(const struct xsp_payload *p)
{
	struct json *list = json_new_array();
	struct xsp_info info;
	size_t pos = 0;

	while (xsp_payload_info(p, &pos, &info)) {
		struct json *j = json_new_object();

		json_put_strn(j, "key", (const char *)info.key.data, info.key.size);
		json_put_strn(j, "value", (const char *)info.value.data, info.value.size);
		json_add(list, j);
	}
	return list;
}

static void put_flags(struct json *j, uint64_t flags)
{
	char text[8];
	char *s = text;

	if (flags & ABI_SHF_WRITE)
		*s++ = 'W';
	if (flags & ABI_SHF_ALLOC)
		*s++ = 'A';
	if (flags & ABI_SHF_EXECINSTR)
		*s++ = 'X';
	*s = '\0';
	json_put_str(j, "flags", text);
}

static struct json *describe_sections(const struct xsp_payload *p)
{
	struct json *list = json_new_array();
	struct xsp_section s;
	uint32_t i;

	for (i = 1; i < p->image.nsections; i++) {
		struct json *j = json_new_object();

		xsp_image_section(&p->image, i, &s);
		json_put_str(j, "name", s.name);
		json_put_int(j, "type", s.type);
		put_flags(j, s.flags);
		json_put_int(j, "offset", (int64_t)s.pos);
		json_put_int(j, "size", (int64_t)s.size);
		json_put_int(j, "align", (int64_t)s.align);
		json_add(list, j);
	}
	return list;
}

/* Symbols that the hypervisor must have. */
static struct json *describe_needs(const struct xsp_payload *p)
{
	struct json *list = json_new_array();
	struct xsp_symbol s;
	uint32_t i;

	for (i = 1; i < p->image.nsymbols; i++) {
		xsp_image_symbol(&p->image, i, &s);
		if (s.shndx == ABI_SHN_UNDEF)
			json_add_str(list, s.name);
	}
	return list;
}

static struct json *describe_sigs(const struct xsp_trailer *t)
{
	char fpr[PGP_FINGERPRINT_HEX];
	struct json *list = json_new_array();
	struct xsp_sig s;
	uint32_t i;

	for (i = 0; i < t->count; i++) {
		struct json *j = json_new_object();

		xsp_trailer_sig(t, i, &s);
		payload_fingerprint(fpr, s.pgp.fingerprint);
		json_put_str(j, "fingerprint", fpr);
		json_put_strn(j, "user", (const char *)s.signer.data, s.signer.size);
		json_put_int(j, "made", s.pgp.created);
		json_put_str(j, "algorithm", payload_algo_name(s.pgp.algo));
		json_put_str(j, "hash", payload_hash_name(s.pgp.hash));
		json_put_bool(j, "digest_fits", payload_digest_fits(&s.pgp, t->data, t->elf_size));
		json_add(list, j);
	}
	return list;
}

/* --- what Xen's own loader would say ------------------------------------------ */

static bool stock_knows(uint16_t machine, uint32_t type)
{
	if (machine == ABI_EM_X86_64)
		return type <= ABI_R_X86_64_PC32 || type == ABI_R_X86_64_PLT32;
	/* arm64: livepatch.c of Xen has these (ELF for the Arm 64-bit Architecture). */
	return (type >= 257 && type <= 272) || (type >= 274 && type <= 280) ||
	       (type >= 282 && type <= 293) || type == 299;
}

static char *stock_reloc(const struct xsp_image *img, const struct xsp_section *target,
			 const struct xsp_reloc *r)
{
	struct xsp_symbol sym;
	struct xsp_section s;

	if (!stock_knows(img->machine, r->type))
		return mem_printf("%s: relocation of type %u", target->name, r->type);
	if (r->offset >= target->size)
		return mem_printf("%s: relocation outside the section", target->name);
	if (!r->symbol || r->symbol >= img->nsymbols)
		return mem_printf("%s: relocation without a symbol", target->name);
	xsp_image_symbol(img, r->symbol, &sym);
	if (sym.shndx == ABI_SHN_UNDEF && !*sym.name)
		return mem_printf("%s: relocation by an undefined symbol without a name",
				  target->name);
	if (sym.shndx == ABI_SHN_UNDEF || sym.shndx == ABI_SHN_ABS)
		return NULL;
	xsp_image_section(img, sym.shndx, &s);
	if (!(s.flags & ABI_SHF_ALLOC))
		return mem_printf("%s: relocation by a symbol of %s, which is not loaded",
				  target->name, s.name);
	return NULL;
}

/* The first thing in each section that stock Xen refuses, though the core does not. */
static struct json *stock_refusals(const struct xsp_payload *p)
{
	struct json *list = json_new_array();
	struct xsp_section relocs;
	struct xsp_section target;
	uint32_t at = 0;
	uint32_t i;

	while (xsp_image_relocs(&p->image, at, &relocs)) {
		char *why = NULL;

		at = relocs.index;
		xsp_image_section(&p->image, relocs.info, &target);
		for (i = 0; i < xsp_reloc_count(&relocs) && !why; i++) {
			struct xsp_reloc r;

			xsp_image_reloc(&relocs, i, &r);
			why = stock_reloc(&p->image, &target, &r);
		}
		if (why)
			json_add_str(list, why);
		free(why);
	}
	return list;
}

static struct json *describe(const char *path, const struct file_data *f,
			     const struct xsp_trailer *t, const struct xsp_payload *p)
{
	struct json *j = json_new_object();

	json_put_int(j, "schema", 1);
	json_put_str(j, "payload", path);
	json_put_int(j, "size", (int64_t)f->size);
	json_put_int(j, "elf_size", (int64_t)t->elf_size);
	json_put_str(j, "machine", p->image.machine == ABI_EM_X86_64 ? "x86-64" : "arm64");
	put_hex(j, "build_id", p->build_id.data, p->build_id.size);
	put_hex(j, "depends", p->depends.data, p->depends.size);
	put_hex(j, "xen_depends", p->xen_depends.data, p->xen_depends.size);
	json_put(j, "modinfo", describe_modinfo(p));
	json_put(j, "functions", describe_funcs(p));
	json_put(j, "hooks", describe_hooks(p));
	json_put(j, "needs", describe_needs(p));
	json_put(j, "sections", describe_sections(p));
	json_put(j, "signatures", describe_sigs(t));
	json_put(j, "stock_xen_refuses", stock_refusals(p));
	return j;
}

/* --- text ------------------------------------------------------------------------- */

static void add_str(struct strbuf *b, const struct json *j, const char *key)
{
	const char *s = json_get_str(j, key);

	strbuf_add_escaped(b, s ? s : "", s ? strlen(s) : 0);
}

static void add_ref(struct strbuf *b, const struct json *ref)
{
	const char *kind = json_get_str(ref, "kind");
	long long addend = json_get_int(ref, "addend", 0);

	if (!strcmp(kind, "address")) {
		add_str(b, ref, "address");
	} else if (!strcmp(kind, "payload")) {
		add_str(b, ref, "section");
		strbuf_addc(b, '+');
		add_str(b, ref, "offset");
	} else if (!strcmp(kind, "symbol")) {
		add_str(b, ref, "symbol");
		if (addend)
			strbuf_addf(b, "%+lld", addend);
	}
}

static void add_func(struct strbuf *b, const struct json *f)
{
	const char *old = json_get_str(json_get(f, "old"), "kind");
	const char *new = json_get_str(json_get(f, "new"), "kind");

	strbuf_adds(b, "    ");
	add_str(b, f, "name");
	strbuf_addf(b, "\n      old: %lld bytes at ", (long long)json_get_int(f, "old_size", 0));
	if (!strcmp(old, "none"))
		strbuf_adds(b, "the symbol of that name");
	else
		add_ref(b, json_get(f, "old"));
	strbuf_addf(b, "\n      new: %lld bytes ", (long long)json_get_int(f, "new_size", 0));
	if (!strcmp(new, "none"))
		strbuf_adds(b, "of NOPs");
	else
		strbuf_adds(b, "at ");
	add_ref(b, json_get(f, "new"));
	strbuf_adds(b, "\n      expects: ");
	add_str(b, f, "expect");
	strbuf_adds(b, json_get(f, "expect") ? "\n" : "nothing\n");
}

static void add_funcs(struct strbuf *b, const struct json *doc)
{
	const struct json *list = json_get(doc, "functions");
	size_t i;

	strbuf_addf(b, "  functions: %zu\n", json_size(list));
	for (i = 0; i < json_size(list); i++)
		add_func(b, json_at(list, i));
}

static void add_modinfo(struct strbuf *b, const struct json *doc)
{
	const struct json *list = json_get(doc, "modinfo");
	size_t i;

	strbuf_adds(b, json_size(list) ? "  information:\n" : "");
	for (i = 0; i < json_size(list); i++) {
		const struct json *info = json_at(list, i);
		const char *key = json_get_str(info, "key");

		strbuf_adds(b, "    ");
		add_str(b, info, "key");
		strbuf_adds(b, *key ? ": " : "");
		add_str(b, info, "value");
		strbuf_addc(b, '\n');
	}
}

static void add_hooks(struct strbuf *b, const struct json *doc)
{
	const struct json *hooks = json_get(doc, "hooks");
	struct json *n;
	const char *key;
	void *iter = NULL;

	while (json_next(hooks, &iter, &key, &n))
		strbuf_addf(b, "  hook %s: %lld\n", key, (long long)json_get_int(hooks, key, 0));
}

static void add_sections(struct strbuf *b, const struct json *doc)
{
	const struct json *list = json_get(doc, "sections");
	size_t i;

	strbuf_adds(b, "  loaded sections (size, align, flags, name):\n");
	for (i = 0; i < json_size(list); i++) {
		const struct json *s = json_at(list, i);

		if (!strchr(json_get_str(s, "flags"), 'A') || !json_get_int(s, "size", 0))
			continue;
		strbuf_addf(b, "    %8lld %4lld %-3s ", (long long)json_get_int(s, "size", 0),
			    (long long)json_get_int(s, "align", 0), json_get_str(s, "flags"));
		add_str(b, s, "name");
		strbuf_addc(b, '\n');
	}
}

static void add_sigs(struct strbuf *b, const struct json *doc)
{
	const struct json *list = json_get(doc, "signatures");
	size_t i;

	if (!json_size(list))
		strbuf_adds(b, "  signatures: none\n");
	else
		strbuf_adds(b, "  signatures (not verified; see `patchbuild verify`):\n");
	for (i = 0; i < json_size(list); i++) {
		const struct json *s = json_at(list, i);
		time_t made = (time_t)json_get_int(s, "made", 0);
		char when[32] = "?";
		struct tm tm;

		if (gmtime_r(&made, &tm))
			strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
		strbuf_adds(b, "    ");
		add_str(b, s, "user");
		strbuf_addf(b, "\n      %s, %s %s, key %s%s\n", when, json_get_str(s, "algorithm"),
			    json_get_str(s, "hash"), json_get_str(s, "fingerprint"),
			    json_get_bool(s, "digest_fits", false) ? ""
								   : "\n      of OTHER CONTENT");
	}
}

/* A list of strings, each on a line of its own. */
static void add_list(struct strbuf *b, const struct json *list, const char *title)
{
	size_t i;

	strbuf_adds(b, json_size(list) ? title : "");
	for (i = 0; i < json_size(list); i++) {
		const char *s = json_str(json_at(list, i));

		strbuf_adds(b, "    ");
		strbuf_add_escaped(b, s, strlen(s));
		strbuf_addc(b, '\n');
	}
}

static void print_text(const struct json *doc)
{
	struct strbuf b = {0};

	add_str(&b, doc, "payload");
	strbuf_addf(&b, ": payload for %s, %lld bytes (%lld without signatures)\n",
		    json_get_str(doc, "machine"), (long long)json_get_int(doc, "size", 0),
		    (long long)json_get_int(doc, "elf_size", 0));
	strbuf_addf(&b, "  build-id: %s\n", json_get_str(doc, "build_id"));
	strbuf_addf(&b, "  for Xen:  %s\n", json_get_str(doc, "xen_depends"));
	strbuf_addf(&b, "  on top of: %s\n",
		    strcmp(json_get_str(doc, "depends"), json_get_str(doc, "xen_depends"))
			    ? json_get_str(doc, "depends")
			    : "that Xen");
	add_modinfo(&b, doc);
	add_funcs(&b, doc);
	add_hooks(&b, doc);
	add_list(&b, json_get(doc, "needs"), "  symbols that Xen must have:\n");
	add_sections(&b, doc);
	add_sigs(&b, doc);
	if (json_size(json_get(doc, "stock_xen_refuses")))
		add_list(&b, json_get(doc, "stock_xen_refuses"), "  Xen's own loader refuses:\n");
	else
		strbuf_adds(&b, "  Xen's own loader takes it if it is that Xen and has the "
				"symbols\n");
	fputs(b.data, stdout);
	strbuf_free(&b);
}

/* --- the verb ------------------------------------------------------------------------ */

static int write_parts(const char *path, const struct xsp_trailer *t, struct err *e)
{
	autofree char *sig_path = mem_printf("%s.sig", path);
	struct strbuf packets = {0};
	struct xsp_sig sig;
	uint32_t i;
	int ret;

	if (!t->count)
		return err_fail(e, "%s: the payload has no signatures", sig_path);
	for (i = 0; i < t->count; i++) {
		xsp_trailer_sig(t, i, &sig);
		strbuf_add(&packets, (const char *)sig.packet.data, sig.packet.size);
	}
	ret = file_write(path, t->data, t->elf_size, 0644, e);
	if (!ret)
		ret = file_write(sig_path, packets.data, packets.len, 0644, e);
	strbuf_free(&packets);
	return ret;
}

static int inspect(const char *path, const struct file_data *f, const struct inspect_opts *o,
		   struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_payload p;
	struct json *doc;

	if (xsp_trailer_open(&t, f->data, f->size, &cause) ||
	    xsp_payload_open(&p, t.data, t.elf_size, &cause))
		return payload_cause(path, &cause, e);
	if (o->elf)
		return write_parts(o->elf, &t, e);
	doc = describe(path, f, &t, &p);
	if (o->json)
		json_print(doc, stdout);
	else
		print_text(doc);
	json_unref(doc);
	return 0;
}

int verb_inspect(struct cli *cli, void *opts, int argc, char **argv)
{
	struct file_data f;

	if (argc != 1) {
		err_set(&cli->err, ERR_USAGE, "inspect: one payload is needed");
		return 0;
	}
	if (file_read_start(argv[0], ABI_PAYLOAD_MAX + 1, &f, &cli->err))
		return 0;
	(void)inspect(argv[0], &f, opts, &cli->err);
	file_free(&f);
	return 0;
}
