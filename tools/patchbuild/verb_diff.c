// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb_diff.c - patchbuild diff OLD.o NEW.o
 */
#include "patchbuild/compare.h"
#include "patchbuild/verbs.h"

#include "common/json.h"

#include <stdio.h>
#include <string.h>

#define EXIT_SAME	   3
#define EXIT_NOT_PATCHABLE 2

const struct cli_opt verb_diff_opts[] = {
	{"json", 0, CLI_FLAG, offsetof(struct diff_opts, json), NULL, "print one JSON document"},
	{0},
};

struct tally {
	struct json *list; /* NULL: print text */
	size_t changed;
	size_t others; /* differences that no function or variable has */
};

static void tell(struct tally *t, const char *change, const char *kind, const char *name,
		 const char *why)
{
	struct strbuf line = {0};
	struct json *j;

	t->changed++;
	if (t->list) {
		j = json_new_object();
		json_put_str(j, "change", change);
		json_put_str(j, "kind", kind);
		json_put_str(j, "name", name);
		json_put_str(j, "why", why);
		json_add(t->list, j);
		return;
	}
	strbuf_add_escaped(&line, name, strlen(name));
	strbuf_adds(&line, why ? ": " : "");
	strbuf_add_escaped(&line, why ? why : "", why ? strlen(why) : 0);
	printf("%-8s %-8s %s\n", change, kind, line.data);
	strbuf_free(&line);
}

static const char *kind_name(const struct sym *s)
{
	if (sec_kind(s->sec) == SEC_TEXT)
		return "function";
	return sec_kind(s->sec) == SEC_RODATA ? "constant" : "variable";
}

static bool is_told(const struct sym *s)
{
	return s->sec && s->size && (sec_is_object(s->sec) || sec_kind(s->sec) == SEC_PERCPU) &&
	       !sym_is_section(s) && !text_starts(s->name, ".L");
}

/* Numbered constants have no identity: they count by content where they are used. */
static bool is_nameless(const struct sym *s)
{
	return sec_kind(s->sec) == SEC_RODATA && sym_is_local(s);
}

static void tell_symbols(struct cmp *c, struct tally *t)
{
	size_t i;

	for (i = 1; i < c->news->nsyms; i++) {
		struct sym *s = &c->news->syms[i];
		bool code = s->sec && sec_kind(s->sec) == SEC_TEXT;

		if (!is_told(s))
			continue;
		if (!s->twin && !is_nameless(s))
			tell(t, "new", kind_name(s), s->name,
			     s->ambiguous ? "could be one of several" : NULL);
		else if (code && s->sec->differs && s == sec_symbol(s->sec))
			tell(t, "changed", kind_name(s), s->name, s->sec->why);
		else if (!code && s->twin && s->differs)
			tell(t, "changed", kind_name(s), s->name, s->why);
	}
	for (i = 1; i < c->olds->nsyms; i++) {
		struct sym *s = &c->olds->syms[i];

		if (is_told(s) && !s->twin && !is_nameless(s))
			tell(t, "removed", kind_name(s), s->name, NULL);
	}
}

static void tell_init(struct cmp *c, struct tally *t)
{
	const struct sym *s;
	const char *why;
	size_t iter = 0;

	while ((s = cmp_next_init_change(c, &iter, &why)))
		tell(t, "changed", "init", s->name, why);
}

/*
 * What cannot be read as an object (32-bit boot code, PE) is the same only if every
 * byte is. Takes the cause back then.
 */
static bool is_identical(const char *a, const char *b, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct file_data x;
	struct file_data y = {0};
	bool same_bytes;

	if (e->kind != ERR_UNSUPPORTED || file_read(a, OBJ_MAX, &x, &ignored) < 0)
		return false;
	same_bytes = file_read(b, OBJ_MAX, &y, &ignored) == 0 && x.size == y.size &&
		     !memcmp(x.data, y.data, x.size);
	file_free(&x);
	file_free(&y);
	if (same_bytes)
		err_clear(e);
	return same_bytes;
}

static int same(bool json)
{
	struct json *doc;

	if (!json) {
		puts("no change");
		return EXIT_SAME;
	}
	doc = json_new_object();
	json_put_int(doc, "schema", 1);
	json_put_str(doc, "verdict", "same");
	json_put(doc, "changes", json_new_array());
	json_print(doc, stdout);
	json_unref(doc);
	return EXIT_SAME;
}

static void print_json(struct json *changes)
{
	struct json *doc = json_new_object();

	json_put_int(doc, "schema", 1);
	json_put_str(doc, "verdict", "changed");
	json_put(doc, "changes", changes);
	json_print(doc, stdout);
	json_unref(doc);
}

int verb_diff(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct diff_opts *o = opts;
	struct tally t = {0};
	struct cmp c;
	bool beyond;

	if (argc != 2) {
		err_set(&cli->err, ERR_USAGE, "diff: two objects are needed");
		return 0;
	}
	if (cmp_open(&c, argv[0], argv[1], argv[1], NULL, NULL, &cli->err) < 0) {
		cmp_free(&c);
		return is_identical(argv[0], argv[1], &cli->err) ? same(o->json) : 1;
	}
	if (o->json)
		t.list = json_new_array();
	tell_symbols(&c, &t);
	tell_init(&c, &t);
	beyond = c.asm_differs;
	if (beyond)
		tell(&t, "changed", "section", c.asm_why, NULL);
	cmp_free(&c);
	if (!t.changed) {
		json_unref(t.list);
		return same(o->json);
	}
	if (t.list)
		print_json(t.list);
	return beyond ? EXIT_NOT_PATCHABLE : 0;
}
