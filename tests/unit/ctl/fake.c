// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "xsplice-ctl/ctl.h"
#include "xsplice-ctl/trust.h"
#include "xsplice-ctl/wire.h"
#include "common/mem.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake fake;

/* --- memory for hypercalls --------------------------------------------------- */

#define BUFFERS 64

static struct {
	char *at;
	size_t size;
} buffers[BUFFERS];

static void *fake_alloc(void *ctx, size_t size)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < BUFFERS && buffers[i].at; i++)
		;
	if (i == BUFFERS) {
		ck_abort_msg("too many buffers");
		return NULL;
	}
	buffers[i].at = mem_zalloc(size, 1);
	buffers[i].size = size;
	return buffers[i].at;
}

static void fake_free(void *ctx, void *p)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < BUFFERS && buffers[i].at != p; i++)
		;
	if (i == BUFFERS) {
		ck_abort_msg("frees what was not allocated");
		return;
	}
	free(p);
	buffers[i].at = NULL;
}

/* The memory at @at, @size bytes of it, if it is fit for a hypercall. */
void *fake_guest(uint64_t at, size_t size)
{
	uint64_t i;

	for (i = 0; i < BUFFERS; i++) {
		uint64_t from = (uintptr_t)buffers[i].at;

		if (buffers[i].at && at >= from && at - from <= buffers[i].size &&
		    size <= buffers[i].size - (at - from))
			return buffers[i].at + (at - from);
	}
	ck_abort_msg("%zu bytes at %#lx are no memory for hypercalls", size, (unsigned long)at);
	return NULL;
}

static void no_buffers_left(void)
{
	size_t i;

	for (i = 0; i < BUFFERS; i++)
		ck_assert_msg(!buffers[i].at, "a buffer of %zu bytes was not freed",
			      buffers[i].size);
}

/* --- payloads ------------------------------------------------------------------ */

void fake_reset(void)
{
	fake = (struct fake){
		.interface = 0x15,
		.version = 4 << 16 | 17,
		.extra = ".5",
		.build_id = "0123456789abcdefghij",
		.list_version = 1,
	};
}

struct fake_payload *fake_find(const char *name)
{
	size_t i;

	for (i = 0; i < FAKE_PAYLOADS; i++)
		if (fake.payloads[i].state && !strcmp(fake.payloads[i].name, name))
			return &fake.payloads[i];
	return NULL;
}

static unsigned int stack_depth(void)
{
	unsigned int depth = 0;
	size_t i;

	for (i = 0; i < FAKE_PAYLOADS; i++)
		if (fake.payloads[i].state == LP_APPLIED && fake.payloads[i].depth > depth)
			depth = fake.payloads[i].depth;
	return depth;
}

static void set_applied(struct fake_payload *p)
{
	p->depth = stack_depth() + 1;
	p->state = LP_APPLIED;
}

struct fake_payload *fake_add(const char *name, unsigned int state)
{
	struct fake_payload *p = fake.payloads;

	while (p->state)
		p++;
	*p = (struct fake_payload){.state = LP_CHECKED};
	snprintf(p->name, sizeof(p->name), "%s", name);
	if (state == LP_APPLIED)
		set_applied(p);
	else
		p->state = state;
	fake.list_version++;
	return p;
}

static size_t count_payloads(void)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < FAKE_PAYLOADS; i++)
		n += fake.payloads[i].state != 0;
	return n;
}

static struct fake_payload *nth(size_t n)
{
	struct fake_payload *p;

	for (p = fake.payloads;; p++)
		if (p->state && n-- == 0)
			return p;
}

/* --- hypercalls ---------------------------------------------------------------- */

static int get_name(const struct wire_name *w, char *name)
{
	const char *from;

	if (!w->size || w->size > LP_NAME_MAX || w->pad[0] || w->pad[1] || w->pad[2])
		return -EINVAL;
	from = fake_guest(w->name, w->size);
	if (from[w->size - 1])
		return -EINVAL;
	memcpy(name, from, w->size);
	return 0;
}

static long do_upload(struct wire_upload *u)
{
	char name[LP_NAME_MAX];

	if (get_name(&u->name, name) || !u->size || u->size > LP_PAYLOAD_MAX)
		return -EINVAL;
	fake_guest(u->payload, u->size);
	if (fake_find(name))
		return -EEXIST;
	fake_add(name, LP_CHECKED);
	fake.uploads++;
	fake.last_size = u->size;
	return 0;
}

static void revert_all(void)
{
	size_t i;

	for (i = 0; i < FAKE_PAYLOADS; i++)
		if (fake.payloads[i].state == LP_APPLIED) {
			fake.payloads[i].state = LP_CHECKED;
			fake.payloads[i].dirty = fake.payloads[i].has_data;
		}
}

/* What the action on @p does in the end. */
static void finish_action(struct fake_payload *p)
{
	p->rc = 0;
	if (fake.result) {
		p->rc = -fake.result;
		if (fake.result_times && !--fake.result_times)
			fake.result = 0;
		return;
	}
	if (fake.state_of_other)
		return;
	if (p->pending == LP_REVERT) {
		p->state = LP_CHECKED;
		p->dirty = p->has_data;
		return;
	}
	if (p->pending == LP_REPLACE)
		revert_all();
	set_applied(p);
}

