"""The rota of the demo desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.blueprints.people.rules import Role
from portal.blueprints.shifts import queries
from portal.core.db import transaction
from portal.demo import shifts
from portal.demo.people import make_people


@pytest.mark.parametrize("now", [datetime(2026, 11, 26, 9, tzinfo=UTC), datetime(2027, 3, 27, 23, tzinfo=UTC)])
def test_at_any_hour_somebody_is_at_work_and_somebody_is_not(
    session: Session, at: Callable[[datetime], None], now: datetime
) -> None:
    at(now)
    with transaction():
        people = make_people()
        shifts.make_rota(people)
    special = {person.id for person in people.values() if person.roles - {Role.COLLEAGUE}}
    assert special <= {each.person_id for each in queries.at_work()}
    for hour in range(20, 20 + 14 * 24, 5):
        at(now + timedelta(hours=hour))
        assert 2 <= len(queries.at_work()) <= 45
