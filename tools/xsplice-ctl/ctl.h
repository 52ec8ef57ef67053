/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctl.h - the commands, and what they share
 *
 * cmd-list.c       list
 * cmd-info.c       info
 * cmd-functions.c  functions
 * cmd-journal.c    journal
 * cmd-check.c      check
 * cmd-upload.c     upload, load
 * cmd-action.c     apply, revert, replace, unload
 * compat.c         those that xen-livepatch has, as it has them
 */
#ifndef XSPLICE_CTL_CTL_H
#define XSPLICE_CTL_CTL_H

#include "xsplice-ctl/act.h"
#include "xsplice-ctl/lp.h"

#include "common/cli.h"
#include "common/json.h"

/* Number in every JSON document; goes up when a member changes its meaning or goes. */
#define CTL_JSON_SCHEMA 1

extern const struct cli_prog ctl_prog;

/* The exit status for a kind of failure, as in the man page. */
int ctl_status(enum err_kind kind);

/* A new document: {"schema": 1, "command": @command}. */
struct json *ctl_json(const char *command);
/* Prints and frees it. */
void ctl_json_done(struct json *doc);
/* {"name", "state", "rc", "metadata"} of an entry of the list. */
struct json *ctl_entry_json(const struct lp_entry *entry);

int cmd_list(struct cli *cli, void *opts, int argc, char **argv);
int cmd_info(struct cli *cli, void *opts, int argc, char **argv);
int cmd_functions(struct cli *cli, void *opts, int argc, char **argv);
int cmd_journal(struct cli *cli, void *opts, int argc, char **argv);
int cmd_check(struct cli *cli, void *opts, int argc, char **argv);
int cmd_upload(struct cli *cli, void *opts, int argc, char **argv);
int cmd_load(struct cli *cli, void *opts, int argc, char **argv);
int cmd_apply(struct cli *cli, void *opts, int argc, char **argv);
int cmd_revert(struct cli *cli, void *opts, int argc, char **argv);
int cmd_replace(struct cli *cli, void *opts, int argc, char **argv);
int cmd_unload(struct cli *cli, void *opts, int argc, char **argv);

/* The program under its name xen-livepatch: that tool's messages and exit status. */
int compat_main(int argc, char **argv);

/* Both programs: which one is decided by the last component of argv[0]. */
int ctl_main(int argc, char **argv);

#endif
