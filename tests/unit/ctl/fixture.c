// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include "patchbuild/sign.h"
#include "common/io.h"
#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture fixture;

/* A note with a build-id, as every one of the three sections has it. */
#define NOTE(section, id)                                                                          \
	".section " section ",\"a\"\n"                                                             \
	".long 4, 20, 3\n"                                                                         \
	".asciz \"GNU\"\n"                                                                         \
	".ascii \"" id "\"\n"

#define THIS_XEN  "0123456789abcdefghij"
#define OTHER_XEN "ABCDEFGHIJABCDEFGHIJ"

#define PAYLOAD(id, xen, info, code)                                                               \
	".text\n"                                                                                  \
	"new_code: " code "\nret\n"                                                                \
	".section .rodata,\"a\"\n"                                                                 \
	"name: .asciz \"old_code\"\n" NOTE(".note.gnu.build-id", id)                               \
		NOTE(".livepatch.depends", xen)                                                    \
			NOTE(".livepatch.xen_depends", xen) ".section .modinfo,\"a\"\n" info       \
							    ".section .livepatch.funcs,\"a\"\n"    \
							    ".quad name, new_code, 0\n"            \
							    ".long 2, 16\n"                        \
							    ".byte 2\n"                            \
							    ".zero 71\n"

#define INFO(digest) ".asciz \"name=p\"\n.asciz \"digest=" digest "\"\n"

static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "fixture: %s: %s\n", what, why);
	abort();
}

static void must(int rc, const struct err *e)
{
	if (rc)
		give_up("cannot be made", e->text);
}

static void run_tool(const char *const *argv)
{
	struct proc p = {.argv = argv};
	struct err e = ERR_INIT;

	must(proc_run(&p, &e), &e);
	if (p.status)
		give_up(argv[0], p.errors.data ? p.errors.data : "failed");
	proc_free(&p);
}

static char *write_file(const char *name, const void *data, size_t size)
{
	char *path = path_join(fixture.dir, name);
	struct err e = ERR_INIT;

	must(file_write(path, data, size, 0644, &e), &e);
	return path;
}

static char *assemble(const char *name, const char *text)
{
	autofree char *source = write_file("source.s", text, strlen(text));
	char *path = path_join(fixture.dir, name);
	const char *argv[] = {"gcc", "-c", "-o", path, source, NULL};

	run_tool(argv);
	return path;
}

static void make_key(const char *uid)
{
	const char *argv[] = {"gpg",	  "--batch",	  "--quiet", "--pinentry-mode",
			      "loopback", "--passphrase", "",	     "--quick-generate-key",
			      uid,	  "nistp256",	  "sign",    NULL};

	run_tool(argv);
}

/* The public key of @uid, or all. */
static char *export(const char *name, const char *uid)
{
	char *path = path_join(fixture.dir, name);
	const char *argv[] = {"gpg", "--batch", "--quiet", "--output", path, "--export", uid, NULL};

	run_tool(argv);
	return path;
}

static char *sign(const char *name, const char *path, const char *key)
{
	struct strbuf out = {0};
	struct strbuf asc = {0};
	struct file_data in;
	struct err e = ERR_INIT;
	char *made;

	must(file_read(path, 0, &in, &e), &e);
	must(payload_sign(path, key, &in, &out, &asc, &e), &e);
	made = write_file(name, out.data, out.len);
	file_free(&in);
	strbuf_free(&out);
	strbuf_free(&asc);
	return made;
}

static char *flip(const char *name, const char *path)
{
	struct err e = ERR_INIT;
	struct file_data in;
	char *made;

	must(file_read(path, 0, &in, &e), &e);
	in.data[0x40] ^= 1;
	made = write_file(name, in.data, in.size);
	file_free(&in);
	return made;
}

static void make_link(const char *name, const char *to)
{
	autofree char *path = path_join(fixture.dir, name);

	if (symlink(to, path))
		give_up(path, "no link");
}

void fixture_make(void)
{
	struct err e = ERR_INIT;
	autofree char *home = NULL;
	autofree char *twin = NULL;
	autofree char *big = mem_zalloc((2 << 20) + 1, 1);

	fixture.dir = dir_temp("test-ctl", &e);
	if (!fixture.dir)
		give_up("folder", e.text);
	home = path_join(fixture.dir, "gnupg");
	twin = path_join(fixture.dir, "twin");
	must(dir_make(home, &e) || dir_make(twin, &e), &e);
	make_link("dangling", "nothing");
	make_link("loop", "loop");
	setenv("GNUPGHOME", home, 1);
	fixture.payload = assemble("p.livepatch",
				   PAYLOAD("bbbbbbbbbbbbbbbbbbbb", THIS_XEN, INFO("11"), "nop"));
	fixture.twin = assemble("twin/p.livepatch",
				PAYLOAD("cccccccccccccccccccc", THIS_XEN, INFO("22"), "nop; nop"));
	fixture.anonymous =
		assemble("anonymous.livepatch", PAYLOAD("dddddddddddddddddddd", THIS_XEN,
							".asciz \"LIVEPATCH_RULEZ\"\n", "nop"));
	fixture.other_base = assemble(
		"other.livepatch", PAYLOAD("eeeeeeeeeeeeeeeeeeee", OTHER_XEN, INFO("33"), "nop"));
	fixture.no_payload = assemble("no.o", ".text\nnop\n");
	fixture.garbage = write_file("garbage", "not an ELF file", 15);
	fixture.empty = write_file("empty", "", 0);
	fixture.big = write_file("big", big, (2 << 20) + 1);
	make_key("Alice <alice@example.org>");
	make_key("Bob <bob@example.org>");
	fixture.keyring_alice = export("alice.gpg", "alice@example.org");
	fixture.keyring_both = export("both.gpg", "example.org");
	fixture.signed_alice = sign("alice.livepatch", fixture.payload, "alice@example.org");
	fixture.signed_both = sign("both.livepatch", fixture.signed_alice, "bob@example.org");
	fixture.flipped = flip("flipped.livepatch", fixture.signed_alice);
}

void fixture_done(void)
{
	const char *const kill_agent[] = {"gpgconf", "--kill", "all", NULL};
	char **const paths[] = {&fixture.payload,     &fixture.twin,	   &fixture.anonymous,
				&fixture.other_base,  &fixture.no_payload, &fixture.garbage,
				&fixture.empty,	      &fixture.big,	   &fixture.signed_alice,
				&fixture.signed_both, &fixture.flipped,	   &fixture.keyring_alice,
				&fixture.keyring_both};
	struct err e = ERR_INIT;
	size_t i;

	run_tool(kill_agent);
	must(dir_remove(fixture.dir, &e), &e);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		free(*paths[i]);
	free(fixture.dir);
}
