"""The attacks on coffee pairs and on the gentle question, small, and with rules that are worse than ours."""

from __future__ import annotations

import pytest

from bench import pairs, prompts
from portal.blueprints.checkins.rules import prompts as asking
from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.rules.pairing import Pair, Week


def test_pairs_are_as_good_as_another_way_finds_them() -> None:
    assert "66 pairs, repeats 0" in pairs.attack(False)[0]


def test_pairs_that_repeat_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(week: Week) -> list[Pair]:
        return [(one, one + 1) for one in sorted(week.slots)[:-1:2]]

    monkeypatch.setattr(pairing, "pairs", forgetful)
    with pytest.raises(pairs.Repeated):
        pairs.attack(False)


@pytest.mark.slow
def test_nobody_is_asked_at_a_wrong_moment_around_the_days_on_which_the_clock_changes() -> None:
    assert "outside the windows 0" in prompts.attack(False)[1]


@pytest.mark.slow
def test_asking_at_any_moment_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "suits", lambda _found: True)
    with pytest.raises(prompts.Disturbed):
        prompts.attack(False)
