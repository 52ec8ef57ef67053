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

/* verb_build.c: base and patches to payload */
struct build_opts {
	const char *store;
	const char *base;
	const char *output;
	const char *key;
	const char *name;
	struct cli_list depends;
	struct cli_list patches;
	struct cli_list advisories;
	bool json;
};
extern const struct cli_opt verb_build_opts[];
int verb_build(struct cli *cli, void *opts, int argc, char **argv);

/* verb_diff.c: compare two objects */
struct diff_opts {
	bool json;
};
extern const struct cli_opt verb_diff_opts[];
int verb_diff(struct cli *cli, void *opts, int argc, char **argv);

/* verb_sign.c: add a signature to a payload */
struct sign_opts {
	const char *key;
	const char *out;
	bool replace;
	bool json;
};
extern const struct cli_opt verb_sign_opts[];
int verb_sign(struct cli *cli, void *opts, int argc, char **argv);

/* verb_verify.c: is a payload signed by known keys, and would a hypervisor take it? */
struct verify_opts {
	const char *keyring;
	unsigned int require;
	const char *base;
	const char *store;
	bool replace;
	bool nodeps;
	bool json;
};
extern const struct cli_opt verb_verify_opts[];
int verb_verify(struct cli *cli, void *opts, int argc, char **argv);

/* verb_inspect.c: what is in a payload */
struct inspect_opts {
	const char *elf;
	bool json;
};
extern const struct cli_opt verb_inspect_opts[];
int verb_inspect(struct cli *cli, void *opts, int argc, char **argv);

#endif
