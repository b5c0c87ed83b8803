"""A supervisor that keeps workers at work and kills them in the middle of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

from bench.running import ROOT

NURSERY = (sys.executable, "-m", "bench.bookings_nursery")
FIRST_BREATH = 1.0  # seconds: a worker that is killed before it has begun proves little
PATIENCE = 20.0


class Supervisor:
    """So many workers, each its own process; one of them gets SIGKILL now and then, and another takes its place.

    How often is counted in calls to the calendar and not in seconds: on a slow machine they get something done as well.
    """

    def __init__(self, count: int, *, kill_every: int, seed: int, is_brief: bool = False) -> None:
        self.killed = 0
        self.died = 0  # by themselves: that would be a fault of ours
        self.is_calm = False
        self._command = (*NURSERY, "--brief") if is_brief else NURSERY
        self._count = count
        self._kill_every = kill_every
        self._chance = random.Random(seed)
        self._born: dict[int, float] = {}
        self._kill_at = self._next_kill(0)

    def __enter__(self) -> Self:
        """Start them."""
        self._nursery = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.look(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let them end what they are at."""
        for process_id in self._born:
            _send(process_id, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and any(_send(process_id, 0) for process_id in self._born):
            time.sleep(0.05)
        for process_id in self._born:
            _send(process_id, signal.SIGKILL)
        self._nursery.communicate("")

    def look(self, calls: int) -> None:
        """Kill one if so many calls were made since the last, and start as many as are missing."""
        now = time.monotonic()
        if not self.is_calm and calls >= self._kill_at:
            grown = [process_id for process_id, born in self._born.items() if now - born > FIRST_BREATH]
            if grown:
                self._kill(self._chance.choice(grown))
                self._kill_at = self._next_kill(calls)
        gone = [process_id for process_id in self._born if not _send(process_id, 0)]
        self.died += len(gone)
        for process_id in gone:
            del self._born[process_id]
        while len(self._born) < self._count:
            self._born[self._fork()] = time.monotonic()

    def _fork(self) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write("one more\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def _kill(self, process_id: int) -> None:
        _send(process_id, signal.SIGKILL)
        del self._born[process_id]
        self.killed += 1

    def _next_kill(self, calls: int) -> float:
        return calls + self._kill_every * self._chance.uniform(0.2, 1.8)


def _send(process_id: int, number: int) -> bool:
    """Send a signal to a process we have started; tell whether it was there."""
    try:
        os.kill(process_id, number)
    except ProcessLookupError:
        return False
    return True
