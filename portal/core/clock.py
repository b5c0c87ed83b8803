"""The only clock. Moments are stored in UTC; what people plan is wall clock in Oslo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

_frozen: datetime | None = None
_ahead = timedelta()


def now() -> datetime:
    """Give this moment, aware, in UTC."""
    return _frozen or datetime.now(UTC) + _ahead


def today() -> date:
    """Give the day that the wall calendar shows in Oslo."""
    return wall(now()).date()


def wall(moment: datetime) -> datetime:
    """Turn a moment into what the clock on the wall in Oslo shows."""
    return moment.astimezone(OSLO)


def at_wall(day: date, at: time) -> datetime:
    """Turn a day and a wall-clock time in Oslo into a moment in UTC.

    A time that does not exist (the spring night) moves on by the hour that was skipped;
    one that exists twice (the autumn night) is the first of the two.
    """
    return datetime.combine(day, at, OSLO).astimezone(UTC)


def run_ahead(by: timedelta) -> None:
    """Let the clock of this process run so far ahead: for trying the portal on another day of the year."""
    global _ahead
    _ahead = by


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment: for tests and for making demo content in the past."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
