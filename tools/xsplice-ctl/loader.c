// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/loader.h"

#include "xsplice-ctl/lp-priv.h"
#include "common/mem.h"
#include "xsplice/xsplice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one call fetches: memory that Xen may write to is scarce. */
#define KEYS_AT_ONCE	  64
#define FUNCTIONS_AT_ONCE 32
#define RECORDS_AT_ONCE	  64

/* More than any loader has: what says more lies, or never ends. */
#define FUNCTIONS_MAX 65536
#define RECORDS_MAX   65536

static int call(struct lp *lp, const struct wire_sysctl *s)
{
	long rc = lp_sysctl(lp, s);

	return rc < 0 ? (int)rc : 0;
}

/* --- INFO ------------------------------------------------------------------------- */

static int ask_info(struct lp *lp, void *keys, struct loader *out)
{
	struct wire_sysctl s = {.op = XSPLICE_OP_INFO};
	size_t size;
	int rc;

	s.u.info.keys = (uintptr_t)keys;
	s.u.info.max_keys = KEYS_AT_ONCE;
	rc = call(lp, &s);
	if (rc)
		return rc;
	out->info = lp->sysctl->u.info;
	out->nkeys = out->info.nkeys < KEYS_AT_ONCE ? out->info.nkeys : KEYS_AT_ONCE;
	size = out->nkeys * LOADER_KEY_SIZE;
	out->keys = mem_zalloc(size + 1, 1);
	memcpy(out->keys, keys, size);
	return 0;
}

/* Xen before 4.14 reads another layout, which our loader never has. */
int loader_read(struct lp *lp, struct loader *out, struct err *e)
{
	void *keys;
	int rc;

	*out = (struct loader){0};
	if (!lp->new_layout)
		return 0;
	keys = lp->xen.alloc(lp->xen.ctx, KEYS_AT_ONCE * LOADER_KEY_SIZE);
	if (!keys)
		return err_fail(e, "no memory that can be shared with Xen");
	rc = ask_info(lp, keys, out);
	lp->xen.free(lp->xen.ctx, keys);
	if (rc && rc != -EOPNOTSUPP && rc != -ENOSYS)
		return explain(e, OP_ANY, WHEN_ASKED, NULL, rc);
	out->ours = !rc;
	return 0;
}

void loader_free(struct loader *l)
{
	free(l->keys);
	*l = (struct loader){0};
}

const char *loader_mode_name(unsigned int mode)
{
	static const char *const names[] = {"off", "permissive", "enforce"};

	return mode < sizeof(names) / sizeof(*names) ? names[mode] : "unknown";
}

unsigned int loader_demands(const struct loader *l)
{
	return l->ours && l->info.mode == 2 ? l->info.needed : 0;
}

/* --- CHECK ------------------------------------------------------------------------- */

/* @shared: memory for the file and the message behind it. */
static int ask_check(struct lp *lp, char *shared, size_t size, uint32_t flags,
		     struct loader_check *out)
{
	struct wire_sysctl s = {.op = XSPLICE_OP_CHECK};
	int rc;

	s.u.check.payload = (uintptr_t)shared;
	s.u.check.size = size;
	s.u.check.message = (uintptr_t)shared + size;
	s.u.check.message_size = sizeof(out->message);
	s.u.check.flags = flags;
	rc = call(lp, &s);
	if (rc)
		return rc;
	out->op = lp->sysctl->u.check;
	memcpy(out->message, shared + size, sizeof(out->message));
	out->message[sizeof(out->message) - 1] = 0;
	return 0;
}

int loader_check(struct lp *lp, const void *data, size_t size, uint32_t flags,
		 struct loader_check *out)
{
	char *shared;
	int rc;

	if (!size || size > LP_PAYLOAD_MAX)
		return -EINVAL;
	shared = lp->xen.alloc(lp->xen.ctx, size + sizeof(out->message));
	if (!shared)
		return -ENOMEM;
	memcpy(shared, data, size);
	rc = ask_check(lp, shared, size, flags, out);
	lp->xen.free(lp->xen.ctx, shared);
	return rc;
}

/* --- FUNCTIONS ---------------------------------------------------------------------- */

/* Adds what one call gives, from out->n on. */
static int more_functions(struct lp *lp, const char *name, struct xsplice_function *shared,
			  struct loader_functions *out, size_t *total)
{
	struct wire_sysctl s = {.op = XSPLICE_OP_FUNCTIONS};
	struct wire_name w;
	size_t i, n;
	int rc = lp_set_name(lp, &w, name);

