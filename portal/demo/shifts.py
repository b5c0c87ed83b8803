"""A rota for the demo desk: early, late and nights, some on leave, and at any hour somebody to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.shifts.rules import Kind, Span
from portal.blueprints.shifts.service import importing, standing
from portal.blueprints.shifts.service.importing import Line, Wanted
from portal.core import clock

EARLY, DAY, LATE, NIGHT = (time(7), time(15)), (time(8), time(16)), (time(14), time(22)), (time(22), time(7))
TURNS = (EARLY, DAY, LATE, DAY, NIGHT, EARLY, DAY, LATE)
BACK, AHEAD = 7, 42
ON_LEAVE = range(-3, 9)
TODAY = timedelta(hours=16)


def make_rota(people: Mapping[str, Person]) -> None:
    """Write the rota of seven weeks; those whom one most likely tries the demo as say that they are at work."""
    colleagues = list(people.values())
    days = [clock.today() + timedelta(days=number) for number in range(-BACK, AHEAD)]
    frame = Span(starts_at=clock.at_wall(days[0], time()), ends_at=clock.at_wall(days[-1], time()))
    lines = frozenset(line for number, person in enumerate(colleagues) for line in _lines(number, person, days))
    importing.carry_out(None, Wanted(name="Kundesenteret", frame=frame, lines=lines))
    for person in colleagues:
        if person.roles - {Role.COLLEAGUE}:
            standing.work_until(person, clock.now() + TODAY)


def _lines(number: int, person: Person, days: list[date]) -> Iterator[Line]:
    if _is_on_leave(number, person):
        leave = [clock.today() + timedelta(days=each) for each in (ON_LEAVE[0], ON_LEAVE[-1])]
        yield person.id, Kind.LEAVE, clock.at_wall(leave[0], time()), clock.at_wall(leave[1], time())
    for day in days:
        week = day.isocalendar().week
        if day.weekday() < 5 or (number // len(TURNS) + week) % 3 == 0:
            starts, ends = TURNS[(number + week) % len(TURNS)]
            night = timedelta(days=ends < starts)
            yield person.id, Kind.WORK, clock.at_wall(day, starts), clock.at_wall(day + night, ends)


def _is_on_leave(number: int, person: Person) -> bool:
    return number % 12 == 5 and person.roles <= {Role.COLLEAGUE}
