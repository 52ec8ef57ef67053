// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/choose.h"

#include "xsplice/loader.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

char *hv_name(struct arena *a, const struct sym *s)
{
	if (!sym_is_local(s) || !s->file)
		return arena_strdup(a, s->name);
	return arena_printf(a, "%s#%s", s->file, s->name);
}

static void refuse(struct selection *s, struct pair *p, const char *code, const char *who,
		   const char *what)
{
	verdict_refuse(s->verdict, code, p->unit->object, who, "%s", what);
}

static struct chosen *add(struct selection *s, struct pair *p, enum chosen_kind kind,
			  struct sec *sec, struct sym *sym, const char *why)
{
	struct chosen *c = arena_alloc(&s->arena, 1, sizeof(*c));

	c->kind = kind;
	c->pair = p;
	c->sec = sec;
	c->sym = sym;
	c->why = why;
	s->v = mem_grow(s->v, s->n, sizeof(struct chosen *));
	s->v[s->n++] = c;
	if (kind == CHOSEN_DATA || kind == CHOSEN_CONST)
		sym->chosen = c;
	else
		sec->chosen = c;
	return c;
}

/* --- the hypervisor's own symbols --- */

/*
 * Makes a reference to @old + @delta, a symbol of the old object (or a global one of
 * any object). A name that Xen's table has more than once, or has for another address,
 * is expressed as a distance from a global symbol.
 */
static int ref_hv(struct selection *s, struct pair *p, const struct sym *old, int64_t delta,
		  struct ref *out)
{
	const struct sym *y = hvsyms_find(s->hv, p->group, old);
	const struct sym *anchor;
	uint64_t addr = 0;

	out->kind = REF_HV;
	if (!y)
		return -1;
	out->name = hv_name(&s->arena, old);
	if (hvsyms_count(s->hv, out->name, &addr) == 1 && addr == y->value) {
		out->addend += delta;
		return 0;
	}
	anchor = hvsyms_anchor(s->hv, y->value);
	if (!anchor)
		return -1;
	out->name = arena_strdup(&s->arena, anchor->name);
	out->addend += delta + (int64_t)(y->value - anchor->value);
	return 0;
}

static int need_hv(struct selection *s, struct pair *p, const struct sym *old, int64_t delta,
		   const char *who, struct ref *out)
{
	if (ref_hv(s, p, old, delta, out) == 0)
		return 0;
	verdict_refuse(s->verdict, "unresolved-symbol", p->unit->object, who,
		       "needs `%s`, which cannot be found in the hypervisor's symbols", old->name);
	return -1;
}

/* --- choosing code and data --- */

static struct sec *find_cold_part(const struct obj *o, const struct sec *hot)
{
	size_t i;

	for (i = 1; i < o->nsecs; i++)
		if (sec_kind(&o->secs[i]) == SEC_TEXT && &o->secs[i] != hot &&
		    sec_hot_part(o, &o->secs[i]) == hot)
			return &o->secs[i];
	return NULL;
}

static struct chosen *choose_code(struct selection *s, struct pair *p, struct sec *sec,
				  const char *why)
{
	struct sym *f = sec_symbol(sec);
	struct sec *hot;
	struct sec *cold;
	struct chosen *c;

	if (sec->chosen)
		return sec->chosen;
	hot = sec_hot_part(p->cmp.news, sec);
	if (hot) {
		c = add(s, p, CHOSEN_PART, sec, f, why);
		choose_code(s, p, hot, "its cold part changed");
		return c;
	}
	c = add(s, p, f->twin ? CHOSEN_PATCH : CHOSEN_NEW, sec, f, why);
	cold = find_cold_part(p->cmp.news, sec);
	if (cold && !cold->chosen)
		add(s, p, CHOSEN_PART, cold, sec_symbol(cold), "cold part of the function");
	return c;
}

static struct chosen *choose_object(struct selection *s, struct pair *p, enum chosen_kind kind,
				    struct sym *y, const char *why)
{
	return y->chosen ? y->chosen : add(s, p, kind, y->sec, y, why);
}

static int ref_chosen(struct ref *out, struct chosen *c, int64_t delta)
{
	out->kind = REF_CHOSEN;
	out->chosen = c;
	out->addend += delta;
	return 0;
}

