// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_verify.c - patchbuild verify PAYLOAD... [--keyring FILE] [--base ID]
 */
#include "patchbuild/base.h"
#include "patchbuild/offline.h"
#include "patchbuild/verbs.h"

#include "common/json.h"
#include "common/payload_sig.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXIT_SIGNATURE 4
#define EXIT_CHECK     5

const struct cli_opt verb_verify_opts[] = {
	{"keyring", 'k', CLI_STR, offsetof(struct verify_opts, keyring), "FILE",
	 "public keys to verify with (gpg --export), nothing else counts"},
	{"require", 'r', CLI_UINT, offsetof(struct verify_opts, require), "N",
	 "signatures of at least N different keys (default: 1)"},
	{"base", 'b', CLI_STR, offsetof(struct verify_opts, base), "ID",
	 "load and apply them, in this order, to the image of this base"},
	{"store", 's', CLI_STR, offsetof(struct verify_opts, store), "DIR",
	 "folder of bases (default: $XSPLICE_STORE)"},
	{"replace", 0, CLI_FLAG, offsetof(struct verify_opts, replace), NULL,
	 "with --base: the last one replaces all before it"},
	{"nodeps", 0, CLI_FLAG, offsetof(struct verify_opts, nodeps), NULL,
	 "with --base: whatever is applied below"},
	{"json", 'j', CLI_FLAG, offsetof(struct verify_opts, json), NULL, "print JSON"},
	{0},
};

/* The hypervisor to try on, and what is known of one payload. */
struct target {
	struct base *base;
	struct hvsyms *hv;
	struct offline *offline; /* NULL: no --base */
};

struct facts {
	const char *path;
	bool have_signers;
	struct payload_signers signers;
	struct offline_result tried;
};

/* --- printing ------------------------------------------------------------------------ */

