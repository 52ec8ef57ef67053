// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - a build, told to people and to programs
 */
#include "patchbuild/build.h"

#include "common/json.h"

#include <stdio.h>
#include <string.h>

static const char *const verdict_words[] = {"payload", "no-change", "not-patchable"};
static const char *const kind_words[] = {"patched", "part", "new", "data", "constant", "hook"};

static const char *chosen_name(const struct chosen *c)
{
	return c->sym ? c->sym->name : c->sec->name;
}

static size_t count_kind(const struct build *b, enum chosen_kind kind)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < b->sel.n; i++)
		n += b->sel.v[i]->kind == kind;
	return n;
}

static void print_line(FILE *to, const char *object, const char *symbol, const char *text)
{
	struct strbuf b = {0};

	strbuf_add_escaped(&b, object ? object : "", object ? strlen(object) : 0);
	if (symbol) {
		strbuf_adds(&b, object ? ": " : "");
		strbuf_add_escaped(&b, symbol, strlen(symbol));
	}
	strbuf_adds(&b, b.len ? ": " : "");
	strbuf_add_escaped(&b, text, strlen(text));
	fprintf(to, "  %s\n", b.data);
	strbuf_free(&b);
}

static void print_findings(FILE *to, const char *head, const struct finding *v, size_t n)
{
	size_t i;

	if (n)
		fprintf(to, "%s\n", head);
	for (i = 0; i < n; i++)
		print_line(to, v[i].object, v[i].symbol, v[i].text);
}

static void print_chosen(FILE *to, const struct build *b)
{
	size_t i;

	for (i = 0; i < b->sel.n; i++) {
		const struct chosen *c = b->sel.v[i];
		autofree char *head =
			mem_printf("%-8s %s", kind_words[c->kind], c->pair->unit->object);

		print_line(to, head, chosen_name(c), c->why);
	}
}

void build_report(const struct build *b, FILE *to)
{
	switch (b->result) {
	case BUILD_PAYLOAD:
		fprintf(to, "payload: %zu functions, %zu bytes, build-id %s\n",
			count_kind(b, CHOSEN_PATCH), b->payload.len, b->build_id);
		print_chosen(to, b);
		if (count_kind(b, CHOSEN_DATA))
			fputs("  has variables of its own: once reverted it must be uploaded "
			      "again\n",
			      to);
		break;
	case BUILD_NO_CHANGE:
		fputs("no change: the compiled code is the same with these patches\n", to);
		break;
	case BUILD_NOT_PATCHABLE:
		print_findings(to, "not patchable:", b->verdict.refusals, b->verdict.nrefusals);
		break;
	}
	print_findings(to, "notes:", b->verdict.notes, b->verdict.nnotes);
	fprintf(to,
		"%zu of %zu objects compiled (%zu the same after preprocessing), %.1f s, "
		"compilers %.1f CPU-s\n",
		b->units.n, b->units.considered, b->units.same_text, b->seconds, b->cpu_seconds);
}

static struct json *findings(const struct finding *v, size_t n)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < n; i++) {
		struct json *j = json_new_object();

		json_put_str(j, "code", v[i].code);
		json_put_str(j, "object", v[i].object);
		json_put_str(j, "symbol", v[i].symbol);
		json_put_str(j, "text", v[i].text);
		json_add(list, j);
	}
	return list;
}

static struct json *chosen_json(const struct build *b)
{
	struct json *list = json_new_array();
	size_t i;

	for (i = 0; i < b->sel.n; i++) {
		const struct chosen *c = b->sel.v[i];
		struct json *j = json_new_object();

		json_put_str(j, "object", c->pair->unit->object);
		json_put_str(j, "name", chosen_name(c));
		json_put_str(j, "kind", kind_words[c->kind]);
		json_put_str(j, "why", c->why);
		if (c->kind == CHOSEN_PATCH && c->old) {
			autofree char *addr = mem_printf("0x%llx", (unsigned long long)c->old_addr);

			json_put_str(j, "old_address", addr);
			json_put_int(j, "old_size", (int64_t)c->old_size);
			json_put_int(j, "new_size", (int64_t)c->sec->size);
		}
		json_add(list, j);
	}
	return list;
}

struct json *build_json(const struct build *b)
{
	struct json *doc = json_new_object();
	struct json *units = json_new_object();

	json_put_int(doc, "schema", 1);
	json_put_str(doc, "verdict", verdict_words[b->result]);
	json_put_str(doc, "base", base_build_id(b->base));
	json_put_str(doc, "name", b->sel.name);
	if (b->result == BUILD_PAYLOAD) {
		json_put_str(doc, "build_id", b->build_id);
		json_put_int(doc, "size", (int64_t)b->payload.len);
		json_put_int(doc, "memory", (int64_t)b->tried.memory);
		json_put(doc, "writes", offline_writes_json(&b->tried));
	}
	json_put(doc, "contents", chosen_json(b));
	json_put(doc, "refusals", findings(b->verdict.refusals, b->verdict.nrefusals));
	json_put(doc, "notes", findings(b->verdict.notes, b->verdict.nnotes));
	json_put_int(units, "affected", (int64_t)b->units.considered);
	json_put_int(units, "same_text", (int64_t)b->units.same_text);
	json_put_int(units, "compiled", (int64_t)b->units.n);
	json_put(doc, "objects", units);
	json_put_real(doc, "seconds", b->seconds);
	json_put_real(doc, "compiler_cpu_seconds", b->cpu_seconds);
	return doc;
}
