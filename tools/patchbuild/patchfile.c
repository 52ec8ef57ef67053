// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/patchfile.h"

#include "common/io.h"
#include "common/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PATCH_MAX (16u << 20)

struct reader {
	struct patch_set *set;
	struct patch *p;
	const char *name;
	const char *at;
	const char *end;
	unsigned long line; /* number of the line at @at */
	struct err *e;
};

static int bad(const struct reader *r, const char *what)
{
	return err_fail(r->e, "%s:%lu: %s", r->name, r->line, what);
}

static size_t line_len(const struct reader *r)
{
	const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));

	return nl ? (size_t)(nl - r->at) : (size_t)(r->end - r->at);
}

static void skip_line(struct reader *r)
{
	r->at += line_len(r);
	if (r->at < r->end)
		r->at++;
	r->line++;
}

static bool starts(const struct reader *r, const char *prefix)
{
	size_t len = strlen(prefix);

	return (size_t)(r->end - r->at) >= len && !memcmp(r->at, prefix, len);
}

/* Extended headers of git that ask for more than a change of text. */
static const struct {
	const char *prefix;
	const char *what;
} unwanted[] = {
	{"rename from ", "renames a file: give it as a removal and an addition (git: "
			 "--no-renames)"},
	{"copy from ", "copies a file: give it as an addition (git: --no-renames)"},
	{"GIT binary patch", "has a binary change: only text can be patched"},
	{"Binary files ", "has a binary change: only text can be patched"},
	{"new file mode 12", "makes a link: refused"},
	{"new file mode 16", "makes a submodule: refused"},
	{"old mode 12", "changes a link: refused"},
	{"new mode 12", "makes a link of a file: refused"},
	{"deleted file mode 12", "removes a link: refused"},
};

