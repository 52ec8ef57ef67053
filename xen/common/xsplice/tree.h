/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - what differs between the Xen trees that this may be put into
 *
 * xen/install has looked at the tree and written what it found to probe.h: versions
 * say little, for stable series changed these things in their point releases.
 */
#ifndef XSPLICE_TREE_H
#define XSPLICE_TREE_H

#include <xen/errno.h>
#include <xen/livepatch.h>
#include <xen/mm.h>
#include <xen/version.h>
#include <xen/virtual_region.h>
#include <public/sysctl.h>
#ifdef CONFIG_X86
#include <asm/alternative.h>
#include <asm/cpufeature.h>
#include <asm/setup.h>
#endif

#include "probe.h"

/* BUG_ON() and ASSERT(): in <xen/lib.h> before. */
#ifdef XSPLICE_TREE_BUG_H
#include <xen/bug.h>
#endif

#ifdef XSPLICE_TREE_BOOL_T
typedef bool_t xsplice_is_patch_t;
#else
typedef bool xsplice_is_patch_t;
#endif

/* The word of the operation that was padding once and has flags now. */
static inline uint32_t xsplice_op_word(const struct xen_sysctl_livepatch_op *op)
{
#ifdef XSPLICE_TREE_OP_FLAGS
    return op->flags;
#else
    return op->pad;
#endif
}

/* As Xen's loader: flags that are not known are an error unless "force" is set. */
static inline int xsplice_check_op_word(const struct xen_sysctl_livepatch_op *op)
{
#ifdef XSPLICE_TREE_OP_FLAGS
    return (op->flags & ~LIVEPATCH_FLAG_FORCE) && !(op->flags & LIVEPATCH_FLAG_FORCE)
           ? -EINVAL : 0;
#else
    return op->pad ? -EINVAL : 0;
#endif
}

/* From interface 0x16 on, the sizes in a LIST say how much room the caller has. */
static inline bool xsplice_list_fits(const struct xen_sysctl_livepatch_list *list,
                                     uint64_t names, uint64_t infos)
{
#if XEN_SYSCTL_INTERFACE_VERSION >= 0x16
    return names <= list->name_total_size && infos <= list->metadata_total_size;
#else
    return true;
#endif
}

static inline int xsplice_build_id(const void **id, unsigned int *len)
{
#ifdef XSPLICE_TREE_BUILD_ID_VARS
    *id = xen_build_id;
    *len = xen_build_id_len;

    return *len ? 0 : -ENODATA;
#else
    return xen_build_id(id, len);
#endif
}

static inline void xsplice_set_frames(struct virtual_region *r, unsigned int type,
                                      void *frames, unsigned int count)
{
#ifdef XSPLICE_TREE_FRAME_STOP
    r->frame[type].start = frames;
    r->frame[type].stop = r->frame[type].start + count;
#else
    r->frame[type].bugs = frames;
    r->frame[type].n_bugs = count;
#endif
}

#ifdef CONFIG_X86

#define XSPLICE_MACHINE  ABI_EM_X86_64
#define XSPLICE_FEATURES (NCAPINTS * 32)

static inline void xsplice_set_extable(struct virtual_region *r, void *entries,
                                       unsigned int count)
{
    r->ex = entries;
    r->ex_end = r->ex + count;
}

/* An int function since some point releases of 4.18 and 4.19, void before. */
static inline int xsplice_apply_alternatives(struct alt_instr *start,
                                             unsigned int count)
{
    if ( !count )
        return 0;
#ifdef XSPLICE_TREE_ALT_VOID
    apply_alternatives(start, start + count);
    return 0;
#else
    return apply_alternatives(start, start + count);
#endif
}

static inline int xsplice_apply_alt_calls(void *start, unsigned int count)
{
#ifdef XSPLICE_TREE_ALT_CALLS
    const struct alt_call *calls = start;

    return count ? livepatch_apply_alt_calls(calls, calls + count) : 0;
#else
    /* The section means nothing to this Xen: nobody may rely on it. */
    return count ? -EOPNOTSUPP : 0;
#endif
}

static inline bool xsplice_is_between(unsigned long addr, unsigned long size,
                                      const char *start, const char *end)
{
    unsigned long total = end - start;
    unsigned long at = addr - (unsigned long)start;

    return addr >= (unsigned long)start && at <= total && size <= total - at;
}

static inline bool xsplice_is_gone(unsigned long addr)
{
    return xsplice_is_between(addr, 1, __2M_init_start, __2M_init_end);
}

/* Constants and data; what lies between them is gone after boot. */
static inline bool xsplice_is_data(unsigned long addr, unsigned long size)
{
    return xsplice_is_between(addr, size, __2M_rodata_start, __2M_rodata_end) ||
           xsplice_is_between(addr, size, __2M_rwdata_start, __2M_rwdata_end);
}

static inline bool xsplice_is_vmap(const void *p)
{
    return (unsigned long)p - VMAP_VIRT_START < VMAP_VIRT_END - VMAP_VIRT_START;
}

#endif /* CONFIG_X86 */

#endif /* XSPLICE_TREE_H */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
