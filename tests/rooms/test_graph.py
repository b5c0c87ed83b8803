"""What Graph alone does: tokens, pages, batches of twenty, transactions, changes; and what its refusals come to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal.blueprints.rooms.adapters.graph.calendar import GraphCalendar
from portal.blueprints.rooms.ports import (
    Answer,
    BusyTimes,
    CalendarTrouble,
    CalendarUnavailable,
    OutcomeUnknown,
    SignInRefused,
    Wish,
    WishRefused,
)
from tests.graph_server.client import GraphRemote
from tests.graph_server.server import GraphServer
from tests.rooms.conftest import FJELL, FJORD
from tests.rooms.test_contract import connect_graph

NIGHT = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
WINDOW = {"starts_at": NIGHT - timedelta(days=20), "ends_at": NIGHT + timedelta(days=20)}


@pytest.fixture
def graph(graph_server: GraphServer, graph_remote: GraphRemote) -> GraphCalendar:
    for address in (FJELL, FJORD):
        graph_remote.room(address, name=address.partition("@")[0])
    return connect_graph(graph_server)


def wish(**values: object) -> Wish:
    known = {
        "key": str(uuid4()),
        "uid": f"portal-{uuid4()}@tunet",
        "room_address": FJELL,
        "room_name": "Fjell",
        "title": "Møte (Tunet)",
        "starts_at": NIGHT,
        "ends_at": NIGHT + timedelta(hours=3),
    }
    return Wish(**{**known, **values})  # type: ignore[arg-type]


def calls(remote: GraphRemote, name: str) -> int:
    return int(remote.state()["calls"].get(name, 0))


def test_one_token_serves_an_hour_and_is_renewed_in_time(
    graph: GraphCalendar, graph_remote: GraphRemote, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    for _ in range(3):
        graph.list_rooms()
    assert calls(graph_remote, "Token") == 1
    at(NIGHT + timedelta(minutes=56))
    graph.list_rooms()
    assert calls(graph_remote, "Token") == 2
    assert calls(graph_remote, "refused") == 0


def test_a_token_that_is_taken_back_is_fetched_anew_without_anybody_noticing(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    graph.list_rooms()
    graph_remote.revoke_tokens()
    assert graph.book(wish()).answer is Answer.ACCEPTED
    assert calls(graph_remote, "CreateEvent") == 1
    assert calls(graph_remote, "Token") == 2


def test_a_wrong_secret_is_tried_once_however_many_ask_at_once(
    graph_server: GraphServer, graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    stranger = connect_graph(graph_server, secret="wrong")

    def ask(_: int) -> str:
        with pytest.raises(SignInRefused) as refusal:
            stranger.find("x")
        return str(refusal.value)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(16))) == {"AADSTS7000215"}
    assert calls(graph_remote, "refused") == 1


def test_a_tenant_that_takes_no_token_of_ours_is_left_in_peace(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    graph_remote.fault("unauthorized", operation="FindEvents", times=None)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            graph.find("x")
    assert calls(graph_remote, "FindEvents") == 2


def test_fifty_rooms_are_asked_for_twenty_at_a_time_and_broken_ones_spoil_nothing(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    rooms = [f"rom-{number}@example.org" for number in range(50)]
    broken = {7: "ErrorMailRecipientNotFound", 20: "ErrorNoFreeBusyAccess", 49: "ErrorSomethingNobodyHasSeen"}
    for number, address in enumerate(rooms):
        graph_remote.room(address, name=address, broken=broken.get(number, ""))
        graph_remote.occupy(address, NIGHT, NIGHT + timedelta(minutes=number + 5))
    seen = graph.free_busy(rooms, starts_at=NIGHT - timedelta(days=1), ends_at=NIGHT + timedelta(days=13))
    assert calls(graph_remote, "GetSchedule") == 3
    assert [busy.address for busy in seen] == rooms
    assert {number: busy.problem for number, busy in enumerate(seen) if busy.problem} == broken
    for number, busy in enumerate(seen):
        if not busy.problem:
            assert [(s.starts_at, s.ends_at) for s in busy.spans] == [(NIGHT, NIGHT + timedelta(minutes=number + 5))]


def test_a_room_that_makes_the_whole_question_wrong_is_found_and_told_alone(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    graph_remote.occupy(FJORD, NIGHT, NIGHT + timedelta(hours=1))
    seen = graph.free_busy([FJELL, "no address", FJORD], starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=3))
    assert [(busy.address, busy.problem, len(busy.spans)) for busy in seen] == [
        (FJELL, "", 0),
        ("no address", "ErrorInvalidParameter", 0),
        (FJORD, "", 1),
    ]


def test_what_is_free_for_others_is_free_and_five_minutes_can_be_asked_for(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    for busy, minutes in (("Free", 0), ("WorkingElsewhere", 5), ("Tentative", 10), ("OOF", 15)):
        first = NIGHT + timedelta(minutes=minutes)
        graph_remote.occupy(FJELL, first, first + timedelta(minutes=5), busy=busy)
    found = [
        bool(graph.free_busy([FJELL], starts_at=first, ends_at=first + timedelta(minutes=5))[0].spans)
        for first in (NIGHT + timedelta(minutes=minutes) for minutes in (0, 5, 10, 15))
    ]
    assert found == [False, False, True, True]


def test_the_same_booking_sent_again_is_the_same_meeting(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    first = wish()
    made = graph.book(first)
    again = graph.book(replace(first, uid="portal-2@tunet"))
    assert (again.remote_id, again.uid) == (made.remote_id, made.uid)
    assert len(graph_remote.meetings()) == 1


def test_a_booking_that_was_made_with_other_words_is_found_and_not_made_twice(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    first = wish()
    made = graph.book(first)
    assert graph.book(replace(first, title="Brettspel")).remote_id == made.remote_id
    assert len(graph_remote.meetings()) == 1


def test_a_booking_whose_meeting_somebody_removed_can_be_made_anew(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    first = wish()
    graph_remote.delete(graph.book(first).remote_id)
    assert graph.book(first).answer is Answer.ACCEPTED
    assert [meeting.key for meeting in graph.find(first.key)] == [first.key]


def test_a_commit_that_comes_late_makes_no_double(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    first = wish()
    graph_remote.fault("late_commit", operation="CreateEvent", seconds=30)
    with pytest.raises(OutcomeUnknown):
        graph.book(first)
    graph.book(first)
    graph_remote.advance(60)
    assert len(graph.find(first.key)) == 1


OUTCOMES = {
    "soap_fault": OutcomeUnknown,
    "unavailable": OutcomeUnknown,
    "gateway": OutcomeUnknown,
    "conflict": OutcomeUnknown,
    "garbage": OutcomeUnknown,
    "garbage_after": OutcomeUnknown,
    "reset": OutcomeUnknown,
    "lost_answer": OutcomeUnknown,
    "late_commit": OutcomeUnknown,
    "refused": WishRefused,
    "busy": CalendarUnavailable,
    "forbidden": CalendarUnavailable,
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_each_refusal_of_a_booking_comes_to_what_it_is(
    graph: GraphCalendar, graph_remote: GraphRemote, kind: str
) -> None:
    graph_remote.fault(kind, operation="CreateEvent")
    with pytest.raises(CalendarTrouble) as trouble:
        graph.book(wish())
    assert type(trouble.value) is OUTCOMES[kind]


@pytest.mark.parametrize("kind", ["soap_fault", "unavailable", "busy", "reset", "garbage", "lost_answer", "forbidden"])
@pytest.mark.parametrize("operation", ["Token", "FindEvents"])
def test_a_question_that_fails_changes_nothing_and_can_be_asked_again(
    graph: GraphCalendar, graph_remote: GraphRemote, operation: str, kind: str, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    graph_remote.fault(kind, operation=operation)
    with pytest.raises(CalendarUnavailable):
        graph.find("x")
    at(NIGHT + timedelta(hours=2))
    assert list(graph.find("x")) == []


def test_when_no_token_can_be_had_a_booking_is_not_in_doubt(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    for kind in ("lost_answer", "soap_fault", "garbage"):
        graph_remote.fault(kind, operation="Token")
        with pytest.raises(CalendarUnavailable):
            graph.book(wish())
    assert calls(graph_remote, "CreateEvent") == 0


def test_nobody_at_the_address_leaves_no_doubt(graph_server: GraphServer, graph: GraphCalendar) -> None:
    nobody = connect_graph(graph_server, url="http://127.0.0.1:9")
    with pytest.raises(CalendarUnavailable):
        nobody.book(wish())


def test_the_rest_that_graph_asks_for_is_kept_to_the_second(
    graph: GraphCalendar, graph_remote: GraphRemote, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    graph_remote.fault("busy", operation="FindEvents", seconds=90)
    with pytest.raises(CalendarUnavailable) as trouble:
        graph.find("x")
    assert trouble.value.wait == timedelta(seconds=90)
    at(NIGHT + timedelta(seconds=89))
    with pytest.raises(CalendarUnavailable) as trouble:
        graph.book(wish())
    assert not trouble.value.was_asked
    assert calls(graph_remote, "FindEvents") == 1
    at(NIGHT + timedelta(seconds=90))
    assert graph.book(wish()).answer is Answer.ACCEPTED


def test_no_calendar_can_ask_for_a_rest_of_a_week(
    graph: GraphCalendar, graph_remote: GraphRemote, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    graph_remote.fault("busy", operation="FindEvents", seconds=604800)
    with pytest.raises(CalendarUnavailable) as trouble:
        graph.find("x")
    assert trouble.value.wait == timedelta(hours=1)
    at(NIGHT + timedelta(hours=1))
    assert list(graph.find("x")) == []


def test_no_more_than_four_calls_run_at_once(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    graph.list_rooms()
    graph_remote.fault("slow", operation="FindEvents", times=None, seconds=0.02)
    with ThreadPoolExecutor(12) as pool:
        assert all(list(found) == [] for found in pool.map(graph.find, [str(uuid4()) for _ in range(24)]))
    assert calls(graph_remote, "too many at once") == 0


def test_a_meeting_that_cannot_be_cancelled_is_deleted_and_the_room_is_told(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    made = graph.book(wish())
    graph_remote.fault("refused", operation="CancelEvent")
    graph.cancel(made)
    assert graph_remote.meetings() == []
    assert graph_remote.state()["entries"] == []


def test_many_pages_are_all_read(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    graph_remote.limit(page=2)
    made = [
        graph.book(wish(starts_at=NIGHT + timedelta(hours=4 * n), ends_at=NIGHT + timedelta(hours=4 * n + 3)))
        for n in range(5)
    ]
    assert [meeting.key for meeting in graph.meetings(**WINDOW)] == [meeting.key for meeting in made]
    for number in range(5):
        graph_remote.room(f"rom-{number}@example.org", name=str(number))
    assert len(graph.list_rooms()) == 7


def test_a_link_that_leads_elsewhere_is_not_followed(
    graph_server: GraphServer, graph: GraphCalendar, graph_remote: GraphRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph_remote.limit(page=1)
    graph.find("x")
    monkeypatch.setattr(GraphServer, "base", "http://127.0.0.1:9")
    with pytest.raises(CalendarUnavailable, match="LinkElsewhere"):
        graph.list_rooms()


def test_what_changes_in_outlook_is_told_without_asking_for_everything(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    first = graph.book(wish())
    second = graph.book(wish(room_address=FJORD))
    graph_remote.appointment(NIGHT.isoformat(), (NIGHT + timedelta(hours=1)).isoformat())
    assert len(graph.meetings(**WINDOW)) == 2
    later = NIGHT + timedelta(days=1)
    graph_remote.move(first.remote_id, later, later + timedelta(hours=2))
    graph_remote.delete(second.remote_id)
    (moved,) = graph.meetings(**WINDOW)
    assert (moved.key, moved.starts_at, moved.ends_at) == (first.key, later, later + timedelta(hours=2))
    graph_remote.copy(first.remote_id)
    graph_remote.appointment(NIGHT.isoformat(), (NIGHT + timedelta(hours=1)).isoformat())
    assert [meeting.key for meeting in graph.meetings(**WINDOW)] == [first.key, first.key]
    assert calls(graph_remote, "CalendarView") == 1
    assert calls(graph_remote, "Delta") == 3
    assert calls(graph_remote, "GetEvent") == 2


def test_when_graph_forgets_since_when_we_ask_everything_is_asked_for(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    made = graph.book(wish())
    graph.meetings(**WINDOW)
    graph_remote.delete(made.remote_id)
    graph_remote.forget_changes()
    assert graph.meetings(**WINDOW) == []
    assert calls(graph_remote, "CalendarView") == 2


def test_after_an_hour_everything_is_asked_for_again(
    graph: GraphCalendar, graph_remote: GraphRemote, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    for minutes in (0, 2, 59, 61):
        at(NIGHT + timedelta(minutes=minutes))
        graph.meetings(**WINDOW)
    assert calls(graph_remote, "CalendarView") == 2


def test_a_listing_that_breaks_off_loses_no_change(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    made = graph.book(wish())
    graph.meetings(**WINDOW)
    graph_remote.delete(made.remote_id)
    graph_remote.fault("lost_answer", operation="Delta", times=3)
    with pytest.raises(CalendarUnavailable):
        graph.meetings(**WINDOW)
    assert graph.meetings(**WINDOW) == []


@pytest.mark.parametrize("kind", ["unavailable", "soap_fault", "reset", "garbage"])
@pytest.mark.parametrize("operation", ["Delta", "CalendarView"])
def test_an_accident_in_the_middle_does_not_cost_the_whole_listing(
    graph: GraphCalendar, graph_remote: GraphRemote, operation: str, kind: str
) -> None:
    made = graph.book(wish())
    graph_remote.fault(kind, operation=operation, times=2)
    assert [meeting.key for meeting in graph.meetings(**WINDOW)] == [made.key]


def test_a_meeting_made_into_a_series_is_not_taken_for_doubled(graph: GraphCalendar, graph_remote: GraphRemote) -> None:
    made = graph.book(wish())
    graph.meetings(**WINDOW)
    graph_remote.repeat(made.remote_id)
    assert len(graph.meetings(**WINDOW)) <= 1
    graph_remote.forget_changes()
    assert len(graph.meetings(**WINDOW)) <= 1
    assert [meeting.remote_id for meeting in graph.find(made.key)] == [made.remote_id]


def test_a_colleague_who_is_added_in_outlook_does_not_answer_for_the_room(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    made = graph.book(wish())
    graph_remote.invite_person(made.remote_id, "anne@example.org", "Decline")
    (found,) = graph.find(made.key)
    assert found.answer is Answer.ACCEPTED
    assert found.room_addresses == (FJELL,)


def test_a_meeting_made_into_a_whole_day_is_that_day_in_the_house(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    made = graph.book(wish())
    midnight = NIGHT.replace(hour=0)
    graph_remote.move(made.remote_id, midnight, midnight + timedelta(days=1))
    graph_remote.make_whole_day(made.remote_id)
    (found,) = graph.find(made.key)
    assert found.starts_at == datetime(2026, 12, 2, 23, 0, tzinfo=UTC)
    assert found.ends_at - found.starts_at == timedelta(days=1)


def test_nothing_that_was_said_is_in_the_log_or_in_a_trouble(
    graph: GraphCalendar, graph_remote: GraphRemote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for kind in ("soap_fault", "lost_answer", "garbage", "refused", "forbidden"):
        graph_remote.fault(kind, operation="CreateEvent")
        with pytest.raises(CalendarTrouble) as trouble:
            graph.book(wish(title="Samtale med Kari"))
        said = f"{trouble.value!r} {trouble.value.__cause__!r} {caplog.text}"
        assert not any(word in said for word in ("Kari", FJELL, "token-", "graph-secret"))


def test_a_room_nobody_tells_about_is_a_problem_and_no_free_room(
    graph: GraphCalendar, graph_remote: GraphRemote
) -> None:
    seen = graph.free_busy(["rom-ukjend@example.org"], starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=1))
    assert seen == [BusyTimes(address="rom-ukjend@example.org", problem="ErrorMailRecipientNotFound")]
