// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words and exit status here are those that scripts know from Xen's own tool, as
 * of Xen 4.17; see "CALLED AS xen-livepatch" in the man page for what differs.
 */
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/name.h"
#include "xsplice-ctl/trust.h"
#include "xsplice-ctl/wire.h"
#include "common/mem.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_NS 30000000u
#define UNSPECIFIC (-1) /* a failure without an errno value */

/* What a command is called with; each returns 0, an errno value or UNSPECIFIC. */
struct call {
	struct lp *lp;
	int argc;
	char **argv;
};

static const char usage[] =
	"xen-livepatch: live patching tool\n"
	"Usage: xen-livepatch <command> [args] [command-flags]\n"
	" <name> An unique name of payload. Up to 128 characters.\n"
	"Commands:\n"
	"  help                   display this help\n"
	"  upload <name> <file>   upload file <file> with <name> name\n"
	"  list                   list payloads uploaded.\n"
	"  apply <name> [flags]   apply <name> patch.\n"
	"    Supported flags:\n"
	"      --nodeps           Disable inter-module buildid dependency check.\n"
	"                         Check only against hypervisor buildid.\n"
	"  revert <name>          revert name <name> patch.\n"
	"  replace <name>         apply <name> patch and revert all others.\n"
	"  unload <name>          unload name <name> patch.\n"
	"  load <file> [flags]    upload and apply <file> with name as the <file> name\n"
	"    Supported flags:\n"
	"      --nodeps           Disable inter-module buildid dependency check.\n"
	"                         Check only against hypervisor buildid.\n";

static int show_usage(void)
{
	fputs(usage, stderr);
	return UNSPECIFIC;
}

/* Says the number and text of @errnum, and returns it. */
static int show_error(int errnum)
{
	fprintf(stderr, "Error %d: %s\n", errnum, strerror(errnum));
	return errnum;
}

static int failed(int errnum)
{
	printf("failed\n");
	return show_error(errnum);
}

static int compat_help(const struct call *c)
{
	(void)c;
	show_usage();
	return 0;
}

/* All strings in one line, with semicolons between. */
static void print_metadata(const struct lp_entry *p)
{
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < p->metadata_len; i++) {
		if (p->metadata[i])
			strbuf_add_escaped(&b, (const char *)p->metadata + i, 1);
		else if (i + 1 < p->metadata_len)
			strbuf_addc(&b, ';');
	}
	printf("%s\n", b.data ? b.data : "");
	strbuf_free(&b);
}

static void print_entry(const struct lp_entry *p)
{
	struct strbuf name = {0};

	strbuf_adds(&name, "");
	strbuf_add_escaped(&name, p->name, strlen(p->name));
	printf("%-40s| %s", name.data, lp_state_name(p->status.state));
	if (p->status.rc)
		printf(" (%d, %s)", -p->status.rc, strerror(-p->status.rc));
	printf("    | ");
	print_metadata(p);
	strbuf_free(&name);
}

static int compat_list(const struct call *c)
{
	struct err e = ERR_INIT;
	struct lp_list list;
	size_t i;
	int rc;

	if (c->argc)
		return show_usage();
	rc = lp_list_possible(c->lp);
	if (rc) {
		fprintf(stderr, "Failed to get list sizes.\n");
		return show_error(-rc);
	}
	if (lp_list(c->lp, &list, &e)) {
		fprintf(stderr, "Failed to list: %s\n", e.text);
		return e.kind == ERR_BUSY ? EBUSY : EIO;
	}
	if (!list.n)
		printf("Nothing to list\n");
	else
		printf(" ID                                     | status     | metadata\n"
		       "----------------------------------------+------------+---------------\n");
	for (i = 0; i < list.n; i++)
		print_entry(&list.v[i]);
	lp_list_free(&list);
	return 0;
}

static int check_name(const char *name)
{
	if (strlen(name) <= LP_NAME_MAX)
		return 0;
	fprintf(stderr, "ID must be no more than %d characters.\n", LP_NAME_MAX);
	return EINVAL;
}

