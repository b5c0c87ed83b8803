"""The HTTP side: sign-in, dispatch, faults; starts in a thread of a test or as a process of its own."""

from __future__ import annotations

import base64
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.exchange_server import control, rooms
from tests.exchange_server.faults import AFTER, Fault, Faults
from tests.exchange_server.operations import availability, directory, folders, items
from tests.exchange_server.soap import Element, SoapFault, envelope, fault, local_name, read_request
from tests.exchange_server.store import Pending, Store

PATH = "/EWS/Exchange.asmx"

OPERATIONS: dict[str, Callable[[Store, Element, str], Element]] = {
    "ConvertId": directory.convert_id,
    "CreateItem": items.create_item,
    "DeleteItem": items.delete_item,
    "FindItem": folders.find_item,
    "GetFolder": folders.get_folder,
    "GetItem": items.get_item,
    "GetRoomLists": directory.get_room_lists,
    "GetRooms": directory.get_rooms,
    "GetServerTimeZones": directory.get_server_time_zones,
    "GetUserAvailability": availability.get_user_availability,
    "ResolveNames": directory.resolve_names,
    "SyncFolderItems": folders.sync_folder_items,
    "UpdateItem": items.update_item,
}
CHANGING = {"CreateItem", "UpdateItem", "DeleteItem"}


class ExchangeServer:
    """The test Exchange server on loopback. Use it as a context manager."""

    user = "portal"
    password = "portal-secret"
    mailbox = "portal@example.org"

    def __init__(self, *, port: int = 0, state: Path | None = None) -> None:
        self.store = Store(state)
        self.faults = Faults()
        self._http = _HttpServer(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base(self) -> str:
        """Give the address of the server."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        """Give the address that exchangelib calls."""
        return self.base + PATH

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def serve_forever(self) -> None:
        """Serve until the process ends."""
        self._http.serve_forever()

    def settle(self) -> bool:
        """Do what has become due by the server's clock: slow rooms answer, late commits land. Tell whether any did."""
        with self.store.lock:
            due = [wait for wait in self.store.pending if wait.due_at <= self.store.now()]
            if not due:
                return False
            self.store.pending = [wait for wait in self.store.pending if wait not in due]
            for wait in due:
                if wait.request:
                    self._perform(wait.request.encode("utf-8"))
                else:
                    rooms.answer_late(self.store, wait)
            return True

    def answer(self, content: bytes) -> bytes:
        """Carry out one request and keep what it changed."""
        with self.store.lock:
            has_changed = self.settle()
            response = envelope(self._perform(content))
            if has_changed or operation_of(read_request(content)) in CHANGING:
                self.store.keep()
            return response

    def postpone(self, content: bytes, seconds: float) -> None:
        """Let a request take effect later, after its answer was given up."""
        with self.store.lock:
            due_at = self.store.now() + timedelta(seconds=seconds)
            self.store.pending.append(Pending(due_at=due_at, request=content.decode("utf-8")))
            self.store.keep()

    def _perform(self, content: bytes) -> Element:
        request = read_request(content)
        name = operation_of(request)
        if name not in OPERATIONS:
            raise SoapFault("ErrorInvalidRequest", f"{name} is not spoken here.")
        return OPERATIONS[name](self.store, request, self.mailbox)


class _HttpServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that are killed in the middle of a call; anything else is ours to mend."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def operation_of(request: Element) -> str:
    """Name the operation of a request."""
    return local_name(request).removesuffix("Request")


def _handler(server: ExchangeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        exchange = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    exchange: ExchangeServer
    protocol_version = "HTTP/1.1"  # exchangelib reads «Connection: close» as a busy server
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer EWS, or the control interface."""
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.startswith("/control"):
            self._control("POST", content)
        else:
            self._ews(content)

    def do_GET(self) -> None:
        """Show the state."""
        self._control("GET", b"")

    def do_DELETE(self) -> None:
        """Remove something by the control interface."""
        self._control("DELETE", b"")

    def _control(self, method: str, content: bytes) -> None:
        body = json.loads(content) if content else {}
        try:
            result, status = control.act(self.exchange, method, self.path, body), 200
        except (KeyError, ValueError, TypeError) as error:
            result, status = {"error": repr(error)}, 400
        self._reply(status, json.dumps(result).encode(), "application/json")

    def _ews(self, content: bytes) -> None:
        if not self._is_signed_in():
            self._refuse_sign_in()
            return
        try:
            name = operation_of(read_request(content))
            with self.exchange.store.lock:
                self.exchange.store.calls[name] += 1
                trouble = self.exchange.faults.strike(name)
            if trouble is not None and trouble.kind not in AFTER:
                self._fail(trouble, content, is_changing=name in CHANGING)
                return
            response = self.exchange.answer(content)
        except SoapFault as error:
            self._reply(500, fault(error))
            return
        self._finish(trouble, content, response)

    def _is_signed_in(self) -> bool:
        pair = f"{self.exchange.user}:{self.exchange.password}"
        expected = "Basic " + base64.b64encode(pair.encode()).decode()
        return self.headers.get("Authorization") == expected

    def _refuse_sign_in(self) -> None:
        with self.exchange.store.lock:
            self.exchange.store.calls["refused"] += 1
        self._reply(401, b"", headers={"WWW-Authenticate": 'Basic realm="exchange"'})

    def _fail(self, trouble: Fault, content: bytes, *, is_changing: bool) -> None:
        if trouble.kind == "soap_fault":
            raise SoapFault(trouble.code or "ErrorInternalServerError", "An internal server error occurred.")
        if trouble.kind == "busy":
            raise SoapFault(
                "ErrorServerBusy", "The server cannot service this request.", back_off=int(trouble.seconds * 1000)
            )
        if trouble.kind == "unavailable":
            self._reply(503, b"Service Unavailable", "text/html")
        elif trouble.kind == "unauthorized":
            self._refuse_sign_in()
        elif trouble.kind == "garbage":
            self._reply(200, b"<html><body>proxy says hello</body></html>", "text/html")
        else:
            if trouble.kind == "late_commit" and is_changing:
                self.exchange.postpone(content, trouble.seconds)
            self._reset()

    def _finish(self, trouble: Fault | None, content: bytes, response: bytes) -> None:
        kind = "" if trouble is None else trouble.kind
        if kind == "lost_answer":
            self._reset()
            return
        if kind == "twice":
            self.exchange.answer(content)
        if trouble is not None and kind == "slow":
            time.sleep(trouble.seconds)
        if kind == "garbage_after":
            response = response[: len(response) // 2]
        with suppress(ConnectionError):
            self._reply(200, response)

    def _reset(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        # Closing with SO_LINGER 0 is what sends the RST; the base class would say goodbye politely.
        self.connection.close()
        self.wfile = _Nowhere()  # type: ignore[assignment]

    def _reply(
        self,
        status: int,
        content: bytes,
        kind: str = "text/xml; charset=utf-8",
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class _Nowhere:
    """Takes the place of the stream of a connection that is gone."""

    closed = False

    def write(self, content: bytes) -> int:
        """Drop what is written."""
        return len(content)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
