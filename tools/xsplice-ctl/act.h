/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * act.h - carry an action out and wait for its result
 */
#ifndef XSPLICE_CTL_ACT_H
#define XSPLICE_CTL_ACT_H

#include "xsplice-ctl/lp.h"

#include <stdbool.h>

enum act {
	ACT_APPLY,
	ACT_REVERT,
	ACT_REPLACE,
	ACT_UNLOAD,
};

struct act_opts {
	uint32_t timeout; /* ns that Xen may take to stop all CPUs; 0: its default */
	unsigned int retries; /* further tries after "busy" */
	bool nodeps; /* apply without regard to what is applied */
};

struct act_result {
	bool changed; /* false: the payload was in that state already */
	unsigned int state; /* enum lp_state after it; 0 after unload */
	unsigned int tries; /* requests made of Xen */
	uint64_t took; /* ns from the first request to the known result */
};

/*
 * Brings payload @name into the state that @act leads to. Already there: nothing is
 * asked of Xen; applied beside others it cannot replace them: ERR_STATE. Anything else that Xen did not do is an error of the kind that
 * explain.h gives; ERR_BUSY also if the result is not known in time.
 */
int act_run(struct lp *lp, enum act act, const char *name, const struct act_opts *o,
	    struct act_result *out, struct err *e);

/*
 * Waits until the action that was begun on @name is over, and reads its status.
 * @timeout: ns that Xen was given for it, 0: its default. The status still says -EAGAIN
 * if it took far longer. Returns 0 or a negative errno value of Xen.
 */
int act_settle(struct lp *lp, const char *name, uint32_t timeout, struct lp_status *st);

/* "applied", "reverted": what is true of the payload after it. */
const char *act_done_word(enum act act);

/*
 * Reads a time for act_opts: "200" (ms), "1.5s" is not known, "500us", "30ms", "2s",
 * "none" or "0" for Xen's default; at most 4294 ms, as Xen has 32 bits of ns.
 */
int act_parse_timeout(const char *text, uint32_t *out, struct err *e);

#endif