static int read_all(int fd, unsigned char *to, size_t size)
{
	size_t at = 0;

	while (at < size) {
		ssize_t n = read(fd, to + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : EIO;
		at += (size_t)n;
	}
	return 0;
}

static int cannot(const char *what, const char *path, int errnum)
{
	fprintf(stderr, "Could not %s %s.\n", what, path);
	return show_error(errnum);
}

/* The errors are those of mapping the file, which that tool does. */
static int read_file(const char *path, struct file_data *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0)
		return cannot("open", path, errno);
	rc = fstat(fd, &st) ? errno : 0;
	if (rc) {
		cannot("get size of", path, rc);
	} else if (!S_ISREG(st.st_mode) || !st.st_size) {
		rc = cannot("map", path, S_ISREG(st.st_mode) ? EINVAL : ENODEV);
	} else {
		out->size = st.st_size > LP_PAYLOAD_MAX ? LP_PAYLOAD_MAX + 1 : (size_t)st.st_size;
		out->data = mem_zalloc(out->size, 1);
		rc = out->size > LP_PAYLOAD_MAX ? 0 : read_all(fd, out->data, out->size);
		if (rc)
			cannot("map", path, rc);
	}
	close(fd);
	return rc;
}

/* That tool verifies nothing; where the host has a keyring, this one does. */
static int verify(const char *path, const struct file_data *file)
{
	struct trust_result r = {0};
	struct trust t = {0};
	struct err e = ERR_INIT;
	int rc = trust_installed(&t.keyring, &e);

	t.no_verify = !t.keyring;
	if (!rc)
		rc = trust_check(&t, path, file, &r, &e);
	trust_result_free(&r);
	if (!rc)
		return 0;
	fprintf(stderr, "%s\n", e.text);
	return show_error(EKEYREJECTED);
}

static int upload(struct lp *lp, const char *name, const char *path)
{
	struct file_data file = {0};
	int rc = check_name(name);

	if (!rc)
		rc = read_file(path, &file);
	if (!rc)
		rc = verify(path, &file);
	if (!rc) {
		printf("Uploading %s... ", path);
		rc = -lp_upload(lp, name, file.data, file.size);
		if (rc)
			failed(rc);
		else
			printf("completed\n");
	}
	free(file.data);
	return rc;
}

static int compat_upload(const struct call *c)
{
	return c->argc == 2 ? upload(c->lp, c->argv[0], c->argv[1]) : show_usage();
}

/* Indexed by enum lp_action. */
static const struct action {
	const char *name;
	const char *verb;
	unsigned int from;
	int to; /* enum lp_state, or a negative errno value of asking for it */
} actions[] = {
	[LP_UNLOAD] = {"unload", "Unloading", LP_CHECKED, -ENOENT},
	[LP_REVERT] = {"revert", "Reverting", LP_APPLIED, LP_CHECKED},
	[LP_APPLY] = {"apply", "Applying", LP_CHECKED, LP_APPLIED},
	[LP_REPLACE] = {"replace", "Replacing all live patches with", LP_CHECKED, LP_APPLIED},
};

static int parse_flags(const struct call *c, enum lp_action action, uint32_t *flags)
{
	int i;

	*flags = 0;
	for (i = 1; i < c->argc; i++) {
		if (action != LP_APPLY || strcmp(c->argv[i], "--nodeps")) {
			fprintf(stderr, "Unsupported flag: %s.\n", c->argv[i]);
			return EINVAL;
		}
		*flags |= LP_NODEPS;
	}
	return 0;
}

static int wrong_state(const char *name, unsigned int is, unsigned int wanted)
{
	fprintf(stderr, "%s is in the wrong state.\nCurrent state: %s\nExpected state: %s\n", name,
		lp_state_name(is), lp_state_name(wanted));
	return UNSPECIFIC;
}

