"""The jobs against the test Exchange server: whatever goes wrong, nothing is lost and nothing stays doubled."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.rooms import facts, queries, service
from portal.blueprints.rooms import jobs as room_jobs
from portal.blueprints.rooms.adapters import choice
from portal.blueprints.rooms.models import Booking, BookingState, BusySpan, Room
from portal.core import jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.faults import AFTER, BEFORE, INSTEAD
from tests.factories.rooms import make_room
from tests.rooms.conftest import START, Worker, night

FJELL, FJORD = "rom-fjell@example.org", "rom-fjord@example.org"
OPERATIONS = ("GetFolder", "GetUserAvailability", "CreateItem", "FindItem", "GetItem", "DeleteItem")
FAULTS = [kind for kind in BEFORE + INSTEAD + AFTER if kind not in ("unauthorized", "slow")]


@pytest.fixture
def fjell(exchange_worker: Worker, on_exchange: Remote) -> Room:
    on_exchange.room(FJELL, name="Fjell")
    return make_room("Fjell", address=FJELL, seats=8)


@pytest.fixture
def fjord(fjell: Room, on_exchange: Remote) -> Room:
    on_exchange.room(FJORD, name="Fjord")
    return make_room("Fjord", address=FJORD, seats=12)


def book(purpose: str = "evening:12", **values: object) -> Booking:
    with transaction():
        return service.book(purpose=purpose, title="Brettspel", seats=6, **{**night(), **values})


def release(purpose: str = "evening:12") -> None:
    with transaction():
        service.release(purpose)


def state_of(purpose: str = "evening:12") -> BookingState:
    db.session.expire_all()
    booking = queries.booking_of(purpose)
    assert booking is not None
    return BookingState(booking.state)


def kinds(booking: Booking) -> list[str]:
    db.session.expire_all()
    return [str(step.kind) for step in booking.steps]


def test_a_room_is_booked_by_inviting_it_and_waiting_for_its_yes(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    booking = book()
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED
    assert kinds(booking) == ["wished", "tried", "sent", "confirmed"]
    (meeting,) = on_exchange.meetings()
    assert meeting["is_sent"]
    assert [(a["address"], a["kind"], a["response"]) for a in meeting["attendees"]] == [(FJELL, "Resources", "Accept")]
    assert [entry["room"] for entry in on_exchange.state()["entries"]] == [FJELL]
    assert told == [facts.BookingConfirmed(booking_id=booking.id, purpose="evening:12")]
    assert exchange_worker.failures() == []


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_fault_at_any_step_loses_or_doubles_a_booking(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, operation: str, kind: str
) -> None:
    on_exchange.fault(kind, operation=operation, seconds=20)
    book()
    exchange_worker.work(timedelta(minutes=3))
    exchange_worker.sweep()
    assert state_of() == BookingState.CONFIRMED
    assert len(on_exchange.meetings()) == 1
    assert len(on_exchange.state()["entries"]) == 1
    on_exchange.calm()
    on_exchange.fault(kind, operation=operation, seconds=20)
    release()
    exchange_worker.work(timedelta(minutes=3))
    exchange_worker.sweep()
    assert state_of() == BookingState.RELEASED
    assert on_exchange.meetings() == []
    assert on_exchange.state()["entries"] == []
    assert exchange_worker.failures() == []


@pytest.mark.parametrize("seconds", [3, 20, 90])
def test_a_commit_that_comes_late_is_found_and_the_doubled_one_removed(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, seconds: int
) -> None:
    on_exchange.fault("late_commit", operation="CreateItem", seconds=seconds)
    booking = book()
    exchange_worker.work(timedelta(minutes=3))
    exchange_worker.sweep()
    assert state_of() == BookingState.CONFIRMED
    assert len(on_exchange.meetings()) == 1
    assert [entry["uid"] for entry in on_exchange.state()["entries"]] == [on_exchange.meetings()[0]["uid"]]
    assert "doubled" in kinds(booking)


def test_a_long_outage_ends_in_a_booking(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.fault("unavailable", times=None)
    booking = book()
    exchange_worker.work(timedelta(hours=3))
    assert state_of() == BookingState.WISHED
    assert kinds(booking) == ["wished", "tried", "unreachable"]
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=15))
    assert state_of() == BookingState.CONFIRMED


def test_a_declined_booking_goes_to_the_next_room_that_fits(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote, told: list[object]
) -> None:
    on_exchange.room(FJELL, mode="decline")
    first = book()
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED
    second = queries.booking_of("evening:12")
    assert second is not None
    assert (first.room_id, second.room_id) == (fjell.id, fjord.id)
    assert told == [facts.BookingConfirmed(booking_id=second.id, purpose="evening:12")]
    assert [a["address"] for m in on_exchange.meetings() for a in m["attendees"]] == [FJORD]


def test_a_room_taken_in_the_meantime_is_not_even_asked(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    on_exchange.occupy(FJELL, **night())
    first = book()
    exchange_worker.work()
    assert "taken" in kinds(first)
    booking = queries.booking_of("evening:12")
    assert booking is not None
    assert (booking.room_id, booking.state) == (fjord.id, BookingState.CONFIRMED)
    assert on_exchange.state()["calls"]["CreateItem"] == 1


def test_when_every_room_says_no_it_is_told_once(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote, told: list[object]
) -> None:
    for room in (FJELL, FJORD):
        on_exchange.room(room, mode="decline")
    book()
    exchange_worker.work()
    assert state_of() == BookingState.DECLINED
    assert [type(fact) for fact in told] == [facts.BookingDeclined]
    assert on_exchange.meetings() == []


def test_a_declined_night_is_tried_again_when_the_room_comes_round(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    on_exchange.room(FJELL, mode="decline")
    book()
    exchange_worker.work()
    on_exchange.room(FJELL, mode="auto")
    exchange_worker.work(timedelta(hours=7))
    with transaction():
        jobs.enqueue("rooms.fill_gaps")
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED
    assert [type(fact) for fact in told] == [facts.BookingDeclined, facts.BookingConfirmed]


def test_a_late_answer_is_waited_for(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.room(FJELL, mode="late", delay=3 * 3600)
    book()
    exchange_worker.work(timedelta(hours=2))
    assert state_of() == BookingState.SENT
    exchange_worker.work(timedelta(hours=2))
    assert state_of() == BookingState.CONFIRMED


def test_a_room_that_never_answers_is_told_after_a_day_and_still_watched(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    on_exchange.room(FJELL, mode="never")
    booking = book()
    exchange_worker.work(timedelta(hours=25))
    assert state_of() == BookingState.UNKNOWN
    assert told == [facts.BookingUnanswered(booking_id=booking.id, purpose="evening:12")]
    on_exchange.respond(on_exchange.meetings()[0]["id"], FJELL, "Accept")
    exchange_worker.work(timedelta(minutes=20))
    assert state_of() == BookingState.CONFIRMED


def test_a_silent_room_is_believed_when_its_own_calendar_shows_the_meeting(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.room(FJELL, mode="silent")
    booking = book()
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED
    assert "confirmed_by_calendar" in kinds(booking)


def test_after_one_refused_sign_in_nobody_knocks_again(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.fault("unauthorized", times=None)
    book()
    book("evening:13", **night(27))
    with transaction():
        jobs.enqueue("rooms.refresh_busy")
        jobs.enqueue("rooms.reconcile")
    exchange_worker.work(timedelta(minutes=50))
    assert on_exchange.state()["calls"]["refused"] == 1
    on_exchange.calm()
    exchange_worker.work(timedelta(hours=2))
    assert state_of() == BookingState.CONFIRMED
    assert state_of("evening:13") == BookingState.CONFIRMED


def test_a_busy_server_gets_the_rest_it_asks_for(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.fault("busy", seconds=300)
    book()
    exchange_worker.work(timedelta(minutes=4))
    calls = sum(on_exchange.state()["calls"].values())
    assert calls == 1
    exchange_worker.work(timedelta(minutes=4))
    assert state_of() == BookingState.CONFIRMED


def test_one_lost_answer_holds_nobody_else_up(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.fault("lost_answer", operation="CreateItem")
    on_exchange.fault("unavailable", operation="CreateItem")
    for day in (26, 27, 28):
        book(f"evening:{day}", **night(day))
    exchange_worker.work(timedelta(seconds=0.9))
    assert on_exchange.state()["calls"]["CreateItem"] == 3


def test_an_outage_is_not_stormed_and_costs_no_booking_its_turn(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.fault("unavailable", times=None)
    for day in range(24, 31):
        for hour in (8, 12, 16):
            book(f"evening:{day}-{hour}", **night(day, hour))
    exchange_worker.work(timedelta(hours=1))
    assert sum(on_exchange.state()["calls"].values()) < 60
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=6))
    assert {booking.state for booking in db.session.scalars(select(Booking))} == {BookingState.CONFIRMED}


def test_a_meeting_moved_in_outlook_shows_here(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object]
) -> None:
    booking = book()
    exchange_worker.work()
    on_exchange.move(on_exchange.meetings()[0]["id"], **night(27))
    exchange_worker.sweep()
    db.session.refresh(booking)
    assert (booking.starts_at, booking.state) == (night(27)["starts_at"], BookingState.CONFIRMED)
    assert facts.BookingMovedOutside(booking_id=booking.id, purpose="evening:12") in told


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


def test_giving_up_while_the_call_is_under_way_leaves_nothing(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    booking = book()
    steps = room_jobs.reserve(booking.id)
    assert steps is not None
    with transaction():
        call = next(steps)
    answer = call()
    with transaction():
        call = steps.send(answer)
    release()
    exchange_worker.work()
    assert state_of() == BookingState.RELEASED
    answer = call()  # only now does the call get through, and the meeting stands in Exchange
    with transaction(), pytest.raises(StopIteration):
        steps.send(answer)
    exchange_worker.work()
    assert on_exchange.meetings() == []
    assert state_of() == BookingState.RELEASED


def test_a_worker_that_dies_after_the_call_is_taken_over_without_a_second_meeting(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    booking = book()
    steps = room_jobs.reserve(booking.id)
    assert steps is not None
    with transaction():
        call = next(steps)
    answer = call()
    with transaction():
        call = steps.send(answer)
    call()
    steps.close()  # dead before it could write anything down
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED
    assert len(on_exchange.meetings()) == 1
    assert on_exchange.state()["calls"]["CreateItem"] == 1


def test_two_workers_at_the_same_booking_end_with_one_meeting(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    booking = book()
    slow = room_jobs.reserve(booking.id)
    assert slow is not None
    with transaction():
        call = next(slow)
    answer = call()
    with transaction():
        call = slow.send(answer)
    exchange_worker.work(timedelta(seconds=1))  # another worker takes over while the first one's call hangs
    answer = call()
    with transaction():
        slow.close()
    exchange_worker.work()
    exchange_worker.sweep()
    assert state_of() == BookingState.CONFIRMED
    assert len(on_exchange.meetings()) == 1
    assert len(on_exchange.state()["entries"]) == 1


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


def test_nothing_that_was_written_reaches_the_log(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for kind in ("garbage", "soap_fault", "lost_answer"):
        on_exchange.fault(kind, operation="CreateItem")
    with transaction():
        service.book(purpose="evening:12", title="Hemmeleg tittel", seats=6, **night())
    exchange_worker.work(timedelta(minutes=5))
    assert state_of() == BookingState.CONFIRMED
    assert "Hemmeleg" not in caplog.text
    assert "portal-secret" not in caplog.text


def test_the_doctor_says_what_to_mend(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    assert room_jobs.calendar_health().is_well
    on_exchange.fault("unavailable")
    assert "PORTAL_EWS_URL" in room_jobs.calendar_health().words
    choice.forget()
    on_exchange.calm()
    on_exchange.fault("unauthorized")
    assert "PORTAL_EWS_PASSWORD" in room_jobs.calendar_health().words
