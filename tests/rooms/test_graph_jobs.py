"""The jobs against the test Graph server: the promise is the same as in Exchange."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.blueprints.rooms import facts, queries
from portal.blueprints.rooms.models import BookingState
from portal.core import jobs
from portal.core.db import transaction
from tests.exchange_server.faults import AFTER, BEFORE, INSTEAD
from tests.factories.rooms import make_room
from tests.graph_server.client import GraphRemote
from tests.graph_server.server import STATUSES
from tests.rooms.conftest import FJELL, FJORD, Worker, book, night, release, state_of

OPERATIONS = ("Token", "GetSchedule", "CreateEvent", "FindEvents", "CancelEvent")
FAULTS = sorted({*BEFORE, *INSTEAD, *AFTER, *STATUSES} - {"unauthorized", "slow", "refused"})


def test_a_room_is_booked_and_given_back(graph_worker: Worker, on_graph: GraphRemote, told: list[object]) -> None:
    booking = book()
    graph_worker.work()
    assert state_of() == BookingState.CONFIRMED
    (meeting,) = on_graph.meetings()
    assert [(a["address"], a["kind"], a["response"]) for a in meeting["attendees"]] == [(FJELL, "Resources", "Accept")]
    assert told == [facts.BookingConfirmed(booking_id=booking.id, purpose="evening:12")]
    release()
    graph_worker.work()
    assert state_of() == BookingState.RELEASED
    assert on_graph.meetings() == []
    assert on_graph.state()["entries"] == []
    assert graph_worker.failures() == []


@pytest.mark.parametrize("kind", FAULTS)
def test_no_fault_at_any_step_loses_or_doubles_a_booking(
    graph_worker: Worker, on_graph: GraphRemote, kind: str
) -> None:
    for operation in OPERATIONS:
        on_graph.fault(kind, operation=operation, seconds=20)
    book()
    graph_worker.work(timedelta(minutes=5))
    graph_worker.sweep()
    assert state_of() == BookingState.CONFIRMED
    assert len(on_graph.meetings()) == 1
    assert len(on_graph.state()["entries"]) == 1
    on_graph.calm()
    for operation in OPERATIONS:
        on_graph.fault(kind, operation=operation, seconds=20)
    release()
    graph_worker.work(timedelta(minutes=5))
    graph_worker.sweep()
    assert state_of() == BookingState.RELEASED
    assert on_graph.meetings() == []
    assert on_graph.state()["entries"] == []
    assert graph_worker.failures() == []


def test_a_room_that_says_no_gives_way_to_the_next(graph_worker: Worker, on_graph: GraphRemote) -> None:
    on_graph.room(FJELL, mode="decline")
    on_graph.room(FJORD, name="Fjord")
    make_room("Fjord", address=FJORD, seats=12)
    book()
    graph_worker.work()
    assert state_of() == BookingState.CONFIRMED
    assert [a["address"] for m in on_graph.meetings() for a in m["attendees"]] == [FJORD]


def test_a_copy_that_somebody_made_in_outlook_is_removed(graph_worker: Worker, on_graph: GraphRemote) -> None:
    book()
    graph_worker.work()
    on_graph.copy(on_graph.meetings()[0]["id"])
    graph_worker.sweep()
    assert len(on_graph.meetings()) == 1
    assert len(on_graph.state()["entries"]) == 1
    assert state_of() == BookingState.CONFIRMED


def test_what_is_moved_in_outlook_is_told_by_the_next_sweep(
    graph_worker: Worker, on_graph: GraphRemote, told: list[object]
) -> None:
    booking = book()
    graph_worker.work()
    graph_worker.sweep()
    there = night(27)
    on_graph.move(on_graph.meetings()[0]["id"], there["starts_at"], there["ends_at"])
    graph_worker.sweep()
    assert facts.BookingMovedOutside(booking_id=booking.id, purpose="evening:12") in told


def test_after_a_refused_sign_in_nobody_knocks_again(graph_worker: Worker, on_graph: GraphRemote) -> None:
    on_graph.fault("unauthorized", operation="FindEvents", times=None)
    on_graph.fault("unauthorized", operation="GetSchedule", times=None)
    on_graph.fault("unauthorized", operation="CalendarView", times=None)
    for day in (26, 27, 28):
        book(f"evening:{day}", **night(day))
    graph_worker.work(timedelta(minutes=50))
    # One call, and the same again with a token that is surely fresh.
    calls = on_graph.state()["calls"]
    assert sum(calls.get(name, 0) for name in ("FindEvents", "GetSchedule", "CalendarView")) == 2
    on_graph.calm()
    graph_worker.work(timedelta(hours=2))
    assert {state_of(f"evening:{day}") for day in (26, 27, 28)} == {BookingState.CONFIRMED}


def test_fetched_rooms_bring_their_size_and_place(graph_worker: Worker, on_graph: GraphRemote) -> None:
    on_graph.room(FJORD, name="Fjord")
    with transaction():
        jobs.enqueue("rooms.take_in")
    graph_worker.work()
    room = queries.find_room_at(FJORD)
    assert room is not None
    assert (room.name, room.seats, room.site, room.floor, room.is_bookable) == ("Fjord", 14, "Bygg B", "2", False)
