// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/payload.h"

#include "common/payload_sig.h"

#include "xsplice/xsplice.h"

int payload_read(const char *path, const struct file_data *file, struct payload *out, struct err *e)
{
	struct xsp_cause cause = {0};
	struct xsp_trailer t;
	struct xsp_payload p;

	if (xsp_trailer_open(&t, file->data, file->size, &cause) ||
	    xsp_payload_open(&p, t.data, t.elf_size, &cause))
		return payload_cause(path, &cause, e);
	*out = (struct payload){
		.build_id = p.build_id.data,
		.build_id_len = p.build_id.size,
		.xen_build_id = p.xen_depends.data,
		.xen_build_id_len = p.xen_depends.size,
		.modinfo = p.modinfo.data,
		.modinfo_len = p.modinfo.size,
	};
	return 0;
}
