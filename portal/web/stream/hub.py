"""The hub: takes GET /live, keeps the streams in order by person, and tells each of them what it may hear."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from flask import Flask

from portal.core import live
from portal.web import auth
from portal.web.stream.memory import LOOK_AGAIN, Memory, Message
from portal.web.stream.presence import Note, Presence
from portal.web.stream.reader import Stream, owner

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/live"
HERE = "here"  # the first message: whoever does not get it sits behind something that holds the stream back
BEAT = "beat"  # the last one heard long ago: the connection is dead, whatever it looks like
BEAT_SECONDS = 15
# Then the browser comes again with its cookie. A machine that went dark behind a proxy does not.
LIFETIME_SECONDS = 30 * 60
COME_AGAIN_SECONDS = 60
STREAMS_PER_PERSON = 20
STREAMS_IN_ALL = 4000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
RETRY = b"retry: 2000\n"


class Hub:
    """Answers GET /live with a stream of topics, for those who are signed in."""

    def __init__(self, app: Flask, *, presence: Note | None = None) -> None:
        self.app = app
        self.streams: set[Stream] = set()
        self.memory = Memory(time.time())
        self._of_person: dict[int, set[Stream]] = {}
        self._by_second: list[set[Stream]] = [set() for _ in range(BEAT_SECONDS)]
        self._second = 0
        self._presence = Presence(presence) if presence else None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._news: deque[str] = deque()
        self._is_waking = False
        self._sessions_ended = 0
        self._checks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to hear what is published in this process."""
        self._loop = asyncio.get_running_loop()
        self._ticking = self._loop.create_task(self._tick())
        self._unsubscribe = live.subscribe(self._heard)

    def stop(self) -> None:
        """Close every stream."""
        self._unsubscribe()
        if self._ticking:
            self._ticking.cancel()
        for stream in self.streams:
            stream.end()

    # What is told

    def _heard(self, topic: str) -> None:
        # From whichever thread has committed; the loop alone touches the streams, woken once for all that waits.
        self._news.append(topic)
        if not self._is_waking and self._loop and not self._loop.is_closed():
            self._is_waking = True
            self._loop.call_soon_threadsafe(self._tell_news)

    def _tell_news(self) -> None:
        self._is_waking = False
        while self._news:
            topic = self._news.popleft()
            if topic.startswith("session-"):
                self._end_sessions(topic)
            elif topic == live.EVERYTHING:
                self._tell(LOOK_AGAIN)
                self._let_all_come_again()
            else:
                self._tell(topic)

    def _tell(self, topic: str) -> None:
        line = self.memory.note(topic, time.time()).line
        person_id = owner(topic)
        for stream in self.streams if person_id is None else self._of_person.get(person_id, ()):
            stream.tell(line)

    def _let_all_come_again(self) -> None:
        # The end of a session may have been missed with the rest: soon each comes with its cookie.
        self._sessions_ended += 1
        moment = asyncio.get_running_loop().time()
        for stream in self.streams:
            stream.until = min(stream.until, moment + COME_AGAIN_SECONDS * random.random())  # noqa: S311

    def _end_sessions(self, topic: str) -> None:
        self._sessions_ended += 1
        number = topic.partition("-")[2]
        if not number.isdigit():
            return
        if self._presence:
            self._presence.signed_out(int(number), asyncio.get_running_loop().time())
        for stream in self._of_person.get(int(number), ()):
            check = asyncio.ensure_future(self._check_again(stream))
            self._checks.add(check)
            check.add_done_callback(self._checks.discard)

    async def _check_again(self, stream: Stream) -> None:
        if await self._person(stream.cookie) != stream.person_id:
            stream.end()

    # What goes by the clock

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                self._pass_a_second(asyncio.get_running_loop().time())
            except Exception as error:  # one that fails must not be the last
                log.error("live.tick_failed", extra={"fault": type(error).__name__})

    def _pass_a_second(self, moment: float) -> None:
        # Each second has its share of the streams: all of them at once would hold up what is told meanwhile.
        self._second = (self._second + 1) % BEAT_SECONDS
        line = self.memory.write(BEAT)
        for stream in self._by_second[self._second]:
            if stream.until <= moment:
                stream.end()
            stream.beat(line)
        if self._presence:
            self._presence.look(self._of_person, moment)

    # Who comes and goes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until one of the two ends it; whoever only knocks is told whether there would be one."""
        cookie = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        person_id = await self._person_now(cookie)
        if person_id is None:
            await _answer(send, 401)
        elif not self._has_room(person_id):
            await _answer(send, 429)
        elif "knock" in query:
            if self._presence:
                self._presence.knocked(person_id, asyncio.get_running_loop().time())
            await _answer(send, 204)
        else:
            await self._hold(Stream(person_id, cookie, look_again=self._look_again), query, scope, receive, send)

    async def _hold(
        self, stream: Stream, query: dict[str, list[str]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._join(stream, self._missed(query, scope))
        try:
            await _serve(stream, receive, send)
        finally:
            self._leave(stream)

    def _join(self, stream: Stream, missed: Iterable[Message] | None) -> None:
        moment = asyncio.get_running_loop().time()
        stream.until = moment + LIFETIME_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311
        own = self._of_person.setdefault(stream.person_id, set())
        if not own and self._presence:
            self._presence.moved(moment)
        own.add(stream)
        self.streams.add(stream)
        self._by_second[self._second].add(stream)
        lines = [self._look_again()] if missed is None else [m.line for m in missed if stream.hears(m.topic)]
        # Its id would say that all the rest had arrived, too: with something to catch up on, it has none.
        stream.tell(b"".join([RETRY, self.memory.write(HERE, with_id=not lines), *lines]))

    def _leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for streams in self._by_second:
            streams.discard(stream)
        own = self._of_person.get(stream.person_id, set())
        own.discard(stream)
        if not own:
            self._of_person.pop(stream.person_id, None)
            if self._presence:
                self._presence.moved(asyncio.get_running_loop().time())

    def _missed(self, query: dict[str, list[str]], scope: Scope) -> list[Message] | None:
        last = query.get("last", [""])[0] or _header(scope, b"last-event-id")
        if last:
            return self.memory.after(last)
        since = query.get("since", [""])[0]  # epoch milliseconds, as we wrote them into the page
        is_moment = since.isascii() and since.isdigit() and len(since) <= 16
        return self.memory.since(int(since) / 1000) if is_moment else []

    def _look_again(self) -> bytes:
        return self.memory.write(LOOK_AGAIN)

    def _has_room(self, person_id: int) -> bool:
        own = len(self._of_person.get(person_id, ()))
        return own < STREAMS_PER_PERSON and len(self.streams) < STREAMS_IN_ALL

    async def _person_now(self, cookie: str) -> int | None:
        # A session that ends while it is looked up has no stream yet that could be ended: so look once more.
        while True:
            ended = self._sessions_ended
            person_id = await self._person(cookie)
            if ended == self._sessions_ended:
                return person_id

    async def _person(self, cookie: str) -> int | None:
        return await asyncio.get_running_loop().run_in_executor(None, self._find_person, cookie)

    def _find_person(self, cookie: str) -> int | None:
        base_url = self.app.config["SETTINGS"].base_url
        with self.app.test_request_context(PATH, base_url=base_url, headers={"Cookie": cookie}):
            person = auth.find_viewer()
            return person.id if person else None


async def _serve(stream: Stream, receive: Receive, send: Send) -> None:
    stream.task = asyncio.current_task()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    gone = asyncio.ensure_future(_end_when_gone(stream, receive))
    try:
        while lines := await stream.next():
            await send({"type": "http.response.body", "body": lines, "more_body": True})
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _end_when_gone(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
