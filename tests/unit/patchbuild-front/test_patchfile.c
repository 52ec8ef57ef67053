// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "patchbuild/patchfile.h"

#include <string.h>

#define HUNK   "@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n"
#define FILE_X "--- a/xen/x.c\n+++ b/xen/x.c\n"

static int load(struct patch_set *s, const char *text)
{
	struct err e = ERR_INIT;

	memset(s, 0, sizeof(*s));
	return patch_set_add(s, "t.patch", text, strlen(text), &e);
}

START_TEST(reads_names_from_the_top)
{
	struct patch_set s;

	ck_assert_int_eq(
		load(&s, "Subject: x\n\n--- a/xen/common/dm.c\t2020\n+++ b/xen/common/dm.c\n" HUNK
			 "--- a/tools/x.c\n+++ b/tools/x.c\n" HUNK),
		0);
	ck_assert_uint_eq(s.patches[0].nfiles, 1);
	ck_assert_str_eq(s.patches[0].files[0].path, "common/dm.c");
	ck_assert_uint_eq(s.patches[0].files[0].size, strlen(HUNK));
	ck_assert_uint_eq(s.noutside, 1);
	ck_assert_str_eq(s.outside[0], "tools/x.c");
	patch_set_free(&s);
}
END_TEST

START_TEST(reads_names_from_the_hypervisor_folder)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, "--- a/common/dm.c\n+++ b/common/dm.c\n" HUNK), 0);
	ck_assert_str_eq(s.patches[0].files[0].path, "common/dm.c");
	patch_set_free(&s);
}
END_TEST

START_TEST(tells_what_is_done)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, "--- /dev/null\n+++ b/xen/a.c\n@@ -0,0 +1 @@\n+x\n"
				  "--- a/xen/b.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
				  "--- a/xen/c.c\t1970-01-01 00:00:00.0 +0000\n+++ b/xen/c.c\n"
				  "@@ -0,0 +1 @@\n+x\n"),
			 0);
	ck_assert_int_eq(s.patches[0].files[0].action, PATCH_ADD);
	ck_assert_int_eq(s.patches[0].files[1].action, PATCH_REMOVE);
	ck_assert_int_eq(s.patches[0].files[2].action, PATCH_ADD);
	patch_set_free(&s);
}
END_TEST

START_TEST(a_file_of_time_zero_can_be_there)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, "--- a/xen/c.c\t1970-01-01 00:00:01 +0000\n"
				  "+++ b/xen/c.c\t1970-01-01 00:00:01 +0000\n" HUNK
				  "--- a/xen/dev/null\n+++ b/xen/dev/null\n" HUNK),
			 0);
	ck_assert_int_eq(s.patches[0].files[0].action, PATCH_CHANGE);
	ck_assert_int_eq(s.patches[0].files[1].action, PATCH_CHANGE);
	patch_set_free(&s);
}
END_TEST

START_TEST(names_of_one_patch_have_one_origin)
{
	struct patch_set s;

	/* Xen's tools, and tools of the hypervisor's build. */
	ck_assert_int_eq(load(&s, "--- a/tools/x.c\n+++ b/tools/x.c\n" HUNK), 0);
	ck_assert_uint_eq(s.patches[0].nfiles, 0);
	ck_assert_uint_eq(s.noutside, 1);
	patch_set_free(&s);
	ck_assert_int_eq(load(&s, "--- a/tools/x.c\n+++ b/tools/x.c\n" HUNK
				  "--- a/common/x.c\n+++ b/common/x.c\n" HUNK),
			 0);
	ck_assert_uint_eq(s.patches[0].nfiles, 2);
	ck_assert_uint_eq(s.noutside, 0);
	patch_set_free(&s);
}
END_TEST

START_TEST(takes_what_changes_no_text)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, "diff --git a/xen/x.c b/xen/x.c\nold mode 100644\n"
				  "new mode 100755\n--- a/xen/x.c\n+++ b/xen/x.c\n"
				  "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
				  "\\ No newline at end of file\n-- \n2.39\n"),
			 0);
	ck_assert_uint_eq(s.patches[0].nfiles, 1);
	ck_assert_int_eq(s.patches[0].files[0].action, PATCH_CHANGE);
	patch_set_free(&s);
}
END_TEST

START_TEST(takes_text_around_hunks)
{
	static const char *const texts[] = {
		FILE_X HUNK "-- \n2.39\n",
		FILE_X HUNK "--\n2.39\n",
		FILE_X HUNK "\n\n",
		FILE_X HUNK "\n" FILE_X HUNK,
		FILE_X HUNK "Index: y.c\n====\n--- a/xen/y.c\n+++ b/xen/y.c\n" HUNK,
		"Only in one case: it fails\n\n*** attention\n\n" FILE_X HUNK,
	};
	struct patch_set s;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		ck_assert_msg(load(&s, texts[i]) == 0, "%s", texts[i]);
		patch_set_free(&s);
	}
}
END_TEST

START_TEST(takes_mail_line_ends)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, "--- a/xen/a.c\r\n+++ b/xen/a.c\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n"),
			 0);
	ck_assert_str_eq(s.patches[0].files[0].path, "a.c");
	ck_assert_ptr_null(memchr(s.patches[0].files[0].hunks, '\r', s.patches[0].files[0].size));
	patch_set_free(&s);
}
END_TEST

