"""So many sign up at the same moment for a few seats: python -m bench signups [--people 500] [--seats 20]

Two processes with several threads each wait for each other, then press «Yes, I'm coming» for everybody, each press a
transaction of its own, on SQLite and on PostgreSQL. Each notes when its press was committed. The goal: exactly as many
in as there are seats, everybody else in line, places in the order in which the presses were committed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.search import house
from portal import create_app
from portal.blueprints.events.queries import attendance
from portal.blueprints.events.service import signups
from portal.blueprints.people import queries as people
from portal.config import Settings
from portal.core.db import db, transaction
from tests import postgres
from tests.factories.events import make_evening
from tests.factories.people import make_person

PROCESSES = 2
THREADS = 8
PATIENCE = 120


@dataclass(frozen=True, kw_only=True)
class Press:
    """What one press was told: which place, whether a seat, and between which moments it was made."""

    person_id: int
    position: int
    is_in: bool
    began: float
    ended: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it went."""

    engine: str
    people: int
    seats: int
    seated: int
    waiting: int
    told_wrong: int  # who were told something else than what stands
    out_of_order: int  # who stand behind somebody whose press began after theirs had ended
    seconds: float

    @property
    def is_right(self) -> bool:
        """Tell whether the goal is met."""
        full = min(self.seats, self.people)
        return (self.seated, self.waiting, self.told_wrong, self.out_of_order) == (full, self.people - full, 0, 0)


def press_all(url: str, folder: str, evening_id: int, ids: Sequence[int], start: Any) -> list[Press]:
    """Press for these people, from several threads, once everybody is ready."""
    app = create_app(Settings(folder=Path(folder), database=url, testing=True, base_url="http://localhost"))

    def press(person_id: int) -> Press:
        with app.app_context():
            began = time.monotonic()
            with transaction():
                mine = signups.sign_up(people.get_person(person_id), evening_id)
                position, is_in = mine.position, mine.is_in
            ended = time.monotonic()
            db.session.remove()
        return Press(person_id=person_id, position=position, is_in=is_in, began=began, ended=ended)

    start.wait(PATIENCE)
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(press, ids))


def out_of_order(presses: Sequence[Press]) -> int:
    """Count those who stand behind somebody who pressed only after their own press was committed."""
    wrong, latest_end = 0, 0.0
    for press in sorted(presses, key=lambda press: -press.position):
        # From the back: nobody further in front may have begun after somebody further back was done.
        wrong += latest_end > 0 and press.began > latest_end
        latest_end = min(latest_end or press.ended, press.ended)
    return wrong


def measure(engine: str, url: str, folder: Path, *, count: int, seats: int) -> Outcome:
    """Let everybody press, and compare what they were told with what stands."""
    with house(url, folder):
        with transaction():
            evening_id = make_evening(capacity=seats).id
            ids = [make_person().id for _ in range(count)]
        db.engine.dispose()
        context = multiprocessing.get_context("spawn")
        with context.Manager() as manager:
            start = manager.Barrier(PROCESSES)
            began = time.monotonic()
            with context.Pool(PROCESSES) as pool:
                work = [(url, str(folder), evening_id, ids[number::PROCESSES], start) for number in range(PROCESSES)]
                presses = [press for part in pool.starmap(press_all, work) for press in part]
            seconds = time.monotonic() - began
        with transaction():
            stands = {one.person_id: (one.position, one.is_in) for one in attendance.sign_ups(evening_id)}
    return Outcome(
        engine=engine,
        people=count,
        seats=seats,
        seated=sum(is_in for _, is_in in stands.values()),
        waiting=sum(not is_in for _, is_in in stands.values()),
        told_wrong=sum(stands.get(press.person_id) != (press.position, press.is_in) for press in presses),
        out_of_order=out_of_order(presses),
        seconds=seconds,
    )


def both(count: int, seats: int) -> Iterator[Outcome]:
    """Measure on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="tunet-signups-") as folder:
        where = Path(folder)
        yield measure("SQLite", f"sqlite:///{where / 'signups.sqlite'}", where, count=count, seats=seats)
        with postgres.running() as url:
            yield measure("PostgreSQL", url, where, count=count, seats=seats)


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seats", type=int, default=20)
    options = parser.parse_args()
    print(
        f"{'':12}{'people':>8}{'seats':>7}{'in':>6}{'in line':>9}{'told wrong':>12}{'out of order':>14}{'seconds':>9}"
    )
    outcomes = []
    for each in both(options.people, options.seats):
        outcomes.append(each)
        print(
            f"{each.engine:12}{each.people:>8}{each.seats:>7}{each.seated:>6}{each.waiting:>9}{each.told_wrong:>12}"
            f"{each.out_of_order:>14}{each.seconds:>9.1f}",
            flush=True,
        )
    sys.exit(not all(each.is_right for each in outcomes))


if __name__ == "__main__":
    main()
