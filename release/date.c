// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/date.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const months[] = {"January",	  "February", "March",	  "April",
				     "May",	  "June",     "July",	  "August",
				     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
				       "Friday", "Saturday", "Sunday"};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Counts years from March, so that the leap day is the last of its year. */
int32_t day_of(int year, int month, int mday)
{
	int64_t m = (int64_t)month - 3;
	int64_t y = year + floor_div(m, 12);
	int64_t era;

	m -= floor_div(m, 12) * 12;
	era = floor_div(y, 400);
	y -= era * 400;
	return (int32_t)(era * 146097 + y * 365 + y / 4 - y / 100 + (153 * m + 2) / 5 + mday - 1 -
			 719468);
}

void day_split(int32_t day, int *year, int *month, int *mday)
{
	int64_t d = (int64_t)day + 719468;
	int64_t era = floor_div(d, 146097);
	int64_t doe = d - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*mday = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int32_t day_of_instant(int64_t seconds)
{
	int64_t d = floor_div(seconds, 86400);

	return d > INT32_MAX ? INT32_MAX : d <= INT32_MIN ? INT32_MIN + 1 : (int32_t)d;
}

bool instant_is_sane(int64_t seconds)
{
	int32_t day = day_of_instant(seconds);

	return day >= day_of(1000, 1, 1) && day <= DAY_MAX;
}

bool day_parse(const char *s, int32_t *day)
{
	int y, m, d, y2, m2, d2;
	size_t i;

	for (i = 0; i < 10; i++)
		if ((i == 4 || i == 7) ? s[i] != '-' : (s[i] < '0' || s[i] > '9'))
			return false;
	if (s[10] || sscanf(s, "%4d-%2d-%2d", &y, &m, &d) != 3 || y < 1000 || m < 1 || m > 12)
		return false;
	*day = day_of(y, m, d);
	day_split(*day, &y2, &m2, &d2);
	return y == y2 && m == m2 && d == d2;
}

const char *day_text(int32_t day, char *out)
{
	int y, m, d;

	day_split(day, &y, &m, &d);
	if (day == DAY_NONE)
		snprintf(out, DATE_LEN, "-");
	else
		snprintf(out, DATE_LEN, "%04d-%02d-%02d", y, m, d);
	return out;
}

const char *day_words(int32_t day, char *out)
{
	int y, m, d;

	day_split(day, &y, &m, &d);
	if (day == DAY_NONE)
		snprintf(out, DATE_LEN, "-");
	else
		snprintf(out, DATE_LEN, "%d %s %d", d, months[m - 1], y);
	return out;
}

int day_weekday(int32_t day)
{
	int w = (int)(((int64_t)day + 3) % 7);

	return w < 0 ? w + 7 : w;
}

int weekday_parse(const char *s)
{
	size_t len = strlen(s);
	int i;

	for (i = 0; i < 7; i++)
		if (len >= 3 && !strncasecmp(weekdays[i], s, len))
			return i;
	return -1;
}

const char *weekday_name(int weekday)
{
	return weekdays[weekday];
}

int32_t day_add_months(int32_t day, int n)
{
	int y, m, d, last_y, last_m, last_d;

	day_split(day, &y, &m, &d);
	day_split(day_of(y, m + n + 1, 1) - 1, &last_y, &last_m, &last_d);
	return day_of(last_y, last_m, d < last_d ? d : last_d);
}

int32_t day_week(int32_t day)
{
	return day - day_weekday(day);
}
