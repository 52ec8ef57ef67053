// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tells whether the running Xen has XSA-506 (CVE-2026-62433).
 *
 * The device-model hypercall is made with no buffers, for a domain id that
 * Xen never gives out.  A fixed Xen counts the buffers first and answers
 * ENODATA; a vulnerable one goes for the domain and answers ESRCH.  Either
 * way the call ends before a buffer would be used: the probe is harmless.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <xen/xen.h>
#include <xencall.h>

#define PROG "dm-op-probe"

/* Exit statuses, as printed by --help. */
enum verdict {
	VERDICT_FIXED = 0,
	VERDICT_VULNERABLE = 1,
	VERDICT_UNKNOWN = 2,
	VERDICT_USAGE = 64,
};

static const char help[] =
	"usage: " PROG " [--help]\n"
	"Tells whether the running Xen has XSA-506 (CVE-2026-62433): dm_op does\n"
	"not check that the caller passed a buffer.  Run it as root in dom0.\n"
	"\n"
	"Prints one line, which begins with FIXED, VULNERABLE or UNKNOWN.\n"
	"Exit status: 0 fixed, 1 vulnerable, 2 cannot tell, 64 usage.\n";

static enum verdict unknown(const char *what, int err, const char *todo)
{
	printf("UNKNOWN\n");
	fprintf(stderr, PROG ": %s: %s: %s\n", what, strerror(err), todo);
	return VERDICT_UNKNOWN;
}

/* Returns 0 or the positive errno that Xen answered with. */
static int call_without_buffers(xencall_handle *xcall)
{
	if (xencall3(xcall, __HYPERVISOR_dm_op, DOMID_INVALID, 0, 0) >= 0)
		return 0;
	return errno;
}

static enum verdict judge(int err)
{
	switch (err) {
	case ENODATA:
		printf("FIXED (ENODATA: %s)\n", strerror(err));
		return VERDICT_FIXED;
	case ESRCH:
		printf("VULNERABLE (ESRCH: %s)\n", strerror(err));
		return VERDICT_VULNERABLE;
	case 0:
		return unknown("dm_op", err, "neither answer that is expected");
	case ENOSYS:
		return unknown("dm_op", err, "this Xen is built without device models");
	default:
		return unknown("dm_op", err, "run as root in dom0");
	}
}

static enum verdict probe(void)
{
	xencall_handle *xcall = xencall_open(NULL, 0);
	int err;

	if (!xcall)
		return unknown("hypercall device", errno,
			       "run as root in dom0, with xen-privcmd loaded");
	err = call_without_buffers(xcall);
	xencall_close(xcall);
	return judge(err);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return VERDICT_FIXED;
	}
	if (argc > 1) {
		fputs(help, stderr);
		return VERDICT_USAGE;
	}
	return probe();
}
