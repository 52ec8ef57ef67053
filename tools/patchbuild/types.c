// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * types.c - what a patch does to the types, variables and functions of a unit
 */
#include "patchbuild/types_int.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_PER_DIE 2000

/* --- the names of an object --- */

/* True for what a name stands for rather than a mention of it. */
static bool is_complete(const struct named *n)
{
	if (n->space == NS_VARIABLE && n->die->section)
		return true;
	return !n->die->declaration && n->space != NS_VARIABLE;
}

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int d;

	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	d = strcmp(x->name, y->name);
	if (d)
		return d;
	if (is_complete(x) != is_complete(y))
		return is_complete(x) ? -1 : 1;
	return x->die->offset < y->die->offset ? -1 : x->die->offset > y->die->offset;
}

static int name_cmp(const struct named *a, const struct named *b)
{
	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void add_name(struct types *t, enum name_space space, const char *name, struct die *d)
{
	if (!name)
		return;
	t->names = mem_grow(t->names, t->nnames, sizeof(*t->names));
	t->names[t->nnames++] = (struct named){space, name, d};
}

static void add_enumerators(struct types *t, const struct die *d)
{
	struct die *v;

	for (v = d->child; v; v = v->next)
		if (v->kind == DIE_ENUMERATOR)
			add_name(t, NS_ENUMERATOR, v->name, v);
}

static void add_typedef(struct types *t, struct die *d)
{
	struct core c = type_core(d);

	if (is_aggregate(c.die) && !c.die->name && c.alias && !strcmp(c.alias, d->name))
		add_name(t, NS_TYPEDEF, d->name, c.die);
}

static void add_die(struct types *t, struct die *d)
{
	switch (d->kind) {
	case DIE_STRUCT:
		add_name(t, NS_STRUCT, d->name, d);
		break;
	case DIE_UNION:
		add_name(t, NS_UNION, d->name, d);
		break;
	case DIE_TYPEDEF:
		if (d->name)
			add_typedef(t, d);
		break;
	case DIE_ENUM:
		add_enumerators(t, d);
		break;
	case DIE_VARIABLE:
		add_name(t, NS_VARIABLE, d->name ? d->name : d->origin ? d->origin->name : NULL, d);
		break;
	case DIE_FUNCTION:
		add_name(t, NS_FUNCTION, d->name, d);
		break;
	}
}

static void sort_names(struct types *t)
{
	size_t i, n = 0;

	if (t->nnames)
		qsort(t->names, t->nnames, sizeof(*t->names), by_name);
	for (i = 0; i < t->nnames; i++)
		if (!n || name_cmp(&t->names[n - 1], &t->names[i]))
			t->names[n++] = t->names[i];
	t->nnames = n;
}

struct types *types_load(const char *path, struct err *e)
{
	struct types *t = mem_zalloc(1, sizeof(*t));
	struct die *unit, *d;

	if (dies_read(path, &t->dies, e)) {
		types_free(t);
		return NULL;
	}
	for (unit = t->dies.all[0]; unit; unit = unit->next)
		for (d = unit->child; d; d = d->next)
			add_die(t, d);
	sort_names(t);
	return t;
}

void types_free(struct types *t)
{
	if (!t)
		return;
	dies_free(&t->dies);
	free(t->names);
	free(t);
}

/* --- words --- */

static const struct {
	const char *word;
	bool harmless;
} change_kinds[] = {
	[TYPE_LAYOUT] = {"layout", false},
	[TYPE_OPS] = {"ops", false},
	[TYPE_ENUM_VALUE] = {"enum-value", false},
	[TYPE_FUNCTION] = {"function", false},
	[TYPE_VARIABLE] = {"variable", false},
	[TYPE_RENAMED] = {"rename", true},
	[TYPE_RETYPED] = {"retype", true},
	[TYPE_PADDING] = {"padding", true},
	[TYPE_REMOVED] = {"member-removed", true},
	[TYPE_ENUM_ADDED] = {"enum-added", true},
	[TYPE_ENUM_REMOVED] = {"enum-removed", true},
};

bool type_change_is_harmless(enum type_change_kind kind)
{
	return change_kinds[kind].harmless;
}

const char *type_change_word(enum type_change_kind kind)
{
	return change_kinds[kind].word;
}

/* --- variables and functions --- */

static struct die *var_type(const struct die *v)
{
	return v->type ? v->type : v->origin ? v->origin->type : NULL;
}

static const struct die *var_decl(const struct die *v)
{
	return v->file || !v->origin ? v : v->origin;
}

static void variable_cmp(struct cmp *c, struct die *old, struct die *new, const char *name)
{
	struct die *a = var_type(old), *b = var_type(new);
	int64_t old_size = type_size_or(a), new_size = type_size_or(b);
	struct strbuf text = {0};
	struct type_change *t;
	enum sameness s;

	if ((old_size < 0) != (new_size < 0))
		return; /* only mentioned, without its length, on one side */
	s = type_cmp(c, a, b);
	if (s == TYPE_SAME)
		return;
	strbuf_addf(&text, "variable `%s` changed from ", name);
	type_spell(&text, a);
	strbuf_adds(&text, " to ");
	type_spell(&text, b);
	if (old_size != new_size)
		strbuf_addf(&text, "; sizeof %lld -> %lld", (long long)old_size,
			    (long long)new_size);
	t = change_add(c, s == TYPE_SAME_SIZE ? TYPE_RETYPED : TYPE_VARIABLE, name, var_decl(new),
		       &text);
	t->old_size = old_size;
	t->new_size = new_size;
}

/* A built-in or old-style declaration says nothing about parameters. */
static bool has_signature(const struct die *f)
{
	return f->prototyped || f->child || f->type;
}

static void function_cmp(struct cmp *c, struct die *old, struct die *new, const char *name)
{
	struct strbuf a = {0}, b = {0}, text = {0};

	if (!has_signature(old) || !has_signature(new))
		return;
	signature_canon(&a, old);
	signature_canon(&b, new);
	if (a.len != b.len || memcmp(a.data, b.data, a.len)) {
		strbuf_addf(&text, "function `%s` changed from ", name);
		signature_spell(&text, old);
		strbuf_adds(&text, " to ");
		signature_spell(&text, new);
		change_add(c, TYPE_FUNCTION, name, new, &text);
	}
	strbuf_free(&a);
	strbuf_free(&b);
}

/* --- enums --- */

/* "enum foo", a typedef's name, or "enum {FIRST, ...}". */
static void enum_name(const struct types *t, const struct die *d, struct strbuf *b)
{
	const struct die *first = d->child;
	size_t i;

	if (d->name) {
		strbuf_addf(b, "enum %s", d->name);
		return;
	}
	for (i = 0; i < t->dies.n; i++)
		if (t->dies.all[i]->kind == DIE_TYPEDEF && t->dies.all[i]->type == d) {
			strbuf_adds(b, t->dies.all[i]->name ? t->dies.all[i]->name : "enum");
			return;
		}
	strbuf_addf(b, "enum {%s, ...}", first && first->name ? first->name : "");
}

static void enum_change(struct cmp *c, enum type_change_kind kind, const struct types *t,
			const struct die *v, struct strbuf *text)
{
	struct strbuf name = {0};
	struct type_change *ch;

	enum_name(t, v->parent, &name);
	ch = change_add(c, kind, name.data, v->parent, text);
	ch->member = arena_strdup(&c->out->arena, v->name);
	strbuf_free(&name);
}

static void enumerator_cmp(struct cmp *c, const struct types *t, const struct die *old,
			   const struct die *new)
{
	struct strbuf text = {0};

	if (old->value == new->value)
		return;
	strbuf_addf(&text, "constant `%s` changed from %lld to %lld", new->name,
		    (long long)old->value, (long long)new->value);
	enum_change(c, TYPE_ENUM_VALUE, t, new, &text);
}

static const struct named *find_name(const struct types *t, enum name_space space, const char *name)
{
	size_t low = 0, high = t->nnames;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = name_cmp(&(struct named){space, name, NULL}, &t->names[mid]);

		if (!d)
			return &t->names[mid];
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* Another enumerator of @v's enum exists in @other: the enum itself is shared. */
static bool enum_is_shared(const struct die *v, const struct types *other)
{
	const struct die *s;

	for (s = v->parent->child; s; s = s->next)
		if (s->name && find_name(other, NS_ENUMERATOR, s->name))
			return true;
	return false;
}

static void enumerator_alone(struct cmp *c, enum type_change_kind kind, const struct types *mine,
			     const struct types *other, const struct die *v)
{
	struct strbuf text = {0};

	if (!enum_is_shared(v, other))
		return;
	strbuf_addf(&text, "constant `%s` = %lld %s", v->name, (long long)v->value,
		    kind == TYPE_ENUM_ADDED ? "added" : "removed");
	enum_change(c, kind, mine, v, &text);
}

/* --- static locals --- */

struct locals {
	struct static_local *v;
	struct die **die;
	size_t n;
};

static void find_locals(struct locals *l, const struct die *function, struct die *d)
{
	const struct die *decl;

	for (; d; d = d->next) {
		if (d->kind == DIE_BLOCK)
			find_locals(l, function, d->child);
		if (d->kind != DIE_VARIABLE || !d->section)
			continue;
		decl = d->name || !d->origin ? d : d->origin;
		if (!decl->name)
			continue;
		l->v = mem_grow(l->v, l->n, sizeof(*l->v));
		l->die = mem_grow(l->die, l->n, sizeof(struct die *));
		l->die[l->n] = d;
		l->v[l->n++] = (struct static_local){
			.name = decl->name,
			.function = function->name ? function->name : "",
			.file = decl->file,
			.line = decl->line,
			.section = d->section,
			.offset = d->address,
			.size = type_size_or(var_type(d)) < 0 ? 0 : type_size_or(var_type(d)),
			.artificial = decl->artificial,
		};
	}
}

static void all_locals(const struct types *t, struct locals *l)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < t->dies.n; i++) {
		const struct die *f = t->dies.all[i];

		if (f->kind == DIE_FUNCTION)
			find_locals(l, f->name || !f->origin ? f : f->origin, f->child);
	}
}

