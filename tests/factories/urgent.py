"""A desk at work for tests, and hands in the air."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.skills import Skill
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.shifts.models import Presence, Standing
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.urgent.models.calls import HelpCall, Rung
from portal.blueprints.urgent.service import calls
from portal.core import clock, jobs
from portal.core.db import db, transaction

A_SHIFT = timedelta(hours=8)


def put_to_work(
    *persons: Person, availability: Availability = Availability.AVAILABLE, is_present: bool = True, easy: bool = False
) -> None:
    """Let persons be at work by their own word, with a page open."""
    moment = clock.now()
    for person in persons:
        standing = db.session.get(Standing, person.id) or Standing(person_id=person.id)
        standing.availability, standing.until = availability, moment + A_SHIFT
        standing.works_until, standing.off_until = moment + A_SHIFT, None
        standing.easy_until = moment + A_SHIFT if easy else None
        db.session.add(standing)
        if is_present:
            db.session.merge(Presence(process="web", person_id=person.id, seen_at=moment))
    db.session.flush()


def send_home(person: Person) -> None:
    """Let a person be at work no longer."""
    gone = update(Standing).where(Standing.person_id == person.id).values(works_until=None, off_until=None)
    db.session.execute(gone)


def stay_online() -> None:
    """Let everybody who has a page open have it open still."""
    db.session.execute(update(Presence).values(seen_at=clock.now()))


def let_know(person: Person, tag: Tag, level: Level = Level.KNOWS) -> None:
    """Let a person have said that they know a tag, or want to learn it."""
    db.session.add(Skill(person_id=person.id, tag_id=tag.id, level=level))
    db.session.flush()


def make_call(asker: Person, text: str = "The screens of the ward are black", **values: str) -> HelpCall:
    """Raise a hand."""
    return calls.raise_hand(asker, text=text, **values)  # type: ignore[arg-type]


def rung(call_id: int) -> set[int]:
    """Give whose screens ring for a call."""
    return set(db.session.scalars(select(Rung.person_id).where(Rung.call_id == call_id, Rung.declined.is_(False))))


class Wheel:
    """The clock of a test, and the worker: turned on to a moment, it does at each what is due."""

    def __init__(self, at: Callable[[datetime], None], start: datetime) -> None:
        self.at, self.moment = at, start
        at(start)

    def turn(self, seconds: float) -> None:
        """Let time pass, with the worker looking at every job in its second."""
        end = self.moment + timedelta(seconds=seconds)
        while (due := self._next_due()) is not None and due <= end:
            self._be_at(max(due, self.moment))
            jobs.run_due(200)
        self._be_at(end)
        jobs.run_due(200)

    def skip(self, seconds: float) -> None:
        """Let time pass while no worker runs."""
        self._be_at(self.moment + timedelta(seconds=seconds))

    def _be_at(self, moment: datetime) -> None:
        self.moment = moment
        self.at(moment)
        with transaction():
            stay_online()

    def _next_due(self) -> datetime | None:
        waiting = select(jobs.Job.next_at).where(jobs.Job.state == jobs.State.WAITING).order_by(jobs.Job.next_at)
        return db.session.scalars(waiting.limit(1)).first()
