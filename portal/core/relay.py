"""The door to Redis or Valkey: carries names of topics between processes, where PORTAL_LIVE says so.

Nothing is kept there. What could not be carried becomes one «everything» when it can be carried again, so that whoever
was cut off looks at all of it afresh.
"""

from __future__ import annotations

import atexit
import logging
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.exceptions import TimeoutError as SlowError
from redis.retry import Retry

log = logging.getLogger(__name__)

EVERYTHING = "*"
QUEUE_LENGTH = 2000
DEADLINE = 2.0  # seconds for one exchange with the server
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0
PING_EVERY = 10.0  # a connection that died without a word is noticed by what does not come back
SILENT_FOR = 25.0
AT_THE_END = 2.0  # seconds to send what waits when the process ends


class Relay:
    """One process's side of the carrying: a queue with a thread that sends, and a loop that hears."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.mark = secrets.token_hex(4)  # what carries our own mark, we have heard already
        self._waiting: deque[str] = deque()
        self._is_behind = False
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = threading.Event()
        self._sender: threading.Thread | None = None

    def send(self, topics: Iterable[str]) -> None:
        """Queue topics for the other processes; never waits for the server."""
        with self._lock:
            self._waiting.extend(topics)
            if len(self._waiting) > QUEUE_LENGTH:
                self._waiting.clear()
                self._is_behind = True
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_all, name="live-send", daemon=True)
                self._sender.start()
                atexit.register(self.close)
        self._news.set()

    def close(self, *, patience: float = AT_THE_END) -> None:
        """Send what waits, within some seconds, and stop sending."""
        self._closing.set()
        self._news.set()
        if self._sender:
            self._sender.join(patience)
        atexit.unregister(self.close)

    def follow(
        self, deliver: Callable[[str], None], *, stop: threading.Event, ready: threading.Event | None = None
    ) -> None:
        """Hear what other processes send, until stopped; a lost connection is made again."""
        tries = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._follow(deliver, stop=stop, ready=ready, is_again=tries > 0)
            except (RedisError, OSError) as error:
                tries = 1 if time.monotonic() - began > LONGEST_WAIT else tries + 1
                _note("live.redis_lost", error)
                stop.wait(_wait_after(tries))

    def try_out(self) -> float:
        """Ask the server for an answer; give the seconds it took. Raises what is wrong."""
        began = time.monotonic()
        client = self._connect()
        try:
            client.ping()
        finally:
            client.close()
        return time.monotonic() - began

    def _connect(self) -> Redis:
        bounds: dict[str, Any] = {"socket_timeout": DEADLINE, "socket_connect_timeout": DEADLINE}
        return Redis.from_url(self.url, **bounds, retry=Retry(NoBackoff(), 0), decode_responses=True)

    @property
    def channel(self) -> str:
        """Tell the channel: Redis has one set of channels for all its databases, we keep them apart."""
        return f"tunet:{_database_of(self.url)}"

    def _send_all(self) -> None:
        client, tries = self._connect(), 0
        while self._must_go_on():
            topics = self._take()
            try:
                self._publish(client, topics)
                tries = 0
            except (RedisError, OSError) as error:
                self._is_behind = True
                self._news.set()
                tries += 1
                _note("live.redis_away", error)
                if self._closing.wait(_wait_after(tries)):
                    break  # nobody is left to be told later
        client.close()

    def _must_go_on(self) -> bool:
        self._news.wait()
        self._news.clear()
        return not self._closing.is_set() or bool(self._waiting) or self._is_behind

    def _take(self) -> list[str]:
        with self._lock:
            topics = [EVERYTHING] if self._is_behind else list(self._waiting)
            self._waiting.clear()
            self._is_behind = False
        return topics

    def _publish(self, client: Redis, topics: list[str]) -> None:
        with client.pipeline(transaction=False) as letters:
            for topic in topics:
                letters.publish(self.channel, f"{self.mark} {topic}")
            letters.execute()

    def _follow(
        self, deliver: Callable[[str], None], *, stop: threading.Event, ready: threading.Event | None, is_again: bool
    ) -> None:
        client = self._connect()
        with client, client.pubsub() as ears:  # type: ignore[no-untyped-call]
            ears.subscribe(self.channel)
            heard_at = pinged_at = time.monotonic()
            while not stop.is_set():
                message = ears.get_message(timeout=1)
                moment = time.monotonic()
                if message:
                    heard_at = moment
                    self._heard(message, deliver, ready=ready, is_again=is_again)
                elif moment - heard_at > SILENT_FOR:
                    raise ConnectionError("the server has fallen silent")
                if moment - pinged_at > PING_EVERY:
                    pinged_at = moment
                    ears.ping()

    def _heard(
        self,
        message: dict[str, Any],
        deliver: Callable[[str], None],
        *,
        ready: threading.Event | None,
        is_again: bool,
    ) -> None:
        if message["type"] == "subscribe":
            if is_again:
                # What was told meanwhile is unknown: everybody looks again, now that nothing more can be missed.
                deliver(EVERYTHING)
            if ready:
                ready.set()
        elif message["type"] == "message":
            mark, _, topic = str(message["data"]).partition(" ")
            if mark != self.mark:
                deliver(topic)


def explain(error: Exception) -> str:
    """Say in plain words what is wrong with the server, without anything that stands in its address."""
    if isinstance(error, AuthenticationError | NoPermissionError) or "NOAUTH" in str(error):
        return "refuses the user name or the password of PORTAL_LIVE."
    if isinstance(error, SlowError | TimeoutError):
        return f"does not answer within {DEADLINE:.0f} s."
    if isinstance(error, ResponseError):
        return "answers, but does not do what is asked of it."
    return "cannot be reached." if isinstance(error, RedisError | OSError) else "cannot be used."


def _note(what: str, error: Exception) -> None:
    log.warning(what, extra={"fault": type(error).__name__})


def _wait_after(tries: int) -> float:
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 8))
    return wait * random.uniform(0.7, 1.3)  # noqa: S311


def _database_of(url: str) -> str:
    number = url.rpartition("/")[2].partition("?")[0]
    return number if number.isascii() and number.isdigit() else "0"
