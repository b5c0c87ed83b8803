"""Our copy of the meetings outside, kept fresh by asking for what has changed since we last asked.

Asking for everything every other minute is what a calendar slows us down for. What has changed is a hint, though, so
everything is asked for again once an hour; and nothing is lost if a change is missed until then, because every booking
is looked up by its key before anything is done about it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.ports import Meeting
from portal.core import clock

FRESH_FOR = timedelta(hours=1)
SHORT = timedelta(days=7)  # not worth a copy of its own
MARGIN = timedelta(days=1)


class TokenLost(Exception):
    """The calendar no longer knows since when we ask: everything has to be asked for."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What has changed since a token was given, and the token to ask with the next time."""

    changed: Sequence[Meeting]
    gone: frozenset[str]
    token: str


class Source(Protocol):
    """Where a copy is filled from."""

    def begin(self, *, starts_at: datetime, ends_at: datetime) -> str:
        """Give a token for this moment."""

    def everything(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting of ours in an interval."""

    def changes(self, token: str) -> Changes:
        """Give what has changed since a token; raise TokenLost when the calendar cannot say."""


class KeptCopy:
    """The meetings of an interval. A call that fails leaves it as it was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._meetings: dict[str, Meeting] = {}
        self._token = ""
        self._starts_at = self._ends_at = self._stale_at = datetime.min.replace(tzinfo=UTC)

    def meetings(self, source: Source, *, starts_at: datetime, ends_at: datetime) -> list[Meeting]:
        """Give the meetings of an interval as they are now."""
        with self._lock:
            is_kept = bool(self._token) and self._covers(starts_at, ends_at)
            if not is_kept and ends_at - starts_at < SHORT:
                return _in_order(source.everything(starts_at=starts_at, ends_at=ends_at))
            if not is_kept:
                self._renew(source, starts_at, ends_at)
            else:
                try:
                    self._follow(source)
                except TokenLost:
                    self._renew(source, starts_at, ends_at)
            found = [m for m in self._meetings.values() if rules.overlaps(m.starts_at, m.ends_at, starts_at, ends_at)]
        return _in_order(found)

    def _covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self._starts_at <= starts_at and ends_at <= self._ends_at and clock.now() < self._stale_at

    def _renew(self, source: Source, starts_at: datetime, ends_at: datetime) -> None:
        self._token = ""
        first, last = starts_at - MARGIN, ends_at + MARGIN
        # The token before the look: what changes in between is told twice instead of never.
        token = source.begin(starts_at=first, ends_at=last)
        self._meetings = {meeting.remote_id: meeting for meeting in source.everything(starts_at=first, ends_at=last)}
        self._starts_at, self._ends_at, self._stale_at = first, last, clock.now() + FRESH_FOR
        self._token = token

    def _follow(self, source: Source) -> None:
        changes = source.changes(self._token)
        for remote_id in changes.gone:
            self._meetings.pop(remote_id, None)
        self._meetings.update({meeting.remote_id: meeting for meeting in changes.changed})
        self._token = changes.token


def _in_order(meetings: Sequence[Meeting]) -> list[Meeting]:
    return sorted(meetings, key=lambda meeting: (meeting.made_at, meeting.remote_id))