static int ref_code(struct selection *s, struct pair *p, const struct target *t, const char *who,
		    struct ref *out)
{
	struct sym *f = sec_symbol(t->sec);
	struct chosen *c = t->sec->chosen;
	int64_t delta = t->delta + (int64_t)(t->owner ? t->owner->value : 0);

	/* One of several functions in a section that the source names: it stays. */
	if (delta && !c && t->owner && sym_is_func(t->owner) && !t->delta && t->owner->twin)
		return need_hv(s, p, t->owner->twin, 0, who, out);
	if (!f || f->value) {
		refuse(s, p, "not-separated", who,
		       "refers to code that has no section of its own; build the base with "
		       "CONFIG_CC_SPLIT_SECTIONS");
		return -1;
	}
	/*
	 * Pointers to functions are compared and kept: they stay those of the old
	 * entry, whose jump leads here.
	 */
	if (c && c->kind == CHOSEN_PATCH && !t->branch && !delta)
		return need_hv(s, p, f->twin, 0, who, out);
	if (c)
		return ref_chosen(out, c, delta);
	if (!f->twin)
		return ref_chosen(out, choose_code(s, p, t->sec, "new"), delta);
	if (delta) {
		verdict_refuse(s->verdict, "inside-function", p->unit->object, who,
			       "refers to the middle of `%s`, which did not change", f->name);
		return -1;
	}
	return need_hv(s, p, f->twin, 0, who, out);
}

/* Length of a string with its end, or of a constant; 0 if it is not a whole one. */
static size_t content_length(const struct sec *s, uint64_t at)
{
	size_t unit = s->entsize ? s->entsize : 1;
	uint64_t end;

	if (sec_kind(s) == SEC_CONSTS)
		return s->size - at >= unit ? unit : 0;
	for (end = at; s->size - end >= unit; end += unit) {
		size_t i = 0;

		while (i < unit && !s->data[end + i])
			i++;
		if (i == unit)
			return end + unit - at;
	}
	return 0;
}

static int ref_content(struct selection *s, struct pair *p, const struct target *t, const char *who,
		       struct ref *out)
{
	uint64_t at = t->owner ? t->owner->value : (uint64_t)t->delta;
	int64_t delta = t->owner ? t->delta : 0;

	out->kind = REF_BYTES;
	out->len = t->sec->data && at < t->sec->size ? content_length(t->sec, at) : 0;
	if (!out->len || delta < -8 || delta > (int64_t)out->len) {
		refuse(s, p, "constant", who, "refers to a constant in a way not understood");
		return -1;
	}
	out->bytes = t->sec->data + at;
	out->align = t->sec->align;
	out->addend += delta;
	return 0;
}

static int ref_constant(struct selection *s, struct pair *p, const struct target *t,
			struct ref *out)
{
	struct sym *y = t->owner;
	struct ref hv = *out;

	if (!y->chosen && y->twin && !y->differs && ref_hv(s, p, y->twin, t->delta, &hv) == 0) {
		*out = hv;
		return 0;
	}
	return ref_chosen(out,
			  choose_object(s, p, CHOSEN_CONST, y,
					y->differs ? y->why : "constant that is not shared"),
			  t->delta);
}

/* A relocation of @in leads to @y; to its first byte, if @first. */
static bool refers_to(struct pair *p, struct sec *in, const struct sym *y, bool first)
{
	struct err e = ERR_INIT;
	struct target t;
	size_t i;

	for (i = 0; i < in->nrels; i++)
		if (target_of(&p->cmp.code, in, &in->rels[i], &t, &e) == 0 && t.owner == y &&
		    (!first || !t.delta))
			return true;
	return false;
}

/* The code that @from replaces refers to exactly @y's twin as well. */
static bool old_code_meant(struct pair *p, const struct sec *from, const struct sym *y)
{
	return from->twin && y->twin && refers_to(p, from->twin, y->twin, true);
}

/*
 * At the border of two variables the end of the one before could be meant as well.
 * It is not where that is a single number, nor by code that does not name it
 * otherwise; both mean the same byte if they lay side by side before too; and code that
 * meant the second one before still does.
 */
static bool border_is_clear(struct pair *p, struct sec *from, const struct target *t)
{
	const struct sec *s = t->sec;
	size_t i;

	for (i = 0; i < s->nsyms; i++) {
		const struct sym *y = s->syms[i];
		bool adjacent = y->twin && t->owner->twin && y->twin->sec == t->owner->twin->sec &&
				y->twin->value + y->twin->size == t->owner->twin->value;

		if (y->size > sizeof(uint64_t) && y->value + y->size == t->owner->value &&
		    !adjacent && refers_to(p, from, y, false) && !old_code_meant(p, from, t->owner))
			return false;
	}
	return true;
}

