// SPDX-License-Identifier: GPL-2.0-or-later
/* site: every report as one static web site: plain files, no script. */
#include "release/tags.h"
#include "release/why.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the folder of every site: what may be replaced by the next one. */
#define MARK "site.json"
static const char mark_content[] = "{\"made-by\": \"xsplice-release site\"}\n";

struct page {
	const char *file;
	const char *title;
	const char *what; /* for the first page */
	bool in_bar;
	/* A verb and its operand, or an object of `why`. */
	int (*run)(struct cli *cli, void *opts, int argc, char **argv);
	const char *operand;
	const char *object;
	char *html; /* made */
	size_t size;
};

struct site {
	struct rel rel;
	const struct site_opts *opts;
	struct page *v;
	size_t n;
	struct page_link *links;
	struct chain chain;
	struct payloads payloads;
	bool has_chain;
};

/* Room for the largest options of a verb; each begins with its struct rel_opts. */
union verb_opts {
	struct rel_opts rel;
	struct schedule_opts schedule;
	struct update_opts update;
	struct rel_plain plain;
	struct advisory_opts advisory;
	struct feed_opts feed;
};

/* --- which pages there are ------------------------------------------------------------------ */
static struct page *add(struct site *s, const char *file, const char *title, const char *what,
			bool in_bar)
{
	struct page *p;

	s->v = mem_grow(s->v, s->n, sizeof(*s->v));
	p = &s->v[s->n++];
	memset(p, 0, sizeof(*p));
	p->file = file;
	p->title = title;
	p->what = what;
	p->in_bar = in_bar;
	return p;
}

static void add_verb(struct site *s, const char *file, const char *title, const char *what,
		     int (*run)(struct cli *, void *, int, char **), const char *operand)
{
	struct page *p = add(s, file, title, what, true);

	p->run = run;
	p->operand = operand;
}

