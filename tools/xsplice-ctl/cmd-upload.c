// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/name.h"
#include "xsplice-ctl/opts.h"
#include "xsplice-ctl/upload.h"
#include "xsplice-ctl/explain.h"
#include "common/mem.h"
#include "common/text.h"

#include <stdio.h>

/* What upload and load did. */
struct outcome {
	bool uploaded; /* false: was loaded already */
	bool applied; /* false: not asked for, or was applied already */
	unsigned int state; /* enum lp_state */
	uint64_t took; /* ns that applying took */
};

static void print_text(const char *name, bool load, const struct upload *u, const struct outcome *r)
{
	const char *unverified = u->trust.verified	? ""
				 : u->trust.left_to_xen ? ", verified by Xen"
							: ", NOT VERIFIED";

	if (!r->uploaded && !r->applied)
		printf("%s: nothing to do: its state is %s\n", name, lp_state_name(r->state));
	else if (!load)
		printf("%s: uploaded (%zu bytes%s)\n", name, u->file.size, unverified);
	else if (!r->uploaded)
		printf("%s: applied (%.1f ms)\n", name, (double)r->took / 1e6);
	else
		printf("%s: uploaded (%zu bytes%s) and applied (%.1f ms)\n", name, u->file.size,
		       unverified, (double)r->took / 1e6);
}

static void put_id(struct json *doc, const char *key, const unsigned char *id, size_t len)
{
	autofree char *text = mem_zalloc(2 * len + 1, 1);

	text_hex(text, id, len);
	json_put_str(doc, key, id ? text : NULL);
}

static void print_json(const char *command, const char *name, struct upload *u,
		       const struct outcome *r)
{
	struct json *doc = ctl_json(command);

	json_put_str(doc, "name", name);
	json_put_bool(doc, "changed", r->uploaded || r->applied);
	json_put_str(doc, "state", lp_state_name(r->state));
	json_put_int(doc, "size", (int64_t)u->file.size);
	put_id(doc, "build_id", u->payload.build_id, u->payload.build_id_len);
	json_put_bool(doc, "verified", u->trust.verified || u->trust.left_to_xen);
	json_put_str(doc, "verified_by",
		     u->trust.verified	    ? "keyring"
		     : u->trust.left_to_xen ? "hypervisor"
					    : NULL);
	json_put(doc, "signers", u->trust.signers ? u->trust.signers : json_new_array());
	u->trust.signers = NULL;
	json_put_int(doc, "took_ns", (int64_t)r->took);
	ctl_json_done(doc);
}

static int find_state(struct lp *lp, const char *name, struct outcome *out, struct err *e)
{
	struct lp_status st;
	int rc = lp_get(lp, name, &st);

	if (rc)
		return explain(e, OP_GET, WHEN_ASKED, name, rc);
	out->state = st.state;
	return 0;
}

/* Takes back what this run uploaded; the failure of applying it is what is reported. */
static void take_back(struct lp *lp, const char *name, const struct act_opts *a)
{
	struct err e = ERR_INIT;
	struct act_opts plain = {.timeout = a->timeout, .retries = a->retries};
	struct act_result ignored;

	if (act_run(lp, ACT_UNLOAD, name, &plain, &ignored, &e))
		fprintf(stderr, "xsplice-ctl: %s: stays loaded\n", name);
}

static int apply(struct lp *lp, const char *name, const struct act_opts *a, struct outcome *out,
		 struct err *e)
{
	struct act_result r;

	if (act_run(lp, ACT_APPLY, name, a, &r, e)) {
		if (out->uploaded)
			take_back(lp, name, a);
		return -1;
	}
	out->applied = r.changed;
	out->state = r.state;
	out->took = r.took;
	return 0;
}

/* Nothing that was asked to be verified, and was not, is applied. */
static int leave_other(struct lp *lp, const char *name, struct outcome *out, struct err *e)
{
	if (find_state(lp, name, out, e))
		return -1;
	if (out->state == LP_APPLIED)
		return 0;
	return err_set(e, ERR_STATE,
		       "%s: a payload with the metadata of this one was loaded before, and what is "
		       "loaded cannot be verified: unload it first (--no-verify applies it)",
		       name);
}

static int finish(struct lp *lp, const struct upload *u, const char *name, const struct act_opts *a,
		  struct outcome *out, struct err *e)
{
	if (!a)
		return find_state(lp, name, out, e);
	if (u->trust.other_loaded)
		return leave_other(lp, name, out, e);
	return apply(lp, name, a, out, e);
}

/* @a: how to apply it then, NULL: only upload. */
static int send(struct upload *u, const char *name, const struct act_opts *a, struct outcome *out,
		struct err *e)
{
	struct lp lp;
	int rc;

	*out = (struct outcome){0};
	if (lp_open(&lp, e))
		return -1;
	rc = upload_send(&lp, u, name, &out->uploaded, e);
	if (!rc)
		rc = finish(&lp, u, name, a, out, e);
	lp_close(&lp);
	return rc;
}

static void run(struct cli *cli, const struct opts_upload *o, const char *name, const char *path,
		bool load)
{
	struct outcome r;
	struct act_opts a;
	struct upload u;

	if (name_check(name, &cli->err) || opts_act(&o->action, &a, &cli->err))
		return;
	if (upload_read(path, &o->trust, &u, &cli->err) == 0 &&
	    send(&u, name, load ? &a : NULL, &r, &cli->err) == 0) {
		if (o->action.json)
			print_json(cli->cmd->name, name, &u, &r);
		else
			print_text(name, load, &u, &r);
	}
	upload_free(&u);
}

int cmd_upload(struct cli *cli, void *opts, int argc, char **argv)
{
	if (argc != 2)
		err_set(&cli->err, ERR_USAGE, "upload takes a name and a file");
	else
		run(cli, opts, argv[0], argv[1], false);
	return 0;
}

int cmd_load(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_upload *o = opts;
	autofree char *name = NULL;

	if (argc != 1) {
		err_set(&cli->err, ERR_USAGE, "load takes one file");
		return 0;
	}
	name = o->name ? mem_strdup(o->name) : name_of_file(argv[0]);
	run(cli, o, name, argv[0], true);
	return 0;
}
