"""Names between processes over a real Redis: order, its going away and coming back, and who is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.core import relay as relay_module
from portal.core.relay import EVERYTHING, QUEUE_LENGTH, Relay, explain
from tests import redis_server
from tests.redis_server import RedisServer

ROOT = Path(__file__).parents[2]
SAYS = """
import sys
from portal.core.relay import Relay
relay = Relay(sys.argv[1])
relay.send(sys.argv[2:])
"""


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server.running() as server:
        yield server


class House:
    """One process's side: what it has heard."""

    def __init__(self, url: str) -> None:
        self.relay = Relay(url)
        self.heard: list[str] = []
        self.looked_at = 0.0  # when it was last told to look at everything
        self.stop, self.ready = threading.Event(), threading.Event()
        words = {"stop": self.stop, "ready": self.ready}
        self.thread = threading.Thread(target=self.relay.follow, args=(self.hear,), kwargs=words)
        self.thread.start()

    def hear(self, topic: str) -> None:
        self.heard.append(topic)
        if topic == EVERYTHING:
            self.looked_at = time.monotonic()

    def leave(self) -> None:
        self.stop.set()
        self.thread.join(30)
        self.relay.close()
        assert not self.thread.is_alive()


Settle = Callable[[str], House]


@pytest.fixture
def settle() -> Iterator[Settle]:
    with ExitStack() as stack:

        def enter(url: str) -> House:
            house = House(url)
            stack.callback(house.leave)
            return house

        yield enter


def wait_for(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


def say_until_heard(here: House, there: House, topic: str) -> None:
    """Say something again and again: once may still be part of a look at everything."""
    until = time.monotonic() + 30
    while topic not in there.heard:
        assert time.monotonic() < until, "it is not heard any more"
        here.relay.send([topic])
        time.sleep(0.1)


def both(server: RedisServer, settle: Settle) -> tuple[House, House]:
    houses = settle(server.url), settle(server.url)
    for house in houses:
        assert house.ready.wait(30)
    return houses


def test_what_one_says_the_other_hears_in_its_order_and_oneself_not_again(server: RedisServer, settle: Settle) -> None:
    here, there = both(server, settle)
    said = [f"question-{number}" for number in range(200)]
    for topic in said:
        here.relay.send([topic])
    there.relay.send(["ring-7", "evenings"])
    wait_for(lambda: len(there.heard) == 200 and len(here.heard) == 2)
    assert there.heard == said
    assert here.heard == ["ring-7", "evenings"]


def test_a_process_that_ends_at_once_is_heard_all_the_same(server: RedisServer, settle: Settle) -> None:
    here = settle(server.url)
    assert here.ready.wait(30)
    subprocess.run(
        [sys.executable, "-c", SAYS, server.url, "questions", "question-1"], cwd=ROOT, check=True, timeout=60
    )
    wait_for(lambda: here.heard)
    wait_for(lambda: here.heard == ["questions", "question-1"])


def test_another_portal_on_the_same_server_hears_nothing(server: RedisServer, settle: Settle) -> None:
    here, there = both(server, settle)
    other = settle(server.url.replace("/3", "/4"))
    assert other.ready.wait(30)
    here.relay.send(["questions"])
    wait_for(lambda: there.heard)
    assert other.heard == []


def test_what_was_said_while_the_server_was_away_becomes_one_look_at_everything(
    server: RedisServer, settle: Settle
) -> None:
    here, there = both(server, settle)
    server.kill()
    for number in range(50):
        here.relay.send([f"question-{number}"])
        time.sleep(0.005)
    server.start()
    wait_for(lambda: EVERYTHING in there.heard and EVERYTHING in here.heard)
    say_until_heard(here, there, "last")
    assert set(there.heard) == {EVERYTHING, "last"}
    assert 1 <= there.heard.count(EVERYTHING) <= 3
    assert set(here.heard) == {EVERYTHING}


def test_nothing_that_is_said_is_lost_however_often_the_server_goes(server: RedisServer, settle: Settle) -> None:
    """Whatever was said is heard by its name or, later than it was said, as a look at everything."""
    here, there = both(server, settle)
    said: dict[str, float] = {}

    def say() -> None:
        topic = f"question-{len(said)}"
        said[topic] = time.monotonic()
        here.relay.send([topic])

    for _ in range(3):
        server.kill()
        for _ in range(20):
            say()
            time.sleep(0.01)
        server.start()
        for _ in range(20):
            say()
            time.sleep(0.01)
    say_until_heard(here, there, "last")
    missed = [topic for topic, at in said.items() if topic not in there.heard and there.looked_at < at]
    assert missed == []


def test_who_starts_while_the_server_is_away_looks_at_everything_when_it_is_there(settle: Settle) -> None:
    with redis_server.running() as server:
        server.kill()
        here = settle(server.url)
        time.sleep(0.2)
        assert not here.ready.is_set()
        server.start()
        wait_for(lambda: here.heard == [EVERYTHING])
        assert here.ready.is_set()


def test_saying_something_never_waits_for_the_server(settle: Settle) -> None:
    with redis_server.running() as server:
        server.kill()
        here = Relay(server.url)
        began = time.thread_time()
        here.send(f"question-{number}" for number in range(QUEUE_LENGTH * 2))
        assert len(here._waiting) <= QUEUE_LENGTH
        assert here._is_behind or not here._waiting
        assert time.thread_time() - began < 10  # it came back; how fast is measured elsewhere
        here.close(patience=0)


def test_a_connection_that_died_without_a_word_is_noticed(
    server: RedisServer, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is stopped, not ended: nothing is closed, and nothing comes."""
    import os
    import signal

    monkeypatch.setattr(relay_module, "PING_EVERY", 0.2)
    monkeypatch.setattr(relay_module, "SILENT_FOR", 1.5)
    here = settle(server.url)
    assert here.ready.wait(30)
    assert server.process
    os.kill(server.process.pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(server.process.pid, signal.SIGCONT)
    wait_for(lambda: here.heard == [EVERYTHING])


def test_a_wrong_password_is_told_plainly_and_not_quoted(caplog: pytest.LogCaptureFixture, settle: Settle) -> None:
    with redis_server.running(password="hunter2-the-right-one") as server:
        assert Relay(server.url).try_out() < 30
        for wrong in (
            server.url.replace("hunter2-the-right-one", "guess-hunter3"),
            server.url.replace(":hunter2-the-right-one@", ""),
        ):
            with pytest.raises(Exception) as refusal:
                Relay(wrong).try_out()
            assert explain(refusal.value) == "refuses the user name or the password of PORTAL_LIVE."
        settle(server.url.replace("hunter2-the-right-one", "guess-hunter3"))
        wait_for(lambda: caplog.records)
    assert {record.message for record in caplog.records} == {"live.redis_lost"}
    assert all(record.fault == "AuthenticationError" for record in caplog.records)  # type: ignore[attr-defined]
    assert "hunter" not in caplog.text


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    with redis_server.running() as server:
        server.kill()
        with pytest.raises(Exception) as refusal:
            Relay(server.url).try_out()
    assert explain(refusal.value) == "cannot be reached."
