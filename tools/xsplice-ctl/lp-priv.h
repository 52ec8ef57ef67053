/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lp-priv.h - what lp.c, lp-list.c and loader.c share
 */
#ifndef XSPLICE_CTL_LP_PRIV_H
#define XSPLICE_CTL_LP_PRIV_H

#include "xsplice-ctl/lp.h"
#include "xsplice-ctl/wire.h"

/*
 * Sends @in; the answer is in lp->sysctl after. Returns Xen's value, 0 or more, or a
 * negative errno value.
 */
long lp_sysctl(struct lp *lp, const struct wire_sysctl *in);

/* Lays @name where Xen may read it, and @w to point there. -EINVAL: too long. */
int lp_set_name(struct lp *lp, struct wire_name *w, const char *name);

#endif
