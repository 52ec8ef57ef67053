// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base_image.c - is the tree the one that the shipped hypervisor was built from? (the
 * only user of zlib)
 */
#include "patchbuild/base_int.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define IMAGE_MAX (256u << 20)

static bool is_gzip(const struct file_data *f)
{
	return f->size > 2 && f->data[0] == 0x1f && f->data[1] == 0x8b;
}

/* Inflates @f (gzip, RFC 1952) in place. */
static int inflate_data(struct file_data *f, const char *path, struct err *e)
{
	z_stream z = {.next_in = f->data, .avail_in = (unsigned int)f->size};
	struct strbuf out = {0};
	unsigned char part[65536];
	int ret = inflateInit2(&z, 16 + MAX_WBITS);

	while (ret == Z_OK && out.len < IMAGE_MAX) {
		z.next_out = part;
		z.avail_out = sizeof(part);
		ret = inflate(&z, Z_NO_FLUSH);
		strbuf_add(&out, (char *)part, sizeof(part) - z.avail_out);
	}
	inflateEnd(&z);
	if (ret != Z_STREAM_END) {
		strbuf_free(&out);
		return err_fail(e, "%s: broken or too big: cannot be uncompressed", path);
	}
	file_free(f);
	f->size = out.len;
	f->data = (unsigned char *)strbuf_take(&out);
	return 0;
}

static int read_image(const char *path, struct file_data *f, char sha[DIGEST_HEX], struct err *e)
{
	if (file_read(path, IMAGE_MAX, f, e))
		return -1;
	if (sha)
		digest_hex(sha, f->data, f->size);
	if (is_gzip(f) && inflate_data(f, path, e)) {
		file_free(f);
		return -1;
	}
	return 0;
}

static bool is_same(const struct file_data *a, const char *path)
{
	struct err ignored = ERR_INIT;
	struct file_data b;
	bool same;

	if (!file_exists(path) || read_image(path, &b, NULL, &ignored))
		return false;
	same = a->size == b.size && !memcmp(a->data, b.data, a->size);
	file_free(&b);
	return same;
}

/* Images that a host can boot, as the build leaves them. */
static const char *const images[] = {"xen", "xen.gz", "xen.efi", "xen-syms", NULL};

static const char *find_same(const struct file_data *f, const struct tree *t)
{
	size_t i;

	for (i = 0; images[i]; i++) {
		autofree char *path = path_join(t->obj, images[i]);

		if (is_same(f, path))
			return images[i];
	}
	return NULL;
}

static int refuse(const struct file_data *f, const struct tree *t, const char *path, struct err *e)
{
	unsigned char id[20];

	if (text_unhex(id, sizeof(id), t->build_id) && memmem(f->data, f->size, id, sizeof(id)))
		return err_set(
			e, ERR_CHECK,
			"%s: has the tree's build-id but other bytes: the tree must be built "
			"exactly as this image was",
			path);
	return err_set(e, ERR_CHECK,
		       "%s: was not built from this tree, whose build-id is %s: give the tree of "
		       "this image",
		       path, t->build_id);
}

int image_match(struct image_match *m, const struct tree *t, const char *path, struct err *e)
{
	struct file_data f;
	int ret = 0;

	memset(m, 0, sizeof(*m));
	if (read_image(path, &f, m->sha256, e))
		return -1;
	m->same_as = find_same(&f, t);
	if (m->same_as)
		m->file = mem_strdup(path_base(path));
	else
		ret = refuse(&f, t, path, e);
	file_free(&f);
	return ret;
}

void image_match_free(struct image_match *m)
{
	free(m->file);
	memset(m, 0, sizeof(*m));
}
