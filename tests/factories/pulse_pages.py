"""Makes what the pages of the pulse show: rounds, published weeks, notes and marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from portal.blueprints.people.models import Person, Team
from portal.blueprints.pulse import service
from portal.blueprints.pulse.models import Annotation, Note, Published, Round
from portal.core import clock, sealing
from portal.core.db import db, transaction

MONDAY = date(2026, 11, 23)


def at(day: date, hour: int) -> datetime:
    """Give a moment in Oslo."""
    return clock.at_wall(day, time(hour))


def make_team(name: str) -> Team:
    """Make a team."""
    with transaction():
        team = Team(name=name)
        db.session.add(team)
        db.session.flush()
    return team


def make_round(people: Iterable[Person], *, monday: date = MONDAY) -> int:
    """Open a week for somebody."""
    with transaction():
        round_id = service.begin_round(opens_at=at(monday, 7), closes_at=at(monday + timedelta(days=4), 16))
        cohort = {service.token(round_id, each.id): each.team_id or 0 for each in people}
        service.open_round(round_id, cohort, {f"mark-{number}": cell for number, cell in enumerate(cohort.values())})
    return round_id


def make_week(levels: Mapping[int, int], *, monday: date) -> None:
    """Make a week that is over, and what was published of it."""
    friday = monday + timedelta(days=4)
    with transaction():
        closed = Round(opens_at=at(monday, 7), closes_at=at(friday, 16), published_on=friday, k=5)
        db.session.add(closed)
        db.session.flush()
        for cell, level in levels.items():
            db.session.add(Published(round_id=closed.id, cell=cell, level=level))


def make_note(words: str, *, name: str = "a" * 32) -> str:
    """Make a note that everybody may read."""
    sealed = sealing.seal(words, context=f"pulse:note:{name}")
    with transaction():
        db.session.add(Note(id=name, sealed=sealed, published_on=clock.today()))
    return name


def make_mark(words: str, *, day: date) -> int:
    """Make a mark on the chart."""
    with transaction():
        made = Annotation(day=day, words=words)
        db.session.add(made)
        db.session.flush()
    return made.id
