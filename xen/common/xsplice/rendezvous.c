/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rendezvous.c - all CPUs stand still
 *
 * A CPU stands still in its idle loop: its stack is empty, no code of the hypervisor
 * is half run. A tasklet brings it there. The first to come is the master; the others
 * join it, then turn interrupts off, then wait.
 *
 * Everything is in one word, phase and number of CPUs that joined, so that a CPU can
 * only join a round that is open, and one that is late cannot be counted in a round
 * that has ended. A round that fails leaves no CPU behind: the master waits until all
 * that joined have left, then a timer begins the next try. A try is short, for every
 * CPU that came early stands idle in it; the deadline, which is the caller's, bounds
 * all tries together.
 */
#include <xen/cpu.h>
#include <xen/cpumask.h>
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/notifier.h>
#include <xen/percpu.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/tasklet.h>
#include <xen/timer.h>

#include <asm/atomic.h>
#include <asm/current.h>
#include <asm/processor.h>
#include <asm/system.h>
#include <asm/time.h>

#include "private.h"

#define TRY_MAX   MILLISECS(30)   /* CPUs wait for each other at most so long ... */
#define TRY_AGAIN MILLISECS(2)    /* ... and run so long before they try again */

enum phase {
    CLOSED,    /* no round */
    GATHER,    /* CPUs join, interrupts on */
    STOP,      /* they turn interrupts off */
    LEAVE,     /* the round is over */
};

#define WORD(phase, count)  (((unsigned int)(phase) << 16) | (count))
#define PHASE(word)         ((enum phase)((word) >> 16))
#define COUNT(word)         ((word) & 0xffff)

static struct {
    unsigned int word;          /* phase, CPUs that joined */
    atomic_t left;              /* CPUs that left the round */
    unsigned int master;        /* 1: a CPU leads, or is about to be done */
    bool busy;                  /* from request to done */
    s_time_t deadline;
    int (*act)(void);
    void (*done)(int rc, const struct xsplice_pause *pause);
    struct xsplice_pause pause;
    struct timer again;
} round;

/* CPUs with interrupts off. By one store each: an NMI comes before it or after. */
static bool stopped[NR_CPUS];

static DEFINE_PER_CPU(bool, work);
static DEFINE_PER_CPU(struct tasklet, tasklet);

static void mark(s_time_t *when, unsigned int i)
{
    *when = NOW();
    round.pause.cycles[i] = get_cycles();
}

bool xsplice_has_stopped(unsigned int cpu)
{
    return read_atomic(&stopped[cpu]);
}

static bool all_stopped(unsigned int me, s_time_t limit)
{
    unsigned int cpu;

    for ( cpu = 0; cpu < nr_cpu_ids; cpu++ )
        while ( cpu != me && cpu_online(cpu) && !xsplice_has_stopped(cpu) )
        {
            if ( NOW() > limit )
                return false;
            cpu_relax();
        }

    return true;
}

static bool all_joined(unsigned int want, s_time_t limit)
{
    while ( COUNT(read_atomic(&round.word)) != want )
    {
        if ( NOW() > limit )
            return false;
        cpu_relax();
    }

    return true;
}

/* Lets the CPUs go; the number of those that joined. */
static unsigned int release(void)
{
    return COUNT(xchg(&round.word, WORD(LEAVE, 0)));
}

/* Returns when every CPU that joined has left the round. */
static void await_left(unsigned int joined)
{
    while ( atomic_read(&round.left) != joined )
        cpu_relax();
    write_atomic(&round.word, WORD(CLOSED, 0));
}

static void close_round(void)
{
    await_left(release());
}

static void open_round(void)
{
    memset(stopped, 0, sizeof(stopped));
    atomic_set(&round.left, 0);
    smp_wmb();                  /* before CPUs join: pairs with their cmpxchg */
    write_atomic(&round.word, WORD(GATHER, 0));
}

static void call_others(unsigned int me)
{
    unsigned int cpu;

    for_each_online_cpu ( cpu )
        if ( cpu != me )
            tasklet_schedule_on_cpu(&per_cpu(tasklet, cpu), cpu);
}

/*
 * All CPUs have joined: stop them, act, let them go. The caller holds the map of CPUs.
 * -EAGAIN: one did not stop in time.
 */
static int stop_and_act(unsigned int me, unsigned int others, s_time_t limit)
{
    unsigned int joined;
    unsigned long flags;
    int rc = -EAGAIN;

    arch_xsplice_hold_nmis();
    write_atomic(&round.word, WORD(STOP, others));
    if ( !all_stopped(me, limit) )
    {
        arch_xsplice_let_nmis();
        close_round();
        return rc;
    }

    local_irq_save(flags);
    mark(&round.pause.stopped, 1);
    rc = round.act();
    mark(&round.pause.acted, 2);
    arch_xsplice_sync();
    arch_xsplice_let_nmis();
    joined = release();
    mark(&round.pause.released, 3);
    local_irq_restore(flags);
    await_left(joined);

    return rc;
}

