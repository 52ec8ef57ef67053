// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/build.h"

#include "patchbuild/callers.h"
#include "patchbuild/emit.h"
#include "patchbuild/offline.h"
#include "patchbuild/types.h"

#include "common/payload_sig.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- types --- */

/* A variable whose bytes are judged as such: a constant, or one that differs anyway. */
static bool is_judged_by_content(const struct pair *p, const struct type_change *t)
{
	const char *colon = strrchr(t->name, ':');
	const char *name = colon ? colon + 1 : t->name;
	const struct obj *o = p->cmp.news;
	size_t len = strlen(name);
	size_t i;

	for (i = 1; t->kind == TYPE_VARIABLE && i < o->nsyms; i++) {
		const struct sym *y = &o->syms[i];

		if (!y->sec || strncmp(y->name, name, len) || (y->name[len] && y->name[len] != '.'))
			continue;
		if (sec_kind(y->sec) == SEC_RODATA || y->differs)
			return true;
	}
	return false;
}

static void judge_type(struct build *b, const struct pair *p, const struct types *old,
		       const struct types *new, const struct type_change *t)
{
	const struct unit *u = p->unit;
	const char *why = "";
	bool stack_only = t->kind == TYPE_LAYOUT &&
			  types_local_only(old, new, t->name, &why) == TYPES_LIFE_LOCAL;

	/* Whoever calls a changed function was compiled again, and is compared. */
	if (t->kind == TYPE_FUNCTION || type_change_is_harmless(t->kind) || stack_only ||
	    is_judged_by_content(p, t))
		verdict_note(&b->verdict, type_change_word(t->kind), u->object, t->name, "%s%s",
			     t->text, stack_only ? " (lives only on the stack)" : "");
	else
		verdict_refuse(&b->verdict, type_change_word(t->kind), u->object, t->name,
			       "%s%s%s: what is alive has the old form; keep the type as it is and "
			       "put new members elsewhere",
			       t->text, *why ? "; " : "", why);
}

static int judge_types(struct build *b, const struct pair *p, struct types *old, struct types *new,
		       struct err *e)
{
	struct type_changes changes;
	int ret = types_diff(old, new, &changes, e);
	size_t i;

	for (i = 0; ret == 0 && i < changes.n; i++)
		judge_type(b, p, old, new, &changes.v[i]);
	type_changes_free(&changes);
	return ret;
}

static struct scope_keys scope_keys(struct arena *a, const struct types *t)
{
	struct scope_keys keys = {0};
	size_t n;
	struct static_local *v = types_static_locals(t, &n);
	size_t i;

	keys.v = arena_alloc(a, n, sizeof(*keys.v));
	for (i = 0; i < n; i++) {
		if (v[i].artificial || !v[i].file)
			continue;
		keys.v[keys.n].section = v[i].section;
		keys.v[keys.n].value = v[i].offset;
		keys.v[keys.n++].key = arena_printf(a, "%s:%u:%s:%s", v[i].file, v[i].line,
						    v[i].function, v[i].name);
	}
	free(v);
	return keys;
}

/* --- stages --- */

static int compare_unit(struct build *b, const struct unit *u, struct err *e)
{
	struct selection *s = &b->sel;
	struct pair *p = &s->pairs[s->npairs++];
	struct types *old = NULL;
	struct types *new = NULL;
	struct arena a = {0};
	struct scope_keys olds = {0};
	struct scope_keys news = {0};
	int ret = -1;

	p->unit = u;
	if (!u->is_asm) {
		old = types_load(u->old_path, e);
		new = old ? types_load(u->new_path, e) : NULL;
		if (!new)
			goto out;
		olds = scope_keys(&a, old);
		news = scope_keys(&a, new);
	}
	ret = cmp_open(&p->cmp, u->old_path, u->new_path, u->object, &olds, &news, e);
	if (ret == 0)
		p->group = hvsyms_group(s->hv, p->cmp.olds);
	if (ret == 0 && new)
		ret = judge_types(b, p, old, new, e);
out:
	types_free(old);
	types_free(new);
	arena_free(&a);
	return ret;
}

