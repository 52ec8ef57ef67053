// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/name.h"
#include "xsplice-ctl/opts.h"
#include "common/text.h"

#include <stdio.h>

static void print_text(const char *name, enum act act, const struct act_result *r)
{
	const char *done = act_done_word(act);

	if (!r->changed && act == ACT_UNLOAD)
		printf("%s: nothing to do: no payload of this name is loaded\n", name);
	else if (!r->changed)
		printf("%s: nothing to do: its state is %s\n", name, lp_state_name(r->state));
	else
		printf("%s: %s (%.1f ms%s)\n", name, done, (double)r->took / 1e6,
		       r->tries > 1 ? ", after more than one try" : "");
}

static void print_json(const char *command, const char *name, const struct act_result *r)
{
	struct json *doc = ctl_json(command);

	json_put_str(doc, "name", name);
	json_put_bool(doc, "changed", r->changed);
	json_put_str(doc, "state", r->state ? lp_state_name(r->state) : NULL);
	json_put_int(doc, "tries", r->tries);
	json_put_int(doc, "took_ns", (int64_t)r->took);
	ctl_json_done(doc);
}

static int run(struct cli *cli, enum act act, const struct opts_action *o, int argc, char **argv)
{
	const char *name = argv[0];
	struct act_result r;
	struct act_opts a;
	struct lp lp;

	if (argc != 1) {
		err_set(&cli->err, ERR_USAGE, "%s takes one name of a payload", cli->cmd->name);
		return 0;
	}
	if (name_check(name, &cli->err) || opts_act(o, &a, &cli->err) || lp_open(&lp, &cli->err))
		return 0;
	if (act_run(&lp, act, name, &a, &r, &cli->err) == 0) {
		if (o->json)
			print_json(cli->cmd->name, name, &r);
		else
			print_text(name, act, &r);
	}
	lp_close(&lp);
	return 0;
}

int cmd_apply(struct cli *cli, void *opts, int argc, char **argv)
{
	return run(cli, ACT_APPLY, opts, argc, argv);
}

int cmd_revert(struct cli *cli, void *opts, int argc, char **argv)
{
	return run(cli, ACT_REVERT, opts, argc, argv);
}

int cmd_replace(struct cli *cli, void *opts, int argc, char **argv)
{
	return run(cli, ACT_REPLACE, opts, argc, argv);
}

int cmd_unload(struct cli *cli, void *opts, int argc, char **argv)
{
	return run(cli, ACT_UNLOAD, opts, argc, argv);
}
