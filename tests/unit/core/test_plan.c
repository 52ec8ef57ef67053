// SPDX-License-Identifier: GPL-2.0-or-later
/* What apply, revert and replace write; and a model of memory that must agree. */
#include "rig.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define MODULES 4
#define PATCHES 6
#define SPOTS	8 /* places that can be patched, 32 bytes apart */

static struct rig r;
static struct xsp_plan plan;
static struct xsp_cause cause;

/* Modules that were not loaded from files: only what plans look at. */
static struct {
	struct xsp_module m;
	struct xsp_patch patches[PATCHES];
	uint64_t hooks[XSP_HOOKS][2];
	uint8_t id[20];
	uint8_t depends[20];
} mods[MODULES];

static struct xsp_module *mod(unsigned int i)
{
	return &mods[i].m;
}

static void depend(unsigned int i, struct xsp_bytes id)
{
	memcpy(mods[i].depends, id.data, 20);
}

static void make_mod(unsigned int i)
{
	struct xsp_module *m = mod(i);

	memset(&mods[i], 0, sizeof(mods[i]));
	m->state = XSP_CHECKED;
	m->layout.reapply = true;
	m->layout.size = sizeof(mods[i].hooks);
	m->layout.region[XSP_TEXT].size = sizeof(mods[i].hooks);
	m->base = RIG_BASE + 0x10000 * i;
	m->memory = (uint8_t *)mods[i].hooks;
	m->patches = mods[i].patches;
	memset(mods[i].id, 0x10 + (int)i, sizeof(mods[i].id));
	m->build_id = (struct xsp_bytes){mods[i].id, sizeof(mods[i].id)};
	m->depends = (struct xsp_bytes){mods[i].depends, sizeof(mods[i].depends)};
	depend(i, r.loader.xen_build_id);
}

static uint64_t spot(unsigned int i)
{
	return RIG_TEXT + 0x1000 + 32 * i;
}

/* A jump of 5 bytes over spot @at, all @byte. */
static struct xsp_patch *add_patch(unsigned int i, unsigned int at, uint8_t byte)
{
	struct xsp_patch *p = &mods[i].patches[mod(i)->npatches++];

	p->name = "";
	p->old_addr = p->addr = spot(at);
	p->old_size = 32;
	p->new_addr = mod(i)->base;
	p->size = 5;
	memset(p->code, byte, p->size);
	return p;
}

static void add_hook(unsigned int i, enum xsp_hook h, uint32_t count)
{
	for (uint32_t k = 0; k < count; k++)
		mods[i].hooks[h][k] = 0x1000 * (i + 1) + 0x10 * h + k;
	mod(i)->hooks[h].addr =
		mod(i)->base + (uint64_t)((uint8_t *)mods[i].hooks[h] - mod(i)->memory);
	mod(i)->hooks[h].count = count;
}

static void setup(void)
{
	rig_init(&r);
	for (size_t i = 0; i < 0x1000; i++)
		r.xen.text[0x1000 + i] = (uint8_t)(i * 7);
	for (unsigned int i = 0; i < MODULES; i++)
		make_mod(i);
	memset(&plan, 0, sizeof(plan));
}

static void teardown(void)
{
	r.loader.top = NULL;
	rig_free(&r);
}

static enum xsp_code make_plan(unsigned int i, enum xsp_action action, uint32_t flags)
{
	memset(&cause, 0, sizeof(cause));
	if (xsp_plan_make(&r.loader, mod(i), action, flags, &plan, &cause))
		ck_assert_int_ne(cause.code, XSP_OK);
	else
		ck_assert_int_eq(cause.code, XSP_OK);
	return cause.code;
}

static void write_steps(void)
{
	for (uint32_t i = 0; i < plan.nsteps; i++) {
		const struct xsp_step *s = &plan.steps[i];

		if (s->kind != XSP_WRITE)
			continue;
		memcpy(r.xen.text + (s->addr - RIG_TEXT), xsp_step_new(&plan, s), s->size);
	}
}

static void act(unsigned int i, enum xsp_action action, uint32_t flags)
{
	ck_assert_msg(make_plan(i, action, flags) == XSP_OK, "%s", xsp_code_text(cause.code));
	ck_assert(xsp_plan_holds(&r.loader, &plan));
	write_steps();
	xsp_plan_commit(&r.loader, &plan);
	xsp_plan_free(&r.loader, &plan);
}

