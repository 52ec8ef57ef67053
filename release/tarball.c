// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of a release's tarballs, as git archives it. */
#include "common/proc.h"
#include "release/cut.h"

#include <string.h>
#include <sys/stat.h>

/*
 * Settings of whoever runs git would change the content: permissions, ends of lines,
 * attributes of files, length of the ids that export-subst puts in.
 */
#define FIXED                                                                                      \
	"-c", "tar.umask=0002", "-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c",            \
		"core.abbrev=12", "-c", "core.attributesFile=/dev/null"

/* Attributes that only this clone has would make a tarball that nobody else can make. */
static int check_attributes(struct rel *r, struct err *e)
{
	autofree char *path = mem_printf("%sinfo/attributes", git_folder(r->git));
	struct stat st;

	if (stat(path, &st) || !st.st_size)
		return 0;
	return err_fail(e, "%s: would change the tarballs in this clone alone: move it away", path);
}

int tarball_make(struct rel *r, const char *commit, const char *name, struct strbuf *out,
		 struct err *e)
{
	static const char *const env[] = {"GIT_ATTR_NOSYSTEM=1", "LC_ALL=C", "TZ=UTC", NULL};
	autofree char *prefix = mem_printf("--prefix=%s/", name);
	const char *const argv[] = {"git",	    "-C",   r->repo_path, FIXED, "archive",
				    "--format=tar", prefix, commit,	  NULL};
	struct proc p = {.argv = argv, .env = env};
	int ret = check_attributes(r, e);

	if (!ret)
		ret = proc_run(&p, e);
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
