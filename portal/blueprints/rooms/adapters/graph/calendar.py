"""Rooms in Exchange Online by Microsoft Graph: a room is booked by inviting it, and by waiting for its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from portal.blueprints.rooms.adapters.breaker import Breaker
from portal.blueprints.rooms.adapters.door import Door, bounded
from portal.blueprints.rooms.adapters.graph.line import Connection, Line, Lost, Refused, SignInFailed
from portal.blueprints.rooms.adapters.graph.mailbox import MOST_SCHEDULES, GraphMailbox
from portal.blueprints.rooms.adapters.graph.shapes import Unreadable
from portal.blueprints.rooms.adapters.kept import KeptCopy
from portal.blueprints.rooms.ports import (
    BusyTimes,
    CalendarUnavailable,
    FoundRoom,
    Meeting,
    OutcomeUnknown,
    Wish,
    WishRefused,
)

T = TypeVar("T")

BUSY_REST = timedelta(seconds=30)  # when a busy server does not say for how long
USED_BEFORE = "ErrorDuplicateTransactionId"
TROUBLES = (Refused, Lost, SignInFailed, Unreadable)


class GraphCalendar:
    """Books a room by inviting it as a resource from one service mailbox.

    The key of a booking is its transaction too: Graph makes one meeting of it, however often it is sent.
    """

    def __init__(self, connection: Connection) -> None:
        self._known_rooms: set[str] = set()
        self._mailbox = GraphMailbox(Line(connection), connection.mailbox, self._known_rooms)
        self._copy = KeptCopy()
        self.breaker = Breaker()
        self._door = Door(self.breaker, most=connection.connections)

    def list_rooms(self) -> Sequence[FoundRoom]:
        """Give the rooms that the tenant has."""
        return self._read(self._mailbox.rooms)

    def free_busy(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> Sequence[BusyTimes]:
        """Ask for twenty rooms at a time; where one spoils the question, for each of them alone."""
        self._known_rooms.update(address.lower() for address in addresses)
        found: list[BusyTimes] = []
        for first in range(0, len(addresses), MOST_SCHEDULES):
            found += self._schedules(addresses[first : first + MOST_SCHEDULES], starts_at, ends_at)
        return found

    def book(self, wish: Wish) -> Meeting:
        """Invite the room."""
        self._known_rooms.add(wish.room_address.lower())
        return self._write(lambda: self._create(wish))

    def find(self, key: str) -> Sequence[Meeting]:
        """Find our meetings by the key they carry."""
        return self._read(lambda: self._mailbox.find(key))

    def meetings(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting with a key of ours in an interval, from our copy and what has changed since."""
        return self._read(lambda: self._copy.meetings(self._mailbox, starts_at=starts_at, ends_at=ends_at))

    def cancel(self, meeting: Meeting, *, quietly: bool = False) -> None:  # noqa: ARG002 - Graph gives no UID twice
        """Take the meeting away and tell the room."""
        self._write(lambda: self._cancel(meeting.remote_id))

    def _schedules(self, addresses: Sequence[str], starts_at: datetime, ends_at: datetime) -> list[BusyTimes]:
        def call() -> list[BusyTimes] | None:
            try:
                return self._mailbox.schedules(addresses, starts_at=starts_at, ends_at=ends_at)
            except Refused as refusal:
                if refusal.status != 400:
                    raise
                if len(addresses) == 1:
                    return [BusyTimes(address=addresses[0], problem=refusal.code)]
                return None

        found = self._read(call)
        if found is None:
            return [busy for address in addresses for busy in self._schedules([address], starts_at, ends_at)]
        return found

    def _create(self, wish: Wish) -> Meeting:
        try:
            return self._mailbox.create(wish, transaction_id=wish.key)
        except Refused as refusal:
            if refusal.code != USED_BEFORE:
                raise
        # The transaction was made with other words or another time, and nobody knows what became of it.
        found = self._mailbox.find(wish.key)
        return found[0] if found else self._mailbox.create(wish, transaction_id=wish.uid)

    def _cancel(self, remote_id: str) -> None:
        try:
            try:
                self._mailbox.cancel(remote_id)
            except Refused as refusal:
                if refusal.status != 400:
                    raise
                self._mailbox.delete(remote_id)
        except Refused as refusal:
            if refusal.status not in (404, 410):
                raise

    def _read(self, call: Callable[[], T]) -> T:
        return self._through_the_door(call, _unavailable)

    def _write(self, call: Callable[[], T]) -> T:
        return self._through_the_door(call, _outcome)

    def _through_the_door(self, call: Callable[[], T], explain: Callable[[Exception], Exception]) -> T:
        with self._door.enter():
            try:
                result = call()
            except SignInFailed as error:
                raise self._door.note_refused_sign_in(str(error)) from None
            except TROUBLES as error:
                if _is_outage(error):
                    self._door.note_failure(_rest_asked_for(error))
                raise explain(error) from None
            self._door.note_success()
            return result


def _unavailable(error: Exception) -> CalendarUnavailable:
    return CalendarUnavailable(str(error), wait=_rest_asked_for(error))


def _outcome(error: Exception) -> CalendarUnavailable | OutcomeUnknown | WishRefused:
    """Tell what a change that failed has come to."""
    if isinstance(error, Lost | Refused) and not error.has_left:
        return _unavailable(error)
    if isinstance(error, Refused):
        if error.status in (403, 404, 429):
            return _unavailable(error)  # nothing was done, and it is no fault of the meeting
        if error.status in (400, 405, 413, 415, 422):
            return WishRefused(error.code)
    return OutcomeUnknown(str(error))


def _is_outage(error: Exception) -> bool:
    return not isinstance(error, Refused) or error.status >= 500 or error.status in (403, 429)


def _rest_asked_for(error: Exception) -> timedelta | None:
    """Give the rest that Graph asks for."""
    if not isinstance(error, Refused):
        return None
    if error.status == 429:
        return bounded(error.wait) or BUSY_REST
    return bounded(error.wait) if error.status >= 500 else None
