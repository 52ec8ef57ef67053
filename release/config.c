// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/config.h"

#include "common/io.h"
#include "common/text.h"
#include "release/date.h"
#include "release/git.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add(void *ctx, const char *key, const char *value)
{
	struct config *c = ctx;

	c->v = mem_grow(c->v, c->n, sizeof(*c->v));
	c->v[c->n].key = arena_strdup(&c->arena, key);
	c->v[c->n++].value = arena_strdup(&c->arena, value);
}

static bool has(const struct config *c, const char *key)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].key, key))
			return true;
	return false;
}

/*
 * The file says it otherwise: this key, or, where the built-in names of subsections are
 * those of one project's files, the section.
 */
static bool overrides(const struct config *file, const char *key)
{
	size_t i;

	for (i = 0; text_starts(key, "version-file.") && i < file->n; i++)
		if (text_starts(file->v[i].key, "version-file."))
			return true;
	return has(file, key);
}

int config_load(struct config *c, const char *path, struct err *e)
{
	struct config file = {.path = path};
	const struct setting *d;
	size_t i;
	int ret = 0;

	memset(c, 0, sizeof(*c));
	c->path = path;
	if (path)
		ret = git_config_each(path, add, &file, e);
	for (i = 0; !ret && i < file.n; i++)
		if (!config_is_known(file.v[i].key))
			ret = err_fail(e,
				       "%s: \"%s\": there is no such setting: see SETTINGS in "
				       "xsplice-release(1)",
				       path, file.v[i].key);
	for (d = config_defaults; d->key; d++)
		if (!overrides(&file, d->key))
			add(c, d->key, d->value);
	for (i = 0; i < file.n; i++)
		add(c, file.v[i].key, file.v[i].value);
	config_free(&file);
	return ret;
}

bool config_is_default(const struct config *c, const char *key)
{
	const struct setting *d;
	size_t i;

	for (i = 0; i < c->n && strcmp(c->v[i].key, key) != 0; i++)
		;
	for (d = config_defaults; d->key && i < c->n; d++)
		if (!strcmp(d->key, key) && !strcmp(d->value, c->v[i].value))
			return true;
	return false;
}

void config_free(struct config *c)
{
	free(c->v);
	arena_free(&c->arena);
	memset(c, 0, sizeof(*c));
}

const char *config_next(const struct config *c, const char *key, size_t *i)
{
	for (; *i < c->n; (*i)++)
		if (!strcmp(c->v[*i].key, key))
			return c->v[(*i)++].value;
	return NULL;
}

const char *config_get(const struct config *c, const char *key)
{
	const char *value = NULL;
	const char *v;
	size_t i = 0;

	while ((v = config_next(c, key, &i)))
		value = v;
	return value;
}

const char *config_sub(const struct config *c, const char *section, const char *sub,
		       const char *name)
{
	autofree char *key = mem_printf("%s.%s.%s", section, sub, name);

	return config_get(c, key);
}

const char *config_sub_next(const struct config *c, const char *section, const char *sub,
			    const char *name, size_t *i)
{
	autofree char *key = mem_printf("%s.%s.%s", section, sub, name);

	return config_next(c, key, i);
}

/* Length of the subsection in @key if it is of @section, or 0; where it begins. */
static size_t sub_of(const char *key, const char *section, const char **start)
{
	size_t len = strlen(section);
	const char *last = strrchr(key, '.');

	if (strncmp(key, section, len) || key[len] != '.' || last <= key + len + 1)
		return 0;
	*start = key + len + 1;
	return (size_t)(last - *start);
}

const char **config_subs(const struct config *c, const char *section, size_t *n)
{
	const char **out = NULL;
	const char *start = NULL;
	size_t i, k, len;

	*n = 0;
	for (i = 0; i < c->n; i++) {
		len = sub_of(c->v[i].key, section, &start);
		for (k = 0; len && k < *n; k++)
			if (!strncmp(out[k], start, len) && !out[k][len])
				break;
		if (!len || k < *n)
			continue;
		out = mem_grow(out, *n, sizeof(*out));
		out[(*n)++] = arena_strndup((struct arena *)(uintptr_t)&c->arena, start, len);
	}
	return out;
}

int config_day(const struct config *c, const char *section, const char *sub, const char *name,
	       int32_t *day, struct err *e)
{
	const char *v = config_sub(c, section, sub, name);

	*day = DAY_NONE;
	if (!v)
		return 0;
	if (day_parse(v, day))
		return 1;
	*day = DAY_NONE;
	return err_fail(e, "%s: [%s \"%s\"] %s = %s: not a date: write YYYY-MM-DD",
			c->path ? c->path : "settings", section, sub, name, v);
}

int config_uint(const struct config *c, const char *key, unsigned int none, unsigned int max,
		unsigned int *out, struct err *e)
{
	const char *v = config_get(c, key);
	unsigned long n;
	char *end;

	*out = none;
	if (!v)
		return 0;
	errno = 0;
	n = strtoul(v, &end, 10);
	if (*v < '0' || *v > '9' || *end || errno || n > max)
		return err_fail(e, "%s: %s = %s: not a number from 0 to %u",
				c->path ? c->path : "settings", key, v, max);
	*out = (unsigned int)n;
	return 0;
}

char *config_path(const struct config *c, const char *value)
{
	autofree char *dir = c->path ? path_dir(c->path) : mem_strdup(".");

	return strcmp(dir, ".") ? path_join(dir, value) : mem_strdup(value);
}
