"""The calls to the outside that are running in this process, and those that have outlived their deadline.

A thread cannot be stopped from without: one whose call hangs is given up, and another takes its place. So that a system
which hangs for good cannot take thread after thread, a kind of work with several such calls makes no more of them until
one has ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

MOST_HANGING = 3


class DeadlinePassed(Exception):
    """The call has not come back in its time; what became of it is not known."""


class StillHanging(Exception):
    """So many calls of this kind hang that no more are made."""


@dataclass(eq=False, kw_only=True)
class Running:
    """One call: of which kind, for what, by which thread, until when on the clock of the process."""

    kind: str
    subject: Any
    until: float
    thread: threading.Thread = field(default_factory=threading.current_thread)
    is_given_up: bool = False


_running: set[Running] = set()
_lock = threading.Lock()


def call(function: Callable[[], Any], *, kind: str, subject: Any, deadline: timedelta) -> Any:
    """Make a call in this thread, seen by whoever watches."""
    running = Running(kind=kind, subject=subject, until=time.monotonic() + deadline.total_seconds())
    with _lock:
        if sum(each.is_given_up and each.kind == kind for each in _running) >= MOST_HANGING:
            raise StillHanging
        _running.add(running)
    try:
        return function()
    finally:
        with _lock:
            _running.discard(running)


def give_up(threads: list[threading.Thread]) -> list[Running]:
    """Give the calls of these threads that have outlived their deadline, each once."""
    with _lock:
        late = [each for each in _running if each.thread in threads and each.until < time.monotonic()]
        fresh = [each for each in late if not each.is_given_up]
        for each in fresh:
            each.is_given_up = True
    return fresh
