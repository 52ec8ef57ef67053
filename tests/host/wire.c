/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const uint32_t wire_magic = 0xf7485358;

struct wire_head {
	uint32_t magic;
	uint16_t type;
	uint16_t length;
};

static size_t wire_room(const struct wire *wire)
{
	return sizeof(wire->data) - (wire->end - wire->start);
}

static void wire_append(struct wire *wire, const void *bytes, size_t count)
{
	if (count > sizeof(wire->data) - wire->end) {
		memmove(wire->data, wire->data + wire->start, wire->end - wire->start);
		wire->end -= wire->start;
		wire->start = 0;
	}
	if (count != 0)
		memcpy(wire->data + wire->end, bytes, count);
	wire->end += count;
}

bool wire_has_room(const struct wire *wire)
{
	return wire_room(wire) >= sizeof(struct wire_head) + WIRE_PAYLOAD;
}

bool wire_put(struct wire *wire, enum wire_type type, const void *payload, size_t length)
{
	struct wire_head head = {wire_magic, type, length};

	if (length > WIRE_PAYLOAD || wire_room(wire) < sizeof(head) + length)
		return false;
	wire_append(wire, &head, sizeof(head));
	wire_append(wire, payload, length);
	return true;
}

bool wire_put_pad(struct wire *wire)
{
	static const unsigned char zeros[WIRE_PAD];

	if (wire_room(wire) < sizeof(zeros))
		return false;
	wire_append(wire, zeros, sizeof(zeros));
	return true;
}

int wire_flush(struct wire *wire, int fd)
{
	while (wire->start != wire->end) {
		ssize_t count = write(fd, wire->data + wire->start, wire->end - wire->start);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			return 0;
		if (count < 0)
			return -1;
		if (count == 0)
			return 0;
		wire->start += count;
	}
	return 0;
}

int wire_fill(struct wire *wire, int fd)
{
	unsigned char bytes[WIRE_PAYLOAD];
	size_t room = wire_room(wire);
	ssize_t count = read(fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes));

	if (count <= 0)
		return count;
	wire_append(wire, bytes, count);
	return 1;
}

bool wire_next(struct wire *wire, struct wire_frame *frame)
{
	struct wire_head head;

	for (;; wire->start++) {
		if (wire->end - wire->start < sizeof(head))
			return false;
		memcpy(&head, wire->data + wire->start, sizeof(head));
		if (head.magic == wire_magic && head.length <= WIRE_PAYLOAD)
			break;
	}
	if (wire->end - wire->start < sizeof(head) + head.length)
		return false;
	frame->type = head.type;
	frame->length = head.length;
	memcpy(frame->payload, wire->data + wire->start + sizeof(head), head.length);
	wire->start += sizeof(head) + head.length;
	return true;
}

bool wire_get(const struct wire_frame *frame, void *value, size_t size)
{
	if (frame->length != size)
		return false;
	memcpy(value, frame->payload, size);
	return true;
}
