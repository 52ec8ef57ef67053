/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a test host's dom0: runs commands for clients on the machine outside.
 *
 *	agent DIRECTORY PORT...
 *
 * Every PORT is a virtio-serial device that one client at a time may hold; each gets a process of its
 * own, so that many commands run at once. Commands start in DIRECTORY. wire.h describes the exchange.
 */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ARGS_MAX = 1 << 20,
	/*
	 * A port reports "hung up" for a moment when one client follows another; a client that has left
	 * stays away longer than this.
	 */
	HANGUP_MS = 500,
	/* What a terminal still holds when its last process has ended arrives within this time. */
	TERMINAL_MS = 500,
	IDLE_MS = 1000,
};

struct session {
	int port;
	struct wire in;
	struct wire out;
	uint64_t id;
	char *args;
	size_t args_length;

	pid_t pid; /* 0: no command runs */
	bool exited;
	int status;
	int64_t exited_at;
	int64_t hung_up_at; /* 0: the client is there */
	bool pty;
	int to_child;
	int from_child[2]; /* standard output, standard error */
	unsigned char input[WIRE_CREDIT];
	size_t input_start, input_end;
	bool input_closed;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Writes a line to the host's console, where it stands in order with what Xen prints. */
static void console_line(const struct session *s, const char *event, const char *text)
{
	char line[200];
	int length = snprintf(line, sizeof(line) - 1, "[host] %s %llx: %s", event,
			      (unsigned long long)s->id, text);
	int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	if (fd >= 0) {
		if (write(fd, line, length) < 0)
			perror("agent: /dev/console");
		close(fd);
	}
}

static void console_end(const struct session *s)
{
	char text[32];

	if (WIFSIGNALED(s->status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(s->status));
	else
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(s->status));
	console_line(s, "end", text);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void session_clear(struct session *s)
{
	bool shared = s->to_child == s->from_child[0];

	close_fd(&s->from_child[0]);
	close_fd(&s->from_child[1]);
	if (shared)
		s->to_child = -1;
	close_fd(&s->to_child);
	free(s->args);
	s->args = NULL;
	s->args_length = 0;
	s->pid = 0;
	s->exited = false;
	s->hung_up_at = 0;
	s->input_start = 0;
	s->input_end = 0;
	s->input_closed = false;
}

/* Ends the command of a client that went away, with all of its process group. */
static void session_abort(struct session *s)
{
	if (s->pid != 0) {
		kill(-s->pid, SIGKILL);
		if (!s->exited)
			waitpid(s->pid, NULL, 0);
		console_line(s, "end", "the client left");
	}
	session_clear(s);
}

static void exec_command(char **argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGIO, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	int error = errno;

	fprintf(stderr, "host: %s: cannot be run: %s\n", argv[0], strerror(error));
	_exit(error == ENOENT ? 127 : 126);
}

/* The argument list as execvp() wants it; NULL if it is empty or memory is short. Free both levels as one. */
static char **session_argv(const struct session *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->args_length; i++)
		count += s->args[i] == '\0';
	if (count == 0 || s->args[s->args_length - 1] != '\0')
		return NULL;
	char **argv = calloc(count + 1, sizeof(*argv));
	char *word = s->args;

	for (size_t i = 0; argv && i < count; i++) {
		argv[i] = word;
		word += strlen(word) + 1;
	}
	return argv;
}

static bool start_on_pty(struct session *s, char **argv, const struct wire_run *run)
{
	struct winsize size = {.ws_row = run->size.rows, .ws_col = run->size.columns};
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, &size);

	if (pid < 0)
		return false;
	if (pid == 0)
		exec_command(argv);
	fcntl(master, F_SETFD, FD_CLOEXEC);
	s->pid = pid;
	s->to_child = master;
	s->from_child[0] = master;
	return true;
}

static bool start_on_pipes(struct session *s, char **argv)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return false;
	pid_t pid = fork();

	if (pid < 0)
		return false;
	if (pid == 0) {
		setsid();
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		exec_command(argv);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	s->pid = pid;
	s->to_child = in[1];
	s->from_child[0] = out[0];
	s->from_child[1] = err[0];
	return true;
}

