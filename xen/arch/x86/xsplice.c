/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xsplice.c - live patching on x86: writes to text, NMIs, page permissions
 *
 * Text is never made writable. What is to be written gets a second, writable and not
 * executable mapping of just its pages before the pause; so there is nothing to flush
 * in the pause, and no CPU ever has a mapping that is both.
 *
 * NMIs and machine checks. A trampoline is written by one store where it lies in 16
 * aligned bytes, as all do whose function is aligned so: a handler that runs on the
 * writing CPU finds the old instruction or the new one, and a machine check needs no
 * more. NMI handlers are kept from running between two functions' writes: a CPU that
 * has stopped waits in the NMI, and one that is in a handler does not count as stopped
 * before it has left it; on the writing CPU the NMI is raised again afterwards, so that
 * none is lost (the watchdog would not be armed again) and none finds half a patch.
 */
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/mm.h>
#include <xen/mm-frame.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/virtual_region.h>
#include <xen/vm_event.h>
#include <xen/vmap.h>
#include <xen/xmalloc.h>

#include <asm/apic.h>
#include <asm/atomic.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/flushtlb.h>
#include <asm/nmi.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/system.h>

#include "../../common/xsplice/private.h"

/* --- writing ---------------------------------------------------------------------- */

static unsigned long page_of(unsigned long addr)
{
    return addr & PAGE_MASK;
}

static unsigned long last_page_of(const struct xsp_step *s)
{
    return page_of(s->addr + s->size - 1);
}

/* The pages that the plan writes to, sorted, each once. */
static unsigned int collect_pages(const struct xsp_plan *plan, unsigned long *pages)
{
    unsigned int i, n = 0;

    /* The core gives writes sorted by address within a row of writes. */
    for ( i = 0; i < plan->nsteps; i++ )
    {
        const struct xsp_step *s = &plan->steps[i];
        unsigned long page;

        if ( s->kind != XSP_WRITE )
            continue;
        for ( page = page_of(s->addr); page <= last_page_of(s); page += PAGE_SIZE )
        {
            unsigned int at = n;

            while ( at && pages[at - 1] > page )
                at--;
            if ( at && pages[at - 1] == page )
                continue;
            memmove(&pages[at + 1], &pages[at], (n - at) * sizeof(*pages));
            pages[at] = page;
            n++;
        }
    }

    return n;
}

static mfn_t frame_of(unsigned long page)
{
    return is_kernel_text(page) || page == page_of((unsigned long)_stext)
           ? _mfn(virt_to_mfn(page)) : vmap_to_mfn(page);
}

static uint8_t *alias_of(const struct xsplice_map *map, unsigned long addr)
{
    unsigned int low = 0, high = map->npages;

    while ( high - low > 1 )
    {
        unsigned int mid = low + (high - low) / 2;

        if ( map->pages[mid] <= addr )
            low = mid;
        else
            high = mid;
    }

    return (uint8_t *)map->alias + low * PAGE_SIZE + (addr & ~PAGE_MASK);
}

static int map_pages(struct xsplice_map *map)
{
    mfn_t *mfns = xmalloc_array(mfn_t, map->npages);
    unsigned int i;

    if ( !mfns )
        return -ENOMEM;
    for ( i = 0; i < map->npages; i++ )
        mfns[i] = frame_of(map->pages[i]);
    map->alias = vmap(mfns, map->npages);
    xfree(mfns);

    return map->alias ? 0 : -ENOMEM;
}

int arch_xsplice_map(struct xsplice_map *map, const struct xsp_plan *plan)
{
    unsigned int i, writes = 0;

    memset(map, 0, sizeof(*map));
    for ( i = 0; i < plan->nsteps; i++ )
        writes += plan->steps[i].kind == XSP_WRITE;
    if ( !writes )
        return 0;

    map->write = xzalloc_array(uint8_t *, plan->nsteps);
    map->pages = xmalloc_array(unsigned long, 2 * writes);
    if ( !map->write || !map->pages )
        goto fail;

    map->npages = collect_pages(plan, map->pages);
    if ( map_pages(map) )
        goto fail;
    for ( i = 0; i < plan->nsteps; i++ )
        if ( plan->steps[i].kind == XSP_WRITE )
            map->write[i] = alias_of(map, plan->steps[i].addr);

    return 0;

 fail:
    arch_xsplice_unmap(map);
    return -ENOMEM;
}

void arch_xsplice_unmap(struct xsplice_map *map)
{
    if ( map->alias )
        vunmap(map->alias);
    xfree(map->write);
    xfree(map->pages);
    memset(map, 0, sizeof(*map));
}

/* One store of 16 bytes. */
static void write_16(uint8_t *alias, unsigned int offset, const uint8_t *code,
                     unsigned int size)
{
    __uint128_t *place = (__uint128_t *)(alias - offset);
    __uint128_t old, new;

    /* Nobody else writes: one round is enough. */
    memcpy(&old, place, sizeof(old));
    new = old;
    memcpy((uint8_t *)&new + offset, code, size);
    cmpxchg16b(place, &old, &new);
}

