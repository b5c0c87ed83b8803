"""What happened to bookings. `purpose` is the caller's own word, such as «evening:12»."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BookingFact:
    """What every fact about a booking carries."""

    booking_id: int
    purpose: str


@dataclass(frozen=True, kw_only=True)
class BookingConfirmed(BookingFact):
    """The room has said yes."""


@dataclass(frozen=True, kw_only=True)
class BookingDeclined(BookingFact):
    """No room that fits has said yes; the portal keeps trying. A booking that was to be moved stays where it is."""

    kept_booking_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class BookingUnanswered(BookingFact):
    """The room has not answered within the time we wait."""


@dataclass(frozen=True, kw_only=True)
class BookingMovedOutside(BookingFact):
    """Somebody gave the meeting another time in the calendar itself; what was promised waits for a choice."""


@dataclass(frozen=True, kw_only=True)
class BookingMovedBack(BookingFact):
    """Somebody gave the meeting in the calendar its promised time again."""


@dataclass(frozen=True, kw_only=True)
class BookingVanished(BookingFact):
    """Somebody removed the meeting in the calendar itself."""


@dataclass(frozen=True, kw_only=True)
class BookingReleased(BookingFact):
    """The room is free again, because we asked for it."""