struct static_local *types_static_locals(const struct types *t, size_t *n)
{
	struct locals l;

	all_locals(t, &l);
	free(l.die);
	*n = l.n;
	return l.v ? l.v : mem_zalloc(1, sizeof(*l.v));
}

static bool same_local(const struct static_local *a, const struct static_local *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->function, b->function);
}

/* Index of the only one of @l like @x (on the same line, if there are several), or -1. */
static ptrdiff_t only_local(const struct locals *l, const struct static_local *x)
{
	ptrdiff_t by_line = -1, found = -1;
	size_t i, n = 0, on_line = 0;

	for (i = 0; i < l->n; i++) {
		if (!same_local(&l->v[i], x))
			continue;
		found = i;
		n++;
		if (l->v[i].line == x->line) {
			by_line = i;
			on_line++;
		}
	}
	return n == 1 ? found : on_line == 1 ? by_line : -1;
}

static void locals_cmp(struct cmp *c, const struct types *old, const struct types *new)
{
	struct locals a, b;
	ptrdiff_t j;
	size_t i;

	all_locals(old, &a);
	all_locals(new, &b);
	for (i = 0; i < a.n; i++) {
		autofree char *name = NULL;

		if (a.v[i].artificial || only_local(&a, &a.v[i]) != (ptrdiff_t)i)
			continue;
		j = only_local(&b, &a.v[i]);
		if (j < 0 || !a.die || !b.die)
			continue;
		name = mem_printf("%s::%s", a.v[i].function, a.v[i].name);
		variable_cmp(c, a.die[i], b.die[j], name);
	}
	free(a.v);
	free(a.die);
	free(b.v);
	free(b.die);
}

