/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ical.h - calendars (RFC 5545, on libical)
 */
#ifndef RELEASE_ICAL_H
#define RELEASE_ICAL_H

#include <stdbool.h>
#include <stdint.h>

struct calendar;

/* @domain: of the ids; @stamp: day of making, for DTSTAMP. */
struct calendar *calendar_new(const char *name, const char *domain, int32_t stamp);
/*
 * A whole-day event. @id stays the same when the date moves: readers then move it too.
 * False if @day or @stamp is beyond what libical writes.
 */
bool calendar_add(struct calendar *c, const char *id, const char *summary, int32_t day);
/* The calendar as text; free() it. Ends the calendar. */
char *calendar_text(struct calendar *c);

#endif
