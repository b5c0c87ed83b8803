"""Doing something to a call as one transaction, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.blueprints.urgent.models.counts import DayCount
from portal.core.db import db, transaction
from portal.core.errors import PortalError

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def do(verb: Callable[..., object], *args: object, **named: object) -> None:
    with transaction():
        verb(*args, **named)


def refused(verb: Callable[..., object], *args: object, **named: object) -> PortalError:
    with pytest.raises(PortalError) as caught, transaction():
        verb(*args, **named)
    return caught.value


def counts() -> dict[str, int]:
    return {row.what: row.count for row in db.session.scalars(select(DayCount))}
