"""The live hub: one asyncio loop holds every open stream and tells it names of topics, never content."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from flask import Flask

from portal.core import live
from portal.web import auth

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/live"
HEARTBEAT_SECONDS = 15
QUEUE_LENGTH = 64
STREAMS_PER_PERSON = 20
STREAMS_IN_ALL = 4000
# A page is asked for before its stream is open: what is told in between is told once more when it opens.
REMEMBERED_SECONDS = 60
REMEMBERED = 1000
LOOK_AGAIN = "up"  # the topic on which every page fetches afresh what it shows
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(eq=False)
class Stream:
    """One open connection of one person."""

    person_id: int
    cookie: str
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def hears(self, topic: str) -> bool:
        """Tell whether the topic is for this person: those of a person are for that person alone."""
        kind, _, name = topic.partition("-")
        return kind != "session" and (kind != "person" or name == str(self.person_id))

    def tell(self, topic: str) -> None:
        """Queue a topic; a reader too slow to follow is told to look at everything again."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            topic = LOOK_AGAIN
        self.queue.put_nowait(topic)

    def end(self) -> None:
        """Close the connection."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Memory:
    """What was told in the last minute, with the moment on the clock of the machine (epoch seconds)."""

    def __init__(self, began: float) -> None:
        self.whole_since = began  # everything told from then on is here
        self._told: deque[tuple[float, str]] = deque()

    def note(self, topic: str, moment: float) -> None:
        """Remember a topic, and forget what is too old or too much."""
        self._told.append((moment, topic))
        while self._told[0][0] < moment - REMEMBERED_SECONDS or len(self._told) > REMEMBERED:
            self.whole_since = self._told.popleft()[0]

    def since(self, moment: float) -> list[str]:
        """Give the topics told since a moment, each once; all must be looked at again where that is not known."""
        if moment <= self.whole_since:
            return [LOOK_AGAIN]
        return list(dict.fromkeys(topic for at, topic in self._told if at >= moment))


class Hub:
    """Answers GET /live with a stream of topics, for those who are signed in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.streams: set[Stream] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.unsubscribe: Callable[[], None] = lambda: None
        self.memory = Memory(time.time())

    def start(self) -> None:
        """Begin to hear what is published in this process."""
        self.loop = asyncio.get_running_loop()
        self.unsubscribe = live.subscribe(self._heard)

    def stop(self) -> None:
        """Close every stream."""
        self.unsubscribe()
        for stream in self.streams:
            stream.end()

    def _heard(self, topic: str) -> None:
        # Told from whichever thread has committed; the loop alone touches the streams.
        if self.loop and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._fan_out, topic)

    def _fan_out(self, topic: str) -> None:
        kind, _, name = topic.partition("-")
        if kind == "session":
            for stream in [each for each in self.streams if str(each.person_id) == name]:
                asyncio.ensure_future(self._check_again(stream))  # noqa: RUF006 - the stream outlives it
            return
        topic = LOOK_AGAIN if topic == "*" else topic
        self.memory.note(topic, time.time())
        for stream in self.streams:
            if stream.hears(topic):
                stream.tell(topic)

    async def _check_again(self, stream: Stream) -> None:
        if await self._person(stream.cookie) != stream.person_id:
            stream.end()

    async def _person(self, cookie: str) -> int | None:
        return await asyncio.get_running_loop().run_in_executor(None, self._find_person, cookie)

    def _find_person(self, cookie: str) -> int | None:
        base_url = self.app.config["SETTINGS"].base_url
        with self.app.test_request_context(PATH, base_url=base_url, headers={"Cookie": cookie}):
            person = auth.find_viewer()
            return person.id if person else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until one of the two ends it."""
        cookie = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        person_id = await self._person(cookie)
        if person_id is None:
            await _refuse(send, 401)
        elif not self._has_room(person_id):
            await _refuse(send, 429)
        else:
            stream = Stream(person_id, cookie)
            self._join(stream, _page_asked_at(scope))
            try:
                await self._serve(stream, receive, send)
            finally:
                self.streams.discard(stream)

    def _join(self, stream: Stream, since: float | None) -> None:
        self.streams.add(stream)
        for topic in self.memory.since(since) if since is not None else ():
            if stream.hears(topic):
                stream.tell(topic)

    def _has_room(self, person_id: int) -> bool:
        own = sum(stream.person_id == person_id for stream in self.streams)
        return own < STREAMS_PER_PERSON and len(self.streams) < STREAMS_IN_ALL

    async def _serve(self, stream: Stream, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _write(send, "retry: 2000\n\n: here\n\n")
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            while not gone.done():
                line = await self._next_line(stream, gone)
                if line is None:
                    break
                await _write(send, line)
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _next_line(self, stream: Stream, gone: asyncio.Future[None]) -> str | None:
        waiting = asyncio.ensure_future(stream.queue.get())
        either: set[asyncio.Future[Any]] = {waiting, gone}
        done, _ = await asyncio.wait(either, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if waiting in done:
            topic = waiting.result()
            return None if topic is None else f"data: {json.dumps({'topic': topic})}\n\n"
        waiting.cancel()
        return None if gone in done else ": beat\n\n"


def _page_asked_at(scope: Scope) -> float | None:
    """Read when the page was asked for whose stream this is (?since=, epoch milliseconds as we wrote it there)."""
    since = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("since", [""])[0]
    return int(since) / 1000 if since.isascii() and since.isdigit() and len(since) <= 16 else None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
