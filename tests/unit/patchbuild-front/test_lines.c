// SPDX-License-Identifier: GPL-2.0-or-later
#include "suites.h"

#include "patchbuild/lines.h"

#include "common/io.h"
#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static char *keep(const char *was, const char *now)
{
	struct err e = ERR_INIT;
	size_t len;
	char *out = lines_keep(was, strlen(was), now, strlen(now), &len, &e);

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(len, strlen(out));
	return out;
}

/* Old text, new text, new text with #line. */
static const struct {
	const char *was, *now, *want;
} cases[] = {
	/* nothing moved */
	{"int a;\nint b;\n", "int c;\nint b;\n", "int c;\nint b;\n"},
	/* one line more, one line less */
	{"int a;\nint b;\n", "int n;\nint a;\nint b;\n", "int n;\n#line 1\nint a;\nint b;\n"},
	{"int n;\nint a;\nint b;\n", "int a;\nint b;\n", "#line 2\nint a;\nint b;\n"},
	/* not before blank lines and comments */
	{"a;\n\n/* c */\nb;\n", "n;\na;\n\n/* c */\nb;\n", "n;\n#line 1\na;\n\n/* c */\nb;\n"},
	{"x;\n/* c\n d */\nb;\n", "x;\nn;\n/* c\n d */\nb;\n",
	 "x;\nn;\n/* c\n d */\n#line 4\nb;\n"},
	/* not into a macro's arguments, nor before its parenthesis */
	{"f(a,\n  b);\nc;\n", "f(a,\n  n,\n  b);\nc;\n", "f(a,\n  n,\n  b);\n#line 3\nc;\n"},
	{"F\n(a);\nc;\n", "n; F\nn2 F\n(a);\nc;\n", "n; F\nn2 F\n(a);\n#line 3\nc;\n"},
	/* not into a macro's definition */
	{"#define A \\\n x\nc;\n", "#define A \\\n n \\\n x\nc;\n",
	 "#define A \\\n n \\\n x\n#line 3\nc;\n"},
	/* not into a literal that goes on */
	{"char *s = \"a\\\nb\";\nc;\n", "char *s = \"n\\\na\\\nb\";\nc;\n",
	 "char *s = \"n\\\na\\\nb\";\n#line 3\nc;\n"},
	/* parentheses in comments, literals and directives do not count */
	{"/* ( */\n'(';\n\"(\";\n#if (\\\n1)\n#endif\na;\n",
	 "n;\n/* ( */\n'(';\n\"(\";\n#if (\\\n1)\n#endif\na;\n",
	 "n;\n/* ( */\n#line 2\n'(';\n\"(\";\n#if (\\\n1)\n#endif\na;\n"},
	/* again after a conditional whose branch may be skipped */
	{"#if A\nx;\n#endif\ny;\n", "#if A\nn;\nx;\n#endif\ny;\n",
	 "#if A\nn;\n#line 2\nx;\n#endif\n#line 4\ny;\n"},
	{"#if A\nx;\n#else\nz;\n#endif\ny;\n", "#if A\nn;\nx;\n#else\nz;\n#endif\ny;\n",
	 "#if A\nn;\n#line 2\nx;\n#else\n#line 4\nz;\n#endif\n#line 6\ny;\n"},
	/* nothing after a header's guard */
	{"#ifndef G\nx;\n#endif /* G */\n", "#ifndef G\nn;\nx;\n#endif /* G */\n",
	 "#ifndef G\nn;\n#line 2\nx;\n#endif /* G */\n"},
	/* hands off where the file numbers its lines itself */
	{"#line 7\nx;\n", "n;\n#line 7\nx;\n", "n;\n#line 7\nx;\n"},
	/* a file of assembly with an apostrophe */
	{"# don't (\n nop\n", "# don't (\n hlt\n nop\n", "# don't (\n hlt\n#line 2\n nop\n"},
	/* unbalanced by conditionals, found again at the end of a function */
	{"void f(void)\n{\n#ifdef A\n if ( a &&\n#else\n if (\n#endif\n b )\n x;\n}\ny;\n",
	 "void f(void)\n{\n#ifdef A\n if ( a &&\n#else\n if (\n#endif\n b )\n n;\n x;\n}\ny;\n",
	 "void f(void)\n{\n#ifdef A\n if ( a &&\n#else\n if (\n#endif\n b )\n n;\n#line 9\n x;\n}\n"
	 "y;\n"},
	{"", "a;\n", "a;\n"},
	{"a;\n", "", ""},
	{"a;", "n;\na;", "n;\n#line 1\na;"},
};

START_TEST(puts_line_where_it_may)
{
	char *out = keep(cases[_i].was, cases[_i].now);

	ck_assert_str_eq(out, cases[_i].want);
	free(out);
}
END_TEST

/* --- the same by the compiler's own judgement, on real sources --- */

/* Every line of code of its own gets a marker that the preprocessor fills in. */
struct corpus {
	char **lines;
	size_t n;
};

static struct corpus split(const char *text)
{
	struct corpus c = {0};

	while (*text) {
		size_t len = strcspn(text, "\n");

		c.lines = mem_grow(c.lines, c.n, sizeof(*c.lines));
		c.lines[c.n++] = mem_strndup(text, len);
		text += len + (text[len] == '\n');
	}
	return c;
}

/* Preprocesses @text alone (no #include) and gives the result with line markers. */
static char *preprocess(const char *text)
{
	const char *argv[] = {"gcc", "-E", "-w", "-undef", "-xc", "-", NULL};
	struct err e = ERR_INIT;
	char *dir = dir_temp("lines", &e);
	char *file = path_join(dir, "in.c");
	struct proc p = {.argv = argv, .input = file};
	char *out;

	ck_assert_int_eq(file_create(file, text, strlen(text), 0600, &e), 0);
	ck_assert_int_eq(proc_run(&p, &e), 0);
	ck_assert_msg(p.status == 0, "%s", p.errors.data);
	out = strbuf_take(&p.out);
	proc_free(&p);
	dir_remove(dir, &e);
	free(dir);
	free(file);
	return out;
}

