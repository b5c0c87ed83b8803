"""Counting calls of the whole desk, a day at a time. Nothing in here knows a person, a text or an hour."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.counts import DayCount
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules.calls import Ending
from portal.core import clock
from portal.core.db import db, is_sqlite


def count_raised() -> None:
    """Count one hand more."""
    _count(["raised"])


def count_ended(call: HelpCall, ending: Ending) -> None:
    """Count how a call ended, and in wide steps how long it waited for who helped."""
    waited = [rules.waited_name(call.taken_at - call.created_at)] if call.taken_at else []
    _count([ending.value, *(waited if ending is Ending.SOLVED else [])])


def _count(whats: Iterable[str]) -> None:
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    for what in sorted(whats):  # always in the same order: two who wait for each other would wait for ever
        one = insert(DayCount).values(day=clock.today(), what=what, count=1)
        more = one.on_conflict_do_update(
            index_elements=[DayCount.day, DayCount.what], set_={"count": DayCount.count + 1}
        )
        db.session.execute(more)
