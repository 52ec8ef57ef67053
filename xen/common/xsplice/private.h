/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private.h - the map of the loader: what its files share
 *
 * The core (core/, the same files as in the tools) decides; the files here give it
 * memory, symbols and keys, stop the CPUs, write, and speak to dom0:
 *
 *   sysctl.c      Xen's operations and ours, from and to the caller's memory
 *   load.c        a payload's life: upload, memory, permissions, unload
 *   action.c      apply, revert, replace: plan, hooks, what happens in the pause
 *   rendezvous.c  all CPUs stand still, within a deadline
 *   host.c        struct xsp_host: symbols, text, clock; policy and boot option
 *   show.c        console key, errors and foreign text on the console
 *   ../../arch/x86/xsplice.c   writing to text, NMIs, page permissions
 *
 * One lock, xsplice_lock, is held around all that reads or changes the loader. Only
 * the pause runs without it: nothing else can run then.
 */
#ifndef XSPLICE_PRIVATE_H
#define XSPLICE_PRIVATE_H

#include <xen/list.h>
#include <xen/livepatch.h>
#include <xen/livepatch_payload.h>
#include <xen/spinlock.h>
#include <xen/time.h>

#include "xsplice/hypercall.h"
#include "xsplice/loader.h"

#include "tree.h"

#define XSPLICE "xsplice: "

/* A payload: what hooks know of it, and what the core does. */
struct xsplice_payload {
    struct payload abi;          /* first: hooks get a pointer to it */
    struct xsp_module *module;   /* module->owner leads back */
};

extern spinlock_t xsplice_lock;
extern struct xsp_loader xsplice_loader;
extern struct xsp_journal xsplice_journal;

static inline struct xsplice_payload *payload_of(const struct xsp_module *m)
{
    return m->owner;
}

/* --- load.c ------------------------------------------------------------------- */

/* All payloads, for readers without the lock: RCU. */
extern struct list_head xsplice_payloads;

/* What went wrong, in all the words there are. Too large for the stack. */
struct xsplice_attempt {
    struct xsp_payload payload;
    struct xsp_verdict verdict;
    struct xsp_cause cause;
};

/*
 * Loads @file. With @try nothing stays; *@out, if wanted, then is valid only inside
 * @try. 0 or a negative errno, with @a filled in both cases.
 */
int xsplice_load(const char *name, const void *file, size_t size,
                 int (*try)(struct xsp_module *m, void *arg), void *arg,
                 struct xsplice_attempt *a);
void xsplice_unload(struct xsp_module *m);
/* The state that hooks and LIST show follows the core's. */
void xsplice_sync_abi(struct xsp_module *m);

/* --- action.c ----------------------------------------------------------------- */

/*
 * Begins an action: 0 if it is done, needs nothing or was begun (the module's rc then
 * is -EAGAIN until it is done). Takes @deadline in ns from now, 0 for Xen's 30 ms.
 */
int xsplice_act(struct xsp_module *m, enum xsp_action action, unsigned int flags,
                s_time_t deadline);
/* An action with this payload is going on. */
bool xsplice_is_busy(const struct xsp_module *m);

/* --- rendezvous.c --------------------------------------------------------------- */

/* When things happened: NOW(), and CPU cycles for the benchmark. */
struct xsplice_pause {
    s_time_t waiting, stopped, acted, released;
    uint64_t cycles[4];
    unsigned int attempts;
};

/*
 * Runs @act on one CPU while all others stand still with interrupts off, then @done
 * on that CPU when all run again. @done gets act's result, or -EBUSY if the CPUs did
 * not come together before @deadline (absolute): then @act did not run. -EBUSY: it
 * cannot begin now, and @done will not be called.
 */
int xsplice_rendezvous(s_time_t deadline, int (*act)(void),
                       void (*done)(int rc, const struct xsplice_pause *pause));
/* Does @cpu stand still, with interrupts off, since this round began? */
bool xsplice_has_stopped(unsigned int cpu);

/* --- host.c --------------------------------------------------------------------- */

extern const struct xsp_host xsplice_host;
/* Adds to the journal, under the lock. */
void xsplice_record(struct xsp_event *e);

/* --- crypto/keys.c: made of CONFIG_XSPLICE_KEYRING by mkkeys ---------------------- */

extern const struct xsp_key xsplice_keys[];
extern const unsigned int xsplice_nkeys;

/* --- show.c --------------------------------------------------------------------- */

/* The errno that Xen's loader has for this, or the nearest. */
int xsplice_errno(enum xsp_code code);
/* Says on the console why @name was refused. */
void xsplice_complain(const char *name, const struct xsp_cause *cause);
/* Copies @from to @to with all that is not printable ASCII as \xNN; cuts. */
const char *xsplice_escape(char *to, size_t room, const void *from, size_t size);
void xsplice_show_init(void);

/* --- the architecture's part ------------------------------------------------------ */

/* Writable mapping of the text that a plan writes to, beside the executable one. */
struct xsplice_map {
    uint8_t **write;   /* for each step of the plan; NULL for hooks */
    void *alias;
    unsigned long *pages;
    unsigned int npages;
};

int arch_xsplice_map(struct xsplice_map *map, const struct xsp_plan *plan);
void arch_xsplice_unmap(struct xsplice_map *map);
/*
 * Writes @size bytes of code that runs at @addr through its alias. As one store where
 * the processor can, so that nothing ever runs half of it.
 */
void arch_xsplice_write(uint8_t *alias, unsigned long addr, const uint8_t *code,
                        unsigned int size);
/*
 * This CPU forgets what it has fetched and, if arch_xsplice_relax() was called in this
 * pause, what it knows of page permissions. On every CPU, before it runs changed code.
 */
void arch_xsplice_sync(void);

/*
 * On the CPU that writes. From hold to let NMIs wait on each CPU that has stopped, and
 * are raised again on the one that writes. Hold is called before the first CPU stops.
 */
void arch_xsplice_hold_nmis(void);
void arch_xsplice_let_nmis(void);

/* Hooks may write to text and constants of the hypervisor, as with Xen's loader. */
void arch_xsplice_relax(void);
void arch_xsplice_tighten(void);

/* No vCPU sleeps in the middle of the hypervisor. 0 or -EBUSY. */
int arch_xsplice_safe(void);

/* For struct xsp_host. */
bool cf_check arch_xsplice_has_ibt(void *ctx);

/* Page permissions of a payload's memory. */
int arch_xsplice_secure(const struct xsp_module *m);
void arch_xsplice_init(void);

#endif /* XSPLICE_PRIVATE_H */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
