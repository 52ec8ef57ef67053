// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_case.h"
#include "check_entries.h"

#include "patchbuild/obj.h"

#include "common/io.h"

#include <stdlib.h>
#include <string.h>
#include <xsplice/abi.h>

/* A payload as its reader sees it, and the lines it is checked against. */
struct checked {
	const char *name;
	struct build *b;
	struct obj *payload; /* NULL if there is none */
	struct strbuf *wrong;
};

int build_case(struct mini *m, const char *name, struct build *b, struct err *e)
{
	const char *const advisories[] = {"MINI-1", "MINI-2"};
	const char *patch;
	struct build_request rq = {.store = m->store,
				   .base = m->build_id,
				   .patches = &patch,
				   .npatches = 1,
				   .name = "fix",
				   .advisories = advisories,
				   .nadvisories = 2};

	memset(b, 0, sizeof(*b));
	patch = mini_patch(m, name, e);
	return patch ? build_run(b, &rq, e) : -1;
}

/* --- contents and refusals: the whole list counts --- */

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct lines {
	char **v;
	size_t n;
};

static void add_line(struct lines *l, char *line)
{
	l->v = mem_grow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = line;
}

static char *join_sorted(struct lines *l)
{
	struct strbuf b = {0};
	size_t i;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_line);
	for (i = 0; i < l->n; i++) {
		strbuf_addf(&b, "    %s\n", l->v[i]);
		free(l->v[i]);
	}
	free(l->v);
	return strbuf_take(&b);
}

static char *what_is(const struct build *b)
{
	static const char *const kinds[] = {"patched", "part", "new", "data", "const", "hook"};
	struct lines l = {0};
	size_t i;

	for (i = 0; b->result == BUILD_PAYLOAD && i < b->sel.n; i++) {
		const struct chosen *c = b->sel.v[i];

		add_line(&l,
			 mem_printf("%s %s %s", kinds[c->kind], path_base(c->pair->unit->object),
				    c->sym ? c->sym->name : c->sec->name));
	}
	for (i = 0; i < b->verdict.nrefusals; i++) {
		const struct finding *f = &b->verdict.refusals[i];

		add_line(&l, mem_printf("refuse %s %s", f->code, f->symbol ? f->symbol : "-"));
	}
	return join_sorted(&l);
}

static bool is_content(const char *line)
{
	static const char *const words[] = {"patched ", "part ", "new ",   "data ",
					    "const ",	"hook ", "refuse "};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (text_starts(line, words[i]))
			return true;
	return false;
}

/* --- single facts --- */

static const struct sec *section_of(const struct checked *c, const char *who)
{
	size_t i;

	for (i = 1; c->payload && i < c->payload->nsyms; i++) {
		const struct sym *y = &c->payload->syms[i];
		const char *hash = strrchr(y->name, '#');
		const char *colon = strrchr(y->name, ':');

		if (y->sec && (!strcmp(hash    ? hash + 1
				       : colon ? colon + 1
					       : y->name,
				       who) ||
			       (colon && !strcmp(colon + 1, who))))
			return y->sec;
	}
	return NULL;
}

static bool same_tail(const char *name, const char *want)
{
	size_t len = strlen(want);
	size_t all = strlen(name);

	return text_ends(name, want) && (all == len || strchr("#:", name[all - len - 1]));
}

static bool refers(const struct checked *c, const char *who, const char *to, bool running)
{
	const struct sec *s = section_of(c, who);
	size_t i;

	for (i = 0; s && i < s->nrels; i++)
		if (s->rels[i].sym->undef == running && same_tail(s->rels[i].sym->name, to))
			return true;
	return false;
}

static bool has_note(const struct build *b, const char *code, const char *symbol)
{
	size_t i;

	for (i = 0; i < b->verdict.nnotes; i++) {
		const struct finding *f = &b->verdict.notes[i];

		if (!strcmp(f->code, code) && !strcmp(f->symbol ? f->symbol : "-", symbol))
			return true;
	}
	return false;
}

static uint64_t size_of(const struct checked *c, const char *section)
{
	const struct sec *s = c->payload ? obj_sec(c->payload, section) : NULL;

	return s ? s->size : 0;
}

static uint64_t align_of(const struct checked *c, const char *section)
{
	const struct sec *s = c->payload ? obj_sec(c->payload, section) : NULL;

	return s ? s->align : 0;
}

/* How many bytes of the old function are expected; -1 if it is not patched. */
static long expected_bytes(const struct checked *c, const char *who)
{
	const struct sec *funcs = c->payload ? obj_sec(c->payload, ABI_SEC_FUNCS) : NULL;
	size_t i;

	for (i = 0; funcs && i < funcs->nrels; i++) {
		const struct rel *r = &funcs->rels[i];
		size_t at = r->offset / sizeof(struct abi_func) * sizeof(struct abi_func);

		if (r->offset == at && r->sym->sec &&
		    same_tail((const char *)r->sym->sec->data + r->addend, who))
			return funcs->data[at + offsetof(struct abi_func, expect)] >> 1 & 31;
	}
	return -1;
}

