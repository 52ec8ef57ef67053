/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load.c - a payload's life: from a file to code that may run, and back
 */
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/mm.h>
#include <xen/rcupdate.h>
#include <xen/symbols.h>
#include <xen/virtual_region.h>
#include <xen/vmap.h>
#include <xen/xmalloc.h>
#ifdef CONFIG_X86
#include <asm/alternative.h>
#endif

#include "private.h"

LIST_HEAD(xsplice_payloads);
static DEFINE_RCU_READ_LOCK(rcu_payloads);

static bool within(const void *p, const void *start, size_t size)
{
    return (unsigned long)p - (unsigned long)start < size;
}

/* For the handler of undefined instructions: does a bug frame point to what we know? */
xsplice_is_patch_t is_patch(const void *addr)
{
    const struct payload *p;
    bool found = false;

    rcu_read_lock(&rcu_payloads);
    list_for_each_entry_rcu ( p, &xsplice_payloads, list )
    {
        found = within(addr, p->text_addr, p->text_size) ||
                within(addr, p->rw_addr, p->rw_size) ||
                within(addr, p->ro_addr, p->ro_size);
        if ( found )
            break;
    }
    rcu_read_unlock(&rcu_payloads);

    return found;
}

static const char *name_symbol(const struct xsplice_payload *p, unsigned long addr,
                               unsigned long *size, unsigned long *offset,
                               char *namebuf)
{
    const struct xsp_modsym *s = xsp_module_symbol(p->module, addr);

    if ( !s )
        return NULL;
    if ( size )
        *size = s->size;
    if ( offset )
        *offset = addr - s->addr;
    if ( namebuf )
        strlcpy(namebuf, p->abi.name, KSYM_NAME_LEN);

    return s->name;
}

/* For %ps: the symbol at @addr, the payload's name to @namebuf. */
static const char *cf_check symbols_lookup_payload(
    unsigned long addr, unsigned long *size, unsigned long *offset, char *namebuf)
{
    const struct xsplice_payload *p;
    const char *name = NULL;

    rcu_read_lock(&rcu_payloads);
    list_for_each_entry_rcu ( p, &xsplice_payloads, abi.list )
        if ( within((void *)addr, p->abi.text_addr, p->abi.text_size) )
        {
            name = name_symbol(p, addr, size, offset, namebuf);
            break;
        }
    rcu_read_unlock(&rcu_payloads);

    return name;
}

static void *place(const struct xsp_module *m, enum xsp_region r)
{
    return m->layout.region[r].size ? (void *)(m->base + m->layout.region[r].start)
                                    : NULL;
}

/* What exception handling, bug frames and symbols need to know. */
static void fill_region(struct virtual_region *region, const struct xsp_module *m)
{
    unsigned int i;

    region->symbols_lookup = symbols_lookup_payload;
    /* One that only takes code away has none: an empty range in its own memory. */
    region->text_start = place(m, XSP_TEXT) ?: (void *)m->base;
    region->text_end = region->text_start + m->layout.region[XSP_TEXT].size;
    if ( m->layout.region[XSP_RO].size )
    {
        region->rodata_start = place(m, XSP_RO);
        region->rodata_end = region->rodata_start + m->layout.region[XSP_RO].size;
    }
    for ( i = 0; i < ABI_BUG_TYPES; i++ )
        xsplice_set_frames(region, i, (void *)m->bug_frames[i].addr,
                           m->bug_frames[i].count);
    xsplice_set_extable(region, (void *)m->ex_table.addr, m->ex_table.count);
}

static void *hook(const struct xsp_module *m, enum xsp_hook h)
{
    return (void *)m->hooks[h].addr;
}

/* What hooks were compiled to find (xen/livepatch_payload.h). */
static void fill_abi(struct payload *p, const struct xsp_module *m)
{
    p->state = LIVEPATCH_STATE_CHECKED;
    p->safe_to_reapply = m->layout.reapply;
    p->text_addr = place(m, XSP_TEXT);
    p->text_size = m->layout.region[XSP_TEXT].size;
    p->rw_addr = place(m, XSP_RW);
    p->rw_size = m->layout.region[XSP_RW].size;
    p->ro_addr = place(m, XSP_RO);
    p->ro_size = m->layout.region[XSP_RO].size;
    p->pages = m->layout.size >> PAGE_SHIFT;
    p->funcs = (void *)m->funcs.addr;
    p->nfuncs = m->funcs.count;
    p->id.p = m->build_id.data;
    p->id.len = m->build_id.size;
    p->dep.p = m->depends.data;
    p->dep.len = m->depends.size;
    p->load_funcs = hook(m, XSP_HOOK_LOAD);
    p->n_load_funcs = m->hooks[XSP_HOOK_LOAD].count;
    p->unload_funcs = hook(m, XSP_HOOK_UNLOAD);
    p->n_unload_funcs = m->hooks[XSP_HOOK_UNLOAD].count;
    p->hooks.apply.pre = hook(m, XSP_HOOK_PREAPPLY);
    p->hooks.apply.action = hook(m, XSP_HOOK_APPLY);
    p->hooks.apply.post = hook(m, XSP_HOOK_POSTAPPLY);
    p->hooks.revert.pre = hook(m, XSP_HOOK_PREREVERT);
    p->hooks.revert.action = hook(m, XSP_HOOK_REVERT);
    p->hooks.revert.post = hook(m, XSP_HOOK_POSTREVERT);
    strlcpy(p->name, m->name, sizeof(p->name));
    p->metadata.data = (const void *)m->info.data;
    p->metadata.len = m->info.size;
    fill_region(&p->region, m);
}

