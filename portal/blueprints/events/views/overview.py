"""What is on: the next of each kind large, then evening by evening, month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import overview, proposals, recaps
from portal.blueprints.events.queries.overview import Looking
from portal.blueprints.events.views import wording
from portal.blueprints.events.views.blueprint import bp
from portal.web.auth import signed_in, viewer
from portal.web.fragments import page_or_fragment, wants_fragment
from portal.web.i18n import _

SLUGS = {"brettspel": Kind.BOARD_GAMES, "kino": Kind.CINEMA, "anna": Kind.OTHER}
YEARS = range(2000, 2100)
PROPOSALS_SHOWN = 2


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show what is coming."""
    looking = _looking()
    found = overview.overview(viewer(), looking)
    context: dict[str, Any] = {
        "overview": found,
        "wording": wording,
        "address": _address(looking, cursor=looking.cursor),
        "next_url": _address(looking, cursor=found.page.next_cursor) if found.page.next_cursor else None,
        "first_url": _address(looking) if looking.cursor else "",
        "kinds": _kinds(looking),
        "months": _months(found),
    }
    if not wants_fragment():
        context["proposed"] = proposals.open_proposals(viewer(), limit=PROPOSALS_SHOWN)
        context["memory"] = recaps.latest_memory()
    return page_or_fragment("events/index.html", "events/_list.html", **context)


def _looking() -> Looking:
    return Looking(
        kind=SLUGS.get(request.args.get("slag", "")),
        month=_month(request.args.get("manad", "")),
        cursor=request.args.get("etter"),
    )


def _month(written: str) -> date | None:
    """Read «2027-01»; anything else means every month."""
    year, _dash, month = written.partition("-")
    if not (len(written) == 7 and year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    return date(int(year), int(month), 1) if int(year) in YEARS and 1 <= int(month) <= 12 else None


def _address(looking: Looking, *, cursor: str | None = None) -> str:
    slug = next((slug for slug, kind in SLUGS.items() if kind == looking.kind), None)
    month = f"{looking.month:%Y-%m}" if looking.month else None
    return url_for("events.index", slag=slug, manad=month, etter=cursor)


def _kinds(looking: Looking) -> list[dict[str, Any]]:
    offered: dict[Kind | None, str] = {None: _("Everything")} | {kind: wording.kind_name(kind) for kind in Kind}
    return [
        {
            "label": label,
            "url": _address(Looking(kind=kind, month=looking.month)),
            "is_current": kind == looking.kind,
        }
        for kind, label in offered.items()
    ]


def _months(found: overview.Overview) -> list[dict[str, Any]]:
    looking = found.looking
    offered = [None, *sorted({*found.months, *([looking.month] if looking.month else [])})]
    return [
        {
            "label": wording.month(month) if month else _("All that is ahead"),
            "url": _address(Looking(kind=looking.kind, month=month)),
            "is_current": month == looking.month,
        }
        for month in offered
    ]