static int check_extended(const struct reader *r)
{
	size_t i;

	for (i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
		if (starts(r, unwanted[i].prefix))
			return bad(r, unwanted[i].what);
	return 0;
}

/* The name in a "--- " or "+++ " line: up to a tab. */
static const char *header_name(struct reader *r)
{
	const char *name = r->at + 4;
	size_t len = line_len(r) - 4;
	const char *tab = memchr(name, '\t', len);

	if (tab)
		len = (size_t)(tab - name);
	while (len && (name[len - 1] == ' ' || name[len - 1] == '\r'))
		len--;
	return arena_strndup(&r->set->arena, name, len);
}

static int check_name(const struct reader *r, const char *name)
{
	autofree char *normal = path_normal(name);
	const char *s;

	if (*name == '"')
		return bad(r, "a file name in quotes: refused");
	for (s = name; *s; s++)
		if (iscntrl((unsigned char)*s) || (unsigned char)*s >= 0x7f || *s == ' ')
			return bad(r,
				   "a file name with blanks, control or other characters that no "
				   "source has: refused");
	if (*name == '/')
		return bad(r, "an absolute file name: names must be relative to the tree");
	if (strcmp(normal, name) || !*name || !strcmp(name, ".") || text_starts(name, "../"))
		return bad(r, "a file name with \"..\" or empty parts: refused");
	return 0;
}

/* @name without its first component (patch -p1), NULL if it has only one. */
static const char *strip_one(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash && slash[1] ? slash + 1 : NULL;
}

/* --- hunks --- */

/* "-12,3" or "+12": the count, 1 if there is none; -1 if it is not that. */
static long range_count(const char **s, char sign)
{
	char *end;
	long count = 1;

	if (**s != sign || !isdigit((unsigned char)(*s)[1]))
		return -1;
	strtoul(*s + 1, &end, 10);
	if (*end == ',') {
		if (!isdigit((unsigned char)end[1]))
			return -1;
		count = strtol(end + 1, &end, 10);
	}
	*s = end;
	return count;
}

static int hunk_counts(const struct reader *r, long *old, long *new)
{
	autofree char *line = mem_strndup(r->at, line_len(r));
	const char *s = line + strlen("@@ ");

	*old = range_count(&s, '-');
	if (*old < 0 || *s++ != ' ')
		return bad(r, "not a hunk header");
	*new = range_count(&s, '+');
	if (*new < 0 || !text_starts(s, " @@"))
		return bad(r, "not a hunk header");
	return 0;
}

static int read_hunk(struct reader *r)
{
	long old = 0, new = 0;

	if (hunk_counts(r, &old, &new))
		return -1;
	skip_line(r);
	while (old > 0 || new > 0) {
		if (r->at >= r->end)
			return bad(r, "the patch ends within a hunk: it is cut short");
		if (memchr(r->at, '\0', line_len(r)))
			return bad(r, "a zero byte in a hunk: not a patch of text");
		if (*r->at == '+' || *r->at == ' ' || *r->at == '\n' || *r->at == '\r')
			new --;
		if (*r->at == '-' || *r->at == ' ' || *r->at == '\n' || *r->at == '\r')
			old--;
		if (!strchr("+- \n\r\\", *r->at) || old < 0 || new < 0)
			return bad(r, "a hunk with more or fewer lines than its header says");
		skip_line(r);
	}
	if (r->at < r->end && *r->at == '\\')
		skip_line(r);
	return 0;
}

/* --- files --- */

/* `diff -N` gives a missing file its name and the time 0 (shown in the local zone). */
static bool has_time_zero(const struct reader *r)
{
	autofree char *line = mem_strndup(r->at, line_len(r));

	return strstr(line, "\t1970-01-01") || strstr(line, "\t1969-12-31");
}

static void add_file(struct reader *r, const char *path, enum patch_action action,
		     const char *hunks)
{
	struct patch_file *f;

	r->p->files = mem_grow(r->p->files, r->p->nfiles, sizeof(*r->p->files));
	f = &r->p->files[r->p->nfiles++];
	f->path = path;
	f->action = action;
	f->hunks = hunks;
	f->size = (size_t)(r->at - hunks);
}

/* One of the two header lines of a file. */
struct header {
	const char *name;
	bool time_zero;
};

static struct header read_header(struct reader *r)
{
	struct header h = {header_name(r), has_time_zero(r)};

	skip_line(r);
	return h;
}

static bool is_nothing(const struct header *h, long lines)
{
	return !strcmp(h->name, "/dev/null") || (h->time_zero && !lines);
}

/* What the headers and the first hunk say; files can have the time 0 and be there. */
static int read_action(const struct reader *r, const struct header *old, const struct header *new,
		       enum patch_action *action)
{
	long old_lines = 0;
	long new_lines = 0;

	if (!starts(r, "@@ -"))
		return bad(r, "a file without a hunk");
	if (hunk_counts(r, &old_lines, &new_lines))
		return -1;
	*action = is_nothing(old, old_lines)   ? PATCH_ADD
		  : is_nothing(new, new_lines) ? PATCH_REMOVE
					       : PATCH_CHANGE;
	return 0;
}

static bool at_file(const struct reader *r)
{
	return starts(r, "--- ") && memchr(r->at, '\n', (size_t)(r->end - r->at)) &&
	       !strncmp(r->at + line_len(r) + 1, "+++ ", 4);
}

static bool at_text(const struct reader *r, const char *text)
{
	size_t len = line_len(r);

	if (len && r->at[len - 1] == '\r')
		len--;
	return len == strlen(text) && !memcmp(r->at, text, len);
}

/* Behind a hunk whose header has too small a count would be the rest of a change. */
static int check_behind(const struct reader *r)
{
	struct reader next = *r;

	while (next.at < next.end && at_text(&next, ""))
		skip_line(&next);
	/* "-- " is what mail programs put before a signature. */
	if (next.at >= next.end || at_file(&next) || at_text(&next, "-- ") || at_text(&next, "--"))
		return 0;
	if (strchr("+- \t\\", *next.at))
		return bad(&next,
			   "a line of a change behind the end of its hunk: the header of the "
			   "hunk has other counts");
	return 0;
}

static int read_hunks(struct reader *r)
{
	while (starts(r, "@@ -"))
		if (read_hunk(r))
			return -1;
	return check_behind(r);
}

/* A file's part: at its "--- " line. */
static int read_file(struct reader *r)
{
	struct header old = read_header(r);
	struct header new = read_header(r);
	enum patch_action action = PATCH_CHANGE;
	const char *path, *hunks = r->at;

	if (read_action(r, &old, &new, &action))
		return -1;
	path = action == PATCH_REMOVE ? old.name : new.name;
	if (check_name(r, path) || (action == PATCH_CHANGE && check_name(r, old.name)))
		return -1;
	path = strip_one(path);
	if (!path)
		return bad(r, "a file name of one part: names must begin with a/ and b/");
	if (action == PATCH_CHANGE && (!strip_one(old.name) || strcmp(strip_one(old.name), path)))
		return bad(r, "two different names for one file");
	if (read_hunks(r))
		return -1;
	add_file(r, path, action, hunks);
	return 0;
}

/*
 * An extended header that says that a file comes or goes, without the text of it: what
 * follows for the sources would be lost.
 */
static bool comes_or_goes(const struct reader *r)
{
	return starts(r, "new file mode ") || starts(r, "deleted file mode ");
}

/* "Only in b/common: new.c" of `diff -r`: a file that the patch does not have. */
static bool at_only_in(const struct reader *r)
{
	autofree char *line = mem_strndup(r->at, line_len(r));
	const char *colon = strstr(line, ": ");

	return text_starts(line, "Only in ") && colon && !strchr(colon + 2, ' ') &&
	       strchr(line + strlen("Only in "), ' ') == colon + 1;
}

static bool at_context_diff(const struct reader *r)
{
	return starts(r, "*** ") && memchr(r->at, '\n', (size_t)(r->end - r->at)) &&
	       !strncmp(r->at + line_len(r) + 1, "--- ", 4);
}

/* What another kind of diff says would be lost. */
static int check_other(const struct reader *r)
{
	if (at_only_in(r))
		return bad(r, "a file that only one side has, without its text: make the patch "
			      "with diff -N");
	if (at_context_diff(r))
		return bad(r, "a context diff: make the patch with diff -u");
	return check_extended(r);
}

static int read_all(struct reader *r)
{
	bool open = false;

	while (r->at < r->end) {
		if (check_other(r))
			return -1;
		if (open && starts(r, "diff --git "))
			break;
		if (comes_or_goes(r))
			open = true;
		if (at_file(r)) {
			if (read_file(r))
				return -1;
			open = false;
		} else if (starts(r, "@@ -")) {
			return bad(r, "a hunk without a file name");
		} else {
			skip_line(r);
		}
	}
	if (open)
		return bad(r, "adds or removes an empty file: give it a line, or leave it out");
	if (!r->p->nfiles)
		return err_fail(r->e, "%s: no change to a file in it: not a patch (diff -u)",
				r->name);
	return 0;
}

/* --- which folder the names are relative to --- */

/* Folders of the hypervisor that no top of a Xen tree has. */
static const char *const hypervisor_dirs[] = {
	"arch/", "common/", "crypto/", "drivers/", "include/", "lib/", "xsm/", "test/", NULL,
};

/* Folders at the top of a Xen tree; of some the hypervisor has one of that name too. */
static const char *const other_dirs[] = {
	"automation/", "config/",  "debian/",  "docs/",	 "extras/",  "LICENSES/", "m4/",
	"misc/",       "scripts/", "stubdom/", "tools/", ".github/", NULL,
};

static bool is_below(const char *path, const char *const *dirs)
{
	for (; *dirs; dirs++)
		if (text_starts(path, *dirs))
			return true;
	return false;
}

static bool in_hypervisor(const char *path)
{
	if (!strchr(path, '/'))
		return !strcmp(path, "Rules.mk") || !strcmp(path, "Kconfig") ||
		       !strcmp(path, "build.mk") || !strcmp(path, "Kconfig.debug");
	return is_below(path, hypervisor_dirs);
}

static bool is_elsewhere(const char *path)
{
	if (!strchr(path, '/'))
		return !text_ends(path, ".c") && !text_ends(path, ".h") && !text_ends(path, ".S");
	return is_below(path, other_dirs);
}

enum origin {
	FROM_TOP,
	FROM_HYPERVISOR, /* its folder */
	FROM_UNKNOWN, /* no file tells */
};

/* All names of a patch are relative to the same folder. */
static enum origin find_origin(const struct patch *p)
{
	enum origin from = FROM_UNKNOWN;
	size_t i;

	for (i = 0; i < p->nfiles; i++) {
		if (text_starts(p->files[i].path, "xen/"))
			return FROM_TOP;
		if (in_hypervisor(p->files[i].path))
			from = FROM_HYPERVISOR;
	}
	return from;
}

static void add_outside(struct patch_set *s, const char *path)
{
	s->outside = mem_grow(s->outside, s->noutside, sizeof(*s->outside));
	s->outside[s->noutside++] = path;
}

/* Whether a name can be of the folder that the others are relative to. */
static int check_origin(const struct patch *p, enum origin from, const char *path, struct err *e)
{
	if (from == FROM_HYPERVISOR || (from == FROM_TOP && text_starts(path, "xen/")))
		return 0;
	if (in_hypervisor(path))
		return err_fail(e,
				"%s: %s: names are relative to two folders, the top of a Xen tree "
				"and the folder xen: make two patches of it",
				p->name, path);
	if (is_elsewhere(path))
		return 0;
	return err_fail(e,
			"%s: %s: no file of a Xen tree: names must begin with a/ and b/, relative "
			"to its top or to the folder xen",
			p->name, path);
}

/* Keeps the hypervisor's files, with names below its folder. */
static int choose_files(struct patch_set *s, struct patch *p, struct err *e)
{
	enum origin from = find_origin(p);
	size_t i, n = 0;

	for (i = 0; i < p->nfiles; i++) {
		struct patch_file *f = &p->files[i];

		if (check_origin(p, from, f->path, e))
			return -1;
		if (from == FROM_TOP && text_starts(f->path, "xen/")) {
			f->path += strlen("xen/");
		} else if (from != FROM_HYPERVISOR) {
			add_outside(s, f->path);
			continue;
		}
		p->files[n++] = *f;
	}
	p->nfiles = n;
	return 0;
}

/* Mail programs end lines in CR LF; if all do, LF is meant. */
static size_t drop_cr(char *data, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < size; i++)
		if (data[i] == '\n' && (!i || data[i - 1] != '\r'))
			return size;
	for (i = 0; i < size; i++)
		if (data[i] != '\r' || i + 1 == size || data[i + 1] != '\n')
			data[n++] = data[i];
	return n;
}

