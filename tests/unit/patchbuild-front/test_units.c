// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"
#include "tree.h"

#include "common/mem.h"
#include "patchbuild/store.h"
#include "patchbuild/units.h"

#include <stdlib.h>
#include <string.h>

/* All that a build holds until the objects are there. */
struct front {
	struct fake fake;
	struct base *base;
	struct patch_set patches;
	struct workspace *ws;
	struct unit_list units;
	struct verdict verdict;
	struct err err;
};

static void open_base(struct front *f)
{
	memset(f, 0, sizeof(*f));
	fake_make_base(&f->fake);
	fake_run(&f->fake, "mv tree elsewhere");
	f->base = base_open(f->fake.store, f->fake.id, &f->err);
	ck_assert_msg(f->base != NULL, "%s", f->err.text);
}

static int run(struct front *f, const char *patch)
{
	if (patch_set_add(&f->patches, "t.patch", patch, strlen(patch), &f->err) ||
	    workspace_make(&f->ws, f->base, &f->patches, &f->verdict, &f->err) ||
	    units_affected(f->base, &f->patches, f->ws, &f->units, &f->verdict, &f->err))
		return -1;
	return units_compile(f->base, f->ws, &f->units, &f->verdict, &f->err);
}

static void close_all(struct front *f)
{
	unit_list_free(&f->units);
	workspace_free(f->ws);
	patch_set_free(&f->patches);
	verdict_free(&f->verdict);
	base_close(f->base);
	fake_free(&f->fake);
}

#define A   "--- a/xen/common/a.c\n+++ b/xen/common/a.c\n"
#define LIB "--- a/xen/include/xen/lib.h\n+++ b/xen/include/xen/lib.h\n"

START_TEST(compiles_the_changed_unit)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(
		run(&f, A "@@ -4 +4 @@\n-    return LINE() + x;\n+    return LINE() - x;\n") == 0,
		"%s", f.err.text);
	ck_assert_uint_eq(f.units.n, 1);
	ck_assert_str_eq(f.units.v[0].object, "common/a.o");
	ck_assert_str_eq(f.units.v[0].source, "common/a.c");
	ck_assert(!f.units.v[0].is_identical);
	ck_assert_uint_eq(f.verdict.nrefusals, 0);
	close_all(&f);
}
END_TEST

START_TEST(moved_lines_change_nothing)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, A "@@ -1,0 +2,2 @@\n+/* more */\n+/* lines */\n") == 0, "%s",
		      f.err.text);
	ck_assert_uint_eq(f.units.n, 1);
	ck_assert(f.units.v[0].is_identical);
	close_all(&f);
}
END_TEST

START_TEST(a_comment_in_a_header_compiles_nothing)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, LIB "@@ -0,0 +1 @@\n+/* comment */\n") == 0, "%s", f.err.text);
	ck_assert_uint_eq(f.units.considered, 2);
	ck_assert_uint_eq(f.units.same_text, 2);
	ck_assert_uint_eq(f.units.n, 0);
	close_all(&f);
}
END_TEST

START_TEST(a_header_reached_by_dots_is_the_new_one)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, LIB "@@ -1,0 +2 @@\n+#define helper other\n") == 0, "%s", f.err.text);
	ck_assert_uint_eq(f.units.n, 2);
	ck_assert(!f.units.v[0].is_identical);
	ck_assert(!f.units.v[1].is_identical);
	close_all(&f);
}
END_TEST

START_TEST(shows_what_the_compiler_says)
{
	struct front f;

	open_base(&f);
	ck_assert_int_eq(
		run(&f, A "@@ -4 +4,2 @@\n-    return LINE() + x;\n+\n+    return nothing;\n"), -1);
	ck_assert_ptr_nonnull(strstr(f.err.text, "does not compile with the patch"));
	ck_assert_ptr_nonnull(strstr(workspace_messages(f.ws), "common/a.c:5:"));
	ck_assert_ptr_null(strstr(workspace_messages(f.ws), workspace_dir(f.ws)));
	close_all(&f);
}
END_TEST

