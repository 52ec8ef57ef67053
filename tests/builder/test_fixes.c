// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real fixes against a real base: every fix of tests/fixes is built, and what its payload
 * holds is compared with the recompiled objects: code, alternatives, exception tables,
 * bug frames. And every object of the base is given to `patchbuild diff` with itself. The
 * argument is the folder of bases; the first base counts.
 */
#include "check_entries.h"

#include "patchbuild/store.h"

#include "common/io.h"
#include "common/proc.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXES "tests/fixes"

static const char *store;
static char **bases;
static size_t nbases;
static struct dirent **fixes;
static int nfixes;

static int is_fix(const struct dirent *d)
{
	autofree char *path = mem_printf(FIXES "/%s/fix.patch", d->d_name);

	return !text_starts(d->d_name, "refuse-") && file_exists(path);
}

static struct obj *read_payload(const struct build *b, struct err *e)
{
	struct file_data f = {mem_dup(b->payload.data, b->payload.len), b->payload.len};

	return obj_load_data(&f, "payload", e);
}

static void build_fix(const char *name, struct build *b)
{
	autofree char *path = mem_printf(FIXES "/%s/fix.patch", name);
	const char *const patches[] = {path};
	struct build_request rq = {
		.store = store, .base = bases[0], .patches = patches, .npatches = 1, .name = name};
	struct err e = ERR_INIT;

	memset(b, 0, sizeof(*b));
	ck_assert_msg(build_run(b, &rq, &e) == 0, "%s: %s", name, e.text);
	ck_assert_msg(b->result == BUILD_PAYLOAD, "%s: no payload", name);
}

START_TEST(holds_what_was_compiled)
{
	struct entry_counts counts = {0};
	struct strbuf wrong = {0};
	int i;

	for (i = 0; i < nfixes; i++) {
		struct err e = ERR_INIT;
		struct build b;
		struct obj *payload;

		build_fix(fixes[i]->d_name, &b);
		payload = read_payload(&b, &e);
		ck_assert_msg(payload != NULL, "%s", e.text);
		check_entries(fixes[i]->d_name, &b, payload, &counts, &wrong);
		obj_free(payload);
		build_free(&b);
	}
	printf("%d fixes, %zu functions, %zu alternatives (%zu with a replacement), "
	       "%zu exception table entries, %zu bug frames\n",
	       nfixes, counts.functions, counts.alternatives, counts.replacements, counts.extable,
	       counts.bugs);
	if (wrong.len)
		fputs(wrong.data, stderr);
	ck_assert_msg(!wrong.len, "what is wrong is on standard error");
	/* The fixes were chosen so that there is something of each kind. */
	ck_assert_uint_gt(counts.replacements, 0);
	ck_assert_uint_gt(counts.extable, 0);
	ck_assert_uint_gt(counts.bugs, 0);
}
END_TEST

static int diff_with_itself(const char *object, const char *path, void *ctx, struct err *e)
{
	const char *argv[] = {"build/bin/patchbuild", "diff", path, path, NULL};
	struct proc p = {.argv = argv};

	ck_assert_msg(proc_run(&p, e) == 0, "%s", e->text);
	ck_assert_msg(p.status == 3 && !strcmp(p.out.data, "no change\n"), "%s: status %d: %s",
		      object, p.status, p.out.data ? p.out.data : "");
	proc_free(&p);
	++*(size_t *)ctx;
	return 0;
}

START_TEST(objects_equal_themselves)
{
	struct err e = ERR_INIT;
	struct base *b = base_open(store, bases[0], &e);
	size_t n = 0;

	ck_assert_msg(b != NULL, "%s", e.text);
	ck_assert_msg(base_each_object(b, diff_with_itself, &n, &e) == 0, "%s", e.text);
	printf("%zu objects\n", n);
	ck_assert_uint_gt(n, 0);
	base_close(b);
}
END_TEST

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	Suite *s = suite_create("fixes");
	TCase *tc = tcase_create("payloads");
	SRunner *sr;
	int failed;

	store = argc == 2 ? argv[1] : "";
	nfixes = scandir(FIXES, &fixes, is_fix, alphasort);
	if (nfixes < 1 || store_list(store, &bases, &nbases, &e) || !nbases) {
		fprintf(stderr, "test_fixes: STORE with a base is needed: %s\n", e.text);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tc, 900);
	tcase_add_test(tc, objects_equal_themselves);
	tcase_add_test(tc, holds_what_was_compiled);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
