// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/proc.h"

#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A running program and the two pipes that it writes to. */
struct running {
	struct proc *p;
	pid_t pid;
	int fd[2]; /* its output and its errors; -1 once closed */
	double started;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* Both set the same variable. */
static bool same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return !strncmp(a, b, len) && b[len] == '=';
}

/* This program's environment with @add, "NAME=value" each, instead of its like; "NAME" goes. */
static char **environment(const char *const *add)
{
	size_t nadd = count((char *const *)(uintptr_t)add);
	char **env = mem_zalloc(count(environ) + nadd + 1, sizeof(*env));
	size_t n = 0;
	size_t i, k;

	for (i = 0; i < nadd; i++)
		if (strchr(add[i], '='))
			env[n++] = (char *)(uintptr_t)add[i];
	for (i = 0; environ[i]; i++) {
		for (k = 0; k < nadd && !same_name(add[k], environ[i]); k++)
			;
		if (k == nadd)
			env[n++] = environ[i];
	}
	return env;
}

/* What the program's descriptors 0 to 2 and its folder are. 0, or an errno. */
static int set_actions(posix_spawn_file_actions_t *fa, const struct proc *p, int out, int errors)
{
	int ret = posix_spawn_file_actions_addopen(fa, 0, p->input ? p->input : "/dev/null",
						   O_RDONLY, 0);

	if (!ret)
		ret = posix_spawn_file_actions_adddup2(fa, out, 1);
	if (!ret)
		ret = posix_spawn_file_actions_adddup2(fa, errors, 2);
	if (!ret && p->cwd)
		ret = posix_spawn_file_actions_addchdir_np(fa, p->cwd);
	return ret;
}

/* Not fork(): a copy of a large program's page tables costs more than a small compile. */
static int spawn(const struct proc *p, int out, int errors, pid_t *pid)
{
	autofree char **env = environment(p->env);
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t usual;
	int ret = ENOMEM;

	if (posix_spawn_file_actions_init(&fa))
		return ret;
	if (posix_spawnattr_init(&attr))
		goto out;
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	ret = posix_spawnattr_setsigdefault(&attr, &usual);
	if (!ret)
		ret = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	if (!ret)
		ret = set_actions(&fa, p, out, errors);
	if (!ret)
		ret = posix_spawnp(pid, p->argv[0], &fa, &attr, (char *const *)(uintptr_t)p->argv,
				   env);
	posix_spawnattr_destroy(&attr);
out:
	posix_spawn_file_actions_destroy(&fa);
	return ret;
}

static int start(struct running *r, struct proc *p, struct err *e)
{
	int pipes[2][2] = {{-1, -1}, {-1, -1}};
	int failure;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0) {
			err_sys(e, errno, "%s: cannot make a pipe", p->argv[0]);
			goto fail;
		}
	}
	failure = spawn(p, pipes[0][1], pipes[1][1], &r->pid);
	if (failure) {
		err_sys(e, failure, "%s: cannot run", p->argv[0]);
		goto fail;
	}
	for (i = 0; i < 2; i++) {
		close_fd(&pipes[i][1]);
		r->fd[i] = pipes[i][0];
	}
	r->p = p;
	r->started = now();
	return 0;

fail:
	for (i = 0; i < 2; i++) {
		close_fd(&pipes[i][0]);
		close_fd(&pipes[i][1]);
	}
	return -1;
}

static void take_output(struct running *r, int which)
{
	char buf[65536];
	ssize_t n = read(r->fd[which], buf, sizeof(buf));

	if (n > 0 && !which && r->p->sink)
		r->p->sink(r->p->sink_ctx, buf, (size_t)n);
	else if (n > 0)
		strbuf_add(which ? &r->p->errors : &r->p->out, buf, (size_t)n);
	else if (n == 0 || errno != EINTR)
		close_fd(&r->fd[which]);
}