/* Each of these would bring another compiler, other headers or another file. */
START_TEST(compiles_without_the_callers_environment)
{
	static const char *const names[] = {"GCC_EXEC_PREFIX",	   "COMPILER_PATH",
					    "DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES",
					    "C_INCLUDE_PATH",	   "CPATH"};
	const size_t n = sizeof(names) / sizeof(*names);
	struct front f;
	size_t i;

	open_base(&f);
	fake_run(&f.fake, "mkdir env; ln -s /bin/false env/as; ln -s /bin/false env/cc1");
	for (i = 0; i < n; i++) {
		bool is_file = strstr(names[i], "DEPEND");
		autofree char *dir = mem_printf("%s/env%s", f.fake.dir, is_file ? "/deps" : "/");

		setenv(names[i], dir, 1);
	}
	ck_assert_msg(
		run(&f, A "@@ -4 +4 @@\n-    return LINE() + x;\n+    return LINE() - x;\n") == 0,
		"%s: %s", f.err.text, f.ws ? workspace_messages(f.ws) : "");
	for (i = 0; i < n; i++)
		unsetenv(names[i]);
	fake_run(&f.fake, "test ! -e env/deps");
	close_all(&f);
}
END_TEST

START_TEST(tells_every_hunk_that_moved)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, A "@@ -14 +14 @@\n-    return LINE() + x;\n+    return LINE() - x;\n"
				"@@ -28 +28 @@\n-    return LINE() * x;\n"
				"+    return LINE() / x;\n") == 0,
		      "%s", f.err.text);
	ck_assert_uint_eq(f.verdict.nnotes, 2);
	ck_assert_str_eq(f.verdict.notes[0].object, "common/a.c");
	ck_assert_ptr_nonnull(strstr(f.verdict.notes[0].text, "Hunk #1"));
	ck_assert_ptr_nonnull(strstr(f.verdict.notes[1].text, "Hunk #2"));
	close_all(&f);
}
END_TEST

START_TEST(shows_what_patch_says)
{
	struct front f;

	open_base(&f);
	ck_assert_int_eq(run(&f, A "@@ -4 +4 @@\n-    return 1;\n+    return 2;\n"), -1);
	ck_assert_ptr_nonnull(strstr(f.err.text, "common/a.c"));
	ck_assert_ptr_nonnull(strstr(f.err.text, "Hunk #1 FAILED"));
	close_all(&f);
}
END_TEST

START_TEST(writes_through_no_link)
{
	struct front f;

	open_base(&f);
	ck_assert_int_eq(run(&f, "--- a/xen/source/common/a.c\n+++ b/xen/source/common/a.c\n"
				 "@@ -4 +4 @@\n-    return LINE() + x;\n+    return 7;\n"),
			 -1);
	ck_assert_msg(strstr(f.err.text, "link to common/a.c") != NULL, "%s", f.err.text);
	err_clear(&f.err);
	ck_assert_msg(base_check(f.base, &f.err) == 0, "%s", f.err.text);
	close_all(&f);
}
END_TEST

/* It is not gone: who includes it can go on doing so. */
START_TEST(an_emptied_header_stays)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, "--- a/xen/include/xen/sub/up.h\n+++ b/xen/include/xen/sub/up.h\n"
			      "@@ -1 +0,0 @@\n-#include \"../lib.h\"\n") == 0,
		      "%s", f.err.text);
	ck_assert_uint_eq(f.units.considered, 1);
	close_all(&f);
}
END_TEST

START_TEST(takes_a_file_without_newline)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, A "@@ -9 +9 @@\n-}\n+} int a_three(void) { return 3; }\n"
				"\\ No newline at end of file\n") == 0,
		      "%s", f.err.text);
	ck_assert_uint_eq(f.units.n, 1);
	ck_assert(!f.units.v[0].is_identical);
	close_all(&f);
}
END_TEST

/* Builds with O= record absolute names: of a tree that is gone. */
START_TEST(finds_sources_with_absolute_names)
{
	struct front f;

	memset(&f, 0, sizeof(f));
	fake_make(&f.fake);
	fake_run(&f.fake, "cd tree/xen; sed -i \"s|^\\(source_common/..o :=\\) |\\1 $PWD/|; "
			  "s|^  [ic]|  $PWD/&|; s|/  i|/i|\" common/.[ab].o.cmd");
	fake_run(&f.fake, "grep -q \"^source_common/a.o := $PWD/tree\" tree/xen/common/.a.o.cmd");
	fake_run(&f.fake, "grep -q \"^  *$PWD/tree/xen/include\" tree/xen/common/.a.o.cmd");
	ck_assert_msg(store_make(f.fake.store, f.fake.tree, NULL, &f.fake.id, &f.err) == 0, "%s",
		      f.err.text);
	fake_run(&f.fake, "mv tree elsewhere");
	f.base = base_open(f.fake.store, f.fake.id, &f.err);
	ck_assert_msg(f.base != NULL, "%s", f.err.text);
	ck_assert_msg(run(&f, A "@@ -4 +4 @@\n-    return LINE() + x;\n+    return 7;\n" LIB
				"@@ -1,0 +2 @@\n+#define helper other\n") == 0,
		      "%s", f.err.text);
	ck_assert_uint_eq(f.units.n, 2);
	ck_assert(!f.units.v[0].is_identical);
	ck_assert(!f.units.v[1].is_identical);
	close_all(&f);
}
END_TEST

