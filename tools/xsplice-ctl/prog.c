// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/opts.h"
#include "common/io.h"

#include <string.h>

#define OPT_JSON(at)                                                                               \
	{                                                                                          \
		"json", 'j', CLI_FLAG, at, NULL, "print one JSON document"                         \
	}
#define OPT_TIMEOUT(at)                                                                            \
	{                                                                                          \
		"timeout", 't', CLI_STR, at, "TIME",                                               \
			"time in which all CPUs must stop: ms, or with us, ms, s; at most\n"       \
			"                               4294 ms; none: Xen's default (30 ms)"      \
	}
#define OPT_RETRIES(at)                                                                            \
	{                                                                                          \
		"retries", 'r', CLI_UINT, at, "N",                                                 \
			"try again up to N times if Xen is busy (default 0)"                       \
	}
#define OPT_NODEPS(at)                                                                             \
	{                                                                                          \
		"nodeps", 0, CLI_FLAG, at, NULL, "apply without regard to what is applied already" \
	}
#define OPTS_TRUST(type, member)                                                                   \
	{"keyring",                                                                                \
	 'k',                                                                                      \
	 CLI_STR,                                                                                  \
	 offsetof(type, member.keyring),                                                           \
	 "FILE",                                                                                   \
	 "OpenPGP keyring of trusted signers (default, if it exists:\n"                            \
	 "                               " TRUST_KEYRING ")"},                                     \
		{"require", 0,                                                                     \
		 CLI_UINT,  offsetof(type, member.require),                                        \
		 "N",	    "signers that a payload needs (default 1)"},                           \
	{                                                                                          \
		"no-verify", 0, CLI_FLAG, offsetof(type, member.no_verify), NULL,                  \
			"take it without looking at signatures"                                    \
	}

static const struct cli_opt list_opts[] = {
	OPT_JSON(offsetof(struct opts_list, json)),
	{0},
};

static const struct cli_opt journal_opts[] = {
	OPT_JSON(offsetof(struct opts_journal, json)),
	{"verify", 0, CLI_FLAG, offsetof(struct opts_journal, verify), NULL,
	 "check that each record fits the one before"},
	{"known", 0, CLI_STR, offsetof(struct opts_journal, known), "NUMBER:DIGEST",
	 "check that this record, kept from an earlier --verify, is\n"
	 "                               still part of the journal"},
	{"since", 0, CLI_UINT, offsetof(struct opts_journal, since), "NUMBER",
	 "from this record on (default: all that are kept)"},
	{0},
};

static const struct cli_opt check_opts[] = {
	OPT_JSON(offsetof(struct opts_check, json)),
	{"replace", 0, CLI_FLAG, offsetof(struct opts_check, replace), NULL,
	 "could it replace all that is applied? (default: be applied)"},
	OPT_NODEPS(offsetof(struct opts_check, nodeps)),
	{"upload", 0, CLI_FLAG, offsetof(struct opts_check, upload), NULL,
	 "ask about the upload alone"},
	OPTS_TRUST(struct opts_check, trust),
	{0},
};

static const struct cli_opt apply_opts[] = {
	OPT_JSON(offsetof(struct opts_action, json)),
	OPT_TIMEOUT(offsetof(struct opts_action, timeout)),
	OPT_RETRIES(offsetof(struct opts_action, retries)),
	OPT_NODEPS(offsetof(struct opts_action, nodeps)),
	{0},
};

static const struct cli_opt action_opts[] = {
	OPT_JSON(offsetof(struct opts_action, json)),
	OPT_TIMEOUT(offsetof(struct opts_action, timeout)),
	OPT_RETRIES(offsetof(struct opts_action, retries)),
	{0},
};

static const struct cli_opt upload_opts[] = {
	OPT_JSON(offsetof(struct opts_upload, action.json)),
	OPTS_TRUST(struct opts_upload, trust),
	{0},
};

static const struct cli_opt load_opts[] = {
	OPT_JSON(offsetof(struct opts_upload, action.json)),
	{"name", 'n', CLI_STR, offsetof(struct opts_upload, name), "NAME",
	 "name of the payload (default: the file's, without its suffix)"},
	OPT_TIMEOUT(offsetof(struct opts_upload, action.timeout)),
	OPT_RETRIES(offsetof(struct opts_upload, action.retries)),
	OPT_NODEPS(offsetof(struct opts_upload, action.nodeps)),
	OPTS_TRUST(struct opts_upload, trust),
	{0},
};

static const struct cli_cmd cmds[] = {
	{"list", "[NAME]", "Show the loaded payloads, or all that is known of one", NULL, list_opts,
	 sizeof(struct opts_list), cmd_list},
	{"info", "", "Show which Xen runs and what is loaded in it", NULL, list_opts,
	 sizeof(struct opts_list), cmd_info},
	{"functions", "NAME", "Show which functions a loaded payload patches", NULL, list_opts,
	 sizeof(struct opts_list), cmd_functions},
	{"journal", "[OPTION...]", "Show or verify what the hypervisor has recorded since boot",
	 NULL, journal_opts, sizeof(struct opts_journal), cmd_journal},
	{"check", "[OPTION...] FILE", "Would Xen take this payload? Changes nothing", NULL,
	 check_opts, sizeof(struct opts_check), cmd_check},
	{"upload", "[OPTION...] NAME FILE", "Verify a payload and load it, without using it", NULL,
	 upload_opts, sizeof(struct opts_upload), cmd_upload},
	{"apply", "[OPTION...] NAME", "Put a loaded payload to use", NULL, apply_opts,
	 sizeof(struct opts_action), cmd_apply},
	{"revert", "[OPTION...] NAME", "Take the payload that was applied last out of use", NULL,
	 action_opts, sizeof(struct opts_action), cmd_revert},
	{"replace", "[OPTION...] NAME", "Revert all applied payloads and apply this one", NULL,
	 action_opts, sizeof(struct opts_action), cmd_replace},
	{"unload", "[OPTION...] NAME", "Remove a payload that is not applied", NULL, action_opts,
	 sizeof(struct opts_action), cmd_unload},
	{"load", "[OPTION...] FILE", "upload and apply; what cannot be applied is unloaded", NULL,
	 load_opts, sizeof(struct opts_upload), cmd_load},
	{0},
};

const struct cli_prog ctl_prog = {
	.name = "xsplice-ctl",
	.summary = "live patches of the running Xen",
	.cmds = cmds,
	.footer =
		"Exit status: 0 done, or nothing to do; 1 error; 2 busy or timed out, try again;\n"
		"3 not supported here; 4 refused by signature or policy; 5 a check failed, the "
		"host\n"
		"is unchanged; 6 the host is not in the state asked for; 64 usage. See "
		"xsplice-ctl(1).\n",
	.status = ctl_status,
};

int opts_act(const struct opts_action *in, struct act_opts *out, struct err *e)
{
	*out = (struct act_opts){.retries = in->retries, .nodeps = in->nodeps};
	return in->timeout ? act_parse_timeout(in->timeout, &out->timeout, e) : 0;
}

int ctl_main(int argc, char **argv)
{
	if (argc > 0 && !strcmp(path_base(argv[0]), "xen-livepatch"))
		return compat_main(argc, argv);
	return cli_main(&ctl_prog, argc, argv);
}
