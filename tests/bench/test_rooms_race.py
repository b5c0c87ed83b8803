"""The race for rooms on a small scale, and that it sees what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench import rooms_race

NOON = datetime(2027, 1, 7, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["calendar", "ledger"])
def test_nothing_overlaps_however_many_go_for_it(fresh_database_url: str, kind: str) -> None:
    outcome = rooms_race.race(fresh_database_url, of=kind, attempts=80, processes=2)
    assert outcome.is_right, outcome
    assert outcome.attempts == 80
    assert outcome.refused > 0, "where nobody is refused nothing was raced for"


def test_a_pair_that_shares_a_moment_is_seen() -> None:
    told = {"a": "let in", "b": "let in", "c": "let in", "d": "refused"}
    standing = {"a": (1, NOON, NOON + HOUR), "b": (1, NOON + HOUR, NOON + 2 * HOUR), "c": (2, NOON, NOON + HOUR)}
    outcome = rooms_race.compare(told, standing, seconds=1.0)
    assert outcome.is_right
    nearer = standing | {"b": (1, NOON + HOUR / 2, NOON + 2 * HOUR)}
    assert rooms_race.compare(told, nearer, seconds=1.0).overlapping == 1


def test_what_one_was_told_and_is_not_written_down_is_seen() -> None:
    standing = {"a": (1, NOON, NOON + HOUR)}
    assert rooms_race.compare({"a": "let in", "b": "let in"}, standing, seconds=1.0).told_wrong == 1
    assert rooms_race.compare({"a": "refused"}, standing, seconds=1.0).told_wrong == 1


def test_whoever_was_let_in_by_nobody_proves_nothing() -> None:
    right = rooms_race.compare({"a": "let in"}, {"a": (1, NOON, NOON + HOUR)}, seconds=1.0)
    assert right.is_right
    assert not replace(right, let_in=0).is_right
    assert not replace(right, broken=1).is_right
