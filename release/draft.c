// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the plan of a release from settings and repository. */
#include "release/cut.h"
#include "release/pack.h"
#include "release/tags.h"

#include <stdlib.h>
#include <string.h>

struct draft {
	struct runbook *b;
	struct rel *r;
	struct tags tags;
	const char *asked; /* branch that was named, or NULL */
};

static const char *setting(const struct draft *d, const char *name)
{
	autofree char *key = mem_printf("release.%s", name);

	return config_get(&d->r->conf, key);
}

static const char *settings_name(const struct draft *d)
{
	return d->r->conf.path ? d->r->conf.path : "settings";
}

/* --- version and names ----------------------------------------------------------------- */
static int set_version(struct draft *d, const char *version, struct err *e)
{
	struct runbook *b = d->b;
	struct version *v = &b->version;
	static const char *const want[] = {
		"a candidate: write such as 4.10.0-rc1", "a release: write such as 4.10.0",
		"a point release: write such as 4.10.1", "a series: write such as 4.10"};
	char text[VERSION_LEN];

	if (!version_parse(version, v) || !cut_kind_fits(b->kind, v))
		return err_set(e, ERR_USAGE, "%s: not %s", version, want[b->kind]);
	b->version_text = arena_strdup(&b->arena, version_text(v, text));
	b->project = config_get(&d->r->conf, "project.name");
	return 0;
}

static int set_names(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	struct version v;

	if (b->kind == CUT_BRANCH)
		return 0;
	b->tag_prefix = config_get(&d->r->conf, "tag.prefix");
	b->name = arena_printf(&b->arena, "%s-%s", setting(d, "tarball-name"), b->version_text);
	b->tag = arena_printf(&b->arena, "%s%s", b->version.rc ? "" : b->tag_prefix,
			      b->version_text);
	if (!tag_version(d->r, b->tag, &v) || version_cmp(&v, &b->version) != 0)
		return err_fail(e,
				"%s: fits none of %s of this version: set tag.prefix or the "
				"expression in %s",
				b->tag, b->version.rc ? "tag.rc" : "tag.release", settings_name(d));
	return runbook_expand(b, setting(d, "output"), &b->output, e);
}

/* --- branch ------------------------------------------------------------------------------- */
static int try_branch(struct draft *d, const char *name, struct err *e)
{
	struct runbook *b = d->b;

	b->branch = arena_printf(&b->arena, "refs/heads/%s", name);
	return git_ref_id(d->r->git, b->branch, b->head, e);
}

static int no_branch(const char *name, struct err *e)
{
	return err_fail(e,
			"%s: no such branch here: make it (git branch %s origin/%s), or name "
			"another with --branch",
			name, name, name);
}

/* The branch that a release is made on: the one asked for, that of the series, the main one. */
static int find_branch(struct draft *d, struct err *e)
{
	const char *main = config_get(&d->r->conf, "project.main");
	const char *stable = NULL;
	int ret;

	if (d->asked) {
		ret = try_branch(d, d->asked, e);
		return ret ? ret : no_branch(d->asked, e);
	}
	if (runbook_expand(d->b, setting(d, "branch-name"), &stable, e))
		return -1;
	ret = d->b->kind == CUT_BRANCH ? 0 : try_branch(d, stable, e);
	if (!ret && d->b->kind == CUT_POINT)
		return no_branch(stable, e);
	if (!ret)
		ret = try_branch(d, main, e);
	return ret ? ret : no_branch(main, e);
}

static int set_branch(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	const char *name = NULL;

	if (find_branch(d, e) < 0)
		return -1;
	if (b->kind != CUT_BRANCH)
		return 0;
	/* Where the new one begins is known; from here on it is the new one. */
	if (runbook_expand(b, setting(d, "branch-name"), &name, e))
		return -1;
	b->branch = arena_printf(&b->arena, "refs/heads/%s", name);
	return 0;
}

static int set_tags(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	size_t i;

	for (i = 0; i < d->tags.n; i++) {
		const struct release_tag *t = &d->tags.v[i];
		autofree char *ref = mem_printf("refs/tags/%s", t->ref->name);
		struct pinned *pin;

		if (!version_same_series(&t->version, &b->version))
			continue;
		b->tags = mem_grow(b->tags, b->tag_count, sizeof(*b->tags));
		pin = &b->tags[b->tag_count++];
		pin->name = arena_strdup(&b->arena, t->ref->name);
		if (git_ref_id(d->r->git, ref, pin->id, e) <= 0)
			return err_fail(e, "%s: cannot be read", ref);
	}
	return 0;
}

