"""Which room is asked, which booking counts, and what follows from a no."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import make_transient_to_detached

from portal.blueprints.rooms import facts, queries, rules
from portal.blueprints.rooms.models import OVERLAP, Booking, BookingState, StepKind
from portal.core import clock, jobs, live
from portal.core.db import db, is_sqlite
from portal.core.errors import Conflict
from portal.core.facts import record
from portal.core.i18n import N_

ROUNDS = 20  # as many may write down a room in the same moment as we lose against


def place(booking: Booking, *, stays: bool = False) -> Booking:
    """Choose a room, write the promise, and make it the one that counts for its purpose.

    When somebody else writes down the same room in the same moment, the database keeps us out and another is chosen.
    `stays`: what the purpose itself has in the calendar does not stand in its way.
    """
    let_go_of_stale()
    for _ in range(ROUNDS):
        room_id = _choose(booking, stays=stays)
        _make_way(booking, room_id)
        booking.room_id = room_id
        if write_down(booking):
            break
        if queries.booking_of(booking.purpose) is not None:
            raise Conflict(N_("Somebody else booked a room for this at the same moment. Look once more."))
    else:
        raise Conflict(N_("Somebody else booked a room for this at the same moment. Look once more."))
    if room_id is None:
        booking.become_unplaced()
    else:
        booking.note(StepKind.WISHED)
        enqueue_reserve(booking)
    changed(booking)
    return booking


def place_held(hold: Booking, *, purpose: str, title: str, seats: int) -> Booking:
    """Turn what somebody held into a promise for a purpose; the room and the time are theirs already."""
    _make_way(hold, hold.room_id, purpose=purpose)
    hold.purpose, hold.title, hold.seats, hold.is_current = purpose, title, seats, True
    hold.become_wished()
    db.session.flush()
    enqueue_reserve(hold)
    changed(hold)
    return hold


def write_down(booking: Booking) -> bool:
    """Write a booking; tell whether the database let it in: not where another one has the room or the purpose."""
    known = {name: getattr(booking, name) for name in inspect(Booking).column_attrs.keys()}  # noqa: SIM118
    given = {name: value for name, value in known.items() if value is not None}
    # Not by the session: PostgreSQL lets two that exclude each other wait for one another, unless they say this.
    insert = (sqlite if is_sqlite() else postgresql).insert(Booking).values(given)
    try:
        with db.session.begin_nested():
            made = db.session.scalar(insert.on_conflict_do_nothing().returning(Booking.id))
    except IntegrityError as error:  # what SQLite's trigger says
        if OVERLAP not in str(error.orig):
            raise
        made = None
    if made is None:
        return False
    booking.id = made
    make_transient_to_detached(booking)
    db.session.add(booking)
    return True


def let_go_of_stale() -> None:
    """Free what was held for longer than somebody needs to choose."""
    is_stale = (Booking.state == BookingState.HELD, Booking.held_until <= clock.now())
    for booking in db.session.scalars(select(Booking).where(*is_stale).order_by(Booking.id)).all():
        booking.become_let_go()
        changed(booking)
    db.session.flush()


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
        booked_by_id=booking.booked_by_id,
        own_name=booking.own_name,
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
        rules.overlaps(*old.stands_at, booking.starts_at, booking.ends_at)
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
    if not booking.is_own:
        live.publish(f"booking-{booking.purpose.replace(':', '-')}")


def _choose(booking: Booking, *, stays: bool = False) -> int | None:
    refused = queries.refused_room_ids(booking.purpose, starts_at=booking.starts_at, ends_at=booking.ends_at)
    need = rules.Need(seats=booking.seats, preferred_room_id=booking.preferred_room_id, refused_room_ids=refused)
    # Our own old booking stands in the way, unless nothing else is free: then its place, once it is given back.
    for but_for in (booking.purpose,) if stays else ("", booking.purpose):
        offers = queries.offers(
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            but_for=but_for,
            chosen_room_id=booking.preferred_room_id,
            is_own=booking.is_own,
        )
        room_id = rules.choose_room(offers, need)
        if room_id is not None:
            return room_id
    return None


def _make_way(booking: Booking, room_id: int | None, *, purpose: str = "") -> None:
    """Let go of what the new booking cannot stand beside; a confirmed one elsewhere stays until this is confirmed."""
    for other in queries.wanted_of(purpose or booking.purpose):
        if other is booking:
            continue
        collides = other.room_id == room_id and rules.overlaps(
            other.starts_at, other.ends_at, booking.starts_at, booking.ends_at
        )
        if collides or other.state != BookingState.CONFIRMED:
            let_go(other)
    current = queries.booking_of(purpose or booking.purpose)
    _retire(None if current is booking else current)


def _retire(booking: Booking | None) -> None:
    if booking is not None:
        booking.is_current = False
        db.session.flush()  # the index allows one current booking a purpose, also for a moment