static long do_get(struct wire_get *g)
{
	struct fake_payload *p;
	char name[LP_NAME_MAX];

	if (get_name(&g->name, name))
		return -EINVAL;
	p = fake_find(name);
	if (!p)
		return -ENOENT;
	if (p->pending && p->polls_left != ~0u && !p->polls_left--) {
		finish_action(p);
		p->pending = 0;
	}
	g->status.state = p->state;
	g->status.rc = p->rc;
	if (fake.vanish_after_get)
		p->state = 0;
	return 0;
}

static long schedule(struct fake_payload *p, enum lp_action action)
{
	p->rc = -EAGAIN;
	p->pending = action;
	p->polls_left = fake.polls;
	return 0;
}

static long do_action(struct wire_action *a, bool new_layout)
{
	struct fake_payload *p;
	char name[LP_NAME_MAX];

	if (get_name(&a->name, name) || (new_layout && a->pad))
		return -EINVAL;
	fake.actions++;
	fake.last_timeout = a->timeout;
	fake.last_flags = new_layout ? a->flags : 0;
	p = fake_find(name);
	if (!p)
		return -ENOENT;
	if (fake.action_errno) {
		int rc = -fake.action_errno;

		if (fake.action_errno_times && !--fake.action_errno_times)
			fake.action_errno = 0;
		return rc;
	}
	switch (a->cmd) {
	case LP_UNLOAD:
		if (p->state != LP_CHECKED)
			return -EINVAL;
		p->state = 0;
		fake.list_version++;
		return 0;
	case LP_REVERT:
		if (p->state != LP_APPLIED)
			return 0;
		return p->depth == stack_depth() ? schedule(p, LP_REVERT) : -EBUSY;
	case LP_APPLY:
		if (p->state == LP_CHECKED && p->dirty)
			p->rc = -EINVAL;
		else if (p->state == LP_CHECKED)
			return schedule(p, LP_APPLY);
		return 0;
	case LP_REPLACE:
		return p->state == LP_CHECKED ? schedule(p, LP_REPLACE) : 0;
	}
	return -EOPNOTSUPP;
}

/* The fields of both list layouts. */
struct list_call {
	uint32_t *version;
	uint32_t idx;
	uint32_t *nr;
	uint64_t status;
	uint64_t name;
	uint64_t len;
	uint64_t metadata;
	uint64_t metadata_len;
};

static void list_totals(struct wire_list_new *l, bool new_layout)
{
	size_t i;

	l->nr = fake.list_total ? fake.list_total : (uint32_t)count_payloads();
	l->version = fake.list_version;
	if (!new_layout)
		return;
	l->name_total = l->metadata_total = 0;
	for (i = 0; i < count_payloads(); i++) {
		l->name_total += (uint32_t)strlen(nth(i)->name) + 1;
		l->metadata_total += nth(i)->metadata_len;
	}
	if (fake.list_metadata_total)
		l->metadata_total = fake.list_metadata_total;
}

static void put_entry(const struct list_call *l, size_t i, const struct fake_payload *p,
		      size_t *name_at, size_t *metadata_at, bool new_layout)
{
	uint32_t len = (uint32_t)strlen(p->name) + 1;
	struct wire_status *st = fake_guest(l->status + i * sizeof(*st), sizeof(*st));

	st->state = p->state;
	st->rc = p->rc;
	if (!new_layout)
		*name_at = i * LP_NAME_MAX;
	memcpy(fake_guest(l->name + *name_at, len), p->name, len);
	*(uint32_t *)fake_guest(l->len + i * 4, 4) = fake.list_len ? fake.list_len : len;
	*name_at += len;
	if (!new_layout)
		return;
	memcpy(fake_guest(l->metadata + *metadata_at, p->metadata_len), p->metadata,
	       p->metadata_len);
	*(uint32_t *)fake_guest(l->metadata_len + i * 4, 4) =
		fake.list_metadata_len ? fake.list_metadata_len : p->metadata_len;
	*metadata_at += p->metadata_len;
}

static long do_list(struct wire_list_new *w, bool new_layout)
{
	struct wire_list_old *old = (void *)w;
	struct list_call l = {
		.status = new_layout ? w->status : old->status,
		.name = new_layout ? w->name : old->name,
		.len = new_layout ? w->len : old->len,
		.metadata = new_layout ? w->metadata : 0,
		.metadata_len = new_layout ? w->metadata_len : 0,
	};
	size_t total = count_payloads();
	size_t names = 0;
	size_t metadata = 0;
	uint32_t nr = w->nr;
	uint32_t n = 0;

	if (nr > 1024)
		return -E2BIG;
	if (w->pad || (w->idx >= total && total))
		return -EINVAL;
	if (!nr) {
		list_totals(w, new_layout);
		return 0;
	}
	if (fake.changes && fake.changes--)
		fake.list_version++;
	for (; n < nr && w->idx + n < total; n++)
		put_entry(&l, n, nth(w->idx + n), &names, &metadata, new_layout);
	w->nr = (uint32_t)total - w->idx - n;
	w->version = fake.list_version;
	return fake.list_returned ? fake.list_returned : n;
}

