/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verbs.h - the commands of patchbuild: options, and what runs them
 */
#ifndef PATCHBUILD_VERBS_H
#define PATCHBUILD_VERBS_H

#include "common/cli.h"

/* verb_base.c: make, list and show bases */
struct base_opts {
	const char *tree;
	const char *shipped;
	const char *store;
	const char *show;
	bool list;
	bool check;
	bool json;
};
extern const struct cli_opt verb_base_opts[];
int verb_base(struct cli *cli, void *opts, int argc, char **argv);

/* verb_diff.c: compare two objects */
struct diff_opts {
	bool json;
};
extern const struct cli_opt verb_diff_opts[];
int verb_diff(struct cli *cli, void *opts, int argc, char **argv);

#endif
