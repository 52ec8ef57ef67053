/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rel.h - what every command of xsplice-release begins and ends with
 */
#ifndef RELEASE_REL_H
#define RELEASE_REL_H

#include "common/cli.h"
#include "release/config.h"
#include "release/date.h"
#include "release/git.h"
#include "release/history.h"
#include "release/people.h"
#include "release/report.h"

/* The options that every command has. First member of each command's own struct. */
struct rel_opts {
	const char *repo;
	const char *conf;
	const char *at;
	const char *format;
	const char *part;
	/* Not options: where the report goes (NULL: standard output), as a page of a site. */
	FILE *out;
	const struct page_link *links;
	const char *here;
};

/* Rows of a struct cli_opt table; @type holds a struct rel_opts named "rel". */
#define REL_OPTIONS(type)                                                                          \
	{"repo", 'C', CLI_STR, offsetof(struct type, rel.repo), "REPO", "the git repository (.)"}, \
		{"config", 'c',                                                                    \
		 CLI_STR,  offsetof(struct type, rel.conf),                                        \
		 "FILE",   "settings of the project (built in: Xen's)"},                           \
		{"at",	  0,                                                                       \
		 CLI_STR, offsetof(struct type, rel.at),                                           \
		 "DATE",  "take this for today: makes output reproducible"},                       \
		{"format", 'f',                                                                    \
		 CLI_STR,  offsetof(struct type, rel.format),                                      \
		 "FORMAT", "text, json, md, html, csv; svg, ics, conf where they make sense"},     \
	{                                                                                          \
		"part", 0, CLI_STR, offsetof(struct type, rel.part), "KEY",                        \
			"the table (csv) or chart (svg) to print; else the first"                  \
	}

/* Files that belong together: area.NAME.path in the settings. */
struct area {
	const char *name;
	const char *path; /* what their paths begin with */
	size_t len; /* of @path */
};

struct rel {
	struct cli *cli;
	const struct rel_opts *opts;
	const char *repo_path;
	struct git *git; /* NULL if not asked for */
	struct config conf;
	struct people people;
	struct area *areas; /* by the length of their paths, longest first */
	size_t area_count;
	enum format format;
	int32_t today;
	struct report report;
};

enum {
	REL_GIT = 1, /* needs the repository */
	REL_HISTORY = 3, /* and its whole history: a shallow clone will not do */
};

/*
 * Reads settings, date and format, opens the repository. rel_end() in any case: it
 * prints the report if @status is 0 (other values: printed already, or a failure)
 * and returns the exit status.
 */
int rel_begin(struct rel *r, struct cli *cli, const struct rel_opts *opts, unsigned int needs);
int rel_end(struct rel *r, int status);
/* Opens the repository of a command that began without. */
int rel_open(struct rel *r, unsigned int needs, struct err *e);

/* Version of the git program, for numbers that come from it. */
const char *rel_git_version(struct rel *r);

/* Area of a path by the settings' path prefixes: the longest counts; else "Other". */
const char *rel_area(const struct rel *r, const char *path);
/* The area with most changed lines of a commit (with HISTORY_LINES), or else most files. */
const char *rel_commit_area(const struct rel *r, const struct commit *c);

/* The head of the main branch: project.main, or origin/ of it if that has all of it. */
int rel_main(struct rel *r, char id[GIT_ID_LEN], struct err *e);

/* Who wrote a commit, for people: never empty. */
const char *rel_author(const struct commit *c);

/* "0123456789ab" of an id, in the report's memory. */
const char *rel_short(struct rel *r, const char *id);

/* Exit status of this program for a kind of failure: 2 usage, 3 anything else. */
int rel_status(enum err_kind kind);

/* --- commands, each in the file of its name -------------------------------- */
extern const struct cli_prog rel_prog;

int stats_run(struct cli *cli, void *opts, int argc, char **argv);
int cycle_run(struct cli *cli, void *opts, int argc, char **argv);
int schedule_run(struct cli *cli, void *opts, int argc, char **argv);
int freeze_run(struct cli *cli, void *opts, int argc, char **argv);
int lint_run(struct cli *cli, void *opts, int argc, char **argv);
int changelog_run(struct cli *cli, void *opts, int argc, char **argv);
int support_run(struct cli *cli, void *opts, int argc, char **argv);
int backports_run(struct cli *cli, void *opts, int argc, char **argv);
int review_run(struct cli *cli, void *opts, int argc, char **argv);
int lab_run(struct cli *cli, void *opts, int argc, char **argv);
int update_run(struct cli *cli, void *opts, int argc, char **argv);
int notes_run(struct cli *cli, void *opts, int argc, char **argv);
int announce_run(struct cli *cli, void *opts, int argc, char **argv);
int advisory_run(struct cli *cli, void *opts, int argc, char **argv);
int livepatch_run(struct cli *cli, void *opts, int argc, char **argv);
int site_run(struct cli *cli, void *opts, int argc, char **argv);
int why_run(struct cli *cli, void *opts, int argc, char **argv);
int feed_run(struct cli *cli, void *opts, int argc, char **argv);
int plan_run(struct cli *cli, void *opts, int argc, char **argv);
int run_run(struct cli *cli, void *opts, int argc, char **argv);
int verify_run(struct cli *cli, void *opts, int argc, char **argv);

struct rel_plain {
	struct rel_opts rel;
};

struct stats_opts {
	struct rel_opts rel;
	struct cli_list methods;
	const char *expect;
	unsigned int top;
};

struct schedule_opts {
	struct rel_opts rel;
	const char *start;
};

struct lint_opts {
	struct rel_opts rel;
	const char *as;
};

struct changelog_opts {
	struct rel_opts rel;
	const char *as;
	const char *output;
};

struct review_opts {
	struct rel_opts rel;
	struct cli_list mbox;
};

struct lab_opts {
	struct rel_opts rel;
	const char *results;
};

struct update_opts {
	struct rel_opts rel;
	const char *features;
	const char *series;
};

struct advisory_opts {
	struct rel_opts rel;
	const char *output;
};

struct site_opts {
	struct rel_opts rel;
	const char *output;
};

struct plan_opts {
	struct rel_opts rel;
	const char *output;
	const char *branch;
};

struct run_opts {
	struct rel_opts rel;
	bool dry;
	bool resume;
	const char *until;
	const char *go;
};

struct verify_opts {
	struct rel_opts rel;
	const char *keyring;
	const char *state; /* of a feed */
	unsigned int require; /* of a feed; 0: as the settings say */
};

struct notes_opts {
	struct rel_opts rel;
	const char *features;
};

struct feed_opts {
	struct rel_opts rel;
	const char *output;
	const char *previous;
	bool first; /* there is no index before: version 1 */
	bool unsigned_previous; /* follow an index whose signatures do not count */
	const char *key;
	const char *keyring;
	const char *state;
	unsigned int require; /* 0: as the settings say */
};

#endif
