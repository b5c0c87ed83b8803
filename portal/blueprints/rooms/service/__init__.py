"""The two verbs that other slices use: book a room for a purpose, and give it back.

The promise is written here, in the caller's transaction; jobs carry it out and hand back what they saw.
"""

from __future__ import annotations

from datetime import datetime

from portal.blueprints.rooms import facts, queries, rules
from portal.blueprints.rooms.models import Booking, BookingState
from portal.blueprints.rooms.service import outside, placing
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.facts import record
from portal.core.i18n import N_


def book(
    *,
    purpose: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
    preferred_room_id: int | None = None,
) -> Booking:
    """Promise a room for a purpose such as «evening:12». Asking again for the same is harmless; another time moves it.

    A confirmed booking at the old time is kept until the new one is confirmed. When no room fits now, the booking says
    declined, BookingDeclined is told, and the portal keeps trying.
    """
    _check_interval(starts_at, ends_at)
    if preferred_room_id is not None:
        queries.get_room(preferred_room_id)
    for known in queries.wanted_of(purpose):
        if known.is_live and known.outside_change and known.stands_at == (starts_at, ends_at):
            outside.take_time(known)
            placing.make_current(known)
            return known
        if known.is_live and known.is_for(starts_at=starts_at, ends_at=ends_at, room_id=preferred_room_id):
            placing.make_current(known)
            return known
    booking = placing.place(
        Booking(
            purpose=purpose,
            title=title,
            seats=seats,
            preferred_room_id=preferred_room_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    )
    if booking.state == BookingState.DECLINED:
        kept = placing.kept_instead_of(booking)
        record(facts.BookingDeclined(booking_id=booking.id, purpose=purpose, kept_booking_id=kept))
    return booking


def release(purpose: str) -> None:
    """Give back whatever is promised for a purpose."""
    current = queries.booking_of(purpose)
    if current is not None and current.state == BookingState.DECLINED:
        current.become_given_up()
    for booking in queries.wanted_of(purpose):
        placing.let_go(booking)


def _check_interval(starts_at: datetime, ends_at: datetime) -> None:
    if not starts_at < ends_at <= starts_at + rules.LONGEST:
        raise Invalid(N_("A booking ends after it begins, and lasts no more than twelve hours."), field="ends_at")
    if not (rules.is_on_step(starts_at) and rules.is_on_step(ends_at)):
        raise Invalid(N_("A booking begins and ends on whole five minutes."), field="starts_at")
    if starts_at > clock.now() + rules.WINDOW:
        raise Invalid(N_("Rooms can be booked half a year ahead, not further."), field="starts_at")
