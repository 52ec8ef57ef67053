// SPDX-License-Identifier: GPL-2.0-or-later
/* Actions: their ways, their failures, and what is said of them. */
#include "fake.h"
#include "suites.h"

#include "xsplice-ctl/act.h"

#include <errno.h>
#include <string.h>

static const enum act all[] = {ACT_APPLY, ACT_REVERT, ACT_REPLACE, ACT_UNLOAD};
static struct act_result result;
static struct act_opts opts;
static struct err e;
static struct lp lp;

static void setup(void)
{
	fake_reset();
	e = (struct err)ERR_INIT;
	opts = (struct act_opts){0};
	lp = (struct lp){0};
}

static void teardown(void)
{
	lp_close(&lp);
}

static int act(enum act what, const char *name)
{
	if (!lp.xen.close)
		ck_assert_msg(lp_open(&lp, &e) == 0, "%s", e.text);
	return act_run(&lp, what, name, &opts, &result, &e);
}

/* It was done, and the payload is in @state after. */
static void done(enum act what, const char *name, unsigned int state)
{
	const struct fake_payload *p;

	ck_assert_msg(act(what, name) == 0, "%s", e.text);
	ck_assert(result.changed);
	ck_assert_uint_eq(result.state, state);
	p = fake_find(name);
	ck_assert_uint_eq(p ? p->state : 0, state);
}

static void nothing_to_do(enum act what, const char *name)
{
	unsigned int before = fake.actions;

	ck_assert_msg(act(what, name) == 0, "%s", e.text);
	ck_assert(!result.changed);
	ck_assert_uint_eq(fake.actions, before);
}

/* It failed as @kind and the message says @text. */
static void fails(enum act what, const char *name, enum err_kind kind, const char *text)
{
	ck_assert_int_eq(act(what, name), -1);
	ck_assert_msg(e.kind == kind && strstr(e.text, text), "kind %d: %s", e.kind, e.text);
	ck_assert(!result.changed);
}

/* Brings payload "p" into the state that @what starts from. */
static struct fake_payload *prepare(enum act what)
{
	return fake_add("p", what == ACT_REVERT ? LP_APPLIED : LP_CHECKED);
}

START_TEST(whole_life)
{
	fake.interface = (uint32_t)_i;
	fake_add("a", LP_CHECKED);
	fake_add("b", LP_CHECKED);
	done(ACT_APPLY, "a", LP_APPLIED);
	done(ACT_REPLACE, "b", LP_APPLIED);
	ck_assert_uint_eq(fake_find("a")->state, LP_CHECKED);
	done(ACT_REVERT, "b", LP_CHECKED);
	done(ACT_UNLOAD, "b", 0);
	done(ACT_UNLOAD, "a", 0);
}
END_TEST

START_TEST(again_is_nothing_to_do)
{
	fake_add("up", LP_APPLIED);
	fake_add("down", LP_CHECKED);
	nothing_to_do(ACT_APPLY, "up");
	nothing_to_do(ACT_REPLACE, "up");
	nothing_to_do(ACT_REVERT, "down");
	nothing_to_do(ACT_UNLOAD, "never-there");
}
END_TEST

/* Not the state that replace leads to: the other one would stay applied. */
START_TEST(replace_by_an_applied_one)
{
	fake_add("other", LP_APPLIED);
	fake_add("p", LP_APPLIED);
	fake_add("third", LP_CHECKED);
	fails(ACT_REPLACE, "p", ERR_STATE, "p: it is applied itself, and so is 1 other:");
	ck_assert_uint_eq(fake.actions, 0);
	done(ACT_REVERT, "p", LP_CHECKED);
	done(ACT_REPLACE, "p", LP_APPLIED);
	nothing_to_do(ACT_REPLACE, "p");
}
END_TEST

/* Without the list it cannot be told whether it is alone. */
START_TEST(replace_without_a_list)
{
	fake_add("p", LP_APPLIED);
	fake.errno_of[2] = ENOMEM;
	ck_assert_int_eq(act(ACT_REPLACE, "p"), -1);
	ck_assert(!result.changed);
	ck_assert_uint_eq(fake.actions, 0);
}
END_TEST

START_TEST(payload_that_is_not_there)
{
	fails(all[_i], "p", ERR_STATE, "p: no payload of this name");
	ck_assert_uint_eq(fake.actions, 0);
}
END_TEST

START_TEST(payload_that_goes_meanwhile)
{
	prepare(all[_i]);
	fake.vanish_after_get = true;
	fails(all[_i], "p", ERR_STATE, "no payload of this name");
}
END_TEST

START_TEST(unload_of_one_that_goes_meanwhile)
{
	fake_add("p", LP_CHECKED);
	fake.vanish_after_get = true;
	done(ACT_UNLOAD, "p", 0);
}
END_TEST

