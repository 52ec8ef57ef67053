// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "common/io.h"
#include "common/mem.h"
#include "common/temp.h"
#include "common/text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *root;

static void make_root(void)
{
	struct err e = ERR_INIT;

	root = dir_temp("test-io", &e);
	ck_assert_ptr_nonnull(root);
}

static void remove_root(void)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(dir_remove(root, &e), 0);
	ck_assert(!file_exists(root));
	free(root);
}

START_TEST(writes_whole_files)
{
	autofree char *path = path_join(root, "f");
	struct file_data f;
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(path, "old", 3, 0644, &e), 0);
	ck_assert_int_eq(file_write(path, "new\0x", 5, 0644, &e), 0);
	ck_assert_int_eq(file_read(path, 0, &f, &e), 0);
	ck_assert_uint_eq(f.size, 5);
	ck_assert_int_eq(memcmp(f.data, "new\0x", 6), 0);
	file_free(&f);
	ck_assert_int_eq(file_read(path, 4, &f, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "5 bytes"));
}
END_TEST

START_TEST(failed_write_leaves_nothing)
{
	autofree char *path = path_join(root, "no/such/folder");
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(path, "x", 1, 0644, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "No such file"));
	ck_assert(!file_exists(path));
}
END_TEST

START_TEST(replaces_regular_files_only)
{
	autofree char *path = path_join(root, "pipe");
	struct stat st;
	struct err e = ERR_INIT;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(file_write(path, "x", 1, 0644, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "not a regular file"));
	ck_assert(stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
}
END_TEST

static bool holds(const char *path, const char *text)
{
	struct file_data f;
	struct err e = ERR_INIT;
	bool same;

	if (file_read(path, 0, &f, &e))
		return false;
	same = f.size == strlen(text) && !memcmp(f.data, text, f.size);
	file_free(&f);
	return same;
}

static int count_file(const char *rel, void *ctx, struct err *e)
{
	(void)rel;
	(void)e;
	++*(size_t *)ctx;
	return 0;
}

static size_t count_files(void)
{
	struct err e = ERR_INIT;
	size_t n = 0;

	ck_assert_int_eq(dir_walk(root, count_file, &n, &e), 0);
	return n;
}

/* What fails with the second file leaves both as they were. */
START_TEST(pairs_are_written_together)
{
	autofree char *one = path_join(root, "one");
	autofree char *two = path_join(root, "two");
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write_pair(&(struct file_content){one, "1", 1},
					 &(struct file_content){two, "2", 1}, 0644, &e),
			 0);
	ck_assert(holds(one, "1") && holds(two, "2"));
	ck_assert_int_eq(file_write_pair(&(struct file_content){one, "x", 1},
					 &(struct file_content){"/no/such/folder/f", "y", 1}, 0644,
					 &e),
			 -1);
	ck_assert(holds(one, "1") && holds(two, "2"));
	err_clear(&e);
	ck_assert_int_eq(file_write_pair(&(struct file_content){"/no/such/folder/f", "x", 1},
					 &(struct file_content){two, "y", 1}, 0644, &e),
			 -1);
	ck_assert(holds(two, "2"));
	ck_assert_uint_eq(count_files(), 2);
}
END_TEST

static int fill(const char *dir)
{
	autofree char *sub = path_join(dir, "a/b");
	autofree char *file = path_join(sub, "file");
	struct err e = ERR_INIT;

	return dir_make(sub, &e) || file_create(file, "x", 1, 0600, &e);
}

/*
 * A process with two temporary folders that a signal ends; writes the name of the first
 * to @to. It has another working directory by then.
 */
static void end_by_signal(int sig, int to)
{
	struct err e = ERR_INIT;
	autofree char *dir = NULL;
	autofree char *other = NULL;

	dir = dir_temp("test-signal", &e);
	other = dir_temp_in(".", ".new-", &e);
	if (!dir || !other || fill(dir) || fill(other) || chdir("/") ||
	    write(to, dir, strlen(dir)) < 0)
		_exit(1);
	raise(sig);
}

/* @before: what is done with the signal when the program begins. */
static int run_and_signal(int sig, void (*before)(int), char dir[256])
{
	int ends[2];
	int status;
	ssize_t n;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (!child) {
		/* The library of tests has handlers, and shells ignore some in the background. */
		signal(sig, before);
		setenv("TMPDIR", ".", 1);
		if (chdir(root))
			_exit(1);
		end_by_signal(sig, ends[1]);
		_exit(3);
	}
	close(ends[1]);
	n = read(ends[0], dir, 255);
	close(ends[0]);
	ck_assert_int_gt(n, 0);
	dir[n] = 0;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

START_TEST(signals_remove_temporary_folders)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};
	char dir[256];
	int status = run_and_signal(signals[_i], SIG_DFL, dir);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == signals[_i]);
	ck_assert_msg(!file_exists(dir), "%s is still there", dir);
	ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(ignored_signals_stay_ignored)
{
	char dir[256];
	int status;

	status = run_and_signal(SIGHUP, SIG_IGN, dir);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	ck_assert(file_exists(dir));
}
END_TEST

