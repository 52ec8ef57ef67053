// SPDX-License-Identifier: GPL-2.0-or-later
#include "patchbuild/base_int.h"
#include "patchbuild/obj.h"

#include "common/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (4u << 20)

/* The hypervisor's object folder: @dir itself or xen/ below it. */
static char *find_obj(const char *dir, struct err *e)
{
	const char *const subs[] = {"xen", ".", NULL};
	char real[PATH_MAX];
	size_t i;

	for (i = 0; subs[i]; i++) {
		autofree char *syms = mem_printf("%s/%s/xen-syms", dir, subs[i]);
		autofree char *sub = mem_printf("%s/%s", dir, subs[i]);

		if (file_exists(syms) && realpath(sub, real))
			return mem_strdup(real);
	}
	if (!file_is_dir(dir))
		err_fail(e, "%s: no such folder", dir);
	else
		err_fail(e,
			 "%s: no xen-syms in it: give a Xen tree in which the hypervisor is built",
			 dir);
	return NULL;
}

/* The sources: where the link that the build leaves leads to, or the same place. */
static char *find_src(const char *obj, struct err *e)
{
	const char *const subs[] = {"source", ".", NULL};
	char real[PATH_MAX];
	size_t i;

	for (i = 0; subs[i]; i++) {
		autofree char *rules = mem_printf("%s/%s/Rules.mk", obj, subs[i]);
		autofree char *sub = mem_printf("%s/%s", obj, subs[i]);

		if (file_exists(rules) && realpath(sub, real))
			return mem_strdup(real);
	}
	err_fail(e, "%s: the sources are not there: the build's link \"source\" must lead to them",
		 obj);
	return NULL;
}

static char *read_text(const char *dir, const char *name, struct err *e)
{
	autofree char *path = path_join(dir, name);
	struct file_data f;
	char *text;

	if (file_read(path, TEXT_MAX, &f, e))
		return NULL;
	text = mem_strndup((const char *)f.data, f.size);
	file_free(&f);
	return text;
}

static bool is_set(const char *config, const char *option)
{
	autofree char *line = mem_printf("\n%s=y\n", option);

	return strstr(config, line) || text_starts(config, line + 1);
}

static int check_config(const struct tree *t, struct err *e)
{
	static const char *const never[] = {"CONFIG_COVERAGE", "CONFIG_LTO", NULL};
	autofree char *config = read_text(t->obj, "include/config/auto.conf", e);
	size_t i;

	if (!config)
		return -1;
	if (!is_set(config, "CONFIG_LIVEPATCH"))
		return err_fail(e,
				"%s: built without CONFIG_LIVEPATCH: such a hypervisor cannot take "
				"payloads",
				t->obj);
	for (i = 0; never[i]; i++)
		if (is_set(config, never[i]))
			return err_set(e, ERR_UNSUPPORTED, "%s: built with %s: build it without",
				       t->obj, never[i]);
	return 0;
}

/* The value of a #define: a number or a string without its quotes. */
static char *define_of(const char *text, const char *name)
{
	autofree char *key = mem_printf("#define %s", name);
	const char *at = strstr(text, key);
	size_t len;

	while (at && at[strlen(key)] != ' ' && at[strlen(key)] != '\t')
		at = strstr(at + 1, key);
	if (!at)
		return NULL;
	at += strlen(key);
	at += strspn(at, " \t\"");
	len = strcspn(at, "\"\n");
	return mem_strndup(at, len);
}

static int read_version(struct tree *t, struct err *e)
{
	autofree char *text = read_text(t->obj, "include/xen/compile.h", e);
	autofree char *major = text ? define_of(text, "XEN_VERSION") : NULL;
	autofree char *minor = text ? define_of(text, "XEN_SUBVERSION") : NULL;
	autofree char *extra = text ? define_of(text, "XEN_EXTRAVERSION") : NULL;

	if (!text)
		return -1;
	if (!major || !minor)
		return err_fail(e, "%s/include/xen/compile.h: names no version", t->obj);
	if (atoi(major) < 4 || (atoi(major) == 4 && atoi(minor) < 17))
		return err_set(e, ERR_UNSUPPORTED,
			       "%s: Xen %s.%s: its build records no commands: 4.17 or later is "
			       "needed",
			       t->src, major, minor);
	t->version = mem_printf("%s.%s%s", major, minor, extra ? extra : "");
	return 0;
}

/* Note header: three words, then name and descriptor (gABI, note section). */
#define NOTE_DESC 16
#define ID_BYTES  20

static int read_build_id(struct tree *t, struct err *e)
{
	autofree char *path = path_join(t->obj, "xen-syms");
	struct obj *o = obj_load(path, path, e);
	const struct sec *s;

	if (!o)
		return -1;
	s = obj_sec(o, ".note.gnu.build-id");
	if (!s || !s->data || s->size < NOTE_DESC + ID_BYTES || s->data[4] != ID_BYTES) {
		obj_free(o);
		return err_fail(
			e,
			"%s: has no SHA-1 build-id: hosts could not tell which payloads are "
			"for it",
			path);
	}
	text_hex(t->build_id, s->data + NOTE_DESC, ID_BYTES);
	obj_free(o);
	return 0;
}

int tree_open(struct tree *t, const char *dir, struct err *e)
{
	memset(t, 0, sizeof(*t));
	t->obj = find_obj(dir, e);
	t->src = t->obj ? find_src(t->obj, e) : NULL;
	if (!t->src)
		return -1;
	t->top = path_dir(t->src);
	if (!strcmp(t->top, "/"))
		return err_fail(e, "%s: must be a folder inside of a Xen tree", t->src);
	if (strcmp(t->obj, t->src) && text_starts(t->src, t->obj) && t->src[strlen(t->obj)] == '/')
		return err_fail(e, "%s: objects around the sources: build with O= another folder",
				t->obj);
	return check_config(t, e) || read_version(t, e) || read_build_id(t, e) ? -1 : 0;
}

void tree_close(struct tree *t)
{
	free(t->top);
	free(t->src);
	free(t->obj);
	free(t->version);
	memset(t, 0, sizeof(*t));
}
