/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.h - other programs, run without a shell
 */
#ifndef COMMON_PROC_H
#define COMMON_PROC_H

#include "common/err.h"
#include "common/text.h"

/* One program to run. Zero what is not needed. */
struct proc {
	const char *const *argv; /* NULL at the end; argv[0] is looked up in PATH */
	const char *cwd; /* where to run it, NULL: here */
	const char *input; /* file for its standard input, NULL: none */
	/* "NAME=value" to set besides ours, "NAME" to leave out; NULL at the end */
	const char *const *env;
	/* Called with each piece of its standard output, which is then not kept in @out. */
	void (*sink)(void *ctx, const char *data, size_t len);
	void *sink_ctx;

	/* Filled by proc_run(): */
	struct strbuf out; /* its standard output */
	struct strbuf errors; /* its standard error */
	int status; /* exit status, or 128 + number of the signal that ended it */
	double cpu_seconds; /* user + system time of it and its children */
	double wall_seconds;
};

/*
 * Runs @p to its end and collects what it says. -1 only if it could not be
 * started; a status other than 0 is for the caller to judge. proc_free() after.
 */
int proc_run(struct proc *p, struct err *e);

/*
 * Runs @n of them, at most @jobs at a time (0: one per CPU), each as proc_run().
 * All are run even if one cannot be started.
 */
int proc_run_all(struct proc *p, size_t n, unsigned int jobs, struct err *e);

void proc_free(struct proc *p);

/*
 * Splits a command line recorded by make into words as a POSIX shell would, for
 * the quoting that compilers' command lines use: blanks, '...', "..." with
 * backslash, backslash. Anything that needs a real shell ($ ` ; | & < > ( ) * ? [
 * and # outside quotes) is refused. Returns a NULL-terminated array in one block
 * (free() it), or NULL.
 */
char **proc_split(const char *line, struct err *e);

#endif
