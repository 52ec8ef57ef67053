/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opts.h - what the command line sets, one struct for each command
 */
#ifndef XSPLICE_CTL_OPTS_H
#define XSPLICE_CTL_OPTS_H

#include "xsplice-ctl/act.h"
#include "xsplice-ctl/trust.h"

#include <stdbool.h>

/* Of list, info and functions. */
struct opts_list {
	bool json;
};

/* How an action is carried out: of apply, revert, replace and unload. */
struct opts_action {
	bool json;
	bool nodeps;
	const char *timeout; /* NULL: Xen's default */
	unsigned int retries;
};

/* Of upload and load; upload has no table entries for most of @action. */
struct opts_upload {
	struct opts_action action;
	struct trust trust;
	const char *name; /* load: NULL for the file's */
};

struct opts_check {
	bool json;
	bool replace;
	bool nodeps;
	bool upload;
	struct trust trust;
};

struct opts_journal {
	bool json;
	bool verify;
	unsigned int since;
	const char *known; /* NULL, or NUMBER:DIGEST */
};

int opts_act(const struct opts_action *in, struct act_opts *out, struct err *e);

#endif
