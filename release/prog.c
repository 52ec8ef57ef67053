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

static const struct cli_opt advisory_options[] = {
	{"output", 'o', CLI_STR, offsetof(struct advisory_opts, output), "DIR",
	 "write what is exported to this folder"},
	REL_OPTIONS(advisory_opts),
	{0},
};

static const struct cli_opt site_options[] = {
	{"output", 'o', CLI_STR, offsetof(struct site_opts, output), "DIR",
	 "the folder of the site; an old site there is replaced as a whole"},
	REL_OPTIONS(site_opts),
	{0},
};

static const struct cli_opt feed_options[] = {
	{"output", 'o', CLI_STR, offsetof(struct feed_opts, output), "DIR",
	 "folder to put the feed in (build)"},
	{"previous", 0, CLI_STR, offsetof(struct feed_opts, previous), "DIR|FILE",
	 "the feed or index before it, beside feed.path and --output (build)"},
	{"first", 0, CLI_FLAG, offsetof(struct feed_opts, first), NULL,
	 "there is none before it: version 1 (build)"},
	{"unsigned", 0, CLI_FLAG, offsetof(struct feed_opts, unsigned_previous), NULL,
	 "follow the one before also if its signatures do not count (build)"},
	{"key", 'k', CLI_STR, offsetof(struct feed_opts, key), "KEY",
	 "OpenPGP key to sign with (sign)"},
	{"keyring", 0, CLI_STR, offsetof(struct feed_opts, keyring), "FILE",
	 "public keys whose signatures count (verify)"},
	{"require", 0, CLI_UINT, offsetof(struct feed_opts, require), "K",
	 "different keys that must have signed (verify)"},
	{"state", 0, CLI_STR, offsetof(struct feed_opts, state), "FILE",
	 "newest version seen or signed; kept up to date (verify, sign)"},
	REL_OPTIONS(feed_opts),
	{0},
};

static const struct cli_opt plan_options[] = {
	{"output", 'o', CLI_STR, offsetof(struct plan_opts, output), "FILE",
	 "write the plan there (needed)"},
	{"branch", 0, CLI_STR, offsetof(struct plan_opts, branch), "NAME",
	 "release from this branch; else that of the series, or the main one"},
	REL_OPTIONS(plan_opts),
	{0},
};

static const struct cli_opt run_options[] = {
	{"dry-run", 'n', CLI_FLAG, offsetof(struct run_opts, dry), NULL,
	 "print what a run would, and do nothing"},
	{"until", 0, CLI_STR, offsetof(struct run_opts, until), "STEP", "stop after this step"},
	{"resume", 0, CLI_FLAG, offsetof(struct run_opts, resume), NULL,
	 "go on with a run that has begun"},
	{"go", 0, CLI_STR, offsetof(struct run_opts, go), "NAME",
	 "who says go to the next manual step"},
	REL_OPTIONS(run_opts),
	{0},
};

static const struct cli_opt verify_options[] = {
	{"keyring", 0, CLI_STR, offsetof(struct verify_opts, keyring), "FILE",
	 "the public keys that count (release.keyring)"},
	{"require", 0, CLI_UINT, offsetof(struct verify_opts, require), "K",
	 "different keys that must have signed (FEED)"},
	{"state", 0, CLI_STR, offsetof(struct verify_opts, state), "FILE",
	 "newest version seen; kept up to date (FEED)"},
	REL_OPTIONS(verify_opts),
	{0},
};

/* What `--help` tells of a command beside its options. */
static const char stats_help[] =
	"Prints the lines added and removed under each definition in use, with the git\n"
	"command that gives the same numbers, then authors, companies, trailers, areas and\n"
	"weeks. RANGE is OLD..NEW, or NEW for all of its history.\n"
	"\n"
	"  xsplice-release stats RELEASE-4.5.0..RELEASE-4.6.0\n"
	"  xsplice-release stats --expect published RELEASE-4.5.0..4.6.0-rc1~1\n"
	"  xsplice-release stats --format csv --part people RELEASE-4.5.0..RELEASE-4.6.0\n"
	"\n"
	"A file for --expect has lines such as \"added 91155\"; exit status 1: a number is\n"
	"that of no definition.\n";

