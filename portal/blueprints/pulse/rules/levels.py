"""A level is one of five words for how a cell has it. It is all that is ever said about a cell: no mean, no count.

The levels are wide enough that among five counted answers every single one can still be any of the five: the lowest
level is a mean below 2, so that four ones and a five lie in it; the highest is its mirror.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DESK = 0  # the cell of everybody; in a cohort: somebody without a team, who is counted in the desk only
LEVELS = range(1, 6)
VALUES = range(1, 6)
ONE_IN = 8  # of eight answers one, drawn by chance, is left out of each number, and always at least one


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The means of a level, in quarters: low · counted + above <= 4 · sum <= high · counted - below."""

    low: int
    above: int
    high: int
    below: int


BOUNDS = {
    1: Bounds(low=4, above=0, high=8, below=1),
    2: Bounds(low=8, above=0, high=11, below=1),
    3: Bounds(low=11, above=0, high=13, below=0),
    4: Bounds(low=13, above=1, high=16, below=0),
    5: Bounds(low=16, above=1, high=20, below=0),
}


def level(values: Sequence[int]) -> int:
    """Say in which of the five levels the mean of the counted answers lies."""
    quarters, counted = 4 * sum(values), len(values)
    for each, bounds in BOUNDS.items():
        if bounds.low * counted + bounds.above <= quarters <= bounds.high * counted - bounds.below:
            return each
    raise ValueError("there is no level without answers from 1 to 5")


def left_out(answers: int) -> int:
    """Tell how many of so many answers are left out of a number."""
    return -(-answers // ONE_IN)


def counted(answers: int) -> int:
    """Tell how many of so many answers are counted in a number."""
    return answers - left_out(answers)


def fewest(k: int) -> int:
    """Tell how many answers it takes for k of them to be counted."""
    answers = k
    while counted(answers) < k:
        answers += 1
    return answers
