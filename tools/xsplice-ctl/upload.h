/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload.h - from a payload file to a payload in Xen
 */
#ifndef XSPLICE_CTL_UPLOAD_H
#define XSPLICE_CTL_UPLOAD_H

#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/lp.h"
#include "xsplice-ctl/payload.h"
#include "xsplice-ctl/trust.h"

/* A file that was read once, judged, and is uploaded from memory. */
struct upload {
	const char *path;
	struct file_data file;
	struct payload payload;
	struct trust_result trust;
};

/*
 * Reads and judges a file; Xen is not asked. ERR_SIGNATURE: not trusted; ERR_CHECK:
 * not a payload. upload_free() it in any case.
 */
int upload_read(const char *path, const struct trust *t, struct upload *out, struct err *e);
void upload_free(struct upload *u);

/*
 * May it be uploaded: is it for the Xen that runs, and does somebody verify it? Does
 * not ask Xen about the payload itself. ERR_UNSUPPORTED: for another build of Xen.
 */
int upload_fits(struct lp *lp, const struct upload *u, const struct loader *loader, struct err *e);

/*
 * Uploads it as @name. @changed: false if a payload of this name and with the same
 * metadata is loaded already; one with other metadata is ERR_STATE. A payload for
 * another build of Xen is ERR_UNSUPPORTED. What was loaded already is not what was
 * verified: then @u->trust says no more than trust_loaded_before() leaves.
 */
int upload_send(struct lp *lp, struct upload *u, const char *name, bool *changed, struct err *e);

#endif
