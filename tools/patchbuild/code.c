// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/code.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* A longer immediate than this does not follow a %rip displacement. */
#define MAX_IMMEDIATE 4

#define BUG_DISP_BITS 24

unsigned int rel_width(uint32_t type)
{
	switch (type) {
	case R_X86_64_64:
		return 8;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
	case R_X86_64_32:
	case R_X86_64_32S:
		return 4;
	default:
		return 0;
	}
}

bool rel_is_relative(uint32_t type)
{
	return type == R_X86_64_PC32 || type == R_X86_64_PLT32;
}

static bool holds_code(const struct sec *s)
{
	return s->flags & SHF_EXECINSTR;
}

/*
 * The byte before the field: of an operand it is the ModRM byte 00xxx101, of a branch
 * the opcode E8, E9 or 0F 8x (Intel SDM, volume 2, 2.2.1.6 and appendix A).
 */
bool rel_is_branch(const struct sec *s, const struct rel *r)
{
	const uint8_t *at = s->data;

	if (r->type == R_X86_64_PLT32)
		return true;
	if (r->type != R_X86_64_PC32 || !holds_code(s) || !at || !r->offset || r->offset > s->size)
		return false;
	at += r->offset;
	return at[-1] == 0xe8 || at[-1] == 0xe9 ||
	       (r->offset >= 2 && at[-2] == 0x0f && (at[-1] & 0xf0) == 0x80);
}

static struct insn_decoder *decoder(struct code *c, struct err *e)
{
	if (!c->decoder)
		c->decoder = insn_decoder_new(EM_X86_64, e);
	return c->decoder;
}

static struct insn_map *map_of(struct code *c, struct sec *s, struct err *e)
{
	if (!s->insns && decoder(c, e))
		s->insns = insn_map_new(c->decoder, s->data, s->size, s->name, e);
	return s->insns;
}

void code_share(struct sec *a, struct sec *b)
{
	if (a->insns && !b->insns && a->size == b->size && a->data && b->data &&
	    !memcmp(a->data, b->data, a->size))
		b->insns = insn_map_share(a->insns);
}

/* Distance from the field to the end of its instruction. */
static int decode_bias(struct code *c, struct sec *s, const struct rel *r, int64_t *bias,
		       struct err *e)
{
	struct insn_map *m = map_of(c, s, e);
	size_t end;

	if (!m)
		return -1;
	if (insn_map_field_end(m, r->offset, rel_width(r->type), &end) < 0)
		return err_fail(e, "%s+0x%llx: no instruction holds this relocation", s->name,
				(unsigned long long)r->offset);
	*bias = (int64_t)(end - r->offset);
	return 0;
}

/* Where the displacement is counted from, for fields that are not in code. */
static int64_t data_bias(const struct sec *s, const struct rel *r)
{
	/* Both displacements of a bug frame count from the start of the frame. */
	if (sec_kind(s) == SEC_BUG)
		return -(int64_t)(r->offset % s->rule->entry);
	return 0;
}

static bool in_owner(const struct sec *s, const struct sym *y, int64_t off)
{
	int64_t start = (int64_t)y->value;
	int64_t end = start + (int64_t)y->size;

	if (off >= start && off < end)
		return true;
	/* One past the end, where nothing else could be meant. */
	return off == end && (uint64_t)off == s->size;
}

static bool begins_after_another(const struct sec *s, const struct sym *y)
{
	size_t i;

	for (i = 0; i < s->nsyms && s->syms[i]->value < y->value; i++)
		if (s->syms[i]->size && s->syms[i]->value + s->syms[i]->size == y->value)
			return true;
	return false;
}

/*
 * The symbol that stands for all of the section: of several names of one object any;
 * of code the function, also where labels of inline assembly lie behind its end.
 */
static struct sym *only_object(const struct sec *s)
{
	struct sym *found = NULL;
	size_t i;

	if (s->nsyms && s->syms[s->nsyms - 1]->value == 0)
		return s->syms[s->nsyms - 1];
	for (i = 0; sec_kind(s) == SEC_TEXT && i < s->nsyms; i++) {
		if (sym_is_func(s->syms[i]) && s->syms[i]->value)
			return NULL;
		if (sym_is_func(s->syms[i]))
			found = s->syms[i];
	}
	return found;
}

