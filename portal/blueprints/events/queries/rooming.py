"""The room of an evening as its organisers see it: what has happened, what stands outside, and what else there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import Booking, BookingState, BookingStep
from portal.blueprints.rooms.queries import Instead
from portal.core import clock


@dataclass(frozen=True, kw_only=True)
class RoomCard:
    """What the organisers see of the room, and what they may choose."""

    evening: Evening
    booking: Booking | None
    ledger: Sequence[BookingStep] = ()
    change: str | None = None  # what somebody did to the meeting in the calendar itself
    stands: tuple[datetime, datetime] | None = None
    is_gone: bool = False  # somebody removed it there
    offers: Sequence[Instead] = ()
    resting_since: datetime | None = None  # the calendar does not answer; what is wished for is kept

    @property
    def may_choose(self) -> bool:
        """Tell whether something may still be done."""
        return not self.evening.is_cancelled and not self.evening.has_begun(clock.now())


def room_card(evening: Evening, booking: Booking | None) -> RoomCard:
    """Give the room of an evening for its organisers; what else is free only where there is a choice to make."""
    resting = rooms.resting_since()
    if booking is None:
        return RoomCard(evening=evening, booking=None, resting_since=resting)
    change = booking.outside_change if booking.is_wanted else None
    is_gone = booking.state == BookingState.RELEASED
    needs_choice = is_gone or change is not None or booking.state in (BookingState.DECLINED, BookingState.UNKNOWN)
    return RoomCard(
        evening=evening,
        booking=booking,
        ledger=booking.steps,
        change=change,
        stands=booking.stands_at if change else None,
        is_gone=is_gone,
        offers=_offers(evening, booking) if needs_choice else (),
        resting_since=resting,
    )


def booking_of(evening: Evening) -> Booking | None:
    """Find the booking that counts for an evening."""
    return rooms.bookings_of([evening.purpose]).get(evening.purpose) if evening.needs_room else None


def offers(evening: Evening, starts_at: datetime, ends_at: datetime, room_id: int | None) -> Sequence[Instead]:
    """Give what is free near a time for an evening, besides what it has."""
    seats = evening.wanted_seats
    return rooms.alternatives(starts_at=starts_at, ends_at=ends_at, seats=seats, room_id=room_id)


def _offers(evening: Evening, booking: Booking) -> Sequence[Instead]:
    if evening.is_cancelled or evening.has_begun(clock.now()):
        return ()
    return rooms.alternatives(
        starts_at=evening.starts_at,
        ends_at=evening.ends_at,
        seats=evening.wanted_seats,
        room_id=booking.room_id,
        purpose=evening.purpose,
    )
