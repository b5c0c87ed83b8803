"""The control interface at /control: what the test Exchange server's has, and what only Graph knows."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.exchange_server import control, rooms
from tests.exchange_server.store import Meeting

if TYPE_CHECKING:
    from tests.graph_server.server import GraphServer


def act(server: GraphServer, method: str, path: str, body: dict[str, Any]) -> Any:
    """Carry out one control request."""
    _, _, noun, *rest = [*urlsplit(path).path.split("/"), ""]
    subject = unquote(rest[0]) if rest else ""
    acts: dict[tuple[str, str], Callable[[], Any]] = {
        ("POST", "copies"): lambda: _copy(server, subject),
        ("POST", "days"): lambda: _make_day(server, subject),
        ("POST", "appointments"): lambda: _appointment(server, body),
        ("DELETE", "tokens"): server.tokens.clear,
        ("POST", "limits"): lambda: server.limits.update(body),
    }
    if (method, noun) in acts:
        with server.store.lock:
            server.settle()
            return acts[method, noun]() or {}
    if noun == "reset":
        server.forget()
    return control.act(server, method, path, body)  # type: ignore[arg-type]


def _copy(server: GraphServer, subject: str) -> None:
    store = server.store
    twin = deepcopy(store.meetings[subject])
    number = store.next_number()
    twin.id, twin.uid, twin.change, twin.created_at = f"AAkALg{number:08d}=", f"copy-{number}", number, store.now()
    twin.extended.pop("transactionId", None)
    for attendee in twin.attendees:
        attendee.response = "Unknown"
    store.add(twin)
    rooms.invite(store, twin)


def _make_day(server: GraphServer, subject: str) -> None:
    meeting = server.store.meetings[subject]
    meeting.extended["isAllDay"] = "true"
    server.store.touch(meeting)


def _appointment(server: GraphServer, body: dict[str, Any]) -> None:
    store = server.store
    number = store.next_number()
    moments = {name: datetime.fromisoformat(body[name]) for name in ("starts_at", "ends_at")}
    store.add(
        Meeting(
            id=f"AAkALg{number:08d}=",
            mailbox=server.mailbox,
            uid=f"own-{number}",
            subject="Lunch",
            location="",
            created_at=store.now(),
            change=number,
            **moments,
        )
    )
