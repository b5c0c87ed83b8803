"""One suite that every calendar has to pass: embedded, Exchange and Graph at the test servers, and any other server.

With EWS_TEST_URL, EWS_TEST_USER, EWS_TEST_PASSWORD and EWS_TEST_ROOMS (and EWS_TEST_MAILBOX, EWS_TEST_CA,
EWS_TEST_AUTH) it runs against any Exchange server; with GRAPH_TEST_TENANT, GRAPH_TEST_CLIENT, GRAPH_TEST_SECRET,
GRAPH_TEST_MAILBOX and GRAPH_TEST_ROOMS (and GRAPH_TEST_URL, GRAPH_TEST_AUTHORITY) against any tenant. Two rooms are
needed, comma between. It leaves nothing behind.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pytest_socket import socket_allow_hosts

from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.adapters.exchange.calendar import ExchangeCalendar
from portal.blueprints.rooms.adapters.exchange.connection import Connection
from portal.blueprints.rooms.adapters.graph.calendar import GraphCalendar
from portal.blueprints.rooms.adapters.graph.line import Connection as GraphConnection
from portal.blueprints.rooms.ports import Answer, CalendarTrouble, Meeting, RoomCalendar, Wish
from portal.core.db import transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer
from tests.factories.rooms import make_room
from tests.graph_server.client import GraphRemote
from tests.graph_server.server import GraphServer

EWS, GRAPH = "EWS_TEST_URL" in os.environ, "GRAPH_TEST_TENANT" in os.environ
Doubling = Callable[[Wish], None]


class Bench:
    """A calendar under test with two rooms in it."""

    def __init__(
        self, calendar: RoomCalendar, rooms: list[str], *, double: Doubling | None = None, is_external: bool = False
    ) -> None:
        self.calendar = calendar
        self.rooms = rooms
        self.is_external = is_external
        self._double = double
        self._made: list[str] = []
        # Its own day for every test, so that another server may keep what earlier runs left.
        self.day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(
            days=20 + uuid4().int % 100
        )

    def wish(self, room: int = 0, *, hour: int = 0, key: str = "") -> Wish:
        key = key or str(uuid4())
        self._made.append(key)
        return Wish(
            key=key,
            uid=f"portal-{uuid4()}@tunet",
            room_address=self.rooms[room],
            room_name="Fjell",
            title="Contract",
            starts_at=self.day + timedelta(hours=hour),
            ends_at=self.day + timedelta(hours=hour + 2),
        )

    def double(self, wish: Wish) -> None:
        """Let there be a second meeting with the same key: a call that was repeated, or somebody's copy."""
        if self._double is None:
            self.calendar.book(replace(wish, uid=f"portal-{uuid4()}@tunet"))
        else:
            self._double(wish)

    def answer(self, key: str) -> Meeting:
        """Wait for the room, as the watch job does."""
        for wait in (0, 0.2, 0.5, 1, 2, 4, 8):
            time.sleep(wait if self.is_external else 0)
            meetings = self.calendar.find(key)
            if meetings and meetings[0].answer is not Answer.WAITING:
                return meetings[0]
        raise AssertionError("the room has not answered")

    def clean(self) -> None:
        for key in self._made:
            for meeting in self.calendar.find(key):
                self.calendar.cancel(meeting)


@pytest.fixture(
    params=[
        "embedded",
        "exchange",
        "graph",
        pytest.param("ews", marks=pytest.mark.skipif(not EWS, reason="no EWS_TEST_URL")),
        pytest.param("tenant", marks=pytest.mark.skipif(not GRAPH, reason="no GRAPH_TEST_TENANT")),
    ]
)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench: Bench = request.getfixturevalue(f"{request.param}_bench")
    yield bench
    bench.clean()


@pytest.fixture
def embedded_bench(session: object) -> Bench:
    with transaction():
        rooms = [make_room("Fjell").address, make_room("Fjord").address]
    return Bench(EmbeddedCalendar(), rooms)


@pytest.fixture
def exchange_bench(exchange_server: ExchangeServer, remote: Remote) -> Bench:
    rooms = ["rom-fjell@example.org", "rom-fjord@example.org"]
    for room in rooms:
        remote.room(room, name=room.split("@")[0])
    return Bench(connect(exchange_server), rooms)


@pytest.fixture
def graph_bench(graph_server: GraphServer, graph_remote: GraphRemote) -> Bench:
    rooms = ["rom-fjell@example.org", "rom-fjord@example.org"]
    for room in rooms:
        graph_remote.room(room, name=room.split("@")[0])
    calendar = connect_graph(graph_server)
    return Bench(calendar, rooms, double=lambda wish: graph_remote.copy(calendar.find(wish.key)[0].remote_id))


