"""How the desk does with calls, as administrators see it: whole days, wide steps, and never a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.blueprints.urgent.queries import counts
from portal.blueprints.urgent.queries.counts import Day
from portal.core import clock
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.i18n import _

WEEKS = 4
COLUMNS = {
    "solved": N_("Sorted"),
    "cancelled": N_("Taken back"),
    "nobody": N_("Nobody could come"),
    "joined": N_("Part of an incident"),
    "within_10": N_("Within 10 s"),
    "within_30": N_("Within 30 s"),
    "within_60": N_("Within a minute"),
    "within_120": N_("Within two minutes"),
    "later": N_("Later"),
}
bp_admin = Blueprint("urgent_admin", __name__, url_prefix="/styring/hjelp")
navigation.register(
    "urgent_admin.totals", N_("Calls for help"), icon="headset", order=35, menu="admin", permission="admin.see"
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day of the chart: how many calls, or None where they were so few that no number is told."""

    day: date
    raised: int | None
    is_quiet: bool  # no call at all


@bp_admin.get("")
@may("admin.see")
def totals() -> ResponseReturnValue:
    """Show the totals of each day."""
    days = counts.days(viewer(), weeks=WEEKS)
    bars = _bars(days)
    told = [day for day in days if day.raised is not None]
    return render_template(
        "urgent/totals.html",
        days=days,
        bars=bars,
        most=max([bar.raised or 0 for bar in bars] + [counts.FEW]),
        told=len(told),
        raised=sum(day.raised or 0 for day in told),
        columns={what: _(words) for what, words in COLUMNS.items()},
        few=counts.FEW,
    )


def _bars(days: Sequence[Day]) -> list[Bar]:
    """Give a bar for each day of the weeks, the oldest first, also where nobody called."""
    by_day = {each.day: each for each in days}
    today = clock.today()
    line = [today - timedelta(days=back) for back in range(WEEKS * 7 - 1, -1, -1)]
    return [
        Bar(day=day, raised=by_day[day].raised if day in by_day else None, is_quiet=day not in by_day) for day in line
    ]
