// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/modinfo.h"
#include "xsplice-ctl/name.h"
#include "xsplice-ctl/opts.h"
#include "common/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- as our loader tells them ---------------------------------------------------- */

static void print_row(const struct xsplice_function *f)
{
	struct strbuf b = {0};

	strbuf_addf(&b, "%016" PRIx64 "  %7" PRIu32 "  ", f->old_addr, f->old_size);
	if (f->new_addr)
		strbuf_addf(&b, "%016" PRIx64 "  %7" PRIu32 "  ", f->new_addr, f->new_size);
	else
		strbuf_addf(&b, "%-16s  %7s  ", "NOPs", "-");
	strbuf_addf(&b, "%2u at +%u  ", f->size, f->offset);
	strbuf_add_escaped(&b, f->name, strlen(f->name));
	puts(b.data);
	strbuf_free(&b);
}

static void print_told(const struct loader_functions *f)
{
	size_t i;

	printf("%-16s  %7s  %-16s  %7s  %-8s  %s\n", "ADDRESS", "SIZE", "NEW ADDRESS", "SIZE",
	       "WRITTEN", "FUNCTION");
	for (i = 0; i < f->n; i++)
		print_row(&f->v[i]);
}

static void put_address(struct json *j, const char *key, uint64_t address)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	json_put_str(j, key, address ? text : NULL);
}

static struct json *told_json(const struct loader_functions *f)
{
	struct json *all = json_new_array();
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct xsplice_function *fn = &f->v[i];
		struct json *j = json_new_object();

		json_put_str(j, "name", fn->name);
		put_address(j, "address", fn->old_addr);
		json_put_int(j, "size", fn->old_size);
		put_address(j, "new_address", fn->new_addr);
		json_put_int(j, "new_size", fn->new_size);
		json_put_int(j, "offset", fn->offset);
		json_put_int(j, "written", fn->size);
		json_add(all, j);
	}
	return all;
}

/* --- as the payload's metadata tells them ------------------------------------------ */

/* The next function=NAME of the metadata. */
static bool next_name(const struct lp_entry *p, size_t *at, struct modinfo_item *m)
{
	static const char key[] = ABI_INFO_FUNCTION;

	while (modinfo_next(p->metadata, p->metadata_len, at, m))
		if (m->key_len == sizeof(key) - 1 && !memcmp(m->key, key, m->key_len))
			return true;
	return false;
}

static int print_named(const struct lp_entry *p, struct err *e)
{
	struct modinfo_item m;
	struct strbuf b = {0};
	size_t at = 0;

	while (next_name(p, &at, &m)) {
		strbuf_add_escaped(&b, m.value, m.value_len);
		strbuf_addc(&b, '\n');
	}
	if (!b.len)
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: Xen's own loader does not tell what a payload patches, and the "
			       "metadata of this one does not either",
			       p->name);
	puts("(from the payload's metadata: Xen's own loader does not tell addresses)");
	fputs(b.data, stdout);
	strbuf_free(&b);
	return 0;
}

static struct json *named_json(const struct lp_entry *p)
{
	struct json *all = json_new_array();
	struct modinfo_item m;
	size_t at = 0;

	while (next_name(p, &at, &m)) {
		struct json *j = json_new_object();

		json_put_strn(j, "name", m.value, m.value_len);
		json_add(all, j);
	}
	return all;
}

/* --- the command ------------------------------------------------------------------------ */

static void print_json(const char *name, unsigned int state, const char *source, struct json *all)
{
	struct json *doc = ctl_json("functions");

	json_put_str(doc, "name", name);
	json_put_str(doc, "state", lp_state_name(state));
	json_put_str(doc, "source", source);
	json_put(doc, "functions", all);
	ctl_json_done(doc);
}

static int show_named(struct lp *lp, const char *name, bool json, struct err *e)
{
	const struct lp_entry *p;
	struct lp_list list;
	int rc = 0;

	if (lp_list(lp, &list, e))
		return -1;
	p = lp_list_find(&list, name);
	if (!p)
		rc = err_set(e, ERR_STATE, "%s: no payload of this name is loaded", name);
	else if (json)
		print_json(name, p->status.state, "metadata", named_json(p));
	else
		rc = print_named(p, e);
	lp_list_free(&list);
	return rc;
}

static int show(struct lp *lp, const char *name, bool json, struct err *e)
{
	struct loader_functions f;
	struct loader l;
	bool ours;
	int rc;

	if (loader_read(lp, &l, e))
		return -1;
	ours = l.ours;
	loader_free(&l);
	if (!ours)
		return show_named(lp, name, json, e);
	rc = loader_functions(lp, name, &f);
	if (rc)
		return explain(e, OP_GET, WHEN_ASKED, name, rc);
	if (json)
		print_json(name, f.state, "loader", told_json(&f));
	else
		print_told(&f);
	free(f.v);
	return 0;
}

int cmd_functions(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_list *o = opts;
	struct lp lp;

	if (argc != 1) {
		err_set(&cli->err, ERR_USAGE, "functions takes one name");
		return 0;
	}
	if (name_check(argv[0], &cli->err) || lp_open(&lp, &cli->err))
		return 0;
	show(&lp, argv[0], o->json, &cli->err);
	lp_close(&lp);
	return 0;
}
