"""Rooms in Exchange: a room is booked by inviting it as a resource, and by waiting for its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from exchangelib import Account, CalendarItem
from exchangelib.errors import ErrorItemNotFound, ResponseMessageError, UnauthorizedError
from exchangelib.items import MOVE_TO_DELETED_ITEMS, SEND_TO_ALL_AND_SAVE_COPY, SEND_TO_NONE

from portal.blueprints.rooms.adapters.breaker import Breaker
from portal.blueprints.rooms.adapters.door import Door
from portal.blueprints.rooms.adapters.exchange import availability, errors
from portal.blueprints.rooms.adapters.exchange.connection import Connection, connect
from portal.blueprints.rooms.adapters.exchange.folder import CalendarFolder
from portal.blueprints.rooms.adapters.exchange.shapes import ITEM_FIELDS, busy_times, meetings_of, values_of
from portal.blueprints.rooms.adapters.kept import KeptCopy
from portal.blueprints.rooms.ports import (
    Answer,
    BusyTimes,
    CalendarUnavailable,
    FoundRoom,
    Meeting,
    OutcomeUnknown,
    Wish,
    WishRefused,
)
from portal.core import clock

T = TypeVar("T")


class ExchangeCalendar:
    """Books a room by inviting it as a resource from one service mailbox, and waits for its answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._account: Account | None = None
        self._copy = KeptCopy()
        self._known_rooms: set[str] = set()
        self._spoilers: set[str] = set()
        self.breaker = Breaker()
        self._door = Door(self.breaker, most=connection.connections)

    def list_rooms(self) -> Sequence[FoundRoom]:
        """Give the rooms of every room list."""
        return self._read(lambda account: list(availability.rooms(account)))

    def free_busy(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> Sequence[BusyTimes]:
        """Ask for all rooms in one call. A room that made the whole answer unreadable is asked alone from then on."""
        self._known_rooms.update(address.lower() for address in addresses)
        together = [address for address in addresses if address not in self._spoilers]
        try:
            found = self._views(together, starts_at, ends_at)
        except _Spoiled:
            found = {}
        alone = {
            address: self._view_alone(address, starts_at, ends_at) for address in addresses if address not in found
        }
        return [(found | alone)[address] for address in addresses]

    def book(self, wish: Wish) -> Meeting:
        """Invite the room."""
        self._known_rooms.add(wish.room_address.lower())
        item = self._write(lambda account: _save(account, wish))
        return Meeting(
            key=wish.key,
            uid=wish.uid,
            remote_id=str(item.id),
            mark=str(item.changekey),
            room_addresses=(wish.room_address,),
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            answer=Answer.WAITING,
            made_at=clock.now(),
        )

    def find(self, key: str) -> Sequence[Meeting]:
        """Find our meetings by the key they carry."""
        return self._read(
            lambda account: meetings_of(account.calendar.filter(portal_key=key).only(*ITEM_FIELDS), self._known_rooms)
        )

    def meetings(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting with a key of ours in an interval, from our copy and what has changed since."""

        def call(account: Account) -> list[Meeting]:
            folder = CalendarFolder(account, self._known_rooms)
            return self._copy.meetings(folder, starts_at=starts_at, ends_at=ends_at)

        return self._read(call)

    def cancel(self, meeting: Meeting, *, quietly: bool = False) -> None:
        """Delete the meeting and tell the room; without the cancellation the room would keep a ghost."""
        tell = SEND_TO_NONE if quietly else SEND_TO_ALL_AND_SAVE_COPY
        self._write(lambda account: _delete(account, meeting, tell=tell))

    def _views(self, addresses: Sequence[str], starts_at: datetime, ends_at: datetime) -> dict[str, BusyTimes]:
        if not addresses:
            return {}

        def call(account: Account) -> dict[str, BusyTimes]:
            views = availability.views(account, addresses, starts_at=starts_at, ends_at=ends_at)
            # They come in the order asked and without an address: one too few, and none can be told from another.
            return {address: busy_times(address, view) for address, view in zip(addresses, views, strict=True)}

        return self._read(call, may_be_spoiled=True)

    def _view_alone(self, address: str, starts_at: datetime, ends_at: datetime) -> BusyTimes:
        try:
            found = self._views([address], starts_at, ends_at)[address]
        except (_Spoiled, CalendarUnavailable) as trouble:
            if isinstance(trouble, _Spoiled):
                self._spoilers.add(address)
            return BusyTimes(address=address, problem=str(trouble))
        self._spoilers.discard(address)
        return found

    def _read(self, call: Callable[[Account], T], *, may_be_spoiled: bool = False) -> T:
        with self._door.enter():
            try:
                result = call(self._signed_in())
            except errors.TROUBLES as error:
                if may_be_spoiled and errors.may_be_one_rooms_fault(error):
                    raise _Spoiled(errors.code_of(error)) from None
                self._note(error)
                raise CalendarUnavailable(type(error).__name__, wait=errors.rest_asked_for(error)) from None
            self._door.note_success()
            return result

    def _write(self, call: Callable[[Account], T]) -> T:
        account = self._read(_with_calendar)
        with self._door.enter():
            try:
                result = call(account)
            except errors.TROUBLES as error:
                self._note(error)
                raise _outcome(error) from None
            self._door.note_success()
            return result

    def _note(self, error: Exception) -> None:
        if isinstance(error, UnauthorizedError):
            self._forget_account()
            raise self._door.note_refused_sign_in() from None
        wait = errors.rest_asked_for(error)
        is_outage = isinstance(error, errors.DOUBTFUL) or not isinstance(error, ResponseMessageError)
        if wait is not None or is_outage:
            self._door.note_failure(wait)

    def _signed_in(self) -> Account:
        with self._lock:
            if self._account is None:
                self._account = connect(self._connection)
            return self._account

    def _forget_account(self) -> None:
        with self._lock:
            self._account = None


class _Spoiled(Exception):
    """One room made the answer for all of them unreadable."""


def _outcome(error: Exception) -> OutcomeUnknown | CalendarUnavailable | WishRefused:
    """Tell what a change that failed has come to."""
    code = errors.code_of(error)
    if isinstance(error, errors.SHUT):
        return CalendarUnavailable(code)
    if isinstance(error, ResponseMessageError) and not isinstance(error, errors.DOUBTFUL):
        return WishRefused(code)
    return OutcomeUnknown(code)


def _with_calendar(account: Account) -> Account:
    # Looks the folder up (once) before a change is sent: a fault here leaves no doubt about the change.
    _ = account.calendar.id
    return account


def _save(account: Account, wish: Wish) -> CalendarItem:
    item = CalendarItem(account=account, folder=account.calendar, **values_of(wish))
    return item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)


def _delete(account: Account, meeting: Meeting, *, tell: str) -> None:
    results = account.bulk_delete(
        ids=[(meeting.remote_id, meeting.mark)],
        delete_type=MOVE_TO_DELETED_ITEMS,
        send_meeting_cancellations=tell,
    )
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ErrorItemNotFound):
            raise result
