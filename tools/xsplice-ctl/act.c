// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/act.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MS	    1000000ull
#define XEN_DEFAULT (30 * MS)
/* Waiting beyond Xen's own timeout: to be scheduled on a busy host takes a while. */
#define GRACE (10000 * MS)
/* Longest time that somebody else's action can take; after it, it is not going on. */
#define OTHERS_MAX  (4295 * MS + 1000 * MS)
#define PAUSE_FIRST (1 * MS)
#define PAUSE_MAX   (50 * MS)
#define RETRY_FIRST (100 * MS)
#define RETRY_MAX   (5000 * MS)

static const struct row {
	enum op op;
	enum lp_action action;
	unsigned int from; /* enum lp_state that it needs */
	unsigned int to; /* enum lp_state that it leads to; 0: gone */
	const char *done;
} rows[] = {
	[ACT_APPLY] = {OP_APPLY, LP_APPLY, LP_CHECKED, LP_APPLIED, "applied"},
	[ACT_REVERT] = {OP_REVERT, LP_REVERT, LP_APPLIED, LP_CHECKED, "reverted"},
	[ACT_REPLACE] = {OP_REPLACE, LP_REPLACE, LP_CHECKED, LP_APPLIED,
			 "applied in place of all others"},
	[ACT_UNLOAD] = {OP_UNLOAD, LP_UNLOAD, LP_CHECKED, 0, "unloaded"},
};

const char *act_done_word(enum act act)
{
	return rows[act].done;
}

static uint64_t now(const struct lp *lp)
{
	return lp->xen.now(lp->xen.ctx);
}

static void wait_ns(const struct lp *lp, uint64_t ns)
{
	lp->xen.sleep(lp->xen.ctx, ns);
}

/* Reads the status until no action is pending or @limit ns are over. */
static int settle(struct lp *lp, const char *name, uint64_t limit, struct lp_status *st)
{
	uint64_t begun = now(lp);
	uint64_t pause = PAUSE_FIRST;
	int rc;

	for (;;) {
		rc = lp_get(lp, name, st);
		if (rc || st->rc != -EAGAIN || now(lp) - begun >= limit)
			return rc;
		wait_ns(lp, pause);
		pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
	}
}

int act_settle(struct lp *lp, const char *name, uint32_t timeout, struct lp_status *st)
{
	return settle(lp, name, (timeout ? timeout : XEN_DEFAULT) + GRACE, st);
}

/* Counts the other payloads that are applied. */
static int count_others(struct lp *lp, const char *name, size_t *n, struct err *e)
{
	struct lp_list list;
	size_t i;

	*n = 0;
	if (lp_list(lp, &list, e))
		return -1;
	for (i = 0; i < list.n; i++)
		*n += list.v[i].status.state == LP_APPLIED && strcmp(list.v[i].name, name);
	lp_list_free(&list);
	return 0;
}

/* Xen has one EBUSY for "not on top of the stack" and for "later, please". */
static int explain_refusal(struct lp *lp, const struct row *r, const char *name, int rc,
			   struct err *e)
{
	struct err ignored = ERR_INIT;
	size_t n = 0;

	if (r->op == OP_REVERT && rc == -EBUSY && !count_others(lp, name, &n, &ignored) && n > 0)
		return err_set(e, ERR_STATE,
			       "%s: Xen reverts only what was applied last, and %zu other "
			       "payload%s applied: revert those on top of it first (or Xen is busy "
			       "with another action: try again)",
			       name, n, n == 1 ? " is" : "s are");
	return loader_explain(lp, e, r->op, WHEN_ASKED, name, rc);
}

/* One request and its result: 0, or a negative errno value with @when it came. */
static int try_once(struct lp *lp, const struct row *r, const char *name, const struct act_opts *o,
		    struct lp_status *st, enum when *when)
{
	uint32_t flags = o->nodeps && r->op == OP_APPLY ? LP_NODEPS : 0;
	int rc;

	*when = WHEN_ASKED;
	rc = lp_action(lp, name, r->action, o->timeout, flags);
	if (rc || !r->to) {
		*st = (struct lp_status){0};
		return rc;
	}
	rc = act_settle(lp, name, o->timeout, st);
	if (rc)
		return rc;
	*when = WHEN_DONE;
	return st->rc;
}

static uint64_t with_jitter(uint64_t ns)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		r = 0;
	return ns / 2 + (uint64_t)((double)ns * r / 4294967296.0);
}

