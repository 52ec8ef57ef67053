// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/spread.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct spread spread_of(double *n, size_t count)
{
	size_t rank = (count * 9 + 9) / 10;

	qsort(n, count, sizeof(*n), by_number);
	return (struct spread){.median = (n[(count - 1) / 2] + n[count / 2]) / 2,
			       .p90 = n[rank - 1],
			       .most = n[count - 1]};
}

void report_spread(struct report *r, const char *key, const char *title, const char *worst,
		   const char *none, double *n, size_t count)
{
	struct spread s;

	if (!count) {
		report_fact_unknown(r, key, title, none);
		return;
	}
	s = spread_of(n, count);
	report_fact(r, key, title, "median %.1f, p90 %.1f, %s %.1f (of %zu)", s.median, s.p90,
		    worst, s.most, count);
}
