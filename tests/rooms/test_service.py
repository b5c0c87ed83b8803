"""Promising rooms, moving promises, giving them back: on the embedded calendar, where every answer is there at once."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.rooms import facts, queries, service
from portal.blueprints.rooms.models import Booking, BookingState, EmbeddedMeeting
from portal.blueprints.rooms.ports import Answer, BusyTimes, Span
from portal.blueprints.rooms.service import stock
from portal.core import jobs
from portal.core.db import db, transaction
from portal.core.errors import Invalid, NotFound
from tests.factories.rooms import make_room
from tests.rooms.conftest import START, Worker, night


def book(purpose: str = "evening:12", *, seats: int = 6, **values: object) -> Booking:
    with transaction():
        return service.book(purpose=purpose, title="Brettspel", seats=seats, **{**night(), **values})


def current(purpose: str = "evening:12") -> Booking:
    booking = queries.booking_of(purpose)
    assert booking is not None
    db.session.refresh(booking)
    return booking


def in_calendar() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(EmbeddedMeeting).order_by(EmbeddedMeeting.id))
    return [(row.room_address, row.answer) for row in rows]


def test_a_booking_is_a_wish_until_the_room_says_yes(worker: Worker, told: list[object]) -> None:
    room = make_room()
    booking = book()
    assert (booking.state, booking.room_id) == (BookingState.WISHED, room.id)
    assert told == []
    worker.work()
    assert current().state == BookingState.CONFIRMED
    assert told == [facts.BookingConfirmed(booking_id=booking.id, purpose="evening:12")]
    assert [step.kind for step in current().steps] == ["wished", "tried", "sent", "confirmed"]


def test_a_double_click_books_once(worker: Worker) -> None:
    make_room()
    make_room("Fjord")
    first, second = book(), book()
    worker.work()
    third = book()
    worker.work()
    assert first.id == second.id == third.id
    assert len(in_calendar()) == 1


def test_the_smallest_free_room_is_chosen_and_ours_count_as_taken(worker: Worker) -> None:
    large, small = make_room("Storsal", seats=30), make_room("Fjell", seats=8)
    assert book("evening:1").room_id == small.id
    assert book("evening:2").room_id == large.id
    third = book("evening:3")
    assert (third.room_id, third.state) == (None, BookingState.DECLINED)


def test_a_night_without_a_room_is_told_once_and_found_one_later(worker: Worker, told: list[object]) -> None:
    room = make_room(is_bookable=False)
    booking = book()
    assert told == [facts.BookingDeclined(booking_id=booking.id, purpose="evening:12")]
    room.is_bookable = True
    with transaction():
        jobs.enqueue("rooms.fill_gaps")
    worker.work()
    assert current().state == BookingState.CONFIRMED
    assert [type(fact) for fact in told] == [facts.BookingDeclined, facts.BookingConfirmed]


def test_later_tries_at_a_gap_tell_nobody(worker: Worker, told: list[object]) -> None:
    make_room(is_bookable=False)
    book()
    for _ in range(3):
        with transaction():
            jobs.enqueue("rooms.fill_gaps")
        worker.work(timedelta(minutes=20))
    assert [type(fact) for fact in told] == [facts.BookingDeclined]


def test_busy_times_of_others_are_respected(worker: Worker) -> None:
    taken, free = make_room("Fjell", seats=6), make_room("Fjord", seats=12)
    span = Span(starts_at=night()["starts_at"] - timedelta(hours=1), ends_at=night()["starts_at"] + timedelta(hours=1))
    times = [BusyTimes(address=taken.address, spans=(span,)), BusyTimes(address=free.address)]
    stock.note_busy(times, ends_at=START + timedelta(days=15), seen_at=START)
    assert book().room_id == free.id


def test_moving_keeps_the_old_room_until_the_new_one_is_confirmed(worker: Worker, told: list[object]) -> None:
    make_room()
    first = book()
    worker.work()
    second = book(**night(27))
    assert first.is_wanted
    worker.work()
    assert (current().id, current().state) == (second.id, BookingState.CONFIRMED)
    assert first.state == BookingState.RELEASED
    assert len(in_calendar()) == 1
    assert [type(fact) for fact in told] == [
        facts.BookingConfirmed,
        facts.BookingConfirmed,
        facts.BookingReleased,
    ]


def test_a_move_that_finds_no_room_keeps_the_old_one_and_says_so(worker: Worker, told: list[object]) -> None:
    make_room()
    first = book()
    worker.work()
    book("evening:99", **night(27))
    worker.work()
    second = book(**night(27))
    assert told[-1] == facts.BookingDeclined(booking_id=second.id, purpose="evening:12", kept_booking_id=first.id)
    assert first.is_wanted
    back = book()
    worker.work()
    assert (back.id, current().id) == (first.id, first.id)
    assert [answer for _, answer in in_calendar()] == [Answer.ACCEPTED, Answer.ACCEPTED]


def test_moving_half_an_hour_in_the_only_room_gives_the_old_time_back_first(worker: Worker) -> None:
    make_room()
    book()
    worker.work()
    later = {name: moment + timedelta(minutes=30) for name, moment in night().items()}
    second = book(**later)
    worker.work()
    assert (second.state, second.starts_at) == (BookingState.CONFIRMED, later["starts_at"])
    assert [answer for _, answer in in_calendar()] == [Answer.ACCEPTED]


def test_moving_a_wish_that_was_never_sent_leaves_nothing_behind(worker: Worker) -> None:
    make_room()
    book()
    book(**night(27))
    worker.work()
    assert current().starts_at == night(27)["starts_at"]
    assert len(in_calendar()) == 1


def test_releasing_frees_the_room_and_tells(worker: Worker, told: list[object]) -> None:
    make_room()
    booking = book()
    worker.work()
    with transaction():
        service.release("evening:12")
    worker.work()
    assert booking.state == BookingState.RELEASED
    assert in_calendar() == []
    assert told[-1] == facts.BookingReleased(booking_id=booking.id, purpose="evening:12")


def test_releasing_before_anything_was_sent_asks_nobody(worker: Worker) -> None:
    make_room()
    booking = book()
    with transaction():
        service.release("evening:12")
    worker.work()
    assert booking.state == BookingState.RELEASED
    assert [step.kind for step in booking.steps] == ["wished", "given_up", "released"]


def test_releasing_twice_or_nothing_is_harmless(worker: Worker, told: list[object]) -> None:
    make_room()
    book()
    worker.work()
    for purpose in ("evening:12", "evening:12", "evening:404"):
        with transaction():
            service.release(purpose)
        worker.work()
    assert [type(fact) for fact in told] == [facts.BookingConfirmed, facts.BookingReleased]


def test_a_released_gap_is_not_filled(worker: Worker) -> None:
    room = make_room(is_bookable=False)
    book()
    with transaction():
        service.release("evening:12")
    room.is_bookable = True
    with transaction():
        jobs.enqueue("rooms.fill_gaps")
    worker.work()
    assert in_calendar() == []


def test_booking_again_after_a_release_books_anew(worker: Worker) -> None:
    make_room()
    book()
    worker.work()
    with transaction():
        service.release("evening:12")
    worker.work()
    book()
    worker.work()
    assert current().state == BookingState.CONFIRMED
    assert len(in_calendar()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_at": night()["starts_at"]}, "ends_at"),
        ({"ends_at": night()["starts_at"] + timedelta(hours=13)}, "ends_at"),
        ({"starts_at": night()["starts_at"] + timedelta(minutes=3)}, "starts_at"),
        (
            {
                "starts_at": night()["starts_at"] + timedelta(days=200),
                "ends_at": night()["ends_at"] + timedelta(days=200),
            },
            "starts_at",
        ),
    ],
)
def test_an_impossible_interval_is_refused(worker: Worker, values: dict[str, object], field: str) -> None:
    make_room()
    with pytest.raises(Invalid) as refused:
        book(**values)
    assert refused.value.field == field


def test_a_preferred_room_that_does_not_exist_is_refused(worker: Worker) -> None:
    with pytest.raises(NotFound):
        book(preferred_room_id=404)


def test_bookings_of_many_purposes_come_in_one_question(worker: Worker) -> None:
    make_room()
    make_room("Fjord")
    book("evening:1")
    book("evening:2", **night(27))
    found = queries.bookings_of(["evening:1", "evening:2", "evening:3"])
    assert {purpose: booking.room.name for purpose, booking in found.items() if booking.room} == {
        "evening:1": "Fjell",
        "evening:2": "Fjell",
    }


def test_the_database_allows_one_current_booking_a_purpose(worker: Worker) -> None:
    make_room()
    first = book()
    second = Booking(purpose="evening:12", title="Brettspel", seats=4, room_id=first.room_id, tries=0, **night(27))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(second)


def ways(**values: object) -> list[tuple[str, str, int]]:
    """Give what is offered instead, with how many minutes it is moved by."""
    asked = {**night(), "seats": 6, **values}
    found = queries.alternatives(**asked)  # type: ignore[arg-type]
    return [
        (each.way, each.room.name, int((each.starts_at - night()["starts_at"]).total_seconds() // 60)) for each in found
    ]


def test_alternatives_are_what_is_nearest_of_each_kind(worker: Worker) -> None:
    taken = make_room("Fjell", seats=8, floor="3")
    make_room("Fjord", seats=8, floor="1")
    make_room("Foss", seats=10, floor="3")
    book(preferred_room_id=taken.id)
    assert ways(room_id=taken.id)[0] == ("elsewhere", "Foss", 0)


def test_where_every_room_is_taken_a_little_earlier_later_or_shorter_is_offered(worker: Worker) -> None:
    make_room("Fjell", seats=8)
    make_room("Krok", seats=4)
    first = night()["starts_at"] - timedelta(minutes=40)
    book("evening:1", starts_at=first, ends_at=first + timedelta(minutes=55))
    assert ways() == [("later", "Fjell", 15), ("smaller", "Krok", 0), ("shorter", "Fjell", 15)]
    last = night()["ends_at"] - timedelta(minutes=10)
    book("evening:2", starts_at=last, ends_at=last + timedelta(minutes=60))
    assert ways() == [("smaller", "Krok", 0)]
    assert ways(ends_at=last) == [("smaller", "Krok", 0), ("shorter", "Fjell", 15)]


def test_no_alternative_lies_in_the_past_or_outside_the_hours(worker: Worker) -> None:
    make_room("Fjell", opens_at=time(17, 0), closes_at=time(20, 10))
    book("evening:1", starts_at=night()["starts_at"], ends_at=night()["starts_at"] + timedelta(minutes=5))
    assert ways() == [("later", "Fjell", 5), ("shorter", "Fjell", 5)]
    worker.jump_to(night()["starts_at"] + timedelta(minutes=7))
    assert ways() == [("later", "Fjell", 10), ("shorter", "Fjell", 10)]


def test_a_purpose_does_not_stand_in_its_own_way(worker: Worker) -> None:
    make_room("Fjell")
    book("evening:1")
    assert ways(purpose="evening:1")[0] == ("elsewhere", "Fjell", 0)
