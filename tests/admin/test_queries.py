from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from portal.blueprints.admin import queries

PORTAL = Path(__file__).parents[2] / "portal"


def noted() -> Iterator[str]:
    """Find the acts that the code notes; of those that are put together, their beginning with an asterisk."""
    for path in PORTAL.rglob("blueprints/**/*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in {
                "note",
                "_note",
            }:
                slice_ = path.relative_to(PORTAL / "blueprints").parts[0]
                for part in ast.walk(call):
                    if isinstance(part, ast.JoinedStr):
                        yield f"{part.values[0].value}*"  # type: ignore[attr-defined]
                    elif isinstance(part, ast.Constant) and str(part.value).startswith(f"{slice_}."):
                        yield str(part.value)


def test_every_act_that_is_noted_has_words() -> None:
    acts = list(noted())
    assert len(acts) > 40
    nameless = [
        act
        for act in acts
        if act not in queries.ACTS and not any(known.startswith(act.removesuffix("*")) for known in queries.ACTS)
    ]
    assert nameless == []


def test_an_act_of_a_former_version_is_shown_as_it_was_noted() -> None:
    assert queries.words("people.something_old") == "people.something_old"
