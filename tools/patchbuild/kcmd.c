// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/kcmd.h"

#include "common/io.h"
#include "common/proc.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

#define KCMD_MAX (16u << 20)

/* A line of the file: next one from @*text, terminated, in the arena. */
static char *next_line(struct arena *a, const char **text, const char *end)
{
	const char *nl = memchr(*text, '\n', (size_t)(end - *text));
	const char *stop = nl ? nl : end;
	char *line = arena_strndup(a, *text, (size_t)(stop - *text));

	*text = nl ? nl + 1 : end;
	return line;
}

/* Undoes what make-cmd of Kbuild.include does: "$$" and "$(pound)". */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (text_starts(s, "$(pound)")) {
			*to++ = '#';
			s += strlen("$(pound)");
		} else {
			s += text_starts(s, "$$");
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* The value of "WORD_TARGET := value", NULL if @line is not that. */
static char *value_of(char *line, const char *word, const char *target)
{
	size_t len = strlen(word);
	char *eq;

	if (strncmp(line, word, len))
		return NULL;
	eq = strstr(line + len, " := ");
	if (!eq || (target && (strlen(target) != (size_t)(eq - line) - len ||
			       strncmp(line + len, target, strlen(target)))))
		return NULL;
	return eq + strlen(" := ");
}

static void add_dep(struct kcmd *k, char *line)
{
	size_t len;

	line += strspn(line, " \t");
	len = strlen(line);
	while (len && (line[len - 1] == '\\' || line[len - 1] == ' '))
		line[--len] = '\0';
	if (!len || text_starts(line, "$(wildcard "))
		return;
	unescape(line);
	k->deps = mem_grow(k->deps, k->ndeps, sizeof(*k->deps));
	k->deps[k->ndeps++] = line;
}

static int parse_first(struct kcmd *k, char *line, const char *name, struct err *e)
{
	char *eq = strstr(line, " := ");

	if (!text_starts(line, "cmd_") || !eq)
		return err_fail(e, "%s: not a command recorded by Xen's build (4.17 or later)",
				name);
	k->target = arena_strndup(&k->arena, line + 4, (size_t)(eq - line) - 4);
	k->command = eq + strlen(" := ");
	unescape(eq + strlen(" := "));
	return 0;
}

int kcmd_parse(struct kcmd *k, const char *text, size_t len, const char *name, struct err *e)
{
	const char *end = text + len;
	bool in_deps = false;
	char *line, *value;

	memset(k, 0, sizeof(*k));
	if (memchr(text, '\0', len))
		return err_fail(e, "%s: not a text file", name);
	if (parse_first(k, next_line(&k->arena, &text, end), name, e))
		return -1;
	while (text < end) {
		line = next_line(&k->arena, &text, end);
		if (in_deps) {
			add_dep(k, line);
			in_deps = *line != '\0';
		} else if ((value = value_of(line, "source_", k->target)) != NULL) {
			unescape(value);
			k->source = value;
		} else if (value_of(line, "deps_", k->target)) {
			in_deps = true;
		}
	}
	return 0;
}

int kcmd_load(struct kcmd *k, const char *path, const char *name, struct err *e)
{
	struct file_data f;
	int ret;

	memset(k, 0, sizeof(*k));
	if (file_read(path, KCMD_MAX, &f, e))
		return -1;
	ret = kcmd_parse(k, (const char *)f.data, f.size, name, e);
	file_free(&f);
	return ret;
}

void kcmd_free(struct kcmd *k)
{
	free(k->deps);
	arena_free(&k->arena);
	memset(k, 0, sizeof(*k));
}

char *kcmd_path(const char *target)
{
	const char *base = path_base(target);

	return mem_printf("%.*s.%s.cmd", (int)(base - target), target, base);
}

/* --- command lines --- */

static const char *const caches[] = {"ccache", "distcc", "sccache", "icecc", NULL};

/* The words from the compiler on. */
static char **skip_cache(char **words)
{
	size_t i;

	for (i = 0; words[0] && caches[i]; i++)
		if (!strcmp(path_base(words[0]), caches[i]))
			return words + 1;
	return words;
}

/* Options that take the next word. */
static bool takes_word(const char *w)
{
	static const char *const list[] = {
		"-o",	    "-include", "-I",	   "-D",	  "-U",	     "-MF",
		"-MQ",	    "-MT",	"-x",	   "-isystem",	  "-iquote", "-idirafter",
		"-imacros", "--param",	"-target", "-Xassembler", "-T",	     NULL};
	size_t i;

	for (i = 0; list[i]; i++)
		if (!strcmp(w, list[i]))
			return true;
	return false;
}

static bool is_source_name(const char *w)
{
	return w[0] != '-' && (text_ends(w, ".c") || text_ends(w, ".S") || text_ends(w, ".s") ||
			       !strcmp(w, "/dev/null"));
}

/* Index of the one source file among the words; 0 if there is none or several. */
static size_t source_index(char *const *words)
{
	size_t i, found = 0;

	for (i = 1; words[0] && words[i]; i++) {
		if (takes_word(words[i])) {
			if (!words[++i])
				return 0;
		} else if (words[i][0] != '-') {
			if (found || !is_source_name(words[i]))
				return 0;
			found = i;
		}
	}
	return found;
}

static bool has_word(char *const *words, const char *w)
{
	for (; *words; words++)
		if (!strcmp(*words, w))
			return true;
	return false;
}

bool kcmd_is_compile(const char *command)
{
	struct err e = ERR_INIT;
	char **words = proc_split(command, &e);
	bool ok;

	if (!words)
		return false;
	ok = source_index(skip_cache(words)) != 0 &&
	     (has_word(words, "-c") || has_word(words, "-E"));
	free(words);
	return ok;
}

const char *kcmd_compiler(struct arena *a, const char *command, struct err *e)
{
	char **words = proc_split(command, e);
	const char *cc = NULL;

	if (!words)
		return NULL;
	if (*skip_cache(words))
		cc = arena_strdup(a, *skip_cache(words));
	else
		err_fail(e, "%s: not a compiler's command", command);
	free(words);
	return cc;
}

const char *kcmd_source(struct arena *a, const char *command)
{
	struct err e = ERR_INIT;
	char **words = proc_split(command, &e);
	const char *source = NULL;
	size_t i;

	if (!words)
		return NULL;
	i = source_index(skip_cache(words));
	if (i)
		source = arena_strdup(a, skip_cache(words)[i]);
	free(words);
	return source;
}

/* A folder's name ends here: it is not the beginning of a longer name. */
static bool at_boundary(char c)
{
	return c == '\0' || strchr("/=:,;\"' ", c) != NULL;
}

static const struct kcmd_root *root_at(const char *s, const struct kcmd_how *how)
{
	size_t i, len;

	for (i = 0; i < how->nroots; i++) {
		len = strlen(how->roots[i].from);
		if (!strncmp(s, how->roots[i].from, len) && at_boundary(s[len]))
			return &how->roots[i];
	}
	return NULL;
}

/* @word with every root replaced. */
static const char *translate(struct arena *a, const char *word, const struct kcmd_how *how)
{
	const struct kcmd_root *r;
	struct strbuf b = {0};
	const char *out;

	for (; *word;) {
		r = *word == '/' ? root_at(word, how) : NULL;
		if (r) {
			strbuf_adds(&b, r->to);
			word += strlen(r->from);
		} else {
			strbuf_addc(&b, *word++);
		}
	}
	out = arena_strdup(a, b.data ? b.data : "");
	strbuf_free(&b);
	return out;
}

/* Words that only write dependencies, or set where the output goes. */
static bool is_dropped(const char *w)
{
	return !strcmp(w, "-MMD") || !strcmp(w, "-MD") || !strcmp(w, "-MP") || !strcmp(w, "-MM") ||
	       text_starts(w, "-Wp,-MD,") || text_starts(w, "-Wp,-MMD,");
}

static bool is_dropped_pair(const char *w)
{
	return !strcmp(w, "-MF") || !strcmp(w, "-MQ") || !strcmp(w, "-MT") || !strcmp(w, "-o");
}

struct out_words {
	struct arena *a;
	const char **v;
	size_t n;
};

static void put(struct out_words *o, const char *w)
{
	o->v[o->n++] = w;
}

/*
 * Maps that make what the compiler records of its own place what it recorded in the
 * original place. They go first: the compiler takes the last one that fits, which
 * must be a recorded one.
 */
static void put_maps(struct out_words *o, const struct kcmd_how *how)
{
	size_t i;

	for (i = how->nroots; i-- > 0;)
		put(o, arena_printf(o->a, "-ffile-prefix-map=%s=%s", how->roots[i].to,
				    how->roots[i].from));
}

static void put_mode(struct out_words *o, const struct kcmd_how *how)
{
	switch (how->mode) {
	case KCMD_DEBUG:
		put(o, "-g");
		put(o, "-c");
		break;
	case KCMD_TOKENS:
		put(o, "-E");
		put(o, "-P");
		break;
	case KCMD_ASM:
		put(o, "-g0");
		put(o, "-S");
		break;
	case KCMD_COMPILE:
		put(o, "-c");
		break;
	}
	put(o, "-fdiagnostics-color=never");
	if (how->deps) {
		put(o, "-MMD");
		put(o, "-MF");
		put(o, arena_strdup(o->a, how->deps));
	}
}

const char **kcmd_words(struct arena *a, const char *command, const struct kcmd_how *how,
			struct err *e)
{
	struct out_words o = {a, NULL, 0};
	char **all = proc_split(command, e);
	char **words;
	size_t n = 0, i, source;

	if (!all)
		return NULL;
	words = skip_cache(all);
	source = source_index(words);
	if (!source) {
		err_fail(e, "%s: not the compilation of one file", command);
		free(all);
		return NULL;
	}
	while (words[n])
		n++;
	o.v = arena_alloc(a, n + how->nroots + 16, sizeof(*o.v));
	put(&o, arena_strdup(a, words[0]));
	put_maps(&o, how);
	for (i = 1; i < n; i++) {
		if (is_dropped_pair(words[i]))
			i++;
		else if (i != source && !is_dropped(words[i]) && strcmp(words[i], "-c") &&
			 strcmp(words[i], "-E"))
			put(&o, translate(a, words[i], how));
	}
	put_mode(&o, how);
	put(&o, translate(a, how->source ? how->source : words[source], how));
	if (how->output) {
		put(&o, "-o");
		put(&o, arena_strdup(a, how->output));
	}
	free(all);
	return o.v;
}