static void not_planned(unsigned int i, enum xsp_action action, uint32_t flags, enum xsp_code want)
{
	size_t live = r.xen.live;
	struct xsp_module before = *mod(i);
	enum xsp_code got = make_plan(i, action, flags);

	ck_assert_msg(got == want, "%s, not %s", xsp_code_text(got), xsp_code_text(want));
	ck_assert_uint_eq(r.xen.live, live);
	ck_assert_int_eq(before.state, mod(i)->state);
	ck_assert_ptr_eq(before.below, mod(i)->below);
}

static void nothing(unsigned int i, enum xsp_action action)
{
	ck_assert_int_eq(make_plan(i, action, 0), XSP_OK);
	ck_assert(plan.nothing);
	ck_assert_uint_eq(plan.nsteps, 0);
	xsp_plan_commit(&r.loader, &plan);
	xsp_plan_free(&r.loader, &plan);
}

static uint8_t at(unsigned int where)
{
	return r.xen.text[spot(where) - RIG_TEXT];
}

/* --- states and order --------------------------------------------------------------- */

START_TEST(apply_and_revert)
{
	uint8_t before = at(0);

	add_patch(0, 0, 0xe9);
	act(0, XSP_APPLY, 0);
	ck_assert_uint_eq(at(0), 0xe9);
	ck_assert_int_eq(mod(0)->state, XSP_APPLIED);
	ck_assert_ptr_eq(r.loader.top, mod(0));
	act(0, XSP_REVERT, 0);
	ck_assert_uint_eq(at(0), before);
	ck_assert_int_eq(mod(0)->state, XSP_CHECKED);
	ck_assert(mod(0)->reverted);
	ck_assert_ptr_null(r.loader.top);
}
END_TEST

START_TEST(what_is_so_already_needs_nothing)
{
	nothing(0, XSP_REVERT);
	act(0, XSP_APPLY, 0);
	nothing(0, XSP_APPLY);
	nothing(0, XSP_REPLACE);
	ck_assert_ptr_eq(r.loader.top, mod(0));
}
END_TEST

/* It replaces all others, and they are still there. */
START_TEST(a_replace_by_one_of_several_is_no_success)
{
	add_patch(0, 0, 0xe9);
	add_patch(1, 1, 0xe9);
	act(0, XSP_APPLY, 0);
	act(1, XSP_APPLY, XSP_NODEPS);
	not_planned(0, XSP_REPLACE, 0, XSP_STATE_APPLIED);
	not_planned(1, XSP_REPLACE, 0, XSP_STATE_APPLIED);
	act(1, XSP_REVERT, 0);
	nothing(0, XSP_REPLACE);
}
END_TEST

/* XEN-FACTS 11, 8: not a silent success. */
START_TEST(reverted_data_is_not_applied_again)
{
	mod(0)->layout.reapply = false;
	act(0, XSP_APPLY, 0);
	act(0, XSP_REVERT, 0);
	not_planned(0, XSP_APPLY, 0, XSP_STATE_REAPPLY);
	not_planned(0, XSP_APPLY, XSP_NODEPS, XSP_STATE_REAPPLY);
	/* 11, 9: nor does a replace bring it back. */
	not_planned(0, XSP_REPLACE, 0, XSP_STATE_REAPPLY);
	mod(0)->layout.reapply = true;
	act(0, XSP_APPLY, 0);
}
END_TEST

START_TEST(only_the_last_is_reverted)
{
	depend(1, mod(0)->build_id);
	act(0, XSP_APPLY, 0);
	act(1, XSP_APPLY, 0);
	not_planned(0, XSP_REVERT, 0, XSP_STATE_NOT_TOP);
	act(1, XSP_REVERT, 0);
	act(0, XSP_REVERT, 0);
}
END_TEST

START_TEST(dependencies)
{
	depend(0, mod(3)->build_id);
	not_planned(0, XSP_APPLY, 0, XSP_DEPENDS_XEN);
	not_planned(0, XSP_REPLACE, 0, XSP_DEPENDS_XEN);
	act(0, XSP_APPLY, XSP_NODEPS);
	/* On Xen, but something is applied. */
	not_planned(1, XSP_APPLY, 0, XSP_DEPENDS_TOP);
	depend(1, mod(0)->build_id);
	act(1, XSP_APPLY, 0);
	mod(2)->depends.size = 16;
	not_planned(2, XSP_APPLY, 0, XSP_DEPENDS_TOP);
}
END_TEST

