"""No test of the pulse knows how quick the machine is."""

from __future__ import annotations

import pytest

from portal.blueprints.pulse.rules import worlds


@pytest.fixture(autouse=True)
def all_the_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programme look for as long as it takes; how it fails when it may not, is tested by itself."""
    monkeypatch.setattr(worlds, "LONGEST", 3600.0)
    monkeypatch.setattr(worlds, "PATIENCE", 3600.0)
