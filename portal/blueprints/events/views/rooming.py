"""The room of an evening, for its organisers: choosing another, following the calendar, asking again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import finding, rooming
from portal.blueprints.events.queries.outlooks import EveningPage
from portal.blueprints.events.service import rooming as service
from portal.blueprints.events.views import wording
from portal.blueprints.events.views.blueprint import bp
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.service.holding import Taken
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web.auth import may
from portal.web.auth import viewer as who
from portal.web.fragments import flash, go, page_or_fragment, piece_of
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits

Slot = tuple[int, datetime, datetime]


@part_of("evening.organiser", order=10)
def the_room(*, page: EveningPage) -> Markup:
    """Show the room, and what may be done about it."""
    return piece("events/_room.html", card=rooming.room_card(page.evening, page.booking), wording=wording)


@bp.get("/<int:evening_id>/rommet")
@may("events.organise")
@piece_of("events.evening")
def room_card(evening_id: int) -> ResponseReturnValue:
    """Give the room of an evening again when something has changed."""
    evening = finding.get_evening(evening_id)
    card = rooming.room_card(evening, rooming.booking_of(evening))
    return render_template("events/_room.html", card=card, wording=wording)


@bp.get("/<int:evening_id>/rommet/val")
@may("events.organise")
def room_choice(evening_id: int) -> ResponseReturnValue:
    """Show every room through a day, where this evening could be."""
    evening = finding.get_evening(evening_id)
    day = _day(request.args.get("dag"), evening)
    length, minute = evening.ends_at - evening.starts_at, evening.starts_at.minute
    grid = rooms.day_grid(day, length=length, minute=minute, but_for=evening.purpose)
    days = [clock.today() + timedelta(days=n) for n in range(14)]
    context: dict[str, Any] = {
        "evening": evening,
        "day": day,
        "days": days,
        "wording": wording,
        "grid": grid,
        "seen_at": grid.seen_at,
    }
    return page_or_fragment("events/room_choice.html", "events/_room_choice.html", **context)


@bp.route("/<int:evening_id>/rommet/i-staden", methods=["GET", "POST"])
@may("events.organise")
@commits
def room_instead(evening_id: int) -> ResponseReturnValue:
    """Say what choosing a room means, then take it; if it was taken meanwhile, others are shown."""
    evening = finding.get_evening(evening_id)
    slot = (request.args if request.method == "GET" else request.form).get("slot", "")
    room_id, starts_at, ends_at = _slot(slot)
    if request.method == "GET":
        return _confirm(evening, slot)
    try:
        service.take(who(), evening_id, room_id=room_id, starts_at=starts_at, ends_at=ends_at)
    except (Taken, Invalid) as error:
        return _confirm(evening, slot, error)
    flash(N_("The room is asked for. Those who come are told if the time is new."))
    return go(url_for("events.evening", evening_id=evening_id))


@bp.post("/<int:evening_id>/rommet/kalenderen")
@may("events.organise")
@commits
def follow_calendar(evening_id: int) -> ResponseReturnValue:
    """Let the evening take the time that somebody gave its meeting in the calendar."""
    service.follow_calendar(who(), evening_id)
    flash(N_("The evening has the time that stands in the calendar. Those who come are told."))
    return go(url_for("events.evening", evening_id=evening_id))


@bp.post("/<int:evening_id>/rommet/paa-nytt")
@may("events.organise")
@commits
def ask_for_room_again(evening_id: int) -> ResponseReturnValue:
    """Ask for the room anew, at the time of the evening."""
    service.ask_again(who(), evening_id)
    flash(N_("The room is asked for again."))
    return go(url_for("events.evening", evening_id=evening_id))


@bp.post("/<int:evening_id>/rommet/utan")
@may("events.organise")
@commits
def do_without_room(evening_id: int) -> ResponseReturnValue:
    """Look for no room any longer."""
    service.do_without(who(), evening_id)
    flash(N_("No room is looked for any longer."))
    return go(url_for("events.evening", evening_id=evening_id))


def _day(text: str | None, evening: Evening) -> date:
    try:
        return date.fromisoformat(text) if text else clock.wall(evening.starts_at).date()
    except ValueError as error:
        raise NotFound(N_("That day is not here.")) from error


def _slot(text: str) -> Slot:
    """Read «3@2026-11-26T16:00:00+00:00@180»: a room, a moment, and minutes."""
    try:
        room, begins, minutes = text.split("@")
        starts_at = datetime.fromisoformat(begins)
        if starts_at.tzinfo is None or not 0 < int(minutes) <= 720 or not 1980 < starts_at.year < 2200:
            raise ValueError
        return rooms.get_room(int(room[:9])).id, starts_at, starts_at + timedelta(minutes=int(minutes))
    except ValueError as error:
        raise NotFound(N_("That time is not here.")) from error


def _confirm(evening: Evening, slot: str, error: Conflict | Invalid | None = None) -> ResponseReturnValue:
    room_id, starts_at, ends_at = _slot(slot)
    others = rooming.offers(evening, starts_at, ends_at, room_id) if error else ()
    day = clock.wall(starts_at).date().isoformat()
    context: dict[str, Any] = {
        "evening": evening,
        "slot": slot,
        "wording": wording,
        "room": rooms.get_room(room_id),
        "starts_at": starts_at,
        "day": day,
    }
    page = render_template("events/room_instead.html", ends_at=ends_at, error=error, others=others, **context)
    return page, 409 if error else 200