/* Pages that Xen writes no more once it has booted. */
static bool is_read_only(const struct sec *s)
{
	return sec_kind(s) == SEC_RODATA || text_starts(s->name, ".data.ro_after_init");
}

static int ref_variable(struct selection *s, struct pair *p, struct sec *from,
			const struct target *t, const char *who, struct ref *out)
{
	struct sym *y = t->owner;

	if (y->ambiguous) {
		verdict_refuse(s->verdict, "ambiguous-static", p->unit->object, who,
			       "uses `%s`, which could be one of several variables of that name; "
			       "give the new variable another name",
			       y->name);
		return -1;
	}
	if (t->boundary && !border_is_clear(p, from, t)) {
		verdict_refuse(s->verdict, "ambiguous-border", p->unit->object, who,
			       "refers to the border between `%s` and the variable before it; "
			       "declare the new variable elsewhere",
			       y->name);
		return -1;
	}
	if (y->twin && sec_kind(t->sec) != SEC_RODATA && is_read_only(y->twin->sec) &&
	    !is_read_only(y->sec)) {
		verdict_refuse(s->verdict, "became-writable", p->unit->object, y->name,
			       "can be written now, but the running one lies in read-only memory; "
			       "use a new variable");
		return -1;
	}
	if (y->twin && y->unproven)
		verdict_note(s->verdict, "static-taken-over", p->unit->object, who,
			     "goes on using the running `%s`, though it is declared elsewhere now: "
			     "if another variable is meant, give that another name",
			     y->twin->name);
	if (y->twin)
		return need_hv(s, p, y->twin, t->delta, who, out);
	if (sec_kind(t->sec) == SEC_PERCPU || sec_kind(t->sec) == SEC_TABLE) {
		verdict_refuse(
			s->verdict,
			sec_kind(t->sec) == SEC_PERCPU ? "percpu-added" : "table-changed",
			p->unit->object, y->name,
			sec_kind(t->sec) == SEC_PERCPU
				? "new per-CPU variable: its space is made at boot; use an array "
				  "indexed by CPU number"
				: "new entry of a table that the linker collects: nobody would "
				  "find it");
		return -1;
	}
	return ref_chosen(out, choose_object(s, p, CHOSEN_DATA, y, "new variable"), t->delta);
}

/* The definition of a global symbol in the new objects; NULL: not among them. */
static struct sym *find_definition(struct selection *s, const char *name, struct pair **in)
{
	size_t i;
	size_t k;

	for (i = 0; i < s->npairs; i++) {
		struct obj *o = s->pairs[i].cmp.news;

		for (k = 1; o && k < o->nsyms; k++) {
			if (sym_is_local(&o->syms[k]) || !o->syms[k].sec ||
			    strcmp(o->syms[k].name, name))
				continue;
			*in = &s->pairs[i];
			return &o->syms[k];
		}
	}
	return NULL;
}

/* Boot code or data of another object, which the code replaced did not refer to. */
static bool is_gone_after_boot(const struct selection *s, const struct sec *from,
			       const struct sym *y)
{
	const struct sym *running = hvsyms_find(s->hv, -1, y);
	size_t i;

	if (sym_is_local(y) || !running || !running->sec ||
	    !text_starts(running->sec->name, ".init"))
		return false;
	for (i = 0; from->twin && i < from->twin->nrels; i++)
		if (from->twin->rels[i].sym->undef &&
		    !strcmp(from->twin->rels[i].sym->name, y->name))
			return false;
	return true;
}

