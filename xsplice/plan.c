// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan.c - all that an action writes, known and checked before anything is written
 *
 * What will be under a patch when it is written may differ from what is there now: a
 * replace takes other payloads away first. So memory is looked at through sim(), which
 * shows it as it will be once the first so many payloads of the stack are reverted.
 */
#include "link.h"

/* A plan in the making. */
struct maker {
	const struct xsp_loader *l;
	const struct xsp_host *host;
	struct xsp_module *m;
	struct xsp_plan *plan;
	struct xsp_cause *cause;
	uint32_t reverts; /* modules that are reverted, from the top of the stack */
	uint32_t used; /* bytes used */
};

/* A patch that one phase writes, or takes away. */
struct event {
	const struct xsp_patch *patch;
	const uint8_t *bytes;
	uint32_t seq; /* order of writing */
};

static int fail(const struct maker *k, enum xsp_code code, const char *what)
{
	return xsp_fail(k->cause, code, 0, what);
}

static bool overlap(uint64_t a, uint64_t na, uint64_t b, uint64_t nb)
{
	return a < b ? b - a < na : a - b < nb;
}

static bool same_bytes(struct xsp_bytes a, struct xsp_bytes b)
{
	return a.size == b.size && a.size && !memcmp(a.data, b.data, a.size);
}

/* The module that is @index places below the top of the stack. */
static struct xsp_module *stacked(const struct xsp_loader *l, uint32_t index)
{
	struct xsp_module *m = l->top;

	while (index--)
		m = m->below;
	return m;
}

static uint32_t stack_size(const struct xsp_loader *l)
{
	const struct xsp_module *m;
	uint32_t n = 0;

	for (m = l->top; m; m = m->below)
		n++;
	return n;
}

/* --- memory as it is, and as it will be ------------------------------------------- */

/* Puts the part of @patch's @bytes that falls into [@addr, + @size) there. */
static void put_bytes(const struct xsp_patch *patch, const uint8_t *bytes, uint64_t addr,
		      uint8_t *to, uint32_t size)
{
	uint32_t i;

	if (!overlap(patch->addr, patch->size, addr, size))
		return;
	for (i = 0; i < patch->size; i++)
		if (patch->addr + i >= addr && patch->addr + i - addr < size)
			to[patch->addr + i - addr] = bytes[i];
}

/* Code as it will be when the @reverts topmost modules are reverted. */
static void sim(const struct maker *k, uint32_t reverts, uint64_t addr, uint8_t *to, uint32_t size)
{
	const struct xsp_module *m = k->l->top;
	uint32_t i;

	xsp_read_code(k->l, addr, to, size);
	for (; reverts--; m = m->below)
		for (i = 0; i < m->npatches; i++)
			put_bytes(&m->patches[i], m->patches[i].saved, addr, to, size);
}

/* --- may it be done? ------------------------------------------------------------------ */

static int check_fresh(const struct maker *k)
{
	if (k->m->reverted && !k->m->layout.reapply)
		return fail(k, XSP_STATE_REAPPLY, "payload");
	return 0;
}

static int check_depends(const struct maker *k, bool on_xen)
{
	if (on_xen && !same_bytes(k->m->depends, k->l->xen_build_id))
		return fail(k, XSP_DEPENDS_XEN, ABI_SEC_DEPENDS);
	if (!on_xen && !same_bytes(k->m->depends, k->l->top->build_id))
		return fail(k, XSP_DEPENDS_TOP, ABI_SEC_DEPENDS);
	return 0;
}

static bool has_any(const struct xsp_module *m, const enum xsp_hook *hooks, uint32_t n)
{
	while (n--)
		if (m->hooks[hooks[n]].count)
			return true;
	return false;
}

/*
 * A replace is all or nothing: hooks that may say no, or that write by themselves,
 * cannot be part of it.
 */