def let_out_to(*addresses: str) -> None:
    """Let this test talk to other machines than this one."""
    socket_allow_hosts([urlsplit(address).hostname or "" for address in addresses], allow_unix_socket=True)


@pytest.fixture
def ews_bench() -> Bench:
    environment = os.environ
    let_out_to(environment["EWS_TEST_URL"])
    calendar = ExchangeCalendar(
        Connection(
            url=environment["EWS_TEST_URL"],
            user=environment["EWS_TEST_USER"],
            password=environment["EWS_TEST_PASSWORD"],
            mailbox=environment.get("EWS_TEST_MAILBOX", environment["EWS_TEST_USER"]),
            ca=environment.get("EWS_TEST_CA", ""),
            auth=environment.get("EWS_TEST_AUTH", "basic"),
        )
    )
    return Bench(calendar, environment["EWS_TEST_ROOMS"].lower().split(","), is_external=True)


@pytest.fixture
def tenant_bench() -> Bench:
    environment = os.environ
    places = {
        name: environment[f"GRAPH_TEST_{name.upper()}"]
        for name in ("url", "authority")
        if f"GRAPH_TEST_{name.upper()}" in environment
    }
    let_out_to(*{"url": GraphConnection.url, "authority": GraphConnection.authority, **places}.values())
    calendar = GraphCalendar(
        GraphConnection(
            tenant=environment["GRAPH_TEST_TENANT"],
            client=environment["GRAPH_TEST_CLIENT"],
            secret=environment["GRAPH_TEST_SECRET"],
            mailbox=environment["GRAPH_TEST_MAILBOX"],
            **places,
        )
    )

    def double(wish: Wish) -> None:
        pytest.skip("Graph makes no doubles; somebody would have to copy the meeting in Outlook")

    return Bench(calendar, environment["GRAPH_TEST_ROOMS"].lower().split(","), double=double, is_external=True)


def connect(server: ExchangeServer) -> ExchangeCalendar:
    return ExchangeCalendar(
        Connection(url=server.url, user=server.user, password=server.password, mailbox=server.mailbox)
    )


def connect_graph(server: GraphServer, **values: object) -> GraphCalendar:
    return GraphCalendar(
        GraphConnection(
            **{  # type: ignore[arg-type]
                "tenant": server.tenant,
                "client": server.client,
                "secret": server.secret,
                "mailbox": server.mailbox,
                "url": server.base,
                "authority": server.base,
                **values,
            }
        )
    )


def test_a_free_room_says_yes(bench: Bench) -> None:
    wish = bench.wish()
    bench.calendar.book(wish)
    meeting = bench.answer(wish.key)
    assert meeting.answer is Answer.ACCEPTED
    assert (meeting.key, meeting.starts_at, meeting.ends_at) == (wish.key, wish.starts_at, wish.ends_at)
    assert wish.room_address in meeting.room_addresses


def test_a_taken_room_says_no(bench: Bench) -> None:
    first, second = bench.wish(), bench.wish(hour=1)
    bench.calendar.book(first)
    assert bench.answer(first.key).answer is Answer.ACCEPTED
    bench.calendar.book(second)
    assert bench.answer(second.key).answer is Answer.DECLINED
    assert bench.answer(first.key).answer is Answer.ACCEPTED


def test_back_to_back_meetings_both_fit(bench: Bench) -> None:
    for hour in (0, 2, 4):
        wish = bench.wish(hour=hour)
        bench.calendar.book(wish)
        assert bench.answer(wish.key).answer is Answer.ACCEPTED


def test_rooms_do_not_stand_in_each_others_way(bench: Bench) -> None:
    for room in (0, 1):
        wish = bench.wish(room)
        bench.calendar.book(wish)
        assert bench.answer(wish.key).answer is Answer.ACCEPTED


def test_a_key_nobody_used_finds_nothing(bench: Bench) -> None:
    assert list(bench.calendar.find(str(uuid4()))) == []


def test_two_meetings_with_one_key_are_both_found_oldest_first(bench: Bench) -> None:
    wish = bench.wish()
    first = bench.calendar.book(wish)
    bench.double(wish)
    found = bench.calendar.find(wish.key)
    assert [meeting.key for meeting in found] == [wish.key, wish.key]
    assert found[0].remote_id == first.remote_id
    assert found[0].uid != found[1].uid


def test_cancelling_the_doubled_one_leaves_the_room_to_the_first(bench: Bench) -> None:
    first = bench.wish()
    bench.calendar.book(first)
    bench.answer(first.key)
    bench.double(first)
    bench.calendar.cancel(bench.calendar.find(first.key)[1])
    assert bench.answer(first.key).answer is Answer.ACCEPTED
    busy = bench.calendar.free_busy([first.room_address], starts_at=first.starts_at, ends_at=first.ends_at)
    assert [(span.starts_at, span.ends_at) for span in busy[0].spans] == [(first.starts_at, first.ends_at)]


