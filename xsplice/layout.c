// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layout.c - where sections go
 *
 * The order is that of Xen's loader: code, data, constants; within each the order of
 * the file. Needs an image that xsp_image_open() took: alignments are powers of two
 * from 1 to a page, nothing is writable and executable.
 */
#include "link.h"

#define LAYOUT_MAX (16u << 20)

static enum xsp_region region_of(const struct xsp_section *s)
{
	if (s->flags & ABI_SHF_EXECINSTR)
		return XSP_TEXT;
	return s->flags & ABI_SHF_WRITE ? XSP_RW : XSP_RO;
}

static int too_large(uint64_t pos, struct xsp_cause *c)
{
	return xsp_fail(c, XSP_LAYOUT_SIZE, pos, "payload");
}

/* A place at the end of the section's region, counted from the region's beginning. */
static int place(struct xsp_layout *l, const struct xsp_section *s, struct xsp_cause *c)
{
	uint32_t *used = &l->region[region_of(s)].size;
	uint32_t at = (*used + (uint32_t)s->align - 1) & ~((uint32_t)s->align - 1);

	if (!xsp_in_range(at, s->size, LAYOUT_MAX))
		return too_large(s->pos, c);
	l->at[s->index] = at;
	*used = at + (uint32_t)s->size;
	return 0;
}

/* The regions one behind the other. No sum wraps: each is 16 MiB at most. */
static void place_regions(struct xsp_layout *l)
{
	int r;

	for (r = 0; r < XSP_REGIONS; r++) {
		l->region[r].start = l->size;
		l->size += (l->region[r].size + XSP_PAGE - 1) & ~(XSP_PAGE - 1u);
	}
}

/*
 * May be applied again: no data that a first life may have changed. As Xen,
 * .livepatch.funcs does not count, nor does an empty section.
 */
static void note_data(struct xsp_layout *l, const struct xsp_section *s)
{
	if (region_of(s) == XSP_RW && s->size && !xsp_streq(s->name, ABI_SEC_FUNCS))
		l->reapply = false;
}

static int place_all(const struct xsp_image *img, struct xsp_layout *l, struct xsp_cause *c)
{
	struct xsp_section s;
	uint32_t i;

	l->reapply = true;
	l->at[0] = XSP_NOT_LOADED;
	for (i = 1; i < img->nsections; i++) {
		xsp_image_section(img, i, &s);
		l->at[i] = XSP_NOT_LOADED;
		if (!(s.flags & ABI_SHF_ALLOC))
			continue;
		note_data(l, &s);
		if (place(l, &s, c))
			return -1;
	}
	place_regions(l);
	if (l->size > LAYOUT_MAX)
		return too_large(img->headers, c);
	for (i = 1; i < img->nsections; i++) {
		xsp_image_section(img, i, &s);
		if (l->at[i] != XSP_NOT_LOADED)
			l->at[i] += l->region[region_of(&s)].start;
	}
	return 0;
}

int xsp_layout_make(const struct xsp_image *img, const struct xsp_host *host,
		    struct xsp_layout *out, struct xsp_cause *c)
{
	memset(out, 0, sizeof(*out));
	out->nsections = img->nsections;
	out->at = xsp_alloc(host, img->nsections, sizeof(*out->at));
	if (!out->at)
		return xsp_fail(c, XSP_NO_MEMORY, 0, "layout");
	if (!place_all(img, out, c))
		return 0;
	xsp_layout_free(out, host);
	return -1;
}

void xsp_layout_free(struct xsp_layout *l, const struct xsp_host *host)
{
	xsp_free(host, l->at);
	memset(l, 0, sizeof(*l));
}