static int ref_external(struct selection *s, struct pair *p, const struct sec *from,
			const struct target *t, const char *who, struct ref *out)
{
	struct pair *in = NULL;
	struct sym *def = find_definition(s, t->sym->name, &in);
	uint64_t addr;

	if (def && !def->twin && sec_kind(def->sec) == SEC_TEXT)
		return ref_chosen(out, choose_code(s, in, def->sec, "new"), t->delta);
	if (def && !def->twin && sec_is_object(def->sec))
		return ref_chosen(
			out,
			choose_object(s, in,
				      sec_kind(def->sec) == SEC_RODATA ? CHOSEN_CONST : CHOSEN_DATA,
				      def, "new"),
			t->delta);
	/* Static in the hypervisor, and used by this object only now. */
	if (def && def->twin && sym_is_local(def->twin))
		return need_hv(s, in, def->twin, t->delta, who, out);
	if (is_gone_after_boot(s, from, t->sym)) {
		refuse(s, p, "init-reference", who,
		       "refers to code or data that is gone after boot");
		return -1;
	}
	out->kind = REF_HV;
	out->name = t->sym->name;
	out->addend += t->delta;
	if (*t->sym->name && !t->sym->absolute && hvsyms_count(s->hv, out->name, &addr) == 1)
		return 0;
	verdict_refuse(s->verdict, "unresolved-symbol", p->unit->object, who,
		       "needs `%s`, which the hypervisor does not have%s", t->sym->name,
		       def ? " as something that a payload can refer to" : "");
	return -1;
}

int choose_ref(struct selection *s, struct pair *p, struct sec *from, const struct rel *r,
	       const char *who, struct ref *out)
{
	struct err e = ERR_INIT;
	struct target t;

	memset(out, 0, sizeof(*out));
	if (target_of(&p->cmp.code, from, r, &t, &e) < 0) {
		refuse(s, p, "relocation", who, e.text);
		return -1;
	}
	if (r->type != R_X86_64_64 && !rel_is_relative(r->type)) {
		verdict_refuse(s->verdict, "relocation", p->unit->object, who,
			       "needs a relocation of type %u, which Xen does not apply", r->type);
		return -1;
	}
	out->addend = t.adjust;
	if (!t.sec)
		return ref_external(s, p, from, &t, who, out);
	switch (sec_kind(t.sec)) {
	case SEC_TEXT:
		return ref_code(s, p, &t, who, out);
	case SEC_STRINGS:
	case SEC_CONSTS:
		return ref_content(s, p, &t, who, out);
	case SEC_RODATA:
		if (t.owner)
			return ref_constant(s, p, &t, out);
		break;
	case SEC_DATA:
	case SEC_BSS:
	case SEC_PERCPU:
	case SEC_TABLE:
		if (t.owner)
			return ref_variable(s, p, from, &t, who, out);
		break;
	case SEC_INIT:
		/* What the running code referred to already it may go on to refer to. */
		if (t.owner && t.owner->twin && from->twin &&
		    refers_to(p, from->twin, t.owner->twin, false))
			return need_hv(s, p, t.owner->twin, t.delta, who, out);
		refuse(s, p, "init-reference", who,
		       "refers to code or data that is gone after boot");
		return -1;
	default:
		break;
	}
	verdict_refuse(s->verdict, "not-understood", p->unit->object, who,
		       "refers to section %s in a way not understood", t.sec->name);
	return -1;
}

/* --- following what was chosen --- */

static void follow_range(struct selection *s, struct pair *p, struct sec *sec, uint64_t start,
			 uint64_t size, const char *who)
{
	struct ref ref;
	size_t i;

	for (i = sec_first_rel(sec, start); i < sec->nrels; i++) {
		if (sec->rels[i].offset - start >= size)
			break;
		choose_ref(s, p, sec, &sec->rels[i], who, &ref);
	}
}

static bool has_rel_at(const struct sec *s, uint64_t off)
{
	size_t i = sec_first_rel(s, off);

	return i < s->nrels && s->rels[i].offset == off;
}

bool piece_ends(struct selection *s, struct pair *p, const struct piece *piece)
{
	struct insn insn = {0};
	struct err e = ERR_INIT;
	uint64_t at = 0;

	(void)s;
	if (!p->cmp.code.decoder)
		p->cmp.code.decoder = insn_decoder_new(p->cmp.news->machine, &e);
	while (p->cmp.code.decoder && at < piece->size) {
		if (insn_at(p->cmp.code.decoder, piece->sec->data + piece->start, piece->size, at,
			    &insn) < 0)
			return false;
		/* A jump that is finished already leads to its old neighbours. */
		if (insn.disp_width && (insn.target < 0 || insn.target > (int64_t)piece->size) &&
		    !has_rel_at(piece->sec, piece->start + at + insn.disp))
			return false;
		at += insn.length;
	}
	return insn.kind == INSN_JUMP || insn.kind == INSN_JUMP_INDIRECT ||
	       insn.kind == INSN_RETURN || insn.kind == INSN_UNDEFINED;
}

