"""The server itself: sockets in threads, one fault a connection, taken from the script in order."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any


class Fault(StrEnum):
    """What goes wrong with one card."""

    NONE = "202, as a workflow answers"
    OLD = "200, as the connectors answered"
    CUT = "the connection is cut before a word is read"
    LOST_ANSWER = "takes the card, then hangs up without a word"
    HALF_AN_ANSWER = "takes the card, and hangs up in the middle of the head"
    ODD_ANSWER = "takes the card, and answers in no language that is known"
    SLOW = "takes the card, and says nothing for long"
    DRIPS = "takes the card, and answers a letter at a time, for ever"
    FAILED = "500"
    GATEWAY = "504: whether it was taken, it does not know"
    BUSY = "429, come again in seven seconds"
    BUSY_UNTIL = "429 with a date"
    BUSY_FOR_LONG = "429 for a week"
    BUSY_SOMEHOW = "429 with nonsense"
    REFUSED = "400"
    GONE = "410: the workflow was deleted"
    ELSEWHERE = "307 to another place"


PLAIN = {
    Fault.NONE: (202, {}),
    Fault.OLD: (200, {}),
    Fault.FAILED: (500, {}),
    Fault.GATEWAY: (504, {}),
    Fault.BUSY: (429, {"Retry-After": "7"}),
    Fault.BUSY_UNTIL: (429, {"Retry-After": "Thu, 26 Nov 2026 09:01:50 GMT"}),
    Fault.BUSY_FOR_LONG: (429, {"Retry-After": "604800"}),
    Fault.BUSY_SOMEHOW: (429, {"Retry-After": "soon, perhaps"}),
    Fault.REFUSED: (400, {}),
    Fault.GONE: (410, {}),
    Fault.ELSEWHERE: (307, {"Location": "/elsewhere"}),
}
TAKEN = {Fault.NONE, Fault.OLD, Fault.LOST_ANSWER, Fault.HALF_AN_ANSWER, Fault.ODD_ANSWER, Fault.SLOW, Fault.DRIPS}


@dataclass
class TeamsServer:
    """A channel for one test: ``with TeamsServer() as channel``."""

    script: list[Fault] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)  # what stands in the channel
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        """Give the address, whose path is the secret."""
        return f"http://127.0.0.1:{self.port}/workflows/a-very-secret-path?sig=SECRET"

    def __enter__(self) -> TeamsServer:
        channel = self

        class Talk(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    channel._talk(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self._ends = threading.Event()
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="teams-server", daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, line: socket.socket) -> None:
        self.connections += 1
        fault = self.script.pop(0) if self.script else Fault.NONE
        if fault is Fault.CUT:
            # With a reset, as when a machine on the way falls over.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            return
        card = self._read(line)
        if fault in TAKEN:
            self.cards.append(card)
        self._answer(line, fault)

    def _read(self, line: socket.socket) -> dict[str, Any]:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += line.recv(4096)
        head, _, body = heard.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.paths.append(lines[0].split(" ")[1])
        lengths = [each.partition(":")[2] for each in lines if each.lower().startswith("content-length:")]
        while len(body) < int(lengths[0]):
            body += line.recv(4096)
        card: dict[str, Any] = json.loads(body)
        return card

    def _answer(self, line: socket.socket, fault: Fault) -> None:
        if fault in PLAIN:
            status, headers = PLAIN[fault]
            more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(f"HTTP/1.1 {status} So\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        elif fault is Fault.HALF_AN_ANSWER:
            line.sendall(b"HTTP/1.1 20")
        elif fault is Fault.ODD_ANSWER:
            line.sendall(b"\x00\x01 what?\r\n\r\n")
        elif fault is Fault.SLOW:
            self._ends.wait(30)
        elif fault is Fault.DRIPS:
            line.sendall(b"HTTP/1.1 202 So\r\n")
            while not self._ends.is_set():
                line.sendall(b"X-Drop: 1\r\n")
                time.sleep(0.05)