static int check_hooks(const struct maker *k, const struct xsp_module *m)
{
	static const enum xsp_hook refusing[] = {
		XSP_HOOK_PREAPPLY,  XSP_HOOK_APPLY,  XSP_HOOK_POSTAPPLY,
		XSP_HOOK_PREREVERT, XSP_HOOK_REVERT, XSP_HOOK_POSTREVERT,
	};

	if (has_any(m, refusing, sizeof(refusing) / sizeof(*refusing)))
		return fail(k, XSP_REPLACE_HOOKS, m == k->m ? "payload" : "applied payload");
	return 0;
}

static int check_replace(const struct maker *k)
{
	const struct xsp_module *m;

	if (check_fresh(k) || check_depends(k, true) || check_hooks(k, k->m))
		return -1;
	for (m = k->l->top; m; m = m->below)
		if (check_hooks(k, m))
			return -1;
	return 0;
}

/* What is asked for is there already, or may be asked for in this state. */
static int check_state(const struct maker *k, uint32_t flags)
{
	bool applied = k->m->state == XSP_APPLIED;
	bool alone = k->l->top == k->m && !k->m->below;

	k->plan->nothing = applied == (k->plan->action != XSP_REVERT);
	/* What replaces all has replaced nothing while others are applied, too. */
	if (k->plan->action == XSP_REPLACE && applied && !alone)
		return fail(k, XSP_STATE_APPLIED, "payload");
	if (k->plan->nothing)
		return 0;
	switch (k->plan->action) {
	case XSP_REVERT:
		return k->l->top == k->m ? 0 : fail(k, XSP_STATE_NOT_TOP, "payload");
	case XSP_APPLY:
		if (check_fresh(k))
			return -1;
		return flags & XSP_NODEPS ? 0 : check_depends(k, !k->l->top);
	case XSP_REPLACE:
		return check_replace(k);
	default:
		return fail(k, XSP_STATE_APPLIED, "payload");
	}
}

/*
 * Patches at one address stack; a patch that begins inside another one would leave
 * half an instruction.
 */
static int check_overlap(const struct maker *k, const struct xsp_patch *patch)
{
	const struct xsp_module *m = stacked(k->l, k->reverts);
	uint32_t i;

	for (; m; m = m->below)
		for (i = 0; i < m->npatches; i++)
			if (m->patches[i].addr != patch->addr &&
			    overlap(m->patches[i].addr, m->patches[i].size, patch->addr,
				    patch->size))
				return fail(k, XSP_PLAN_OVERLAP, ABI_SEC_FUNCS);
	return 0;
}

static int check_expected(const struct maker *k, const struct xsp_patch *patch)
{
	uint8_t now[ABI_EXPECT_MAX];

	if (!patch->nexpect)
		return 0;
	sim(k, k->reverts, patch->old_addr, now, patch->nexpect);
	if (memcmp(now, patch->expect, patch->nexpect))
		return fail(k, XSP_EXPECT_MISMATCH, ABI_SEC_FUNCS);
	return 0;
}

static int check_patches(const struct maker *k)
{
	uint32_t i;

	for (i = 0; i < k->m->npatches; i++)
		if (check_overlap(k, &k->m->patches[i]) || check_expected(k, &k->m->patches[i]))
			return -1;
	return 0;
}

/* --- steps ------------------------------------------------------------------------------- */

static struct xsp_step *add_step(struct maker *k, enum xsp_step_kind kind, struct xsp_module *m,
				 uint64_t addr)
{
	struct xsp_step *s = &k->plan->steps[k->plan->nsteps++];

	s->kind = kind;
	s->module = m;
	s->addr = addr;
	return s;
}

/* Pointer @index of the module's hooks of one kind: where the function is. */
static uint64_t hook_at(const struct xsp_module *m, enum xsp_hook h, uint32_t index)
{
	uint64_t offset = m->hooks[h].addr - m->base + (uint64_t)index * sizeof(uint64_t);

	return xsp_le64(m->memory + offset);
}