/* The text differs, so the compiler is asked: the same objects. */
START_TEST(a_prototype_in_a_header_changes_nothing)
{
	struct front f;

	open_base(&f);
	ck_assert_msg(run(&f, LIB "@@ -1,0 +2 @@\n+int more(void);\n") == 0, "%s", f.err.text);
	ck_assert_uint_eq(f.units.same_text, 0);
	ck_assert_uint_eq(f.units.n, 2);
	ck_assert(f.units.v[0].is_identical);
	ck_assert(f.units.v[1].is_identical);
	close_all(&f);
}
END_TEST

START_TEST(refuses_a_source_that_includes_itself)
{
	struct front f;

	open_base(&f);
	fake_run(&f.fake, "for f in store/*/tree/xen/common/b.c; do "
			  "echo '/* # include __FILE__ */' >> $f; done");
	ck_assert_msg(run(&f, LIB "@@ -1,0 +2 @@\n+int more(void);\n") == 0, "%s", f.err.text);
	ck_assert(verdict_has(&f.verdict, "includes-itself", "common/b.o"));
	ck_assert_uint_eq(f.units.n, 1);
	close_all(&f);
}
END_TEST

/* As Xen's build leaves them: a source, its assembler text, and a rule with what it reads. */
static const char offsets[] =
	"cd tree/xen; mkdir -p arch/x86/x86_64\n"
	"printf '#include <xen/off.h>\n#define OFF(n, v) asm volatile(\"\\\\n.ascii"
	"\\\\\"==>#define \" #n \" %%0<==\\\\\"\" : : \"i\" (v))\n"
	"void __dummy__(void) { OFF(A_B, __builtin_offsetof(struct a, b)); }\n'"
	" > arch/x86/x86_64/asm-offsets.c\n"
	"printf 'struct a {\n    int a;\n    int b;\n};\n' > include/xen/off.h\n"
	"gcc -nostdinc -I./include -S -o asm-offsets.s arch/x86/x86_64/asm-offsets.c\n"
	"grep -q '==>#define A_B' asm-offsets.s\n"
	"echo 'asm-offsets.s: arch/x86/x86_64/asm-offsets.c include/xen/off.h' > "
	".asm-offsets.s.d\n";

static void open_base_with_offsets(struct front *f, const char *more)
{
	memset(f, 0, sizeof(*f));
	fake_make(&f->fake);
	fake_run(&f->fake, offsets);
	fake_run(&f->fake, more);
	ck_assert_msg(store_make(f->fake.store, f->fake.tree, NULL, &f->fake.id, &f->err) == 0,
		      "%s", f->err.text);
	f->base = base_open(f->fake.store, f->fake.id, &f->err);
	ck_assert_msg(f->base != NULL, "%s", f->err.text);
}

#define OFF "--- a/xen/include/xen/off.h\n+++ b/xen/include/xen/off.h\n"

static const struct {
	const char *script, *patch, *code;
} offset_changes[] = {
	{":", OFF "@@ -2,0 +3 @@\n+    int new;\n", "asm-offsets-changed"},
	{":", OFF "@@ -3,0 +4 @@\n+    int new;\n", NULL},
	{"rm tree/xen/.asm-offsets.s.d", OFF "@@ -3,0 +4 @@\n+    int new;\n",
	 "asm-offsets-unknown"},
};

START_TEST(looks_at_offsets_for_assembly)
{
	struct front f;
	const char *code = offset_changes[_i].code;

	open_base_with_offsets(&f, offset_changes[_i].script);
	ck_assert_msg(run(&f, offset_changes[_i].patch) == 0, "%s", f.err.text);
	ck_assert_uint_eq(f.verdict.nrefusals, code ? 1 : 0);
	ck_assert(!code || verdict_has(&f.verdict, code, NULL));
	close_all(&f);
}
END_TEST

