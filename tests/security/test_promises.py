"""No promise of docs/security.md outlives its proof."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def names_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_is_there() -> None:
    named = set(NAMED.findall(DOCUMENT))
    assert len(named) > 100
    known = {file: names_in(ROOT / "tests" / file) for file, _ in named if (ROOT / "tests" / file).exists()}
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in known.get(file, set())] == []


def test_every_row_is_answered_once() -> None:
    rows = re.findall(r"^\| (V\d+\.\d+\.\d+) \|", DOCUMENT, re.MULTILINE)
    assert [row for row, times in Counter(rows).items() if times > 1] == []
    shown = re.search(r"(\d+) of the (\d+) rows", DOCUMENT)
    assert shown
    assert int(shown[2]) == len(rows)
    with_proof = [line for line in DOCUMENT.splitlines() if re.match(r"\| V\d", line) and "::test_" in line]
    assert int(shown[1]) == len(with_proof)


def test_every_promise_names_its_proof_as_the_tests_are_named() -> None:
    """A name in another shape would be passed over by the test above."""
    assert len(re.findall(r"::test_", DOCUMENT)) == len(NAMED.findall(DOCUMENT))
