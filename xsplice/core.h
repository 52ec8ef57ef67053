/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core.h - what the files of the core share
 */
#ifndef XSP_CORE_H
#define XSP_CORE_H

#include "xsplice/xsplice.h"

/* Records a cause unless there is one already. Always -1. */
static inline int xsp_fail(struct xsp_cause *c, enum xsp_code code, uint64_t pos, const char *what)
{
	if (c->code == XSP_OK) {
		c->code = code;
		c->pos = pos;
		c->what = what;
	}
	return -1;
}

/* The range test: @size bytes at @pos lie within @total bytes. */
static inline bool xsp_in_range(uint64_t pos, uint64_t size, uint64_t total)
{
	return pos <= total && size <= total - pos;
}

static inline uint16_t xsp_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t xsp_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t xsp_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t xsp_le64(const uint8_t *p)
{
	return (uint64_t)xsp_le32(p + 4) << 32 | xsp_le32(p);
}

static inline void xsp_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

/* As a signed number, @v fits 32 bits. */
static inline bool xsp_fits_s32(uint64_t v)
{
	return v + 0x80000000u <= 0xffffffffu;
}

static inline bool xsp_all_zero(const uint8_t *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return n == 0;
}

/*
 * Longest name of a symbol or function that is looked up or kept. (Xen's own are 127
 * bytes at most.) Without a limit a file could make all its names one long string, of
 * which every comparison reads all.
 */
#define XSP_SYMBOL_MAX 255

/* strcmp() == 0; freestanding. */
static inline bool xsp_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

#endif
