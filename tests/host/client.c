/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command on a test host that tests/host/host has started, as if it ran here: its output, its
 * error output, its exit status.
 *
 *	client [--start S] [--timeout S] [--stdin | --pty] STATE -- COMMAND ARGS...
 *
 * STATE is the host's folder: `lock` (held by the emulator while it lives), `console` (what Xen and
 * dom0 print), `qemu.log`, and for every port N a socket `pN` and a file `pN.lock`, held by the client
 * that uses the port. wire.h describes the exchange.
 *
 * Exit status: the command's own; 128+N if signal N ended it; 124 when its time was up; 125 when the
 * host did not come up, crashed or vanished.
 */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	STATUS_LATE = 124,
	STATUS_HOST = 125,
	STATUS_USAGE = 64,

	STEP_MS = 100,
	HELLO_MS = 1000, /* between two greetings, while a host boots */
	LAST_WORDS_MS = 1000, /* for the rest of a panic message */
	KILLED_MS = 5000, /* for a killed command to be gone */
	MARK_MS = 2000, /* for the console to show the end of the command */
	TAIL_LINES = 40,
	FATAL_LINES = 200, /* so far back is looked for what was fatal */
	LOG_MAX = 64 << 20,
};

struct client {
	const char *state;
	long start_s;
	long timeout_s;
	bool pty;
	bool stdin_wanted;

	int port;
	struct wire in;
	struct wire out;
	uint64_t id;
	size_t credit;

	int console;
	char line[256]; /* the console's last, unfinished line */
	size_t line_length;
	bool crashed;
	bool marked; /* the console shows the end of our command */

	int output_error; /* errno of the first write that failed on our side */
	bool exited;
	int status;
};

/* What ends a host, as Xen and Linux print it. */
static const char *const fatal_text[] = {
	"Panic on CPU ",	"Kernel panic - not syncing", "Hardware Dom0 crashed",
	"Hardware Dom0 halted", "Hardware Dom0 shutdown",     "Manual reset required",
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void __attribute__((format(printf, 2, 3)))
complain(const struct client *c, const char *format, ...)
{
	const char *name = strrchr(c->state, '/');
	va_list args;

	fprintf(stderr, "host: %s: ", name ? name + 1 : c->state);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t length = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	off_t from = length > LOG_MAX ? length - LOG_MAX : 0;
	char *bytes = length < 0 ? NULL : malloc(length - from + 1);
	ssize_t count = bytes ? pread(fd, bytes, length - from, from) : -1;

	if (fd >= 0)
		close(fd);
	*size = count < 0 ? 0 : count;
	return bytes;
}

static void print_escaped(const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = bytes[i];

		if (byte == '\n' || byte == '\t' || (byte >= ' ' && byte < 0x7f))
			fputc(byte, stderr);
		else if (byte != '\r')
			fprintf(stderr, "\\x%02x", byte);
	}
}

static bool begins_fatal(const char *line, size_t size)
{
	for (size_t i = 0; i < sizeof(fatal_text) / sizeof(*fatal_text); i++) {
		const char *end = memchr(line, '\n', size);
		size_t length = end ? (size_t)(end - line) : size;

		if (memmem(line, length, fatal_text[i], strlen(fatal_text[i])))
			return true;
	}
	return false;
}

/* Where the last lines begin, and before them what says why: a crash prints much behind it. */
static size_t tail_start(const char *bytes, size_t size)
{
	size_t from, start = size;
	int lines = 0;

	for (from = size - 1; from > 0 && lines < FATAL_LINES; from--) {
		if (bytes[from - 1] != '\n')
			continue;
		if (++lines <= TAIL_LINES || begins_fatal(bytes + from, size - from))
			start = from;
	}
	return lines < TAIL_LINES ? 0 : start;
}

static void print_tail(const struct client *c, const char *path)
{
	size_t size, from;
	char *bytes = read_file(path, &size);

	if (!bytes || size == 0) {
		complain(c, "%s is empty", path);
		free(bytes);
		return;
	}
	from = tail_start(bytes, size);
	complain(c, "the end of %s:", path);
	print_escaped(bytes + from, size - from);
	if (bytes[size - 1] != '\n')
		fputc('\n', stderr);
	free(bytes);
}