static const char *const hostile[] = {
	"--- a/xen/../../etc/passwd\n+++ b/xen/../../etc/passwd\n" HUNK,
	"--- /etc/passwd\n+++ /etc/passwd\n" HUNK,
	"--- a//etc/passwd\n+++ b//etc/passwd\n" HUNK,
	"--- a/xen/./x.c\n+++ b/xen/./x.c\n" HUNK,
	"--- a/xen/x\033.c\n+++ b/xen/x\033.c\n" HUNK,
	"--- \"a/xen/x.c\"\n+++ \"b/xen/x.c\"\n" HUNK,
	"--- a/xen/x.c\n+++ b/xen/y.c\n" HUNK,
	"--- x.c\n+++ x.c\n" HUNK,
	"diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/xen/x\n@@ -0,0 +1 "
	"@@\n+/etc\n",
	"diff --git a/x b/y\nrename from x\nrename to y\n",
	"diff --git a/x b/y\ncopy from x\ncopy to y\n",
	"diff --git a/x b/x\nGIT binary patch\nliteral 1\n",
	"Binary files a/xen/x and b/xen/x differ\n",
	"--- a/xen/x.c\n+++ b/xen/x.c\n",
	"--- a/xen/x.c\n+++ b/xen/x.c\n@@ -1,3 +1,2 @@\n a\n-b\n",
	"--- a/xen/x.c\n+++ b/xen/x.c\n@@ -1 +1 @@\n-a\n-b\n+c\n",
	"--- a/xen/x.c\n+++ b/xen/x.c\n@@ -99999999999999999999,1 +1 @\n-a\n+c\n",
	"@@ -1 +1 @@\n-a\n+b\n",
	"--- common/dm.c\n+++ common/dm.c\n" HUNK,
	"--- a/commno/dm.c\n+++ b/commno/dm.c\n" HUNK,
	"diff --git a/xen/x.h b/xen/x.h\nnew file mode 100644\nindex 000..e69\n",
	"diff --git a/xen/x.h b/xen/x.h\nnew file mode 100644\nindex 000..e69\n"
	"diff --git a/xen/x.c b/xen/x.c\n--- a/xen/x.c\n+++ b/xen/x.c\n" HUNK,
	"--- a/xen/x.c\n+++ b/xen/x.c\n" HUNK
	"diff --git a/xen/x.h b/xen/x.h\ndeleted file mode 100644\nindex e69..000\n",
	"diff --cc xen/x.c\n--- a/xen/x.c\n+++ b/xen/x.c\n@@@ -1,2 -1,2 +1,2 @@@\n  a\n",
	"--- a/xen/common/x.c\n+++ b/xen/common/x.c\n" HUNK
	"--- a/arch/x86/x.c\n+++ b/arch/x86/x.c\n" HUNK,
	"--- a/Rules.mk\n+++ b/Rules.mk\n" HUNK "--- a/xen/x.c\n+++ b/xen/x.c\n" HUNK,
	"--- a/xen/x.c\n+++ b/xen/x.c\n" HUNK "--- a/commno/x.c\n+++ b/commno/x.c\n" HUNK,
	FILE_X HUNK "+d\n",
	FILE_X HUNK " d\n",
	FILE_X HUNK "- d\n",
	FILE_X HUNK "--- d\n",
	FILE_X HUNK "\n+d\n",
	FILE_X HUNK "\\ No newline at end of file\n\\ No newline at end of file\n",
	FILE_X HUNK "Only in b/xen/common: new.c\n",
	"Only in a/xen: old.c\n" FILE_X HUNK,
	FILE_X HUNK "diff -c a/y.c b/y.c\n*** a/xen/y.c\n--- b/xen/y.c\n***************\n",
	"--- a/xen/\n+++ b/xen/\n" HUNK,
	"--- a\n+++ b\n" HUNK,
	"just text\n",
	"",
};

START_TEST(refuses)
{
	struct patch_set s;

	ck_assert_int_eq(load(&s, hostile[_i]), -1);
	patch_set_free(&s);
}
END_TEST

START_TEST(survives_being_cut)
{
	static const char text[] = "--- a/xen/a.c\n+++ b/xen/a.c\n" HUNK "@@ -9 +9,0 @@\n-x\n";
	struct patch_set s;
	size_t len;

	for (len = 0; len < strlen(text); len++) {
		struct err e = ERR_INIT;

		memset(&s, 0, sizeof(s));
		patch_set_add(&s, "t", text, len, &e);
		patch_set_free(&s);
	}
}
END_TEST

Suite *patchfile_suite(void)
{
	Suite *s = suite_create("patchfile");
	TCase *t = tcase_create("patchfile");

	tcase_add_test(t, reads_names_from_the_top);
	tcase_add_test(t, reads_names_from_the_hypervisor_folder);
	tcase_add_test(t, tells_what_is_done);
	tcase_add_test(t, a_file_of_time_zero_can_be_there);
	tcase_add_test(t, names_of_one_patch_have_one_origin);
	tcase_add_test(t, takes_what_changes_no_text);
	tcase_add_test(t, takes_text_around_hunks);
	tcase_add_test(t, takes_mail_line_ends);
	tcase_add_loop_test(t, refuses, 0, sizeof(hostile) / sizeof(*hostile));
	tcase_add_test(t, survives_being_cut);
	suite_add_tcase(s, t);
	return s;
}
