/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.h - names of payloads
 */
#ifndef XSPLICE_CTL_NAME_H
#define XSPLICE_CTL_NAME_H

#include "common/err.h"

/*
 * A name that this program gives or acts on: 1 to 127 bytes of well-formed UTF-8
 * without control characters. Xen itself takes anything. ERR_USAGE if it is not.
 */
int name_check(const char *name, struct err *e);

/* The name that `load` gives: @path without folders and last ".suffix"; free() it. */
char *name_of_file(const char *path);

#endif
