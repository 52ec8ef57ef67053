// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/sections.h"

#include <elf.h>
#include <string.h>

/*
 * The first rule that fits counts. Sources: arch/x86/xen.lds.S (what is thrown away
 * after boot, which arrays the linker collects) and the __section() attributes in
 * Xen's headers. .data.rel.ro* is constant, though flagged writable for the sake of
 * relocation at link time.
 */
static const struct sec_rule rules[] = {
	{".discard*", SEC_SKIP, 0},
	{".comment", SEC_SKIP, 0},
	{".note*", SEC_SKIP, 0},
	{".eh_frame*", SEC_SKIP, 0},
	{".debug*", SEC_SKIP, 0},
	{".init*", SEC_INIT, 0},
	{".text.startup*", SEC_INIT, 0},
	{".exit.*", SEC_INIT, 0},
	{".ex_table.pre", SEC_INIT, 0},
	{".trampoline*", SEC_INIT, 0},
	{".reloc", SEC_INIT, 0},
	{".altinstructions", SEC_ALT, 14},
	{".altinstr_replacement", SEC_ALT_REPL, 0},
	{".alt_call_sites", SEC_ALT_CALL, 4},
	{".ex_table", SEC_EXTABLE, 8},
	{".fixup", SEC_FIXUP, 0},
	{".bug_frames.0", SEC_BUG, 8},
	{".bug_frames.1", SEC_BUG, 8},
	{".bug_frames.2", SEC_BUG, 8},
	{".bug_frames.3", SEC_BUG, 16},
	{".livepatch.*", SEC_HOOK, 0},
	{".text", SEC_TEXT, 0},
	{".text.*", SEC_TEXT, 0},
	{".rodata.vpci.*", SEC_TABLE, 0},
	{".data.rel.ro.vpci.*", SEC_TABLE, 0},
	{".data.rel.ro.schedulers", SEC_TABLE, 0},
	{".rodata", SEC_RODATA, 0},
	{".rodata.*", SEC_RODATA, 0},
	{".data.rel.ro*", SEC_RODATA, 0},
	{".data.schedulers", SEC_TABLE, 0},
	{".data.vpci.*", SEC_TABLE, 0},
	{".bss.percpu*", SEC_PERCPU, 0},
	{".data.percpu*", SEC_PERCPU, 0},
	{".data", SEC_DATA, 0},
	{".data.*", SEC_DATA, 0},
	{".bss", SEC_BSS, 0},
	{".bss.*", SEC_BSS, 0},
	{NULL, SEC_UNKNOWN, 0},
};

static const struct sec_rule rule_skip = {"", SEC_SKIP, 0};
static const struct sec_rule rule_strings = {"", SEC_STRINGS, 0};
static const struct sec_rule rule_consts = {"", SEC_CONSTS, 0};
static const struct sec_rule rule_table = {"", SEC_TABLE, 0};

static bool fits(const struct sec_rule *r, const char *name)
{
	size_t n;

	/* All begin with a dot: the next character rules out most. */
	if (name[0] != '.' || name[1] != r->name[1])
		return false;
	n = strlen(r->name);
	if (r->name[n - 1] == '*')
		return strncmp(r->name, name, n - 1) == 0;
	return strcmp(r->name, name) == 0;
}

/* Attribute sections of Xen that hold ordinary variables of several names. */
static bool is_shared_data(const char *name)
{
	static const char *const names[] = {".data",
					    ".bss",
					    ".data.read_mostly",
					    ".data.ro_after_init",
					    ".data.page_aligned",
					    ".bss.page_aligned",
					    ".bss.page_aligned.const",
					    NULL};
	size_t i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool ends_with_word(const char *section, const char *name)
{
	size_t all = strlen(section);
	size_t len = strlen(name);

	return len && all > len && text_ends(section, name) && section[all - len - 1] == '.';
}

/*
 * -fdata-sections names a section after its variable. A .data.X or .bss.X whose
 * symbol is not X, and which is none of the shared ones, was named in the source:
 * an array that the linker puts together, for all we know.
 */
static bool is_named_in_source(const struct sec *s)
{
	size_t i;

	if (is_shared_data(s->name) || !s->size)
		return false;
	for (i = 0; i < s->nsyms; i++)
		if (ends_with_word(s->name, s->syms[i]->name))
			return false;
	return true;
}

static const struct sec_rule *find_rule(const struct sec *s)
{
	const struct sec_rule *r;

	if (!(s->flags & SHF_ALLOC))
		return &rule_skip;
	if ((s->flags & SHF_MERGE) && !(s->flags & SHF_WRITE))
		return s->flags & SHF_STRINGS ? &rule_strings : &rule_consts;
	for (r = rules; r->name; r++)
		if (fits(r, s->name))
			break;
	if ((r->kind == SEC_DATA || r->kind == SEC_BSS) && is_named_in_source(s))
		return &rule_table;
	return r;
}

void sections_classify(struct obj *o)
{
	size_t i;

	for (i = 0; i < o->nsecs; i++)
		o->secs[i].rule = find_rule(&o->secs[i]);
}