static void add_calls(struct maker *k, struct xsp_module *m, enum xsp_hook h)
{
	uint32_t i;

	for (i = 0; i < m->hooks[h].count; i++)
		add_step(k, XSP_CALL, m, hook_at(m, h, i));
}

static bool event_before(const struct event *a, const struct event *b)
{
	if (a->patch->addr != b->patch->addr)
		return a->patch->addr < b->patch->addr;
	return a->seq < b->seq;
}

static void sift(struct event *v, uint32_t root, uint32_t n)
{
	for (;;) {
		uint32_t child = 2 * root + 1;
		struct event tmp;

		if (child >= n)
			return;
		if (child + 1 < n && event_before(&v[child], &v[child + 1]))
			child++;
		if (!event_before(&v[root], &v[child]))
			return;
		tmp = v[root];
		v[root] = v[child];
		v[child] = tmp;
		root = child;
	}
}

static void sort_events(struct event *v, uint32_t n)
{
	uint32_t i;

	for (i = n / 2; i--;)
		sift(v, i, n);
	for (i = n; i > 1; i--) {
		struct event tmp = v[0];

		v[0] = v[i - 1];
		v[i - 1] = tmp;
		sift(v, 0, i - 1);
	}
}

/* Does a phase before write there: does one of the @reverts topmost modules patch it? */
static bool written_before(const struct maker *k, uint32_t reverts, uint64_t addr, uint32_t size)
{
	const struct xsp_module *m = k->l->top;
	uint32_t i;

	for (; reverts--; m = m->below)
		for (i = 0; i < m->npatches; i++)
			if (overlap(m->patches[i].addr, m->patches[i].size, addr, size))
				return true;
	return false;
}

/* The events of one phase, sorted by address. */
struct phase {
	const struct event *v;
	uint32_t n;
	uint32_t first; /* modules of the stack that are gone before */
};

/*
 * What is at [@addr, + @size) when all events have been written, in the order of
 * writing. Only few are near: @near is the index of one of them.
 */
static void write_near(const struct phase *p, uint32_t near, uint64_t addr, uint8_t *to,
		       uint32_t size)
{
	uint32_t begin = near;
	uint32_t end = near;
	uint32_t seq = 0;
	uint32_t left;

	while (begin && addr - p->v[begin - 1].patch->addr < XSP_PATCH_MAX)
		begin--;
	while (end < p->n && p->v[end].patch->addr < addr + size)
		end++;
	for (left = end - begin; left; left--) {
		uint32_t next = end;
		uint32_t i;

		for (i = begin; i < end; i++)
			if (p->v[i].seq >= seq && (next == end || p->v[i].seq < p->v[next].seq))
				next = i;
		put_bytes(p->v[next].patch, p->v[next].bytes, addr, to, size);
		seq = p->v[next].seq + 1;
	}
}

/* One address: the @n events from index @at on, all there are. A step if bytes change. */
static void add_write(struct maker *k, const struct phase *p, uint32_t at, uint32_t n)
{
	uint64_t addr = p->v[at].patch->addr;
	uint8_t *old = k->plan->bytes + k->used;
	uint32_t size = 0;
	struct xsp_step *s;
	uint8_t *new;
	uint32_t i;

	for (i = at; i < at + n; i++)
		if (p->v[i].patch->size > size)
			size = p->v[i].patch->size;
	new = old + size;
	sim(k, p->first, addr, old, size);
	memcpy(new, old, size);
	write_near(p, at, addr, new, size);
	if (!memcmp(old, new, size))
		return;
	s = add_step(k, XSP_WRITE, NULL, addr);
	s->size = size;
	s->bytes = k->used;
	s->fresh = !written_before(k, p->first, addr, size);
	k->used += 2 * size;
}

static uint32_t add_events(struct event *v, uint32_t n, const struct xsp_module *m, bool apply)
{
	uint32_t i;

	for (i = 0; i < m->npatches; i++) {
		const struct xsp_patch *p = &m->patches[i];

		if (!p->size)
			continue;
		v[n].patch = p;
		v[n].bytes = apply ? p->code : p->saved;
		v[n].seq = n;
		n++;
	}
	return n;
}

