// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/cli.h"

#include "common/mem.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 64

static size_t count_opts(const struct cli_opt *opts)
{
	size_t n = 0;

	while (opts && opts[n].name)
		n++;
	return n;
}

static int set_uint(unsigned int *out, const char *name, const char *arg, struct err *e)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || errno || v > 0xffffffffUL)
		return err_set(e, ERR_USAGE, "--%s: \"%s\" is not a number from 0 to 4294967295",
			       name, arg);
	*out = (unsigned int)v;
	return 0;
}

static int set_opt(const struct cli_opt *o, void *out, const char *arg, struct err *e)
{
	void *place = (char *)out + o->offset;
	struct cli_list *list;

	switch (o->type) {
	case CLI_FLAG:
		*(bool *)place = true;
		break;
	case CLI_STR:
		*(const char **)place = arg;
		break;
	case CLI_LIST:
		list = place;
		list->v = mem_grow(list->v, list->n, sizeof(*list->v));
		list->v[list->n++] = arg;
		break;
	case CLI_UINT:
		return set_uint(place, o->name, arg, e);
	}
	return 0;
}

static int unknown_opt(int c, char **argv, struct err *e)
{
	if (c == ':')
		return err_set(e, ERR_USAGE, "%s: needs an argument", argv[optind - 1]);
	if (optopt && optopt < 256)
		return err_set(e, ERR_USAGE, "-%c: no such option", optopt);
	return err_set(e, ERR_USAGE, "%s: no such option, or it takes no argument",
		       argv[optind - 1]);
}

int cli_parse(const struct cli_opt *opts, void *out, int *argc, char **argv, struct err *e)
{
	size_t n = count_opts(opts);
	struct option *longs = mem_zalloc(n + 1, sizeof(*longs));
	char *shorts = mem_zalloc(2 * n + 2, 1);
	char *s = shorts;
	size_t i;
	int ret = 0;
	int c;

	*s++ = ':';
	for (i = 0; i < n; i++) {
		longs[i].name = opts[i].name;
		longs[i].has_arg = opts[i].type == CLI_FLAG ? no_argument : required_argument;
		longs[i].val = 256 + (int)i;
		if (opts[i].letter) {
			*s++ = opts[i].letter;
			if (opts[i].type != CLI_FLAG)
				*s++ = ':';
		}
	}
	opterr = 0;
	optind = 0;
	while (!ret && (c = getopt_long(*argc, argv, shorts, longs, NULL)) != -1) {
		for (i = 0; i < n; i++)
			if (c == 256 + (int)i || (c < 256 && c == opts[i].letter))
				break;
		ret = i == n ? unknown_opt(c, argv, e) : set_opt(&opts[i], out, optarg, e);
	}
	if (!ret) {
		*argc -= optind;
		memmove(argv, argv + optind, ((size_t)*argc + 1) * sizeof(*argv));
	}
	free(shorts);
	free(longs);
	return ret;
}

void cli_print_opts(FILE *to, const struct cli_opt *opts)
{
	for (; opts && opts->name; opts++) {
		char left[64];
		char letter[8] = "    ";

		if (opts->letter)
			snprintf(letter, sizeof(letter), "-%c, ", opts->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, opts->name, opts->arg ? " " : "",
			 opts->arg ? opts->arg : "");
		fprintf(to, "  %-28s %s\n", left, opts->help);
	}
}

static void print_prog_help(FILE *to, const struct cli_prog *prog)
{
	const struct cli_cmd *c;

	fprintf(to, "%s - %s\n\nUsage: %s COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n",
		prog->name, prog->summary, prog->name);
	for (c = prog->cmds; c->name; c++)
		fprintf(to, "  %-12s %s\n", c->name, c->summary);
	fprintf(to, "\n`%s COMMAND --help` tells more of a command.\n", prog->name);
	if (prog->footer)
		fprintf(to, "\n%s", prog->footer);
}

static void print_cmd_help(FILE *to, const struct cli_prog *prog, const struct cli_cmd *c)
{
	fprintf(to, "Usage: %s %s%s%s\n\n%s\n", prog->name, c->name, *c->args ? " " : "", c->args,
		c->summary);
	if (c->opts && c->opts->name) {
		fputs("\nOptions:\n", to);
		cli_print_opts(to, c->opts);
	}
	if (c->help)
		fprintf(to, "\n%s", c->help);
}

static const struct cli_cmd *find_cmd(const struct cli_prog *prog, const char *name)
{
	const struct cli_cmd *c;

	for (c = prog->cmds; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static int exit_status(const struct cli_prog *prog, enum err_kind kind)
{
	if (prog->status)
		return prog->status(kind);
	return kind == ERR_USAGE ? EXIT_USAGE : 1;
}

/* Prints what went wrong; @status is what the command itself asked for. */
static int finish(struct cli *cli, int status)
{
	if (fflush(stdout) || ferror(stdout))
		err_sys(&cli->err, errno, "standard output: cannot write");
	if (cli->err.kind == ERR_NONE)
		return status;
	fprintf(stderr, "%s: %s\n", cli->prog->name, cli->err.text);
	if (cli->err.kind == ERR_USAGE)
		fprintf(stderr, "%s: try `%s %s%s--help`\n", cli->prog->name, cli->prog->name,
			cli->cmd ? cli->cmd->name : "", cli->cmd ? " " : "");
	return status ? status : exit_status(cli->prog, cli->err.kind);
}

static bool asks_help(char **argv)
{
	for (; *argv && strcmp(*argv, "--"); argv++)
		if (!strcmp(*argv, "--help"))
			return true;
	return false;
}

static void free_lists(const struct cli_opt *opts, void *out)
{
	for (; opts && opts->name; opts++)
		if (opts->type == CLI_LIST)
			free(((struct cli_list *)(void *)((char *)out + opts->offset))->v);
}

static int run_cmd(struct cli *cli, int argc, char **argv)
{
	const struct cli_cmd *c = cli->cmd;
	void *opts;
	int status = 0;

	if (asks_help(argv)) {
		print_cmd_help(stdout, cli->prog, c);
		return 0;
	}
	opts = mem_zalloc(1, c->opts_size);
	if (cli_parse(c->opts, opts, &argc, argv, &cli->err) == 0)
		status = c->run(cli, opts, argc, argv);
	free_lists(c->opts, opts);
	free(opts);
	return status;
}

static int help(struct cli *cli, const char *name)
{
	const struct cli_cmd *c = name ? find_cmd(cli->prog, name) : NULL;

	if (name && !c) {
		err_set(&cli->err, ERR_USAGE, "%s: no such command", name);
		return 0;
	}
	if (c)
		print_cmd_help(stdout, cli->prog, c);
	else
		print_prog_help(stdout, cli->prog);
	return 0;
}

int cli_main(const struct cli_prog *prog, int argc, char **argv)
{
	struct cli cli = {.prog = prog};
	const char *name = argc > 1 ? argv[1] : NULL;
	int status = 0;

	if (!name)
		err_set(&cli.err, ERR_USAGE, "a command is needed");
	else if (!strcmp(name, "--version"))
		printf("%s %s\n", prog->name, XSP_VERSION);
	else if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
		status = help(&cli, argc > 2 ? argv[2] : NULL);
	else if (!(cli.cmd = find_cmd(prog, name)))
		err_set(&cli.err, ERR_USAGE, "%s: no such command", name);
	else
		status = run_cmd(&cli, argc - 1, argv + 1);
	return finish(&cli, status);
}

bool cli_is_terminal(int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}
