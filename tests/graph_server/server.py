"""The HTTP side: tokens, dispatch, faults; starts in a thread of a test or as a process of its own."""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from tests.exchange_server import rooms
from tests.exchange_server.faults import AFTER, BEFORE, INSTEAD, Fault, Faults
from tests.exchange_server.store import Pending, Store
from tests.graph_server import control
from tests.graph_server.operations import Answer, Call, perform
from tests.graph_server.shapes import GraphError

CHANGING = {"CreateEvent", "CancelEvent", "DeleteEvent"}
LIMITS = {"page": 1000, "at_once": 4}
ROUTES = (
    ("POST", r"/calendar/getSchedule", "GetSchedule"),
    ("POST", r"/calendar/events", "CreateEvent"),
    ("GET", r"/calendar/events", "FindEvents"),
    ("GET", r"/events/([^/]+)", "GetEvent"),
    ("DELETE", r"/events/([^/]+)", "DeleteEvent"),
    ("POST", r"/events/([^/]+)/cancel", "CancelEvent"),
    ("GET", r"/calendarView", "CalendarView"),
    ("GET", r"/calendarView/delta", "Delta"),
)
# Faults that only Graph knows, told by a status.
STATUSES = {
    "soap_fault": (500, "ErrorInternalServerError"),
    "forbidden": (403, "ErrorAccessDenied"),
    "conflict": (409, "ErrorIrresolvableConflict"),
    "gateway": (504, "UnknownError"),
    "refused": (400, "ErrorInvalidRequest"),
    "unauthorized": (401, "InvalidAuthenticationToken"),
}


class GraphFaults(Faults):
    """The script of faults, with those that only Graph knows."""

    def add(self, fault: Fault) -> None:
        """Put one more fault at the end of the script."""
        if fault.kind not in (*BEFORE, *INSTEAD, *AFTER, *STATUSES):
            raise ValueError(f"no such fault: {fault.kind}")
        self._script.append(fault)