static const char cycle_help[] =
	"Start, freeze, candidates, release and reopening of every series that has a tag or\n"
	"a [cycle] in the settings, from tags and the first-parent line of the main branch.\n"
	"\n"
	"  xsplice-release cycle --format html >cycles.html\n"
	"  xsplice-release cycle --format svg --part timeline >timeline.svg\n";

static const char schedule_help[] =
	"new    proposes dates from the rules in the settings; --format conf prints what to\n"
	"       put there once a person has decided, --format ics a calendar\n"
	"check  looks for holidays, weekends, wrong order, overlaps; exit status 1: findings\n"
	"ics    the calendar of all series\n"
	"remind mails, as drafts, for dates that are schedule.remind days away\n"
	"\n"
	"  xsplice-release schedule new 4.13 --start 2018-07-09\n";

static const char freeze_help[] =
	"Every commit of RANGE bears the trailer freeze.ack (of freeze.manager, if set), lies\n"
	"in a [window] or has a [waiver] that names who, why and until. Exit status 1: one\n"
	"does not.\n"
	"\n"
	"  xsplice-release freeze 4.9.0-rc1..stable-4.9\n";

static const char lint_help[] =
	"Holds changelog, support statement, pins and version file of a folder or tag against\n"
	"the rules of a release; a tag that fits tag.release is one, --as makes a folder one.\n"
	"Exit status 1: findings, 3: a file is missing.\n"
	"\n"
	"  xsplice-release lint RELEASE-4.9.0\n"
	"  xsplice-release lint --as 4.9.1 ~/xen\n";

static const char changelog_help[] =
	"lint   the rules of lint, for one file\n"
	"roll   gives the open section its version and date and begins a new one; prints the\n"
	"       whole file, or writes it with --output\n"
	"\n"
	"  xsplice-release changelog roll 4.10.0 --output CHANGELOG.md\n";

static const char support_help[] =
	"The dates that the head of each stable branch states today in its SUPPORT.md. They\n"
	"are changed after a release, so none is computed. Exit status 3: one is missing.\n";

static const char backports_help[] =
	"Links each commit of BRANCH to the main branch: by \"master commit: ID\", by \"(cherry\n"
	"picked from commit ID)\", by equal patch, by equal subject; with delays. Exit status\n"
	"1: a fix of something that was back-ported is missing.\n"
	"\n"
	"  xsplice-release backports stable-4.9\n";

static const char review_help[] =
	"Who reviewed how much, and commits without Reviewed-by or Acked-by of another person\n"
	"than the author. With mail archives also versions of each series and the time to\n"
	"the first answer.\n"
	"\n"
	"  xsplice-release review --mbox 2018-01.mbox --mbox 2018-02.mbox RELEASE-4.9.0..master\n";

static const char lab_help[] =
	"Reads JUnit (.xml), TAP (.tap) and subunit-like (.subunit) results from folders\n"
	"COMMIT/HOST: a matrix, flaky tests, capacity. \"gate COMMIT\" judges each test of\n"
	"gate.require: exit status 0 all passed or waived, 1 one failed, 3 one is not known.\n"
	"\n"
	"  xsplice-release lab --results results --format html >lab.html\n"
	"  xsplice-release lab gate 0123456789ab --results results\n";

static const char update_help[] =
	"Looks in RANGE for each feature of FILE: landed, reverted, landed again, slipped,\n"
	"external. As text it is a mail, as html a road map page. FILE has paragraphs:\n"
	"\n"
	"  Feature: ticket locks for fairness\n"
	"  Area: Hypervisor\n"
	"  State: done\n"
	"  Query: subject:\"ticket lock\" path:xen/common/\n"
	"\n"
	"Exit status 3: what became of a feature is not known.\n";

static const char notes_help[] =
	"Advisories, features (with --features), changes by area and authors of RANGE.\n"
	"\n"
	"  xsplice-release notes RELEASE-4.9.0..RELEASE-4.10.0 --format md\n";