/* --- who and when ------------------------------------------------------------------------- */
#define NOON (12 * 3600)
#define DAY  (24 * 3600)

static int set_date(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	int64_t head = git_commit_date(d->r->git, b->head);
	char day[DATE_LEN];

	b->date = arena_strdup(&b->arena, day_text(d->r->today, day));
	b->by.when = (int64_t)d->r->today * DAY + NOON;
	if (b->by.when > head)
		return 0;
	b->by.when = head + 1;
	if (day_of_instant(b->by.when) <= d->r->today)
		return 0;
	return err_fail(e,
			"%s: the branch's last commit is of %s, later than the release: set the "
			"clock, or give --at",
			b->date, day_text(day_of_instant(head), day));
}

static int set_person(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	const char *who = setting(d, "committer");
	const char *open = who ? strchr(who, '<') : NULL;
	size_t len = open ? strcspn(open, ">") : 0;

	if (!who && git_person_default(d->r->git, &b->arena, &b->by))
		return 0;
	if (!who)
		return err_fail(e, "committer: git does not know who you are: set "
				   "release.committer, or user.name and user.email of git");
	if (!open || open == who || open[-1] != ' ' || open[len] != '>' || open[len + 1])
		return err_fail(e, "%s: release.committer = %s: write NAME <MAIL>",
				settings_name(d), who);
	b->by.name = arena_strndup(&b->arena, who, (size_t)(open - 1 - who));
	b->by.mail = arena_strndup(&b->arena, open + 1, len - 1);
	return 0;
}

static int set_key(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	unsigned char raw[20];

	b->key = setting(d, "key");
	if (!b->key)
		return err_fail(e,
				"%s: release.key is not set: give the fingerprint of the key "
				"that signs (gpg --list-secret-keys)",
				settings_name(d));
	if (!text_unhex(raw, sizeof(raw), b->key))
		return err_fail(e,
				"%s: release.key = %s: not a fingerprint of 40 digits: "
				"`gpg --list-secret-keys --with-colons` has it",
				settings_name(d), b->key);
	return 0;
}

/* --- files --------------------------------------------------------------------------------- */
/* A built-in file that the project does not have is no part of its releases. */
static bool is_absent(struct draft *d, const char *path)
{
	autofree char *key = mem_printf("version-file.%s.match", path);
	struct file_data f = {0};
	struct err ignored = ERR_INIT;
	bool here = git_file(d->r->git, d->b->head, path, 0, &f, &ignored) > 0;

	file_free(&f);
	return !here && config_is_default(&d->r->conf, key);
}

/* The pairs of match and line of one file, in their order. */
static int add_edits(struct draft *d, const char *path, struct err *e)
{
	struct runbook *b = d->b;
	size_t i = 0, k = 0;
	const char *match;

	while ((match = config_sub_next(&d->r->conf, "version-file", path, "match", &i))) {
		const char *line = config_sub_next(&d->r->conf, "version-file", path, "line", &k);
		struct line_edit edit = {arena_strdup(&b->arena, path), match, NULL};

		if (!line)
			return err_fail(e, "%s: [version-file \"%s\"] has a match without a line",
					settings_name(d), path);
		if (runbook_expand(b, line, &edit.line, e))
			return -1;
		b->edits = mem_grow(b->edits, b->edit_count, sizeof(*b->edits));
		b->edits[b->edit_count++] = edit;
	}
	return 0;
}

int runbook_edits(struct runbook *b, struct rel *r, struct err *e)
{
	struct draft d = {.b = b, .r = r};
	size_t n, i;
	const char **paths = config_subs(&r->conf, "version-file", &n);
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		if (!is_absent(&d, paths[i]))
			ret = add_edits(&d, paths[i], e);
	free((void *)paths);
	return ret;
}

static int set_edits(struct draft *d, struct err *e)
{
	if (d->b->kind != CUT_RC)
		d->b->changelog = config_get(&d->r->conf, "lint.changelog");
	return runbook_edits(d->b, d->r, e);
}

