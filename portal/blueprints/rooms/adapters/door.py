"""The door to a calendar: how many may go through at once, and that a password nobody has tried yet is tried once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from portal.blueprints.rooms.adapters.breaker import Breaker
from portal.blueprints.rooms.ports import CalendarUnavailable, SignInRefused

LONGEST_REST = timedelta(hours=1)  # however long somebody asks for: a slip of theirs must not cost us a week
PATIENCE = 20.0  # seconds for a free place; a calendar that is this slow is better left until later


def bounded(wait: timedelta | None) -> timedelta | None:
    """Give the rest that a calendar asks for, within reason."""
    return None if wait is None else min(wait, LONGEST_REST)


class Door:
    """Lets so many calls through at once, and only one until the calendar has let us in for the first time."""

    def __init__(self, breaker: Breaker, *, most: int, patience: float = PATIENCE) -> None:
        self.breaker = breaker
        self._patience = patience
        self._places = threading.BoundedSemaphore(most)
        self._trial = threading.Lock()
        self._is_known = False

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Hold a place for the length of a call; refuse while the breaker is open, and after waiting too long."""
        self.breaker.check()
        if not self._places.acquire(timeout=self._patience):
            raise CalendarUnavailable("NoFreeConnection", was_asked=False)
        try:
            with self._alone_until_known():
                yield
        finally:
            self._places.release()

    @contextmanager
    def _alone_until_known(self) -> Iterator[None]:
        # Four threads with one wrong password would be four refusals at once: enough to lock some accounts.
        is_alone = not self._is_known
        if is_alone and not self._trial.acquire(timeout=self._patience):
            raise CalendarUnavailable("NoFreeConnection", was_asked=False)
        try:
            self.breaker.check()  # it may have opened while we stood here
            yield
        finally:
            if is_alone:
                self._trial.release()

    def note_success(self) -> None:
        """Note that the calendar let us in and answered."""
        self._is_known = True
        self.breaker.note_success()

    def note_refused_sign_in(self, code: str = "SignInRefused") -> SignInRefused:
        """Note that the calendar did not let us in: nobody knocks again for long, and then one alone."""
        self._is_known = False
        return self.breaker.open_for_sign_in(code)

    def note_failure(self, wait: timedelta | None = None) -> None:
        """Note that a call failed; with a rest, that the calendar itself asked for it."""
        if wait is None:
            self.breaker.note_failure()
        else:
            self.breaker.rest(wait)
