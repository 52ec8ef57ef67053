// SPDX-License-Identifier: GPL-2.0-or-later
/* lint: what should not stand in the files of a release. */
#include "release/lint.h"

#include "release/markdown.h"
#include "release/tags.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX (16U << 20)

struct rule {
	const char *name, *wrong, *hint;
};

enum {
	CL_UNRELEASED,
	CL_TBD,
	CL_STAGING,
	CL_NO_SECTION,
	CL_ORDER,
	CL_TWICE,
	CL_DATE,
	SUP_TBD,
	SUP_UNSTABLE,
	SUP_NOT_YET,
	SUP_VERSION,
	SUP_DATE,
	PINS,
	EXTRAVERSION,
};

static const struct rule rules[] = {
	[CL_UNRELEASED] = {"changelog-unreleased", "a released changelog says \"Unreleased\"",
			   "give the section its version and date: `changelog roll`"},
	[CL_TBD] = {"changelog-tbd", "\"TBD\" stands where the release date belongs",
		    "write the date of the release"},
	[CL_STAGING] = {"changelog-staging-link", "the section of a release links to staging",
			"link to the release's tag"},
	[CL_NO_SECTION] = {"changelog-no-section", "the release has no section",
			   "add one: `changelog roll`"},
	[CL_ORDER] = {"changelog-order", "sections do not run from new to old",
		      "sort the sections"},
	[CL_TWICE] = {"changelog-twice", "two sections of one version", "join the sections"},
	[CL_DATE] = {"changelog-date", "the date of a section is none", "write YYYY-MM-DD"},
	[SUP_TBD] = {"support-tbd", "\"TBD\" stands where a date belongs",
		     "write the date that was decided"},
	[SUP_UNSTABLE] = {"support-unstable", "the version is not that of a release",
			  "name the release in Xen-Version"},
	[SUP_NOT_YET] = {"support-not-yet", "says \"not yet security-supported\"",
			 "decide: supported, or not, in this release"},
	[SUP_VERSION] = {"support-version", "another version than the release's",
			 "name the release in Xen-Version"},
	[SUP_DATE] = {"support-date", "the date is none", "write YYYY-MM-DD"},
	[PINS] = {"pins-branch", "a sub-repository is pinned to a branch that moves",
		  "pin a tag or commit"},
	[EXTRAVERSION] = {"version-extra", "the version file does not say the release",
			  "set XEN_EXTRAVERSION"},
};

void lint_begin(struct lint *l, struct rel *r)
{
	static const struct column columns[] = {{"rule", "Rule"},
						{"file", "File"},
						{"line", "Line"},
						{"wrong", "What is wrong"},
						{"text", "It says"},
						{"hint", "What to do"},
						{0}};

	memset(l, 0, sizeof(*l));
	l->rel = r;
	l->table = report_table(&r->report, "findings", "Findings", columns, NULL);
}

static void found(struct lint *l, int rule, const char *file, int line, const char *text)
{
	cell_text(l->table, "%s", rules[rule].name);
	cell_text(l->table, "%s", file);
	cell_int(l->table, line);
	cell_text(l->table, "%s", rules[rule].wrong);
	cell_short(l->table, text);
	cell_text(l->table, "%s", rules[rule].hint);
	report_finding(&l->rel->report);
}

/* A rule whose subject is not there is not kept: it is not known. */
static void unknown(struct lint *l, const char *file, const char *what)
{
	report_note(&l->rel->report, "unknown: %s: %s, so its rules could not be checked.", file,
		    what);
	report_undetermined(&l->rel->report);
}

/* --- CHANGELOG.md, in the form of Keep a Changelog ---------------------------- */
struct part {
	struct version version; /* n 0: none */
	bool unreleased;
	int32_t day;
};

static void read_heading(struct part *p, const char *text)
{
	char word[VERSION_LEN];
	const char *dash = strstr(text, " - ");
	size_t len;

	memset(p, 0, sizeof(*p));
	p->day = DAY_NONE;
	p->unreleased = strcasestr(text, "unreleased") != NULL;
	/* "[4.9.0]" without an address is no link, and keeps its brackets. */
	text += *text == '[';
	len = strcspn(text, " ]");
	if (len < sizeof(word)) {
		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (!version_parse(word, &p->version))
			p->version.n = 0;
	}
	if (dash)
		day_parse(dash + 3, &p->day);
}