static int show_result(const struct action *a, const char *name, int rc, const struct lp_status *st)
{
	if (!rc)
		rc = st->rc ? st->rc : (int)st->state;
	if (rc == -EAGAIN) {
		printf("failed\n");
		fprintf(stderr, "Operation didn't complete.\n");
		return EAGAIN;
	}
	if (rc == a->to) {
		printf("completed\n");
		return 0;
	}
	if (rc < 0)
		return failed(-rc);
	printf("failed\n");
	return wrong_state(name, st->state, (unsigned int)a->to);
}

static int act(const struct call *c, enum lp_action action)
{
	const struct action *a = &actions[action];
	const char *name = c->argv[0];
	struct lp_status st;
	uint32_t flags;
	int rc;

	if (c->argc < 1)
		return show_usage();
	if (check_name(name) || parse_flags(c, action, &flags))
		return EINVAL;
	rc = lp_get(c->lp, name, &st);
	if (rc) {
		fprintf(stderr, "Failed to get status of %s.\n", name);
		return show_error(-rc);
	}
	if (st.rc == -EAGAIN) {
		fprintf(stderr, "Cannot execute %s.\nOperation already in progress.\n", a->name);
		return EAGAIN;
	}
	if ((int)st.state == a->to) {
		printf("No action needed.\n");
		return 0;
	}
	if (st.state != a->from)
		return wrong_state(name, st.state, a->from);
	printf("%s %s... ", a->verb, name);
	rc = lp_action(c->lp, name, action, TIMEOUT_NS, flags);
	if (rc)
		return failed(-rc);
	rc = act_settle(c->lp, name, TIMEOUT_NS, &st);
	return show_result(a, name, rc, &st);
}

static int compat_apply(const struct call *c)
{
	return act(c, LP_APPLY);
}

static int compat_revert(const struct call *c)
{
	return act(c, LP_REVERT);
}

static int compat_unload(const struct call *c)
{
	return act(c, LP_UNLOAD);
}

static int compat_replace(const struct call *c)
{
	return act(c, LP_REPLACE);
}

static int compat_load(const struct call *c)
{
	autofree char *name = NULL;
	autofree char **argv = NULL;
	struct call apply = *c;
	int rc;

	if (c->argc < 1)
		return show_usage();
	name = name_of_file(c->argv[0]);
	rc = upload(c->lp, name, c->argv[0]);
	if (rc)
		return rc;
	argv = mem_dup(c->argv, (size_t)c->argc * sizeof(*argv));
	argv[0] = name;
	apply.argv = argv;
	rc = act(&apply, LP_APPLY);
	if (rc) {
		apply.argc = 1;
		act(&apply, LP_UNLOAD);
	}
	return rc;
}

/* In this order, as the beginning of a name is enough and the first one counts. */
static const struct {
	const char *name;
	int (*run)(const struct call *c);
} commands[] = {
	{"help", compat_help},	   {"list", compat_list},	{"upload", compat_upload},
	{"load", compat_load},	   {"apply", compat_apply},	{"revert", compat_revert},
	{"unload", compat_unload}, {"replace", compat_replace},
};

static int exit_status(int rc)
{
	if (!rc)
		return 0;
	return rc == EAGAIN || rc == EBUSY ? 2 : 1;
}

int compat_main(int argc, char **argv)
{
	size_t n = sizeof(commands) / sizeof(commands[0]);
	struct err e = ERR_INIT;
	struct lp lp;
	size_t i;
	int rc;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc <= 1) {
		show_usage();
		return 0;
	}
	for (i = 0; i < n; i++)
		if (text_starts(commands[i].name, argv[1]))
			break;
	if (i == n) {
		fprintf(stderr, "Unrecognised command '%s' -- try 'xen-livepatch help'\n", argv[1]);
		return 1;
	}
	if (lp_connect(&lp, &e)) {
		fprintf(stderr, "failed to get the handler\n");
		return 0;
	}
	(void)lp_negotiate(&lp, &e);
	rc = commands[i].run(&(struct call){&lp, argc - 2, argv + 2});
	lp_close(&lp);
	return exit_status(rc);
}
