// SPDX-License-Identifier: GPL-2.0-or-later
/* Steps that make files for a server: tarballs, sums, signatures, announcement. */
#include "common/pgp.h"
#include "release/cut.h"
#include "release/pack.h"
#include "release/tags.h"

#include <string.h>

#define SUMS "SHA256SUMS"

/* Says the output's name, writes it (not in a dry run) and puts it into the record. */
static int put(struct cut *c, const char *name, const void *data, size_t size, struct json *record,
	       struct err *e)
{
	autofree char *path = cut_path(c, name);
	char sum[DIGEST_HEX];
	struct json *one;

	file_sweep(path);
	if (dir_make(c->out, e) || file_write(path, data, size, 0644, e))
		return -1;
	digest_hex(sum, data, size);
	one = json_new_object();
	json_put_str(one, "file", name);
	json_put_str(one, "sha256", sum);
	json_put_int(one, "size", (int64_t)size);
	if (!json_get(record, "outputs"))
		json_put(record, "outputs", json_new_array());
	json_add(json_get(record, "outputs"), one);
	return 0;
}

static void say_file(struct cut *c, const char *name)
{
	autofree char *path = cut_path(c, name);

	cut_say(c, "%s", path);
}

/* The digest that the journal has of an output; NULL: of none of this name. */
static const char *sum_of(const struct cut *c, const char *name)
{
	size_t i, k;

	for (i = c->log.n; i-- > 0;) {
		const struct json *outputs = json_get(c->log.v[i], "outputs");

		for (k = 0; json_is_array(outputs) && k < json_size(outputs); k++) {
			const char *file = json_get_str(json_at(outputs, k), "file");

			if (file && !strcmp(file, name))
				return json_get_str(json_at(outputs, k), "sha256");
		}
	}
	return NULL;
}

/* Reads an output that is still what the journal says. */
static int take_back(struct cut *c, const char *name, struct file_data *f, struct err *e)
{
	autofree char *path = cut_path(c, name);
	const char *sum = sum_of(c, name);
	char real[DIGEST_HEX];

	if (file_read(path, 0, f, e))
		return -1;
	digest_hex(real, f->data, f->size);
	if (sum && !strcmp(real, sum))
		return 0;
	return err_set(e, ERR_STATE, "%s: not as the journal says: find out who changed it", path);
}

static char *tarball_name(const struct cut *c, size_t i)
{
	return mem_printf("%s.tar.%s", c->book->name, c->book->tarballs[i]);
}

/* --- steps ------------------------------------------------------------------------------- */
static int put_tarball(struct cut *c, size_t i, struct json *record, struct err *e)
{
	autofree char *name = tarball_name(c, i);
	struct strbuf packed = {0};
	int ret = 0;

	say_file(c, name);
	if (c->dry)
		return 0;
	if (!c->tar.len)
		ret = tarball_make(c->rel, c->book->commit, c->book->name, &c->tar, e);
	if (!ret)
		ret = pack_make(c->book->tarballs[i], c->tar.data, c->tar.len, &packed, e);
	if (!ret)
		ret = put(c, name, packed.data, packed.len, record, e);
	strbuf_free(&packed);
	return ret;
}

int step_tarballs(struct cut *c, struct json *record, struct err *e)
{
	size_t i;

	for (i = 0; i < c->book->tarball_count; i++)
		if (put_tarball(c, i, record, e))
			return -1;
	return 0;
}

/* Lines as of sha256sum(1), each begun with @indent. */
static int add_sums(struct cut *c, const char *indent, struct strbuf *out, struct err *e)
{
	size_t i;

	for (i = 0; i < c->book->tarball_count; i++) {
		autofree char *name = tarball_name(c, i);
		const char *sum = sum_of(c, name);

		if (!sum)
			return err_fail(e, "%s: the journal has no digest of %s: begin anew",
					c->log.path, name);
		strbuf_addf(out, "%s%s  %s\n", indent, sum, name);
	}
	return 0;
}

int step_sums(struct cut *c, struct json *record, struct err *e)
{
	struct strbuf text = {0};
	int ret;

	say_file(c, SUMS);
	if (c->dry)
		return 0;
	ret = add_sums(c, "", &text, e);
	if (!ret)
		ret = put(c, SUMS, text.data ? text.data : "", text.len, record, e);
	strbuf_free(&text);
	return ret;
}

static int sign_one(struct cut *c, const char *name, struct json *record, struct err *e)
{
	autofree char *asc = mem_printf("%s.asc", name);
	struct pgp_made made = {0};
	struct file_data f = {0};
	int ret;

	say_file(c, asc);
	if (c->dry)
		return 0;
	ret = take_back(c, name, &f, e);
	if (!ret)
		ret = pgp_sign(c->book->key, f.data, f.size, true, &made, e);
	if (!ret)
		ret = put(c, asc, made.packet, made.size, record, e);
	pgp_made_free(&made);
	file_free(&f);
	return ret;
}

int step_sign(struct cut *c, struct json *record, struct err *e)
{
	size_t i;

	for (i = 0; i < c->book->tarball_count; i++) {
		autofree char *name = tarball_name(c, i);

		if (sign_one(c, name, record, e))
			return -1;
	}
	return sign_one(c, SUMS, record, e);
}

static int draft(struct cut *c, struct strbuf *out, struct err *e)
{
	const struct runbook *b = c->book;
	struct git_ref ref = {.name = b->tag, .is_tag = true, .is_signed = true};
	struct release_tag tag = {.version = b->version, .ref = &ref, .when = b->by.when};

	memcpy(ref.id, b->commit, sizeof(ref.id));
	announce_mail(c->rel, &tag, out);
	strbuf_addf(out,
		    "\nSHA-256 of the tarballs; they, the list of these digests and the tag are\n"
		    "signed with key %s:\n\n",
		    b->key);
	return add_sums(c, "", out, e);
}

int step_announce(struct cut *c, struct json *record, struct err *e)
{
	struct strbuf text = {0};
	int ret;

	say_file(c, "ANNOUNCEMENT");
	if (c->dry)
		return 0;
	ret = draft(c, &text, e);
	if (!ret)
		ret = put(c, "ANNOUNCEMENT", text.data, text.len, record, e);
	strbuf_free(&text);
	return ret;
}

int step_publish(struct cut *c, struct json *record, struct err *e)
{
	const struct json *go = relog_find(&c->log, "go", "publish");
	const char *who = json_get_str(go, "who");

	(void)record;
	(void)e;
	if (who)
		cut_say(c, "published by %s", who);
	return 0;
}
