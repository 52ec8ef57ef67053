// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/ical.h"

#include "common/mem.h"
#include "common/text.h"
#include "release/date.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

struct calendar {
	icalcomponent *top;
	char *domain;
	int32_t stamp;
};

static struct icaltimetype date_of(int32_t day)
{
	struct icaltimetype t = icaltime_null_date();

	day_split(day, &t.year, &t.month, &t.day);
	return t;
}

/* A copy without characters that RFC 5545 forbids in text; free() it. */
static char *clean(const char *s)
{
	struct strbuf b = {0};

	strbuf_add_escaped(&b, s, strlen(s));
	return strbuf_take(&b);
}

struct calendar *calendar_new(const char *name, const char *domain, int32_t stamp)
{
	struct calendar *c = mem_zalloc(1, sizeof(*c));
	autofree char *clear = clean(name);
	icalproperty *title = icalproperty_new_x(clear);

	icalproperty_set_x_name(title, "X-WR-CALNAME");
	c->top = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
				     icalproperty_new_prodid("-//xSplice//xsplice-release//EN"),
				     title, (void *)0);
	c->domain = clean(domain);
	c->stamp = stamp;
	return c;
}

bool calendar_add(struct calendar *c, const char *id, const char *summary, int32_t day)
{
	struct icaltimetype begin = date_of(day);
	struct icaltimetype end = date_of(day + 1);
	autofree char *clear_id = clean(id);
	autofree char *clear = clean(summary);
	autofree char *uid = mem_printf("%s@%s", clear_id, c->domain);
	struct icaltimetype stamp = date_of(c->stamp);

	/* libical writes zeroes for what it takes for no date, such as one after the year 3000. */
	if (!icaltime_is_valid_time(begin) || !icaltime_is_valid_time(end) ||
	    !icaltime_is_valid_time(stamp))
		return false;
	stamp.is_date = 0;
	stamp.hour = stamp.minute = stamp.second = 0;
	stamp.zone = icaltimezone_get_utc_timezone();
	icalcomponent_add_component(
		c->top, icalcomponent_vanew(
				ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
				icalproperty_new_dtstamp(stamp), icalproperty_new_dtstart(begin),
				icalproperty_new_dtend(end), icalproperty_new_summary(clear),
				icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0));
	return true;
}

char *calendar_text(struct calendar *c)
{
	char *text = icalcomponent_as_ical_string_r(c->top);
	char *out = mem_strdup(text);

	icalmemory_free_buffer(text);
	icalcomponent_free(c->top);
	free(c->domain);
	free(c);
	return out;
}
