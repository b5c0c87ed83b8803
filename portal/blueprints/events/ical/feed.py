"""The evenings of one person as a calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Event

from portal.blueprints.events.ical import entries, files
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.people.models import Person
from portal.core import i18n
from portal.core.i18n import N_


def feed(sign_ups: Iterable[SignUp], person: Person) -> bytes:
    """Write a person's evenings. Nothing in it changes while the evenings do not: its digest is its ETag."""
    return files.subscription(
        [_entry(sign_up, person.locale) for sign_up in sign_ups], name=i18n.text(N_("Tunet"), person.locale)
    )


def _entry(sign_up: SignUp, locale: str) -> Event:
    evening = sign_up.evening
    made = entries.entry(evening, locale, sequence=_sequence(sign_up), stamp=evening.changed_at)
    if evening.is_cancelled:
        made.add("status", "CANCELLED")
    else:
        made.add("status", "CONFIRMED" if sign_up.is_in else "TENTATIVE")
    made.add("transp", "OPAQUE" if sign_up.is_in and not evening.is_cancelled else "TRANSPARENT")
    return made


def _sequence(sign_up: SignUp) -> int:
    """Give the number of the newest invitation; while that is on its way, the one it is going to pass."""
    return max(sign_up.evening.changed_revision, sign_up.invited_sequence or 0)
