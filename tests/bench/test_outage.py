"""The bench of an outage on a small scale, and that it sees what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import outage
from bench.outage import Outcome

RIGHT = Outcome(wishes=5, resolved=5, calls_while_down=40, seconds_to_all=120.0, out_of_order=0, refused_sign_ins=0)


@pytest.mark.slow
def test_an_hour_without_a_calendar_is_made_good_in_five_minutes(
    tmp_path: Path, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PORTAL_FOLDER", "PORTAL_DATABASE", "PORTAL_CALENDAR"):
        monkeypatch.setenv(name, "")  # what the bench puts there is taken away again
    outcome = outage.run(tmp_path, fresh_database_url, wishes=5)
    assert outcome.is_right, outcome
    assert 0 < outcome.calls_while_down < 70


@pytest.mark.parametrize(
    "wrong", [{"resolved": 4}, {"seconds_to_all": 301.0}, {"out_of_order": 1}, {"refused_sign_ins": 2}]
)
def test_anything_wrong_is_wrong(wrong: dict[str, float]) -> None:
    assert RIGHT.is_right
    assert not replace(RIGHT, **wrong).is_right  # type: ignore[arg-type]
