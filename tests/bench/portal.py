"""A portal of a few lines: streams, the strip and the presses of calls, with the faults that are wished for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass, field

PAGE = '<input name="csrf_token" value="t"><input name="key" value="k">'


@dataclass
class Portal:
    """Everybody has the cookie «id=<their id>» and is rung, apart from who asks and those whom a fault befalls."""

    people: tuple[int, ...]
    never_told: tuple[int, ...] = ()  # whose stream is silent when it should ring
    without_card: tuple[int, ...] = ()  # who are told, and find nothing on the strip
    never_silenced: tuple[int, ...] = ()  # who do not hear that somebody has come
    told_once: tuple[int, ...] = ()  # who hear of the call, and not by their own name, that somebody has come
    always_shown: tuple[int, ...] = ()  # whose card stays on the strip
    answers_late: float = 0.0
    state: str = "none"
    asker: int = 0
    calls: int = 0
    streams: dict[int, asyncio.StreamWriter] = field(default_factory=dict)
    port: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Portal:
        """Listen."""
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Listen no more, and let go of those who are connected."""
        self.server.close()
        for writer in self.writers:
            writer.close()
        await asyncio.gather(*self.serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving
        self.serving.add(serving)
        self.writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"Content-Length: (\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                method, path, _ = head.split(" ", 2)
                person_id = int(re.search(r"id=(\d+)", head)[1])  # type: ignore[index]
                if path.startswith("/live"):
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: here\n\n")
                    self.streams[person_id] = writer
                    continue
                page, location = self._answer(method, path, person_id)
                status = f"303 See Other\r\nLocation: {location}" if location else "200 OK"
                body = page.encode()
                await asyncio.sleep(self.answers_late)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    def _answer(self, method: str, path: str, person_id: int) -> tuple[str, str]:
        rung = {each for each in self.people if each != self.asker}
        if path == "/hjelp/stripe":
            return self._strip(person_id), ""
        if (method, path) == ("POST", "/hjelp"):
            self.state, self.asker, self.calls = "ringing", person_id, self.calls + 1
            self._tell({each: f"ring-{each}" for each in self.people if each not in {person_id, *self.never_told}})
        elif path.endswith(("/hjelpar", "/slutt")):
            self.state = "taken" if path.endswith("/hjelpar") else "none"
            told = [each for each in rung if each not in self.never_silenced]
            self._tell({each: f"call-{self.calls}" for each in told})
            self._tell({each: f"ring-{each}" for each in told if each not in self.told_once})
        return PAGE, f"/hjelp/rop/{self.calls}" if method == "POST" else ""

    def _strip(self, person_id: int) -> str:
        rings = self.state == "ringing" and person_id not in {self.asker, *self.without_card}
        is_shown = rings or (self.calls and person_id in self.always_shown)
        return f'{PAGE}<section data-call="{self.calls}" data-rings>' if is_shown else PAGE

    def _tell(self, topics: dict[int, str]) -> None:
        for person_id, topic in topics.items():
            self.streams[person_id].write(f"data: {json.dumps({'topic': topic})}\n\n".encode())
