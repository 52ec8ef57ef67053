/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callers.h - code that nobody calls any more once the hypervisor has booted
 *
 * A payload that replaces such code applies and has no effect. What is not marked
 * __init can be such code too; who refers to it tells.
 */
#ifndef PATCHBUILD_CALLERS_H
#define PATCHBUILD_CALLERS_H

#include "patchbuild/base.h"
#include "patchbuild/obj.h"

struct callers;

/*
 * Reads all objects of a base and finds the functions that can still run: those that
 * assembly, data that stays, or a pointer taken anywhere refers to, and what they call.
 * Tables that only boot code walks (.initcall*, .init.setup) do not count. NULL and a
 * cause on failure.
 */
struct callers *callers_read(const struct base *b, struct err *e);
void callers_free(struct callers *c);

/*
 * True if function @s of object @object is only called by code that is gone after
 * boot. False if nothing is known of it.
 */
bool callers_boot_only(const struct callers *c, const char *object, const struct sym *s);

#endif