/*
 * The writes of one phase: the modules [@first, @first + @count) of the stack go, and
 * the new one comes if @apply. Each address is written at most once; where a new patch
 * begins inside an old one, both writes have the bytes that shall be there in the end.
 */
static int add_writes(struct maker *k, uint32_t first, uint32_t count, bool apply)
{
	uint32_t room = apply ? k->m->npatches : 0;
	struct phase p = {NULL, 0, first};
	struct event *v;
	uint32_t n = 0;
	uint32_t i;

	for (i = 0; i < count; i++)
		room += stacked(k->l, first + i)->npatches;
	if (!room)
		return 0;
	v = k->host->alloc(k->host->ctx, (size_t)room * sizeof(*v));
	if (!v)
		return fail(k, XSP_NO_MEMORY, "plan");
	for (i = 0; i < count; i++)
		n = add_events(v, n, stacked(k->l, first + i), false);
	if (apply)
		n = add_events(v, n, k->m, true);
	sort_events(v, n);
	p.v = v;
	p.n = n;
	for (i = 0; i < n;) {
		uint32_t end = i + 1;

		while (end < n && v[end].patch->addr == v[i].patch->addr)
			end++;
		add_write(k, &p, i, end - i);
		i = end;
	}
	k->host->free(k->host->ctx, v);
	return 0;
}

/* --- plans ---------------------------------------------------------------------------------- */

static int plan_apply(struct maker *k)
{
	if (k->m->hooks[XSP_HOOK_APPLY].count) {
		add_step(k, XSP_ACT, k->m, hook_at(k->m, XSP_HOOK_APPLY, 0));
		return 0;
	}
	add_calls(k, k->m, XSP_HOOK_LOAD);
	return add_writes(k, 0, 0, true);
}

static int plan_revert(struct maker *k)
{
	if (k->m->hooks[XSP_HOOK_REVERT].count) {
		add_step(k, XSP_ACT, k->m, hook_at(k->m, XSP_HOOK_REVERT, 0));
		return 0;
	}
	if (add_writes(k, 0, 1, false))
		return -1;
	add_calls(k, k->m, XSP_HOOK_UNLOAD);
	return 0;
}

/* Hooks find the same as with Xen's loader: each module's own code gone, or not yet there. */
static int plan_replace_with_hooks(struct maker *k)
{
	uint32_t i;

	for (i = 0; i < k->reverts; i++) {
		if (add_writes(k, i, 1, false))
			return -1;
		add_calls(k, stacked(k->l, i), XSP_HOOK_UNLOAD);
	}
	add_calls(k, k->m, XSP_HOOK_LOAD);
	return add_writes(k, k->reverts, 0, true);
}

static int plan_replace(struct maker *k)
{
	bool hooks = k->m->hooks[XSP_HOOK_LOAD].count;
	uint32_t i;

	for (i = 0; i < k->reverts; i++)
		hooks |= stacked(k->l, i)->hooks[XSP_HOOK_UNLOAD].count != 0;
	return hooks ? plan_replace_with_hooks(k) : add_writes(k, 0, k->reverts, true);
}

/* What will be under the new patches, to be put back one day. */
static int plan_saved(struct maker *k)
{
	uint32_t i;

	k->plan->saved = k->host->alloc(k->host->ctx,
					((size_t)k->m->npatches + 1) * sizeof(*k->plan->saved));
	if (!k->plan->saved)
		return fail(k, XSP_NO_MEMORY, "plan");
	for (i = 0; i < k->m->npatches; i++)
		if (k->m->patches[i].size)
			sim(k, k->reverts, k->m->patches[i].addr, k->plan->saved[i],
			    k->m->patches[i].size);
	return 0;
}

