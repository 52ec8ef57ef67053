// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * patchbuild - from a source patch to a signed live patch
 */
#include "patchbuild/verbs.h"

static const struct cli_cmd cmds[] = {
	{"base", "--tree DIR --store DIR | --list | --show ID",
	 "make, list and show bases: what payloads are built against", NULL, verb_base_opts,
	 sizeof(struct base_opts), verb_base},
	{"build", "--base ID --patch FILE [--patch FILE...] [--sign KEY] -o FILE",
	 "build a payload from a base and source patches",
	 "Every function in the payload is listed with the reason; everything that stands\n"
	 "against a payload is listed at once. Exit status: 0 payload written, 2 not\n"
	 "patchable, 3 no change, 1 error, 4 the key cannot sign.\n",
	 verb_build_opts, sizeof(struct build_opts), verb_build},
	{"diff", "OLD.o NEW.o", "compare two objects by meaning",
	 "Exit status: 0 something changed, 1 error, 2 changed beyond functions and\n"
	 "variables, 3 no change.\n",
	 verb_diff_opts, sizeof(struct diff_opts), verb_diff},
	{"inspect", "PAYLOAD", "show what is in a payload", NULL, verb_inspect_opts,
	 sizeof(struct inspect_opts), verb_inspect},
	{"sign", "PAYLOAD --key KEY [-o FILE]", "add a signature to a payload", NULL,
	 verb_sign_opts, sizeof(struct sign_opts), verb_sign},
	{"verify", "PAYLOAD... [--keyring FILE] [--base ID]",
	 "check who signed payloads, and that Xen would take them", NULL, verb_verify_opts,
	 sizeof(struct verify_opts), verb_verify},
	{0},
};

/* Signature and policy refusals have a status of their own. */
static int status(enum err_kind kind)
{
	switch (kind) {
	case ERR_SIGNATURE:
		return 4;
	case ERR_USAGE:
		return 64;
	default:
		return 1;
	}
}

static const struct cli_prog prog = {
	.name = "patchbuild",
	.summary = "builds signed live patches for the Xen hypervisor",
	.cmds = cmds,
	.status = status,
	.footer = "Exit status: 0 done, 1 error, 2 not patchable, 3 no change, 4 signature\n"
		  "refused, 64 usage. See patchbuild(1).\n",
};

int main(int argc, char **argv)
{
	return cli_main(&prog, argc, argv);
}