/* Programs that are given the name run in other folders. */
START_TEST(temporary_folders_have_absolute_names)
{
	autofree char *before = getcwd(NULL, 0);
	struct err e = ERR_INIT;
	autofree char *dir = NULL;

	ck_assert_int_eq(chdir(root), 0);
	dir = dir_temp_in(".", ".new-", &e);
	ck_assert_int_eq(chdir(before), 0);
	ck_assert_msg(dir && *dir == '/' && file_is_dir(dir), "%s%s", dir ? dir : "", e.text);
	ck_assert_ptr_nonnull(strstr(dir, "/.new-"));
	ck_assert_ptr_null(dir_temp_in("/no/such/folder", ".new-", &e));
	ck_assert_ptr_nonnull(strstr(e.text, "/no/such/folder/.new-"));
}
END_TEST

START_TEST(reads_regular_files_only)
{
	struct file_data f;
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_read(root, 0, &f, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "not a regular file"));
	err_clear(&e);
	ck_assert_int_eq(file_read("/dev/zero", 0, &f, &e), -1);
	err_clear(&e);
	ck_assert_int_eq(file_read("/no/such", 0, &f, &e), -1);
}
END_TEST

static int collect(const char *rel, void *ctx, struct err *e)
{
	(void)e;
	strbuf_addf(ctx, "%s ", rel);
	return strcmp(rel, "stop") ? 0 : 7;
}

START_TEST(walks_in_order_and_follows_no_links)
{
	autofree char *deep = path_join(root, "b/c");
	autofree char *one = path_join(root, "b/c/z");
	autofree char *two = path_join(root, "a");
	autofree char *link = path_join(root, "b/link");
	struct strbuf seen = {0};
	struct err e = ERR_INIT;

	ck_assert_int_eq(dir_make(deep, &e), 0);
	ck_assert_int_eq(dir_make(deep, &e), 0);
	ck_assert_int_eq(file_write(one, "", 0, 0600, &e), 0);
	ck_assert_int_eq(file_write(two, "", 0, 0600, &e), 0);
	ck_assert_int_eq(symlink("/", link), 0);
	ck_assert_int_eq(dir_walk(root, collect, &seen, &e), 0);
	ck_assert_str_eq(seen.data, "a b/c/z ");
	strbuf_free(&seen);
}
END_TEST

static const char *const paths[][2] = {
	{"a/../b", "b"},  {"./a//b/", "a/b"}, {"a/./b/../../c", "c"},
	{"../a", "../a"}, {"/../a", "/a"},    {"", "."},
	{"/", "/"},	  {"a/b/../..", "."}, {"../../x/..", "../.."},
};

START_TEST(normal_paths)
{
	autofree char *got = path_normal(paths[_i][0]);

	ck_assert_str_eq(got, paths[_i][1]);
}
END_TEST

START_TEST(path_parts)
{
	autofree char *dir = path_dir("/a");
	autofree char *here = path_dir("a");
	autofree char *abs = path_join("x", "/y");

	ck_assert_str_eq(dir, "/");
	ck_assert_str_eq(here, ".");
	ck_assert_str_eq(abs, "/y");
	ck_assert_str_eq(path_base("a/b"), "b");
}
END_TEST

Suite *io_suite(void)
{
	Suite *s = suite_create("io");
	TCase *t = tcase_create("io");

	tcase_add_checked_fixture(t, make_root, remove_root);
	tcase_add_test(t, writes_whole_files);
	tcase_add_test(t, failed_write_leaves_nothing);
	tcase_add_test(t, replaces_regular_files_only);
	tcase_add_test(t, pairs_are_written_together);
	tcase_add_loop_test(t, signals_remove_temporary_folders, 0, 4);
	tcase_add_test(t, ignored_signals_stay_ignored);
	tcase_add_test(t, temporary_folders_have_absolute_names);
	tcase_add_test(t, reads_regular_files_only);
	tcase_add_test(t, walks_in_order_and_follows_no_links);
	tcase_add_loop_test(t, normal_paths, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(t, path_parts);
	suite_add_tcase(s, t);
	return s;
}
