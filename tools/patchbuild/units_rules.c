// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/units_int.h"

#include <fnmatch.h>
#include <string.h>

/* What a change of a file that is no source means. First match counts. */
static const struct {
	const char *pattern; /* of the path below the hypervisor folder */
	bool refuse;
	const char *code;
	const char *text;
} rules[] = {
	{"*Makefile*", true, "makefile-changed",
	 "build rules can change every object, and a new object can only come with them: patch "
	 "sources only, put new code into a file that is compiled already"},
	{"*Rules.mk", true, "makefile-changed",
	 "build rules can change every object: patch sources only"},
	{"*.mk", true, "makefile-changed",
	 "build rules can change every object: patch sources only"},
	{"*Kbuild*", true, "makefile-changed",
	 "build rules can change every object: patch sources only"},
	{"*Kconfig*", true, "kconfig-changed",
	 "the configuration of the running hypervisor cannot change: leave this file out"},
	{"*.config", true, "kconfig-changed",
	 "the configuration of the running hypervisor cannot change: leave this file out"},
	{"arch/*/configs/*", false, "not-compiled", "a default configuration: no effect"},
	{"test/*", false, "not-compiled", "a test: not part of the hypervisor"},
	{"*.md", false, "not-compiled", "documentation: no effect"},
	{"*.txt", false, "not-compiled", "documentation: no effect"},
	{"*.rst", false, "not-compiled", "documentation: no effect"},
	{"*README*", false, "not-compiled", "documentation: no effect"},
	{"*COPYING*", false, "not-compiled", "documentation: no effect"},
	{"*.gitignore", false, "not-compiled", "no effect"},
	{"xsm/flask/policy/*", true, "generator-changed",
	 "tables of the security module are generated from it: the running policy cannot change "
	 "by live patch"},
	{"include/xlat.lst", true, "generator-changed",
	 "headers for 32-bit guests are generated from it: leave this file out"},
	{"scripts/*", true, "generator-changed",
	 "a program of the build: its output can be part of every object: leave this file out"},
	{"tools/*", true, "generator-changed",
	 "a program of the build: its output can be part of every object: leave this file out"},
};

bool rules_is_source(const char *path)
{
	return text_ends(path, ".c") || text_ends(path, ".h") || text_ends(path, ".S") ||
	       text_ends(path, ".inc");
}

/* What something is made from has an effect, whatever its name says. */
static bool apply_rules(const char *path, bool used, struct verdict *v)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (fnmatch(rules[i].pattern, path, 0) || (used && !rules[i].refuse))
			continue;
		if (rules[i].refuse)
			verdict_refuse(v, rules[i].code, path, NULL, "%s", rules[i].text);
		else
			verdict_note(v, rules[i].code, path, NULL, "%s", rules[i].text);
		return true;
	}
	return false;
}

/* A source that nothing is made from. A new one is found by what includes it. */
static void note_unused(const struct patch_file *f, struct verdict *v)
{
	if (f->action == PATCH_ADD && text_ends(f->path, ".h"))
		return;
	verdict_note(v, "not-compiled", f->path, NULL,
		     "no object of this hypervisor is made from it: no effect here");
}

static void check_one(const struct patch_file *f, bool used, struct verdict *v)
{
	if (apply_rules(f->path, used, v))
		return;
	if (rules_is_source(f->path)) {
		if (!used)
			note_unused(f, v);
	} else if (!used) {
		verdict_refuse(
			v, "unknown-file-changed", f->path, NULL,
			"what is made from this file is not known: leave it out of the patch");
	}
}

static void check_removed(const struct recipes *r, const struct patch_file *f, struct verdict *v)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->v[i].own_source && text_ends(r->v[i].cmd.target, ".o") &&
		    text_ends(r->v[i].cmd.source, path_base(f->path)))
			verdict_refuse(v, "source-removed", f->path, NULL,
				       "%s is made from it, and the running hypervisor still uses "
				       "that: keep the file, empty the functions",
				       r->v[i].cmd.target);
}

/*
 * Programs that the build runs (mkelf32, mkreloc), and whatever else is made from a
 * changed file by neither compiling nor preprocessing it.
 */
static void check_other_targets(const struct recipes *r, struct verdict *v)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!kcmd_is_compile(r->v[i].cmd.command))
			verdict_refuse(
				v, "generator-changed", r->v[i].cmd.target, NULL,
				"a program of the build is made from it, or in a way that is not "
				"known: its output can be part of every object: leave this out");
}

void rules_check(struct workspace *ws, const struct recipes *r, struct verdict *v)
{
	size_t i;

	check_other_targets(r, v);

	for (i = 0; i < ws->nchanged; i++) {
		check_one(&ws->changed[i], r->used[i], v);
		if (ws->changed[i].action == PATCH_REMOVE)
			check_removed(r, &ws->changed[i], v);
	}
}