static void set_nonblocking(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void session_run(struct session *s, const struct wire_run *run)
{
	char **argv = session_argv(s);
	bool started = argv && (run->pty ? start_on_pty(s, argv, run) : start_on_pipes(s, argv));
	uint32_t status = 126 << 8;

	if (started) {
		s->pty = run->pty;
		set_nonblocking(s->to_child);
		set_nonblocking(s->from_child[0]);
		set_nonblocking(s->from_child[1]);
		console_line(s, "begin", argv[0]);
	} else {
		wire_put(&s->out, WIRE_EXIT, &status, sizeof(status));
	}
	free(argv);
}

static void session_argument(struct session *s, const struct wire_frame *frame)
{
	if (s->pid != 0 || s->args_length + frame->length > ARGS_MAX)
		return;
	char *args = realloc(s->args, s->args_length + frame->length + 1);

	if (!args)
		return;
	memcpy(args + s->args_length, frame->payload, frame->length);
	s->args = args;
	s->args_length += frame->length;
}

static void session_input(struct session *s, const struct wire_frame *frame)
{
	if (frame->length == 0) {
		s->input_closed = true;
		return;
	}
	memmove(s->input, s->input + s->input_start, s->input_end - s->input_start);
	s->input_end -= s->input_start;
	s->input_start = 0;
	if (frame->length > sizeof(s->input) - s->input_end)
		return;
	memcpy(s->input + s->input_end, frame->payload, frame->length);
	s->input_end += frame->length;
}

static void session_frame(struct session *s, const struct wire_frame *frame)
{
	struct wire_run run;
	struct wire_size size;
	uint32_t number;

	switch (frame->type) {
	case WIRE_HELLO:
		session_abort(s);
		s->out.start = s->out.end;
		if (wire_get(frame, &s->id, sizeof(s->id)))
			wire_put(&s->out, WIRE_HELLO, &s->id, sizeof(s->id));
		break;
	case WIRE_ARG:
		session_argument(s, frame);
		break;
	case WIRE_RUN:
		if (s->pid == 0 && wire_get(frame, &run, sizeof(run)))
			session_run(s, &run);
		break;
	case WIRE_IN:
		session_input(s, frame);
		break;
	case WIRE_SIGNAL:
		if (s->pid != 0 && wire_get(frame, &number, sizeof(number)))
			kill(-s->pid, number);
		break;
	case WIRE_SIZE:
		if (s->pid != 0 && s->pty && wire_get(frame, &size, sizeof(size))) {
			struct winsize window = {.ws_row = size.rows, .ws_col = size.columns};

			ioctl(s->to_child, TIOCSWINSZ, &window);
		}
		break;
	default:
		break;
	}
}

/* Hands buffered input to the command, and tells the client how much of it is gone. */
static void session_feed(struct session *s)
{
	if (s->input_start != s->input_end && s->to_child >= 0) {
		ssize_t count = write(s->to_child, s->input + s->input_start,
				      s->input_end - s->input_start);

		if (count < 0 && errno != EAGAIN && errno != EINTR)
			count = s->input_end - s->input_start; /* nobody reads: swallow it */
		if (count > 0) {
			uint32_t gone = count;

			s->input_start += count;
			wire_put(&s->out, WIRE_ACK, &gone, sizeof(gone));
		}
	}
	if (s->input_closed && s->input_start == s->input_end && !s->pty)
		close_fd(&s->to_child);
}

/* Moves one portion of output. Returns true if there may be more at once. */
static bool session_pump(struct session *s, int which)
{
	unsigned char bytes[WIRE_PAYLOAD];
	int *fd = &s->from_child[which];

	if (*fd < 0 || !wire_has_room(&s->out))
		return false;
	ssize_t count = read(*fd, bytes, sizeof(bytes));

	if (count > 0)
		return wire_put(&s->out, which ? WIRE_ERR : WIRE_OUT, bytes, count);
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (s->pty)
		s->to_child = -1;
	close_fd(fd);
	return false;
}

/*
 * Once the command itself has ended and what it wrote is on its way, the session is over: a process it
 * left behind may hold the pipes open for ever.
 */
static void session_finish(struct session *s)
{
	uint32_t status = s->status;

	if (!s->exited || !wire_has_room(&s->out))
		return;
	if (s->pty && s->from_child[0] >= 0 && now_ms() - s->exited_at < TERMINAL_MS)
		return;
	console_end(s);
	wire_put(&s->out, WIRE_EXIT, &status, sizeof(status));
	session_clear(s);
}

static void session_reap(struct session *s)
{
	if (s->pid == 0 || s->exited || waitpid(s->pid, &s->status, WNOHANG) != s->pid)
		return;
	s->exited = true;
	s->exited_at = now_ms();
}

/*
 * Waits until there is something to do. A port nobody holds is "readable" all the time: then only the
 * signal that the driver sends on every change, or a command's output, ends the wait.
 */
static void session_wait(struct session *s, bool hung_up)
{
	struct pollfd fds[4] = {
		{.fd = hung_up ? -1 : s->port, .events = POLLIN},
		{.fd = s->from_child[0], .events = POLLIN},
		{.fd = s->from_child[1], .events = POLLIN},
		{.fd = s->to_child, .events = POLLOUT},
	};
	struct timespec limit = {.tv_sec = IDLE_MS / 1000};
	sigset_t none;

	sigemptyset(&none);
	if (s->out.start != s->out.end)
		fds[0].events |= POLLOUT;
	if (!wire_has_room(&s->out))
		fds[1].fd = fds[2].fd = -1;
	if (s->input_start == s->input_end)
		fds[3].fd = -1;
	if (s->exited || (hung_up && s->pid != 0))
		limit = (struct timespec){.tv_nsec = 20 * 1000000};
	ppoll(fds, 4, &limit, &none);
}

static bool port_hung_up(int port)
{
	struct pollfd fd = {.fd = port, .events = POLLIN};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLHUP) && !(fd.revents & POLLIN);
}

