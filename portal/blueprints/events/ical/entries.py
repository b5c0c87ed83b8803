"""What one evening is in a calendar, whoever gets it and however it comes there."""

from __future__ import annotations

from datetime import datetime

from icalendar import Event

from portal.blueprints.events.ical import texts
from portal.blueprints.events.models.evenings import Evening
from portal.core import clock, i18n, links
from portal.core.i18n import N_


def entry(evening: Evening, locale: str, *, sequence: int, stamp: datetime) -> Event:
    """Write what is the same everywhere: each evening is an entry with a UID of its own, never part of a repetition."""
    made = Event()
    made.add("uid", evening.uid)
    made.add("sequence", sequence)
    made.add("dtstamp", stamp)
    made.add("last-modified", evening.changed_at)
    starts, ends = _moments(evening)
    made.add("dtstart", starts)
    made.add("dtend", ends)
    made.add("summary", texts.one_line(evening.title))
    if evening.where:
        made.add("location", texts.one_line(evening.where))
    address = links.absolute("events.evening", {"evening_id": evening.id})
    made.add("description", _description(evening, locale, address))
    made.add("url", address)
    made.add("class", "PRIVATE")
    return made


def _moments(evening: Evening) -> tuple[datetime, datetime]:
    """Give the wall clock in Oslo; UTC where that would name the hour that comes twice, in the night to winter time.

    As local time it is to be read as the first of the two (RFC 5545, 3.3.5), and not every program does.
    """
    starts, ends = clock.wall(evening.starts_at), clock.wall(evening.ends_at)
    if _comes_twice(starts) or _comes_twice(ends):
        return evening.starts_at, evening.ends_at
    return starts, ends


def _comes_twice(wall: datetime) -> bool:
    return wall.replace(fold=1 - wall.fold).utcoffset() != wall.utcoffset()


def _description(evening: Evening, locale: str, address: str) -> str:
    parts = [texts.plain(evening.text)] if evening.text else []
    if evening.room_comes:
        parts.append(i18n.text(N_("The room is not settled yet; it will be put in here."), locale))
    parts.append(i18n.text(N_("Sign up or drop out here: %(address)s"), locale, address=address))
    return "\n\n".join(parts)
