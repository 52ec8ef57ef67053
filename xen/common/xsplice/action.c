/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * action.c - apply, revert, replace
 *
 * Before the pause: the plan, the alias of the text, the hook that may refuse. In the
 * pause: the plan's steps, nothing else. After it: states, the hook that follows,
 * the journal and the console.
 */
#include <xen/errno.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>

#include "private.h"

/* What goes on, from the request to the end; rendezvous.c allows one at a time. */
static struct {
    struct xsp_module *module;   /* NULL: nothing */
    struct xsp_plan plan;
    struct xsplice_map map;
    bool with_hooks;             /* in the pause */
    bool unsafe;                 /* a guest's CPU sleeps where it may come back */
    bool acted;                  /* the steps were carried out */
    bool pre_done;               /* there is a hook before, it ran and agreed */
} now;

bool xsplice_is_busy(const struct xsp_module *m)
{
    return now.module == m;
}

/* --- in the pause --------------------------------------------------------------- */

/* -EAGAIN is for what has not ended; of a hook it would say that for ever. */
static int final(int rc)
{
    return rc == -EAGAIN ? -EBUSY : rc;
}

/* Hooks may use locks that are taken with interrupts on elsewhere. */
static void call_void(unsigned long addr)
{
    void (*fn)(void) = (void *)addr;

    spin_debug_disable();
    fn();
    spin_debug_enable();
}

static bool all_in_state(const struct payload *p, livepatch_func_state_t state)
{
    unsigned int i;

    for ( i = 0; i < p->nfuncs; i++ )
        if ( p->fstate[i].applied != state )
            return false;

    return true;
}

/*
 * A hook that acts itself says in fstate what it did. If that is neither all nor
 * nothing, nobody knows what runs now.
 */
static int call_act(unsigned long addr, struct xsp_module *m, bool apply)
{
    livepatch_actioncall_t *fn = (void *)addr;
    struct payload *p = &payload_of(m)->abi;
    int rc = fn(p);

    if ( !all_in_state(p, apply == !rc ? LIVEPATCH_FUNC_APPLIED
                                       : LIVEPATCH_FUNC_NOT_APPLIED) )
        panic(XSPLICE "%s: its hook left it half %s\n", m->name,
              apply ? "applied" : "reverted");

    return final(rc);
}

static int do_step(const struct xsp_step *s, unsigned int i)
{
    switch ( s->kind )
    {
    case XSP_WRITE:
        arch_xsplice_write(now.map.write[i], s->addr, xsp_step_new(&now.plan, s),
                           s->size);
        return 0;

    case XSP_CALL:
        call_void(s->addr);
        return 0;

    case XSP_ACT:
        return call_act(s->addr, s->module, now.plan.action != XSP_REVERT);
    }

    return -EINVAL;
}

/* An XSP_ACT is always a plan's only step: nothing needs to be undone. */
static int do_steps(void)
{
    unsigned int i;
    int rc = 0;

    if ( now.with_hooks )
        arch_xsplice_relax();
    for ( i = 0; i < now.plan.nsteps && !rc; i++ )
        rc = do_step(&now.plan.steps[i], i);
    if ( now.with_hooks )
        arch_xsplice_tighten();

    return rc;
}

/* A sleeper's stack may lead into what is reverted, too, and then unloaded. */
static int cf_check act(void)
{
    int rc = arch_xsplice_safe();

    now.unsafe = rc;
    if ( rc )
        return rc;
    if ( !xsp_plan_holds(&xsplice_loader, &now.plan) )
        return -EINVAL;

    now.acted = true;

    return do_steps();
}

/* --- before and after --------------------------------------------------------------- */

static void *pointer_of(const struct xsp_module *m, enum xsp_hook h)
{
    return m->hooks[h].addr ? *(void **)m->hooks[h].addr : NULL;
}

static int call_pre(struct xsp_module *m, enum xsp_action action)
{
    livepatch_precall_t *fn = NULL;
    int rc = 0;

    if ( action == XSP_APPLY )
        fn = pointer_of(m, XSP_HOOK_PREAPPLY);
    else if ( action == XSP_REVERT )
        fn = pointer_of(m, XSP_HOOK_PREREVERT);
    if ( fn )
        rc = final(fn(&payload_of(m)->abi));
    if ( rc )
        printk(XENLOG_ERR XSPLICE "%s: its hook refuses: %d\n", m->name, rc);
    now.pre_done = fn && !rc;

    return rc;
}

/*
 * The hook after an action that was carried out, as in Xen; and after one that was
 * not, if the hook before had run: what that one has prepared must not stay.
 */
static void call_post(struct xsp_module *m, enum xsp_action action)
{
    livepatch_postcall_t *fn = NULL;

    if ( action == XSP_APPLY )
        fn = pointer_of(m, XSP_HOOK_POSTAPPLY);
    else if ( action == XSP_REVERT )
        fn = pointer_of(m, XSP_HOOK_POSTREVERT);
    if ( fn && (now.acted || now.pre_done) )
        fn(&payload_of(m)->abi);
}

static void record(struct xsp_module *m, enum xsp_action action, int rc,
                   enum xsp_code code, uint64_t pause)
{
    struct xsp_event e = {
        .operation = action,
        .result = rc,
        .code = code,
        .pause = pause,
        .name = m->name,
        .module = m,
    };

    xsplice_record(&e);
}