/* Nothing depends on what has no build-id. */
START_TEST(dependencies_are_not_empty)
{
	r.loader.xen_build_id.size = 0;
	mod(0)->depends.size = 0;
	not_planned(0, XSP_APPLY, 0, XSP_DEPENDS_XEN);
	mod(0)->build_id.size = 0;
	act(0, XSP_APPLY, XSP_NODEPS);
	mod(1)->depends.size = 0;
	not_planned(1, XSP_APPLY, 0, XSP_DEPENDS_TOP);
}
END_TEST

START_TEST(an_unload_is_no_plan)
{
	not_planned(0, XSP_UNLOAD, 0, XSP_STATE_APPLIED);
}
END_TEST

/* --- a model ----------------------------------------------------------------------------------- */

static uint8_t pristine[0x1000];

/* What memory must be: pristine, with the stack's patches over it, from below. */
static void check_model(void)
{
	const struct xsp_module *order[MODULES] = {NULL};
	uint8_t model[sizeof(pristine)];
	size_t n = 0;

	memcpy(model, pristine, sizeof(model));
	for (const struct xsp_module *m = r.loader.top; m; m = m->below)
		order[n++] = m;
	while (n--)
		for (uint32_t i = 0; i < order[n]->npatches; i++) {
			const struct xsp_patch *p = &order[n]->patches[i];

			memcpy(model + (p->addr - RIG_TEXT - 0x1000), p->code, p->size);
		}
	ck_assert_int_eq(memcmp(model, r.xen.text + 0x1000, sizeof(model)), 0);
}

/* --- bytes ------------------------------------------------------------------------------ */

START_TEST(expected_bytes)
{
	struct xsp_patch *p = add_patch(0, 0, 0xe9);

	p->nexpect = 5;
	memcpy(p->expect, r.xen.text + (spot(0) - RIG_TEXT), 5);
	act(0, XSP_APPLY, 0);
	act(0, XSP_REVERT, 0);
	p->expect[4] ^= 1;
	not_planned(0, XSP_APPLY, 0, XSP_EXPECT_MISMATCH);
	p->nexpect = 0;
	act(0, XSP_APPLY, 0);
}
END_TEST