START_TEST(unload_of_an_applied_one)
{
	fake_add("p", LP_APPLIED);
	fails(ACT_UNLOAD, "p", ERR_STATE, "revert it first");
	ck_assert_uint_eq(fake.actions, 0);
}
END_TEST

START_TEST(state_of_the_future)
{
	fake_add("p", 7);
	fails(all[_i], "p", ERR_STATE, "state 7");
}
END_TEST

START_TEST(result_comes_late)
{
	prepare(all[_i]);
	fake.polls = 40;
	done(all[_i], "p", all[_i] == ACT_REVERT ? LP_CHECKED : LP_APPLIED);
	ck_assert_uint_ge(fake.slept, 40);
}
END_TEST

START_TEST(result_never_comes)
{
	prepare(all[_i]);
	fake.polls = ~0u;
	fails(all[_i], "p", ERR_BUSY, "still going on");
	ck_assert_uint_lt(fake.clock, 12000000000u);
}
END_TEST

/* Xen leaves "pending" behind when it could not begin an action. */
START_TEST(stale_pending_mark)
{
	prepare(all[_i])->rc = -EAGAIN;
	done(all[_i], "p",
	     all[_i] == ACT_UNLOAD ? 0 : (all[_i] == ACT_REVERT ? LP_CHECKED : LP_APPLIED));
}
END_TEST

START_TEST(action_of_somebody_else_is_awaited)
{
	struct fake_payload *p = fake_add("p", LP_CHECKED);

	p->rc = -EAGAIN;
	p->pending = LP_APPLY;
	p->polls_left = 20;
	nothing_to_do(ACT_APPLY, "p");
	ck_assert_uint_eq(p->state, LP_APPLIED);
}
END_TEST

START_TEST(options_reach_xen)
{
	prepare(ACT_APPLY);
	opts.timeout = 123456;
	opts.nodeps = true;
	done(ACT_APPLY, "p", LP_APPLIED);
	ck_assert_uint_eq(fake.last_timeout, 123456);
	ck_assert_uint_eq(fake.last_flags, 1);
	opts.nodeps = false;
	done(ACT_REVERT, "p", LP_CHECKED);
	ck_assert_uint_eq(fake.last_flags, 0);
}
END_TEST

START_TEST(nodeps_of_an_old_xen)
{
	fake.interface = 0x12;
	prepare(ACT_APPLY);
	opts.nodeps = true;
	fails(ACT_APPLY, "p", ERR_UNSUPPORTED, "4.14");
}
END_TEST

START_TEST(busy_is_tried_again)
{
	prepare(all[_i]);
	fake.action_errno = EBUSY;
	fake.action_errno_times = 3;
	opts.retries = 3;
	ck_assert_msg(act(all[_i], "p") == 0, "%s", e.text);
	ck_assert_uint_eq(result.tries, 4);
	ck_assert_uint_eq(fake.actions, 4);
}
END_TEST

START_TEST(timeout_is_tried_again)
{
	prepare(all[_i]);
	fake.result = EBUSY;
	fake.result_times = 2;
	opts.retries = 2;
	ck_assert_msg(act(all[_i], "p") == 0, "%s", e.text);
	ck_assert_uint_eq(result.tries, 3);
}
END_TEST

START_TEST(busy_without_retries)
{
	prepare(all[_i]);
	fake.action_errno = EBUSY;
	fails(all[_i], "p", ERR_BUSY, "try again");
	ck_assert_uint_eq(fake.actions, 1);
}
END_TEST

START_TEST(other_failures_are_not_tried_again)
{
	prepare(ACT_APPLY);
	fake.action_errno = EINVAL;
	opts.retries = 5;
	fails(ACT_APPLY, "p", ERR_CHECK, "refuses to apply");
	ck_assert_uint_eq(fake.actions, 1);
}
END_TEST

START_TEST(revert_below_the_top)
{
	fake_add("bottom", LP_APPLIED);
	fake_add("top", LP_APPLIED);
	fails(ACT_REVERT, "bottom", ERR_STATE, "1 other payload is applied");
	ck_assert_uint_eq(fake_find("bottom")->state, LP_APPLIED);
}
END_TEST

START_TEST(apply_after_revert_with_data)
{
	struct fake_payload *p = fake_add("p", LP_APPLIED);

	p->has_data = true;
	done(ACT_REVERT, "p", LP_CHECKED);
	fails(ACT_APPLY, "p", ERR_CHECK, "unload it and upload it again");
}
END_TEST

START_TEST(somebody_else_undoes_it)
{
	prepare(ACT_APPLY);
	fake.state_of_other = true;
	fails(ACT_APPLY, "p", ERR_STATE, "somebody else");
}
END_TEST

