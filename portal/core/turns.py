"""One after the other, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets one in at a time. Whoever has waited too long goes on without a turn, and asks at the door itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def take(self, *, patience: float) -> bool:
        """Wait for one's turn so many seconds; tell whether one has it."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        return called.wait(patience) or self._leave(called)

    def give(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def _leave(self, called: threading.Event) -> bool:
        with self._lock:
            if called.is_set():  # in the moment in which one gave up
                return True
            self._waiting.remove(called)
            return False
