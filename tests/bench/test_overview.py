"""The bench of the overview, small: it fills a yard, and asks for every page and for the floor."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bench.overview import PAGES
from bench.running import ROOT

SMALL = ["--nights", "40", "--rooms", "3", "--seconds", "0.2", "--rounds", "1"]


@pytest.mark.slow
def test_every_page_is_asked_for_beside_the_floor() -> None:
    """In a process of its own: it makes a portal of its own."""
    command = [sys.executable, "-m", "bench", "overview", *SMALL]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    printed = run.stdout
    assert run.returncode == 0, printed + run.stderr
    assert "40 nights, 3 rooms" in printed
    for name in ("floor", *PAGES):
        assert re.search(rf"^{name} +\d+ +\d+\.\d +\d+\.\d +\d+\.\d\dx$", printed, re.MULTILINE), name