/* --- comparing --- */

static void tagged_cmp(struct cmp *c, const struct named *a, const struct named *b)
{
	struct strbuf name = {0};

	if (a->die->declaration || b->die->declaration)
		return;
	if (b->space != NS_TYPEDEF)
		strbuf_adds(&name, b->space == NS_STRUCT ? "struct " : "union ");
	strbuf_adds(&name, b->name);
	aggregate_cmp(c, a->die, b->die, name.data);
	strbuf_free(&name);
}

static void named_cmp(struct cmp *c, const struct types *new, const struct named *a,
		      const struct named *b)
{
	switch (a->space) {
	case NS_STRUCT:
	case NS_UNION:
	case NS_TYPEDEF:
		tagged_cmp(c, a, b);
		break;
	case NS_ENUMERATOR:
		enumerator_cmp(c, new, a->die, b->die);
		break;
	case NS_VARIABLE:
		variable_cmp(c, a->die, b->die, a->name);
		break;
	case NS_FUNCTION:
		function_cmp(c, a->die, b->die, a->name);
		break;
	}
}

static void names_cmp(struct cmp *c, const struct types *old, const struct types *new)
{
	size_t i = 0, j = 0;
	int d;

	while (i < old->nnames || j < new->nnames) {
		if (i == old->nnames)
			d = 1;
		else if (j == new->nnames)
			d = -1;
		else
			d = name_cmp(&old->names[i], &new->names[j]);
		if (d < 0 && old->names[i].space == NS_ENUMERATOR)
			enumerator_alone(c, TYPE_ENUM_REMOVED, old, new, old->names[i].die);
		if (d > 0 && new->names[j].space == NS_ENUMERATOR)
			enumerator_alone(c, TYPE_ENUM_ADDED, new, old, new->names[j].die);
		if (!d)
			named_cmp(c, new, &old->names[i], &new->names[j]);
		i += d <= 0;
		j += d >= 0;
	}
}

