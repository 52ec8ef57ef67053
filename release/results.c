// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/results.h"

#include "common/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void results_add(struct results *r, const char *test, size_t len, enum outcome o, double seconds)
{
	r->v = mem_grow(r->v, r->n, sizeof(*r->v));
	r->v[r->n].test = arena_strndup(&r->arena, test, len < 400 ? len : 400);
	r->v[r->n].outcome = o;
	r->v[r->n++].seconds = seconds;
}

void results_free(struct results *r)
{
	free(r->v);
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}

/* A line without its end; moves *@at on. */
static const char *next_line(const char **at, const char *end, size_t *len)
{
	const char *s = *at;
	const char *eol = memchr(s, '\n', (size_t)(end - s));

	*len = (size_t)((eol ? eol : end) - s);
	*at = eol ? eol + 1 : end;
	if (*len && s[*len - 1] == '\r')
		--*len;
	return s;
}

static bool starts(const char *s, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !strncmp(s, prefix, strlen(prefix));
}

struct tap {
	struct results *out;
	const char *name; /* of the file */
	unsigned long planned, seen;
	bool has_plan;
	struct err *e;
};

static void drop(const char **s, size_t *len, size_t n)
{
	*s += n;
	*len -= n;
}

static void drop_blanks(const char **s, size_t *len)
{
	while (*len && **s == ' ')
		drop(s, len, 1);
}

/* A number that blanks or the end follow, taken off @s; its digits, 0 if there is none. */
static size_t take_number(const char **s, size_t *len, unsigned long *n)
{
	size_t digits = 0;

	*n = 0;
	while (digits < *len && (*s)[digits] >= '0' && (*s)[digits] <= '9' && digits < 10)
		*n = *n * 10 + (unsigned long)((*s)[digits++] - '0');
	if (digits < *len && (*s)[digits] != ' ')
		return 0;
	drop(s, len, digits);
	drop_blanks(s, len);
	return digits;
}

/* "# SKIP why" or "# TODO why" is taken off the end of @s. */
static bool take_directive(const char *s, size_t *len)
{
	const char *hash = memchr(s, '#', *len);
	size_t rest = hash ? *len - (size_t)(hash - s) - 1 : 0;
	const char *word = hash ? hash + 1 : s;

	if (!hash)
		return false;
	while (rest && *word == ' ')
		word++, rest--;
	*len = (size_t)(hash - s);
	while (*len && s[*len - 1] == ' ')
		--*len;
	return rest >= 4 && (!strncasecmp(word, "skip", 4) || !strncasecmp(word, "todo", 4));
}

/* "ok 3 - name # SKIP why": what stands after "ok" or "not ok". */
static int tap_line(struct tap *t, const char *s, size_t len, bool ok)
{
	enum outcome outcome = ok ? OUTCOME_PASS : OUTCOME_FAIL;
	unsigned long n;
	char number[32];

	t->seen++;
	drop_blanks(&s, &len);
	if (take_number(&s, &len, &n) && n != t->seen)
		return err_fail(t->e, "%s: result %lu is numbered %lu: one is lost, or twice there",
				t->name, t->seen, n);
	if (len && *s == '-' && (len == 1 || s[1] == ' '))
		drop(&s, &len, 1);
	drop_blanks(&s, &len);
	if (take_directive(s, &len))
		outcome = OUTCOME_SKIP;
	if (!len) {
		s = number;
		len = (size_t)snprintf(number, sizeof(number), "test %lu", t->seen);
	}
	results_add(t->out, s, len, outcome, -1);
	return 0;
}

/* "1..N", and where N is 0 why: what stands after "1..". */
static int tap_plan(struct tap *t, const char *s, size_t len)
{
	bool number = take_number(&s, &len, &t->planned) > 0;

	if (t->has_plan)
		return err_fail(t->e, "%s: a second plan", t->name);
	t->has_plan = true;
	if (!number || (len && *s != '#'))
		return err_fail(t->e, "%s: its plan is no number", t->name);
	if (!t->planned && !take_directive(s, &len))
		return err_fail(t->e, "%s: no result is planned, and no reason given", t->name);
	return 0;
}

static int tap_read(struct results *r, const char *name, const char *text, size_t size,
		    struct err *e)
{
	struct tap t = {.out = r, .name = name, .e = e};
	const char *end = text + size;
	int ret = 0;

	while (!ret && text < end) {
		size_t len;
		const char *s = next_line(&text, end, &len);

		if (starts(s, len, "Bail out!"))
			return err_fail(e, "%s: the run bailed out", name);
		if (starts(s, len, "1.."))
			ret = tap_plan(&t, s + 3, len - 3);
		else if (starts(s, len, "ok") && (len == 2 || s[2] == ' '))
			ret = tap_line(&t, s + 2, len - 2, true);
		else if (starts(s, len, "not ok") && (len == 6 || s[6] == ' '))
			ret = tap_line(&t, s + 6, len - 6, false);
	}
	if (ret)
		return ret;
	if (!t.has_plan)
		return err_fail(e, "%s: no plan (\"1..N\"): the run may have been cut off", name);
	if (t.planned != t.seen)
		return err_fail(e, "%s: %lu results where %lu were planned", name, t.seen,
				t.planned);
	return 0;
}

static int never_ended(const char *name, const char *test, size_t len, struct err *e)
{
	return err_fail(e, "%s: test \"%.*s\" began and never ended", name,
			(int)(len < 80 ? len : 80), test);
}

/* "test: name" opens; "success: name", "failure: name [" close. */
static int subunit_read(struct results *r, const char *name, const char *text, size_t size,
			struct err *e)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {{"success: ", OUTCOME_PASS},  {"successful: ", OUTCOME_PASS},
		     {"failure: ", OUTCOME_FAIL},  {"error: ", OUTCOME_FAIL},
		     {"skip: ", OUTCOME_SKIP},	   {"xfail: ", OUTCOME_SKIP},
		     {"uxsuccess: ", OUTCOME_FAIL}};
	const char *end = text + size;
	const char *open = NULL;
	size_t open_len = 0, i;
	bool details = false;

	while (text < end) {
		size_t len;
		const char *s = next_line(&text, end, &len);

		if (details) {
			details = !(len == 1 && *s == ']');
			continue;
		}
		if (starts(s, len, "test: ") || starts(s, len, "testing: ")) {
			if (open)
				break;
			open = memchr(s, ' ', len);
			open++;
			open_len = len - (size_t)(open - s);
		}
		for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
			size_t skip = strlen(words[i].word);
			size_t n = len - skip;

			if (!starts(s, len, words[i].word))
				continue;
			details = n >= 2 && !strncmp(s + len - 2, " [", 2);
			n -= details ? 2 : 0;
			if (open && (n != open_len || memcmp(open, s + skip, n) != 0))
				return never_ended(name, open, open_len, e);
			results_add(r, s + skip, n, words[i].outcome, -1);
			open = NULL;
		}
	}
	if (open)
		return never_ended(name, open, open_len, e);
	if (details || !r->n)
		return err_fail(e, "%s: %s", name,
				details ? "cut off inside details" : "no results in it");
	return 0;
}

int results_read(struct results *r, const char *name, const char *text, size_t len, struct err *e)
{
	memset(r, 0, sizeof(*r));
	if (text_ends(name, ".xml"))
		return junit_read(r, name, text, len, e);
	if (text_ends(name, ".tap"))
		return tap_read(r, name, text, len, e);
	if (text_ends(name, ".subunit"))
		return subunit_read(r, name, text, len, e);
	return err_fail(e, "%s: of no kind that is known: .xml (JUnit), .tap, .subunit", name);
}
