"""Which room is asked, which booking counts, and what follows from a no."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from portal.blueprints.rooms import facts, queries, rules
from portal.blueprints.rooms.models import Booking, BookingState, StepKind
from portal.core import clock, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.facts import record
from portal.core.i18n import N_


def place(booking: Booking) -> Booking:
    """Choose a room, write the promise, and make it the one that counts for its purpose."""
    room_id = _choose(booking)
    _make_way(booking, room_id)
    booking.room_id = room_id
    _insert(booking)
    if room_id is None:
        booking.become_unplaced()
    else:
        booking.note(StepKind.WISHED)
        enqueue_reserve(booking)
    changed(booking)
    return booking


def try_next_room(booking: Booking, *, is_quiet: bool = False) -> bool:
    """Ask the next room that fits; tell whether there was one. A quiet try tells nobody when it fails as well."""
    successor = Booking(
        purpose=booking.purpose,
        title=booking.title,
        seats=booking.seats,
        preferred_room_id=booking.preferred_room_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        is_quiet=is_quiet or booking.is_quiet,
    )
    if _choose(successor) is None:
        return False
    place(successor)
    return True


def decline(booking: Booking, kind: StepKind, detail: str = "") -> None:
    """Note a no, have the calendar cleaned, and ask the next room; only when there is none is it told."""
    if not booking.is_wanted:
        return
    booking.become_declined(kind, detail)
    enqueue_release(booking)
    changed(booking)
    if booking.is_current and not try_next_room(booking) and not booking.is_quiet:
        kept = kept_instead_of(booking)
        record(facts.BookingDeclined(booking_id=booking.id, purpose=booking.purpose, kept_booking_id=kept))


def kept_instead_of(booking: Booking) -> int | None:
    """Give the confirmed booking at another time that stays until this one has found its room."""
    confirmed = (b.id for b in queries.wanted_of(booking.purpose) if b.state == BookingState.CONFIRMED)
    return next(confirmed, None)


def make_current(booking: Booking) -> None:
    """Let a booking that still stands count again, and let go of what was to replace it."""
    if booking.is_current:
        return
    for other in queries.wanted_of(booking.purpose):
        if other is not booking:
            let_go(other)
    _retire(queries.booking_of(booking.purpose))
    booking.is_current = True
    changed(booking)


def let_go(booking: Booking) -> None:
    """Have a room given back."""
    booking.become_unwanted()
    enqueue_release(booking)
    changed(booking)


def let_go_of_others(booking: Booking) -> None:
    """Have given back what the booking has replaced, now that it is confirmed."""
    for other in queries.wanted_of(booking.purpose):
        if other is not booking:
            let_go(other)


def waits_for_old_slot(booking: Booking) -> bool:
    """Tell whether an own old booking, not yet given back, still stands in the room at that time."""
    return any(
        rules.overlaps(old.starts_at, old.ends_at, booking.starts_at, booking.ends_at)
        for old in queries.uncleared_of(booking.purpose, room_id=booking.room_id)
    )


def enqueue_reserve(booking: Booking) -> None:
    """Have the promise carried out."""
    jobs.enqueue("rooms.reserve", key=f"rooms.reserve:{booking.id}", booking_id=booking.id)


def enqueue_release(booking: Booking) -> None:
    """Have the calendar cleaned of it."""
    jobs.enqueue("rooms.release", key=f"rooms.release:{booking.id}", booking_id=booking.id)


def enqueue_watch(booking: Booking, *, wait: timedelta = timedelta()) -> None:
    """Have the room's answer looked for."""
    at: datetime = clock.now() + wait
    jobs.enqueue("rooms.watch", key=f"rooms.watch:{booking.id}", at=at, booking_id=booking.id)


def changed(booking: Booking) -> None:
    """Tell open pages."""
    live.publish("rooms")
    live.publish(f"booking-{booking.purpose.replace(':', '-')}")


def _choose(booking: Booking) -> int | None:
    refused = queries.refused_room_ids(booking.purpose, starts_at=booking.starts_at, ends_at=booking.ends_at)
    need = rules.Need(seats=booking.seats, preferred_room_id=booking.preferred_room_id, refused_room_ids=refused)
    offers = queries.offers(starts_at=booking.starts_at, ends_at=booking.ends_at)
    # Only if nothing else is free: where our own old booking stands, once the old time is given back.
    return rules.choose_room(offers, need) or rules.choose_room(
        queries.offers(starts_at=booking.starts_at, ends_at=booking.ends_at, but_for=booking.purpose), need
    )


def _insert(booking: Booking) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError as error:
        raise Conflict(N_("Somebody else booked a room for this at the same moment. Look once more.")) from error


def _make_way(booking: Booking, room_id: int | None) -> None:
    """Let go of what the new booking cannot stand beside; a confirmed one elsewhere stays until this is confirmed."""
    for other in queries.wanted_of(booking.purpose):
        collides = other.room_id == room_id and rules.overlaps(
            other.starts_at, other.ends_at, booking.starts_at, booking.ends_at
        )
        if collides or other.state != BookingState.CONFIRMED:
            let_go(other)
    _retire(queries.booking_of(booking.purpose))


def _retire(booking: Booking | None) -> None:
    if booking is not None:
        booking.is_current = False
        db.session.flush()  # the index allows one current booking a purpose, also for a moment
