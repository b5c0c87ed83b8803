from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import EveningState, Kind
from portal.blueprints.events.models.signups import ShownAs, SignUpState
from portal.blueprints.events.queries import attendance, calendars, finding, outlooks
from portal.blueprints.events.service import evenings, series
from portal.blueprints.people.models import Person
from portal.core.db import db, transaction
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person
from tests.factories.rooms import make_room


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Hear what the database is asked."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def crowd(evening_id: int, count: int) -> None:
    evening = finding.get_evening(evening_id)
    for number in range(count):
        state = SignUpState.IN if number < count - 2 else SignUpState.WAITING
        make_sign_up(evening, make_person(f"Gjest {number}"), position=number + 1, state=state)


def test_what_is_coming_is_in_order_and_tells_how_many_and_what_is_mine(anne: Person, bjarne: Person) -> None:
    with transaction():
        later = make_evening(MONDAY + timedelta(days=9), own_title="Kino")
        sooner = make_evening(MONDAY + timedelta(days=2), capacity=1)
        make_evening(MONDAY - timedelta(days=2), own_title="Over")
        make_sign_up(sooner, anne)
        make_sign_up(sooner, bjarne, position=2, state=SignUpState.WAITING)
    found = outlooks.upcoming(bjarne).items
    assert [outlook.evening.id for outlook in found] == [sooner.id, later.id]
    assert [(outlook.taken, outlook.waiting, outlook.badge) for outlook in found] == [
        (1, 1, "waiting"),
        (0, 0, "welcome"),
    ]
    assert outlooks.upcoming(make_person()).items[0].badge == "full"


def test_the_list_is_cut_in_pages_that_meet(anne: Person) -> None:
    with transaction():
        ids = [make_evening(MONDAY + timedelta(days=1)).id for _ in range(5)]
    first = outlooks.upcoming(anne, size=2)
    second = outlooks.upcoming(anne, size=2, cursor=first.next_cursor)
    third = outlooks.upcoming(anne, size=2, cursor=second.next_cursor)
    assert [outlook.evening.id for page in (first, second, third) for outlook in page.items] == ids
    assert third.next_cursor is None


def test_the_front_page_shows_no_evening_that_is_called_off(anne: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        evenings.cancel(otto, make_evening(MONDAY + timedelta(days=1)).id)
    assert [outlook.evening.id for outlook in outlooks.next_evenings(anne)] == [evening.id]
    assert len(outlooks.upcoming(anne).items) == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_whatever_the_number_of_evenings_and_people(
    anne: Person, otto: Person, statements: list[str], count: int
) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        for evening in finding.planned_of_series(made.id, after=MONDAY):
            crowd(evening.id, count)
    db.session.expire_all()
    assert anne.id
    statements.clear()
    found = outlooks.upcoming(anne)
    assert [outlook.evening.title for outlook in found.items] == ["Brettspelkveld"] * 6
    assert len(statements) == 2  # the evenings with one's own part in them, and what is taken


@pytest.mark.parametrize("count", [3, 40])
def test_the_page_asks_the_same_whatever_the_number_of_people(otto: Person, statements: list[str], count: int) -> None:
    with transaction():
        make_room(seats=50)
        evening = evenings.plan(otto, evening_wish(needs_room=True, capacity=50))
        crowd(evening.id, count)
    evening_id = evening.id
    db.session.expire_all()
    assert otto.id
    statements.clear()
    page = outlooks.evening_page(otto, evening_id)
    assert page.faces[0].name == "Gjest 0"
    assert page.booking
    assert page.booking.room
    assert [step.kind for step in page.ledger] == ["wished"]
    assert page.evening.organiser is otto
    assert len(statements) <= 6


def test_faces_are_shown_only_as_each_person_chose(anne: Person, otto: Person, session: Session) -> None:
    with transaction():
        evening = make_evening()
        open_, hidden, someone = (make_person(name) for name in ("Open Open", "Hidden Hidden", "Someone Someone"))
        make_sign_up(evening, open_, position=1, note="Glutenfritt")
        make_sign_up(evening, someone, position=2, shown_as=ShownAs.SOMEONE, note="Kjem seint")
        make_sign_up(evening, hidden, position=3, shown_as=ShownAs.HIDDEN)
    page = outlooks.evening_page(anne, evening.id)
    assert [person.id for person in page.faces] == [open_.id]
    assert (page.someones, page.outlook.taken) == (1, 3)
    assert page.notes == ()
    for_organisers = outlooks.evening_page(otto, evening.id)
    assert [(note.name, note.text) for note in for_organisers.notes] == [
        ("Open Open", "Glutenfritt"),
        (None, "Kjem seint"),
    ]


def test_one_knows_ones_own_number_in_line(anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        make_sign_up(evening, make_person())
        make_sign_up(evening, anne, position=2, state=SignUpState.WAITING)
        make_sign_up(evening, bjarne, position=3, state=SignUpState.WAITING, note="Eg tek med kaker")
    mine = outlooks.outlook(bjarne, evening.id)
    assert (mine.my_number, mine.my_note, mine.is_full) == (2, "Eg tek med kaker", True)


def test_the_feed_forgets_what_is_long_past(anne: Person, at: Callable[..., None]) -> None:
    with transaction():
        make_sign_up(make_evening(MONDAY - timedelta(days=70)), anne)
        recent = make_evening(MONDAY - timedelta(days=30))
        make_sign_up(recent, anne)
    assert [sign_up.evening_id for sign_up in calendars.feed(anne.id)] == [recent.id]


def test_those_who_have_a_seat_are_given_with_guests_and_the_name_they_show(
    anne: Person, bjarne: Person, carla: Person, didrik: Person
) -> None:
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne, position=2, guests=2)
        make_sign_up(evening, bjarne, position=1, shown_as=ShownAs.HIDDEN)
        make_sign_up(evening, carla, position=3, state=SignUpState.WAITING)
    found = attendance.seated(evening.id)
    assert [(one.person_id, one.name, one.guests, one.seats) for one in found] == [
        (bjarne.id, None, 0, 1),
        (anne.id, anne.name, 2, 3),
    ]
    assert attendance.is_in(anne.id, evening.id)
    assert not attendance.is_in(carla.id, evening.id)
    assert not attendance.is_in(didrik.id, evening.id)


def test_a_newcomer_has_been_to_no_evening_of_the_kind_that_is_over(
    anne: Person, bjarne: Person, carla: Person, didrik: Person, otto: Person
) -> None:
    over = MONDAY - timedelta(days=7)
    with transaction():
        evening = make_evening()
        for number, person in enumerate((anne, bjarne, carla, didrik, otto), start=1):
            make_sign_up(evening, person, position=number)
        make_sign_up(make_evening(over), anne)
        make_sign_up(make_evening(over, kind=Kind.CINEMA), bjarne)
        make_sign_up(make_evening(over), carla, state=SignUpState.WAITING)
        make_sign_up(make_evening(over, state=EveningState.CANCELLED), didrik)
        make_sign_up(make_evening(MONDAY + timedelta(days=1)), otto)
    new = {one.person_id: one.is_newcomer for one in attendance.seated(evening.id)}
    assert new == {anne.id: False, bjarne.id: True, carla.id: True, didrik.id: True, otto.id: True}
