/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.c - what the core needs of Xen; who may sign; the boot option
 */
#include <xen/err.h>
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/sched.h>
#include <xen/symbols.h>
#include <xen/version.h>
#include <xen/vmap.h>
#include <xen/xmalloc.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "private.h"
#include "crypto/check.h"

DEFINE_SPINLOCK(xsplice_lock);
struct xsp_loader xsplice_loader;
struct xsp_journal xsplice_journal;

/* Some hundred operations: more than a host sees between two reboots. */
#define JOURNAL_RECORDS 512

static struct abi_journal_record *journal_records;

/* --- boot option: xsplice=enforce|permissive|off ------------------------------------ */

static int __initdata opt_mode = -1;

static int __init cf_check parse_xsplice(const char *s)
{
    if ( !strcmp(s, "enforce") )
        opt_mode = XSP_ENFORCE;
    else if ( !strcmp(s, "permissive") )
        opt_mode = XSP_PERMISSIVE;
    else if ( !strcmp(s, "off") )
        opt_mode = XSP_OFF;
    else
        return -EINVAL;

    return 0;
}
custom_param("xsplice", parse_xsplice);

/* --- struct xsp_host ------------------------------------------------------------------ */

static void *cf_check host_alloc(void *ctx, size_t size)
{
    return size > PAGE_SIZE ? vzalloc(size) : xzalloc_bytes(size);
}

static void cf_check host_free(void *ctx, void *memory)
{
    if ( xsplice_is_vmap(memory) )
        vfree(memory);
    else
        xfree(memory);
}

/* What was only for boot still has names, but is gone. */
static bool cf_check host_symbol(void *ctx, const char *name, uint64_t *addr)
{
    *addr = symbols_lookup_by_name(name);

    return *addr && !xsplice_is_gone(*addr);
}

static bool cf_check host_is_text(void *ctx, uint64_t addr, uint64_t size)
{
    uint64_t start = (unsigned long)_stext, end = (unsigned long)_etext;

    return addr >= start && addr < end && size <= end - addr;
}

static bool cf_check host_is_denied(void *ctx, uint64_t addr, uint64_t size)
{
    /* Too large for the stack; under the lock. */
    static char namebuf[KSYM_NAME_LEN + 1];
    uint64_t end = addr + size;
    unsigned long length, offset;
    const char *name;

    /* Every function that begins in there or goes on. */
    do {
        name = symbols_lookup(addr, &length, &offset, namebuf);
        if ( name && xsp_is_denied(name) )
            return true;
        addr += name && length > offset ? length - offset : 1;
    } while ( addr < end );

    return false;
}

static void cf_check host_read_text(void *ctx, uint64_t addr, void *to, size_t size)
{
    memcpy(to, (const void *)addr, size);
}

/* From the start of constants to the end of data, as the linker script has them. */
static bool cf_check host_read_data(void *ctx, uint64_t addr, void *to, size_t size)
{
    if ( !xsplice_is_data(addr, size) )
        return false;
    memcpy(to, (const void *)addr, size);

    return true;
}

static void cf_check host_digest(void *ctx, uint8_t hash, const struct xsp_bytes *piece,
                                 uint32_t count, uint8_t *out)
{
    /* Too large for the stack; under the lock. */
    static uint64_t work[XSPLICE_DIGEST_WORK / sizeof(uint64_t)];

    xsplice_digest(work, hash, piece, count, out);
}

static bool cf_check host_check_signature(void *ctx, const struct xsp_key *key,
                                          const struct xsp_pgp_sig *sig,
                                          const uint8_t *digest)
{
    return xsplice_check_signature(key, sig, digest);
}

static uint64_t cf_check host_now(void *ctx)
{
    return get_localtime_us(idle_vcpu[0]->domain) * 1000;
}

const struct xsp_host xsplice_host = {
    .alloc = host_alloc,
    .free = host_free,
    .symbol = host_symbol,
    .is_text = host_is_text,
    .is_denied = host_is_denied,
    .read_text = host_read_text,
    .read_data = host_read_data,
    .digest = host_digest,
    .check_signature = host_check_signature,
    .now = host_now,
    .has_ibt = arch_xsplice_has_ibt,
};

/* --- at boot ---------------------------------------------------------------------------- */

static void __init set_policy(struct xsp_policy *p)
{
    static const char *const names[] = {
        [XSP_OFF] = "signatures are not looked at",
        [XSP_PERMISSIVE] = "payloads that are not signed are taken",
        [XSP_ENFORCE] = "payloads must be signed",
    };

    p->keys = xsplice_keys;
    p->nkeys = xsplice_nkeys;
    p->needed = CONFIG_XSPLICE_SIGNATURES;
    p->mode = opt_mode >= 0 ? opt_mode : xsplice_nkeys ? XSP_ENFORCE : XSP_OFF;
    printk(XENLOG_INFO XSPLICE "%s; %u keys, %u signatures needed\n", names[p->mode],
           p->nkeys, p->needed);
}

static void __init set_machine(struct xsp_loader *l)
{
    const void *id;
    unsigned int len;

    if ( !xsplice_build_id(&id, &len) )
    {
        l->xen_build_id.data = id;
        l->xen_build_id.size = len;
    }
    l->machine = XSPLICE_MACHINE;
    l->features = XSPLICE_FEATURES;
}

void xsplice_record(struct xsp_event *e)
{
    e->mode = xsplice_loader.policy.mode;
    xsp_journal_add(&xsplice_journal, e);
}

static int __init cf_check xsplice_init(void)
{
    struct xsp_event boot = { .operation = ABI_JOURNAL_BOOT, .name = "" };

    journal_records = vzalloc(JOURNAL_RECORDS * sizeof(*journal_records));
    if ( !journal_records )
        panic(XSPLICE "no memory for the journal\n");

    xsp_loader_init(&xsplice_loader, &xsplice_host);
    set_policy(&xsplice_loader.policy);
    set_machine(&xsplice_loader);
    xsp_journal_init(&xsplice_journal, &xsplice_host, journal_records, JOURNAL_RECORDS);
    xsplice_record(&boot);
    xsplice_show_init();
    arch_xsplice_init();

    return 0;
}
__initcall(xsplice_init);

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
