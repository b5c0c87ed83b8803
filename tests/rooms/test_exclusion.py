"""No two wanted bookings overlap in a room: the database sees to it, whoever comes at the same moment."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries, service
from portal.blueprints.rooms.models import Booking, BookingState, Room
from portal.blueprints.rooms.service import holding
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from tests.factories.people import make_person
from tests.factories.rooms import make_room
from tests.racing import race
from tests.rooms.conftest import Worker, kinds, night


def make_booking(room: Room, *, after: int = 0, minutes: int = 60, **values: object) -> Booking:
    """Write a booking past every service: what the database itself says to it."""
    starts_at = night()["starts_at"] + timedelta(minutes=after)
    booking = Booking(
        purpose=f"test:{after}:{minutes}:{len(values)}:{room.id}",
        title="Møte",
        seats=2,
        room_id=room.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **values,
    )
    db.session.add(booking)
    db.session.flush()
    return booking


@pytest.mark.parametrize("state", [BookingState.HELD, BookingState.WISHED, BookingState.UNKNOWN])
def test_the_database_lets_nobody_in_where_a_room_is_promised(session: Session, state: BookingState) -> None:
    room = make_room()
    make_booking(room, state=state)
    for after, minutes in ((0, 60), (-30, 31), (59, 60), (10, 5), (-60, 180)):
        with pytest.raises(IntegrityError, match="ex_booking_room_id"), session.begin_nested():
            make_booking(room, after=after, minutes=minutes)


def test_back_to_back_elsewhere_and_given_back_are_let_in(session: Session) -> None:
    room = make_room()
    make_booking(room)
    make_booking(room, after=60)
    make_booking(room, after=-60)
    make_booking(make_room("Fjord"))
    make_booking(room, after=5, minutes=20, is_wanted=False)


def test_nor_is_a_booking_changed_into_the_place_of_another(session: Session) -> None:
    room, other = make_room(), make_room("Fjord")
    make_booking(room)
    changes: list[tuple[Booking, dict[str, object]]] = [
        (make_booking(other), {"room_id": room.id}),
        (make_booking(room, after=60), {"starts_at": night()["starts_at"] + timedelta(minutes=30)}),
        (make_booking(room, after=20, minutes=10, is_wanted=False), {"is_wanted": True}),
    ]
    for booking, change in changes:
        with pytest.raises(IntegrityError, match="ex_booking_room_id"), session.begin_nested():
            session.execute(update(Booking).where(Booking.id == booking.id).values(change))


def test_of_many_at_the_same_moment_each_gets_a_room_of_its_own(own: Flask) -> None:
    with own.app_context(), transaction():
        for number in range(3):
            make_room(f"Rom {number}")
    wishes = [
        lambda number=number: service.book(purpose=f"evening:{number}", title="Brettspel", seats=4, **night())
        for number in range(16)
    ]
    assert race(own, wishes) == []
    with own.app_context():
        placed = [b for b in db.session.scalars(select(Booking)) if b.room_id is not None]
        refused = [b for b in db.session.scalars(select(Booking)) if b.state == BookingState.DECLINED]
        assert len({b.room_id for b in placed}) == len(placed) == 3
        assert len(refused) == 13


def test_of_many_who_press_the_same_cell_one_holds_the_room(own: Flask) -> None:
    with own.app_context(), transaction():
        room_id = make_room().id
        ids = [make_person(f"Kollega {number}").id for number in range(16)]

    def press(number: int) -> None:
        person = db.session.get(Person, ids[number])
        assert person is not None
        starts_at = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        starts_at = clock.at_wall(clock.wall(starts_at).date(), clock.wall(night()["starts_at"]).time())
        holding.hold(
            person, room_id=room_id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), key=str(number)
        )

    refused = race(own, [lambda number=number: press(number) for number in range(16)])  # type: ignore[misc]
    assert len(refused) == 15
    assert {type(error) for error in refused} == {holding.Taken}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 24), st.booleans()), min_size=2, max_size=8))
def test_no_story_ends_with_two_promises_in_one_room(app: Flask, plans: list[tuple[int, int, bool]]) -> None:
    with app.app_context():
        try:
            make_room()
            for number, (start, length, is_released) in enumerate(plans):
                starts_at = night()["starts_at"] + timedelta(days=1, minutes=5 * start)
                ends_at = starts_at + timedelta(minutes=5 * length)
                purpose = f"evening:{number % 4}"
                service.book(purpose=purpose, title="Brettspel", seats=4, starts_at=starts_at, ends_at=ends_at)
                if is_released:
                    service.release(purpose)
            live = sorted(
                (b.starts_at, b.ends_at) for b in db.session.scalars(select(Booking)) if b.is_wanted and b.room_id
            )
            assert all(earlier[1] <= later[0] for earlier, later in pairwise(live))
        finally:
            db.session.rollback()


def test_a_room_that_is_held_is_nobody_elses_for_ten_minutes(worker: Worker, anne: Person, bjarne: Person) -> None:
    room = make_room()
    with transaction():
        held = holding.hold(anne, room_id=room.id, key="a", **night(hours=1))
    with pytest.raises(holding.Taken), transaction():
        holding.hold(bjarne, room_id=room.id, key="b", **night(hours=2))
    with transaction():
        assert service.book(purpose="evening:1", title="Brettspel", seats=4, **night()).room_id is None
    worker.work(timedelta(minutes=11))
    assert (held.state, held.is_wanted) == (BookingState.RELEASED, False)
    assert kinds(held) == ["held", "released"]
    with transaction():
        assert holding.hold(bjarne, room_id=room.id, key="c", **night(hours=2)).state == BookingState.HELD


def test_one_holds_one_room_at_a_time_and_the_same_form_the_same(worker: Worker, anne: Person, bjarne: Person) -> None:
    room, other = make_room(), make_room("Fjord")
    with transaction():
        first = holding.hold(anne, room_id=room.id, key="a", **night(hours=1))
        assert holding.hold(anne, room_id=room.id, key="a", **night(hours=1)) is first
        holding.hold(anne, room_id=other.id, key="b", **night(hours=1))
    assert not first.is_wanted
    with pytest.raises(NotFound):
        holding.hold(bjarne, room_id=room.id, key="b", **night(hours=1))


def test_what_is_held_is_not_asked_for_by_any_sweep(worker: Worker, anne: Person) -> None:
    with transaction():
        held = holding.hold(anne, room_id=make_room().id, key="a", **night(hours=1))
    worker.sweep()
    assert (held.state, held.tries) == (BookingState.HELD, 0)
    assert queries.unfinished(clock.now()) == []
