// SPDX-License-Identifier: GPL-2.0-or-later
/* verify: a tag, tarball or feed of a release, held against the repository and the keys. */
#include "common/digest.h"
#include "common/pgp.h"
#include "release/cut.h"
#include "release/edit.h"
#include "release/lint.h"
#include "release/pack.h"
#include "release/tags.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX  (16U << 20)
#define SIG_BEGIN "-----BEGIN PGP SIGNATURE-----"
#define SUMS	  "SHA256SUMS"

struct verify {
	struct rel rel;
	const struct verify_opts *opts;
	struct tags tags;
	struct table *table;
	struct pgp_keyring *keys; /* NULL: none was given */
};

static void tell(struct verify *v, bool good, const char *check, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void tell(struct verify *v, bool good, const char *check, const char *fmt, ...)
{
	autofree char *words = NULL;
	va_list ap;

	va_start(ap, fmt);
	words = mem_vprintf(fmt, ap);
	va_end(ap);
	cell_text(v->table, "%s", check);
	cell_text(v->table, "%s", good ? "ok" : "no");
	cell_text(v->table, "%s", words);
	if (!good)
		report_finding(&v->rel.report);
}

static void tell_unknown(struct verify *v, const char *check, const char *unknown, const char *why)
{
	cell_text(v->table, "%s", check);
	cell_unknown(v->table, "%s", unknown);
	cell_text(v->table, "%s", why);
	report_undetermined(&v->rel.report);
}

/* What was found out by a call that refused. */
static void tell_err(struct verify *v, const char *check, const struct err *e)
{
	tell(v, false, check, "%s", e->text);
}

/* --- signatures ------------------------------------------------------------------------- */
/* The keys of @path, or else those of the settings; NULL in @out where neither names any. */
static int open_keys(struct rel *r, const char *path, struct pgp_keyring **out, struct err *e)
{
	const char *set = config_get(&r->conf, "release.keyring");
	autofree char *from = NULL;

	*out = NULL;
	if (path)
		from = mem_strdup(path);
	else if (set)
		from = config_path(&r->conf, set);
	else
		return 0;
	*out = pgp_keyring_open(from, e);
	return *out ? 0 : -1;
}

/* Bytes, and the signature that is to be of them. */
struct signed_data {
	const void *data, *packet;
	size_t size, packet_size;
};

/* 1: it counts; 0: it does not, and @refused says why. pgp_facts_free() unless it is -1. */
static int weigh(struct pgp_keyring *keys, const char *what, const struct signed_data *d,
		 struct pgp_facts *facts, struct err *refused, struct err *e)
{
	if (pgp_examine(keys, d->packet, d->packet_size, d->data, d->size, facts, e))
		return -1;
	if (facts->state == PGP_BAD)
		err_set(refused, ERR_SIGNATURE,
			"%s: the signature is not of this content: it was changed", what);
	else
		pgp_judge(facts, (int64_t)time(NULL), what, refused);
	return refused->kind == ERR_NONE;
}

static int judge(struct verify *v, const char *check, const char *what, const struct signed_data *d,
		 struct err *e)
{
	struct pgp_facts facts;
	struct err refused = ERR_INIT;
	int ret;

	if (!v->keys) {
		tell_unknown(v, check, "no keys", "give --keyring, or set release.keyring");
		return 0;
	}
	ret = weigh(v->keys, what, d, &facts, &refused, e);
	if (ret < 0)
		return -1;
	if (ret)
		tell(v, true, check, "by %s, key %s", facts.uids[0], facts.fingerprint);
	else
		tell_err(v, check, &refused);
	pgp_facts_free(&facts);
	return 0;
}

/* --- tags ---------------------------------------------------------------------------------- */
/* The head of the tag object says another name than the ref: somebody moved it there. */
static void check_name(struct verify *v, const char *text, const char *name)
{
	const char *line = strstr(text, "\ntag ");
	size_t len = line ? strcspn(line + 5, "\n") : 0;

	if (!line)
		tell(v, false, "name", "the tag object says no name");
	else if (strlen(name) == len && !strncmp(line + 5, name, len))
		tell(v, true, "name", "the tag object says so too");
	else
		tell(v, false, "name", "the tag object is that of %.*s", (int)len, line + 5);
}

/* The tag object of a name: 1 and its content (file_free()); 0: it is a light tag; -1. */
static int read_object(struct git *g, const char *name, struct file_data *f, struct err *e)
{
	autofree char *ref = mem_printf("refs/tags/%s", name);
	char id[GIT_ID_LEN];
	int ret = git_ref_id(g, ref, id, e);

	return ret > 0 ? git_object_get(g, "tag", id, f, e) : ret;
}

/* Parts a tag object into what is signed and the signature; false if it has none. */
static bool split_object(const struct file_data *f, struct signed_data *d)
{
	const char *text = (const char *)f->data;
	const char *sig = text ? strstr(text, SIG_BEGIN) : NULL;

	if (!sig)
		return false;
	d->data = text;
	d->size = (size_t)(sig - text);
	d->packet = sig;
	d->packet_size = f->size - d->size;
	return true;
}

static int check_object(struct verify *v, const char *check, const char *name, struct err *e)
{
	struct file_data f = {0};
	struct signed_data d;
	int ret = read_object(v->rel.git, name, &f, e);

	if (!ret)
		tell(v, false, check, "%s is a light tag: it holds no signature", name);
	else if (ret > 0 && !split_object(&f, &d))
		tell(v, false, check, "%s holds no OpenPGP signature", name);
	else if (ret > 0)
		ret = judge(v, check, name, &d, e);
	if (ret >= 0 && f.data)
		check_name(v, (const char *)f.data, name);
	file_free(&f);
	return ret < 0 ? -1 : 0;
}

int verify_signature(struct rel *r, const char *name, struct err *refused, struct err *e)
{
	struct pgp_keyring *keys = NULL;
	struct file_data f = {0};
	struct pgp_facts facts;
	struct signed_data d;
	int ret = open_keys(r, NULL, &keys, e);

	if (!ret)
		ret = read_object(r->git, name, &f, e);
	if (ret > 0 && split_object(&f, &d)) {
		ret = weigh(keys, name, &d, &facts, refused, e);
		if (ret >= 0)
			pgp_facts_free(&facts);
	} else if (ret >= 0) {
		err_set(refused, ERR_SIGNATURE, "%s: holds no OpenPGP signature", name);
		ret = 0;
	}
	pgp_keyring_close(keys);
	file_free(&f);
	return ret;
}

/* The line that is to be there is there: what `plan` would write changes nothing. */
static int check_line(struct verify *v, const struct line_edit *edit, const char *commit,
		      struct err *e)
{
	struct file_data f = {0};
	struct strbuf out = {0};
	struct err wrong = ERR_INIT;
	const char *text, *line;
	size_t len = 0;
	int ret = git_file(v->rel.git, commit, edit->path, FILE_MAX, &f, e);

	text = (const char *)f.data;
	if (!ret) {
		tell(v, false, "version", "%s: no such file", edit->path);
	} else if (ret > 0 && edit_line(edit->path, text, edit->match, edit->line, &out, &wrong)) {
		tell_err(v, "version", &wrong);
	} else if (ret > 0) {
		line = edit_find(text, edit->match, &len);
		tell(v, !strcmp(out.data, text), "version", "%s says: %.*s", edit->path, (int)len,
		     line ? line : "");
	}
	strbuf_free(&out);
	file_free(&f);
	return ret < 0 ? -1 : 0;
}

static int check_versions(struct verify *v, const struct release_tag *t, struct err *e)
{
	struct runbook b = {.version = t->version};
	char text[VERSION_LEN];
	size_t i;
	int ret;

	b.version_text = version_text(&t->version, text);
	memcpy(b.head, t->ref->id, sizeof(b.head));
	ret = runbook_edits(&b, &v->rel, e);
	for (i = 0; i < b.edit_count && !ret; i++)
		ret = check_line(v, &b.edits[i], t->ref->id, e);
	runbook_free(&b);
	return ret;
}

/* The rule of lint for a released changelog, for this one version. */
static int check_changelog(struct verify *v, const struct release_tag *t, struct err *e)
{
	const char *path = config_get(&v->rel.conf, "lint.changelog");
	char text[VERSION_LEN];
	autofree char *mark = mem_printf("[%s]", version_text(&t->version, text));
	struct file_data f = {0};
	int ret = git_file(v->rel.git, t->ref->id, path, FILE_MAX, &f, e);
	const char *at = ret > 0 ? strstr((const char *)f.data, mark) : NULL;
	size_t len = at ? strcspn(at, "\n") : 0;

	if (!ret)
		tell(v, false, "changelog", "%s: no such file", path);
	else if (ret > 0 && !at)
		tell(v, false, "changelog", "%s has no section of %s", path, text);
	else if (ret > 0)
		tell(v, !memmem(at, len, "UNRELEASED", 10), "changelog", "%s: %.*s", path, (int)len,
		     at);
	file_free(&f);
	return ret < 0 ? -1 : 0;
}

/* A branch of the series, or the main one, has the commit. */
static bool is_home(struct verify *v, const struct git_ref *ref, const struct version *version)
{
	const char *main = config_get(&v->rel.conf, "project.main");
	const char *name = text_starts(ref->name, "origin/") ? ref->name + 7 : ref->name;
	struct version series;

	if (ref->is_tag || ref->broken)
		return false;
	return !strcmp(name, main) || (tags_branch_version(&v->rel, ref->name, &series) &&
				       version_same_series(&series, version));
}

static void check_branch(struct verify *v, const struct release_tag *t)
{
	const struct git_ref *ref;
	struct strbuf names = {0};
	size_t i;

	for (i = 0; i < v->tags.ref_count; i++) {
		ref = &v->tags.refs[i];
		if (!is_home(v, ref, &t->version))
			continue;
		if (git_contains(v->rel.git, ref->id, t->ref->id) == 1) {
			tell(v, true, "branch", "%.12s is on %s", t->ref->id, ref->name);
			strbuf_free(&names);
			return;
		}
		strbuf_addf(&names, "%s%s", names.len ? ", " : "", ref->name);
	}
	tell(v, false, "branch", "%.12s is on no branch of the release: not on %s", t->ref->id,
	     names.len ? names.data : "any");
	strbuf_free(&names);
}

static const struct release_tag *find_tag(struct verify *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->tags.n; i++)
		if (!strcmp(v->tags.v[i].ref->name, name))
			return &v->tags.v[i];
	return NULL;
}