/* Entries about code that itself is a fixup or a replacement: not expected. */
static bool has_entries_inside(struct pair *p, const struct piece *piece)
{
	size_t n;
	struct item *v = special_of(&p->cmp.new_special, piece->sec, &n);

	while (n--)
		if (v[n].place - piece->start < piece->size)
			return true;
	return false;
}

static void follow_item(struct selection *s, struct pair *p, const struct item *it, const char *who)
{
	const struct piece *piece = &it->piece;
	uint64_t at;

	if (piece->sec) {
		if (has_entries_inside(p, piece))
			refuse(s, p, "special-section", who,
			       "has a fixup or replacement with entries of its own");
		if (sec_kind(piece->sec) == SEC_FIXUP && !piece_ends(s, p, piece))
			refuse(s, p, "special-section", who,
			       "has a fixup that runs on into another one");
		follow_range(s, p, piece->sec, piece->start, piece->size, who);
		return;
	}
	if (sec_kind(it->table) != SEC_BUG)
		return;
	/* The first field is the place in the function itself. */
	for (at = 4; at < it->table->rule->entry; at += 4)
		follow_range(s, p, it->table, it->at + at, 4, who);
}

static void follow(struct selection *s, struct chosen *c)
{
	const char *who = c->sym ? c->sym->name : c->sec->name;
	struct item *items;
	size_t n;
	size_t i;

	if (c->sym && (c->kind == CHOSEN_DATA || c->kind == CHOSEN_CONST)) {
		follow_range(s, c->pair, c->sec, c->sym->value, c->sym->size, who);
		return;
	}
	follow_range(s, c->pair, c->sec, 0, c->sec->size, who);
	items = special_of(&c->pair->cmp.new_special, c->sec, &n);
	for (i = 0; i < n; i++)
		follow_item(s, c->pair, &items[i], who);
}

/* --- what to begin with --- */

/* A table of functions: objects that are alive point to the old one. */
static bool points_to_code(const struct sym *y)
{
	size_t i;

	for (i = sec_first_rel(y->sec, y->value); i < y->sec->nrels; i++) {
		const struct rel *r = &y->sec->rels[i];

		if (r->offset - y->value >= y->size)
			break;
		if (r->sym->undef || (r->sym->sec && sec_kind(r->sym->sec) == SEC_TEXT))
			return true;
	}
	return false;
}

static void judge_variable(struct selection *s, struct pair *p, struct sym *y)
{
	if (!y->differs || text_starts(y->name, ".L"))
		return;
	if (sec_kind(y->sec) == SEC_DATA || sec_kind(y->sec) == SEC_BSS)
		verdict_refuse(s->verdict, "data-changed", p->unit->object, y->name,
			       "initial value or size of a live variable changed (%s); leave it as "
			       "it is and set it from a hook (xen/livepatch_payload.h)",
			       y->why);
	else if (sec_kind(y->sec) == SEC_RODATA && points_to_code(y))
		verdict_refuse(
			s->verdict, "data-changed", p->unit->object, y->name,
			"table of functions changed (%s); pointers to the old one are stored "
			"in objects that are alive: change the functions that it names",
			y->why);
	else if (sec_kind(y->sec) == SEC_RODATA && !sym_is_local(y))
		verdict_refuse(s->verdict, "data-changed", p->unit->object, y->name,
			       "constant changed (%s) that other objects read too; add a new "
			       "constant and change its readers",
			       y->why);
}

static void judge_new_variable(struct selection *s, struct pair *p, struct sym *y)
{
	if (y->sec && sec_kind(y->sec) == SEC_PERCPU && y->twin && y->twin->size != y->size)
		verdict_refuse(
			s->verdict, "percpu-changed", p->unit->object, y->name,
			"per-CPU variable of another size (%llu -> %llu bytes): its space is "
			"made at boot",
			(unsigned long long)y->twin->size, (unsigned long long)y->size);
	if (y->sec && sec_kind(y->sec) == SEC_PERCPU && y->size && !y->twin && !y->ambiguous &&
	    !sym_is_section(y))
		verdict_refuse(s->verdict, "percpu-added", p->unit->object, y->name,
			       "new per-CPU variable: its space is made at boot; use an array "
			       "indexed by CPU number");
}