static void write_8(uint8_t *alias, unsigned int offset, const uint8_t *code,
                    unsigned int size)
{
    uint64_t *place = (uint64_t *)(alias - offset);
    uint64_t new = *place;

    memcpy((uint8_t *)&new + offset, code, size);
    write_atomic(place, new);
}

void arch_xsplice_write(uint8_t *alias, unsigned long addr, const uint8_t *code,
                        unsigned int size)
{
    if ( (addr & 7) + size <= 8 )
        write_8(alias, addr & 7, code, size);
    else if ( (addr & 15) + size <= 16 && boot_cpu_has(X86_FEATURE_CX16) )
        write_16(alias, addr & 15, code, size);
    else
        memcpy(alias, code, size);
}

/* --- hooks may write too ------------------------------------------------------------ */

static bool relaxed;

void arch_xsplice_relax(void)
{
    relaxed = true;
    relax_virtual_region_perms();
    flush_local(FLUSH_TLB_GLOBAL);
}

void arch_xsplice_tighten(void)
{
    tighten_virtual_region_perms();
}

void arch_xsplice_sync(void)
{
    /* A flush by INVPCID is not one of the instructions that serialise. */
    if ( relaxed )
        flush_local(FLUSH_TLB_GLOBAL);
    cpuid_eax(0);
}

/* --- NMIs ---------------------------------------------------------------------------- */

static nmi_callback_t *callback;  /* the one that ours stands before; NULL: none */
static unsigned int writer;       /* the CPU that writes */
static bool holding;              /* CPUs that have stopped wait */
static bool known;                /* callback is set */
static bool raise_again;

/*
 * Stands before the real callback and handler. It is there before the first CPU stops,
 * and a CPU stops by one store, outside of NMIs: so an NMI comes before that, and the
 * writer waits for its end, or after it, and finds the mark.
 */
static int cf_check hold_nmi(const struct cpu_user_regs *regs, int cpu)
{
    if ( cpu == writer )
    {
        raise_again = true;
        return 1;
    }

    while ( read_atomic(&holding) && xsplice_has_stopped(cpu) )
        cpu_relax();
    cpuid_eax(0);               /* the handler runs the new code */
    while ( !read_atomic(&known) )
        cpu_relax();
    smp_rmb();                  /* pairs with the barrier before known is set */

    return callback ? callback(regs, cpu) : 0;
}

void arch_xsplice_hold_nmis(void)
{
    relaxed = false;
    raise_again = false;
    writer = smp_processor_id();
    write_atomic(&known, false);
    write_atomic(&holding, true);
    smp_wmb();                  /* all of this before the first NMI that we hold */
    callback = set_nmi_callback(hold_nmi);
    smp_wmb();                  /* pairs with the barrier in hold_nmi() */
    write_atomic(&known, true);
}

void arch_xsplice_let_nmis(void)
{
    set_nmi_callback(callback);
    write_atomic(&holding, false);
    if ( raise_again )
        self_nmi();
}

/* --- is it safe? ----------------------------------------------------------------------- */

static bool sleeps(const struct vm_event_domain *ved)
{
    /* May have been allocated without its list having been set up yet. */
    return ved && !list_head_is_null(&ved->wq.list) && !list_empty(&ved->wq.list);
}

/*
 * A vCPU that waits for a memory event keeps its stack of hypervisor frames aside: it
 * would return into code that has changed.
 */
int arch_xsplice_safe(void)
{
    const struct domain *d;

    for_each_domain ( d )
    {
#ifdef CONFIG_MEM_SHARING
        if ( sleeps(d->vm_event_share) )
            return -EBUSY;
#endif
#ifdef CONFIG_MEM_PAGING
        if ( sleeps(d->vm_event_paging) )
            return -EBUSY;
#endif
        if ( sleeps(d->vm_event_monitor) )
            return -EBUSY;
    }

    return 0;
}

bool cf_check arch_xsplice_has_ibt(void *ctx)
{
    return cpu_has_xen_ibt;
}

/* --- a payload's memory ------------------------------------------------------------------ */

int arch_xsplice_secure(const struct xsp_module *m)
{
    const unsigned int flags[XSP_REGIONS] = {
        [XSP_TEXT] = PAGE_HYPERVISOR_RX,
        [XSP_RW] = PAGE_HYPERVISOR_RW,
        [XSP_RO] = PAGE_HYPERVISOR_RO,
    };
    unsigned int i;

    for ( i = 0; i < XSP_REGIONS; i++ )
    {
        unsigned long start = m->base + m->layout.region[i].start;
        unsigned long size = PAGE_ALIGN(m->layout.region[i].size);
        int rc;

        if ( !size )
            continue;
        rc = modify_xen_mappings(start, start + size, flags[i]);
        if ( rc )
            return rc;
    }

    return 0;
}

void __init arch_xsplice_init(void)
{
    void *start = (void *)__2M_rwdata_end;
    void *end = (void *)(XEN_VIRT_END - FIXADDR_X_SIZE - NR_CPUS * PAGE_SIZE);

    BUG_ON(end <= start);
    vm_init_type(VMAP_XEN, start, end);
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
