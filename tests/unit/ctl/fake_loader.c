// SPDX-License-Identifier: GPL-2.0-or-later
/* The operations of our loader, as docs/hypercall.md has them. */
#include "fake.h"

#include "xsplice-ctl/wire.h"
#include "common/digest.h"
#include "xsplice/loader.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RECORDS 256

static struct abi_journal_record records[RECORDS];
static struct xsp_journal journal;

static void sha256(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	struct digest_part parts[4];
	uint32_t i;

	(void)ctx;
	ck_assert_uint_eq(hash, XSP_PGP_SHA256);
	for (i = 0; i < count; i++)
		parts[i] = (struct digest_part){piece[i].data, piece[i].size};
	digest_parts(out, DIGEST_SHA256, parts, count);
}

/* One second a record, from 2026-11-27 12:00:00 UTC on. */
static uint64_t now(void *ctx)
{
	(void)ctx;
	return (1795780800u + journal.next) * 1000000000u;
}

static const struct xsp_host host = {.digest = sha256, .now = now};

void fake_record(uint16_t operation, const char *name, int result, uint16_t code)
{
	struct xsp_event e = {
		.operation = operation,
		.result = result,
		.code = code,
		.mode = (uint8_t)fake.loader.mode,
		.pause = operation >= ABI_JOURNAL_REVERT && operation <= ABI_JOURNAL_REPLACE &&
					 !result
				 ? 460123
				 : 0,
		.name = name,
	};

	if (operation == ABI_JOURNAL_BOOT)
		xsp_journal_init(&journal, &host, records,
				 fake.loader.journal_size ? fake.loader.journal_size : RECORDS);
	xsp_journal_add(&journal, &e);
}

static long op_info(struct xsplice_op_info *op)
{
	uint32_t i;

	for (i = 0; i < fake.loader.nkeys && i < op->max_keys; i++)
		memset(fake_guest(op->keys + i * 20, 20), (int)(0xa0 + i), 20);
	op->version = XSPLICE_VERSION;
	op->mode = fake.loader.mode;
	op->nkeys = fake.loader.nkeys;
	op->needed = 1;
	op->journal_next = journal.next;
	op->journal_oldest = journal.next > journal.size ? journal.next - journal.size : 0;
	return 0;
}

static long op_check(struct xsplice_op_check *op)
{
	struct xsplice_op_check in = *op;
	size_t size = strlen(fake.loader.message ? fake.loader.message : "") + 1;

	fake_guest(op->payload, op->size);
	ck_assert_uint_le(size, op->message_size);
	memcpy(fake_guest(op->message, op->message_size),
	       fake.loader.message ? fake.loader.message : "", size);
	*op = fake.loader.check;
	op->flags = in.flags;
	op->message_size = (uint32_t)size;
	fake.last_flags = in.flags;
	return 0;
}

static long op_functions(struct xsplice_op_functions *op)
{
	const char *name = fake_guest(op->name, op->name_size);
	const struct fake_payload *p = fake_find(name);
	uint32_t i;

	if (!p)
		return -ENOENT;
	for (i = 0; i < op->max && op->first + i < fake.loader.functions; i++) {
		struct xsplice_function f = {
			.old_addr = 0xffff82d040200000u + 16u * (op->first + i),
			.new_addr = op->first + i == 1 ? 0 : 0xffff82d041000000u,
			.old_size = 100,
			.new_size = 120,
			.size = 5,
		};

		snprintf(f.name, sizeof(f.name), "function_%u", op->first + i);
		memcpy(fake_guest(op->functions + i * sizeof(f), sizeof(f)), &f, sizeof(f));
	}
	op->count = fake.loader.functions;
	op->state = p->state;
	return 0;
}

static long op_journal(struct xsplice_op_journal *op)
{
	const struct abi_journal_record *r;
	uint64_t oldest = journal.next > journal.size ? journal.next - journal.size : 0;
	uint32_t i = 0;

	op->start = op->first > oldest ? op->first : oldest;
	for (; i < op->max && (r = xsp_journal_get(&journal, op->start + i)); i++) {
		struct abi_journal_record *to =
			fake_guest(op->records + i * sizeof(*to), sizeof(*to));

		memcpy(to, r, sizeof(*to));
		if (fake.loader.break_record && r->number == fake.loader.break_record)
			to->time++;
	}
	op->count = i;
	op->next = journal.next;
	return 0;
}

long fake_loader_op(struct wire_sysctl *s)
{
	uint32_t n = s->op - XSPLICE_OP_INFO + 1;

	ck_assert_msg(n >= 1 && n <= 4, "operation %#x", s->op);
	if (!fake.loader.ours)
		return -EOPNOTSUPP;
	if (fake.loader.errno_of[n])
		return -fake.loader.errno_of[n];
	switch (s->op) {
	case XSPLICE_OP_INFO:
		return op_info(&s->u.info);
	case XSPLICE_OP_CHECK:
		return op_check(&s->u.check);
	case XSPLICE_OP_FUNCTIONS:
		return op_functions(&s->u.functions);
	default:
		return op_journal(&s->u.journal);
	}
}