static bool all_zero(const void *p, size_t n)
{
	const unsigned char *byte = p;

	while (n && !*byte) {
		byte++;
		n--;
	}
	return n == 0;
}

static long do_sysctl(struct wire_sysctl *s)
{
	bool new_layout = fake.interface >= INTERFACE_NEW_LAYOUT;

	if (s->interface_version != fake.interface)
		return -EACCES;
	ck_assert_uint_eq(s->cmd, SYSCTL_LIVEPATCH);
	if (fake.all_errno)
		return -fake.all_errno;
	if (s->pad)
		return -EINVAL;
	if (s->op > WIRE_ACTION)
		return fake_loader_op(s);
	if (fake.errno_of[s->op] && !all_zero(&s->u, sizeof(s->u)))
		return -fake.errno_of[s->op];
	switch (s->op) {
	case WIRE_UPLOAD:
		return do_upload(&s->u.upload);
	case WIRE_GET:
		return do_get(&s->u.get);
	case WIRE_LIST:
		return do_list(&s->u.list, new_layout);
	default:
		return do_action(&s->u.action, new_layout);
	}
}

static long do_version(uint64_t cmd, uint64_t at)
{
	struct wire_build_id *id;

	switch (cmd) {
	case XENVER_VERSION:
		return fake.version;
	case XENVER_EXTRAVERSION:
		snprintf(fake_guest(at, 16), 16, "%s", fake.extra);
		return 0;
	case XENVER_CHANGESET:
		snprintf(fake_guest(at, 64), 64, "unknown");
		return 0;
	case XENVER_BUILD_ID:
		if (!fake.build_id)
			return -ENODATA;
		id = fake_guest(at, sizeof(*id));
		ck_assert_uint_ge(id->len, 20);
		memcpy(id->buf, fake.build_id, 20);
		return 20;
	}
	return -ENOSYS;
}

static long fake_call(void *ctx, unsigned int op, uint64_t arg1, uint64_t arg2)
{
	(void)ctx;
	if (op == HYPERVISOR_XEN_VERSION)
		return do_version(arg1, arg2);
	ck_assert_uint_eq(op, HYPERVISOR_SYSCTL);
	return do_sysctl(fake_guest(arg1, sizeof(struct wire_sysctl)));
}

static uint64_t fake_now(void *ctx)
{
	(void)ctx;
	return fake.clock += 1000;
}

static void fake_sleep(void *ctx, uint64_t ns)
{
	(void)ctx;
	fake.clock += ns;
	fake.slept++;
}

static void fake_close(void *ctx)
{
	(void)ctx;
	no_buffers_left();
}

const char *trust_keyring(void)
{
	return fake.keyring ? fake.keyring : "/nowhere/keyring.gpg";
}

int xen_open(struct xen *x, struct err *e)
{
	if (fake.no_xen)
		return err_set(e, ERR_UNSUPPORTED, "this machine does not run on Xen");
	*x = (struct xen){
		.call = fake_call,
		.alloc = fake_alloc,
		.free = fake_free,
		.now = fake_now,
		.sleep = fake_sleep,
		.close = fake_close,
	};
	return 0;
}

/* --- runs of the program ------------------------------------------------------- */

static int divert(int fd, FILE **to)
{
	int saved = dup(fd);

	*to = tmpfile();
	ck_assert(*to && saved >= 0);
	ck_assert_int_ge(dup2(fileno(*to), fd), 0);
	return saved;
}

static void restore(int fd, int saved, FILE *from, char *text, size_t size)
{
	ssize_t n;

	ck_assert_int_ge(dup2(saved, fd), 0);
	close(saved);
	n = pread(fileno(from), text, size - 1, 0);
	ck_assert_int_ge(n, 0);
	text[n] = 0;
	fclose(from);
}

void run_argv(struct run *r, const char *const *argv)
{
	char *owned[32] = {0};
	char *copy[32] = {0};
	FILE *out;
	FILE *errors;
	int saved_out;
	int saved_err;
	int argc;

	for (argc = 0; argc < 31 && argv[argc]; argc++)
		copy[argc] = owned[argc] = mem_strdup(argv[argc]);
	fflush(stdout);
	saved_out = divert(STDOUT_FILENO, &out);
	saved_err = divert(STDERR_FILENO, &errors);
	r->status = ctl_main(argc, copy);
	fflush(stdout);
	restore(STDOUT_FILENO, saved_out, out, r->out, sizeof(r->out));
	restore(STDERR_FILENO, saved_err, errors, r->err, sizeof(r->err));
	no_buffers_left();
	while (argc--)
		free(owned[argc]);
}

void run(struct run *r, const char *words)
{
	char *text = mem_strdup(words);
	const char *argv[32] = {0};
	char *save = NULL;
	char *w;
	int n = 0;

	for (w = strtok_r(text, " ", &save); w && n < 31; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	run_argv(r, argv);
	free(text);
}
