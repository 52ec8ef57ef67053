// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/rel.h"

#include "release/tags.h"
#include "release/tally.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int rel_status(enum err_kind kind)
{
	return kind == ERR_NONE ? 0 : kind == ERR_USAGE ? 2 : 3;
}

int rel_open(struct rel *r, unsigned int needs, struct err *e)
{
	r->git = git_open(r->repo_path, e);
	if (!r->git)
		return -1;
	if ((needs & REL_HISTORY) == REL_HISTORY && git_is_shallow(r->git))
		return err_fail(e,
				"%s: is a shallow clone, its history is cut off and every count "
				"would be wrong: `git fetch --unshallow`",
				r->repo_path);
	return 0;
}

static int by_length(const void *a, const void *b)
{
	const struct area *x = a;
	const struct area *y = b;

	if (x->len != y->len)
		return x->len < y->len ? 1 : -1;
	return strcmp(x->path, y->path);
}

static void read_areas(struct rel *r)
{
	size_t i;

	for (i = 0; i < r->conf.n; i++) {
		const char *key = r->conf.v[i].key;
		struct area *a;

		if (!text_starts(key, "area.") || !text_ends(key, ".path") ||
		    strlen(key) <= strlen("area..path"))
			continue;
		r->areas = mem_grow(r->areas, r->area_count, sizeof(*r->areas));
		a = &r->areas[r->area_count++];
		a->name = arena_strndup(&r->report.arena, key + strlen("area."),
					strlen(key) - strlen("area..path"));
		a->path = r->conf.v[i].value;
		a->len = strlen(a->path);
	}
	if (r->area_count)
		qsort(r->areas, r->area_count, sizeof(*r->areas), by_length);
}

int rel_begin(struct rel *r, struct cli *cli, const struct rel_opts *opts, unsigned int needs)
{
	struct err *e = &cli->err;

	git_pin();
	memset(r, 0, sizeof(*r));
	r->cli = cli;
	r->opts = opts;
	r->repo_path = opts->repo ? opts->repo : ".";
	r->today = day_of_instant((int64_t)time(NULL));
	report_init(&r->report, cli->cmd->name, "%s", "");
	if (opts->at && !day_parse(opts->at, &r->today))
		return err_set(e, ERR_USAGE, "--at %s: not a date: write YYYY-MM-DD", opts->at);
	if (opts->format && format_parse(opts->format, &r->format, e) < 0)
		return -1;
	if (config_load(&r->conf, opts->conf, e) < 0 || tags_check_patterns(&r->conf, e) < 0 ||
	    people_load(&r->people, &r->conf, e) < 0)
		return -1;
	read_areas(r);
	return needs ? rel_open(r, needs, e) : 0;
}

int rel_end(struct rel *r, int status)
{
	struct err *e = &r->cli->err;

	r->report.links = r->opts->links;
	r->report.here = r->opts->here;
	if (!status && e->kind == ERR_NONE)
		report_print(&r->report, r->format, r->opts->part,
			     r->opts->out ? r->opts->out : stdout, e);
	status = e->kind != ERR_NONE ? rel_status(e->kind) : r->report.status;
	report_free(&r->report);
	people_free(&r->people);
	config_free(&r->conf);
	free(r->areas);
	git_close(r->git);
	return status;
}

const char *rel_git_version(struct rel *r)
{
	const char *const argv[] = {"git", "--version", NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;
	const char *out = "git of unknown version";

	if (!proc_run(&p, &e) && !p.status && p.out.len)
		out = arena_strndup(&r->report.arena, p.out.data, strcspn(p.out.data, "\n"));
	proc_free(&p);
	return out;
}

const char *rel_area(const struct rel *r, const char *path)
{
	size_t i;

	for (i = 0; i < r->area_count; i++)
		if (!strncmp(path, r->areas[i].path, r->areas[i].len))
			return r->areas[i].name;
	return "Other";
}

/* More changed lines; where they are as many (binary files have none), more files. */
static bool is_more(const struct count *a, const struct count *b)
{
	return a->added != b->added ? a->added > b->added : a->n > b->n;
}

const char *rel_commit_area(const struct rel *r, const struct commit *c)
{
	struct tally areas = {0};
	const struct count *best = NULL;
	const char *name;
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		const struct change *one = &c->changes[i];
		struct count *n = tally_at(&areas, rel_area(r, one->path));

		n->n++;
		if (one->added >= 0)
			n->added += one->added + one->removed;
	}
	for (i = 0; i < areas.n; i++)
		if (!best || is_more(&areas.v[i], best))
			best = &areas.v[i];
	name = best ? best->name : "Other";
	tally_free(&areas);
	return name;
}

int rel_main(struct rel *r, char id[GIT_ID_LEN], struct err *e)
{
	const char *name = config_get(&r->conf, "project.main");
	autofree char *remote = mem_printf("origin/%s", name);
	struct err ignored = ERR_INIT;
	char theirs[GIT_ID_LEN];
	bool here = !git_resolve(r->git, name, id, &ignored);
	bool there = !git_resolve(r->git, remote, theirs, &ignored);

	/* A local branch that was not brought up to date says nothing of today. */
	if (there && (!here || git_contains(r->git, theirs, id) == 1))
		memcpy(id, theirs, GIT_ID_LEN);
	if (here || there)
		return 0;
	return err_fail(e, "%s: no branch %s or %s: set project.main in the settings", r->repo_path,
			name, remote);
}

const char *rel_author(const struct commit *c)
{
	return *c->author ? c->author : *c->author_mail ? c->author_mail : "(no name)";
}

const char *rel_short(struct rel *r, const char *id)
{
	return arena_strndup(&r->report.arena, id, 12);
}
