// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/proc.h"

#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

static void child(const struct proc *p, int out, int errors, int status_fd)
{
	int in = open(p->input ? p->input : "/dev/null", O_RDONLY);
	const char *const *env;
	int saved;

	if (in >= 0 && dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(errors, 2) >= 0 &&
	    (!p->cwd || chdir(p->cwd) == 0)) {
		for (env = p->env; env && *env; env++)
			putenv((char *)(uintptr_t)*env);
		signal(SIGPIPE, SIG_DFL);
		execvp(p->argv[0], (char *const *)(uintptr_t)p->argv);
	}
	saved = errno;
	(void)!write(status_fd, &saved, sizeof(saved));
	_exit(127);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(struct running *r, struct proc *p, struct err *e)
{
	int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	int failure = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0) {
			err_sys(e, errno, "%s: cannot make a pipe", p->argv[0]);
			goto fail;
		}
	}
	r->pid = fork();
	if (r->pid < 0) {
		err_sys(e, errno, "%s: cannot start", p->argv[0]);
		goto fail;
	}
	if (r->pid == 0)
		child(p, pipes[0][1], pipes[1][1], pipes[2][1]);
	for (i = 0; i < 3; i++)
		close_fd(&pipes[i][1]);
	/* The third pipe closes at exec; what comes through it is an errno. */
	if (read(pipes[2][0], &failure, sizeof(failure)) == (ssize_t)sizeof(failure)) {
		waitpid(r->pid, NULL, 0);
		err_sys(e, failure, "%s: cannot run", p->argv[0]);
		goto fail;
	}
	close_fd(&pipes[2][0]);
	r->p = p;
	r->fd[0] = pipes[0][0];
	r->fd[1] = pipes[1][0];
	r->started = now();
	return 0;

fail:
	for (i = 0; i < 3; i++) {
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
