"""Reading how the desk does with calls: whole days and wide steps, and nothing where it would be about somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from portal.blueprints.urgent.models.counts import DayCount
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

FEW = 5  # below this it is «few»: who was there would know who it was
RAISED = "raised"


@dataclass(frozen=True, kw_only=True)
class Day:
    """The calls of a day; None stands for few."""

    day: date
    raised: int | None
    counts: Mapping[str, int | None]

    @property
    def is_few(self) -> bool:
        """Tell whether it had so few calls that nothing more is said of it."""
        return self.raised is None


def days(viewer: Viewer, *, weeks: int = 4) -> Sequence[Day]:
    """Give the days of the last weeks on which there were calls, the newest first; for administrators."""
    if not viewer.may("admin.see"):
        raise NotAllowed(N_("This is not open to you."))
    since = clock.today() - timedelta(weeks=weeks)
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for row in db.session.scalars(select(DayCount).where(DayCount.day > since).order_by(DayCount.day.desc())):
        found[row.day][row.what] = row.count
    return [_day(day, numbers) for day, numbers in found.items()]


def _day(day: date, numbers: Mapping[str, int]) -> Day:
    raised = _coarse(numbers.get(RAISED, 0))
    others = {} if raised is None else {what: _coarse(n) for what, n in numbers.items() if what != RAISED}
    return Day(day=day, raised=raised, counts=others)


def _coarse(count: int) -> int | None:
    return count if count >= FEW else None
