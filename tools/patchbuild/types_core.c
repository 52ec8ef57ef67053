// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * types_core.c - types taken apart and spelled
 *
 * The debug information may be damaged: a chain of types can lead back to itself.
 * Every walk here ends after a number of steps that no real type needs.
 */
#include "patchbuild/types_int.h"

#include <inttypes.h>
#include <string.h>

#define MAX_STEPS 64
#define MAX_SPELL 16384

struct core type_core(struct die *t)
{
	struct core c = {t, NULL};
	unsigned int steps;

	for (steps = 0; c.die && steps < MAX_STEPS; steps++) {
		if (c.die->kind == DIE_TYPEDEF)
			c.alias = c.die->name;
		else if (c.die->kind != DIE_QUALIFIER)
			break;
		c.die = c.die->type;
	}
	return c;
}

static bool array_count(const struct die *array, uint64_t *count)
{
	const struct die *r;

	*count = 1;
	for (r = array->child; r; r = r->next) {
		if (r->kind != DIE_RANGE)
			continue;
		if (!r->has_count || __builtin_mul_overflow(*count, r->count, count))
			return false;
	}
	return true;
}

bool type_size(struct die *t, uint64_t *size)
{
	uint64_t n, total = 1;
	unsigned int steps;
	struct core c;

	for (steps = 0; steps < MAX_STEPS; steps++) {
		c = type_core(t);
		if (!c.die)
			return false;
		if (c.die->kind != DIE_ARRAY) {
			bool pointer = c.die->kind == DIE_POINTER && !c.die->has_size;

			/* clang leaves out what is clear on a 64-bit machine */
			*size = pointer ? 8 : c.die->size;
			return (pointer || c.die->has_size) &&
			       !__builtin_mul_overflow(*size, total, size);
		}
		if (!array_count(c.die, &n) || __builtin_mul_overflow(total, n, &total))
			return false;
		t = c.die->type;
	}
	return false;
}

int64_t type_size_or(struct die *t)
{
	uint64_t size;

	return type_size(t, &size) && size <= INT64_MAX ? (int64_t)size : -1;
}

static void canon(struct strbuf *b, struct die *t, unsigned int depth);

static void canon_base(struct strbuf *b, const struct die *d)
{
	char letter;

	switch (d->encoding) {
	case ENC_BOOLEAN:
		letter = 'b';
		break;
	case ENC_FLOAT:
		letter = 'f';
		break;
	case ENC_SIGNED:
	case ENC_SIGNED_CHAR:
		letter = 'i';
		break;
	default:
		letter = 'u';
	}
	strbuf_addf(b, "%c%" PRIu64, letter, d->size);
}

static void canon_members(struct strbuf *b, const struct die *d, unsigned int depth)
{
	const struct die *m;

	strbuf_adds(b, "{");
	for (m = d->child; m; m = m->next) {
		strbuf_addf(b, "%s@%" PRIu64 ".%" PRIu64 ":%" PRIu64 " ", m->name ? m->name : "",
			    m->place, m->bit_place, m->bit_size);
		if (m->kind == DIE_ENUMERATOR)
			strbuf_addf(b, "=%" PRId64, m->value);
		canon(b, m->type, depth);
		strbuf_addc(b, ';');
	}
	strbuf_adds(b, "}");
}

static void canon_signature(struct strbuf *b, const struct die *f, unsigned int depth)
{
	const struct die *p;

	strbuf_addc(b, '(');
	for (p = f->child; p; p = p->next) {
		if (p->kind == DIE_DOTS)
			strbuf_adds(b, "...");
		if (p->kind != DIE_PARAM)
			continue;
		canon(b, p->type ? p->type : p->origin ? p->origin->type : NULL, depth);
		strbuf_addc(b, ',');
	}
	strbuf_addc(b, ')');
	canon(b, f->type, depth);
}

static void canon_array(struct strbuf *b, const struct die *d, unsigned int depth)
{
	const struct die *r;

	for (r = d->child; r; r = r->next)
		if (r->kind == DIE_RANGE && r->has_count)
			strbuf_addf(b, "[%" PRIu64 "]", r->count);
		else if (r->kind == DIE_RANGE)
			strbuf_adds(b, "[]");
	canon(b, d->type, depth);
}

static const char *tag_word(const struct die *d)
{
	return d->kind == DIE_STRUCT ? "struct" : d->kind == DIE_UNION ? "union" : "enum";
}