def test_a_cancelled_meeting_frees_the_room(bench: Bench) -> None:
    wish = bench.wish()
    bench.calendar.book(wish)
    bench.calendar.cancel(bench.answer(wish.key))
    assert list(bench.calendar.find(wish.key)) == []
    again = bench.wish()
    bench.calendar.book(again)
    assert bench.answer(again.key).answer is Answer.ACCEPTED


def test_cancelling_what_is_gone_is_no_error(bench: Bench) -> None:
    wish = bench.wish()
    bench.calendar.book(wish)
    meeting = bench.answer(wish.key)
    bench.calendar.cancel(meeting)
    bench.calendar.cancel(meeting)
    assert list(bench.calendar.find(wish.key)) == []


def test_free_busy_answers_in_the_order_asked_and_in_utc(bench: Bench) -> None:
    wish = bench.wish(1)
    bench.calendar.book(wish)
    bench.answer(wish.key)
    window = {"starts_at": bench.day - timedelta(hours=1), "ends_at": bench.day + timedelta(hours=5)}
    first, second = bench.calendar.free_busy(bench.rooms, **window)
    assert (first.address, second.address) == tuple(bench.rooms)
    assert first.spans == ()
    assert [(span.starts_at, span.ends_at) for span in second.spans] == [(wish.starts_at, wish.ends_at)]


@pytest.mark.parametrize("day", [datetime(2027, 3, 28, 9, tzinfo=UTC), datetime(2027, 10, 31, 9, tzinfo=UTC)])
def test_summer_time_moves_no_meeting(bench: Bench, day: datetime) -> None:
    if bench.is_external:
        pytest.skip("beyond the booking window of a real room")
    bench.day = day
    wish = bench.wish()
    bench.calendar.book(wish)
    meeting = bench.answer(wish.key)
    assert (meeting.starts_at, meeting.ends_at) == (wish.starts_at, wish.ends_at)
    window = {"starts_at": day - timedelta(days=1), "ends_at": day + timedelta(days=1)}
    (busy,) = bench.calendar.free_busy([wish.room_address], **window)
    assert [(span.starts_at, span.ends_at) for span in busy.spans] == [(wish.starts_at, wish.ends_at)]


def test_meetings_of_an_interval_hold_ours_and_no_others(bench: Bench) -> None:
    inside, outside = bench.wish(), bench.wish(hour=12)
    bench.calendar.book(inside)
    bench.calendar.book(outside)
    bench.answer(inside.key)
    found = bench.calendar.meetings(starts_at=bench.day, ends_at=bench.day + timedelta(hours=3))
    assert inside.key in [meeting.key for meeting in found]
    assert outside.key not in [meeting.key for meeting in found]


def test_the_meetings_of_an_interval_follow_what_is_booked_and_cancelled(bench: Bench) -> None:
    window = {"starts_at": bench.day - timedelta(days=10), "ends_at": bench.day + timedelta(days=10)}
    first, second = bench.wish(), bench.wish(1)

    def ours() -> list[str]:
        keys = {first.key, second.key}
        return [meeting.key for meeting in bench.calendar.meetings(**window) if meeting.key in keys]

    assert ours() == []
    bench.calendar.book(first)
    assert ours() == [first.key]
    bench.calendar.book(second)
    meeting = bench.answer(first.key)
    assert ours() == [first.key, second.key]
    assert [m.answer for m in bench.calendar.meetings(**window) if m.key == first.key] == [Answer.ACCEPTED]
    bench.calendar.cancel(meeting)
    assert ours() == [second.key]


def test_the_calendar_tells_its_rooms(bench: Bench) -> None:
    assert set(bench.rooms) <= {room.address for room in bench.calendar.list_rooms()}


@pytest.mark.parametrize("name", ["exchange", "graph"])
def test_of_forty_at_once_exactly_one_gets_the_room(name: str, request: pytest.FixtureRequest) -> None:
    bench = request.getfixturevalue(f"{name}_bench")
    assert one_winner(bench, lambda wish: bench.calendar.book(wish)) == 1


def one_winner(bench: Bench, book: Callable[[Wish], Meeting]) -> int:
    wishes = [bench.wish() for _ in range(40)]
    start = threading.Barrier(8)

    def run(part: list[Wish]) -> None:
        start.wait()
        for wish in part:
            try:
                book(wish)
            except CalendarTrouble:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, [wishes[number::8] for number in range(8)]))
    answers = [meeting.answer for wish in wishes for meeting in bench.calendar.find(wish.key)]
    return answers.count(Answer.ACCEPTED)
