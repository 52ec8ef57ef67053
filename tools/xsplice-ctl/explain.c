// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/explain.h"

#include "common/text.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define SEE_CONSOLE "Xen's console (xl dmesg) says which"

/* The first row that fits counts; errnum 0 fits every number. */
static const struct row {
	enum op op;
	enum when when;
	int errnum;
	enum err_kind kind;
	const char *text; /* "what is wrong: what to do" */
} rows[] = {
	{OP_UPLOAD, WHEN_ASKED, EINVAL, ERR_CHECK,
	 "Xen refuses the payload: it is damaged, not a payload, or made for another build of Xen: "
	 "compare the build-ids (xsplice-ctl info)"},
	{OP_UPLOAD, WHEN_ASKED, EEXIST, ERR_CHECK,
	 "Xen refuses the payload: a loaded one has the same build-id or defines the same symbol: "
	 "see xsplice-ctl list; " SEE_CONSOLE},
	{OP_UPLOAD, WHEN_ASKED, ENOENT, ERR_CHECK,
	 "Xen refuses the payload: it uses a symbol that neither Xen nor a loaded payload has: "
	 "load what it depends on first; " SEE_CONSOLE},
	{OP_UPLOAD, WHEN_ASKED, EOPNOTSUPP, ERR_CHECK,
	 "Xen refuses the payload: it is for another architecture or uses a form of ELF, "
	 "relocation "
	 "or function entry that this Xen does not know; " SEE_CONSOLE},
	{OP_UPLOAD, WHEN_ASKED, EOVERFLOW, ERR_CHECK,
	 "Xen refuses the payload: something in it lies too far from what it refers "
	 "to; " SEE_CONSOLE},
	{OP_UPLOAD, WHEN_ASKED, ENODATA, ERR_UNSUPPORTED,
	 "this Xen was built without a build-id, so no payload can be matched to it"},
	{OP_UPLOAD, WHEN_ASKED, ENOMEM, ERR_FAIL,
	 "there is not enough memory for the payload (in Xen, or in dom0 to hand it over): unload "
	 "what is not needed"},

	{OP_UPLOAD, WHEN_ASKED, EBADMSG, ERR_SIGNATURE,
	 "Xen refuses the payload: it is not signed as the keys built into this Xen "
	 "demand; " SEE_CONSOLE},
	{OP_UPLOAD, WHEN_ASKED, EROFS, ERR_SIGNATURE,
	 "Xen refuses the payload: it patches code that patching itself needs; " SEE_CONSOLE},

	{OP_APPLY, WHEN_ASKED, EINVAL, ERR_CHECK,
	 "Xen refuses to apply it: what it depends on is not what was applied last, the code to "
	 "be replaced is not what it expects, it was reverted before and has data, or its own "
	 "pre-apply hook says no; " SEE_CONSOLE},
	{OP_APPLY, WHEN_ASKED, ERANGE, ERR_CHECK,
	 "Xen refuses to apply it: it expects more bytes than the function has"},
	{OP_APPLY, WHEN_ASKED, EOPNOTSUPP, ERR_UNSUPPORTED,
	 "this Xen cannot apply without regard to dependencies: leave --nodeps out"},
	{OP_APPLY, WHEN_DONE, EINVAL, ERR_CHECK,
	 "Xen did not apply it: it was reverted before and its data is no longer as it was built: "
	 "unload it and upload it again (or its apply hook failed; " SEE_CONSOLE ")"},
	{OP_APPLY, WHEN_ASKED, EPERM, ERR_CHECK,
	 "Xen refuses to apply it: its own pre-apply hook says no; " SEE_CONSOLE},
	{OP_REVERT, WHEN_ASKED, EPERM, ERR_CHECK,
	 "Xen refuses to revert it: its own pre-revert hook says no; " SEE_CONSOLE},
	{OP_REVERT, WHEN_ASKED, EINVAL, ERR_CHECK,
	 "Xen refuses to revert it: its own pre-revert hook says no; " SEE_CONSOLE},
	{OP_REPLACE, WHEN_ASKED, EINVAL, ERR_CHECK,
	 "Xen refuses to replace by it: a replacement must depend on Xen itself, not on another "
	 "payload (build-id in .livepatch.depends)"},
	{OP_REPLACE, WHEN_ASKED, EOPNOTSUPP, ERR_UNSUPPORTED,
	 "Xen cannot replace, as this payload or an applied one has hooks around apply or revert: "
	 "revert the applied ones one by one, last first, then apply it"},
	{OP_REPLACE, WHEN_DONE, EINVAL, ERR_FAIL,
	 "Xen reverted all payloads and then did not apply this one (the code to be replaced is "
	 "not what it expects): THE HOST MAY RUN UNPATCHED NOW: see xsplice-ctl list"},
	{OP_UNLOAD, WHEN_ASKED, EINVAL, ERR_STATE, "it is applied: revert it first"},

	{OP_ANY, WHEN_ASKED, ENOENT, ERR_STATE,
	 "no payload of this name is loaded: see xsplice-ctl list"},
	{OP_ANY, WHEN_ASKED, EBUSY, ERR_BUSY,
	 "Xen is busy with another live-patch action or a CPU being brought up or down: try again"},
	{OP_ANY, WHEN_DONE, EBUSY, ERR_BUSY,
	 "Xen could not stop all CPUs in time, or a guest waits for its monitor; nothing was "
	 "changed: try again, with a larger --timeout or with --retries"},
	{OP_ANY, WHEN_DONE, EAGAIN, ERR_BUSY,
	 "an action on it is still going on: look again with xsplice-ctl list"},
	{OP_ANY, WHEN_ASKED, EPERM, ERR_FAIL,
	 "no permission: only the control domain (dom0) may live-patch Xen"},
	{OP_ANY, WHEN_ASKED, EACCES, ERR_FAIL,
	 "access denied: Xen's security policy (FLASK) must allow this domain xen2:livepatch_op"},
	{OP_ANY, WHEN_ASKED, ENOSYS, ERR_UNSUPPORTED,
	 "this Xen was built without live patching (CONFIG_LIVEPATCH)"},
	{OP_ANY, WHEN_ASKED, EFAULT, ERR_FAIL,
	 "Xen could not read or write the memory of this program: try again"},
	{OP_ANY, WHEN_ASKED, E2BIG, ERR_FAIL, "Xen has too many payloads to list"},

	{OP_UPLOAD, WHEN_EITHER, 0, ERR_CHECK, "Xen refuses the payload; " SEE_CONSOLE},
	{OP_APPLY, WHEN_ASKED, 0, ERR_CHECK,
	 "Xen refuses to apply it, most likely by its own pre-apply hook; " SEE_CONSOLE},
	{OP_APPLY, WHEN_DONE, 0, ERR_CHECK,
	 "it was not applied: its apply hook failed; " SEE_CONSOLE},
	{OP_REVERT, WHEN_ASKED, 0, ERR_CHECK,
	 "Xen refuses to revert it, most likely by its own pre-revert hook; " SEE_CONSOLE},
	{OP_REVERT, WHEN_DONE, 0, ERR_FAIL,
	 "its revert hook failed; see xsplice-ctl list and xl dmesg"},
	{OP_REPLACE, WHEN_DONE, 0, ERR_FAIL,
	 "the replacement failed half way: THE HOST MAY RUN UNPATCHED NOW: see xsplice-ctl list"},
	{OP_ANY, WHEN_EITHER, 0, ERR_FAIL,
	 "Xen gives an error that has no meaning here; " SEE_CONSOLE},
};

static const struct row *find_row(enum op op, enum when when, int errnum)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) - 1; i++) {
		const struct row *r = &rows[i];

		if ((r->op == op || r->op == OP_ANY) &&
		    (r->when == when || r->when == WHEN_EITHER) &&
		    (r->errnum == errnum || !r->errnum))
			break;
	}
	return &rows[i];
}

int explain(struct err *e, enum op op, enum when when, const char *name, int rc)
{
	const struct row *r = find_row(op, when, -rc);

	return err_set(e, r->kind, "%s: %s [%s, error %d]", name ? name : "Xen", r->text,
		       strerror(-rc), -rc);
}

enum err_kind explain_kind(enum op op, enum when when, int rc)
{
	return find_row(op, when, -rc)->kind;
}
