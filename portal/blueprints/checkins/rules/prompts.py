"""When somebody may be asked how they are: once a week at most, on their day, and at a moment that suits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

A_WEEK = timedelta(days=7)
USUAL = time(13)  # what the form begins with


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The day (0 = Monday) and the time by the clock on the wall; no day is never."""

    weekday: int | None = None
    at: time = USUAL

    @property
    def is_never(self) -> bool:
        """Tell whether they are never asked."""
        return self.weekday is None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands at a moment."""

    is_at_work: bool  # by the rota or their own word; leave is no work
    is_free: bool  # not on a call, not away, not taking it easy
    is_busy: bool  # waits for help with a caller on the line, or helps
    is_rested: bool  # neither on a night shift nor just off one
    is_quiet: bool  # in their quiet time


def suits(found: Standing) -> bool:
    """Tell whether a moment suits."""
    return found.is_at_work and found.is_free and found.is_rested and not found.is_busy and not found.is_quiet


def is_due(choice: Choice, *, asked_on: date | None, wall: datetime) -> bool:
    """Tell whether their hour has come: that day, from that time on, and seven days after the last one at the least.

    What did not suit at the hour is asked later that day; what has not suited all day is left for next week.
    """
    if choice.weekday != wall.weekday() or wall.time() < choice.at:
        return False
    return asked_on is None or asked_on <= last_before(wall.date())


def last_before(today: date) -> date:
    """Give the last day on which somebody may have been asked who is asked today."""
    return today - A_WEEK
