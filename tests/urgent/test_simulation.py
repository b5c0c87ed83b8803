"""A desk of fifty lives through two days; `python -m bench shift --days 30` lives through the month."""

from __future__ import annotations

import pytest
from flask import Flask

from bench import shift
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.shifts.rules import AtWork, Availability
from portal.blueprints.urgent.queries import desk
from portal.blueprints.urgent.rules import ring


def test_nobody_off_duty_is_rung_and_it_widens_to_the_second_and_no_hand_is_left(own: Flask) -> None:
    with own.app_context():
        tally = shift.simulate(seed=7, people=50, days=2, calls_a_day=5)
    assert tally.raised > 5
    assert tally.rings > 20
    assert tally.looks > 5
    assert tally.is_right, tally


def test_the_comparison_finds_rings_that_are_too_slow_and_those_of_people_at_home(
    own: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring, "WIDENS_AFTER", (30, 61, 120))
    monkeypatch.setattr(desk.shifts, "at_work", _everybody_who_has_a_page_open)
    with own.app_context():
        tally = shift.simulate(seed=7, people=50, days=1, calls_a_day=4)
    assert tally.missing > 0
    assert tally.wrong_rings > 0
    assert not tally.is_right


def _everybody_who_has_a_page_open() -> list[AtWork]:
    free = {"until": None, "availability": Availability.AVAILABLE, "takes_it_easy": False, "is_present": True}
    return [AtWork(person_id=person_id, **free) for person_id in sorted(shifts.present())]  # type: ignore[arg-type]
