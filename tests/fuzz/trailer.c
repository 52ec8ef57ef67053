// SPDX-License-Identifier: GPL-2.0-or-later
/* Signature records: those that are found fill the file to its last byte. */
#include "xsplice/xsplice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_trailer t;
	struct xsp_sig s;
	size_t at;

	if (xsp_trailer_open(&t, data, size, &c)) {
		if (c.code == XSP_OK || c.pos > size)
			abort();
		return 0;
	}
	at = t.elf_size;
	for (uint32_t i = 0; i < t.count; i++) {
		xsp_trailer_sig(&t, i, &s);
		if (s.pos != at || memcmp(s.key_id.data, s.pgp.key_id, ABI_KEY_ID_SIZE))
			abort();
		at += s.size;
	}
	if (at + (t.count ? sizeof(struct abi_sig_end) : 0) != size)
		abort();
	return 0;
}