/* A changed table that only tables point to: nothing that was chosen would show it. */
static void judge_unread_constant(struct selection *s, struct pair *p, struct sym *y)
{
	bool numbered;

	if (!y->differs)
		return;
	pair_stem(&s->arena, y->name, &numbered);
	if (!numbered && y->sec && sec_kind(y->sec) == SEC_RODATA && sym_is_local(y) &&
	    !text_starts(y->name, ".L") && !y->chosen)
		verdict_refuse(s->verdict, "data-changed", p->unit->object, y->name,
			       "constant changed (%s), but no function that can be patched reads "
			       "it by name",
			       y->why);
}

static void judge_whole(struct selection *s, struct pair *p)
{
	if (p->unit->is_asm)
		verdict_refuse(s->verdict, "assembly-changed", p->unit->object,
			       cmp_first_code(&p->cmp),
			       "assembly is not separated into functions that could be replaced; "
			       "change a C function instead");
	else if (p->cmp.asm_differs)
		verdict_refuse(s->verdict, "section-changed", p->unit->object, NULL,
			       "%s: not a function or variable that could be replaced",
			       p->cmp.asm_why);
}

/* The running one belongs to another object: nothing here says that it changed. */
static void judge_moved(struct selection *s, struct pair *p, const struct sym *y)
{
	uint64_t addr;

	if (y->sec && !y->twin && !sym_is_local(y) && sec_kind(y->sec) == SEC_TEXT &&
	    hvsyms_count(s->hv, y->name, &addr))
		verdict_refuse(s->verdict, "moved", p->unit->object, y->name,
			       "moved here from another file: leave it there and change it there");
}

/* Told only: the running one stays, and what was patched does not call it. */
static void note_gone(struct selection *s, struct pair *p)
{
	const struct obj *o = p->cmp.olds;
	size_t i;

	for (i = 1; i < o->nsyms; i++) {
		const struct sym *y = &o->syms[i];

		if (sym_is_func(y) && y->sec && y->size && !y->twin && !y->ambiguous &&
		    sec_kind(y->sec) == SEC_TEXT && !text_ends(y->name, ".cold"))
			verdict_note(s->verdict, "function-gone", p->unit->object, y->name,
				     "is no function of its own any more: removed, or inlined into "
				     "all its callers; the running one stays");
	}
}

/* A changed section that the source names, with more than one function in it. */
static bool holds_several(const struct sec *s)
{
	size_t i;

	for (i = 0; i < s->nsyms; i++)
		if (sym_is_func(s->syms[i]) && s->syms[i]->value && s->syms[i]->size)
			return true;
	return false;
}

static void begin_code(struct selection *s, struct pair *p, struct sec *sec)
{
	if (holds_several(sec))
		verdict_refuse(s->verdict, "not-separated", p->unit->object, sec_symbol(sec)->name,
			       "changed, and shares section %s with other functions; give it a "
			       "section of its own",
			       sec->name);
	else
		choose_code(s, p, sec, sec->why);
}

static void begin(struct selection *s, struct pair *p)
{
	struct obj *o = p->cmp.news;
	size_t i;

	judge_whole(s, p);
	if (p->unit->is_asm)
		return;
	for (i = 1; i < o->nsecs; i++) {
		struct sec *sec = &o->secs[i];

		if (sec_kind(sec) == SEC_TEXT && sec->twin && sec->differs)
			begin_code(s, p, sec);
		else if (sec_kind(sec) == SEC_HOOK && sec->size)
			add(s, p, CHOSEN_HOOK, sec, NULL, "live-patch hook");
	}
	for (i = 1; i < o->nsyms; i++) {
		if (o->syms[i].sec && o->syms[i].compared)
			judge_variable(s, p, &o->syms[i]);
		judge_new_variable(s, p, &o->syms[i]);
		judge_moved(s, p, &o->syms[i]);
	}
}

static void note_init(struct selection *s, struct pair *p)
{
	const struct sym *y;
	const char *why;
	size_t iter = 0;

	while ((y = cmp_next_init_change(&p->cmp, &iter, &why)))
		verdict_note(s->verdict, "init-changed", p->unit->object, y->name,
			     "changed, but runs only at boot: no effect before the next one (%s)",
			     why);
}

/*
 * The jump to the new code takes 5 bytes, behind an ENDBR64 if there is one
 * (arch/x86/livepatch.c: arch_livepatch_verify_func).
 */