/* Types of blocks that static locals and the like led to. */
static void todo_cmp(struct cmp *c)
{
	size_t i;

	for (i = 0; i < c->ntodo && c->budget; i++) {
		struct strbuf name = {0};

		type_spell(&name, c->todo[i].new);
		aggregate_cmp(c, c->todo[i].old, c->todo[i].new, name.data);
		strbuf_free(&name);
	}
}

int types_diff(struct types *old, struct types *new, struct type_changes *out, struct err *e)
{
	struct cmp c = {.out = out};

	memset(out, 0, sizeof(*out));
	c.budget = (old->dies.n + new->dies.n) * STEPS_PER_DIE;
	names_cmp(&c, old, new);
	locals_cmp(&c, old, new);
	todo_cmp(&c);
	free(c.todo);
	if (!c.budget)
		return err_fail(e,
				"%s: damaged debug information: its types have no end: compile "
				"it again",
				new->dies.name);
	return 0;
}

int types_compare(const char *old_path, const char *new_path, struct type_changes *out,
		  struct err *e)
{
	struct types *old = types_load(old_path, e);
	struct types *new = old ? types_load(new_path, e) : NULL;
	int ret = -1;

	memset(out, 0, sizeof(*out));
	if (new)
		ret = types_diff(old, new, out, e);
	types_free(old);
	types_free(new);
	return ret;
}

void type_changes_free(struct type_changes *c)
{
	free(c->v);
	arena_free(&c->arena);
	memset(c, 0, sizeof(*c));
}

/* --- where objects live --- */

enum reach { REACH_NOT, REACH_POINTER, REACH_VALUE };

