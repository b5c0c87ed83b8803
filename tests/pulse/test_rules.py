"""Levels, plans, and the programme that looks for worlds, held against trying every world there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.pulse.rules import guard, levels, plans, worlds
from portal.blueprints.pulse.rules.levels import DESK, LEVELS, VALUES
from portal.blueprints.pulse.rules.worlds import SAID, Supposition, Way, Week
from tests.factories.pulse import Desk

World = Mapping[Way, tuple[int, ...]]  # what those of a class said, sorted


# --- levels


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ([1, 1, 1, 1, 5], 1),
        ([2, 2, 2, 2, 2], 2),
        ([2, 3, 3, 3, 3], 3),
        ([3, 3, 3, 3, 3], 3),
        ([4, 3, 3, 3, 3], 3),
        ([4, 4, 4, 4, 4], 4),
        ([5, 5, 5, 5, 1], 5),
    ],
)
def test_a_level_is_a_mean_said_in_one_of_five_words(values: list[int], level: int) -> None:
    assert levels.level(values) == level


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=60))
def test_every_mean_lies_in_exactly_one_level(values: list[int]) -> None:
    found = [
        each
        for each, bounds in levels.BOUNDS.items()
        if bounds.low * len(values) + bounds.above <= 4 * sum(values) <= bounds.high * len(values) - bounds.below
    ]
    assert found == [levels.level(values)]


@given(st.integers(5, 60), st.sampled_from(VALUES), st.sampled_from(LEVELS))
def test_in_every_level_of_five_or_more_each_single_answer_can_be_anything(count: int, value: int, level: int) -> None:
    bounds = levels.BOUNDS[level]
    sums = (value + others for others in range(count - 1, 5 * (count - 1) + 1))
    assert any(bounds.low * count + bounds.above <= 4 * each <= bounds.high * count - bounds.below for each in sums)


@given(st.integers(1, 500))
def test_somebody_is_always_left_out_of_a_number(answers: int) -> None:
    assert answers / 8 <= levels.left_out(answers) < answers / 8 + 1
    assert levels.counted(answers) + levels.left_out(answers) == answers


@given(st.integers(5, 50))
def test_fewest_is_the_least_that_leaves_k_to_count(k: int) -> None:
    assert levels.counted(levels.fewest(k)) >= k
    assert levels.counted(levels.fewest(k) - 1) < k


# --- plans


counts = st.dictionaries(st.integers(0, 5), st.tuples(st.integers(1, 14), st.integers(0, 14)), min_size=1)


@given(counts, st.integers(5, 8), st.integers(0, 30))
def test_no_number_is_shown_for_fewer_than_k_and_none_can_be_had_by_subtraction(
    desk: dict[int, tuple[int, int]], k: int, turn: int
) -> None:
    asked = {team: max(pair) for team, pair in desk.items()}
    answered = {team: min(pair) for team, pair in desk.items()}
    shown = plans.shown_cells(asked=asked, answered=answered, k=k, turn=turn)
    if not shown:
        return
    assert shown[0] == DESK
    assert levels.counted(sum(answered.values())) >= k
    assert all(levels.counted(answered[team]) >= k for team in shown[1:])
    assert all(asked[team] > levels.fewest(k) + 1 for team in shown[1:]), "shown would say that everybody else answered"
    rest = [team for team in asked if team not in shown or team == DESK]
    assert not rest or sum(answered[team] for team in rest) >= levels.fewest(k)


def test_another_team_stands_back_each_week() -> None:
    asked, answered = dict.fromkeys(range(1, 6), 10), {1: 2, 2: 8, 3: 8, 4: 8, 5: 8}
    shown = [plans.shown_cells(asked=asked, answered=answered, k=5, turn=turn) for turn in range(5)]
    assert shown == [[0, 3, 4, 5], [0, 3, 4, 5], [0, 2, 4, 5], [0, 2, 3, 5], [0, 2, 3, 4]]


# --- worlds: the programme against every world of a small desk, one by one


def small_week(sizes: Sequence[int], shown: Mapping[int, int | None], *, turn: int = 0, k: int = 1) -> Week:
    roster = {f"{team}-{number}": team for team, size in enumerate(sizes, start=1) for number in range(size)}
    return Week(turn=turn, k=k, roster=roster, levels=shown)


def every_world(weeks: Sequence[Week]) -> Iterator[World]:
    classes = worlds._classes(weeks)
    each = [list(combinations_with_replacement(SAID, size)) for size in classes.values()]
    for said in product(*each):
        yield dict(zip(classes, said, strict=True))


def gives(world: World, weeks: Sequence[Week]) -> bool:
    """Run the mechanism itself: could it have published just this?"""
    return all(could_publish(week, answers_of(world, number)) for number, week in enumerate(weeks))


def answers_of(world: World, number: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for way, said in world.items():
        if way[number] is not None:
            found.setdefault(way[number], []).extend(value for value in said if value)  # type: ignore[arg-type]
    return found


def could_publish(week: Week, answers: Mapping[int, Sequence[int]]) -> bool:
    answered = {team: len(values) for team, values in answers.items()}
    shown = plans.shown_cells(asked=week.asked, answered=answered, k=week.k, turn=week.turn)
    if shown != sorted(week.levels):
        return False
    pools = {**answers, DESK: [value for values in answers.values() for value in values]}
    return all(level is None or level in reachable(pools[cell]) for cell, level in week.levels.items())


def reachable(pool: Sequence[int]) -> set[int]:
    """Give every level that leaving some out could lead to: the sums between the least and the greatest."""
    kept, ordered = levels.counted(len(pool)), sorted(pool)
    means = {sum(each) for each in _choices(ordered, kept)}
    return {
        level
        for level, bounds in levels.BOUNDS.items()
        for total in means
        if bounds.low * kept + bounds.above <= 4 * total <= bounds.high * kept - bounds.below
    }


def _choices(ordered: Sequence[int], kept: int) -> set[tuple[int, ...]]:
    found = {tuple(ordered)}
    while len(next(iter(found))) > kept:
        found = {each[:place] + each[place + 1 :] for each in found for place in range(len(each))}
    return found


def possible_claims(weeks: Sequence[Week]) -> set[worlds.Claim]:
    return {
        (way, value)
        for world in every_world(weeks)
        if gives(world, weeks)
        for way, said in world.items()
        for value in set(said)
    }


def all_claims(weeks: Sequence[Week]) -> set[worlds.Claim]:
    return set(product(worlds._classes(weeks), SAID))


SMALL = [
    small_week((4,), {0: 1}),
    small_week((4,), {0: 1, 1: 2}),
    small_week((5,), {0: 5, 1: 1}),
    small_week((4, 4), {0: 3, 1: 2, 2: 4}),
    small_week((4, 4), {0: 5, 1: 4, 2: 4}),
    small_week((4, 3), {0: 2}),
    small_week((4, 4), {0: 4}),
    small_week((4, 4, 1), {0: 4, 2: 5}),
    small_week((4, 4), {}),
]


@pytest.mark.parametrize("week", SMALL, ids=str)
def test_the_programme_finds_just_the_worlds_that_there_are(week: Week) -> None:
    finding = worlds.search([week], Supposition.STILL)
    possible = possible_claims([week])
    assert finding.is_refuted == (not possible)
    if possible:
        assert finding.excluded == all_claims([week]) - possible


PAIRS = [
    (small_week((5,), {0: 2, 1: 2}), small_week((4,), {0: 4, 1: 3})),
    (small_week((4,), {0: 2, 1: 3}), small_week((5,), {0: 3, 1: 3})),
    (small_week((5,), {0: 1, 1: 1}), small_week((4,), {0: 5, 1: 5})),
    (small_week((4,), {}), small_week((5,), {0: 3, 1: 3})),
    (small_week((3,), {}), small_week((4,), {0: 3, 1: None})),
    (small_week((4, 1), {0: 3}), small_week((4, 1), {0: 3, 1: 3}, turn=1)),
    (small_week((4, 3), {0: 3}), small_week((4, 4), {0: 3, 2: 2}, turn=1)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_it_finds_them_in_two_weeks_too_where_somebody_has_left_or_joined(pair: tuple[Week, Week]) -> None:
    finding = worlds.search(pair, Supposition.STILL)
    possible = possible_claims(pair)
    assert finding.is_refuted == (not possible)
    if possible:
        assert finding.excluded == all_claims(pair) - possible


def test_it_sees_that_a_team_shown_only_since_somebody_joined_gives_that_one_away() -> None:
    """Of eight who are still the same, five had answered at the most; now a ninth is there, and it is six."""
    weeks = [
        Week(turn=0, k=5, roster={**desk(8), **others(20)}, levels={0: 3}),
        Week(turn=1, k=5, roster={**desk(9), **others(20)}, levels={0: 3, 1: 3}),
    ]
    excluded = worlds.search(weeks, Supposition.STILL).excluded
    assert ((None, 1), 0) in excluded
    assert not guard.is_safe(weeks)


def desk(size: int) -> dict[str, int]:
    return {f"a{number}": 1 for number in range(size)}


def others(size: int) -> dict[str, int]:
    return {f"b{number}": DESK for number in range(size)}


# --- the guard


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7, 0.95]))
@settings(max_examples=15)
def test_the_true_world_is_always_among_those_the_programme_allows(seed: int, share: float) -> None:
    """Else the attacker of the programme would be weaker than a real one, and its silence worth nothing."""
    small = Desk(seed, teams=3, size=8)
    small.feel(change=1)
    said = small.answer(share=share)
    for _ in range(2):  # nobody moves, and nobody changes anything
        cells = plans.shown_cells(
            asked=Counter(small.teams.values()),
            answered={team: len(values) for team, values in small.by_team(said).items()},
            k=5,
            turn=len(small.weeks),
        )
        drawn = guard.draw(small.by_team(said), cells, small.chance) if cells else {}
        small.weeks.append(Week(turn=len(small.weeks), k=5, roster=dict(small.teams), levels=drawn))
    for supposition in Supposition:
        assert not worlds.search(small.weeks, supposition).is_refuted


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.7, 0.95]))
@settings(max_examples=3)
def test_which_cells_are_shown_depends_on_counts_and_not_on_what_was_answered(seed: int, share: float) -> None:
    small = Desk(seed, teams=3, size=9)
    small.feel(change=1)
    small.publish(small.answer(share=share))
    small.move(churn=1)
    small.feel(change=0.5)
    answers = small.by_team(small.answer(share=share))
    this = Week(turn=1, k=5, roster=dict(small.teams), levels={})
    shown = set()
    for number, other in enumerate([answers, *_with_other_values(answers, Random(seed))]):
        said = guard.release(other, this=this, before=small.weeks, chance=Random(number))
        shown.add(tuple(sorted(said)))
    assert len(shown) == 1


def _with_other_values(answers: Mapping[int, Sequence[int]], chance: Random) -> Iterator[Mapping[int, Sequence[int]]]:
    """Give other answers of the same counts: some at random, and all of them the worst and the best there are."""
    yield {team: [chance.choice(VALUES) for _ in values] for team, values in answers.items()}
    for value in (1, 5):
        yield {team: [value for _ in values] for team, values in answers.items()}


@given(st.integers(0, 10_000))
@settings(max_examples=2)
def test_nothing_that_is_published_singles_anybody_out(seed: int) -> None:
    small = Desk(seed, teams=3, size=9)
    for _ in range(3):
        small.move(churn=0.5)
        small.feel(change=0.2)
        small.publish(small.answer(share=0.8))
    for end in range(1, len(small.weeks) + 1):
        assert not small.weeks[end - 1].levels or guard.is_safe(small.weeks[:end])


def test_a_desk_of_six_is_never_shown_since_that_would_mean_that_everybody_answered() -> None:
    small = Desk(1, teams=1, size=6)
    small.feel(change=1)
    assert small.publish(small.answer(share=1)).levels == {}


def test_levels_that_are_not_safe_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Desk(3, teams=2, size=9)
    small.feel(change=1)
    seen: list[object] = []
    real = guard.is_safe

    def refuse_twice(weeks: Sequence[Week], *, patience: worlds.Patience) -> bool:
        seen.append(dict(weeks[-1].levels))
        return len(seen) not in (2, 3) and real(weeks, patience=patience)

    monkeypatch.setattr(guard, "is_safe", refuse_twice)
    assert small.publish(small.answer(share=1)).levels == seen[-1]
    assert len(seen) >= 4  # what may be said whatever was answered, and then three draws


def test_a_leap_in_the_week_when_somebody_left_is_said_a_step_shorter() -> None:
    """Hardly anybody but the one who left and the one who came could make it leap so, if all others stayed the same."""
    asked = {f"{team}-{number}": team for team in (1, 2, 3) for number in range(9)}
    now = {mark: team for mark, team in asked.items() if mark != "1-0"} | {"3-9": 3}
    before = [Week(turn=0, k=5, roster=asked, levels={0: 2})]
    this = Week(turn=1, k=5, roster=now, levels={})
    assert not guard.is_safe([*before, Week(turn=1, k=5, roster=now, levels={0: 5})])
    said = guard.release({1: [5] * 3, 2: [5] * 5, 3: [5] * 7}, this=this, before=before, chance=Random(1))
    assert dict(said) == {0: 4}
