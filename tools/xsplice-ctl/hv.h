/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hv.h - which hypervisor is running
 */
#ifndef XSPLICE_CTL_HV_H
#define XSPLICE_CTL_HV_H

#include "xsplice-ctl/lp.h"

#include "common/json.h"

#define HV_BUILD_ID_MAX 64

struct hv {
	unsigned int major;
	unsigned int minor;
	char extra[17]; /* ".5", as Xen says it: foreign bytes */
	char changeset[65];
	unsigned char build_id[HV_BUILD_ID_MAX];
	size_t build_id_len; /* 0: this Xen has none, or does not tell */
};

/* Asks Xen. What it does not tell stays empty. ERR_FAIL: no memory. */
int hv_read(struct lp *lp, struct hv *out, struct err *e);

/* Hexadecimal text of the build-id, "" without one. @out: 2 * HV_BUILD_ID_MAX + 1 bytes. */
void hv_build_id_text(const struct hv *hv, char *out);

#endif