static void report(const struct xsp_module *m, enum xsp_action action, int rc,
                   const struct xsplice_pause *p)
{
    static const char *const verbs[] = {
        [XSP_REVERT] = "reverted",
        [XSP_APPLY] = "applied",
        [XSP_REPLACE] = "replaced all others",
    };

    if ( rc && !now.acted )
        printk(XENLOG_ERR XSPLICE "%s: not %s: %s (%u tries)\n", m->name, verbs[action],
               now.unsafe ? "a guest's CPU sleeps in the hypervisor"
               : rc == -EBUSY ? "CPUs did not come together in time"
                              : "the hypervisor's code has changed", p->attempts);
    else if ( rc )
        printk(XENLOG_ERR XSPLICE "%s: not %s: its hook says %d\n", m->name,
               verbs[action], rc);
    else
        printk(XENLOG_INFO XSPLICE "%s: %s, %u functions; CPUs waited %"PRI_stime
               " ns, stood still %"PRI_stime" ns\n", m->name, verbs[action],
               m->npatches, p->released - p->waiting, p->released - p->stopped);
    printk(XENLOG_DEBUG XSPLICE "cycles: stopped %"PRIu64", acted %"PRIu64
           ", released %"PRIu64", tries %u\n", p->cycles[1] - p->cycles[0],
           p->cycles[2] - p->cycles[1], p->cycles[3] - p->cycles[2], p->attempts);
}

/* Frees what the action needed. */
static void clean_up(void)
{
    arch_xsplice_unmap(&now.map);
    xsp_plan_free(&xsplice_loader, &now.plan);
    now.module = NULL;
}

/* The states that the applied payloads have now, for hooks and LIST. */
static void sync_all(void)
{
    struct xsp_module *m;

    for ( m = xsplice_loader.first; m; m = m->next )
        xsplice_sync_abi(m);
}

/*
 * In the idle loop no softirq runs. Who has the lock may wait for one here: to unload is
 * to wait for RCU on every CPU.
 */
static void lock_in_idle(void)
{
    while ( !spin_trylock(&xsplice_lock) )
    {
        process_pending_softirqs();
        cpu_relax();
    }
}

/*
 * All CPUs run again. Runs in the idle loop of the CPU that acted; the hook is called
 * without the lock, as in Xen, while no other action can begin.
 */
static void cf_check done(int rc, const struct xsplice_pause *pause)
{
    struct xsp_module *m = now.module;
    enum xsp_action action = now.plan.action;

    lock_in_idle();
    if ( !rc )
    {
        xsp_plan_commit(&xsplice_loader, &now.plan);
        sync_all();
    }
    payload_of(m)->abi.rc = rc;
    spin_unlock(&xsplice_lock);

    call_post(m, action);

    lock_in_idle();
    report(m, action, rc, pause);
    record(m, action, rc, XSP_OK,
           now.acted ? pause->released - pause->stopped : 0);
    clean_up();
    m->rc = rc;
    spin_unlock(&xsplice_lock);
}

static bool has_hooks(const struct xsp_plan *plan)
{
    unsigned int i;

    for ( i = 0; i < plan->nsteps; i++ )
        if ( plan->steps[i].kind != XSP_WRITE )
            return true;

    return false;
}

static int begin(struct xsp_module *m, enum xsp_action action, s_time_t deadline)
{
    int rc = arch_xsplice_map(&now.map, &now.plan);

    if ( rc )
        return rc;
    now.with_hooks = has_hooks(&now.plan);
    now.unsafe = false;
    now.acted = false;
    rc = call_pre(m, action);
    if ( rc )
        return rc;
    now.module = m;
    m->rc = -EAGAIN;
    rc = xsplice_rendezvous(NOW() + (deadline ?: MILLISECS(30)), act, done);
    if ( rc )
    {
        payload_of(m)->abi.rc = rc;
        call_post(m, action);
    }

    return rc;
}

int xsplice_act(struct xsp_module *m, enum xsp_action action, unsigned int flags,
                s_time_t deadline)
{
    /* Too large for the stack; under the lock. */
    static struct xsp_cause cause;
    int rc;

    ASSERT(spin_is_locked(&xsplice_lock));

    if ( now.module )
        return -EBUSY;

    memset(&cause, 0, sizeof(cause));
    if ( xsp_plan_make(&xsplice_loader, m, action, flags, &now.plan, &cause) )
    {
        rc = -xsplice_errno(cause.code);
        xsplice_complain(m->name, &cause);
        record(m, action, rc, cause.code, 0);
        return rc;
    }
    if ( now.plan.nothing )
    {
        clean_up();
        return 0;
    }

    rc = begin(m, action, deadline);
    if ( rc )
    {
        clean_up();
        m->rc = rc;
        record(m, action, rc, XSP_OK, 0);
    }

    return rc;
}

/* --- what one of Xen's test payloads calls from a hook ------------------------------- */

/* Restores the functions at once, whatever other CPUs do: see private.h, relax. */
int revert_payload(struct payload *p)
{
    struct xsp_module *m = container_of(p, struct xsplice_payload, abi)->module;
    unsigned int i;

    arch_xsplice_relax();
    for ( i = 0; i < m->npatches; i++ )
        if ( p->fstate[i].applied == LIVEPATCH_FUNC_APPLIED )
        {
            const struct xsp_patch *patch = &m->patches[i];

            arch_xsplice_write((uint8_t *)patch->addr, patch->addr, patch->saved,
                               patch->size);
            p->fstate[i].applied = LIVEPATCH_FUNC_NOT_APPLIED;
        }
    arch_xsplice_tighten();
    arch_xsplice_sync();

    return 0;
}

void revert_payload_tail(struct payload *p)
{
    struct xsp_plan plan = {
        .action = XSP_REVERT,
        .module = container_of(p, struct xsplice_payload, abi)->module,
    };

    xsp_plan_commit(&xsplice_loader, &plan);
    xsplice_sync_abi(plan.module);
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
