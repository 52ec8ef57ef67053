/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl.c - XEN_SYSCTL_livepatch_op: Xen's operations, byte for byte
 *
 * do_sysctl() has checked the interface version and XSM, holds its own lock, and
 * copies the operation back to the caller, out-fields included, also on errors.
 */
#include <xen/errno.h>
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/lib.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/vmap.h>

#include <public/sysctl.h>

#include "private.h"
#include "ops.h"

int xsplice_get_name(const struct xen_livepatch_name *name, char *out)
{
    if ( !name->size || name->size > XEN_LIVEPATCH_NAME_SIZE )
        return -EINVAL;
    if ( name->pad[0] || name->pad[1] || name->pad[2] )
        return -EINVAL;
    if ( copy_from_guest(out, name->name, name->size) )
        return -EFAULT;
    if ( out[name->size - 1] || !xsp_name_ok(out) )
        return -EINVAL;

    return 0;
}

/* The module of that name. With the lock held on success, and only then. */
struct xsp_module *xsplice_lock_module(const struct xen_livepatch_name *name, int *rc)
{
    char n[XEN_LIVEPATCH_NAME_SIZE];
    struct xsp_module *m;

    *rc = xsplice_get_name(name, n);
    if ( *rc )
        return NULL;

    spin_lock(&xsplice_lock);
    m = xsp_loader_find(&xsplice_loader, n);
    if ( !m )
    {
        spin_unlock(&xsplice_lock);
        *rc = -ENOENT;
    }

    return m;
}

int xsplice_copy_file(XEN_GUEST_HANDLE_64(uint8) from, uint64_t size, void **out)
{
    void *file;

    if ( !size || size > LIVEPATCH_MAX_SIZE )
        return -EINVAL;
    if ( !guest_handle_okay(from, size) )
        return -EFAULT;
    file = vmalloc(size);
    if ( !file )
        return -ENOMEM;
    if ( __copy_from_guest((uint8_t *)file, from, size) )
    {
        vfree(file);
        return -EFAULT;
    }
    *out = file;

    return 0;
}

/* What is not inlined here keeps its frame away from those who go deep. */
static noinline void record_upload(const char *name, int rc, const struct xsplice_attempt *a,
                          const void *file, size_t size)
{
    struct xsp_bytes bytes = { file, size };
    uint8_t digest[64];
    struct xsp_event e = {
        .operation = ABI_JOURNAL_UPLOAD,
        .result = rc,
        .code = a->cause.code,
        .name = name,
        .module = rc ? NULL : xsp_loader_find(&xsplice_loader, name),
        .digest = digest,
    };

    xsplice_host.digest(NULL, XSP_PGP_SHA256, &bytes, 1, digest);
    xsplice_record(&e);
}

static noinline void say_upload(const char *name, int rc, const struct xsplice_attempt *a)
{
    if ( rc )
        xsplice_complain(name, &a->cause);
    else if ( !a->verdict.trusted && xsplice_loader.policy.mode == XSP_PERMISSIVE )
    {
        printk(XENLOG_WARNING XSPLICE "%s: taken although:\n", name);
        xsplice_complain(name, &a->verdict.cause);
    }
}

static noinline int upload(const struct xen_sysctl_livepatch_upload *u)
{
    static struct xsplice_attempt attempt; /* under the lock */
    char name[XEN_LIVEPATCH_NAME_SIZE];
    XEN_GUEST_HANDLE_64(uint8) from;
    void *file = NULL;
    int rc = xsplice_get_name(&u->name, name);

    if ( rc )
        return rc;
    from.p = u->payload.p;
    rc = xsplice_copy_file(from, u->size, &file);
    if ( rc )
        return rc;

    spin_lock(&xsplice_lock);
    rc = xsplice_load(name, file, u->size, NULL, NULL, &attempt);
    say_upload(name, rc, &attempt);
    record_upload(name, rc, &attempt, file, u->size);
    spin_unlock(&xsplice_lock);
    vfree(file);

    return rc;
}

static noinline int get(struct xen_sysctl_livepatch_get *g)
{
    int rc;
    const struct xsp_module *m = xsplice_lock_module(&g->name, &rc);

    if ( !m )
        return rc;
    g->status.state = m->state;
    g->status.rc = m->rc;
    spin_unlock(&xsplice_lock);

    return 0;
}

/* --- list -------------------------------------------------------------------------- */

/* What has been copied so far. */
struct progress {
    uint32_t index;
    uint64_t names, infos;
};

