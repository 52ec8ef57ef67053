// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_sign.c - patchbuild sign PAYLOAD --key KEY
 */
#include "patchbuild/sign.h"
#include "patchbuild/verbs.h"

#include "common/json.h"
#include "common/payload_sig.h"

#include <stdio.h>
#include <string.h>

const struct cli_opt verb_sign_opts[] = {
	{"key", 'k', CLI_STR, offsetof(struct sign_opts, key), "KEY",
	 "sign with this key of your GnuPG (fingerprint, key id or user id)"},
	{"output", 'o', CLI_STR, offsetof(struct sign_opts, out), "OUT",
	 "write the signed payload to OUT, not over PAYLOAD"},
	{"replace", 0, CLI_FLAG, offsetof(struct sign_opts, replace), NULL,
	 "drop the signatures that the payload has"},
	{"json", 'j', CLI_FLAG, offsetof(struct sign_opts, json), NULL, "print JSON"},
	{0},
};

/* Leaves only the ELF of a file whose signatures can be found. */
static void drop_signatures(struct file_data *f)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_trailer t;

	if (!xsp_trailer_open(&t, f->data, f->size, &cause))
		f->size = t.elf_size;
}

/* @out holds what check_output() in sign.c took. */
static struct json *describe(const char *path, const struct strbuf *out)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct json *j = json_new_object();
	struct xsp_trailer t;
	struct xsp_sig sig;
	char fpr[PGP_FINGERPRINT_HEX];

	if (xsp_trailer_open(&t, out->data, out->len, &cause))
		return j;
	xsp_trailer_sig(&t, t.count - 1, &sig);
	payload_fingerprint(fpr, sig.pgp.fingerprint);
	json_put_int(j, "schema", 1);
	json_put_str(j, "payload", path);
	json_put_int(j, "size", (int64_t)out->len);
	json_put_int(j, "elf_size", (int64_t)t.elf_size);
	json_put_int(j, "signatures", t.count);
	json_put_str(j, "fingerprint", fpr);
	json_put_strn(j, "user", (const char *)sig.signer.data, sig.signer.size);
	return j;
}

static void print_text(const struct json *j)
{
	struct strbuf b = {0};
	const char *path = json_get_str(j, "payload");
	const char *user = json_get_str(j, "user");
	long long n = json_get_int(j, "signatures", 0);

	strbuf_add_escaped(&b, path, strlen(path));
	strbuf_adds(&b, ": signed by ");
	strbuf_add_escaped(&b, user, strlen(user));
	strbuf_addf(&b, "\n  key %s, %lld signature%s in it, %lld bytes\n",
		    json_get_str(j, "fingerprint"), n, n == 1 ? "" : "s",
		    (long long)json_get_int(j, "size", 0));
	fputs(b.data, stdout);
	strbuf_free(&b);
}

static void report(const char *path, const struct strbuf *out, bool as_json)
{
	struct json *j = describe(path, out);

	if (as_json)
		json_print(j, stdout);
	else
		print_text(j);
	json_unref(j);
}

int verb_sign(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct sign_opts *o = opts;
	struct strbuf out = {0};
	struct strbuf asc = {0};
	struct file_data f;
	const char *path;

	if (argc != 1 || !o->key) {
		err_set(&cli->err, ERR_USAGE, "sign: one payload and --key are needed");
		return 0;
	}
	path = o->out ? o->out : argv[0];
	if (file_read(argv[0], ABI_PAYLOAD_MAX, &f, &cli->err))
		return 0;
	if (o->replace)
		drop_signatures(&f);
	if (!payload_sign(argv[0], o->key, &f, &out, &asc, &cli->err) &&
	    !payload_write_signed(path, &out, &asc, &cli->err))
		report(path, &out, o->json);
	strbuf_free(&out);
	strbuf_free(&asc);
	file_free(&f);
	return 0;
}
