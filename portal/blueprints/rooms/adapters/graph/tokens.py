"""The token that opens Graph: fetched once, renewed before it ends, by one thread however many wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portal.core import clock

MARGIN = timedelta(minutes=5)  # so that none ends on its way


class Tokens:
    """Keeps the token in memory alone."""

    def __init__(self, fetch: Callable[[], tuple[str, float]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = datetime.min.replace(tzinfo=UTC)

    def current(self) -> str:
        """Give a token that still holds, fetched if need be."""
        with self._lock:
            if not self._token or clock.now() >= self._ends_at:
                self._token = ""
                token, seconds = self._fetch()
                life = timedelta(seconds=min(seconds, 86400.0))
                self._token, self._ends_at = token, clock.now() + max(life - MARGIN, life / 2)
            return self._token

    def forget(self, token: str) -> None:
        """Drop a token that was not taken, unless another thread has fetched a new one already."""
        with self._lock:
            if self._token == token:
                self._token = ""
