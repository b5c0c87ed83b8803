"""Who meets whom this week: a heaviest matching, held in shape by the rounds of a tournament.

Fifty people have 1225 pairs, and 49 rounds in which each meets somebody new, if the pairs are taken in the right order:
taken as they come, the last ones do not fit together. The order is that of a tournament in which everybody plays
everybody (the circle method); where people are away, the matching mends it with as few repeats as the week allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import networkx

Pair = tuple[int, int]  # the lower number first

MOST_LEVELS = 4  # having met so often is as good as having met always
LONGEST_MEMORY = 4095  # rounds back that count when repeats cannot be helped: the longer ago the better


@dataclass(frozen=True, kw_only=True)
class Met:
    """How often two have met, and in which round last."""

    times: int = 0
    last: int = 0


NEVER = Met()


@dataclass(frozen=True, kw_only=True)
class Week:
    """What is known as the pairs are made: who is there, who could meet, and who has met."""

    number: int
    slots: Mapping[int, int]  # person → place in the tournament; only those who are there
    could_meet: Collection[Pair]  # share time at work
    met: Mapping[Pair, Met] = field(default_factory=dict)
    first: Collection[int] = ()  # were left over last time, and are not again
    size: int = 0  # of the tournament, with those who are away; 0 = as many as are there


def pair(one: int, other: int) -> Pair:
    """Name two people, whoever is named first."""
    return (one, other) if one < other else (other, one)


def pairs_of(group: Iterable[int]) -> list[Pair]:
    """Give everybody in a group who meets anybody."""
    return list(combinations(sorted(group), 2))


def groups(week: Week) -> list[tuple[int, ...]]:
    """Put everybody who is there into pairs, and who is left over with two who can take a third."""
    matched = pairs(week)
    taken = {each for two in matched for each in two}
    left = [each for each in sorted(week.slots) if each not in taken]
    return _with_thirds(week, matched, left)


def pairs(week: Week) -> list[Pair]:
    """Give the heaviest matching of a week."""
    possible = [two for two in sorted(week.could_meet) if two[0] in week.slots and two[1] in week.slots]
    weights = _weights(week, possible)
    graph = networkx.Graph()
    graph.add_weighted_edges_from((one, other, weights[one, other]) for one, other in possible)
    # Exact: the weights are whole numbers. As many as can be are paired; among those ways, the heaviest.
    found = networkx.max_weight_matching(graph, maxcardinality=True)
    return sorted(pair(one, other) for one, other in found)


def round_of(one: int, other: int, size: int) -> int:
    """Tell in which round of a tournament of so many places two places meet; size is even."""
    last = size - 1
    if other == last:
        return 2 * one % last
    return 2 * other % last if one == last else (one + other) % last


def places(week: Week) -> int:
    """Tell how many places the tournament has: even, because somebody sits over where the number is odd."""
    size = max([week.size, len(week.slots), *(slot + 1 for slot in week.slots.values()), 2])
    return size + size % 2


def _weights(week: Week, possible: Sequence[Pair]) -> dict[Pair, int]:
    """Weigh every pair so that what matters more can never be outweighed by what matters less.

    In this order: nobody is left over twice, as few repeats as can be, whole rounds of the tournament, repeats that
    lie long back.
    """
    most = len(week.slots) // 2 + 1  # no matching has so many pairs
    round_numbers = {two: _round(week, two) for two in possible}
    shape = _shape(week, possible, round_numbers)
    ago = {two: _ago(week, two) for two in possible}
    weighs_shape = most * (LONGEST_MEMORY + 1)
    weighs_level = weighs_shape * most * (max(shape.values(), default=0) + 1)
    weighs_first = weighs_level * most ** (MOST_LEVELS + 1)
    return {
        two: weighs_first * sum(each in week.first for each in two)
        - weighs_level * _level(week.met.get(two, NEVER), most)
        + weighs_shape * shape[two]
        + ago[two]
        for two in possible
    }


def _level(met: Met, most: int) -> int:
    """Count a repeat; that two have met once more weighs less than any repeat, but something."""
    return sum(most ** (MOST_LEVELS - level) for level in range(1, min(met.times, MOST_LEVELS) + 1))


def _ago(week: Week, two: Pair) -> int:
    met = week.met.get(two)
    return min(max(week.number - met.last, 0), LONGEST_MEMORY) if met else LONGEST_MEMORY


def _round(week: Week, two: Pair) -> int:
    return round_of(week.slots[two[0]], week.slots[two[1]], places(week))


def _shape(week: Week, possible: Sequence[Pair], rounds: Mapping[Pair, int]) -> dict[Pair, int]:
    """Say how gladly a pair is taken: those of the round that is whole, then those whose round is broken anyway.

    Two who stand in for somebody are so taken from rounds that cannot be whole any more.
    """
    fewest = min((week.met.get(two, NEVER).times for two in possible), default=0)
    whole = Counter(rounds[two] for two in possible if week.met.get(two, NEVER).times == fewest)
    if not whole:
        return {}
    now = max(sorted(whole), key=lambda number: whole[number])
    half = places(week) // 2
    return {two: 3 * half if rounds[two] == now else half - min(whole[rounds[two]], half) for two in possible}


def _with_thirds(week: Week, matched: Sequence[Pair], left: Sequence[int]) -> list[tuple[int, ...]]:
    tables: list[tuple[int, ...]] = list(matched)
    known = set(week.could_meet)
    for third in sorted(left, key=lambda each: (each not in week.first, each)):
        open_to = [two for two in tables if len(two) == 2 and all(pair(each, third) in known for each in two)]
        if open_to:
            best = min(open_to, key=lambda two: (_repeats(week, two, third), two))
            tables[tables.index(best)] = tuple(sorted((*best, third)))
    return sorted(tables)


def _repeats(week: Week, two: Iterable[int], third: int) -> tuple[int, int]:
    known = [week.met.get(pair(each, third), NEVER) for each in two]
    return sum(met.times for met in known), max(met.last for met in known)


def free_slot(taken: Iterable[int]) -> int:
    """Give the first place in the tournament that nobody has."""
    used = sorted(set(taken))
    if not used or used[0] > 0:
        return 0
    return next((low + 1 for low, high in pairwise(used) if high > low + 1), used[-1] + 1)