static bool is_tag(const char *what)
{
	(void)what;
	return true;
}

static int verify_tag(struct verify *v, const char *name, struct err *e)
{
	const struct release_tag *t = find_tag(v, name);

	if (!t)
		return err_fail(e,
				"%s: neither a file nor a tag of a release or candidate: tags fit "
				"tag.release or tag.rc",
				name);
	report_fact(&v->rel.report, "commit", "Commit", "%s", t->ref->id);
	if (check_object(v, "signature", name, e) || check_versions(v, t, e))
		return -1;
	if (!t->version.rc && check_changelog(v, t, e))
		return -1;
	check_branch(v, t);
	return 0;
}

/* --- tarballs --------------------------------------------------------------------------------- */
/* "xen-4.9.0" and its tag, of "DIR/xen-4.9.0.tar.gz". */
static const struct release_tag *tag_of_file(struct verify *v, const char *file, char **name)
{
	const char *base = path_base(file);
	const char *project = config_get(&v->rel.conf, "release.tarball-name");
	const char *tar = strstr(base, ".tar.");
	size_t len = strlen(project);
	const struct release_tag *t;
	autofree char *tag = NULL;
	struct version version;

	if (!tar || !pack_known(tar + strlen(".tar.")) || !text_starts(base, project) ||
	    base[len] != '-')
		return NULL;
	*name = mem_strndup(base, (size_t)(tar - base));
	if (!version_parse(*name + len + 1, &version))
		return NULL;
	tag = mem_printf("%s%s", version.rc ? "" : config_get(&v->rel.conf, "tag.prefix"),
			 *name + len + 1);
	t = find_tag(v, tag);
	return t ? t : tags_find(&v->tags, &version);
}

