"""What happens to those who have coffee together. Ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WeekEnded:
    """A week of coffee is over: what was told of it is no longer needed."""


@dataclass(frozen=True, kw_only=True)
class TableSet:
    """Two or three have been put together."""

    group_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """Somebody found nobody this time."""

    number: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class CannotCome:
    """Somebody does not come this time; the others hear of it."""

    number: int
    person_id: int
    others: Sequence[int]
    stands: bool  # the others still meet
