"""Those who like coffee with a colleague, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta

from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.coffee.service import taking_part
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.models import Rota
from portal.core import clock, jobs
from portal.core.db import transaction
from tests.factories.shifts import make_rota, make_shift

MONDAY = date(2026, 11, 23)
HALF_PAST_SIX = time(6, 30)


def monday_morning(week: int = 0) -> date:
    """Give the Monday so many weeks on."""
    return MONDAY + timedelta(weeks=week)


def make_members(*people: Person, rhythm: Rhythm = Rhythm.WEEKLY, weekday: int | None = None) -> None:
    """Let people take part."""
    for person in people:
        taking_part.take_part(person, rhythm=rhythm, weekday=weekday)


def make_week(
    people: Iterable[Person], monday: date, *, from_: int = 8, to: int = 16, days: Iterable[int] = range(5)
) -> Rota:
    """Let people be at work on these days of a week, at the same hours."""
    begins, ends = clock.at_wall(monday, time()), clock.at_wall(monday + timedelta(days=7), time())
    rota = make_rota(f"Veke {monday} {from_} {to} {sorted(days)}", first_at=begins, last_at=ends)
    for person in people:
        for day in days:
            on = monday + timedelta(days=day)
            make_shift(person, clock.at_wall(on, time(from_)), clock.at_wall(on, time(to)), rota=rota)
    return rota


def make_pairs() -> None:
    """Do what the worker does on Monday morning."""
    with transaction():
        jobs.enqueue("coffee.pair")
    jobs.run_due(50)
    failures = [job.failure for job in jobs.waiting() if job.name == "coffee.pair" and job.failure]
    if failures:
        raise RuntimeError(failures)
