/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * payload.h - between payload.c and func.c
 */
#ifndef XSP_PAYLOAD_H
#define XSP_PAYLOAD_H

#include "core.h"

/* func.c: every element of .livepatch.funcs. Needs all else of @p. */
int xsp_check_funcs(const struct xsp_payload *p, struct xsp_cause *c);

#endif
