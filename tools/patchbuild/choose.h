/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choose.h - what goes into the payload, and what each reference in it leads to
 */
#ifndef PATCHBUILD_CHOOSE_H
#define PATCHBUILD_CHOOSE_H

#include "patchbuild/compare.h"
#include "patchbuild/hvsyms.h"
#include "patchbuild/units.h"

enum chosen_kind {
	CHOSEN_PATCH, /* a function that replaces one in the hypervisor */
	CHOSEN_PART, /* the cold part of such a function */
	CHOSEN_NEW, /* a function that the hypervisor does not have */
	CHOSEN_DATA, /* a variable that it does not have */
	CHOSEN_CONST, /* a constant: new, changed, or without a name of its own */
	CHOSEN_HOOK, /* a section of Xen's live-patch hooks */
};

struct chosen {
	enum chosen_kind kind;
	struct pair *pair; /* the objects it comes from */
	struct sec *sec;
	struct sym *sym; /* NULL for CHOSEN_HOOK */
	const char *why;
	/* CHOSEN_PATCH: what is replaced, as in xen-syms. */
	const struct sym *old;
	uint64_t old_addr;
	uint64_t old_size;
	bool below; /* a payload below has put a jump there ... */
	uint8_t jump; /* ... this far from its begin */

	/* emit.c */
	struct out_sym *out; /* its symbol in the payload */
};

/* The two objects of one unit, compared, and where they are in xen-syms. */
struct pair {
	const struct unit *unit;
	struct cmp cmp;
	int group; /* of hvsyms_group(), for the old object */
};

struct selection {
	const char *name; /* of the payload */
	struct hvsyms *hv;
	struct pair *pairs;
	size_t npairs;
	struct chosen **v; /* in the order they were chosen */
	size_t n;
	struct verdict *verdict;
	struct arena arena;
};

/*
 * Chooses every changed function and what it needs, until nothing is missing. What
 * cannot be right becomes a refusal in the verdict. @s: pairs opened, hv open. -1 only
 * if a file could not be read.
 */
int choose(struct selection *s, struct err *e);
void selection_free(struct selection *s);

/* What a relocation of chosen code or data shall be in the payload. */
enum ref_kind {
	REF_HV, /* a symbol of the hypervisor */
	REF_CHOSEN,
	REF_BYTES, /* a copy of a string or constant */
};

struct ref {
	enum ref_kind kind;
	const char *name; /* REF_HV: as Xen's table has it */
	struct chosen *chosen;
	const uint8_t *bytes; /* REF_BYTES */
	size_t len;
	size_t align;
	int64_t addend; /* complete: for a symbol at the start of what is meant */
};

/*
 * Resolves relocation @r of section @from of @p's new object. Chooses what has to be
 * in the payload and is not yet. -1: refused, the reason is in the verdict; @who names
 * the function or variable it is about.
 */
int choose_ref(struct selection *s, struct pair *p, struct sec *from, const struct rel *r,
	       const char *who, struct ref *out);

/* "common/dm.c#do_it" or "dm_op": how Xen's table calls a symbol of an object. */
char *hv_name(struct arena *a, const struct sym *s);

/* The code of a fixup ends here and does not run on into what follows it. */
bool piece_ends(struct selection *s, struct pair *p, const struct piece *piece);

#endif
