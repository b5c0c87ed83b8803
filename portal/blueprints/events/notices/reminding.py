"""Reminders, for those who want them."""

from __future__ import annotations

from portal.blueprints.events.facts import EveningIsSoon, EveningIsTomorrow
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.notices import to_whom
from portal.blueprints.events.queries import attendance, calendars, finding
from portal.blueprints.events.rules import reminders
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.service import news
from portal.core.facts import on


@on(EveningIsTomorrow)
def remind(fact: EveningIsTomorrow) -> None:
    """Remind those who have a seat and want it the day before, once for each day the evening was given."""
    evening = finding.get_evening(fact.evening_id)
    key = f"evening-{evening.id}-{evening.starts_at:%Y%m%d}"
    news.tell(evening, to_whom.persons(_to_remind(evening, Reminder.DAY_BEFORE)), kind="events.reminder", key=key)


@on(EveningIsSoon)
def remind_soon(fact: EveningIsSoon) -> None:
    """Remind those who have a seat and want it some hours before, once for each time the evening was given."""
    evening = finding.get_evening(fact.evening_id)
    wanted = _to_remind(evening, Reminder.THREE_HOURS)
    in_time = [sign_up for sign_up in wanted if reminders.came_in_time(sign_up.created_at, evening.starts_at)]
    key = f"evening-{evening.id}-{evening.starts_at:%Y%m%d%H%M}"
    news.tell(evening, to_whom.persons(in_time), kind="events.reminder_soon", key=key)


def _to_remind(evening: Evening, wanted: Reminder) -> list[SignUp]:
    coming = [sign_up for sign_up in attendance.with_people(evening.id) if sign_up.is_in]
    chosen = calendars.reminders_of([sign_up.person_id for sign_up in coming])
    return [sign_up for sign_up in coming if chosen[sign_up.person_id] is wanted]
