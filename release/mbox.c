// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/mbox.h"

#include "common/text.h"
#include "release/date.h"

#include <ctype.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VERSION_MAX 999
#define HEADER_MAX  65536 /* of one field: what is longer is cut */

/* Minutes east of UTC: "+0100", or a name of RFC 5322's obs-zone. Others are not known. */
static bool zone_parse(const char *s, int *minutes)
{
	static const struct {
		const char *name;
		int hours;
	} names[] = {{"UT", 0},	  {"UTC", 0},  {"GMT", 0},  {"Z", 0},	 {"EST", -5}, {"EDT", -4},
		     {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
	size_t i;
	int n;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*minutes = names[i].hours * 60;
		if (!strcasecmp(s, names[i].name))
			return true;
	}
	if ((*s != '+' && *s != '-') || strlen(s) != 5 || strspn(s + 1, "0123456789") != 4)
		return false;
	n = atoi(s + 1);
	*minutes = (n / 100 * 60 + n % 100) * (*s == '-' ? -1 : 1);
	return n / 100 <= 14 && n % 100 < 60;
}

static bool is_day(int year, int month, int day)
{
	int y, m, d;

	day_split(day_of(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

bool mail_date_parse(const char *s, int64_t *when)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int day, year, hour, minute, second = 0, zone = 0, used = 0;
	char month[4], zone_text[8] = "";
	const char *comma = strchr(s, ',');
	const char *at;
	char low[4];
	size_t i;

	if (comma)
		s = comma + 1;
	if (sscanf(s, " %2d %3s %4d %2d:%2d%n", &day, month, &year, &hour, &minute, &used) != 5 ||
	    strlen(month) != 3)
		return false;
	s += used;
	if (*s == ':' && sscanf(s, ":%2d%n", &second, &used) == 1)
		s += used;
	sscanf(s, " %7s", zone_text);
	for (i = 0; i < 4; i++)
		low[i] = (char)tolower((unsigned char)month[i]);
	at = strstr(months, low);
	if (!at || (at - months) % 3 || year < 1970 ||
	    !is_day(year, (int)(at - months) / 3 + 1, day) || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60 || !zone_parse(zone_text, &zone))
		return false;
	*when = (int64_t)day_of(year, (int)(at - months) / 3 + 1, day) * 86400 + hour * 3600 +
		minute * 60 + second - zone * 60;
	return true;
}

/* --- RFC 2047: =?charset?Q?text?= and =?charset?B?text?= -------------------------- */
static int digit64(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static void decode_b(struct strbuf *out, const char *s, size_t len)
{
	unsigned int bits = 0;
	unsigned int n = 0;

	for (; len; s++, len--) {
		int d = digit64(*s);

		if (d < 0)
			continue;
		bits = bits << 6 | (unsigned int)d;
		n += 6;
		if (n >= 8) {
			n -= 8;
			strbuf_addc(out, (char)(bits >> n & 0xff));
		}
	}
}

static void decode_q(struct strbuf *out, const char *s, size_t len)
{
	for (; len; s++, len--) {
		unsigned char byte;

		if (*s == '=' && len > 2 && isxdigit((unsigned char)s[1]) &&
		    isxdigit((unsigned char)s[2])) {
			char hex[3] = {(char)tolower((unsigned char)s[1]),
				       (char)tolower((unsigned char)s[2]), 0};

			text_unhex(&byte, 1, hex);
			strbuf_addc(out, (char)byte);
			s += 2;
			len -= 2;
		} else {
			strbuf_addc(out, *s == '_' ? ' ' : *s);
		}
	}
}

static void to_utf8(struct strbuf *out, const char *charset, char *in, size_t len)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	char *room;
	char *to;
	size_t left = 4 * len + 8;

	if (cd == (iconv_t)-1) {
		strbuf_add(out, in, len);
		return;
	}
	room = mem_zalloc(left + 1, 1);
	to = room;
	if (iconv(cd, &in, &len, &to, &left) == (size_t)-1 && len)
		strbuf_add(out, in, 0);
	strbuf_add(out, room, (size_t)(to - room));
	free(room);
	iconv_close(cd);
}

/* One encoded word at @s: its length, or 0 if there is none. */
static size_t encoded_word(struct strbuf *out, const char *s)
{
	const char *charset = s + 2;
	const char *kind = strncmp(s, "=?", 2) ? NULL : strchr(charset, '?');
	const char *text = kind && kind[1] && kind[2] == '?' ? kind + 3 : NULL;
	const char *end = text ? strstr(text, "?=") : NULL;
	struct strbuf raw = {0};
	char name[64];

	if (!end || kind - charset >= (long)sizeof(name) || !strchr("qQbB", kind[1]))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(charset, "?*"), charset);
	if (kind[1] == 'q' || kind[1] == 'Q')
		decode_q(&raw, text, (size_t)(end - text));
	else
		decode_b(&raw, text, (size_t)(end - text));
	if (raw.len)
		to_utf8(out, name, raw.data, raw.len);
	strbuf_free(&raw);
	return (size_t)(end + 2 - s);
}

static char *decode(const char *s)
{
	struct strbuf out = {0};
	bool after_word = false;

	while (*s) {
		size_t blank = strspn(s, " \t");
		size_t n = encoded_word(&out, after_word ? s + blank : s);

		if (n) {
			s += n + (after_word ? blank : 0);
			after_word = true;
			continue;
		}
		after_word = false;
		strbuf_addc(&out, *s++);
	}
	return strbuf_take(&out);
}

/* --- headers ------------------------------------------------------------------------ */
/* The value of a field in a header block, unfolded; free() it; NULL if there is none. */
static char *field(const char *head, const char *end, const char *name)
{
	size_t len = strlen(name);
	struct strbuf out = {0};
	const char *s = head;

	while (s < end && (strncasecmp(s, name, len) || s[len] != ':')) {
		s = memchr(s, '\n', (size_t)(end - s));
		s = s ? s + 1 : end;
	}
	if (s >= end)
		return NULL;
	s += len + 1;
	do {
		const char *eol = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((eol ? eol : end) - s);

		while (n && isspace((unsigned char)*s))
			s++, n--;
		while (n && isspace((unsigned char)s[n - 1]))
			n--;
		if (out.len)
			strbuf_addc(&out, ' ');
		if (out.len + n < HEADER_MAX)
			strbuf_add(&out, s, n);
		s = eol ? eol + 1 : end;
	} while (s < end && (*s == ' ' || *s == '\t'));
	return strbuf_take(&out);
}

/* The last "<...>" of a field. */
static const char *last_id(struct arena *a, const char *s)
{
	const char *open = s ? strrchr(s, '<') : NULL;
	const char *close = open ? strchr(open, '>') : NULL;

	return close ? arena_strndup(a, open + 1, (size_t)(close - open - 1)) : "";
}

static void read_from(struct mail *m, struct arena *a, const char *s)
{
	const char *open = s ? strrchr(s, '<') : NULL;
	size_t len;

	m->from_name = m->from_mail = "";
	if (!s)
		return;
	if (!open) {
		m->from_mail = m->from_name = arena_strndup(a, s, strcspn(s, " ("));
		return;
	}
	m->from_mail = arena_strndup(a, open + 1, strcspn(open + 1, ">"));
	s += strspn(s, " \"");
	len = s < open ? (size_t)(open - s) : 0;
	while (len && strchr(" \"", s[len - 1]))
		len--;
	m->from_name = arena_strndup(a, s, len);
}

static void read_mail(struct mbox *box, const char *head, const char *end)
{
	autofree char *id = field(head, end, "Message-ID");
	autofree char *reply = field(head, end, "In-Reply-To");
	autofree char *references = field(head, end, "References");
	autofree char *subject = field(head, end, "Subject");
	autofree char *from = field(head, end, "From");
	autofree char *date = field(head, end, "Date");
	autofree char *clear_subject = decode(subject ? subject : "");
	autofree char *clear_from = decode(from ? from : "");
	struct mail *m;

	box->v = mem_grow(box->v, box->n, sizeof(*box->v));
	m = &box->v[box->n++];
	memset(m, 0, sizeof(*m));
	m->id = last_id(&box->arena, id);
	m->parent = last_id(&box->arena, reply);
	if (!*m->parent)
		m->parent = last_id(&box->arena, references);
	m->subject = arena_strdup(&box->arena, clear_subject);
	read_from(m, &box->arena, clear_from);
	m->has_date = date && mail_date_parse(date, &m->date);
	box->broken += !*m->id || !m->has_date;
}

/* A mail begins at "From " at the start of the file or after an empty line. */
static const char *next_from(const char *s, const char *end)
{
	while (s < end) {
		const char *at = memmem(s, (size_t)(end - s), "\nFrom ", 6);

		if (!at)
			return end;
		if (at[-1] == '\n' || (at[-1] == '\r' && at[-2] == '\n'))
			return at + 1;
		s = at + 1;
	}
	return end;
}

void mbox_read(struct mbox *m, const char *text, size_t len)
{
	const char *end = text + len;
	const char *s = len >= 5 && !strncmp(text, "From ", 5) ? text
			: len > 8			       ? next_from(text + 3, end)
							       : end;

	while (s < end) {
		const char *next = next_from(s + 5 < end ? s + 5 : end, end);
		const char *head = memchr(s, '\n', (size_t)(next - s));
		const char *body;

		if (!head)
			break;
		body = memmem(head, (size_t)(next - head), "\n\n", 2);
		if (!body)
			body = memmem(head, (size_t)(next - head), "\n\r\n", 3);
		read_mail(m, head + 1, body ? body + 1 : next);
		s = next;
	}
}

void mbox_free(struct mbox *m)
{
	free(m->v);
	arena_free(&m->arena);
	memset(m, 0, sizeof(*m));
}

/* "v3": a number that nobody reaches is no version, but a date or a mistake. */
static void read_version(struct patch_subject *p, const char *digits)
{
	unsigned long n = strtoul(digits, NULL, 10);

	if (n <= VERSION_MAX)
		p->version = (unsigned int)n;
}

static void read_word(struct patch_subject *p, const char *s, size_t len)
{
	char word[32];
	unsigned int a, b;

	snprintf(word, sizeof(word), "%.*s", (int)len, s);
	if ((*word == 'v' || *word == 'V') && isdigit((unsigned char)word[1]))
		read_version(p, word + 1);
	else if (strchr(word, '/') && sscanf(word, "%4u/%4u", &a, &b) == 2) {
		p->number = a;
		p->total = b;
	} else if (!strncasecmp(word, "patchv", 6) && isdigit((unsigned char)word[6])) {
		read_version(p, word + 6);
	}
}

bool patch_subject_parse(const char *subject, struct patch_subject *p)
{
	bool patch = false;

	memset(p, 0, sizeof(*p));
	p->version = 1;
	subject += strspn(subject, " \t");
	while (*subject == '[') {
		const char *end = strchr(subject, ']');
		const char *s = subject + 1;

		if (!end)
			return false;
		while (s < end) {
			size_t len = strcspn(s, " ]");

			patch |= len >= 5 && !strncasecmp(s, "patch", 5);
			read_word(p, s, len);
			s += len + 1;
		}
		subject = end + 1 + strspn(end + 1, " \t");
	}
	p->title = subject;
	return patch && p->version;
}
