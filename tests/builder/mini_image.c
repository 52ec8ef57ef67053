// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mini_image.c - the linked image: xen-syms with a packed table of its symbols
 *
 * The table is in a section of its own behind all others, so that it moves nothing:
 * the image is linked once with an empty one to learn the addresses, and once more.
 * Format of the table: xen/tools/symbols.c and xen/common/symbols.c. Names are packed
 * by tokens; here every token is one character.
 */
#include "mini.h"

#include "patchbuild/obj.h"

#include "common/io.h"

#include <stdlib.h>
#include <string.h>

#define ORIGIN "0xffff82d040200000"
#define TABLE  "0xffff82d048000000"
/* Code and data that are gone after boot, kept out of the way. */
#define INIT	 "0xffff82d047000000"
#define INIT_END "0xffff82d047800000"

static bool is_listed(const struct sym *s)
{
	return s->sec && (s->sec->flags & 2 /* SHF_ALLOC */) && *s->name && s->type <= 2 &&
	       !text_starts(s->name, ".L") && !text_starts(s->name, "symbols_token") &&
	       !text_starts(s->name, "symbols_offsets") && !text_starts(s->name, "symbols_num");
}

static char type_of(const struct sym *s)
{
	char c = s->sec->flags & 4 /* SHF_EXECINSTR */ ? 't' : s->sec->flags & 1 ? 'd' : 'r';

	return sym_is_local(s) ? c : (char)(c - 'a' + 'A');
}

/* "tcommon/dm.c#do_it": a local symbol has its file in front. */
static void add_name(struct strbuf *b, const struct sym *s)
{
	autofree char *name = sym_is_local(s) && s->file
				      ? mem_printf("%c%s#%s", type_of(s), s->file, s->name)
				      : mem_printf("%c%s", type_of(s), s->name);
	const char *p;

	strbuf_addf(b, "\t.byte %zu", strlen(name));
	for (p = name; *p; p++)
		strbuf_addf(b, ", %d", (unsigned char)*p);
	strbuf_addc(b, '\n');
}

static void add_label(struct strbuf *b, const char *name)
{
	strbuf_addf(b, "\t.balign 8\n\t.globl %s\n\t.hidden %s\n\t.type %s, @object\n%s:\n", name,
		    name, name, name);
}

/* Token n is the character n. */
static void add_tokens(struct strbuf *b)
{
	int i;

	add_label(b, "symbols_token_table");
	for (i = 0; i < 256; i++)
		strbuf_addf(b, "\t.byte %d, 0\n", i);
	add_label(b, "symbols_token_index");
	for (i = 0; i < 256; i++)
		strbuf_addf(b, "\t.short %d\n", 2 * i);
}

static void table_text(struct strbuf *b, const struct obj *image)
{
	size_t i, n = 0;

	strbuf_adds(b, "\t.section .symbols, \"a\", @progbits\n");
	add_label(b, "symbols_names");
	for (i = 1; image && i < image->nsyms; i++) {
		if (!is_listed(&image->syms[i]))
			continue;
		add_name(b, &image->syms[i]);
		n++;
	}
	strbuf_adds(b, "\t.byte 0\n");
	add_label(b, "symbols_offsets");
	for (i = 1; image && i < image->nsyms; i++)
		if (is_listed(&image->syms[i]))
			strbuf_addf(b, "\t.long 0x%llx - " ORIGIN "\n",
				    (unsigned long long)image->syms[i].value);
	add_label(b, "symbols_num_syms");
	strbuf_addf(b, "\t.long %zu\n", n);
	add_tokens(b);
	strbuf_adds(b, "\t.section .note.GNU-stack, \"\", @progbits\n");
}

static int make_table(const char *dir, const struct obj *image, struct err *e)
{
	autofree char *source = path_join(dir, ".xen-syms.S");
	const char *argv[] = {"gcc", "-c", ".xen-syms.S", "-o", ".xen-syms.o", NULL};
	struct strbuf b = {0};
	int ret;

	table_text(&b, image);
	ret = file_write(source, b.data, b.len, 0600, e);
	strbuf_free(&b);
	return ret || mini_run(dir, argv, 0, e) ? -1 : 0;
}

static int link_once(const char *dir, const char *const *objects, size_t n, struct err *e)
{
	/* What Xen's linker script marks. Constants and variables are not told apart. */
	static const char *const marks[] = {
		"--section-start=.init.text=" INIT,
		"--defsym=__2M_init_start=" INIT,
		"--defsym=__2M_init_end=" INIT_END,
		"--defsym=_stext=__executable_start",
		"--defsym=_etext=etext",
		"--defsym=__2M_rodata_start=etext",
		"--defsym=__2M_rodata_end=end",
		"--defsym=__2M_rwdata_start=etext",
		"--defsym=__2M_rwdata_end=end",
	};
	const size_t nmarks = sizeof(marks) / sizeof(*marks);
	const char **argv = mem_zalloc(n + nmarks + 16, sizeof(*argv));
	size_t k = 0;
	size_t i;
	int ret;

	argv[k++] = "ld";
	argv[k++] = "-melf_x86_64";
	argv[k++] = "--build-id=sha1";
	argv[k++] = "-estart";
	argv[k++] = "-Ttext-segment=" ORIGIN;
	argv[k++] = "--section-start=.symbols=" TABLE;
	argv[k++] = "--no-warn-rwx-segments";
	argv[k++] = "-o";
	argv[k++] = "xen-syms";
	for (i = 0; i < nmarks; i++)
		argv[k++] = marks[i];
	for (i = 0; i < n; i++)
		argv[k++] = objects[i];
	argv[k++] = ".xen-syms.o";
	ret = mini_run(dir, argv, 0, e);
	free(argv);
	return ret;
}

int mini_link(const char *dir, const char *const *objects, size_t n, struct err *e)
{
	autofree char *path = path_join(dir, "xen-syms");
	struct obj *image;
	int ret;

	if (make_table(dir, NULL, e) || link_once(dir, objects, n, e))
		return -1;
	image = obj_load(path, "xen-syms", e);
	if (!image)
		return -1;
	ret = make_table(dir, image, e) || link_once(dir, objects, n, e);
	obj_free(image);
	return ret;
}
