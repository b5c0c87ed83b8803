"""The jobs against the test Exchange server: whatever goes wrong, nothing is lost and nothing stays doubled."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.rooms import facts, queries, service
from portal.blueprints.rooms import jobs as room_jobs
from portal.blueprints.rooms.models import Booking, BookingState, Room
from portal.core import jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.faults import AFTER, BEFORE, INSTEAD
from tests.rooms.conftest import FJELL, FJORD, Worker, book, kinds, night, release, state_of

OPERATIONS = ("GetFolder", "GetUserAvailability", "CreateItem", "FindItem", "GetItem", "DeleteItem")
FAULTS = [kind for kind in BEFORE + INSTEAD + AFTER if kind not in ("unauthorized", "slow")]


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


@pytest.mark.parametrize("operation", ["GetUserAvailability", "FindItem", "GetItem"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_silent_room_is_believed_also_when_the_first_call_went_wrong(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, operation: str, kind: str
) -> None:
    on_exchange.room(FJELL, mode="silent")
    on_exchange.fault(kind, operation=operation, times=2, seconds=20)
    book()
    exchange_worker.work(timedelta(minutes=3))
    assert state_of() == BookingState.CONFIRMED
    assert len(on_exchange.meetings()) == 1


def test_a_room_taken_since_a_call_that_went_wrong_is_not_asked(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote
) -> None:
    on_exchange.fault("unavailable", operation="GetUserAvailability")
    on_exchange.occupy(FJELL, **night())
    first = book()
    exchange_worker.work(timedelta(minutes=3))
    assert "taken" in kinds(first)
    booking = queries.booking_of("evening:12")
    assert booking is not None
    assert (booking.room_id, booking.state) == (fjord.id, BookingState.CONFIRMED)


@pytest.mark.parametrize("mode", ["auto", "silent"])
def test_a_no_to_a_copy_is_a_no_to_the_meeting(
    exchange_worker: Worker, fjell: Room, fjord: Room, on_exchange: Remote, mode: str
) -> None:
    on_exchange.fault("twice", operation="CreateItem")
    on_exchange.room(FJELL, mode=mode, answers=["yes", "no"])
    book()
    exchange_worker.work(timedelta(minutes=3))
    exchange_worker.sweep()
    booking = queries.booking_of("evening:12")
    assert booking is not None
    assert (booking.room_id, booking.state) == (fjord.id, BookingState.CONFIRMED)
    assert [(entry["room"], entry["uid"]) for entry in on_exchange.state()["entries"]] == [
        (FJORD, meeting["uid"]) for meeting in on_exchange.meetings()
    ]


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
            book(f"evening:{day * 100 + hour}", **night(day, hour))
    exchange_worker.work(timedelta(hours=1))
    assert sum(on_exchange.state()["calls"].values()) < 60
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=6))
    assert {booking.state for booking in db.session.scalars(select(Booking))} == {BookingState.CONFIRMED}


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