static void print_signer(const struct payload_signer *s)
{
	struct strbuf b = {0};
	char when[32] = "?";
	time_t t = (time_t)s->made;
	struct tm tm;

	if (gmtime_r(&t, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	strbuf_add_escaped(&b, s->uid, strlen(s->uid));
	printf("  %s\n    %s, %s, key %s\n", b.data, when, s->algorithm, s->fingerprint);
	strbuf_free(&b);
}

static void print_write(const struct offline_write *w)
{
	char hex[2 * XSP_PATCH_MAX + 1];
	struct strbuf b = {0};

	strbuf_addf(&b, "    %016" PRIx64 "  ", w->addr);
	text_hex(hex, w->before, w->size);
	strbuf_addf(&b, "%s -> ", hex);
	text_hex(hex, w->after, w->size);
	strbuf_addf(&b, "%s  ", hex);
	strbuf_add_escaped(&b, w->symbol, strlen(w->symbol));
	if (w->offset)
		strbuf_addf(&b, "+0x%" PRIx64, w->offset);
	puts(b.data);
	strbuf_free(&b);
}

static void print_text(const struct facts *f, bool tried)
{
	const struct payload_signers *s = &f->signers;
	struct strbuf b = {0};
	size_t i;

	strbuf_add_escaped(&b, f->path, strlen(f->path));
	if (f->have_signers) {
		printf("%s: good, signed by %zu key%s\n", b.data, s->distinct,
		       s->distinct == 1 ? "" : "s");
		for (i = 0; i < s->n; i++)
			print_signer(&s->v[i]);
	}
	if (tried) {
		printf("%s: Xen would apply it: %u functions, %" PRIu64 " bytes of memory\n",
		       b.data, f->tried.functions, f->tried.memory);
		for (i = 0; i < f->tried.n; i++)
			print_write(&f->tried.v[i]);
	}
	strbuf_free(&b);
}

static void put_facts(struct json *j, const struct facts *f, const struct target *t)
{
	json_put_str(j, "payload", f->path);
	json_put_str(j, "verdict", "good");
	if (f->have_signers) {
		json_put_int(j, "elf_size", (int64_t)f->signers.elf_size);
		json_put_int(j, "keys", (int64_t)f->signers.distinct);
		json_put(j, "signatures", payload_signers_json(&f->signers));
	}
	if (t->offline) {
		json_put_str(j, "base", base_build_id(t->base));
		json_put_int(j, "functions", f->tried.functions);
		json_put_int(j, "memory", (int64_t)f->tried.memory);
		json_put(j, "writes", offline_writes_json(&f->tried));
	}
}

/* One payload is a document of its own; of several it has the list. */
static void print_json(const struct facts *f, size_t n, const struct target *t)
{
	struct json *doc = json_new_object();
	struct json *all = json_new_array();
	size_t i;

	json_put_int(doc, "schema", 1);
	if (n == 1)
		put_facts(doc, f, t);
	for (i = 0; n > 1 && i < n; i++) {
		struct json *j = json_new_object();

		put_facts(j, &f[i], t);
		json_add(all, j);
	}
	if (n > 1)
		json_put(doc, "payloads", all);
	else
		json_unref(all);
	json_print(doc, stdout);
	json_unref(doc);
}

/* --- verifying -------------------------------------------------------------------------- */

/* A file that is too big is no readable payload, which is a refusal too. */
static int judge(const struct file_data *file, const struct verify_opts *o, struct target *t,
		 bool replace, struct facts *f, struct err *e)
{
	if (o->keyring) {
		if (payload_verify_file(f->path, file, o->keyring, o->require, &f->signers, e))
			return EXIT_SIGNATURE;
		f->have_signers = true;
	}
	if (t->offline && offline_try(t->offline, f->path, file->data, file->size,
				      replace ? XSP_REPLACE : XSP_APPLY, o->nodeps ? XSP_NODEPS : 0,
				      &f->tried, e))
		return EXIT_CHECK;
	return 0;
}

/* Exit status; what is neither signature nor check is a plain error. */
static int verify(const struct verify_opts *o, struct target *t, struct facts *f, size_t n,
		  struct err *e)
{
	struct file_data file;
	int status = 0;
	size_t i;

	for (i = 0; i < n && !status; i++) {
		if (file_read_start(f[i].path, ABI_PAYLOAD_MAX + 1, &file, e))
			return 1;
		status = judge(&file, o, t, o->replace && i == n - 1, &f[i], e);
		file_free(&file);
	}
	if (status)
		return e->kind == ERR_SIGNATURE || e->kind == ERR_CHECK ? status : 1;
	if (o->json)
		print_json(f, n, t);
	else
		for (i = 0; i < n; i++)
			print_text(&f[i], t->offline);
	return 0;
}

static int open_target(struct target *t, const struct verify_opts *o, struct err *e)
{
	const char *store = o->store ? o->store : getenv("XSPLICE_STORE");

	*t = (struct target){0};
	if (!o->base)
		return 0;
	t->base = base_open_any(store, o->base, e);
	if (!t->base || base_check_image(t->base, e))
		return -1;
	t->hv = hvsyms_open(base_xen_syms(t->base), e);
	if (t->hv)
		t->offline = offline_open(t->hv, base_build_id(t->base), e);
	return t->offline ? 0 : -1;
}

static void close_target(struct target *t)
{
	offline_close(t->offline);
	hvsyms_close(t->hv);
	base_close(t->base);
}

static int run(const struct verify_opts *o, char **paths, size_t n, struct err *e)
{
	struct facts *f = mem_zalloc(n, sizeof(*f));
	struct target t;
	int status = 1;
	size_t i;

	for (i = 0; i < n; i++)
		f[i].path = paths[i];
	if (!open_target(&t, o, e))
		status = verify(o, &t, f, n, e);
	else if (e->kind == ERR_USAGE)
		status = 64;
	for (i = 0; i < n; i++) {
		if (f[i].have_signers)
			payload_signers_free(&f[i].signers);
		offline_result_free(&f[i].tried);
	}
	close_target(&t);
	free(f);
	return status;
}

int verb_verify(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct verify_opts *o = opts;

	if (!argc || (!o->keyring && !o->base))
		err_set(&cli->err, ERR_USAGE,
			"verify: a payload and --keyring or --base are needed");
	else if (!o->base && (o->replace || o->nodeps))
		err_set(&cli->err, ERR_USAGE, "verify: --replace and --nodeps need --base");
	else if (o->require && !o->keyring)
		err_set(&cli->err, ERR_USAGE, "verify: --require needs --keyring");
	else
		return run(o, argv, (size_t)argc, &cli->err);
	return 64;
}