static void session_check_client(struct session *s, bool hung_up)
{
	if (!hung_up || s->pid == 0)
		s->hung_up_at = 0;
	else if (s->hung_up_at == 0)
		s->hung_up_at = now_ms();
	else if (now_ms() - s->hung_up_at > HANGUP_MS)
		session_abort(s);
}

static void serve(struct session *s)
{
	struct wire_frame frame;

	for (;;) {
		bool hung_up = port_hung_up(s->port);

		session_check_client(s, hung_up);
		session_wait(s, hung_up);
		if (!hung_up)
			wire_fill(&s->in, s->port);
		while (wire_next(&s->in, &frame))
			session_frame(s, &frame);
		session_feed(s);
		session_reap(s);
		bool more = session_pump(s, 0);

		more |= session_pump(s, 1);
		if (!more)
			session_finish(s);
		wire_flush(&s->out, s->port);
	}
}

static void on_signal(int number)
{
	(void)number;
}

static void serve_port(const char *path)
{
	struct session *s = calloc(1, sizeof(*s));
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	if (!s)
		_exit(1);
	sigaction(SIGIO, &action, NULL);
	sigaction(SIGCHLD, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGIO);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	s->to_child = s->from_child[0] = s->from_child[1] = -1;
	s->port = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (s->port < 0) {
		fprintf(stderr, "agent: %s: %s\n", path, strerror(errno));
		_exit(1);
	}
	fcntl(s->port, F_SETOWN, getpid());
	fcntl(s->port, F_SETFL, O_NONBLOCK | O_ASYNC);
	serve(s);
}

int main(int argc, char **argv)
{
	if (argc < 3 || chdir(argv[1])) {
		fprintf(stderr, "usage: agent DIRECTORY PORT...\n");
		return 64;
	}
	for (int i = 2; i < argc; i++) {
		if (fork() == 0)
			serve_port(argv[i]);
	}
	for (;;) {
		if (wait(NULL) < 0 && errno == ECHILD)
			return 1;
	}
}
