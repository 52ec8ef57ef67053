// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OpenPGP packets: every byte of one that is taken is the header's, signed, or one of
 * the few that are checked otherwise.
 */
#include "xsplice/xsplice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_pgp_sig s;
	uint8_t suffix[6];
	size_t rest;

	if (xsp_pgp_parse(data, size, 0, &s, &c)) {
		if (c.code == XSP_OK || c.pos > size)
			abort();
		return 0;
	}
	xsp_pgp_suffix(&s, suffix);
	rest = size - s.hashed.size - 12 - sizeof(s.left16);
	for (uint32_t i = 0; i < s.nmpi; i++)
		rest -= 2 + s.mpi[i].size;
	if (rest != 2 && rest != 3)
		abort();
	return 0;
}
