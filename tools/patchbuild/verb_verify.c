// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_verify.c - patchbuild verify PAYLOAD --keyring FILE
 */
#include "patchbuild/verbs.h"

#include "common/json.h"
#include "common/payload_sig.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define EXIT_SIGNATURE 4

const struct cli_opt verb_verify_opts[] = {
	{"keyring", 'k', CLI_STR, offsetof(struct verify_opts, keyring), "FILE",
	 "public keys to verify with (gpg --export), nothing else counts"},
	{"require", 'r', CLI_UINT, offsetof(struct verify_opts, require), "N",
	 "signatures of at least N different keys (default: 1)"},
	{"json", 'j', CLI_FLAG, offsetof(struct verify_opts, json), NULL, "print JSON"},
	{0},
};

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

static void print_text(const char *path, const struct payload_signers *s)
{
	struct strbuf b = {0};
	size_t i;

	strbuf_add_escaped(&b, path, strlen(path));
	printf("%s: good, signed by %zu key%s\n", b.data, s->distinct, s->distinct == 1 ? "" : "s");
	for (i = 0; i < s->n; i++)
		print_signer(&s->v[i]);
	strbuf_free(&b);
}

static void print_json(const char *path, const struct payload_signers *s)
{
	struct json *j = json_new_object();

	json_put_int(j, "schema", 1);
	json_put_str(j, "payload", path);
	json_put_str(j, "verdict", "good");
	json_put_int(j, "elf_size", (int64_t)s->elf_size);
	json_put_int(j, "keys", (int64_t)s->distinct);
	json_put(j, "signatures", payload_signers_json(s));
	json_print(j, stdout);
	json_unref(j);
}

/* A file that is too big is no readable payload, which is a refusal too. */
static int verify(const char *path, const struct verify_opts *o, struct err *e)
{
	struct payload_signers s;
	struct file_data f;

	if (file_read(path, 0, &f, e))
		return 1;
	if (!payload_verify_file(path, &f, o->keyring, o->require, &s, e)) {
		if (o->json)
			print_json(path, &s);
		else
			print_text(path, &s);
		payload_signers_free(&s);
	}
	file_free(&f);
	if (e->kind == ERR_SIGNATURE || e->kind == ERR_CHECK)
		return EXIT_SIGNATURE;
	return e->kind == ERR_NONE ? 0 : 1;
}

int verb_verify(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct verify_opts *o = opts;

	if (argc != 1 || !o->keyring) {
		err_set(&cli->err, ERR_USAGE, "verify: one payload and --keyring are needed");
		return 0;
	}
	return verify(argv[0], o, &cli->err);
}