static void canon_tagged(struct strbuf *b, struct core c, unsigned int depth)
{
	if (c.die->name) {
		strbuf_addf(b, "%s %s", tag_word(c.die), c.die->name);
	} else if (c.alias) {
		strbuf_adds(b, c.alias);
	} else {
		strbuf_adds(b, tag_word(c.die));
		canon_members(b, c.die, depth);
	}
}

static void canon(struct strbuf *b, struct die *t, unsigned int depth)
{
	struct core c = type_core(t);

	if (depth > MAX_STEPS || b->len > MAX_SPELL)
		return;
	depth++;
	if (!c.die) {
		strbuf_adds(b, "void");
		return;
	}
	switch (c.die->kind) {
	case DIE_BASE:
		canon_base(b, c.die);
		break;
	case DIE_POINTER:
		strbuf_addc(b, '*');
		canon(b, c.die->type, depth);
		break;
	case DIE_ARRAY:
		canon_array(b, c.die, depth);
		break;
	case DIE_SIGNATURE:
		canon_signature(b, c.die, depth);
		break;
	case DIE_STRUCT:
	case DIE_UNION:
	case DIE_ENUM:
		canon_tagged(b, c, depth);
		break;
	default:
		strbuf_addf(b, "?%s", c.die->name ? c.die->name : "");
	}
}

void type_canon(struct strbuf *b, struct die *t)
{
	canon(b, t, 0);
}

void signature_canon(struct strbuf *b, struct die *f)
{
	canon_signature(b, f, 0);
}

static void spell(struct strbuf *b, struct die *t, unsigned int depth);

static void spell_params(struct strbuf *b, const struct die *f, unsigned int depth)
{
	const char *comma = "";
	const struct die *p;

	strbuf_addc(b, '(');
	for (p = f->child; p; p = p->next) {
		if (p->kind != DIE_DOTS && p->kind != DIE_PARAM)
			continue;
		strbuf_adds(b, comma);
		comma = ", ";
		if (p->kind == DIE_DOTS)
			strbuf_adds(b, "...");
		else
			spell(b, p->type ? p->type : p->origin ? p->origin->type : NULL, depth);
	}
	strbuf_adds(b, *comma ? ")" : "void)");
}

static void spell_pointer(struct strbuf *b, const struct die *d, unsigned int depth)
{
	const struct die *to = d->type;

	if (to && to->kind == DIE_SIGNATURE) {
		spell(b, to->type, depth);
		strbuf_adds(b, " (*)");
		spell_params(b, to, depth);
		return;
	}
	spell(b, d->type, depth);
	strbuf_adds(b, b->len && b->data[b->len - 1] == '*' ? "*" : " *");
}

static void spell_array(struct strbuf *b, const struct die *d, unsigned int depth)
{
	const struct die *r;

	spell(b, d->type, depth);
	for (r = d->child; r; r = r->next)
		if (r->kind == DIE_RANGE && r->has_count)
			strbuf_addf(b, "[%" PRIu64 "]", r->count);
		else if (r->kind == DIE_RANGE)
			strbuf_adds(b, "[]");
}

static void spell_named(struct strbuf *b, const struct die *d)
{
	if (d->kind == DIE_STRUCT || d->kind == DIE_UNION || d->kind == DIE_ENUM) {
		strbuf_adds(b, tag_word(d));
		strbuf_addc(b, ' ');
	}
	strbuf_adds(b, d->name ? d->name : "{...}");
}

static void spell(struct strbuf *b, struct die *t, unsigned int depth)
{
	unsigned int steps;

	for (steps = 0; t && t->kind == DIE_QUALIFIER && steps < MAX_STEPS; steps++)
		t = t->type;
	if (depth > MAX_STEPS || b->len > MAX_SPELL)
		return;
	depth++;
	if (!t) {
		strbuf_adds(b, "void");
		return;
	}
	switch (t->kind) {
	case DIE_POINTER:
		spell_pointer(b, t, depth);
		break;
	case DIE_ARRAY:
		spell_array(b, t, depth);
		break;
	case DIE_SIGNATURE:
		spell(b, t->type, depth);
		strbuf_addc(b, ' ');
		spell_params(b, t, depth);
		break;
	default:
		spell_named(b, t);
	}
}

void type_spell(struct strbuf *b, struct die *t)
{
	spell(b, t, 0);
}

void signature_spell(struct strbuf *b, struct die *f)
{
	spell(b, f->type, 0);
	strbuf_addc(b, ' ');
	spell_params(b, f, 0);
}
