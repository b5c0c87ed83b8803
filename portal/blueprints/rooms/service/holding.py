"""Holding a room for somebody who is choosing: nobody else gets it meanwhile, and the calendar is not asked yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms.models import OWN, Booking, BookingState, OpenTo, StepKind
from portal.blueprints.rooms.service import placing
from portal.core import clock, jobs
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

HELD_FOR = timedelta(minutes=10)
TITLE = "Møte (Tunet)"  # what stands outside for a meeting without an event: neither whose nor what


class Taken(Conflict):
    """Somebody else has the room by now: the page offers others."""


def hold(viewer: Viewer, *, room_id: int, starts_at: datetime, ends_at: datetime, key: str) -> Booking:
    """Hold a room for ten minutes; whatever one held before is free again. The same key gives the same."""
    known = queries.booking_of(OWN + key)
    if known is not None:
        return find_own(viewer, known)
    placing.let_go_of_stale()
    mine = (Booking.state == BookingState.HELD, Booking.booked_by_id == viewer.id)
    for earlier in db.session.scalars(select(Booking).where(*mine).order_by(Booking.id)).all():
        let_go(earlier)
    _check(viewer, room_id, starts_at, ends_at)
    booking = Booking(
        purpose=OWN + key,
        title=TITLE,
        seats=1,
        preferred_room_id=room_id,
        room_id=room_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=BookingState.HELD,
        held_until=clock.now() + HELD_FOR,
        booked_by_id=viewer.id,
    )
    if not placing.write_down(booking):
        raise Taken(N_("The room was just taken. These are free:"))
    booking.note(StepKind.HELD)
    jobs.enqueue("rooms.let_go", key=f"rooms.let_go:{booking.id}", at=booking.held_until, booking_id=booking.id)
    placing.changed(booking)
    return booking


def let_go(booking: Booking) -> None:
    """Free what somebody held; twice is harmless."""
    if booking.state == BookingState.HELD:
        booking.become_let_go()
        placing.changed(booking)


def find_own(viewer: Viewer, booking: Booking) -> Booking:
    """Give a booking to the one who holds it; nobody else may know of it."""
    if booking.booked_by_id != viewer.id:
        raise NotFound(N_("That booking does not exist."))
    return booking


def _check(viewer: Viewer, room_id: int, starts_at: datetime, ends_at: datetime) -> None:
    room = queries.get_room(room_id)
    if room.open_to == OpenTo.ORGANISERS and not viewer.may("events.organise"):
        raise NotAllowed(N_("Only organisers may book this room."))
    if not rules.is_interval(starts_at, ends_at) or ends_at <= clock.now():
        raise Invalid(N_("Choose a time that is still to come."), field="starts")
    if not room.is_bookable or not room.is_open(starts_at, ends_at):
        raise Invalid(N_("The room is not open then, or not for so long."), field="starts")
    offers = queries.offers(starts_at=starts_at, ends_at=ends_at)
    if not any(offer.room_id == room_id and offer.is_free for offer in offers):
        raise Taken(N_("The room was just taken. These are free:"))
