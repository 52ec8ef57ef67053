/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - one line that tells a person how far a long job is
 *
 * Shown on standard error, only if that is a terminal, only once the job has run
 * for more than two seconds, and wiped at its end.
 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
	const char *what; /* "compiling" */
	size_t total; /* 0: not known */
	double started;
	double shown;
	bool active;
};

void progress_start(struct progress *p, const char *what, size_t total);
/* @item: what is being worked on, or NULL. */
void progress_step(struct progress *p, size_t done, const char *item);
void progress_end(struct progress *p);

#endif
