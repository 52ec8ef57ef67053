// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/version.h"

#include <stdio.h>
#include <string.h>

/* Reads one number at *@s and moves past it. */
static bool number(const char **s, unsigned int *out)
{
	const char *p = *s;
	unsigned int v = 0;

	if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (unsigned int)(*p - '0');
		if (v >= 100000)
			return false;
	}
	*s = p;
	*out = v;
	return true;
}

bool version_parse(const char *s, struct version *v)
{
	memset(v, 0, sizeof(*v));
	do {
		if (v->n == VERSION_PARTS || !number(&s, &v->part[v->n]))
			return false;
		v->n++;
	} while (*s == '.' && *++s);
	if (s[-1] == '.' || v->n < 2)
		return false;
	if (strncmp(s, "-rc", 3))
		return !*s;
	s += s[3] == '.' ? 4 : 3;
	return number(&s, &v->rc) && v->rc && !*s;
}

int version_cmp(const struct version *a, const struct version *b)
{
	unsigned int arc = a->rc ? a->rc : ~0U;
	unsigned int brc = b->rc ? b->rc : ~0U;
	size_t i;

	for (i = 0; i < VERSION_PARTS; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return arc < brc ? -1 : arc > brc;
}

bool version_same_series(const struct version *a, const struct version *b)
{
	return a->part[0] == b->part[0] && a->part[1] == b->part[1];
}

const char *version_text(const struct version *v, char *out)
{
	int len = 0;
	size_t i;

	for (i = 0; i < v->n; i++)
		len += snprintf(out + len, VERSION_LEN - (size_t)len, "%s%u", i ? "." : "",
				v->part[i]);
	if (v->rc)
		snprintf(out + len, VERSION_LEN - (size_t)len, "-rc%u", v->rc);
	return out;
}

const char *version_series(const struct version *v, char *out)
{
	snprintf(out, VERSION_LEN, "%u.%u", v->part[0], v->part[1]);
	return out;
}
