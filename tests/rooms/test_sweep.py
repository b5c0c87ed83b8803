"""What happens in the calendar itself comes to light here: moved, deleted, orphaned, and when rooms are taken."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.rooms import facts, queries
from portal.blueprints.rooms import jobs as room_jobs
from portal.blueprints.rooms.adapters import choice
from portal.blueprints.rooms.models import BookingState, BusySpan, Room
from portal.core import jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.rooms.conftest import FJELL, FJORD, START, Worker, book, night, state_of


def test_a_meeting_deleted_in_outlook_shows_here(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    booking = book()
    exchange_worker.work()
    on_exchange.delete(on_exchange.meetings()[0]["id"])
    exchange_worker.sweep()
    assert state_of() == BookingState.RELEASED
    assert told[-1] == facts.BookingVanished(booking_id=booking.id, purpose="evening:12")
    assert on_exchange.meetings() == []


def test_a_yes_taken_back_leads_to_the_next_room(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    book()
    exchange_worker.work()
    on_exchange.respond(on_exchange.meetings()[0]["id"], FJELL, "Decline")
    exchange_worker.sweep()
    booking = queries.booking_of("evening:12")
    assert booking is not None
    assert (booking.room_id, booking.state) == (fjord.id, BookingState.CONFIRMED)


def test_the_sweep_removes_what_nobody_wants_and_leaves_strangers_alone(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    book("evening:1")
    book("evening:2", **night(27))
    exchange_worker.work()
    with transaction():
        db.session.delete(queries.booking_of("evening:2"))
        ended = queries.booking_of("evening:1")
        assert ended is not None
        ended.is_wanted, ended.state, ended.cleared_at = False, BookingState.RELEASED, START
    exchange_worker.sweep()
    (left,) = on_exchange.meetings()
    assert left["starts_at"] == night(27)["starts_at"].isoformat()


def test_our_copy_of_busy_times_is_renewed_and_a_broken_room_spoils_nothing(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    on_exchange.occupy(FJORD, **night())
    on_exchange.room(FJELL, broken="ErrorMailRecipientNotFound")
    refresh(exchange_worker)
    assert (fjell.busy_seen_at, fjell.busy_problem) == (None, "ErrorMailRecipientNotFound")
    assert fjord.busy_seen_at == START
    (span,) = db.session.scalars(select(BusySpan))
    assert (span.room_id, span.starts_at, span.ends_at) == (fjord.id, *night().values())


def test_an_error_nobody_knows_spoils_one_room_and_not_all(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    on_exchange.room(FJELL, broken="ErrorOfTomorrow")
    refresh(exchange_worker)
    assert fjell.busy_seen_at is None
    assert fjell.busy_problem != ""
    assert fjord.busy_seen_at == START


def test_busy_times_that_cannot_be_read_keep_their_old_copy(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.occupy(FJELL, **night())
    refresh(exchange_worker)
    on_exchange.fault("unavailable", times=None)
    refresh(exchange_worker)
    assert len(db.session.scalars(select(BusySpan)).all()) == 1
    assert fjell.busy_seen_at == START


def refresh(worker: Worker) -> None:
    with transaction():
        jobs.enqueue("rooms.refresh_busy", key="test")
    worker.work()
    db.session.expire_all()


def test_rooms_of_the_calendar_are_taken_in_once_and_closed(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.room("rom-foss@example.org", name="Foss")
    for _ in range(2):
        with transaction():
            jobs.enqueue("rooms.take_in")
        exchange_worker.work()
    assert [(room.name, room.is_bookable) for room in queries.all_rooms()] == [("Foss", False), ("Fjell", True)]


def test_the_doctor_says_what_to_mend(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    assert room_jobs.calendar_health().is_well
    on_exchange.fault("unavailable")
    assert "PORTAL_EWS_URL" in room_jobs.calendar_health().words
    choice.forget()
    on_exchange.calm()
    on_exchange.fault("unauthorized")
    assert "PORTAL_EWS_PASSWORD" in room_jobs.calendar_health().words
