/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader.h - what our loader in the hypervisor does beyond Xen's, one function each
 *
 * docs/hypercall.md has the operations. Functions that return int and take no struct
 * err give 0 or a negative errno value of Xen: -EOPNOTSUPP from Xen's own loader.
 */
#ifndef XSPLICE_CTL_LOADER_H
#define XSPLICE_CTL_LOADER_H

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/lp.h"

#include "xsplice/abi.h"
#include "xsplice/hypercall.h"

#define LOADER_KEY_SIZE 20

struct loader {
	bool ours; /* false: Xen's own, and nothing below is known */
	struct xsplice_op_info info;
	unsigned char (*keys)[LOADER_KEY_SIZE]; /* fingerprints of the keys built in */
	size_t nkeys;
};

/* Which loader runs? loader_free() it after success. */
int loader_read(struct lp *lp, struct loader *out, struct err *e);
void loader_free(struct loader *l);
/* "off", "permissive", "enforce" or "unknown". */
const char *loader_mode_name(unsigned int mode);
/* Signatures without which it takes nothing; 0: it takes what is not signed. */
unsigned int loader_demands(const struct loader *l);

struct loader_check {
	struct xsplice_op_check op;
	char message[256]; /* why not, ""; foreign bytes */
};

/* @flags: XSPLICE_CHECK_*. What would have happened is in out->op.result. */
int loader_check(struct lp *lp, const void *data, size_t size, uint32_t flags,
		 struct loader_check *out);

struct loader_functions {
	struct xsplice_function *v; /* names are terminated; foreign bytes */
	size_t n;
	unsigned int state; /* enum lp_state */
};

/* What the payload @name patches; free() out->v. */
int loader_functions(struct lp *lp, const char *name, struct loader_functions *out);

struct loader_journal {
	struct abi_journal_record *v; /* in a row, as Xen gave them */
	size_t n;
	uint64_t start; /* number of the first that was to be had */
	uint64_t next; /* number of the record that will come next */
};

/* The records from number @first on that are still kept; free() out->v. */
int loader_journal(struct lp *lp, uint64_t first, struct loader_journal *out);

/*
 * explain() with the cause that our loader has recorded for it, if it is the one that
 * refused just now; Xen's own tells no more than @rc.
 */
int loader_explain(struct lp *lp, struct err *e, enum op op, enum when when, const char *name,
		   int rc);

#endif
