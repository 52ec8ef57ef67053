// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/sign.h"

#include "common/mem.h"
#include "common/payload_sig.h"
#include "common/pgp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What may be signed: a payload, whose signatures (if any) are well-formed. */
static int check_input(const char *name, const struct file_data *file, struct xsp_trailer *t,
		       struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_payload p;

	if (xsp_trailer_open(t, file->data, file->size, &cause) ||
	    xsp_payload_open(&p, t->data, t->elf_size, &cause))
		return payload_cause(name, &cause, e);
	if (t->count == ABI_SIG_MAX)
		return err_fail(e, "%s: has %u signatures, no more fit", name, t->count);
	return 0;
}

/* gpg may have been told (gpg.conf) to make signatures that no loader would take. */
static int check_packet(const char *key, const struct pgp_made *made, struct xsp_pgp_sig *sig,
			struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};

	if (!xsp_pgp_parse(made->packet, made->size, 0, sig, &cause))
		return 0;
	return err_set(e, ERR_SIGNATURE,
		       "key %s: its signature %s: RSA of 2048 to 4096 bits or ECDSA on a NIST "
		       "curve is needed, and a gpg.conf without options that change signatures",
		       key, xsp_code_text(cause.code));
}

static int check_strength(const char *key, const struct xsp_pgp_sig *sig, struct err *e)
{
	/* A signature may be some bits shorter than its key, hardly ever 16. */
	if (sig->algo == XSP_PGP_RSA && sig->mpi[0].size < 2048 / 8 - 2)
		return err_set(e, ERR_SIGNATURE,
			       "key %s: is shorter than 2048 bits: use a longer one", key);
	return 0;
}

/* The key has not signed the file before. */
static int check_new(const char *name, const struct xsp_trailer *t, const struct xsp_pgp_sig *sig,
		     struct err *e)
{
	struct xsp_sig other;
	uint32_t i;

	for (i = 0; i < t->count; i++) {
		xsp_trailer_sig(t, i, &other);
		if (!memcmp(other.key_id.data, sig->key_id, ABI_KEY_ID_SIZE))
			return err_set(e, ERR_STATE, "%s: is signed with that key already", name);
	}
	return 0;
}

/* ELF and old records, the new record, the end. */
static int assemble(const char *name, const struct xsp_trailer *t, size_t file_size,
		    const struct pgp_made *made, const struct xsp_pgp_sig *sig, struct strbuf *out,
		    struct err *e)
{
	struct abi_sig_end end = {.count = t->count + 1};
	size_t signer = strlen(made->uid);
	struct abi_sig_header h;
	size_t old = t->count ? file_size - sizeof(end) : file_size;

	if (!xsp_record_header(sig, made->size, signer, &h))
		return err_fail(e, "key %s: its user id is longer than 255 bytes",
				made->fingerprint);
	strbuf_add(out, (const char *)t->data, old);
	strbuf_add(out, ABI_SIG_MAGIC, ABI_SIG_MAGIC_SIZE);
	strbuf_add(out, (const char *)&h, sizeof(h));
	strbuf_add(out, (const char *)made->packet, made->size);
	strbuf_add(out, (const char *)sig->key_id, ABI_KEY_ID_SIZE);
	strbuf_add(out, made->uid, signer);
	memcpy(end.magic, ABI_SIG_END_MAGIC, sizeof(end.magic));
	end.size = (uint32_t)(out->len - t->elf_size);
	strbuf_add(out, (const char *)&end, sizeof(end));
	if (out->len > ABI_PAYLOAD_MAX)
		return err_fail(e, "%s: is larger than the 2 MiB that Xen takes when signed", name);
	return 0;
}

/* What was made is what a loader will take. */
static int check_output(const char *name, const struct strbuf *out, struct err *e)
{
	struct xsp_cause cause = {XSP_OK, 0, ""};
	struct xsp_trailer t;

	if (xsp_trailer_open(&t, out->data, out->len, &cause))
		return payload_cause(name, &cause, e);
	return 0;
}

static int add_record(const char *name, const char *key, const struct xsp_trailer *t,
		      size_t file_size, struct strbuf *out, struct err *e)
{
	struct pgp_made made;
	struct xsp_pgp_sig sig;
	int ret = -1;

	if (pgp_sign(key, t->data, t->elf_size, false, &made, e))
		return -1;
	if (!check_packet(key, &made, &sig, e) && !check_strength(key, &sig, e) &&
	    !check_new(name, t, &sig, e) && !assemble(name, t, file_size, &made, &sig, out, e))
		ret = check_output(name, out, e);
	pgp_made_free(&made);
	return ret;
}

int payload_sign(const char *name, const char *key, const struct file_data *file,
		 struct strbuf *out, struct strbuf *asc, struct err *e)
{
	struct xsp_trailer t;
	struct pgp_made made;

	if (check_input(name, file, &t, e) || add_record(name, key, &t, file->size, out, e))
		return -1;
	if (pgp_sign(key, out->data, out->len, true, &made, e))
		return -1;
	strbuf_add(asc, (const char *)made.packet, made.size);
	pgp_made_free(&made);
	return 0;
}

int payload_write_signed(const char *path, const struct strbuf *payload, const struct strbuf *asc,
			 struct err *e)
{
	autofree char *asc_path = mem_printf("%s.asc", path);
	const struct file_content file = {path, payload->data, payload->len};
	const struct file_content detached = {asc_path, asc->data, asc->len};

	/* An old .asc beside the new payload would make it look forged. */
	return file_write_pair(&file, &detached, 0644, e);
}

int payload_write_unsigned(const char *path, const struct strbuf *payload, struct err *e)
{
	autofree char *asc_path = mem_printf("%s.asc", path);

	return file_write_alone(path, payload->data, payload->len, asc_path, 0644, e);
}