static void console_line(struct client *c)
{
	char mark[40];

	c->line[c->line_length] = '\0';
	c->line_length = 0;
	for (size_t i = 0; i < sizeof(fatal_text) / sizeof(*fatal_text); i++)
		c->crashed |= strstr(c->line, fatal_text[i]) != NULL;
	snprintf(mark, sizeof(mark), "[host] end %llx:", (unsigned long long)c->id);
	c->marked |= strstr(c->line, mark) != NULL;
}

/* Looks at what the console has printed since the last call. */
static void console_poll(struct client *c)
{
	char bytes[4096];
	ssize_t count;

	if (c->console < 0)
		c->console = open("console", O_RDONLY | O_CLOEXEC);
	if (c->console < 0)
		return;
	while ((count = read(c->console, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < count; i++) {
			if (bytes[i] == '\n' || c->line_length == sizeof(c->line) - 1)
				console_line(c);
			if (bytes[i] != '\n')
				c->line[c->line_length++] = bytes[i];
		}
	}
}

/* The emulator holds the lock for as long as it lives. */
static bool host_lives(void)
{
	int fd = open("lock", O_RDONLY | O_CLOEXEC);
	bool lives = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return lives;
}

static void sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

static int host_is_lost(struct client *c, const char *what)
{
	sleep_ms(LAST_WORDS_MS);
	complain(c, "%s", what);
	print_tail(c, "qemu.log");
	print_tail(c, "console");
	return STATUS_HOST;
}

/* Returns 0 while all is well. Otherwise says what happened and returns the exit status. */
static int host_check(struct client *c)
{
	console_poll(c);
	if (c->crashed)
		return host_is_lost(c, "the host crashed");
	if (!host_lives()) {
		console_poll(c);
		return host_is_lost(c, c->crashed ? "the host crashed"
						  : "the host is gone: the emulator has ended");
	}
	return 0;
}

static bool connect_socket(int fd, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Takes the first port that no other client holds. Returns false if there is none at the moment. */
static bool take_port(struct client *c)
{
	for (int number = 1;; number++) {
		char name[32];

		snprintf(name, sizeof(name), "p%d.lock", number);
		int lock = open(name, O_RDWR | O_CLOEXEC);

		if (lock < 0)
			return false;
		if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
			snprintf(name, sizeof(name), "p%d", number);
			c->port = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
			if (c->port >= 0 && connect_socket(c->port, name))
				return true;
			close(c->port);
			c->port = -1;
		}
		close(lock);
	}
}

/* True when the answer to our greeting has come. */
static bool greeted(struct client *c)
{
	struct wire_frame frame;
	uint64_t id;

	while (wire_next(&c->in, &frame)) {
		if (frame.type == WIRE_HELLO && wire_get(&frame, &id, sizeof(id)) && id == c->id)
			return true;
	}
	return false;
}

/* Moves bytes between port and buffers, waiting at most `ms`. Returns false if the port is closed. */
static bool port_step(struct client *c, int ms)
{
	struct pollfd fd = {.fd = c->port, .events = POLLIN};

	if (c->out.start != c->out.end)
		fd.events |= POLLOUT;
	if (poll(&fd, 1, ms) <= 0)
		return true;
	if ((fd.revents & POLLOUT) && wire_flush(&c->out, c->port))
		return false;
	if (fd.revents & (POLLIN | POLLHUP)) {
		int got = wire_fill(&c->in, c->port);

		return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
	}
	return true;
}

/*
 * Waits until the host answers. The greeting is repeated, since an earlier client may have left half a
 * frame behind; the padding in front makes the agent see the end of it.
 */
static int greet(struct client *c)
{
	int64_t deadline = now_ms() + c->start_s * 1000;
	int64_t next = 0;

	while (now_ms() < deadline) {
		int status = host_check(c);

		if (status)
			return status;
		if (c->port < 0 && !take_port(c)) {
			sleep_ms(STEP_MS);
			continue;
		}
		fcntl(c->port, F_SETFL, O_NONBLOCK);
		if (now_ms() >= next && c->out.start == c->out.end) {
			if (next != 0)
				wire_put_pad(&c->out);
			wire_put(&c->out, WIRE_HELLO, &c->id, sizeof(c->id));
			next = now_ms() + HELLO_MS;
		}
		if (!port_step(c, STEP_MS))
			sleep_ms(STEP_MS);
		if (greeted(c))
			return 0;
	}
	complain(c, "no answer from the host within %ld s", c->start_s);
	return host_is_lost(c, "it hangs, or needs more time: see --boot-timeout");
}

static struct wire_size window_size(void)
{
	struct winsize window = {0};

	ioctl(STDIN_FILENO, TIOCGWINSZ, &window);
	return (struct wire_size){window.ws_row, window.ws_col};
}

/* Sends the command. Returns false if it is too long for a buffer, which then cannot be sent at all. */
static bool send_command(struct client *c, char **argv)
{
	struct wire_run run = {.pty = c->pty};

	if (c->pty)
		run.size = window_size();
	for (; *argv; argv++) {
		size_t length = strlen(*argv) + 1;

		for (size_t done = 0; done < length; done += WIRE_PAYLOAD) {
			size_t part = length - done < WIRE_PAYLOAD ? length - done : WIRE_PAYLOAD;

			if (!wire_put(&c->out, WIRE_ARG, *argv + done, part))
				return false;
		}
	}
	if (!wire_put(&c->out, WIRE_RUN, &run, sizeof(run)))
		return false;
	return c->stdin_wanted || c->pty || wire_put(&c->out, WIRE_IN, NULL, 0);
}

static bool write_all(int fd, const unsigned char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t done = write(fd, bytes, count);

		if (done < 0 && errno == EAGAIN)
			sleep_ms(10);
		else if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			bytes += done;
			count -= done;
		}
	}
	return true;
}

