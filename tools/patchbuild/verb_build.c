// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_build.c - patchbuild build
 */
#include "patchbuild/build.h"
#include "patchbuild/sign.h"
#include "patchbuild/verbs.h"

#include "common/json.h"
#include "common/pgp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_NOT_PATCHABLE 2
#define EXIT_NO_CHANGE	   3
#define MAX_NAME	   64

const struct cli_opt verb_build_opts[] = {
	{"base", 'b', CLI_STR, offsetof(struct build_opts, base), "ID",
	 "build-id (6 digits are enough) or folder of the base"},
	{"patch", 'p', CLI_LIST, offsetof(struct build_opts, patches), "FILE",
	 "source patch; may be given again"},
	{"output", 'o', CLI_STR, offsetof(struct build_opts, output), "FILE", "payload to write"},
	{"store", 's', CLI_STR, offsetof(struct build_opts, store), "DIR",
	 "folder of bases (default: $XSPLICE_STORE)"},
	{"sign", 'S', CLI_STR, offsetof(struct build_opts, key), "KEY",
	 "sign with this OpenPGP key; writes FILE.asc too"},
	{"name", 'n', CLI_STR, offsetof(struct build_opts, name), "NAME",
	 "name of the patch (default: from the output file)"},
	{"advisory", 'a', CLI_LIST, offsetof(struct build_opts, advisories), "ID",
	 "advisory that it fixes; may be given again"},
	{"depends", 'd', CLI_LIST, offsetof(struct build_opts, depends), "FILE",
	 "payload that is applied below it; may be given again, the lowest first"},
	{"json", 'j', CLI_FLAG, offsetof(struct build_opts, json), NULL, "print one JSON document"},
	{0},
};

static char *default_name(const char *output)
{
	const char *file = path_base(output);
	const char *dot = strrchr(file, '.');

	return mem_strndup(file, dot && dot != file ? (size_t)(dot - file) : strlen(file));
}

/* Names go into symbols, metadata and console output. */
static int check_word(const char *what, const char *word, struct err *e)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				   "._+-";

	if (word && *word && strlen(word) <= MAX_NAME && word[strspn(word, good)] == '\0')
		return 0;
	return err_set(e, ERR_USAGE,
		       "--%s \"%s\": 1 to %d characters out of letters, digits and . _ + - are "
		       "needed",
		       what, word ? word : "", MAX_NAME);
}

static int check_request(const struct build_request *rq, struct err *e)
{
	size_t i;

	if (check_word("name", rq->name, e) < 0)
		return -1;
	for (i = 0; i < rq->nadvisories; i++)
		if (check_word("advisory", rq->advisories[i], e) < 0)
			return -1;
	return 0;
}

static int write_signed(const struct build *b, const struct build_opts *o, struct err *e)
{
	struct file_data file = {(unsigned char *)b->payload.data, b->payload.len};
	struct strbuf out = {0};
	struct strbuf asc = {0};
	int ret = payload_sign(o->output, o->key, &file, &out, &asc, e);

	if (ret == 0)
		ret = payload_write_signed(o->output, &out, &asc, e);
	strbuf_free(&out);
	strbuf_free(&asc);
	return ret;
}

static int write_output(const struct build *b, const struct build_opts *o, struct err *e)
{
	if (o->key)
		return write_signed(b, o, e);
	return payload_write_unsigned(o->output, &b->payload, e);
}

static void print(const struct build *b, const struct build_opts *o)
{
	struct json *doc;

	if (!o->json) {
		build_report(b, stdout);
		if (b->result == BUILD_PAYLOAD)
			printf("%s: written%s\n", o->output,
			       o->key ? " and signed" : ", not signed");
		return;
	}
	doc = build_json(b);
	json_put_str(doc, "file", b->result == BUILD_PAYLOAD ? o->output : NULL);
	json_put_bool(doc, "signed", b->result == BUILD_PAYLOAD && o->key);
	json_print(doc, stdout);
	json_unref(doc);
}

static int run(struct build *b, const struct build_opts *o, const struct build_request *rq,
	       struct err *e)
{
	static const int status[] = {0, EXIT_NO_CHANGE, EXIT_NOT_PATCHABLE};

	/* Long before its turn. */
	if (o->key && pgp_may_sign(o->key, e) < 0)
		return 0;
	if (build_run(b, rq, e) < 0) {
		if (b->ws)
			fputs(workspace_messages(b->ws), stderr);
		return e->kind == ERR_USAGE ? 64 : 1;
	}
	if (b->result == BUILD_PAYLOAD && write_output(b, o, e) < 0)
		return 0; /* the cause decides: a key that cannot sign is no plain error */
	print(b, o);
	return status[b->result];
}

static int check_operands(const struct build_opts *o, int argc, char **argv, struct err *e)
{
	if (argc)
		return err_set(e, ERR_USAGE, "build: %s: no operand is taken", argv[0]);
	if (!o->base || !o->patches.n || !o->output)
		return err_set(e, ERR_USAGE, "build: --base, --patch and --output are needed");
	return 0;
}

int verb_build(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct build_opts *o = opts;
	const char *env = getenv("XSPLICE_STORE");
	autofree char *name = o->output ? default_name(o->output) : NULL;
	struct build_request rq = {
		.store = o->store ? o->store : env,
		.base = o->base,
		.patches = o->patches.v,
		.npatches = o->patches.n,
		.name = o->name ? o->name : name,
		.advisories = o->advisories.v,
		.nadvisories = o->advisories.n,
		.depends = o->depends.v,
		.ndepends = o->depends.n,
	};
	struct build b = {0};
	int ret;

	if (check_operands(o, argc, argv, &cli->err) < 0)
		return 64;
	if (check_request(&rq, &cli->err) < 0)
		return 64;
	ret = run(&b, o, &rq, &cli->err);
	build_free(&b);
	return ret;
}
