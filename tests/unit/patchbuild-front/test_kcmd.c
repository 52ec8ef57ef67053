// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "patchbuild/kcmd.h"

#include <stdlib.h>
#include <string.h>

static const char sample[] = "cmd_common/a.o := gcc -DX='\"$$y\"' '-DP=$(pound)1' -c common/a.c -o "
			     "common/.a.o.tmp -MQ common/a.o\n"
			     "\n"
			     "source_common/a.o := common/a.c\n"
			     "\n"
			     "deps_common/a.o := \\\n"
			     "    $(wildcard include/config/debug.h) \\\n"
			     "  include/xen/a.h \\\n"
			     "  include/xen/../b.h \\\n"
			     "\n"
			     "common/a.o: $(deps_common/a.o)\n";

START_TEST(reads_a_recorded_command)
{
	struct err e = ERR_INIT;
	struct kcmd k;

	ck_assert_int_eq(kcmd_parse(&k, sample, strlen(sample), "x", &e), 0);
	ck_assert_str_eq(k.target, "common/a.o");
	ck_assert_str_eq(k.source, "common/a.c");
	ck_assert_uint_eq(k.ndeps, 2);
	ck_assert_str_eq(k.deps[0], "include/xen/a.h");
	ck_assert_str_eq(k.deps[1], "include/xen/../b.h");
	ck_assert_ptr_nonnull(strstr(k.command, "-DX='\"$y\"' '-DP=#1'"));
	kcmd_free(&k);
}
END_TEST

START_TEST(refuses_other_text)
{
	static const char *const bad[] = {"", "\n", "cmd_a.o", "deps_a.o := b", "cmd_a = b\n"};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = ERR_INIT;
		struct kcmd k;

		ck_assert_int_eq(kcmd_parse(&k, bad[i], strlen(bad[i]), "x", &e), -1);
		ck_assert_int_ne(e.kind, ERR_NONE);
		kcmd_free(&k);
	}
}
END_TEST

START_TEST(survives_being_cut)
{
	size_t len;

	for (len = 0; len < strlen(sample); len++) {
		struct err e = ERR_INIT;
		struct kcmd k;

		kcmd_parse(&k, sample, len, "x", &e);
		kcmd_free(&k);
	}
}
END_TEST

START_TEST(names_the_file_of_a_target)
{
	char *path = kcmd_path("a/b.o");

	ck_assert_str_eq(path, "a/.b.o.cmd");
	free(path);
}
END_TEST

/* The words joined by blanks; free() it. */
static char *words(const char *command, struct kcmd_how how)
{
	struct err e = ERR_INIT;
	struct arena a = {0};
	const char **v = kcmd_words(&a, command, &how, &e);
	char *text = mem_strdup("");
	char *more;

	for (; v && *v; v++) {
		more = mem_printf("%s%s%s", text, *text ? " " : "", *v);
		free(text);
		text = more;
	}
	arena_free(&a);
	return text;
}

static const struct kcmd_root root = {"/old/tree", "/new"};

START_TEST(replaces_output_and_folders)
{
	struct kcmd_how how = {KCMD_DEBUG, "out.o", NULL, NULL, &root, 1};
	char *w = words("ccache gcc -MMD -MP -MF a.d -I/old/tree/inc -I/old/tree2 "
			"-ffile-prefix-map=/old/tree=. -c a.c -o a.tmp -MQ a.o",
			how);

	ck_assert_str_eq(w,
			 "gcc -ffile-prefix-map=/new=/old/tree -I/new/inc -I/old/tree2 "
			 "-ffile-prefix-map=/new=. -g -c -fdiagnostics-color=never a.c -o out.o");
	free(w);
}
END_TEST

START_TEST(preprocesses_to_standard_output)
{
	struct kcmd_how how = {KCMD_TOKENS, NULL, NULL, NULL, NULL, 0};
	char *w = words("gcc -DA -c a.c -o a.o", how);

	ck_assert_str_eq(w, "gcc -DA -E -P -fdiagnostics-color=never a.c");
	free(w);
}
END_TEST

START_TEST(knows_a_compilation)
{
	ck_assert(kcmd_is_compile("gcc -O2 -include x.h -c a.c -o a.o"));
	ck_assert(kcmd_is_compile("cc -E -P a.lds.S -o a.lds"));
	ck_assert(!kcmd_is_compile("ld -r -o a.o b.o"));
	ck_assert(!kcmd_is_compile("gcc -c a.c b.c"));
	ck_assert(!kcmd_is_compile("gcc -c a.c > x"));
	ck_assert(!kcmd_is_compile("rm -f x; gcc -c a.c"));
	ck_assert(!kcmd_is_compile(""));
}
END_TEST

Suite *kcmd_suite(void)
{
	Suite *s = suite_create("kcmd");
	TCase *t = tcase_create("kcmd");

	tcase_add_test(t, reads_a_recorded_command);
	tcase_add_test(t, refuses_other_text);
	tcase_add_test(t, survives_being_cut);
	tcase_add_test(t, names_the_file_of_a_target);
	tcase_add_test(t, replaces_output_and_folders);
	tcase_add_test(t, preprocesses_to_standard_output);
	tcase_add_test(t, knows_a_compilation);
	suite_add_tcase(s, t);
	return s;
}