static void add_text(char **to, const char *text, size_t len)
{
	char *all = mem_printf("%s%.*s\n", *to ? *to : "\n", (int)len, text);

	free(*to);
	*to = all;
}

/*
 * Texts of each presumed line, by the line markers; NULL where there is none. An
 * inserted line shares its number with one further down.
 */
static char **by_number(const char *out, size_t max)
{
	char **v = mem_zalloc(max + 1, sizeof(*v));
	unsigned long at = 1;

	while (*out) {
		size_t len = strcspn(out, "\n");

		if (out[0] == '#' && out[1] == ' ' && isdigit((unsigned char)out[2])) {
			at = strtoul(out + 2, NULL, 10);
		} else {
			if (at <= max && len)
				add_text(&v[at], out, len);
			at++;
		}
		out += len + (out[len] == '\n');
	}
	return v;
}

static void free_numbers(char **v, size_t max)
{
	size_t i;

	for (i = 0; i <= max; i++)
		free(v[i]);
	free(v);
}

static char *join(const struct corpus *c)
{
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < c->n; i++)
		strbuf_addf(&b, "%s\n", c->lines[i]);
	return strbuf_take(&b);
}

/* Adds or removes lines of code at random places that begin at a statement's border. */
static char *disturb(const struct corpus *c, unsigned int *seed)
{
	char *text = join(c);
	size_t n, i;
	struct line *v = lines_scan(text, strlen(text), &n);
	struct strbuf b = {0};

	for (i = 0; i < c->n; i++) {
		if (v[i].safe && rand_r(seed) % 23 == 0)
			strbuf_addf(&b, "int inserted_%u;\nint more_%zu;\n", rand_r(seed), i);
		if (v[i].safe && v[i].kind == LINE_CODE && rand_r(seed) % 29 == 0 &&
		    (i + 1 == c->n || v[i + 1].safe))
			continue;
		strbuf_addf(&b, "%s\n", c->lines[i]);
	}
	free(v);
	free(text);
	return strbuf_take(&b);
}

/* Lines that are the same in both, are whole, and that the compiler saw. */
static size_t check_numbers(const char *was, const char *now)
{
	char *kept = keep(was, now);
	char *out_was = preprocess(was);
	char *out_kept = preprocess(kept);
	struct err e = ERR_INIT;
	size_t n, i, checked = 0, max = strlen(was);
	struct line *v = lines_scan(now, strlen(now), &n);
	char **a = by_number(out_was, max);
	char **b = by_number(out_kept, max);

	ck_assert_int_eq(lines_match(v, n, was, strlen(was), now, strlen(now), &e), 0);
	for (i = 0; i < n; i++) {
		if (v[i].new || !v[i].safe || v[i].kind != LINE_CODE || !a[v[i].old])
			continue;
		ck_assert_ptr_nonnull(b[v[i].old]);
		if (i && v[i - 1].safe && (i + 1 == n || v[i + 1].safe)) {
			ck_assert_msg(strstr(b[v[i].old], a[v[i].old]) != NULL,
				      "line %u:%sis now:%s", v[i].old, a[v[i].old], b[v[i].old]);
			checked++;
		}
	}
	free_numbers(a, max);
	free_numbers(b, max);
	free(v);
	free(out_was);
	free(out_kept);
	free(kept);
	return checked;
}

static const char *const sources[] = {
	"tools/common/cli.c",	   "tools/common/proc.c",    "tools/common/io.c",
	"tools/patchbuild/kcmd.c", "tools/patchbuild/elf.c", "tools/patchbuild/lines_scan.c",
	"tools/common/json.c",	   "tools/common/mem.h",     "tools/patchbuild/units.h",
};

/* Without #include; what it would define is not needed to preprocess. */
static struct corpus read_source(const char *path)
{
	struct err e = ERR_INIT;
	struct file_data f;
	struct corpus c;
	size_t i;

	ck_assert_msg(file_read(path, 0, &f, &e) == 0, "%s (run from the top of the tree)", e.text);
	c = split((char *)f.data);
	file_free(&f);
	for (i = 0; i < c.n; i++)
		if (!strncmp(c.lines[i], "#include", 8))
			c.lines[i][0] = '\0';
	return c;
}

START_TEST(numbers_are_kept_on_real_sources)
{
	struct corpus c = read_source(sources[_i]);
	unsigned int seed = 7 + (unsigned int)_i;
	char *was = join(&c);
	size_t i, checked = 0;

	for (i = 0; i < 12; i++) {
		char *now = disturb(&c, &seed);

		checked += check_numbers(was, now);
		free(now);
	}
	ck_assert_uint_gt(checked, 20);
	for (i = 0; i < c.n; i++)
		free(c.lines[i]);
	free(c.lines);
	free(was);
}
END_TEST

Suite *lines_suite(void)
{
	Suite *s = suite_create("lines");
	TCase *t = tcase_create("lines");
	TCase *real = tcase_create("real sources");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, puts_line_where_it_may, 0, sizeof(cases) / sizeof(*cases));
	suite_add_tcase(s, t);
	tcase_set_timeout(real, 120);
	tcase_set_tags(real, "long");
	tcase_add_loop_test(real, numbers_are_kept_on_real_sources, 0,
			    sizeof(sources) / sizeof(*sources));
	suite_add_tcase(s, real);
	return s;
}