static int compare_units(struct build *b, struct err *e)
{
	size_t i;

	if (base_check_image(b->base, e) < 0)
		return -1;
	b->sel.hv = hvsyms_open(base_xen_syms(b->base), e);
	if (!b->sel.hv)
		return -1;
	b->sel.verdict = &b->verdict;
	b->sel.pairs = mem_zalloc(b->units.n, sizeof(*b->sel.pairs));
	for (i = 0; i < b->units.n; i++) {
		const struct unit *u = &b->units.v[i];

		if (u->is_identical || u->is_helper)
			continue;
		if (!u->old_path || !u->new_path)
			return err_fail(e, "%s: only half of it was compiled", u->object);
		if (compare_unit(b, u, e) < 0) {
			if (e->kind != ERR_UNSUPPORTED)
				return -1;
			verdict_refuse(&b->verdict, "not-understood", u->object, NULL, "%s",
				       e->text);
			err_clear(e);
			cmp_free(&b->sel.pairs[--b->sel.npairs].cmp);
			memset(&b->sel.pairs[b->sel.npairs], 0, sizeof(*b->sel.pairs));
		}
	}
	return 0;
}

/* Metadata that Xen shows in its list. */
static const char **modinfo(struct build *b, const struct build_request *rq)
{
	struct arena *a = &b->sel.arena;
	size_t max = 8 + rq->npatches + rq->nadvisories + b->sel.n;
	const char **lines = arena_alloc(a, max, sizeof(*lines));
	size_t n = 0;
	size_t i;

	lines[n++] = arena_printf(a, "name=%s", rq->name);
	for (i = 0; i < rq->nadvisories; i++)
		lines[n++] = arena_printf(a, "advisory=%s", rq->advisories[i]);
	lines[n++] = arena_printf(a, "builder=patchbuild %s", XSP_VERSION);
	for (i = 0; i < b->patches.npatches; i++)
		lines[n++] = arena_printf(a, "patch=sha256:%s", b->patches.patches[i].sha256);
	lines[n++] = arena_printf(a, "base=%s", base_version(b->base));
	for (i = 0; i < b->sel.n; i++)
		if (b->sel.v[i]->kind == CHOSEN_PATCH)
			lines[n++] =
				arena_printf(a, "function=%s", hv_name(a, b->sel.v[i]->sym->twin));
	return lines;
}

/* What was written is read by the same code that the loader uses. */
static int check_payload(const struct build *b, const struct build_request *rq, struct err *e)
{
	struct xsp_cause cause = {0};
	struct xsp_payload p;

	if (xsp_payload_open(&p, b->payload.data, b->payload.len, &cause) < 0)
		return payload_cause(rq->name, &cause, e);
	return 0;
}

/* Would the hypervisor take it, and what would it write? */
static int try_payload(struct build *b, const struct build_request *rq, struct err *e)
{
	int ret = offline_try(b->offline, rq->name, b->payload.data, b->payload.len, XSP_APPLY, 0,
			      &b->tried, e);

	if (ret < 0 && e->kind == ERR_CHECK) {
		verdict_refuse(&b->verdict, "loader", NULL, NULL,
			       "the hypervisor would refuse the payload: %s", e->text);
		err_clear(e);
		b->result = BUILD_NOT_PATCHABLE;
		return 0;
	}
	return ret;
}

static int write_payload(struct build *b, const struct build_request *rq, struct err *e)
{
	struct emit_info info = {
		.xen_build_id = base_build_id(b->base),
		.depends = b->below.id,
		.modinfo = modinfo(b, rq),
	};

	if (emit(&b->sel, &info, &b->payload, b->build_id, e) < 0)
		return -1;
	if (check_payload(b, rq, e) < 0)
		return -1;
	return try_payload(b, rq, e);
}

