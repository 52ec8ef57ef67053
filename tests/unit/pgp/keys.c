// SPDX-License-Identifier: GPL-2.0-or-later
#include "keys.h"

#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char said[4096];

static int run(const char *program, const char *const *args)
{
	const char *argv[32] = {program};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;

	for (size_t i = 0; args[i]; i++) {
		ck_assert_uint_lt(i + 2, sizeof(argv) / sizeof(*argv));
		argv[i + 1] = args[i];
	}
	ck_assert_msg(proc_run(&p, &e) == 0, "%s (Debian package gnupg)", e.text);
	snprintf(said, sizeof(said), "%s", p.errors.data ? p.errors.data : "");
	proc_free(&p);
	return p.status;
}

int keys_gpg(const char *const *args)
{
	return run("gpg", args);
}

const char *keys_said(void)
{
	return said;
}

static void write_conf(const char *home, const char *name, const char *text)
{
	autofree char *path = path_join(home, name);
	struct err e = ERR_INIT;

	ck_assert_msg(file_write(path, text, strlen(text), 0600, &e) == 0, "%s", e.text);
}

char *keys_home(const char *conf)
{
	struct err e = ERR_INIT;
	char *home = dir_temp("xsplice-keys", &e);

	ck_assert_msg(home != NULL, "%s", e.text);
	write_conf(home, "gpg.conf", conf);
	write_conf(home, "gpg-agent.conf", "default-cache-ttl 0\nmax-cache-ttl 0\n");
	setenv("GNUPGHOME", home, 1);
	return home;
}

void keys_remove(char *home)
{
	const char *const args[] = {"--homedir", home, "--kill", "all", NULL};
	struct err e = ERR_INIT;

	(void)run("gpgconf", args);
	ck_assert_msg(dir_remove(home, &e) == 0, "%s", e.text);
	free(home);
}

void keys_add(const char *name, const char *algo, const char *expire, const char *passphrase)
{
	autofree char *uid = mem_printf("%s Test <%s@example.org>", name, name);
	const char *const args[] = {"--batch",
				    "--quiet",
				    "--pinentry-mode",
				    "loopback",
				    "--passphrase",
				    passphrase,
				    "--quick-gen-key",
				    uid,
				    algo,
				    "sign",
				    expire,
				    NULL};

	ck_assert_msg(keys_gpg(args) == 0, "%s", said);
}

/* gpg writes the revocation with a colon before its first line, against accidents. */
static int revoke_with(const char *rel, void *home, struct err *e)
{
	autofree char *path = path_join(home, rel);
	const char *const args[] = {"--batch", "--quiet", "--import", path, NULL};
	struct file_data f;
	char *colon;

	if (file_read(path, 0, &f, e))
		return -1;
	colon = strstr((char *)f.data, ":-----BEGIN");
	ck_assert_ptr_nonnull(colon);
	*colon = ' ';
	memmove(colon, colon + 1, strlen(colon));
	write_conf(home, rel, (char *)f.data);
	file_free(&f);
	ck_assert_msg(keys_gpg(args) == 0, "%s", said);
	return 0;
}

struct revoke {
	const char *home;
	const char *fpr;
};

static int revoke_if(const char *rel, void *ctx, struct err *e)
{
	const struct revoke *r = ctx;
	char *home = mem_strdup(r->home);
	int ret = 0;

	if (strstr(rel, r->fpr) && strstr(rel, ".rev"))
		ret = revoke_with(rel, home, e);
	free(home);
	return ret;
}

void keys_revoke(const char *home, const char *name)
{
	autofree char *spec = mem_printf("%s@example.org", name);
	const char *argv[] = {"gpg", "--batch", "--with-colons", "--list-keys", spec, NULL};
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;
	char fpr[41];
	char *line;

	ck_assert_msg(proc_run(&p, &e) == 0 && p.status == 0, "%s", e.text);
	line = strstr(p.out.data, "\nfpr:::::::::");
	ck_assert_ptr_nonnull(line);
	memcpy(fpr, line + strlen("\nfpr:::::::::"), 40);
	fpr[40] = '\0';
	proc_free(&p);
	ck_assert_msg(dir_walk(home, revoke_if, &(struct revoke){home, fpr}, &e) == 0, "%s",
		      e.text);
}

void keys_export(const char *path, const char *name, bool armor)
{
	const char *const args[] = {"--batch",	"--yes", "--quiet",
				    "-o",	path,	 armor ? "--armor" : "--no-armor",
				    "--export", name,	 NULL};

	ck_assert_msg(keys_gpg(args) == 0, "%s", said);
}
