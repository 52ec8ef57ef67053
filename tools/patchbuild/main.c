// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * patchbuild - from a source patch to a signed live patch
 */
#include "patchbuild/verbs.h"

static const struct cli_cmd cmds[] = {
	{"base", "--tree DIR --store DIR | --list | --show ID",
	 "make, list and show bases: what payloads are built against", NULL, verb_base_opts,
	 sizeof(struct base_opts), verb_base},
	{"diff", "OLD.o NEW.o", "compare two objects by meaning",
	 "Exit status: 0 something changed, 1 error, 2 changed beyond functions and\n"
	 "variables, 3 no change.\n",
	 verb_diff_opts, sizeof(struct diff_opts), verb_diff},
	{0},
};

static const struct cli_prog prog = {
	.name = "patchbuild",
	.summary = "builds signed live patches for the Xen hypervisor",
	.cmds = cmds,
	.footer = "Exit status: 0 done, 1 error, 2 not patchable, 3 no change, 4 signature\n"
		  "refused, 64 usage. See patchbuild(1).\n",
};

int main(int argc, char **argv)
{
	return cli_main(&prog, argc, argv);
}
