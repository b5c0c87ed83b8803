"""The mails that have left the house, and the calendar entries in them."""

from __future__ import annotations

import email
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar, Event


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One calendar entry as it came by mail."""

    to: str
    method: str
    uid: str
    sequence: int
    attendees: tuple[str, ...]
    starts_at: datetime
    summary: str
    raw: str


def letters(folder: Path) -> list[EmailMessage]:
    """Read every mail, oldest first."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns) if folder.exists() else []
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def entries(folder: Path, *, to: str = "") -> list[Entry]:
    """Give the calendar entries that were sent, to one address or to all."""
    found = [entry for letter in letters(folder) for entry in _entries(letter)]
    return [entry for entry in found if not to or entry.to == to]


def _entries(letter: EmailMessage) -> Iterable[Entry]:
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) <= 1, f"{len(parts)} calendars in one mail"
    for part in parts:
        raw = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        calendar = Calendar.from_ical(raw)
        method = str(calendar["METHOD"])
        assert part.get_param("method") == method, "the mail and the calendar differ in METHOD"
        (event,) = calendar.walk("VEVENT")
        yield _entry(letter, event, method, raw)


def _entry(letter: EmailMessage, event: Event, method: str, raw: str) -> Entry:
    attendees = event.get("ATTENDEE", [])
    return Entry(
        to=str(letter["To"].addresses[0].addr_spec),
        method=method,
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        attendees=tuple(map(str, attendees if isinstance(attendees, list) else [attendees])),
        starts_at=event["DTSTART"].dt,
        summary=str(event["SUMMARY"]),
        raw=unfolded(raw),
    )


def unfolded(calendar: str) -> str:
    """Put folded lines together again."""
    return calendar.replace("\r\n ", "").replace("\n ", "")