static void take_output(struct client *c, int fd, const struct wire_frame *frame)
{
	if (c->output_error == 0 && !write_all(fd, frame->payload, frame->length))
		c->output_error = errno;
}

static void take_frame(struct client *c, const struct wire_frame *frame)
{
	uint32_t number;

	switch (frame->type) {
	case WIRE_OUT:
		take_output(c, STDOUT_FILENO, frame);
		break;
	case WIRE_ERR:
		take_output(c, STDERR_FILENO, frame);
		break;
	case WIRE_ACK:
		if (wire_get(frame, &number, sizeof(number)))
			c->credit += number;
		break;
	case WIRE_EXIT:
		if (wire_get(frame, &number, sizeof(number))) {
			c->exited = true;
			c->status = number;
		}
		break;
	default:
		break;
	}
}

static void forward_input(struct client *c)
{
	unsigned char bytes[WIRE_PAYLOAD];
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	if (!c->stdin_wanted || !wire_has_room(&c->out) || c->credit < sizeof(bytes))
		return;
	if (poll(&fd, 1, 0) != 1)
		return;
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (count < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (count < 0)
		count = 0;
	wire_put(&c->out, WIRE_IN, bytes, count);
	c->credit -= count;
	if (count == 0)
		c->stdin_wanted = false;
}

static volatile sig_atomic_t resized;

static void on_resize(int number)
{
	(void)number;
	resized = 1;
}

static void forward_size(struct client *c)
{
	if (!resized || !wire_has_room(&c->out))
		return;
	resized = 0;

	struct wire_size size = window_size();

	wire_put(&c->out, WIRE_SIZE, &size, sizeof(size));
}

/* Waits for the port, and for standard input where that may be sent. */
static void wait_for_work(struct client *c)
{
	bool input = c->stdin_wanted && wire_has_room(&c->out) && c->credit >= WIRE_PAYLOAD;
	struct pollfd fds[2] = {
		{.fd = c->port, .events = POLLIN},
		{.fd = input ? STDIN_FILENO : -1, .events = POLLIN},
	};

	if (c->out.start != c->out.end)
		fds[0].events |= POLLOUT;
	poll(fds, 2, STEP_MS);
}

static bool exchange(struct client *c)
{
	struct wire_frame frame;

	wait_for_work(c);
	forward_size(c);
	forward_input(c);
	if (!port_step(c, 0))
		return false;
	while (!c->exited && wire_next(&c->in, &frame))
		take_frame(c, &frame);
	return true;
}

static int time_is_up(struct client *c)
{
	uint32_t number = SIGKILL;
	int64_t deadline = now_ms() + KILLED_MS;

	complain(c, "the command did not end within %ld s and is killed", c->timeout_s);
	wire_put(&c->out, WIRE_SIGNAL, &number, sizeof(number));
	while (!c->exited && now_ms() < deadline && exchange(c))
		;
	if (!c->exited)
		complain(c, "the command did not die either: the host may hang");
	return STATUS_LATE;
}

/* Leaving is enough: the agent then ends the command. */
static int output_is_lost(struct client *c)
{
	if (c->output_error == EPIPE)
		return 128 + SIGPIPE;
	complain(c, "the command's output cannot be written: %s", strerror(c->output_error));
	return STATUS_HOST;
}

static int follow(struct client *c)
{
	int64_t deadline = now_ms() + c->timeout_s * 1000;
	int64_t next_check = 0;

	while (!c->exited) {
		bool open = exchange(c);

		if (c->output_error)
			return output_is_lost(c);
		if (c->exited)
			break;
		if (!open || now_ms() >= next_check) {
			int status = host_check(c);

			if (status)
				return status;
			next_check = now_ms() + STEP_MS;
		}
		if (!open)
			return host_is_lost(c, "the host closed the connection");
		if (c->timeout_s && now_ms() >= deadline)
			return time_is_up(c);
	}
	return WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

/* What Xen printed during the command comes before the agent's mark: so it is all in the file then. */
static void wait_for_console(struct client *c)
{
	int64_t deadline = now_ms() + MARK_MS;

	console_poll(c);
	while (!c->marked && !c->crashed && now_ms() < deadline) {
		sleep_ms(5);
		console_poll(c);
	}
}

static struct termios terminal_before;

static bool terminal_raw(void)
{
	struct sigaction action = {.sa_handler = on_resize};
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &terminal_before))
		return false;
	raw = terminal_before;
	cfmakeraw(&raw);
	sigaction(SIGWINCH, &action, NULL);
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static int run(struct client *c, char **argv)
{
	int status = greet(c);

	if (status)
		return status;
	if (!send_command(c, argv)) {
		complain(c, "the command line is too long");
		return STATUS_USAGE;
	}
	bool raw = c->pty && terminal_raw();

	status = follow(c);
	if (raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal_before);
	if (c->exited)
		wait_for_console(c);
	if (c->crashed && status != STATUS_HOST)
		return host_is_lost(c, "the host crashed as the command ended");
	return status;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: client [--start S] [--timeout S] [--stdin | --pty] STATE -- COMMAND...\n");
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"start", required_argument, NULL, 's'},
		{"timeout", required_argument, NULL, 't'},
		{"stdin", no_argument, NULL, 'i'},
		{"pty", no_argument, NULL, 'p'},
		{NULL, 0, NULL, 0},
	};
	static struct client c = {.start_s = 300, .port = -1, .console = -1, .credit = WIRE_CREDIT};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 's')
			c.start_s = strtol(optarg, NULL, 10);
		else if (option == 't')
			c.timeout_s = strtol(optarg, NULL, 10);
		else if (option == 'i')
			c.stdin_wanted = true;
		else if (option == 'p')
			c.pty = c.stdin_wanted = true;
		else
			return usage();
	}
	if (argc - optind < 3 || strcmp(argv[optind + 1], "--") != 0)
		return usage();
	c.state = argv[optind];
	if (chdir(c.state)) {
		fprintf(stderr, "host: %s: %s\n", c.state, strerror(errno));
		return STATUS_HOST;
	}
	if (getrandom(&c.id, sizeof(c.id), 0) != sizeof(c.id))
		c.id = now_ms() ^ getpid();
	signal(SIGPIPE, SIG_IGN);
	return run(&c, argv + optind + 2);
}
