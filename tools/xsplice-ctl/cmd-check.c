// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/opts.h"
#include "xsplice-ctl/upload.h"
#include "xsplice/xsplice.h"

#include <stdio.h>
#include <string.h>

/* What is known in the end. */
struct outcome {
	bool by_xen; /* our loader has looked at it; false: only this program has */
	struct loader_check check;
};

static enum err_kind kind_of(const struct xsplice_op_check *op)
{
	if (op->code >= XSP_CODES)
		return ERR_CHECK;
	switch (xsp_code_kind((enum xsp_code)op->code)) {
	case XSP_KIND_SIGNATURE:
	case XSP_KIND_POLICY:
		return ERR_SIGNATURE;
	case XSP_KIND_MEMORY:
		return ERR_FAIL;
	default:
		return op->code == XSP_XEN_OTHER ? ERR_UNSUPPORTED : ERR_CHECK;
	}
}

static int judge(const struct upload *u, const struct loader_check *c, struct err *e)
{
	if (!c->op.result)
		return 0;
	return err_set(e, kind_of(&c->op), "%s: Xen would refuse it: %s (byte %llu) [%s, error %d]",
		       u->path, *c->message ? c->message : "it does not say why",
		       (unsigned long long)c->op.pos, strerror(-c->op.result), -c->op.result);
}

static uint32_t flags_of(const struct opts_check *o)
{
	return (o->replace ? XSPLICE_CHECK_REPLACE : 0) | (o->nodeps ? XSPLICE_CHECK_NODEPS : 0) |
	       (o->upload ? XSPLICE_CHECK_UPLOAD : 0);
}

static int ask(struct lp *lp, const struct upload *u, const struct opts_check *o,
	       struct outcome *out, struct err *e)
{
	struct loader loader;
	int rc;

	if (loader_read(lp, &loader, e))
		return -1;
	out->by_xen = loader.ours;
	rc = upload_fits(lp, u, &loader, e);
	loader_free(&loader);
	if (rc || !out->by_xen)
		return rc;
	rc = loader_check(lp, u->file.data, u->file.size, flags_of(o), &out->check);
	if (rc)
		return explain(e, OP_ANY, WHEN_ASKED, u->path, rc);
	return judge(u, &out->check, e);
}

static void print_text(const struct upload *u, const struct opts_check *o, const struct outcome *r)
{
	const struct xsplice_op_check *op = &r->check.op;

	if (!r->by_xen)
		printf("%s: nothing wrong is seen here; Xen's own loader cannot be asked\n",
		       u->path);
	else if (o->upload)
		printf("%s: Xen would take it: %u functions\n", u->path, op->functions);
	else
		printf("%s: Xen would take it and %s: %u functions, %u bytes written\n", u->path,
		       o->replace ? "replace all others by it" : "apply it", op->functions,
		       op->bytes);
}

static void print_json(const struct upload *u, const struct outcome *r)
{
	const struct xsplice_op_check *op = &r->check.op;
	struct json *doc = ctl_json("check");

	json_put_str(doc, "file", u->path);
	json_put_bool(doc, "ok", true);
	json_put_str(doc, "checked_by", r->by_xen ? "hypervisor" : "xsplice-ctl");
	json_put_bool(doc, "verified", u->trust.verified || (r->by_xen && op->trusted));
	if (r->by_xen) {
		json_put_int(doc, "functions", op->functions);
		json_put_int(doc, "bytes_written", op->bytes);
		json_put_int(doc, "good_signatures", op->good);
	}
	ctl_json_done(doc);
}

static int check(const struct opts_check *o, const char *path, struct upload *u, struct err *e)
{
	struct outcome r = {0};
	struct lp lp;
	int rc;

	if (upload_read(path, &o->trust, u, e) || lp_open(&lp, e))
		return -1;
	rc = ask(&lp, u, o, &r, e);
	lp_close(&lp);
	if (rc)
		return rc;
	if (o->json)
		print_json(u, &r);
	else
		print_text(u, o, &r);
	return 0;
}

int cmd_check(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_check *o = opts;
	struct upload u = {0};

	if (argc != 1)
		err_set(&cli->err, ERR_USAGE, "check takes one file");
	else if (o->upload && (o->replace || o->nodeps))
		err_set(&cli->err, ERR_USAGE, "--upload goes with neither --replace nor --nodeps");
	else {
		check(o, argv[0], &u, &cli->err);
		upload_free(&u);
	}
	return 0;
}
