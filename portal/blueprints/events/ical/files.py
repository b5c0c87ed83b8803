"""A calendar file: its head, the time zone by rule, and the entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from portal.core import clock

PRODUCT = "-//Tunet//Saman//NN"
REFRESH = timedelta(hours=1)


def message(entry: Event, *, method: str) -> bytes:
    """Write a message about one entry (RFC 5546): one component, and the method that the mail's header repeats."""
    calendar = _calendar()
    calendar.add("method", method)
    return _written(calendar, [entry])


def subscription(entries: Iterable[Event], *, name: str) -> bytes:
    """Write a calendar that programs fetch again and again (RFC 7986): no method, a name, and how often to look."""
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", clock.OSLO.key)
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, entries)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _written(calendar: Calendar, entries: Iterable[Event]) -> bytes:
    calendar.add_component(_oslo())
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _oslo() -> Timezone:
    """Write the zone by rule, as Outlook does; a list of all the years to come would be longer than the evening."""
    zone = Timezone()
    zone.add("tzid", clock.OSLO.key)
    for part, name, month, before, after in (
        (TimezoneDaylight(), "CEST", 3, 1, 2),
        (TimezoneStandard(), "CET", 10, 2, 1),
    ):
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, before + 1))  # noqa: DTZ001 - local by definition
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("tzname", name)
        part.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        zone.add_component(part)
    return zone
