// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t checked_product(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		abort();
	return bytes;
}

void *mem_zalloc(size_t n, size_t size)
{
	size_t bytes = checked_product(n, size);
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		abort();
	return p;
}

void *mem_resize(void *p, size_t n, size_t size)
{
	size_t bytes = checked_product(n, size);
	void *q = realloc(p, bytes ? bytes : 1);

	if (!q)
		abort();
	return q;
}

void *mem_dup(const void *p, size_t len)
{
	void *q = mem_zalloc(len, 1);

	if (len)
		memcpy(q, p, len);
	return q;
}

char *mem_strdup(const char *s)
{
	return mem_dup(s, strlen(s) + 1);
}

char *mem_strndup(const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *p = mem_zalloc(n + 1, 1);

	memcpy(p, s, n);
	return p;
}

__attribute__((format(printf, 2, 0))) static char *vprintf_to(struct arena *a, const char *fmt,
							      va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort();
	s = a ? arena_alloc(a, (size_t)n + 1, 1) : mem_zalloc((size_t)n + 1, 1);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	return vprintf_to(NULL, fmt, ap);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = vprintf_to(NULL, fmt, ap);
	va_end(ap);
	return s;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	/* Room is always the power of two at or above n, and at least 8. */
	if (n && (n < 8 || (n & (n - 1))))
		return p;
	return mem_resize(p, n < 8 ? 8 : checked_product(n, 2), size);
}

void mem_autofree(void *pp)
{
	free(*(void **)pp);
}

#define SMALLEST_BLOCK ((size_t)4 * 1024)
#define LARGEST_BLOCK  ((size_t)256 * 1024)
#define ALIGN	       ((size_t)16)

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t room;
	_Alignas(16) unsigned char data[];
};

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes = checked_product(n, size);
	struct arena_block *b = a->head;
	void *p;

	if (bytes > SIZE_MAX / 2)
		abort();
	bytes = (bytes + ALIGN - 1) & ~(ALIGN - 1);
	if (!b || b->room - b->used < bytes) {
		size_t room = !b			    ? SMALLEST_BLOCK
			      : b->room < LARGEST_BLOCK / 2 ? 2 * b->room
							    : LARGEST_BLOCK;

		if (room < bytes)
			room = bytes;

		b = mem_resize(NULL, 1, sizeof(*b) + room);
		b->room = room;
		b->used = 0;
		b->next = a->head;
		a->head = b;
	}
	p = b->data + b->used;
	b->used += bytes;
	return memset(p, 0, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *p = arena_alloc(a, n + 1, 1);

	memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = vprintf_to(a, fmt, ap);
	va_end(ap);
	return s;
}

void arena_free(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
}
