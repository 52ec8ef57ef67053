/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xsp_env.h - what the core needs of its compiler and C library, inside Xen
 *
 * The other copy, for programs, is xsplice/hosted/xsp_env.h of the project.
 */
#ifndef XSP_ENV_H
#define XSP_ENV_H

#include <xen/types.h>
#include <xen/lib.h>
#include <xen/stdbool.h>
#include <xen/string.h>

/* The result must be looked at. */
#define XSP_MUST_CHECK __must_check

#ifndef UINT32_MAX
#define UINT32_MAX (~0u)
#endif

#endif /* XSP_ENV_H */
