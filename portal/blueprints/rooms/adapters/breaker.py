"""A circuit breaker: after a refused sign-in nobody knocks again for a while, and a busy server gets its rest."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from portal.blueprints.rooms.ports import CalendarUnavailable, SignInRefused
from portal.core import clock

# Directories lock an account after a handful of refusals within half an hour; one knock per hour stays well below.
SIGN_IN_REST = timedelta(hours=1)
FAILURES_BEFORE_REST = 5
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=2)


class Breaker:
    """Remembers until when the calendar is left in peace, and why."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._is_sign_in = False
        self._code = ""
        self._failures = 0

    def check(self) -> None:
        """Refuse a call while the breaker is open."""
        with self._lock:
            if self._until is None or clock.now() >= self._until:
                return
            wait = self._until - clock.now()
            if self._is_sign_in:
                raise SignInRefused(self._code, wait=wait, was_asked=False)
            raise CalendarUnavailable("Resting", wait=wait, was_asked=False)

    def open_for_sign_in(self, code: str = "SignInRefused") -> SignInRefused:
        """Stop all calls after the first refusal."""
        with self._lock:
            self._until, self._is_sign_in, self._code = clock.now() + SIGN_IN_REST, True, code
        return SignInRefused(code, wait=SIGN_IN_REST)

    def rest(self, wait: timedelta) -> None:
        """Leave a busy server in peace for as long as it asked."""
        with self._lock:
            self._rest(wait)

    def note_success(self) -> None:
        """Note that a call was answered."""
        with self._lock:
            self._failures = 0

    def note_failure(self) -> None:
        """Note that a call failed; one is an accident, several in a row are an outage that a storm would lengthen."""
        with self._lock:
            self._failures += 1
            excess = self._failures - FAILURES_BEFORE_REST
            if excess >= 0:
                self._rest(min(FIRST_REST * 2 ** min(excess, 10), LONGEST_REST))

    def _rest(self, wait: timedelta) -> None:
        is_shut = self._is_sign_in and self._until is not None and clock.now() < self._until
        if not is_shut:
            self._until, self._is_sign_in = clock.now() + wait, False