static void judge_size(struct selection *s, struct chosen *c)
{
	static const uint8_t endbr64[4] = {0xf3, 0x0f, 0x1e, 0xfa};
	const uint8_t *code = hvsyms_bytes(s->hv, c->old_addr, c->old_size);
	uint64_t need = 5;

	if (code && c->old_size >= sizeof(endbr64) && !memcmp(code, endbr64, sizeof(endbr64)))
		need += sizeof(endbr64);
	if (!code || c->old_size < need)
		verdict_refuse(s->verdict, "function-too-small", c->pair->unit->object,
			       c->sym->name,
			       "has %llu bytes, a jump to its replacement needs %llu; change its "
			       "callers instead",
			       (unsigned long long)c->old_size, (unsigned long long)need);
}

/* Code that runs while patches are applied: it cannot replace itself. */
static void judge_denied(struct selection *s, struct chosen *c)
{
	static const char *const files[] = {"common/livepatch.", "common/livepatch_elf.",
					    "arch/x86/livepatch.", "arch/x86/alternative.",
					    "common/xsplice/"};
	bool denied = xsp_is_denied(hv_name(&s->arena, c->sym->twin));
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		denied = denied || text_starts(c->pair->unit->object, files[i]);
	if (denied)
		verdict_refuse(s->verdict, "denied", c->pair->unit->object, c->sym->name,
			       "belongs to the code that applies live patches or that it stands "
			       "on, which cannot replace itself: boot the fixed hypervisor");
	if (!strcmp(c->sym->name, "idle_loop"))
		verdict_refuse(s->verdict, "denied", c->pair->unit->object, c->sym->name,
			       "never returns, so the new code would never run: boot the fixed "
			       "hypervisor");
}

/*
 * A weak function can have lost against one of another object. What runs has then
 * other bytes, relocated fields aside.
 */
static bool is_running(const struct selection *s, const struct sym *y, const struct sym *old)
{
	const uint8_t *have = hvsyms_bytes(s->hv, old->value, old->size);
	const struct sec *sec = y->sec;
	size_t next = sec_first_rel(sec, y->value);
	uint64_t i;

	if (y->bind != STB_WEAK)
		return true;
	if (!have || old->size != y->size || !sec->data)
		return false;
	for (i = 0; i < y->size; i++) {
		const struct rel *r = next < sec->nrels ? &sec->rels[next] : NULL;

		if (r && y->value + i == r->offset && rel_width(r->type)) {
			i += rel_width(r->type) - 1;
			next++;
		} else if (sec->data[y->value + i] != have[i]) {
			return false;
		}
	}
	return true;
}

/* Where the old function is, and that it can be replaced at all. */
static void find_old(struct selection *s, struct chosen *c)
{
	struct pair *p = c->pair;
	const struct sym *old = hvsyms_find(s->hv, p->group, c->sym->twin);

	if (!old || !old->size) {
		verdict_refuse(s->verdict, "unresolved-symbol", p->unit->object, c->sym->name,
			       "cannot be found in the hypervisor's symbols");
		return;
	}
	if (!is_running(s, c->sym->twin, old)) {
		verdict_refuse(s->verdict, "not-running", p->unit->object, c->sym->name,
			       "is weak, and the hypervisor has the definition of another object: "
			       "change that one");
		return;
	}
	c->old = old;
	c->old_addr = old->value;
	c->old_size = old->size;
	judge_size(s, c);
	judge_denied(s, c);
}

int choose(struct selection *s, struct err *e)
{
	size_t i;
	size_t k;

	(void)e;
	for (i = 0; i < s->npairs; i++)
		begin(s, &s->pairs[i]);
	for (i = 0; i < s->n; i++)
		follow(s, s->v[i]);
	for (i = 0; i < s->npairs; i++) {
		struct obj *o = s->pairs[i].cmp.news;

		note_init(s, &s->pairs[i]);
		note_gone(s, &s->pairs[i]);
		for (k = 1; k < o->nsyms; k++)
			judge_unread_constant(s, &s->pairs[i], &o->syms[k]);
	}
	for (i = 0; i < s->n; i++)
		if (s->v[i]->kind == CHOSEN_PATCH)
			find_old(s, s->v[i]);
	return 0;
}

void selection_free(struct selection *s)
{
	size_t i;

	for (i = 0; i < s->npairs; i++)
		cmp_free(&s->pairs[i].cmp);
	free(s->pairs);
	free(s->v);
	hvsyms_close(s->hv);
	arena_free(&s->arena);
}
