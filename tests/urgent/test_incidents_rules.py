"""What counts as a big incident, and how much of it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.urgent.rules import incidents as rules
from portal.blueprints.urgent.rules.incidents import Hand

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def hands(*askers: int, tag: int = 1, minutes: float = 1) -> list[Hand]:
    return [Hand(tag_id=tag, asker_id=asker, raised_at=NOW - timedelta(minutes=minutes)) for asker in askers]


def test_three_persons_with_one_trouble_are_several() -> None:
    assert rules.raised_together(hands(1, 2, 3), NOW) == {1: frozenset({1, 2, 3})}


def test_one_person_who_asks_three_times_is_one() -> None:
    assert rules.raised_together(hands(1, 1, 1, 2), NOW) == {}


def test_hands_about_other_things_do_not_count_together() -> None:
    assert rules.raised_together([*hands(1, 2), *hands(3, tag=2)], NOW) == {}


def test_what_was_raised_long_ago_is_not_just_now() -> None:
    assert rules.raised_together([*hands(1, 2), *hands(3, minutes=15.1)], NOW) == {}
    assert rules.raised_together([*hands(1, 2), *hands(3, minutes=15)], NOW)


@pytest.mark.parametrize(
    ("count", "number", "several"),
    [(0, None, False), (1, None, False), (2, None, True), (4, None, True), (5, 5, False)],
)
def test_few_are_never_counted_aloud(count: int, number: int | None, several: bool) -> None:
    crowd = rules.crowd(count)
    assert (crowd.number, crowd.is_several) == (number, several)


@settings(max_examples=50)
@given(st.integers(0, 300))
def test_no_number_below_five_is_ever_told(count: int) -> None:
    told = rules.crowd(count).number
    assert told is None or told >= rules.COUNTED_FROM


def test_after_four_hours_without_a_word_it_is_quiet() -> None:
    assert not rules.is_quiet(NOW - timedelta(hours=3, minutes=59), NOW)
    assert rules.is_quiet(NOW - timedelta(hours=4), NOW)


@pytest.mark.parametrize(
    ("is_opener", "has_permission", "may"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_the_opener_and_those_with_the_permission_lead(is_opener: bool, has_permission: bool, may: bool) -> None:
    assert rules.may_lead(is_opener=is_opener, has_permission=has_permission) is may


def test_a_new_word_is_known_by_its_moment() -> None:
    assert rules.signature(3, NOW) != rules.signature(3, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(("own", "its", "alike"), [(1, 1, True), (1, 2, False), (None, None, False), (1, None, False)])
def test_a_call_and_an_incident_are_alike_by_their_system(own: int | None, its: int | None, alike: bool) -> None:
    assert rules.is_alike(own, its) is alike
