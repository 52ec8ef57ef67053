/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.c - errors and payloads for people: errno, console, key 'x'
 */
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/keyhandler.h>
#include <xen/lib.h>
#include <xen/softirq.h>

#include "private.h"

/* Where Xen's loader has another errno than the kind of the failure says. */
static const struct {
    enum xsp_code code;
    int error;
} exceptions[] = {
    { XSP_SYMBOL_COMMON, EINVAL },
    { XSP_TAIL, EINVAL },
    { XSP_XEN_NO_ID, ENODATA },
    { XSP_STATE_APPLIED, EINVAL },
    { XSP_STATE_REAPPLY, EINVAL },
    { XSP_DEPENDS_XEN, EINVAL },
    { XSP_DEPENDS_TOP, EINVAL },
    { XSP_EXPECT_MISMATCH, EINVAL },
    { XSP_FUNC_DENIED, EROFS },    /* not EPERM: the caller may do it, nobody may this */
};

int xsplice_errno(enum xsp_code code)
{
    static const int kinds[] = {
        [XSP_KIND_NONE] = EINVAL,
        [XSP_KIND_INVALID] = EINVAL,
        [XSP_KIND_UNSUPPORTED] = EOPNOTSUPP,
        [XSP_KIND_SIGNATURE] = EBADMSG,
        [XSP_KIND_POLICY] = EPERM,
        [XSP_KIND_MEMORY] = ENOMEM,
        [XSP_KIND_EXISTS] = EEXIST,
        [XSP_KIND_MISSING] = ENOENT,
        [XSP_KIND_RANGE] = EOVERFLOW,
        [XSP_KIND_STATE] = EBUSY,
    };
    unsigned int i;

    for ( i = 0; i < ARRAY_SIZE(exceptions); i++ )
        if ( exceptions[i].code == code )
            return exceptions[i].error;

    return kinds[xsp_code_kind(code)];
}

const char *xsplice_escape(char *to, size_t room, const void *from, size_t size)
{
    const uint8_t *p = from;
    size_t i, at = 0;

    for ( i = 0; i < size && at + 5 < room; i++ )
    {
        if ( p[i] >= ' ' && p[i] < 0x7f && p[i] != '\\' )
            to[at++] = p[i];
        else
            at += snprintf(to + at, room - at, "\\x%02x", p[i]);
    }
    to[at] = 0;

    return to;
}

void xsplice_complain(const char *name, const struct xsp_cause *cause)
{
    printk(XENLOG_ERR XSPLICE "%s: %s at %#"PRIx64" %s\n", name, cause->what, cause->pos,
           xsp_code_text(cause->code));
}

/* --- key 'x' ----------------------------------------------------------------------- */

static const char *state_name(const struct xsp_module *m)
{
    return m->state == XSP_APPLIED ? "APPLIED" : "CHECKED";
}

/* One line each: key=value, escaped. */
static void show_info(const struct xsp_module *m)
{
    const uint8_t *p = m->info.data;
    char line[160];
    size_t at = 0;

    while ( at < m->info.size )
    {
        size_t len = strnlen((const char *)p + at, m->info.size - at);

        printk("    %s\n", xsplice_escape(line, sizeof(line), p + at, len));
        at += len + 1;
    }
}

static void show_patches(const struct xsp_module *m)
{
    char line[160];
    unsigned int i;

    for ( i = 0; i < m->npatches; i++ )
    {
        const struct xsp_patch *f = &m->patches[i];

        printk("    %s patch %p(%u) with %p (%u)\n",
               xsplice_escape(line, sizeof(line), f->name, strlen(f->name)),
               (void *)f->old_addr, f->old_size, (void *)f->new_addr, f->new_size);
        if ( !((i + 1) % 64) )
            process_pending_softirqs();
    }
}

static void show_module(const struct xsp_module *m)
{
    const struct payload *p = &payload_of(m)->abi;

    printk(" name=%s state=%s(%d) %p (.data=%p, .rodata=%p) using %u pages.\n", m->name,
           state_name(m), m->state, p->text_addr, p->rw_addr, p->ro_addr, p->pages);
    if ( m->verdict.signer )
        printk("    signed by %*phN%s\n", XSP_FINGERPRINT_SIZE,
               m->verdict.signer->fingerprint, m->verdict.trusted ? "" : ", not trusted");
    else
        printk("    no good signature\n");
    show_info(m);
    show_patches(m);
    printk("build-id=%*phN\n", (int)m->build_id.size, m->build_id.data);
    printk("depend-on=%*phN\n", (int)m->depends.size, m->depends.data);
}

static void cf_check show_all(unsigned char key)
{
    const struct xsp_module *m;

    printk("'%c' pressed - Dumping all livepatch patches\n", key);
    if ( xsplice_loader.xen_build_id.size )
        printk("build-id: %*phN\n", (int)xsplice_loader.xen_build_id.size,
               xsplice_loader.xen_build_id.data);

    if ( !spin_trylock(&xsplice_lock) )
    {
        printk("Lock held. Try again.\n");
        return;
    }
    for ( m = xsplice_loader.first; m; m = m->next )
        show_module(m);
    spin_unlock(&xsplice_lock);
}

void __init xsplice_show_init(void)
{
    register_keyhandler('x', show_all, "print livepatch info", 1);
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