static bool has_string(const struct checked *c, const char *text)
{
	const struct sec *s = c->payload ? obj_sec(c->payload, ".rodata.str") : NULL;

	return s && memmem(s->data, s->size, text, strlen(text));
}

static bool holds(const struct checked *c, char *const *w, size_t n, const char *line)
{
	if (n == 4 && !strcmp(w[0], "uses") && section_of(c, w[1]))
		return refers(c, w[1], w[3], !strcmp(w[2], "running"));
	if (n == 3 && !strcmp(w[0], "unused") && section_of(c, w[1]))
		return !refers(c, w[1], w[2], true) && !refers(c, w[1], w[2], false);
	if (n == 3 && !strcmp(w[0], "size"))
		return size_of(c, w[1]) == strtoul(w[2], NULL, 0);
	if (n == 3 && !strcmp(w[0], "align"))
		return align_of(c, w[1]) == strtoul(w[2], NULL, 0);
	if (n == 3 && !strcmp(w[0], "expect"))
		return expected_bytes(c, w[1]) == strtol(w[2], NULL, 0);
	if (n >= 2 && !strcmp(w[0], "string"))
		return has_string(c, line + strlen("string "));
	return n == 3 && !strcmp(w[0], "note") && has_note(c->b, w[1], w[2]);
}

static void check_fact(const struct checked *c, const char *line)
{
	autofree char *copy = mem_strdup(line);
	char *words[5] = {0};
	char *save, *w;
	size_t n = 0;

	for (w = strtok_r(copy, " ", &save); w && n < 4; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	if (!n || !holds(c, words, n, line))
		strbuf_addf(c->wrong, "%s: does not hold: %s\n", c->name, line);
}

/* --- a case --- */

static void say_why(const struct checked *c)
{
	size_t i;

	for (i = 0; i < c->b->sel.n; i++)
		strbuf_addf(c->wrong, "  because: %s: %s\n",
			    c->b->sel.v[i]->sym ? c->b->sel.v[i]->sym->name : "-",
			    c->b->sel.v[i]->why ? c->b->sel.v[i]->why : "");
	for (i = 0; i < c->b->verdict.nrefusals; i++)
		strbuf_addf(c->wrong, "  refused: %s\n", c->b->verdict.refusals[i].text);
	for (i = 0; i < c->b->verdict.nnotes; i++)
		strbuf_addf(c->wrong, "  note: %s %s: %s\n", c->b->verdict.notes[i].code,
			    c->b->verdict.notes[i].symbol ? c->b->verdict.notes[i].symbol : "-",
			    c->b->verdict.notes[i].text);
}

static void check_verdict(const struct checked *c)
{
	static const char *const words[] = {"payload-", "nochange-", "refuse-"};

	if (!text_starts(c->name, words[c->b->result]))
		strbuf_addf(c->wrong, "%s: verdict is %.*s\n", c->name,
			    (int)strlen(words[c->b->result]) - 1, words[c->b->result]);
}

static void check_lines(const struct checked *c, char *text)
{
	struct lines wanted = {0};
	autofree char *want = NULL;
	autofree char *have = what_is(c->b);
	char *line, *save;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		if (is_content(line))
			add_line(&wanted, mem_strdup(line));
		else
			check_fact(c, line);
	}
	want = join_sorted(&wanted);
	if (strcmp(want, have))
		strbuf_addf(c->wrong, "%s: expected\n%s  got\n%s", c->name, want, have);
}

static int open_payload(struct checked *c, struct err *e)
{
	struct file_data f;

	if (c->b->result != BUILD_PAYLOAD)
		return 0;
	f.data = mem_dup(c->b->payload.data, c->b->payload.len);
	f.size = c->b->payload.len;
	c->payload = obj_load_data(&f, "payload", e);
	return c->payload ? 0 : -1;
}

int check_case(struct mini *m, const char *name, struct strbuf *wrong, struct err *e)
{
	autofree char *path = mem_printf("%s/%s/expect", m->data, name);
	struct build b;
	struct checked c = {name, &b, NULL, wrong};
	struct entry_counts counts = {0};
	struct file_data f;
	size_t before = wrong->len;
	int ret = build_case(m, name, &b, e);

	if (ret && b.ws)
		strbuf_adds(wrong, workspace_messages(b.ws));
	if (ret == 0)
		ret = open_payload(&c, e);
	if (ret == 0)
		ret = file_read(path, 0, &f, e);
	if (ret == 0) {
		check_verdict(&c);
		check_lines(&c, (char *)f.data);
		if (c.payload)
			check_entries(name, &b, c.payload, &counts, wrong);
		file_free(&f);
		if (wrong->len != before)
			say_why(&c);
	}
	obj_free(c.payload);
	build_free(&b);
	return ret;
}
