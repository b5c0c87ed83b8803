"""What is read of calls: the strip on every page, what waits, and what is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.counts import DayCount
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.queries import counts
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.service import calls, helping
from portal.core.db import db, transaction
from portal.core.errors import NotAllowed
from tests.factories.people import make_person
from tests.factories.questions import make_tag
from tests.factories.urgent import Wheel, make_call, put_to_work

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked of the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.session.connection(), "before_cursor_execute", note)
    yield seen
    event.remove(db.session.connection(), "before_cursor_execute", note)


def test_a_quiet_strip_is_one_statement(wheel: Wheel, anne: Person) -> None:
    assert anne.id  # what the commit let go of is read again before it counts
    with statements() as seen:
        assert reading.strip(anne).is_quiet
    assert len(seen) == 1


def test_a_full_strip_is_one_statement_too(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        make_tag()
        put_to_work(anne, bjarne, didrik)
        others = [make_person() for _ in range(4)]
        for other in others:
            make_call(other, tag="utskrift")
        own = make_call(anne)
        helped = make_call(bjarne)
        calls.come(anne, helped.id)
        calls.come(others[0], own.id)
        offered = make_call(didrik)
    assert anne.id
    with statements() as seen:
        strip = reading.strip(anne)
    assert len(seen) == 1
    assert strip.own
    assert strip.own.id == own.id
    assert strip.own.taken_by
    assert strip.own.taken_by.id == others[0].id
    assert strip.helping
    assert strip.helping.id == helped.id
    assert offered.id not in {line.id for line in strip.ringing}  # anne helps: nothing new rings for her


def test_the_strip_of_a_free_colleague_has_what_rings_the_longest_waiting_first(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        first = make_call(anne)
    wheel.turn(5)
    with transaction():
        second = make_call(bjarne, "Nothing prints")
    wheel.turn(0)  # whoever has a hand of their own in the air is let be
    lines = reading.strip(didrik).ringing
    assert [line.id for line in lines] == [first.id, second.id]
    assert (lines[0].asker.name, lines[0].rung, lines[0].is_own) == (anne.name, 1, False)
    assert lines[1].text == "Nothing prints"


def test_everybody_sees_what_waits_and_nobody_what_has_been_taken(
    wheel: Wheel, anne: Person, bjarne: Person, carla: Person
) -> None:
    with transaction():
        put_to_work(anne, bjarne)
        call = make_call(anne)
    assert [(line.id, line.is_rung) for line in reading.waiting(carla)] == [(call.id, False)]
    assert [(line.id, line.is_own) for line in reading.waiting(anne)] == [(call.id, True)]
    with transaction():
        calls.come(bjarne, call.id)
    assert reading.waiting(carla) == []


def test_the_asker_sees_at_once_that_nobody_is_there(wheel: Wheel, anne: Person) -> None:
    with transaction():
        call = make_call(anne)
    own = reading.strip(anne).own
    assert own
    assert own.is_nobody_free
    assert reading.is_nobody_free(call)
    assert reading.rung_count(call.id) == 0


def test_after_three_minutes_it_says_so_while_it_rings_on(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne)
        make_call(anne)
    wheel.turn(179)
    own = reading.strip(anne).own
    assert own
    assert not own.is_nobody_free
    wheel.turn(1)
    own = reading.strip(anne).own
    assert own
    assert own.is_nobody_free
    assert own.rung == 1


def test_a_second_helper_sees_the_call_as_the_one_they_help(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        didrik = make_person("Didrik Utne")
        call = make_call(anne)
        calls.come(bjarne, call.id)
        helping.join(didrik, call.id)
    strip = reading.strip(didrik)
    assert strip.helping
    assert strip.helping.is_second
    assert strip.helping.state is State.TAKEN


def fill(days: dict[int, dict[str, int]]) -> None:
    with transaction():
        for ago, found in days.items():
            for what, count in found.items():
                db.session.add(DayCount(day=date(2026, 11, 26) - timedelta(days=ago), what=what, count=count))


def test_administrators_see_days_of_the_desk_and_few_where_there_are_few(wheel: Wheel, carla: Person) -> None:
    fill(
        {
            0: {"raised": 3, "solved": 3},
            1: {"raised": 9, "solved": 8, "cancelled": 1, "within_30": 8},
            40: {"raised": 9},
        }
    )
    days = counts.days(carla, weeks=4)
    assert [(day.day, day.is_few) for day in days] == [(date(2026, 11, 26), True), (date(2026, 11, 25), False)]
    assert (days[0].raised, dict(days[0].counts)) == (None, {})
    assert (days[1].raised, days[1].counts["solved"]) == (9, 8)


def test_what_happened_seldom_on_a_busy_day_is_few_as_well(wheel: Wheel, carla: Person) -> None:
    fill({1: {"raised": 9, "solved": 8, "cancelled": 1}})
    assert counts.days(carla, weeks=4)[0].counts == {"solved": 8, "cancelled": None}


def test_nobody_else_sees_them(wheel: Wheel, anne: Person) -> None:
    with pytest.raises(NotAllowed):
        counts.days(anne, weeks=4)
