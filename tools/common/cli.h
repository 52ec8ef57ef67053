/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - verbs, options, help: the command line of every program
 *
 * A program is a const table of commands; a command has a const table of
 * options. Help text and parsing come from the same tables.
 */
#ifndef COMMON_CLI_H
#define COMMON_CLI_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_type {
	CLI_FLAG, /* bool: set */
	CLI_STR, /* const char *: the last one given counts */
	CLI_LIST, /* struct cli_list: may be given again */
	CLI_UINT, /* unsigned int: decimal */
};

struct cli_list {
	const char **v;
	size_t n;
};

/* One option. @offset: of its place in the command's own struct. */
struct cli_opt {
	const char *name; /* long name, without the dashes */
	char letter; /* short name, or 0 */
	enum cli_type type;
	size_t offset;
	const char *arg; /* name of the argument in the help, NULL for a flag */
	const char *help;
};

struct cli;

struct cli_cmd {
	const char *name;
	const char *args; /* synopsis after the name: "--base B --patch FILE -o OUT" */
	const char *summary; /* one line */
	const char *help; /* more, or NULL */
	const struct cli_opt *opts; /* ends with a NULL name; may be NULL */
	size_t opts_size; /* of the struct that the offsets mean */
	/*
	 * @opts: that struct, filled; @argv: the @argc operands, NULL-terminated.
	 * Returns the exit status of the program; a cause left in cli->err is
	 * printed by cli_main().
	 */
	int (*run)(struct cli *cli, void *opts, int argc, char **argv);
};

struct cli_prog {
	const char *name;
	const char *summary;
	const struct cli_cmd *cmds; /* ends with a NULL name */
	const char *footer; /* last paragraph of the help: exit status, see also */
	/* Exit status for a failure; NULL: 64 for ERR_USAGE, 1 for all others. */
	int (*status)(enum err_kind kind);
};

/* What a command is given. */
struct cli {
	const struct cli_prog *prog;
	const struct cli_cmd *cmd;
	struct err err;
};

/*
 * Finds the command (exact names only), parses its options, runs it, prints the
 * cause of a failure as "program: cause" to stderr, returns the exit status.
 * `--help`, `--version` and `help [COMMAND]` are answered here. Output that could
 * not be written (full disk) is a failure as well.
 */
int cli_main(const struct cli_prog *prog, int argc, char **argv);

/*
 * Parses options into @out (of the table's struct, zeroed by the caller), moves
 * the operands to the front of @argv and their number to @argc. For programs
 * without commands. A list's memory belongs to the caller: free(list.v).
 */
int cli_parse(const struct cli_opt *opts, void *out, int *argc, char **argv, struct err *e);

/* Writes "  -l, --long ARG   help" for every option to @to (a FILE). */
struct _IO_FILE;
void cli_print_opts(struct _IO_FILE *to, const struct cli_opt *opts);

/* Colours and cursor control may be used: @fd is a terminal, NO_COLOR unset. */
bool cli_is_terminal(int fd);

#endif
