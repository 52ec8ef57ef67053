/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * temp.h - temporary folders, which do not outlive the process
 */
#ifndef COMMON_TEMP_H
#define COMMON_TEMP_H

#include "common/err.h"

/*
 * A new private folder below $TMPDIR (or /tmp), name beginning with @prefix; the
 * caller frees the path, which is absolute, and ends the folder with dir_remove(). If
 * SIGHUP, SIGINT or SIGTERM ends the process before, the folder is removed then.
 */
char *dir_temp(const char *prefix, struct err *e);
/* The same in the folder @dir; one that gets another name at the end is no longer removed. */
char *dir_temp_in(const char *dir, const char *prefix, struct err *e);

#endif
