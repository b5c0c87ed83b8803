"""The control interface at /control: rooms, faults, the clock, and what people do in Outlook."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.exchange_server import rooms
from tests.exchange_server.faults import Fault
from tests.exchange_server.store import MODES, Attendee, Entry, Room, Store

if TYPE_CHECKING:
    from tests.exchange_server.server import ExchangeServer


def act(server: ExchangeServer, method: str, path: str, body: dict[str, Any]) -> Any:
    """Carry out one control request; KeyError, ValueError and TypeError mean that it was not understood."""
    _, _, noun, *rest = [*urlsplit(path).path.split("/"), ""]
    name = unquote(rest[0]) if rest else ""
    with server.store.lock:
        server.settle()
        result = _act(server, (method, noun), name, body)
        server.store.keep()
        return result


def _act(server: ExchangeServer, verb: tuple[str, str], name: str, body: dict[str, Any]) -> Any:
    store = server.store
    acts: dict[tuple[str, str], Callable[[], Any]] = {
        ("GET", "state"): store.picture,
        ("GET", "figures"): lambda: store.figures() | {"strikes": dict(server.faults.strikes)},
        ("POST", "rooms"): lambda: _set_room(store, body),
        ("POST", "faults"): lambda: server.faults.add(Fault(**body)),
        ("DELETE", "faults"): server.faults.clear,
        ("POST", "clock"): lambda: _advance(server, body["advance"]),
        ("POST", "meetings"): lambda: _edit_meeting(store, name, body),
        ("DELETE", "meetings"): lambda: _delete_meeting(store, name),
        ("POST", "entries"): lambda: store.add_entry(_entry(store, body)),
        ("DELETE", "entries"): lambda: store.drop_entries(name),
        ("POST", "people"): lambda: _invite(store, name, body),
        ("POST", "series"): lambda: _repeat(store, name),
        ("DELETE", "changes"): lambda: _forget_changes(store),
        ("POST", "reset"): lambda: _reset(server),
    }
    return acts[verb]() or {}


def _advance(server: ExchangeServer, seconds: float) -> None:
    server.store.offset += timedelta(seconds=seconds)
    server.settle()


def _reset(server: ExchangeServer) -> None:
    server.store.clear()
    server.faults.clear()


def _set_room(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    known = store.rooms.get(body["address"])
    room = Room(**{**(asdict(known) if known else {"name": body["address"]}), **body})
    if room.mode not in MODES:
        raise ValueError(room.mode)
    store.rooms[room.address] = room
    return asdict(room)


def _edit_meeting(store: Store, meeting_id: str, body: dict[str, Any]) -> None:
    """Move a meeting as a person in Outlook would: the room gets the update."""
    meeting = store.meetings[meeting_id]
    if "starts_at" in body:
        meeting.starts_at = datetime.fromisoformat(body["starts_at"])
        meeting.ends_at = datetime.fromisoformat(body["ends_at"])
    for address, response in body.get("responses", {}).items():
        next(attendee for attendee in meeting.attendees if attendee.address == address).response = response
    store.touch(meeting)
    if "starts_at" in body:
        rooms.invite(store, meeting)


def _invite(store: Store, meeting_id: str, body: dict[str, Any]) -> None:
    """Add a colleague to a meeting in Outlook, who answers at once."""
    meeting = store.meetings[meeting_id]
    meeting.attendees.append(Attendee(address=body["address"], kind="RequiredAttendees", response=body["response"]))
    store.touch(meeting)


def _repeat(store: Store, meeting_id: str) -> None:
    """Make a meeting into a series of three days in Outlook; its hidden properties stand on every day."""
    master = store.meetings[meeting_id]
    master.kind = "RecurringMaster"
    store.touch(master)
    for day in range(3):
        number = store.next_number()
        occurrence = deepcopy(master)
        occurrence.id, occurrence.kind, occurrence.change = f"{meeting_id}.{day}", "Occurrence", number
        occurrence.starts_at, occurrence.ends_at = (
            moment + timedelta(days=day) for moment in (master.starts_at, master.ends_at)
        )
        store.add(occurrence)


def _forget_changes(store: Store) -> None:
    store.oldest_change = store.next_number()


def _delete_meeting(store: Store, meeting_id: str) -> None:
    """Delete a meeting as a person in Outlook would: the room gets the cancellation."""
    meeting = store.meetings[meeting_id]
    rooms.cancel(store, meeting)
    store.remove(meeting)


def _entry(store: Store, body: dict[str, Any]) -> Entry:
    moments = {name: datetime.fromisoformat(body[name]) for name in ("starts_at", "ends_at")}
    return Entry(**{"uid": f"outlook-{store.next_number()}", **body, **moments})
