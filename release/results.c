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

/* "ok 3 - name # SKIP why": what stands after "ok" or "not ok". */
static void tap_line(struct results *r, const char *s, size_t len, bool ok, unsigned long count)
{
	const char *hash;
	char number[32];

	while (len && strchr(" 0123456789-", *s))
		s++, len--;
	hash = memchr(s, '#', len);
	if (hash) {
		size_t rest = len - (size_t)(hash - s);
		const char *word = hash + 1;

		while (--rest && *word == ' ')
			word++;
		len = (size_t)(hash - s);
		while (len && s[len - 1] == ' ')
			len--;
		if (rest >= 4 && (!strncasecmp(word, "skip", 4) || !strncasecmp(word, "todo", 4))) {
			results_add(r, s, len, OUTCOME_SKIP, -1);
			return;
		}
	}
	if (!len) {
		s = number;
		len = (size_t)snprintf(number, sizeof(number), "test %lu", count);
	}
	results_add(r, s, len, ok ? OUTCOME_PASS : OUTCOME_FAIL, -1);
}

static int tap_read(struct results *r, const char *name, const char *text, size_t size,
		    struct err *e)
{
	const char *end = text + size;
	unsigned long planned = 0, seen = 0;
	bool has_plan = false;

	while (text < end) {
		size_t len;
		const char *s = next_line(&text, end, &len);
		char plan[24];

		if (starts(s, len, "Bail out!"))
			return err_fail(e, "%s: the run bailed out", name);
		if (starts(s, len, "1..")) {
			snprintf(plan, sizeof(plan), "%.*s", (int)(len - 3 < 20 ? len - 3 : 20),
				 s + 3);
			planned = strtoul(plan, NULL, 10);
			has_plan = true;
		} else if (starts(s, len, "ok") && (len == 2 || s[2] == ' ')) {
			tap_line(r, s + 2, len - 2, true, ++seen);
		} else if (starts(s, len, "not ok") && (len == 6 || s[6] == ' ')) {
			tap_line(r, s + 6, len - 6, false, ++seen);
		}
	}
	if (!has_plan)
		return err_fail(e, "%s: no plan (\"1..N\"): the run may have been cut off", name);
	if (planned != seen)
		return err_fail(e, "%s: %lu results where %lu were planned", name, seen, planned);
	return 0;
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
			results_add(r, s + skip, details ? n - 2 : n, words[i].outcome, -1);
			open = NULL;
		}
	}
	if (open)
		return err_fail(e, "%s: test \"%.*s\" began and never ended", name,
				(int)(open_len < 80 ? open_len : 80), open);
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
