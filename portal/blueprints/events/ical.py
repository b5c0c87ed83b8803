"""The only door to icalendar: invitations by mail, and the personal feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.people.models import Person
from portal.core import clock, i18n, links
from portal.core.i18n import N_
from portal.core.settings import current_settings

PRODUCT = "-//Tunet//Saman//NN"
REFRESH = timedelta(hours=1)
ALARM = timedelta(hours=1)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def invitation(evening: Evening, person: Person, *, sequence: int) -> bytes:
    """Write the invitation for one person: the same UID each time, so that calendars update and never double."""
    event = _event(evening, person.locale, sequence=sequence, stamp=clock.now())
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    _address(event, person)
    event.add_component(_alarm(evening))
    return _written([event], method="REQUEST")


def cancellation(evening: Evening, person: Person, *, sequence: int) -> bytes:
    """Write what takes the evening out of one person's calendar again."""
    event = _event(evening, person.locale, sequence=sequence, stamp=clock.now())
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    _address(event, person)
    return _written([event], method="CANCEL")


def feed(sign_ups: Iterable[SignUp], person: Person) -> bytes:
    """Write a person's evenings. Nothing in it changes while the evenings do not: its digest is its ETag."""
    return _written(
        [_feed_event(sign_up, person.locale) for sign_up in sign_ups], name=_words(N_("Tunet"), person.locale)
    )


def _feed_event(sign_up: SignUp, locale: str) -> Event:
    evening = sign_up.evening
    event = _event(evening, locale, sequence=evening.changed_revision, stamp=evening.changed_at)
    if evening.is_cancelled:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "CONFIRMED" if sign_up.is_in else "TENTATIVE")
    event.add("transp", "OPAQUE" if sign_up.is_in and not evening.is_cancelled else "TRANSPARENT")
    return event


def _event(evening: Evening, locale: str, *, sequence: int, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", evening.uid)
    event.add("sequence", sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", clock.wall(evening.starts_at))
    event.add("dtend", clock.wall(evening.ends_at))
    event.add("summary", _one_line(evening.title))
    if evening.where:
        event.add("location", _one_line(evening.where))
    address = links.absolute("events.evening", {"evening_id": evening.id})
    event.add("description", _description(evening, locale, address))
    event.add("url", address)
    event.add("class", "PRIVATE")
    return event


def _description(evening: Evening, locale: str, address: str) -> str:
    parts = [_plain(evening.text)] if evening.text else []
    if evening.needs_room and not evening.room_place and not evening.is_cancelled:
        parts.append(_words(N_("The room is not settled yet; it will be put in here."), locale))
    parts.append(_words(N_("Sign up or drop out here: %(address)s"), locale, address=address))
    return "\n\n".join(parts)


def _address(event: Event, person: Person) -> None:
    name, address = parseaddr(current_settings().mail_from)
    organiser = vCalAddress(f"MAILTO:{address}")
    organiser.params["CN"] = vText(_parameter(name))
    event.add("organizer", organiser)
    attendee = vCalAddress(f"MAILTO:{person.email}")
    attendee.params["CN"] = vText(_parameter(person.name))
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    # They have said yes in the portal; nobody is asked to say it again.
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)


def _alarm(evening: Evening) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _one_line(evening.title))
    alarm.add("trigger", -ALARM)
    return alarm


def _written(events: Iterable[Event], *, method: str | None = None, name: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_oslo())
    for event in events:
        calendar.add_component(event)
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


def _words(message: str, locale: str, **params: str) -> str:
    return i18n.text(message, locale, **params)


def _plain(text: str) -> str:
    """Keep line breaks as they are and drop every other control character: none may end a line of the file."""
    return CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _one_line(text: str) -> str:
    return " ".join(_plain(text).split())


def _parameter(text: str) -> str:
    """Make a text fit for a parameter, where a quotation mark cannot be written."""
    return _one_line(text).replace('"', "'")
