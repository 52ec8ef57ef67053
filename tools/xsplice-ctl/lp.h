/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lp.h - Xen's live-patch operations, one function each
 *
 * Functions that return int and take no struct err give 0 or a negative errno
 * value of Xen; explain.h turns those into words.
 */
#ifndef XSPLICE_CTL_LP_H
#define XSPLICE_CTL_LP_H

#include "xsplice-ctl/xen.h"

#include <stdbool.h>

enum lp_state {
	LP_CHECKED = 1, /* loaded, not in use */
	LP_APPLIED = 2,
};

enum lp_action {
	LP_UNLOAD = 1,
	LP_REVERT = 2,
	LP_APPLY = 3,
	LP_REPLACE = 4,
};

/* Flag of LP_APPLY: do not compare with what is applied already. Xen 4.14. */
#define LP_NODEPS 1u

struct lp_status {
	unsigned int state; /* enum lp_state, or what a newer Xen says */
	int rc; /* of the last action: 0, or a negative errno value; -EAGAIN: pending */
};

/* A connection that knows how this Xen wants to be spoken to. */
struct lp {
	struct xen xen;
	uint32_t interface; /* version of the sysctl interface, 0x0D... */
	uint32_t xen_version; /* major << 16 | minor */
	bool new_layout;
	struct wire_sysctl *sysctl;
	char *name;
};

struct lp_entry {
	char *name; /* terminated; foreign bytes */
	struct lp_status status;
	unsigned char *metadata; /* strings, each with its NUL; foreign bytes */
	size_t metadata_len;
};

/* All payloads, in the order of their upload. */
struct lp_list {
	struct lp_entry *v;
	size_t n;
	uint32_t version; /* changes whenever one is loaded or unloaded */
};

/*
 * Connects and finds the interface version. ERR_UNSUPPORTED: not Xen, no live
 * patching in it, or a version this program does not know.
 */
int lp_open(struct lp *lp, struct err *e);
/*
 * The two halves of it. After a lp_negotiate() that failed, the operations can still
 * be tried, to get the error number of each.
 */
int lp_connect(struct lp *lp, struct err *e);
int lp_negotiate(struct lp *lp, struct err *e);
void lp_close(struct lp *lp);

/* @name: at most LP_NAME_MAX - 1 bytes, else -EINVAL. */
int lp_upload(struct lp *lp, const char *name, const void *data, size_t size);
int lp_get(struct lp *lp, const char *name, struct lp_status *out);
/*
 * @timeout: ns, 0 is Xen's default (30 ms). 0 means that the action was begun, or
 * that Xen saw no reason to; only LP_UNLOAD is complete on return.
 */
int lp_action(struct lp *lp, const char *name, enum lp_action action, uint32_t timeout,
	      uint32_t flags);

/*
 * Reads the whole list as it was at one moment: begun anew if it changes while
 * being read. ERR_BUSY: it did so too often. Free with lp_list_free().
 */
int lp_list(struct lp *lp, struct lp_list *out, struct err *e);
/* 0 if Xen answers to listing at all, else a negative errno value. */
int lp_list_possible(struct lp *lp);
void lp_list_free(struct lp_list *list);
/* The entry of that name, or NULL. */
const struct lp_entry *lp_list_find(const struct lp_list *list, const char *name);

/* "CHECKED", "APPLIED" or "unknown". */
const char *lp_state_name(unsigned int state);

#endif
