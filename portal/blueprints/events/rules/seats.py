"""Who has a seat, who is offered one, and who waits. One order for all: nobody is passed over.

The order is that in which people came; it never changes, and there is no way to the front. A *party* is what gets its
seats at once: one sign-up with its guests, or those of a group who would rather wait than come without each other. Such
a group stands where the last of them stands, so that nobody outside it is passed over; whoever no longer wants to wait
for the others is back in the place they had.

Seats that become free are offered strictly from the front. When the first party is larger than what is free, the seats
wait for it; only shortly before the evening, when they would stay empty, do they go to the next who fit. A party larger
than all the seats there are is waited for by nobody: it could never come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

MOST_GUESTS = 3
MOST_IN_GROUP = 6


class Standing(StrEnum):
    """How somebody stands towards a seat."""

    IN = "in"
    OFFERED = "offered"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One sign-up: whose row it is, where it came in the order, how it stands, and how many seats it needs.

    `group_id` is that of the group it waits for, none where it comes without the others as well.
    """

    id: int
    position: int
    standing: Standing
    size: int = 1
    group_id: int | None = None

    @property
    def holds(self) -> int:
        """Count the seats that are its own now, or kept for it."""
        return 0 if self.standing is Standing.WAITING else self.size


@dataclass(frozen=True, kw_only=True)
class Party:
    """Those who get their seats at once, and where they stand."""

    ids: tuple[int, ...]
    position: int
    size: int


def taken(places: Iterable[Place]) -> int:
    """Count the seats that are taken, and those that are kept for somebody who has been offered one."""
    return sum(place.holds for place in places)


def line(places: Iterable[Place], capacity: int | None) -> list[Party]:
    """Give the parties that wait, in their order."""
    waiting = [place for place in places if place.standing is Standing.WAITING]
    alone = [[place] for place in waiting if place.group_id is None]
    by_group = sorted((place for place in waiting if place.group_id is not None), key=lambda place: place.group_id or 0)
    groups = [list(group) for _, group in groupby(by_group, key=lambda place: place.group_id)]
    parties = [party for members in [*alone, *groups] for party in _parties(members, capacity)]
    return sorted(parties, key=lambda party: party.position)


def _parties(members: Sequence[Place], capacity: int | None) -> list[Party]:
    size = sum(place.size for place in members)
    if capacity is not None and size > capacity and len(members) > 1:
        return [party for place in members for party in _parties([place], capacity)]  # they could never come at once
    ids = tuple(place.id for place in sorted(members, key=lambda place: place.position))
    return [Party(ids=ids, position=max(place.position for place in members), size=size)]


def whose_turn(places: Sequence[Place], capacity: int | None, *, is_late: bool = False) -> list[Party]:
    """Give the parties that the free seats go to now, first in line first.

    `is_late`: the evening is so near that seats no longer wait for a party that is larger than what is free.
    """
    waiting = line(places, capacity)
    if capacity is None:
        return waiting
    free, lucky = capacity - taken(places), []
    for party in waiting:
        if party.size <= free:
            lucky.append(party)
            free -= party.size
        elif party.size <= capacity and not is_late:
            break
    return lucky


def seats_wait_for(places: Sequence[Place], capacity: int | None) -> Party | None:
    """Give the party that free seats are kept for until it fits, if there is one."""
    if capacity is None:
        return None
    free = capacity - taken(places)
    first = next((party for party in line(places, capacity) if party.size <= capacity), None)
    return first if first and 0 < free < first.size else None


def may_grow(places: Sequence[Place], place_id: int, *, by: int, capacity: int | None) -> bool:
    """Tell whether a sign-up may become larger by so many seats without anybody being passed over.

    With a seat, when the seats are free and nobody waits for them; in line, when nobody stands behind.
    """
    mine = next(place for place in places if place.id == place_id)
    others = [place for place in places if place.standing is Standing.WAITING and place.id != place_id]
    if mine.standing is Standing.WAITING:
        return all(place.position < mine.position for place in others)
    return not others and (capacity is None or taken(places) + by <= capacity)


def number_in_line(places: Iterable[Place], place_id: int, capacity: int | None) -> int | None:
    """Tell which number somebody's party has in line, counted from one; none for those who do not wait."""
    for number, party in enumerate(line(places, capacity), start=1):
        if place_id in party.ids:
            return number
    return None


def next_position(places: Iterable[Place]) -> int:
    """Give the place in the order of somebody who comes now."""
    return max((place.position for place in places), default=0) + 1
