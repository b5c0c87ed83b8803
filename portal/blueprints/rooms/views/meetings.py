"""Meetings without an event: book a room, see one's own, give it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.rooms import queries
from portal.blueprints.rooms.forms import MeetingForm
from portal.blueprints.rooms.models import Booking
from portal.blueprints.rooms.service import holding
from portal.blueprints.rooms.service import meetings as service
from portal.blueprints.rooms.service.holding import Taken
from portal.blueprints.rooms.service.meetings import MeetingWish
from portal.blueprints.rooms.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.i18n import _
from portal.web.transactions import commits

WAYS = {
    "earlier": N_("A little earlier"),
    "later": N_("A little later"),
    "elsewhere": N_("Another room"),
    "smaller": N_("A smaller room"),
    "shorter": N_("A shorter meeting"),
}


@bp.post("/hald")
@signed_in
@commits
def hold() -> ResponseReturnValue:
    """Hold a room that is free in the grid, while one says how long and what for."""
    room_id, starts_at, ends_at = read_slot(request.form.get("slot", ""))
    key = _key(request.form.get("key", ""))
    try:
        held = holding.hold(viewer(), room_id=room_id, starts_at=starts_at, ends_at=ends_at, key=key)
    except (Taken, Invalid) as error:
        form = _form(key=key, room_id=room_id, starts_at=starts_at, ends_at=ends_at)
        form.refuse(error)
        return _page(form, 409, near=(starts_at, ends_at, 1, room_id))
    return go(url_for("rooms.new", hald=held.id))


@bp.get("/ny")
@signed_in
def new() -> ResponseReturnValue:
    """Show the form of a meeting, with what was held in it."""
    held_id = request.args.get("hald", "")
    if held_id.isdigit():
        held = holding.find_own(viewer(), queries.get_booking(int(held_id[:9])))
        key = held.purpose.partition(":")[2]
        form = _form(key=key, room_id=held.room_id, starts_at=held.starts_at, ends_at=held.ends_at)
        return _page(form, held=held)
    starts_at = _next_whole_hour()
    return _page(_form(key=form_key(), room_id=None, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))


@bp.post("/ny")
@signed_in
@commits
def book() -> ResponseReturnValue:
    """Book a room for a meeting."""
    form = MeetingForm()
    _offer_rooms(form)
    if not form.validate():
        return _page(form, 422)
    wish = _wish(form)
    try:
        service.arrange(viewer(), wish, key=_key(form.key.data))
    except Taken as error:
        form.refuse(error)
        return _page(form, 409, near=(wish.starts_at, wish.ends_at, wish.seats, wish.room_id))
    except (Conflict, Invalid, NotAllowed) as error:
        form.refuse(error)
        return _page(form, 422)
    flash(N_("The room is asked for. You see here when it has said yes."))
    return go(url_for("rooms.mine"))


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's own meetings to come."""
    meetings = service.meetings_of(viewer().id, now=clock.now())
    context: dict[str, Any] = {"meetings": meetings, "resting_since": queries.resting_since()}
    return page_or_fragment("rooms/mine.html", "rooms/_mine.html", **context)


@bp.get("/mine/<int:booking_id>")
@signed_in
def meeting(booking_id: int) -> ResponseReturnValue:
    """Show one meeting of one's own, and what may be done about it."""
    return _meeting(service.get_own(viewer(), booking_id))


@bp.post("/mine/<int:booking_id>/avlysing")
@signed_in
@commits
def cancel(booking_id: int) -> ResponseReturnValue:
    """Give the room back."""
    service.cancel(viewer(), booking_id)
    flash(N_("The room is given back."))
    return go(url_for("rooms.mine"))


@bp.post("/mine/<int:booking_id>/endring")
@signed_in
@commits
def change(booking_id: int) -> ResponseReturnValue:
    """Take another room or time, or a shorter one, in one press."""
    room_id, starts_at, ends_at = read_slot(request.form.get("slot", ""))
    return _choose(
        booking_id,
        lambda: service.change(viewer(), booking_id, room_id=room_id, starts_at=starts_at, ends_at=ends_at),
    )


