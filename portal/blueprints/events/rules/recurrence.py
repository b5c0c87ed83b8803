"""When the evenings of a series are: weekly or monthly on a weekday, in wall-clock time. Anything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

LAST = -1
NTHS = (1, 2, 3, 4, LAST)  # not every month has a fifth
LONGEST_INTERVAL = 12
MOST_OCCURRENCES = 500
LONGEST = timedelta(hours=12)


class Frequency(StrEnum):
    """How a series repeats."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Fault(StrEnum):
    """What keeps a rule from being one."""

    WEEKDAY = "weekday"
    NTH = "nth"
    INTERVAL = "interval"
    END = "end"
    COUNT = "count"


class NotARule(ValueError):
    """The values do not make a rule."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A weekday (0 is Monday), every n weeks; or the nth or last such weekday, every n months."""

    frequency: Frequency
    weekday: int
    starts_on: date
    nth: int | None = None
    interval: int = 1
    until: date | None = None
    count: int | None = None  # exceptions count too, as in iCalendar
    exceptions: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        fault = _fault(self)
        if fault:
            raise NotARule(fault)

    @property
    def whole(self) -> Rule:
        """Give the rule as if nothing were left out of it."""
        return replace(self, exceptions=frozenset())


@dataclass(frozen=True, kw_only=True)
class Sight:
    """How far ahead evenings are made: to the end of a day, and where a room is needed, not past its window."""

    last_on: date
    ends_by: datetime | None = None

    def reaches(self, ends_at: datetime) -> bool:
        """Tell whether an evening lies within the window of the room."""
        return self.ends_by is None or ends_at <= self.ends_by

    def wait_for(self, day: date, ends_at: datetime) -> timedelta:
        """Tell in how many days an evening comes within sight. What a window opens by day is made the next morning."""
        days = max(0, (day - self.last_on).days)
        if self.ends_by is not None:
            days = max(days, -((self.ends_by - ends_at) // timedelta(days=1)))
        return timedelta(days=days)


def _fault(rule: Rule) -> Fault | None:
    if rule.weekday not in range(7):
        return Fault.WEEKDAY
    if (rule.nth is not None) != (rule.frequency is Frequency.MONTHLY) or rule.nth not in (None, *NTHS):
        return Fault.NTH
    if not 1 <= rule.interval <= LONGEST_INTERVAL:
        return Fault.INTERVAL
    if rule.until is not None and (rule.until < rule.starts_on or rule.count is not None):
        return Fault.END
    if rule.count is not None and not 1 <= rule.count <= MOST_OCCURRENCES:
        return Fault.COUNT
    return None


def occurrences(rule: Rule) -> Iterator[date]:
    """Give the local dates of a rule, in order; without an end they go on as far as the calendar does."""
    for number, day in enumerate(_regular(rule)):
        if (rule.until and day > rule.until) or (rule.count and number >= rule.count):
            return
        if day not in rule.exceptions:
            yield day


def between(rule: Rule, first: date, last: date) -> list[date]:
    """Give the dates from the first to the last day, both included."""
    found = []
    for day in occurrences(rule):
        if day > last:
            break
        if day >= first:
            found.append(day)
    return found


def coming(rule: Rule, first: date, limit: int) -> list[date]:
    """Give the next dates from a day on."""
    return list(islice((day for day in occurrences(rule) if day >= first), limit))


def _regular(rule: Rule) -> Iterator[date]:
    return _weekly(rule) if rule.frequency is Frequency.WEEKLY else _monthly(rule)


def _weekly(rule: Rule) -> Iterator[date]:
    day = rule.starts_on + timedelta(days=(rule.weekday - rule.starts_on.weekday()) % 7)
    while True:
        yield day
        try:
            day += timedelta(weeks=rule.interval)
        except OverflowError:
            return


def _monthly(rule: Rule) -> Iterator[date]:
    months = rule.starts_on.year * 12 + rule.starts_on.month - 1
    while months < date.max.year * 12 + 11:
        day = _in_month(*divmod(months, 12), rule=rule)
        if day >= rule.starts_on:
            yield day
        months += rule.interval


def _in_month(year: int, month: int, *, rule: Rule) -> date:
    if rule.nth == LAST:
        following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        last = following - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - rule.weekday) % 7)
    first = date(year, month + 1, 1)
    return first + timedelta(days=(rule.weekday - first.weekday()) % 7, weeks=(rule.nth or 1) - 1)


def interval_of(day: date, starts: time, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Turn a local date and wall-clock time into the two moments between which an evening lasts, in UTC."""
    starts_at = datetime.combine(day, starts, zone).astimezone(UTC)
    return starts_at, starts_at + timedelta(minutes=minutes)