/* How a thing of type @t leads to @wanted. */
static enum reach reach(struct die *t, const struct die *wanted)
{
	enum reach r = REACH_VALUE;
	unsigned int steps;
	struct core c;

	for (steps = 0; steps < 64; steps++) {
		c = type_core(t);
		if (c.die == wanted)
			return r;
		if (!c.die || (c.die->kind != DIE_POINTER && c.die->kind != DIE_ARRAY))
			return REACH_NOT;
		if (c.die->kind == DIE_POINTER)
			r = REACH_POINTER;
		t = c.die->type;
	}
	return REACH_NOT;
}

static bool is_static_function(const struct die *f)
{
	const struct die *decl = f->origin ? f->origin : f;

	return f->kind == DIE_FUNCTION && !f->external && !decl->external;
}

struct life {
	const struct die *type;
	enum types_life answer;
	const char *why;
	bool seen; /* an automatic variable of the type */
};

static void deny(struct life *l, enum types_life answer, const char *why)
{
	if (!l->why || answer == TYPES_LIFE_STATIC) {
		l->answer = answer;
		l->why = why;
	}
}

static void variable_life(struct life *l, const struct die *v, enum reach r)
{
	bool automatic = !v->section && v->parent && v->parent->kind != DIE_UNIT;

	if (r == REACH_VALUE && automatic)
		l->seen = true;
	else if (r == REACH_VALUE)
		deny(l, TYPES_LIFE_STATIC, "a variable of static storage holds one");
	else
		deny(l, TYPES_LIFE_UNKNOWN, "a variable points to one: it may be allocated");
}

static void thing_life(struct life *l, const struct die *d)
{
	enum reach r;

	if (d->kind != DIE_VARIABLE && d->kind != DIE_MEMBER && d->kind != DIE_PARAM &&
	    d->kind != DIE_FUNCTION && d->kind != DIE_SIGNATURE)
		return;
	r = reach(d->type, l->type);
	if (r == REACH_NOT)
		return;
	if (d->kind == DIE_VARIABLE)
		variable_life(l, d, r);
	else if (d->kind == DIE_MEMBER)
		deny(l, TYPES_LIFE_UNKNOWN, "a member of another type is, or points to, one");
	else if (d->kind != DIE_PARAM)
		deny(l, TYPES_LIFE_UNKNOWN, "a function returns one");
	else if (!d->parent || !is_static_function(d->parent))
		deny(l, TYPES_LIFE_UNKNOWN, "code outside this unit may pass one");
}

static struct die *find_type(const struct types *t, const char *name)
{
	static const struct {
		enum name_space space;
		const char *prefix;
	} forms[] = {{NS_STRUCT, "struct "}, {NS_UNION, "union "}, {NS_TYPEDEF, ""}};
	const struct named *n;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!text_starts(name, forms[i].prefix))
			continue;
		n = find_name(t, forms[i].space, name + strlen(forms[i].prefix));
		if (n)
			return n->die;
	}
	return NULL;
}

static void life_in(struct life *l, const struct types *t, const char *name)
{
	size_t i;

	l->type = find_type(t, name);
	l->seen = false;
	if (!l->type) {
		deny(l, TYPES_LIFE_UNKNOWN, "it is not a type of this unit's file scope");
		return;
	}
	if (!l->type->in_main_file)
		deny(l, TYPES_LIFE_UNKNOWN, "it is declared in a header: other units may use it");
	for (i = 0; i < t->dies.n; i++)
		thing_life(l, t->dies.all[i]);
	if (!l->seen)
		deny(l, TYPES_LIFE_UNKNOWN, "no automatic variable has the type");
}

enum types_life types_local_only(const struct types *old, const struct types *new, const char *name,
				 const char **why)
{
	struct life l = {.answer = TYPES_LIFE_LOCAL};

	life_in(&l, old, name);
	life_in(&l, new, name);
	*why = l.why;
	return l.answer;
}
