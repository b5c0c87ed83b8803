"""What the Exchange adapter promises beyond the contract, each from what was measured against real servers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal.blueprints.rooms.adapters.breaker import Breaker
from portal.blueprints.rooms.adapters.door import Door
from portal.blueprints.rooms.adapters.exchange.calendar import ExchangeCalendar
from portal.blueprints.rooms.adapters.exchange.connection import Connection
from portal.blueprints.rooms.adapters.invited import Invited, answer_of, rooms_among
from portal.blueprints.rooms.ports import (
    Answer,
    CalendarTrouble,
    CalendarUnavailable,
    OutcomeUnknown,
    SignInRefused,
    Wish,
    WishRefused,
)
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer
from tests.rooms.conftest import FJELL, FJORD
from tests.rooms.test_contract import connect

NIGHT = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
WINDOW = {"starts_at": NIGHT - timedelta(days=90), "ends_at": NIGHT + timedelta(days=90)}
FIFTY = [f"rom-{number}@example.org" for number in range(50)]


@pytest.fixture
def exchange(exchange_server: ExchangeServer, remote: Remote) -> ExchangeCalendar:
    for address in (FJELL, FJORD):
        remote.room(address, name=address.partition("@")[0])
    return connect(exchange_server)


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


def calls(remote: Remote, name: str) -> int:
    return int(remote.state()["calls"].get(name, 0))


def furnish(remote: Remote, broken: dict[int, str]) -> None:
    for number, address in enumerate(FIFTY):
        remote.room(address, name=address, broken=broken.get(number, ""))
        remote.occupy(address, NIGHT, NIGHT + timedelta(minutes=number + 5))


def look(exchange: ExchangeCalendar) -> dict[int, str]:
    """Look at fifty rooms for a fortnight, see that every whole one is right, and give the broken ones."""
    seen = exchange.free_busy(FIFTY, starts_at=NIGHT - timedelta(days=1), ends_at=NIGHT + timedelta(days=13))
    assert [busy.address for busy in seen] == FIFTY
    for number, busy in enumerate(seen):
        if not busy.problem:
            assert [(s.starts_at, s.ends_at) for s in busy.spans] == [(NIGHT, NIGHT + timedelta(minutes=number + 5))]
    return {number: busy.problem for number, busy in enumerate(seen) if busy.problem}


def test_fifty_rooms_for_a_fortnight_are_one_call(exchange: ExchangeCalendar, remote: Remote) -> None:
    furnish(remote, {})
    assert look(exchange) == {}
    assert remote.state()["calls"] == {"GetUserAvailability": 1}


def test_three_broken_mailboxes_spoil_nothing_and_cost_no_call(exchange: ExchangeCalendar, remote: Remote) -> None:
    broken = {0: "ErrorMailRecipientNotFound", 24: "ErrorNoFreeBusyAccess", 49: "ErrorProxyRequestProcessingFailed"}
    furnish(remote, broken)
    assert look(exchange) == broken
    assert calls(remote, "GetUserAvailability") == 1


def test_a_code_nobody_knows_stands_in_its_rooms_place_too(exchange: ExchangeCalendar, remote: Remote) -> None:
    broken = {7: "ErrorNobodyHasSeenThis", 8: "ErrorServerBusy", 9: "ErrorMailboxStoreUnavailable"}
    furnish(remote, broken)
    assert look(exchange) == broken
    assert calls(remote, "GetUserAvailability") == 1


def test_when_all_rooms_say_that_the_server_is_busy_it_is_left_in_peace(
    exchange: ExchangeCalendar, remote: Remote
) -> None:
    furnish(remote, dict.fromkeys(range(50), "ErrorServerBusy"))
    for _ in range(3):
        with pytest.raises(CalendarUnavailable) as trouble:
            look(exchange)
        assert trouble.value.wait is not None
    assert calls(remote, "GetUserAvailability") == 1


def test_a_room_that_makes_the_whole_answer_unreadable_costs_one_round_of_single_calls_and_is_remembered(
    exchange: ExchangeCalendar, remote: Remote
) -> None:
    furnish(remote, {7: "unreadable"})
    assert look(exchange) == {7: "AttributeError"}
    assert calls(remote, "GetUserAvailability") == 1 + 50
    assert look(exchange) == {7: "AttributeError"}
    assert calls(remote, "GetUserAvailability") == 51 + 2
    remote.room(FIFTY[7], broken="")
    for _ in range(2):
        assert look(exchange) == {}
    assert calls(remote, "GetUserAvailability") == 53 + 2 + 1


def test_an_outage_is_not_taken_for_a_broken_room(exchange: ExchangeCalendar, remote: Remote) -> None:
    furnish(remote, {})
    for kind in ("garbage", "unavailable", "soap_fault", "lost_answer"):
        remote.fault(kind, operation="GetUserAvailability")
        with pytest.raises(CalendarUnavailable):
            look(exchange)
    assert calls(remote, "GetUserAvailability") == 4


def test_five_minutes_can_be_asked_for(exchange: ExchangeCalendar, remote: Remote) -> None:
    remote.occupy(FJELL, NIGHT, NIGHT + timedelta(minutes=5))
    (busy,) = exchange.free_busy([FJELL], starts_at=NIGHT, ends_at=NIGHT + timedelta(minutes=5))
    assert len(busy.spans) == 1


def test_a_wrong_password_is_tried_once_however_many_ask_at_once(
    exchange_server: ExchangeServer, exchange: ExchangeCalendar, remote: Remote
) -> None:
    stranger = ExchangeCalendar(
        Connection(url=exchange_server.url, user="portal", password="wrong", mailbox=exchange_server.mailbox)
    )

    def ask(_: int) -> None:
        with pytest.raises(SignInRefused):
            stranger.find("x")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(16)))
    assert calls(remote, "refused") == 1


def test_no_more_calls_run_at_once_than_the_settings_say() -> None:
    door, inside, most = Door(Breaker(), most=3), [0, 0], threading.Lock()
    door.note_success()

    def call(_: int) -> None:
        with door.enter():
            with most:
                inside[0] += 1
                inside[1] = max(inside)
            pause.wait(0.01)
            with most:
                inside[0] -= 1

    pause = threading.Event()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(call, range(36)))
    assert inside == [0, 3]


def test_whoever_waits_too_long_for_a_place_is_told_so_and_nothing_was_asked() -> None:
    door = Door(Breaker(), most=1, patience=0.01)
    with door.enter(), pytest.raises(CalendarUnavailable) as trouble, door.enter():
        pass
    assert not trouble.value.was_asked
    with door.enter():
        pass


def test_exchangelib_opens_no_more_connections_than_the_settings_say(exchange_server: ExchangeServer) -> None:
    place = Connection(
        url=exchange_server.url, user="portal-2", password="x", mailbox=exchange_server.mailbox, connections=2
    )
    assert ExchangeCalendar(place)._signed_in().protocol._session_pool_maxsize == 2


def test_the_rest_that_exchange_asks_for_is_kept_to_the_second(
    exchange: ExchangeCalendar, remote: Remote, at: Callable[[datetime], None]
) -> None:
    at(NIGHT)
    remote.fault("busy", operation="CreateItem", seconds=90)
    with pytest.raises(OutcomeUnknown):
        exchange.book(wish())
    at(NIGHT + timedelta(seconds=89))
    with pytest.raises(CalendarUnavailable) as trouble:
        exchange.find("x")
    assert not trouble.value.was_asked
    at(NIGHT + timedelta(seconds=90))
    assert list(exchange.find("x")) == []


OUTCOMES = {
    "ErrorAccessDenied": CalendarUnavailable,
    "ErrorQuotaExceeded": CalendarUnavailable,
    "ErrorNonExistentMailbox": CalendarUnavailable,
    "ErrorMailboxMoveInProgress": OutcomeUnknown,
    "ErrorMailboxStoreUnavailable": OutcomeUnknown,
    "ErrorInternalServerError": OutcomeUnknown,
    "ErrorTimeoutExpired": OutcomeUnknown,
    "ErrorNobodyHasSeenThis": OutcomeUnknown,
    "ErrorInvalidRecipients": WishRefused,
    "ErrorCalendarDurationIsTooLong": WishRefused,
}


@pytest.mark.parametrize("code", OUTCOMES)
def test_each_refusal_of_a_booking_comes_to_what_it_is(exchange: ExchangeCalendar, remote: Remote, code: str) -> None:
    remote.fault("soap_fault", operation="CreateItem", code=code)
    with pytest.raises(CalendarTrouble) as trouble:
        exchange.book(wish())
    assert type(trouble.value) is OUTCOMES[code]


def test_what_changes_in_outlook_is_told_without_asking_for_everything(
    exchange: ExchangeCalendar, remote: Remote
) -> None:
    first, second = exchange.book(wish()), exchange.book(wish(room_address=FJORD))
    assert [meeting.answer for meeting in exchange.meetings(**WINDOW)] == [Answer.ACCEPTED, Answer.ACCEPTED]
    before = remote.state()["calls"]
    later = NIGHT + timedelta(days=1)
    remote.move(first.remote_id, later, later + timedelta(hours=2))
    remote.delete(second.remote_id)
    (moved,) = exchange.meetings(**WINDOW)
    assert (moved.key, moved.starts_at, moved.ends_at) == (first.key, later, later + timedelta(hours=2))
    third = exchange.book(wish(starts_at=NIGHT + timedelta(days=9), ends_at=NIGHT + timedelta(days=9, hours=1)))
    assert [meeting.key for meeting in exchange.meetings(**WINDOW)] == [first.key, third.key]
    assert [meeting.key for meeting in exchange.meetings(**WINDOW)] == [first.key, third.key]
    after = remote.state()["calls"]
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert grown == {"SyncFolderItems": 3, "GetItem": 2, "CreateItem": 1}


def test_when_exchange_forgets_since_when_we_ask_everything_is_asked_for(
    exchange: ExchangeCalendar, remote: Remote
) -> None:
    made = exchange.book(wish())
    exchange.meetings(**WINDOW)
    remote.delete(made.remote_id)
    remote.forget_changes()
    assert exchange.meetings(**WINDOW) == []
    exchange.book(wish())
    assert len(exchange.meetings(**WINDOW)) == 1


def test_after_an_hour_everything_is_asked_for_again(
    exchange: ExchangeCalendar, remote: Remote, at: Callable[[datetime], None]
) -> None:
    looks = []
    for minutes in (0, 2, 59, 61):
        at(NIGHT + timedelta(minutes=minutes))
        exchange.meetings(**WINDOW)
        looks.append(calls(remote, "FindItem"))
    assert looks[0] == looks[1] == looks[2] < looks[3]


def test_a_listing_that_breaks_off_loses_no_change(exchange: ExchangeCalendar, remote: Remote) -> None:
    made = exchange.book(wish())
    exchange.meetings(**WINDOW)
    later = NIGHT + timedelta(days=1)
    remote.move(made.remote_id, later, later + timedelta(hours=2))
    for operation in ("SyncFolderItems", "GetItem"):
        remote.fault("lost_answer", operation=operation, times=3)
        with pytest.raises(CalendarUnavailable):
            exchange.meetings(**WINDOW)
    assert [meeting.starts_at for meeting in exchange.meetings(**WINDOW)] == [later]


@pytest.mark.parametrize("kind", ["unavailable", "soap_fault", "reset", "garbage"])
@pytest.mark.parametrize("operation", ["SyncFolderItems", "FindItem", "GetItem"])
def test_an_accident_in_the_middle_does_not_cost_the_whole_listing(
    exchange: ExchangeCalendar, remote: Remote, operation: str, kind: str
) -> None:
    made = exchange.book(wish())
    remote.fault(kind, operation=operation, times=2)
    assert [meeting.key for meeting in exchange.meetings(**WINDOW)] == [made.key]


def test_a_meeting_made_into_a_series_is_not_taken_for_doubled(exchange: ExchangeCalendar, remote: Remote) -> None:
    made = exchange.book(wish())
    exchange.meetings(**WINDOW)
    remote.repeat(made.remote_id)
    assert len(exchange.meetings(**WINDOW)) <= 1
    remote.forget_changes()
    assert len(exchange.meetings(**WINDOW)) <= 1
    assert [meeting.remote_id for meeting in exchange.find(made.key)] == [made.remote_id]


def test_a_colleague_who_is_added_in_outlook_does_not_answer_for_the_room(
    exchange: ExchangeCalendar, remote: Remote
) -> None:
    made = exchange.book(wish())
    remote.invite_person(made.remote_id, "anne@example.org", "Decline")
    (found,) = exchange.find(made.key)
    assert found.answer is Answer.ACCEPTED
    assert found.room_addresses == (FJELL,)


def test_a_room_handed_back_among_the_people_is_known_by_its_address() -> None:
    room = Invited(address=FJELL, is_resource=False, answer=Answer.WAITING)
    person = Invited(address="anne@example.org", is_resource=False, answer=Answer.ACCEPTED)
    assert rooms_among([person, room], {FJELL}) == [room]
    assert rooms_among([person, room], ()) == [person, room]
    assert answer_of([room]) is Answer.WAITING
    assert answer_of([person, Invited(address=FJORD, is_resource=True, answer=Answer.DECLINED)]) is Answer.DECLINED


def test_exchangelib_says_nothing_of_what_was_sent(
    exchange: ExchangeCalendar, remote: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for kind in ("soap_fault", "garbage", "garbage_after", "lost_answer", "unavailable"):
        remote.fault(kind, operation="CreateItem")
        with pytest.raises(CalendarTrouble) as trouble:
            exchange.book(wish(title="Samtale med Kari"))
        said = f"{trouble.value!r} {trouble.value.__cause__!r} {caplog.text}"
        assert not any(word in said for word in ("Kari", FJELL, "portal-secret"))


def test_a_connection_shows_no_password() -> None:
    assert "hunter2" not in repr(Connection(url="x", user="x", password="hunter2", mailbox="x"))
