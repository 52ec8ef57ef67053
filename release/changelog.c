// SPDX-License-Identifier: GPL-2.0-or-later
/* changelog: checks the file and turns its open section into that of a release. */
#include "release/edit.h"
#include "release/lint.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX (16U << 20)

static int run_roll(struct rel *r, const struct changelog_opts *o, const char *file,
		    const char *text, const char *version, struct err *e)
{
	struct roll to = {version, config_get(&r->conf, "tag.prefix"), r->today, true};
	struct strbuf out = {0};
	struct version v;
	int ret = 0;

	if (!version_parse(version, &v) || v.rc || v.n < 3)
		return err_set(e, ERR_USAGE, "%s: not a release: write such as 4.10.0", version);
	ret = edit_roll(file, text, &to, &out, e);
	if (!ret && o->output)
		ret = file_write(o->output, out.data, out.len, 0644, e);
	else if (!ret)
		fwrite(out.data, 1, out.len, stdout);
	strbuf_free(&out);
	return ret < 0 ? ret : 1;
}

static int run_lint(struct rel *r, const struct changelog_opts *o, const char *file,
		    const struct file_data *f, struct err *e)
{
	struct lint l;

	lint_begin(&l, r);
	if (o->as && (!version_parse(o->as, &l.version) || l.version.rc))
		return err_set(e, ERR_USAGE, "--as %s: not a release: write such as 4.10.0", o->as);
	l.released = o->as != NULL;
	lint_changelog(&l, file, (const char *)f->data, f->size);
	r->report.title = arena_printf(&r->report.arena, "Changelog rules, held against %s", file);
	report_fact_int(&r->report, "findings", "Findings", (int64_t)table_rows(l.table));
	return 0;
}

int changelog_run(struct cli *cli, void *opts, int argc, char **argv)
{
	struct rel r;
	struct changelog_opts *o = opts;
	const char *what = argc ? argv[0] : "";
	bool is_roll = !strcmp(what, "roll");
	int operands = is_roll ? 2 : 1;
	struct file_data f = {0};
	autofree char *path = NULL;
	int ret = rel_begin(&r, cli, &o->rel, 0);

	if (!ret && ((!is_roll && strcmp(what, "lint")) || argc < operands || argc > operands + 1))
		ret = err_set(&cli->err, ERR_USAGE, "one of: lint [FILE], roll X.Y.Z [FILE]");
	if (!ret) {
		path = argc > operands
			       ? mem_strdup(argv[operands])
			       : path_join(r.repo_path, config_get(&r.conf, "lint.changelog"));
		ret = file_read(path, FILE_MAX, &f, &cli->err);
	}
	if (!ret)
		ret = is_roll ? run_roll(&r, o, path, (const char *)f.data, argv[1], &cli->err)
			      : run_lint(&r, o, path, &f, &cli->err);
	file_free(&f);
	return rel_end(&r, ret);
}
