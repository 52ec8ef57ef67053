/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - what Xen's error numbers mean, for the operation they answer
 */
#ifndef XSPLICE_CTL_EXPLAIN_H
#define XSPLICE_CTL_EXPLAIN_H

#include "common/err.h"

enum op {
	OP_UPLOAD,
	OP_APPLY,
	OP_REVERT,
	OP_REPLACE,
	OP_UNLOAD,
	OP_GET,
	OP_LIST,
	OP_ANY,
};

/* The moment at which an error came. */
enum when {
	WHEN_ASKED, /* Xen's answer to the request: nothing was begun */
	WHEN_DONE, /* the result of an action that was begun */
	WHEN_EITHER,
};

/*
 * Records, with the exit status it stands for, what @rc (a negative errno value of
 * Xen) means. @name: of the payload, NULL for operations without one. Returns -1.
 */
int explain(struct err *e, enum op op, enum when when, const char *name, int rc);

/* What kind of failure explain() would record. */
enum err_kind explain_kind(enum op op, enum when when, int rc);

#endif
