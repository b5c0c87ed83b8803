"""The benches of signing up, small, and that they see what is wrong."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bench.running import ROOT
from bench.signups import Press, out_of_order


def press(position: int, began: float, ended: float) -> Press:
    return Press(person_id=position, position=position, is_in=False, began=began, ended=ended)


def test_who_stands_behind_somebody_who_came_later_is_counted() -> None:
    assert out_of_order([press(1, 0, 2), press(2, 1, 3), press(3, 1, 2.5)]) == 0
    assert out_of_order([press(1, 5, 6), press(2, 1, 3)]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            ["signups", "--people", "30", "--seats", "7"],
            r"SQLite +30 +7 +7 +23 +0 +0 .*\nPostgreSQL +30 +7 +7 +23 +0 +0 ",
        ),
        (["line", "--histories", "6", "--steps", "10"], r"\d+ histories of up to 10 steps, seed \d+: 0 wrong"),
    ],
)
def test_the_benches_run_to_their_end(command: list[str], words: str) -> None:
    """In a process of its own: each makes a portal of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", *command], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(words, run.stdout), run.stdout
