// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/hv.h"

#include "xsplice-ctl/wire.h"
#include "common/text.h"

#include <string.h>

static long ask(struct lp *lp, unsigned int cmd, void *buf)
{
	return lp->xen.call(lp->xen.ctx, HYPERVISOR_XEN_VERSION, cmd, (uintptr_t)buf);
}

static void ask_text(struct lp *lp, unsigned int cmd, char *buf, char *out, size_t size)
{
	memset(buf, 0, size);
	if (ask(lp, cmd, buf) >= 0)
		memcpy(out, buf, size - 1);
	out[size - 1] = 0;
}

static void ask_build_id(struct lp *lp, struct wire_build_id *buf, struct hv *out)
{
	long len;

	memset(buf, 0, sizeof(*buf));
	buf->len = sizeof(buf->buf);
	len = ask(lp, XENVER_BUILD_ID, buf);
	if (len <= 0 || len > HV_BUILD_ID_MAX)
		return;
	out->build_id_len = (size_t)len;
	memcpy(out->build_id, buf->buf, (size_t)len);
}

int hv_read(struct lp *lp, struct hv *out, struct err *e)
{
	void *buf = lp->xen.alloc(lp->xen.ctx, sizeof(struct wire_build_id));

	if (!buf)
		return err_fail(e, "no memory that can be shared with Xen");
	*out = (struct hv){.major = lp->xen_version >> 16, .minor = lp->xen_version & 0xffff};
	ask_text(lp, XENVER_EXTRAVERSION, buf, out->extra, sizeof(out->extra));
	ask_text(lp, XENVER_CHANGESET, buf, out->changeset, sizeof(out->changeset));
	ask_build_id(lp, buf, out);
	lp->xen.free(lp->xen.ctx, buf);
	return 0;
}

void hv_build_id_text(const struct hv *hv, char *out)
{
	text_hex(out, hv->build_id, hv->build_id_len);
}