@bp.post("/mine/<int:booking_id>/kalenderen")
@signed_in
@commits
def follow(booking_id: int) -> ResponseReturnValue:
    """Take the time that somebody gave the meeting in the calendar."""
    return _choose(booking_id, lambda: service.follow_calendar(viewer(), booking_id))


@bp.post("/mine/<int:booking_id>/paa-nytt")
@signed_in
@commits
def ask_again(booking_id: int) -> ResponseReturnValue:
    """Ask for the room anew."""
    return _choose(booking_id, lambda: service.ask_again(viewer(), booking_id))


def read_slot(text: str) -> tuple[int, datetime, datetime]:
    """Read «3@2026-11-26T16:00:00+00:00@60»: a room, a moment, and minutes."""
    try:
        room, begins, minutes = text.split("@")
        starts_at = datetime.fromisoformat(begins)
        if starts_at.tzinfo is None or not 0 < int(minutes) <= 720 or not 1980 < starts_at.year < 2200:
            raise ValueError
        return queries.get_room(int(room[:9])).id, starts_at, starts_at + timedelta(minutes=int(minutes))
    except ValueError as error:
        raise NotFound(N_("That time is not here.")) from error


def _choose(booking_id: int, act: Callable[[], Booking]) -> ResponseReturnValue:
    try:
        chosen = act()
    except (Taken, Invalid) as error:
        return _meeting(service.get_own(viewer(), booking_id), error)
    flash(N_("The room is asked for. You see here when it has said yes."))
    return go(url_for("rooms.meeting", booking_id=chosen.id))


def _meeting(booking: Booking, error: PortalError | None = None) -> ResponseReturnValue:
    is_in_doubt = booking.outside_change or booking.state in ("declined", "unknown", "released")
    context: dict[str, Any] = {
        "booking": booking,
        "error": error,
        "others": _near(booking) if error or is_in_doubt else (),
        "ways": WAYS,
        "shorter": [booking.ends_at - timedelta(minutes=each) for each in (30, 60)] if booking.is_live else [],
        "this_moment": clock.now(),
    }
    return render_template("rooms/meeting.html", **context), 409 if error else 200


def _near(booking: Booking) -> list[queries.Instead]:
    return queries.alternatives(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        seats=booking.seats,
        room_id=booking.room_id,
        purpose=booking.purpose,
    )


def _page(
    form: MeetingForm,
    status: int = 200,
    *,
    held: Booking | None = None,
    near: tuple[datetime, datetime, int, int | None] | None = None,
) -> ResponseReturnValue:
    others: list[queries.Instead] = []
    if near:
        starts_at, ends_at, seats, room_id = near
        own = "meeting:"
        others = queries.alternatives(starts_at=starts_at, ends_at=ends_at, seats=seats, room_id=room_id, purpose=own)
    context: dict[str, Any] = {"form": form, "held": held, "others": others, "ways": WAYS, "key": form_key()}
    context["resting_since"] = queries.resting_since()
    return render_template("rooms/new.html", **context), status


def _form(*, key: str, room_id: int | None, starts_at: datetime, ends_at: datetime) -> MeetingForm:
    begins = clock.wall(starts_at)
    form = MeetingForm(
        formdata=None,
        key=key,
        room_id=room_id or 0,
        day=begins.date(),
        starts=begins.time(),
        minutes=int((ends_at - starts_at).total_seconds() // 60),
        seats=2,
    )
    _offer_rooms(form)
    return form


def _offer_rooms(form: MeetingForm) -> None:
    named = [(room.id, f"{room.name} ({room.seats})") for room in queries.rooms()]
    form.room_id.choices = [(0, _("Any room that fits")), *named]


def _wish(form: MeetingForm) -> MeetingWish:
    starts_at = clock.at_wall(form.day.data, form.starts.data)
    return MeetingWish(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=form.minutes.data),
        seats=form.seats.data,
        room_id=form.room_id.data or None,
        name=form.text("name"),
        accepts=form.accepts,
    )


def _key(text: str | None) -> str:
    if not text or len(text) > 40 or not text.replace("-", "").replace("_", "").isalnum() or not text.isascii():
        raise NotFound(N_("That form is not here any longer."))
    return text


def _next_whole_hour() -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
