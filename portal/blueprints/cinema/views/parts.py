"""What films and seats add to the page of an evening, and to the list of evenings."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.cinema.queries import polls, tickets
from portal.blueprints.cinema.views import wording
from portal.blueprints.cinema.views.blueprint import bp
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import finding
from portal.blueprints.events.queries.outlooks import EveningPage
from portal.web.auth import signed_in, viewer
from portal.web.fragments import piece_of
from portal.web.parts import part_of
from portal.web.templating import piece


@part_of("evening.main", order=20)
def film(*, page: EveningPage) -> Markup | None:
    """Show the film of an evening, or the poll that will find it."""
    return _film(page.evening) if page.evening.kind == Kind.CINEMA else None


@part_of("evening.side", order=30)
def seats(*, page: EveningPage) -> Markup | None:
    """Show one's own part in the seats that are bought, or let somebody who comes say that they have bought them."""
    if page.evening.kind == Kind.BOARD_GAMES:
        return None
    order = tickets.find_order(page.evening.id)
    mine = order.share_of(viewer().id) if order else None
    sign_up = page.outlook.mine
    may_buy = order is None and sign_up is not None and sign_up.is_in and not page.evening.is_cancelled
    if mine is None and not may_buy:
        return None
    return piece("cinema/_seats.html", evening=page.evening, order=order, mine=mine, wording=wording)


@part_of("together.main", order=30)
def running() -> Markup | None:
    """Show the polls that run."""
    found = polls.running()
    return piece("cinema/_running.html", running=found, wording=wording) if found else None


@bp.get("/kveld/<int:evening_id>/film")
@signed_in
@piece_of("events.evening")
def film_again(evening_id: int) -> ResponseReturnValue:
    """Give the film of an evening again when its poll has ended."""
    return _film(finding.get_evening(evening_id))


def _film(evening: Evening) -> Markup:
    poll = polls.find_of_evening(evening.id)
    may_open = viewer().may("events.organise") and poll is None and not evening.is_cancelled
    return piece("cinema/_film.html", evening=evening, poll=poll, may_open=may_open, wording=wording)
