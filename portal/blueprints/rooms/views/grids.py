"""Rooms and when they are free: for everybody, from our own copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel import dates
from flask import request
from flask.typing import ResponseReturnValue

from portal.blueprints.rooms import queries
from portal.blueprints.rooms.queries import RoomDay
from portal.blueprints.rooms.views.blueprint import bp
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.web.auth import signed_in
from portal.web.forms import form_key
from portal.web.fragments import page_or_fragment
from portal.web.i18n import locale

DAYS = 14
STRIP = (time(7), 16)  # a day is drawn from seven in the morning, for sixteen hours
LENGTHS = (30, 60, 90, 120, 180)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of a day's strip in which the room is taken, in hundredths of its width."""

    left: float
    width: float
    is_ours: bool


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show every room over two weeks, and how old our sight of them is."""
    rows = queries.availability(first_day=clock.today(), days=DAYS)
    free = [sum(not row.days[n].taken for row in rows) for n in range(DAYS)]
    context: dict[str, Any] = {
        "rows": rows,
        "free": free,
        "seen_at": queries.newest_sight(),
        "resting_since": queries.resting_since(),
    }
    context |= {
        "is_stale": bool(rows) and all(row.is_stale for row in rows),
        "bars": bars,
        "hours": taken_hours,
        "short_day": short_day,
    }
    context["resting_since"] = queries.resting_since()
    return page_or_fragment("rooms/index.html", "rooms/_availability.html", **context)


@bp.get("/dag/<day>")
@signed_in
def one_day(day: str) -> ResponseReturnValue:
    """Show every room through a day, hour by hour; a free cell holds the room while one says what for."""
    chosen = read_day(day)
    minutes = _minutes(request.args.get("minutt", "60"))
    context: dict[str, Any] = {
        "day": chosen,
        "days": [clock.today() + timedelta(days=n) for n in range(DAYS)],
        "minutes": minutes,
        "lengths": LENGTHS,
        "grid": queries.day_grid(chosen, length=timedelta(minutes=minutes)),
        "is_list": request.args.get("vis") == "liste",
        "seen_at": queries.newest_sight(),
        "resting_since": queries.resting_since(),
        "key": form_key(),
        "short_day": short_day,
    }
    return page_or_fragment("rooms/one_day.html", "rooms/_one_day.html", **context)


def short_day(day: date) -> str:
    """Name a day shortly, for where fourteen of them stand side by side."""
    return str(dates.format_date(day, "EEE d.M.", locale=locale()))


def read_day(text: str) -> date:
    """Read a day of an address."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(N_("That day is not here.")) from error
    if not clock.today() <= day <= clock.today() + timedelta(days=366):
        raise NotFound(N_("That day is not here."))
    return day


def bars(day: RoomDay) -> list[Bar]:
    """Give what is taken of a day's strip."""
    first = clock.at_wall(day.day, STRIP[0])
    whole = timedelta(hours=STRIP[1])
    return [
        Bar(left=_share(first, each.starts_at, whole), width=_width(first, each, whole), is_ours=each.is_ours)
        for each in day.taken
    ]


def taken_hours(day: RoomDay) -> int:
    """Give how many hours of a day are taken, a begun one counted as one."""
    total = sum((each.ends_at - each.starts_at for each in day.taken), timedelta())
    return min(-(-total // timedelta(hours=1)), 24)


def _share(first: datetime, moment: datetime, whole: timedelta) -> float:
    return round(max(0.0, min(1.0, (moment - first) / whole)) * 100, 1)


def _width(first: datetime, taken: queries.Taken, whole: timedelta) -> float:
    return round(_share(first, taken.ends_at, whole) - _share(first, taken.starts_at, whole), 1)


def _minutes(text: str) -> int:
    return int(text) if text in {str(each) for each in LENGTHS} else 60
