"""One suite that every calendar has to pass: embedded, Exchange at the test server, any other by EWS_TEST_*."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.adapters.exchange.calendar import ExchangeCalendar
from portal.blueprints.rooms.adapters.exchange.connection import Connection
from portal.blueprints.rooms.ports import Answer, CalendarTrouble, Meeting, RoomCalendar, Wish
from portal.core.db import transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer
from tests.factories.rooms import make_room

EXTERNAL = "EWS_TEST_URL" in os.environ


class Bench:
    """A calendar under test with two rooms in it."""

    def __init__(self, calendar: RoomCalendar, rooms: list[str]) -> None:
        self.calendar = calendar
        self.rooms = rooms
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

    def answer(self, key: str) -> Meeting:
        """Wait for the room, as the watch job does."""
        for wait in (0, 0.2, 0.5, 1, 2, 4, 8):
            time.sleep(wait if EXTERNAL else 0)
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
        pytest.param("external", marks=pytest.mark.skipif(not EXTERNAL, reason="no EWS_TEST_URL")),
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
def external_bench() -> Bench:
    environment = os.environ
    calendar = ExchangeCalendar(
        Connection(
            url=environment["EWS_TEST_URL"],
            user=environment["EWS_TEST_USER"],
            password=environment["EWS_TEST_PASSWORD"],
            mailbox=environment.get("EWS_TEST_MAILBOX", environment["EWS_TEST_USER"]),
            ca=environment.get("EWS_TEST_CA", ""),
        )
    )
    return Bench(calendar, environment["EWS_TEST_ROOMS"].split(","))


def connect(server: ExchangeServer) -> ExchangeCalendar:
    return ExchangeCalendar(
        Connection(url=server.url, user=server.user, password=server.password, mailbox=server.mailbox)
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
    first = bench.wish()
    second = bench.wish(key=first.key)
    made = [bench.calendar.book(first).remote_id, bench.calendar.book(second).remote_id]
    found = bench.calendar.find(first.key)
    assert [meeting.remote_id for meeting in found] == made
    assert [meeting.uid for meeting in found] == [first.uid, second.uid]


def test_cancelling_the_doubled_one_leaves_the_room_to_the_first(bench: Bench) -> None:
    first = bench.wish()
    second = bench.wish(key=first.key)
    bench.calendar.book(first)
    bench.answer(first.key)
    bench.calendar.book(second)
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
    if EXTERNAL:
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


def test_the_calendar_tells_its_rooms(bench: Bench) -> None:
    assert set(bench.rooms) <= {room.address for room in bench.calendar.list_rooms()}


def test_of_forty_at_once_exactly_one_gets_the_room(exchange_bench: Bench) -> None:
    assert one_winner(exchange_bench, lambda wish: exchange_bench.calendar.book(wish)) == 1


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
