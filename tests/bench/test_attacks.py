"""What `make attack` runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bench
from bench import attacks


def test_every_attack_there_is_is_run() -> None:
    there = {
        f"bench.{path.stem}:{act.name}"
        for path in Path(bench.__path__[0]).glob("*.py")
        for act in ast.parse(path.read_text()).body
        if isinstance(act, ast.FunctionDef) and act.name.startswith("attack")
    }
    assert there == set(attacks.ATTACKS.values())


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_an_attack_that_is_named_is_found(name: str) -> None:
    assert callable(attacks.find(name))
