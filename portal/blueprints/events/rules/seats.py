"""Who has a seat and who waits. One order for all: nobody is passed over, and nobody who has a seat loses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_GUESTS = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """One sign-up: whose row it is, where it came in the order, and whether it has a seat."""

    id: int
    position: int
    is_in: bool


def taken(places: Iterable[Place]) -> int:
    """Count the seats that are taken."""
    return sum(place.is_in for place in places)


def is_full(places: Iterable[Place], capacity: int | None) -> bool:
    """Tell whether every seat is taken; without a capacity there is always room."""
    return capacity is not None and taken(places) >= capacity


def gets_seat(places: Sequence[Place], capacity: int | None) -> bool:
    """Tell whether somebody who signs up now gets a seat: there is one, and nobody waits for it."""
    return not line(places) and not is_full(places, capacity)


def line(places: Iterable[Place]) -> list[Place]:
    """Give those who wait, in their order."""
    return sorted((place for place in places if not place.is_in), key=lambda place: place.position)


def who_moves_up(places: Sequence[Place], capacity: int | None) -> list[int]:
    """Give the ids of those who get the free seats, first in line first."""
    waiting = line(places)
    if capacity is None:
        return [place.id for place in waiting]
    free = max(0, capacity - taken(places))
    return [place.id for place in waiting[:free]]


def number_in_line(places: Iterable[Place], place_id: int) -> int | None:
    """Tell which number somebody has in line, counted from one; none for those who have a seat."""
    waiting = [place.id for place in line(places)]
    return waiting.index(place_id) + 1 if place_id in waiting else None


def next_position(places: Iterable[Place]) -> int:
    """Give the place in the order of somebody who comes now."""
    return max((place.position for place in places), default=0) + 1