static void check_heading(struct lint *l, const char *file, const struct md_item *m,
			  const struct part *p, const struct part *last, bool top)
{
	bool released = (l->released && top) || !top;

	if (released && p->unreleased)
		found(l, CL_UNRELEASED, file, m->line, m->text);
	if (released && strstr(m->text, "TBD"))
		found(l, CL_TBD, file, m->line, m->text);
	else if (p->version.n && !p->unreleased && p->day == DAY_NONE)
		found(l, CL_DATE, file, m->line, m->text);
	if (!last || !last->version.n || !p->version.n)
		return;
	if (!version_cmp(&last->version, &p->version))
		found(l, CL_TWICE, file, m->line, m->text);
	else if (version_cmp(&last->version, &p->version) < 0)
		found(l, CL_ORDER, file, m->line, m->text);
}

void lint_changelog(struct lint *l, const char *file, const char *text, size_t len)
{
	struct arena a = {0};
	size_t n, i;
	struct md_item *v = md_read(text, len, &a, &n);
	struct part now = {0}, last = {0};
	bool any = false, named = false;
	bool released = false;

	for (i = 0; i < n; i++) {
		if (v[i].kind == MD_HEADING && v[i].level == 2) {
			read_heading(&now, v[i].text);
			check_heading(l, file, &v[i], &now, any ? &last : NULL, !any);
			released = !now.unreleased || (l->released && !any);
			named |= l->version.n && now.version.n &&
				 !version_cmp(&now.version, &l->version);
			last = now;
			any = true;
		} else if (v[i].kind == MD_LINK && released && strstr(v[i].text, "staging")) {
			found(l, CL_STAGING, file, v[i].line, v[i].text);
		}
	}
	if (!any)
		unknown(l, file, "has no section (\"## ...\")");
	else if (l->released && l->version.n && !named)
		found(l, CL_NO_SECTION, file, 1, "");
	free(v);
	arena_free(&a);
}

