"""The attacks on the pulse, in small; and that they would see what they look for."""

from __future__ import annotations

import pytest

from bench import ballots, pulse
from bench.pulse import Blind, Recovered, Tally
from portal.blueprints.pulse.rules.worlds import Week


def test_nobody_is_singled_out_in_small() -> None:
    lines = pulse.attack(False)
    assert " 0 persons are recovered, 0 narrowed " in lines[0]


def test_no_answer_is_joined_to_a_person_in_small() -> None:
    assert "Chance gives 1" in ballots.attack(False)[0]


def test_the_reader_sees_who_must_have_answered() -> None:
    """Of eight of a team five had answered at the most; now a ninth is there, and six have."""
    team = {f"a{number}": 1 for number in range(8)}
    rest = {f"b{number}": 0 for number in range(20)}
    weeks = [
        Week(turn=0, k=5, roster={**team, **rest}, levels={0: 3}),
        Week(turn=1, k=5, roster={**team, "new": 1, **rest}, levels={0: 3, 1: 3}),
    ]
    assert pulse.Reader(weeks).possible()[None, 1] == {1, 2, 3, 4, 5}


def test_the_reader_thinks_of_a_team_that_was_held_back() -> None:
    """It cannot be as last week unless a team was held back; then a leap of its neighbour tells who went and came."""
    desk = {f"{team}-{number}": team for team in (1, 2, 3) for number in range(9)}
    other = {mark: team for mark, team in desk.items() if mark != "1-0"} | {"1-9": 1}
    weeks = [
        Week(turn=0, k=5, roster=desk, levels={0: 2, 1: 2, 2: 2, 3: 2}),
        Week(turn=1, k=5, roster=other, levels={0: 3, 1: 5, 3: 2}),
    ]
    assert not pulse.Reader(weeks).agrees()
    tally = Tally()
    pulse._read(weeks, tally)
    assert tally.narrowed


def test_somebody_narrowed_stops_the_attack() -> None:
    with pytest.raises(Recovered):
        pulse._judge(Tally(rounds=1, narrowed=1), Tally(), [""], full=False)


def test_a_control_that_finds_nothing_does_too() -> None:
    with pytest.raises(Blind):
        pulse._judge(Tally(rounds=1, pairs=1), Tally(), [""], full=False)


def test_many_hits_are_more_than_chance() -> None:
    with pytest.raises(Recovered):
        ballots._judged("SQLite", {**dict.fromkeys(ballots.GUESSES, 0), "size": 9}, tries=50)
