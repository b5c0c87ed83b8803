"""Who is at work now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries
from portal.blueprints.shifts.models import Presence
from portal.blueprints.shifts.rules import Availability, Kind
from portal.core import clock
from portal.core.db import db, transaction
from tests.factories.people import make_person
from tests.factories.shifts import NOW, make_at_work, make_present, make_rota, make_shift, make_standing

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def who() -> set[int]:
    return {each.person_id for each in queries.at_work()}


def count_statements(act: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    bind = db.session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(bind, "before_cursor_execute", note)
    return len(seen)


def test_those_with_a_shift_now_are_at_work(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_at_work(anne)
        make_shift(bjarne, NOW + HOUR, NOW + 3 * HOUR)
    (found,) = queries.at_work()
    assert (found.person_id, found.until, found.is_present, found.is_free) == (anne.id, NOW + 6 * HOUR, True, True)
    assert queries.work_of(anne.id) == found
    assert queries.work_of(bjarne.id) is None


def test_leave_is_not_at_work_and_ones_own_word_beats_it(anne: Person, bjarne: Person) -> None:
    with transaction():
        for person in (anne, bjarne):
            make_shift(person)
            make_shift(person, kind=Kind.LEAVE)
        make_standing(bjarne, works_until=NOW + HOUR)
    assert who() == {bjarne.id}


def test_not_at_work_beats_everything(anne: Person) -> None:
    with transaction():
        make_shift(anne)
        make_standing(anne, works_until=NOW + HOUR, off_until=NOW + HOUR)
    assert who() == set()


def test_whoever_has_left_the_desk_is_not_at_work(anne: Person) -> None:
    with transaction():
        make_shift(anne)
        make_standing(anne, works_until=NOW + HOUR)
        anne.is_active = False
    assert who() == set()
    assert queries.work_of(anne.id) is None


def test_without_any_rota_ones_own_word_alone_counts(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_standing(anne, works_until=NOW + HOUR)
    assert who() == {anne.id}
    assert not queries.rota_covers_now()
    with transaction():
        make_rota()
    assert queries.rota_covers_now()


def test_a_rota_that_has_run_out_covers_nothing(session: Session) -> None:
    with transaction():
        make_rota(first_at=NOW - 10 * HOUR, last_at=NOW)
    assert not queries.rota_covers_now()


def test_somebody_on_a_call_or_taking_it_easy_is_at_work_and_not_free(anne: Person, bjarne: Person) -> None:
    with transaction():
        for person in (anne, bjarne):
            make_at_work(person)
        make_standing(anne, availability=Availability.ON_CALL, until=NOW + HOUR)
        make_standing(bjarne, easy_until=NOW + HOUR)
    found = {each.person_id: each for each in queries.at_work()}
    assert found[anne.id].availability is Availability.ON_CALL
    assert not found[anne.id].is_free
    assert found[bjarne.id].takes_it_easy
    assert not found[bjarne.id].is_free


def test_somebody_is_present_for_seventy_five_seconds(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        make_at_work(anne)
    at(NOW + timedelta(seconds=74))
    assert queries.at_work()[0].is_present
    at(NOW + timedelta(seconds=76))
    assert not queries.at_work()[0].is_present


def test_two_statements_do_for_a_whole_desk(session: Session) -> None:
    with transaction():
        for number in range(12):
            person = make_person(f"Kollega {number}")
            make_at_work(person)
            make_standing(person, easy_until=NOW + HOUR)
    first = queries.at_work()[0].person_id
    session.expire_all()
    assert count_statements(queries.at_work) <= 2
    assert count_statements(lambda: queries.work_of(first)) <= 2


def test_ones_own_standing_is_one_statement(anne: Person) -> None:
    with transaction():
        make_at_work(anne)
    queries.standing_of(anne)
    assert count_statements(lambda: queries.standing_of(anne)) == 1


def test_working_time_is_asked_for_any_moment(anne: Person) -> None:
    with transaction():
        make_shift(anne)
        make_shift(anne, NOW + HOUR, NOW + 2 * HOUR, kind=Kind.LEAVE)
        make_standing(anne, works_until=NOW + 8 * HOUR, off_until=NOW + 0.5 * HOUR)
    asked = {hour: queries.is_working_time(anne.id, NOW + hour * HOUR) for hour in (-3, -1, 0, 1.5, 4, 7, 9)}
    assert asked == {-3: False, -1: True, 0: False, 1.5: True, 4: True, 7: True, 9: False}


def test_a_night_shift_is_remembered_for_a_day(anne: Person, at: Callable[[datetime], None]) -> None:
    begins = clock.at_wall(clock.today(), datetime.min.time()) - 2 * HOUR  # ten in the evening before
    with transaction():
        make_shift(anne, begins, begins + 9 * HOUR)
    assert queries.was_on_night_shift(anne.id)
    at(begins + 34 * HOUR)
    assert not queries.was_on_night_shift(anne.id)


def test_the_next_work_is_the_one_of_now_or_the_first_ahead(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_shift(anne, NOW - 30 * HOUR, NOW - 22 * HOUR)
        make_shift(anne, NOW + 20 * HOUR, NOW + 28 * HOUR)
    found = queries.next_work(anne.id)
    assert found
    assert found.starts_at == NOW + 20 * HOUR
    assert queries.next_work(bjarne.id) is None


def test_present_people_are_counted_once_over_all_processes(anne: Person) -> None:
    with transaction():
        make_present(anne, process="one")
        make_present(anne, process="two")
    assert queries.present() == {anne.id}


MOMENTS = st.sampled_from([None, *(NOW + step * HOUR / 2 for step in range(-3, 4))])
SHIFTS = st.lists(st.tuples(st.sampled_from(Kind), MOMENTS, MOMENTS), max_size=3, unique=True)
WORDS = st.fixed_dictionaries(
    {
        "availability": st.sampled_from(Availability),
        **{name: MOMENTS for name in ("until", "works_until", "off_until", "easy_until")},
    }
)


@given(shifts=SHIFTS, said=st.none() | WORDS, seen=st.none() | st.integers(0, 90), is_active=st.booleans())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_is_around_on_a_page_is_at_work_for_a_call(
    anne: Person, shifts: list[Any], said: dict[str, Any] | None, seen: int | None, is_active: bool
) -> None:
    with db.session.begin_nested() as tried:
        person = make_person("Rundt Om")
        person.is_active, rota = is_active, make_rota()
        for kind, starts_at, ends_at in shifts:
            if starts_at and ends_at and starts_at < ends_at:
                make_shift(person, starts_at, ends_at, kind=kind, rota=rota)
        if said:
            make_standing(person, **said)
        if seen is not None:
            db.session.add(Presence(process="a", person_id=person.id, seen_at=NOW - timedelta(seconds=seen)))
            db.session.add(Presence(process="b", person_id=person.id, seen_at=NOW - timedelta(seconds=2 * seen)))
        db.session.flush()
        at_work = [each for each in queries.at_work() if each.person_id == person.id]
        free = [each for each in at_work if each.is_free]
        around = queries.around(but=anne.id, faces=5)
        assert (around.at_work, around.free) == (len(at_work), len(free))
        assert [face.id for face in around.faces] == [each.person_id for each in free]
        tried.rollback()


def test_around_leaves_out_the_one_who_looks_and_those_who_are_stuck(
    anne: Person, bjarne: Person, otto: Person
) -> None:
    with transaction():
        for person in (anne, bjarne, otto):
            make_at_work(person)
    around = queries.around(but=anne.id, stuck={otto.id}, faces=1)
    assert (around.at_work, around.free, [face.name for face in around.faces]) == (2, 1, [bjarne.name])
    assert [face.id for face in queries.around(but=anne.id, faces=1).faces] == [
        min((bjarne, otto), key=lambda p: p.name).id
    ]
