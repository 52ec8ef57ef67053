/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pack.h - compressed tarballs (on libarchive): the same content gives the same bytes
 *
 * No time, name or thread count goes into what is compressed; the version of the
 * compressing library may, so content can be compared without it.
 */
#ifndef RELEASE_PACK_H
#define RELEASE_PACK_H

#include "common/err.h"
#include "common/text.h"

#include <stdbool.h>
#include <stddef.h>

/* "gz", "xz", "zst": as the name of the file ends. */
bool pack_known(const char *kind);

/* Compresses @size bytes of @tar; strbuf_free() @out in any case. */
int pack_make(const char *kind, const void *tar, size_t size, struct strbuf *out, struct err *e);

/*
 * Compares the files in two tarballs, compressed as above or not at all: 1 if they differ, with
 * @why naming the first that does ("xen-4.9.0/Makefile: another content"), 0 if they hold
 * the same, -1 if @b cannot be read ("NAME: cannot ...").
 */
int pack_compare(const void *a, size_t a_size, const void *b, size_t b_size, const char *b_name,
		 struct strbuf *why, struct err *e);

#endif
