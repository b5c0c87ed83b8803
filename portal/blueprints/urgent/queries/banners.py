"""What every page shows of incidents, kept in the memory of each process.

Nearly always nothing is on, and every page would have to ask. So a process keeps what it has read, until something is
told about incidents or a few seconds have passed: a page then asks nothing at all, and none is old for longer than that
even where a message was lost. What is one's own (whether one follows along) is never kept.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from portal.blueprints.urgent.queries import incidents
from portal.blueprints.urgent.queries.incidents import Banner, Together
from portal.core import live

TOPIC = "incidents"
OLDEST = 5.0  # seconds
SETTLES = 2.0  # seconds after a change in which each page reads for itself: its snapshot may be older than the change


@dataclass(frozen=True, kw_only=True)
class Board:
    """What goes on, and what several raise their hands about."""

    banners: Sequence[Banner] = ()
    together: Sequence[Together] = ()
    question_ids: frozenset[int] = frozenset()  # the threads of all that ever was one: a few tens in a year


class _Kept:
    """One board, when it was read, and when it was forgotten last."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self.read_at = 0.0
        self.forgotten_at = -math.inf
        self.lock = threading.Lock()


_kept = _Kept()


def board() -> Board:
    """Give what goes on, as it was read a few seconds ago at most."""
    began = time.monotonic()
    with _kept.lock:
        if _kept.board is not None and began - _kept.read_at < OLDEST:
            return _kept.board
    read = fresh()
    with _kept.lock:
        if began - _kept.forgotten_at > SETTLES:
            _kept.board, _kept.read_at = read, began
    return read


def fresh() -> Board:
    """Read what goes on, now."""
    return Board(
        banners=tuple(incidents.open_now()),
        together=tuple(incidents.together_now()),
        question_ids=incidents.threads_of_all(),
    )


def forget() -> None:
    """Let the next page read again."""
    with _kept.lock:
        _kept.board, _kept.forgotten_at = None, time.monotonic()


def begin_empty() -> None:
    """Begin with nothing on, as a new database does, and believe it until something is told: for tests."""
    with _kept.lock:
        _kept.board, _kept.read_at, _kept.forgotten_at = Board(), math.inf, -math.inf


def _hear(topic: str) -> None:
    if topic in {TOPIC, live.EVERYTHING}:
        forget()


live.subscribe(_hear)
