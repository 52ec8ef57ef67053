/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * date.h - days of the calendar (Gregorian, UTC)
 *
 * A day is the number of days since 1970-01-01, an instant the number of seconds.
 */
#ifndef RELEASE_DATE_H
#define RELEASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN
#define DAY_MAX	 2932896 /* 9999-12-31: no sane date is later */

/* Room for "YYYY-MM-DD" of any int32_t day, or for "YYYY-MM-DD HH:MM". */
#define DATE_LEN 32

/* Day of a date; months and days beyond their range carry over. */
int32_t day_of(int year, int month, int mday);
void day_split(int32_t day, int *year, int *month, int *mday);
int32_t day_of_instant(int64_t seconds);
/* Not before the year 1000, nor after 9999. */
bool instant_is_sane(int64_t seconds);

/* Reads exactly YYYY-MM-DD of a date that exists, years 1000 to 9999. */
bool day_parse(const char *s, int32_t *day);
/* Writes YYYY-MM-DD to @out (DATE_LEN) and returns it; "-" for DAY_NONE. */
const char *day_text(int32_t day, char *out);
/* Writes "6 January 2015". */
const char *day_words(int32_t day, char *out);

/* 0 Monday ... 6 Sunday, and back from a name ("Friday", "fri"); -1: no such. */
int day_weekday(int32_t day);
int weekday_parse(const char *s);
const char *weekday_name(int weekday);

/* The same day @months later; the last of the month where there is none. */
int32_t day_add_months(int32_t day, int months);

/* Monday of the ISO 8601 week of @day. */
int32_t day_week(int32_t day);

#endif
