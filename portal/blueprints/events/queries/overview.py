"""The overview: which months have evenings, and what stands large. As many questions for two thousand as for two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import outlooks
from portal.blueprints.events.queries.outlooks import Outlook
from portal.core import clock
from portal.core.db import UTCDateTime, db
from portal.core.paging import Page
from portal.core.viewer import Viewer

MONTHS_AHEAD = 13
PAGE_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What somebody looks for: a kind, a month by its first day, and how far down the list."""

    kind: Kind | None = None
    month: date | None = None
    cursor: str | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether it is the first look, at everything."""
        return self == Looking()


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A page of what is coming, by month, and the months there is something in."""

    looking: Looking
    page: Page[Outlook]
    months: Sequence[date]
    posters: Sequence[Outlook] = ()

    @property
    def by_month(self) -> Iterator[tuple[date, list[Outlook]]]:
        """Give the evenings of the page, month by month."""
        for month, some in groupby(self.page.items, key=lambda each: _month_of(each.evening.starts_at)):
            yield month, list(some)


def overview(viewer: Viewer, looking: Looking) -> Overview:
    """Give what is coming as somebody looks at it."""
    between = _interval(looking.month) if looking.month else None
    page = outlooks.upcoming(viewer, cursor=looking.cursor, size=PAGE_SIZE, kind=looking.kind, between=between)
    return Overview(
        looking=looking,
        page=page,
        months=months(looking.kind),
        posters=outlooks.posters(page.items) if looking.is_plain else (),
    )


def months(kind: Kind | None = None) -> list[date]:
    """Give the months ahead in which there is an evening: one statement, one look into the index for each month."""
    ahead = _months_from(clock.today())
    bounds: dict[str, Any] = {f"m{number}": clock.at_wall(month, time()) for number, month in enumerate(ahead)}
    bounds["m0"] = clock.now()
    answers = tuple(db.session.execute(_has_evenings(kind), bounds).one())
    return [month for month, is_there in zip(ahead, answers, strict=False) if is_there]


@cache
def _has_evenings(kind: Kind | None) -> Select[Any]:
    # Put together once for each kind: thirteen questions in one take longer to write than to answer.
    bounds = [bindparam(f"m{number}", type_=UTCDateTime()) for number in range(MONTHS_AHEAD + 1)]
    wanted = [
        exists().where(Evening.starts_at >= begins, Evening.starts_at < ends) for begins, ends in pairwise(bounds)
    ]
    asked: list[Any] = [each.where(Evening.kind == kind) if kind else each for each in wanted]
    return select(*asked)


def _months_from(day: date) -> list[date]:
    first = day.year * 12 + day.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(first, first + MONTHS_AHEAD + 1)]


def _interval(month: date) -> tuple[datetime, datetime]:
    following = month.year * 12 + month.month
    next_month = date(following // 12, following % 12 + 1, 1)
    return clock.at_wall(month, time()), clock.at_wall(next_month, time())


def _month_of(moment: datetime) -> date:
    return clock.wall(moment).date().replace(day=1)