START_TEST(text_that_has_changed_since)
{
	add_patch(0, 0, 0xe9);
	ck_assert_int_eq(make_plan(0, XSP_APPLY, 0), XSP_OK);
	ck_assert(xsp_plan_holds(&r.loader, &plan));
	r.xen.text[spot(0) - RIG_TEXT + 4] ^= 1;
	ck_assert(!xsp_plan_holds(&r.loader, &plan));
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

START_TEST(a_patch_inside_another)
{
	struct xsp_patch *p;

	add_patch(0, 0, 0xe9);
	act(0, XSP_APPLY, 0);
	depend(1, mod(0)->build_id);
	p = add_patch(1, 0, 0xea);
	p->addr += 4;
	not_planned(1, XSP_APPLY, 0, XSP_PLAN_OVERLAP);
	p->addr += 1;
	act(1, XSP_APPLY, 0);
	act(1, XSP_REVERT, 0);
	/* Once the first is gone with a replace, there is nothing to overlap. */
	depend(1, r.loader.xen_build_id);
	p->addr -= 1;
	memcpy(pristine, r.xen.text + 0x1000, sizeof(pristine));
	memcpy(pristine + (spot(0) - RIG_TEXT - 0x1000), mods[0].patches[0].saved, 5);
	act(1, XSP_REPLACE, 0);
	check_model();
}
END_TEST

START_TEST(patches_of_one_address_stack)
{
	uint8_t before = at(0);

	add_patch(0, 0, 0xa0);
	add_patch(1, 0, 0xa1);
	depend(1, mod(0)->build_id);
	act(0, XSP_APPLY, 0);
	act(1, XSP_APPLY, 0);
	ck_assert_uint_eq(at(0), 0xa1);
	act(1, XSP_REVERT, 0);
	ck_assert_uint_eq(at(0), 0xa0);
	act(0, XSP_REVERT, 0);
	ck_assert_uint_eq(at(0), before);
}
END_TEST

/* A module may patch what an earlier one brought. */
START_TEST(code_of_a_module)
{
	struct xsp_patch *p;

	r.loader.first = mod(0);
	mods[0].hooks[0][0] = 0x1122334455667788;
	act(0, XSP_APPLY, 0);
	depend(1, mod(0)->build_id);
	p = add_patch(1, 0, 0xe9);
	p->addr = p->old_addr = mod(0)->base;
	ck_assert_int_eq(make_plan(1, XSP_APPLY, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 1);
	ck_assert_uint_eq(xsp_step_old(&plan, plan.steps)[0], 0x88);
	ck_assert(xsp_plan_holds(&r.loader, &plan));
	xsp_plan_free(&r.loader, &plan);
	r.loader.first = NULL;
}
END_TEST

/* --- replace ------------------------------------------------------------------------------ */

/* Both patch spot 0: it is written once. Spot 1 goes back, spot 2 is new. */
START_TEST(a_replace_writes_the_difference)
{
	uint8_t before = at(1);

	add_patch(0, 0, 0xa0);
	add_patch(0, 1, 0xa0);
	act(0, XSP_APPLY, 0);
	add_patch(1, 0, 0xa1);
	add_patch(1, 2, 0xa1);
	ck_assert_int_eq(make_plan(1, XSP_REPLACE, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 3);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(plan.steps[i].addr, spot(i));
	xsp_plan_free(&r.loader, &plan);
	act(1, XSP_REPLACE, 0);
	ck_assert_uint_eq(at(0), 0xa1);
	ck_assert_uint_eq(at(1), before);
	ck_assert_int_eq(mod(0)->state, XSP_CHECKED);
	ck_assert(mod(0)->reverted);
	ck_assert_ptr_eq(r.loader.top, mod(1));
	ck_assert_ptr_null(mod(1)->below);
}
END_TEST

/* The same bytes again are not written. */
START_TEST(a_replace_by_the_same_writes_nothing)
{
	add_patch(0, 0, 0xa0);
	add_patch(1, 0, 0xa0);
	act(0, XSP_APPLY, 0);
	ck_assert_int_eq(make_plan(1, XSP_REPLACE, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 0);
	ck_assert(!plan.nothing);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

/* What is expected, and put back one day, is what lies under all that is replaced. */
START_TEST(a_replace_sees_what_will_be)
{
	uint8_t before[5];
	struct xsp_patch *p;

	memcpy(before, r.xen.text + (spot(0) - RIG_TEXT), 5);
	add_patch(0, 0, 0xa0);
	add_patch(1, 0, 0xa1);
	depend(1, mod(0)->build_id);
	act(0, XSP_APPLY, 0);
	act(1, XSP_APPLY, 0);
	p = add_patch(2, 0, 0xa2);
	p->nexpect = 5;
	memcpy(p->expect, before, 5);
	act(2, XSP_REPLACE, 0);
	act(2, XSP_REVERT, 0);
	ck_assert_int_eq(memcmp(before, r.xen.text + (spot(0) - RIG_TEXT), 5), 0);
}
END_TEST

/* XEN-FACTS 11, 9: Xen reverts all and then finds that it cannot apply. */
START_TEST(a_replace_that_cannot_be_changes_nothing)
{
	struct xsp_patch *p;

	add_patch(0, 0, 0xa0);
	act(0, XSP_APPLY, 0);
	p = add_patch(1, 0, 0xa1);
	p->nexpect = 1;
	p->expect[0] = 0xa0; /* there now, but not below */
	not_planned(1, XSP_REPLACE, 0, XSP_EXPECT_MISMATCH);
	ck_assert_uint_eq(at(0), 0xa0);
	ck_assert_ptr_eq(r.loader.top, mod(0));
}
END_TEST

static const enum xsp_hook refusing[] = {
	XSP_HOOK_PREAPPLY,  XSP_HOOK_APPLY,  XSP_HOOK_POSTAPPLY,
	XSP_HOOK_PREREVERT, XSP_HOOK_REVERT, XSP_HOOK_POSTREVERT,
};

START_TEST(hooks_that_may_refuse_are_not_replaced)
{
	add_hook(0, refusing[_i], 1);
	act(0, XSP_APPLY, 0);
	not_planned(1, XSP_REPLACE, 0, XSP_REPLACE_HOOKS);
	act(0, XSP_REVERT, 0);
	not_planned(0, XSP_REPLACE, 0, XSP_REPLACE_HOOKS);
	act(1, XSP_REPLACE, 0);
}
END_TEST

/* --- hooks ---------------------------------------------------------------------------------- */

static void step_is(uint32_t i, enum xsp_step_kind kind, uint64_t addr)
{
	ck_assert_uint_lt(i, plan.nsteps);
	ck_assert_int_eq(plan.steps[i].kind, kind);
	ck_assert_uint_eq(plan.steps[i].addr, addr);
}

START_TEST(load_hooks_before_unload_hooks_behind)
{
	add_patch(0, 0, 0xa0);
	add_hook(0, XSP_HOOK_LOAD, 2);
	add_hook(0, XSP_HOOK_UNLOAD, 1);
	ck_assert_int_eq(make_plan(0, XSP_APPLY, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 3);
	step_is(0, XSP_CALL, mods[0].hooks[XSP_HOOK_LOAD][0]);
	step_is(1, XSP_CALL, mods[0].hooks[XSP_HOOK_LOAD][1]);
	step_is(2, XSP_WRITE, spot(0));
	xsp_plan_free(&r.loader, &plan);
	act(0, XSP_APPLY, 0);
	ck_assert_int_eq(make_plan(0, XSP_REVERT, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 2);
	step_is(0, XSP_WRITE, spot(0));
	step_is(1, XSP_CALL, mods[0].hooks[XSP_HOOK_UNLOAD][0]);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

/* Each module's own code is back when its unload hook runs, as with Xen's loader. */
START_TEST(hooks_of_a_replace)
{
	add_patch(0, 0, 0xa0);
	add_hook(0, XSP_HOOK_UNLOAD, 1);
	add_patch(1, 0, 0xa1);
	add_hook(1, XSP_HOOK_UNLOAD, 1);
	depend(1, mod(0)->build_id);
	add_patch(2, 0, 0xa2);
	add_hook(2, XSP_HOOK_LOAD, 1);
	act(0, XSP_APPLY, 0);
	act(1, XSP_APPLY, 0);
	ck_assert_int_eq(make_plan(2, XSP_REPLACE, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 6);
	step_is(0, XSP_WRITE, spot(0));
	step_is(1, XSP_CALL, mods[1].hooks[XSP_HOOK_UNLOAD][0]);
	step_is(2, XSP_WRITE, spot(0));
	step_is(3, XSP_CALL, mods[0].hooks[XSP_HOOK_UNLOAD][0]);
	step_is(4, XSP_CALL, mods[2].hooks[XSP_HOOK_LOAD][0]);
	step_is(5, XSP_WRITE, spot(0));
	ck_assert(plan.steps[0].fresh && !plan.steps[2].fresh && !plan.steps[5].fresh);
	ck_assert(xsp_plan_holds(&r.loader, &plan));
	write_steps();
	ck_assert_uint_eq(at(0), 0xa2);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

START_TEST(hooks_that_act_are_all_there_is)
{
	add_patch(0, 0, 0xa0);
	add_hook(0, XSP_HOOK_APPLY, 1);
	add_hook(0, XSP_HOOK_REVERT, 1);
	add_hook(0, XSP_HOOK_LOAD, 1);
	ck_assert_int_eq(make_plan(0, XSP_APPLY, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 1);
	step_is(0, XSP_ACT, mods[0].hooks[XSP_HOOK_APPLY][0]);
	xsp_plan_commit(&r.loader, &plan);
	xsp_plan_free(&r.loader, &plan);
	ck_assert_int_eq(make_plan(0, XSP_REVERT, 0), XSP_OK);
	ck_assert_uint_eq(plan.nsteps, 1);
	step_is(0, XSP_ACT, mods[0].hooks[XSP_HOOK_REVERT][0]);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

/* A hook may say by itself that its payload is gone, and then it is said once more. */
START_TEST(gone_already)
{
	struct xsp_plan gone = {.action = XSP_REVERT};

	for (unsigned int i = 0; i < 3; i++)
		act(i, XSP_APPLY, XSP_NODEPS);
	for (int twice = 0; twice < 2; twice++) {
		gone.module = mod(2);
		xsp_plan_commit(&r.loader, &gone);
		ck_assert_ptr_eq(r.loader.top, mod(1));
		ck_assert_ptr_eq(mod(1)->below, mod(0));
		ck_assert_int_eq(mod(2)->state, XSP_CHECKED);
	}
	/* And of one below others. */
	gone.module = mod(0);
	xsp_plan_commit(&r.loader, &gone);
	ck_assert_ptr_eq(r.loader.top, mod(1));
	ck_assert_ptr_null(mod(1)->below);
}
END_TEST

/* --- memory ---------------------------------------------------------------------------------- */

/* Each allocation fails in turn: nothing stays, and the next try succeeds. */
START_TEST(no_memory)
{
	size_t n;

	add_patch(0, 0, 0xa0);
	add_patch(0, 3, 0xa0);
	add_hook(0, XSP_HOOK_UNLOAD, 1);
	act(0, XSP_APPLY, 0);
	add_patch(1, 0, 0xa1);
	for (n = 1;; n++) {
		size_t live = r.xen.live;

		r.xen.allocations = 0;
		r.xen.fail = n;
		if (make_plan(1, XSP_REPLACE, 0) == XSP_OK)
			break;
		ck_assert_int_eq(cause.code, XSP_NO_MEMORY);
		ck_assert_uint_eq(r.xen.live, live);
	}
	ck_assert_uint_gt(n, 3);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

START_TEST(no_memory_for_a_revert)
{
	size_t n;

	add_patch(0, 0, 0xa0);
	act(0, XSP_APPLY, 0);
	for (n = 1;; n++) {
		r.xen.allocations = 0;
		r.xen.fail = n;
		if (make_plan(0, XSP_REVERT, 0) == XSP_OK)
			break;
		ck_assert_int_eq(cause.code, XSP_NO_MEMORY);
		ck_assert_uint_eq(r.xen.live, 0);
	}
	ck_assert_uint_gt(n, 3);
	xsp_plan_free(&r.loader, &plan);
}
END_TEST

/* --- any order ------------------------------------------------------------------------- */

static void random_step(void)
{
	static const enum xsp_action actions[] = {XSP_APPLY, XSP_REVERT, XSP_REPLACE};
	enum xsp_action action = actions[rand() % 3];
	unsigned int i = (unsigned int)rand() % MODULES;

	if (make_plan(i, action, XSP_NODEPS) != XSP_OK)
		return;
	ck_assert(xsp_plan_holds(&r.loader, &plan));
	write_steps();
	xsp_plan_commit(&r.loader, &plan);
	xsp_plan_free(&r.loader, &plan);
}

/* Other sizes, and sometimes another place, so that patches of two modules overlap. */
static void vary(struct xsp_patch *p)
{
	p->size = (uint8_t)(rand() % 20);
	memset(p->code, p->code[0], p->size);
	if (rand() % 3 == 0)
		p->addr = p->old_addr += (uint64_t)(rand() % 12);
}

START_TEST(any_order_of_actions_agrees_with_a_model)
{
	srand((unsigned int)_i);
	memcpy(pristine, r.xen.text + 0x1000, sizeof(pristine));
	for (unsigned int i = 0; i < MODULES; i++) {
		for (unsigned int where = 0; where < SPOTS; where++)
			if (mod(i)->npatches < PATCHES && rand() % 2)
				vary(add_patch(i, where, (uint8_t)rand()));
		if (rand() % 4 == 0)
			add_hook(i, XSP_HOOK_LOAD, 1);
		if (rand() % 4 == 0)
			add_hook(i, XSP_HOOK_UNLOAD, 1);
	}
	for (int i = 0; i < 40; i++) {
		random_step();
		check_model();
	}
}
END_TEST

Suite *suite_plan(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, apply_and_revert);
	tcase_add_test(t, what_is_so_already_needs_nothing);
	tcase_add_test(t, a_replace_by_one_of_several_is_no_success);
	tcase_add_test(t, reverted_data_is_not_applied_again);
	tcase_add_test(t, only_the_last_is_reverted);
	tcase_add_test(t, dependencies);
	tcase_add_test(t, dependencies_are_not_empty);
	tcase_add_test(t, an_unload_is_no_plan);
	tcase_add_test(t, expected_bytes);
	tcase_add_test(t, text_that_has_changed_since);
	tcase_add_test(t, a_patch_inside_another);
	tcase_add_test(t, patches_of_one_address_stack);
	tcase_add_test(t, code_of_a_module);
	tcase_add_test(t, a_replace_writes_the_difference);
	tcase_add_test(t, a_replace_by_the_same_writes_nothing);
	tcase_add_test(t, a_replace_sees_what_will_be);
	tcase_add_test(t, a_replace_that_cannot_be_changes_nothing);
	tcase_add_loop_test(t, hooks_that_may_refuse_are_not_replaced, 0,
			    sizeof(refusing) / sizeof(*refusing));
	tcase_add_test(t, load_hooks_before_unload_hooks_behind);
	tcase_add_test(t, hooks_of_a_replace);
	tcase_add_test(t, hooks_that_act_are_all_there_is);
	tcase_add_test(t, gone_already);
	tcase_add_test(t, no_memory);
	tcase_add_test(t, no_memory_for_a_revert);
	tcase_add_loop_test(t, any_order_of_actions_agrees_with_a_model, 0, 200);
	suite_add_tcase(s, t);
	return s;
}