int patch_set_add(struct patch_set *s, const char *name, const char *data, size_t size,
		  struct err *e)
{
	char *text = arena_alloc(&s->arena, size + 1, 1);
	char *copy = arena_alloc(&s->arena, size + 1, 1);
	struct reader r = {.set = s, .line = 1, .e = e};
	struct patch *p;

	memcpy(text, data, size);
	memcpy(copy, data, size);
	s->patches = mem_grow(s->patches, s->npatches, sizeof(*s->patches));
	p = &s->patches[s->npatches++];
	memset(p, 0, sizeof(*p));
	p->name = arena_strdup(&s->arena, name);
	p->data = copy;
	p->size = size;
	digest_hex(p->sha256, data, size);
	r.p = p;
	r.name = p->name;
	r.at = text;
	r.end = text + drop_cr(text, size);
	if (read_all(&r))
		return -1;
	return choose_files(s, p, e);
}

int patch_set_load(struct patch_set *s, const char *const *paths, size_t n, struct err *e)
{
	struct file_data f;
	size_t i;
	int ret;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < n; i++) {
		if (file_read(paths[i], PATCH_MAX, &f, e))
			return -1;
		ret = patch_set_add(s, paths[i], (const char *)f.data, f.size, e);
		file_free(&f);
		if (ret)
			return -1;
	}
	return 0;
}

void patch_set_free(struct patch_set *s)
{
	size_t i;

	for (i = 0; i < s->npatches; i++)
		free(s->patches[i].files);
	free(s->patches);
	free(s->outside);
	arena_free(&s->arena);
	memset(s, 0, sizeof(*s));
}
