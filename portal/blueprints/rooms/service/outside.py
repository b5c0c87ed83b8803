"""What people do to our meetings in the calendar itself is shown, and somebody chooses: follow it, or ask anew.

Nothing is overwritten meanwhile: the promised time stays ours, and the meeting stays where it was put.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms.models import OVERLAP, Booking, BookingState
from portal.blueprints.rooms.service import placing
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.i18n import N_


def time_of(purpose: str) -> tuple[datetime, datetime]:
    """Give the whole five minutes within the time that the calendar has: somebody may have put it at any minute."""
    return rules.inward(*_current(purpose).stands_at)


def follow(purpose: str) -> Booking:
    """Promise from now on the time that somebody gave the meeting in the calendar."""
    booking = _current(purpose)
    if booking.outside_change is None:
        raise Conflict(N_("The calendar has it where it should be already."))
    take_time(booking)
    return booking


def take_time(booking: Booking) -> None:
    """Let a booking take the time that the calendar has, unless another one of ours is promised that time."""
    try:
        with db.session.begin_nested():
            booking.follow_outside()
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        raise Conflict(N_("Another booking has the room at that time.")) from error
    placing.changed(booking)


def ask_again(purpose: str) -> Booking:
    """Ask for the room anew, at the promised time: where it was moved, shortened or removed, or nobody said yes."""
    booking = _current(purpose)
    if booking.ends_at <= clock.now():
        raise Conflict(N_("It has begun already."))
    if booking.is_wanted and booking.outside_change is None and booking.state != BookingState.UNKNOWN:
        raise Conflict(N_("The calendar has it where it should be already."))
    if booking.is_wanted:
        placing.let_go(booking)
        db.session.flush()
    return placing.place(_anew(booking), stays=True)


def _current(purpose: str) -> Booking:
    booking = queries.booking_of(purpose)
    if booking is None:
        raise Conflict(N_("No room is booked for this."))
    return queries.lock_booking(booking.id)


def _anew(booking: Booking) -> Booking:
    return Booking(
        purpose=booking.purpose,
        title=booking.title,
        seats=booking.seats,
        preferred_room_id=booking.room_id or booking.preferred_room_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        booked_by_id=booking.booked_by_id,
        own_name=booking.own_name,
    )
