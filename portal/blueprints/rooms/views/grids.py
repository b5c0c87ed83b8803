"""Rooms and when they are free: for everybody, from our own copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel import dates
from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.rooms import queries
from portal.blueprints.rooms.queries import RoomRow, Taken
from portal.blueprints.rooms.views.blueprint import bp
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.i18n import N_, customs, format_time
from portal.web.auth import signed_in
from portal.web.forms import form_key
from portal.web.fragments import page_or_fragment
from portal.web.i18n import _, locale

DAYS = 14
STRIP = (time(7), timedelta(hours=16))  # a day is drawn from seven in the morning, for sixteen hours
LENGTHS = (30, 60, 90, 120, 180)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A day above its column of rooms."""

    day: date
    url: str
    opens_at: datetime  # where its strips begin
    free: int  # so many rooms nobody has taken any of


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of a day's strip in which the room is taken, in hundredths of its width."""

    left: float
    width: float
    is_ours: bool


@dataclass(frozen=True, kw_only=True)
class RoomDay:
    """A room on a day, in words and as a strip. Seven hundred of them make a page: each is put into words once."""

    url: str
    words: str
    spoken: str = ""  # when it is taken, for whoever does not see the strip
    bars: Sequence[Bar] = ()
    is_unknown: bool = False


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show every room over two weeks, and how old our sight of them is."""
    rows = queries.availability(first_day=clock.today(), days=DAYS)
    columns = _columns(rows)
    context: dict[str, Any] = {
        "columns": columns,
        "rows": [(row.room, _room_days(row, columns)) for row in rows],
        "is_stale": bool(rows) and all(row.is_stale for row in rows),
        # Rooms that could not be read then are marked one by one.
        "seen_at": max((row.seen_at for row in rows if row.seen_at), default=None),
        "resting_since": queries.resting_since(),
        "short_day": short_day,
    }
    return page_or_fragment("rooms/index.html", "rooms/_availability.html", **context)


@bp.get("/dag/<day>")
@signed_in
def one_day(day: str) -> ResponseReturnValue:
    """Show every room through a day, hour by hour; a free cell holds the room while one says what for."""
    chosen = read_day(day)
    minutes = _minutes(request.args.get("minutt", "60"))
    grid = queries.day_grid(chosen, length=timedelta(minutes=minutes))
    context: dict[str, Any] = {
        "day": chosen,
        "days": [clock.today() + timedelta(days=n) for n in range(DAYS)],
        "minutes": minutes,
        "lengths": LENGTHS,
        "grid": grid,
        "is_list": request.args.get("vis") == "liste",
        "seen_at": grid.seen_at,
        "resting_since": queries.resting_since(),
        "key": form_key(),
        "short_day": short_day,
    }
    return page_or_fragment("rooms/one_day.html", "rooms/_one_day.html", **context)


def short_day(day: date) -> str:
    """Name a day shortly, for where fourteen of them stand side by side."""
    return str(dates.format_date(day, "EEE d.M.", locale=customs(locale())))


def read_day(text: str) -> date:
    """Read a day of an address."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(N_("That day is not here.")) from error
    if not clock.today() <= day <= clock.today() + timedelta(days=366):
        raise NotFound(N_("That day is not here."))
    return day


def _columns(rows: Sequence[RoomRow]) -> list[Column]:
    days = [clock.today() + timedelta(days=n) for n in range(DAYS)]
    return [
        Column(
            day=day,
            url=url_for("rooms.one_day", day=day.isoformat()),
            opens_at=clock.at_wall(day, STRIP[0]),
            free=sum(not row.days[n] for row in rows),
        )
        for n, day in enumerate(days)
    ]


def _room_days(row: RoomRow, columns: Sequence[Column]) -> list[RoomDay]:
    is_known = row.seen_at is not None
    nothing = _("free") if is_known else _("unknown")
    spoken = _spoken(locale())
    return [
        _taken(taken, column, spoken) if taken else RoomDay(url=column.url, words=nothing, is_unknown=not is_known)
        for column, taken in zip(columns, row.days, strict=True)
    ]


def _taken(taken: Sequence[Taken], column: Column, spoken: Callable[[Taken], str]) -> RoomDay:
    return RoomDay(
        url=column.url,
        words=_("%(n)s h taken", n=_whole_hours(taken)),
        spoken=" ".join(spoken(each) for each in taken),
        bars=[bar for bar in (_bar(each, column.opens_at) for each in taken) if bar.width],
    )


def _spoken(language: str) -> Callable[[Taken], str]:
    ours, theirs = _("booked"), _("taken")

    def say(taken: Taken) -> str:
        times = f"{format_time(taken.starts_at, language)}–{format_time(taken.ends_at, language)}"
        return f"{times} {ours if taken.is_ours else theirs}"

    return say


def _whole_hours(taken: Sequence[Taken]) -> int:
    total = sum((each.ends_at - each.starts_at for each in taken), timedelta())
    return min(-(-total // timedelta(hours=1)), 24)


def _bar(taken: Taken, first: datetime) -> Bar:
    left = _share(taken.starts_at - first)
    return Bar(left=left, width=round(_share(taken.ends_at - first) - left, 1), is_ours=taken.is_ours)


def _share(passed: timedelta) -> float:
    return round(max(0.0, min(1.0, passed / STRIP[1])) * 100, 1)


def _minutes(text: str) -> int:
    return int(text) if text in {str(each) for each in LENGTHS} else 60
