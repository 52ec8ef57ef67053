// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insn.c - machine instructions, on libopcodes
 *
 * The x86 decoder of libopcodes tells the length of an instruction and its text,
 * nothing else; the kind is read from the mnemonic. The target of a branch is
 * computed from its bytes and must agree with the address that libopcodes prints.
 */
#include "patchbuild/insn.h"

#include "common/mem.h"

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Wanted by <bfd.h> of whoever includes it. */
#define PACKAGE		"patchbuild"
#define PACKAGE_VERSION XSP_VERSION
#include <dis-asm.h>

#define MAX_LENGTH 15 /* Intel SDM vol. 2, 2.3.11 */
#define MAX_TEXT   192

struct insn_decoder {
	disassemble_info info;
	disassembler_ftype decode;

	/* of the instruction being decoded */
	char text[MAX_TEXT];
	size_t len;
	bool cut; /* the decoder asked for bytes behind the end */
	bool comment; /* what is printed from here on is a comment */
	bool has_address;
	uint64_t address; /* the first one printed */
};

struct insn_map {
	size_t size;
	unsigned int users;
	uint8_t left[]; /* bytes from here to the end of this instruction */
};

static void add_text(struct insn_decoder *d, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void add_text(struct insn_decoder *d, const char *fmt, va_list ap)
{
	size_t room = sizeof(d->text) - d->len;
	int n;

	if (d->comment)
		return;
	n = vsnprintf(d->text + d->len, room, fmt, ap);
	if (n > 0)
		d->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* What nearly all calls ask for, without the formatter. */
static void add_word(struct insn_decoder *d, const char *s)
{
	size_t room = sizeof(d->text) - d->len;
	size_t n = strlen(s);

	if (d->comment)
		return;
	if (n >= room)
		n = room - 1;
	memcpy(d->text + d->len, s, n);
	d->len += n;
	d->text[d->len] = '\0';
}

static int __attribute__((format(printf, 2, 3))) print_plain(void *stream, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(stream, fmt, ap);
	va_end(ap);
	return 0;
}

static int __attribute__((format(printf, 3, 4)))
print_styled(void *stream, enum disassembler_style style, const char *fmt, ...)
{
	struct insn_decoder *d = stream;
	va_list ap;

	d->comment |= style == dis_style_comment_start;
	va_start(ap, fmt);
	if (!strcmp(fmt, "%s"))
		add_word(d, va_arg(ap, const char *));
	else
		add_text(d, fmt, ap);
	va_end(ap);
	return 0;
}

static void print_address(bfd_vma address, disassemble_info *info)
{
	struct insn_decoder *d = info->stream;

	if (!d->has_address)
		d->address = address;
	d->has_address = true;
	if (address > INT64_MAX)
		print_plain(d, "-0x%llx", -(unsigned long long)address);
	else
		print_plain(d, "0x%llx", (unsigned long long)address);
}

static int read_code(bfd_vma from, bfd_byte *to, unsigned int len, disassemble_info *info)
{
	struct insn_decoder *d = info->stream;

	if (from > info->buffer_length || len > info->buffer_length - from) {
		d->cut = true;
		return EIO;
	}
	memcpy(to, info->buffer + from, len);
	return 0;
}

static void ignore_read_error(int status, bfd_vma address, disassemble_info *info)
{
	(void)status;
	(void)address;
	(void)info;
}

struct insn_decoder *insn_decoder_new(uint16_t machine, struct err *e)
{
	struct insn_decoder *d;

	if (machine != EM_X86_64) {
		err_set(e, ERR_UNSUPPORTED,
			"code of ELF machine %u: cannot be decoded: only x86-64 can", machine);
		return NULL;
	}
	d = mem_zalloc(1, sizeof(*d));
	init_disassemble_info(&d->info, d, print_plain, print_styled);
	d->info.arch = bfd_arch_i386;
	d->info.mach = bfd_mach_x86_64;
	d->info.endian = BFD_ENDIAN_LITTLE;
	d->info.print_address_func = print_address;
	d->info.read_memory_func = read_code;
	d->info.memory_error_func = ignore_read_error;
	disassemble_init_for_target(&d->info);
	d->decode = disassembler(d->info.arch, false, d->info.mach, NULL);
	if (!d->decode) {
		err_set(e, ERR_UNSUPPORTED,
			"libopcodes: has no decoder for x86-64 code: "
			"install the binutils of this machine's kind");
		insn_decoder_free(d);
		return NULL;
	}
	return d;
}

void insn_decoder_free(struct insn_decoder *d)
{
	if (!d)
		return;
	disassemble_free_target(&d->info);
	free(d);
}

/* Words that libopcodes prints before a mnemonic, besides "rex.*" and "{evex}". */
static const char *const prefix_words[] = {
	"addr32", "bnd",     "cs",  "data16", "ds",   "es", "fs",	"gs",
	"lock",	  "notrack", "rep", "repnz",  "repz", "ss", "xacquire", "xrelease",
};

static bool is_prefix(const char *w, size_t len)
{
	size_t i;

	if (w[0] == '{' || (len >= 3 && !memcmp(w, "rex", 3)))
		return true;
	for (i = 0; i < sizeof(prefix_words) / sizeof(prefix_words[0]); i++)
		if (strlen(prefix_words[i]) == len && !memcmp(w, prefix_words[i], len))
			return true;
	return false;
}

/* The mnemonic in @text, "" if there are only prefixes. */
static const char *mnemonic(const char *text, size_t *len)
{
	for (;;) {
		text += strspn(text, " ");
		*len = strcspn(text, " ,");
		if (!*len || !is_prefix(text, *len))
			return text;
		text += *len;
	}
}

/* @near: with an address in the instruction; @far: with an operand after '*'. */
static const struct {
	const char *word;
	enum insn_kind near;
	enum insn_kind far;
} words[] = {
	{"call", INSN_CALL, INSN_CALL_INDIRECT},
	{"lcall", INSN_CALL_INDIRECT, INSN_CALL_INDIRECT},
	{"jmp", INSN_JUMP, INSN_JUMP_INDIRECT},
	{"ljmp", INSN_JUMP_INDIRECT, INSN_JUMP_INDIRECT},
	{"loop", INSN_COND_JUMP, INSN_COND_JUMP},
	{"loope", INSN_COND_JUMP, INSN_COND_JUMP},
	{"loopne", INSN_COND_JUMP, INSN_COND_JUMP},
	{"loopl", INSN_COND_JUMP, INSN_COND_JUMP},
	{"loopel", INSN_COND_JUMP, INSN_COND_JUMP},
	{"loopnel", INSN_COND_JUMP, INSN_COND_JUMP},
	{"xbegin", INSN_COND_JUMP, INSN_COND_JUMP},
	{"ret", INSN_RETURN, INSN_RETURN},
	{"lret", INSN_RETURN, INSN_RETURN},
	{"iret", INSN_RETURN, INSN_RETURN},
	{"sysret", INSN_RETURN, INSN_RETURN},
	{"sysexit", INSN_RETURN, INSN_RETURN},
	{"uiret", INSN_RETURN, INSN_RETURN},
	{"nop", INSN_NOP, INSN_NOP},
	{"ud0", INSN_UNDEFINED, INSN_UNDEFINED},
	{"ud1", INSN_UNDEFINED, INSN_UNDEFINED},
	{"ud2", INSN_UNDEFINED, INSN_UNDEFINED},
};

/* @w is @word, or @word with an operand size after it. */
static bool word_is(const char *w, size_t len, const char *word)
{
	size_t n = strlen(word);

	if (len < n || memcmp(w, word, n))
		return false;
	return len == n || (len == n + 1 && strchr("wlq", w[n]));
}

static enum insn_kind kind_of(const char *w, size_t len)
{
	const char *operand = w + len + strspn(w + len, " ");
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (word_is(w, len, words[i].word))
			return *operand == '*' ? words[i].far : words[i].near;
	if (len == 4 && !memcmp(w, "xchg", 4) && !strncmp(operand, "%ax,%ax", 7))
		return INSN_NOP;
	return w[0] == 'j' ? INSN_COND_JUMP : INSN_PLAIN;
}

static bool is_prefix_byte(uint8_t b)
{
	static const uint8_t legacy[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
					 0x66, 0x67, 0xf0, 0xf2, 0xf3};

	return memchr(legacy, b, sizeof(legacy)) || (b & 0xf0) == 0x40;
}

/* All direct branches end in their displacement. Intel SDM vol. 2, CALL Jcc JMP LOOP XBEGIN. */
static int branch_target(const uint8_t *bytes, uint64_t offset, struct insn *i)
{
	unsigned int at = 0;
	int32_t disp;

	while (at < i->length && is_prefix_byte(bytes[at]))
		at++;
	if (at == i->length)
		return -1;
	at += bytes[at] == 0x0f || bytes[at] == 0xc7 ? 2 : 1;
	if (at + 1 == i->length) {
		disp = (int8_t)bytes[at];
	} else if (at + 4 == i->length) {
		memcpy(&disp, bytes + at, 4);
	} else {
		return -1;
	}
	i->disp = at;
	i->disp_width = i->length - at;
	i->target = (int64_t)(offset + i->length) + disp;
	return 0;
}

/* Length of the instruction with its text in @d, 0 if there is none. */
static unsigned int decode(struct insn_decoder *d, const uint8_t *code, size_t size, size_t offset)
{
	int len;

	d->len = 0;
	d->text[0] = '\0';
	d->cut = d->comment = d->has_address = false;
	d->info.buffer = (bfd_byte *)(uintptr_t)code;
	d->info.buffer_length = size;
	if (offset >= size)
		return 0;
	len = d->decode(offset, &d->info);
	if (len <= 0 || len > MAX_LENGTH || (size_t)len > size - offset || d->cut)
		return 0;
	while (d->len && d->text[d->len - 1] == ' ')
		d->text[--d->len] = '\0';
	if (strstr(d->text, "(bad)") || strstr(d->text, "{bad") || d->text[0] == '.')
		return 0;
	return len;
}

int insn_at(struct insn_decoder *d, const uint8_t *code, size_t size, size_t offset,
	    struct insn *out)
{
	struct insn i = {0};
	const char *word;
	size_t wlen;

	memset(out, 0, sizeof(*out));
	i.length = decode(d, code, size, offset);
	if (!i.length)
		return -1;
	word = mnemonic(d->text, &wlen);
	if (!wlen)
		return -1;
	i.kind = kind_of(word, wlen);
	if (i.kind == INSN_CALL || i.kind == INSN_JUMP || i.kind == INSN_COND_JUMP) {
		if (branch_target(code + offset, offset, &i))
			return -1;
		if (!d->has_address || d->address != (uint64_t)i.target)
			return -1;
	}
	*out = i;
	return 0;
}

void insn_text(struct insn_decoder *d, const uint8_t *code, size_t size, size_t offset, char *buf,
	       size_t room)
{
	struct insn i;
	size_t n = 0;
	const char *p;

	if (!room)
		return;
	if (insn_at(d, code, size, offset, &i)) {
		if (offset < size)
			snprintf(buf, room, ".byte 0x%02x", code[offset]);
		else
			buf[0] = '\0';
		return;
	}
	for (p = d->text; *p && n + 1 < room; p++)
		if (*p != ' ' || p[1] != ' ')
			buf[n++] = *p;
	buf[n] = '\0';
}

struct insn_map *insn_map_new(struct insn_decoder *d, const uint8_t *code, size_t size,
			      const char *name, struct err *e)
{
	struct insn_map *m = mem_zalloc(1, sizeof(*m) + size);
	size_t at = 0;
	struct insn i;
	unsigned int n;

	m->size = size;
	m->users = 1;
	while (at < size) {
		if (insn_at(d, code, size, at, &i)) {
			err_fail(e,
				 "%s+0x%zx: byte 0x%02x begins no instruction that the decoder "
				 "knows: only code that can be decoded can be patched",
				 name, at, code[at]);
			free(m);
			return NULL;
		}
		for (n = i.length; n; n--)
			m->left[at++] = n;
	}
	return m;
}

struct insn_map *insn_map_share(struct insn_map *m)
{
	m->users++;
	return m;
}

void insn_map_free(struct insn_map *m)
{
	if (m && !--m->users)
		free(m);
}

bool insn_map_boundary(const struct insn_map *m, size_t offset)
{
	if (offset == 0 || offset == m->size)
		return true;
	return offset < m->size && m->left[offset - 1] == 1;
}

size_t insn_map_start(const struct insn_map *m, size_t offset)
{
	while (!insn_map_boundary(m, offset))
		offset--;
	return offset;
}

int insn_map_field_end(const struct insn_map *m, size_t offset, unsigned int width, size_t *end)
{
	if (offset >= m->size || m->left[offset] < width || insn_map_boundary(m, offset))
		return -1;
	*end = offset + m->left[offset];
	return 0;
}
