"""What the tests of meals stand on: a quiet Monday morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.factories.events import MONDAY


@pytest.fixture(autouse=True)
def monday(at: Callable[[datetime], None]) -> None:
    """Stop the clock on Monday 23 November 2026 at ten in Bergen."""
    at(MONDAY)
