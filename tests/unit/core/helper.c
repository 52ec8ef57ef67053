// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper.h"

#include <string.h>

static void read_refs(const struct xsp_payload *p, const struct xsp_func *f)
{
	ck_assert(!f->name || strlen(f->name) > 0);
	ck_assert(strlen(f->new_code.symbol) < p->image.size);
	ck_assert(strlen(f->old_code.symbol) < p->image.size);
}

/* Everything that the core gives for a payload that it took, used once. */
static void read_all(const struct xsp_payload *p)
{
	unsigned int sum = 0;
	struct xsp_section s;
	struct xsp_symbol sym;
	struct xsp_reloc r;
	struct xsp_info info;
	struct xsp_func f;
	size_t pos = 0;
	uint32_t at = 0;
	uint32_t i;

	for (i = 0; i < p->image.nsections; i++) {
		xsp_image_section(&p->image, i, &s);
		for (size_t k = 0; s.data && k < s.size; k++)
			sum += s.data[k];
		sum += (unsigned int)strlen(s.name);
	}
	for (i = 0; i < p->image.nsymbols; i++) {
		xsp_image_symbol(&p->image, i, &sym);
		sum += (unsigned int)strlen(sym.name);
	}
	while (xsp_image_relocs(&p->image, at, &s)) {
		at = s.index;
		for (i = 0; i < xsp_reloc_count(&s); i++)
			xsp_image_reloc(&s, i, &r);
	}
	for (i = 0; i < p->nfuncs; i++) {
		xsp_payload_func(p, i, &f);
		read_refs(p, &f);
	}
	while (xsp_payload_info(p, &pos, &info))
		sum += (unsigned int)(info.key.size + info.value.size);
	ck_assert_uint_le(pos, p->image.size + sum);
}

enum xsp_code open_all(const void *data, size_t size, struct xsp_cause *cause)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct xsp_payload p;

	ck_assert_ptr_nonnull(exact);
	if (size)
		memcpy(exact, data, size);
	if (!xsp_payload_open(&p, exact, size, cause)) {
		ck_assert_int_eq(cause->code, XSP_OK);
		read_all(&p);
	}
	free(exact);
	return cause->code;
}
