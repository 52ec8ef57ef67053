// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/results.h"

#include "common/text.h"

#include <expat.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct results *out;
	XML_Parser parser;
	bool in_case;
	bool is_junit;
	bool bad_time;
};

static const char *attribute(const XML_Char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(atts[0], name))
			return atts[1];
	return NULL;
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
		r->bad_time = true;
		seconds = -1;
	}
	results_add(r->out, full, strlen(full), OUTCOME_PASS, seconds);
	r->in_case = true;
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
	struct reader *r = ctx;

	if (!strcmp(name, "testsuite") || !strcmp(name, "testsuites"))
		r->is_junit = true;
	else if (!strcmp(name, "testcase"))
		open_case(r, atts);
	else if (r->in_case && (!strcmp(name, "failure") || !strcmp(name, "error")))
		r->out->v[r->out->n - 1].outcome = OUTCOME_FAIL;
	else if (r->in_case && !strcmp(name, "skipped"))
		r->out->v[r->out->n - 1].outcome = OUTCOME_SKIP;
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	if (!strcmp(name, "testcase"))
		r->in_case = false;
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
	else if (r.bad_time)
		ret = err_fail(e, "%s: a testcase has a time that is no number of seconds", name);
	XML_ParserFree(r.parser);
	return ret;
}
