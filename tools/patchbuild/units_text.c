// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * units_text.c - does the compiler see the same tokens?
 */
#include "patchbuild/units_int.h"

#include "common/proc.h"

#include <string.h>

/* As many at once as their texts fit into memory (a text has about 1 MB). */
#define BATCH 16

/* A text that could not be made is left to the compiler, which says why. */
static bool is_same(const struct proc *p)
{
	return !p[SIDE_OLD].status && !p[SIDE_NEW].status &&
	       p[SIDE_OLD].out.len == p[SIDE_NEW].out.len &&
	       (!p[SIDE_OLD].out.len ||
		!memcmp(p[SIDE_OLD].out.data, p[SIDE_NEW].out.data, p[SIDE_OLD].out.len));
}

static int compare_batch(struct workspace *ws, const char *const *commands, size_t n, bool *same,
			 double *cpu_seconds, struct err *e)
{
	struct kcmd_how how = {.mode = KCMD_TOKENS};
	struct proc p[BATCH * SIDES];
	size_t i;
	int ret = 0;

	memset(p, 0, sizeof(p));
	for (i = 0; i < n * SIDES && ret == 0; i++)
		ret = workspace_proc(ws, i % SIDES, commands[i / SIDES], how, &p[i], e);
	if (ret == 0)
		ret = proc_run_all(p, n * SIDES, 0, e);
	for (i = 0; i < n; i++)
		same[i] = ret == 0 && is_same(&p[i * SIDES]);
	for (i = 0; i < n * SIDES; i++) {
		*cpu_seconds += p[i].cpu_seconds;
		proc_free(&p[i]);
	}
	return ret;
}

int texts_compare(struct workspace *ws, const char *const *commands, size_t n, bool *same,
		  double *cpu_seconds, struct err *e)
{
	size_t i, part;

	for (i = 0; i < n; i += part) {
		part = n - i < BATCH ? n - i : BATCH;
		if (compare_batch(ws, commands + i, part, same + i, cpu_seconds, e))
			return -1;
	}
	return 0;
}
