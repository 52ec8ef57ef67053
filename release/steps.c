// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps of a plan, in order, each with its lines in the journal. */
#include "release/cut.h"

#include <stdlib.h>
#include <string.h>

static bool with_versions(const struct runbook *b, const struct cut_files *f)
{
	(void)b;
	return f->n > (f->rolled < f->n);
}

static bool with_changelog(const struct runbook *b, const struct cut_files *f)
{
	(void)b;
	return f->rolled < f->n;
}

static bool with_files(const struct runbook *b, const struct cut_files *f)
{
	(void)b;
	return f->n > 0;
}

static bool for_release(const struct runbook *b, const struct cut_files *f)
{
	(void)f;
	return b->kind != CUT_BRANCH;
}

static bool for_branch(const struct runbook *b, const struct cut_files *f)
{
	(void)f;
	return b->kind == CUT_BRANCH;
}

static bool with_commands(const struct runbook *b, const struct cut_files *f)
{
	(void)f;
	return b->publish_count > 0;
}

/* What a person is to do before --go, for a step that is manual by its nature. */
static void tell_commands(struct cut *c)
{
	size_t i;

	for (i = 0; i < c->book->publish_count; i++)
		cut_say(c, "to do: %s", c->book->publish[i]);
}

static const struct step {
	const char *name;
	const char *what;
	bool (*needed)(const struct runbook *b, const struct cut_files *f);
	step_fn run;
	void (*tell)(struct cut *c);
} steps[] = {
	{"version-files", "set the version in the files that say it", with_versions, step_versions,
	 NULL},
	{"changelog", "close the open section of the changelog", with_changelog, step_changelog,
	 NULL},
	{"commit", "commit that to the branch", with_files, step_commit, NULL},
	{"branch", "make the branch", for_branch, step_branch, NULL},
	{"tag", "make the signed tag", for_release, step_tag, NULL},
	{"tarballs", "make the tarballs", for_release, step_tarballs, NULL},
	{"checksums", "write SHA256SUMS", for_release, step_sums, NULL},
	{"signatures", "sign tarballs and SHA256SUMS", for_release, step_sign, NULL},
	{"announcement", "draft the announcement", for_release, step_announce, NULL},
	{"publish", "a person publishes it", with_commands, step_publish, tell_commands},
};

static const struct step *step_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!strcmp(steps[i].name, name))
			return &steps[i];
	return NULL;
}

void cut_add_steps(struct runbook *b, const struct cut_files *f)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (!steps[i].needed(b, f))
			continue;
		b->steps = mem_grow(b->steps, b->step_count, sizeof(*b->steps));
		b->steps[b->step_count].name = steps[i].name;
		b->steps[b->step_count].what = steps[i].what;
		b->steps[b->step_count++].manual = steps[i].tell != NULL;
	}
}

bool cut_has_step(const struct runbook *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->step_count; i++)
		if (!strcmp(b->steps[i].name, name))
			return true;
	return false;
}

static int note(struct cut *c, const char *event, const char *who, struct err *e)
{
	char at[CUT_NOW_LEN];
	struct json *record = relog_record(event, c->step, cut_now(c, at));

	if (who)
		json_put_str(record, "who", who);
	return relog_add(&c->log, record, e);
}

static int do_step(struct cut *c, const struct step *s, struct err *e)
{
	char at[CUT_NOW_LEN];
	struct json *record;

	if (!relog_find(&c->log, "begin", s->name) && note(c, "begin", NULL, e))
		return -1;
	record = relog_record("done", s->name, cut_now(c, at));
	if (s->run(c, record, e)) {
		json_unref(record);
		return -1;
	}
	return relog_add(&c->log, record, e);
}

/* Says the call that goes on, with the options that this one was given. */
static void say_go_on(struct cut *c, bool manual)
{
	const struct rel_opts *o = c->rel->opts;

	cut_say(c, "%s: xsplice-release run %s%s%s%s%s --resume%s",
		manual ? "when it is done" : "stopped here, as asked: go on with", c->plan,
		o->repo ? " -C " : "", o->repo ? o->repo : "", o->conf ? " -c " : "",
		o->conf ? o->conf : "", manual ? " --go \"YOUR NAME\"" : "");
}

