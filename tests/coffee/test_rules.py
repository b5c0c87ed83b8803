"""Who meets whom, and when: fifty people meet in 49 weeks without a repeat, and nobody is left over twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise

import highspy
import networkx
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.coffee.rules import pairing, times
from portal.blueprints.coffee.rules.pairing import Met, Pair, Week
from portal.blueprints.coffee.rules.times import Rhythm, Span, Table
from portal.core import clock


def week_of(people: Collection[int], number: int = 1, **values: object) -> Week:
    given = {"could_meet": frozenset(combinations(sorted(people), 2)), **values}
    return Week(number=number, slots={each: each for each in people}, **given)  # type: ignore[arg-type]


def remember(met: dict[Pair, Met], group: Collection[int], number: int) -> int:
    """Note that a group has met, and count its repeats."""
    repeats = 0
    for two in pairing.pairs_of(group):
        before = met.get(two, pairing.NEVER)
        repeats += before.times > 0
        met[two] = Met(times=before.times + 1, last=number)
    return repeats


def fewest_repeats(people: Collection[int], could_meet: Collection[Pair], met: dict[Pair, Met]) -> tuple[int, int]:
    """Say how many pairs there can be, and how few repeats with so many: by another way, an integer program."""
    pairs = sorted(could_meet)
    if not pairs:
        return 0, 0
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)  # as the portal's own: the first one decides for all of the process
    chosen = [solver.addBinary() for _ in pairs]
    for person in people:
        own = [chosen[place] for place, two in enumerate(pairs) if person in two]
        if own:
            solver.addConstr(sum(own) <= 1)
    weights = [1000 - (met.get(two, pairing.NEVER).times > 0) for two in pairs]
    solver.maximize(sum(weight * one for weight, one in zip(weights, chosen, strict=True)))
    values = numpy.round(solver.getSolution().col_value).astype(int)
    taken = [two for two, value in zip(pairs, values, strict=True) if value]
    return len(taken), sum(met.get(two, pairing.NEVER).times > 0 for two in taken)


def test_fifty_people_meet_in_49_weeks_without_a_repeat() -> None:
    met: dict[Pair, Met] = {}
    for number in range(1, 50):
        groups = pairing.groups(week_of(range(50), number, met=met))
        assert sorted(each for group in groups for each in group) == list(range(50))
        assert sum(remember(met, group, number) for group in groups) == 0
    assert len(met) == 1225


def test_the_second_time_round_nobody_meets_a_third_time_before_all_have_met_twice() -> None:
    met: dict[Pair, Met] = {}
    for number in range(1, 23):
        for group in pairing.groups(week_of(range(12), number, met=met)):
            remember(met, group, number)
    assert set(met.values()) >= {Met(times=2, last=22)}
    assert {two.times for two in met.values()} == {2}


@pytest.mark.parametrize(("people", "absence", "seed"), [(50, 0.1, 1), (31, 0.3, 2), (8, 0.4, 4)])
def test_with_people_away_there_are_no_more_repeats_than_the_best_matching_of_the_week_has(
    people: int, absence: float, seed: int
) -> None:
    dice, met = random.Random(seed), {}
    for number in range(1, 40):
        here = [each for each in range(people) if dice.random() >= absence]
        week = week_of(here, number, met=met, size=people)
        pairs = pairing.pairs(week)
        # Where all could meet all, whoever is left by the best matching of those who have not met can be paired anyhow.
        strangers = networkx.Graph([two for two in combinations(here, 2) if two not in met])
        best = len(networkx.max_weight_matching(strangers, maxcardinality=True))
        assert len(pairs) == len(here) // 2
        assert sum(two in met for two in pairs) == len(pairs) - best
        for group in pairing.groups(week):
            remember(met, group, number)


@settings(max_examples=50)
@given(st.data())
def test_whatever_the_hours_as_many_meet_as_can_and_repeats_are_as_few_as_can_be(data: st.DataObject) -> None:
    people = range(data.draw(st.integers(2, 9)))
    every = list(combinations(people, 2))
    could = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True)))
    met = {two: Met(times=1, last=1) for two in data.draw(st.lists(st.sampled_from(every), unique=True))}
    week = week_of(people, 5, could_meet=could, met=met)
    pairs = pairing.pairs(week)
    assert set(pairs) <= could
    assert len({each for two in pairs for each in two}) == 2 * len(pairs)
    repeats = sum(met.get(two, pairing.NEVER).times > 0 for two in pairs)
    assert (len(pairs), repeats) == fewest_repeats(people, could, met)


@settings(max_examples=50)
@given(st.integers(2, 11), st.randoms(use_true_random=False))
def test_nobody_is_left_over_twice_whom_anybody_could_have_met(count: int, dice: random.Random) -> None:
    people = range(count)
    could = frozenset(two for two in combinations(people, 2) if dice.random() < 0.4)
    first = {each for each in people if dice.random() < 0.3}
    pairs = pairing.pairs(week_of(people, could_meet=could, first=first))
    company = {one: other for two in pairs for one, other in (two, two[::-1])}
    for each in first - company.keys():
        # Whoever they could have met is with somebody who was left over last time too.
        friends = {other for two in could if each in two for other in two} - {each}
        assert all(company[friend] in first for friend in friends)


def test_who_was_left_over_comes_first() -> None:
    # Only one of the two can meet the third.
    could = frozenset({(1, 3), (2, 3)})
    for first in (1, 2):
        week = week_of([1, 2, 3], could_meet=could, first={first}, met={(first, 3): Met(times=2, last=4)})
        assert pairing.groups(week) == [(first, 3)]


def test_an_odd_one_joins_two_and_nobody_sits_alone() -> None:
    groups = pairing.groups(week_of(range(7)))
    assert sorted(len(group) for group in groups) == [2, 2, 3]


def test_the_odd_one_joins_two_whom_they_have_not_met() -> None:
    met = {two: Met(times=1, last=1) for two in [(0, 4), (1, 4), (0, 2), (0, 3), (1, 2), (1, 3)]}
    groups = pairing.groups(week_of(range(5), 2, met=met))
    assert sum(remember(dict(met), group, 2) for group in groups) <= 1


def test_one_alone_and_nobody_at_all_are_no_trouble() -> None:
    assert pairing.groups(week_of([])) == []
    assert pairing.groups(week_of([4])) == []


@given(st.integers(1, 30).map(lambda half: 2 * half))
def test_a_tournament_lets_everybody_meet_everybody_once(size: int) -> None:
    rounds = Counter(pairing.round_of(one, other, size) for one, other in combinations(range(size), 2))
    assert all(count == size // 2 for count in rounds.values())
    for number in rounds:
        places = [
            place for two in combinations(range(size), 2) if pairing.round_of(*two, size) == number for place in two
        ]
        assert len(set(places)) == size


@given(st.sets(st.integers(0, 20)))
def test_a_free_place_is_the_first_that_nobody_has(taken: set[int]) -> None:
    assert pairing.free_slot(taken) == next(place for place in range(25) if place not in taken)


MONDAY = date(2026, 11, 23)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return clock.at_wall(MONDAY + timedelta(days=day), time(hour, minute))


def shift(day: int, starts: int, ends: int) -> Span:
    return at(day, starts), at(day, ends)


def suggest(*of_each: list[Span], days: Collection[int] = (), taken: Collection[datetime] = ()) -> datetime | None:
    return times.suggest(Table(working=of_each, days=days), taken=Counter(taken), zone=clock.OSLO)


def test_only_those_could_meet_who_share_half_an_hour() -> None:
    working = {1: [shift(0, 7, 15)], 2: [(at(0, 14, 30), at(0, 22))], 3: [(at(0, 14, 45), at(0, 22))], 4: []}
    assert times.could_meet(working) == {(1, 2), (2, 3)}


def test_the_suggestion_lies_within_the_hours_of_all() -> None:
    assert suggest([shift(1, 7, 15)], [shift(1, 14, 22)]) == at(1, 14)
    assert suggest([shift(1, 7, 15)], [shift(2, 7, 15)]) is None
    assert suggest([]) is None


def test_the_day_they_like_comes_first_and_then_the_bright_hours() -> None:
    week = [shift(day, 7, 22) for day in range(5)]
    assert suggest(week, week) == at(0, 9)
    assert suggest(week, week, days=[3]) == at(3, 9)
    assert suggest([shift(0, 18, 22), shift(1, 18, 22), shift(1, 8, 11)], week) == at(1, 9)


def test_not_everybody_leaves_the_desk_at_the_same_time() -> None:
    week, taken = [shift(day, 8, 16) for day in range(5)], []
    for _ in range(25):
        moment = suggest(week, week, taken=taken)
        assert moment is not None
        taken.append(moment)
    assert Counter(taken).most_common(1)[0][1] == 1


@pytest.mark.parametrize("monday", [date(2027, 3, 22), date(2027, 10, 25)])
def test_in_the_weeks_in_which_the_clock_changes_times_lie_on_the_half_hour_of_the_wall(monday: date) -> None:
    sunday = monday + timedelta(days=6)
    night = [(clock.at_wall(monday + timedelta(days=5), time(22)), clock.at_wall(sunday, time(7)))]
    moment = suggest(night, night)
    assert moment is not None
    assert clock.wall(moment).minute in {0, 30}
    assert night[0][0] <= moment <= night[0][1] - times.CUP


@settings(max_examples=50)
@given(st.lists(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)), max_size=5), min_size=1, max_size=3))
def test_a_suggestion_is_always_working_time_of_everybody(of_each: list[list[tuple[int, int]]]) -> None:
    begins = datetime(2026, 11, 23, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    spans = [[(begins + quarter * start, begins + quarter * (start + long)) for start, long in one] for one in of_each]
    moment = suggest(*spans)
    if moment is not None:
        for one in spans:
            assert any(start <= moment and moment + times.CUP <= end for start, end in one)


@pytest.mark.parametrize(
    ("rhythm", "last_on", "is_due"),
    [
        (Rhythm.WEEKLY, date(2026, 11, 16), True),
        (Rhythm.MONTHLY, None, True),
        (Rhythm.MONTHLY, date(2026, 10, 26), True),
        (Rhythm.MONTHLY, date(2026, 11, 2), False),
        (Rhythm.MONTHLY, date(2025, 11, 24), True),
    ],
)
def test_once_a_month_is_once_in_each_month(rhythm: Rhythm, last_on: date | None, is_due: bool) -> None:
    assert times.is_due(rhythm, last_on=last_on, week_on=MONDAY) is is_due


@given(first=st.integers(0, 200))
def test_once_a_month_is_never_two_weeks_in_a_row_and_forgets_no_month(first: int) -> None:
    start = MONDAY + timedelta(weeks=first)
    met = [start]
    for week in range(1, 60):
        monday = start + timedelta(weeks=week)
        if times.is_due(Rhythm.MONTHLY, last_on=met[-1], week_on=monday):
            met.append(monday)
    assert all(timedelta(weeks=3) <= later - sooner <= timedelta(weeks=5) for sooner, later in pairwise(met))
    months = [(each.year, each.month) for each in met]
    assert len(set(months)) == len(months)
