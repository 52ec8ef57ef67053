/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.h - files: read whole, written whole or not at all
 */
#ifndef COMMON_IO_H
#define COMMON_IO_H

#include "common/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct file_data {
	unsigned char *data; /* always followed by a zero byte */
	size_t size;
};

/*
 * Reads a regular file of at most @max bytes (0: no limit). The data is a copy:
 * what another process does to the file later cannot change it. Free with
 * file_free().
 */
int file_read(const char *path, size_t max, struct file_data *out, struct err *e);
/* The same for the first @max bytes of a file of any size. */
int file_read_start(const char *path, size_t max, struct file_data *out, struct err *e);
void file_free(struct file_data *f);

/*
 * Writes @path so that it holds either what it held before or all of @data:
 * temporary file beside it, fsync, rename, fsync of the folder.
 */
int file_write(const char *path, const void *data, size_t size, mode_t mode, struct err *e);

/* The same, and @beside is gone before: it belongs to what @path held. */
int file_write_alone(const char *path, const void *data, size_t size, const char *beside,
		     mode_t mode, struct err *e);

/*
 * Removes what a file_write() of @path that was killed has left beside it. Only for who
 * knows that nobody else is writing this file.
 */
void file_sweep(const char *path);

struct file_content {
	const char *path;
	const void *data;
	size_t size;
};

/*
 * The same for two files that belong together: both are safe on the disk before either
 * takes its place, and at no moment is an old @second beside a new @first.
 */
int file_write_pair(const struct file_content *first, const struct file_content *second,
		    mode_t mode, struct err *e);

/*
 * Makes a file that must not exist, without waiting for the disk: for what is thrown
 * away if anything fails. @mode: as of open().
 */
int file_create(const char *path, const void *data, size_t size, mode_t mode, struct err *e);

bool file_exists(const char *path);
bool file_is_dir(const char *path);

/* Makes @path and its parents; a folder that exists is no error. */
int dir_make(const char *path, struct err *e);

/* Removes a folder and all below it, following no links. Missing is no error. */
int dir_remove(const char *path, struct err *e);

/*
 * Calls @fn for every regular file below @root, with its path relative to @root,
 * in byte order of the names. Ends early, with that value, when @fn returns
 * other than 0.
 */
int dir_walk(const char *root, int (*fn)(const char *rel, void *ctx, struct err *e), void *ctx,
	     struct err *e);
/* The same for everything that is no folder: a link or a device is not @regular. */
int dir_walk_all(const char *root,
		 int (*fn)(const char *rel, bool regular, void *ctx, struct err *e), void *ctx,
		 struct err *e);

/* "a/b" of @a and @b; @b alone if it is absolute. The caller frees. */
char *path_join(const char *a, const char *b);
/* The part after the last slash; points into @path. */
const char *path_base(const char *path);
/* The part before the last slash, "." if there is none. The caller frees. */
char *path_dir(const char *path);
/*
 * @path without "." and ".." components and double slashes, by text alone. The
 * caller frees.
 */
char *path_normal(const char *path);

#endif
