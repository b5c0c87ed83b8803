"""Servers in processes of their own, on one database: what one process says, the readers of every other one hear."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from tests import redis_server
from tests.journeys.portal import Running, answers, wait_until
from tests.ports import free_port
from tests.redis_server import RedisServer
from tests.web.listening import newcomer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SAYS = """
import sys
from portal import create_app
from portal.core import live
from portal.core.db import transaction
with create_app().app_context(), transaction():
    live.publish_all(sys.argv[1:])
"""
Environment = dict[str, str]


@pytest.fixture(params=["redis", "database"])
def redis(request: pytest.FixtureRequest, own: Flask) -> Iterator[RedisServer | None]:
    """Give what carries the names: Redis, or PostgreSQL alone."""
    if request.param == "redis":
        with redis_server.running(password="of-the-tests") as server:
            yield server
    elif own.config["SETTINGS"].is_sqlite:
        pytest.skip("SQLite tells no other process")
    else:
        yield None


@pytest.fixture
def environment(own: Flask, tmp_path: Path, redis: RedisServer | None) -> Environment:
    """Give the settings that the processes share."""
    shared = {"PORTAL_FOLDER": str(tmp_path), "PORTAL_DATABASE": own.config["SETTINGS"].database_url}
    return shared | ({"PORTAL_LIVE": redis.url} if redis else {})


class Ears:
    """Somebody who listens at one of the servers."""

    def __init__(self, port: int, cookie: str) -> None:
        self.topics: list[str] = []
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", "/live", headers={"Cookie": cookie})
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()
        wait_until(lambda: "here" in self.topics, "the stream to open")

    def _listen(self) -> None:
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                self.topics.append(json.loads(line[6:])["topic"])

    def news(self) -> list[str]:
        """Give the topics without what the stream says of itself, and without that somebody has come."""
        return [topic for topic in self.topics if topic not in {"here", "beat", "shifts"}]


@contextmanager
def server(folder: Path, environment: Environment) -> Iterator[int]:
    """Run a server; give its port."""
    port = free_port()
    running = Running(
        words=["portal", "serve", "--port", str(port), "--without-worker"],
        log=folder / f"server-{port}.log",
        environment=environment | {"PORTAL_BASE_URL": f"http://127.0.0.1:{port}"},
    )
    running.start(until=lambda: answers(f"http://127.0.0.1:{port}/helse"), what="a server to answer")
    try:
        yield port
    finally:
        running.stop()


@pytest.fixture
def ears(own: Flask, tmp_path: Path, environment: Environment) -> Iterator[list[Ears]]:
    """Run two servers, and listen at each."""
    _, cookie = newcomer(own)
    with ExitStack() as stack:
        ports = [stack.enter_context(server(tmp_path, environment)) for _ in range(2)]
        listening = [Ears(port, cookie) for port in ports]
        yield listening
    for each in listening:
        each.thread.join(30)
        each.connection.close()


def run(*words: str, environment: Environment) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=120
    )


def say(*topics: str, environment: Environment) -> None:
    done = run("-c", SAYS, *topics, environment=environment)
    assert done.returncode == 0, done.stderr


def heard_by_all(ears: list[Ears], happens: Callable[[list[str]], bool]) -> None:
    wait_until(lambda: all(happens(each.news()) for each in ears), "all to hear of it")


def test_what_one_process_says_the_readers_of_every_other_hear_in_its_order(
    ears: list[Ears], environment: Environment
) -> None:
    say("questions", "evening-4", "ring-999999", environment=environment)
    say("last", environment=environment)
    heard_by_all(ears, lambda news: "last" in news)
    assert [each.news() for each in ears] == [["questions", "evening-4", "last"]] * 2


def test_when_redis_was_away_everybody_looks_again(
    ears: list[Ears], redis: RedisServer | None, environment: Environment
) -> None:
    if redis is None:
        pytest.skip("there is no Redis to lose")
    redis.kill()
    say("questions", environment=environment)  # into the void: who said it has ended before it could be carried
    redis.start()
    heard_by_all(ears, lambda news: "up" in news)
    say("last", environment=environment)
    heard_by_all(ears, lambda news: news[-1] == "last")


def test_the_doctor_says_whether_names_can_travel(
    redis: RedisServer | None, own: Flask, environment: Environment
) -> None:
    def doctor(**changed: str) -> str:
        return run("-m", "portal", "doctor", environment=environment | changed).stdout

    if redis is None:
        assert "well  live       The database tells other processes." in doctor()
        return
    assert "well  live       Redis answers in " in doctor()
    wrong = doctor(PORTAL_LIVE=redis.url.replace("of-the-tests", "hunter2"))
    assert "MEND  live       Redis refuses the user name or the password of PORTAL_LIVE." in wrong
    assert "hunter2" not in wrong
    redis.kill()
    assert "MEND  live       Redis cannot be reached." in doctor()