static int copy_module(struct xen_sysctl_livepatch_list *list, struct progress *at,
                       const struct xsp_module *m)
{
    struct xen_livepatch_status status = { .state = m->state, .rc = m->rc };
    uint32_t name_len = strlen(m->name) + 1;
    uint32_t info_len = m->info.size;

    if ( !xsplice_list_fits(list, at->names + name_len, at->infos + info_len) )
        return -ENOBUFS;
    if ( !guest_handle_subrange_okay(list->name, at->names, at->names + name_len - 1) ||
         (info_len && !guest_handle_subrange_okay(list->metadata, at->infos,
                                                  at->infos + info_len - 1)) )
        return -EINVAL;
    if ( __copy_to_guest_offset(list->name, at->names, m->name, name_len) ||
         __copy_to_guest_offset(list->len, at->index, &name_len, 1) ||
         __copy_to_guest_offset(list->status, at->index, &status, 1) ||
         __copy_to_guest_offset(list->metadata, at->infos,
                                (const char *)m->info.data, info_len) ||
         __copy_to_guest_offset(list->metadata_len, at->index, &info_len, 1) )
        return -EFAULT;
    at->index++;
    at->names += name_len;
    at->infos += info_len;

    return 0;
}

/* From the module of index list->idx on, as many as wanted. */
static int copy_modules(struct xen_sysctl_livepatch_list *list, struct progress *at)
{
    const struct xsp_module *m = xsplice_loader.first;
    uint32_t skip = list->idx;
    int rc = 0;

    while ( m && skip-- )
        m = m->next;
    for ( ; m && at->index < list->nr && !rc; m = m->next )
    {
        rc = copy_module(list, at, m);
        if ( hypercall_preempt_check() )
            break;
    }

    return rc;
}

static void total_sizes(struct progress *at)
{
    const struct xsp_module *m;

    for ( m = xsplice_loader.first; m; m = m->next )
    {
        at->names += strlen(m->name) + 1;
        at->infos += m->info.size;
    }
}

static int list_locked(struct xen_sysctl_livepatch_list *list)
{
    struct progress at = { 0 };
    int rc = 0;

    if ( list->idx >= xsplice_loader.count && xsplice_loader.count )
        return -EINVAL;

    if ( list->nr )
        rc = copy_modules(list, &at);
    else
        total_sizes(&at);

    if ( !list->nr || !xsplice_loader.count )
        list->nr = xsplice_loader.count;
    else
        list->nr = xsplice_loader.count - list->idx - at.index;
    list->version = xsplice_loader.version;
    list->name_total_size = at.names;
    list->metadata_total_size = at.infos;

    return rc ?: at.index;
}

static noinline int list(struct xen_sysctl_livepatch_list *list)
{
    int rc;

    if ( list->nr > 1024 )
        return -E2BIG;
    if ( list->pad )
        return -EINVAL;
    if ( list->nr && (!guest_handle_okay(list->status, list->nr) ||
                      !guest_handle_okay(list->len, list->nr) ||
                      !guest_handle_okay(list->metadata_len, list->nr)) )
        return -EINVAL;

    spin_lock(&xsplice_lock);
    rc = list_locked(list);
    spin_unlock(&xsplice_lock);

    return rc;
}

/* --- action ------------------------------------------------------------------------ */

static int unload(struct xsp_module *m)
{
    static struct xsp_cause cause; /* under the lock */
    struct xsp_event e = {
        .operation = ABI_JOURNAL_UNLOAD,
        .name = m->name,
        .module = m,
    };

    memset(&cause, 0, sizeof(cause));
    if ( xsp_module_removable(&xsplice_loader, m, &cause) )
    {
        e.result = -xsplice_errno(cause.code);
        e.code = cause.code;
        xsplice_complain(m->name, &cause);
    }
    xsplice_record(&e);
    if ( !e.result )
        xsplice_unload(m);

    return e.result;
}

static noinline int action(const struct xen_sysctl_livepatch_action *a)
{
    struct xsp_module *m;
    int rc;

    if ( a->pad )
        return -EINVAL;
    m = xsplice_lock_module(&a->name, &rc);
    if ( !m )
        return rc;

    if ( xsplice_is_busy(m) )
        rc = -EBUSY;
    else if ( a->cmd == LIVEPATCH_ACTION_UNLOAD )
        rc = unload(m);
    else if ( a->cmd >= LIVEPATCH_ACTION_REVERT && a->cmd <= LIVEPATCH_ACTION_REPLACE )
        rc = xsplice_act(m, a->cmd,
                         a->flags & LIVEPATCH_ACTION_APPLY_NODEPS ? XSP_NODEPS : 0,
                         a->timeout);
    else
        rc = -EOPNOTSUPP;
    spin_unlock(&xsplice_lock);

    return rc;
}

int livepatch_op(struct xen_sysctl_livepatch_op *op)
{
    int rc = xsplice_check_op_word(op);

    if ( rc )
        return rc;

    switch ( op->cmd )
    {
    case XEN_SYSCTL_LIVEPATCH_UPLOAD:
        return upload(&op->u.upload);

    case XEN_SYSCTL_LIVEPATCH_GET:
        return get(&op->u.get);

    case XEN_SYSCTL_LIVEPATCH_LIST:
        return list(&op->u.list);

    case XEN_SYSCTL_LIVEPATCH_ACTION:
        return action(&op->u.action);

    default:
        return xsplice_extra_op(op);
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
