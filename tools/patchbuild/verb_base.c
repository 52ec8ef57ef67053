// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/base.h"
#include "patchbuild/store.h"
#include "patchbuild/verbs.h"

#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cli_opt verb_base_opts[] = {
	{"tree", 't', CLI_STR, offsetof(struct base_opts, tree), "DIR",
	 "make a base of the Xen tree DIR, in which the hypervisor is built"},
	{"shipped", 0, CLI_STR, offsetof(struct base_opts, shipped), "FILE",
	 "refuse unless the tree's image is, bit for bit, the one that hosts boot"},
	{"store", 's', CLI_STR, offsetof(struct base_opts, store), "DIR",
	 "folder of bases (default: $XSPLICE_STORE)"},
	{"list", 'l', CLI_FLAG, offsetof(struct base_opts, list), NULL, "list the bases"},
	{"show", 0, CLI_STR, offsetof(struct base_opts, show), "ID",
	 "describe one base; ID: at least six digits of its build-id"},
	{"check", 0, CLI_FLAG, offsetof(struct base_opts, check), NULL,
	 "with --show: compare every file with its digest"},
	{"json", 'j', CLI_FLAG, offsetof(struct base_opts, json), NULL, "print JSON"},
	{0},
};

/* What a list has of a base; the caller frees. */
static struct json *summary(const struct base *b)
{
	const struct json *m = base_manifest(b);
	struct json *j = json_new_object();

	json_put_str(j, "build_id", base_build_id(b));
	json_put_str(j, "version", base_version(b));
	json_put_str(j, "compiler", json_get_str(json_get(m, "compiler"), "version"));
	json_put_str(j, "shipped", json_get_str(json_get(m, "shipped"), "file"));
	json_put_str(j, "path", base_dir(b));
	return j;
}

static struct json *details(const struct base *b)
{
	static const char *const keys[] = {"command", "target", "assembler", "linker", NULL};
	const struct json *m = base_manifest(b);
	const struct json *cc = json_get(m, "compiler");
	struct json *j = summary(b);
	size_t i;

	json_put_int(j, "schema", BASE_SCHEMA);
	for (i = 0; keys[i]; i++)
		json_put_str(j, keys[i], json_get_str(cc, keys[i]));
	json_put_str(j, "shipped_sha256", json_get_str(json_get(m, "shipped"), "sha256"));
	json_put_str(j, "tree", base_src_orig(b));
	json_put_int(j, "objects", (int64_t)json_size(json_get(m, "objects")));
	return j;
}

static void print_text(const struct json *j)
{
	struct strbuf b = {0};
	struct json *value;
	const char *key;
	void *it = NULL;

	while (json_next(j, &it, &key, &value)) {
		if (json_str(value)) {
			strbuf_addf(&b, "%-15s ", key);
			strbuf_add_escaped(&b, json_str(value), strlen(json_str(value)));
			strbuf_addc(&b, '\n');
		}
	}
	fputs(b.data ? b.data : "", stdout);
	strbuf_free(&b);
}

static void print_line(const struct json *j)
{
	const char *shipped = json_get_str(j, "shipped");
	struct strbuf b = {0};

	strbuf_addf(&b, "%.40s  Xen ", json_get_str(j, "build_id"));
	strbuf_add_escaped(&b, json_get_str(j, "version"), strlen(json_get_str(j, "version")));
	if (shipped) {
		strbuf_adds(&b, "  shipped as ");
		strbuf_add_escaped(&b, shipped, strlen(shipped));
	}
	puts(b.data);
	strbuf_free(&b);
}

static int list_one(const char *store, const char *id, struct json *list, struct err *e)
{
	struct base *b = base_open(store, id, e);

	if (!b)
		return -1;
	json_add(list, summary(b));
	base_close(b);
	return 0;
}

static int list(const struct base_opts *o, struct err *e)
{
	struct json *doc = json_new_object();
	struct json *bases = json_new_array();
	char **ids;
	size_t i, n;
	int ret;

	ret = store_list(o->store, &ids, &n, e);
	for (i = 0; i < n; i++) {
		if (ret == 0)
			ret = list_one(o->store, ids[i], bases, e);
		free(ids[i]);
	}
	free(ids);
	json_put_int(doc, "schema", BASE_SCHEMA);
	json_put(doc, "bases", bases);
	for (i = 0; ret == 0 && !o->json && i < json_size(bases); i++)
		print_line(json_at(bases, i));
	if (ret == 0 && o->json)
		json_print(doc, stdout);
	json_unref(doc);
	return ret ? 1 : 0;
}

static int show(const struct base_opts *o, struct err *e)
{
	struct base *b = base_open(o->store, o->show, e);
	struct json *j;
	int ret = 1;

	if (!b)
		return 1;
	if (!o->check || base_check(b, e) == 0) {
		j = details(b);
		if (o->check)
			json_put_bool(j, "checked", true);
		if (o->json)
			json_print(j, stdout);
		else
			print_text(j);
		json_unref(j);
		ret = 0;
	}
	base_close(b);
	return ret;
}

static int make(const struct base_opts *o, struct err *e)
{
	struct base *b;
	struct json *j;
	char *id;

	if (store_make(o->store, o->tree, o->shipped, &id, e))
		return 1;
	b = base_open(o->store, id, e);
	free(id);
	if (!b)
		return 1;
	j = o->json ? details(b) : summary(b);
	if (o->json)
		json_print(j, stdout);
	else
		print_text(j);
	json_unref(j);
	base_close(b);
	return 0;
}

int verb_base(struct cli *cli, void *opts, int argc, char **argv)
{
	struct base_opts *o = opts;
	struct err *e = &cli->err;

	if (argc)
		return err_set(e, ERR_USAGE, "%s: not an option: see `base --help`", argv[0]), 64;
	if (!o->store)
		o->store = getenv("XSPLICE_STORE");
	if (!o->store || !*o->store)
		return err_set(e, ERR_USAGE, "base: no store: give --store DIR"), 64;
	if (!!o->tree + !!o->show + o->list != 1 || (o->shipped && !o->tree) ||
	    (o->check && !o->show))
		return err_set(e, ERR_USAGE,
			       "base: give one of --tree DIR, --list and --show ID: see `base "
			       "--help`"),
		       64;
	if (o->list)
		return list(o, e);
	return o->show ? show(o, e) : make(o, e);
}