class GraphServer:
    """The test Graph server on loopback, authority and all. Use it as a context manager."""

    tenant, client, secret = "tenant-1", "client-1", "graph-secret"
    mailbox = "portal@example.org"

    def __init__(self, *, port: int = 0, state: Path | None = None) -> None:
        self.store = Store(state)
        self.faults = GraphFaults()
        self.forget()
        self._http = _HttpServer(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def forget(self) -> None:
        """Forget what only Graph knows."""
        self.tokens: dict[str, datetime] = {}
        self.transactions: dict[str, tuple[str, str]] = {}
        self.limits = dict(LIMITS)
        self.running = 0
        self._numbers = count(1)

    @property
    def base(self) -> str:
        """Give the address of the server, and of its authority."""
        return f"http://127.0.0.1:{self._http.server_port}"

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
        """Do what has become due by the server's clock; tell whether there was any."""
        with self.store.lock:
            due = [wait for wait in self.store.pending if wait.due_at <= self.store.now()]
            self.store.pending = [wait for wait in self.store.pending if wait not in due]
            for wait in due:
                if wait.request:
                    with suppress(GraphError):
                        perform(self, Call(**json.loads(wait.request)))
                else:
                    rooms.answer_late(self.store, wait)
            return bool(due)

    def answer(self, call: Call) -> Answer:
        """Carry out one call and keep what it changed."""
        with self.store.lock:
            has_changed = self.settle()
            answer = perform(self, call)
            if has_changed or call.name in CHANGING:
                self.store.keep()
            return answer

    def postpone(self, call: Call, seconds: float) -> None:
        """Let a call take effect later, after its answer was given up."""
        with self.store.lock:
            self.store.pending.append(
                Pending(due_at=self.store.now() + timedelta(seconds=seconds), request=call.text())
            )

    def new_token(self) -> str:
        """Give a token for an hour."""
        token = f"token-{next(self._numbers)}"
        self.tokens[token] = self.store.now() + timedelta(hours=1)
        return token

    def is_good(self, token: str) -> bool:
        """Tell whether a token still opens."""
        return token in self.tokens and self.store.now() < self.tokens[token]


class _HttpServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that are killed in the middle of a call; anything else is ours to mend."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: GraphServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        graph = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    graph: GraphServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a reading."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a question or a change."""
        self._answer("POST")

    def do_DELETE(self) -> None:
        """Answer a deletion."""
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.startswith("/control"):
            self._control(method, content)
            return
        try:
            if self.path.endswith("/oauth2/v2.0/token"):
                self._token(content)
            else:
                self._graph(method, content)
        except GraphError as error:
            self._refuse(error)

    def _control(self, method: str, content: bytes) -> None:
        body = json.loads(content) if content else {}
        try:
            result, status = control.act(self.graph, method, self.path, body), 200
        except (KeyError, ValueError, TypeError) as error:
            result, status = {"error": repr(error)}, 400
        self._reply(status, result)

    def _token(self, content: bytes) -> None:
        trouble = self._struck("Token")
        if trouble is not None and trouble.kind not in AFTER:
            self._fail(trouble)
            return
        form = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        expected = {
            "grant_type": "client_credentials",
            "client_id": self.graph.client,
            "client_secret": self.graph.secret,
            "scope": f"{self.graph.base}/.default",
        }
        if form != expected or not self.path.startswith(f"/{self.graph.tenant}/"):
            self._refuse_sign_in()
            return
        answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": self.graph.new_token()}
        self._finish(trouble, (200, answer))

    def _refuse_sign_in(self) -> None:
        with self.graph.store.lock:
            self.graph.store.calls["refused"] += 1
        words = "AADSTS7000215: Invalid client secret provided for app 'client-1'."
        self._reply(401, {"error": "invalid_client", "error_description": words, "error_codes": [7000215]})

    def _graph(self, method: str, content: bytes) -> None:
        call = self._call(method, content)
        trouble = self._struck(call.name)
        if trouble is not None and trouble.kind not in AFTER:
            if trouble.kind == "late_commit" and call.name in CHANGING:
                self.graph.postpone(call, trouble.seconds)
            self._fail(trouble)
            return
        with self._place():
            try:
                answer = self.graph.answer(call)
            except KeyError as error:  # whoever is killed in the middle of a call sends half a body, or none
                raise GraphError(400, "BadRequest") from error
            if trouble is not None and trouble.kind == "twice":
                with suppress(GraphError):
                    self.graph.answer(call)
            self._finish(trouble, answer)

    def _place(self) -> _Place:
        return _Place(self.graph)

    def _call(self, method: str, content: bytes) -> Call:
        if not self.graph.is_good(self.headers.get("Authorization", "").removeprefix("Bearer ")):
            raise GraphError(401, "InvalidAuthenticationToken")
        if 'outlook.timezone="UTC"' not in self.headers.get("Prefer", ""):
            raise GraphError(400, "NoTimeZoneAskedFor")  # Graph would answer; a client of ours always asks
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if found := re.search(r"odata\.maxpagesize=(\d+)", self.headers.get("Prefer", "")):
            query["maxpagesize"] = found[1]
        name, subject = self._route(method, url.path)
        try:
            body = json.loads(content) if content else {}
        except ValueError as error:
            raise GraphError(400, "BadRequest") from error
        return Call(name=name, query=query, body=body, subject=subject)

    def _route(self, method: str, path: str) -> tuple[str, str]:
        if (method, path) == ("GET", "/v1.0/places/microsoft.graph.room"):
            return "Places", ""
        root = f"/v1.0/users/{self.graph.mailbox}"
        for verb, pattern, name in ROUTES:
            found = re.fullmatch(re.escape(root) + pattern, path)
            if found and verb == method:
                return name, unquote(found[1]) if found.groups() else ""
        raise GraphError(404, "ErrorInvalidUser" if "/users/" in path else "ResourceNotFound")

    def _struck(self, name: str) -> Fault | None:
        with self.graph.store.lock:
            self.graph.store.calls[name] += 1
            return self.graph.faults.strike(name)

    def _fail(self, trouble: Fault) -> None:
        if trouble.kind == "busy":
            raise GraphError(429, "ApplicationThrottled", wait=trouble.seconds)
        if trouble.kind in STATUSES:
            raise GraphError(*STATUSES[trouble.kind])
        if trouble.kind == "unavailable":
            self._reply(503, b"<html>Service Unavailable</html>")
        elif trouble.kind == "garbage":
            self._reply(200, b"<html><body>proxy says hello</body></html>")
        else:
            self._reset()

    def _finish(self, trouble: Fault | None, answer: Answer) -> None:
        kind = "" if trouble is None else trouble.kind
        if kind == "lost_answer":
            self._reset()
            return
        if trouble is not None and kind == "slow":
            time.sleep(trouble.seconds)
        status, body = answer
        content = b"" if body is None else json.dumps(body).encode()
        if kind == "garbage_after":
            content = content[: len(content) // 2] or b"<ht"
        with suppress(ConnectionError):
            self._reply(status, content)

    def _refuse(self, error: GraphError) -> None:
        if error.status == 401:
            with self.graph.store.lock:
                self.graph.store.calls["refused"] += 1
        wait = {} if error.wait is None else {"Retry-After": str(int(error.wait))}
        self._reply(error.status, {"error": {"code": error.code, "message": f"In words: {error.code}."}}, headers=wait)

    def _reset(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        # Closing with SO_LINGER 0 is what sends the RST; the base class would say goodbye politely.
        self.connection.close()
        self.wfile = BytesIO()

    def _reply(self, status: int, answer: Any, *, headers: dict[str, str] | None = None) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if content[:1] == b"<" else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class _Place:
    """One of the few calls that a mailbox answers at once; one more is throttled, as Graph does."""

    def __init__(self, graph: GraphServer) -> None:
        self._graph = graph

    def __enter__(self) -> None:
        with self._graph.store.lock:
            if self._graph.running >= self._graph.limits["at_once"]:
                self._graph.store.calls["too many at once"] += 1
                raise GraphError(429, "ApplicationThrottled", wait=10)
            self._graph.running += 1

    def __exit__(self, *_: object) -> None:
        with self._graph.store.lock:
            self._graph.running -= 1