static const struct {
	const char *patch, *code;
} refused[] = {
	{"--- a/Config.mk\n+++ b/Config.mk\n@@ -1 +1 @@\n-a\n+b\n", "makefile-changed"},
	{"--- a/config/StdGNU.mk\n+++ b/config/StdGNU.mk\n@@ -1 +1 @@\n-a\n+b\n",
	 "makefile-changed"},
	{"--- /dev/null\n+++ b/xen/common/blob.bin\n@@ -0,0 +1 @@\n+x\n", "unknown-file-changed"},
	{"--- /dev/null\n+++ b/xen/common/a.c\n@@ -0,0 +1 @@\n+x\n", NULL},
	{"--- a/xen/common/c.c\n+++ b/xen/common/c.c\n@@ -1 +1 @@\n-x\n+y\n", NULL},
	{"--- /dev/null\n+++ b/xen/common/Makefile\n@@ -0,0 +1 @@\n+obj-y += x.o\n", NULL},
	{"--- a/xen/common/Makefile\n+++ b/xen/common/Makefile\n@@ -0,0 +1 @@\n+obj-y += x.o\n",
	 "makefile-changed"},
	{"--- a/xen/Kconfig\n+++ b/xen/Kconfig\n@@ -0,0 +1 @@\n+config X\n", "kconfig-changed"},
	{"--- a/xen/common/a.c\n+++ /dev/null\n@@ -1,9 +0,0 @@\n-#include <xen/lib.h>\n-int "
	 "a_one(int x)\n"
	 "-{\n-    return LINE() + x;\n-}\n-int a_two(int x)\n-{\n-    return LINE() * x;\n-}\n",
	 "source-removed"},
};

START_TEST(refuses)
{
	struct front f;
	int ret;

	open_base(&f);
	ret = run(&f, refused[_i].patch);
	if (refused[_i].code) {
		ck_assert_msg(ret == 0, "%s", f.err.text);
		ck_assert(verdict_has(&f.verdict, refused[_i].code, NULL));
	} else {
		ck_assert_int_eq(ret, -1);
	}
	close_all(&f);
}
END_TEST

START_TEST(refuses_another_compiler)
{
	struct front f;

	open_base(&f);
	base_close(f.base);
	fake_run(&f.fake, "sed -i 's/\"version\": \".*) /\"version\": \"(Other) /' "
			  "store/*/manifest.json");
	f.base = base_open(f.fake.store, f.fake.id, &f.err);
	ck_assert_msg(f.base != NULL, "%s", f.err.text);
	ck_assert_int_eq(run(&f, A "@@ -4 +4 @@\n-    return LINE() + x;\n+    return 7;\n"), -1);
	ck_assert_ptr_nonnull(strstr(f.err.text, "(Other)"));
	close_all(&f);
}
END_TEST

START_TEST(refuses_what_it_cannot_reproduce)
{
	struct front f;

	open_base(&f);
	fake_run(&f.fake, "sed -i 's/return LINE() \\* x/return LINE() + x/' "
			  "store/*/tree/xen/common/a.c");
	ck_assert_msg(run(&f, A "@@ -4 +4 @@\n-    return LINE() + x;\n+    return 7;\n") == 0,
		      "%s", f.err.text);
	ck_assert(verdict_has(&f.verdict, "not-reproducible", "common/a.o"));
	close_all(&f);
}
END_TEST

Suite *units_suite(void)
{
	Suite *s = suite_create("units");
	TCase *t = tcase_create("units");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, compiles_the_changed_unit);
	tcase_add_test(t, moved_lines_change_nothing);
	tcase_add_test(t, a_comment_in_a_header_compiles_nothing);
	tcase_add_test(t, a_header_reached_by_dots_is_the_new_one);
	tcase_add_test(t, shows_what_the_compiler_says);
	tcase_add_test(t, shows_what_patch_says);
	tcase_add_test(t, tells_every_hunk_that_moved);
	tcase_add_test(t, compiles_without_the_callers_environment);
	tcase_add_test(t, finds_sources_with_absolute_names);
	tcase_add_test(t, a_prototype_in_a_header_changes_nothing);
	tcase_add_test(t, refuses_a_source_that_includes_itself);
	tcase_add_loop_test(t, looks_at_offsets_for_assembly, 0,
			    sizeof(offset_changes) / sizeof(*offset_changes));
	tcase_add_test(t, writes_through_no_link);
	tcase_add_test(t, an_emptied_header_stays);
	tcase_add_test(t, takes_a_file_without_newline);
	tcase_add_loop_test(t, refuses, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(t, refuses_another_compiler);
	tcase_add_test(t, refuses_what_it_cannot_reproduce);
	suite_add_tcase(s, t);
	return s;
}