static int check_content(struct verify *v, const char *file, const struct file_data *f,
			 const struct strbuf *tar, struct err *e)
{
	const char *kind = strrchr(file, '.') + 1;
	struct strbuf made = {0}, why = {0};
	struct err unreadable = ERR_INIT;
	int ret = pack_make(kind, tar->data, tar->len, &made, e);

	if (!ret && made.len == f->size && !memcmp(made.data, f->data, f->size)) {
		tell(v, true, "content", "the same bytes as made from the tag");
	} else if (!ret) {
		ret = pack_compare(tar->data, tar->len, f->data, f->size, file, &why, &unreadable);
		if (ret < 0)
			tell_err(v, "content", &unreadable);
		else if (ret)
			tell(v, false, "content", "%s", why.data);
		else
			tell_unknown(v, "content", "compressed to other bytes",
				     "the files in it are those of the tag: compressed by another "
				     "version of the library, or something was added");
		ret = 0;
	}
	strbuf_free(&made);
	strbuf_free(&why);
	return ret;
}

/* The detached signature beside a file. */
static int check_asc(struct verify *v, const char *check, const char *file,
		     const struct file_data *f, struct err *e)
{
	autofree char *path = mem_printf("%s.asc", file);
	struct file_data asc = {0};
	int ret;

	if (!file_exists(path)) {
		tell_unknown(v, check, "no such file", path);
		return 0;
	}
	ret = file_read(path, FILE_MAX, &asc, e);
	if (!ret) {
		struct signed_data d = {f->data, asc.data, f->size, asc.size};

		ret = judge(v, check, path, &d, e);
	}
	file_free(&asc);
	return ret;
}

