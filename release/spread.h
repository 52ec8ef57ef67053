/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spread.h - what some numbers have in common
 */
#ifndef RELEASE_SPREAD_H
#define RELEASE_SPREAD_H

#include "release/report.h"

struct spread {
	double median; /* of an even count: between the middle two */
	double p90; /* nearest rank: nine of ten are not above it */
	double most;
};

/* Of @count numbers, at least one; sorts them. */
struct spread spread_of(double *n, size_t count);

/* "median 1.0, p90 2.0, WORST 3.0 (of 7)"; unknown, with the reason @none, if there are none. */
void report_spread(struct report *r, const char *key, const char *title, const char *worst,
		   const char *none, double *n, size_t count);

#endif
