/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypercall.h - what this loader does beyond Xen's
 *
 * Further operations of XEN_SYSCTL_livepatch_op (xen/include/public/sysctl.h). Their
 * numbers stand in the same place as Xen's (cmd) and are far from them; stock Xen
 * answers EOPNOTSUPP. Each uses the 64 bytes of the operation's union. The word that
 * Xen calls pad or flags, and every field named pad, must be zero. Buffers are
 * addresses of the caller's memory, written to up to the size that the caller gave,
 * never beyond. docs/hypercall.md says the same in prose.
 *
 * The overlay installs this file as xen/include/public/xsplice.h, so it includes
 * nothing: bring <stdint.h>, or what stands for it. A record of the journal is struct
 * abi_journal_record of abi.h.
 */
#ifndef XSPLICE_HYPERCALL_H
#define XSPLICE_HYPERCALL_H

#define XSPLICE_OP_INFO	     0x58530001u /* "XS" and a number */
#define XSPLICE_OP_CHECK     0x58530002u
#define XSPLICE_OP_FUNCTIONS 0x58530003u
#define XSPLICE_OP_JOURNAL   0x58530004u

#define XSPLICE_VERSION 1 /* of these operations */

/* What the loader is. */
struct xsplice_op_info {
	uint64_t keys; /* IN: buffer for 20-byte fingerprints */
	uint32_t max_keys; /* IN: how many it holds */
	uint32_t nkeys; /* OUT: how many there are; min(max_keys, nkeys) were written */
	uint32_t version; /* OUT: XSPLICE_VERSION */
	uint32_t mode; /* OUT: 0 off, 1 permissive, 2 enforce */
	uint32_t needed; /* OUT: good signatures that a payload needs */
	uint32_t loaded; /* OUT: payloads */
	uint64_t journal_next; /* OUT: number of the next record */
	uint64_t journal_oldest; /* OUT: of the oldest one kept */
	uint64_t pad[2];
};

/* Would this file be taken, and could it be applied now? Changes nothing. */
#define XSPLICE_CHECK_REPLACE 1u /* replace what is applied, instead of apply */
#define XSPLICE_CHECK_NODEPS  2u /* as LIVEPATCH_ACTION_APPLY_NODEPS */
#define XSPLICE_CHECK_UPLOAD  4u /* ask about the upload alone */

struct xsplice_op_check {
	uint64_t payload; /* IN: the file, signatures included */
	uint64_t size; /* IN: its bytes */
	uint64_t message; /* IN: buffer for a sentence that says why not */
	uint32_t message_size; /* IN: its bytes, 0: none wanted. OUT: written, with a NUL */
	uint32_t flags; /* IN: XSPLICE_CHECK_* */
	int32_t result; /* OUT: 0, or what the hypercall would have returned */
	uint32_t code; /* OUT: enum xsp_code of the first cause */
	uint64_t pos; /* OUT: its offset in the file */
	uint32_t functions; /* OUT: that would be patched */
	uint32_t bytes; /* OUT: that would be written to the hypervisor's text */
	uint16_t good; /* OUT: good signatures */
	uint16_t trusted; /* OUT: 1: as many as the policy needs */
	uint32_t pad;
};

/* What a payload patches. */
struct xsplice_function {
	uint64_t old_addr;
	uint64_t new_addr; /* 0: NOPs */
	uint32_t old_size;
	uint32_t new_size;
	uint8_t offset; /* of what is written, from old_addr */
	uint8_t size; /* bytes written */
	uint8_t pad[6];
	char name[96]; /* cut if longer, always with a NUL */
};

struct xsplice_op_functions {
	uint64_t name; /* IN: of the payload */
	uint16_t name_size; /* IN: with its NUL */
	uint16_t pad0[3];
	uint64_t functions; /* IN: buffer for struct xsplice_function */
	uint32_t first; /* IN: index of the first wanted */
	uint32_t max; /* IN: how many the buffer holds */
	uint32_t count; /* OUT: how many there are in all; those from first on were written */
	uint32_t state; /* OUT: LIVEPATCH_STATE_* */
	uint64_t pad[3];
};

/* The record of what happened: struct abi_journal_record. */
struct xsplice_op_journal {
	uint64_t records; /* IN: buffer */
	uint64_t first; /* IN: number of the first record wanted */
	uint32_t max; /* IN: how many the buffer holds */
	uint32_t count; /* OUT: how many were written, from number start on */
	uint64_t start; /* OUT: first, or the oldest that is kept */
	uint64_t next; /* OUT: number of the record that will come next */
	uint64_t pad[3];
};

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define XSPLICE_SIZE(type, size)                                                                   \
	_Static_assert(sizeof(struct type) == (size), "struct " #type " has another size")
XSPLICE_SIZE(xsplice_op_info, 64);
XSPLICE_SIZE(xsplice_op_check, 64);
XSPLICE_SIZE(xsplice_function, 128);
XSPLICE_SIZE(xsplice_op_functions, 64);
XSPLICE_SIZE(xsplice_op_journal, 64);
#undef XSPLICE_SIZE
#endif

#endif
