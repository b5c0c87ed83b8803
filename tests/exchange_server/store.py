"""What the server knows: rooms, meetings in mailboxes, entries in the rooms' calendars, requests that wait."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

Kept = TypeVar("Kept")

MODES = ("auto", "decline", "late", "never", "silent")


@dataclass(kw_only=True)
class Room:
    """A room mailbox. The mode says how it treats an invitation."""

    address: str
    name: str
    room_list: str = "rooms@example.org"
    mode: str = "auto"
    delay: float = 30.0
    broken: str = ""  # the response code its free/busy answers with, or «unreadable»
    declines: float = 0.0  # how often somebody says no for it although it is free
    answers: list[str] = field(default_factory=list)  # «yes» or «no» to what comes next, before its mode counts again


@dataclass(kw_only=True)
class Attendee:
    """Somebody invited, and what the organiser's copy says that they answered."""

    address: str
    kind: str  # Resources | RequiredAttendees | OptionalAttendees
    response: str = "Unknown"


@dataclass(kw_only=True)
class Meeting:
    """An item in an organiser's calendar."""

    id: str
    mailbox: str
    uid: str
    subject: str
    location: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    attendees: list[Attendee] = field(default_factory=list)
    extended: dict[str, str] = field(default_factory=dict)
    change: int = 1
    is_sent: bool = False
    kind: str = "Single"  # Single | Occurrence | Exception | RecurringMaster

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether it touches a half-open interval."""
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(kw_only=True)
class Entry:
    """What stands in a room's own calendar. Exchange knows it again by the meeting's UID."""

    room: str
    uid: str
    starts_at: datetime
    ends_at: datetime
    subject: str = ""
    busy: str = "Busy"

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether it touches a half-open interval."""
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(kw_only=True)
class Pending:
    """Something that happens later by the server's clock: a slow room's answer or a late commit."""

    due_at: datetime
    meeting_id: str = ""
    room: str = ""
    request: str = ""


class Store:
    """Everything, behind one lock, kept in a file when one is given."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.path = path
        self.calls: Counter[str] = Counter()
        self.chance = random.Random(1)
        self.clear()
        if path is not None and path.exists():
            self._load(json.loads(path.read_text("utf-8")))

    def clear(self) -> None:
        """Forget everything."""
        self.rooms: dict[str, Room] = {}
        self.meetings: dict[str, Meeting] = {}
        self.doubles: list[float] = []  # for how many seconds two meetings had the same key
        self._entries: dict[str, list[Entry]] = {}
        self._by_value: dict[tuple[str, str], dict[str, Meeting]] = {}
        self._doubled_since: dict[tuple[str, str], datetime] = {}
        self.pending: list[Pending] = []
        self.removed: list[tuple[int, str]] = []
        self.oldest_change = 0  # since when changes are remembered
        self.offset = timedelta()
        self.calls.clear()
        self._numbers = count(1)

    def now(self) -> datetime:
        """Give the server's clock."""
        return datetime.now(UTC) + self.offset

    def next_number(self) -> int:
        """Give a number that no item and no change has had."""
        return next(self._numbers)

    def touch(self, meeting: Meeting) -> None:
        """Note that an item changed."""
        meeting.change = self.next_number()

    @property
    def entries(self) -> list[Entry]:
        """Give what stands in all the rooms' calendars."""
        return [entry for entries in self._entries.values() for entry in entries]

    def entries_of(self, room: str) -> list[Entry]:
        """Give a room's calendar."""
        return self._entries.get(room, [])

    def add_entry(self, entry: Entry) -> None:
        """Put something into a room's calendar."""
        self._entries.setdefault(entry.room, []).append(entry)

    def drop_entry(self, room: str, uid: str) -> None:
        """Take a meeting out of a room's calendar."""
        self._entries[room] = [entry for entry in self.entries_of(room) if entry.uid != uid]

    def drop_entries(self, uid: str) -> None:
        """Take a meeting out of every room's calendar."""
        for room in self._entries:
            self.drop_entry(room, uid)

    def with_value(self, key: str, value: str) -> list[Meeting]:
        """Give the items with an extended property."""
        return list(self._by_value.get((key, value), {}).values())

    def add(self, meeting: Meeting) -> None:
        """Put an item into the organiser's calendar."""
        self.meetings[meeting.id] = meeting
        for pair in meeting.extended.items():
            same = self._by_value.setdefault(pair, {})
            same[meeting.id] = meeting
            if len(same) > 1:
                self._doubled_since.setdefault(pair, self.now())

    def remove(self, meeting: Meeting) -> None:
        """Take an item out of the organiser's calendar."""
        del self.meetings[meeting.id]
        for pair in meeting.extended.items():
            del self._by_value[pair][meeting.id]
            if len(self._by_value[pair]) == 1:
                self.doubles.append((self.now() - self._doubled_since.pop(pair)).total_seconds())
        self.removed.append((self.next_number(), meeting.id))
        self.pending = [wait for wait in self.pending if wait.meeting_id != meeting.id]

    def picture(self) -> dict[str, Any]:
        """Show everything, as JSON can hold it."""
        return {
            "now": self.now().isoformat(),
            "rooms": [asdict(room) for room in self.rooms.values()],
            "meetings": [_plain(meeting) for meeting in self.meetings.values()],
            "entries": [_plain(entry) for entry in self.entries],
            "pending": [_plain(wait) for wait in self.pending],
            "calls": dict(self.calls),
        }

    def figures(self) -> dict[str, Any]:
        """Show what a bench counts while the work goes on; the whole picture takes its time."""
        still = [(self.now() - since).total_seconds() for since in self._doubled_since.values()]
        return {
            "calls": dict(self.calls),
            "doubles": self.doubles,
            "still_doubled": still,
            "pending": len(self.pending),
        }

    def keep(self) -> None:
        """Write the state to its file."""
        if self.path is None:
            return
        kept = self.picture() | {"offset": self.offset.total_seconds(), "number": self.next_number()}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(kept), "utf-8")
        os.replace(draft, self.path)

    def _load(self, kept: dict[str, Any]) -> None:
        self.rooms = {room["address"]: Room(**room) for room in kept["rooms"]}
        for plain in kept["meetings"]:
            plain["attendees"] = [Attendee(**attendee) for attendee in plain["attendees"]]
            self.add(_restored(Meeting, plain))
        for plain in kept["entries"]:
            self.add_entry(_restored(Entry, plain))
        self.pending = [_restored(Pending, plain) for plain in kept["pending"]]
        self.offset = timedelta(seconds=kept["offset"])
        self._numbers = count(kept["number"] + 1)


def _plain(value: Any) -> dict[str, Any]:
    return {name: part.isoformat() if isinstance(part, datetime) else part for name, part in asdict(value).items()}


def _restored(kind: type[Kept], plain: dict[str, Any]) -> Kept:
    moments = {part.name for part in fields(kind) if part.type == "datetime"}  # type: ignore[arg-type]
    return kind(**{name: datetime.fromisoformat(part) if name in moments else part for name, part in plain.items()})