static const char announce_help[] =
	"A mail to announce TAG, release or candidate. Exit status 1: the tag is not signed.\n"
	"\n"
	"  xsplice-release announce RELEASE-4.10.0\n";

static const char advisory_help[] =
	"import  takes advisories (Xen's xsaN.json, OSV, records) into advisory.path; what is\n"
	"        there and was reviewed stays\n"
	"show    branches, commits, first tags of each advisory\n"
	"matrix  all advisories by branch\n"
	"check   whether a tag or branch has every fix; exit status 1: not, 3: not known\n"
	"export  one advisory, or all into --output, as OSV or CSAF 2.0\n"
	"\n"
	"  xsplice-release advisory import xsa155.json\n"
	"  xsplice-release advisory check RELEASE-4.9.1\n"
	"  xsplice-release advisory export csaf --output csaf\n";

static const char livepatch_help[] =
	"matrix  advisory by shipped build: in the build, a live payload, or why there is none\n"
	"gaps    builds without fix and payload, and days from fix to tag and to payload\n"
	"\n"
	"Builds are [build \"NAME\"] of the settings, payloads the files of livepatch.path.\n"
	"Exit status 1: a hole is open, 3: it is not known.\n";

static const char why_help[] =
	"The evidence as a tree, from an advisory down to builds and payloads, or from a\n"
	"build, build-id, tag, commit or payload back to advisories.\n"
	"\n"
	"  xsplice-release why XSA-155\n"
	"  xsplice-release why 39a640e6f141\n";

static const char site_help[] =
	"Schedule, road map, cycles, support windows, advisories, builds and payloads as plain\n"
	"HTML files without script, for any web server. site.features and site.roadmap (a\n"
	"RANGE) in the settings add the road map.\n"
	"\n"
	"  xsplice-release site --output public\n";

static const char feed_help[] =
	"What hosts pull from any static web server: payloads, an index for every shipped\n"
	"build, and signatures over the index (docs/feed-format.md).\n"
	"\n"
	"build  an index of the payloads in the folder livepatch.path, or of those named, for\n"
	"       every [build]; exit status 1: a payload does not fit its row and nothing is\n"
	"       written, 3: for a build neither payload nor reason is known (it is written)\n"
	"sign   adds a signature; several keys, one after the other, make k of n\n"
	"verify signatures, age, replay, and every payload; exit status 1: what is wrong is named\n"
	"show   what it says of all builds, or of one\n"
	"\n"
	"  xsplice-release feed build -c release.conf -o feed --first\n"
	"  xsplice-release feed sign feed --key release@example.org -c release.conf\n"
	"  xsplice-release feed verify feed --keyring keys.gpg --require 2 --state seen\n";

static const char plan_help[] =
	"Writes what a release stands on and what will be done as JSON, for people to read and\n"
	"for `run`: ids, date, files, steps. Exit status 1: a precondition does not hold now.\n"
	"\n"
	"  xsplice-release plan rc 4.10.0-rc1 -o 4.10.0-rc1.plan\n"
	"  xsplice-release plan release 4.10.0 -o 4.10.0.plan\n"
	"  xsplice-release plan branch 4.10 -o branch.plan\n";

static const char run_help[] =
	"Commits, tags, archives, signs as the plan says, and keeps a journal beside it. Killed\n"
	"at any moment it goes on with --resume. A manual step stops it, exit status 1, until\n"
	"a person says --go.\n"
	"\n"
	"  xsplice-release run 4.10.0.plan --dry-run\n"
	"  xsplice-release run 4.10.0.plan\n"
	"  xsplice-release run 4.10.0.plan --resume --go \"Rel Manager\"\n";

static const char verify_help[] =
	"TAG: signature, name, version files, changelog, branch. TARBALL: made again from its\n"
	"tag and compared, its signature, its line in SHA256SUMS. FEED, a folder: as\n"
	"`feed verify`. Exit status 1: one is wrong,\n"
	"3: one cannot be judged, such as a signature without --keyring.\n"
	"\n"
	"  xsplice-release verify RELEASE-4.10.0 --keyring keys.asc\n"
	"  xsplice-release verify xen-4.10.0/xen-4.10.0.tar.xz --keyring keys.asc\n";

