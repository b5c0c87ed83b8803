"""A machine that plays the histories of a line, and a judge that knows its promises in words of its own.

Somebody comes alone, with guests or with a group, brings more or fewer, says yes or no, leaves; the organiser makes
room for more or for fewer; time goes by, with and without a worker; and now and then the process dies in the middle of
something. After each step the judge compares the line with what it was. It asks none of the rules it judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp, SignUpGroup, SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import evenings, groups, line, signups
from portal.blueprints.notifications.models import Mail, Notice, ToldOnce
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import PortalError
from portal.core.jobs import Job
from tests.factories.events import MONDAY, evening_wish, make_evening
from tests.factories.people import make_person

PEOPLE = 9
IN, OFFERED, WAITING = SignUpState.IN, SignUpState.OFFERED, SignUpState.WAITING
LATE = timedelta(hours=2)
somebody = st.integers(0, PEOPLE - 1)


class Killed(Exception):
    """The process ends here."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One sign-up as the judge reads it."""

    person_id: int
    position: int
    state: str
    size: int
    group_id: int | None
    offered_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A line at a moment."""

    at: datetime
    starts_at: datetime
    capacity: int | None
    rows: tuple[Row, ...]

    @property
    def held(self) -> int:
        """Count the seats that nobody else can have."""
        return sum(row.size for row in self.rows if row.state != WAITING)

    @property
    def has_begun(self) -> bool:
        """Tell whether it is too late for anything."""
        return self.at >= self.starts_at

    def of(self, person_id: int) -> Row | None:
        """Find somebody's row."""
        return next((row for row in self.rows if row.person_id == person_id), None)

    def parties(self) -> list[tuple[int, int, list[Row]]]:
        """Give what waits as (where it stands, seats, who), from the front."""
        waiting = [row for row in self.rows if row.state == WAITING]
        by_group: dict[object, list[Row]] = {}
        for row in waiting:
            by_group.setdefault(row.group_id or f"alone {row.person_id}", []).append(row)
        found = []
        for members in by_group.values():
            size = sum(row.size for row in members)
            if self.capacity is not None and size > self.capacity:
                found += [(row.position, row.size, [row]) for row in members]
            else:
                found.append((max(row.position for row in members), size, members))
        return sorted(found, key=lambda party: party[0])


class Line(RuleBasedStateMachine):
    """The histories of one evening."""

    def __init__(self) -> None:
        """Begin on Monday, with an evening on Thursday."""
        super().__init__()
        self.frozen = ExitStack()
        self.now = MONDAY
        self._freeze()
        with transaction():
            self.ids = [person.id for person in db.session.query(Person).filter(Person.name == "Line").all()]
            self.ids += [make_person("Line", roles={Role.ORGANISER}).id for _ in range(PEOPLE - len(self.ids))]
        self.evening_id = 0

    def teardown(self) -> None:
        """Leave nothing, so that the next history is as quick as the first."""
        with transaction():
            for table in (SignUp, SignUpGroup, Job, Notice, ToldOnce, Mail, Evening):
                db.session.execute(delete(table))
        db.session.remove()
        self.frozen.close()

    def _freeze(self) -> None:
        self.frozen.close()
        self.frozen.enter_context(clock.frozen(self.now))

    @initialize(capacity=st.integers(1, 6))
    def begin(self, capacity: int) -> None:
        """Make the evening."""
        with transaction():
            self.evening_id = make_evening(MONDAY + timedelta(days=3), capacity=capacity).id
        self.before = self.look()

    # What people do.

    @rule(who=somebody, guests=st.integers(0, 3), dies=st.booleans())
    def come(self, who: int, guests: int, dies: bool) -> None:
        """Sign up, or say another number of guests."""
        self.act(lambda: signups.sign_up(self.person(who), self.evening_id, guests=guests), dies=dies and who % 3 == 0)

    @rule(who=somebody, dies=st.booleans())
    def leave(self, who: int, dies: bool) -> None:
        """Leave, or say no."""
        self.act(lambda: signups.give_up(self.person(who), self.evening_id), dies=dies and who % 3 == 0)

    @rule(who=somebody)
    def accept(self, who: int) -> None:
        """Say yes to a seat, whether one was offered or not."""
        self.act(lambda: signups.accept(self.person(who), self.evening_id))

    @rule(who=somebody, friend=somebody)
    def join(self, who: int, friend: int) -> None:
        """Come along with somebody."""

        def together() -> None:
            code = groups.make(self.person(friend), self.evening_id).code
            groups.join(self.person(who), self.evening_id, code)

        self.act(together)

    @rule(who=somebody, keeps=st.booleans())
    def keep_together(self, who: int, keeps: bool) -> None:
        """Wait for the others, or not any more."""
        self.act(lambda: groups.keep_together(self.person(who), self.evening_id, keeps=keeps))

    @rule(who=somebody)
    def leave_group(self, who: int) -> None:
        """Come alone after all."""
        self.act(lambda: groups.leave(self.person(who), self.evening_id))

    @rule(capacity=st.one_of(st.none(), st.integers(1, 8)), dies=st.booleans())
    def resize(self, capacity: int | None, dies: bool) -> None:
        """Make room for more, or for fewer."""

        def change() -> None:
            evening = finding.get_evening(self.evening_id)
            wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), capacity=capacity)
            evenings.change(self.person(0), self.evening_id, wish)

        self.act(change, dies=dies)

    @rule(hours=st.integers(-30, 30))
    def move(self, hours: int) -> None:
        """Give the evening another time."""

        def change() -> None:
            evening = finding.get_evening(self.evening_id)
            starts_at = evening.starts_at + timedelta(hours=hours)
            wish = evening_wish(starts_at, words=evenings.words_of(evening), capacity=evening.capacity)
            evenings.change(self.person(0), self.evening_id, wish)

        self.act(change)

    # What time does.

    @rule(minutes=st.sampled_from([1, 15, 60, 5 * 60, 13 * 60, 24 * 60]), has_worker=st.booleans())
    def wait(self, minutes: int, has_worker: bool) -> None:
        """Let time go by; perhaps a worker is there, perhaps it is down."""
        self.now += timedelta(minutes=minutes)
        self._freeze()
        if has_worker:
            self.act(lambda: line.keep(self.evening_id))
        else:
            self.before = self.look()

    @rule(minutes=st.sampled_from([121, 119, 20, 1, 0]))
    def draw_near(self, minutes: int) -> None:
        """Let it be shortly before."""
        sooner = self.look().starts_at - timedelta(minutes=minutes)
        if sooner > self.now:
            self.now = sooner
            self._freeze()
            self.act(lambda: line.keep(self.evening_id))

    # What must hold.

    def act(self, press: Callable[[], object], *, dies: bool = False) -> None:
        """Do something in a transaction of its own; where the process dies in it, nothing may have happened."""
        before = self.look()
        try:
            with transaction():
                press()
                if dies:
                    raise Killed
        except Killed:
            db.session.remove()
            assert self.look() == before, "what died half-way has left something behind"
            return
        except PortalError:
            db.session.remove()
            assert self.look() == before, "a refusal has changed something"
            return
        after = self.look()
        judge(before, after)
        self.before = after

    @invariant()
    def nobody_stands_twice(self) -> None:
        """Each person has one row, each row a place of its own, and each offer a time that has not passed unseen."""
        if self.evening_id:
            rows = self.look().rows
            assert len({row.person_id for row in rows}) == len({row.position for row in rows}) == len(rows)
            assert all((row.state == OFFERED) == (row.offered_until is not None) for row in rows)

    def person(self, who: int) -> Person:
        """Give one of the cast."""
        return people.get_person(self.ids[who])

    def look(self) -> Seen:
        """Read the line."""
        with transaction():
            evening = finding.get_evening(self.evening_id)
            return Seen(
                at=self.now,
                starts_at=evening.starts_at,
                capacity=evening.capacity,
                rows=tuple(_row(sign_up) for sign_up in attendance.sign_ups(self.evening_id)),
            )


