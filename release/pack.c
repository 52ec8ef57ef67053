// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/pack.h"

#include "common/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

/* How each kind is compressed: everything that could change from call to call is off. */
static const struct kind {
	const char *name;
	int (*filter)(struct archive *a);
	const char *options;
} kinds[] = {
	{"gz", archive_write_add_filter_gzip, "gzip:!timestamp,gzip:compression-level=9"},
	{"xz", archive_write_add_filter_xz, "xz:threads=1,xz:compression-level=6"},
	{"zst", archive_write_add_filter_zstd, "zstd:compression-level=19"},
};

static const struct kind *kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

bool pack_known(const char *kind)
{
	return kind_of(kind) != NULL;
}

static const char *reason(struct archive *a)
{
	const char *s = archive_error_string(a);

	return s ? s : "no reason given";
}

static la_ssize_t take(struct archive *a, void *ctx, const void *data, size_t len)
{
	(void)a;
	strbuf_add(ctx, data, len);
	return (la_ssize_t)len;
}

/* A raw archive has one entry, and of that its content alone. */
static int write_raw(struct archive *a, const void *data, size_t size)
{
	struct archive_entry *entry = archive_entry_new();
	int ret = ARCHIVE_FATAL;

	archive_entry_set_filetype(entry, AE_IFREG);
	if (archive_write_header(a, entry) == ARCHIVE_OK &&
	    archive_write_data(a, data, size) == (la_ssize_t)size)
		ret = archive_write_close(a);
	archive_entry_free(entry);
	return ret;
}

int pack_make(const char *kind, const void *tar, size_t size, struct strbuf *out, struct err *e)
{
	const struct kind *k = kind_of(kind);
	struct archive *a;
	int ret;

	if (!k)
		return err_set(e, ERR_USAGE, "%s: no such kind of tarball: one of gz, xz, zst",
			       kind);
	a = archive_write_new();
	ret = archive_write_set_format_raw(a);
	if (!ret)
		ret = k->filter(a);
	if (!ret)
		ret = archive_write_set_options(a, k->options);
	if (!ret)
		ret = archive_write_set_bytes_in_last_block(a, 1);
	if (!ret)
		ret = archive_write_open(a, out, NULL, take, NULL);
	if (!ret)
		ret = write_raw(a, tar, size);
	if (ret)
		err_fail(e, "%s: cannot compress: %s", kind, reason(a));
	archive_write_free(a);
	return ret ? -1 : 0;
}

/* --- comparing ------------------------------------------------------------------------ */
struct side {
	struct archive *a;
	struct archive_entry *entry;
	char block[65536];
};

/* Of the filters those that are ours: for others libarchive runs programs on what was downloaded. */
static bool open_side(struct side *s, const void *data, size_t size)
{
	s->a = archive_read_new();
	archive_read_support_filter_gzip(s->a);
	archive_read_support_filter_xz(s->a);
	archive_read_support_filter_zstd(s->a);
	archive_read_support_format_tar(s->a);
	return archive_read_open_memory(s->a, data, size) == ARCHIVE_OK;
}

/* 1: an entry, 0: the end, -1: cannot be read. */
static int next(struct side *s)
{
	int ret = archive_read_next_header(s->a, &s->entry);

	if (ret == ARCHIVE_OK || ret == ARCHIVE_WARN)
		return 1;
	return ret == ARCHIVE_EOF ? 0 : -1;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* What the two headers of one name differ in, or NULL. */
static const char *header_differs(struct archive_entry *x, struct archive_entry *y)
{
	if (archive_entry_filetype(x) != archive_entry_filetype(y))
		return "another type";
	if (archive_entry_perm(x) != archive_entry_perm(y))
		return "another mode";
	if (strcmp(or_empty(archive_entry_symlink(x)), or_empty(archive_entry_symlink(y))) != 0 ||
	    strcmp(or_empty(archive_entry_hardlink(x)), or_empty(archive_entry_hardlink(y))) != 0)
		return "a link to elsewhere";
	if (archive_entry_size(x) != archive_entry_size(y))
		return "another size";
	if (archive_entry_mtime(x) != archive_entry_mtime(y))
		return "another date";
	if (strcmp(or_empty(archive_entry_uname(x)), or_empty(archive_entry_uname(y))) != 0 ||
	    archive_entry_uid(x) != archive_entry_uid(y))
		return "another owner";
	return NULL;
}

/* Fills the block, or less at the end of the file; -1: cannot be read. */
static la_ssize_t read_block(struct side *s)
{
	size_t got = 0;

	while (got < sizeof(s->block)) {
		la_ssize_t n = archive_read_data(s->a, s->block + got, sizeof(s->block) - got);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (la_ssize_t)got;
}

/* 1: other bytes, 0: the same, -1: cannot be read. */
static int content_differs(struct side *x, struct side *y)
{
	la_ssize_t n, m;

	do {
		n = read_block(x);
		m = read_block(y);
		if (n < 0 || m < 0)
			return -1;
		if (n != m || memcmp(x->block, y->block, (size_t)n) != 0)
			return 1;
	} while (n > 0);
	return 0;
}

static int differs(struct strbuf *why, const char *path, const char *what)
{
	strbuf_addf(why, "%s: %s", path, what);
	return 1;
}

/* One pair of entries: as content_differs(), with the words. */
static int compare_entries(struct side *x, struct side *y, struct strbuf *why)
{
	const char *path = or_empty(archive_entry_pathname(x->entry));
	const char *other = or_empty(archive_entry_pathname(y->entry));
	const char *what;
	int ret;

	if (strcmp(path, other) != 0) {
		strbuf_addf(why, "%s: stands where %s should", other, path);
		return 1;
	}
	what = header_differs(x->entry, y->entry);
	if (what)
		return differs(why, path, what);
	ret = content_differs(x, y);
	return ret > 0 ? differs(why, path, "another content") : ret;
}

static int compare(struct side *x, struct side *y, struct strbuf *why)
{
	int ret = 0;

	while (!ret) {
		int n = next(x);
		int m = next(y);

		if (n < 0 || m < 0)
			return -1;
		if (!n && !m)
			return 0;
		if (!n)
			return differs(why, or_empty(archive_entry_pathname(y->entry)),
				       "is too much");
		if (!m)
			return differs(why, or_empty(archive_entry_pathname(x->entry)),
				       "is missing");
		ret = compare_entries(x, y, why);
	}
	return ret;
}

int pack_compare(const void *a, size_t a_size, const void *b, size_t b_size, const char *b_name,
		 struct strbuf *why, struct err *e)
{
	struct side *s = mem_zalloc(2, sizeof(*s));
	int ret = -1;

	if (open_side(&s[0], a, a_size) && open_side(&s[1], b, b_size))
		ret = compare(&s[0], &s[1], why);
	if (ret < 0)
		err_fail(e, "%s: cannot be read as a tarball: %s", b_name,
			 s[1].a ? reason(s[1].a) : "nor can the one to compare with");
	archive_read_free(s[0].a);
	archive_read_free(s[1].a);
	free(s);
	return ret;
}