/* --- SUPPORT.md ----------------------------------------------------------------- */
static void take_field(const char *text, const char *key, char *out, size_t size)
{
	const char *at = strstr(text, key);

	*out = 0;
	if (!at)
		return;
	at += strlen(key);
	at += strspn(at, " \t");
	snprintf(out, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

void support_read(struct support_dates *d, const char *text, size_t len)
{
	autofree char *copy = mem_strndup(text, len < 8192 ? len : 8192);

	take_field(copy, "Xen-Version:", d->version, sizeof(d->version));
	take_field(copy, "Initial-Release:", d->initial, sizeof(d->initial));
	take_field(copy, "Supported-Until:", d->supported, sizeof(d->supported));
	take_field(copy, "Security-Support-Until:", d->security, sizeof(d->security));
}

static int line_at(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static void check_support_date(struct lint *l, const char *file, const char *text, const char *key,
			       const char *value)
{
	const char *at = strstr(text, key);
	autofree char *what = mem_printf("has no %s", key);
	int32_t day;

	if (!at)
		unknown(l, file, what);
	else if (!day_parse(value, &day) && !strstr(value, "TBD"))
		found(l, SUP_DATE, file, line_at(text, at), value);
}

static void check_support_head(struct lint *l, const char *file, const char *text, size_t len)
{
	const char *at = strstr(text, "Xen-Version:");
	struct support_dates d;
	struct version v;

	support_read(&d, text, len);
	if (!at)
		unknown(l, file, "has no Xen-Version:");
	else if (!version_parse(d.version, &v) || v.rc)
		found(l, SUP_UNSTABLE, file, line_at(text, at), d.version);
	else if (l->version.n && !version_same_series(&v, &l->version))
		found(l, SUP_VERSION, file, line_at(text, at), d.version);
	check_support_date(l, file, text, "Initial-Release:", d.initial);
	check_support_date(l, file, text, "Supported-Until:", d.supported);
	check_support_date(l, file, text, "Security-Support-Until:", d.security);
}

static void lint_support(struct lint *l, const char *file, const char *text, size_t len)
{
	struct arena a = {0};
	size_t n, i;
	struct md_item *items;
	const char *s;

	if (!l->released)
		return;
	for (s = text; (s = strstr(s, "TBD")); s += 3)
		found(l, SUP_TBD, file, line_at(text, s), "TBD");
	check_support_head(l, file, text, len);
	items = md_read(text, len, &a, &n);
	for (i = 0; i < n; i++) {
		s = items[i].kind == MD_WORDS ? strcasestr(items[i].text, "not yet security")
					      : NULL;
		if (s)
			found(l, SUP_NOT_YET, file, items[i].line, items[i].text);
	}
	free(items);
	arena_free(&a);
}

/* The next line of *@text, without its end; NULL at the end of the text. free() it. */
static char *next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	char *line = **text ? mem_strndup(*text, len) : NULL;

	*text += len + ((*text)[len] == '\n');
	return line;
}

/*
 * "[export] NAME ?= value # why" of a makefile: the name's length, and in *@value the value,
 * whose end is cut off. 0 if the line is another.
 */
static size_t assignment(char *line, const char **name, char **value)
{
	char *equals = strchr(line, '=');
	char *end;
	size_t len;

	if (!equals)
		return 0;
	line += strspn(line, " \t");
	if (text_starts(line, "export "))
		line += strlen("export ") + strspn(line + strlen("export "), " \t");
	*name = line;
	len = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
	if (!len || line + len + strspn(line + len, " \t?:+") != equals)
		return 0;
	*value = equals + 1 + strspn(equals + 1, " \t");
	end = *value + strcspn(*value, "#\r");
	while (end > *value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = 0;
	return len;
}

static bool ends_with(const char *name, size_t len, const char *end)
{
	return len >= strlen(end) && !strncmp(name + len - strlen(end), end, strlen(end));
}

/* What may be a commit's id, or a tag: it has a digit, and is not named as branches are. */
static bool is_fixed(const char *pin)
{
	static const char *const moving[] = {"master", "main", "staging", "stable",
					     "trunk",  "HEAD", "dev",	  "next"};
	const char *base = strrchr(pin, '/');
	size_t i;

	base = base ? base + 1 : pin;
	for (i = 0; i < sizeof(moving) / sizeof(*moving); i++)
		if (text_starts(base, moving[i]))
			return false;
	return strpbrk(base, "0123456789") && !text_starts(pin, "origin/") &&
	       !text_starts(pin, "refs/heads/");
}

static void lint_pins(struct lint *l, const char *file, const char *text)
{
	bool any = false;
	int number = 0;

	while (l->released && *text) {
		autofree char *line = next_line(&text);
		autofree char *whole = mem_strdup(line);
		const char *name = "";
		char *value = NULL;
		size_t len = assignment(line, &name, &value);

		number++;
		if (!ends_with(name, len, "_REVISION"))
			continue;
		any = true;
		if (strstr(value, "$("))
			unknown(l, file, "a pin refers to a variable");
		else if (!is_fixed(value))
			found(l, PINS, file, number, whole);
	}
	if (l->released && !any)
		unknown(l, file, "pins no sub-repository (NAME_REVISION)");
}

/* VERSION, SUBVERSION and EXTRAVERSION of a makefile, put together. */
struct made_version {
	char *part[3];
	char *line; /* of EXTRAVERSION */
	int number; /* of that line */
};

static void read_made(struct made_version *m, const char *text)
{
	static const char *const ends[] = {"_VERSION", "SUBVERSION", "EXTRAVERSION"};
	int number = 0;

	while (*text) {
		autofree char *line = next_line(&text);
		autofree char *whole = mem_strdup(line);
		const char *name = "";
		char *value = NULL;
		size_t len = assignment(line, &name, &value);
		size_t k;

		number++;
		for (k = 0; k < 3; k++)
			if (!m->part[k] && ends_with(name, len, ends[k]))
				break;
		if (k == 3)
			continue;
		m->part[k] = mem_strdup(value);
		if (k == 2) {
			m->number = number;
			m->line = mem_strdup(whole);
		}
	}
}

static void lint_versionfile(struct lint *l, const char *file, const char *text)
{
	struct made_version m = {.number = 0};
	char *vendor;
	size_t k;

	if (!l->released || !l->version.n)
		return;
	read_made(&m, text);
	/* Xen's own releases leave the vendor's part empty. */
	vendor = m.part[2] ? strstr(m.part[2], "$(XEN_VENDORVERSION)") : NULL;
	if (vendor)
		memmove(vendor, vendor + strlen("$(XEN_VENDORVERSION)"),
			strlen(vendor + strlen("$(XEN_VENDORVERSION)")) + 1);
	if (!m.part[0] || !m.part[1] || !m.part[2] || strstr(m.part[2], "$(")) {
		unknown(l, file, "does not say VERSION, SUBVERSION and EXTRAVERSION");
	} else {
		autofree char *made = mem_printf("%s.%s%s", m.part[0], m.part[1], m.part[2]);
		struct version v;

		if (!version_parse(made, &v) || version_cmp(&v, &l->version) != 0)
			found(l, EXTRAVERSION, file, m.number, m.line);
	}
	for (k = 0; k < 3; k++)
		free(m.part[k]);
	free(m.line);
}

void lint_text(struct lint *l, enum lint_what what, const char *file, const char *text, size_t len)
{
	switch (what) {
	case LINT_CHANGELOG:
		lint_changelog(l, file, text, len);
		break;
	case LINT_SUPPORT:
		lint_support(l, file, text, len);
		break;
	case LINT_PINS:
		lint_pins(l, file, text);
		break;
	case LINT_VERSIONFILE:
		lint_versionfile(l, file, text);
		break;
	}
}

/* --- the command ------------------------------------------------------------------- */
/* Reads a file of the tree or of the revision; a missing one is "unknown". */
static int read_one(struct lint *l, const char *what, bool tree, const char *key,
		    struct file_data *f, const char **name, struct err *e)
{
	*name = config_get(&l->rel->conf, key);
	if (tree) {
		autofree char *path = path_join(what, *name);

		if (!file_exists(path))
			return 0;
		return file_read(path, FILE_MAX, f, e) < 0 ? -1 : 1;
	}
	return git_file(l->rel->git, what, *name, FILE_MAX, f, e);
}

static int lint_one(struct lint *l, const char *what, bool tree, size_t which, struct err *e)
{
	static const char *const keys[] = {"lint.changelog", "lint.support", "lint.pins",
					   "lint.versionfile"};
	struct file_data f = {0};
	const char *name;
	int ret = read_one(l, what, tree, keys[which], &f, &name, e);

	if (ret == 0) {
		unknown(l, name, "no such file");
	} else if (ret > 0 && memchr(f.data, 0, f.size)) {
		unknown(l, name, "is no text file");
	} else if (ret > 0) {
		lint_text(l, (enum lint_what)which, name, (const char *)f.data, f.size);
	}
	file_free(&f);
	return ret < 0 ? -1 : 0;
}

static void show_facts(struct lint *l, const char *what)
{
	struct report *r = &l->rel->report;
	char words[VERSION_LEN];

	r->title = arena_printf(&r->arena, "Rules of a release, held against %s", what);
	report_fact(r, "what", "Looked at", "%s", what);
	report_fact(r, "as", "As", "%s",
		    l->released ? "a release"
				: "a tree in development (--as X.Y.Z makes it a release)");
	if (l->version.n)
		report_fact(r, "version", "Version", "%s", version_text(&l->version, words));
	report_fact_int(r, "findings", "Findings", (int64_t)table_rows(l->table));
}

/* A folder may have the name of a tag, once its tarball was unpacked: which one is meant? */
static int check_name(struct rel *r, const char *what, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct git *g = *what == '.' || *what == '/' ? NULL : git_open(r->repo_path, &ignored);
	char id[GIT_ID_LEN];
	int ret = g ? git_resolve(g, what, id, &ignored) : -1;

	git_close(g);
	if (ret < 0)
		return 0;
	return err_set(e, ERR_USAGE,
		       "%s: is a folder and a name in the repository: write ./%s for the folder, "
		       "refs/tags/%s for a tag",
		       what, what, what);
}

/* As which release @what is judged; @id: its commit, "" if it is a folder. */
static int find_version(struct lint *l, const char *as, const char *what, const char *id,
			struct err *e)
{
	int ret = 0;

	if (as && (!version_parse(as, &l->version) || l->version.rc))
		return err_set(e, ERR_USAGE, "--as %s: not a release: write such as 4.10.0", as);
	if (!as && *id)
		ret = tags_release_at(l->rel, id, what, &l->version, e);
	l->released = as || ret > 0;
	return ret < 0 ? -1 : 0;
}

int lint_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct lint l = {0};
	struct lint_opts *o = opts;
	bool tree = argc == 1 && file_is_dir(argv[0]);
	char id[GIT_ID_LEN] = "";
	int ret = rel_begin(&r, cli, &o->rel, tree || argc != 1 ? 0 : REL_GIT);
	size_t i;

	if (!ret && argc != 1)
		ret = err_set(&cli->err, ERR_USAGE, "a folder or a tag is needed");
	if (!ret)
		ret = tree ? check_name(&r, argv[0], &cli->err)
			   : git_resolve(r.git, argv[0], id, &cli->err);
	if (!ret) {
		lint_begin(&l, &r);
		ret = find_version(&l, o->as, argv[0], id, &cli->err);
	}
	for (i = 0; i < 4 && !ret; i++)
		ret = lint_one(&l, tree ? argv[0] : id, tree, i, &cli->err);
	if (!ret)
		show_facts(&l, argv[0]);
	return rel_end(&r, ret);
}
