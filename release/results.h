/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.h - results of tests: JUnit XML, TAP and subunit v1
 */
#ifndef RELEASE_RESULTS_H
#define RELEASE_RESULTS_H

#include "common/err.h"
#include "common/mem.h"

#include <stddef.h>

enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_SKIP };

struct result {
	const char *test;
	enum outcome outcome;
	double seconds; /* negative: not said */
};

struct results {
	struct arena arena;
	struct result *v;
	size_t n;
};

/*
 * Reads a file by the end of its name: .xml JUnit, .tap, .subunit. -1 and the
 * reason if it is of another kind, not well formed, or says less than it planned:
 * a result that is cut off is no result.
 */
int results_read(struct results *r, const char *name, const char *text, size_t len, struct err *e);
void results_free(struct results *r);

/* For the readers: adds one; the name is copied. */
void results_add(struct results *r, const char *test, size_t len, enum outcome o, double seconds);

/* JUnit XML, in junit.c: testcase elements with failure, error or skipped inside. */
int junit_read(struct results *r, const char *name, const char *text, size_t len, struct err *e);

#endif
