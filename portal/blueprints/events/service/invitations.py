"""Invitations by mail: each person has exactly what stands now in their calendar, and nothing that does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.blueprints.events import ical
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.core import clock


def bring_up_to_date(evening_id: int) -> None:
    """Send everybody who has a seat how things stand, unless they have been sent it. Calling again sends nothing."""
    evening = finding.lock_evening(evening_id)
    if evening.has_begun(clock.now()):
        return
    for sign_up in attendance.with_people(evening_id):
        if evening.is_cancelled:
            _call_off(evening, sign_up)
        elif sign_up.needs_invitation(evening):
            _invite(evening, sign_up)


def withdraw(evening_id: int, person_id: int, *, sequence: int) -> None:
    """Take the evening out of the calendar of one person who has left it."""
    evening, person = finding.get_evening(evening_id), people.get_person(person_id)
    calendar = ical.cancellation(evening, person, sequence=sequence)
    _send("events.withdrawal", evening, person, sequence=sequence, calendar=calendar, method="CANCEL")


def _invite(evening: Evening, sign_up: SignUp) -> None:
    person, sequence = sign_up.person, evening.revision
    calendar = ical.invitation(evening, person, sequence=sequence)
    kind = "events.invitation" if sign_up.invited_sequence is None else "events.update"
    _send(kind, evening, person, sequence=sequence, calendar=calendar, method="REQUEST")
    sign_up.invited_sequence = sequence


def _call_off(evening: Evening, sign_up: SignUp) -> None:
    if sign_up.invited_sequence is None or sign_up.invited_sequence >= evening.changed_revision:
        return
    sequence = evening.revision
    calendar = ical.cancellation(evening, sign_up.person, sequence=sequence)
    _send("events.cancellation", evening, sign_up.person, sequence=sequence, calendar=calendar, method="CANCEL")
    sign_up.invited_sequence = sequence


def _send(kind: str, evening: Evening, person: Person, *, sequence: int, calendar: bytes, method: str) -> None:
    params: dict[str, Any | datetime] = {
        "evening_id": evening.id,
        "title": evening.title,
        "where": evening.where,
        "room_comes": evening.needs_room and not evening.room_place,
        "starts_at": evening.starts_at,
        "ends_at": evening.ends_at,
    }
    notifications.send_mail(
        person_id=person.id,
        kind=kind,
        params=params,
        key=f"evening-{evening.id}-{person.id}-{sequence}",
        calendar=calendar,
        calendar_method=method,
    )
