"""Play histories of a waiting list and judge each step: python -m bench line [--histories N] [--steps N] [--seed N]

People come alone, with guests and with groups, say yes and no, leave; the evening grows, shrinks and moves; time goes
by with and without a worker; the process dies half-way. The machine and its judge are those of the tests
(tests/events/line_machine.py), on SQLite in a folder of its own; --processes plays them in several at once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, seed, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import run_state_machine_as_test

from bench.search import house
from tests.events.line_machine import Line


def play(histories: int, steps: int, number: int) -> str:
    """Play so many histories; give nothing, or what the judge said of the shortest that went wrong."""

    class Counted(Line):
        """Counts itself."""

        played = 0
        acts = 0

        def __init__(self) -> None:
            """Begin one more."""
            super().__init__()
            Counted.played += 1

    wanted = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=InMemoryExampleDatabase(),
        suppress_health_check=list(HealthCheck),
    )
    with tempfile.TemporaryDirectory(prefix="tunet-line-", dir=_quick_folder()) as folder:
        url = f"sqlite:///{Path(folder) / 'line.sqlite'}"
        with house(url, Path(folder)):
            try:
                run_state_machine_as_test(seed(number)(Counted), settings=wanted)  # type: ignore[no-untyped-call]
            except AssertionError as error:
                return f"{Counted.played} {error}"
    return f"{Counted.played}"


def _quick_folder() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> None:
    """Play, and tell how many were played and whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    share = -(-options.histories // options.processes)
    began = time.monotonic()
    work = [(share, options.steps, options.seed + number) for number in range(options.processes)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        said = pool.starmap(play, work)
    played = sum(int(each.split()[0]) for each in said)
    wrong = [each.partition(" ")[2] for each in said if " " in each]
    print(f"{played} histories of up to {options.steps} steps, seed {options.seed}: {len(wrong)} wrong", flush=True)
    print(f"{time.monotonic() - began:.0f} s in {options.processes} processes")
    for each in wrong:
        print(each)
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
