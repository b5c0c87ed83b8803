"""Ways round the guard that a reader could take, each as it was found: what is said must leave everything possible."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from flask import Flask

from portal.blueprints.pulse.rules import guard, plans, worlds
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.pulse.rules.worlds import Supposition, Week
from portal.core import jobs

PATIENCE = worlds.PATIENCE  # as it is outside tests


def week(turn: int, roster: Mapping[str, int], said: Mapping[int, int | None]) -> Week:
    return Week(turn=turn, k=5, roster=roster, levels=said)


def team(number: int, size: int) -> dict[str, int]:
    return {f"{number}-{each}": number for each in range(size)}


NINES = {**team(1, 9), **team(2, 9), **team(3, 9)}
ONE_WENT_ONE_CAME = {mark: cell for mark, cell in NINES.items() if mark != "1-0"} | {"3-9": 3}


def test_a_silent_week_between_does_not_hide_a_leap() -> None:
    """Nobody can be as before over a week that had «too few», but the reader may leave that week out of it."""
    first, leap = week(0, NINES, {0: 2}), week(2, ONE_WENT_ONE_CAME, {0: 5})
    assert not guard.is_safe([first, leap])
    silent = week(1, NINES, {})
    assert not guard.is_safe([first, silent, leap])
    third = week(3, ONE_WENT_ONE_CAME, {0: 5})
    assert not guard.is_safe([week(0, NINES, {0: 2}), week(1, NINES, {0: 2}), week(2, NINES, {}), third])


def test_a_team_that_the_guard_held_back_does_not_hide_a_leap() -> None:
    """Shown last week and not this: either others answer now, or the guard held it back, and the reader tries both."""
    other = {mark: cell for mark, cell in NINES.items() if mark != "1-0"} | {"1-9": 1}
    weeks = [week(0, NINES, {0: 2, 1: 2, 2: 2, 3: 2}), week(1, other, {0: 3, 1: 5, 3: 2})]
    assert worlds.search(weeks, Supposition.STILL).is_refuted
    assert not guard.is_safe(weeks)


def test_a_colleague_who_has_not_answered_does_not_learn_that_all_others_have() -> None:
    """Of a team of seven six must answer: whoever did not would know it of each of the others."""
    for size in (6, 7):
        assert not plans.may_ever(size, k=5)
    assert plans.may_ever(8, k=5)


def test_nor_from_what_the_shown_teams_leave_of_the_desk() -> None:
    """Four are left over in one team and three in another: six of the seven must have answered."""
    asked = {**team(1, 10), **team(2, 10), **team(3, 4), **team(4, 3)}
    answered = {1: [3] * 8, 2: [3] * 8, 3: [3] * 4, 4: [3] * 3}
    said = guard.release(answered, this=week(0, asked, {}), before=[], chance=Random(1))
    assert DESK in said
    assert len(said) == 2


def test_whether_anything_is_said_does_not_tell_what_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only some levels are safe, silence would tell that it was none of them: then one of them is said."""
    real = guard.is_safe
    monkeypatch.setattr(guard, "is_safe", lambda weeks, **more: weeks[-1].levels.get(DESK) == 2 and real(weeks, **more))
    before = [week(0, NINES, {0: 2})]
    for value in range(1, 6):
        answers = {number: [value] * 8 for number in (1, 2, 3)}
        said = guard.release(answers, this=week(1, NINES, {}), before=before, chance=Random(1))
        assert said[DESK] == 2


def test_where_what_was_said_before_is_not_safe_any_more_nothing_is_said_whatever_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "is_safe", lambda weeks, **more: weeks[-1].levels.get(DESK) == 4)
    before = [week(0, NINES, {0: 2})]
    for value in range(1, 6):
        answers = {number: [value] * 8 for number in (1, 2, 3)}
        assert guard.release(answers, this=week(1, NINES, {}), before=before, chance=Random(1)) == {}


@pytest.mark.parametrize(("name", "seconds"), [("LONGEST", 0.0), ("PATIENCE", 0.0)])
def test_a_machine_that_is_too_slow_says_nothing(monkeypatch: pytest.MonkeyPatch, name: str, seconds: float) -> None:
    monkeypatch.setattr(worlds, name, seconds)
    answers = {number: [3] * 8 for number in (1, 2, 3)}
    assert guard.release(answers, this=week(0, NINES, {}), before=[], chance=Random(1)) == {}


def test_the_whole_search_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be begun anew for ever by the workers, and the round's key would live as long."""
    asked: list[float] = []
    real = worlds.search

    def slow(weeks: object, supposition: Supposition, patience: worlds.Patience) -> worlds.Finding:
        asked.append(patience.left)
        patience.spend(worlds.PATIENCE / 3)
        return real(weeks, supposition, patience)  # type: ignore[arg-type]

    monkeypatch.setattr(worlds, "search", slow)
    answers = {number: [3] * 8 for number in (1, 2, 3)}
    before = [week(0, NINES, {0: 2}), week(1, NINES, {0: 3}), week(2, NINES, {0: 4})]
    assert guard.release(answers, this=week(3, ONE_WENT_ONE_CAME, {}), before=before, chance=Random(1)) == {}
    assert not any(asked[3:])


def test_the_whole_search_is_shorter_than_the_job_may_be(app: Flask) -> None:
    assert jobs.kinds["pulse.close"].deadline.total_seconds() > PATIENCE
