// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/upload.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/hv.h"
#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/modinfo.h"
#include "xsplice-ctl/wire.h"
#include "common/text.h"
#include "xsplice/abi.h"

#include <string.h>

int upload_read(const char *path, const struct trust *t, struct upload *out, struct err *e)
{
	*out = (struct upload){.path = path};
	if (file_read_start(path, LP_PAYLOAD_MAX + 1, &out->file, e))
		return -1;
	if (!out->file.size || out->file.size > LP_PAYLOAD_MAX)
		return err_set(e, ERR_CHECK, "%s: has %s bytes: Xen takes 1 to %u (2 MiB)", path,
			       out->file.size ? "too many" : "0", LP_PAYLOAD_MAX);
	if (trust_check(t, path, &out->file, &out->trust, e))
		return -1;
	return payload_read(path, &out->file, &out->payload, e);
}

void upload_free(struct upload *u)
{
	trust_result_free(&u->trust);
	file_free(&u->file);
}

static void id_text(char *out, size_t size, const unsigned char *id, size_t len)
{
	*out = 0;
	if (2 * len + 1 <= size)
		text_hex(out, id, len);
}

/* Xen says no more than EINVAL to a payload made for another build. */
static int check_build(struct lp *lp, const struct upload *u, struct err *e)
{
	const struct payload *p = &u->payload;
	char wants[2 * HV_BUILD_ID_MAX + 1];
	char runs[2 * HV_BUILD_ID_MAX + 1];
	struct hv hv;

	if (hv_read(lp, &hv, e))
		return -1;
	if (!p->xen_build_id || !hv.build_id_len)
		return 0;
	if (p->xen_build_id_len == hv.build_id_len &&
	    !memcmp(p->xen_build_id, hv.build_id, hv.build_id_len))
		return 0;
	id_text(wants, sizeof(wants), p->xen_build_id, p->xen_build_id_len);
	hv_build_id_text(&hv, runs);
	return err_set(e, ERR_UNSUPPORTED,
		       "%s: is made for Xen with build-id %s, this host runs %s: build it for "
		       "that base, or reboot into the Xen it is for",
		       u->path, wants, runs);
}

/* Metadata says which payload it is only if it holds a digest of what that is made of. */
static bool has_digest(const struct payload *p)
{
	struct modinfo_item m;
	size_t at = 0;

	while (modinfo_next(p->modinfo, p->modinfo_len, &at, &m))
		if (m.key_len == strlen(ABI_INFO_DIGEST) &&
		    !memcmp(m.key, ABI_INFO_DIGEST, m.key_len))
			return true;
	return false;
}

static bool same_metadata(const struct lp_entry *entry, const struct payload *p)
{
	return has_digest(p) && entry->metadata_len == p->modinfo_len &&
	       !memcmp(entry->metadata, p->modinfo, p->modinfo_len);
}

/* 1: it is loaded; 0: it is not; -1: something else of that name is. */
static int is_loaded(struct lp *lp, const struct upload *u, const char *name, struct err *e)
{
	const struct lp_entry *entry;
	struct lp_list list;
	int rc = 0;

	if (lp_list(lp, &list, e))
		return -1;
	entry = lp_list_find(&list, name);
	if (entry && same_metadata(entry, &u->payload))
		rc = 1;
	else if (entry)
		rc = err_set(e, ERR_STATE,
			     "%s: another payload of this name is loaded (or one whose "
			     "metadata has no digest to tell by): unload it, or give another name",
			     name);
	lp_list_free(&list);
	return rc;
}

int upload_fits(struct lp *lp, const struct upload *u, const struct loader *loader, struct err *e)
{
	if (trust_by_xen(&u->trust, u->path, loader_demands(loader), e))
		return -1;
	return check_build(lp, u, e);
}

/* @needed: signatures that this Xen demands. */
static int fits(struct lp *lp, const struct upload *u, unsigned int *needed, struct err *e)
{
	struct loader loader;
	int rc;

	if (loader_read(lp, &loader, e))
		return -1;
	*needed = loader_demands(&loader);
	rc = upload_fits(lp, u, &loader, e);
	loader_free(&loader);
	return rc;
}

int upload_send(struct lp *lp, struct upload *u, const char *name, bool *changed, struct err *e)
{
	unsigned int needed;
	int rc;

	*changed = false;
	if (fits(lp, u, &needed, e))
		return -1;
	rc = is_loaded(lp, u, name, e);
	if (rc < 0)
		return -1;
	if (rc) {
		trust_loaded_before(&u->trust, needed);
		return 0;
	}
	rc = lp_upload(lp, name, u->file.data, u->file.size);
	if (rc)
		return loader_explain(lp, e, OP_UPLOAD, WHEN_ASKED, name, rc);
	*changed = true;
	return 0;
}
