// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/results.h"

#include "common/text.h"

#include <expat.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 64

/* What a suite says that it holds, and what it held so far, with the suites in it. */
struct suite {
	unsigned long tests, bad; /* as it says; 0: it does not say */
	unsigned long seen_tests, seen_bad;
};

struct reader {
	struct results *out;
	XML_Parser parser;
	struct suite suites[DEPTH_MAX]; /* the open ones */
	size_t depth;
	size_t now; /* result of the open testcase */
	bool in_case;
	bool is_junit;
	const char *flaw; /* the first reason to trust none of it, or NULL */
};

static void distrust(struct reader *r, const char *why)
{
	if (!r->flaw)
		r->flaw = why;
}

static const char *attribute(const XML_Char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(atts[0], name))
			return atts[1];
	return NULL;
}

static unsigned long number(struct reader *r, const XML_Char **atts, const char *name)
{
	const char *s = attribute(atts, name);
	char *end = NULL;
	unsigned long n = s ? strtoul(s, &end, 10) : 0;

	if (s && (*s < '0' || *s > '9' || *end))
		distrust(r, "a testsuite has a count that is no number");
	return n;
}

static void open_suite(struct reader *r, const XML_Char **atts)
{
	struct suite *s;

	r->is_junit = true;
	if (r->depth == DEPTH_MAX) {
		distrust(r, "testsuites stand in each other too deeply");
		return;
	}
	s = &r->suites[r->depth++];
	memset(s, 0, sizeof(*s));
	s->tests = number(r, atts, "tests");
	s->bad = number(r, atts, "failures") + number(r, atts, "errors");
}

static void close_suite(struct reader *r)
{
	const struct suite *s;

	if (!r->depth)
		return;
	s = &r->suites[--r->depth];
	if (s->tests > s->seen_tests)
		distrust(r, "a testsuite holds fewer testcases than it counts");
	if (s->bad > s->seen_bad)
		distrust(r, "a testsuite counts failures that none of its testcases shows");
	if (r->depth) {
		r->suites[r->depth - 1].seen_tests += s->seen_tests;
		r->suites[r->depth - 1].seen_bad += s->seen_bad;
	}
}

static void set_outcome(struct reader *r, enum outcome o)
{
	struct result *now = &r->out->v[r->now];

	if (now->outcome != OUTCOME_FAIL)
		now->outcome = o;
}

/* A status that says another thing than that the test ran and passed. */
static void read_status(struct reader *r, const char *status)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {{"notrun", OUTCOME_SKIP},	   {"disabled", OUTCOME_SKIP},
		     {"skipped", OUTCOME_SKIP},	   {"ignored", OUTCOME_SKIP},
		     {"suppressed", OUTCOME_SKIP}, {"failed", OUTCOME_FAIL},
		     {"failure", OUTCOME_FAIL},	   {"error", OUTCOME_FAIL}};
	size_t i;

	for (i = 0; status && i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(status, words[i].word))
			set_outcome(r, words[i].outcome);
}

static void open_case(struct reader *r, const XML_Char **atts)
{
	const char *class = attribute(atts, "classname");
	const char *name = attribute(atts, "name");
	const char *time = attribute(atts, "time");
	autofree char *full = class && *class ? mem_printf("%s.%s", class, name ? name : "")
					      : mem_strdup(name ? name : "");
	char *end = NULL;
	double seconds = time ? strtod(time, &end) : -1;

	if (time && (end == time || *end || !isfinite(seconds) || seconds < 0)) {
		distrust(r, "a testcase has a time that is no number of seconds");
		seconds = -1;
	}
	r->now = r->out->n;
	results_add(r->out, full, strlen(full), OUTCOME_PASS, seconds);
	read_status(r, attribute(atts, "status"));
	read_status(r, attribute(atts, "result"));
	r->in_case = true;
	if (r->depth)
		r->suites[r->depth - 1].seen_tests++;
}

/* A failure, or an earlier try that failed: passing later does not undo it. */
static void on_failure(struct reader *r, const char *element)
{
	const char *test = r->in_case ? r->out->v[r->now].test : "";

	if (!r->in_case) {
		distrust(r, "an error stands outside of any testcase");
	} else if (text_starts(element, "flaky")) {
		results_add(r->out, test, strlen(test), OUTCOME_FAIL, -1);
	} else {
		set_outcome(r, OUTCOME_FAIL);
		if (r->depth && *element != 'r')
			r->suites[r->depth - 1].seen_bad++;
	}
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
	static const char *const bad[] = {"failure",	"error",	"rerunFailure",
					  "rerunError", "flakyFailure", "flakyError"};
	struct reader *r = ctx;
	size_t i;

	if (!strcmp(name, "testsuite") || !strcmp(name, "testsuites"))
		open_suite(r, atts);
	else if (!strcmp(name, "testcase"))
		open_case(r, atts);
	else if (r->in_case && !strcmp(name, "skipped"))
		set_outcome(r, OUTCOME_SKIP);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!strcmp(name, bad[i]))
			on_failure(r, name);
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	if (!strcmp(name, "testcase"))
		r->in_case = false;
	else if (!strcmp(name, "testsuite") || !strcmp(name, "testsuites"))
		close_suite(r);
}

int junit_read(struct results *out, const char *name, const char *text, size_t len, struct err *e)
{
	struct reader r = {.out = out, .parser = XML_ParserCreate(NULL)};
	int ret = 0;

	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	if (len > INT32_MAX || XML_Parse(r.parser, text, (int)len, 1) != XML_STATUS_OK)
		ret = err_fail(e, "%s:%lu: not well-formed XML: %s", name,
			       (unsigned long)XML_GetCurrentLineNumber(r.parser),
			       XML_ErrorString(XML_GetErrorCode(r.parser)));
	else if (!r.is_junit)
		ret = err_fail(e, "%s: not JUnit: there is no testsuite", name);
	else if (r.flaw)
		ret = err_fail(e, "%s: %s", name, r.flaw);
	XML_ParserFree(r.parser);
	return ret;
}
