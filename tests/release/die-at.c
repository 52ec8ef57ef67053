// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded (LD_PRELOAD) it ends xsplice-release, as a power cut would, just before the
 * call number $DIE_AT of those by which something becomes lasting: fsync(), rename(),
 * link(). Programs that it calls are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIED 9

static void count(void)
{
	static atomic_long calls;
	const char *at = getenv("DIE_AT");

	if (at && !strcmp(program_invocation_short_name, "xsplice-release") &&
	    atomic_fetch_add(&calls, 1) + 1 == strtol(at, NULL, 10))
		_exit(DIED);
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	count();
	return real(fd);
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) =
		(int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");

	count();
	return real(from, to);
}

int link(const char *from, const char *to)
{
	int (*real)(const char *, const char *) =
		(int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");

	count();
	return real(from, to);
}
