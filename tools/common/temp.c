// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/temp.h"

#include "common/mem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRS 16

/* Folders of this process; those that are gone make place. */
static char *volatile dirs[DIRS];

/*
 * Only what may be called in a handler: so another program walks through the folder.
 * A process that was forked for something else removes nothing.
 */
static pid_t owner;

static void remove_all(int sig)
{
	int i;

	for (i = 0; i < DIRS && getpid() == owner; i++) {
		pid_t child = dirs[i] ? fork() : -1;

		if (!child) {
			execl("/bin/rm", "rm", "-rf", "--", dirs[i], (char *)NULL);
			_exit(127);
		}
		if (child > 0)
			waitpid(child, NULL, 0);
	}
	/* SA_RESETHAND: ends the process as if this function did not exist. */
	raise(sig);
}

/* A signal that is ignored (nohup) stays ignored. */
static void catch (int sig)
{
	struct sigaction old;
	struct sigaction new = {.sa_handler = remove_all, .sa_flags = SA_RESETHAND};

	sigfillset(&new.sa_mask);
	if (!sigaction(sig, NULL, &old) && old.sa_handler == SIG_DFL)
		sigaction(sig, &new, NULL);
}

static void catch_all(void)
{
	if (owner == getpid())
		return;
	owner = getpid();
	memset((void *)dirs, 0, sizeof(dirs));
	catch (SIGHUP);
	catch (SIGINT);
	catch (SIGTERM);
}

static void remember(const char *path)
{
	int i;

	for (i = 0; i < DIRS; i++) {
		char *old = dirs[i];

		if (old && access(old, F_OK) == 0)
			continue;
		dirs[i] = mem_strdup(path);
		free(old);
		return;
	}
}

char *dir_temp(const char *prefix, struct err *e)
{
	const char *root = getenv("TMPDIR");
	char *path = mem_printf("%s/%s.XXXXXX", root && *root ? root : "/tmp", prefix);

	catch_all();
	if (!mkdtemp(path)) {
		err_sys(e, errno, "%s: cannot make a temporary folder", path);
		free(path);
		return NULL;
	}
	remember(path);
	return path;
}