/* The line of a file in SHA256SUMS, or NULL. */
static const char *sums_line(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len == DIGEST_HEX - 1 + 2 + n && !strncmp(text + len - n, name, n) &&
		    text[DIGEST_HEX - 1] == ' ')
			return text;
		text += len + (text[len] == '\n');
	}
	return NULL;
}

static int check_sums(struct verify *v, const char *file, const struct file_data *f, struct err *e)
{
	autofree char *dir = path_dir(file);
	autofree char *path = path_join(strcmp(dir, ".") ? dir : "", SUMS);
	struct file_data sums = {0};
	const char *line;
	char real[DIGEST_HEX];
	int ret;

	if (!file_exists(path)) {
		tell_unknown(v, "checksum", "no such file", path);
		return 0;
	}
	if (file_read(path, FILE_MAX, &sums, e))
		return -1;
	digest_hex(real, f->data, f->size);
	line = sums_line((const char *)sums.data, path_base(file));
	if (!line)
		tell(v, false, "checksum", "%s has no line of %s", path, path_base(file));
	else if (strncmp(line, real, DIGEST_HEX - 1) != 0)
		tell(v, false, "checksum", "%s says another digest than that of %s", path,
		     path_base(file));
	else
		tell(v, true, "checksum", "%s says %.12s...", path, real);
	ret = check_asc(v, "checksums", path, &sums, e);
	file_free(&sums);
	return ret;
}

static bool is_tarball(const char *what)
{
	return file_exists(what) && !file_is_dir(what);
}

static int verify_tarball(struct verify *v, const char *file, struct err *e)
{
	autofree char *name = NULL;
	const struct release_tag *t = tag_of_file(v, file, &name);
	struct strbuf tar = {0};
	struct file_data f = {0};
	int ret;

	if (!name)
		return err_fail(e,
				"%s: not the name of a tarball: they are %s-VERSION.tar.gz, .xz "
				"or .zst",
				file, config_get(&v->rel.conf, "release.tarball-name"));
	if (!t)
		return err_fail(e, "%s: there is no tag of this version here: fetch it", file);
	report_fact(&v->rel.report, "tag", "Tag", "%s", t->ref->name);
	report_fact(&v->rel.report, "commit", "Commit", "%s", t->ref->id);
	ret = file_read(file, 0, &f, e);
	if (!ret)
		ret = tarball_make(&v->rel, t->ref->id, name, &tar, e);
	if (!ret)
		ret = check_content(v, file, &f, &tar, e);
	if (!ret)
		ret = check_asc(v, "signature", file, &f, e);
	if (!ret)
		ret = check_sums(v, file, &f, e);
	if (!ret)
		ret = check_object(v, "tag", t->ref->name, e);
	strbuf_free(&tar);
	file_free(&f);
	return ret;
}

/* --- the command -------------------------------------------------------------------------------- */
/* What can be verified: the first whose look fits. */
static const struct subject {
	bool (*is)(const char *what);
	int (*run)(struct verify *v, const char *what, struct err *e);
} subjects[] = {
	{is_tarball, verify_tarball},
	{is_tag, verify_tag},
};

static int verify_one(struct verify *v, const char *what, struct err *e)
{
	static const struct column columns[] = {
		{"check", "Check"}, {"verdict", "Verdict"}, {"why", "Why"}, {0}};
	struct report *r = &v->rel.report;
	size_t i = 0;

	if (tags_load(&v->tags, &v->rel, e) || open_keys(&v->rel, v->opts->keyring, &v->keys, e))
		return -1;
	r->title = arena_printf(&r->arena, "Verification of %s", what);
	v->table = report_table(r, "checks", "Checks", columns, NULL);
	while (!subjects[i].is(what))
		i++;
	return subjects[i].run(v, what, e);
}

/* A feed has a verb of its own for this. */
static int verify_feed(struct cli *cli, const struct verify_opts *o, char *dir)
{
	struct feed_opts feed = {
		.rel = o->rel,
		.keyring = o->keyring,
		.state = o->state,
		.require = o->require,
	};
	char word[] = "verify";
	char *argv[] = {word, dir, NULL};

	return feed_run(cli, &feed, 2, argv);
}

int verify_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct verify v = {.opts = opts};
	int ret;

	if (argc == 1 && file_is_dir(argv[0]))
		return verify_feed(cli, v.opts, argv[0]);
	ret = rel_begin(&v.rel, cli, &v.opts->rel, REL_GIT);

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE, "one tag, tarball or feed is needed");
	if (!ret && (v.opts->state || v.opts->require))
		ret = err_set(&cli->err, ERR_USAGE,
			      "--state and --require are for a feed, a folder");
	if (!ret)
		ret = verify_one(&v, argv[0], &cli->err);
	ret = rel_end(&v.rel, ret);
	tags_free(&v.tags);
	pgp_keyring_close(v.keys);
	return ret;
}