/* The committer acks, if the project has that trailer and takes it from this person. */
static bool acks(const struct draft *d)
{
	const char *manager;
	size_t i = 0;
	bool any = false;

	while ((manager = config_next(&d->r->conf, "freeze.manager", &i))) {
		if (!strcmp(manager, d->b->by.mail))
			return true;
		any = true;
	}
	return !any;
}

static int set_commit(struct draft *d, struct cut_files *f, struct err *e)
{
	struct runbook *b = d->b;
	const char *ack = config_get(&d->r->conf, "freeze.ack");
	struct strbuf text = {0};
	int ret;

	if (cut_files_make(f, d->r->git, b, e))
		return -1;
	memcpy(b->commit, b->head, sizeof(b->commit));
	if (!f->n)
		return 0;
	strbuf_addf(&text, b->kind == CUT_RC ? "Prepare %s\n" : "Update for the %s release\n",
		    b->version_text);
	if (ack && *ack && acks(d))
		strbuf_addf(&text, "\n%s: %s <%s>\n", ack, b->by.name, b->by.mail);
	b->message = arena_strdup(&b->arena, text.data);
	strbuf_free(&text);
	ret = git_commit_put(d->r->git, b->head, f->v, f->n, &b->by, b->message, b->commit, e);
	return ret;
}

/* --- what comes out ----------------------------------------------------------------------- */
static int set_tarballs(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	const char *s = setting(d, "tarballs");
	size_t len;

	for (; *s; s += len) {
		const char *kind;

		s += strspn(s, ", ");
		len = strcspn(s, ", ");
		if (!len)
			break;
		kind = arena_strndup(&b->arena, s, len);
		if (!pack_known(kind))
			return err_fail(e, "%s: release.tarballs: %s: one of gz, xz, zst",
					settings_name(d), kind);
		b->tarballs = mem_grow((void *)b->tarballs, b->tarball_count, sizeof(*b->tarballs));
		b->tarballs[b->tarball_count++] = kind;
	}
	if (!b->tarball_count)
		return err_fail(e, "%s: release.tarballs: names none", settings_name(d));
	return 0;
}

static int set_publish(struct draft *d, struct err *e)
{
	struct runbook *b = d->b;
	const char *short_tag = b->tag;
	const char *command;
	size_t i = 0;
	int ret = 0;

	/* A branch and a tag of one name would be ambiguous. */
	if (b->tag)
		b->tag = arena_printf(&b->arena, "refs/tags/%s", b->tag);
	while (!ret && (command = config_next(&d->r->conf, "release.publish", &i))) {
		const char *out = NULL;
		size_t len;

		ret = runbook_expand(b, command, &out, e);
		if (ret)
			break;
		len = strlen(out);
		while (len && out[len - 1] == ' ')
			len--;
		b->publish = mem_grow((void *)b->publish, b->publish_count, sizeof(*b->publish));
		b->publish[b->publish_count++] = arena_strndup(&b->arena, out, len);
	}
	b->tag = short_tag;
	return ret;
}

static int make(struct draft *d, const char *version, struct cut_files *f, struct err *e)
{
	if (set_version(d, version, e) || set_names(d, e) || set_branch(d, e) || set_tags(d, e) ||
	    set_person(d, e) || set_date(d, e))
		return -1;
	if (d->b->kind != CUT_BRANCH && (set_key(d, e) || set_edits(d, e) || set_tarballs(d, e)))
		return -1;
	return set_commit(d, f, e) || set_publish(d, e) ? -1 : 0;
}

int runbook_make(struct runbook *b, struct rel *r, enum cut_kind kind, const char *version,
		 const char *branch, struct err *e)
{
	struct draft d = {.b = b, .r = r, .asked = branch};
	struct cut_files f = {0};
	int ret;

	memset(b, 0, sizeof(*b));
	b->kind = kind;
	ret = tags_load(&d.tags, r, e);
	if (!ret)
		ret = git_keep_nothing(r->git, e);
	if (!ret)
		ret = make(&d, version, &f, e);
	if (!ret) {
		cut_add_checks(b);
		cut_add_steps(b, &f);
	}
	cut_files_free(&f);
	tags_free(&d.tags);
	return ret;
}
