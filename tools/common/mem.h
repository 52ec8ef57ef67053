/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem.h - memory of the programs
 *
 * Sizes come from files that were read whole, so a request that cannot be met
 * means that the machine is out of memory. These functions then end the process
 * with abort(): everything on disk is written under a temporary name and renamed
 * at the end, so nothing half done is left. The core does not use them.
 */
#ifndef COMMON_MEM_H
#define COMMON_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory for @n objects of @size bytes; free() it. Never NULL. */
void *mem_zalloc(size_t n, size_t size);
/* @p (or NULL) with room for @n objects of @size bytes; the rest is undefined. */
void *mem_resize(void *p, size_t n, size_t size);
void *mem_dup(const void *p, size_t len);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * Makes room for one more element in a growing array. @p: the array (NULL at
 * first), @n: elements in use, @size: of one. Returns the array, perhaps moved.
 */
void *mem_grow(void *p, size_t n, size_t size);

/* Frees what a `cleanup` variable points to: `autofree char *s = ...;` */
void mem_autofree(void *pp);
#define autofree __attribute__((cleanup(mem_autofree)))

/*
 * An arena: many small objects with one owner and one end. Zeroed it is empty.
 * What it gives is zeroed and aligned to 16 bytes.
 */
struct arena_block;
struct arena {
	struct arena_block *head;
};
void *arena_alloc(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *a);

#endif
