/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake.h - a hypervisor in the place of Xen, for tests of what cannot be asked of Xen
 *
 * It stands behind xen.h and speaks the wire layouts of all interface versions with
 * the states and answers of Xen's loader. It ends the test when a hypercall points
 * to memory that was not allocated for hypercalls, and when any is left over.
 */
#ifndef TEST_CTL_FAKE_H
#define TEST_CTL_FAKE_H

#include "xsplice-ctl/lp.h"

#include "xsplice/hypercall.h"

#include <stdbool.h>

#define FAKE_PAYLOADS 200

struct fake_payload {
	char name[128];
	unsigned int state; /* 0: free slot */
	int rc;
	char metadata[256];
	unsigned int metadata_len;
	unsigned int depth; /* place in the stack of applied ones, from 1 */
	bool dirty; /* was reverted, and has data */
	bool has_data;
	enum lp_action pending; /* with rc -EAGAIN */
	unsigned int polls_left;
};

/* Our loader in the place of Xen's. Its journal is kept by the core itself. */
struct fake_loader {
	bool ours; /* false: none of this exists */
	uint32_t mode;
	uint32_t nkeys;
	int errno_of[5]; /* of XSPLICE_OP_x, by its last digit */
	uint32_t functions; /* that each payload patches */
	struct xsplice_op_check check; /* what CHECK answers */
	const char *message;
	uint32_t journal_size; /* records kept */
	uint64_t break_record; /* this one is changed after the fact, 0: none */
};

struct fake {
	/* What it is. */
	uint32_t interface;
	uint32_t version; /* major << 16 | minor */
	const char *extra;
	const char *build_id; /* 20 bytes, NULL: none */
	const char *keyring; /* where the host has its own, NULL: nowhere */

	/* What goes wrong; errno values, 0: nothing. */
	bool no_xen; /* there is nothing to connect to */
	int all_errno; /* every sysctl */
	int errno_of[4]; /* every operation of that number (enum wire_op) */
	int action_errno; /* the answer to an action */
	int action_errno_times; /* so many times, 0: always */
	int result; /* rc that an action ends with */
	int result_times;
	unsigned int polls; /* GETs that still say "pending"; ~0u: for ever */
	unsigned int changes; /* so many pages of LIST find the list changed */
	bool vanish_after_get; /* a payload is gone when the action comes */
	bool state_of_other; /* an action succeeds, and another one undoes it */

	struct fake_loader loader;

	/* Nonsense that it says. */
	uint32_t list_total; /* number of payloads, if not 0 */
	uint32_t list_metadata_total;
	uint32_t list_returned;
	uint32_t list_len; /* of every name */
	uint32_t list_metadata_len;

	/* What was asked of it. */
	unsigned int uploads;
	unsigned int actions;
	uint32_t last_timeout;
	uint32_t last_flags;
	size_t last_size;
	unsigned int slept;

	/* What it holds. */
	struct fake_payload payloads[FAKE_PAYLOADS];
	uint32_t list_version;
	uint64_t clock;
};

extern struct fake fake;

/* Xen 4.17 without payloads. */
void fake_reset(void);
/* Adds a payload; @state: enum lp_state. */
struct fake_payload *fake_add(const char *name, unsigned int state);
struct fake_payload *fake_find(const char *name);

struct wire_sysctl;

/* The operations of our loader (fake_loader.c). */
long fake_loader_op(struct wire_sysctl *s);
/* It has recorded this; @operation: ABI_JOURNAL_*. */
void fake_record(uint16_t operation, const char *name, int result, uint16_t code);
/* @size bytes of memory for hypercalls at @at; ends the test if it is none. */
void *fake_guest(uint64_t at, size_t size);

/* One run of the program: its exit status and what it printed. */
struct run {
	int status;
	char out[65536];
	char err[8192];
};

/* Runs ctl_main() with these words, separated by blanks; the first is argv[0]. */
void run(struct run *r, const char *words);
/* The same; the words are in @argv, NULL at the end. */
void run_argv(struct run *r, const char *const *argv);

#endif
