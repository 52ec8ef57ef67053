// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_listed(const struct finding *list, size_t n, const struct finding *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (same(list[i].code, f->code) && same(list[i].object, f->object) &&
		    same(list[i].symbol, f->symbol) && same(list[i].text, f->text))
			return true;
	return false;
}

static void add(struct arena *a, struct finding **list, size_t *n, const struct finding *f)
{
	struct finding *to;

	if (is_listed(*list, *n, f))
		return;
	*list = mem_grow(*list, *n, sizeof(**list));
	to = &(*list)[(*n)++];
	to->code = arena_strdup(a, f->code);
	to->object = f->object ? arena_strdup(a, f->object) : NULL;
	to->symbol = f->symbol ? arena_strdup(a, f->symbol) : NULL;
	to->text = arena_strdup(a, f->text);
}

__attribute__((format(printf, 1, 0))) static char *format(const char *fmt, va_list ap)
{
	char *text;

	text = mem_vprintf(fmt, ap);
	return text;
}

void verdict_refuse(struct verdict *v, const char *code, const char *object, const char *symbol,
		    const char *fmt, ...)
{
	struct finding f = {code, object, symbol, NULL};
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	f.text = text;
	add(&v->arena, &v->refusals, &v->nrefusals, &f);
	free(text);
}

void verdict_note(struct verdict *v, const char *code, const char *object, const char *symbol,
		  const char *fmt, ...)
{
	struct finding f = {code, object, symbol, NULL};
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	f.text = text;
	add(&v->arena, &v->notes, &v->nnotes, &f);
	free(text);
}

bool verdict_has(const struct verdict *v, const char *code, const char *object)
{
	size_t i;

	for (i = 0; i < v->nrefusals; i++)
		if (!strcmp(v->refusals[i].code, code) &&
		    (!object || same(v->refusals[i].object, object)))
			return true;
	return false;
}

void verdict_free(struct verdict *v)
{
	free(v->refusals);
	free(v->notes);
	arena_free(&v->arena);
	memset(v, 0, sizeof(*v));
}