void xsplice_sync_abi(struct xsp_module *m)
{
    struct xsplice_payload *p = payload_of(m);
    bool applied = m->state == XSP_APPLIED;
    unsigned int i;

    p->abi.state = m->state;
    p->abi.reverted = m->reverted;
    for ( i = 0; i < m->npatches; i++ )
    {
        struct livepatch_fstate *f = &p->abi.fstate[i];
        const struct xsp_patch *patch = &m->patches[i];

        f->applied = applied ? LIVEPATCH_FUNC_APPLIED : LIVEPATCH_FUNC_NOT_APPLIED;
        f->patch_offset = patch->addr - patch->old_addr;
        memcpy(f->insn_buffer, patch->saved,
               min(sizeof(f->insn_buffer), sizeof(patch->saved)));
    }
}

/* @nfuncs: as the file has them; the module knows its patches only once it is linked. */
static struct xsplice_payload *alloc_payload(struct xsp_module *m, unsigned int nfuncs)
{
    struct xsplice_payload *p = xzalloc(struct xsplice_payload);

    if ( !p )
        return NULL;
    p->abi.fstate = xzalloc_array(struct livepatch_fstate, nfuncs + 1);
    if ( !p->abi.fstate )
    {
        xfree(p);
        return NULL;
    }
    p->module = m;
    m->owner = p;

    return p;
}

/* @m is on no list (any more). */
static void free_all(struct xsp_module *m)
{
    struct xsplice_payload *p = payload_of(m);

    if ( p )
        xfree(p->abi.fstate);
    xfree(p);
    if ( m->memory )
        vfree(m->memory);
    xsp_module_free(&xsplice_loader, m);
}

static int no_memory(struct xsplice_attempt *a)
{
    a->cause.code = XSP_NO_MEMORY;
    a->cause.what = "payload";

    return -ENOMEM;
}

/* Gives @m memory and makes of it what runs. */
static int realize(struct xsp_module *m, struct xsplice_attempt *a)
{
    struct xsplice_payload *p = alloc_payload(m, a->payload.nfuncs);
    void *memory = p ? vmalloc_xen(m->layout.size) : NULL;
    int rc;

    if ( !memory )
        return no_memory(a);
    m->memory = memory;
    if ( xsp_module_link(&xsplice_loader, m, &a->payload, (unsigned long)memory, memory,
                         &a->cause) )
        return -xsplice_errno(a->cause.code);

    /* The core has checked every entry: this cannot fail, nor crash. */
    rc = xsplice_apply_alternatives((void *)m->alternatives.addr, m->alternatives.count);
    if ( !rc )
        rc = xsplice_apply_alt_calls((void *)m->alt_calls.addr, m->alt_calls.count);
    if ( !rc )
        rc = arch_xsplice_secure(m);
    if ( rc )
    {
        a->cause.code = XSP_NO_MEMORY;
        a->cause.what = "page tables";
        return rc;
    }
    fill_abi(&p->abi, m);
    xsplice_sync_abi(m);

    return 0;
}

static void publish(struct xsp_module *m)
{
    struct xsplice_payload *p = payload_of(m);

    register_virtual_region(&p->abi.region);
    xsp_module_add(&xsplice_loader, m);
    list_add_tail_rcu(&p->abi.list, &xsplice_payloads);
}

int xsplice_load(const char *name, const void *file, size_t size,
                 int (*try)(struct xsp_module *m, void *arg), void *arg,
                 struct xsplice_attempt *a)
{
    struct xsp_module *m;
    int rc;

    ASSERT(spin_is_locked(&xsplice_lock));

    memset(a, 0, sizeof(*a));
    m = xsp_module_open(&xsplice_loader, name, file, size, &a->payload, &a->verdict,
                        &a->cause);
    if ( !m )
        return -xsplice_errno(a->cause.code);

    rc = realize(m, a);
    if ( !rc && try )
        rc = try(m, arg);
    if ( rc || try )
        free_all(m);
    else
        publish(m);

    return rc;
}

void xsplice_unload(struct xsp_module *m)
{
    struct xsplice_payload *p = payload_of(m);

    ASSERT(spin_is_locked(&xsplice_lock));

    list_del_rcu(&p->abi.list);
    xsp_module_remove(&xsplice_loader, m);
    /* Waits for all readers (rcu_barrier), those of our list too. */
    unregister_virtual_region(&p->abi.region);
    free_all(m);
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
