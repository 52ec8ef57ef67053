// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base_image.c - is the tree the one that the shipped hypervisor was built from? (the
 * only user of zlib)
 */
#include "patchbuild/base_int.h"
#include "patchbuild/obj.h"

#include "common/text.h"

#include <elf.h>
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
	/* What follows the first member is compared with nothing. */
	if (ret != Z_STREAM_END || z.avail_in) {
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

/* --- is xen-syms what the image was made from? --- */

static bool is_loaded(const struct sec *s)
{
	return (s->flags & SHF_ALLOC) && s->data;
}

static const struct sec *largest(const struct obj *o)
{
	const struct sec *best = NULL;
	size_t i;

	for (i = 0; i < o->nsecs; i++)
		if (is_loaded(&o->secs[i]) && (!best || o->secs[i].size > best->size))
			best = &o->secs[i];
	return best;
}

/*
 * The section of @o that the image lacks, or NULL. mkelf32 and objcopy copy what is
 * loaded as one piece: the distances are those of the addresses.
 */
static const struct sec *find_missing(const struct file_data *f, const struct obj *o)
{
	const struct sec *first = largest(o);
	const unsigned char *at = first ? memmem(f->data, f->size, first->data, first->size) : NULL;
	uint64_t off;
	size_t i;

	if (!at)
		return first ? first : o->secs;
	for (i = 0; i < o->nsecs; i++) {
		const struct sec *s = &o->secs[i];

		if (!is_loaded(s))
			continue;
		off = (uint64_t)(at - f->data) + (s->addr - first->addr);
		if (off > f->size || s->size > f->size - off ||
		    memcmp(f->data + off, s->data, s->size))
			return s;
	}
	return NULL;
}

/*
 * Payloads are made for xen-syms: for its addresses, with its build-id. Both are another's
 * if the tree was built again in part, and always in xen.efi, which is linked on its own.
 */
static int check_syms(const struct file_data *f, const struct tree *t, const char *same_as,
		      const char *path, struct err *e)
{
	autofree char *syms = path_join(t->obj, "xen-syms");
	const struct sec *missing;
	struct obj *o;

	if (!strcmp(same_as, "xen.efi"))
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: is the tree's xen.efi, which has other addresses and another "
			       "build-id than xen-syms: a host that boots it takes no payload of "
			       "this base",
			       path);
	if (is_same(f, syms))
		return 0;
	o = obj_load(syms, syms, e);
	if (!o)
		return -1;
	missing = find_missing(f, o);
	if (missing)
		err_set(e, ERR_CHECK,
			"%s: is the tree's %s, but xen-syms is of another build (section %s "
			"differs): build the tree again, completely",
			path, same_as, missing->name);
	obj_free(o);
	return missing ? -1 : 0;
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
		ret = check_syms(&f, t, m->same_as, path, e);
	else
		ret = refuse(&f, t, path, e);
	if (!ret)
		m->file = mem_strdup(path_base(path));
	file_free(&f);
	return ret;
}

void image_match_free(struct image_match *m)
{
	free(m->file);
	memset(m, 0, sizeof(*m));
}
