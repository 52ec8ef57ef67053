// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/base_int.h"

#include "common/proc.h"

#include <stdlib.h>
#include <string.h>

/*
 * Nothing of the caller's environment may change what is compiled, by whom, or where
 * else it is written to (GCC's manual, "Environment Variables").
 */
const char *const compile_env[] = {"LC_ALL=C",
				   "CPATH",
				   "C_INCLUDE_PATH",
				   "GCC_COMPARE_DEBUG",
				   "GCC_EXEC_PREFIX",
				   "COMPILER_PATH",
				   "LIBRARY_PATH",
				   "DEPENDENCIES_OUTPUT",
				   "SUNPRO_DEPENDENCIES",
				   "GCC_COLORS",
				   "GCC_URLS",
				   "COLLECT_GCC_OPTIONS",
				   NULL};

/* First line of what `@cmd @arg` prints; the caller frees. */
static char *first_line(const char *cmd, const char *arg, struct err *e)
{
	const char *argv[] = {cmd, arg, NULL};
	struct proc p = {.argv = argv, .env = compile_env};
	char *line = NULL;

	if (proc_run(&p, e) == 0) {
		if (p.status || !p.out.len)
			err_fail(e, "%s: does not answer to %s", cmd, arg);
		else
			line = mem_strndup(p.out.data, strcspn(p.out.data, "\n"));
	}
	proc_free(&p);
	return line;
}

/* `--version` begins with the name by which the program was called, or not. */
static char *without_name(const char *line, const char *cmd)
{
	const char *name = path_base(cmd);
	size_t len = strlen(name);

	if (!strncmp(line, name, len) && line[len] == ' ')
		return mem_strdup(line + len + 1);
	return mem_strdup(line);
}

static int put_version(struct json *id, const char *key, const char *cmd, struct err *e)
{
	autofree char *line = first_line(cmd, "--version", e);
	autofree char *text = line ? without_name(line, cmd) : NULL;

	if (text)
		json_put_str(id, key, text);
	return text ? 0 : -1;
}

/* The version of a program that the compiler calls. */
static int put_tool(struct json *id, const char *key, const char *cc, const char *arg,
		    struct err *e)
{
	autofree char *path = first_line(cc, arg, e);

	return path ? put_version(id, key, path, e) : -1;
}

struct json *compiler_identity(const char *cc, struct err *e)
{
	struct json *id = json_new_object();
	autofree char *target = NULL;

	json_put_str(id, "command", cc);
	if (put_version(id, "version", cc, e))
		goto fail;
	target = first_line(cc, "-dumpmachine", e);
	if (!target)
		goto fail;
	json_put_str(id, "target", target);
	if (put_tool(id, "assembler", cc, "-print-prog-name=as", e) ||
	    put_tool(id, "linker", cc, "-print-prog-name=ld", e))
		goto fail;
	return id;
fail:
	json_unref(id);
	return NULL;
}

int compiler_same(const struct json *recorded, struct err *e)
{
	static const char *const keys[] = {"version", "target", "assembler", NULL};
	const char *cc = json_get_str(recorded, "command");
	struct json *now = compiler_identity(cc, e);
	const char *was, *is;
	size_t i;
	int ret = 0;

	if (!now)
		return -1;
	for (i = 0; keys[i] && ret == 0; i++) {
		was = json_get_str(recorded, keys[i]);
		is = json_get_str(now, keys[i]);
		if (!was || !is || strcmp(was, is))
			ret = err_set(
				e, ERR_CHECK,
				"%s: %s is \"%s\", but the base was built with \"%s\": install "
				"that one, or make a base with this one",
				cc, !strcmp(keys[i], "version") ? "the compiler" : keys[i],
				is ? is : "unknown", was ? was : "unknown");
	}
	json_unref(now);
	return ret;
}
