"""The solver: all programmes of a process share its threads, and the first one decides how many there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ONE_THREAD = re.compile(r'"threads", 1\b')


def test_every_programme_asks_for_one_thread() -> None:
    """One that asks for another number than those before it is refused, in whatever corner of the house it is made."""
    files = [path for folder in ("portal", "bench", "tests") for path in (ROOT / folder).rglob("*.py")]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in files if path != Path(__file__)}
    makers = {path: text.count("highspy.Highs()") for path, text in texts.items() if "highspy.Highs()" in text}
    assert "portal/blueprints/games/rules/solving.py" in makers
    assert {path: len(ONE_THREAD.findall(texts[path])) for path in makers} == makers
