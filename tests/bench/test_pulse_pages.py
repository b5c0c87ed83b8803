"""The attack that times pages of the pulse: that it guesses as it says, and that it runs. No test here knows a time."""

from __future__ import annotations

import pytest

from bench import pulse_pages
from bench.pulse_pages import guess


def test_heaps_that_are_alike_are_guessed_by_chance() -> None:
    assert guess([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]).share == 0.5
    assert guess([1.0] * 300, [1.0] * 300).is_chance


@pytest.mark.parametrize(
    ("ones", "others", "share"), [((5, 6), (1, 2), 1.0), ((1, 2), (5, 6), 0.0), ((1, 4), (2, 3), 0.5)]
)
def test_a_guess_says_how_often_the_one_heap_is_longer(
    ones: tuple[float, ...], others: tuple[float, ...], share: float
) -> None:
    assert guess(ones, others).share == share


def test_a_small_difference_in_many_times_is_beyond_chance() -> None:
    ones = [float(number % 100) for number in range(400)]
    assert guess(ones, ones).is_chance
    assert not guess([each + 15 for each in ones], ones).is_chance


def test_the_attack_times_three_kinds_of_pages_and_one_that_must_be_told_apart() -> None:
    lines = pulse_pages.attack_pages(False)
    assert len(lines) == 4
    assert "control" in lines[-1]