/* Room for every step that there can be. */
static int plan_room(struct maker *k)
{
	const struct xsp_module *m = k->l->top;
	uint32_t patches = k->m->npatches;
	uint32_t calls = 1 + k->m->hooks[XSP_HOOK_LOAD].count + k->m->hooks[XSP_HOOK_UNLOAD].count;
	uint32_t i;

	for (i = 0; i < k->reverts; i++, m = m->below) {
		patches += m->npatches;
		calls += m->hooks[XSP_HOOK_UNLOAD].count;
	}
	k->plan->steps =
		k->host->alloc(k->host->ctx, ((size_t)patches + calls) * sizeof(*k->plan->steps));
	k->plan->bytes = k->host->alloc(k->host->ctx, (size_t)patches * 2 * XSP_PATCH_MAX + 1);
	if (!k->plan->steps || !k->plan->bytes)
		return fail(k, XSP_NO_MEMORY, "plan");
	return 0;
}

static int plan_all(struct maker *k)
{
	if (plan_room(k))
		return -1;
	if (k->plan->action == XSP_REVERT)
		return plan_revert(k);
	if (check_patches(k) || plan_saved(k))
		return -1;
	return k->plan->action == XSP_APPLY ? plan_apply(k) : plan_replace(k);
}

int xsp_plan_make(const struct xsp_loader *l, struct xsp_module *m, enum xsp_action action,
		  uint32_t flags, struct xsp_plan *out, struct xsp_cause *cause)
{
	struct maker k = {l, l->host, m, out, cause, 0, 0};

	memset(out, 0, sizeof(*out));
	out->action = action;
	out->module = m;
	if (check_state(&k, flags))
		return -1;
	if (out->nothing)
		return 0;
	k.reverts = action == XSP_REPLACE ? stack_size(l) : action == XSP_REVERT ? 1 : 0;
	if (plan_all(&k)) {
		xsp_plan_free(l, out);
		return -1;
	}
	return 0;
}

void xsp_plan_free(const struct xsp_loader *l, struct xsp_plan *plan)
{
	l->host->free(l->host->ctx, plan->steps);
	l->host->free(l->host->ctx, plan->bytes);
	l->host->free(l->host->ctx, plan->saved);
	memset(plan, 0, sizeof(*plan));
}

bool xsp_plan_holds(const struct xsp_loader *l, const struct xsp_plan *plan)
{
	uint8_t now[XSP_PATCH_MAX];
	uint32_t i;

	for (i = 0; i < plan->nsteps; i++) {
		const struct xsp_step *s = &plan->steps[i];

		if (s->kind != XSP_WRITE || !s->fresh)
			continue;
		xsp_read_code(l, s->addr, now, s->size);
		if (memcmp(now, xsp_step_old(plan, s), s->size))
			return false;
	}
	return true;
}

/* --- afterwards -------------------------------------------------------------------------------- */

/* Not always the top: a revert hook may have taken it away by itself before. */
static void leave_stack(struct xsp_loader *l, struct xsp_module *m)
{
	struct xsp_module **at = &l->top;

	while (*at && *at != m)
		at = &(*at)->below;
	if (*at)
		*at = m->below;
	m->below = NULL;
	m->state = XSP_CHECKED;
	m->reverted = true;
}

static void enter_stack(struct xsp_loader *l, struct xsp_module *m, const struct xsp_plan *plan)
{
	uint32_t i;

	for (i = 0; i < m->npatches; i++)
		memcpy(m->patches[i].saved, plan->saved[i], sizeof(plan->saved[i]));
	m->below = l->top;
	l->top = m;
	m->state = XSP_APPLIED;
}

void xsp_plan_commit(struct xsp_loader *l, struct xsp_plan *plan)
{
	if (plan->nothing)
		return;
	if (plan->action == XSP_REVERT)
		leave_stack(l, plan->module);
	while (plan->action == XSP_REPLACE && l->top)
		leave_stack(l, l->top);
	if (plan->action != XSP_REVERT)
		enter_stack(l, plan->module, plan);
}