def _row(sign_up: SignUp) -> Row:
    return Row(
        person_id=sign_up.person_id,
        position=sign_up.position,
        state=str(sign_up.state),
        size=sign_up.size,
        group_id=sign_up.group_id if sign_up.keeps_together else None,
        offered_until=sign_up.offered_until,
    )


def judge(before: Seen, after: Seen) -> None:
    """Hold what a step did against every promise."""
    given = [row for row in after.rows if row.state != WAITING and _had_none(before, row)]
    if before.has_begun or after.has_begun:
        assert not given, "somebody got a seat after it had begun"
        return
    _judge_order(before, after)
    _judge_seats(before, after, given)
    _judge_turns(after, given)


def _had_none(before: Seen, row: Row) -> bool:
    was = before.of(row.person_id)
    return was is None or was.state == WAITING or was.position != row.position


def _judge_order(before: Seen, after: Seen) -> None:
    last = max((row.position for row in before.rows), default=0)
    for row in after.rows:
        was = before.of(row.person_id)
        kept = {one.position for one in after.rows if before.of(one.person_id)}
        if was is None:
            assert row.position > max(kept, default=0), "somebody came in before others"
        else:
            assert row.position == was.position or row.position >= last, "somebody got another place in the order"
            assert was.state != IN or row.state == IN, "somebody lost their seat"


def _judge_seats(before: Seen, after: Seen, given: Sequence[Row]) -> None:
    if after.capacity is None:
        assert all(row.state == IN for row in after.rows), "somebody waits for seats that nobody counts"
        return
    grew = sum(max(0, row.size - was.size) for row in after.rows if (was := before.of(row.person_id)))
    has_new = bool(given) or (grew and after.held > before.held)
    assert not has_new or after.held <= after.capacity, "more seats were given than there are"
    for row in after.rows:
        if row.offered_until is not None:
            assert after.at < row.offered_until <= after.starts_at, "an offer stands that should have gone on"


def _judge_turns(after: Seen, given: Sequence[Row]) -> None:
    """Nobody who waits was passed over, and no seat is left to nobody while it is somebody's turn."""
    if after.capacity is None:
        return
    free, is_late = after.capacity - after.held, after.at >= after.starts_at - LATE
    for position, size, _ in after.parties():
        could_ever_come = size <= after.capacity
        if could_ever_come:
            assert size > free, "a seat stands empty although it is somebody's turn"
        ahead = [row for row in given if row.position > position and could_ever_come]
        assert not ahead or is_late, "somebody was passed over"
        if could_ever_come and not is_late:
            break