/* 1: a person has to say go. */
static int ask_go(struct cut *c, const struct step *s, const struct item *item, const char **go,
		  struct err *e)
{
	if (relog_find(&c->log, "go", s->name))
		return 0;
	if (*go) {
		cut_say(c, "go, says %s", *go);
		if (note(c, "go", *go, e))
			return -1;
		*go = NULL;
		return 0;
	}
	cut_say(c, "manual: %s", item->what);
	if (s->tell)
		s->tell(c);
	say_go_on(c, true);
	return 1;
}

static int one_step(struct cut *c, const struct item *item, const char **go, struct err *e)
{
	const struct step *s = step_of(item->name);
	int ret;

	c->step = s->name;
	if (relog_find(&c->log, "done", s->name)) {
		cut_say(c, "done before");
		return 0;
	}
	ret = item->manual ? ask_go(c, s, item, go, e) : 0;
	return ret ? ret : do_step(c, s, e);
}

int cut_steps(struct cut *c, const char *until, const char *go, struct err *e)
{
	const struct runbook *b = c->book;
	size_t i;

	for (i = 0; i < b->step_count; i++) {
		int ret = one_step(c, &b->steps[i], &go, e);

		if (ret)
			return ret;
		if (until && !strcmp(until, b->steps[i].name) && i + 1 < b->step_count) {
			say_go_on(c, false);
			return 0;
		}
	}
	c->step = "run";
	cut_say(c, "all done");
	return 0;
}

/* --- what was done is still there ---------------------------------------------------- */
static int ref_unchanged(struct cut *c, const struct json *one, struct err *e)
{
	const char *ref = json_get_str(one, "ref");
	const char *id = json_get_str(one, "id");
	char now_at[GIT_ID_LEN];
	int ret;

	if (!ref || !id)
		return err_fail(e, "%s: names no ref: the journal was changed", c->log.path);
	ret = git_ref_id(c->rel->git, ref, now_at, e);
	if (ret < 0)
		return -1;
	if (!ret)
		return err_set(e, ERR_STATE, "%s: is gone, which this run has made at %.12s", ref,
			       id);
	/* Others may have gone on from the branch. */
	if (!strcmp(now_at, id) ||
	    (text_starts(ref, "refs/heads/") && git_contains(c->rel->git, now_at, id) == 1))
		return 0;
	return err_set(e, ERR_STATE,
		       "%s: has moved: this run has made it at %.12s, it is at %.12s: find out by "
		       "whom",
		       ref, id, now_at);
}

/* Adds the name of an output that is not what it was. */
static int output_unchanged(struct cut *c, const struct json *one, struct strbuf *names,
			    struct err *e)
{
	const char *file = json_get_str(one, "file");
	const char *sum = json_get_str(one, "sha256");
	autofree char *path = NULL;
	struct file_data f = {0};
	char real[DIGEST_HEX] = "";
	struct err gone = ERR_INIT;

	if (!file || !sum || strchr(file, '/'))
		return err_fail(e, "%s: names no output: the journal was changed", c->log.path);
	path = cut_path(c, file);
	if (!file_read(path, 0, &f, &gone))
		digest_hex(real, f.data, f.size);
	if (strcmp(real, sum) != 0)
		strbuf_addf(names, "%s%s%s", names->len ? ", " : "", path, *real ? "" : " (gone)");
	file_free(&f);
	return 0;
}

static int record_unchanged(struct cut *c, const struct json *record, struct strbuf *names,
			    struct err *e)
{
	const struct json *refs = json_get(record, "refs");
	const struct json *outputs = json_get(record, "outputs");
	size_t i;

	for (i = 0; json_is_array(refs) && i < json_size(refs); i++)
		if (ref_unchanged(c, json_at(refs, i), e))
			return -1;
	for (i = 0; json_is_array(outputs) && i < json_size(outputs); i++)
		if (output_unchanged(c, json_at(outputs, i), names, e))
			return -1;
	return 0;
}

int cut_unchanged(struct cut *c, struct err *e)
{
	struct strbuf names = {0};
	size_t i;
	int ret = 0;

	for (i = 0; i < c->log.n && !ret; i++)
		ret = record_unchanged(c, c->log.v[i], &names, e);
	if (!ret && names.len)
		ret = err_set(e, ERR_STATE,
			      "%s: not as the journal says: find out who changed it, and put it "
			      "back or begin anew with another plan",
			      names.data);
	strbuf_free(&names);
	return ret;
}
