/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extra.c - the operations that Xen's loader does not have (public/xsplice.h)
 */
#include <xen/errno.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/vmap.h>

#include <public/sysctl.h>

#include "private.h"
#include "ops.h"

/* The caller's memory as bytes: an address that the caller gave. */
static XEN_GUEST_HANDLE_64(uint8) handle(uint64_t addr)
{
    XEN_GUEST_HANDLE_64(uint8) h;

    h.p = (void *)(unsigned long)addr;

    return h;
}

/* Element @i of an array of the caller's. */
static int copy_out(uint64_t array, uint32_t i, const void *element, uint32_t size)
{
    return copy_to_guest_offset(handle(array), (uint64_t)i * size,
                                (const uint8_t *)element, size) ? -EFAULT : 0;
}

static bool zero(const uint64_t *pad, unsigned int n)
{
    while ( n && !*pad )
    {
        pad++;
        n--;
    }

    return !n;
}

/* --- INFO ------------------------------------------------------------------------- */

static int op_info(struct xsplice_op_info *op)
{
    const struct xsp_policy *policy = &xsplice_loader.policy;
    uint32_t i;

    if ( !zero(op->pad, ARRAY_SIZE(op->pad)) )
        return -EINVAL;
    for ( i = 0; i < policy->nkeys && i < op->max_keys; i++ )
        if ( copy_out(op->keys, i, policy->keys[i].fingerprint, XSP_FINGERPRINT_SIZE) )
            return -EFAULT;

    op->version = XSPLICE_VERSION;
    op->mode = policy->mode;
    op->needed = policy->needed;
    op->nkeys = policy->nkeys;
    spin_lock(&xsplice_lock);
    op->loaded = xsplice_loader.count;
    op->journal_next = xsplice_journal.next;
    op->journal_oldest = xsplice_journal.next > xsplice_journal.size
                         ? xsplice_journal.next - xsplice_journal.size : 0;
    spin_unlock(&xsplice_lock);

    return 0;
}

/* --- CHECK ------------------------------------------------------------------------ */

/* Under the lock; too large for the stack. */
static struct {
    struct xsplice_attempt attempt;
    struct xsp_plan plan;
    char message[256];
    char name[XSP_NAME_MAX];
} check;

static void count_writes(struct xsplice_op_check *op, const struct xsp_plan *plan)
{
    uint32_t i;

    for ( i = 0; i < plan->nsteps; i++ )
        if ( plan->steps[i].kind == XSP_WRITE )
            op->bytes += plan->steps[i].size;
}

/* The payload is there for a moment: could it be applied? */
static int cf_check try_action(struct xsp_module *m, void *arg)
{
    struct xsplice_op_check *op = arg;
    struct xsp_cause *cause = &check.attempt.cause;

    op->functions = m->npatches;
    if ( op->flags & XSPLICE_CHECK_UPLOAD )
        return 0;
    if ( xsp_plan_make(&xsplice_loader, m,
                       op->flags & XSPLICE_CHECK_REPLACE ? XSP_REPLACE : XSP_APPLY,
                       op->flags & XSPLICE_CHECK_NODEPS ? XSP_NODEPS : 0, &check.plan,
                       cause) )
        return -xsplice_errno(cause->code);
    count_writes(op, &check.plan);
    xsp_plan_free(&xsplice_loader, &check.plan);

    return 0;
}

static int give_message(struct xsplice_op_check *op)
{
    const struct xsp_cause *cause = &check.attempt.cause;
    uint32_t size;

    if ( !op->message_size )
        return 0;
    if ( !op->result )
        check.message[0] = 0;
    else
        snprintf(check.message, sizeof(check.message), "%s %s", cause->what,
                 xsp_code_text(cause->code));
    size = min_t(uint32_t, strlen(check.message) + 1, op->message_size);
    check.message[size - 1] = 0;
    op->message_size = size;

    return copy_out(op->message, 0, check.message, size);
}

/* A name that no payload has, for a payload that does not stay. */
static const char *free_name(void)
{
    unsigned int i = 0;

    do
        snprintf(check.name, sizeof(check.name), "check-%u", i++);
    while ( xsp_loader_find(&xsplice_loader, check.name) );

    return check.name;
}

