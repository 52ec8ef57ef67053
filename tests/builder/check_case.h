/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_case.h - what a build made of a case, held against the case's expectations
 */
#ifndef TESTS_BUILDER_CHECK_CASE_H
#define TESTS_BUILDER_CHECK_CASE_H

#include "mini.h"

#include "patchbuild/build.h"

#include "common/text.h"

/*
 * Builds case @name. The verdict is the first word of its name: "payload", "nochange",
 * "refuse". Lines of its file "expect" ('#' begins a comment):
 *
 *   patched O F, part O F, new O F, data O V, const O C, hook O S
 *			  all that is in the payload: kind, object, symbol or section
 *   refuse CODE SYMBOL	  all refusals ("-": no symbol)
 *   note CODE SYMBOL	  one of the notes
 *   uses F running N	  code or data F refers to N of the hypervisor
 *   uses F own N	  it refers to N of the payload
 *   unused F N		  it refers to neither
 *   size SECTION N	  a section of the payload has N bytes (0: it is not there)
 *   expect F N		  N bytes of the old function are compared before it is patched
 *   align SECTION N	  it is aligned to N bytes
 *   string TEXT	  the constants of the payload hold this string
 *
 * Everything that is not as expected is added to @wrong, one line each.
 */
int check_case(struct mini *m, const char *name, struct strbuf *wrong, struct err *e);

/* Builds a case; @b zeroed by this, freed by the caller in any case. */
int build_case(struct mini *m, const char *name, struct build *b, struct err *e);

#endif
