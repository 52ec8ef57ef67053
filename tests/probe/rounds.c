// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rounds NAME COUNT [late]: applies and reverts the loaded payload NAME, COUNT times,
 * each within one deadline of four seconds and without a second try, while every vCPU
 * of dom0 calls what it patches (XENVER_extraversion) as fast as it can.
 *
 * late: each is first asked for with deadlines that are too short. What Xen refuses then
 * must have changed nothing; a deadline that is long over must be refused.
 */
#include "xsplice-ctl/act.h"
#include "xsplice-ctl/wire.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#define PATIENT 4000000000u
#define LINE	64

struct rounds {
	struct lp lp;
	const char *name;
	bool late;
	char version[LP_APPLIED + 1][LINE]; /* by state: what Xen calls itself then */
	unsigned int tried; /* with a deadline too short */
	unsigned int refused;
};

static unsigned int state_after(enum lp_action a)
{
	return a == LP_APPLY ? LP_APPLIED : LP_CHECKED;
}

/* Is everything as it is in this state? The first time says how that is. */
static int check_state(struct rounds *r, unsigned int state, struct err *e)
{
	struct xen *x = &r->lp.xen;
	char *known = r->version[state];
	char *buf = x->alloc(x->ctx, LINE);
	struct lp_status st = {0};
	int rc = -1;

	if (!buf || lp_get(&r->lp, r->name, &st) ||
	    x->call(x->ctx, HYPERVISOR_XEN_VERSION, XENVER_EXTRAVERSION, (uintptr_t)buf) < 0)
		err_fail(e, "Xen does not answer");
	else if (st.state != state)
		err_fail(e, "state %u, not %u", st.state, state);
	else if (*known && strcmp(known, buf))
		err_fail(e, "in state %u Xen is now \"%s\", not \"%s\"", state, buf, known);
	else
		rc = 0;
	if (!rc)
		memcpy(known, buf, LINE);
	if (buf)
		x->free(x->ctx, buf);
	return rc;
}

/* The result of one request. */
static int request(struct rounds *r, enum lp_action a, uint32_t timeout)
{
	struct lp_status st = {0};
	int rc = lp_action(&r->lp, r->name, a, timeout, 0);

	if (!rc)
		rc = act_settle(&r->lp, r->name, timeout, &st);
	return rc ? rc : st.rc;
}

static int act(struct rounds *r, enum lp_action a, struct err *e)
{
	int rc = request(r, a, PATIENT);

	return rc ? err_fail(e, "action %u: error %d", a, -rc) : check_state(r, state_after(a), e);
}

/* The action before it, in a time too short for it. What it did in time is undone. */
static int act_late(struct rounds *r, enum lp_action a, uint32_t timeout, struct err *e)
{
	enum lp_action undo = a == LP_APPLY ? LP_REVERT : LP_APPLY;
	int rc = request(r, a, timeout);

	r->tried++;
	if (!rc && timeout > 1)
		return check_state(r, state_after(a), e) || act(r, undo, e) ? -1 : 0;
	if (rc != -EBUSY)
		return err_fail(e, "action %u within %u ns: error %d", a, timeout, -rc);
	r->refused++;
	return check_state(r, state_after(undo), e);
}

static int half_round(struct rounds *r, enum lp_action a, struct err *e)
{
	static const uint32_t short_times[] = {1, 10000, 100000, 1000000};
	size_t i;

	for (i = 0; r->late && i < sizeof(short_times) / sizeof(*short_times); i++)
		if (act_late(r, a, short_times[i], e))
			return -1;
	return act(r, a, e);
}

static int run(const char *name, unsigned int count, bool late)
{
	struct rounds r = {.name = name, .late = late};
	struct err e = ERR_INIT;
	unsigned int done = 0;
	int rc = lp_open(&r.lp, &e) || check_state(&r, LP_CHECKED, &e);

	while (!rc && done < count) {
		rc = half_round(&r, LP_APPLY, &e) || half_round(&r, LP_REVERT, &e);
		done += !rc;
	}
	printf("%u rounds\n", done);
	if (late)
		printf("%u of %u refused\n", r.refused, r.tried);
	if (rc)
		fprintf(stderr, "rounds: %s\n", e.text);
	return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
	bool late = argc == 4 && !strcmp(argv[3], "late");
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t children[CPUS_MAX];
	int status;
	int i;

	if ((argc != 3 && !late) || cpus < 1 || cpus > CPUS_MAX) {
		fputs("usage: rounds NAME COUNT [late]\n", stderr);
		return 64;
	}
	for (i = 0; i < cpus; i++) {
		children[i] = fork();
		if (!children[i])
			hammer(i);
	}
	status = run(argv[1], (unsigned int)strtoul(argv[2], NULL, 10), late);
	/* Whoever stopped calling before was no load. */
	for (i = 0; i < cpus; i++)
		if (children[i] < 0 || waitpid(children[i], NULL, WNOHANG)) {
			fputs("rounds: a caller ended early\n", stderr);
			status = 1;
		} else
			kill(children[i], SIGKILL);
	return status;
}
