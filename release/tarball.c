// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of a release's tarballs, as git archives it. */
#include "common/io.h"
#include "common/proc.h"
#include "common/temp.h"
#include "release/cut.h"

#include <string.h>

/*
 * Settings of whoever runs git would change the content: permissions, ends of lines,
 * attributes of files, length of the ids that export-subst puts in.
 */
#define FIXED                                                                                      \
	"-c", "tar.umask=0002", "-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c",            \
		"core.abbrev=12", "-c", "core.attributesFile=/dev/null"

/*
 * A repository without a ref, note, setting or attribute of its own: what git archives there
 * depends on the commit alone. Filters of the clone do not run, and an export-subst that asks
 * for refs or notes gets none.
 */
static int make_bare(const char *dir, struct err *e)
{
	static const char head[] = "ref: refs/heads/none\n";
	autofree char *refs = path_join(dir, "refs");
	autofree char *path = path_join(dir, "HEAD");

	return dir_make(refs, e) || file_write(path, head, sizeof(head) - 1, 0600, e) ? -1 : 0;
}

/* The clone lends its objects. */
static int archive(struct rel *r, const char *dir, const char *commit, const char *name,
		   struct strbuf *out, struct err *e)
{
	autofree char *objects = mem_printf("GIT_OBJECT_DIRECTORY=%sobjects", git_folder(r->git));
	autofree char *where = mem_printf("--git-dir=%s", dir);
	autofree char *prefix = mem_printf("--prefix=%s/", name);
	const char *const env[] = {"GIT_ATTR_NOSYSTEM=1",
				   "GIT_CONFIG_GLOBAL=/dev/null",
				   "GIT_CONFIG_SYSTEM=/dev/null",
				   "LC_ALL=C",
				   "TZ=UTC",
				   objects,
				   NULL};
	const char *const argv[] = {"git",	    where,  FIXED,  "archive",
				    "--format=tar", prefix, commit, NULL};
	struct proc p = {.argv = argv, .env = env};
	int ret = proc_run(&p, e);

	if (!ret && p.status)
		ret = err_fail(e, "git archive: %s",
			       p.errors.len ? p.errors.data : "ended with a failure and no word");
	if (!ret) {
		strbuf_free(out);
		*out = p.out;
		memset(&p.out, 0, sizeof(p.out));
	}
	proc_free(&p);
	return ret;
}

int tarball_make(struct rel *r, const char *commit, const char *name, struct strbuf *out,
		 struct err *e)
{
	autofree char *dir = dir_temp("xsplice-tarball", e);
	struct err kept = ERR_INIT;
	int ret = dir ? make_bare(dir, e) : -1;

	if (!ret)
		ret = archive(r, dir, commit, name, out, e);
	if (dir)
		dir_remove(dir, &kept);
	return ret;
}
