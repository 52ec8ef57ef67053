// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/text.h"

#include "common/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_cont(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t text_utf8_len(const char *str, size_t len)
{
	const unsigned char *s = (const unsigned char *)str;

	if (!len)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return len >= 2 && is_cont(s[1]) ? 2 : 0;
	if ((s[0] & 0xf0) == 0xe0) {
		if (len < 3 || !is_cont(s[1]) || !is_cont(s[2]))
			return 0;
		if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		return 3;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		if (len < 4 || !is_cont(s[1]) || !is_cont(s[2]) || !is_cont(s[3]))
			return 0;
		if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

/* Characters that move the cursor, end a line or turn the reading direction. */
static bool is_harmful(const unsigned char *s, size_t n)
{
	uint32_t c;

	if (n == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	if (n == 2)
		return (s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c);
	if (n != 3)
		return false;
	c = (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	return (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static size_t escape(char *dst, size_t size, const char *src, size_t len, bool keep_layout)
{
	static const char hex[] = "0123456789abcdef";
	size_t out = 0;
	size_t i = 0;

	while (i < len) {
		const unsigned char *s = (const unsigned char *)src + i;
		size_t n = text_utf8_len(src + i, len - i);
		bool layout = keep_layout && (*s == '\n' || *s == '\t');
		bool plain = n && (layout || !is_harmful(s, n));
		size_t want = plain ? n : 4 * (n ? n : 1);
		size_t k;

		if (out + want >= size)
			break;
		if (plain) {
			memcpy(dst + out, s, n);
		} else {
			for (k = 0; k < want / 4; k++) {
				char *p = dst + out + 4 * k;

				p[0] = '\\';
				p[1] = 'x';
				p[2] = hex[s[k] >> 4];
				p[3] = hex[s[k] & 15];
			}
		}
		out += want;
		i += n ? n : 1;
	}
	if (size)
		dst[out] = '\0';
	return out;
}

size_t text_escape(char *dst, size_t size, const char *src, size_t len)
{
	return escape(dst, size, src, len, true);
}

size_t text_escape_line(char *dst, size_t size, const char *src, size_t len)
{
	return escape(dst, size, src, len, false);
}

void text_hex(char *dst, const unsigned char *src, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		dst[2 * i] = digits[src[i] >> 4];
		dst[2 * i + 1] = digits[src[i] & 15];
	}
	dst[2 * n] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool text_unhex(unsigned char *dst, size_t n, const char *src)
{
	size_t i;

	if (strlen(src) != 2 * n)
		return false;
	for (i = 0; i < n; i++) {
		int hi = hex_value(src[2 * i]);
		int lo = hex_value(src[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		dst[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s);
	size_t m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}

static void strbuf_reserve(struct strbuf *b, size_t more)
{
	size_t room = b->room ? b->room : 64;

	if (b->len + more + 1 <= b->room)
		return;
	while (room < b->len + more + 1)
		room *= 2;
	b->data = mem_resize(b->data, room, 1);
	b->room = room;
}

void strbuf_add(struct strbuf *b, const char *data, size_t len)
{
	strbuf_reserve(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	strbuf_reserve(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void strbuf_add_escaped(struct strbuf *b, const char *data, size_t len)
{
	strbuf_reserve(b, 4 * len + 1);
	b->len += text_escape_line(b->data + b->len, 4 * len + 1, data, len);
}

char *strbuf_take(struct strbuf *b)
{
	char *s;

	strbuf_add(b, "", 0);
	s = b->data;
	memset(b, 0, sizeof(*b));
	return s;
}

void strbuf_free(struct strbuf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
