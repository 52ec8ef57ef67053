/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames that the two ends of a test host exchange: client.c on the machine, agent.c inside the
 * host. They travel over one virtio-serial port, a byte stream that either end may leave at any time.
 *
 * A frame is an 8-byte head (magic, type, length of the payload; all little endian) and at most
 * WIRE_PAYLOAD bytes. A reader that meets anything else skips to the next magic, and WIRE_PAD bytes of
 * zeros push whatever half frame an earlier peer left behind out of the way.
 *
 * A session: the client says HELLO with a number of its choice, the agent answers with the same. ARG
 * frames carry the command's words, each ended by a zero byte; RUN starts it. IN (an empty one is the
 * end of input) is limited to WIRE_CREDIT bytes that the agent has not yet acknowledged with ACK, so
 * that control frames never queue behind input nobody reads. OUT and ERR carry the output; EXIT is last.
 */
#ifndef TESTS_HOST_WIRE_H
#define TESTS_HOST_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_PAYLOAD = 4096,
	WIRE_BUFFER = 65536,
	WIRE_CREDIT = 65536,
	WIRE_PAD = WIRE_PAYLOAD + 8,
};

enum wire_type {
	WIRE_HELLO = 1, /* uint64_t: number of the session */
	WIRE_ARG, /* bytes of the argument list */
	WIRE_RUN, /* struct wire_run */
	WIRE_IN, /* bytes for standard input */
	WIRE_ACK, /* uint32_t: bytes of input taken off the client's hands */
	WIRE_SIGNAL, /* uint32_t: send this signal to the command's process group */
	WIRE_SIZE, /* struct wire_size */
	WIRE_OUT, /* bytes of standard output */
	WIRE_ERR, /* bytes of standard error */
	WIRE_EXIT, /* uint32_t: status as wait(2) gives it */
};

struct wire_size {
	uint16_t rows;
	uint16_t columns;
};

/* `pty`: give the command a terminal of `size`; all its output then comes as OUT. */
struct wire_run {
	uint32_t pty;
	struct wire_size size;
};

/* One direction of the stream: bytes from `start` to `end` wait to be written, or to be understood. */
struct wire {
	unsigned char data[WIRE_BUFFER];
	size_t start;
	size_t end;
};

struct wire_frame {
	enum wire_type type;
	size_t length;
	unsigned char payload[WIRE_PAYLOAD];
};

/* Whether a frame with a full payload fits into `wire`. */
bool wire_has_room(const struct wire *wire);

/* Appends a frame. Returns false, and appends nothing, if there is no room or `length` is too large. */
bool wire_put(struct wire *wire, enum wire_type type, const void *payload, size_t length);

/* Appends WIRE_PAD zero bytes. Returns false if there is no room. */
bool wire_put_pad(struct wire *wire);

/* Writes what `fd` takes. Returns 0 (also if `fd` takes nothing at the moment), or -1 with errno. */
int wire_flush(struct wire *wire, int fd);

/* Reads once from `fd`. Returns 1 if bytes came, 0 at the end, -1 with errno (EAGAIN: none yet). */
int wire_fill(struct wire *wire, int fd);

/* Takes the next whole frame out of `wire`. Returns false if there is none yet. */
bool wire_next(struct wire *wire, struct wire_frame *frame);

/* Copies a fixed-size payload. Returns false if the frame does not have exactly `size` bytes. */
bool wire_get(const struct wire_frame *frame, void *value, size_t size);

#endif
