// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rounds NAME COUNT: applies and reverts the loaded payload NAME, COUNT times, each
 * within one deadline of four seconds and without a second try, while every vCPU of
 * dom0 calls what it patches (XENVER_extraversion) as fast as it can.
 */
#include "xsplice-ctl/act.h"
#include "xsplice-ctl/wire.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUS_MAX 64

/* Never returns. Ends with the process that made it. */
static void hammer(int cpu)
{
	struct err e = ERR_INIT;
	cpu_set_t set;
	struct xen x;
	void *buf;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || xen_open(&x, &e))
		_exit(1);
	buf = x.alloc(x.ctx, 64);
	while (buf)
		if (x.call(x.ctx, HYPERVISOR_XEN_VERSION, XENVER_EXTRAVERSION, (uintptr_t)buf) < 0)
			break;
	_exit(1);
}

static int run(const char *name, unsigned int count)
{
	const struct act_opts o = {.timeout = 4000000000u};
	struct err e = ERR_INIT;
	struct act_result r;
	struct lp lp;
	unsigned int i;
	int rc = lp_open(&lp, &e);

	for (i = 0; !rc && i < count; i++)
		rc = act_run(&lp, ACT_APPLY, name, &o, &r, &e) ||
		     act_run(&lp, ACT_REVERT, name, &o, &r, &e);
	printf("%u rounds\n", rc ? i - 1 : i);
	if (rc)
		fprintf(stderr, "rounds: %s\n", e.text);
	return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t children[CPUS_MAX];
	int status;
	int i;

	if (argc != 3 || cpus < 1 || cpus > CPUS_MAX) {
		fputs("usage: rounds NAME COUNT\n", stderr);
		return 64;
	}
	for (i = 0; i < cpus; i++) {
		children[i] = fork();
		if (!children[i])
			hammer(i);
	}
	status = run(argv[1], (unsigned int)strtoul(argv[2], NULL, 10));
	/* Whoever stopped calling before was no load. */
	for (i = 0; i < cpus; i++)
		if (children[i] < 0 || waitpid(children[i], NULL, WNOHANG)) {
			fputs("rounds: a caller ended early\n", stderr);
			status = 1;
		} else
			kill(children[i], SIGKILL);
	return status;
}
