// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"
#include "tree.h"

#include "common/io.h"
#include "common/mem.h"
#include "patchbuild/base.h"
#include "patchbuild/store.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static size_t entries(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

START_TEST(outlives_its_tree)
{
	struct err e = ERR_INIT;
	struct fake f;
	struct base *b;

	fake_make_base(&f);
	fake_run(&f, "rm -rf tree");
	b = base_open(f.store, f.id, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	ck_assert_msg(base_check(b, &e) == 0, "%s", e.text);
	ck_assert_str_eq(base_version(b), "4.17.9");
	ck_assert(base_config_has(b, "CONFIG_LIVEPATCH"));
	ck_assert(!base_config_has(b, "CONFIG_LIVE"));
	ck_assert(file_exists(base_xen_syms(b)));
	base_close(b);
	fake_free(&f);
}
END_TEST

static int count(const char *object, const char *path, void *ctx, struct err *e)
{
	(void)object;
	(void)e;
	ck_assert(file_exists(path));
	++*(int *)ctx;
	return 0;
}

START_TEST(is_found_by_a_prefix)
{
	struct err e = ERR_INIT;
	char short_id[7] = "";
	struct fake f;
	struct base *b;
	char *path;
	int n = 0;

	fake_make_base(&f);
	memcpy(short_id, f.id, 6);
	b = base_open(f.store, short_id, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	ck_assert_str_eq(base_build_id(b), f.id);
	ck_assert_int_eq(base_each_object(b, count, &n, &e), 0);
	ck_assert_int_eq(n, 2);
	base_close(b);
	path = mem_printf("%s/%s//", f.store, f.id);
	b = base_open_any(NULL, path, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	base_close(b);
	free(path);
	ck_assert_ptr_null(base_open(f.store, "12345", &e));
	ck_assert_int_eq(e.kind, ERR_USAGE);
	err_clear(&e);
	ck_assert_ptr_null(base_open(f.store, "../../etc", &e));
	fake_free(&f);
}
END_TEST

START_TEST(can_be_made_again)
{
	struct err e = ERR_INIT;
	struct fake f;
	char *id;

	fake_make_base(&f);
	ck_assert_msg(store_make(f.store, f.tree, NULL, &id, &e) == 0, "%s", e.text);
	ck_assert_str_eq(id, f.id);
	ck_assert_uint_eq(entries(f.store), 1);
	free(id);
	fake_free(&f);
}
END_TEST

START_TEST(knows_what_was_shipped)
{
	struct err e = ERR_INIT;
	struct fake f;
	char *id, *path;

	fake_make(&f);
	path = path_join(f.tree, "xen/xen.gz");
	ck_assert_msg(store_make(f.store, f.tree, path, &id, &e) == 0, "%s", e.text);
	free(id);
	free(path);
	fake_run(&f, "cp tree/xen/xen other; printf x >> other; rm -r store/*");
	path = path_join(f.dir, "other");
	ck_assert_int_eq(store_make(f.store, f.tree, path, &id, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "other bytes"));
	ck_assert_uint_eq(entries(f.store), 0);
	free(path);
	fake_free(&f);
}
END_TEST

/*
 * What is done to the tree, whose xen.gz was shipped all the same, and a word of the
 * message: no part of it may be of another build.
 */
static const struct {
	const char *script, *word;
} other_builds[] = {
	/* Other code in xen-syms, with the build-id of the image. */
	{"objcopy -O binary -j .note.gnu.build-id xen-syms id; "
	 "echo 'int helper(int x) { return x + 2; }' | gcc -O2 -ffunction-sections -xc -c "
	 "-o common/b.o -; ld -r -o prelink.o common/a.o common/b.o; "
	 "ld -e 0 --build-id=sha1 -o xen-syms prelink.o; "
	 "objcopy --update-section .note.gnu.build-id=id xen-syms",
	 "xen-syms is of another build"},
	/* The same code, linked again with another build-id. */
	{"ld -e 0 --build-id=0x39a640e6f1412319235087391df9f1c5e13ae920 -o xen-syms prelink.o",
	 "another build (section .note.gnu.build-id"},
	{"cp xen xen.efi; printf x >> xen.efi; gzip -nc xen.efi > xen.gz; rm xen",
	 "no payload of this base"},
	{"cat xen.gz xen.gz > two; mv two xen.gz", "cannot be uncompressed"},
};

START_TEST(ties_the_image_to_the_tree)
{
	autofree char *script = mem_printf("cd tree/xen; %s", other_builds[_i].script);
	struct err e = ERR_INIT;
	struct fake f;
	char *id, *path;

	fake_make(&f);
	fake_run(&f, script);
	/* Beside xen.gz the order of the names decides what it is said to be. */
	fake_run(&f, "mv tree/xen/xen.gz shipped.gz");
	path = path_join(f.dir, "shipped.gz");
	ck_assert_int_eq(store_make(f.store, f.tree, path, &id, &e), -1);
	ck_assert_msg(strstr(e.text, other_builds[_i].word) != NULL, "%s", e.text);
	ck_assert_uint_eq(entries(f.store), 0);
	free(path);
	fake_free(&f);
}
END_TEST

/* Where the store must not be, whether it exists or not; and what is told of it. */
static const struct {
	const char *script, *tree, *store, *word;
} bad_places[] = {
	{"mkdir tree/xen/store", "tree", "tree/xen/store", "which is copied"},
	{":", "tree", "tree/xen/new/store", "which is copied"},
	{":", "tree", "tree/xen", "which is copied"},
	{"ln -s tree/xen/common link", "tree", "link/../common/store", "which is copied"},
	{"ln -s store/$(cat id)/tree kept", "kept", "store", "part of a base"},
};

START_TEST(keeps_store_and_tree_apart)
{
	struct err e = ERR_INIT;
	char *id, *tree, *store;
	struct fake f;

	fake_make_base(&f);
	fake_run(&f, "ls store > id");
	fake_run(&f, bad_places[_i].script);
	fake_run(&f, "touch before after; find . | sort > before");
	tree = path_join(f.dir, bad_places[_i].tree);
	store = path_join(f.dir, bad_places[_i].store);
	ck_assert_int_eq(store_make(store, tree, NULL, &id, &e), -1);
	ck_assert_msg(strstr(e.text, bad_places[_i].word) != NULL, "%s", e.text);
	fake_run(&f, "find . | sort > after; cmp before after");
	free(tree);
	free(store);
	fake_free(&f);
}
END_TEST

/* What is wrong with the tree, and a word of the message. */
static const struct {
	const char *script, *word;
} bad_trees[] = {
	{"rm tree/xen/xen-syms", "xen-syms"},
	{"rm -r tree", "no such folder"},
	{"echo > tree/xen/include/config/auto.conf", "CONFIG_LIVEPATCH"},
	{"echo CONFIG_COVERAGE=y >> tree/xen/include/config/auto.conf", "CONFIG_COVERAGE"},
	{"cd tree/xen; ld -e 0 -o xen-syms prelink.o", "build-id"},
	{"sed -i 's/17/16/' tree/xen/include/xen/compile.h", "4.17 or later"},
	{"mv tree/xen/xen-syms tree/; ln -s xen tree/source", "around the sources"},
	{"rm tree/xen/common/a.o", "a.o"},
	{"rm tree/xen/.prelink.o.cmd", "prelink.o"},
	{"echo garbage > tree/xen/common/.a.o.cmd", "not a command"},
	{"truncate -s 300 tree/xen/common/a.o", "a.o"},
	{"truncate -s 3000 tree/xen/xen-syms", "xen-syms"},
	{"cd tree/xen; echo 'int helper(int x) { return x + 2; }' | gcc -O2 -ffunction-sections "
	 "-xc -c -o common/b.o -",
	 "function helper is not the one in xen-syms"},
	/* One object made again after the image: with another static function ... */
	{"cd tree/xen; "
	 "sed 's/x - 3/x - 4/' common/b.c > b.c; "
	 "gcc -O2 -nostdinc -ffunction-sections -fno-inline -fno-pie -I./include -c "
	 "-fmacro-prefix-map=b.c=$PWD/common/b.c b.c -o b.o; "
	 "objcopy --redefine-sym b.c=common/b.c b.o common/b.o",
	 "function hidden is not the one in xen-syms"},
	/* ... or with another constant. */
	{"cd tree/xen; "
	 "sed 's/{5, 7}/{5, 8}/' common/b.c > b.c; "
	 "gcc -O2 -nostdinc -ffunction-sections -fno-inline -fno-pie -I./include -c "
	 "-fmacro-prefix-map=b.c=$PWD/common/b.c b.c -o b.o; "
	 "objcopy --redefine-sym b.c=common/b.c b.o common/b.o",
	 "variable table is not the one in xen-syms"},
};

START_TEST(refuses_a_bad_tree)
{
	struct err e = ERR_INIT;
	struct fake f;
	char *id;

	fake_make(&f);
	fake_run(&f, bad_trees[_i].script);
	ck_assert_int_eq(store_make(f.store, f.tree, NULL, &id, &e), -1);
	ck_assert_msg(strstr(e.text, bad_trees[_i].word) != NULL, "%s", e.text);
	ck_assert_uint_eq(entries(f.store), 0);
	fake_free(&f);
}
END_TEST

static const char *const damages[] = {
	"for f in store/*/manifest.json; do truncate -s 100 $f; done",
	"for f in store/*/manifest.json; do : > $f; done",
	"for f in store/*/manifest.json; do echo '{}' > $f; done",
	"sed -i 's/\"schema\": 1/\"schema\": 99/' store/*/manifest.json",
	"sed -i 's/\"obj\": \"tree/\"obj\": \"..\\/tree/' store/*/manifest.json",
	"sed -i 's/\"tree.xen.common.a.c\"/\"tree\\/..\\/..\\/a.c\"/' store/*/manifest.json",
	"sed -i 's/\"tree.xen.source\"/\"\\/tmp\\/source\"/' store/*/manifest.json",
	"sed -i 's/\"build_id\": \"..../\"build_id\": \"zzzz/' store/*/manifest.json",
};

START_TEST(refuses_a_damaged_manifest)
{
	struct err e = ERR_INIT;
	struct fake f;

	fake_make_base(&f);
	fake_run(&f, damages[_i]);
	ck_assert_ptr_null(base_open(f.store, f.id, &e));
	ck_assert_int_ne(e.kind, ERR_NONE);
	fake_free(&f);
}
END_TEST

START_TEST(finds_a_changed_file)
{
	struct err e = ERR_INIT;
	struct fake f;
	struct base *b;

	fake_make_base(&f);
	fake_run(&f, "for f in store/*/tree/xen/common/a.o; do printf x >> $f; done");
	b = base_open(f.store, f.id, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(base_check(b, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "common/a.o"));
	base_close(b);
	fake_free(&f);
}
END_TEST

START_TEST(finds_a_changed_image)
{
	struct err e = ERR_INIT;
	struct fake f;
	struct base *b;

	fake_make_base(&f);
	b = base_open(f.store, f.id, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_msg(base_check_image(b, &e) == 0, "%s", e.text);
	fake_run(&f, "for f in store/*/tree/xen/xen-syms; do printf x >> $f; done");
	ck_assert_int_eq(base_check_image(b, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "xen-syms"));
	base_close(b);
	fake_free(&f);
}
END_TEST

Suite *base_suite(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, outlives_its_tree);
	tcase_add_test(t, is_found_by_a_prefix);
	tcase_add_test(t, can_be_made_again);
	tcase_add_test(t, knows_what_was_shipped);
	tcase_add_loop_test(t, ties_the_image_to_the_tree, 0,
			    sizeof(other_builds) / sizeof(*other_builds));
	tcase_add_loop_test(t, keeps_store_and_tree_apart, 0,
			    sizeof(bad_places) / sizeof(*bad_places));
	tcase_add_loop_test(t, refuses_a_bad_tree, 0, sizeof(bad_trees) / sizeof(*bad_trees));
	tcase_add_loop_test(t, refuses_a_damaged_manifest, 0, sizeof(damages) / sizeof(*damages));
	tcase_add_test(t, finds_a_changed_file);
	tcase_add_test(t, finds_a_changed_image);
	suite_add_tcase(s, t);
	return s;
}
