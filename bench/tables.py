"""The table plan: small nights beside every seating there is, and the time that a large one takes.

`python -m bench tables --small 500 --large 100`
"""

from __future__ import annotations

import argparse
import statistics
import time

from portal.blueprints.games.rules import solving, tables
from portal.blueprints.games.rules.solving import Laid
from tests.factories import nights

PEOPLE, GAMES = 24, 10


def small(count: int) -> int:
    """Lay so many small nights, and give how many are not as good as the best of all seatings."""
    wrong = 0
    for seed in range(count):
        night = nights.draw_night(
            seed, people=1 + seed % 6, games=1 + seed % 4 if seed % 6 < 5 else 3, are_pinned=seed % 3 == 0
        )
        for may_leave_out in (False, True):
            found = solving.solve(night, may_leave_out=may_leave_out)
            cost = found.worth.cost if found else None
            keeps = found is None or (found.is_proven and tables.holds(night, found.plan))
            wrong += not keeps or cost != nights.best_cost(night, may_leave_out=may_leave_out)
    return wrong


def large(count: int, *, people: int = PEOPLE, games: int = GAMES) -> list[float]:
    """Lay so many large nights, and give the seconds that each took."""
    times = []
    for seed in range(count):
        night = nights.draw_night(seed, people=people, games=games, bring_guests=seed % 2 == 1)
        began = time.perf_counter()
        found = solving.lay(night)
        times.append(time.perf_counter() - began)
        if isinstance(found, Laid) and not found.is_proven:
            raise RuntimeError(f"night {seed}: not proven")
    return times


def main() -> None:
    """Print how many were not the best, and the times."""
    options = argparse.ArgumentParser(prog="tables")
    options.add_argument("--small", type=int, default=500)
    options.add_argument("--large", type=int, default=100)
    chosen = options.parse_args()
    wrong = small(chosen.small)
    print(f"{chosen.small} small nights, each with and without everybody seated: {wrong} not equal to the best of all")
    times = large(chosen.large)
    print(
        f"{chosen.large} nights of {PEOPLE} people and {GAMES} games: "
        f"median {statistics.median(times) * 1000:.0f} ms, maximum {max(times) * 1000:.0f} ms"
    )
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
