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
	catch (SIGQUIT);
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

/* A new folder as of mkdtemp(), by its absolute path; in that time no signal ends the process. */
static char *make_remembered(char *template)
{
	sigset_t all;
	sigset_t old;
	char *path = NULL;
	int why;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (mkdtemp(template)) {
		path = realpath(template, NULL);
		if (path)
			remember(path);
		else
			rmdir(template);
	}
	why = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = why;
	return path;
}

char *dir_temp_in(const char *dir, const char *prefix, struct err *e)
{
	autofree char *template = mem_printf("%s/%sXXXXXX", dir, prefix);
	char *path;

	catch_all();
	path = make_remembered(template);
	if (!path)
		err_sys(e, errno, "%s: cannot make a temporary folder", template);
	return path;
}

char *dir_temp(const char *prefix, struct err *e)
{
	const char *root = getenv("TMPDIR");
	autofree char *dotted = mem_printf("%s.", prefix);

	return dir_temp_in(root && *root ? root : "/tmp", dotted, e);
}