	if (rc)
		return rc;
	s.u.functions.name = w.name;
	s.u.functions.name_size = w.size;
	s.u.functions.functions = (uintptr_t)shared;
	s.u.functions.first = (uint32_t)out->n;
	s.u.functions.max = FUNCTIONS_AT_ONCE;
	rc = call(lp, &s);
	if (rc)
		return rc;
	*total = lp->sysctl->u.functions.count;
	out->state = lp->sysctl->u.functions.state;
	if (*total > FUNCTIONS_MAX)
		return -E2BIG;
	n = *total > out->n ? *total - out->n : 0;
	if (n > FUNCTIONS_AT_ONCE)
		n = FUNCTIONS_AT_ONCE;
	out->v = mem_resize(out->v, out->n + n + 1, sizeof(*out->v));
	memcpy(out->v + out->n, shared, n * sizeof(*out->v));
	for (i = out->n; i < out->n + n; i++)
		out->v[i].name[sizeof(out->v[i].name) - 1] = 0;
	out->n += n;
	return 0;
}

int loader_functions(struct lp *lp, const char *name, struct loader_functions *out)
{
	struct xsplice_function *shared;
	size_t total = 0;
	int rc;

	*out = (struct loader_functions){0};
	shared = lp->xen.alloc(lp->xen.ctx, FUNCTIONS_AT_ONCE * sizeof(*shared));
	if (!shared)
		return -ENOMEM;
	do
		rc = more_functions(lp, name, shared, out, &total);
	while (!rc && out->n < total);
	lp->xen.free(lp->xen.ctx, shared);
	if (rc) {
		free(out->v);
		*out = (struct loader_functions){0};
	}
	return rc;
}

/* --- JOURNAL ------------------------------------------------------------------------- */

/* Adds what one call gives, from number @at on; *@got: how many. */
static int more_records(struct lp *lp, uint64_t at, struct abi_journal_record *shared,
			struct loader_journal *out, size_t *got)
{
	struct wire_sysctl s = {.op = XSPLICE_OP_JOURNAL};
	const struct xsplice_op_journal *j = &lp->sysctl->u.journal;
	int rc;

	s.u.journal.records = (uintptr_t)shared;
	s.u.journal.first = at;
	s.u.journal.max = RECORDS_AT_ONCE;
	rc = call(lp, &s);
	if (rc)
		return rc;
	if (j->count > RECORDS_AT_ONCE || out->n + j->count > RECORDS_MAX)
		return -E2BIG;
	if (!out->n)
		out->start = j->start;
	out->next = j->next;
	*got = j->count;
	out->v = mem_resize(out->v, out->n + *got + 1, sizeof(*out->v));
	memcpy(out->v + out->n, shared, *got * sizeof(*out->v));
	out->n += *got;
	return 0;
}

int loader_journal(struct lp *lp, uint64_t first, struct loader_journal *out)
{
	struct abi_journal_record *shared;
	size_t got = 0;
	int rc;

	*out = (struct loader_journal){.start = first};
	shared = lp->xen.alloc(lp->xen.ctx, RECORDS_AT_ONCE * sizeof(*shared));
	if (!shared)
		return -ENOMEM;
	do
		rc = more_records(lp, out->n ? out->start + out->n : first, shared, out, &got);
	while (!rc && got);
	lp->xen.free(lp->xen.ctx, shared);
	if (rc) {
		free(out->v);
		*out = (struct loader_journal){0};
	}
	return rc;
}

/* --- why ------------------------------------------------------------------------------- */

/* The cause in the last record, if that is about @name and failed with @rc. */
static const char *recorded_cause(const struct loader_journal *j, const char *name, int rc)
{
	const struct abi_journal_record *r = j->n ? &j->v[j->n - 1] : NULL;

	if (!r || r->result != rc || !r->code || r->code >= XSP_CODES ||
	    strncmp(r->name, name, sizeof(r->name)) != 0)
		return NULL;
	return xsp_code_text((enum xsp_code)r->code);
}

static const char *find_cause(struct lp *lp, const char *name, int rc)
{
	struct err ignored = ERR_INIT;
	struct loader_journal j;
	const char *text = NULL;
	struct loader l;

	if (loader_read(lp, &l, &ignored))
		return NULL;
	if (l.ours && l.info.journal_next && loader_journal(lp, l.info.journal_next - 1, &j) == 0) {
		text = recorded_cause(&j, name, rc);
		free(j.v);
	}
	loader_free(&l);
	return text;
}

int loader_explain(struct lp *lp, struct err *e, enum op op, enum when when, const char *name,
		   int rc)
{
	const char *cause = find_cause(lp, name, rc);

	if (!cause)
		return explain(e, op, when, name, rc);
	return err_set(e, explain_kind(op, when, rc),
		       "%s: Xen refuses it, as it or a part of it %s; Xen's console (xl dmesg) "
		       "says more [%s, error %d]",
		       name, cause, strerror(-rc), -rc);
}