/* One try. -EAGAIN: CPUs did not come together. */
static int try_round(unsigned int me)
{
    s_time_t now = NOW();
    s_time_t limit = min(round.deadline, now + TRY_MAX);
    unsigned int others;
    int rc = -EAGAIN;

    /* Too late already: nobody is stopped for it. */
    if ( now > round.deadline || !get_cpu_maps() )
        return rc;

    others = num_online_cpus() - 1;
    round.pause.attempts++;
    mark(&round.pause.waiting, 0);
    open_round();
    call_others(me);

    if ( all_joined(others, limit) )
        rc = stop_and_act(me, others, limit);
    else
        close_round();

    put_cpu_maps();

    return rc;
}

static void lead(unsigned int me)
{
    int rc = try_round(me);
    bool try_again = rc == -EAGAIN && NOW() < round.deadline;

    if ( !try_again )
    {
        /* Before done: whoever sees there that it is over may ask for the next at once. */
        write_atomic(&round.busy, false);
        round.done(rc == -EAGAIN ? -EBUSY : rc, &round.pause);
    }

    smp_mb();                   /* all of this before another CPU leads */
    write_atomic(&round.master, 0);

    /* After it: were the timer first, the CPU that it calls could find a master. */
    if ( try_again )
        set_timer(&round.again, NOW() + TRY_AGAIN);
}

/* Joins the round if it is open. */
static bool join(void)
{
    unsigned int word = read_atomic(&round.word);

    while ( PHASE(word) == GATHER )
    {
        unsigned int seen = cmpxchg(&round.word, word, word + 1);

        if ( seen == word )
            return true;
        word = seen;
    }

    return false;
}

static void follow(void)
{
    unsigned long flags;

    if ( !join() )
        return;

    while ( PHASE(read_atomic(&round.word)) == GATHER )
        cpu_relax();

    local_irq_save(flags);
    if ( PHASE(read_atomic(&round.word)) == STOP )
    {
        write_atomic(&stopped[smp_processor_id()], true);
        while ( PHASE(read_atomic(&round.word)) == STOP )
            cpu_relax();
        arch_xsplice_sync();
    }
    atomic_inc(&round.left);
    local_irq_restore(flags);
}

/*
 * Called by the idle loop, and by assembler wherever a stack has just been reset
 * (asm/current.h): must be cheap when there is nothing to do, and may do something
 * only when idle.
 */
void check_for_livepatch_work(void)
{
    unsigned int cpu = smp_processor_id();

    if ( likely(!per_cpu(work, cpu)) )
        return;
    if ( system_state != SYS_STATE_active ||
         !is_idle_domain(current->sched_unit->domain) )
        return;

    per_cpu(work, cpu) = false;
    if ( !read_atomic(&round.busy) )
        return;
    smp_rmb();                  /* pairs with the barrier in xsplice_rendezvous() */

    /* A round that is open has a master: join it. Else the first to come leads. */
    if ( PHASE(read_atomic(&round.word)) == CLOSED &&
         !cmpxchg(&round.master, 0, 1) )
        lead(cpu);
    else
        follow();
}

static void cf_check bring(void *unused)
{
    this_cpu(work) = true;
}

static void cf_check start_again(void *unused)
{
    tasklet_schedule_on_cpu(&this_cpu(tasklet), smp_processor_id());
}

int xsplice_rendezvous(s_time_t deadline, int (*act)(void),
                       void (*done)(int rc, const struct xsplice_pause *pause))
{
    ASSERT(spin_is_locked(&xsplice_lock));

    if ( round.busy )
        return -EBUSY;

    /* The last round's master may have some instructions to go. */
    while ( read_atomic(&round.master) )
        cpu_relax();

    round.deadline = deadline;
    round.act = act;
    round.done = done;
    memset(&round.pause, 0, sizeof(round.pause));
    smp_wmb();                  /* pairs with the barrier in check_for_livepatch_work() */
    write_atomic(&round.busy, true);
    tasklet_schedule_on_cpu(&this_cpu(tasklet), smp_processor_id());

    return 0;
}

static int cf_check cpu_callback(struct notifier_block *nfb, unsigned long action,
                                 void *hcpu)
{
    unsigned int cpu = (unsigned long)hcpu;

    if ( action == CPU_UP_PREPARE )
        tasklet_init(&per_cpu(tasklet, cpu), bring, NULL);

    return NOTIFY_DONE;
}

static struct notifier_block cpu_nfb = {
    .notifier_call = cpu_callback
};

static int __init cf_check rendezvous_init(void)
{
    unsigned int cpu;

    for_each_online_cpu ( cpu )
        cpu_callback(&cpu_nfb, CPU_UP_PREPARE, (void *)(unsigned long)cpu);
    register_cpu_notifier(&cpu_nfb);
    init_timer(&round.again, start_again, NULL, 0);

    return 0;
}
__initcall(rendezvous_init);

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