static const struct cli_cmd commands[] = {
	{"schedule", "new X.Y --start DATE | check | ics | remind",
	 "dates from rules, checks, calendar and reminders", schedule_help, schedule_options,
	 sizeof(struct schedule_opts), schedule_run},
	{"cycle", "", "planned and actual dates of every series", cycle_help, plain_options,
	 sizeof(struct rel_plain), cycle_run},
	{"update", "RANGE --features FILE", "the development update: mail, list, road map",
	 update_help, update_options, sizeof(struct update_opts), update_run},
	{"freeze", "RANGE", "commits that break the freeze", freeze_help, plain_options,
	 sizeof(struct rel_plain), freeze_run},
	{"review", "RANGE [--mbox FILE...]", "review load, and what nobody reviewed", review_help,
	 review_options, sizeof(struct review_opts), review_run},
	{"backports", "BRANCH", "links to the main branch, delays, missing fixes", backports_help,
	 plain_options, sizeof(struct rel_plain), backports_run},
	{"lab", "[gate COMMIT] --results DIR", "results of the test lab, and what gates a commit",
	 lab_help, lab_options, sizeof(struct lab_opts), lab_run},
	{"changelog", "lint [FILE] | roll X.Y.Z [FILE]",
	 "check the changelog, or close its open section", changelog_help, changelog_options,
	 sizeof(struct changelog_opts), changelog_run},
	{"support", "", "until when each series is supported", support_help, plain_options,
	 sizeof(struct rel_plain), support_run},
	{"lint", "TREE|TAG", "what should not stand in a release", lint_help, lint_options,
	 sizeof(struct lint_opts), lint_run},
	{"plan", "rc|release|point|branch VERSION -o PLAN", "pin what a release will be", plan_help,
	 plan_options, sizeof(struct plan_opts), plan_run},
	{"run", "PLAN [--dry-run] [--until STEP] [--resume] [--go NAME]",
	 "cut a release as planned", run_help, run_options, sizeof(struct run_opts), run_run},
	{"verify", "TAG|TARBALL|FEED", "check what was released", verify_help, verify_options,
	 sizeof(struct verify_opts), verify_run},
	{"notes", "RANGE", "release notes, a draft", notes_help, notes_options,
	 sizeof(struct notes_opts), notes_run},
	{"announce", "TAG", "the announcement of a release or candidate, a draft", announce_help,
	 plain_options, sizeof(struct rel_plain), announce_run},
	{"advisory", "import FILE... | show XSA-N... | matrix | check TAG | export FORM [XSA-N...]",
	 "what became of each advisory on each branch and tag", advisory_help, advisory_options,
	 sizeof(struct advisory_opts), advisory_run},
	{"livepatch", "matrix | gaps", "advisories by shipped build: fix, payload, or neither",
	 livepatch_help, plain_options, sizeof(struct rel_plain), livepatch_run},
	{"why", "OBJECT", "the evidence, from an advisory to a build or back", why_help,
	 plain_options, sizeof(struct rel_plain), why_run},
	{"site", "--output DIR", "all of it as a static web site", site_help, site_options,
	 sizeof(struct site_opts), site_run},
	{"feed",
	 "build -o DIR [PAYLOAD...] | sign DIR --key KEY | verify DIR | show DIR [BUILD-ID]",
	 "payloads and a signed index for hosts to pull", feed_help, feed_options,
	 sizeof(struct feed_opts), feed_run},
	{"stats", "RANGE", "commits, people, companies and lines of a range", stats_help,
	 stats_options, sizeof(struct stats_opts), stats_run},
	{0},
};

const struct cli_prog rel_prog = {
	.name = "xsplice-release",
	.summary = "plan, measure, guard and cut a release from git",
	.cmds = commands,
	.footer =
		"Exit status: 0 all well, 1 findings or a gate that failed, 2 the call is wrong,\n"
		"3 it cannot be determined. Unknown is never a pass.\n",
	.status = rel_status,
};
