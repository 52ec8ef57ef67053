/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xsp_env.h - what the core needs of its compiler and C library
 *
 * One of the two seams of the core. This copy is for programs; another home of
 * the core brings its own under the same name and finds it first by -I. It must
 * give: the types uint8_t to uint64_t, int32_t, int64_t, size_t, bool and NULL;
 * memcpy(), memset() and memcmp() of ISO C; and the names below.
 */
#ifndef XSP_ENV_H
#define XSP_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The result must be looked at. */
#define XSP_MUST_CHECK __attribute__((warn_unused_result))

#endif
