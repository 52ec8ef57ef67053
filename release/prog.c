// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of xsplice-release. */
#include "release/rel.h"

static const struct cli_opt stats_options[] = {
	{"method", 'm', CLI_LIST, offsetof(struct stats_opts, methods), "NAME",
	 "only this definition of lines (may be repeated)"},
	{"expect", 0, CLI_STR, offsetof(struct stats_opts, expect), "FILE",
	 "hold published numbers against every definition"},
	{"top", 0, CLI_UINT, offsetof(struct stats_opts, top), "N", "this many authors (30)"},
	REL_OPTIONS(stats_opts),
	{0},
};

static const struct cli_opt plain_options[] = {
	REL_OPTIONS(rel_plain),
	{0},
};

static const struct cli_opt schedule_options[] = {
	{"start", 0, CLI_STR, offsetof(struct schedule_opts, start), "DATE",
	 "the first day of development (new)"},
	REL_OPTIONS(schedule_opts),
	{0},
};

static const struct cli_opt lint_options[] = {
	{"as", 0, CLI_STR, offsetof(struct lint_opts, as), "X.Y.Z", "judge it as this release"},
	REL_OPTIONS(lint_opts),
	{0},
};

static const struct cli_opt changelog_options[] = {
	{"as", 0, CLI_STR, offsetof(struct changelog_opts, as), "X.Y.Z",
	 "judge it as this release"},
	{"output", 'o', CLI_STR, offsetof(struct changelog_opts, output), "FILE",
	 "write the rolled changelog there"},
	REL_OPTIONS(changelog_opts),
	{0},
};

static const struct cli_opt review_options[] = {
	{"mbox", 0, CLI_LIST, offsetof(struct review_opts, mbox), "FILE",
	 "a mail archive (may be repeated)"},
	REL_OPTIONS(review_opts),
	{0},
};

static const struct cli_opt lab_options[] = {
	{"results", 'r', CLI_STR, offsetof(struct lab_opts, results), "DIR",
	 "files COMMIT/HOST/NAME.xml, .tap or .subunit"},
	REL_OPTIONS(lab_opts),
	{0},
};

static const struct cli_opt update_options[] = {
	{"features", 0, CLI_STR, offsetof(struct update_opts, features), "FILE",
	 "the reviewed file of features"},
	{"series", 0, CLI_STR, offsetof(struct update_opts, series), "X.Y",
	 "its cycle; else the one that began last"},
	REL_OPTIONS(update_opts),
	{0},
};

static const struct cli_opt notes_options[] = {
	{"features", 0, CLI_STR, offsetof(struct notes_opts, features), "FILE",
	 "the reviewed file of features"},
	REL_OPTIONS(notes_opts),
	{0},
};

static const struct cli_cmd commands[] = {
	{"schedule", "new X.Y --start DATE | check | ics | remind",
	 "dates from rules, checks, calendar and reminders", NULL, schedule_options,
	 sizeof(struct schedule_opts), schedule_run},
	{"cycle", "", "planned and actual dates of every series", NULL, plain_options,
	 sizeof(struct rel_plain), cycle_run},
	{"update", "RANGE --features FILE", "the development update: mail, list, road map", NULL,
	 update_options, sizeof(struct update_opts), update_run},
	{"freeze", "RANGE", "commits that break the freeze", NULL, plain_options,
	 sizeof(struct rel_plain), freeze_run},
	{"review", "RANGE [--mbox FILE...]", "review load, and what nobody reviewed", NULL,
	 review_options, sizeof(struct review_opts), review_run},
	{"backports", "BRANCH", "links to the main branch, delays, missing fixes", NULL,
	 plain_options, sizeof(struct rel_plain), backports_run},
	{"lab", "[gate COMMIT] --results DIR", "results of the test lab, and what gates a commit",
	 NULL, lab_options, sizeof(struct lab_opts), lab_run},
	{"changelog", "lint [FILE] | roll X.Y.Z [FILE]",
	 "check the changelog, or close its open section", NULL, changelog_options,
	 sizeof(struct changelog_opts), changelog_run},
	{"support", "", "until when each series is supported", NULL, plain_options,
	 sizeof(struct rel_plain), support_run},
	{"lint", "TREE|TAG", "what should not stand in a release", NULL, lint_options,
	 sizeof(struct lint_opts), lint_run},
	{"notes", "RANGE", "release notes, a draft", NULL, notes_options, sizeof(struct notes_opts),
	 notes_run},
	{"announce", "TAG", "the announcement of a release or candidate, a draft", NULL,
	 plain_options, sizeof(struct rel_plain), announce_run},
	{"stats", "RANGE", "commits, people, companies and lines of a range", NULL, stats_options,
	 sizeof(struct stats_opts), stats_run},
	{0},
};

const struct cli_prog rel_prog = {
	.name = "xsplice-release",
	.summary = "plan, measure and guard a release from git",
	.cmds = commands,
	.footer =
		"Exit status: 0 all well, 1 findings or a gate that failed, 2 the call is wrong,\n"
		"3 it cannot be determined. Unknown is never a pass.\n",
	.status = rel_status,
};
