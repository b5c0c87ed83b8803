"""The service mailbox's calendar as the source of our copy: everything once, and then what has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from exchangelib import Account
from exchangelib.errors import ErrorInvalidSyncStateData, ErrorItemNotFound, ErrorSyncFolderNotFound

from portal.blueprints.rooms.adapters.exchange import errors
from portal.blueprints.rooms.adapters.exchange.shapes import ITEM_FIELDS, meetings_of, moment
from portal.blueprints.rooms.adapters.kept import Changes, TokenLost
from portal.blueprints.rooms.ports import Meeting

T = TypeVar("T")

PIECE = timedelta(days=14)  # a calendar view of more than a thousand items is refused
TRIES = 3  # of each piece: an accident at the last of many calls is not to cost all that was read before it
# exchangelib looks for the new state even in an answer that refuses the old one, and stumbles when there is none.
FORGOTTEN = (ErrorInvalidSyncStateData, ErrorSyncFolderNotFound, AttributeError)
MOST_CHANGES = 512  # in one answer; Exchange gives no more


class CalendarFolder:
    """Answers what a kept copy asks."""

    def __init__(self, account: Account, known_rooms: Collection[str]) -> None:
        self._account = account
        self._known_rooms = known_rooms

    def begin(self, **_interval: datetime) -> str:
        """Run through everything there ever was, by its ids alone, to learn the token of this moment."""
        self._account.calendar.item_sync_state = None
        self._steps()
        return str(self._account.calendar.item_sync_state)

    def everything(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting of ours in an interval."""
        found = {}
        while starts_at < ends_at:
            piece_ends_at = min(starts_at + PIECE, ends_at)
            piece = _patiently(partial(self._piece, starts_at, piece_ends_at))
            found.update({meeting.remote_id: meeting for meeting in piece})
            starts_at = piece_ends_at
        return list(found.values())

    def _piece(self, starts_at: datetime, ends_at: datetime) -> list[Meeting]:
        view = self._account.calendar.view(start=moment(starts_at), end=moment(ends_at)).only(*ITEM_FIELDS)
        return meetings_of(view, self._known_rooms)

    def changes(self, token: str) -> Changes:
        """Give what has changed; who was invited is not among what a change tells, so each is looked at."""
        touched: dict[str, str] = {}
        gone = set()
        self._account.calendar.item_sync_state = token
        try:
            steps = self._steps()
        except FORGOTTEN:
            raise TokenLost from None
        for kind, item in steps:
            touched.pop(item.id, None)
            if kind == "delete":
                gone.add(item.id)
            elif kind in ("create", "update"):
                gone.discard(item.id)
                touched[item.id] = item.changekey
        changed = _patiently(lambda: self._looked_at(touched))
        # Whoever was touched and is no meeting of ours (any longer) is none of our business.
        gone |= touched.keys() - {meeting.remote_id for meeting in changed}
        return Changes(changed=changed, gone=frozenset(gone), token=str(self._account.calendar.item_sync_state))

    def _steps(self) -> list[tuple[str, Any]]:
        """Give every change since the state that the folder holds; the state moves on once all of them have come."""
        sync = partial(
            self._account.calendar.sync_items, only_fields=["id", "changekey"], max_changes_returned=MOST_CHANGES
        )
        return _patiently(lambda: list(sync()))

    def _looked_at(self, touched: dict[str, str]) -> list[Meeting]:
        if not touched:
            return []
        items = self._account.fetch(ids=list(touched.items()), folder=self._account.calendar, only_fields=ITEM_FIELDS)
        there = [item for item in items if not isinstance(item, ErrorItemNotFound)]
        return meetings_of(there, self._known_rooms)


def _patiently(read: Callable[[], T]) -> T:
    """Read something, and once more after an accident; not when we are refused, or asked to leave it in peace."""
    for _ in range(TRIES - 1):
        try:
            return read()
        except errors.TROUBLES as error:
            if not errors.may_pass(error) or isinstance(error, FORGOTTEN):
                raise
    return read()