/* Replaced code that no longer runs has no effect: told; alone, it is refused. */
static int judge_effect(struct build *b, struct err *e)
{
	struct callers *c = callers_read(b->base, e);
	size_t total = 0;
	size_t dead = 0;
	size_t i;

	if (!c)
		return -1;
	for (i = 0; i < b->sel.n; i++) {
		const struct chosen *f = b->sel.v[i];

		total += f->kind == CHOSEN_PATCH || f->kind == CHOSEN_HOOK;
		if (f->kind != CHOSEN_PATCH ||
		    !callers_boot_only(c, f->pair->unit->object, f->sym->twin))
			continue;
		dead++;
		verdict_note(&b->verdict, "boot-only", f->pair->unit->object, f->sym->name,
			     "runs only at boot: replacing it has no effect before the next one");
	}
	for (i = 0; dead == total && i < b->sel.n; i++)
		if (b->sel.v[i]->kind == CHOSEN_PATCH)
			verdict_refuse(&b->verdict, "boot-only", b->sel.v[i]->pair->unit->object,
				       b->sel.v[i]->sym->name,
				       "runs only at boot, like all that changed: a payload would "
				       "have no effect; boot the fixed hypervisor");
	callers_free(c);
	return 0;
}

/* Nothing but boot code changed: the notes about it become the refusal. */
static void judge_init_only(struct build *b)
{
	const struct verdict *v = &b->verdict;
	size_t n = v->nnotes;
	size_t i;

	for (i = 0; !b->sel.n && i < n; i++) {
		const struct finding *f = &v->notes[i];

		if (!strcmp(f->code, "init-changed"))
			verdict_refuse(&b->verdict, "init-only", f->object, f->symbol,
				       "only code that runs at boot changed: a payload would have "
				       "no effect; boot the fixed hypervisor");
		else if (!strcmp(f->code, "not-linked"))
			verdict_refuse(
				&b->verdict, "init-only", f->object, NULL,
				"all that changed takes part in booting, or is not linked: a "
				"payload would have no effect; boot the fixed hypervisor");
	}
}

/* The hypervisor as it is when the new payload comes. */
static int prepare(struct build *b, struct err *e)
{
	b->offline = offline_open(b->sel.hv, base_build_id(b->base), e);
	return b->offline ? below_apply(&b->below, b->offline, e) : -1;
}

static int decide(struct build *b, struct err *e)
{
	if (b->sel.n && judge_effect(b, e) < 0)
		return -1;
	judge_init_only(b);
	below_judge(&b->below, &b->sel, &b->patches);
	if (b->verdict.nrefusals)
		b->result = BUILD_NOT_PATCHABLE;
	else
		b->result = b->sel.n ? BUILD_PAYLOAD : BUILD_NO_CHANGE;
	return 0;
}

static int run(struct build *b, const struct build_request *rq, struct err *e)
{
	b->sel.name = rq->name;
	if (patch_set_load(&b->patches, rq->patches, rq->npatches, e) < 0)
		return -1;
	b->base = base_open_any(rq->store, rq->base, e);
	if (!b->base)
		return -1;
	if (below_read(&b->below, rq->depends, rq->ndepends, base_build_id(b->base), e) < 0)
		return -1;
	if (workspace_make(&b->ws, b->base, &b->patches, &b->verdict, e) < 0)
		return -1;
	if (units_affected(b->base, &b->patches, b->ws, &b->units, &b->verdict, e) < 0)
		return -1;
	if (units_compile(b->base, b->ws, &b->units, &b->verdict, e) < 0)
		return -1;
	if (compare_units(b, e) < 0 || prepare(b, e) < 0)
		return -1;
	if (choose(&b->sel, e) < 0)
		return -1;
	if (decide(b, e) < 0)
		return -1;
	return b->result == BUILD_PAYLOAD ? write_payload(b, rq, e) : 0;
}

int build_run(struct build *b, const struct build_request *rq, struct err *e)
{
	double started = now();
	int ret = run(b, rq, e);

	b->seconds = now() - started;
	b->cpu_seconds = b->units.cpu_seconds;
	return ret;
}

void build_free(struct build *b)
{
	offline_close(b->offline);
	below_free(&b->below);
	selection_free(&b->sel);
	unit_list_free(&b->units);
	workspace_free(b->ws);
	patch_set_free(&b->patches);
	verdict_free(&b->verdict);
	strbuf_free(&b->payload);
	offline_result_free(&b->tried);
	base_close(b->base);
}
