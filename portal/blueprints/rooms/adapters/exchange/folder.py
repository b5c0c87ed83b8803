"""The service mailbox's calendar as the source of our copy: everything once, and then what has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from exchangelib import Account
from exchangelib.errors import ErrorInvalidSyncStateData, ErrorItemNotFound, ErrorSyncFolderNotFound

from portal.blueprints.rooms.adapters.exchange.shapes import ITEM_FIELDS, meetings_of, moment
from portal.blueprints.rooms.adapters.kept import Changes, TokenLost
from portal.blueprints.rooms.ports import Meeting

PIECE = timedelta(days=28)  # a calendar view of more than a thousand items is refused
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
        for _ in self._steps(None):
            pass
        return str(self._account.calendar.item_sync_state)

    def everything(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting of ours in an interval."""
        found = {}
        while starts_at < ends_at:
            piece_ends_at = min(starts_at + PIECE, ends_at)
            view = self._account.calendar.view(start=moment(starts_at), end=moment(piece_ends_at)).only(*ITEM_FIELDS)
            found.update({meeting.remote_id: meeting for meeting in meetings_of(view, self._known_rooms)})
            starts_at = piece_ends_at
        return list(found.values())

    def changes(self, token: str) -> Changes:
        """Give what has changed; who was invited is not among what a change tells, so each is looked at."""
        touched: dict[str, str] = {}
        gone = set()
        try:
            for kind, item in self._steps(token):
                touched.pop(item.id, None)
                if kind == "delete":
                    gone.add(item.id)
                elif kind in ("create", "update"):
                    gone.discard(item.id)
                    touched[item.id] = item.changekey
        except FORGOTTEN:
            raise TokenLost from None
        changed = self._looked_at(touched)
        # Whoever was touched and is no meeting of ours (any longer) is none of our business.
        gone |= touched.keys() - {meeting.remote_id for meeting in changed}
        return Changes(changed=changed, gone=frozenset(gone), token=str(self._account.calendar.item_sync_state))

    def _steps(self, token: str | None) -> Iterable[tuple[str, Any]]:
        steps: Iterable[tuple[str, Any]] = self._account.calendar.sync_items(
            sync_state=token, only_fields=["id", "changekey"], max_changes_returned=MOST_CHANGES
        )
        return steps

    def _looked_at(self, touched: dict[str, str]) -> list[Meeting]:
        if not touched:
            return []
        items = self._account.fetch(ids=list(touched.items()), folder=self._account.calendar, only_fields=ITEM_FIELDS)
        there = [item for item in items if not isinstance(item, ErrorItemNotFound)]
        return meetings_of(there, self._known_rooms)
