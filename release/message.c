// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/message.h"

#include "common/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *line_end(const char *s)
{
	const char *end = strchr(s, '\n');

	return end ? end : s + strlen(s);
}

bool message_trailer(const char **at, struct trailer *t)
{
	const char *s = *at;

	while (*s) {
		const char *end = line_end(s);
		const char *colon = s;

		while (isalnum((unsigned char)*colon) || *colon == '-')
			colon++;
		*at = *end ? end + 1 : end;
		if (*colon == ':' && colon > s && (colon[1] == ' ' || colon[1] == '\t')) {
			t->key = s;
			t->key_len = (size_t)(colon - s);
			t->value = colon + 1 + strspn(colon + 1, " \t");
			if (t->value > end)
				t->value = end;
			while (end > t->value && isspace((unsigned char)end[-1]))
				end--;
			t->value_len = (size_t)(end - t->value);
			return true;
		}
		s = *at;
	}
	return false;
}

/* Lines that a pick adds, and nothing else, up to @end. */
static bool is_origin(const char *s, const char *end)
{
	for (; s < end; s = *line_end(s) ? line_end(s) + 1 : end)
		if (*s != '\n' && !text_starts(s, "(cherry picked from ") &&
		    !text_starts(s, "master commit: ") && !text_starts(s, "master date: "))
			return false;
	return true;
}

const char *message_last_paragraph(const char *message)
{
	const char *end = message + strlen(message);
	const char *s = end;

	do {
		end = s;
		while (end > message && isspace((unsigned char)end[-1]))
			end--;
		for (s = end; s > message && !(s[-1] == '\n' && s - 1 > message && s[-2] == '\n');)
			s--;
	} while (s > message && is_origin(s, end));
	return s;
}

bool trailer_is(const struct trailer *t, const char *key)
{
	return strlen(key) == t->key_len && !strncasecmp(t->key, key, t->key_len);
}

const char *trailer_mail(const struct trailer *t, struct arena *a)
{
	const char *open = memchr(t->value, '<', t->value_len);
	const char *close =
		open ? memchr(open, '>', t->value_len - (size_t)(open - t->value)) : NULL;

	if (!close)
		return arena_strndup(a, t->value, t->value_len);
	return arena_strndup(a, open + 1, (size_t)(close - open - 1));
}

const char *trailer_name(const struct trailer *t, struct arena *a)
{
	const char *open = memchr(t->value, '<', t->value_len);
	size_t len = open ? (size_t)(open - t->value) : t->value_len;

	while (len && isspace((unsigned char)t->value[len - 1]))
		len--;
	if (len > 1 && t->value[0] == '"' && t->value[len - 1] == '"')
		return arena_strndup(a, t->value + 1, len - 2);
	return arena_strndup(a, t->value, len);
}

bool message_has(const char *message, const char *key)
{
	struct trailer t;

	while (message_trailer(&message, &t))
		if (trailer_is(&t, key))
			return true;
	return false;
}

static bool take_id(const char *s, char id[41])
{
	size_t n = strspn(s, "0123456789abcdefABCDEF");
	size_t i;

	if (n < 7 || n > 40 || isalnum((unsigned char)s[n]))
		return false;
	for (i = 0; i < n; i++)
		id[i] = (char)tolower((unsigned char)s[i]);
	id[n] = 0;
	return true;
}

bool message_link(const char **at, enum message_link kind, char id[41])
{
	static const char *const words[] = {
		[LINK_FIXES] = "Fixes: ",
		[LINK_MASTER] = "master commit: ",
		[LINK_PICKED] = "(cherry picked from commit ",
		[LINK_REVERTS] = "This reverts commit ",
	};
	const char *word = words[kind];
	const char *s = *at;

	while ((s = strcasestr(s, word))) {
		bool starts =
			s == *at || s[-1] == '\n' || kind == LINK_PICKED || kind == LINK_REVERTS;

		s += strlen(word);
		s += strspn(s, " \t");
		if (starts && !strncmp(s, "commit ", 7))
			s += 7;
		if (starts && take_id(s, id)) {
			*at = s;
			return true;
		}
	}
	return false;
}

const char *message_reverted(const char *subject, size_t *len)
{
	static const char before[] = "Revert \"";
	size_t n = strlen(subject);

	if (!text_starts(subject, before) || n < sizeof(before) + 1 || subject[n - 1] != '"')
		return NULL;
	*len = n - sizeof(before);
	return subject + sizeof(before) - 1;
}

/* @text ends with @word, and no letter stands right before that. */
static bool ends_with_word(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	if (n > len || memcmp(text + len - n, word, n) != 0)
		return false;
	return n == len || !isalpha((unsigned char)text[len - n - 1]);
}

/* One of @words (lower case) stands right before @s, whatever the blanks. */
static bool is_preceded(const char *start, const char *s, const char *const *words, size_t n)
{
	char text[64];
	size_t from =
		(size_t)(s - start) < sizeof(text) ? 0 : (size_t)(s - start) - sizeof(text) + 1;
	size_t len = 0;
	size_t i;

	for (start += from; start < s; start++) {
		char c =
			isspace((unsigned char)*start) ? ' ' : (char)tolower((unsigned char)*start);

		if (c != ' ' || (len && text[len - 1] != ' '))
			text[len++] = c;
	}
	while (len && text[len - 1] == ' ')
		len--;
	for (i = 0; i < n; i++)
		if (ends_with_word(text, len, words[i]))
			return true;
	return false;
}

