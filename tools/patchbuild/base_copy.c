// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base_copy.c - from a built tree into a base: all that a compilation may read
 */
#include "patchbuild/base_int.h"

#include "common/text.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT (256u << 20)

struct copy {
	const struct tree *t;
	const char *from;
	const char *to;
	const char *name; /* of @to below the base */
	struct json *files;
	struct json *links;
};

/* Link results that no compilation reads, and leftovers. */
static const char *const skipped[] = {
	"prelink.o",	"built_in.o",  "built_in_bin.o",	"xen",
	"xen.gz",	"xen.efi",     "xen.efi.map",		"xen.efi.elf",
	"xen-syms.map", "xen.lds.tmp", "compile_commands.json", ".git",
	"cscope.out",	NULL,
};

static bool is_skipped(const FTSENT *f)
{
	size_t i;

	if (f->fts_level == 0)
		return false;
	if (text_ends(f->fts_name, ".a") || text_ends(f->fts_name, ".tmp") ||
	    text_ends(f->fts_name, ".new") || text_starts(f->fts_name, ".xen"))
		return true;
	for (i = 0; skipped[i]; i++)
		if (!strcmp(f->fts_name, skipped[i]) &&
		    !(f->fts_info == FTS_D && strcmp(f->fts_name, ".git")))
			return true;
	return false;
}

static int copy_file(struct copy *c, const FTSENT *f, const char *rel, struct err *e)
{
	autofree char *to = path_join(c->to, rel);
	autofree char *name = path_join(c->name, rel);
	char hex[DIGEST_HEX];
	struct file_data data;
	int ret;

	if (file_read(f->fts_accpath, FILE_LIMIT, &data, e))
		return -1;
	digest_hex(hex, data.data, data.size);
	ret = file_create(to, data.data, data.size, f->fts_statp->st_mode & 0100 ? 0755 : 0644, e);
	file_free(&data);
	json_put_str(c->files, name, hex);
	return ret;
}

/* What leads from the folder of @rel (below the base) to the base's own folder. */
static void climb(struct strbuf *b, const char *rel)
{
	for (; *rel; rel++)
		if (*rel == '/')
			strbuf_adds(b, "../");
}

/* Where @real (absolute) will be below the base; NULL if nowhere. */
static char *stored_name(const struct copy *c, const char *real)
{
	size_t top = strlen(c->t->top);
	size_t obj = strlen(c->t->obj);

	if (!strncmp(real, c->t->top, top) && (real[top] == '/' || !real[top]))
		return mem_printf("tree%s", real + top);
	if (!strncmp(real, c->t->obj, obj) && (real[obj] == '/' || !real[obj]))
		return mem_printf("obj%s", real + obj);
	return NULL;
}

/*
 * A link stays one, relative, if it leads to another file of the base. From outside of
 * the tree the file itself is taken.
 */
static int copy_link(struct copy *c, const FTSENT *f, const char *rel, struct err *e)
{
	autofree char *to = path_join(c->to, rel);
	autofree char *name = path_join(c->name, rel);
	autofree char *stored = NULL;
	struct strbuf target = {0};
	char text[PATH_MAX], real[PATH_MAX];
	ssize_t n = readlink(f->fts_accpath, text, sizeof(text) - 1);
	int ret = 0;

	if (n < 0 || !realpath(f->fts_accpath, real))
		return 0;
	text[n] = '\0';
	stored = stored_name(c, real);
	if (!stored)
		return file_is_dir(real) ? 0 : copy_file(c, f, rel, e);
	if (*text == '/') {
		climb(&target, name);
		strbuf_adds(&target, stored);
	} else {
		strbuf_adds(&target, text);
	}
	if (symlink(target.data, to) < 0)
		ret = err_sys(e, errno, "%s: cannot make the link", to);
	json_put_str(c->links, name, target.data);
	strbuf_free(&target);
	return ret;
}

static int copy_entry(struct copy *c, FTS *fts, FTSENT *f, struct err *e)
{
	const char *rel = f->fts_path + strlen(c->from);
	autofree char *to = NULL;

	rel += *rel == '/';
	switch (f->fts_info) {
	case FTS_D:
		if (is_skipped(f)) {
			fts_set(fts, f, FTS_SKIP);
			return 0;
		}
		to = path_join(c->to, rel);
		return f->fts_level ? dir_make(to, e) : 0;
	case FTS_F:
		return is_skipped(f) ? 0 : copy_file(c, f, rel, e);
	case FTS_SL:
	case FTS_SLNONE:
		return is_skipped(f) ? 0 : copy_link(c, f, rel, e);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return err_sys(e, f->fts_errno, "%s: cannot read", f->fts_path);
	default:
		return 0;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int copy_tree(const struct tree *t, const char *from, const char *to, const char *name,
	      struct json *files, struct json *links, struct err *e)
{
	struct copy c = {t, from, to, name, files, links};
	char *const paths[] = {(char *)(size_t)from, NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *f;
	int ret = 0;

	if (!fts)
		return err_sys(e, errno, "%s: cannot read", from);
	while (ret == 0 && (f = fts_read(fts)) != NULL)
		ret = copy_entry(&c, fts, f, e);
	fts_close(fts);
	return ret;
}