static int find_owner(struct code *c, struct sec *s, const struct rel *r, struct target *t,
		      int64_t off, struct err *e)
{
	bool guess = rel_is_relative(r->type) && holds_code(s) && !t->branch;
	struct sec *in = t->sec;
	int64_t bias = MAX_IMMEDIATE;

	t->owner = only_object(in);
	if (t->owner) {
		t->delta = off;
		t->exact = !guess;
		return 0;
	}
	if (guess) {
		if (decode_bias(c, s, r, &bias, e) < 0)
			return -1;
		off += bias - MAX_IMMEDIATE;
		t->adjust = -bias;
	}
	t->exact = true;
	if (off < 0 || (uint64_t)off > in->size)
		return 0;
	t->owner = sec_owner(in, (uint64_t)off);
	if (t->owner && !in_owner(in, t->owner, off))
		t->owner = NULL;
	t->delta = t->owner ? off - (int64_t)t->owner->value : off;
	t->boundary = t->owner && !t->delta && begins_after_another(in, t->owner);
	return 0;
}

/* The high byte of a bug frame's displacement word is part of a line number. */
static int64_t split_line_bits(const struct sec *s, int64_t *addend)
{
	int64_t high;
	int64_t low;

	if (sec_kind(s) != SEC_BUG)
		return 0;
	low = (int64_t)((uint64_t)*addend << (64 - BUG_DISP_BITS)) >> (64 - BUG_DISP_BITS);
	high = *addend - low;
	*addend = low;
	return high;
}

int target_of(struct code *c, struct sec *s, const struct rel *r, struct target *t, struct err *e)
{
	int64_t addend = r->addend;
	int64_t line = split_line_bits(s, &addend);
	int64_t bias = 0;

	memset(t, 0, sizeof(*t));
	if (!rel_width(r->type))
		return err_fail(e, "%s+0x%llx: relocation type %u is not understood", s->name,
				(unsigned long long)r->offset, r->type);
	if (r->offset > s->size || s->size - r->offset < rel_width(r->type))
		return err_fail(e, "%s+0x%llx: relocation reaches past its section", s->name,
				(unsigned long long)r->offset);
	if (!holds_code(s))
		bias = data_bias(s, r);
	else if (rel_is_relative(r->type))
		bias = MAX_IMMEDIATE;
	t->sym = r->sym;
	t->sec = r->sym->sec;
	t->adjust = line - bias;
	t->branch = rel_is_branch(s, r);
	if (!t->sec) {
		t->delta = addend + bias;
		return 0;
	}
	if (!sym_is_section(r->sym)) {
		t->owner = r->sym;
		t->delta = addend + bias;
		t->exact = !(rel_is_relative(r->type) && holds_code(s)) || t->branch;
		return 0;
	}
	return find_owner(c, s, r, t, addend + bias, e);
}

size_t sec_first_rel(const struct sec *s, uint64_t off)
{
	size_t low = 0;
	size_t high = s->nrels;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->rels[mid].offset < off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t insn_start(struct code *c, const struct sec *s, size_t off)
{
	struct insn insn;
	size_t at = 0;

	while (at < off && insn_at(c->decoder, s->data, s->size, at, &insn) == 0 &&
	       at + insn.length <= off)
		at += insn.length;
	return at;
}

char *code_first_difference(struct code *c, struct arena *a, const struct sec *olds,
			    const struct sec *news)
{
	size_t n = olds->size < news->size ? olds->size : news->size;
	struct err e = ERR_INIT;
	char before[96];
	char after[96];
	size_t at = 0;

	/* What was data without content before has no instruction to show. */
	if (!olds->data || !news->data)
		n = 0;
	while (at < n && olds->data[at] == news->data[at])
		at++;
	if (at == n || !decoder(c, &e))
		return arena_printf(a, "%llu -> %llu bytes", (unsigned long long)olds->size,
				    (unsigned long long)news->size);
	at = insn_start(c, news, at);
	insn_text(c->decoder, olds->data, olds->size, at, before, sizeof(before));
	insn_text(c->decoder, news->data, news->size, at, after, sizeof(after));
	return arena_printf(a, "%llu -> %llu bytes, first at +0x%zx: \"%s\" -> \"%s\"",
			    (unsigned long long)olds->size, (unsigned long long)news->size, at,
			    before, after);
}

void code_free(struct code *c)
{
	insn_decoder_free(c->decoder);
	c->decoder = NULL;
}