/* Words beside an advisory that make it a cause or a neighbour, not this fix. */
static bool is_mention(const char *start, const char *s, const char *end)
{
	static const char *const before[] = {
		"introduced by", "introduced in", "caused by",	"broken by", "regression from",
		"fallout from",	 "fallout of",	  "because of", "wake of",   "since",
		"like",		 "similar to",	  "unlike",	"prior to"};
	static const char *const behind[] = {"broke", "introduced", "caused", "regress"};
	size_t i;

	if (is_preceded(start, s, before, sizeof(before) / sizeof(*before)))
		return true;
	for (i = 0; isspace((unsigned char)*end) && i < sizeof(behind) / sizeof(*behind); i++)
		if (text_starts(end + 1, behind[i]))
			return true;
	return false;
}

/* Words right before it of a commit that completes the fix, or mends what came of it. */
static bool is_sequel(const char *start, const char *s)
{
	static const char *const before[] = {"after",	    "fixes for", "follow-up to",
					     "followup to", "see",	 "amends"};

	return is_preceded(start, s, before, sizeof(before) / sizeof(*before));
}

/* Where the sentence begins that @s stands in: paragraphs and the subject end one too. */
static const char *sentence_start(const char *start, const char *s)
{
	while (s > start && !(s[-1] == '\n' && (*s == '\n' || s - 1 == start || s[-2] == '\n')) &&
	       !(s[-1] != '\n' && isspace((unsigned char)s[-1]) && s - 1 > start && s[-2] == '.') &&
	       !(s[-1] == '\n' && s - 1 > start && s[-2] == '.'))
		s--;
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static const char *sentence_end(const char *s)
{
	while (*s && !(*s == '.' && (!s[1] || isspace((unsigned char)s[1]))) &&
	       !(*s == '\n' && s[1] == '\n'))
		s++;
	return s;
}

/*
 * The sentence tells of a cause, which may be the advisory or what it fixes. One that begins
 * with "This is" says what the commit is.
 */
static bool tells_cause(const char *start, const char *s)
{
	static const char *const words[] = {"introduced", "broke",  "caused", "regress",
					    "fallout",	  "buggy",  "since ", "cause of",
					    "because of", "wake of"};
	static const char *const part[] = {"part of"};
	static const char *const as_part[] = {"as part of"};
	const char *from = sentence_start(start, s);
	const char *end = sentence_end(s);
	autofree char *text = mem_strndup(from, (size_t)(end - from));
	size_t i;

	if (!strncasecmp(text, "This is", 7) ||
	    (is_preceded(start, s, part, 1) && !is_preceded(start, s, as_part, 1)))
		return false;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/*
 * The commit says that it is (part of) the fix: "This is part of XSA-1", "back-port of the
 * fix for XSA-1", a sentence or the subject's end that is nothing but the name.
 */
static bool is_declared(const char *start, const char *s, const char *end)
{
	static const char *const before[] = {"part of", "fix for", "fixes", "back-port of",
					     "backport of"};
	const char *from = sentence_start(start, s);

	if (!strncasecmp(from, "This is", 7) || from == s ||
	    is_preceded(start, s, before, sizeof(before) / sizeof(*before)))
		return true;
	/* "CVE-2020-1 / XSA-1", and "(XSA-1)" or "[XSA-1]" at the end of the subject. */
	return text_starts(from, "CVE-") ||
	       (s > start && (s[-1] == '(' || s[-1] == '[') && (end[1] == '\n' || !end[1]));
}

/* What the words around the name of an advisory make of it. */
enum naming { NAMING_CAUSE, NAMING_UNSURE, NAMING_PLAIN, NAMING_DECLARED };

static enum naming judge(const char *start, const char *s, const char *end)
{
	if (is_mention(start, s, end))
		return NAMING_CAUSE;
	if (is_sequel(start, s) || tells_cause(start, s))
		return NAMING_UNSURE;
	return is_declared(start, s, end) ? NAMING_DECLARED : NAMING_PLAIN;
}

/* The next one that is @least so sure; @how it is named. */
static bool next_advisory(const char **at, unsigned int *number, enum naming least,
			  enum naming *how)
{
	const char *start = *at;
	const char *s = start;

	while ((s = strstr(s, "XSA"))) {
		const char *name = s;
		const char *digits = s + 3 + (s[3] == '-' || s[3] == ' ');
		unsigned int n = 0;
		bool fresh = s == start || !isalnum((unsigned char)s[-1]);

		for (s = digits; *s >= '0' && *s <= '9' && n < 100000; s++)
			n = n * 10 + (unsigned int)(*s - '0');
		if (!fresh || s == digits || isalnum((unsigned char)*s))
			continue;
		*how = judge(start, name, s);
		if (*how < least)
			continue;
		*at = s;
		*number = n;
		return true;
	}
	return false;
}

bool message_advisory(const char **at, unsigned int *number)
{
	enum naming how;

	return next_advisory(at, number, NAMING_PLAIN, &how);
}

bool message_naming(const char **at, unsigned int *number, bool *sure)
{
	enum naming how;

	if (!next_advisory(at, number, NAMING_UNSURE, &how))
		return false;
	*sure = how != NAMING_UNSURE;
	return true;
}

bool message_declares(const char *message, unsigned int number)
{
	bool before = false;
	enum naming how;
	unsigned int n;

	/* What stands beside a declared one, "XSA-1 and XSA-2", is declared with it. */
	while (next_advisory(&message, &n, NAMING_PLAIN, &how)) {
		size_t gap = strspn(message, " /,&");
		bool declared = how == NAMING_DECLARED;

		if (n == number && (declared || before))
			return true;
		before = (declared || before) && text_starts(message + gap, "XSA");
		if (!before && declared)
			before = text_starts(message, " and XSA");
	}
	return false;
}
