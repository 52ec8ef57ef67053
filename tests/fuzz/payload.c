// SPDX-License-Identifier: GPL-2.0-or-later
/* ELF image and payload: whatever is taken can be read to its end. */
#include "xsplice/xsplice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_string(const char *s)
{
	return s ? strlen(s) : 0;
}

static size_t read_image(const struct xsp_image *img)
{
	struct xsp_section s;
	struct xsp_symbol sym;
	struct xsp_reloc r;
	size_t sum = 0;
	uint32_t at = 0;

	for (uint32_t i = 0; i < img->nsections; i++) {
		xsp_image_section(img, i, &s);
		sum += read_string(s.name);
		if (s.data && s.size)
			sum += s.data[0] + s.data[s.size - 1];
	}
	for (uint32_t i = 0; i < img->nsymbols; i++) {
		xsp_image_symbol(img, i, &sym);
		sum += read_string(sym.name);
	}
	while (xsp_image_relocs(img, at, &s)) {
		at = s.index;
		for (uint32_t i = 0; i < xsp_reloc_count(&s); i++) {
			xsp_image_reloc(&s, i, &r);
			sum += r.type;
		}
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct xsp_payload p;
	struct xsp_info info;
	struct xsp_func f;
	size_t pos = 0;
	size_t sum = 0;

	if (xsp_payload_open(&p, data, size, &c)) {
		if (c.code == XSP_OK || c.code >= XSP_CODES || c.pos > size)
			abort();
		return 0;
	}
	sum += read_image(&p.image);
	for (uint32_t i = 0; i < p.nfuncs; i++) {
		xsp_payload_func(&p, i, &f);
		sum += read_string(f.name) + read_string(f.new_code.symbol);
		if (f.new_code.kind == XSP_REF_NULL && f.new_size > f.old_size)
			abort();
		if (f.expected.size > f.old_size)
			abort();
	}
	while (xsp_payload_info(&p, &pos, &info))
		sum += info.key.size + info.value.size;
	/* What was read must not be optimised away. */
	if (sum == SIZE_MAX)
		abort();
	return 0;
}
