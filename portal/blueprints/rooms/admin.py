"""Rooms and bookings, seen by administrators."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.rooms import queries
from portal.blueprints.rooms.forms import OPEN_TO, RoomForm
from portal.blueprints.rooms.service import line
from portal.blueprints.rooms.service import rooms as service
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.i18n import _
from portal.web.transactions import commits

bp_admin = Blueprint("rooms_admin", __name__, url_prefix="/styring/rom")
navigation.register("rooms_admin.rooms", N_("Rooms"), icon="door", order=34, menu="admin", permission="rooms.manage")
navigation.register(
    "rooms_admin.bookings", N_("Bookings"), icon="calendar", order=35, menu="admin", permission="rooms.manage"
)


@bp_admin.get("/")
@may("rooms.manage")
def rooms() -> ResponseReturnValue:
    """List every room."""
    return page_or_fragment("rooms/admin_rooms.html", "rooms/_admin_rooms.html", rooms=queries.all_rooms())


@bp_admin.post("/")
@may("rooms.manage")
@commits
def add() -> ResponseReturnValue:
    """Add a room."""
    form = _offered(RoomForm())
    if form.validate():
        try:
            room = service.add_room(form.known(), viewer_id=viewer().id)
        except (Conflict, Invalid) as error:
            form.refuse(error)
        else:
            flash(N_("%(name)s can be found under Rooms."), name=room.name)
            return go(url_for("rooms_admin.rooms"))
    return render_template("rooms/admin_room.html", form=form, room=None), 422


@bp_admin.get("/nytt")
@may("rooms.manage")
def new() -> ResponseReturnValue:
    """Show the empty form."""
    form = _offered(RoomForm(obj=service.RoomFacts(**NEW)))
    return render_template("rooms/admin_room.html", form=form, room=None)


@bp_admin.route("/<int:room_id>", methods=["GET", "POST"])
@may("rooms.manage")
@commits
def room(room_id: int) -> ResponseReturnValue:
    """Show one room, and change it."""
    room = queries.get_room(room_id)
    form = _offered(RoomForm(obj=room))
    if form.validate_on_submit():
        try:
            service.change_room(room_id, form.known(), viewer_id=viewer().id)
        except (Conflict, Invalid) as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("rooms_admin.rooms"))
    return render_template("rooms/admin_room.html", form=form, room=room), 422 if form.is_submitted() else 200


@bp_admin.post("/henting")
@may("rooms.manage")
@commits
def fetching() -> ResponseReturnValue:
    """Have the calendar's room lists taken in; the worker does it."""
    service.fetch_rooms(viewer_id=viewer().id)
    flash(N_("The rooms are being fetched. New ones appear here, closed until you have said how many they seat."))
    return go(url_for("rooms_admin.rooms"))


@bp_admin.get("/bookingar")
@may("rooms.manage")
def bookings() -> ResponseReturnValue:
    """List bookings with their state and ledger."""
    page = queries.bookings(cursor=request.args.get("etter"))
    context: dict[str, Any] = {"page": page, "steps": STEPS, "line": line.find_line(), "causes": CAUSES}
    return page_or_fragment("rooms/admin_bookings.html", "rooms/_admin_bookings.html", **context)


@bp_admin.post("/kalenderen")
@may("rooms.manage")
@commits
def try_now() -> ResponseReturnValue:
    """Have the calendar tried at once, because somebody has mended something."""
    line.try_now(viewer_id=viewer().id)
    flash(N_("The calendar is tried now. This page shows what it says."))
    return go(url_for("rooms_admin.bookings"))


def _offered(form: RoomForm) -> RoomForm:
    form.open_to.choices = [(value, _(label)) for value, label in OPEN_TO.items()]
    return form


CAUSES = {
    "refused": N_("It refuses the sign-in. Check the user name and the password in the settings, then try it here."),
    "resting": N_("It does not answer. Nothing needs to be done here: it is tried again by itself."),
    "untried": N_("It has not been tried yet."),
}
NEW: dict[str, Any] = {
    "name": "",
    "address": "",
    "site": "",
    "floor": "",
    "seats": 8,
    "equipment": "",
    "is_bookable": True,
    "opens_at": time(7),
    "closes_at": time(23),
}


STEPS = {
    "held": N_("The room is held while somebody chooses"),
    "wished": N_("A room is wished for"),
    "tried": N_("The calendar is called"),
    "sent": N_("The calendar has the meeting"),
    "confirmed": N_("The room says yes"),
    "confirmed_by_calendar": N_("The room is silent, but its own calendar shows the meeting"),
    "declined": N_("The room says no"),
    "taken": N_("The room was taken in the meantime"),
    "refused": N_("The calendar refuses the meeting"),
    "doubted": N_("The answer was lost: we look before we try again"),
    "unreachable": N_("The calendar does not answer"),
    "doubled": N_("A doubled meeting was found and removed"),
    "unanswered": N_("The room has not answered for a day"),
    "moved_outside": N_("Somebody moved the meeting in the calendar"),
    "moved_back": N_("Somebody moved it back in the calendar"),
    "followed": N_("An organiser chose the time that stands in the calendar"),
    "vanished": N_("Somebody removed the meeting in the calendar"),
    "given_up": N_("The room is no longer needed"),
    "released": N_("The room is given back"),
}
