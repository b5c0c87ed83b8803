"""What the portal asks of a calendar that holds rooms, in words of our own; which calendar it is stays outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Answer(StrEnum):
    """What a room has said to a meeting."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A meeting to put into a room's calendar. The key travels with it, so that it is known again.

    The UID differs from one try to the next: a room takes two meetings with the same UID for one and the same,
    and cancelling the doubled one would then free the room.
    """

    key: str
    uid: str
    room_address: str
    room_name: str
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting of ours as the calendar has it. `remote_id` and `mark` mean something to the adapter only."""

    key: str
    uid: str
    remote_id: str
    mark: str
    room_addresses: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    answer: Answer
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class FoundRoom:
    """A room that the calendar knows, and what else it tells of it; lists of Exchange tell no more than the name."""

    address: str
    name: str
    seats: int = 0
    site: str = ""
    floor: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A half-open interval in which a room is taken."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class BusyTimes:
    """When one room is taken, or what kept us from knowing it."""

    address: str
    spans: tuple[Span, ...] = ()
    problem: str = ""


class CalendarTrouble(Exception):
    """Something went wrong between us and the calendar. The words are codes, never what somebody wrote."""


class OutcomeUnknown(CalendarTrouble):
    """A change was sent and nobody knows whether it happened: look by the key before trying again."""


class CalendarUnavailable(CalendarTrouble):
    """The calendar did not answer, and nothing was changed; or it was not even asked, to give it its rest."""

    def __init__(self, code: str, *, wait: timedelta | None = None, was_asked: bool = True) -> None:
        super().__init__(code)
        self.wait = wait
        self.was_asked = was_asked


class SignInRefused(CalendarUnavailable):
    """The calendar does not let us in; asking again and again could lock the account."""


class WishRefused(CalendarTrouble):
    """The calendar understood, and said no for good."""


class RoomCalendar(Protocol):
    """A calendar that holds rooms. One contract test suite runs against every implementation.

    Everything may raise CalendarUnavailable; what changes something may also raise OutcomeUnknown or WishRefused.
    No call stands in a web request or in a transaction.
    """

    def list_rooms(self) -> Sequence[FoundRoom]:
        """Give every room the calendar knows."""

    def free_busy(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> Sequence[BusyTimes]:
        """Tell when rooms are taken, in the order asked; a room that cannot be read does not spoil the others."""

    def book(self, wish: Wish) -> Meeting:
        """Invite the room. Sent is not booked: the answer may still be waiting."""

    def find(self, key: str) -> Sequence[Meeting]:
        """Give every meeting that carries the key, as it is now, oldest first."""

    def meetings(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting of ours in an interval."""

    def cancel(self, meeting: Meeting, *, quietly: bool = False) -> None:
        """Take the meeting away and free the room; a meeting that is gone already is no error.

        Quietly, the room is told nothing: of a second copy with the UID of the one that stays, for the room knows both
        as one and would free itself. A calendar that never has two with one UID need not tell the difference.
        """
