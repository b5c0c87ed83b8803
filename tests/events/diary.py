"""A calendar program that does what RFC 5546 says, and one that forgets what was cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from icalendar import Calendar, Event

Order = tuple[int, datetime]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What its owner sees of one evening."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    sequence: int


def event_of(written: bytes) -> tuple[str, Event]:
    """Read a message: its method, and the one event that it is about."""
    calendar = cast(Calendar, Calendar.from_ical(written))
    (event,) = calendar.events
    return str(calendar["METHOD"]), event


def entry_of(event: Event) -> Entry:
    """Read what an owner sees."""
    return Entry(
        uid=str(event["UID"]),
        starts_at=cast(datetime, event.start).astimezone(UTC),  # type: ignore[attr-defined]
        ends_at=cast(datetime, event.end).astimezone(UTC),  # type: ignore[attr-defined]
        title=str(event["SUMMARY"]),
        place=str(event.get("LOCATION", "")),
        sequence=int(event["SEQUENCE"]),
    )


@dataclass
class Diary:
    """Takes messages in whatever order they come. The newer one by SEQUENCE, then by DTSTAMP, counts (2.1.5)."""

    owner: str
    entries: dict[str, Entry] = field(default_factory=dict)
    newest: dict[str, Order] = field(default_factory=dict)

    def receive(self, written: bytes) -> None:
        """Act on a message, or know that a newer one was here before."""
        method, event = event_of(written)
        self._check(event)
        uid, order = str(event["UID"]), _order(event)
        if uid in self.newest and order < self.newest[uid]:
            return
        self.newest[uid] = order
        if method == "REQUEST":
            self.entries[uid] = entry_of(event)
        else:
            assert method == "CANCEL"
            self.entries.pop(uid, None)

    def _check(self, event: Event) -> None:
        attendee: Any = event["ATTENDEE"]
        assert not isinstance(attendee, list), "a message is for one person"
        assert str(attendee).lower() == f"mailto:{self.owner}"
        assert "ORGANIZER" in event


def _order(event: Event) -> Order:
    return int(event["SEQUENCE"]), cast(datetime, event["DTSTAMP"].dt)


@dataclass
class Forgetful(Diary):
    """Keeps nothing of what was cancelled: a late invitation would come back to life in it."""

    def receive(self, written: bytes) -> None:
        """Act on a message."""
        super().receive(written)
        for uid in set(self.newest) - set(self.entries):
            del self.newest[uid]
