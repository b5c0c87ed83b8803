"""The bridge: carries a request from the server's loop to Flask in a thread, and the answer back in one go.

The general bridges hand each piece of an answer from the thread to the loop and wait for it: head, body and end are
three such turns, and under load each of them costs as much as a question to the database. Ours are whole pages: they
cross once. What is too long for that, or not known to have an end, goes piece by piece, from the thread that makes it.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
StartResponse = Callable[..., Callable[[bytes], object]]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

LONGEST_WHOLE = 2**20  # bytes; a longer answer is not gathered in memory
WITHOUT_BODY = frozenset({204, 304})
NAMED_PLAINLY = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}


class Bridge:
    """An ASGI application that asks a WSGI application, in so many threads."""

    def __init__(self, application: Application, *, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        crossing = Crossing(self.application, asyncio.get_running_loop(), send)
        environ = environ_of(scope, _body(scope, receive, crossing.loop))
        # A context of its own: what one request leaves behind in it, the next one in this thread must not find.
        answer = contextvars.copy_context().run
        if whole := await crossing.loop.run_in_executor(self.threads, answer, crossing.answer, environ):
            await send(crossing.head)
            await send({"type": "http.response.body", "body": whole[0]})


@dataclass
class Crossing:
    """One request on its way. All but the sending happens in the thread."""

    application: Application
    loop: asyncio.AbstractEventLoop
    send: Send
    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def head(self) -> dict[str, Any]:
        """Give what stands before the body."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    def answer(self, environ: dict[str, Any]) -> tuple[bytes] | None:
        """Let the application answer; give the whole body, or nothing where it was sent from here in pieces."""
        pieces = self.application(environ, self._start)
        try:
            if self._is_whole():
                return (b"".join(pieces),)
            self._send_pieces(pieces)
            return None
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = tuple((name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers)
        return _refuse_to_write

    def _is_whole(self) -> bool:
        length = next((int(text) for name, text in self.headers if name == b"content-length"), None)
        return self.status in WITHOUT_BODY if length is None else length <= LONGEST_WHOLE

    def _send_pieces(self, pieces: Iterable[bytes]) -> None:
        self._send_and_wait(self.head)
        for piece in pieces:
            self._send_and_wait({"type": "http.response.body", "body": piece, "more_body": True})
        self._send_and_wait({"type": "http.response.body", "body": b""})

    def _send_and_wait(self, message: MutableMapping[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(_awaited(self.send(message)), self.loop).result()


async def _awaited(wanted: Awaitable[None]) -> None:
    await wanted


def _refuse_to_write(_piece: bytes) -> object:
    raise NotImplementedError("answers are given, not written: Flask never does")


class Incoming(io.RawIOBase):
    """The body of a request, fetched from the loop as it is read."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest = b""
        self._is_all = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some of it; nothing means that it has ended, or that the sender is gone."""
        while not self._rest and not self._is_all:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self._rest = message.get("body", b"")
            self._is_all = not message.get("more_body", False)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    async def _next(self) -> MutableMapping[str, Any]:
        return await self._receive()


def _body(scope: Scope, receive: Receive, loop: asyncio.AbstractEventLoop) -> io.BufferedIOBase:
    announced = {b"content-length", b"transfer-encoding"}
    if any(name in announced for name, _text in scope["headers"]):
        return io.BufferedReader(Incoming(receive, loop), 2**16)
    return io.BytesIO()


def environ_of(scope: Scope, body: io.BufferedIOBase) -> dict[str, Any]:
    """Say of a request what WSGI wants to be told."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    for name, text in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), text.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, text: str) -> None:
    if "_" in name:
        return  # «X_Forwarded_For» would stand in the place of «X-Forwarded-For», which a proxy has put there
    key = NAMED_PLAINLY.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
    between = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{text}" if key in environ else text