static int try_all(struct lp *lp, const struct row *r, const char *name, const struct act_opts *o,
		   struct act_result *out, struct err *e)
{
	uint64_t pause = RETRY_FIRST;
	struct lp_status st;
	enum when when;
	int rc;

	for (;;) {
		out->tries++;
		rc = try_once(lp, r, name, o, &st, &when);
		if (rc != -EBUSY || out->tries > o->retries)
			break;
		wait_ns(lp, with_jitter(pause));
		pause = pause * 2 < RETRY_MAX ? pause * 2 : RETRY_MAX;
	}
	out->state = st.state;
	if (rc == -ENOENT && !r->to)
		rc = 0;
	if (rc)
		return when == WHEN_ASKED ? explain_refusal(lp, r, name, rc, e)
					  : loader_explain(lp, e, r->op, when, name, rc);
	if (r->to && st.state != r->to)
		return err_set(e, ERR_STATE,
			       "%s: Xen reports success, but its state is %s: somebody else acts "
			       "on it: see xsplice-ctl list",
			       name, lp_state_name(st.state));
	return 0;
}

/* As judge_state(), of a payload in the state that @r leads to: with others, it has not replaced. */
static int judge_reached(struct lp *lp, const struct row *r, const char *name, struct err *e)
{
	size_t n = 0;

	if (r->op == OP_REPLACE && count_others(lp, name, &n, e))
		return -1;
	if (!n)
		return 1;
	return err_set(e, ERR_STATE,
		       "%s: it is applied itself, and so %s %zu other%s: Xen can only replace by "
		       "one that is not: revert it first",
		       name, n == 1 ? "is" : "are", n, n == 1 ? "" : "s");
}

/* 0: act; 1: nothing to do; -1: it cannot be done from the state it is in. */
static int judge_state(struct lp *lp, const struct row *r, const char *name, int rc,
		       const struct lp_status *st, struct err *e)
{
	if (rc == -ENOENT && !r->to)
		return 1;
	if (rc)
		return explain(e, OP_GET, WHEN_ASKED, name, rc);
	if (r->to && st->state == r->to)
		return judge_reached(lp, r, name, e);
	if (st->state == r->from)
		return 0;
	if (!r->to && st->state == LP_APPLIED)
		return err_set(e, ERR_STATE, "%s: it is applied: revert it first", name);
	return err_set(e, ERR_STATE, "%s: is in state %u, which this program does not know", name,
		       st->state);
}

int act_run(struct lp *lp, enum act act, const char *name, const struct act_opts *o,
	    struct act_result *out, struct err *e)
{
	const struct row *r = &rows[act];
	struct lp_status st = {0};
	uint64_t begun;
	int rc;

	*out = (struct act_result){0};
	if (o->nodeps && !lp->new_layout)
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: --nodeps needs Xen 4.14 or newer: leave it out", name);
	/*
	 * What is still pending after that time is not: Xen may leave the mark
	 * behind when it could not begin an action. It checks for itself anyway.
	 */
	rc = settle(lp, name, OTHERS_MAX, &st);
	switch (judge_state(lp, r, name, rc, &st, e)) {
	case 1:
		out->state = rc ? 0 : st.state;
		return 0;
	case -1:
		return -1;
	}
	begun = now(lp);
	rc = try_all(lp, r, name, o, out, e);
	out->took = now(lp) - begun;
	out->changed = rc == 0;
	return rc;
}

int act_parse_timeout(const char *text, uint32_t *out, struct err *e)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"", MS}, {"ms", MS}, {"s", 1000 * MS}, {"us", 1000}, {"ns", 1}};
	unsigned long long v;
	char *end;
	size_t i;

	*out = 0;
	if (!strcmp(text, "none"))
		return 0;
	errno = 0;
	v = strtoull(text, &end, 10);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].unit))
			break;
	if (*text < '0' || *text > '9' || errno || i == sizeof(units) / sizeof(units[0]))
		return err_set(e, ERR_USAGE,
			       "--timeout: \"%s\" is not a time: give milliseconds, or a unit of "
			       "us, ms or s, or \"none\"",
			       text);
	if (v > UINT32_MAX / units[i].ns)
		return err_set(e, ERR_USAGE,
			       "--timeout: \"%s\" is more than the 4294 ms that Xen can be given",
			       text);
	*out = (uint32_t)(v * units[i].ns);
	return 0;
}