static int check_locked(struct xsplice_op_check *op, const void *file)
{
    const struct xsplice_attempt *a = &check.attempt;

    op->functions = op->bytes = 0;
    op->result = xsplice_load(free_name(), file, op->size, try_action, op,
                              &check.attempt);
    op->code = a->cause.code;
    op->pos = a->cause.pos;
    op->good = a->verdict.good;
    op->trusted = a->verdict.trusted;

    return give_message(op);
}

static int op_check(struct xsplice_op_check *op)
{
    const uint32_t known = XSPLICE_CHECK_REPLACE | XSPLICE_CHECK_NODEPS |
                           XSPLICE_CHECK_UPLOAD;
    void *file;
    int rc;

    if ( op->pad || (op->flags & ~known) )
        return -EINVAL;
    rc = xsplice_copy_file(handle(op->payload), op->size, &file);
    if ( rc )
        return rc;

    spin_lock(&xsplice_lock);
    rc = check_locked(op, file);
    spin_unlock(&xsplice_lock);
    vfree(file);

    return rc;
}

/* --- FUNCTIONS --------------------------------------------------------------------- */

static int copy_function(const struct xsplice_op_functions *op, uint32_t i,
                         const struct xsp_patch *p)
{
    struct xsplice_function f = {
        .old_addr = p->old_addr,
        .new_addr = p->new_addr,
        .old_size = p->old_size,
        .new_size = p->new_size,
        .offset = p->addr - p->old_addr,
        .size = p->size,
    };

    strlcpy(f.name, p->name, sizeof(f.name));

    return copy_out(op->functions, i, &f, sizeof(f));
}

static int op_functions(struct xsplice_op_functions *op)
{
    struct xen_livepatch_name name = { .size = op->name_size };
    const struct xsp_module *m;
    uint32_t i;
    int rc = 0;

    if ( op->pad0[0] || op->pad0[1] || op->pad0[2] ||
         !zero(op->pad, ARRAY_SIZE(op->pad)) )
        return -EINVAL;
    name.name.p = (void *)(unsigned long)op->name;
    m = xsplice_lock_module(&name, &rc);
    if ( !m )
        return rc;

    for ( i = 0; !rc && i < op->max && (uint64_t)op->first + i < m->npatches; i++ )
        rc = copy_function(op, i, &m->patches[op->first + i]);
    op->count = m->npatches;
    op->state = m->state;
    spin_unlock(&xsplice_lock);

    return rc;
}

/* --- JOURNAL ------------------------------------------------------------------------ */

static int op_journal(struct xsplice_op_journal *op)
{
    const struct xsp_journal *j = &xsplice_journal;
    const struct abi_journal_record *r;
    uint32_t i = 0;
    int rc = 0;

    if ( !zero(op->pad, ARRAY_SIZE(op->pad)) )
        return -EINVAL;

    spin_lock(&xsplice_lock);
    op->start = op->first;
    if ( j->next > j->size && op->start < j->next - j->size )
        op->start = j->next - j->size;
    while ( i < op->max && (r = xsp_journal_get(j, op->start + i)) )
    {
        rc = copy_out(op->records, i, r, sizeof(*r));
        if ( rc )
            break;
        i++;
    }
    op->count = i;
    op->next = j->next;
    spin_unlock(&xsplice_lock);

    return rc;
}

int xsplice_extra_op(struct xen_sysctl_livepatch_op *op)
{
    BUILD_BUG_ON(sizeof(op->u) < 64);
    BUILD_BUG_ON(sizeof(struct xsplice_op_info) != 64);
    BUILD_BUG_ON(sizeof(struct xsplice_op_check) != 64);
    BUILD_BUG_ON(sizeof(struct xsplice_op_functions) != 64);
    BUILD_BUG_ON(sizeof(struct xsplice_op_journal) != 64);

    if ( xsplice_op_word(op) )
        return -EINVAL;

    switch ( op->cmd )
    {
    case XSPLICE_OP_INFO:
        return op_info((void *)&op->u);

    case XSPLICE_OP_CHECK:
        return op_check((void *)&op->u);

    case XSPLICE_OP_FUNCTIONS:
        return op_functions((void *)&op->u);

    case XSPLICE_OP_JOURNAL:
        return op_journal((void *)&op->u);

    default:
        return -EOPNOTSUPP;
    }
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
