/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * payload.h - what a payload file says of itself
 */
#ifndef XSPLICE_CTL_PAYLOAD_H
#define XSPLICE_CTL_PAYLOAD_H

#include "common/err.h"
#include "common/io.h"

#include <stddef.h>

/* Parts of the file in memory; NULL and 0 where it says nothing. */
struct payload {
	const unsigned char *build_id;
	size_t build_id_len;
	const unsigned char *xen_build_id; /* of the Xen that it is made for */
	size_t xen_build_id_len;
	const unsigned char *modinfo;
	size_t modinfo_len;
};

/*
 * Reads it with the parser that a loader uses. ERR_CHECK: it is no payload that
 * would load anywhere. @file must outlive @out.
 */
int payload_read(const char *path, const struct file_data *file, struct payload *out,
		 struct err *e);

#endif
