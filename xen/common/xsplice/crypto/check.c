/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - signatures inside Xen: memory for them
 */
#include <xen/lib.h>
#include <xen/xmalloc.h>

#include "check.h"

bool xsplice_check_signature(const struct xsp_key *key, const struct xsp_pgp_sig *sig,
                             const uint8_t *digest)
{
    void *work = xmalloc_bytes(XSPLICE_PUBKEY_WORK);
    bool ok = work && xsplice_pubkey_check(work, key, sig, digest);

    if ( !work )
        printk(XENLOG_ERR "xsplice: no memory to check a signature\n");
    xfree(work);

    return ok;
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
