"""Invitations by mail: each person has exactly what stands now in their calendar, and nothing that does not.

Every message says the whole, so that whichever arrives last by its number is the truth; see ical/invitations.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.blueprints.events.ical import invitations as written
from portal.blueprints.events.models.evenings import Evening, Reason
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import attendance, calendars, finding
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.core import clock

FIRST = "events.invitation"


def bring_up_to_date(evening_id: int, *, is_restored: bool = False) -> None:
    """Send everybody how things stand, unless they have been sent it. Calling again sends nothing.

    Until the evening is over: a worker that was away when it began still has calendars to set right. `is_restored`
    chooses the words of the mails only.
    """
    evening = finding.lock_evening(evening_id)
    if evening.ends_at <= clock.now():
        return
    sign_ups = attendance.with_people(evening_id)
    reminders = calendars.reminders_of([sign_up.person_id for sign_up in sign_ups])
    for sign_up in sign_ups:
        change = "events.restored" if is_restored else "events.update"
        _bring_up_to_date(evening, sign_up, change=change, reminder=reminders[sign_up.person_id])


def _bring_up_to_date(evening: Evening, sign_up: SignUp, *, change: str, reminder: Reminder) -> None:
    if evening.is_cancelled:
        if sign_up.has_entry(evening):
            _call_off(evening, sign_up)
    elif sign_up.needs_invitation(evening):
        _invite(evening, sign_up, kind=FIRST if sign_up.invited_sequence is None else change, reminder=reminder)
    elif not sign_up.is_in and sign_up.has_entry(evening):
        withdraw(evening.id, sign_up.person_id, sequence=evening.number_withdrawal())
        sign_up.invited_sequence = None


def withdraw(evening_id: int, person_id: int, *, sequence: int) -> None:
    """Take the evening out of the calendar of one person who has left it."""
    evening, person = finding.get_evening(evening_id), people.get_person(person_id)
    calendar = written.cancellation(evening, person, sequence=sequence)
    _send("events.withdrawal", evening, person, sequence=sequence, calendar=calendar, method=written.CANCEL)


def _invite(evening: Evening, sign_up: SignUp, *, kind: str, reminder: Reminder) -> None:
    person, sequence = sign_up.person, evening.revision
    calendar = written.invitation(evening, person, sequence=sequence, reminder=reminder)
    _send(kind, evening, person, sequence=sequence, calendar=calendar, method=written.REQUEST)
    sign_up.invited_sequence = sequence


def _call_off(evening: Evening, sign_up: SignUp) -> None:
    sequence = evening.revision
    calendar = written.cancellation(evening, sign_up.person, sequence=sequence)
    _send("events.cancellation", evening, sign_up.person, sequence=sequence, calendar=calendar, method=written.CANCEL)
    sign_up.invited_sequence = sequence


def _send(kind: str, evening: Evening, person: Person, *, sequence: int, calendar: bytes, method: str) -> None:
    params: dict[str, Any | datetime] = {
        "evening_id": evening.id,
        "title": evening.title,
        "where": evening.where,
        "room_comes": evening.room_comes,
        "too_few": evening.reason == Reason.TOO_FEW,
        "starts_at": evening.starts_at,
        "ends_at": evening.ends_at,
    }
    keys = f"evening-{evening.id}-{person.id}-"
    unsent = notifications.supersede_mails(keys=keys)
    is_news = method == written.REQUEST and FIRST in unsent  # «changed» would say nothing to who never read the first
    notifications.send_mail(
        person_id=person.id,
        kind=FIRST if is_news else kind,
        params=params,
        key=f"{keys}{sequence}",
        calendar=calendar,
        calendar_method=method,
    )
