/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_entries.h - is what a payload holds what the compiler made?
 *
 * Reads the payload and the recompiled objects anew, relocations by themselves, without
 * the builder's own reading of special sections: code byte for byte, and of every
 * alternative, exception table entry and bug frame the place, the lengths, the feature,
 * the replacement's, fixup's and message's bytes.
 */
#ifndef TESTS_BUILDER_CHECK_ENTRIES_H
#define TESTS_BUILDER_CHECK_ENTRIES_H

#include "patchbuild/build.h"

/* How many of each were compared. */
struct entry_counts {
	size_t functions;
	size_t replacements; /* of alternatives, not empty */
	size_t alternatives;
	size_t calls; /* of .alt_call_sites */
	size_t extable;
	size_t bugs;
};

/*
 * Compares the payload of @b (BUILD_PAYLOAD), whose bytes are read as @payload, with the
 * objects that it was made of. Appends a line "@name: ..." to @wrong for each difference;
 * adds to @counts.
 */
void check_entries(const char *name, const struct build *b, const struct obj *payload,
		   struct entry_counts *counts, struct strbuf *wrong);

#endif
