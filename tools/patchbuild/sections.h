/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sections.h - what each section of a hypervisor object is, as a table
 */
#ifndef PATCHBUILD_SECTIONS_H
#define PATCHBUILD_SECTIONS_H

#include "patchbuild/obj.h"

enum sec_kind {
	SEC_SKIP, /* not loaded, or loaded and without meaning at run time */
	SEC_TEXT,
	SEC_INIT, /* code and data that are gone after boot, and boot-time tables */
	SEC_RODATA, /* constants that have a symbol */
	SEC_STRINGS, /* mergeable strings: known by content, not by name */
	SEC_CONSTS, /* mergeable constants of entsize bytes */
	SEC_DATA,
	SEC_BSS,
	SEC_PERCPU, /* template of per-CPU variables: cannot grow at run time */
	SEC_TABLE, /* an array that the linker collects from many objects */
	SEC_ALT, /* .altinstructions */
	SEC_ALT_REPL, /* .altinstr_replacement */
	SEC_ALT_CALL, /* .alt_call_sites (Xen 4.21) */
	SEC_EXTABLE,
	SEC_FIXUP,
	SEC_BUG, /* .bug_frames.N */
	SEC_HOOK, /* .livepatch.*: hooks that the patch itself brings */
	SEC_UNKNOWN, /* refused wherever it matters */
};

struct sec_rule {
	const char *name; /* exact, or a prefix if it ends with '*' */
	enum sec_kind kind;
	uint32_t entry; /* size of an entry of a special section, 0: none */
};

/* Finds the rule of every section of @o (sec->rule is never NULL after it). */
void sections_classify(struct obj *o);

static inline enum sec_kind sec_kind(const struct sec *s)
{
	return s->rule->kind;
}

/* Code or data that may go into a payload under a symbol of its own. */
static inline bool sec_is_object(const struct sec *s)
{
	switch (sec_kind(s)) {
	case SEC_TEXT:
	case SEC_RODATA:
	case SEC_DATA:
	case SEC_BSS:
		return true;
	default:
		return false;
	}
}

#endif
