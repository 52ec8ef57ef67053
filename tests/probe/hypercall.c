// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes one hypercall from dom0, with arguments from the command line: enough
 * to run a function of the hypervisor before and after it was patched.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xencall.h>

#define PROG	    "hypercall"
#define MAX_ARGS    5
#define MAX_BLOCK   4096
#define MAX_OUTPUTS 4
#define MAX_DEPTH   4

enum status {
	STATUS_DONE = 0,
	STATUS_ERROR = 1,
	STATUS_USAGE = 64,
};

/* Memory that Xen writes, to be shown after the call. */
struct output {
	const char *data;
	size_t size;
};

struct call {
	xencall_handle *xcall;
	struct output out[MAX_OUTPUTS];
	unsigned int n_out;
};

static const char help[] = "usage: " PROG " NUMBER [ARGUMENT ...]\n"
			   "Makes hypercall NUMBER with up to five arguments and prints one line,\n"
			   "\"result N\" or \"error NAME\".  Run it as root in dom0.\n"
			   "\n"
			   "An argument is a number, or memory given as {FIELD,FIELD,...}, whose\n"
			   "address is passed.  A field is one of\n"
			   "  u8:N u16:N u32:N u64:N  a number of so many bits\n"
			   "  zero:N                  N bytes of zero\n"
			   "  {FIELD,...}             the address of more memory\n"
			   "  text:N                  the address of N bytes which are printed as\n"
			   "                          text after the call\n"
			   "\n"
			   "Exit status: 0 the hypercall was made, 1 it could not be, 64 usage.\n";

/* Parses a number at *s and moves *s behind it. */
static bool parse_number(const char **s, uint64_t *val)
{
	char *end;

	errno = 0;
	*val = **s == '-' ? (uint64_t)strtoll(*s, &end, 0) : strtoull(*s, &end, 0);
	if (end == *s || errno)
		return false;
	*s = end;
	return true;
}

static bool skip(const char **s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*s, word, len))
		return false;
	*s += len;
	return true;
}

/* Memory that lasts until the process ends, zeroed and fit for hypercalls. */
static char *alloc_block(struct call *call, size_t size)
{
	char *p = xencall_alloc_buffer(call->xcall, size);

	if (p)
		memset(p, 0, size);
	return p;
}

static bool add_output(struct call *call, const char **s, uint64_t *addr)
{
	struct output *out = &call->out[call->n_out];
	uint64_t size;

	if (call->n_out == MAX_OUTPUTS || !parse_number(s, &size))
		return false;
	if (!size || size > 1 << 20)
		return false;
	out->data = alloc_block(call, size);
	if (!out->data)
		return false;
	out->size = size;
	call->n_out++;
	*addr = (uintptr_t)out->data;
	return true;
}

static bool parse_block(struct call *call, const char **s, unsigned int depth, uint64_t *addr);

/* Reads one field into *val; *size says how many bytes of memory it takes. */
static bool parse_field(struct call *call, const char **s, unsigned int depth, uint64_t *val,
			size_t *size)
{
	static const struct {
		const char *word;
		size_t size;
	} plain[] = {
		{"u8:", 1},
		{"u16:", 2},
		{"u32:", 4},
		{"u64:", 8},
	};
	unsigned int i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (!skip(s, plain[i].word))
			continue;
		*size = plain[i].size;
		return parse_number(s, val);
	}

	*size = 8;
	if (**s == '{')
		return parse_block(call, s, depth + 1, val);
	if (skip(s, "text:"))
		return add_output(call, s, val);
	if (!skip(s, "zero:") || !parse_number(s, val))
		return false;
	*size = *val;
	*val = 0;
	return true;
}

/* Builds the memory for a {...} and puts its address into *addr. */
static bool parse_block(struct call *call, const char **s, unsigned int depth, uint64_t *addr)
{
	char *block = alloc_block(call, MAX_BLOCK);
	size_t used = 0;

	if (!block || depth > MAX_DEPTH || !skip(s, "{"))
		return false;
	do {
		uint64_t val;
		size_t size;

		if (!parse_field(call, s, depth, &val, &size) || size > MAX_BLOCK - used)
			return false;
		memcpy(block + used, &val, size < sizeof(val) ? size : sizeof(val));
		used += size;
	} while (skip(s, ","));

	*addr = (uintptr_t)block;
	return skip(s, "}");
}

static bool parse_argument(struct call *call, const char *s, uint64_t *val)
{
	bool ok = *s == '{' ? parse_block(call, &s, 0, val) : parse_number(&s, val);

	return ok && !*s;
}

/* Shows text up to the first NUL; what could upset a terminal becomes a dot. */
static void print_output(const struct output *out)
{
	size_t i;

	for (i = 0; i < out->size && out->data[i]; i++) {
		unsigned char c = out->data[i];

		putchar((c >= ' ' && c < 0x7f) || c == '\n' ? c : '.');
	}
	putchar('\n');
}

static void make_call(struct call *call, const uint64_t v[1 + MAX_ARGS])
{
	long rc = xencall5(call->xcall, v[0], v[1], v[2], v[3], v[4], v[5]);
	const char *name = rc < 0 ? strerrorname_np(errno) : NULL;
	unsigned int i;

	if (rc < 0)
		printf("error %s\n", name ? name : "?");
	else
		printf("result %ld\n", rc);
	for (i = 0; i < call->n_out; i++)
		print_output(&call->out[i]);
}

static enum status run(int n, char **args)
{
	uint64_t values[1 + MAX_ARGS] = {0};
	struct call call = {.xcall = xencall_open(NULL, 0)};
	enum status status = STATUS_DONE;
	int i;

	if (!call.xcall) {
		fprintf(stderr,
			PROG
			": hypercall device: %s: run as root in dom0, with xen-privcmd loaded\n",
			strerror(errno));
		return STATUS_ERROR;
	}
	for (i = 0; i < n && !status; i++) {
		if (parse_argument(&call, args[i], &values[i]))
			continue;
		fprintf(stderr, PROG ": argument %d: not understood: see " PROG " --help\n", i + 1);
		status = STATUS_USAGE;
	}
	if (!status)
		make_call(&call, values);
	xencall_close(call.xcall);
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return STATUS_DONE;
	}
	if (argc < 2 || argc > 2 + MAX_ARGS) {
		fputs(help, stderr);
		return STATUS_USAGE;
	}
	return run(argc - 1, argv + 1);
}
