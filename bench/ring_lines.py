"""Connections as a browser has them: a stream that hears topics, and lines that fetch and press."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httptools

IDLE_SECONDS = 10  # a line that has rested longer is made anew: the server closes it soon
OPENING_SECONDS = 30
Hear = Callable[[str, float], None]


@dataclass(kw_only=True)
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    came_at: float = 0.0

    @property
    def text(self) -> str:
        """Give the page as text."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Lost(ConnectionError):
    """The other end has closed the connection."""


class Connection(asyncio.Protocol):
    """One connection, read by the parser that the server uses as well."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.transport: asyncio.Transport | None = None
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self.parser.feed_data(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Note it."""
        self.is_lost = True

    def write(self, request: bytes) -> None:
        """Send; the kernel has it when this returns, as long as nothing waits before it."""
        if self.is_lost or self.transport is None:
            raise Lost
        self.transport.write(request)

    def close(self) -> None:
        """Leave."""
        if self.transport:
            self.transport.abort()


class Stream(Connection):
    """An event stream; says each topic with the moment at which it came."""

    def __init__(self, hear: Hear) -> None:
        super().__init__()
        self.hear = hear
        self.opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._rest = b""

    def on_headers_complete(self) -> None:
        """Tell how the server answered."""
        self.opened.set_result(self.parser.get_status_code())

    def on_body(self, piece: bytes) -> None:
        """Read whole events; half of one waits for the rest."""
        *events, self._rest = (self._rest + piece).split(b"\n\n")
        moment = time.perf_counter()
        for event in events:
            for line in event.split(b"\n"):
                if line.startswith(b"data:"):
                    self.hear(json.loads(line[5:])["topic"], moment)

    def connection_lost(self, error: Exception | None) -> None:
        """Say that it never opened, if so."""
        super().connection_lost(error)
        if not self.opened.done():
            self.opened.set_result(0)


class Line(Connection):
    """A kept-alive connection with one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.used_at = time.monotonic()
        self._answer = Answer()
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def is_fresh(self) -> bool:
        """Tell whether the server surely still listens."""
        return not self.is_lost and time.monotonic() - self.used_at < IDLE_SECONDS

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._answer = Answer()
        self.write(request)
        answer = await self._waiting
        self.used_at = time.monotonic()
        return answer

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._answer.headers[name.decode().lower()] = value.decode()

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the page."""
        self._answer.body += piece

    def on_message_complete(self) -> None:
        """Hand the answer over."""
        self._answer.status, self._answer.came_at = self.parser.get_status_code(), time.perf_counter()
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(self._answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Let nobody wait for what cannot come."""
        super().connection_lost(error)
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(Lost())


async def open_line(port: int) -> Line:
    """Connect."""
    _transport, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


async def open_stream(port: int, path: str, cookie: str, hear: Hear) -> Stream:
    """Connect and ask for the stream; refused is an error."""
    loop = asyncio.get_running_loop()
    _transport, stream = await loop.create_connection(lambda: Stream(hear), "127.0.0.1", port)
    stream.write(written("GET", path, port=port, cookie=cookie, headers={"Accept": "text/event-stream"}))
    status = await asyncio.wait_for(stream.opened, OPENING_SECONDS)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return stream


def written(
    method: str,
    path: str,
    *,
    port: int,
    cookie: str,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> bytes:
    """Write a request as a browser does."""
    body = urllib.parse.urlencode(form).encode() if form is not None else b""
    lines = {"Host": f"127.0.0.1:{port}", "Cookie": cookie, "Accept-Encoding": "gzip", **(headers or {})}
    if form is not None:
        lines |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def field_of(page: str, name: str) -> str:
    """Read the value of the first field with a name."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    if not found:
        raise RuntimeError(f"the page has no field «{name}»")
    return found[1]
