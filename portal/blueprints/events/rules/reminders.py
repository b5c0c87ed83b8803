"""When somebody wants to be reminded of the evenings they come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Reminder(StrEnum):
    """What one may choose."""

    DAY_BEFORE = "day_before"
    THREE_HOURS = "three_hours"
    NEVER = "never"


FIRST_CHOICE = Reminder.DAY_BEFORE
LEADS = {Reminder.DAY_BEFORE: timedelta(days=1), Reminder.THREE_HOURS: timedelta(hours=3)}
SOON = LEADS[Reminder.THREE_HOURS]


def lead(reminder: Reminder) -> timedelta | None:
    """Tell how long before the evening the alarm of the calendar rings; never for those who want none."""
    return LEADS.get(reminder)


def came_in_time(signed_up_at: datetime, starts_at: datetime) -> bool:
    """Tell whether a reminder some hours before says anything new: whoever signed up after that knows."""
    return signed_up_at <= starts_at - SOON
