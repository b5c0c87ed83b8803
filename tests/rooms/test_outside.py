"""What people do to our meetings in Outlook is shown, and somebody chooses; nothing is overwritten meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.blueprints.rooms import facts, queries
from portal.blueprints.rooms.models import Booking, BookingState, Room
from portal.blueprints.rooms.rules import OutsideChange
from portal.blueprints.rooms.service import outside
from portal.core.db import db, transaction
from portal.core.errors import Conflict
from tests.exchange_server.client import Remote
from tests.rooms.conftest import Worker, book, kinds, night

PURPOSE = "evening:12"


def current() -> Booking:
    db.session.expire_all()
    booking = queries.booking_of(PURPOSE)
    assert booking is not None
    return booking


def moved(worker: Worker, remote: Remote, **interval: object) -> Booking:
    """Book, let somebody move the meeting in Outlook, and let the sweep see it."""
    book()
    worker.work()
    remote.move(remote.meetings()[0]["id"], **interval)
    worker.sweep()
    return current()


def test_a_moved_meeting_keeps_its_promise_until_somebody_chooses(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    booking = moved(exchange_worker, on_exchange, **night(27))
    assert (booking.starts_at, booking.ends_at) == tuple(night().values())
    assert booking.stands_at == tuple(night(27).values())
    assert (booking.outside_change, booking.state) == (OutsideChange.MOVED, BookingState.CONFIRMED)
    moves = [fact for fact in told if isinstance(fact, facts.BookingMovedOutside)]
    for _ in range(3):
        exchange_worker.sweep()
    assert [fact for fact in told if isinstance(fact, facts.BookingMovedOutside)] == moves
    (left,) = on_exchange.meetings()
    assert left["starts_at"] == night(27)["starts_at"].isoformat()


@pytest.mark.parametrize(
    ("change", "minutes"), [(OutsideChange.SHORTENED, (0, -60)), (OutsideChange.LENGTHENED, (-30, 30))]
)
def test_a_shortened_or_lengthened_meeting_is_called_so(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, change: OutsideChange, minutes: tuple[int, int]
) -> None:
    first, last = (timedelta(minutes=each) for each in minutes)
    interval = {"starts_at": night()["starts_at"] + first, "ends_at": night()["ends_at"] + last}
    assert moved(exchange_worker, on_exchange, **interval).outside_change == change


def test_following_outlook_makes_its_time_the_promise(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    moved(exchange_worker, on_exchange, **night(27))
    with transaction():
        outside.follow(PURPOSE)
    exchange_worker.sweep()
    booking = current()
    assert (booking.starts_at, booking.ends_at) == tuple(night(27).values())
    assert (booking.outside_change, booking.state) == (None, BookingState.CONFIRMED)
    assert "followed" in kinds(booking)
    assert len(on_exchange.meetings()) == 1


def test_asking_anew_gives_the_old_time_back_and_leaves_one_meeting(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    moved(exchange_worker, on_exchange, **night(27))
    with transaction():
        outside.ask_again(PURPOSE)
    exchange_worker.work()
    exchange_worker.sweep()
    booking = current()
    assert (booking.room_id, booking.starts_at) == (fjell.id, night()["starts_at"])
    assert (booking.outside_change, booking.state) == (None, BookingState.CONFIRMED)
    (left,) = on_exchange.meetings()
    assert left["starts_at"] == night()["starts_at"].isoformat()


def test_moved_back_by_itself_it_is_as_if_nothing_had_been(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    booking = moved(exchange_worker, on_exchange, **night(27))
    on_exchange.move(on_exchange.meetings()[0]["id"], **night())
    exchange_worker.sweep()
    assert (current().outside_change, current().state) == (None, BookingState.CONFIRMED)
    assert facts.BookingMovedBack(booking_id=booking.id, purpose=PURPOSE) in told


def test_a_meeting_removed_in_outlook_is_not_put_back_by_itself_but_when_asked(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    book()
    exchange_worker.work()
    on_exchange.delete(on_exchange.meetings()[0]["id"])
    for _ in range(3):
        exchange_worker.sweep()
    assert on_exchange.meetings() == []
    with transaction():
        outside.ask_again(PURPOSE)
    exchange_worker.work()
    assert (current().state, current().room_id) == (BookingState.CONFIRMED, fjell.id)
    assert len(on_exchange.meetings()) == 1


def test_the_time_in_outlook_is_not_taken_where_another_of_ours_stands(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    moved(exchange_worker, on_exchange, **night(27))
    book("evening:13", **night(27), preferred_room_id=fjell.id)
    with pytest.raises(Conflict, match="Another booking"), transaction():
        outside.follow(PURPOSE)
    assert current().starts_at == night()["starts_at"]


def test_what_stands_as_promised_needs_no_choice(exchange_worker: Worker, fjell: Room) -> None:
    book()
    exchange_worker.work()
    for act in (outside.follow, outside.ask_again):
        with pytest.raises(Conflict, match="where it should be"), transaction():
            act(PURPOSE)


def test_booking_the_time_that_outlook_has_follows_it_without_a_new_meeting(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    moved(exchange_worker, on_exchange, **night(27))
    before = on_exchange.meetings()
    book(**night(27))
    exchange_worker.work()
    assert current().outside_change is None
    assert on_exchange.meetings() == before
