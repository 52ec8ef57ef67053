// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/io.h"

#include "common/mem.h"
#include "common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, const char *path, size_t size, struct file_data *out, struct err *e)
{
	size_t got = 0;

	out->data = mem_resize(NULL, size + 1, 1);
	while (got < size) {
		ssize_t n = read(fd, out->data + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(e, errno, "%s: cannot read", path);
			file_free(out);
			return -1;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	out->data[got] = '\0';
	out->size = got;
	return 0;
}

/* At most @most bytes of it, if that is not 0. */
static int read_file(const char *path, size_t max, size_t most, struct file_data *out,
		     struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret = -1;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return err_sys(e, errno, "%s: cannot open", path);
	if (fstat(fd, &st) < 0)
		err_sys(e, errno, "%s: cannot read", path);
	else if (!S_ISREG(st.st_mode))
		err_fail(e, "%s: not a regular file", path);
	else if (max && (size_t)st.st_size > max)
		err_fail(e, "%s: %lld bytes, more than the %zu that can be right", path,
			 (long long)st.st_size, max);
	else
		ret = read_all(fd, path,
			       most && (size_t)st.st_size > most ? most : (size_t)st.st_size, out,
			       e);
	close(fd);
	return ret;
}

int file_read(const char *path, size_t max, struct file_data *out, struct err *e)
{
	return read_file(path, max, 0, out, e);
}

int file_read_start(const char *path, size_t max, struct file_data *out, struct err *e)
{
	return read_file(path, 0, max, out, e);
}

void file_free(struct file_data *f)
{
	free(f->data);
	memset(f, 0, sizeof(*f));
}

static int write_all(int fd, const unsigned char *p, size_t size)
{
	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

static void sync_dir_of(const char *path)
{
	autofree char *dir = path_dir(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		/* Not every file system can; the data itself is safe by now. */
		(void)fsync(fd);
		close(fd);
	}
}

/* A rename would put a file in the place of a device or pipe. */
static int check_regular(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_fail(e, "%s: not a regular file: give another name", path);
	return 0;
}

/* Writes the content under another name beside @path, safe on the disk; NULL: failed. */
static char *stage(const char *path, const void *data, size_t size, mode_t mode, struct err *e)
{
	char *temp = mem_printf("%s.XXXXXX", path);
	int saved = 0;
	int fd = -1;

	if (check_regular(path, e) == 0) {
		fd = mkostemp(temp, O_CLOEXEC);
		if (fd < 0)
			err_sys(e, errno, "%s: cannot write", path);
	}
	if (fd < 0) {
		free(temp);
		return NULL;
	}
	if (write_all(fd, data, size) < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0)
		saved = errno;
	if (close(fd) < 0 && !saved)
		saved = errno;
	if (!saved)
		return temp;
	unlink(temp);
	free(temp);
	err_sys(e, saved, "%s: cannot write", path);
	return NULL;
}

/* Puts it in its place, or takes it away. */
static int publish(const char *temp, const char *path, struct err *e)
{
	if (rename(temp, path) < 0) {
		err_sys(e, errno, "%s: cannot write", path);
		unlink(temp);
		return -1;
	}
	sync_dir_of(path);
	return 0;
}

int file_write(const char *path, const void *data, size_t size, mode_t mode, struct err *e)
{
	autofree char *temp = stage(path, data, size, mode, e);

	return temp ? publish(temp, path, e) : -1;
}

int file_write_alone(const char *path, const void *data, size_t size, const char *beside,
		     mode_t mode, struct err *e)
{
	autofree char *temp = stage(path, data, size, mode, e);

	if (!temp)
		return -1;
	if (unlink(beside) < 0 && errno != ENOENT) {
		err_sys(e, errno, "%s: cannot remove", beside);
		unlink(temp);
		return -1;
	}
	return publish(temp, path, e);
}

/* Lengths of what mkostemp() puts behind the name: a dot and letters or digits. */
#define TEMP_LETTERS 6

static bool is_left_over(const char *name, const char *base)
{
	size_t len = strlen(base);

	if (!text_starts(name, base) || name[len] != '.' || strlen(name) != len + 1 + TEMP_LETTERS)
		return false;
	for (name += len + 1; *name; name++)
		if (!((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') ||
		      (*name >= 'a' && *name <= 'z')))
			return false;
	return true;
}

void file_sweep(const char *path)
{
	autofree char *dir = path_dir(path);
	const char *base = path_base(path);
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		autofree char *full = path_join(dir, entry->d_name);

		if (is_left_over(entry->d_name, base))
			unlink(full);
	}
	if (d)
		closedir(d);
}

int file_write_pair(const struct file_content *first, const struct file_content *second,
		    mode_t mode, struct err *e)
{
	autofree char *one = stage(first->path, first->data, first->size, mode, e);
	autofree char *two = one ? stage(second->path, second->data, second->size, mode, e) : NULL;

	if (!two) {
		if (one)
			unlink(one);
		return -1;
	}
	if (unlink(second->path) < 0 && errno != ENOENT) {
		err_sys(e, errno, "%s: cannot replace", second->path);
		unlink(one);
		unlink(two);
		return -1;
	}
	if (publish(one, first->path, e) < 0) {
		unlink(two);
		return -1;
	}
	return publish(two, second->path, e);
}

int file_create(const char *path, const void *data, size_t size, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int saved = 0;

	if (fd < 0)
		return err_sys(e, errno, "%s: cannot make the file", path);
	if (write_all(fd, data, size) < 0)
		saved = errno;
	if (close(fd) < 0 && !saved)
		saved = errno;
	if (saved) {
		unlink(path);
		return err_sys(e, saved, "%s: cannot write", path);
	}
	return 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int dir_make(const char *path, struct err *e)
{
	autofree char *copy = mem_strdup(path);
	char *p = copy;

	do {
		p = strchr(p + 1, '/');
		if (p)
			*p = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			return err_sys(e, errno, "%s: cannot make this folder", copy);
		if (p)
			*p = '/';
	} while (p);
	if (!file_is_dir(path))
		return err_fail(e, "%s: not a folder", path);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	/* Another process may be removing what is its own: a GnuPG agent its sockets. */
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int dir_remove(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return 0;
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) < 0)
		return err_sys(e, errno, "%s: cannot remove", path);
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int walk(const char *root, const char *rel,
		int (*fn)(const char *, bool, void *, struct err *), void *ctx, struct err *e)
{
	autofree char *dir = rel ? path_join(root, rel) : mem_strdup(root);
	struct dirent **names;
	int n = scandir(dir, &names, NULL, by_name);
	int ret = 0;
	int i;

	if (n < 0)
		return err_sys(e, errno, "%s: cannot list", dir);
	for (i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		autofree char *sub = rel ? path_join(rel, name) : mem_strdup(name);
		autofree char *full = path_join(root, sub);
		struct stat st;

		if (ret || !strcmp(name, ".") || !strcmp(name, ".."))
			;
		else if (lstat(full, &st) < 0)
			ret = err_sys(e, errno, "%s: cannot read", full);
		else if (S_ISDIR(st.st_mode))
			ret = walk(root, sub, fn, ctx, e);
		else
			ret = fn(sub, S_ISREG(st.st_mode), ctx, e);
		free(names[i]);
	}
	free(names);
	return ret;
}

int dir_walk_all(const char *root,
		 int (*fn)(const char *rel, bool regular, void *ctx, struct err *e), void *ctx,
		 struct err *e)
{
	return walk(root, NULL, fn, ctx, e);
}

struct regular_only {
	int (*fn)(const char *rel, void *ctx, struct err *e);
	void *ctx;
};

static int if_regular(const char *rel, bool regular, void *ctx, struct err *e)
{
	struct regular_only *r = ctx;

	return regular ? r->fn(rel, r->ctx, e) : 0;
}

int dir_walk(const char *root, int (*fn)(const char *rel, void *ctx, struct err *e), void *ctx,
	     struct err *e)
{
	struct regular_only r = {fn, ctx};

	return walk(root, NULL, if_regular, &r, e);
}

char *path_join(const char *a, const char *b)
{
	if (*b == '/' || !*a)
		return mem_strdup(b);
	return mem_printf("%s%s%s", a, text_ends(a, "/") ? "" : "/", b);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	if (slash == path)
		return mem_strdup("/");
	return mem_strndup(path, (size_t)(slash - path));
}

/* Drops the last component of @b, or adds ".." where there is none to drop. */
static void go_up(struct strbuf *b, bool absolute)
{
	char *slash = b->data ? strrchr(b->data, '/') : NULL;
	const char *last = slash ? slash + 1 : b->data;

	if (!last || !b->len || !strcmp(last, "..")) {
		if (!absolute)
			strbuf_adds(b, b->len ? "/.." : "..");
		return;
	}
	b->len = slash ? (size_t)(slash - b->data) : 0;
	b->data[b->len] = '\0';
}

char *path_normal(const char *path)
{
	bool absolute = *path == '/';
	struct strbuf b = {0};
	char *out;

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			go_up(&b, absolute);
		} else if (n && !(n == 1 && path[0] == '.')) {
			if (b.len)
				strbuf_addc(&b, '/');
			strbuf_add(&b, path, n);
		}
		path += n;
		path += strspn(path, "/");
	}
	out = mem_printf("%s%s", absolute ? "/" : (b.len ? "" : "."), b.len ? b.data : "");
	strbuf_free(&b);
	return out;
}
