/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - the settings of a project: built-in ones of Xen, and release.conf
 *
 * A key is "section.name" or "section.Subsection.name". A key that the file gives
 * replaces all built-in values of that key; any [version-file] all built-in ones. docs/man/xsplice-release.1 lists them.
 */
#ifndef RELEASE_CONFIG_H
#define RELEASE_CONFIG_H

#include "common/err.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct setting {
	const char *key;
	const char *value;
};

struct config {
	const char *path; /* of the file, NULL: built-in settings only */
	struct arena arena;
	struct setting *v;
	size_t n;
};

/*
 * Reads @path (NULL: none) over the built-in settings; a key that nobody knows is a failure.
 * config_free() in any case.
 */
int config_load(struct config *c, const char *path, struct err *e);
void config_free(struct config *c);

/* The last value of a key, or NULL. */
const char *config_get(const struct config *c, const char *key);
/* The same for [section "sub"] name. */
const char *config_sub(const struct config *c, const char *section, const char *sub,
		       const char *name);
/* Values of a key one by one; @i starts at 0. NULL at the end. */
const char *config_next(const struct config *c, const char *key, size_t *i);
const char *config_sub_next(const struct config *c, const char *section, const char *sub,
			    const char *name, size_t *i);

/* Names of the subsections of @section in the order they first appear; free() the array. */
const char **config_subs(const struct config *c, const char *section, size_t *n);

/* The first value of a key is the built-in one. */
bool config_is_default(const struct config *c, const char *key);

/* A date: 1 and @day, 0 if not set, -1 (and the reason) if it is no date. */
int config_day(const struct config *c, const char *section, const char *sub, const char *name,
	       int32_t *day, struct err *e);
/* A number from 0 to @max; @none if not set. */
int config_uint(const struct config *c, const char *key, unsigned int none, unsigned int max,
		unsigned int *out, struct err *e);

/* @value beside the configuration file, if it is a relative path. The caller frees. */
char *config_path(const struct config *c, const char *value);

/* There is a setting of this key. */
bool config_is_known(const char *key);

/* The built-in settings, ending with a NULL key. */
extern const struct setting config_defaults[];

#endif
