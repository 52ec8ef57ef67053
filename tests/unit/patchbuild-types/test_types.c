// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types compared between compiled objects. The cases are pairs of sources in
 * tests/data/types; a pair's verdict is in its name and, word for word, in lines
 * "expect: KIND NAME: TEXT" on top of the new source.
 */
#include "patchbuild/types.h"

#include "common/io.h"
#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"
#include "common/text.h"

#include <check.h>
#include <dirent.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA "tests/data/types"

static char *dir;
static const char *compiler;

static void setup(void)
{
	struct err e = ERR_INIT;

	compiler = "gcc";
	dir = dir_temp("types", &e);
	ck_assert_msg(dir != NULL, "%s", e.text);
}

static void teardown(void)
{
	struct err e = ERR_INIT;

	ck_assert_msg(dir_remove(dir, &e) == 0, "%s", e.text);
	free(dir);
}

/* Compiles @source to @object in the temporary folder, returns its path. */
static char *compile(const char *source, const char *object, const char *debug)
{
	char *out = path_join(dir, object);
	const char *argv[] = {
		compiler, "-g", debug,	"-O2", "-ffunction-sections", "-fdata-sections", "-c",
		"-o",	  out,	source, NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;

	ck_assert_msg(proc_run(&p, &e) == 0, "%s: install gcc and clang", e.text);
	ck_assert_msg(p.status == 0, "%s", p.errors.data ? p.errors.data : "");
	proc_free(&p);
	return out;
}

static char *compile_text(const char *text, const char *object, const char *debug)
{
	autofree char *source = mem_printf("%s/%s.c", dir, object);
	struct err e = ERR_INIT;

	ck_assert_int_eq(file_write(source, text, strlen(text), 0600, &e), 0);
	return compile(source, object, debug);
}

/* --- the pairs of sources --- */

/* The "expect:" lines of a source, a line each. */
static char *expected(const char *source)
{
	struct err e = ERR_INIT;
	struct strbuf b = {0};
	struct file_data f;
	char *line, *save;

	ck_assert_msg(file_read(source, 0, &f, &e) == 0, "%s", e.text);
	for (line = strtok_r((char *)f.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (text_starts(line, "/* expect: ") && text_ends(line, " */"))
			strbuf_addf(&b, "%.*s\n", (int)strlen(line) - 14, line + 11);
	file_free(&f);
	return strbuf_take(&b);
}

static char *found(const struct type_changes *c)
{
	struct strbuf b = {0};
	size_t i;

	for (i = 0; i < c->n; i++)
		strbuf_addf(&b, "%s %s: %s\n", type_change_word(c->v[i].kind), c->v[i].name,
			    c->v[i].text);
	return strbuf_take(&b);
}

static bool is_old_source(const char *name)
{
	return text_ends(name, ".old.c");
}

static void check_pair(const char *name, const char *debug)
{
	int len = (int)strlen(name) - 6;
	autofree char *old_c = mem_printf(DATA "/%s", name);
	autofree char *new_c = mem_printf(DATA "/%.*s.new.c", len, name);
	autofree char *old_o = compile(old_c, "old.o", debug);
	autofree char *new_o = compile(new_c, "new.o", debug);
	autofree char *want = expected(new_c);
	autofree char *got = NULL;
	struct type_changes c;
	struct err e = ERR_INIT;
	size_t i;

	ck_assert_msg(types_compare(old_o, new_o, &c, &e) == 0, "%s: %s", name, e.text);
	got = found(&c);
	ck_assert_msg(!strcmp(want, got), "%s %s: expected\n%sfound\n%s", debug, name, want, got);
	ck_assert_msg(!want[0] == text_starts(name, "same-"), "%s: name and verdict", name);
	for (i = 0; i < c.n; i++) {
		bool gone = c.v[i].kind == TYPE_ENUM_REMOVED;

		ck_assert_msg(c.v[i].file && c.v[i].line > 1 && !c.v[i].header, "%s", name);
		ck_assert_str_eq(c.v[i].file, gone ? old_c : new_c);
	}
	type_changes_free(&c);
}

static void check_pairs(const char *debug)
{
	struct dirent **list;
	int n, i, pairs = 0;

	n = scandir(DATA, &list, NULL, alphasort);
	ck_assert_msg(n > 0, DATA ": run this from the top of the tree");
	for (i = 0; i < n; i++) {
		if (is_old_source(list[i]->d_name)) {
			check_pair(list[i]->d_name, debug);
			pairs++;
		}
		free(list[i]);
	}
	free(list);
	ck_assert_int_ge(pairs, 30);
}

START_TEST(pairs_dwarf5)
{
	check_pairs("-gdwarf-5");
}
END_TEST

/* DWARF 4 counts the bits of a bit-field from the other end. */
static const char *const other_pairs[] = {
	"padding-union-view.old.c",	"layout-bit-field-wider.old.c",
	"layout-inner-unnamed.old.c",	"layout-member-inserted.old.c",
	"layout-array-longer.old.c",	"padding-bit-field.old.c",
	"same-typedef-and-const.old.c", "layout-inner-struct-grew.old.c",
};

#define N_OTHER (int)(sizeof(other_pairs) / sizeof(other_pairs[0]))

START_TEST(pair_dwarf4)
{
	check_pair(other_pairs[_i], "-gdwarf-4");
}
END_TEST

START_TEST(pair_clang)
{
	compiler = "clang";
	check_pair(other_pairs[_i], "-gdwarf-5");
}
END_TEST

START_TEST(kinds_have_words)
{
	int k;

	for (k = TYPE_LAYOUT; k <= TYPE_ENUM_REMOVED; k++) {
		ck_assert_ptr_nonnull(type_change_word(k));
		ck_assert_int_eq(type_change_is_harmless(k), k >= TYPE_RENAMED);
	}
}
END_TEST

START_TEST(header_is_told_apart)
{
	autofree char *h = mem_printf("%s/s.h", dir);
	struct err e = ERR_INIT;
	struct type_changes c;
	const char *src = "#include \"s.h\"\nstruct m { char c[N]; };\n"
			  "int use(struct s *s, struct m *m)\n{\n\treturn s->a + m->c[0];\n}\n";
	const char *old_h = "#define N 1\nstruct s {\n\tint a;\n};\n";
	const char *new_h = "#define N 2\nstruct s {\n\tlong a;\n};\n";
	autofree char *o = NULL, *n = NULL;

	ck_assert_int_eq(file_write(h, old_h, strlen(old_h), 0600, &e), 0);
	o = compile_text(src, "one.o", "-g");
	ck_assert_int_eq(file_write(h, new_h, strlen(new_h), 0600, &e), 0);
	n = compile_text(src, "two.o", "-g");
	ck_assert_int_eq(types_compare(o, n, &c, &e), 0);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_str_eq(c.v[0].name, "struct m");
	ck_assert(!c.v[0].header && c.v[0].line == 2);
	ck_assert_str_eq(c.v[1].name, "struct s");
	ck_assert(c.v[1].header && c.v[1].line == 2);
	ck_assert_msg(text_ends(c.v[1].file, "s.h"), "%s", c.v[1].file);
	ck_assert_str_eq(c.v[1].member, "a");
	ck_assert_int_eq(c.v[1].old_size, 4);
	ck_assert_int_eq(c.v[1].new_size, 8);
	type_changes_free(&c);
}
END_TEST

/* --- static locals --- */

static const char locals_c[] = "int out(int *p);\n"
			       "static inline int in(int k)\n"
			       "{\n"
			       "\tstatic int calls;\n"
			       "\treturn calls += k;\n"
			       "}\n"
			       "static __attribute__((noinline)) int f(void)\n"
			       "{\n"
			       "\tstatic int n = 1;\n"
			       "\t{ static long n; n += out(0); }\n"
			       "\treturn out(&n);\n"
			       "}\n"
			       "static int at_file_scope;\n"
			       "int g(void) { return in(1) + f() + at_file_scope++; }\n"
			       "int h(void) { return in(2) + __func__[out(0)]; }\n";

/* "name function line size section-name\n" of each. */
static char *list_locals(const char *path)
{
	struct err e = ERR_INIT;
	struct types *t = types_load(path, &e);
	struct static_local *l;
	struct strbuf b = {0};
	struct file_data f;
	const Elf64_Shdr *sh;
	size_t n, i;

	ck_assert_msg(t != NULL, "%s", e.text);
	ck_assert_int_eq(file_read(path, 0, &f, &e), 0);
	sh = (const void *)(f.data + ((const Elf64_Ehdr *)f.data)->e_shoff);
	l = types_static_locals(t, &n);
	for (i = 0; i < n; i++) {
		const Elf64_Shdr *str = &sh[((const Elf64_Ehdr *)f.data)->e_shstrndx];

		strbuf_addf(&b, "%s %s %u %u %s+%u\n", l[i].name, l[i].function, l[i].line,
			    (unsigned int)l[i].size,
			    (const char *)f.data + str->sh_offset + sh[l[i].section].sh_name,
			    (unsigned int)l[i].offset);
	}
	free(l);
	file_free(&f);
	types_free(t);
	return strbuf_take(&b);
}

START_TEST(static_locals_and_their_places)
{
	autofree char *o = compile_text(locals_c, "locals.o", "-g");
	autofree char *got = list_locals(o);
	static const char *const want[] = {
		"calls in 4 4 .bss.calls.",
		"n f 9 4 .data.n.",
		"n f 10 8 .bss.n.",
		"__func__ h 0 2 .rodata.__func__.",
	};
	size_t i, lines = 0;
	const char *p;

	for (i = 0; i < 4; i++)
		ck_assert_msg(strstr(got, want[i]) != NULL, "%s not in\n%s", want[i], got);
	for (p = got; *p; p++)
		lines += *p == '\n';
	ck_assert_msg(lines == 4, "%s", got);
}
END_TEST

/* clang names addresses by index, and says "a piece" of what it shrank. */
START_TEST(static_locals_of_clang)
{
	autofree char *o = NULL, *got = NULL;

	compiler = "clang";
	o = compile_text(locals_c, "locals.o", "-gdwarf-5");
	got = list_locals(o);
	ck_assert_msg(strstr(got, "n f 9 4 .data.f.n+0") != NULL, "%s", got);
	ck_assert_msg(strstr(got, "n f 10 8 .bss.f.n.") != NULL, "%s", got);
}
END_TEST

START_TEST(no_static_locals)
{
	autofree char *o = compile_text("int x; int f(void) { return x; }\n", "none.o", "-g");
	autofree char *got = list_locals(o);

	ck_assert_str_eq(got, "");
}
END_TEST

/* Two of one name in one function are told apart by their lines. */
START_TEST(static_locals_of_one_name)
{
	autofree char *changed = mem_strdup(locals_c);
	autofree char *o = compile_text(locals_c, "one.o", "-g");
	autofree char *n = NULL;
	struct err e = ERR_INIT;
	struct type_changes c;

	for (size_t i = 0; i < 4; i++)
		strstr(changed, " n; n += ")[i - 4] = "char"[i];
	n = compile_text(changed, "two.o", "-g");
	ck_assert_int_eq(types_compare(o, n, &c, &e), 0);
	ck_assert_uint_eq(c.n, 1);
	ck_assert_str_eq(c.v[0].name, "f::n");
	ck_assert_int_eq(c.v[0].old_size, 8);
	type_changes_free(&c);
}
END_TEST

/* --- where objects live --- */

#define S "struct s { int a; };\nint out(void *p);\n"

static const struct {
	const char *text;
	enum types_life life;
} lives[] = {
	{S "static int __attribute__((noinline)) f(struct s *p) { return p->a++; }\n"
	   "int g(void) { struct s s = {out(0)}; out(&s); return f(&s); }\n",
	 TYPES_LIFE_LOCAL},
	{S "static struct s one;\nint g(void) { struct s s = one; out(&s); return one.a++; }\n",
	 TYPES_LIFE_STATIC},
	{S "static struct s v[3];\nint g(int i) { return v[i].a++; }\n", TYPES_LIFE_STATIC},
	{S "int g(void) { static struct s keep; return keep.a++; }\n", TYPES_LIFE_STATIC},
	{S "int g(void *v) { struct s *p = v; out(p); return p->a; }\n", TYPES_LIFE_UNKNOWN},
	{S "int g(struct s *p) { struct s s = *p; out(&s); return s.a; }\n", TYPES_LIFE_UNKNOWN},
	{S "struct t { struct s in; };\nint g(void) { struct s s = {0}; struct t t = {s}; "
	   "out(&t); out(&s); return 0; }\n",
	 TYPES_LIFE_UNKNOWN},
	{S "struct t { struct s *at; };\nint g(void) { struct s s = {0}; struct t t = {&s}; "
	   "out(&t); return 0; }\n",
	 TYPES_LIFE_UNKNOWN},
	{S "static struct s f(void) { return (struct s){out(0)}; }\n"
	   "int g(void) { struct s s = f(); out(&s); return 0; }\n",
	 TYPES_LIFE_UNKNOWN},
	{S "int (*cb)(struct s *);\nint g(void) { struct s s = {0}; return cb(&s); }\n",
	 TYPES_LIFE_UNKNOWN},
	{"#line 1 \"a.h\"\n" S "#line 1 \"a.c\"\n"
	 "int g(void) { struct s s = {0}; return out(&s); }\n",
	 TYPES_LIFE_UNKNOWN},
};

START_TEST(life_of_objects)
{
	autofree char *path = compile_text(lives[_i].text, "life.o", "-g");
	struct err e = ERR_INIT;
	struct types *t = types_load(path, &e);
	const char *why = NULL;
	enum types_life l;

	ck_assert_msg(t != NULL, "%s", e.text);
	l = types_local_only(t, t, "struct s", &why);
	ck_assert_msg(l == lives[_i].life, "%s: answer %d (%s)", lives[_i].text, l, why);
	ck_assert(!why == (l == TYPES_LIFE_LOCAL));
	ck_assert_int_eq(types_local_only(t, t, "struct none", &why), TYPES_LIFE_UNKNOWN);
	types_free(t);
}
END_TEST

/* --- what is no good object --- */

static void check_refused(const char *path, const char *word)
{
	struct err e = ERR_INIT;
	struct types *t = types_load(path, &e);

	ck_assert_msg(t == NULL, "%s was read", path);
	ck_assert_msg(strstr(e.text, word) != NULL, "%s", e.text);
}

START_TEST(refused_objects)
{
	const char *src = "int x;\n";
	autofree char *plain = compile_text(src, "plain.o", "-g0");
	autofree char *packed = compile_text("int f(int a) { return a; }\n", "z.o", "-gz");

	check_refused(plain, "no debug information");
	check_refused(packed, "compressed");
	check_refused(DATA "/same-body-changed.old.c", "not an ELF");
	check_refused("tests/data/types/none.o", "none.o");
}
END_TEST

/* Reads it, and uses all that was read. */
static bool try_damaged(const char *path, struct types *good)
{
	struct err e = ERR_INIT;
	struct types *t = types_load(path, &e);
	struct type_changes c = {{0}, NULL, 0};
	const char *why;
	size_t n;

	if (!t) {
		ck_assert(e.text[0]);
		return false;
	}
	types_diff(good, t, &c, &e);
	type_changes_free(&c);
	types_diff(t, good, &c, &e);
	type_changes_free(&c);
	free(types_static_locals(t, &n));
	types_local_only(t, t, "struct s", &why);
	types_free(t);
	return true;
}

static const char damaged_c[] =
	"struct s { int a; struct { int x : 3, y : 5; } in[2]; int (*f)(struct s *, ...); };\n"
	"enum e { A, B = -5 }; enum e v; typedef union { long l; char c[8]; } u_t; u_t u;\n"
	"int use(struct s *p) { static int n; return p->in[1].y + p->f(p, v) + u.c[n++]; }\n";

static void damage_all(const char *path, struct types *good, bool cut, size_t *refused)
{
	autofree char *bad = path_join(dir, "bad.o");
	struct err e = ERR_INIT;
	struct file_data f;
	size_t i, step;

	ck_assert_int_eq(file_read(path, 0, &f, &e), 0);
	step = cut ? 61 : 5;
	for (i = 0; i < f.size; i += step) {
		FILE *to = fopen(bad, "w");

		f.data[i] ^= cut ? 0 : 1 << (i / step) % 8;
		ck_assert_ptr_nonnull(to);
		ck_assert_uint_eq(fwrite(f.data, 1, cut ? i : f.size, to), cut ? i : f.size);
		fclose(to);
		f.data[i] ^= cut ? 0 : 1 << (i / step) % 8;
		*refused += !try_damaged(bad, good);
		if (cut)
			ck_assert_msg(*refused == i / step + 1, "cut to %zu bytes was read", i);
	}
	file_free(&f);
}

START_TEST(damaged_objects)
{
	autofree char *path = compile_text(damaged_c, "good.o", "-g");
	struct err e = ERR_INIT;
	struct types *good = types_load(path, &e);
	size_t cut = 0, flipped = 0;

	ck_assert_msg(good != NULL, "%s", e.text);
	damage_all(path, good, true, &cut);
	damage_all(path, good, false, &flipped);
	ck_assert_uint_gt(flipped, 0);
	types_free(good);
}
END_TEST

static Suite *types_suite(void)
{
	Suite *s = suite_create("types");
	TCase *t = tcase_create("pairs");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, pairs_dwarf5);
	tcase_add_loop_test(t, pair_dwarf4, 0, N_OTHER);
	tcase_add_loop_test(t, pair_clang, 0, N_OTHER);
	tcase_add_test(t, kinds_have_words);
	tcase_add_test(t, header_is_told_apart);
	suite_add_tcase(s, t);

	t = tcase_create("objects");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, static_locals_and_their_places);
	tcase_add_test(t, static_locals_of_clang);
	tcase_add_test(t, no_static_locals);
	tcase_add_test(t, static_locals_of_one_name);
	tcase_add_loop_test(t, life_of_objects, 0, sizeof(lives) / sizeof(lives[0]));
	suite_add_tcase(s, t);

	t = tcase_create("damage");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, refused_objects);
	tcase_add_test(t, damaged_objects);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(types_suite());
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
