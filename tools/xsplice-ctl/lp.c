// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/lp.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/lp-priv.h"

#include <errno.h>
#include <string.h>

long lp_sysctl(struct lp *lp, const struct wire_sysctl *in)
{
	*lp->sysctl = *in;
	lp->sysctl->cmd = SYSCTL_LIVEPATCH;
	lp->sysctl->interface_version = lp->interface;
	return lp->xen.call(lp->xen.ctx, HYPERVISOR_SYSCTL, (uintptr_t)lp->sysctl, 0);
}

int lp_set_name(struct lp *lp, struct wire_name *w, const char *name)
{
	size_t size = strlen(name) + 1;

	if (size > LP_NAME_MAX)
		return -EINVAL;
	memcpy(lp->name, name, size);
	w->name = (uintptr_t)lp->name;
	w->size = (uint16_t)size;
	return 0;
}

static int status_of(long rc)
{
	return rc < 0 ? (int)rc : 0;
}

int lp_upload(struct lp *lp, const char *name, const void *data, size_t size)
{
	struct wire_sysctl s = {.op = WIRE_UPLOAD};
	void *buf;
	int rc;

	if (lp_set_name(lp, &s.u.upload.name, name) || !size || size > LP_PAYLOAD_MAX)
		return -EINVAL;
	buf = lp->xen.alloc(lp->xen.ctx, size);
	if (!buf)
		return -ENOMEM;
	memcpy(buf, data, size);
	s.u.upload.size = size;
	s.u.upload.payload = (uintptr_t)buf;
	rc = status_of(lp_sysctl(lp, &s));
	lp->xen.free(lp->xen.ctx, buf);
	return rc;
}

int lp_get(struct lp *lp, const char *name, struct lp_status *out)
{
	struct wire_sysctl s = {.op = WIRE_GET};
	int rc;

	if (lp_set_name(lp, &s.u.get.name, name))
		return -EINVAL;
	rc = status_of(lp_sysctl(lp, &s));
	out->state = lp->sysctl->u.get.status.state;
	out->rc = lp->sysctl->u.get.status.rc;
	return rc;
}

int lp_action(struct lp *lp, const char *name, enum lp_action action, uint32_t timeout,
	      uint32_t flags)
{
	struct wire_sysctl s = {.op = WIRE_ACTION};

	if (lp_set_name(lp, &s.u.action.name, name))
		return -EINVAL;
	if (flags && !lp->new_layout)
		return -EOPNOTSUPP;
	s.u.action.cmd = action;
	s.u.action.timeout = timeout;
	s.u.action.flags = flags;
	return status_of(lp_sysctl(lp, &s));
}

const char *lp_state_name(unsigned int state)
{
	switch (state) {
	case LP_CHECKED:
		return "CHECKED";
	case LP_APPLIED:
		return "APPLIED";
	}
	return "unknown";
}

/* Nobody accepted any version: says which of the reasons it can be. */
static int no_version(const struct lp *lp, struct err *e)
{
	unsigned int major = lp->xen_version >> 16;
	unsigned int minor = lp->xen_version & 0xffff;

	if (major == 4 && minor >= 7 && minor <= 22)
		return err_fail(e,
				"Xen %u.%u: access denied: its security policy (FLASK) does not "
				"let this domain live-patch: allow it xen2:livepatch_op",
				major, minor);
	return err_set(e, ERR_UNSUPPORTED,
		       "Xen %u.%u: refuses every interface version from 0x%02x to 0x%02x (Xen 4.7 "
		       "to 4.22): it needs another xsplice-ctl, or its security policy (FLASK) "
		       "denies xen2:livepatch_op",
		       major, minor, INTERFACE_OLDEST, INTERFACE_NEWEST);
}

/*
 * Xen compares the version before it looks at privilege, and answers EACCES if it
 * is another one. Listing no payload at all is an operation without effect.
 */
int lp_negotiate(struct lp *lp, struct err *e)
{
	const struct wire_sysctl list_none = {.op = WIRE_LIST};
	long rc = -EACCES;

	for (lp->interface = INTERFACE_NEWEST; lp->interface >= INTERFACE_OLDEST; lp->interface--) {
		rc = lp_sysctl(lp, &list_none);
		if (rc != -EACCES)
			break;
	}
	lp->new_layout = lp->interface >= INTERFACE_NEW_LAYOUT;
	if (rc == -EACCES) {
		lp->interface = INTERFACE_NEWEST;
		lp->new_layout = true;
		return no_version(lp, e);
	}
	return rc < 0 ? explain(e, OP_LIST, WHEN_ASKED, NULL, (int)rc) : 0;
}

int lp_connect(struct lp *lp, struct err *e)
{
	long rc;

	*lp = (struct lp){0};
	if (xen_open(&lp->xen, e))
		return -1;
	lp->sysctl = lp->xen.alloc(lp->xen.ctx, sizeof(*lp->sysctl));
	lp->name = lp->xen.alloc(lp->xen.ctx, LP_NAME_MAX);
	if (!lp->sysctl || !lp->name) {
		err_fail(e, "no memory that can be shared with Xen");
		goto fail;
	}
	rc = lp->xen.call(lp->xen.ctx, HYPERVISOR_XEN_VERSION, XENVER_VERSION, 0);
	if (rc < 0) {
		err_sys(e, (int)-rc, "Xen does not tell its version");
		goto fail;
	}
	lp->xen_version = (uint32_t)rc;
	return 0;
fail:
	lp_close(lp);
	return -1;
}

int lp_open(struct lp *lp, struct err *e)
{
	if (lp_connect(lp, e))
		return -1;
	if (lp_negotiate(lp, e) == 0)
		return 0;
	lp_close(lp);
	return -1;
}

void lp_close(struct lp *lp)
{
	if (!lp->xen.close)
		return;
	if (lp->sysctl)
		lp->xen.free(lp->xen.ctx, lp->sysctl);
	if (lp->name)
		lp->xen.free(lp->xen.ctx, lp->name);
	lp->xen.close(lp->xen.ctx);
	*lp = (struct lp){0};
}
