"""The bench of the table plan, small, and with a planner that does worse than it could."""

from __future__ import annotations

import pytest

from bench import tables
from portal.blueprints.games.rules import solving
from portal.blueprints.games.rules.solving import Laid
from portal.blueprints.games.rules.tables import Night


def test_small_nights_are_as_good_as_the_best_of_all_seatings() -> None:
    assert tables.small(24) == 0


def test_every_large_night_is_timed() -> None:
    assert len(tables.large(2, people=8, games=4)) == 2


def test_a_plan_that_is_not_the_best_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = solving.solve

    def lazy(night: Night, *, may_leave_out: bool = False) -> Laid | None:
        return honest(night, may_leave_out=may_leave_out, levels=0)

    monkeypatch.setattr(solving, "solve", lazy)
    assert tables.small(24) > 0
