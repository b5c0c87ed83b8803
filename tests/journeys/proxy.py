"""Something between browser and portal that may be in the way: holds the stream back, cuts it, or lets it die."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.journeys.portal import Portal

BLOCK = 65536


class Way(StrEnum):
    """How an answer to /live is passed on."""

    THROUGH = "through"
    HEAD_ONLY = "head only"  # the head at once, the body when it is whole
    WHOLE = "whole"  # nothing before all of it is there


class Proxy:
    """Passes on one request a connection. Runs on a loop of its own, in a thread."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.way = Way.THROUGH
        self.asked: list[str] = []  # what was asked of /live
        self._streams: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._loop = asyncio.new_event_loop()

    def cut(self) -> None:
        """Break every stream off, mid-way."""
        self._on_loop(lambda: [writer.transport.abort() for writer in self._streams])

    def let_die(self) -> None:
        """Pass nothing more on of the streams that are open, and close none of them."""
        self._on_loop(lambda: self._dead.update(self._streams))

    def _on_loop(self, act: Callable[[], object]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (act(), done.set()))
        assert done.wait(30)

    async def start(self) -> asyncio.Server:
        """Begin to listen."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())  # the loop itself would let it be collected while it waits
        try:
            await self._pass_on(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two is gone; the other notices
        finally:
            self._streams.discard(writer)
            self._dead.discard(writer)
            writer.close()
            self._tasks.discard(asyncio.current_task())

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        path = head[0].split(b" ")[1].decode()
        lines = [line for line in head[:-2] if not line.lower().startswith(b"connection:")]
        length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        body = await reader.readexactly(length)
        upstream, onward = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            onward.write(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            is_stream = path.split("?")[0] == "/live"
            if is_stream:
                self.asked.append(path)
            if is_stream and "knock" not in path:
                self._streams.add(writer)
                await self._pass_stream(upstream, reader, writer)
            else:
                while block := await upstream.read(BLOCK):
                    writer.write(block)
                await writer.drain()
        finally:
            onward.close()

    async def _pass_stream(
        self, upstream: asyncio.StreamReader, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        way, held = self.way, b""
        gone = asyncio.ensure_future(reader.read())
        if way == Way.HEAD_ONLY:
            writer.write(await upstream.readuntil(b"\r\n\r\n"))
        while not gone.done():
            coming = asyncio.ensure_future(upstream.read(BLOCK))
            await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                break
            if not coming.result():
                break
            if way != Way.THROUGH:
                held += coming.result()
            elif writer not in self._dead:
                writer.write(coming.result())
        gone.cancel()
        writer.write(held)


class PortalBehind(Portal):
    """A portal that is reached through something that may be in the way."""

    def __init__(self, folder: Path, proxy_of: Callable[[int], Proxy], **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.proxy = proxy_of(self.port)
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        self.running.environment["PORTAL_BASE_URL"] = self.url

    def kill(self) -> None:
        """End it without a word, as a machine does that loses power."""
        process = self.running.process
        assert process
        process.kill()
        process.wait()
        self.running.process = None


@contextmanager
def between(target: int) -> Iterator[Proxy]:
    """Run a proxy in front of a port."""
    proxy = Proxy(target)
    is_up = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        async with await proxy.start():
            is_up.set()
            await stop.wait()

    def live() -> None:
        with asyncio.Runner(loop_factory=lambda: proxy._loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=live)
    thread.start()
    assert is_up.wait(30)
    try:
        yield proxy
    finally:
        proxy.cut()
        proxy._loop.call_soon_threadsafe(stop.set)
        thread.join(30)
