// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/progress.h"

#include "common/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUIET_SECONDS 2.0
#define STEP_SECONDS  0.1

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void progress_start(struct progress *p, const char *what, size_t total)
{
	memset(p, 0, sizeof(*p));
	p->what = what;
	p->total = total;
	p->active = isatty(STDERR_FILENO);
	p->started = now();
}

void progress_step(struct progress *p, size_t done, const char *item)
{
	char shown[48] = "";
	double t;

	if (!p->active)
		return;
	t = now();
	if (t - p->started < QUIET_SECONDS || t - p->shown < STEP_SECONDS)
		return;
	p->shown = t;
	if (item)
		text_escape_line(shown, sizeof(shown), item, strlen(item));
	if (p->total)
		fprintf(stderr, "\r\033[K%s %zu/%zu %s", p->what, done, p->total, shown);
	else
		fprintf(stderr, "\r\033[K%s %zu %s", p->what, done, shown);
}

void progress_end(struct progress *p)
{
	if (p->active && p->shown > 0)
		fputs("\r\033[K", stderr);
	p->active = false;
}
