// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/hv.h"
#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/opts.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

/* All that info tells, before it is text or JSON. */
struct info {
	struct hv hv;
	struct loader loader;
	struct lp_list list;
	uint32_t interface;
	bool new_layout;
	size_t applied;
};

static int gather(struct lp *lp, struct info *out, struct err *e)
{
	size_t i;

	*out = (struct info){.interface = lp->interface, .new_layout = lp->new_layout};
	if (hv_read(lp, &out->hv, e) || loader_read(lp, &out->loader, e) ||
	    lp_list(lp, &out->list, e))
		return -1;
	for (i = 0; i < out->list.n; i++)
		out->applied += out->list.v[i].status.state == LP_APPLIED;
	return 0;
}

static void add_key(struct strbuf *b, const unsigned char *fingerprint)
{
	char hex[2 * LOADER_KEY_SIZE + 1];

	text_hex(hex, fingerprint, LOADER_KEY_SIZE);
	strbuf_addf(b, "             %s\n", hex);
}

static void add_loader(struct strbuf *b, const struct loader *l)
{
	size_t i;

	if (!l->ours) {
		strbuf_adds(b, "loader       Xen's own (does not verify signatures)\n");
		return;
	}
	strbuf_addf(b, "loader       xSplice, policy %s; keys %u, signatures needed %u\n",
		    loader_mode_name(l->info.mode), l->info.nkeys, l->info.needed);
	for (i = 0; i < l->nkeys; i++)
		add_key(b, l->keys[i]);
	strbuf_addf(b, "journal      records %llu to %llu\n",
		    (unsigned long long)l->info.journal_oldest,
		    (unsigned long long)(l->info.journal_next - 1));
}

static void print_text(const struct info *in)
{
	char id[2 * HV_BUILD_ID_MAX + 1];
	struct strbuf b = {0};
	size_t i;

	hv_build_id_text(&in->hv, id);
	strbuf_addf(&b, "Xen          %u.%u", in->hv.major, in->hv.minor);
	strbuf_add_escaped(&b, in->hv.extra, strlen(in->hv.extra));
	strbuf_addf(&b, "\nbuild-id     %s\n", *id ? id : "none");
	strbuf_addf(&b, "interface    0x%02x (live patching as in Xen %s)\n", in->interface,
		    in->new_layout ? "4.14 and later" : "4.7 to 4.13");
	add_loader(&b, &in->loader);
	strbuf_addf(&b, "payloads     %zu loaded, %zu applied\n", in->list.n, in->applied);
	if (in->applied > 1)
		strbuf_adds(&b, "             (in the order of upload; this Xen does not tell the "
				"order of applying)\n");
	for (i = 0; i < in->list.n; i++) {
		const struct lp_entry *p = &in->list.v[i];

		strbuf_addf(&b, "             %-8s ", lp_state_name(p->status.state));
		strbuf_add_escaped(&b, p->name, strlen(p->name));
		strbuf_addc(&b, '\n');
	}
	fputs(b.data, stdout);
	strbuf_free(&b);
}

/*
 * Names of the applied payloads, top of the stack first. Xen's own loader lists in the
 * order of upload and does not tell this order, so it is null if there are several.
 */
static struct json *stack_json(const struct info *in)
{
	struct json *stack;
	size_t i;

	if (in->applied > 1)
		return json_new_str(NULL);
	stack = json_new_array();
	for (i = 0; i < in->list.n; i++)
		if (in->list.v[i].status.state == LP_APPLIED)
			json_add_str(stack, in->list.v[i].name);
	return stack;
}

static void put_loader(struct json *doc, const struct loader *l)
{
	struct json *keys = json_new_array();
	struct json *policy = json_new_object();
	struct json *journal = json_new_object();
	char hex[2 * LOADER_KEY_SIZE + 1];
	size_t i;

	json_put_str(doc, "loader", l->ours ? "xsplice" : "xen");
	for (i = 0; i < l->nkeys; i++) {
		text_hex(hex, l->keys[i], LOADER_KEY_SIZE);
		json_add_str(keys, hex);
	}
	json_put_str(policy, "mode", loader_mode_name(l->info.mode));
	json_put_int(policy, "needed", l->info.needed);
	json_put(policy, "keys", keys);
	json_put_int(journal, "oldest", (int64_t)l->info.journal_oldest);
	json_put_int(journal, "next", (int64_t)l->info.journal_next);
	json_put(doc, "policy", l->ours ? policy : json_new_str(NULL));
	json_put(doc, "journal", l->ours ? journal : json_new_str(NULL));
	if (!l->ours) {
		json_unref(policy);
		json_unref(journal);
	}
}

static void print_json(const struct info *in)
{
	char id[2 * HV_BUILD_ID_MAX + 1];
	struct json *doc = ctl_json("info");
	struct json *xen = json_new_object();
	struct json *loaded = json_new_array();
	size_t i;

	hv_build_id_text(&in->hv, id);
	json_put_int(xen, "major", in->hv.major);
	json_put_int(xen, "minor", in->hv.minor);
	json_put_str(xen, "extra", in->hv.extra);
	json_put_str(xen, "changeset", in->hv.changeset);
	json_put_str(xen, "build_id", *id ? id : NULL);
	json_put(doc, "xen", xen);
	json_put_int(doc, "interface", in->interface);
	put_loader(doc, &in->loader);
	json_put_int(doc, "loaded", (int64_t)in->list.n);
	json_put_int(doc, "applied", (int64_t)in->applied);
	json_put(doc, "stack", stack_json(in));
	for (i = 0; i < in->list.n; i++)
		json_add(loaded, ctl_entry_json(&in->list.v[i]));
	json_put(doc, "payloads", loaded);
	ctl_json_done(doc);
}

int cmd_info(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_list *o = opts;
	struct info in;
	struct lp lp;

	if (argc) {
		err_set(&cli->err, ERR_USAGE, "%s: takes no operand", argv[0]);
		return 0;
	}
	if (lp_open(&lp, &cli->err))
		return 0;
	if (gather(&lp, &in, &cli->err) == 0)
		(o->json ? print_json : print_text)(&in);
	loader_free(&in.loader);
	lp_list_free(&in.list);
	lp_close(&lp);
	return 0;
}
