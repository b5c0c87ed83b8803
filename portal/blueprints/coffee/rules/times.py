"""When people who meet are both at work, and which of those times suits best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import combinations

from portal.blueprints.coffee.rules.pairing import Pair

Span = tuple[datetime, datetime]

CUP = timedelta(minutes=30)
STEP = timedelta(minutes=30)  # suggested times lie on the half hour
NOTICE = timedelta(hours=2)  # nobody is asked for a cup that has begun before they saw it
BRIGHT = (time(9), time(15))
WEEKDAYS = 7
MONTHLY_APART = timedelta(weeks=3)  # the last Monday of one month and the first of the next are one week


class Rhythm(StrEnum):
    """How often somebody likes to meet."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


def is_due(rhythm: Rhythm, *, last_on: date | None, week_on: date) -> bool:
    """Tell whether somebody has coffee in the week of this Monday: once a month is once in each, and weeks apart."""
    if rhythm == Rhythm.WEEKLY or last_on is None:
        return True
    return (last_on.year, last_on.month) != (week_on.year, week_on.month) and week_on - last_on >= MONTHLY_APART


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def shared(of_each: Sequence[Sequence[Span]]) -> list[Span]:
    """Give the time in which all are at work, where it is long enough for a cup."""
    together = list(of_each[0]) if of_each else []
    for spans in of_each[1:]:
        overlaps = ((max(a, c), min(b, d)) for a, b in together for c, d in spans)
        together = [(start, end) for start, end in overlaps if end - start >= CUP]
    return sorted((start, end) for start, end in together if end - start >= CUP)


def could_meet(working: Mapping[int, Sequence[Span]]) -> frozenset[Pair]:
    """Give every pair with time for a cup while both are at work."""
    known = sorted(working)
    return frozenset(two for two in combinations(known, 2) if shared([working[each] for each in two]))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Those who meet: when each is at work, and which weekday each likes best."""

    working: Sequence[Sequence[Span]]
    days: Collection[int] = field(default_factory=list)  # one for each who has said one; twice counts twice


def suggest(table: Table, *, taken: Mapping[datetime, int], zone: tzinfo) -> datetime | None:
    """Suggest a time for a cup, or none where nothing is known of their hours.

    On a day they like, in the bright hours, not as somebody comes or goes, and not when half the desk is at coffee.
    """
    starts = _starts(shared(table.working), zone)
    return min(starts, key=lambda start: _burden(start, table, taken, zone), default=None)


def _starts(spans: Iterable[Span], zone: tzinfo) -> Iterator[datetime]:
    for first, last in spans:
        wall = first.astimezone(zone)
        over = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond) % STEP
        start = first if not over else first + STEP - over
        while start + CUP <= last:
            yield start
            start += STEP


def _burden(
    start: datetime, table: Table, taken: Mapping[datetime, int], zone: tzinfo
) -> tuple[int, bool, int, int, datetime]:
    wall = start.astimezone(zone)
    other_days = sum(day != wall.weekday() for day in table.days)
    is_dark = not (BRIGHT[0] <= wall.time() and (wall + CUP).time() <= BRIGHT[1])
    edges = [edge for spans in table.working for span in spans for edge in span]
    at_edges = sum(abs(edge - start) < STEP or abs(edge - start - CUP) < STEP for edge in edges)
    return other_days, is_dark, taken.get(start, 0), at_edges, start