/* What Xen answers, or what an action ends with, and what that is. */
static const struct meaning {
	enum act act;
	bool result;
	int errnum;
	enum err_kind kind;
	const char *text;
} meanings[] = {
	{ACT_APPLY, false, EINVAL, ERR_CHECK, "depends on"},
	{ACT_APPLY, false, ERANGE, ERR_CHECK, "more bytes"},
	{ACT_APPLY, false, EPERM, ERR_CHECK, "pre-apply hook"},
	{ACT_APPLY, false, 77, ERR_CHECK, "pre-apply hook"},
	{ACT_APPLY, false, ENOENT, ERR_STATE, "no payload of this name"},
	{ACT_APPLY, false, ENOSYS, ERR_UNSUPPORTED, "CONFIG_LIVEPATCH"},
	{ACT_APPLY, false, EACCES, ERR_FAIL, "FLASK"},
	{ACT_APPLY, false, EFAULT, ERR_FAIL, "memory"},
	{ACT_APPLY, true, EBUSY, ERR_BUSY, "--timeout"},
	{ACT_APPLY, true, EINVAL, ERR_CHECK, "did not apply"},
	{ACT_APPLY, true, 77, ERR_CHECK, "apply hook failed"},
	{ACT_REVERT, false, EPERM, ERR_CHECK, "pre-revert hook"},
	{ACT_REVERT, false, EINVAL, ERR_CHECK, "pre-revert hook"},
	{ACT_REVERT, false, 77, ERR_CHECK, "pre-revert hook"},
	{ACT_REVERT, false, EBUSY, ERR_BUSY, "try again"},
	{ACT_REVERT, true, EBUSY, ERR_BUSY, "--timeout"},
	{ACT_REVERT, true, EINVAL, ERR_FAIL, "revert hook failed"},
	{ACT_REPLACE, false, EINVAL, ERR_CHECK, "depend on Xen itself"},
	{ACT_REPLACE, false, EOPNOTSUPP, ERR_UNSUPPORTED, "hooks"},
	{ACT_REPLACE, true, EBUSY, ERR_BUSY, "nothing was changed"},
	{ACT_REPLACE, true, EINVAL, ERR_FAIL, "UNPATCHED"},
	{ACT_REPLACE, true, 77, ERR_FAIL, "UNPATCHED"},
	{ACT_UNLOAD, false, EINVAL, ERR_STATE, "revert it first"},
	{ACT_UNLOAD, false, EBUSY, ERR_BUSY, "try again"},
	{ACT_UNLOAD, false, 77, ERR_FAIL, "no meaning"},
};

START_TEST(errors_are_explained)
{
	const struct meaning *m = &meanings[_i];

	prepare(m->act);
	if (m->result)
		fake.result = m->errnum;
	else
		fake.action_errno = m->errnum;
	fails(m->act, "p", m->kind, m->text);
	ck_assert_int_eq(strncmp(e.text, "p: ", 3), 0);
}
END_TEST

Suite *suite_actions(void)
{
	Suite *s = suite_create("ctl: actions");
	TCase *tc = tcase_create("actions");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, whole_life, 0x0D, 0x17);
	tcase_add_test(tc, again_is_nothing_to_do);
	tcase_add_test(tc, replace_by_an_applied_one);
	tcase_add_test(tc, replace_without_a_list);
	tcase_add_loop_test(tc, payload_that_is_not_there, 0, 3);
	tcase_add_loop_test(tc, payload_that_goes_meanwhile, 0, 3);
	tcase_add_test(tc, unload_of_one_that_goes_meanwhile);
	tcase_add_test(tc, unload_of_an_applied_one);
	tcase_add_loop_test(tc, state_of_the_future, 0, 4);
	tcase_add_loop_test(tc, result_comes_late, 0, 3);
	tcase_add_loop_test(tc, result_never_comes, 0, 3);
	tcase_add_loop_test(tc, stale_pending_mark, 0, 4);
	tcase_add_test(tc, action_of_somebody_else_is_awaited);
	tcase_add_test(tc, options_reach_xen);
	tcase_add_test(tc, nodeps_of_an_old_xen);
	tcase_add_loop_test(tc, busy_is_tried_again, 0, 4);
	tcase_add_loop_test(tc, timeout_is_tried_again, 0, 3);
	tcase_add_loop_test(tc, busy_without_retries, 0, 4);
	tcase_add_test(tc, other_failures_are_not_tried_again);
	tcase_add_test(tc, revert_below_the_top);
	tcase_add_test(tc, apply_after_revert_with_data);
	tcase_add_test(tc, somebody_else_undoes_it);
	tcase_add_loop_test(tc, errors_are_explained, 0, sizeof(meanings) / sizeof(meanings[0]));
	suite_add_tcase(s, tc);
	return s;
}
