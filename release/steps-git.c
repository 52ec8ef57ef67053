// SPDX-License-Identifier: GPL-2.0-or-later
/* Steps that make objects and refs: version files, changelog, commit, tag, branch. */
#include "common/pgp.h"
#include "release/cut.h"
#include "release/edit.h"

#include <string.h>

/* A list in the record, made when it is first needed. */
static struct json *list_of(struct json *record, const char *key)
{
	struct json *list = json_get(record, key);

	if (list)
		return list;
	json_put(record, key, json_new_array());
	return json_get(record, key);
}

static void add_ref(struct json *record, const char *ref, const char *id)
{
	struct json *one = json_new_object();

	json_put_str(one, "ref", ref);
	json_put_str(one, "id", id);
	json_add(list_of(record, "refs"), one);
}

/* Writes the content, to be found by whoever wants to see it before the commit. */
static int put_file(struct cut *c, const struct git_edit *edit, struct json *record, struct err *e)
{
	struct json *one;
	char id[GIT_ID_LEN];

	if (git_object_put(c->rel->git, "blob", edit->data, edit->size, id, e))
		return -1;
	one = json_new_object();
	json_put_str(one, "path", edit->path);
	json_put_str(one, "id", id);
	json_add(list_of(record, "files"), one);
	return 0;
}

/* --- files -------------------------------------------------------------------------------- */
static void say_lines(struct cut *c, const struct git_edit *edit)
{
	const struct runbook *b = c->book;
	size_t i, len;

	for (i = 0; i < b->edit_count; i++) {
		const char *line;

		if (strcmp(b->edits[i].path, edit->path) != 0)
			continue;
		line = edit_find(edit->data, b->edits[i].match, &len);
		if (line)
			cut_say(c, "%s: %.*s", edit->path, (int)len, line);
		else
			cut_say(c, "%s: %s", edit->path, b->edits[i].line);
	}
}

int step_versions(struct cut *c, struct json *record, struct err *e)
{
	size_t i;

	for (i = 0; i < c->files.n; i++) {
		if (i == c->files.rolled)
			continue;
		say_lines(c, &c->files.v[i]);
		if (put_file(c, &c->files.v[i], record, e))
			return -1;
	}
	return 0;
}

int step_changelog(struct cut *c, struct json *record, struct err *e)
{
	if (c->files.rolled >= c->files.n)
		return err_fail(e, "%s: nothing to roll: make a new plan", c->book->changelog);
	cut_say(c, "%s: the open section becomes %s of %s", c->book->changelog,
		c->book->version_text, c->book->date);
	return put_file(c, &c->files.v[c->files.rolled], record, e);
}

/* --- commit --------------------------------------------------------------------------------- */
static int move_branch(struct cut *c, const char *id, struct err *e)
{
	const struct runbook *b = c->book;
	struct git *g = c->rel->git;
	enum git_checkout out = git_checked_out(g, b->branch);

	if (out == GIT_OUT_ELSEWHERE)
		return err_set(e, ERR_STATE,
			       "%s: is checked out in another work tree: run the plan there",
			       cut_branch(c));
	if (out == GIT_OUT_HERE && git_files_clean(g, b->head, c->files.v, c->files.n, e))
		return -1;
	if (git_ref_set(g, b->branch, b->head, id, b->message, e))
		return -1;
	return out == GIT_OUT_HERE ? git_files_update(g, id, c->files.v, c->files.n, e) : 0;
}

int step_commit(struct cut *c, struct json *record, struct err *e)
{
	const struct runbook *b = c->book;
	char id[GIT_ID_LEN];

	if (!b->message)
		return err_fail(e, "%s: has a step commit, but no message: make a new plan",
				c->plan);
	if (git_commit_put(c->rel->git, b->head, c->files.v, c->files.n, &b->by, b->message, id, e))
		return -1;
	if (strcmp(id, b->commit) != 0)
		return err_fail(e,
				"commit: becomes %.12s, not %.12s as was planned: the plan was "
				"changed by hand: make a new one",
				id, b->commit);
	cut_say(c, "%s on %s: %.*s", id, cut_branch(c), (int)strcspn(b->message, "\n"), b->message);
	add_ref(record, b->branch, id);
	return c->dry ? 0 : move_branch(c, id, e);
}

int step_branch(struct cut *c, struct json *record, struct err *e)
{
	const struct runbook *b = c->book;

	cut_say(c, "%s at %s", cut_branch(c), b->head);
	add_ref(record, b->branch, b->head);
	return c->dry ? 0 : git_ref_set(c->rel->git, b->branch, NULL, b->head, "branch", e);
}

/* --- tag ----------------------------------------------------------------------------------------- */
/* All of the tag object but the signature (gitformat-signature(5), git-mktag(1)). */
static void tag_text(const struct runbook *b, struct strbuf *out)
{
	strbuf_addf(out, "object %s\ntype commit\ntag %s\ntagger %s <%s> %lld +0000\n\n%s %s\n",
		    b->commit, b->tag, b->by.name, b->by.mail, (long long)b->by.when, b->project,
		    b->version_text);
}

/* The tag that a killed run has signed, if it is there: 1, else 0. */
static int signed_before(struct cut *c, const struct strbuf *text, char id[GIT_ID_LEN],
			 struct err *e)
{
	const struct json *record = relog_find(&c->log, "signed", "tag");
	const char *object = json_get_str(record, "object");
	struct file_data f = {0};
	int ret;

	if (!record || !object || strlen(object) != GIT_ID_LEN - 1)
		return 0;
	ret = git_object_get(c->rel->git, "tag", object, &f, e);
	if (ret > 0) {
		ret = text_starts((const char *)f.data, text->data);
		memcpy(id, object, GIT_ID_LEN);
	}
	file_free(&f);
	return ret;
}

/* Signs, writes the object and says so in the journal, all before a ref leads to it. */
static int sign_tag(struct cut *c, struct strbuf *text, char id[GIT_ID_LEN], struct err *e)
{
	struct pgp_made made = {0};
	struct json *record;
	char at[CUT_NOW_LEN];
	int ret = pgp_sign(c->book->key, text->data, text->len, true, &made, e);

	if (!ret) {
		strbuf_add(text, (const char *)made.packet, made.size);
		ret = git_object_put(c->rel->git, "tag", text->data, text->len, id, e);
	}
	if (!ret) {
		record = relog_record("signed", "tag", cut_now(c, at));
		json_put_str(record, "object", id);
		json_put_str(record, "fingerprint", made.fingerprint);
		ret = relog_add(&c->log, record, e);
	}
	pgp_made_free(&made);
	return ret;
}

int step_tag(struct cut *c, struct json *record, struct err *e)
{
	const struct runbook *b = c->book;
	autofree char *ref = mem_printf("refs/tags/%s", b->tag);
	struct strbuf text = {0};
	char id[GIT_ID_LEN];
	int ret;

	cut_say(c, "%s at %s, by %s <%s>, signed with key %s", b->tag, b->commit, b->by.name,
		b->by.mail, b->key);
	if (c->dry)
		return 0;
	tag_text(b, &text);
	ret = signed_before(c, &text, id, e);
	if (!ret)
		ret = sign_tag(c, &text, id, e);
	if (ret >= 0)
		ret = git_ref_set(c->rel->git, ref, NULL, id, "release", e);
	if (!ret)
		add_ref(record, ref, id);
	strbuf_free(&text);
	return ret;
}