static double seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static void reap(struct running *r)
{
	struct rusage ru;
	int status = 0;

	while (wait4(r->pid, &status, 0, &ru) < 0 && errno == EINTR)
		;
	r->p->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	r->p->cpu_seconds = seconds(ru.ru_utime) + seconds(ru.ru_stime);
	r->p->wall_seconds = now() - r->started;
	r->p = NULL;
}

/* Waits for output of any of the @n running programs; reaps those at their end. */
static void serve(struct running *r, size_t n)
{
	struct pollfd *fds = mem_zalloc(2 * n, sizeof(*fds));
	size_t i;

	for (i = 0; i < 2 * n; i++) {
		fds[i].fd = r[i / 2].p ? r[i / 2].fd[i % 2] : -1;
		fds[i].events = POLLIN;
	}
	if (poll(fds, 2 * n, -1) > 0)
		for (i = 0; i < 2 * n; i++)
			if (fds[i].revents)
				take_output(&r[i / 2], (int)(i % 2));
	for (i = 0; i < n; i++)
		if (r[i].p && r[i].fd[0] < 0 && r[i].fd[1] < 0)
			reap(&r[i]);
	free(fds);
}

int proc_run_all(struct proc *p, size_t n, unsigned int jobs, struct err *e)
{
	struct running *slots;
	size_t next = 0;
	size_t busy = 0;
	size_t i;
	int ret = 0;

	if (!jobs) {
		long cpus = sysconf(_SC_NPROCESSORS_ONLN);

		jobs = cpus > 0 ? (unsigned int)cpus : 1;
	}
	slots = mem_zalloc(jobs, sizeof(*slots));
	while (next < n || busy) {
		for (i = 0; i < jobs && next < n; i++)
			if (!slots[i].p && start(&slots[i], &p[next++], e) < 0)
				ret = -1;
		busy = 0;
		for (i = 0; i < jobs; i++)
			busy += slots[i].p != NULL;
		if (!busy)
			continue;
		serve(slots, jobs);
		busy = 0;
		for (i = 0; i < jobs; i++)
			busy += slots[i].p != NULL;
	}
	free(slots);
	return ret;
}

int proc_run(struct proc *p, struct err *e)
{
	return proc_run_all(p, 1, 1, e);
}

void proc_free(struct proc *p)
{
	strbuf_free(&p->out);
	strbuf_free(&p->errors);
}

/* Copies one word of @line to @out; returns what follows it, NULL if refused. */
static const char *split_word(const char *line, char *out, struct err *e)
{
	char quote = '\0';

	for (; *line; line++) {
		if (quote == '\'') {
			if (*line == '\'')
				quote = '\0';
			else
				*out++ = *line;
		} else if (*line == '\\' && line[1]) {
			if (quote && !strchr("\\\"$`", line[1]))
				*out++ = '\\';
			*out++ = *++line;
		} else if (*line == '$' || *line == '`') {
			break;
		} else if (quote == '"') {
			if (*line == '"')
				quote = '\0';
			else
				*out++ = *line;
		} else if (*line == '\'' || *line == '"') {
			quote = *line;
		} else if (strchr(" \t\n", *line)) {
			*out = '\0';
			return line;
		} else if (strchr(";|&<>()*?[#", *line)) {
			break;
		} else {
			*out++ = *line;
		}
	}
	*out = '\0';
	if (*line || quote) {
		err_fail(e, "command line: needs a shell at \"%.40s\"", line);
		return NULL;
	}
	return line;
}

char **proc_split(const char *line, struct err *e)
{
	size_t len = strlen(line);
	size_t max = len / 2 + 2;
	char **words = mem_zalloc(1, max * sizeof(*words) + 2 * len + 2);
	char *text = (char *)(words + max);
	size_t n = 0;

	for (line += strspn(line, " \t\n"); *line; line += strspn(line, " \t\n")) {
		words[n++] = text;
		line = split_word(line, text, e);
		if (!line) {
			free(words);
			return NULL;
		}
		text += strlen(text) + 1;
	}
	return words;
}
