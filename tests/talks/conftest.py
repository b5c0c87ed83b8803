"""The clock of talks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from tests.factories.urgent import Wheel

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday, ten o'clock on the wall


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    """Give the clock of the test, and the worker."""
    return Wheel(at, NOW)