static void add_object(struct site *s, const char *kind, const char *name, const char *object)
{
	struct strbuf file = {0};
	const char *c;

	/* A name is anything; a file's is not, and no two names give the same. */
	strbuf_addf(&file, "%s-", kind);
	for (c = name; *c; c++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", *c))
			strbuf_addc(&file, *c);
		else
			strbuf_addf(&file, "_%02x", (unsigned char)*c);
	strbuf_adds(&file, ".html");
	add(s, arena_strdup(&s->rel.report.arena, file.data), name, "", false)->object = object;
	strbuf_free(&file);
}

static int add_chain(struct site *s, struct err *e)
{
	size_t i;

	if (!config_get(&s->rel.conf, "advisory.path"))
		return 0;
	s->has_chain = true;
	if (chain_load(&s->chain, &s->rel, e) < 0 || payloads_load(&s->payloads, &s->rel, e) < 0)
		return -1;
	add_verb(s, "advisories.html", "Advisories", "What became of each advisory on each branch.",
		 advisory_run, "matrix");
	if (s->chain.build_count) {
		add_verb(s, "livepatch.html", "Live patches",
			 "Which build has which fix, as code or as a live payload.", livepatch_run,
			 "matrix");
		add_verb(s, "gaps.html", "Gaps", "Open holes, and days of exposure.", livepatch_run,
			 "gaps");
	}
	for (i = 0; i < s->chain.records.n; i++)
		add_object(s, "advisory", s->chain.records.v[i].id, s->chain.records.v[i].id);
	for (i = 0; i < s->chain.build_count; i++)
		add_object(s, "build", s->chain.builds[i].name, s->chain.builds[i].name);
	for (i = 0; i < s->payloads.n; i++)
		if (!s->payloads.v[i].flaw)
			add_object(s, "payload", s->payloads.v[i].file, s->payloads.v[i].file);
	return 0;
}

static int add_pages(struct site *s, struct err *e)
{
	const struct config *c = &s->rel.conf;
	const char *range = config_get(c, "site.roadmap");
	size_t cycles;
	const char **names = config_subs(c, "cycle", &cycles);

	free(names);
	add(s, "index.html", config_get(c, "project.name"), "", true);
	if (cycles)
		add_verb(s, "schedule.html", "Schedule",
			 "Planned dates, and what is wrong with them.", schedule_run, "check");
	if (range && config_get(c, "site.features"))
		add_verb(s, "roadmap.html", "Road map", "Features: done, under way, slipped.",
			 update_run, range);
	add_verb(s, "cycles.html", "Cycles", "Planned and actual dates of every series.", cycle_run,
		 NULL);
	add_verb(s, "support.html", "Support", "Until when each series is maintained.", support_run,
		 NULL);
	if (config_get(c, "feed.path"))
		add_verb(s, "feed.html", "Feed",
			 "What hosts pull: payloads by build, in their order.", feed_run, "show");
	return add_chain(s, e);
}

static void make_links(struct site *s)
{
	size_t i;

	s->links = mem_zalloc(s->n + 1, sizeof(*s->links));
	for (i = 0; i < s->n; i++)
		s->links[i] = (struct page_link){s->v[i].file, s->v[i].title, s->v[i].in_bar};
}

/* --- making one ------------------------------------------------------------------------------- */
static void show_next(struct site *s, struct report *rep)
{
	static const struct column columns[] = {
		{"day", "Day"}, {"series", "Series"}, {"what", "What"}, {0}};
	struct table *t = report_table(rep, "next", "Next dates", columns, NULL);
	const struct config *c = &s->rel.conf;
	size_t n, i;
	const char **names = config_subs(c, "cycle", &n);
	size_t k;

	for (i = 0; i < n; i++) {
		autofree char *prefix = mem_printf("cycle.%s.", names[i]);

		for (k = 0; k < c->n; k++) {
			int32_t day;

			if (!text_starts(c->v[k].key, prefix) || !day_parse(c->v[k].value, &day) ||
			    day < s->rel.today)
				continue;
			cell_day(t, day);
			cell_text(t, "%s", names[i]);
			cell_text(t, "%s", c->v[k].key + strlen(prefix));
		}
	}
	free(names);
}

static int show_index(struct site *s, struct rel *r, struct err *e)
{
	static const struct column columns[] = {{"page", "Page"}, {"what", "What"}, {0}};
	struct report *rep = &r->report;
	struct tags tags;
	struct table *t;
	size_t i, last;
	int ret = tags_load(&tags, r, e);

	rep->title = arena_printf(&rep->arena, "%s: releases and security",
				  config_get(&s->rel.conf, "project.name"));
	report_fact_day(rep, "today", "As of", s->rel.today);
	for (last = tags.n; !ret && last && tags.v[last - 1].version.rc; last--)
		;
	if (!ret && last)
		report_fact(rep, "release", "Latest release", "%s", tags.v[last - 1].ref->name);
	show_next(s, rep);
	t = report_table(rep, "pages", "Pages", columns, NULL);
	for (i = 1; i < s->n; i++)
		if (s->v[i].in_bar) {
			cell_text(t, "%s", s->v[i].title);
			cell_text(t, "%s", s->v[i].what);
		}
	tags_free(&tags);
	return ret;
}

/* A page that no verb makes: the first one, and evidence. */
static int make_own(struct site *s, struct page *p, FILE *to, struct err *e)
{
	/* A report of its own; settings, repository and date are the site's. */
	struct rel r = s->rel;
	int ret;

	report_init(&r.report, "site", "%s", p->title);
	ret = p->object ? why_report(&r, &s->chain, &s->payloads, p->object, e)
			: show_index(s, &r, e);
	r.report.links = s->links;
	r.report.here = p->file;
	if (!ret)
		ret = report_print(&r.report, FORMAT_HTML, NULL, to, e);
	report_free(&r.report);
	return ret;
}

static int make_verb(struct site *s, struct page *p, FILE *to, struct err *e)
{
	union verb_opts o = {.rel = *s->rel.opts};
	struct cli cli = *s->rel.cli;
	autofree char *features = NULL;
	autofree char *feed = NULL;
	int argc = p->operand != NULL;
	char *argv[] = {(char *)(uintptr_t)p->operand, NULL, NULL};

	o.rel.format = "html";
	o.rel.part = NULL;
	o.rel.out = to;
	o.rel.links = s->links;
	o.rel.here = p->file;
	if (p->run == update_run) {
		features = config_path(&s->rel.conf, config_get(&s->rel.conf, "site.features"));
		o.update.features = features;
	}
	if (p->run == feed_run) {
		feed = config_path(&s->rel.conf, config_get(&s->rel.conf, "feed.path"));
		argv[argc++] = feed;
	}
	err_clear(&cli.err);
	p->run(&cli, &o, argc, argv);
	if (cli.err.kind == ERR_NONE)
		return 0;
	return err_fail(e, "%s: cannot be made: %s", p->file, cli.err.text);
}

static int make(struct site *s, struct page *p, struct err *e)
{
	FILE *to = open_memstream(&p->html, &p->size);
	int ret;

	if (!to)
		return err_fail(e, "%s: no memory", p->file);
	ret = p->run ? make_verb(s, p, to, e) : make_own(s, p, to, e);
	fclose(to);
	return ret;
}

/* --- putting it in place ------------------------------------------------------------------------ */
static int write_pages(struct site *s, const char *dir, struct err *e)
{
	size_t i;
	int ret = dir_make(dir, e);

	for (i = 0; !ret && i < s->n; i++) {
		autofree char *path = path_join(dir, s->v[i].file);

		ret = file_write(path, s->v[i].html, s->v[i].size, 0644, e);
	}
	if (!ret) {
		autofree char *path = path_join(dir, MARK);

		ret = file_write(path, mark_content, strlen(mark_content), 0644, e);
	}
	return ret;
}

/* All of the new site takes the place of all of the old one. */
static int publish(struct site *s, const char *output, struct err *e)
{
	autofree char *dir = path_normal(output);
	autofree char *fresh = mem_printf("%s.new", dir);
	autofree char *mark = path_join(dir, MARK);
	bool there = file_is_dir(dir);
	int ret;

	if (there && !file_exists(mark))
		return err_fail(e, "%s: is there and no site of this program: name a new folder",
				dir);
	if (file_is_dir(fresh) && dir_remove(fresh, e) < 0)
		return -1;
	ret = write_pages(s, fresh, e);
	if (!ret && renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, there ? RENAME_EXCHANGE : 0))
		ret = err_sys(e, errno, "%s: cannot be put in place", dir);
	if (ret || there)
		dir_remove(fresh, e);
	return ret;
}

static int site(struct site *s, struct err *e)
{
	size_t i;

	if (add_pages(s, e) < 0)
		return -1;
	make_links(s);
	for (i = 0; i < s->n; i++)
		if (make(s, &s->v[i], e) < 0)
			return -1;
	if (publish(s, s->opts->output, e) < 0)
		return -1;
	s->rel.report.title = "Site";
	report_fact(&s->rel.report, "folder", "Folder", "%s", s->opts->output);
	report_fact_int(&s->rel.report, "pages", "Pages", (int64_t)s->n);
	return 0;
}

int site_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct site s = {.opts = opts};
	size_t i;
	int ret = rel_begin(&s.rel, cli, &s.opts->rel, REL_HISTORY);

	(void)argv;
	if (!ret && (argc || !s.opts->output))
		ret = err_set(&cli->err, ERR_USAGE, "--output is needed, and no operand");
	if (!ret)
		ret = site(&s, &cli->err);
	/* What the pages found is on them. */
	s.rel.report.status = 0;
	ret = rel_end(&s.rel, ret);
	for (i = 0; i < s.n; i++)
		free(s.v[i].html);
	free(s.v);
	free(s.links);
	payloads_free(&s.payloads);
	chain_free(&s.chain);
	return ret;
}
