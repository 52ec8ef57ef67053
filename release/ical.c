// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/ical.h"

#include "common/mem.h"
#include "release/date.h"

#include <libical/ical.h>
#include <stdlib.h>

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

struct calendar *calendar_new(const char *name, const char *domain, int32_t stamp)
{
	struct calendar *c = mem_zalloc(1, sizeof(*c));
	icalproperty *title = icalproperty_new_x(name);

	icalproperty_set_x_name(title, "X-WR-CALNAME");
	c->top = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
				     icalproperty_new_prodid("-//xSplice//xsplice-release//EN"),
				     title, (void *)0);
	c->domain = mem_strdup(domain);
	c->stamp = stamp;
	return c;
}

void calendar_add(struct calendar *c, const char *id, const char *summary, int32_t day)
{
	autofree char *uid = mem_printf("%s@%s", id, c->domain);
	struct icaltimetype stamp = date_of(c->stamp);

	stamp.is_date = 0;
	stamp.hour = stamp.minute = stamp.second = 0;
	stamp.zone = icaltimezone_get_utc_timezone();
	icalcomponent_add_component(
		c->top,
		icalcomponent_vanew(
			ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
			icalproperty_new_dtstamp(stamp), icalproperty_new_dtstart(date_of(day)),
			icalproperty_new_dtend(date_of(day + 1)), icalproperty_new_summary(summary),
			icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0));
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
